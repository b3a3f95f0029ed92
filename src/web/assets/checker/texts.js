// Texts, numbers and shapes that every part of the check reads with. Written from src/domain/audit/mod.rs.
"use strict";

class Wrong extends Error {
  constructor(file, why) {
    super(`${file}: ${why}`);
    this.file = file;
    this.why = why;
  }
}

function need(holds, file, why) {
  if (!holds) throw new Wrong(file, why);
}

const LEVELS = { rating: ["high", "medium", "low"], confidence: ["confidence", "no_confidence"] };
const ROLES = ["operator", "admin", "clerk", "leader", "delegate", "official", "head_teller", "teller", "observer", "auditor", "program"];
const MAX_U32 = 2 ** 32 - 1;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const MAX_ENTRY_BYTES = 2 ** 20;
const MAX_DEPTH = 16;
// Years of a day or a moment.
const [FIRST_YEAR, LAST_YEAR] = [1900, 9998];
// White_Space of Unicode: that of JavaScript lacks U+0085 and has U+FEFF besides.
const BLANK = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ALL_BLANK = new RegExp(`^${BLANK}*$`);
const SOME_BLANK = new RegExp(BLANK);
const BLANKS = new RegExp(`${BLANK}+`);
const CONTROL = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Cs}/u;

const isSaid = (text) => !ALL_BLANK.test(text);
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const has = (value, key) => Object.prototype.hasOwnProperty.call(value, key);
const sameList = (a, b) => a.length === b.length && a.every((one, i) => one === b[i]);

// --- bytes

const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);

function decodeUtf8(bytes, file) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Wrong(file, "không phải văn bản UTF-8");
  }
}

