//! The one kind of .zip that a bundle may be, read strictly: every program that unpacks it finds the same files in it. The
//! rules are those of «One file» in [`domain::audit`].

use std::collections::BTreeSet;
use std::io::{self, Write};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use domain::audit::path::is_path;

/// Bytes of the record that ends the file.
const END_BYTES: usize = 22;
/// Bytes from the version to the length of the name, in a header and in a record of the directory.
const SHARED_BYTES: usize = 24;
/// Highest version of the format that a reader needs: folders and deflate.
const VERSION: usize = 20;
/// How hard it was packed, and that the name is UTF-8.
const FLAGS: usize = 0x0806;
const UTF8_NAME: usize = 0x0800;
/// Times and owners, as common programs write them; no other field may say another name or size.
const EXTRA: [usize; 3] = [0x000A, 0x5455, 0x7875];
/// Label of a disk, device, link.
const ODD_KINDS: u32 = 0x0448;
const FOLDER_KIND: u32 = 0x10;
const STORED: usize = 0;
const DEFLATED: usize = 8;
const BUFFER_BYTES: usize = 1 << 16;

/// Why a .zip is not that of a bundle.
#[derive(Debug, thiserror::Error)]
pub enum ZipFault {
    #[error("không phải tệp .zip của một gói: {0}")]
    Form(&'static str),
    #[error("không phải tệp .zip của một gói: mục thứ {number}: {what}")]
    Entry { number: usize, what: &'static str },
    #[error("nội dung khi giải nén lớn hơn {0} byte")]
    TooLarge(u64),
    /// What was unpacked could not be written.
    #[error("không ghi được nội dung giải nén")]
    Io(#[from] io::Error),
}

/// Hands what writes each file, by its path, its content, in the order of the archive.
///
/// # Errors
/// When it is no .zip of a bundle, all files together have more than `most` bytes, or one cannot be written.
pub fn unpack_bundle<'z>(
    zip: &'z [u8],
    most: u64,
    create: &mut dyn FnMut(&'z str) -> io::Result<Box<dyn Write>>,
) -> Result<(), ZipFault> {
    let (mut files, records) = records(zip)?;
    let names = names(&records)?;
    if records.iter().map(|record| u64::from(record.size)).sum::<u64>() > most {
        return Err(ZipFault::TooLarge(most));
    }
    let start = files.0.len();
    for (number, (record, name)) in (1..).zip(records.iter().zip(names)) {
        let wrong = |what| ZipFault::Entry { number, what };
        let at = start - files.0.len();
        let packed = record
            .content(&mut files, at)
            .ok_or_else(|| wrong("tiêu đề khác với mục lục, hoặc không đứng ngay sau mục trước"))?;
        if !record.is_folder() {
            record.unpack(packed, &mut *create(name)?, &wrong)?;
        }
    }
    if files.0.is_empty() { Ok(()) } else { Err(ZipFault::Form("có byte thừa giữa các tệp và mục lục")) }
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Bytes<'z>(&'z [u8]);

impl<'z> Bytes<'z> {
    fn take(&mut self, count: usize) -> Option<&'z [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<usize> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes).map(usize::from)
    }

    fn long(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn is(&mut self, expected: &[u8]) -> Option<()> {
        (self.take(expected.len())? == expected).then_some(())
    }
}

/// A record of the directory.
struct Record<'z> {
    /// [`SHARED_BYTES`], which the header has too.
    shared: &'z [u8],
    version: usize,
    flags: usize,
    method: usize,
    crc: u32,
    packed: u32,
    size: u32,
    name: &'z [u8],
    extra: &'z [u8],
    comment: usize,
    disk: usize,
    attributes: u32,
    offset: u32,
}

impl<'z> Record<'z> {
    fn read(directory: &mut Bytes<'z>) -> Option<Self> {
        directory.is(b"PK\x01\x02")?;
        directory.short()?;
        let shared = directory.take(SHARED_BYTES)?;
        let mut fields = Bytes(shared);
        let (version, flags, method) = (fields.short()?, fields.short()?, fields.short()?);
        // Of time and day nothing depends.
        fields.long()?;
        let (crc, packed, size, name) = (fields.long()?, fields.long()?, fields.long()?, fields.short()?);
        let (extra, comment, disk) = (directory.short()?, directory.short()?, directory.short()?);
        directory.short()?;
        let (attributes, offset) = (directory.long()?, directory.long()?);
        let (name, extra) = (directory.take(name)?, directory.take(extra)?);
        Some(Self { shared, version, flags, method, crc, packed, size, name, extra, comment, disk, attributes, offset })
    }

    fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// What it may not be, one reason.
    fn fault(&self) -> Option<&'static str> {
        let (kind, odd) = (self.attributes >> 28, self.attributes & ODD_KINDS);
        let is_folder = self.attributes & FOLDER_KIND != 0;
        let kinds = if self.is_folder() { [0, 4] } else { [0, 8] };
        let sizes_fit = match self.method {
            STORED => self.packed == self.size,
            _ => !self.is_folder(),
        };
        let reasons = [
            (self.version > VERSION || self.flags & !FLAGS != 0, "mã hóa, hoặc cần chương trình giải nén đặc biệt"),
            (self.method != STORED && self.method != DEFLATED, "nén theo cách khác deflate"),
            (!self.name.is_ascii() && self.flags & UTF8_NAME == 0, "tên không ghi là UTF-8"),
            (self.comment != 0 || self.disk != 0, "có ghi chú, hoặc nằm ở đĩa khác"),
            (!is_known_extra(Bytes(self.extra)), "có phần phụ lạ"),
            (
                !kinds.contains(&kind) || odd != 0 || (is_folder && !self.is_folder()),
                "là liên kết hoặc không phải tệp thường",
            ),
            (!sizes_fit || (self.is_folder() && (self.size, self.crc) != (0, 0)), "cỡ ghi không đúng"),
        ];
        reasons.into_iter().find_map(|(is_wrong, reason)| is_wrong.then_some(reason))
    }

    /// Bytes behind the header that is due in `files`, `at` bytes from the beginning.
    fn content(&self, files: &mut Bytes<'z>, at: usize) -> Option<&'z [u8]> {
        files.is(b"PK\x03\x04")?;
        files.is(self.shared)?;
        let extra = files.short()?;
        files.is(self.name)?;
        let extra = files.take(extra)?;
        (usize::try_from(self.offset) == Ok(at) && is_known_extra(Bytes(extra))).then_some(())?;
        files.take(usize::try_from(self.packed).ok()?)
    }

    fn unpack(
        &self,
        packed: &[u8],
        out: &mut dyn Write,
        wrong: &dyn Fn(&'static str) -> ZipFault,
    ) -> Result<(), ZipFault> {
        const BROKEN: &str = "nội dung hỏng, hoặc khác cỡ hay mã kiểm đã ghi";
        let mut crc = Crc::new();
        if self.method == STORED {
            crc.update(packed);
            out.write_all(packed)?;
            return if crc.sum() == self.crc { Ok(()) } else { Err(wrong(BROKEN)) };
        }
        let (mut inflate, mut buffer, mut rest) = (Decompress::new(false), vec![0; BUFFER_BYTES], packed);
        loop {
            let (read, made) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(rest, &mut buffer, FlushDecompress::None).map_err(|_| wrong(BROKEN))?;
            let (read, made) = (inflate.total_in() - read, inflate.total_out() - made);
            rest = usize::try_from(read).ok().and_then(|read| rest.get(read..)).unwrap_or_default();
            let piece = usize::try_from(made).ok().and_then(|made| buffer.get(..made)).unwrap_or_default();
            crc.update(piece);
            out.write_all(piece)?;
            let is_over = inflate.total_out() > u64::from(self.size);
            if is_over || (status != Status::StreamEnd && (read, made) == (0, 0)) {
                return Err(wrong(BROKEN));
            }
            if status == Status::StreamEnd {
                break;
            }
        }
        let is_right = rest.is_empty() && inflate.total_out() == u64::from(self.size) && crc.sum() == self.crc;
        if is_right { Ok(()) } else { Err(wrong(BROKEN)) }
    }
}

/// Whole fields, each a number, a length and so many bytes, and none of another kind.
fn is_known_extra(mut extra: Bytes<'_>) -> bool {
    while !extra.0.is_empty() {
        if !extra_field(&mut extra).is_some_and(|id| EXTRA.contains(&id)) {
            return false;
        }
    }
    true
}

fn extra_field(extra: &mut Bytes<'_>) -> Option<usize> {
    let (id, length) = (extra.short()?, extra.short()?);
    extra.take(length).map(|_| id)
}

/// What stands before the directory, and the directory.
fn records(zip: &[u8]) -> Result<(Bytes<'_>, Vec<Record<'_>>), ZipFault> {
    let (files, count, mut directory) =
        ends(zip).ok_or(ZipFault::Form("phần cuối của tệp không đúng mẫu, hoặc trước và sau nội dung có byte thừa"))?;
    let mut records = Vec::new();
    for number in 1..=count {
        let record = Record::read(&mut directory).ok_or(ZipFault::Entry { number, what: "mục lục hỏng" })?;
        match record.fault() {
            Some(what) => return Err(ZipFault::Entry { number, what }),
            None => records.push(record),
        }
    }
    if directory.0.is_empty() { Ok((files, records)) } else { Err(ZipFault::Form("mục lục có byte thừa")) }
}

fn ends(zip: &[u8]) -> Option<(Bytes<'_>, usize, Bytes<'_>)> {
    let (before, end) = zip.split_at_checked(zip.len().checked_sub(END_BYTES)?)?;
    let mut end = Bytes(end);
    end.is(b"PK\x05\x06\0\0\0\0")?;
    let (here, all, size, start, comment) = (end.short()?, end.short()?, end.long()?, end.long()?, end.short()?);
    let (files, directory) = before.split_at_checked(usize::try_from(start).ok()?)?;
    // Some programs look here for another end, that of a larger archive.
    let is_hidden = before
        .len()
        .checked_sub(20)
        .and_then(|at| before.get(at..))
        .is_some_and(|last| last.starts_with(b"PK\x06\x07"));
    let is_whole = here == all && comment == 0 && usize::try_from(size) == Ok(directory.len()) && !is_hidden;
    is_whole.then_some((Bytes(files), all, Bytes(directory)))
}

/// The names of all records, each a path of a bundle that comes once, also where case does not count; a folder has files.
fn names<'z>(records: &[Record<'z>]) -> Result<Vec<&'z str>, ZipFault> {
    let (mut names, mut seen) = (Vec::with_capacity(records.len()), BTreeSet::new());
    for (number, record) in (1..).zip(records) {
        let wrong = |what| ZipFault::Entry { number, what };
        let name = std::str::from_utf8(record.name).map_err(|_| wrong("tên không phải UTF-8"))?;
        if !is_path(name.strip_suffix('/').unwrap_or(name)) {
            return Err(wrong("tên dẫn ra ngoài gói, hoặc có ký tự không dùng trong tên tệp của gói"));
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(wrong("tên lặp lại của một mục trước, cả khi chỉ khác chữ hoa, chữ thường"));
        }
        names.push(name);
    }
    for (number, name) in (1..).zip(&names) {
        if name.ends_with('/') && !names.iter().any(|file| file.len() > name.len() && file.starts_with(name)) {
            return Err(ZipFault::Entry { number, what: "thư mục không có tệp nào" });
        }
    }
    Ok(names)
}
