// The one kind of .zip that a bundle may be: every program that unpacks it finds the same files in it.
"use strict";

const ZIP = "gói .zip";
const END_BYTES = 22;
// Version, flags, method, time, day, CRC, packed, size, length of the name: the same in a header and in its record.
const SHARED_BYTES = 24;
const UTF8_NAME = 0x0800;
// Times and owners; no other field may say another name or size.
const EXTRA = [0x000a, 0x5455, 0x7875];
const MAX_BYTES = 2 ** 32;

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Content of a deflated file of this size whose stream ends at its last byte, or null. */
async function inflate(bytes, size) {
  const content = await inflated(bytes, size);
  // Some engines do not mind bytes behind the end of a stream: there the stream must be unfinished without its last byte.
  const takesMore = content && (await inflated(Uint8Array.of(3, 0, 0), 0)) !== null;
  return takesMore && (await inflated(bytes.subarray(0, -1), size)) !== null ? null : content;
}

async function inflated(bytes, size) {
  // No deflated content is so much shorter than what it stands for.
  if (size > 1040 * bytes.length) return null;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const content = new Uint8Array(size);
  let at = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return at === size ? content : null;
      if (at + value.length > size) {
        await reader.cancel();
        return null;
      }
      content.set(value, at);
      at += value.length;
    }
  } catch {
    return null;
  }
}

function isKnownExtra(extra) {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  let at = 0;
  while (at < extra.length) {
    if (at + 4 > extra.length || !EXTRA.includes(view.getUint16(at, true))) return false;
    at += 4 + view.getUint16(at + 2, true);
  }
  return at === extra.length;
}

/** What a record of the directory must hold. */
function checkRecord(one, where) {
  const isFolder = one.name[one.name.length - 1] === 47;
  const [kind, plain] = [one.attributes >>> 28, one.version <= 20 && (one.flags & ~(0x0006 | UTF8_NAME)) === 0];
  need(plain, where, "mã hóa, hoặc cần chương trình giải nén đặc biệt");
  need(one.method === 0 || one.method === 8, where, "nén theo cách khác deflate");
  need(one.flags & UTF8_NAME || one.name.every((byte) => byte < 128), where, "tên không ghi là UTF-8");
  need(one.comment === 0 && one.disk === 0 && isKnownExtra(one.extra), where, "có ghi chú, ở đĩa khác, hoặc có phần phụ lạ");
  const isRegular = (kind === 0 || kind === (isFolder ? 4 : 8)) && (one.attributes & 0x0448) === 0;
  need(isRegular && (isFolder || (one.attributes & 0x10) === 0), where, "là liên kết hoặc không phải tệp thường");
  need(one.method === 0 ? one.packed === one.size : !isFolder, where, "cỡ ghi không đúng");
  need(!isFolder || (one.crc === 0 && one.size === 0), where, "thư mục có nội dung");
}

/** The record at a place of the directory; null where none is whole before `last`. */
function readRecord(bytes, view, at, last) {
  if (at + 46 > last || view.getUint32(at, true) !== 0x02014b50) return null;
  const [nameLength, more] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
  const [nameAt, extraAt] = [at + 46, at + 46 + nameLength];
  if (extraAt + more > last) return null;
  return {
    shared: bytes.subarray(at + 6, at + 6 + SHARED_BYTES), version: view.getUint16(at + 6, true), flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true),
    comment: view.getUint16(at + 32, true), disk: view.getUint16(at + 34, true), attributes: view.getUint32(at + 38, true), offset: view.getUint32(at + 42, true),
    name: bytes.subarray(nameAt, extraAt), extra: bytes.subarray(extraAt, extraAt + more), end: extraAt + more,
  };
}

/** The records of the directory, and where it starts. */
function readDirectory(bytes, view) {
  const last = bytes.length - END_BYTES;
  const [here, count] = last < 0 ? [] : [view.getUint16(last + 8, true), view.getUint16(last + 10, true)];
  const isEnd = last >= 0 && view.getUint32(last, true) === 0x06054b50 && view.getUint32(last + 4, true) === 0 && view.getUint16(last + 20, true) === 0;
  need(isEnd && here === count, ZIP, "phần cuối của tệp không đúng mẫu");
  const [length, start] = [view.getUint32(last + 12, true), view.getUint32(last + 16, true)];
  need(start + length === last, ZIP, "có byte thừa trước hoặc sau nội dung");
  need(last < 20 || view.getUint32(last - 20, true) !== 0x07064b50, ZIP, "có phần cuối thứ hai");
  const [records, seen] = [[], new Set()];
  let [at, room] = [start, MAX_BYTES];
  for (let number = 1; number <= count; number += 1) {
    const where = `${ZIP}, mục thứ ${number}`;
    const one = readRecord(bytes, view, at, last);
    need(one, where, "mục lục hỏng");
    checkRecord(one, where);
    const path = decodeUtf8(one.name, where);
    need(isInside(path.replace(/\/$/, "")), where, "tên dẫn ra ngoài gói, hoặc có ký tự không dùng trong tên tệp của gói");
    need(!seen.has(path.toLowerCase()), where, "tên lặp lại, cả khi chỉ khác chữ hoa, chữ thường");
    seen.add(path.toLowerCase());
    room -= one.size;
    need(room >= 0, where, "nội dung giải nén quá lớn");
    records.push({ ...one, path, where });
    at = one.end;
  }
  need(at === last, ZIP, "mục lục có byte thừa");
  return { records, start };
}

/** The files of a .zip, a Map from path to bytes. */
async function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { records, start } = readDirectory(bytes, view);
  const files = new Map();
  let at = 0;
  for (const { path, where, shared, name, method, crc, packed, size, offset } of records) {
    need(offset === at && at + 30 <= start && view.getUint32(at, true) === 0x04034b50, where, "không đứng ngay sau mục trước");
    const nameEnd = at + 30 + name.length;
    const from = nameEnd + view.getUint16(at + 28, true);
    const isSame = sameBytes(bytes.subarray(at + 4, at + 4 + SHARED_BYTES), shared) && sameBytes(bytes.subarray(at + 30, nameEnd), name);
    need(from + packed <= start && isSame && isKnownExtra(bytes.subarray(nameEnd, from)), where, "tiêu đề khác với mục lục");
    at = from + packed;
    if (path.endsWith("/")) continue;
    const body = bytes.subarray(from, at);
    const content = method === 0 ? body : await inflate(body, size);
    need(content && crc32(content) === crc, where, "nội dung hỏng, hoặc khác cỡ hay mã kiểm đã ghi");
    files.set(path, content);
  }
  need(at === start, ZIP, "có byte thừa giữa các tệp và mục lục");
  const paths = [...files.keys()];
  for (const { path } of records) need(!path.endsWith("/") || paths.some((file) => file.startsWith(path)), ZIP, "thư mục không có tệp nào");
  return files;
}
