"""Changes of a bundle at every level, by somebody without the key and by somebody with it. Deterministic from the seed."""

import json
import re
from base64 import b64encode

from forge import Forgery, to_v2
from zips import raw, twisted, whole
from verifier.base import Wrong, canonical, sha256
from verifier.keys import ORDER, P
from verifier.result import due
from verifier.rules import read_rules
from verifier.sums import TAG, take

TEXTS = ["", " ", "\u200b", "x", "Nguyễn Văn A", "\x7f", "\u2028", "a\u0000b", "high", "low", "head", "program", "2023-12-07",
         "2023-12-07T01:00:00Z", "9999-12-31T23:59:59Z", "2024-02-30T01:00:00Z", "00000000-0000-4000-8000-000000000001", "0" * 64]
KEYS = ["counts", "form", "papers", "reason", "proposed_by", "account", "low", "invalid", "zzz", "quorum", "blindings", "commitments"]
LINES = 2


def account(number):
    return f"00000000-0000-7000-8000-{number:012d}"


def small(files):
    """The same vote with a few lines on each form and papers of a few bytes: what is tried often has to be quick."""
    forged = Forgery(files)
    listed, seen, officials = forged.one("list.decided"), {}, []
    for official in listed["officials"]:
        seen[official["block"]] = seen.get(official["block"], 0) + 1
        if seen[official["block"]] <= LINES:
            officials.append(official)
    listed["officials"] = officials
    for form in forged.one("forms.sealed")["forms"]:
        form["lines"] = min(form["lines"], LINES)
    cut = lambda counts: counts.update(lines=counts["lines"][:LINES])
    for kind in ("zero.reported", "counting.closed"):
        for total in forged.one(kind)["forms"]:
            cut(total["counts"])
            total.pop("blindings", None)
    openings = json.loads(forged.files["openings.json"])
    for opening in openings["openings"]:
        cut(opening["counts"])
    commitments = {(o["form"], o["batch"]): sha256(b"tinnhiem batch counts v1\n", bytes.fromhex(o["nonce"]),
                                                  canonical(o["counts"]).encode()).hex() for o in openings["openings"]}
    for entry in forged.log:
        if entry["kind"] in ("batch.committed", "batch.reopened"):
            entry["data"]["commitment"] = commitments[entry["data"]["form"], entry["data"]["batch"]]
            entry["data"].pop("commitments", None)
        if entry["kind"] == "deck.counted":
            entry.update(kind="deck.waived", data={"proposed_by": entry["actor"], "reason": "Thử"})
    forged.files["openings.json"] = (canonical(openings) + "\n").encode()
    for path in [path for path in forged.files if path.startswith("papers/")]:
        forged.files[path] = path.encode()
    papers(forged)
    return forged.recompute().remake()


def papers(forged):
    """What names a paper has its hash."""
    named = {entry["data"]["name"]: sha256(forged.files[f"papers/{entry['data']['name']}"]).hex()
             for entry in forged.log if entry["kind"] == "paper.issued"}
    for entry in forged.log:
        if entry["kind"] in ("minutes.proposed", "minutes.signed", "result.confirmed"):
            name = "resolution.pdf" if entry["kind"] == "result.confirmed" else "minutes.pdf"
            entry["data"]["sha256"] = named.get(name, entry["data"]["sha256"])


