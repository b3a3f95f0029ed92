"""results.json, computed from the log's counts and the rule set."""

import json

from .base import IN_ORDER, need
from .rules import fraction, read_rules, smallest

FILE = "results.json"
DECISIVE = {"rating": "low", "confidence": "no_confidence"}
MARGIN = {"over_half_low": "half", "lost": "half", "two_thirds_low": "two_thirds"}


def thresholds(rules, kind):
    if kind == "rating":
        return rules["band"]
    need("confidence" in rules, FILE, "the rule set has no rule for this vote")
    return [rules["confidence"]["loss"]]


def base_of(rules, returned, delegates):
    need(delegates == 0 or delegates >= returned, FILE, "more ballots than delegates")
    base = returned if rules["base"]["value"]["kind"] == "returned" else delegates
    need(base > 0 and base >= returned, FILE, "no base for shares")
    return base


def is_near(rules, distance, base):
    margin = rules["recount"]["value"] if "recount" in rules else {"ballots": 1, "share": "2/100"}
    num, den = fraction(margin["share"])
    return abs(distance) <= margin["ballots"] or abs(distance) * den <= num * base


def due(rules, kind, delegates, totals):
    """Form and line of those that must be counted again."""
    found = set()
    for total in totals:
        if total["returned"] == 0:
            continue
        base = base_of(rules, total["returned"], delegates)
        for number, line in enumerate(total["counts"]["lines"], 1):
            for band in thresholds(rules, kind):
                if is_near(rules, line[DECISIVE[kind]] - smallest(band["threshold"], base), base):
                    found.add((total["form"], number))
    return found


def share(count, base, printed):
    """100·count/base, half up."""
    unit = 10 ** printed["decimals"]
    rounded = (2 * count * 100 * unit + base) // (2 * base)
    text = str(rounded // unit)
    if printed["decimals"]:
        text += "," + str(rounded % unit).zfill(printed["decimals"])
        if printed["drop_trailing_zeros"]:
            text = text.rstrip("0").rstrip(",")
    return text


def official(rules, kind, listed, line, returned, base):
    """One person; without a base the form has no result."""
    names = IN_ORDER[kind]
    reached, margin = {"rating": "none", "confidence": "kept"}[kind], {}
    for band in thresholds(rules, kind) if base else ():
        distance = line[DECISIVE[kind]] - smallest(band["threshold"], base)
        reached = band["id"] if distance >= 0 else reached
        margin[MARGIN[band["id"]]] = distance
    counts = {name: line[name] for name in names}
    counts["not_counted"] = returned - sum(line.values()) if base else 0
    printed = rules["percent"]["value"]
    percent = {name: share(line[name], base, printed) for name in names} if base else {}
    margin = {name: margin[name] for name in ("half", "two_thirds") if name in margin}
    return {"name": listed["name"], "post": listed["posts"], "block": listed["block"], "counts": counts,
            "percent": percent, "band": reached if base else "void", "margin": margin}


def common(values):
    return values[0] if values and all(value == values[0] for value in values) else None


def compute(rules, poll, delegates, officials, forms, totals):
    """The text of results.json."""
    kind, name = poll["kind"], rules["base"]["value"]["kind"]
    told, people = [], []
    for form, total in zip(forms, totals):
        counts, returned = total["counts"], total["counts"]["papers"]
        invalid = sum(counts["invalid"].values())
        need(total["issued"] >= returned >= invalid, FILE, "more came back than went out")
        is_void = total["issued"] == 0 or (returned == 0 and name == "returned")
        base = 0 if is_void else base_of(rules, returned, delegates)
        ballots = {"issued": total["issued"], "returned": returned, "valid": returned - invalid, "invalid": invalid}
        told.append({"form": form["id"], "block": form["block"], "base": {"name": name, "value": base},
                     "ballots": ballots, **({"void": True} if base == 0 else {})})
        listed = [one for one in officials if one["block"] == form["block"]]
        for one, line in zip(listed, counts["lines"], strict=True):
            need(sum(line.values()) <= returned - invalid, FILE, "levels over valid ballots")
            people.append(official(rules, kind, one, line, returned, base))
    result = {"ruleset": rules["id"], "kind": kind, "rehearsal": poll["rehearsal"], "simulated": poll["simulated"],
              "base": common([form["base"] for form in told if not form.get("void")]),
              "ballots": common([form["ballots"] for form in told]), "forms": told, "officials": people}
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def check_duties(rules, poll, day, totals, closed):
    """What the rules ask for before a result is public."""
    log = "log.jsonl"
    least = smallest(rules["quorum"]["value"]["threshold"], day.delegates)
    need(day.quorum in (None, min(least, 2**32 - 1)), log, f"another quorum than that of the rule set ({least})")
    if poll["rehearsal"]:
        return
    owed = due(rules, poll["kind"], day.delegates, closed)
    need(owed <= day.recounted, log, f"not counted again: {sorted(owed - day.recounted)}")
    if day.seated:
        may = owed | due(rules, poll["kind"], day.delegates, totals) | day.ordered
        need(day.recounted <= may, log, f"counted again though nothing asked for it: {sorted(day.recounted - may)}")
    confirmed = day.confirmed or not day.published or "resolution" not in rules
    need(confirmed, log, "the result was published without a resolution")


def check_result(bundle, poll, day, officials, forms, totals):
    rules = read_rules(bundle.text("ruleset.toml"))
    need(rules["id"] == poll["ruleset"], "ruleset.toml", "another rule set than the log names")
    closed = [{**total, "counts": day.closed[total["form"]]} for total in totals]
    check_duties(rules, poll, day, totals, closed)
    right = compute(rules, poll, day.delegates, officials, forms, closed)
    need(right == bundle.text(FILE), FILE, "not what follows from the counts and the rule set")
    return rules
