#!/usr/bin/env python3
"""Makes bundles that lie, for tests of verifiers: everything that somebody with the key could do.

    python3 forge.py v2 BUNDLE OUT.zip          the same vote with commitments that add up, and without openings
    python3 forge.py many BUNDLE COUNT SEED     COUNT changed bundles, framed on stdout with the second verifier's verdict

A frame is the length of a JSON head in 4 bytes, big-endian, the head, and the .zip of the bundle:
{"holds":bool,"said":the last line,"what":the change,"zip":bytes}.
"""

import functools
import hashlib
import io
import json
import random
import sys
import zipfile

sys.dont_write_bytecode = True

from base64 import b64encode  # noqa: E402

import verify  # noqa: E402
from verifier import keys  # noqa: E402
from verifier import ristretto  # noqa: E402
from verifier.base import LEVELS, canonical, sha256  # noqa: E402
from verifier.bundle import CHECKPOINTS, HEAD, MOMENTS, came_at  # noqa: E402
from verifier.keys import BASE, ORDER, P, multiples, times_by  # noqa: E402
from verifier.rules import read_rules  # noqa: E402
from verifier.sums import TAG, Cells, at, blindings_of, points_of  # noqa: E402
from verifier.tree import leaf_hash, node_hash, split  # noqa: E402
from verifier.unzip import unpack  # noqa: E402

SEED = bytes([9]) * 32


class Signer:
    """Ed25519 (RFC 8032), for tests only: it takes its time and hides nothing."""

    def __init__(self, name, seed=SEED):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
        self.prefix, self.public = digest[32:], self.point(self.scalar)
        self.name, self.id = name, sha256(name.encode(), b"\n\1", self.public)[:4]

    @staticmethod
    def point(scalar):
        x, y, z, _ = times_by(multiples(BASE), scalar)
        inverse = pow(z, P - 2, P)
        return ((y * inverse % P) | ((x * inverse % P & 1) << 255)).to_bytes(32, "little")

    def key_text(self):
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([1]) + self.public).decode()}"

    def note(self, text):
        once = int.from_bytes(hashlib.sha512(self.prefix + text.encode()).digest(), "little") % ORDER
        commitment = self.point(once)
        asked = int.from_bytes(hashlib.sha512(commitment + self.public + text.encode()).digest(), "little") % ORDER
        signature = commitment + ((once + asked * self.scalar) % ORDER).to_bytes(32, "little")
        return f"{text}\n— {self.name} {b64encode(self.id + signature).decode()}\n"


@functools.lru_cache(maxsize=1 << 16)
def signed(signer, text):
    return signer.note(text)


