"""What was counted: openings, commitments that add up, and the totals of the close."""

from . import ristretto
from .base import LEVELS, canonical, has_keys, is_count, is_digest, is_text, need, need_shape, read_json, sha256, unhex
from .bundle import OPENINGS, is_inside, only
from .counts import check_counts, valid_papers
from .keys import ORDER, add
from .shapes import COUNTS

LOG = "log.jsonl"
TAG = b"tinnhiem batch commitments v2\n"


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


class Cells:
    """The cells of a form: a name, and where its figure and its point stand."""

    def __init__(self, lines, levels, reasons):
        self.lines, self.levels, self.reasons = lines, sorted(levels), sorted(reasons)

    def each(self):
        for reason in self.reasons:
            yield f"invalid/{reason}", ("invalid", reason)
        for line in range(self.lines):
            for level in self.levels:
                yield f"{line + 1}/{level}", ("lines", line, level)

    def has(self, told, more=()):
        """Whether points or scalars are there for every cell, and for no other."""
        names = sorted([*self.levels, *more])
        lines = len(told["lines"]) == self.lines and all(sorted(line) == names for line in told["lines"])
        return lines and sorted(told["invalid"]) == self.reasons


def at(told, place):
    for step in place:
        told = told[step]
    return told


def value_at(counts, place):
    return counts["invalid"].get(place[1], 0) if place[0] == "invalid" else at(counts, place)


def blindings_of(origin, form, batch, nonce, cells):
    return {place: ristretto.blinding(nonce, origin, form, batch, cell) for cell, place in cells.each()}


def points_of(origin, opening, cells):
    """All commitments of a batch, computed from its opening."""
    form, counts = opening["form"], opening["counts"]
    hidden = blindings_of(origin, form, opening["batch"], bytes.fromhex(opening["nonce"]), cells)
    told = {"invalid": {}, "lines": [{} for _ in range(cells.lines)]}
    for _, place in cells.each():
        point = ristretto.commit(origin, form, value_at(counts, place), hidden[place])
        at(told, place[:-1])[place[-1]] = ristretto.encode(point).hex()
    for number, line in enumerate(counts["lines"]):
        rest = -sum(hidden["lines", number, level] for level in cells.levels)
        point = ristretto.commit(origin, form, counts["papers"] - sum(line.values()), rest)
        told["lines"][number]["not_counted"] = ristretto.encode(point).hex()
    return told


def decoded(text, where):
    point = ristretto.decode(bytes.fromhex(text))
    need(point is not None, LOG, f"{where}: not the encoding of a point")
    return point


def check_batch(origin, data, cells):
    """What anybody sees of a batch at once: short name, shape, points, and that each line adds up to its papers."""
    told, where = data["commitments"], f"form {data['form']}, batch {data['batch']}"
    need(sha256(TAG, canonical(told).encode()).hex() == data["commitment"], LOG, f"{where}: not the name of its commitments")
    need(cells.has(told, ("not_counted",)), LOG, f"{where}: commitments of other cells")
    for text in told["invalid"].values():
        decoded(text, where)
    whole = ristretto.value_times(origin, data["form"], data["papers"])
    for line in told["lines"]:
        total = ristretto.IDENTITY
        for text in line.values():
            total = add(total, decoded(text, where))
        need(ristretto.is_same(total, whole), LOG, f"{where}: a line does not add up to the papers")


def check_sums(origin, form, batches, total, cells):
    """The commitments of the standing batches open to the totals of the close."""
    blindings, counts, where = total["blindings"], total["counts"], f"form {form}"
    alike = cells.has(blindings) and all(cells.has(batch["commitments"], ("not_counted",)) for batch in batches)
    need(alike, LOG, f"{where}: commitments and blindings of other cells")
    need(set(counts["invalid"]) <= set(cells.reasons), LOG, f"{where}: a reason that was not committed")
    for cell, place in cells.each():
        scalar = int.from_bytes(bytes.fromhex(at(blindings, place)), "little")
        need(scalar < ORDER, LOG, f"{where}, {cell}: not a scalar")
        summed = ristretto.IDENTITY
        for batch in batches:
            summed = add(summed, decoded(at(batch["commitments"], place), where))
        opened = ristretto.commit(origin, form, value_at(counts, place), scalar)
        need(ristretto.is_same(summed, opened), LOG, f"{where}, {cell}: the commitments do not add up to the total")


def read_openings(bundle):
    if OPENINGS not in bundle.listed:
        return []
    value = read_json(bundle.line(OPENINGS), OPENINGS)
    has_keys(value, "openings v", OPENINGS)
    need(value["v"] == 1 and value["v"] is not True and isinstance(value["openings"], list), OPENINGS, "bad shape")
    for opening in value["openings"]:
        need_shape(opening, {"batch": is_count, "counts": COUNTS, "form": is_text, "nonce": is_digest}, OPENINGS)
    return value["openings"]


