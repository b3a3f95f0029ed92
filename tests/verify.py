#!/usr/bin/env python3
"""Checks a bundle of `tinnhiem` with nothing but Python's standard library.

    python3 verify.py BUNDLE [ROOT]

BUNDLE is a folder, or the .zip file of one.

Written from the description of the formats in src/domain/audit/mod.rs, not from the Rust code, so that two programs must
agree. ROOT is what stands on paper: 64 hex digits, spaces ignored. Prints what was checked and ends 0, or prints the
first thing that does not hold and ends 1. It recounts the batches; what the rule set makes of the counts is the
business of `tinnhiem verify`.
"""

import base64
import calendar
import hashlib
import json
import os
import re
import stat
import sys
import tempfile
import time as time_module
import unicodedata
import zipfile
import zlib

CHECKPOINTS = [
    "checkpoints/1-forms-sealed.txt",
    "checkpoints/2-voting-opened.txt",
    "checkpoints/3-counting-closed.txt",
    "checkpoints/4-minutes.txt",
    "checkpoints/5-published.txt",
]
# The entry that brings each checkpoint. A bundle that was written before the publication lacks those that had not come, and
# has the head over its whole log instead of the last.
MOMENTS = ["forms.sealed", "voting.opened", "counting.closed", "minutes.signed", "result.published"]
HEAD = "checkpoints/head.txt"
REQUIRED = ["README.txt", "key.pub", "log.jsonl", "openings.json", "proofs/consistency.json", "proofs/inclusion.json",
            "results.json", "ruleset.toml"] + CHECKPOINTS[:3]
LATER = CHECKPOINTS[3:] + [HEAD]
CHANGES = ("arrived", "left", "returned")
LEVELS = {"rating": {"high", "medium", "low"}, "confidence": {"confidence", "no_confidence"}}
ROLES = {"operator", "admin", "clerk", "leader", "delegate", "official", "head_teller", "teller", "observer", "auditor",
         "program"}
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
# The levels in the order of their keys: 1, 2, 3.
KEYED = {frozenset(LEVELS["rating"]): ("high", "medium", "low"),
         frozenset(LEVELS["confidence"]): ("confidence", "no_confidence")}
# What head and secretary of the board write down.
LED = {"deck.counted", "zero.reported", "ballots.issued", "unused.sealed", "ballots.returned", "minutes.proposed"}
MAX_ENTRY_BYTES, MAX_DEPTH = 2**20, 16


class Wrong(Exception):
    """The first thing that does not hold: a file and why."""


def need(holds, file, why):
    if not holds:
        raise Wrong(f"{file}: {why}")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519 (RFC 8032), verification only ------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    """Sum of two points in extended coordinates (X, Y, Z, T)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decode_point(data):
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(public, text, signature):
    key, commitment = decode_point(public), decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    if same(times(8, key), (0, 1, 1, 0)) or same(times(8, commitment), (0, 1, 1, 0)):
        return False  # points of small order: a signature that fits many texts
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    return same(times(scalar, BASE), add(commitment, times(challenge, key)))


# --- Texts --------------------------------------------------------------------------------------------------------

def decode64(text, length, file):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"{file}: not base64") from error
    need(base64.b64encode(data).decode() == text and len(data) == length, file, "not the base64 of so many bytes")
    return data


def unhex(text, length, file):
    good = isinstance(text, str) and re.fullmatch(r"[0-9a-f]*", text) and len(text) == 2 * length
    need(good, file, f"not {2 * length} lower-case hex digits")
    return bytes.fromhex(text)


def canonical(value):
    """RFC 8785 text of whole numbers, strings, lists and objects."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + canonical(value[k]) for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
        raise ValueError("number too large")
    return json.dumps(value, ensure_ascii=False)


def depth(value):
    """Lists and objects inside each other."""
    if isinstance(value, (dict, list)):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def refuse(text):
    raise ValueError(f"not a whole number: {text}")


def read_json(text, file):
    try:
        value = json.loads(text, parse_float=refuse, parse_constant=refuse)
        right = canonical(value) == text and depth(value) <= MAX_DEPTH
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{file}: not JSON of whole numbers: {error}") from error
    need(right, file, "not in canonical form")
    return value


def is_control(letter):
    return unicodedata.category(letter) == "Cc"


def has_keys(value, keys, file):
    need(isinstance(value, dict) and sorted(value) == sorted(keys.split()), file, f"must have exactly: {keys}")


def is_count(value, most=2**32 - 1):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def is_text(value):
    return isinstance(value, str)


def is_digest(value):
    return is_text(value) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def is_time(value):
    match = is_text(value) and TIME.fullmatch(value)
    if not match:
        return False
    year, month, day = map(int, match.groups()[:3])
    # Python has no year 0, which is a leap year as 2000 is.
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2000, month)[1]


def is_day(value):
    return is_text(value) and len(value) == 10 and is_time(value + "T00:00:00Z")


def day_in_vietnam(time):
    """The calendar day, seven hours ahead of UTC."""
    seconds = calendar.timegm(time_module.strptime(time, "%Y-%m-%dT%H:%M:%SZ")) + 7 * 3600
    return time_module.strftime("%Y-%m-%d", time_module.gmtime(seconds))


def is_flag(value):
    return isinstance(value, bool)


def is_costs(value):
    return value in ("line", "ballot")


def is_reasons(value):
    return isinstance(value, dict) and all(map(is_count, value.values()))


def is_levels(value):
    return isinstance(value, dict) and set(value) in LEVELS.values() and all(map(is_count, value.values()))


def is_account(value):
    return value is None or is_text(value) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value)


def is_accounts(value):
    return isinstance(value, list) and all(is_text(item) and is_account(item) for item in value)


def is_teller_role(value):
    return is_text(value) and value in ("head", "secretary", "member")


COUNTS = {"invalid": is_reasons, "lines": [is_levels], "papers": is_count}
TOTALS = {"counts": COUNTS, "form": is_text, "issued": is_count, "returned": is_count}
DECK = {"counted": COUNTS, "expected": COUNTS, "form": is_text, "papers?": [{"expected": is_text, "read": is_text}]}
BALLOTS = {"exchanged": is_count, "form": is_text, "issued": is_count, "not_returned": is_count, "printed": is_count,
           "returned": is_count, "unused": is_count}