@functools.lru_cache(maxsize=1 << 14)
def root_of(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return node_hash(root_of(leaves[:middle]), root_of(leaves[middle:]))


def inclusion(index, leaves):
    if len(leaves) <= 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return inclusion(index, leaves[:middle]) + [root_of(leaves[middle:])]
    return inclusion(index - middle, leaves[middle:]) + [root_of(leaves[:middle])]


def consistency(old, leaves, whole=True):
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return consistency(old, leaves[:middle], whole) + [root_of(leaves[middle:])]
    return consistency(old - middle, leaves[middle:], False) + [root_of(leaves[:middle])]


class Forgery:
    """A bundle taken apart: its log as values, its files as bytes."""

    def __init__(self, files, signer=None):
        self.files = dict(files)
        self.name = self.files["key.pub"].decode().split("+")[0]
        self.signer = signer or Signer(self.name)
        self.log = [json.loads(line) for line in self.files["log.jsonl"].decode().split("\n")[:-1]]

    def events(self, kind):
        return [entry["data"] for entry in self.log if entry["kind"] == kind]

    def one(self, kind):
        return self.events(kind)[-1]

    def number(self):
        """Numbers of the entries in order, after one came or went."""
        for seq, entry in enumerate(self.log):
            entry["seq"] = seq
        return self

    def name_files(self):
        """The log names the files as they are: rule set, result and papers."""
        digest = lambda file: sha256(self.files[file]).hex()
        frozen = self.events("rules.frozen") or self.events("poll.created")
        frozen[-1]["ruleset_sha256"] = digest("ruleset.toml")
        self.one("result.declared")["results_sha256"] = digest("results.json")
        for paper in self.events("paper.issued"):
            if f"papers/{paper['name']}" in self.files:
                paper["sha256"] = digest(f"papers/{paper['name']}")
        return self

    def write_log(self):
        """Log, checkpoints and proofs made right again, as far as there is anything to be right about."""
        lines = [canonical(entry).encode() for entry in self.log]
        self.files["log.jsonl"] = b"".join(line + b"\n" for line in lines)
        leaves, events = tuple(leaf_hash(line) for line in lines), [(e["seq"], e["kind"], e["data"], b"") for e in self.log]
        came = [came_at(events, moment) for moment in MOMENTS]
        heads = {file: place + 1 for file, place in zip(CHECKPOINTS, came) if place is not None}
        for file in CHECKPOINTS + [HEAD]:
            self.files.pop(file, None)
        last = CHECKPOINTS[4] if came[4] is not None else HEAD
        heads[last] = len(lines)
        sizes = [heads[file] for file in CHECKPOINTS + [HEAD] if file in heads]
        for file, size in heads.items():
            root = b64encode(root_of(leaves[:size])).decode()
            self.files[file] = signed(self.signer, f"{self.name}\n{size}\n{root}\n").encode()
        told = lambda proofs: (canonical({"proofs": proofs, "v": 1}) + "\n").encode()
        pairs = [(old, new) for old, new in zip(sizes, sizes[1:])]
        self.files["proofs/consistency.json"] = told([
            {"from": old, "hashes": [h.hex() for h in consistency(old, leaves[:new])] if old <= new else [], "to": new}
            for old, new in pairs])
        self.files["proofs/inclusion.json"] = told([
            {"entry": lines[place].decode(), "hashes": [h.hex() for h in inclusion(place, leaves)], "seq": entry["seq"],
             "size": len(lines)} for place, entry in enumerate(self.log) if entry["kind"] == "paper.issued"])
        return self

    def seal(self):
        """A manifest of the files as they are."""
        self.files["key.pub"] = (self.signer.key_text() + "\n").encode()
        self.files.pop("MANIFEST", None)
        lines = [f"{sha256(data).hex()}  {len(data)}  {path}\n" for path, data in
                 sorted(self.files.items(), key=lambda item: item[0].encode())]
        self.files["MANIFEST"] = signed(self.signer, "tinnhiem bundle v1\n" + "".join(lines)).encode()
        return self

    def remake(self):
        return self.name_files().write_log().seal()

    def sign_heads(self):
        """Every note signed by this key, as it stands."""
        for file in CHECKPOINTS + [HEAD]:
            if file in self.files:
                text = self.files[file].decode().split("\n\n")[0] + "\n"
                self.files[file] = signed(self.signer, text).encode()
        return self.seal()

    def recompute(self):
        """results.json as it follows from what the log says now."""
        from verifier.base import Wrong
        from verifier.result import compute
        try:
            poll, forms = self.one("poll.created"), self.one("forms.sealed")["forms"]
            totals = json.loads(json.dumps(self.one("counting.closed")["forms"]))
            for line in self.events("line.recounted"):
                of = next(total for total in totals if total["form"] == line["form"])
                of["counts"]["lines"][line["line"] - 1] = line[line["stands"]]
            rules = read_rules(self.files["ruleset.toml"].decode())
            delegates = (self.events("poll.amended") or [poll])[-1]["delegates"]
            text = compute(rules, poll, delegates, self.one("list.decided")["officials"], forms, totals)
            self.files["results.json"] = text.encode()
        except (Wrong, StopIteration, *verify.MALFORMED):
            pass
        return self


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return out.getvalue()


def read_bundle(path):
    source = verify.opened(path)
    return {file: source.read(file) for file in source.paths()}


def to_v2(files):
    """The same vote with commitments that add up. Needs the openings, and leaves them out."""
    forged = Forgery(files)
    openings = {(o["form"], o["batch"]): o for o in json.loads(files["openings.json"])["openings"]}
    levels = LEVELS[forged.one("poll.created")["kind"]]
    rules = read_rules(files["ruleset.toml"].decode())
    reasons = {reason["id"] for reason in rules["spoils_ballot"]} | {"reason_not_given"}
    closed, standing = forged.one("counting.closed"), {}
    for entry in forged.log:
        data = entry["data"]
        if entry["kind"] == "batch.committed":
            opening = openings[data["form"], data["batch"]]
            cells = Cells(len(opening["counts"]["lines"]), levels, reasons)
            data["commitments"] = points_of(forged.name, opening, cells)
            data["commitment"] = sha256(TAG, canonical(data["commitments"]).encode()).hex()
            standing.setdefault(data["form"], []).append((opening, cells))
    for total in closed["forms"]:
        cells = Cells(len(total["counts"]["lines"]), levels, reasons)
        sums = {place: 0 for _, place in cells.each()}
        for opening, _ in standing.get(total["form"], []):
            nonce = bytes.fromhex(opening["nonce"])
            for place, scalar in blindings_of(forged.name, total["form"], opening["batch"], nonce, cells).items():
                sums[place] = (sums[place] + scalar) % ORDER
        told = {"invalid": {}, "lines": [{} for _ in range(cells.lines)]}
        for place, scalar in sums.items():
            at(told, place[:-1])[place[-1]] = scalar.to_bytes(32, "little").hex()
        total["blindings"] = told
    sealed = json.loads(files["openings.json"])
    del forged.files["openings.json"]
    return forged.remake(), sealed


def main():
    if sys.argv[1] == "v2":
        forged, _ = to_v2(read_bundle(sys.argv[2]))
        with open(sys.argv[3], "wb") as out:
            out.write(zipped(forged.files))
        return 0
    from mutants import mutants
    keys.WINDOW = 8
    files, count, seed = read_bundle(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    for what, changed in mutants(files, count, random.Random(seed)):
        data = changed if isinstance(changed, bytes) else zipped(changed)
        holds, said = verify.judged(lambda: unpack(data))
        head = json.dumps({"holds": holds, "said": said[-1], "what": what, "zip": len(data)}).encode()
        sys.stdout.buffer.write(len(head).to_bytes(4, "big") + head + data)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
