// The files of a bundle: a .zip, the manifest, the key and its signatures, the tree, checkpoints and proofs.
"use strict";

const CHECKPOINTS = ["checkpoints/1-forms-sealed.txt", "checkpoints/2-voting-opened.txt", "checkpoints/3-counting-closed.txt", "checkpoints/4-minutes.txt", "checkpoints/5-published.txt"];
const MOMENTS = ["forms.sealed", "voting.opened", "counting.closed", "minutes.signed", "result.published"];
const MOMENT_WORDS = ["chốt mẫu phiếu", "mở bỏ phiếu", "đóng kiểm phiếu", "ký biên bản", "công bố"];
const HEAD = "checkpoints/head.txt";
const OPENINGS = "openings.json";
const REQUIRED = ["README.txt", "key.pub", "log.jsonl", "proofs/consistency.json", "proofs/inclusion.json", "results.json", "ruleset.toml", ...CHECKPOINTS.slice(0, 3)];
const KNOWN = [...REQUIRED, ...CHECKPOINTS, HEAD, OPENINGS];
const MAX_FILES = 10000;
// Of every file but the log and the papers.
const MAX_TEXT_BYTES = 2 ** 26;

// One part of a path: Latin letters of one code point each, digits and signs, no space at an end, no full stop at the end.
const PART = /^(?! )[ -.0-9;-[\]-~\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff]+(?<![ .])$/;
/** Whether a path names a file below the bundle, spelled in the one way that every file system keeps. */
const isInside = (path) => path.split("/").every((part) => PART.test(part));

// --- Ed25519 (RFC 8032)

async function signedBy(publicKey, text, signature) {
  const { Point } = vendored.ed25519;
  let key, commitment;
  try {
    key = Point.fromHex(hex(publicKey));
    commitment = Point.fromHex(hex(signature.subarray(0, 32)));
  } catch {
    return false;
  }
  // Points of small order make signatures that fit many texts.
  if (key.isSmallOrder() || commitment.isSmallOrder()) return false;
  if (subtle) {
    try {
      const known = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
      return await subtle.verify({ name: "Ed25519" }, known, signature, text);
    } catch {
      // This browser has no Ed25519: the library's points do.
    }
  }
  const order = Point.Fn.ORDER;
  const little = (bytes) => bytes.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
  const scalar = little(signature.subarray(32));
  if (scalar >= order) return false;
  const asked = little(await sha512(join(signature.subarray(0, 32), publicKey, text))) % order;
  return Point.BASE.multiplyUnsafe(scalar).equals(commitment.add(key.multiplyUnsafe(asked)));
}

// --- tree (RFC 9162)

const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

class Tree {
  constructor() {
    this.peaks = [];
    this.size = 0;
  }

  async push(leaf) {
    let width = 1;
    while (this.peaks.length && this.peaks[this.peaks.length - 1][0] === width) {
      leaf = await nodeHash(this.peaks.pop()[1], leaf);
      width *= 2;
    }
    this.peaks.push([width, leaf]);
    this.size += 1;
  }

  async root() {
    if (!this.peaks.length) return sha256(new Uint8Array());
    let root = this.peaks[this.peaks.length - 1][1];
    for (let i = this.peaks.length - 2; i >= 0; i -= 1) root = await nodeHash(this.peaks[i][1], root);
    return root;
  }
}

function splitAt(size) {
  let middle = 1;
  while (middle * 2 < size) middle *= 2;
  return middle;
}

function takeLast(path) {
  if (!path.length) throw new Error("chứng minh thiếu mã băm");
  return path.pop();
}

async function rootOfInclusion(leaf, index, size, path) {
  if (size === 1) return leaf;
  const [middle, sibling] = [splitAt(size), takeLast(path)];
  return index < middle
    ? nodeHash(await rootOfInclusion(leaf, index, middle, path), sibling)
    : nodeHash(sibling, await rootOfInclusion(leaf, index - middle, size - middle, path));
}

