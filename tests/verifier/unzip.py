"""The one kind of .zip that a bundle may be: every program that unpacks it finds the same files in it."""

import struct
import zlib

from .base import need
from .bundle import MAX_BYTES, Files, is_inside

FILE = "the .zip file"
# Version, flags, method, time, day, CRC, packed, size, length of the name: the same in a header and in its record.
SHARED = struct.Struct("<HHHHHIIIH")
RECORD = struct.Struct("<4sH24sHHHHII")
HEADER = struct.Struct("<4s24sH")
END = struct.Struct("<4sHHHHIIH")
STORED, DEFLATED = 0, 8
UTF8_NAME = 0x0800
# Times and owners; no other field may say another name or size.
EXTRA = {0x000A, 0x5455, 0x7875}


def is_known_extra(extra):
    while extra:
        if len(extra) < 4:
            return False
        field, length = struct.unpack("<HH", extra[:4])
        if field not in EXTRA or len(extra) < 4 + length:
            return False
        extra = extra[4 + length:]
    return True


def need_record(record, name, extra, where):
    """What a record of the directory must hold."""
    _, _, shared, _, comment, disk, _, attributes, _ = record
    version, flags, method, _, _, crc, packed, size, _ = SHARED.unpack(shared)
    folder = name.endswith(b"/")
    need(version <= 20 and flags & ~(0x0006 | UTF8_NAME) == 0, where, "encrypted, or not of the plain format")
    need(method in (STORED, DEFLATED), where, "packed in another way")
    need(name.isascii() or flags & UTF8_NAME, where, "the name is not said to be UTF-8")
    need(comment == disk == 0 and is_known_extra(extra), where, "a comment, another disk, or a field of another kind")
    need(attributes >> 28 in ((0, 4) if folder else (0, 8)), where, "a link, or not a regular file")
    need(attributes & 0x0448 == 0 and (folder or attributes & 0x10 == 0), where, "a link, or not a regular file")
    need(packed == size if method == STORED else not folder, where, "sizes that cannot be")
    need(not folder or crc == size == 0, where, "a folder with content")


def read_name(name, seen, where):
    try:
        path = name.decode("utf-8")
    except UnicodeDecodeError:
        path = ""
    need(is_inside(path.removesuffix("/")), where, "a name that leads out of the bundle, or has letters of no bundle")
    need(path.lower() not in seen, where, "a name that comes twice, also where case does not count")
    seen.add(path.lower())
    return path


def content(data, shared, where):
    _, _, method, _, _, crc, _, size, _ = SHARED.unpack(shared)
    if method == DEFLATED:
        inflate = zlib.decompressobj(-15)
        try:
            data = inflate.decompress(data, size + 1)
        except zlib.error:
            data = None
        need(data is not None and inflate.eof and not inflate.unused_data, where, "does not unpack to its last byte")
    need(len(data) == size and zlib.crc32(data) == crc, where, "another size or another CRC than told")
    return data


def unpack(data):
    """The files of a .zip."""
    need(len(data) >= END.size, FILE, "too short")
    last = len(data) - END.size
    signature, disk, first_disk, here, count, length, start, comment = END.unpack(data[last:])
    whole = disk == first_disk == comment == 0 and here == count and start + length == last
    need(signature == b"PK\5\6" and whole, FILE, "does not end as it must, or has bytes before or behind its content")
    need(not data[max(0, last - 20):last].startswith(b"PK\6\7"), FILE, "has another end, of a larger archive")
    records, seen, at, room = [], set(), start, MAX_BYTES
    for number in range(1, count + 1):
        where = f"{FILE}, entry {number}"
        need(at + RECORD.size <= last, where, "the directory is damaged")
        record = RECORD.unpack(data[at:at + RECORD.size])
        signature, _, shared, more, *_ = record
        at += RECORD.size
        length = SHARED.unpack(shared)[8]
        need(signature == b"PK\1\2" and at + length + more <= last, where, "the directory is damaged")
        name, extra = data[at:at + length], data[at + length:at + length + more]
        at += length + more
        need_record(record, name, extra, where)
        room -= SHARED.unpack(shared)[7]
        need(room >= 0, where, "too much to unpack")
        records.append((read_name(name, seen, where), name, shared, record[8], where))
    need(at == last, FILE, "bytes that belong to nothing in the directory")
    files, at = {}, 0
    for path, name, shared, offset, where in records:
        need(at == offset and at + HEADER.size <= start, where, "does not follow on the entry before")
        signature, also, more = HEADER.unpack(data[at:at + HEADER.size])
        at += HEADER.size
        body = at + len(name) + more
        same = signature == b"PK\3\4" and also == shared and data[at:at + len(name)] == name
        need(same and is_known_extra(data[at + len(name):body]), where, "header and directory differ")
        at = body + SHARED.unpack(shared)[6]
        need(at <= start, where, "runs into the directory")
        if not path.endswith("/"):
            files[path] = content(data[body:at], shared, where)
    need(at == start, FILE, "bytes that belong to no entry")
    for path in [path for path, *_ in records if path.endswith("/")]:
        need(any(file.startswith(path) for file in files), FILE, "a folder without a file")
    return Files(files)
