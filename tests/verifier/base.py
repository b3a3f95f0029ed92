"""Texts, numbers and shapes: what every part of the second verifier reads with."""

import base64
import calendar
import hashlib
import json
import re
import unicodedata

LEVELS = {"rating": {"high", "medium", "low"}, "confidence": {"confidence", "no_confidence"}}
# The levels in the order of the ballot, and of their keys: 1, 2, 3.
CHANGES = ("arrived", "left", "returned")
IN_ORDER = {"rating": ("high", "medium", "low"), "confidence": ("confidence", "no_confidence")}
KEYED = {frozenset(names): names for names in IN_ORDER.values()}
ROLES = {"operator", "admin", "clerk", "leader", "delegate", "official", "head_teller", "teller", "observer", "auditor",
         "program"}
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
MAX_ENTRY_BYTES, MAX_DEPTH = 2**20, 16
# Years of a day or a moment.
FIRST_YEAR, LAST_YEAR = 1900, 9998
# White_Space of Unicode. Python's own idea of white space has four control characters more.
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f" \
    "\u205f\u3000"


class Wrong(Exception):
    """The first thing that does not hold: a file and why."""


def need(holds, file, why):
    if not holds:
        raise Wrong(f"{file}: {why}")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def is_said(text):
    """Not blank."""
    return bool(text.strip(BLANKS))


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


quoted = json.encoder.encode_basestring


def canonical(value):
    """RFC 8785 text of whole numbers, strings, lists and objects."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        keys = sorted(value) if all(map(str.isascii, value)) else \
            sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join([quoted(key) + ":" + canonical(value[key]) for key in keys]) + "}"
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
    return FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def is_day(value):
    return is_text(value) and len(value) == 10 and is_time(value + "T00:00:00Z")


def day_in_vietnam(time):
    """The calendar day, seven hours ahead of UTC."""
    year, month, day, hour = map(int, re.split("[-T:]", time)[:4])
    if hour + 7 >= 24:
        day += 1
        if day > calendar.monthrange(year, month)[1]:
            month, day = month + 1, 1
            if month > 12:
                year, month = year + 1, 1
    return f"{year:04}-{month:02}-{day:02}"


def is_flag(value):
    return isinstance(value, bool)


def is_costs(value):
    return value in ("line", "ballot")


def is_reasons(value):
    return isinstance(value, dict) and all(map(is_count, value.values()))


def is_points(value):
    """32 bytes in hex by name."""
    return isinstance(value, dict) and all(map(is_digest, value.values()))


def is_levels(value):
    return isinstance(value, dict) and set(value) in LEVELS.values() and all(map(is_count, value.values()))


def is_account(value):
    return value is None or is_text(value) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value)


def is_accounts(value):
    return isinstance(value, list) and all(is_text(item) and is_account(item) for item in value)


def is_teller_role(value):
    return is_text(value) and value in ("head", "secretary", "member")


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