async function rootsOfConsistency(old, size, path, whole, oldRoot) {
  if (old === size) {
    const root = whole ? oldRoot : takeLast(path);
    return [root, root];
  }
  const [middle, sibling] = [splitAt(size), takeLast(path)];
  if (old <= middle) {
    const [before, after] = await rootsOfConsistency(old, middle, path, whole, oldRoot);
    return [before, await nodeHash(after, sibling)];
  }
  const [before, after] = await rootsOfConsistency(old - middle, size - middle, path, false, oldRoot);
  return [await nodeHash(sibling, before), await nodeHash(sibling, after)];
}

// --- the bundle

class Bundle {
  constructor(files) {
    this.files = files;
    this.listed = new Map();
  }

  bytes(file) {
    need(this.files.has(file), file, "thiếu tệp");
    return this.files.get(file);
  }

  text(file) {
    return decodeUtf8(this.bytes(file), file);
  }

  line(file) {
    const text = this.text(file);
    need(text.endsWith("\n") && text.indexOf("\n") === text.length - 1, file, "phải có đúng một dòng");
    return text.slice(0, -1);
  }

  async checkKey() {
    this.keyText = this.line("key.pub");
    const [name, id, ...rest] = this.keyText.split("+");
    need(rest.length > 0, "key.pub", "không phải khóa công khai");
    const key = base64(rest.join("+"), 33, "key.pub");
    Object.assign(this, { name, publicKey: key.subarray(1) });
    this.keyId = (await sha256(utf8(name), Uint8Array.of(10, 1), this.publicKey)).subarray(0, 4);
    need(isName(name), "key.pub", "tên khóa không dùng được");
    need(key[0] === 1 && id === hex(this.keyId), "key.pub", "mã khóa không khớp tên và khóa");
  }

  /** Text of a note that this bundle's key signed. */
  async openNote(file) {
    const note = this.text(file);
    const parts = /^([^]*[^\n]\n)\n— ([^ \n]+) ([^ \n]+)\n$/.exec(note);
    need(parts && !parts[1].includes("\n\n") && parts[1][0] !== "\n", file, "không phải văn bản có chữ ký");
    const [, text, name, told] = parts;
    need(!CONTROL.test(text.replaceAll("\n", "")), file, "có ký tự điều khiển");
    const signature = base64(told, 68, file);
    need(name === this.name && sameBytes(signature.subarray(0, 4), this.keyId), file, "ký bằng khóa khác");
    need(await signedBy(this.publicKey, utf8(text), signature.subarray(4)), file, "chữ ký không đúng");
    return text;
  }

  async checkManifest() {
    const file = "MANIFEST";
    const [head, ...lines] = (await this.openNote(file)).split("\n");
    need(head === "tinnhiem bundle v1" && lines.pop() === "", file, "dòng đầu không đúng");
    let before = null;
    for (const line of lines) {
      const parts = /^([0-9a-f]{64}) {2}(0|[1-9][0-9]*) {2}([^\\]+)$/.exec(line);
      need(parts && isInside(parts[3]), file, `dòng không đúng mẫu: ${line}`);
      const path = utf8(parts[3]);
      need(before === null || compareBytes(before, path) < 0, file, "các dòng không theo thứ tự");
      before = path;
      this.listed.set(parts[3], { sha256: parts[1], size: parts[2] });
    }
    for (const path of REQUIRED) need(this.listed.has(path), file, `danh sách thiếu tệp ${path}`);
  }

