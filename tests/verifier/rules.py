"""The rule set: what a text must hold, so that a result may be computed by it, and the figures that decide."""

import functools
import re
import tomllib

from .base import BLANKS, Wrong, is_day, is_digest, is_said, need

FILE = "ruleset.toml"
COUNCILS = ("national_assembly", "province_council", "district_council", "commune_council", "party_committee")
LOW_TO_HIGH = ("over_half_low", "two_thirds_low", "lost")
MOST = 2**32 - 1


def text(value):
    return isinstance(value, str)


def flag(value):
    return isinstance(value, bool)


def whole(most):
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def one_of(*names):
    return lambda value: isinstance(value, str) and value in names


def day(value):
    return is_day(value)


def fraction(value):
    """Numerator and denominator of a share of at most 1, or None."""
    parts = value.split("/", 1) if text(value) else ()
    parts = [part.strip(BLANKS) for part in parts]
    if len(parts) != 2 or not all(re.fullmatch(r"\+?[0-9]{1,10}", part, re.ASCII) for part in parts):
        return None
    num, den = map(int, parts)
    return (num, den) if num <= den <= MOST and den else None


def digest(value):
    return is_digest(value)


SOURCE = {"cite": text, "attested": one_of("verified", "single", "unverified"), "note?": text}
THRESHOLD = {"share": fraction, "edge": one_of("above", "from")}


def rule(value):
    return {"value": value, **SOURCE}


BAND = {"id": one_of(*LOW_TO_HIGH), "threshold": THRESHOLD, "share_words": text, "consequence": text, "exact_warning?": text,
        **SOURCE}
BODIES = [one_of(*COUNCILS)]
REASON = {"id": text, "text": text, "single_name_only?": flag, "literal_reading_only?": flag, **SOURCE}
SET = {
    "id": text, "short": text, "title": text, "side": one_of("state", "party"),
    "in_force": rule({"from": day, "until?": day}),
    "levels": rule([one_of("high", "medium", "low", "confidence", "no_confidence")]),
    "base": rule({"kind": one_of("returned", "delegates"), "phrase": text}),
    "percent": rule({"decimals": whole(255), "drop_trailing_zeros": flag}),
    "recount?": rule({"ballots": whole(MOST), "share": fraction}),
    "several_posts": rule(one_of("one_vote_for_all", "highest_post_only", "each_place")),
    "frequency": rule(text), "when": rule(text),
    "quorum": rule({"threshold": THRESHOLD, "of": one_of("delegates", "summoned")}),
    "resolution?": rule(THRESHOLD),
    "board_min?": rule({f"{council}?": whole(255) for council in COUNCILS}),
    "bad_line?": rule({"costs": one_of("line", "ballot"), "board_chooses": flag, "is_chosen?": flag}),
    "exchange?": rule(text), "storage?": rule(text), "minutes_copies?": rule(whole(255)),
    "extra_name": rule(text), "board_conflict": rule(text), "publication": rule(text),
    "legal_basis?": [{"councils": BODIES, "text": text, "from": day, "until?": day, **SOURCE}],
    "subject?": [{"councils": BODIES, "post": text, "titles": [text], "confirm?": text, **SOURCE}],
    "not_subject?": [{"councils": BODIES, "titles": [text], "reason": text, **SOURCE}],
    "exemption?": [{"kind": one_of("retirement_notice", "elected_in_vote_year", "under_months"), "months?": whole(255),
                    "reason": text, **SOURCE}],
    "band": [BAND],
    "follow_up?": [{"id": text, "band": one_of(*LOW_TO_HIGH), "councils?": BODIES, "from?": day, "until?": day, "who": text,
                    "what": text, "by": text, "confidence_poll?": flag, **SOURCE}],
    "confidence?": {
        "subject": rule(text), "triggers": [rule(text)], "loss": BAND,
        "steps?": [{"id": one_of("submission", "discussion", "discussion_report", "statement", "board", "ballot",
                                 "board_report", "resolution"), "text": text, **SOURCE}],
    },
    "deadline?": [{"councils": BODIES, "id": text, "days": whole(65535), "before": one_of("opening", "vote"), "from": text,
                   "to": text, "what": text, **SOURCE}],
    "spoils_ballot?": [REASON], "spoils_line?": [REASON],
    "paper?": [{"id": text, "text": text, **SOURCE}],
    "attestation?": [{
        "key": text, "kind": one_of("compared", "changed", "filled", "accepted", "adopted"), "document?": text,
        "page?": text, "read_by?": text, "read_on?": day, "from?": day, "reason?": text, "file?": digest,
        "proposed_by": text, "confirmed_by": text, "confirmed_on": day}],
}


