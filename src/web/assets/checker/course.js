// The course of a vote: what each entry must find, and what it leaves behind.
"use strict";

const LOG = "log.jsonl";
const LED = ["deck.counted", "zero.reported", "ballots.issued", "unused.sealed", "ballots.returned", "minutes.proposed"];

/** Two spellings of one name: case, blanks and letters of no width do not count. */
function nameKey(name) {
  const visible = name.replace(/[\u200b\u200c\u200d\ufeff]/g, "");
  const seen = visible.split(BLANKS).filter(Boolean).join(" ");
  // Letters of which no version of Unicode says anything else.
  return /^[\0-\u036f\u1e00-\u1eff\u2010-\u2027]*$/.test(seen) ? seen.normalize("NFC").toLowerCase() : seen;
}

const validPapers = (counts) => counts.papers - sum(Object.values(counts.invalid));
const place = (form, batch) => `${batch}/${form}`;

/** Letter by letter alike, whatever the order of the keys. */
const alike = (a, b) => canonical(a) === canonical(b);

function checkCounts(counts, levels, lines, file) {
  need(counts.lines.length === lines, file, "số dòng không đúng");
  const valid = validPapers(counts);
  need(valid >= 0, file, "phiếu không hợp lệ nhiều hơn số phiếu");
  for (const line of counts.lines) {
    need(isLevelsOf(line, levels), file, "mức của loại phiếu khác");
    need(sum(Object.values(line)) <= valid, file, "cộng các mức lớn hơn số phiếu hợp lệ");
  }
}

/** Lines by form: the officials of its block. */
function checkList(entries) {
  const { officials } = only(entries, "list.decided").data;
  const { forms } = only(entries, "forms.sealed").data;
  const blocks = new Set(forms.map((form) => form.block));
  need(blocks.size === forms.length && new Set(forms.map((form) => form.id)).size === forms.length, LOG, "hai mẫu phiếu trùng nhau");
  const told = new Set(officials.map((official) => official.block));
  need(told.size === blocks.size && [...told].every((block) => blocks.has(block)), LOG, "khối và mẫu phiếu không khớp");
  const lines = new Map();
  for (const form of forms) {
    const ofBlock = officials.filter((official) => official.block === form.block).length;
    need(form.lines === ofBlock, LOG, `mẫu phiếu ${form.id}: số dòng khác số người của khối`);
    lines.set(form.id, form.lines);
  }
  return lines;
}

class Day {
  constructor(poll, lines) {
    Object.assign(this, {
      poll, lines, levels: LEVELS[poll.kind], rehearsal: poll.rehearsal, delegates: poll.delegates, actor: null,
      waived: false, zeroed: false, opened: false, closed: null, hasChosen: false, movedTo: null, quorum: null,
      attended: 0, now: 0, declared: false, signed: false, published: false, archived: false, confirmed: false,
      board: null, papers: [], proposed: null, reopened: [], passed: new Set(), issued: new Map(), back: new Map(),
      batches: new Map(), seated: new Set(), leading: new Set(), ordered: new Set(), recounted: new Set(),
      needsShares: false, holders: new Map(),
    });
  }

  need(holds, why) {
    need(holds, LOG, `bản ghi ${this.seq} (${this.kind}): ${why}`);
  }

  needOthers(proposedBy) {
    const program = this.rehearsal && proposedBy.role === "program" && this.actor.role === "program";
    this.need(program || proposedBy.account !== this.actor.account, "một người làm việc phải hai người");
  }

  needTwo(proposedBy, reason) {
    this.needOthers(proposedBy);
    this.need(isSaid(reason), "không nêu lý do");
  }

  needReaders(data) {
    const { accounts, readers: names } = data;
    const readers = accounts ?? names.map(nameKey);
    this.need(new Set(readers).size === 2 && readers.length === 2 && names.length === 2 && names.every(nameKey), "phải có hai người đọc");
    if (this.seated.size && (accounts || !this.rehearsal)) {
      this.need(accounts && accounts.every((one) => this.seated.has(one)), "người đọc không thuộc Ban kiểm phiếu");
    }
    for (const reader of data.earlier ?? []) {
      const one = accounts && reader.account ? reader.account : nameKey(reader.name);
      this.need(!readers.includes(one) && nameKey(reader.name), "người đọc trước trùng người đọc sau");
      if (this.seated.size && (reader.account !== null || !this.rehearsal)) {
        this.need(this.seated.has(reader.account), "người đọc không thuộc Ban kiểm phiếu");
      }
    }
  }

