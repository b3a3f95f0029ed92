// The rule set: what its text must hold, and the figures that decide.
"use strict";

const RULES = "ruleset.toml";
const COUNCILS = ["national_assembly", "province_council", "district_council", "commune_council", "party_committee"];
const LOW_TO_HIGH = ["over_half_low", "two_thirds_low", "lost"];
// Whole numbers of TOML are read as BigInt, so that 45.0 is none.
const wholeTo = (most) => (value) => typeof value === "bigint" && value >= 0n && value <= BigInt(most);

/** Numerator and denominator of a share of at most 1; null where it is none. */
function fraction(text) {
  if (!isText(text)) return null;
  const at = text.indexOf("/");
  const parts = at < 0 ? [] : [text.slice(0, at), text.slice(at + 1)].map((part) => part.replace(new RegExp(`^${BLANK}+|${BLANK}+$`, "g"), ""));
  if (parts.length !== 2 || !parts.every((part) => /^\+?[0-9]{1,10}$/.test(part))) return null;
  const [num, den] = parts.map((part) => BigInt(part.replace("+", "")));
  return den > 0n && num <= den && den <= BigInt(MAX_U32) ? { num, den } : null;
}

const isShare = (text) => fraction(text) !== null;
const SOURCE = { cite: isText, attested: oneOf("verified", "single", "unverified"), "note?": isText };
const THRESHOLD = { share: isShare, edge: oneOf("above", "from") };
const rule = (value) => ({ value, ...SOURCE });
const BODIES = [oneOf(...COUNCILS)];
const BAND = { id: oneOf(...LOW_TO_HIGH), threshold: THRESHOLD, share_words: isText, consequence: isText, "exact_warning?": isText, ...SOURCE };
const REASON = { id: isText, text: isText, "single_name_only?": isFlag, "literal_reading_only?": isFlag, ...SOURCE };
const RULE_SET = {
  id: isText, short: isText, title: isText, side: oneOf("state", "party"),
  in_force: rule({ from: isDay, "until?": isDay }),
  levels: rule([isText]),
  base: rule({ kind: oneOf("returned", "delegates"), phrase: isText }),
  percent: rule({ decimals: wholeTo(6), drop_trailing_zeros: isFlag }),
  "recount?": rule({ ballots: wholeTo(MAX_U32), share: isShare }),
  several_posts: rule(oneOf("one_vote_for_all", "highest_post_only", "each_place")),
  frequency: rule(isText), when: rule(isText),
  quorum: rule({ threshold: THRESHOLD, of: oneOf("delegates", "summoned") }),
  "resolution?": rule(THRESHOLD),
  "board_min?": rule(Object.fromEntries(COUNCILS.map((council) => [`${council}?`, wholeTo(255)]))),
  "bad_line?": rule({ costs: oneOf("line", "ballot"), board_chooses: isFlag, "is_chosen?": isFlag }),
  "exchange?": rule(isText), "storage?": rule(isText), "minutes_copies?": rule(wholeTo(255)),
  extra_name: rule(isText), board_conflict: rule(isText), publication: rule(isText),
  "legal_basis?": [{ councils: BODIES, text: isText, from: isDay, "until?": isDay, ...SOURCE }],
  "subject?": [{ councils: BODIES, post: isText, titles: [isText], "confirm?": isText, ...SOURCE }],
  "not_subject?": [{ councils: BODIES, titles: [isText], reason: isText, ...SOURCE }],
  "exemption?": [{ kind: oneOf("retirement_notice", "elected_in_vote_year", "under_months"), "months?": wholeTo(255), reason: isText, ...SOURCE }],
  band: [BAND],
  "follow_up?": [{ id: isText, band: oneOf(...LOW_TO_HIGH), "councils?": BODIES, "from?": isDay, "until?": isDay, who: isText, what: isText, by: isText, "confidence_poll?": isFlag, ...SOURCE }],
  "confidence?": {
    subject: rule(isText), triggers: [rule(isText)], loss: BAND,
    "steps?": [{ id: oneOf("submission", "discussion", "discussion_report", "statement", "board", "ballot", "board_report", "resolution"), text: isText, ...SOURCE }],
  },
  "deadline?": [{ councils: BODIES, id: isText, days: wholeTo(65535), before: oneOf("opening", "vote"), from: isText, to: isText, what: isText, ...SOURCE }],
  "spoils_ballot?": [REASON], "spoils_line?": [REASON],
  "paper?": [{ id: isText, text: isText, ...SOURCE }],
  "attestation?": [{ key: isText, kind: oneOf("compared", "changed", "filled", "accepted", "adopted"), "document?": isText, "page?": isText, "read_by?": isText, "read_on?": isDay, "from?": isDay, "reason?": isText, "file?": isDigest, proposed_by: isText, confirmed_by: isText, confirmed_on: isDay }],
};