ACTOR = {"account": is_account, "name": is_text, "role": lambda role: is_text(role) and role in ROLES}
# A key that ends in "?" may be absent: older programs do not write it.
TELLER = {"account?": lambda value: is_text(value) and is_account(value), "name": is_text, "role": is_teller_role}
READER = {"account": is_account, "name": is_text}
MISSING = {"account?": lambda value: is_text(value) and is_account(value), "name": is_text, "reason": is_text}
SHAPES = {
    "poll.created": {"again_of?": is_text, "council": is_text, "delegates": is_count, "kind": lambda kind: is_text(kind) and kind in LEVELS,
                     "rehearsal": is_flag, "ruleset": is_text, "ruleset_sha256": is_digest,
                     "simulated": is_flag, "sitting": is_text},
    "poll.amended": {"delegates": is_count, "sitting": is_text},
    "rules.frozen": {"bad_line?": is_costs, "proposed_by": ACTOR, "ruleset_sha256": is_digest},
    "list.decided": {"officials": [{"block": is_text, "name": is_text, "posts": is_text}], "resolution": is_text},
    "board.appointed": {"resolution": is_text, "tellers": [TELLER]},
    "dossiers.released": {"files": [{"name": is_text, "sha256": is_digest}]},
    "forms.sealed": {"forms": [{"block": is_text, "id": is_text, "lines": is_count, "sha256": is_digest,
                                "sheets": is_count}]},
    "deck.counted": {"forms": [DECK]},
    "deck.waived": {"proposed_by": ACTOR, "reason": is_text},
    "zero.reported": {"forms": [TOTALS]},
    "poll.moved": {"before": is_day, "day": is_day, "proposed_by": ACTOR, "reason": is_text},
    "voting.opened": {"at": is_time, "planned?": is_day, "present": is_count, "proposed_by": ACTOR,
                      "quorum?": is_count, "reason?": is_text},
    "presence.changed": {"attended": is_count, "change": lambda change: is_text(change) and change in CHANGES,
                         "number": is_count, "present": is_count, "reason": is_text},
    "presence.corrected": {"attended": is_count, "opened": is_count, "present": is_count, "proposed_by": ACTOR,
                           "reason": is_text},
    "ballots.issued": {"form": is_text, "issued": is_count, "printed": is_count},
    "issued.corrected": {"form": is_text, "issued": is_count, "printed": is_count, "proposed_by": ACTOR,
                         "reason": is_text},
    "unused.sealed": {"note": is_text, "packets": is_count},
    "ballots.returned": BALLOTS,
    "ballots.corrected": {"ballots": BALLOTS, "proposed_by": ACTOR, "reason": is_text},
    "batch.committed": {"accounts?": is_accounts, "batch": is_count, "commitment": is_digest, "decided": is_count,
                        "earlier?": [READER], "form": is_text, "papers": is_count, "readers": [is_text], "reread": is_count},
    "batch.reopened": {"batch": is_count, "commitment": is_digest, "form": is_text, "proposed_by": ACTOR,
                       "reason": is_text},
    "counting.closed": {"forms": [TOTALS], "proposed_by": ACTOR},
    "recount.ordered": {"form": is_text, "line": is_count, "proposed_by": ACTOR, "reason": is_text},
    "line.recounted": {"accounts?": is_accounts, "counted": is_levels, "form": is_text, "line": is_count,
                       "proposed_by?": ACTOR, "readers": [is_text], "reason": is_text, "recounted": is_levels,
                       "stands": lambda which: is_text(which) and which in ("counted", "recounted")},
    "result.declared": {"proposed_by": ACTOR, "results_sha256": is_digest},
    "minutes.proposed": {"copies?": is_count, "name": is_text, "sha256": is_digest},
    "minutes.reopened": {"proposed_by": ACTOR, "reason": is_text},
    "ballots.handed_over": {"note": is_text, "packets": is_count, "received_by": is_text, "sealed_by": is_text},
    "minutes.signed": {"missing?": [MISSING], "sha256": is_digest, "tellers": [TELLER]},
    "result.confirmed": {"proposed_by": ACTOR, "resolution": is_text, "sha256": is_digest},
    "result.published": {"at": is_time, "proposed_by": ACTOR},
    "corrigendum.issued": {"name": is_text, "proposed_by": ACTOR, "reason": is_text, "sha256": is_digest},
    "poll.archived": {"place": is_text, "proposed_by": ACTOR},
    "poll.cancelled": {"proposed_by": ACTOR, "reason": is_text},
    "clock.confirmed": {"last": is_time, "proposed_by": ACTOR, "reason": is_text},
    "council_log.noted": {"origin": is_text, "root": is_digest, "size": lambda size: is_count(size, 2**53 - 1)},
    "paper.issued": {"name": is_text, "pages": is_count, "sha256": is_digest},
}


def need_shape(value, shape, file):
    """A dict of shapes: exactly these keys, those with a question mark where they are there. A list of one shape: any
    number of them. Else a predicate."""
    if isinstance(shape, dict):
        need(isinstance(value, dict), file, "not an object")
        shape = {key.rstrip("?"): inner for key, inner in shape.items() if not key.endswith("?") or key[:-1] in value}
        has_keys(value, " ".join(shape), file)
        for key, inner in shape.items():
            need_shape(value[key], inner, f"{file}, {key}")
    elif isinstance(shape, list):
        need(isinstance(value, list), file, "not a list")
        for item in value:
            need_shape(item, shape[0], file)
    else:
        need(shape(value), file, f"not what it must be: {value!r}")


# --- Tree (RFC 9162) ----------------------------------------------------------------------------------------------

def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


class Tree:
    """Roots of the complete subtrees on the right edge, with their sizes."""

    def __init__(self):
        self.peaks, self.size = [], 0

    def push(self, leaf):
        width = 1
        while self.peaks and self.peaks[-1][0] == width:
            leaf, width = node_hash(self.peaks.pop()[1], leaf), 2 * width
        self.peaks.append((width, leaf))
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1][1]
        for _, peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def split(size):
    return 1 << (size - 1).bit_length() - 1


