"""A bundle as a .zip in ways that unpackers read in more than one way: all of them must be refused."""

import io
import struct
import zlib


def raw(files, *, method=8, flags=0, local_flags=None, need=20, attributes=0, extra=b"", local_extra=b"", local_name=None, crc=0, size=0,
        tail=b"", gap=b"", comment=b"", note=b"", disk=0, behind=b"", order=1, cut=0):
    """A .zip of pairs of path and content. Each other argument changes one thing in every entry, or at the end of the file."""
    out, records = io.BytesIO(), []
    for path, data in files:
        name = path if isinstance(path, bytes) else path.encode()
        own = flags | (0x800 if not name.isascii() and flags == 0 else 0)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = packer.compress(data) + packer.flush() if method == 8 else data
        body = body[:len(body) - cut] + tail
        told = (need, own, method, 0, 33, zlib.crc32(data) ^ crc, len(body), len(data) + size)
        header = (need, own if local_flags is None else local_flags, *told[2:])
        at, shown = out.tell(), local_name(name) if local_name else name
        out.write(struct.pack("<4sHHHHHIIIHH", b"PK\3\4", *header, len(shown), len(local_extra)) + shown + local_extra + body)
        out.write(behind)
        records.append(struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, *told, len(name), len(extra), len(comment), disk, 0,
                                   attributes, at) + name + extra + comment)
    out.write(gap)
    start, directory = out.tell(), b"".join(records[::order])
    end = [b"PK\5\6", 0, 0, len(files), len(files), len(directory), start, len(note)]
    return out.getvalue() + directory + struct.pack("<4sHHHHIIH", *end) + note


def plain(files, **changes):
    return raw(list(files.items()), **changes)


def ended(data, place, value):
    """Another number in the end record."""
    changed, at = bytearray(data), len(data) - 22
    struct.pack_into("<H" if place < 12 else "<I", changed, at + place, value)
    return bytes(changed)


def zip64(files):
    """A second end, which a reader of large archives prefers, hidden in the last field of the directory."""
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1)
    return plain(files, extra=struct.pack("<HH", 0x5455, len(locator)) + locator)


def whole(files):
    """What another program may well make of the same files."""
    listed = list(files.items())
    folders = [("papers/", b""), ("checkpoints/", b"")]
    times = struct.pack("<HHBI", 0x5455, 5, 1, 0)
    yield "stored", raw(listed, method=0)
    yield "with folders, times and modes", raw(folders + listed, method=0, extra=times, local_extra=times)
    yield "with modes of files", raw(listed, attributes=0o100644 << 16)


def twisted(files):
    """What nobody may take."""
    listed, first = list(files.items()), next(iter(files.items()))
    result = ("results.json", b"{}\n")
    yield "a name twice, the first one false", raw([result] + listed)
    yield "a name twice, the last one false", raw(listed + [result])
    yield "a name twice but for case", raw(listed + [("Results.json", b"{}\n")])
    yield "a name with a letter of two code points", raw(listed + [("papers/e\u0301.pdf", b"x")])
    for name in ("/etc/passwd", "../x", "a/../x", "./README.txt", "papers//x", "C:/x", "papers\\x.pdf", "log.jsonl\0", "x\x1b[2J", "results.json ",
                 "results.json.", b"papers/\xff.pdf", "papers/\u202efdp.exe", "papers/a\u200b.pdf", "../", "x/", ""):
        yield f"an entry {name!r}", raw(listed + [(name, b"")], method=0)
    yield "other names in the headers", plain(files, local_name=bytes.upper)
    yield "other flags in the headers", plain(files, local_flags=2)
    yield "links", plain(files, attributes=0o120777 << 16)
    yield "pipes", plain(files, attributes=0o010644 << 16)
    yield "reparse points", plain(files, attributes=0x400)
    yield "files that are said to be folders", plain(files, attributes=0x10)
    yield "encrypted", plain(files, flags=1)
    yield "sizes behind the contents", plain(files, flags=8, behind=b"PK\7\x08" + bytes(12))
    yield "a method of no bundle", plain(files, method=12)
    yield "needs another version", plain(files, need=99)
    yield "a field with another name", plain(files, extra=struct.pack("<HHBI", 0x7075, 8, 1, 0) + b"abc")
    yield "a field that is longer than the directory", plain(files, extra=b"\x55\x54\xff\x00ab")
    yield "a field of zip64", plain(files, extra=struct.pack("<HHQ", 1, 8, 5), local_extra=struct.pack("<HHQ", 1, 8, 5))
    yield "a hidden end of zip64", zip64(files)
    yield "a wrong CRC", plain(files, crc=1)
    yield "a wrong CRC, stored", plain(files, crc=1, method=0)
    yield "one byte less than told", plain(files, size=1)
    yield "one byte more than told", plain(files, size=-1)
    yield "a size that is a lie", plain(files, size=1 << 31)
    yield "bytes behind the stream", plain(files, tail=b"x")
    yield "a stream without its end", plain(files, cut=1)
    yield "comments of entries", plain(files, comment=b"x")
    yield "a comment", plain(files, note=b"x")
    yield "a comment with another end", plain(files, note=b"PK\5\6" + bytes(18))
    yield "on another disk", plain(files, disk=1)
    yield "the directory in another order", plain(files, order=-1)
    yield "bytes between the entries", plain(files, behind=b"x")
    yield "bytes before the directory", plain(files, gap=b"x")
    yield "bytes before", b"#!/bin/sh\n" + plain(files)
    yield "bytes behind", plain(files) + b"\n"
    yield "another .zip before", raw([first]) + plain(files)
    yield "another .zip behind", plain(files) + raw([first])
    for place, value in ((4, 1), (6, 1), (8, 0xFFFF), (10, 0), (10, 1), (12, 0), (16, 0), (16, 0xFFFFFFFF)):
        yield f"{value} at {place} of the end", ended(plain(files), place, value)
    yield "nothing", raw([])
    yield "no .zip", b"hello"
    yield "an empty file", b""
    yield "cut", plain(files)[:-30]