function join(...parts) {
  const all = new Uint8Array(sum(parts.map((part) => part.length)));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const isHex = (text, length) => typeof text === "string" && text.length === 2 * length && /^[0-9a-f]*$/.test(text);
const sameBytes = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function unhex(text, length, file) {
  need(isHex(text, length), file, `không phải ${2 * length} chữ số hex viết thường`);
  return Uint8Array.from({ length }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function base64(text, length, file) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Wrong(file, "không phải base64");
  }
  need(toBase64(bytes) === text && bytes.length === length, file, "base64 không đúng độ dài hoặc cách viết");
  return bytes;
}

// --- hashes: those of the browser, or those of the library where it has none

const subtle = globalThis.crypto && globalThis.crypto.subtle;

async function sha256(...parts) {
  const bytes = parts.length === 1 ? parts[0] : join(...parts);
  // A short text is hashed sooner than the browser is asked.
  if (!subtle || bytes.length < 4096) return vendored.sha256(bytes);
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}

async function sha512(bytes) {
  if (!subtle) return vendored.sha512(bytes);
  return new Uint8Array(await subtle.digest("SHA-512", bytes));
}

// --- JSON with one spelling

function canonical(value, depth = 0) {
  if (value !== null && typeof value === "object") {
    if (depth === MAX_DEPTH) throw new Error("lồng nhau quá sâu");
    if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(",")}]`;
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${canonical(key)}:${canonical(value[key], depth + 1)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("không phải số nguyên");
  if (typeof value === "string" && LONE_SURROGATE.test(value)) throw new Error("ký tự không có thật");
  return JSON.stringify(value);
}

function readJson(text, file) {
  let value, spelled;
  try {
    value = JSON.parse(text);
    spelled = canonical(value);
  } catch (error) {
    throw new Wrong(file, `không phải JSON của số nguyên (${error.message})`);
  }
  need(spelled === text, file, "JSON không ở dạng chuẩn");
  return value;
}

// --- predicates

const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isWhole = (value, most) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most && !Object.is(value, -0);
const isCount = (value) => isWhole(value, MAX_U32);
const isSize = (value) => isWhole(value, MAX_SAFE);
const isDigest = (value) => isHex(value, 32);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const oneOf = (...names) => (value) => isText(value) && names.includes(value);
const isId = (value) => isText(value) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isAccount = (value) => value === null || isId(value);
const isReasons = (value) => isObject(value) && Object.values(value).every(isCount);
const isPoints = (value) => isObject(value) && Object.values(value).every(isDigest);
const isLevelsOf = (value, names) => sameList(Object.keys(value).sort(), [...names].sort());
const isLevels = (value) => isObject(value) && Object.values(LEVELS).some((names) => isLevelsOf(value, names)) && Object.values(value).every(isCount);

function isDay(value) {
  const parts = isText(value) && /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

const isTime = (value) => isText(value) && /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/.test(value) && isDay(value.slice(0, 10));

/** The calendar day, seven hours ahead of UTC. */
function dayInVietnam(time) {
  return new Date(Date.parse(time) + 7 * 3600 * 1000).toISOString().slice(0, 10);
}

/** An object of shapes has exactly these keys, those with a question mark where they are there; a list of one shape has any number. */
function needShape(value, shape, file, where = "") {
  if (typeof shape === "function") {
    need(shape(value), file, `${where} không đúng mẫu`);
  } else if (Array.isArray(shape)) {
    need(Array.isArray(value), file, `${where} không phải danh sách`);
    value.forEach((one, i) => needShape(one, shape[0], file, `${where}[${i}]`));
  } else {
    need(isObject(value), file, `${where} không phải đối tượng`);
    const known = Object.keys(shape).map((key) => key.replace(/\?$/, ""));
    for (const key of Object.keys(value)) need(known.includes(key), file, `${where} có khóa lạ ${key}`);
    for (const key of Object.keys(shape)) {
      const name = key.replace(/\?$/, "");
      need(has(value, name) || name !== key, file, `${where} thiếu khóa ${name}`);
      if (has(value, name)) needShape(value[name], shape[key], file, where ? `${where}.${name}` : name);
    }
  }
}

// --- the keys of each kind of entry

const COUNTS = { invalid: isReasons, lines: [isLevels], papers: isCount };
const TOTALS = { counts: COUNTS, form: isText, issued: isCount, returned: isCount };
const POINTS = { invalid: isPoints, lines: [isPoints] };
const ACTOR = { account: isAccount, name: isText, role: oneOf(...ROLES) };
const BALLOTS = { exchanged: isCount, form: isText, issued: isCount, not_returned: isCount, printed: isCount, returned: isCount, unused: isCount };
const TELLER = { "account?": isId, name: isText, role: oneOf("head", "secretary", "member") };
const TWO = { proposed_by: ACTOR, reason: isText };
const SHAPES = {
  "poll.created": { "again_of?": isText, council: isText, delegates: isCount, kind: oneOf("rating", "confidence"), "program?": { sha256: isDigest, version: isText }, rehearsal: isFlag, ruleset: isText, ruleset_sha256: isDigest, simulated: isFlag, sitting: isText },
  "poll.amended": { delegates: isCount, sitting: isText },
  "rules.frozen": { "bad_line?": oneOf("line", "ballot"), proposed_by: ACTOR, ruleset_sha256: isDigest },
  "list.decided": { officials: [{ block: isText, name: isText, posts: isText }], resolution: isText },
  "board.appointed": { resolution: isText, "shares?": isCount, tellers: [TELLER] },
  "dossiers.released": { files: [{ name: isText, sha256: isDigest }] },
  "forms.sealed": { forms: [{ block: isText, id: isText, lines: isCount, sha256: isDigest, sheets: isCount }] },
  "deck.counted": { forms: [{ counted: COUNTS, expected: COUNTS, form: isText, "papers?": [{ expected: isText, read: isText }] }] },
  "deck.waived": TWO,
  "share.taken": { public_key: isDigest },
  "zero.reported": { forms: [TOTALS] },
  "poll.moved": { before: isDay, day: isDay, ...TWO },
  "voting.opened": { at: isTime, "planned?": isDay, present: isCount, proposed_by: ACTOR, "quorum?": isCount, "reason?": isText },
  "presence.changed": { attended: isCount, change: oneOf("arrived", "left", "returned"), number: isCount, present: isCount, reason: isText },
  "presence.corrected": { attended: isCount, opened: isCount, present: isCount, ...TWO },
  "ballots.issued": { form: isText, issued: isCount, printed: isCount },
  "issued.corrected": { form: isText, issued: isCount, printed: isCount, ...TWO },
  "unused.sealed": { note: isText, packets: isCount },
  "ballots.returned": BALLOTS,
  "ballots.corrected": { ballots: BALLOTS, ...TWO },
  "batch.committed": { "accounts?": [isId], batch: isCount, commitment: isDigest, "commitments?": POINTS, decided: isCount, "earlier?": [{ account: isAccount, name: isText }], form: isText, papers: isCount, readers: [isText], reread: isCount },
  "batch.reopened": { batch: isCount, commitment: isDigest, form: isText, ...TWO },
  "counting.closed": { forms: [{ ...TOTALS, "blindings?": POINTS }], proposed_by: ACTOR, "shares?": [{ account: isAccount, name: isText }] },
  "recount.ordered": { form: isText, line: isCount, ...TWO },
  "line.recounted": { "accounts?": [isId], counted: isLevels, form: isText, line: isCount, "proposed_by?": ACTOR, readers: [isText], reason: isText, recounted: isLevels, stands: oneOf("counted", "recounted") },
  "result.declared": { proposed_by: ACTOR, results_sha256: isDigest },
  "minutes.proposed": { "copies?": isCount, name: isText, sha256: isDigest },
  "minutes.reopened": TWO,
  "ballots.handed_over": { note: isText, packets: isCount, received_by: isText, sealed_by: isText },
  "minutes.signed": { "missing?": [{ "account?": isId, name: isText, reason: isText }], sha256: isDigest, tellers: [TELLER] },
  "result.confirmed": { proposed_by: ACTOR, resolution: isText, sha256: isDigest },
  "result.published": { at: isTime, proposed_by: ACTOR },
  "corrigendum.issued": { name: isText, ...TWO, sha256: isDigest },
  "poll.archived": { place: isText, proposed_by: ACTOR },
  "poll.cancelled": TWO,
  "clock.confirmed": { last: isTime, ...TWO },
  "council_log.noted": { origin: isText, root: isDigest, size: isSize },
  "paper.issued": { name: isText, pages: isCount, sha256: isDigest },
};