def root_of_inclusion(leaf, index, size, path):
    """Root that `path` leads to from entry `index` (RFC 6962, 2.1.1, read backwards); consumes `path`."""
    if size == 1:
        return leaf
    middle, sibling = split(size), path.pop()
    if index < middle:
        return node_hash(root_of_inclusion(leaf, index, middle, path), sibling)
    return node_hash(sibling, root_of_inclusion(leaf, index - middle, size - middle, path))


def roots_of_consistency(old, size, path, whole, old_root):
    """Old and new root that `path` leads to (RFC 6962, 2.1.2, read backwards); consumes `path`."""
    if old == size:
        root = old_root if whole else path.pop()
        return root, root
    middle, sibling = split(size), path.pop()
    if old <= middle:
        before, after = roots_of_consistency(old, middle, path, whole, old_root)
        return before, node_hash(after, sibling)
    before, after = roots_of_consistency(old - middle, size - middle, path, False, old_root)
    return node_hash(sibling, before), node_hash(sibling, after)


# --- The bundle ---------------------------------------------------------------------------------------------------

class Bundle:
    def __init__(self, folder):
        self.folder = folder
        self.listed = {}
        self.key_text = self.name = self.id = self.public = None

    def bytes(self, file):
        path = os.path.join(self.folder, file)
        try:
            # A link, a pipe or a device is no file of a bundle, and may never end.
            need(stat.S_ISREG(os.lstat(path).st_mode), file, "not a regular file")
            with open(path, "rb") as stream:
                return stream.read()
        except OSError as error:
            raise Wrong(f"{file}: cannot be read: {error.strerror}") from error

    def text(self, file):
        try:
            return self.bytes(file).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Wrong(f"{file}: not UTF-8") from error

    def line(self, file):
        text = self.text(file)
        need(text.endswith("\n") and text.count("\n") == 1, file, "not exactly one line")
        return text[:-1]

    def check_key(self):
        self.key_text = self.line("key.pub")
        parts = self.key_text.split("+", 2)
        need(len(parts) == 3, "key.pub", "not name+id+base64")
        self.name, key = parts[0], decode64(parts[2], 33, "key.pub")
        self.public = key[1:]
        self.id = sha256(self.name.encode(), b"\n\1", self.public)[:4]
        named = 0 < len(self.name.encode()) <= 255 and not any(c.isspace() or is_control(c) for c in self.name)
        need(named, "key.pub", "not a name of a key")
        need(key[0] == 1 and parts[1] == self.id.hex(), "key.pub", "id does not fit name and key")
        return f"key of {self.name}"

    def open_note(self, file):
        """Text of a signed note of this bundle's key."""
        note = self.text(file)
        match = re.fullmatch(r"(.*[^\n]\n)\n— ([^ \n]+) ([^ \n]+)\n", note, re.DOTALL)
        need(match and "\n\n" not in match[1] and match[1][0] != "\n", file, "not a signed note")
        text, name, signature = match.groups()
        need(not any(is_control(c) for c in text if c != "\n"), file, "control characters in a signed text")
        signature = decode64(signature, 68, file)
        need(name == self.name and signature[:4] == self.id, file, "signed by another key")
        need(signed_by(self.public, text.encode(), signature[4:]), file, "signature does not fit the text")
        return text

    def check_manifest(self):
        head, *lines, last = self.open_note("MANIFEST").split("\n")
        need(head == "tinnhiem bundle v1" and last == "", "MANIFEST", "first line is not the header")
        for line in lines:
            match = re.fullmatch(r"([0-9a-f]{64})  (0|[1-9][0-9]*)  ([^\\]+)", line)
            inside = match and not {"", ".", ".."} & set(match[3].split("/")) and not any(map(is_control, match[3]))
            need(inside, "MANIFEST", f"bad line: {line}")
            self.listed[match[3]] = (bytes.fromhex(match[1]), int(match[2]))
        paths = [line.split("  ", 2)[2].encode() for line in lines]
        need(paths == sorted(set(paths)), "MANIFEST", "lines are not in order")
        for file in REQUIRED:
            need(file in self.listed, "MANIFEST", f"does not list {file}")
        return f"{len(lines)} files listed and signed"

    def check_files(self):
        for folder, folders, names in os.walk(self.folder):
            for name in folders + names:
                full = os.path.join(folder, name)
                path = os.path.relpath(full, self.folder).replace(os.sep, "/")
                mode = os.lstat(full).st_mode
                if name in folders:
                    need(stat.S_ISDIR(mode), path, "a link in place of a folder")
                else:
                    need(stat.S_ISREG(mode), path, "not a regular file")
                    need(path == "MANIFEST" or path in self.listed, path, "not in the manifest")
        for path, (digest, size) in self.listed.items():
            data = self.bytes(path)
            need(len(data) == size and sha256(data) == digest, path, "size or hash differs from the manifest")
            known = path in REQUIRED + LATER or path.startswith("papers/")
            need(known, path, "no part of a bundle")
        return f"{len(self.listed)} files have the size and hash listed, none is missing or extra"

    def checkpoint(self, file):
        lines = self.open_note(file).split("\n")
        need(len(lines) == 4 and lines[3] == "" and lines[0] == self.name, file, "not a checkpoint of this log")
        need(re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]), file, "bad size")
        return int(lines[1]), decode64(lines[2], 32, file)