  async checkFiles(progress) {
    need(this.files.size <= MAX_FILES, "MANIFEST", "quá nhiều tệp");
    for (const path of this.files.keys()) need(path === "MANIFEST" || this.listed.has(path), path, "tệp không có trong danh sách đã ký");
    for (const [path, bytes] of this.files) need(bytes.length <= MAX_TEXT_BYTES || path === LOG || path.startsWith("papers/"), path, "tệp quá lớn");
    let done = 0;
    for (const [path, told] of this.listed) {
      const bytes = this.bytes(path);
      const same = String(bytes.length) === told.size && hex(await sha256(bytes)) === told.sha256;
      need(same, path, "nội dung tệp khác với danh sách đã ký");
      const beside = path.startsWith("cosignatures/") && this.listed.has(path.replace("cosignatures/", "checkpoints/"));
      need(KNOWN.includes(path) || path.startsWith("papers/") || beside, path, "tệp lạ, không thuộc thành phần của gói");
      await progress((done += 1), this.listed.size);
    }
  }

  /** Whether what witnesses said of heads is written as it must be; their keys are not in the bundle. */
  checkCosignatures() {
    for (const file of this.listed.keys()) {
      if (!file.startsWith("cosignatures/")) continue;
      const lines = this.text(file).split("\n");
      need(lines.pop() === "" && lines.length, file, "thiếu dấu xuống dòng ở cuối");
      let before = null;
      for (const line of lines) {
        const bytes = utf8(line);
        need(before === null || compareBytes(before, bytes) < 0, file, "các dòng không theo thứ tự");
        before = bytes;
        const parts = /^— ([^ ]+) ([^ ]+)$/.exec(line);
        need(parts && isName(parts[1]), file, "không phải dòng đồng chứng");
        need(base64(parts[2], 76, file)[4] < 128, file, "giờ đồng chứng không có thật");
      }
    }
  }

  async checkpoint(file) {
    const lines = (await this.openNote(file)).split("\n");
    need(lines.length === 4 && lines[3] === "" && lines[0] === this.name, file, "không phải điểm chốt của nhật ký này");
    need(/^(0|[1-9][0-9]{0,15})$/.test(lines[1]), file, "số bản ghi không đúng mẫu");
    return { file, size: Number(lines[1]), root: base64(lines[2], 32, file) };
  }
}

/** Whether a key may have this name. */
function isName(name) {
  const bytes = utf8(name).length;
  return bytes > 0 && bytes <= 255 && !SOME_BLANK.test(name) && !CONTROL.test(name) && !name.includes("+");
}