  needIssued(digest, name = null) {
    const found = this.papers.some((paper) => paper.sha256 === digest && (name === null || paper.name === name));
    this.need(found, "văn bản chưa được phát hành");
  }

  isCounting() {
    return this.opened && this.closed === null;
  }

  allIssued() {
    return this.issued.size === this.lines.size;
  }

  allBack() {
    return this.back.size === this.lines.size;
  }

  counted(form) {
    return sum([...this.batches.values()].filter((batch) => batch.form === form).map((batch) => batch.papers));
  }

  account(ballots) {
    this.need(this.lines.has(ballots.form), "không có mẫu phiếu này");
    this.need(ballots.issued + ballots.exchanged + ballots.unused <= ballots.printed, "nhiều hơn số phiếu đã in");
    this.need(ballots.returned + ballots.not_returned === ballots.issued, "thu về cộng không thu về khác phát ra");
    this.need(ballots.issued <= this.attended, "phát ra nhiều hơn số đại biểu có mặt");
  }

  announce(data) {
    this.need(this.isCounting() && this.lines.has(data.form), "phát phiếu ngoài lúc bỏ phiếu");
    this.need(data.issued <= data.printed && data.issued <= this.attended, "phát ra nhiều hơn số phiếu in hoặc số đại biểu có mặt");
    this.issued.set(data.form, data.issued);
  }

  take({ seq, kind, data, actor }) {
    Object.assign(this, { seq, kind, actor });
    if (LED.includes(kind) && this.seated.size) {
      const led = actor.account === null ? this.rehearsal : this.leading.has(actor.account);
      this.need(led, "phải do Trưởng ban hoặc Thư ký Ban kiểm phiếu ghi");
    }
    const step = STEPS[kind];
    if (step) step.call(this, data);
  }

  closedLine(data) {
    this.need(this.closed !== null && !this.declared, "kiểm lại ngoài lúc");
    const counts = this.closed.get(data.form);
    this.need(counts && data.line >= 1 && data.line <= counts.lines.length, "không có dòng này");
    return counts;
  }

  papersAddUp(papers, counts) {
    const lines = counts.lines.map(() => Object.fromEntries(this.levels.map((level) => [level, 0])));
    const invalid = new Map();
    for (const keys of papers) {
      if (keys.startsWith("-")) {
        this.need(/^-0*[1-9][0-9]*$/.test(keys), "phiếu thử không đọc được");
        const reason = BigInt(keys);
        invalid.set(reason, (invalid.get(reason) ?? 0) + 1);
        continue;
      }
      const marks = [...keys];
      this.need(marks.length === lines.length, "phiếu thử của mẫu khác");
      marks.forEach((key, i) => {
        if (key === "0" || key === "9") return;
        const level = this.levels["123".indexOf(key)];
        this.need(level, "phiếu thử không đọc được");
        lines[i][level] += 1;
      });
    }
    const byName = Object.values(counts.invalid).filter(Boolean).sort((a, b) => a - b);
    const right = papers.length === counts.papers && alike(lines, counts.lines) && sameList([...invalid.values()].sort((a, b) => a - b), byName);
    this.need(right, "phiếu thử không cộng thành số liệu");
  }

  signatures(signed, missing) {
    for (const teller of this.board) {
      const must = teller.role === "head" || teller.role === "secretary";
      this.need(!must || signed.some((one) => alike(one, teller)), `${teller.name} không ký`);
    }
    for (const one of signed) {
      const once = signed.filter((other) => alike(one, other)).length === 1;
      this.need(once && this.board.some((teller) => alike(one, teller)), "người ký không thuộc Ban, hoặc ký hai lần");
    }
    const person = (told) => canonical([told.account ?? "", told.name]);
    const unsigned = this.board.filter((teller) => !signed.some((one) => alike(one, teller))).map(person).sort();
    this.need(sameList(missing.map(person).sort(), unsigned), "thiếu chữ ký mà không nói");
    this.need(missing.every((told) => isSaid(told.reason)), "thiếu chữ ký mà không nêu lý do");
  }
}