def read_log(bundle, sizes):
    """Entries by kind, leaves, and roots at `sizes`."""
    file, events, leaves, roots, tree = "log.jsonl", [], [], {}, Tree()
    data, last = bundle.bytes(file), ""
    need(data.endswith(b"\n"), file, "last line has no end")
    for seq, line in enumerate(data[:-1].split(b"\n")):
        where = f"log.jsonl line {seq + 1}"
        try:
            entry = read_json(line.decode("utf-8"), where)
        except UnicodeDecodeError as error:
            raise Wrong(f"{where}: not UTF-8") from error
        need(len(line) <= MAX_ENTRY_BYTES, where, "entry too long")
        has_keys(entry, "actor at data kind seq v", where)
        need_shape(entry["actor"], ACTOR, where)
        need(entry["v"] == 1 and entry["v"] is not True and is_count(entry["seq"], 2**53 - 1), where, "bad v or seq")
        need(entry["seq"] == seq, where, "sequence has a gap")
        need(is_time(entry["at"]), where, "bad time")
        need(is_text(entry["kind"]) and entry["kind"] in SHAPES, where, "unknown kind")
        need_shape(entry["data"], SHAPES[entry["kind"]], where)
        if entry["kind"] == "clock.confirmed":
            # Two people said that the time of the line before is not to be gone by.
            need(entry["data"]["last"] == last, where, "another time before than it says")
        else:
            need(entry["at"] >= last, where, "time goes back")
        last = entry["at"]
        events.append((seq, entry["kind"], entry["data"], line))
        leaves.append(leaf_hash(line))
        tree.push(leaves[-1])
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return events, leaves, roots


def only(events, kind):
    found = [(seq, data) for seq, name, data, _ in events if name == kind]
    need(len(found) == 1, "log.jsonl", f"must have {kind} once")
    return found[0]


def came_at(events, moment):
    """Number of the entry that brought a moment; none when it did not come, or when two people undid it: the last one counts."""
    found = None
    for seq, kind, _, _ in events:
        if kind == moment:
            found = seq
        elif (kind, moment) == ("minutes.reopened", "minutes.signed"):
            found = None
    return found


def check_checkpoints(heads, events, roots):
    end = len(events)
    came = {file: came_at(events, moment) for file, moment in zip(CHECKPOINTS, MOMENTS)}
    for file in CHECKPOINTS:
        need((came[file] is not None) == (file in heads), file, "a checkpoint for a moment that did not come, or none for one that did")
    need((HEAD in heads) != (CHECKPOINTS[4] in heads), HEAD, "the head over the whole log is missing, or there are two")
    for file, (size, root) in heads.items():
        need(roots.get(size) == root, file, f"not the root of this log at {size} entries")
    after = [end if came[file] is None else came[file] for file in CHECKPOINTS[1:4]] + [end, end]
    for file, high in zip(CHECKPOINTS, after):
        if file in heads:
            low = end if file == CHECKPOINTS[4] else came[file] + 1
            need(low <= heads[file][0] <= high, file, "does not stand at its moment")
    last, (size, _) = list(heads.items())[-1]
    need(size == end, last, "does not cover the whole log")
    sizes = ", ".join(str(size) for size, _ in heads.values())
    return f"{len(heads)} checkpoints at {sizes} entries are heads of this log, signed"


def check_proofs(bundle, heads, events, leaves):
    file = "proofs/consistency.json"
    value = read_json(bundle.line(file), file)
    has_keys(value, "proofs v", file)
    heads = list(heads.values())
    pairs = len(heads) - 1
    need(value["v"] == 1 and isinstance(value["proofs"], list) and len(value["proofs"]) == pairs, file,
         f"not {pairs} proofs")
    for proof, (old, old_root), (new, new_root) in zip(value["proofs"], heads, heads[1:]):
        has_keys(proof, "from hashes to", file)
        need((proof["from"], proof["to"]) == (old, new), file, "not between consecutive checkpoints")
        path = [unhex(text, 32, file) for text in proof["hashes"]]
        try:
            right = roots_of_consistency(old, new, path, True, old_root) == (old_root, new_root) and not path
        except IndexError:
            right = False
        need(right, file, f"does not lead from {old} to {new} entries")
    file = "proofs/inclusion.json"
    value = read_json(bundle.line(file), file)
    has_keys(value, "proofs v", file)
    papers = [(seq, line) for seq, kind, _, line in events if kind == "paper.issued"]
    need(value["v"] == 1 and isinstance(value["proofs"], list), file, "bad shape")
    need(len(value["proofs"]) == len(papers), file, "not one proof per paper")
    size, root = heads[-1]
    for proof, (seq, line) in zip(value["proofs"], papers):
        has_keys(proof, "entry hashes seq size", file)
        need((proof["seq"], proof["size"], proof["entry"]) == (seq, size, line.decode()), file, "of another entry")
        path = [unhex(text, 32, file) for text in proof["hashes"]]
        try:
            right = root_of_inclusion(leaves[seq], seq, size, path) == root and not path
        except IndexError:
            right = False
        need(right, file, f"does not lead from entry {seq} to the root")
    return f"{pairs} consistency proofs, {len(papers)} inclusion proofs"


def name_key(name):
    """Two spellings of one name: case, blanks and letters of no width do not count."""
    visible = re.sub("[\u200b\u200c\u200d\ufeff]", "", unicodedata.normalize("NFC", name))
    return " ".join(visible.split()).lower()


