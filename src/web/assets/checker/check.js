// The check of a whole bundle, and of a paper against it.
"use strict";

const grouped = (bytes) => hex(bytes).match(/.{4}/g).join(" ");

async function checkHashes(bundle, entries) {
  const frozen = entries.filter((entry) => entry.kind === "rules.frozen");
  const rules = (frozen.length ? frozen[frozen.length - 1] : entries[0]).data.ruleset_sha256;
  need(bundle.listed.get(RULES).sha256 === rules, RULES, "không phải bộ quy tắc mà nhật ký nêu");
  need(bundle.listed.get(RESULTS).sha256 === only(entries, "result.declared").data.results_sha256, RESULTS, "không phải kết quả mà nhật ký nêu");
  const issued = new Map(entries.filter((entry) => entry.kind === "paper.issued").map(({ data }) => [data.name, data.sha256]));
  const papers = [...bundle.listed.keys()].filter((path) => path.startsWith("papers/"));
  for (const name of issued.keys()) need(!name.includes("/") && isInside(name), LOG, "văn bản có tên không dùng được");
  for (const path of papers) need(issued.get(path.slice(7)) === bundle.listed.get(path).sha256, path, "không phải văn bản mà nhật ký nêu");
  return [...issued.keys()].filter((name) => !papers.includes(`papers/${name}`));
}

/**
 * Checks the files of a bundle, a Map from path to bytes. Gives what was found, or throws Wrong with the first thing that does not
 * hold. `progress(step, done, all)` is awaited now and then.
 */
async function checkBundle(files, progress = async () => {}) {
  const notes = [];
  const steps = [];
  const bundle = new Bundle(files);
  await bundle.checkKey();
  await bundle.checkManifest();
  await bundle.checkFiles((done, all) => progress("Mã băm của từng tệp", done, all));
  bundle.checkCosignatures();
  steps.push(`${bundle.listed.size} tệp đúng danh sách đã ký, không thừa không thiếu`);
  const heads = [];
  for (const file of [...CHECKPOINTS, HEAD]) if (bundle.listed.has(file)) heads.push(await bundle.checkpoint(file));
  const { entries, roots } = await readLog(bundle, new Set(heads.map((head) => head.size)), (done, all) => progress("Nhật ký", done, all));
  checkCheckpoints(heads, entries, roots);
  await checkProofs(bundle, heads, entries);
  steps.push(`${entries.length} bản ghi nhật ký liên tục; ${heads.length} điểm chốt có chữ ký đúng`);
  const lines = checkList(entries);
  const day = checkCourse(entries, lines);
  steps.push("Diễn biến cuộc bỏ phiếu đúng thứ tự và đúng người");
  const missing = await checkHashes(bundle, entries);
  const sums = new Sums(bundle, entries, day, lines);
  const added = await sums.check((done, all) => progress("Cam kết của các tập phiếu", done, all));
  const papers = sum(sums.told.map((total) => total.counts.papers));
  if (added) steps.push(`Cam kết của ${added} tập phiếu cộng lại đúng ${papers} phiếu và từng con số đã công bố`);
  if (sums.opened) steps.push(`${sums.opened.length} tập phiếu mở ra đúng cam kết`);
  checkResult(bundle, entries, day, sums.told);
  const poll = entries[0].data;
  const { officials } = only(entries, "list.decided").data;
  steps.push(`Kết quả của ${officials.length} người tính lại đúng như đã công bố`);
  for (const name of missing) notes.push(`Văn bản ${name} đã phát hành nhưng không có trong gói.`);
  for (const { form, batch } of day.reopened) notes.push(`Tập phiếu ${batch} của mẫu ${form} đã được đếm lại từ đầu.`);
  for (const opening of sums.opened ?? []) {
    const [valid, all] = [validPapers(opening.counts), validPapers(sums.told.find((total) => total.form === opening.form).counts)];
    if (valid < Math.min(10, all)) notes.push(`Tập phiếu ${opening.batch} của mẫu ${opening.form} chỉ có ${valid} phiếu hợp lệ.`);
  }
  if (!bundle.listed.has(CHECKPOINTS[4])) notes.push("Gói ghi khi kết quả chưa công bố.");
  if (poll.rehearsal) notes.push("Đây là cuộc DIỄN TẬP.");
  return {
    council: poll.council, sitting: poll.sitting, kind: poll.kind, steps, notes,
    roots: heads.map(({ file, root, size }) => ({ moment: MOMENT_WORDS[CHECKPOINTS.indexOf(file)] ?? "bản ghi cuối", size, root: grouped(root), origin: bundle.name })),
    key: grouped(await sha256(utf8(bundle.keyText))),
  };
}

/**
 * Whether a paper is of this bundle: the text of its QR code, all 16 groups, or two of them with their numbers from 1.
 * Gives the moment, or null.
 */
function paperIs(roots, { text = "", groups = [] }) {
  const known = roots.filter((root) => root.moment !== "bản ghi cuối");
  if (groups.length) {
    const typed = groups.map(({ number, digits }) => ({ number, digits: digits.trim().toLowerCase() }));
    const isTyped = typed.length >= 2 && new Set(typed.map((one) => one.number)).size === typed.length && typed.every((one) => /^[0-9a-f]{4}$/.test(one.digits));
    if (!isTyped) throw new Error("Hãy gõ hai nhóm khác nhau, mỗi nhóm 4 chữ số (0–9, a–f).");
    return known.find((root) => typed.every((one) => root.root.split(" ")[one.number - 1] === one.digits)) ?? null;
  }
  const lines = text.trim().split("\n").map((line) => line.trim());
  if (lines.length >= 3) {
    // A checkpoint as the QR code has it: origin, size, root in base64.
    let root = "";
    try {
      root = grouped(Uint8Array.from(atob(lines[2]), (letter) => letter.charCodeAt(0)));
    } catch {
      throw new Error("Nội dung mã QR không đọc được.");
    }
    return known.find((one) => one.origin === lines[0] && String(one.size) === lines[1] && one.root === root) ?? null;
  }
  const digits = text.replace(/\s/g, "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw new Error("Mã gốc gồm 16 nhóm, mỗi nhóm 4 chữ số (0–9, a–f).");
  return known.find((root) => root.root.replaceAll(" ", "") === digits) ?? null;
}

/** One answer for a bundle, also where it is malformed in a way that nobody thought of. */
async function judge(files, progress) {
  try {
    return { holds: true, ...(await checkBundle(files, progress)) };
  } catch (error) {
    const [file, why] = error instanceof Wrong ? [error.file, error.why] : ["gói", `dữ liệu hỏng (${error.message})`];
    return { holds: false, file, why };
  }
}