def fits(value, shape, where):
    """A dict: exactly these keys, those with a question mark if they are there. A list: any number. Else a predicate."""
    if isinstance(shape, dict):
        need(isinstance(value, dict), FILE, f"{where}: not a table")
        known = {key.rstrip("?") for key in shape}
        need(set(value) <= known, FILE, f"{where}: unknown key {sorted(set(value) - known)}")
        for key, inner in shape.items():
            name = key.rstrip("?")
            need(name in value or key.endswith("?"), FILE, f"{where}: lacks {name}")
            if name in value:
                fits(value[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        need(isinstance(value, list), FILE, f"{where}: not a list")
        for item in value:
            fits(item, shape[0], where)
    else:
        need(shape(value) not in (False, None), FILE, f"{where}: not what it must be: {value!r}")


# Lower case without accents, in letters that are the same in every version of Unicode.
TITLE = re.compile("[a-z0-9\u014b\u0180\u0250-\u02af]+( [a-z0-9\u014b\u0180\u0250-\u02af]+)*")


def is_plain(name):
    """An id that is part of the name of a record, or of a cell of a commitment."""
    return re.fullmatch("[a-z0-9_]*", name) is not None


def slug(title):
    return title.replace(" ", "-")


def keys(rules):
    """Names of the parameters of which an office may say something."""
    found = [name for name in ("in_force", "levels", "base", "percent", "recount", "several_posts", "frequency", "when",
                               "quorum", "resolution", "board_min", "bad_line", "exchange", "storage", "minutes_copies",
                               "extra_name", "board_conflict", "publication") if name in rules]
    found += [f"legal_basis.{law['from']}" for law in rules["legal_basis"]]
    for name in ("subject", "not_subject"):
        found += [f"{name}.{item['councils'][0]}.{slug(item['titles'][0]) if item['titles'] else 'all'}"
                  for item in rules[name]]
    for item in rules["exemption"]:
        months = f".{item['months']}" if item["kind"] == "under_months" else ""
        found.append(f"exemption.{item['kind']}{months}")
    found += [f"band.{band['id']}" for band in rules["band"]]
    confidence = rules.get("confidence")
    if confidence:
        found.append("confidence.subject")
        found += [f"confidence.trigger.{number}" for number, _ in enumerate(confidence["triggers"], 1)]
        found.append("confidence.loss")
        found += [f"confidence.step.{step['id']}" for step in confidence.get("steps", [])]
    found += [f"follow_up.{duty['band']}.{duty['id']}" for duty in rules["follow_up"]]
    found += [f"deadline.{duty['id']}.{duty['councils'][0]}" for duty in rules["deadline"]]
    for name in ("spoils_ballot", "spoils_line", "paper"):
        found += [f"{name}.{item['id']}" for item in rules[name]]
    # Two of one name are told apart by their order.
    return {key if found[:place].count(key) == 0 else f"{key}.{found[:place].count(key) + 1}"
            for place, key in enumerate(found)}


def hold(holds, why):
    need(holds, FILE, why)


def all_said(where, *texts):
    hold(all(map(is_said, texts)), f"{where}: blank")


def once(where, ids):
    ids = list(ids)
    all_said(where, *ids)
    hold(len(set(ids)) == len(ids), f"{where}: one id twice")


def cites(value):
    if isinstance(value, dict):
        if "cite" in value:
            yield value["cite"]
        for inner in value.values():
            yield from cites(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from cites(inner)


def is_below(low, high):
    (a, b), (c, d) = fraction(low["share"]), fraction(high["share"])
    return a * d < c * b or (a * d == c * b and (low["edge"], high["edge"]) == ("from", "above"))


def check_bands(rules):
    bands, confidence = rules["band"], rules.get("confidence")
    hold(bands, "no band")
    for band in bands:
        hold(band["id"] != "lost", "lost is a band of a vote of confidence")
        all_said("band", band["share_words"], band["consequence"])
    for low, high in zip(bands, bands[1:]):
        ascend = LOW_TO_HIGH.index(low["id"]) < LOW_TO_HIGH.index(high["id"])
        hold(ascend and is_below(low["threshold"], high["threshold"]), "bands do not ascend")
    if confidence:
        hold(confidence["loss"]["id"] == "lost", "another band than lost")
        all_said("confidence", confidence["subject"]["value"], confidence["loss"]["share_words"],
                 confidence["loss"]["consequence"], *(trigger["value"] for trigger in confidence["triggers"]),
                 *(step["text"] for step in confidence.get("steps", [])))


def check_posts(rules):
    for name in ("subject", "not_subject"):
        for item in rules[name]:
            hold(item["councils"] and (item["titles"] or name == "not_subject"), f"{name}: for nobody")
            hold(all(map(TITLE.fullmatch, item["titles"])), f"{name}: a title that is not folded")
            all_said(name, item.get("reason", "-"))
    for item in rules["exemption"]:
        hold((item["kind"] == "under_months") == ("months" in item), "exemption: months")
        all_said("exemption", item["reason"])


def check_bad_line(rules):
    bad_line, spoils = rules.get("bad_line", {}).get("value", {}), rules["spoils_ballot"]
    hold(rules.get("minutes_copies", {}).get("value", 1) > 0, "no copy of the minutes")
    hold(not bad_line.get("is_chosen") or bad_line["board_chooses"], "chosen without a choice")
    literal = any(reason.get("literal_reading_only") for reason in spoils)
    hold(bad_line.get("costs", "line") == "line" or literal, "costs the ballot for no reason")
    both = any(reason.get("literal_reading_only") and reason.get("single_name_only") for reason in spoils)
    hold(not both, "a reason of one name and of several")


def check_duties(rules):
    known = {band["id"] for band in rules["band"]} | ({"lost"} if "confidence" in rules else set())
    for duty in rules["follow_up"]:
        all_said("follow_up", duty["who"], duty["what"], duty["by"])
        hold(is_plain(duty["id"]), "follow_up: id")
        hold(not ("from" in duty and "until" in duty) or duty["from"] <= duty["until"], "follow_up: days")
        hold(duty["band"] in known, "follow_up: no such band")
    for band in known:
        once("follow_up", (duty["id"] for duty in rules["follow_up"] if duty["band"] == band))
    hold(all(duty["councils"] for duty in rules["deadline"]), "deadline: for nobody")
    for council in COUNCILS:
        once("deadline", (duty["id"] for duty in rules["deadline"] if council in duty["councils"]))
    for name in ("spoils_ballot", "spoils_line"):
        hold(all(is_plain(reason["id"]) for reason in rules[name]), f"{name}: id")
    for name in ("spoils_ballot", "spoils_line", "paper"):
        once(name, (item["id"] for item in rules[name]))
    said = [attestation["key"] for attestation in rules["attestation"]]
    hold(len(set(said)) == len(said) and set(said) <= keys(rules), "attestation of no parameter, or twice")


def check_party(rules):
    """On the Party side nobody who must be removed is offered to resign."""
    if rules["side"] == "party":
        offered = [band["consequence"] for band in rules["band"] if band["id"] == "two_thirds_low"]
        offered += [duty["what"] for duty in rules["follow_up"] if duty["band"] == "two_thirds_low"]
        hold(not any("từ chức" in words for words in offered), "offers to resign")


@functools.lru_cache(maxsize=64)
def read_rules(source):
    """The rule set of a text."""
    need(not source.startswith("\ufeff"), FILE, "begins with a byte order mark")
    try:
        rules = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Wrong(f"{FILE}: not TOML: {error}") from error
    fits(rules, SET, "rules")
    for name in [key.rstrip("?") for key, shape in SET.items() if isinstance(shape, list)]:
        rules.setdefault(name, [])
    hold(re.fullmatch("[A-Z][A-Z0-9-]*", rules["id"], re.ASCII), "id")
    all_said("head", rules["short"], rules["title"], rules["base"]["value"]["phrase"])
    force = rules["in_force"]["value"]
    hold("until" not in force or force["from"] <= force["until"], "in force until before it is")
    hold(rules["percent"]["value"]["decimals"] <= 6, "too many decimals")
    all_said("cite", *cites(rules))
    hold(rules["levels"]["value"] == ["high", "medium", "low"], "other levels")
    check_bands(rules)
    check_posts(rules)
    check_bad_line(rules)
    check_duties(rules)
    check_party(rules)
    return rules


def smallest(threshold, base):
    """The smallest count that reaches a threshold."""
    num, den = fraction(threshold["share"])
    return num * base // den + 1 if threshold["edge"] == "above" else -(-num * base // den)