// Lower case without accents, in letters that are the same in every version of Unicode.
const TITLE = /^[a-z0-9\u014b\u0180\u0250-\u02af]+( [a-z0-9\u014b\u0180\u0250-\u02af]+)*$/;
const PLAIN_ID = /^[a-z0-9_]*$/;

/** Names of the parameters of which an office may say something. */
function parameterKeys(rules) {
  const plain = ["in_force", "levels", "base", "percent", "recount", "several_posts", "frequency", "when", "quorum", "resolution", "board_min", "bad_line", "exchange", "storage", "minutes_copies", "extra_name", "board_conflict", "publication"];
  const slug = (titles) => (titles.length ? titles[0].replaceAll(" ", "-") : "all");
  const { confidence } = rules;
  const found = [
    ...plain.filter((name) => has(rules, name)),
    ...rules.legal_basis.map((law) => `legal_basis.${law.from}`),
    ...["subject", "not_subject"].flatMap((name) => rules[name].map((item) => `${name}.${item.councils[0]}.${slug(item.titles)}`)),
    ...rules.exemption.map((item) => `exemption.${item.kind}${item.kind === "under_months" ? `.${item.months}` : ""}`),
    ...rules.band.map((band) => `band.${band.id}`),
    ...(confidence ? ["confidence.subject", ...confidence.triggers.map((_, i) => `confidence.trigger.${i + 1}`), "confidence.loss", ...(confidence.steps ?? []).map((step) => `confidence.step.${step.id}`)] : []),
    ...rules.follow_up.map((duty) => `follow_up.${duty.band}.${duty.id}`),
    ...rules.deadline.map((duty) => `deadline.${duty.id}.${duty.councils[0]}`),
    ...["spoils_ballot", "spoils_line", "paper"].flatMap((name) => rules[name].map((item) => `${name}.${item.id}`)),
  ];
  const seen = new Map();
  return new Set(found.map((key) => {
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key) === 1 ? key : `${key}.${seen.get(key)}`;
  }));
}

const hold = (holds, why) => need(holds, RULES, why);
const allSaid = (where, ...texts) => hold(texts.every(isSaid), `${where}: để trống`);

function once(where, ids) {
  allSaid(where, ...ids);
  hold(new Set(ids).size === ids.length, `${where}: một mã hai lần`);
}

function* cites(value) {
  if (Array.isArray(value)) for (const one of value) yield* cites(one);
  else if (isObject(value)) {
    if (has(value, "cite")) yield value.cite;
    for (const one of Object.values(value)) yield* cites(one);
  }
}

function isBelow(low, high) {
  const [a, b] = [fraction(low.share), fraction(high.share)];
  const [left, right] = [a.num * b.den, b.num * a.den];
  return left < right || (left === right && low.edge === "from" && high.edge === "above");
}

function checkBands({ band: bands, confidence }) {
  hold(bands.length, "không có mức hệ quả");
  for (const band of bands) {
    hold(band.id !== "lost", "“lost” là mức của bỏ phiếu");
    allSaid("band", band.share_words, band.consequence);
  }
  for (let i = 0; i + 1 < bands.length; i += 1) {
    const [low, high] = [bands[i], bands[i + 1]];
    hold(LOW_TO_HIGH.indexOf(low.id) < LOW_TO_HIGH.indexOf(high.id) && isBelow(low.threshold, high.threshold), "các mức không xếp từ thấp đến cao");
  }
  if (confidence) {
    const { loss, subject, triggers, steps } = confidence;
    hold(loss.id === "lost", "mức của bỏ phiếu phải là “lost”");
    allSaid("confidence", subject.value, loss.share_words, loss.consequence, ...triggers.map((one) => one.value), ...(steps ?? []).map((one) => one.text));
  }
}