def real(forged):
    """The same as a vote that is no rehearsal: two people for each step, a board with accounts, lines counted again."""
    forged = Forgery(forged.files, forged.signer)
    forged.one("poll.created").update(rehearsal=False, simulated=False)
    board = [{"account": account(n), "name": f"Thành viên {n}", "role": role} for n, role in
             ((1, "head"), (2, "secretary"), (3, "member"))]
    forged.log = [entry for entry in forged.log if entry["kind"] != "board.appointed"]
    place = next(entry["seq"] for entry in forged.log if entry["kind"] == "list.decided") + 1
    when = forged.log[place - 1]["at"]
    forged.log.insert(place, {"actor": {}, "at": when, "data": {"resolution": "1/NQ", "tellers": board},
                              "kind": "board.appointed", "seq": 0, "v": 1})
    people = {"minutes.proposed": 1, "minutes.signed": 2, "deck.counted": 1, "zero.reported": 1, "ballots.issued": 1,
              "unused.sealed": 1, "ballots.returned": 1}
    for entry in forged.log:
        number = people.get(entry["kind"], 8)
        entry["actor"] = {"account": account(number), "name": f"Người {number}", "role": "leader"}
        if "proposed_by" in entry["data"]:
            entry["data"]["proposed_by"] = {"account": account(9), "name": "Người 9", "role": "clerk"}
        if "reason" in entry["data"]:
            entry["data"]["reason"] = "Vì thế"
        if entry["kind"] == "batch.committed":
            entry["data"].update(accounts=[account(2), account(3)], readers=["Thành viên 2", "Thành viên 3"])
            entry["data"].pop("earlier", None)
        if entry["kind"] == "minutes.signed":
            entry["data"].update(tellers=board, missing=[])
        if entry["kind"] == "voting.opened":
            entry["data"]["reason"] = "Vì thế"
    poll, totals = forged.one("poll.created"), forged.one("counting.closed")["forms"]
    rules = read_rules(forged.files["ruleset.toml"].decode())
    place = next(i for i, entry in enumerate(forged.log) if entry["kind"] == "result.declared")
    for form, line in sorted(due(rules, poll["kind"], poll["delegates"], totals)):
        counts = next(total for total in totals if total["form"] == form)["counts"]["lines"][line - 1]
        data = {"accounts": [account(2), account(3)], "counted": counts, "form": form, "line": line, "reason": "",
                "readers": ["Thành viên 2", "Thành viên 3"], "recounted": counts, "stands": "counted"}
        forged.log.insert(place, {"actor": {"account": account(2), "name": "Thành viên 2", "role": "teller"},
                                  "at": forged.log[place]["at"], "data": data, "kind": "line.recounted", "seq": 0, "v": 1})
    return forged.number().recompute().remake()


def paths(value, here=()):
    """Places of all values below one."""
    if here:
        yield here
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*here, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths(inner, (*here, place))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def another(value, chance, like):
    """Another value in its place; now and then of another type."""
    dice = chance.random()
    if dice < 0.08:
        return chance.choice([None, True, False, 0, -1, 1, 2**32, 2**53, "", [], {}, 1.5])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice([value + 1, value - 1, value + 1, max(0, value - 1), 0, value * 2, 2**32 - 1, chance.randrange(100)])
    if isinstance(value, str):
        same = [one for one in like if len(one) == len(value)] or like
        changed = value[:-1] + chr((ord(value[-1]) + 1) % 127) if value else "a"
        return chance.choice([chance.choice(TEXTS), chance.choice(same), changed, value + " ", value.upper(), value[1:]])
    if isinstance(value, list):
        copy = list(value)
        chance.choice([copy.reverse, copy.clear, lambda: copy.pop() if copy else None,
                       lambda: copy.append(copy[0]) if copy else None, lambda: chance.shuffle(copy)])()
        return copy
    if isinstance(value, dict):
        copy = dict(value)
        if copy and dice < 0.6:
            copy.pop(chance.choice(sorted(copy)))
        else:
            copy[chance.choice(KEYS)] = chance.choice([0, "x", None, {}])
        return copy
    return chance.choice(TEXTS)


def change_value(root, chance):
    """Changes one value somewhere below; says where."""
    path = chance.choice(list(paths(root)))
    below = at(root, path[:-1])
    like = [at(root, other) for other in paths(root) if isinstance(at(root, other), str)] or [""]
    below[path[-1]] = another(below[path[-1]], chance, like)
    return ".".join(map(str, path))


def log_value(forged, chance):
    entry = chance.choice(forged.log)
    where = change_value(entry if chance.random() < 0.15 else entry["data"], chance) if entry["data"] else ""
    if chance.random() < 0.5:
        forged.recompute()
    return f"log: {entry['kind']} {where}"


def log_twins(forged, chance):
    """One figure moved from a place to another: sums stay."""
    numbers = [(i, path) for i, entry in enumerate(forged.log) for path in paths(entry["data"])
               if isinstance(at(entry["data"], path), int) and not isinstance(at(entry["data"], path), bool)]
    for (i, path), more in zip(chance.sample(numbers, min(2, len(numbers))), (1, -1)):
        at(forged.log[i]["data"], path[:-1])[path[-1]] += more
    forged.recompute()
    return "log: a figure moved"