class Day:
    """From the sealed forms to the archive: what each entry of the day must find, and what it leaves behind."""

    def __init__(self, events, lines):
        poll = only(events, "poll.created")[1]
        self.levels, self.rehearsal, self.delegates = LEVELS[poll["kind"]], poll["rehearsal"], poll["delegates"]
        self.lines, self.actor, self.file = lines, None, "log.jsonl"
        self.waived, self.zeroed, self.opened, self.closed = False, False, False, None
        self.passed = set()
        self.has_chosen = False
        self.moved_to, self.quorum, self.attended, self.now = None, None, 0, 0
        self.declared = self.signed = self.published = self.archived = self.confirmed = False
        self.issued, self.board = {}, []
        self.back, self.batches, self.reopened, self.papers, self.proposed = {}, {}, [], [], None
        self.seated, self.leading, self.awaited = set(), set(), set()

    def need(self, holds, why):
        need(holds, self.file, why)

    def need_two(self, proposed_by, reason):
        self.need_others(proposed_by)
        self.need(reason.strip(), "no reason is given")

    def need_two_readers(self, data, why):
        """Two people, and where the board names accounts, two of it. In a rehearsal the program may read for somebody."""
        names, accounts = data["readers"], data.get("accounts")
        readers = accounts if accounts is not None else list(map(name_key, names))
        self.need(len(set(readers)) == len(readers) == len(names) == 2 and all(map(name_key, names)), why)
        if self.seated and (accounts is not None or not self.rehearsal):
            self.need(accounts is not None and self.seated.issuperset(accounts), f"{why} of the board")
        for reader in data.get("earlier", ()):
            one = reader["account"] if accounts is not None and reader["account"] else name_key(reader["name"])
            self.need(one not in readers and name_key(reader["name"]), f"{why}: one took over from the other")
            if self.seated and (reader["account"] is not None or not self.rehearsal):
                self.need(reader["account"] in self.seated, f"{why} of the board")

    def need_others(self, proposed_by):
        program = self.rehearsal and proposed_by["role"] == self.actor["role"] == "program"
        self.need(program or proposed_by["account"] != self.actor["account"], "one person where two are needed")

    def need_issued(self, sha256, name=None):
        issued = any(paper["sha256"] == sha256 and name in (None, paper["name"]) for paper in self.papers)
        self.need(issued, "a paper that was not issued before")

    def zeros(self, form):
        return {"invalid": {}, "lines": [dict.fromkeys(self.levels, 0)] * self.lines[form], "papers": 0}

    def accounts(self, ballots):
        """Where the papers of a form went: what contradicts itself is refused, what is merely missing is not."""
        out = ballots["issued"] + ballots["exchanged"] + ballots["unused"]
        self.need(ballots["form"] in self.lines, "ballots of no sealed form")
        self.need(out <= ballots["printed"], "more papers than were printed")
        self.need(ballots["returned"] <= ballots["issued"], "more ballots returned than issued")
        split = ballots["returned"] + ballots["not_returned"] == ballots["issued"]
        self.need(split, "returned and not returned are not those issued")
        self.need(ballots["issued"] <= self.attended, "more ballots issued than there were delegates in the hall")

    def counted(self, form):
        return sum(papers for (of, _), (_, papers) in self.batches.items() if of == form)

    def is_counting(self):
        return self.opened and self.closed is None

    def take(self, kind, data, actor):
        self.actor = actor
        if kind in LED and self.seated:
            account = actor["account"]
            led = self.rehearsal if account is None else account in self.leading
            self.need(led, f"{kind} written by nobody who leads the board")
        step = getattr(self, "on_" + kind.replace(".", "_"), None)
        if step:
            step(data)

    def on_rules_frozen(self, data):
        self.need_others(data["proposed_by"])
        self.need("bad_line" not in data or not self.has_chosen, "the board chose twice")
        self.has_chosen = self.has_chosen or "bad_line" in data

    def on_board_appointed(self, data):
        accounts = [teller["account"] for teller in data["tellers"] if "account" in teller]
        self.need(len(set(accounts)) == len(accounts), "one account twice on the board")
        self.board, self.seated = data["tellers"], set(accounts)
        self.leading = {teller.get("account") for teller in self.board if teller["role"] in ("head", "secretary")}

    def on_deck_counted(self, data):
        self.need(not self.zeroed, "test deck after the zero report")
        tried = [deck["form"] for deck in data["forms"]]
        self.need(tried and tried == [form for form in self.lines if form in tried], "test deck of other forms")
        for deck in data["forms"]:
            self.need(deck["expected"]["papers"] > 0, "test deck without papers")
            for counts in (deck["expected"], deck["counted"]):
                check_counts(counts, self.levels, self.lines[deck["form"]], self.file)
            papers = deck.get("papers", [])
            if "papers" in deck:
                for of, counts in (("expected", deck["expected"]), ("read", deck["counted"])):
                    self.papers_add_up([paper[of] for paper in papers], counts)
            right = all(paper["read"] == paper["expected"] for paper in papers)
            if right and deck["counted"] == deck["expected"]:
                self.passed.add(deck["form"])
            else:
                self.passed.discard(deck["form"])
                self.waived = False

    def papers_add_up(self, papers, counts):
        """Keys of a test deck give its figures; a number of a reason stands for one reason."""
        levels = KEYED[frozenset(self.levels)]
        lines = [dict.fromkeys(levels, 0) for _ in counts["lines"]]
        invalid = {}
        for keys in papers:
            if keys.startswith("-"):
                self.need(re.fullmatch("-0*[1-9][0-9]*", keys), "a test paper that cannot be read")
                invalid[int(keys)] = invalid.get(int(keys), 0) + 1
                continue
            self.need(len(keys) == len(lines), "a test paper of another form")
            for key, line in zip(keys, lines):
                self.need(key in "09" or key in "123"[:len(levels)], "a test paper that cannot be read")
                if key not in "09":
                    line[levels[int(key) - 1]] += 1
        by_name = sorted(number for number in counts["invalid"].values() if number)
        right = len(papers) == counts["papers"] and lines == counts["lines"] and sorted(invalid.values()) == by_name
        self.need(right, "test papers that do not add up to their figures")

    def on_clock_confirmed(self, data):
        self.need_two(data["proposed_by"], data["reason"])

    def on_deck_waived(self, data):
        self.need(not self.zeroed, "test deck waived after the zero report")
        self.need_two(data["proposed_by"], data["reason"])
        self.waived = True

    def on_zero_reported(self, data):
        self.need(self.waived or self.passed == set(self.lines), "zero report without a test deck")
        zeros = [{"counts": self.zeros(form), "form": form, "issued": 0, "returned": 0} for form in self.lines]
        self.need(data["forms"] == zeros, "zero report is not zero")
        self.zeroed = True

    def on_poll_moved(self, data):
        self.need(not self.opened, "moved after voting opened")
        self.need_two(data["proposed_by"], data["reason"])
        follows = self.moved_to in (None, data["before"])
        self.need(data["before"] != data["day"] and follows, "moved from another day, or to the same")
        self.moved_to = data["day"]

    def may_open(self, data):
        """Too few, or another day than was planned: two people said why. Older logs tell neither."""
        self.quorum = data.get("quorum")
        if self.quorum is None:
            return
        planned = data.get("planned")
        self.need(self.moved_to in (None, planned), "planned for another day than it was moved to")
        other_day = planned is not None and planned != day_in_vietnam(data["at"])
        told = data.get("reason", "").strip()
        self.need(told or not (other_day or data["present"] < self.quorum), "opened without quorum or day, and no reason")

    def on_voting_opened(self, data):
        self.need(self.zeroed, "voting opened before the zero report")
        self.need(0 < data["present"] <= self.delegates, "more people in the hall than delegates, or nobody")
        self.need_others(data["proposed_by"])
        self.may_open(data)
        self.opened, self.attended, self.now = True, data["present"], data["present"]

    def on_presence_changed(self, data):
        self.need(self.is_counting(), "delegates come or go outside the vote")
        number, change = data["number"], data["change"]
        self.need(number > 0 and data["reason"].strip(), "nobody came or went, or no reason is given")
        self.need(change != "returned" or number <= self.attended - self.now, "more come back than had left")
        self.attended += number if change == "arrived" else 0
        self.now += -number if change == "left" else number
        self.need(0 <= self.now and self.attended <= self.delegates, "more delegates than there are")
        self.need((self.attended, self.now) == (data["attended"], data["present"]), "other figures of the hall follow")

    def on_presence_corrected(self, data):
        self.need(self.is_counting(), "the hall corrected outside the vote")
        self.need_two(data["proposed_by"], data["reason"])
        right = 0 < data["opened"] <= data["attended"] <= self.delegates and data["present"] <= data["attended"]
        self.need(right, "figures of the hall contradict each other")
        told = [ballots["issued"] for ballots in self.back.values()]
        issued = max(told + list(self.issued.values()), default=0)
        self.need(issued <= data["attended"], "more ballots issued than there were delegates in the hall")
        self.attended, self.now = data["attended"], data["present"]

    def announce(self, data):
        self.need(self.is_counting(), "ballots issued outside the vote")
        self.need(data["form"] in self.lines, "ballots of no sealed form")
        self.need(data["issued"] <= data["printed"], "more papers than were printed")
        self.need(data["issued"] <= self.attended, "more ballots issued than there were delegates in the hall")
        self.issued[data["form"]] = data["issued"]

    def all_issued(self):
        return len(self.issued) == len(self.lines)

    def all_back(self):
        return len(self.back) == len(self.lines)

    def on_ballots_issued(self, data):
        self.need(not self.all_issued(), "issued again after it was announced")
        self.announce(data)

    def on_issued_corrected(self, data):
        self.need(self.all_issued() and not self.all_back(), "issued corrected outside its time")
        self.need_two(data["proposed_by"], data["reason"])
        self.announce(data)
        self.back.pop(data["form"], None)

    def on_unused_sealed(self, data):
        self.need(self.is_counting() and self.all_issued() and not self.back, "unused papers sealed outside their time")
        self.need(data["packets"] > 0, "unused papers sealed without a packet")

    def on_ballots_returned(self, data):
        self.need(self.is_counting(), "ballots outside the vote")
        # Older logs, which tell no quorum, tell issued and returned at once, and once.
        old = self.quorum is None
        self.need(not self.all_back() and not (old and data["form"] in self.back), "ballots of a form returned twice")
        self.need(old or self.all_issued(), "ballots returned before it was announced what went out")
        self.accounts(data)
        self.need(self.issued.get(data["form"], data["issued"]) == data["issued"], "another number went out")
        self.back[data["form"]] = data

    def on_ballots_corrected(self, data):
        ballots = data["ballots"]
        self.need(self.is_counting() and len(self.back) == len(self.lines), "correction outside the count")
        self.need_two(data["proposed_by"], data["reason"])
        self.accounts(ballots)
        self.need(self.counted(ballots["form"]) <= ballots["returned"], "more ballots counted than returned")
        self.issued[ballots["form"]] = ballots["issued"]
        self.back[ballots["form"]] = ballots

    def on_batch_committed(self, data):
        place = (data["form"], data["batch"])
        self.need(self.is_counting() and len(self.back) == len(self.lines), "batch outside the count")
        self.need(data["form"] in self.lines, "batch of no sealed form")
        self.need(place not in self.batches, f"batch {place} committed twice")
        self.need_two_readers(data, f"batch {place} not read by two people")
        self.batches[place] = (unhex(data["commitment"], 32, self.file), data["papers"])

    def on_batch_reopened(self, data):
        place = (data["form"], data["batch"])
        self.need(self.is_counting(), "batch reopened outside the count")
        self.need_two(data["proposed_by"], data["reason"])
        stands = self.batches.pop(place, (b"", 0))[0]
        self.need(stands == unhex(data["commitment"], 32, self.file), f"batch {place} is not there to be reopened")
        self.reopened.append(place)

    def on_counting_closed(self, data):
        self.need(self.is_counting() and len(self.back) == len(self.lines), "closed before the ballots are back")
        self.need_others(data["proposed_by"])
        for form, ballots in self.back.items():
            self.need(self.counted(form) == ballots["returned"], f"form {form}: batches are not all ballots")
        self.closed = {total["form"]: json.loads(json.dumps(total["counts"])) for total in data["forms"]}

    def closed_line(self, data):
        self.need(self.closed is not None and not self.declared, "recount outside its time")
        counts, place = self.closed.get(data["form"]), data["line"] - 1
        self.need(counts and 0 <= place < len(counts["lines"]), "recount of no line")
        return counts, place

    def on_recount_ordered(self, data):
        self.closed_line(data)
        self.need_two(data["proposed_by"], data["reason"])
        self.awaited.add((data["form"], data["line"]))

    def on_line_recounted(self, data):
        counts, place = self.closed_line(data)
        self.need(counts["lines"][place] == data["counted"], "another figure stood there")
        fits = set(data["recounted"]) == self.levels and sum(data["recounted"].values()) <= valid_papers(counts)
        self.need(fits, "a figure that the line cannot have")
        self.need_two_readers(data, "not recounted by two people")
        same = data["counted"] == data["recounted"]
        if "proposed_by" in data:
            self.need_others(data["proposed_by"])
        if self.seated and not self.rehearsal:
            reader = self.actor["account"] in data["accounts"]
            self.need(reader or "proposed_by" in data, "a recount written down by somebody else")
            self.need(same or "proposed_by" in data, "figures differ and nobody else confirmed it")
            self.need(not reader or "proposed_by" not in data, "who recounted confirmed it")
        self.need(same or data["reason"].strip(), "figures differ and no reason is given")
        if data["stands"] == "recounted":
            counts["lines"][place] = data["recounted"]
        self.awaited.discard((data["form"], data["line"]))

    def on_result_declared(self, data):
        self.need_others(data["proposed_by"])
        self.need(self.rehearsal or not self.awaited, "a line that two people ordered was not recounted")
        self.declared = True

    def on_paper_issued(self, data):
        self.papers.append(data)

    def on_minutes_proposed(self, data):
        self.need(self.declared and not self.signed, "minutes proposed outside their time")
        self.need_issued(data["sha256"], data["name"])
        self.proposed = (data["sha256"], self.actor)

    def on_minutes_signed(self, data):
        self.need(self.proposed and not self.signed, "minutes signed outside their time")
        self.need_others(self.proposed[1])
        self.need(data["sha256"] == self.proposed[0], "other minutes were signed")
        self.need(data["tellers"] or self.rehearsal, "nobody signed")
        if self.quorum is not None:
            self.signatures(data["tellers"], data.get("missing", []))
        self.signed = True

    def signatures(self, signed, missing):
        """Head and secretary sign; every other member signs, or a reason is there. Older logs tell no quorum, and less."""
        for teller in self.board:
            must = teller["role"] in ("head", "secretary")
            self.need(teller in signed or not must, f"{teller['name']} did not sign")
        once = all(signed.count(teller) == 1 and teller in self.board for teller in signed)
        self.need(once, "somebody signed who is not of the board, or twice")
        # Persons are told apart by account where the board names one.
        person = lambda told: (told.get("account", ""), told["name"])
        unsigned = sorted(person(teller) for teller in self.board if teller not in signed)
        self.need(sorted(map(person, missing)) == unsigned, "a signature is missing without a word")
        self.need(all(told["reason"].strip() for told in missing), "a signature is missing without a reason")

    def on_minutes_reopened(self, data):
        self.need(self.signed and not self.confirmed and not self.published, "minutes reopened outside their time")
        self.need_two(data["proposed_by"], data["reason"])
        self.signed, self.proposed = False, None

    def on_ballots_handed_over(self, data):
        self.need(self.declared and not self.archived, "ballots handed over outside their time")
        told = data["packets"] > 0 and data["sealed_by"].strip() and data["received_by"].strip()
        self.need(told, "ballots handed over without packets, or without both sides")

    def on_result_confirmed(self, data):
        self.need(self.signed and not self.published and not self.confirmed, "confirmed outside its time")
        self.need_issued(data["sha256"])
        self.need_others(data["proposed_by"])
        self.confirmed = True

    def on_result_published(self, data):
        self.need(self.signed, "published before the minutes are signed")
        self.need_others(data["proposed_by"])
        self.published = True

    def on_corrigendum_issued(self, data):
        self.need(self.published, "corrigendum before publication")
        self.need_two(data["proposed_by"], data["reason"])
        self.need_issued(data["sha256"], data["name"])

    def on_poll_archived(self, data):
        self.need(self.published and not self.archived, "archived outside its time")
        self.need_others(data["proposed_by"])
        self.archived = True

    def on_poll_cancelled(self, _):
        self.need(False, "the vote was called off")