function checkLists(rules) {
  for (const name of ["subject", "not_subject"]) {
    for (const item of rules[name]) {
      hold(item.councils.length && (item.titles.length || name === "not_subject"), `${name}: không nêu ai`);
      hold(item.titles.every((title) => TITLE.test(title)), `${name}: chức danh phải viết thường không dấu`);
      allSaid(name, item.reason ?? "-");
    }
  }
  for (const item of rules.exemption) {
    hold((item.kind === "under_months") === has(item, "months"), "exemption: months");
    allSaid("exemption", item.reason);
  }
  const known = [...rules.band.map((band) => band.id), ...(rules.confidence ? ["lost"] : [])];
  for (const duty of rules.follow_up) {
    allSaid("follow_up", duty.who, duty.what, duty.by);
    hold(PLAIN_ID.test(duty.id) && known.includes(duty.band), "follow_up: mã hoặc mức không đúng");
    hold(!(has(duty, "from") && has(duty, "until")) || duty.from <= duty.until, "follow_up: ngày cuối trước ngày đầu");
  }
  for (const band of known) once("follow_up", rules.follow_up.filter((duty) => duty.band === band).map((duty) => duty.id));
  hold(rules.deadline.every((duty) => duty.councils.length), "deadline: không nêu ai");
  for (const council of COUNCILS) once("deadline", rules.deadline.filter((duty) => duty.councils.includes(council)).map((duty) => duty.id));
  for (const name of ["spoils_ballot", "spoils_line"]) hold(rules[name].every((reason) => PLAIN_ID.test(reason.id)), `${name}: mã không đúng mẫu`);
  for (const name of ["spoils_ballot", "spoils_line", "paper"]) once(name, rules[name].map((item) => item.id));
  const said = rules.attestation.map((one) => one.key);
  const keys = parameterKeys(rules);
  hold(new Set(said).size === said.length && said.every((key) => keys.has(key)), "attestation: tham số không có, hoặc hai lần");
}

function checkBadLine({ bad_line: line, minutes_copies: copies, spoils_ballot: spoils }) {
  hold(!copies || copies.value > 0n, "biên bản không có bản nào");
  hold(!line || !line.value.is_chosen || line.value.board_chooses, "chọn mà không được chọn");
  const literal = spoils.some((reason) => reason.literal_reading_only);
  hold(!line || line.value.costs === "line" || literal, "mất cả phiếu mà không có lý do");
  hold(!spoils.some((reason) => reason.literal_reading_only && reason.single_name_only), "lý do của phiếu một tên và nhiều tên");
}

// A comment, a string, or any other letter of a text that is TOML.
const TOML_PARTS = /#[^\n]*|"""(?:\\[^]|[^\\])*?"""+|'''[^]*?'''+|"(?:\\.|[^"\\])*"|'[^']*'|[^]/g;

/** Whether a text, which the library reads, is TOML 1.1 only: a line break, comment or last comma in an inline table, `\e`, `\x`. */
function isNewToml(text) {
  const open = [];
  let last = "";
  for (const [part] of text.matchAll(TOML_PARTS)) {
    if (open[open.length - 1] === "{" && (part === "\n" || part.startsWith("#"))) return true;
    if (part.startsWith('"') && [...part.matchAll(/\\([^])/g)].some(([, letter]) => letter === "e" || letter === "x")) return true;
    if (part === "}" && last === ",") return true;
    if (part === "{" || part === "[") open.push(part);
    if (part === "}" || part === "]") open.pop();
    if (part.trim()) last = part;
  }
  return false;
}

function readRules(text) {
  let rules;
  hold(!text.startsWith("\ufeff"), "không được bắt đầu bằng dấu thứ tự byte (BOM)");
  try {
    rules = vendored.toml(text, { integersAsBigInt: true });
  } catch (error) {
    throw new Wrong(RULES, `không đúng cú pháp TOML (${String(error.message).split("\n")[0]})`);
  }
  hold(!isNewToml(text), "viết theo cú pháp chỉ có từ TOML 1.1");
  needShape(rules, RULE_SET, RULES);
  for (const [key, shape] of Object.entries(RULE_SET)) {
    if (Array.isArray(shape)) rules[key.replace("?", "")] ??= [];
  }
  hold(/^[A-Z][A-Z0-9-]*$/.test(rules.id), "mã không đúng mẫu");
  allSaid("đầu tệp", rules.short, rules.title, rules.base.value.phrase);
  const force = rules.in_force.value;
  hold(!has(force, "until") || force.from <= force.until, "hết hiệu lực trước khi có hiệu lực");
  allSaid("cite", ...cites(rules));
  hold(sameList(rules.levels.value, LEVELS.rating), "phải có đúng ba mức");
  checkBands(rules);
  checkLists(rules);
  checkBadLine(rules);
  if (rules.side === "party") {
    const upper = [...rules.band.filter((band) => band.id === "two_thirds_low").map((band) => band.consequence), ...rules.follow_up.filter((duty) => duty.band === "two_thirds_low").map((duty) => duty.what)];
    hold(!upper.some((words) => words.includes("từ chức")), "bên Đảng, mức này phải miễn nhiệm");
  }
  return rules;
}

/** The smallest count that reaches a threshold. */
function smallest(threshold, base) {
  const { num, den } = fraction(threshold.share);
  const product = num * BigInt(base);
  return Number(threshold.edge === "above" ? product / den + 1n : (product + den - 1n) / den);
}
