// What was counted: commitments that add up (Pedersen, CRYPTO '91, on ristretto255, RFC 9496), openings, and the result.
"use strict";

const little = (bytes) => bytes.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
const scalarOrder = () => vendored.RistrettoPoint.Fn.ORDER;

function frame(text) {
  const bytes = utf8(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return join(length, bytes);
}

/** The generator of values of one form, with the multiples that were asked for. */
class Generator {
  static async of(origin, form) {
    const { RistrettoPoint } = vendored;
    const made = new Generator();
    const bytes = await sha512(join(utf8("tinnhiem count value v2\n"), frame(origin), frame(form)));
    Object.assign(made, { origin, form, value: RistrettoPoint.hashToCurve(bytes), known: new Map() });
    return made;
  }

  times(count) {
    if (!this.known.has(count)) this.known.set(count, count ? this.value.multiply(BigInt(count)) : vendored.RistrettoPoint.ZERO);
    return this.known.get(count);
  }

  commit(count, scalar) {
    const { RistrettoPoint } = vendored;
    return this.times(count).add(scalar ? RistrettoPoint.BASE.multiply(scalar) : RistrettoPoint.ZERO);
  }

  async blinding(nonce, batch, cell) {
    const number = new Uint8Array(4);
    new DataView(number.buffer).setUint32(0, batch);
    const bytes = await sha512(join(utf8("tinnhiem count blinding v2\n"), nonce, frame(this.origin), frame(this.form), number, frame(cell)));
    return little(bytes) % scalarOrder();
  }
}

function point(text, where) {
  try {
    return vendored.RistrettoPoint.fromHex(text);
  } catch {
    throw new Wrong(LOG, `${where}: không phải điểm viết đúng cách`);
  }
}

/** Name, and place in what is told, of every cell of a form. */
function* cells(lines, levels, reasons) {
  for (const reason of [...reasons].sort()) yield [`invalid/${reason}`, (told) => told.invalid[reason], (counts) => (has(counts.invalid, reason) ? counts.invalid[reason] : 0)];
  for (let line = 0; line < lines; line += 1) {
    for (const level of levels) yield [`${line + 1}/${level}`, (told) => told.lines[line][level], (counts) => counts.lines[line][level]];
  }
}

function fits(told, lines, names, reasons) {
  const sorted = [...names].sort();
  return told.lines.length === lines && told.lines.every((line) => sameList(Object.keys(line).sort(), sorted)) && sameList(Object.keys(told.invalid).sort(), [...reasons].sort());
}

class Sums {
  constructor(bundle, entries, day, lines) {
    Object.assign(this, { bundle, entries, day, lines, levels: day.levels, origin: bundle.name, generators: new Map() });
    this.told = only(entries, "counting.closed").data.forms;
  }

  async generator(form) {
    if (!this.generators.has(form)) this.generators.set(form, await Generator.of(this.origin, form));
    return this.generators.get(form);
  }

  /** What anybody sees of a batch at once. */
  async checkBatch(data) {
    const { commitments: told, form, batch, papers } = data;
    const where = `mẫu phiếu ${form}, tập phiếu ${batch}`;
    const name = hex(await sha256(utf8("tinnhiem batch commitments v2\n"), utf8(canonical(told))));
    need(name === data.commitment, LOG, `${where}: mã băm không phải của các cam kết`);
    need(fits(told, this.lines.get(form), [...this.levels, "not_counted"], Object.keys(told.invalid)), LOG, `${where}: cam kết của mẫu khác`);
    data.points = { invalid: Object.fromEntries(Object.entries(told.invalid).map(([reason, text]) => [reason, point(text, where)])) };
    const whole = (await this.generator(form)).times(papers);
    data.points.lines = told.lines.map((line) => {
      const points = Object.fromEntries(Object.entries(line).map(([level, text]) => [level, point(text, where)]));
      const total = Object.values(points).reduce((all, one) => all.add(one), vendored.RistrettoPoint.ZERO);
      need(total.equals(whole), LOG, `${where}: một dòng không cộng thành số phiếu của tập`);
      return points;
    });
  }

  /** The commitments of the standing batches open to the totals of the close. */
  async checkSums(total, batches) {
    const { blindings, counts, form } = total;
    const where = `mẫu phiếu ${form}`;
    const lines = this.lines.get(form);
    const reasons = Object.keys(blindings.invalid);
    need(fits(blindings, lines, this.levels, reasons), LOG, `${where}: thiếu hoặc thừa số mở cam kết`);
    need(batches.every((batch) => fits(batch.commitments, lines, [...this.levels, "not_counted"], reasons)), LOG, `${where}: cam kết của các ô khác`);
    need(Object.keys(counts.invalid).every((reason) => reasons.includes(reason)), LOG, `${where}: lý do không có cam kết`);
    const generator = await this.generator(form);
    for (const [cell, at, figure] of cells(lines, this.levels, reasons)) {
      const scalar = little(unhex(at(blindings), 32, LOG));
      need(scalar < scalarOrder(), LOG, `${where}, ô ${cell}: số mở không đúng`);
      const all = batches.reduce((sofar, batch) => sofar.add(at(batch.points)), vendored.RistrettoPoint.ZERO);
      need(all.equals(generator.commit(figure(counts), scalar)), LOG, `${where}, ô ${cell}: cam kết cộng lại không mở ra số đã công bố`);
    }
  }

  /** Sums of the openings by form; null where the bundle has none. */
  async open() {
    if (!this.bundle.listed.has(OPENINGS)) return null;
    const file = readJson(this.bundle.line(OPENINGS), OPENINGS);
    needShape(file, { openings: [{ batch: isCount, counts: COUNTS, form: isText, nonce: isDigest }], v: (v) => v === 1 }, OPENINGS);
    const closed = new Map(this.day.batches);
    // A reason may have any name, also one that every object of the language knows.
    const zero = (lines) => ({ invalid: Object.create(null), lines: Array.from({ length: lines }, () => Object.fromEntries(this.levels.map((level) => [level, 0]))), papers: 0 });
    const sums = new Map([...this.lines].map(([form, lines]) => [form, zero(lines)]));
    for (const opening of file.openings) {
      const { batch, form, counts } = opening;
      const where = `mẫu phiếu ${form}, tập phiếu ${batch}`;
      const committed = closed.get(place(form, batch));
      need(committed, OPENINGS, `${where}: không có cam kết, hoặc mở hai lần`);
      closed.delete(place(form, batch));
      checkCounts(counts, this.levels, this.lines.get(form), OPENINGS);
      need((await this.binds(opening, committed)) && counts.papers === committed.papers, OPENINGS, `${where}: số liệu mở không khớp cam kết`);
      const total = sums.get(form);
      total.papers += counts.papers;
      for (const [reason, ballots] of Object.entries(counts.invalid)) total.invalid[reason] = (has(total.invalid, reason) ? total.invalid[reason] : 0) + ballots;
      total.lines.forEach((line, i) => this.levels.forEach((level) => (line[level] += counts.lines[i][level])));
    }
    need(!closed.size, OPENINGS, "còn tập phiếu không mở");
    this.opened = file.openings;
    return sums;
  }

  async binds({ batch, form, counts, nonce }, committed) {
    const secret = unhex(nonce, 32, OPENINGS);
    if (!committed.commitments) {
      return hex(await sha256(utf8("tinnhiem batch counts v1\n"), secret, utf8(canonical(counts)))) === committed.commitment;
    }
    const reasons = Object.keys(committed.commitments.invalid);
    if (!Object.keys(counts.invalid).every((reason) => reasons.includes(reason))) return false;
    const generator = await this.generator(form);
    for (const [cell, at, figure] of cells(this.lines.get(form), this.levels, reasons)) {
      const scalar = await generator.blinding(secret, batch, cell);
      if (!at(committed.points).equals(generator.commit(figure(counts), scalar))) return false;
    }
    // What is not counted follows: each line was seen to add up to the papers.
    return true;
  }

  async check(progress) {
    const committed = this.entries.filter((entry) => entry.kind === "batch.committed");
    const reasons = new Map();
    for (let i = 0; i < committed.length; i += 1) {
      const { data } = committed[i];
      if (data.commitments) {
        await this.checkBatch(data);
        const told = Object.keys(data.commitments.invalid);
        if (!reasons.has(data.form)) reasons.set(data.form, told);
        need(sameList(reasons.get(data.form), told), LOG, `mẫu phiếu ${data.form}, tập phiếu ${data.batch}: lý do khác với tập khác`);
      }
      await progress(i + 1, committed.length);
    }
    need(sameList(this.told.map((total) => total.form), [...this.lines.keys()]), LOG, "số đóng kiểm phiếu của mẫu khác");
    const sums = await this.open();
    let added = 0;
    for (const total of this.told) {
      const { form, counts } = total;
      const [back, batches] = [this.day.back.get(form), [...this.day.batches.values()].filter((batch) => batch.form === form)];
      const where = `mẫu phiếu ${form}`;
      checkCounts(counts, this.levels, this.lines.get(form), LOG);
      need(counts.papers === back.returned, LOG, `${where}: các tập không đủ số phiếu`);
      need(total.issued === back.issued && total.returned === back.returned, LOG, `${where}: số phiếu khác với bản ghi trước`);
      const bound = batches.every((batch) => batch.commitments);
      if (total.blindings) {
        need(bound, LOG, `${where}: có số mở mà tập phiếu không có cam kết`);
        await this.checkSums(total, batches);
        added += batches.length;
      } else {
        need(!bound || !batches.length, LOG, `${where}: thiếu số mở cam kết`);
      }
      need(bound || sums !== null, OPENINGS, "thiếu tệp, mà tập phiếu không có cam kết cộng được");
      if (sums) need(alike(counts, sums.get(form)), LOG, `${where}: tổng các tập phiếu khác với số đóng kiểm phiếu`);
    }
    return added;
  }
}

// --- the result

const DECISIVE = { rating: "low", confidence: "no_confidence" };
const MARGINS = { over_half_low: "half", lost: "half", two_thirds_low: "two_thirds" };
const RESULTS = "results.json";

function thresholds(rules, kind) {
  need(kind === "rating" || rules.confidence, RESULTS, "bộ quy tắc không có quy định cho cuộc này");
  return kind === "rating" ? rules.band : [rules.confidence.loss];
}

function baseOf(rules, returned, delegates) {
  need(delegates === 0 || delegates >= returned, RESULTS, "thu về nhiều hơn số đại biểu");
  const base = rules.base.value.kind === "returned" ? returned : delegates;
  need(base > 0 && base >= returned, RESULTS, "không có căn cứ tính tỷ lệ");
  return base;
}

/** Lines that must be counted again. */
function due(rules, kind, delegates, totals) {
  const { ballots, share } = rules.recount ? rules.recount.value : { ballots: 1n, share: "2/100" };
  const { num, den } = fraction(share);
  const found = new Set();
  for (const { form, returned, counts } of totals) {
    if (!returned) continue;
    const base = baseOf(rules, returned, delegates);
    counts.lines.forEach((line, i) => {
      for (const band of thresholds(rules, kind)) {
        const away = BigInt(Math.abs(line[DECISIVE[kind]] - smallest(band.threshold, base)));
        if (away <= ballots || away * den <= num * BigInt(base)) found.add(place(form, i + 1));
      }
    });
  }
  return found;
}

/** 100·count/base, half up, as papers print it. */
function shareText(count, base, { decimals, drop_trailing_zeros: drop }) {
  const unit = 10n ** decimals;
  const whole = BigInt(base);
  const rounded = (2n * BigInt(count) * 100n * unit + whole) / (2n * whole);
  let text = String(rounded / unit);
  if (decimals > 0n) {
    text += `,${String(rounded % unit).padStart(Number(decimals), "0")}`;
    if (drop) text = text.replace(/0+$/, "").replace(/,$/, "");
  }
  return text;
}

function official(rules, kind, listed, line, returned, base) {
  let band = kind === "rating" ? "none" : "kept";
  const found = {};
  for (const { id, threshold } of base ? thresholds(rules, kind) : []) {
    found[MARGINS[id]] = line[DECISIVE[kind]] - smallest(threshold, base);
    if (found[MARGINS[id]] >= 0) band = id;
  }
  const levels = LEVELS[kind];
  const counts = Object.fromEntries(levels.map((level) => [level, line[level]]));
  counts.not_counted = base ? returned - sum(Object.values(line)) : 0;
  const percent = base ? Object.fromEntries(levels.map((level) => [level, shareText(line[level], base, rules.percent.value)])) : {};
  const margin = Object.fromEntries(["half", "two_thirds"].filter((name) => has(found, name)).map((name) => [name, found[name]]));
  return { name: listed.name, post: listed.posts, block: listed.block, counts, percent, band: base ? band : "void", margin };
}

const common = (values) => (values.length && values.every((one) => alike(one, values[0])) ? values[0] : null);

/** The text of results.json. */
function resultText(rules, poll, delegates, officials, forms, totals) {
  const { kind } = poll;
  const name = rules.base.value.kind;
  const people = [];
  const told = forms.map((form, i) => {
    const { issued, counts } = totals[i];
    const returned = counts.papers;
    const invalid = sum(Object.values(counts.invalid));
    need(issued >= returned && returned >= invalid, RESULTS, "thu về nhiều hơn phát ra");
    const isVoid = issued === 0 || (returned === 0 && name === "returned");
    const base = isVoid ? 0 : baseOf(rules, returned, delegates);
    officials.filter((one) => one.block === form.block).forEach((one, line) => people.push(official(rules, kind, one, counts.lines[line], returned, base)));
    const file = { form: form.id, block: form.block, base: { name, value: base }, ballots: { issued, returned, valid: returned - invalid, invalid } };
    return base ? file : { ...file, void: true };
  });
  const base = common(told.filter((form) => !form.void).map((form) => form.base));
  const file = { ruleset: rules.id, kind, rehearsal: poll.rehearsal, simulated: poll.simulated, base, ballots: common(told.map((form) => form.ballots)), forms: told, officials: people };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Commitments hide exactly the reasons of the rule set: one more could hide a figure that no total names. */
function checkReasons(rules, entries, closed) {
  const own = [...new Set([...rules.spoils_ballot.map((reason) => reason.id), "reason_not_given"])].sort();
  const committed = entries.filter(({ kind, data }) => kind === "batch.committed" && data.commitments).map(({ data }) => data.commitments);
  const blinded = closed.filter((total) => total.blindings).map((total) => total.blindings);
  const isRight = [...committed, ...blinded].every((told) => sameList(Object.keys(told.invalid).sort(), own));
  need(isRight, LOG, "cam kết không có đúng các lý do không hợp lệ của bộ quy tắc");
}

function checkResult(bundle, entries, day, told) {
  const poll = entries[0].data;
  const rules = readRules(bundle.text(RULES));
  need(rules.id === poll.ruleset, RULES, "không phải bộ quy tắc mà nhật ký nêu");
  checkReasons(rules, entries, told);
  const stands = told.map((total) => ({ ...total, counts: day.closed.get(total.form) }));
  const least = Math.min(smallest(rules.quorum.value.threshold, day.delegates), MAX_U32);
  need(day.quorum === null || day.quorum === least, LOG, `túc số khác với bộ quy tắc (${least})`);
  if (!poll.rehearsal) {
    const owed = due(rules, poll.kind, day.delegates, stands);
    need([...owed].every((line) => day.recounted.has(line)), LOG, "dòng sát ngưỡng mà không kiểm lại");
    if (day.seated.size) {
      const named = due(rules, poll.kind, day.delegates, told);
      const may = (line) => owed.has(line) || named.has(line) || day.ordered.has(line);
      need([...day.recounted].every(may), LOG, "kiểm lại một dòng mà không ai cho");
    }
    need(day.confirmed || !day.published || !rules.resolution, LOG, "công bố mà không có nghị quyết xác nhận");
  }
  const { officials } = only(entries, "list.decided").data;
  const { forms } = only(entries, "forms.sealed").data;
  const text = resultText(rules, poll, day.delegates, officials, forms, stands);
  need(text === bundle.text(RESULTS), RESULTS, "kết quả tính lại khác với kết quả đã công bố");
  return rules;
}