function compareBytes(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Entries with their leaves, and the roots at these sizes. */
async function readLog(bundle, sizes, progress) {
  const file = "log.jsonl";
  const bytes = bundle.bytes(file);
  need(bytes[bytes.length - 1] === 10, file, "thiếu dấu xuống dòng ở cuối");
  const entries = [];
  const roots = new Map();
  const tree = new Tree();
  let [from, last] = [0, ""];
  while (from < bytes.length) {
    const to = bytes.indexOf(10, from);
    const line = bytes.subarray(from, to);
    const where = `log.jsonl, dòng ${entries.length + 1}`;
    need(line.length <= MAX_ENTRY_BYTES, where, "bản ghi quá dài");
    const text = decodeUtf8(line, where);
    const entry = readJson(text, where);
    const isVersion = (v) => v === 1;
    needShape(entry, { actor: ACTOR, at: isTime, data: isObject, kind: oneOf(...Object.keys(SHAPES)), seq: isSize, v: isVersion }, where);
    needShape(entry.data, SHAPES[entry.kind], where);
    need(entry.seq === entries.length, where, "số thứ tự không liên tục");
    if (entry.kind === "clock.confirmed") need(entry.data.last === last, where, "giờ trước đó không đúng như ghi");
    else need(entry.at >= last, where, "giờ lùi lại");
    last = entry.at;
    const leaf = await leafHash(line);
    entries.push({ ...entry, text, leaf });
    await tree.push(leaf);
    if (sizes.has(tree.size)) roots.set(tree.size, await tree.root());
    from = to + 1;
    if (entries.length % 64 === 0) await progress(from, bytes.length);
  }
  return { entries, roots };
}

function only(entries, kind) {
  const found = entries.filter((entry) => entry.kind === kind);
  need(found.length === 1, "log.jsonl", `phải có đúng một bản ghi ${kind}`);
  return found[0];
}

/** Number of the entry that brought a moment; none where it did not come, or where it was taken back. */
function cameAt(entries, moment) {
  let found = null;
  for (const { seq, kind } of entries) {
    if (kind === moment) found = seq;
    else if (kind === "minutes.reopened" && moment === "minutes.signed") found = null;
  }
  return found;
}

function checkCheckpoints(heads, entries, roots) {
  const end = entries.length;
  const came = MOMENTS.map((moment) => cameAt(entries, moment));
  const headOf = (file) => heads.find((head) => head.file === file);
  CHECKPOINTS.forEach((file, i) => need((came[i] !== null) === Boolean(headOf(file)), file, "điểm chốt thiếu, hoặc có khi chưa đến lúc"));
  need(Boolean(headOf(HEAD)) !== Boolean(headOf(CHECKPOINTS[4])), HEAD, "thiếu điểm chốt phủ hết nhật ký, hoặc thừa");
  for (const { file, size, root } of heads) {
    need(roots.has(size) && sameBytes(roots.get(size), root), file, `mã gốc không phải của nhật ký này ở ${size} bản ghi`);
  }
  const after = [...[1, 2, 3].map((i) => (came[i] === null ? end : came[i])), end, end];
  CHECKPOINTS.forEach((file, i) => {
    const head = headOf(file);
    if (!head) return;
    const low = i === 4 ? end : came[i] + 1;
    need(low <= head.size && head.size <= after[i], file, "điểm chốt không đứng đúng chỗ trong nhật ký");
  });
  need(heads[heads.length - 1].size === end, heads[heads.length - 1].file, "điểm chốt cuối không phủ hết nhật ký");
}

async function checkProofs(bundle, heads, entries) {
  const proof = { from: isSize, hashes: [isDigest], to: isSize };
  let file = "proofs/consistency.json";
  const isVersion = (v) => v === 1;
  let told = readJson(bundle.line(file), file);
  needShape(told, { proofs: [proof], v: isVersion }, file);
  need(told.proofs.length === heads.length - 1, file, "phải có đúng một chứng minh giữa hai điểm chốt liền nhau");
  const leads = async (found, why) => {
    let right = false;
    try {
      right = await found();
    } catch {
      right = false;
    }
    need(right, file, why);
  };
  for (let i = 0; i + 1 < heads.length; i += 1) {
    const [old, next, { from, to, hashes }] = [heads[i], heads[i + 1], told.proofs[i]];
    await leads(async () => {
      const path = hashes.map((text) => unhex(text, 32, file));
      const [before, after] = await rootsOfConsistency(from, to, path, true, old.root);
      return from === old.size && to === next.size && sameBytes(before, old.root) && sameBytes(after, next.root) && !path.length;
    }, "chứng minh nhật ký chỉ ghi thêm không đúng");
  }
  file = "proofs/inclusion.json";
  told = readJson(bundle.line(file), file);
  needShape(told, { proofs: [{ entry: isText, hashes: [isDigest], seq: isSize, size: isSize }], v: isVersion }, file);
  const papers = entries.filter((entry) => entry.kind === "paper.issued");
  need(told.proofs.length === papers.length, file, "phải có đúng một chứng minh cho mỗi văn bản");
  const last = heads[heads.length - 1];
  for (let i = 0; i < papers.length; i += 1) {
    const [paper, { entry, hashes, seq, size }] = [papers[i], told.proofs[i]];
    await leads(async () => {
      const path = hashes.map((text) => unhex(text, 32, file));
      const root = await rootOfInclusion(paper.leaf, seq, size, path);
      return seq === paper.seq && size === last.size && entry === paper.text && sameBytes(root, last.root) && !path.length;
    }, "chứng minh văn bản có trong nhật ký không đúng");
  }
}