def check_course(events, lines):
    """What must stand before what. Gives the day as it ended."""
    file = "log.jsonl"
    need(events and events[0][1] == "poll.created", file, "does not begin with poll.created")
    poll, listed, forms, opened, closed, declared, *_ = (
        only(events, kind)[0] for kind in
        ("poll.created", "list.decided", "forms.sealed", "voting.opened", "counting.closed", "result.declared",
         "zero.reported"))
    if any(name == "result.published" for _, name, _, _ in events):
        only(events, "result.published")
    need(poll < listed < forms < opened < closed < declared, file, "events are out of order")
    boards = [seq for seq, kind, _, _ in events if kind == "board.appointed"]
    need(boards or events[poll][2]["rehearsal"], file, "nobody was appointed to count")
    need(all(listed < seq < forms for seq in boards), file, "board.appointed out of order")
    day = Day(events, lines)
    for seq, kind, data, line in events:
        need(kind != "poll.amended" or seq < forms, file, "poll amended after its forms were sealed")
        if kind == "poll.amended":
            day.delegates = data["delegates"]
        need(kind != "rules.frozen" or seq < forms, file, "rules frozen after the forms were sealed")
        if kind == "rules.frozen" and "bad_line" in data:
            need(boards and boards[0] < seq, file, "the board chose before it was appointed")
        need(kind != "dossiers.released" or seq < opened, file, "dossiers released after voting opened")
        need(kind not in ("deck.counted", "deck.waived") or seq > forms, file, "test deck before the forms")
        need(kind != "poll.moved" or seq > forms, file, "moved before the forms")
        day.take(kind, data, json.loads(line)["actor"])
    return day


