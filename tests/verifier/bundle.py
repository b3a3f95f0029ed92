"""The files of a bundle: manifest, key, notes, log, checkpoints, proofs."""

import functools
import os
import re
import stat

from .base import (MAX_ENTRY_BYTES, BLANKS, Wrong, decode64, has_keys, is_control, is_count, is_text, is_time, need,
                   need_shape, read_json, sha256, unhex)
from .keys import signed_by
from .shapes import ACTOR, SHAPES
from .tree import Tree, leaf_hash, root_of_inclusion, roots_of_consistency


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
REQUIRED = ["README.txt", "key.pub", "log.jsonl", "proofs/consistency.json", "proofs/inclusion.json", "results.json",
            "ruleset.toml"] + CHECKPOINTS[:3]
OPENINGS = "openings.json"
LATER = CHECKPOINTS[3:] + [HEAD, OPENINGS]
MAX_FILES, MAX_FOLDERS, MAX_TEXT_BYTES, MAX_BYTES = 10_000, 8, 64 << 20, 4 << 30


# One part of a path: Latin letters of one code point each, digits and signs, no space at an end, no full stop at the end.
PART = re.compile("(?! )[ -.0-9;-[\\]-~\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff]+(?<![ .])")


def is_inside(path):
    """Whether a path names a file below the bundle, spelled in the one way that every file system keeps."""
    return all(map(PART.fullmatch, path.split("/")))


def is_unicode(name):
    """Whether a name on the disk is a text; bytes that are none stand in it as halves of letters."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


class Folder:
    """A bundle as it lies in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def read(self, file):
        path = os.path.join(self.folder, file)
        try:
            # A link, a pipe or a device is no file of a bundle, and may never end.
            need(stat.S_ISREG(os.lstat(path).st_mode), file, "not a regular file")
            with open(path, "rb") as stream:
                return stream.read()
        except (OSError, ValueError) as error:
            raise Wrong(f"{file}: cannot be read: {error}") from error

    def paths(self):
        found = []
        def unreadable(error):
            raise Wrong(f"{error.filename!r}: cannot be read: {error}") from error

        for folder, folders, names in os.walk(self.folder, onerror=unreadable):
            for name in folders + names:
                full = os.path.join(folder, name)
                path = os.path.relpath(full, self.folder).replace(os.sep, "/")
                need(is_unicode(name), ascii(path), "a name that is not Unicode")
                mode = os.lstat(full).st_mode
                if name in folders:
                    need(stat.S_ISDIR(mode), path, "a link in place of a folder")
                    need(path.count("/") < MAX_FOLDERS, path, "folders too deep inside each other")
                else:
                    need(stat.S_ISREG(mode), path, "not a regular file")
                    found.append(path)
        return found


class Files:
    """A bundle in memory: bytes by path."""

    def __init__(self, files):
        self.files = files

    def read(self, file):
        need(file in self.files, file, "is missing")
        return self.files[file]

    def paths(self):
        return list(self.files)


def is_name(name):
    """Whether a key may have this name."""
    return 0 < len(name.encode()) <= 255 and not any(c in BLANKS or is_control(c) or c == "+" for c in name)


# Types of signatures in a key and its id: of a log, and of a witness that says when it saw a head (C2SP).
LOG, WITNESS = 1, 4


def read_key(text, kind, where):
    """Name, id and public key out of name+id+base64."""
    parts = text.split("+", 2)
    need(len(parts) == 3, where, "not name+id+base64")
    name, key = parts[0], decode64(parts[2], 33, where)
    key_id = sha256(name.encode(), b"\n", bytes([kind]), key[1:])[:4]
    need(is_name(name), where, "not a name of a key")
    need(key[0] == kind and parts[1] == key_id.hex(), where, "id does not fit name and key")
    return name, key_id, key[1:]