/** What an entry of each kind does to the day; `this` is the day. */
const STEPS = {
  "rules.frozen"(data) {
    this.needOthers(data.proposed_by);
    this.need(!has(data, "bad_line") || !this.hasChosen, "Ban kiểm phiếu chọn hai lần");
    this.hasChosen ||= has(data, "bad_line");
  },
  "board.appointed"(data) {
    const accounts = data.tellers.filter((teller) => has(teller, "account")).map((teller) => teller.account);
    this.seated = new Set(accounts);
    this.need(this.seated.size === accounts.length, "một tài khoản hai lần trong Ban");
    Object.assign(this, { needsShares: has(data, "shares"), holders: new Map() });
    this.need(!this.needsShares || (data.shares === 2 && accounts.length >= 2), "mảnh khóa không phải của hai thành viên");
    this.board = data.tellers;
    this.leading = new Set(data.tellers.filter((teller) => teller.role !== "member").map((teller) => teller.account));
  },
  "clock.confirmed"(data) {
    this.needTwo(data.proposed_by, data.reason);
  },
  "deck.counted"(data) {
    this.need(!this.zeroed, "phiếu thử sau biên bản số không");
    const tried = data.forms.map((deck) => deck.form);
    this.need(tried.length && sameList(tried, [...this.lines.keys()].filter((form) => tried.includes(form))), "phiếu thử của mẫu khác");
    for (const deck of data.forms) {
      this.need(deck.expected.papers > 0, "tập phiếu thử trống");
      for (const counts of [deck.expected, deck.counted]) checkCounts(counts, this.levels, this.lines.get(deck.form), LOG);
      if (deck.papers) {
        this.papersAddUp(deck.papers.map((paper) => paper.expected), deck.expected);
        this.papersAddUp(deck.papers.map((paper) => paper.read), deck.counted);
      }
      if ((deck.papers ?? []).every((paper) => paper.read === paper.expected) && alike(deck.counted, deck.expected)) {
        this.passed.add(deck.form);
      } else {
        this.passed.delete(deck.form);
        this.waived = false;
      }
    }
  },
  "deck.waived"(data) {
    this.need(!this.zeroed, "bỏ phiếu thử sau biên bản số không");
    this.needTwo(data.proposed_by, data.reason);
    this.waived = true;
  },
  "share.taken"() {
    this.need(this.needsShares && !this.opened, "nhận mảnh khóa ngoài lúc");
    this.need(this.seated.has(this.actor.account), "người nhận mảnh khóa không thuộc Ban");
    this.holders.set(this.actor.account, this.actor.name);
  },
  "zero.reported"(data) {
    this.need(this.waived || this.passed.size === this.lines.size, "biên bản số không mà chưa thử");
    const zero = (lines) => ({ invalid: {}, lines: Array.from({ length: lines }, () => Object.fromEntries(this.levels.map((level) => [level, 0]))), papers: 0 });
    const zeros = [...this.lines].map(([form, lines]) => ({ counts: zero(lines), form, issued: 0, returned: 0 }));
    this.need(alike(data.forms, zeros), "biên bản số không khác không");
    this.zeroed = true;
  },
  "poll.moved"(data) {
    this.need(!this.opened, "dời ngày sau khi mở bỏ phiếu");
    this.needTwo(data.proposed_by, data.reason);
    this.need(data.before !== data.day && [null, data.before].includes(this.movedTo), "dời từ ngày khác");
    this.movedTo = data.day;
  },
  "voting.opened"(data) {
    this.need(this.zeroed, "mở bỏ phiếu trước biên bản số không");
    this.need(data.present > 0 && data.present <= this.delegates, "số có mặt không thể có");
    this.needOthers(data.proposed_by);
    this.quorum = data.quorum ?? null;
    if (this.quorum !== null) {
      this.need(this.movedTo === null || this.movedTo === data.planned, "ngày dự kiến khác ngày đã dời");
      const otherDay = has(data, "planned") && data.planned !== dayInVietnam(data.at);
      this.need(isSaid(data.reason ?? "") || !(otherDay || data.present < this.quorum), "thiếu túc số hoặc khác ngày mà không nêu lý do");
    }
    this.need(!this.needsShares || this.holders.size >= 2, "mở bỏ phiếu khi chưa có hai người nhận mảnh khóa");
    Object.assign(this, { opened: true, attended: data.present, now: data.present });
  },
  "presence.changed"(data) {
    this.need(this.isCounting(), "ngoài lúc bỏ phiếu");
    this.need(data.number > 0 && isSaid(data.reason), "không có ai, hoặc không nêu lý do");
    this.need(data.change !== "returned" || data.number <= this.attended - this.now, "trở lại nhiều hơn số đã rời");
    this.attended += data.change === "arrived" ? data.number : 0;
    this.now += data.change === "left" ? -data.number : data.number;
    this.need(this.now >= 0 && this.attended <= this.delegates, "nhiều hơn số đại biểu");
    this.need(this.attended === data.attended && this.now === data.present, "số có mặt tính ra khác");
  },
  "presence.corrected"(data) {
    this.need(this.isCounting(), "ngoài lúc bỏ phiếu");
    this.needTwo(data.proposed_by, data.reason);
    this.need(data.opened > 0 && data.opened <= data.attended && data.attended <= this.delegates && data.present <= data.attended, "số có mặt mâu thuẫn");
    const issued = Math.max(0, ...this.issued.values(), ...[...this.back.values()].map((ballots) => ballots.issued));
    this.need(issued <= data.attended, "phát ra nhiều hơn số có mặt");
    Object.assign(this, { attended: data.attended, now: data.present });
  },
  "ballots.issued"(data) {
    this.need(!this.allIssued(), "phát phiếu lại sau khi đã công bố");
    this.announce(data);
  },
  "issued.corrected"(data) {
    this.need(this.allIssued() && !this.allBack(), "sửa số phát ra ngoài lúc");
    this.needTwo(data.proposed_by, data.reason);
    this.announce(data);
    this.back.delete(data.form);
  },
  "unused.sealed"(data) {
    this.need(this.isCounting() && this.allIssued() && !this.back.size && data.packets > 0, "niêm phong phiếu thừa ngoài lúc");
  },
  "ballots.returned"(data) {
    const old = this.quorum === null;
    this.need(this.isCounting() && !this.allBack() && !(old && this.back.has(data.form)), "thu phiếu ngoài lúc");
    this.need(old || this.allIssued(), "thu phiếu trước khi công bố số phát ra");
    this.account(data);
    this.need((this.issued.get(data.form) ?? data.issued) === data.issued, "số phát ra khác");
    this.back.set(data.form, data);
  },
  "ballots.corrected"({ ballots, proposed_by: by, reason }) {
    this.need(this.isCounting() && this.allBack(), "sửa số phiếu ngoài lúc kiểm");
    this.needTwo(by, reason);
    this.account(ballots);
    this.need(this.counted(ballots.form) <= ballots.returned, "đã đếm nhiều hơn thu về");
    this.issued.set(ballots.form, ballots.issued);
    this.back.set(ballots.form, ballots);
  },
  "batch.committed"(data) {
    const key = place(data.form, data.batch);
    this.need(this.isCounting() && this.allBack() && this.lines.has(data.form), "tập phiếu ngoài lúc kiểm");
    this.need(data.batch > 0 && !this.batches.has(key), "tập phiếu ghi hai lần, hoặc không có số tính từ 1");
    this.needReaders(data);
    this.batches.set(key, data);
  },
  "batch.reopened"(data) {
    const key = place(data.form, data.batch);
    this.need(this.isCounting(), "ngoài lúc kiểm");
    this.needTwo(data.proposed_by, data.reason);
    this.need(this.batches.get(key)?.commitment === data.commitment, "không có tập phiếu này");
    this.batches.delete(key);
    this.reopened.push(data);
  },
  "counting.closed"(data) {
    this.need(this.isCounting() && this.allBack(), "đóng kiểm phiếu trước khi thu đủ");
    this.needOthers(data.proposed_by);
    for (const [form, ballots] of this.back) this.need(this.counted(form) === ballots.returned, `mẫu phiếu ${form}: các tập không đủ số phiếu`);
    this.need(has(data, "shares") === this.needsShares, "mảnh khóa khi đóng không đúng quyết định lập Ban");
    const closers = data.shares ?? [];
    const two = closers.length === 2 && closers[0].account !== closers[1].account;
    const held = closers.every(({ account, name }) => this.holders.has(account) && this.holders.get(account) === name);
    this.need(!this.needsShares || (two && held), "không đóng bằng mảnh khóa của hai thành viên");
    this.closed = new Map(data.forms.map((total) => [total.form, structuredClone(total.counts)]));
  },
  "recount.ordered"(data) {
    this.closedLine(data);
    this.needTwo(data.proposed_by, data.reason);
    const line = place(data.form, data.line);
    this.ordered.add(line);
    this.recounted.delete(line);
  },
  "line.recounted"(data) {
    const counts = this.closedLine(data);
    this.need(alike(counts.lines[data.line - 1], data.counted), "số trước đó khác");
    this.need(isLevelsOf(data.recounted, this.levels) && sum(Object.values(data.recounted)) <= validPapers(counts), "số kiểm lại không thể có");
    this.needReaders(data);
    const [same, confirmed] = [alike(data.counted, data.recounted), has(data, "proposed_by")];
    if (confirmed) this.needOthers(data.proposed_by);
    if (this.seated.size && !this.rehearsal) {
      const reader = data.accounts.includes(this.actor.account);
      this.need(reader !== confirmed, "người ghi kiểm lại không đúng vai");
      this.need(same || confirmed, "số khác nhau mà không có người thứ hai xác nhận");
    }
    this.need(same || isSaid(data.reason), "số khác nhau mà không nêu lý do");
    if (data.stands === "recounted") counts.lines[data.line - 1] = data.recounted;
    this.recounted.add(place(data.form, data.line));
  },
  "result.declared"(data) {
    this.needOthers(data.proposed_by);
    this.need(this.rehearsal || [...this.ordered].every((line) => this.recounted.has(line)), "dòng đã cho kiểm lại mà chưa kiểm lại");
    this.declared = true;
  },
  "paper.issued"(data) {
    this.papers.push(data);
  },
  "minutes.proposed"(data) {
    this.need(this.declared && !this.signed, "trình biên bản ngoài lúc");
    this.needIssued(data.sha256, data.name);
    this.proposed = { sha256: data.sha256, actor: this.actor };
  },
  "minutes.signed"(data) {
    this.need(this.proposed && !this.signed, "ký biên bản ngoài lúc");
    this.needOthers(this.proposed.actor);
    this.need(data.sha256 === this.proposed.sha256, "ký biên bản khác");
    this.need(data.tellers.length || this.rehearsal, "không ai ký");
    if (this.quorum !== null && this.board !== null) this.signatures(data.tellers, data.missing ?? []);
    this.signed = true;
  },
  "minutes.reopened"(data) {
    this.need(this.signed && !this.confirmed && !this.published, "mở lại biên bản ngoài lúc");
    this.needTwo(data.proposed_by, data.reason);
    Object.assign(this, { signed: false, proposed: null });
  },
  "ballots.handed_over"(data) {
    this.need(this.declared && !this.archived && data.packets > 0 && isSaid(data.sealed_by) && isSaid(data.received_by), "bàn giao phiếu không đủ");
  },
  "result.confirmed"(data) {
    this.need(this.signed && !this.published && !this.confirmed, "xác nhận ngoài lúc");
    this.needIssued(data.sha256);
    this.needOthers(data.proposed_by);
    this.confirmed = true;
  },
  "result.published"(data) {
    this.need(this.signed, "công bố trước khi ký biên bản");
    this.needOthers(data.proposed_by);
    this.published = true;
  },
  "corrigendum.issued"(data) {
    this.need(this.published, "đính chính trước khi công bố");
    this.needTwo(data.proposed_by, data.reason);
    this.needIssued(data.sha256, data.name);
  },
  "poll.archived"(data) {
    this.need(this.published && !this.archived, "lưu trữ ngoài lúc");
    this.needOthers(data.proposed_by);
    this.archived = true;
  },
  "poll.cancelled"() {
    this.need(false, "cuộc bỏ phiếu đã hủy");
  },
};