def check_list(events):
    """Lines by form: the officials of its block."""
    file = "log.jsonl"
    officials, forms = only(events, "list.decided")[1]["officials"], only(events, "forms.sealed")[1]["forms"]
    blocks = [form["block"] for form in forms]
    need(len(set(blocks)) == len(blocks) == len({form["id"] for form in forms}), file, "two forms alike")
    need({official["block"] for official in officials} == set(blocks), file, "blocks and forms differ")
    for form in forms:
        of_block = sum(official["block"] == form["block"] for official in officials)
        need(form["lines"] == of_block, file, f"form {form['id']} has another number of lines than its block")
    return {form["id"]: form["lines"] for form in forms}


def valid_papers(counts):
    return counts["papers"] - sum(counts["invalid"].values())


def check_counts(counts, levels, lines, file):
    need_shape(counts, COUNTS, file)
    need(len(counts["lines"]) == lines, file, "wrong number of lines")
    valid = valid_papers(counts)
    need(valid >= 0, file, "more invalid ballots than papers")
    for line in counts["lines"]:
        need(set(line) == levels, file, "levels of another kind of vote")
        need(sum(line.values()) <= valid, file, "levels over valid ballots")


def check_openings(bundle, events):
    file, levels = "openings.json", LEVELS[only(events, "poll.created")[1]["kind"]]
    lines = check_list(events)
    day = check_course(events, lines)
    back, committed = day.back, dict(day.batches)
    value = read_json(bundle.line(file), file)
    has_keys(value, "openings v", file)
    need(value["v"] == 1 and isinstance(value["openings"], list), file, "bad shape")
    sums = {form: {"invalid": {}, "lines": [dict.fromkeys(levels, 0) for _ in range(n)], "papers": 0}
            for form, n in lines.items()}
    for opening in value["openings"]:
        need_shape(opening, {"batch": is_count, "counts": COUNTS, "form": is_text, "nonce": is_digest}, file)
        place, counts = (opening["form"], opening["batch"]), opening["counts"]
        need(place in committed, file, f"batch {place} was not committed, or is opened twice")
        commitment, papers = committed.pop(place)
        text = b"tinnhiem batch counts v1\n" + unhex(opening["nonce"], 32, file) + canonical(counts).encode()
        need(sha256(text) == commitment, file, f"batch {place} does not fit its commitment")
        check_counts(counts, levels, lines[place[0]], file)
        need(counts["papers"] == papers, file, f"batch {place} has another number of papers")
        total = sums[place[0]]
        total["papers"] += papers
        for reason, ballots in counts["invalid"].items():
            total["invalid"][reason] = total["invalid"].get(reason, 0) + ballots
        for line, more in zip(total["lines"], counts["lines"]):
            for level in levels:
                line[level] += more[level]
    need(not committed, file, f"batches stay closed: {sorted(committed)}")
    told = only(events, "counting.closed")[1]["forms"]
    expected = [{"counts": sums[form], "form": form, "issued": back[form]["issued"],
                 "returned": back[form]["returned"]} for form in lines]
    need(told == expected, "log.jsonl", "totals of counting.closed are not the sums of the batches")
    for form, total in sums.items():
        need(total["papers"] == back[form]["returned"], "log.jsonl", f"form {form}: batches are not all ballots")
    for form, batch in day.reopened:
        yield f"NOTE: batch {batch} of {form} was counted anew; its first commitment stays closed"
    papers = sum(total["papers"] for total in sums.values())
    yield f"{len(value['openings'])} batches fit their commitments and add up to the {papers} ballots returned"
    for opening in value["openings"]:
        valid, total = valid_papers(opening["counts"]), valid_papers(sums[opening["form"]])
        if valid < min(10, total):
            yield f"NOTE: batch {opening['batch']} of {opening['form']} opens only {valid} valid ballots"