class Sums:
    """Everything that binds what was counted to what was published."""

    def __init__(self, bundle, events, day, lines):
        self.bundle, self.day, self.lines, self.origin = bundle, day, lines, bundle.name
        self.levels = LEVELS[only(events, "poll.created")[1]["kind"]]
        self.committed = [data for _, kind, data, _ in events if kind == "batch.committed"]
        self.told = only(events, "counting.closed")[1]["forms"]
        self.openings = read_openings(bundle)

    def cells_of(self, form, told):
        """The cells of a form, with the reasons that are told."""
        return Cells(self.lines[form], self.levels, told["invalid"])

    def check(self):
        reasons = {}
        for data in self.committed:
            if "commitments" in data:
                told = data["commitments"]
                check_batch(self.origin, data, self.cells_of(data["form"], told))
                alike = reasons.setdefault(data["form"], set(told["invalid"])) == set(told["invalid"])
                need(alike, LOG, f"form {data['form']}, batch {data['batch']}: other reasons than another batch")
        need([total["form"] for total in self.told] == list(self.lines), LOG, "totals of other forms")
        sums = self.open()
        added = 0
        for form, total in zip(self.lines, self.told):
            batches = [batch for (of, _), batch in self.day.batches.items() if of == form]
            bound = all("commitments" in batch for batch in batches)
            back, counts = self.day.back[form], total["counts"]
            check_counts(counts, self.levels, self.lines[form], LOG)
            need(counts["papers"] == back["returned"], LOG, f"form {form}: batches are not all ballots")
            ballots = (total["issued"], total["returned"]) == (back["issued"], back["returned"])
            need(ballots, LOG, f"form {form}: other ballots than were told")
            need(bound or "blindings" not in total, LOG, f"form {form}: blindings of batches without commitments")
            if "blindings" in total:
                check_sums(self.origin, form, batches, total, self.cells_of(form, total["blindings"]))
                added += len(batches)
            else:
                need(not (bound and batches), LOG, f"form {form}: no blindings")
            need(bound or sums is not None, OPENINGS, f"is missing, and batches of {form} have no commitments that add up")
            if sums is not None:
                need(counts == sums[form], LOG, f"form {form}: totals are not the sums of the batches")
        return added

    def open(self):
        """Sums of the openings by form; none where the bundle has no openings."""
        if OPENINGS not in self.bundle.listed:
            return None
        closed = dict(self.day.batches)
        sums = {form: {"invalid": {}, "lines": [dict.fromkeys(self.levels, 0) for _ in range(n)], "papers": 0}
                for form, n in self.lines.items()}
        for opening in self.openings:
            place, counts = (opening["form"], opening["batch"]), opening["counts"]
            need(place in closed, OPENINGS, f"batch {place} was not committed, or is opened twice")
            batch = closed.pop(place)
            check_counts(counts, self.levels, self.lines[place[0]], OPENINGS)
            need(self.binds(opening, batch), OPENINGS, f"batch {place} does not fit its commitment")
            need(counts["papers"] == batch["papers"], OPENINGS, f"batch {place} has another number of papers")
            take(sums[place[0]], counts)
        need(not closed, OPENINGS, f"batches stay closed: {sorted(closed)}")
        return sums

    def binds(self, opening, batch):
        counts = opening["counts"]
        if "commitments" in batch:
            cells = self.cells_of(opening["form"], batch["commitments"])
            return set(counts["invalid"]) <= set(cells.reasons) and \
                points_of(self.origin, opening, cells) == batch["commitments"]
        text = b"tinnhiem batch counts v1\n" + unhex(opening["nonce"], 32, OPENINGS) + canonical(counts).encode()
        return sha256(text).hex() == batch["commitment"]

    def report(self):
        added = self.check()
        for form, batch in self.day.reopened:
            yield f"NOTE: batch {batch} of {form} was counted anew; its first commitment stays closed"
        papers = sum(total["counts"]["papers"] for total in self.told)
        if added:
            yield f"commitments of {added} batches add up to the totals of {papers} ballots returned"
        if OPENINGS in self.bundle.listed:
            yield f"{len(self.openings)} batches fit their commitments and add up to the {papers} ballots returned"
        valid = {total["form"]: valid_papers(total["counts"]) for total in self.told}
        for opening in self.openings:
            shown = valid_papers(opening["counts"])
            if shown < min(10, valid[opening["form"]]):
                yield f"NOTE: batch {opening['batch']} of {opening['form']} opens only {shown} valid ballots"


def take(total, more):
    total["papers"] += more["papers"]
    for reason, ballots in more["invalid"].items():
        total["invalid"][reason] = total["invalid"].get(reason, 0) + ballots
    for line, added in zip(total["lines"], more["lines"]):
        for level in line:
            line[level] += added[level]


def check_reasons(events, rules):
    """Commitments hide exactly the reasons of the rule set: one more could hide a figure that no total names."""
    own = {reason["id"] for reason in rules["spoils_ballot"]} | {"reason_not_given"}
    told = [data["commitments"] for _, _, data, _ in events if "commitments" in data]
    told += [total["blindings"] for total in only(events, "counting.closed")[1]["forms"] if "blindings" in total]
    need(all(set(one["invalid"]) == own for one in told), LOG, "commitments for other reasons than those of the rule set")


def check_hashes(bundle, events):
    poll, result = only(events, "poll.created")[1], only(events, "result.declared")[1]
    # The last text that the poll was frozen to; before that the one it was created with.
    frozen = [data["ruleset_sha256"] for _, kind, data, _ in events if kind == "rules.frozen"]
    rules = frozen[-1] if frozen else poll["ruleset_sha256"]
    for file, text in (("ruleset.toml", rules), ("results.json", result["results_sha256"])):
        need(bundle.listed[file][0] == unhex(text, 32, "log.jsonl"), file, "not the file that the log names")
    issued = {data["name"]: data["sha256"] for _, kind, data, _ in events if kind == "paper.issued"}
    papers = [path for path in bundle.listed if path.startswith("papers/")]
    for name in issued:
        need("/" not in name and is_inside(name), LOG, f"a paper with a name that no file can have: {name!r}")
    for path in papers:
        digest = bundle.listed[path][0].hex()
        need(issued.get(path.removeprefix("papers/")) == digest, path, "not the paper that the log names")
    yield f"rule set, result and {len(papers)} papers are those that the log names"
    for name in issued:
        if f"papers/{name}" not in papers:
            yield f"NOTE: {name} was issued and is not in this bundle"
