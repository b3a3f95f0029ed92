#!/usr/bin/env python3
"""Checks a bundle of `tinnhiem` with nothing but Python's standard library (3.11 or later).

    python3 verify.py BUNDLE [ROOT] [--hash-only] [--witness KEY]...
    python3 verify.py --many

BUNDLE is a folder, or the .zip file of one.

Written from the description of the formats in src/domain/audit/mod.rs, not from the Rust code, so that two programs must
agree. ROOT is what stands on paper: 64 hex digits, spaces ignored. Prints what was checked and ends 0, or prints the
first thing that does not hold and ends 1. It recomputes the result from the log and the rule set; --hash-only holds
results.json to its hash alone. With --witness, whoever has that key must have cosigned a head of the bundle. With --many
it reads the path of a bundle a line and answers each with a line.
"""

import argparse
import os
import re
import sys

# What it is run from may be read only, and is compared with what was published.
sys.dont_write_bytecode = True

from verifier.base import Wrong, canonical, need, need_shape, read_json, sha256  # noqa: E402,F401
from verifier.bundle import (CHECKPOINTS, HEAD, Bundle, Folder, check_checkpoints, check_proofs, only,  # noqa: E402,F401
                             read_log)
from verifier.day import check_course  # noqa: E402
from verifier.result import check_result  # noqa: E402
from verifier.shapes import ACTOR, SHAPES  # noqa: E402,F401
from verifier.sums import Sums, check_hashes, check_list, check_reasons  # noqa: E402
from verifier.unzip import unpack  # noqa: E402

MALFORMED = (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError, OverflowError)


def grouped(digest):
    """16 groups of 4 hex digits, as paper has them."""
    text = digest.hex()
    return " ".join(text[i:i + 4] for i in range(0, 64, 4))


def verify(source, paper_root=None, is_hash_only=False, witnesses=()):
    bundle = Bundle(source)
    yield bundle.check_key()
    yield bundle.check_manifest()
    yield bundle.check_files()
    yield bundle.check_cosignatures()
    # In their order; the last one covers the whole log.
    heads = {file: bundle.checkpoint(file) for file in CHECKPOINTS + [HEAD] if file in bundle.listed}
    events, leaves, roots = read_log(bundle, {size for size, _ in heads.values()})
    yield f"{len(events)} log entries are canonical, in sequence and in order of time"
    yield check_checkpoints(heads, events, roots)
    yield check_proofs(bundle, heads, events, leaves)
    lines = check_list(events)
    day = check_course(events, lines)
    yield from check_hashes(bundle, events)
    sums = Sums(bundle, events, day, lines)
    yield from sums.report()
    poll, listed = only(events, "poll.created")[1], only(events, "list.decided")[1]["officials"]
    if is_hash_only:
        yield "NOTE: results.json has the hash that the log names; it was not computed again"
    else:
        rules = check_result(bundle, poll, day, listed, only(events, "forms.sealed")[1]["forms"], sums.told)
        check_reasons(events, rules)
        yield f"results.json follows from the counts and the rule set for {len(listed)} officials"
    for key in witnesses:
        yield bundle.check_witness(key)
    if paper_root is not None:
        found = [file for file, (_, root) in heads.items() if root.hex() == paper_root and file != HEAD]
        need(found, "checkpoints/", "the root on paper is not that of any checkpoint here")
        yield f"the root on paper is that of {found[0]}"
    for file, (_, root) in heads.items():
        yield f"root in {file}: {grouped(root)}"
    yield f"key: {grouped(sha256(bundle.key_text.encode()))}"
    if CHECKPOINTS[4] not in heads:
        yield "NOTE: the result was not public when this bundle was written; the log goes on"
    if poll["rehearsal"]:
        yield "this is a REHEARSAL"


def opened(path):
    """The files of a folder, or of its .zip."""
    if os.path.isfile(path):
        with open(path, "rb") as stream:
            return unpack(stream.read())
    return Folder(path)


def shown(line):
    """One line for a terminal, whatever a file says: a letter that steers a screen or is not seen is written as its number."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def judged(source, **told):
    """Whether a bundle holds, and the lines to print."""
    said = []
    try:
        for line in verify(source(), **told):
            said.append(shown(f"ok: {line}"))
    except Wrong as wrong:
        return False, said + [shown(f"WRONG: {wrong}")]
    except MALFORMED as error:
        # Signed, canonical, and of another shape than any bundle: wrong all the same.
        return False, said + [shown(f"WRONG: malformed data: {error!r}")]
    return True, said


def main():
    options = argparse.ArgumentParser(usage="verify.py BUNDLE [ROOT] [--hash-only] [--witness KEY]...", add_help=False)
    options.add_argument("-h", "--help", action="store_true")
    options.add_argument("told", nargs="*")
    options.add_argument("--hash-only", action="store_true")
    options.add_argument("--many", action="store_true")
    options.add_argument("--witness", action="append", default=[])
    asked = options.parse_args()
    if asked.help:
        print(__doc__)
        return 0
    told, is_hash_only = asked.told, asked.hash_only
    if asked.many:
        for path in sys.stdin:
            print(judged(lambda: opened(path.rstrip("\n")), is_hash_only=is_hash_only)[1][-1], flush=True)
        return 0
    if len(told) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    paper_root = "".join(told[1].split()).lower() if len(told) == 2 else None
    if paper_root is not None and not re.fullmatch(r"[0-9a-f]{64}", paper_root):
        print("ROOT must be 16 groups of 4 hex digits", file=sys.stderr)
        return 2
    holds, said = judged(lambda: opened(told[0]), paper_root=paper_root, is_hash_only=is_hash_only,
                         witnesses=asked.witness)
    print("\n".join(said))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