def log_entries(forged, chance):
    log, dice = forged.log, chance.random()
    i, j = chance.randrange(len(log)), chance.randrange(len(log))
    if dice < 0.3:
        gone = log.pop(i)["kind"]
        what = f"without {gone}"
    elif dice < 0.55:
        copy = json.loads(json.dumps(log[i]))
        log.insert(j, {**copy, "at": log[j]["at"]})
        what = f"{copy['kind']} again at {j}"
    elif dice < 0.8:
        log[i], log[j] = log[j], log[i]
        log[i]["at"], log[j]["at"] = log[j]["at"], log[i]["at"]
        what = f"{log[i]['kind']} and {log[j]['kind']} exchanged"
    else:
        log[i]["actor"], log[i]["kind"] = log[j]["actor"], chance.choice([log[i]["kind"], log[j]["kind"]])
        what = f"{log[i]['kind']} by somebody else"
    forged.number().recompute()
    return f"log: {what}"


def results(forged, chance):
    file = json.loads(forged.files["results.json"])
    where = change_value(file, chance)
    try:
        forged.files["results.json"] = (json.dumps(file, ensure_ascii=False, indent=2) + "\n").encode()
    except UnicodeEncodeError:
        pass
    return f"results.json: {where}"


def rule_set(forged, chance):
    lines = forged.files["ruleset.toml"].decode().split("\n")
    places = [i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    i, dice = chance.choice(places), chance.random()
    if dice < 0.4:
        wanted = [i for i in places if any(word in lines[i] for word in ("share", "value", "id =", "days", "edge", "kind"))]
        i = chance.choice(wanted)
        old, new = chance.choice([("1/2", "2/3"), ("2/3", "1/2"), ("1/2", "1/3"), ("above", "from"), ("from", "above"), ("2", "3"),
                                  ("returned", "delegates"), ("true", "false"), ("= 2", "= 7"), ("= 2", "= 2.0"),
                                  ("low", "lost"), ("2/100", "9/100"), ("\"", "'"), ("verified", "single"), ("1", "0"), (" }", ", }"), ("{ ", "{\n"), ("\"", "\"\\x41")])
        lines[i] = lines[i].replace(old, new, 1)
    elif dice < 0.6:
        del lines[i]
    elif dice < 0.75:
        lines.insert(i, lines[chance.choice(places)])
    elif dice < 0.9:
        at_letter = chance.randrange(len(lines[i]) + 1)
        lines[i] = lines[i][:at_letter] + chance.choice("x0 \"#=[]{},.") + lines[i][at_letter:]
    else:
        at_letter = chance.randrange(len(lines[i]))
        lines[i] = lines[i][:at_letter] + lines[i][at_letter + 1:]
    forged.files["ruleset.toml"] = "\n".join(lines).encode()
    forged.recompute()
    return f"ruleset.toml: line {i + 1}"


def openings(forged, chance):
    if "openings.json" not in forged.files:
        return log_value(forged, chance)
    file = json.loads(forged.files["openings.json"])
    where = change_value(file, chance)
    try:
        forged.files["openings.json"] = (canonical(file) + "\n").encode()
    except ValueError:
        pass
    return f"openings.json: {where}"


def sums(forged, chance):
    """Points and scalars: moved, exchanged, spelled otherwise; the batch's name made right again."""
    batches = [entry["data"] for entry in forged.log if "commitments" in entry["data"]]
    totals = [total for total in forged.one("counting.closed")["forms"] if "blindings" in total]
    if not batches:
        return log_twins(forged, chance)
    told = [("commitments", batch["commitments"]) for batch in batches] + [("blindings", total["blindings"]) for total in totals]
    (name, one), (_, other) = chance.choice(told), chance.choice(told)
    leaves = [path for path in paths(one) if isinstance(at(one, path), str)]
    others = [path for path in paths(other) if isinstance(at(other, path), str)]
    path, from_path = chance.choice(leaves), chance.choice(others)
    below, dice = at(one, path[:-1]), chance.random()
    number = int.from_bytes(bytes.fromhex(below[path[-1]]), "little")
    if dice < 0.25:
        below[path[-1]], at(other, from_path[:-1])[from_path[-1]] = at(other, from_path), below[path[-1]]
    elif dice < 0.4:
        below[path[-1]] = at(other, from_path)
    elif dice < 0.6:
        changed = chance.choice([number + ORDER, number + P, number + 1, ORDER - 1, 0, 1, P - number, 2**256 - 1, number ^ (1 << 255)])
        below[path[-1]] = (changed % 2**256).to_bytes(32, "little").hex()
    elif dice < 0.7:
        path = path[:-1]
        at(one, path)[chance.choice(["zzz", "no_seal", "low", "not_counted"])] = "0" * 64
    elif dice < 0.8:
        del below[path[-1]]
    elif dice < 0.9:
        one["lines"].reverse()
    else:
        held = chance.choice(batches + totals)
        held.pop(chance.choice(sorted({"commitments", "blindings"} & set(held))))
    if chance.random() < 0.9:
        for batch in batches:
            if "commitments" in batch:
                batch["commitment"] = sha256(TAG, canonical(batch["commitments"]).encode()).hex()
    return f"log: {name} {'.'.join(map(str, path))}"


def signed_notes(forged, chance):
    """Heads and proofs, signed again."""
    file = chance.choice([path for path in sorted(forged.files) if path.startswith(("checkpoints/", "proofs/"))])
    text = forged.files[file].decode()
    spots = [i for i, letter in enumerate(text) if letter.isdigit()] or [0]
    i, dice = chance.choice(spots), chance.random()
    if file.startswith("proofs/"):
        told = json.loads(text)
        where = change_value(told, chance)
        try:
            forged.files[file] = (canonical(told) + "\n").encode()
        except ValueError:
            pass
        forged.seal()
        return f"{file}: {where}"
    if dice < 0.5:
        text = text[:i] + str((int(text[i]) + 1) % 10) + text[i + 1:]
        forged.files[file] = text.encode()
    elif dice < 0.7:
        other = chance.choice([path for path in sorted(forged.files) if path.startswith("checkpoints/")])
        forged.files[file], forged.files[other] = forged.files[other], forged.files[file]
    elif dice < 0.85:
        del forged.files[file]
    else:
        forged.files[chance.choice(["checkpoints/head.txt", "checkpoints/5-published.txt", "checkpoints/6.txt"])] = forged.files[file]
    forged.sign_heads()
    return f"{file}: signed again"


def whole_files(forged, chance):
    paths_of = [path for path in sorted(forged.files) if path not in ("MANIFEST", "key.pub")]
    path, other, dice = chance.choice(paths_of), chance.choice(paths_of), chance.random()
    if dice < 0.3:
        del forged.files[path]
        what = "left out"
    elif dice < 0.5:
        forged.files[path] = forged.files[other]
        what = f"is {other}"
    elif dice < 0.7:
        name = chance.choice(["papers/x.pdf", "x", "papers/../x", "papers//x", "papers/a\\b", "proofs/x", "papers/ b.pdf", "openings.json"])
        forged.files[name] = forged.files[path]
        what = f"also as {name}"
    else:
        data = bytearray(forged.files[path])
        spot = chance.randrange(len(data) + 1)
        data[spot:spot + chance.choice([0, 1])] = bytes([chance.randrange(256)])
        forged.files[path] = bytes(data)
        what = f"byte {spot}"
    forged.seal()
    return f"{path}: {what}, signed again"


def cosignatures(forged, chance):
    """What witnesses said of a head, well-formed or nearly."""
    heads = [path for path in sorted(forged.files) if path.startswith("checkpoints/")]
    file = chance.choice(heads + ["checkpoints/6.txt"] * chance.randrange(2)).replace("checkpoints/", "cosignatures/")
    name = lambda: chance.choice(["tinh.example.vn/chung", "xã", "a" * 255, "w+1", "w\u00a0", "a" * 256, "\ufeffw", "w\u200bw", ""])
    names = ["tinh.example.vn/chung", "xã"] if chance.randrange(3) else [name() for _ in range(chance.randrange(4))]
    told = lambda: bytes(4) + bytes([chance.choice([0, 0, 0, 127, 128])]) + chance.randbytes(chance.choice([71] * 8 + [70, 72]))
    lines = sorted(f"— {name} {b64encode(told()).decode()}\n" for name in names)
    if lines and not chance.randrange(3):
        spot = chance.randrange(len(lines))
        lines[spot] = chance.choice([
            lines[spot] * 2, "\n", lines[spot] + "\n", lines[spot].replace("\n", "\r\n"), lines[spot][:-1], lines[spot][1:],
            lines[spot].replace("—", "-"), lines[spot].replace(" ", "  "), lines[spot].replace("=", ""), lines[spot] + lines[0]])
    forged.files[file] = "".join(lines).encode()
    forged.seal()
    return f"{file}: lines of {len(names)}"


def damage(files, chance):
    """Without the key."""
    path = chance.choice(sorted(files))
    data, dice = bytearray(files[path]), chance.random()
    spot = chance.randrange(len(data)) if data else 0
    if dice < 0.6 and data:
        data[spot] ^= 1 << chance.randrange(8)
    elif dice < 0.8:
        data.insert(spot, chance.randrange(256))
    elif data:
        del data[spot]
    files[path] = bytes(data)
    return f"{path}: byte {spot}, not signed"


# What is done, how often, and whether the log is written and signed again afterwards.
KINDS = [(log_value, 32, True), (log_twins, 6, True), (log_entries, 14, True), (results, 7, True), (rule_set, 9, True),
         (openings, 5, True), (sums, 14, True), (signed_notes, 6, False), (whole_files, 5, False), (cosignatures, 5, False)]
DAMAGES = 2


def bases(files):
    """The bundle as hashed commitments and as points, as a rehearsal and as a real vote."""
    hashed = small(files)
    points, sealed = to_v2(hashed.files)
    held = Forgery(points.files, points.signer)
    held.files["openings.json"] = (canonical(sealed) + "\n").encode()
    return [points, real(points), hashed, real(hashed), held.seal()]


def named(forged):
    """Every batch named anew after its commitments."""
    for batch in forged.events("batch.committed"):
        batch["commitment"] = sha256(TAG, canonical(batch["commitments"]).encode()).hex()


def without_reason(forged):
    told = forged.events("batch.committed") + forged.one("counting.closed")["forms"]
    for one in told:
        one.get("commitments", one.get("blindings"))["invalid"].pop("reason_not_given")
    named(forged)


def one_more_reason(forged):
    """A reason of which nobody knows anything: it hides nothing here, and could."""
    for batch in forged.events("batch.committed"):
        batch["commitments"]["invalid"]["zzz"] = "0" * 64
    for total in forged.one("counting.closed")["forms"]:
        total["blindings"]["invalid"]["zzz"] = "0" * 64
    named(forged)


def ruled(pattern, other):
    def act(forged):
        before = forged.files["ruleset.toml"].decode()
        changed = re.sub(pattern, lambda found: found.expand(other), before, count=1, flags=re.MULTILINE)
        assert changed != before, pattern
        forged.files["ruleset.toml"] = changed.encode()
    return act


def unwitnessed(forged):
    forged.files["cosignatures/3-counting-closed.txt"] = b""


def paper_named(name):
    def act(forged):
        place = next(place for place, entry in enumerate(forged.log) if entry["kind"] == "paper.issued")
        copy = json.loads(json.dumps(forged.log[place]))
        copy["data"]["name"] = name
        forged.log.insert(place, copy)
        forged.number()
    return act


def of_nobody(forged):
    """A board without members, whose minutes somebody signs all the same."""
    forged.one("board.appointed")["tellers"] = []


def batch_zero(forged):
    forged.events("batch.committed")[0]["batch"] = 0


def read_by(one, other):
    def act(forged):
        for batch in forged.events("batch.committed"):
            batch["readers"] = [one, other]
            batch.pop("accounts", None)
            batch.pop("earlier", None)
    return act


def opened_at(at, planned):
    """The vote is opened at this moment, on another day than the one that was planned where that is another one."""
    def act(forged):
        forged.one("voting.opened").update(at=at, planned=planned, reason="Vì thế", quorum=forged.one("voting.opened").get("quorum", 0))
    return act


def ended_at(at):
    def act(forged):
        forged.log[-1]["at"] = at
    return act


def titled(letter):
    return ruled(r'^titles = \["', rf'\g<0>a{letter}b", "')


def spoiled_for(hashed, name):
    """The same vote with another name for the first reason, for which a ballot of each form is invalid."""
    forged = Forgery(hashed.files, hashed.signer)
    rules = forged.files["ruleset.toml"].decode()
    head, reasons = rules.split("[[spoils_ballot]]", 1)
    old = re.search(r'id = "([^"]*)"', reasons)[1]
    forged.files["ruleset.toml"] = (head + "[[spoils_ballot]]" + reasons.replace(f'id = "{old}"', f'id = "{name}"', 1)).encode()
    opened, sums = json.loads(forged.files["openings.json"]), {}
    for opening in opened["openings"]:
        counts = opening["counts"]
        if old in counts["invalid"]:
            counts["invalid"][name] = counts["invalid"].pop(old)
        elif opening["form"] not in sums:
            counts["invalid"][name] = 1
            for line in counts["lines"]:
                line[max(line, key=line.get)] -= 1
        total = sums.setdefault(opening["form"], {"invalid": {}, "lines": [dict.fromkeys(line, 0) for line in counts["lines"]], "papers": 0})
        take(total, counts)
    forged.files["openings.json"] = (canonical(opened) + "\n").encode()
    named_by = {(o["form"], o["batch"]): sha256(b"tinnhiem batch counts v1\n", bytes.fromhex(o["nonce"]),
                                               canonical(o["counts"]).encode()).hex() for o in opened["openings"]}
    for batch in forged.events("batch.committed"):
        batch["commitment"] = named_by[batch["form"], batch["batch"]]
    for total in forged.one("counting.closed")["forms"]:
        total["counts"] = sums.get(total["form"], total["counts"])
    return forged.recompute().remake()


def shared(takers=(2, 3), closers=(2, 3), shares=2, after="forms.sealed"):
    """The board was appointed with shares, members took them, and two gave theirs at the close."""
    def act(forged):
        member = lambda number: {"account": account(number), "name": f"Thành viên {number}"}
        if shares is not None:
            forged.one("board.appointed")["shares"] = shares
        place = next(place for place, entry in enumerate(forged.log) if entry["kind"] == after) + 1
        for number in takers:
            forged.log.insert(place, {"actor": {**member(number), "role": "teller"}, "at": forged.log[place - 1]["at"],
                                      "data": {"public_key": "ab" * 32}, "kind": "share.taken", "seq": 0, "v": 1})
        if closers is not None:
            forged.one("counting.closed")["shares"] = [member(number) for number in closers]
        forged.number()
    return act


# What each verifier refuses, and what each takes although one of them once thought otherwise.
REFUSED = [
    ("a reason less", without_reason), ("a reason more", one_more_reason), ("a byte order mark", ruled(r"\A", "\ufeff")),
    ("a last comma of TOML 1.1", ruled(r"\{([^{}\n]*)\}", r"{\1, }")), ("an escape of TOML 1.1", ruled(r'^short = "', r'short = "\\x4E')),
    ("a line break of TOML 1.1", ruled(r"\{([^{}\n]*)\}", r"{\1\n}")), ("no line of a witness", unwitnessed),
    ("a paper that turns the writing", paper_named("bien-ban\u202efdp.exe")), ("a paper with a space at the end", paper_named("a.pdf ")),
    ("a paper of two parts", paper_named("a/b.pdf")), ("a batch of the number 0", batch_zero),
    ("minutes signed for a board of nobody", of_nobody), ("one reader in two spellings", read_by("Lê Thị Ấ", "lê  thi\u0323 a\u0302\u200b\u0301")),
    ("a vote of the year 999", opened_at("0999-05-01T01:00:00Z", "0999-05-01")), ("a vote of the year 0", opened_at("0000-05-01T01:00:00Z", "0000-05-01")),
    ("a vote whose day in Vietnam is of the year 10000", opened_at("9999-12-31T23:00:00Z", "9999-12-31")),
    ("a vote that was planned for 1899", opened_at("2023-12-07T01:00:00Z", "1899-12-31")), ("an end in the year 9999", ended_at("9999-01-01T00:00:00Z")),
    ("a rule set of the year 0", ruled(r'from = "2023-07-01"', 'from = "0000-02-29"')), ("a day without signs", ruled(r'from = "2023-07-01"', 'from = "20230701"')),
    ("a day with a time", ruled(r'from = "2023-07-01"', 'from = "2023-07-01T00:00:00"')),
    ("a share of eleven digits", ruled(r'share = "1/2"', 'share = "00000000001/2"')), ("a share of thousands", ruled(r'share = "1/2"', f'share = "{"0" * 5000}1/2"')),
    *((f"a title with U+{ord(letter):04X}", titled(letter)) for letter in "\u1c8a\ua7cd\u24d0\u2170\u00aa\u0e33\u4e00\U0001f130\U0002ebf0"),
    ("a title with accents", titled("ắ")), ("a title with two spaces", titled("  ")),
    ("a reason with a sign", ruled(r'(\[\[spoils_line\]\]\nid = ")', r"\1a-")),
]
TAKEN = [
    ("what looks like TOML 1.1", ruled(r'^short = "([^"]*)"', r"short = '''\1 {,} \\x''' # {,")),
    ("readers who are one only in some versions of Unicode", read_by("\ua7dc", "\u019b")),
    ("a vote of a leap day in Vietnam", opened_at("2000-02-28T17:00:00Z", "2000-02-29")), ("a vote of the last year", opened_at("9998-12-31T23:59:59Z", "9998-12-31")),
    ("a share of ten digits", ruled(r'share = "1/2"', 'share = "+0000000001 /\u3000 2"')), ("a title of a language of the highlands", titled("ƀŋɔ")),
]

# The same of a vote that is no rehearsal, whose close takes shares of two of the board.
SHARES_REFUSED = [
    ("a close without shares", shared(closers=None)), ("a close with one share", shared(closers=(2,))),
    ("a close with one share twice", shared(closers=(2, 2))), ("a close with three shares", shared((1, 2, 3), (1, 2, 3))),
    ("a close with a share that nobody took", shared((2, 3), (1, 2))), ("shares where none are needed", shared(shares=None)),
    ("a close with shares that nobody asked for", shared((), (2, 3), None)), ("shares of three", shared(shares=3)),
    ("a vote that opens with one share", shared((2,), (2, 3))), ("shares taken too late", shared(after="voting.opened")),
    ("shares before the forms", shared(after="board.appointed")), ("a share outside the board", shared((2, 3, 8))),
]
SHARES_TAKEN = [("a close with two shares", shared()), ("a share taken again", shared((3, 2, 3, 1)))]


def known(bases):
    """Everything that must be refused, and the bundles as others might write them."""
    points, people, hashed, *_ = bases
    for what, base, listed in (("must fail", points, REFUSED), ("as it is", hashed, TAKEN),
                               ("must fail", people, SHARES_REFUSED), ("as it is", people, SHARES_TAKEN)):
        for name, act in listed:
            changed = Forgery(base.files, base.signer)
            act(changed)
            yield f"{name}: {what}", changed.recompute().remake().files
    # A name that means something else in JavaScript.
    renamed = spoiled_for(hashed, "__proto__")
    closed, sealed = to_v2(renamed.files)
    held = Forgery(closed.files, closed.signer)
    held.files["openings.json"] = (canonical(sealed) + "\n").encode()
    for what, changed in (("hashed", renamed), ("public", closed), ("sealed", held.seal())):
        yield f"a reason __proto__, {what}: as it is", changed.files
    for more, ends in ((0, "as it is"), (1, "must fail")):
        large = Forgery(points.files, points.signer)
        large.files["README.txt"] = bytes((1 << 26) + more)
        yield f"a file of 2^26 bytes and {more}: {ends}", raw(large.seal().files.items())
    for name, data in whole(points.files):
        yield f"zip, {name}: as it is", data
    for name, data in twisted(points.files):
        yield f"zip, {name}: must fail", data


def mutants(files, count, chance):
    """What was changed and the changed files, or their .zip, so many; first each base as it is, and what is known."""
    all_bases, weights = bases(files), [weight for _, weight, _ in KINDS]
    for number, base in enumerate(all_bases):
        yield f"base {number} as it is", base.files
    yield from known(all_bases)
    for _ in range(count):
        base = chance.choice(all_bases)
        changed = Forgery(base.files, base.signer)
        try:
            if chance.randrange(sum(weights) + DAMAGES) < DAMAGES:
                what = damage(changed.files, chance)
            else:
                act, _, is_log = chance.choices(KINDS, weights)[0]
                what = act(changed, chance)
                if is_log:
                    changed.remake()
            yield what, changed.files
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, StopIteration, Wrong):
            # No bundle can be written of it at all.
            continue