class Bundle:
    def __init__(self, source):
        self.source = source
        self.listed = {}
        # What was read: a file is read once, so that nothing that is put in its place afterwards is taken for what was checked.
        self.read = {}
        # What witnesses said: file, name, id, time and signature of each line.
        self.cosigned = []
        self.key_text = self.name = self.id = self.public = None

    def bytes(self, file):
        if file not in self.read:
            data = self.source.read(file)
            is_paper = file.startswith("papers/")
            need(is_paper or file == "log.jsonl" or len(data) <= MAX_TEXT_BYTES, file, "too large")
            if is_paper:
                # Its hash is all that is asked of it.
                return data
            self.read[file] = data
        return self.read[file]

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
        self.name, self.id, self.public = read_key(self.key_text, LOG, "key.pub")
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
            need(match and is_inside(match[3]), "MANIFEST", f"bad line: {line}")
            self.listed[match[3]] = (bytes.fromhex(match[1]), int(match[2]))
        paths = [line.split("  ", 2)[2].encode() for line in lines]
        need(paths == sorted(set(paths)), "MANIFEST", "lines are not in order")
        for file in REQUIRED:
            need(file in self.listed, "MANIFEST", f"does not list {file}")
        return f"{len(lines)} files listed and signed"

    def check_files(self):
        paths = self.source.paths()
        need(len(paths) <= MAX_FILES, ".", "too many files")
        for path in paths:
            need(path == "MANIFEST" or path in self.listed, path, "not in the manifest")
        for path, (digest, size) in self.listed.items():
            data = self.bytes(path)
            need(len(data) == size and sha256(data) == digest, path, "size or hash differs from the manifest")
            beside = path.startswith("cosignatures/") and path.replace("cosignatures/", "checkpoints/", 1) in self.listed
            known = path in REQUIRED + LATER or path.startswith("papers/") or beside
            need(known, path, "no part of a bundle")
        return f"{len(self.listed)} files have the size and hash listed, none is missing or extra"

    def check_cosignatures(self):
        """Whether what witnesses said of heads is written as it must be; their keys are not in the bundle."""
        for file in filter(lambda path: path.startswith("cosignatures/"), self.listed):
            text = self.text(file)
            need(text.endswith("\n"), file, "last line has no end")
            lines = text[:-1].split("\n")
            need(lines == sorted(set(lines)), file, "lines are not in order")
            for line in lines:
                match = re.fullmatch(r"— ([^ ]+) ([^ ]+)", line)
                need(match and is_name(match[1]), file, "not the line of a cosignature")
                told = decode64(match[2], 76, file)
                need(told[4] < 128, file, "no time that a clock can have")
                self.cosigned.append((file, match[1], told[:4], int.from_bytes(told[4:12]), told[12:]))
        return f"{len(self.cosigned)} cosignatures are well-formed"

    def check_witness(self, key):
        """What the witness of `key` said of the heads here; it must have said something."""
        name, key_id, public = read_key(key, WITNESS, "--witness")
        said = []
        for file, whose, line_id, time, signature in self.cosigned:
            if (whose, line_id) == (name, key_id):
                head = file.replace("cosignatures/", "checkpoints/", 1)
                text = f"cosignature/v1\ntime {time}\n{self.open_note(head)}"
                need(signed_by(public, text.encode(), signature), file, "a cosignature that does not fit its head")
                said.append(head)
        need(said, "cosignatures/", f"{name} cosigned no head of this bundle")
        return f"{name} cosigned {', '.join(said)}"

    def checkpoint(self, file):
        lines = self.open_note(file).split("\n")
        need(len(lines) == 4 and lines[3] == "" and lines[0] == self.name, file, "not a checkpoint of this log")
        need(re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]), file, "bad size")
        return int(lines[1]), decode64(lines[2], 32, file)


@functools.lru_cache(maxsize=1 << 14)
def read_entry(line, where):
    """One line of the log, and its leaf."""
    need(len(line) <= MAX_ENTRY_BYTES, where, "entry too long")
    try:
        entry = read_json(line.decode("utf-8"), where)
    except UnicodeDecodeError as error:
        raise Wrong(f"{where}: not UTF-8") from error
    has_keys(entry, "actor at data kind seq v", where)
    need_shape(entry["actor"], ACTOR, where)
    need(entry["v"] == 1 and entry["v"] is not True and is_count(entry["seq"], 2**53 - 1), where, "bad v or seq")
    need(is_time(entry["at"]), where, "bad time")
    need(is_text(entry["kind"]) and entry["kind"] in SHAPES, where, "unknown kind")
    need_shape(entry["data"], SHAPES[entry["kind"]], where)
    return entry, leaf_hash(line)


def read_log(bundle, sizes):
    """Entries by kind, leaves, and roots at `sizes`."""
    file, events, leaves, roots, tree = "log.jsonl", [], [], {}, Tree()
    data, last = bundle.bytes(file), ""
    need(data.endswith(b"\n"), file, "last line has no end")
    for seq, line in enumerate(data[:-1].split(b"\n")):
        where = f"log.jsonl line {seq + 1}"
        entry, leaf = read_entry(line, where)
        need(entry["seq"] == seq, where, "sequence has a gap")
        if entry["kind"] == "clock.confirmed":
            # Two people said that the time of the line before is not to be gone by.
            need(entry["data"]["last"] == last, where, "another time before than it says")
        else:
            need(entry["at"] >= last, where, "time goes back")
        last = entry["at"]
        events.append((seq, entry["kind"], entry["data"], line))
        leaves.append(leaf)
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