def check_hashes(bundle, events):
    poll, result = only(events, "poll.created")[1], only(events, "result.declared")[1]
    # The last text that the poll was frozen to; before that the one it was created with.
    frozen = [data["ruleset_sha256"] for _, kind, data, _ in events if kind == "rules.frozen"]
    rules = frozen[-1] if frozen else poll["ruleset_sha256"]
    for file, text in (("ruleset.toml", rules), ("results.json", result["results_sha256"])):
        need(bundle.listed[file][0] == unhex(text, 32, "log.jsonl"), file, "not the file that the log names")
    issued = {data["name"]: data["sha256"] for _, kind, data, _ in events if kind == "paper.issued"}
    papers = [path for path in bundle.listed if path.startswith("papers/")]
    for path in papers:
        digest = bundle.listed[path][0].hex()
        need(issued.get(path.removeprefix("papers/")) == digest, path, "not the paper that the log names")
    return f"rule set, result and {len(papers)} papers are those that the log names"


def grouped(digest):
    """16 groups of 4 hex digits, as paper has them."""
    text = digest.hex()
    return " ".join(text[i:i + 4] for i in range(0, 64, 4))


def verify(folder, paper_root):
    bundle = Bundle(folder)
    yield bundle.check_key()
    yield bundle.check_manifest()
    yield bundle.check_files()
    # In their order; the last one covers the whole log.
    heads = {file: bundle.checkpoint(file) for file in CHECKPOINTS + [HEAD] if file in bundle.listed}
    events, leaves, roots = read_log(bundle, {size for size, _ in heads.values()})
    yield f"{len(events)} log entries are canonical, in sequence and in order of time"
    yield check_checkpoints(heads, events, roots)
    yield check_proofs(bundle, heads, events, leaves)
    yield from check_openings(bundle, events)
    yield check_hashes(bundle, events)
    if paper_root is not None:
        found = [file for file, (_, root) in heads.items() if root.hex() == paper_root and file != HEAD]
        need(found, "checkpoints/", "the root on paper is not that of any checkpoint here")
        yield f"the root on paper is that of {found[0]}"
    for file, (_, root) in heads.items():
        yield f"root in {file}: {grouped(root)}"
    yield f"key: {grouped(sha256(bundle.key_text.encode()))}"
    if CHECKPOINTS[4] not in heads:
        yield "NOTE: the result was not public when this bundle was written; the log goes on"
    if only(events, "poll.created")[1]["rehearsal"]:
        yield "this is a REHEARSAL"


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    paper_root = "".join(sys.argv[2].split()).lower() if len(sys.argv) == 3 else None
    if paper_root is not None and not re.fullmatch(r"[0-9a-f]{64}", paper_root):
        print("ROOT must be 16 groups of 4 hex digits", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory() as unpacked:
            folder = sys.argv[1]
            if zipfile.is_zipfile(folder):
                with zipfile.ZipFile(folder) as archive:
                    archive.extractall(unpacked)
                folder = unpacked
            for line in verify(folder, paper_root):
                print("ok:", line)
    except Wrong as wrong:
        print("WRONG:", wrong)
        return 1
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError, zipfile.BadZipFile,
            zlib.error) as error:
        # Signed, canonical, and of another shape than any bundle: wrong all the same.
        print("WRONG: malformed data:", repr(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