/** What must stand before what; gives the day as it ended. */
function checkCourse(entries, lines) {
  need(entries[0].kind === "poll.created", LOG, "bản ghi đầu phải là poll.created");
  const once = ["poll.created", "list.decided", "forms.sealed", "zero.reported", "voting.opened", "counting.closed", "result.declared"];
  const seqs = once.map((kind) => only(entries, kind).seq);
  need(seqs.every((seq, i) => i === 0 || seqs[i - 1] < seq), LOG, "các bước không theo thứ tự");
  if (entries.some((entry) => entry.kind === "result.published")) only(entries, "result.published");
  const [, listed, forms, , opened] = seqs;
  const day = new Day(entries[0].data, lines);
  let appointed = false;
  for (const entry of entries) {
    const { seq, kind, data } = entry;
    const inTime = (holds) => need(holds, LOG, `bản ghi ${seq} (${kind}) không đứng đúng lúc`);
    if (kind === "board.appointed") {
      inTime(listed < seq && seq < forms);
      appointed = true;
    }
    if (kind === "poll.amended" || kind === "rules.frozen") inTime(seq < forms);
    if (kind === "poll.amended") day.delegates = data.delegates;
    if (kind === "rules.frozen" && has(data, "bad_line")) inTime(appointed);
    if (kind === "dossiers.released") inTime(seq < opened);
    if (["deck.counted", "deck.waived", "poll.moved", "share.taken"].includes(kind)) inTime(seq > forms);
    day.take(entry);
  }
  need(appointed || day.rehearsal, LOG, "không có Ban kiểm phiếu");
  return day;
}
