//! Tệp nguồn: the file of a paper that proves a fact. What it is, is read off its bytes: a name proves nothing.

use super::audit::{Digest, UtcTime};
use super::text::slug;

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Pdf,
    /// Word, Office Open XML.
    Docx,
    /// Excel, Office Open XML.
    Xlsx,
    Jpeg,
    Png,
}

impl FileKind {
    /// All, in the order in which pages name them.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Docx, Self::Xlsx, Self::Jpeg, Self::Png];

    /// As pages name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Docx => "Word (DOCX)",
            Self::Xlsx => "Excel (XLSX)",
            Self::Jpeg => "ảnh JPG",
            Self::Png => "ảnh PNG",
        }
    }

    /// As the database and answers over HTTP spell it (RFC 6838).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// Inverse of [`Self::media_type`].
    pub fn from_media_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == text)
    }

    /// Ends of names of such files; the first is given to a name that has none of them.
    const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &[".pdf"],
            Self::Docx => &[".docx"],
            Self::Xlsx => &[".xlsx"],
            Self::Jpeg => &[".jpg", ".jpeg"],
            Self::Png => &[".png"],
        }
    }
}

/// Why a file is not taken: one sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Windows, Linux or a script, whatever it is called.
    #[error("Đây là tệp chương trình, không phải tài liệu; chỉ nhận PDF, DOCX, XLSX, JPG hoặc PNG.")]
    Program,
    /// Word or Excel 97-2003.
    #[error("Tệp thuộc dạng Office cũ (.doc, .xls); hãy mở rồi lưu thành .docx, .xlsx hoặc PDF và gửi lại.")]
    OldOffice,
    /// Opens with a password only.
    #[error("Tệp được bảo vệ bằng mật khẩu nên người đọc không mở được; hãy bỏ mật khẩu, lưu lại rồi gửi.")]
    Encrypted,
    /// A zip archive that is no document.
    #[error("Tệp là gói nén (zip), không phải tài liệu Word hay Excel; hãy giải nén rồi gửi từng tài liệu.")]
    PlainZip,
    #[error("Tài liệu có chứa macro (mã chạy được); hãy lưu thành .docx, .xlsx không có macro hoặc PDF rồi gửi lại.")]
    Macros,
    /// Reads as two kinds at once.
    #[error("Tệp ghép nhiều loại nội dung vào một; hãy in hoặc xuất lại tài liệu gốc thành PDF rồi gửi.")]
    Mixed,
    #[error("Nội dung tệp khi giải nén quá lớn (giới hạn 200 MB); không nhận. Hãy xuất tài liệu thành PDF rồi gửi.")]
    UnpacksTooLarge,
    #[error("Tệp bị hỏng hoặc chép chưa trọn; hãy mở lại tài liệu gốc, lưu lại rồi gửi.")]
    Damaged,
    /// No signature of an accepted kind.
    #[error("Không nhận ra loại tệp; chỉ nhận PDF, DOCX, XLSX, JPG hoặc PNG.")]
    Unknown,
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    Of(FileKind),
    /// A zip archive; the names of its members decide which document it is.
    Zip,
    /// An Office 97-2003 compound file, which also wraps documents with a password.
    Compound,
}

/// How many bytes of the start [`beginning`] looks at.
pub const HEAD_BYTES: usize = 1024;
/// How many bytes of the end [`check_end`] looks at: the longest that the end record of a zip archive can be.
pub const TAIL_BYTES: usize = 22 + 65_535;

const PDF: &[u8] = b"%PDF-";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
const PNG_END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";
const ZIP_END: &[u8] = b"PK\x05\x06";
const PROGRAMS: [&[u8]; 6] = [b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe"];

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What a file is, by its first [`HEAD_BYTES`].
///
/// # Errors
/// Why it is not taken.
pub fn beginning(head: &[u8]) -> Result<Beginning, Refusal> {
    // Readers of PDF look for its mark in the first 1,024 bytes, so a picture can be a PDF too.
    let hides_pdf = || contains(head.get(1..).unwrap_or_default(), PDF);
    let found = if head.starts_with(PDF) {
        return Ok(Beginning::Of(FileKind::Pdf));
    } else if head.starts_with(b"\xff\xd8\xff") {
        Beginning::Of(FileKind::Jpeg)
    } else if head.starts_with(PNG) {
        Beginning::Of(FileKind::Png)
    } else if head.starts_with(b"PK\x03\x04") {
        Beginning::Zip
    } else if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Beginning::Compound);
    } else if PROGRAMS.iter().any(|mark| head.starts_with(mark)) {
        return Err(Refusal::Program);
    } else {
        return Err(Refusal::Unknown);
    };
    if hides_pdf() { Err(Refusal::Mixed) } else { Ok(found) }
}

/// Whether a PDF or a picture ends as such a file does, by its last [`TAIL_BYTES`], and not as a zip archive: readers of
/// archives begin at the end.
///
/// # Errors
/// Why it is not taken.
pub fn check_end(kind: FileKind, tail: &[u8]) -> Result<(), Refusal> {
    if ends_as_zip(tail) {
        return Err(Refusal::Mixed);
    }
    let last = |count: usize| tail.get(tail.len().saturating_sub(count)..).unwrap_or(tail);
    let is_whole = match kind {
        FileKind::Pdf => contains(last(1024), b"%%EOF"),
        FileKind::Png if contains(tail, PNG_END) && !tail.ends_with(PNG_END) => return Err(Refusal::Mixed),
        FileKind::Png => tail.ends_with(PNG_END),
        // Telephones add films and previews after the end of the picture.
        FileKind::Jpeg | FileKind::Docx | FileKind::Xlsx => true,
    };
    if is_whole { Ok(()) } else { Err(Refusal::Damaged) }
}

/// Whether an end record of a zip archive is placed so that its comment ends with the file.
fn ends_as_zip(tail: &[u8]) -> bool {
    let is_end = |at: usize| {
        let length = tail.get(at + 20..at + 22).and_then(|two| two.try_into().ok()).map(u16::from_le_bytes);
        length.is_some_and(|length| at + 22 + usize::from(length) == tail.len())
    };
    tail.windows(ZIP_END.len()).enumerate().any(|(at, window)| window == ZIP_END && is_end(at))
}

/// Which document a zip archive is, by the names of its members.
///
/// # Errors
/// Why it is not taken.
pub fn of_members<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<FileKind, Refusal> {
    let (mut has_types, mut word, mut excel) = (false, false, false);
    for name in names {
        let name = name.to_ascii_lowercase();
        if name.ends_with("vbaproject.bin") {
            return Err(Refusal::Macros);
        }
        has_types |= name == "[content_types].xml";
        word |= name.starts_with("word/");
        excel |= name.starts_with("xl/");
    }
    match (has_types, word, excel) {
        (true, true, false) => Ok(FileKind::Docx),
        (true, false, true) => Ok(FileKind::Xlsx),
        _ => Err(Refusal::PlainZip),
    }
}

/// The name of a file, with the ending of what it is.
pub fn named(name: &str, kind: FileKind) -> String {
    let lower = name.to_ascii_lowercase();
    let fits = kind.extensions().iter().any(|end| lower.ends_with(end));
    if fits { name.to_owned() } else { format!("{name}{}", kind.extensions().first().copied().unwrap_or_default()) }
}

/// A file as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its bytes: the same bytes are kept once.
    pub sha256: Digest,
    /// File name given by the first uploader.
    pub name: String,
    pub kind: FileKind,
    pub size: u64,
    pub added_at: UtcTime,
    /// Full name of the uploader.
    pub added_by: String,
}

impl Attachment {
    /// `1,4 MB`, `312 KB`: rounded up, so that no file is 0 KB.
    pub fn size_text(&self) -> String {
        let kib = self.size.div_ceil(1024);
        if kib < 1024 {
            return format!("{kib} KB");
        }
        let tenths = (self.size * 10).div_ceil(1024 * 1024);
        format!("{},{} MB", tenths / 10, tenths % 10)
    }

    /// The value of `Content-Disposition` that offers it as a download: the name in ASCII for old programs, and as it is
    /// (RFC 6266, RFC 8187).
    pub fn disposition(&self) -> String {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        let end = self.kind.extensions().first().copied().unwrap_or_default();
        let ascii = format!("{}{end}", slug(stem));
        let mut exact = String::new();
        for byte in self.name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                exact.push(char::from(byte));
            } else {
                exact.push_str(&format!("%{byte:02X}"));
            }
        }
        format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{exact}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_one_spelling() {
        for kind in FileKind::ALL {
            assert_eq!(FileKind::from_media_type(kind.media_type()), Some(kind));
        }
        assert_eq!(FileKind::from_media_type("text/html"), None);
    }

    #[test]
    fn the_first_bytes_tell_and_a_second_kind_among_them_is_refused() {
        assert_eq!(beginning(b"%PDF-1.7\n"), Ok(Beginning::Of(FileKind::Pdf)));
        assert_eq!(beginning(b"\xff\xd8\xff\xe0\0\x10JFIF"), Ok(Beginning::Of(FileKind::Jpeg)));
        assert_eq!(beginning(&[PNG, &[0; 20]].concat()), Ok(Beginning::Of(FileKind::Png)));
        assert_eq!(beginning(b"PK\x03\x04"), Ok(Beginning::Zip));
        assert_eq!(beginning(b"MZ\x90\0"), Err(Refusal::Program));
        assert_eq!(beginning(b"#!/bin/sh\n"), Err(Refusal::Program));
        assert_eq!(beginning(b"<html>"), Err(Refusal::Unknown));
        assert_eq!(beginning(b""), Err(Refusal::Unknown));
        assert_eq!(beginning(b"\xff\xd8\xff\xfe comment %PDF-1.4"), Err(Refusal::Mixed));
        assert_eq!(beginning(b"PK\x03\x04 a first member %PDF-1.4"), Err(Refusal::Mixed));
    }

    #[test]
    fn a_file_ends_as_its_kind_does_and_not_as_an_archive() {
        let zip_end = [ZIP_END, &[0; 18]].concat();
        assert_eq!(check_end(FileKind::Pdf, b"startxref\n9\n%%EOF\n"), Ok(()));
        assert_eq!(check_end(FileKind::Pdf, b"startxref"), Err(Refusal::Damaged));
        assert_eq!(check_end(FileKind::Pdf, &[b"%%EOF\n".as_slice(), &zip_end].concat()), Err(Refusal::Mixed));
        assert_eq!(check_end(FileKind::Jpeg, &[b"\xff\xd9".as_slice(), &zip_end].concat()), Err(Refusal::Mixed));
        // The mark alone, within other bytes, is no end of an archive.
        assert_eq!(check_end(FileKind::Jpeg, &[ZIP_END, &[7; 40]].concat()), Ok(()));
        assert_eq!(check_end(FileKind::Png, PNG_END), Ok(()));
        assert_eq!(check_end(FileKind::Png, &[PNG_END, b"more"].concat()), Err(Refusal::Mixed));
        assert_eq!(check_end(FileKind::Png, b"IDAT"), Err(Refusal::Damaged));
    }

    #[test]
    fn an_archive_is_what_its_members_are() {
        let of = |names: &[&str]| of_members(names.iter().copied());
        assert_eq!(of(&["[Content_Types].xml", "word/document.xml"]), Ok(FileKind::Docx));
        assert_eq!(of(&["[Content_Types].xml", "xl/workbook.xml"]), Ok(FileKind::Xlsx));
        assert_eq!(of(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), Err(Refusal::Macros));
        assert_eq!(of(&["word/document.xml"]), Err(Refusal::PlainZip));
        assert_eq!(of(&["[Content_Types].xml", "word/a.xml", "xl/b.xml"]), Err(Refusal::PlainZip));
        assert_eq!(of(&["anh.jpg"]), Err(Refusal::PlainZip));
    }

    #[test]
    fn a_name_gets_the_ending_of_its_kind_and_survives_a_header() {
        assert_eq!(named("Quét.PDF", FileKind::Pdf), "Quét.PDF");
        assert_eq!(named("ảnh.jpeg", FileKind::Jpeg), "ảnh.jpeg");
        assert_eq!(named("ảnh.pdf", FileKind::Png), "ảnh.pdf.png");
        let kept = |name: &str, size| Attachment {
            sha256: Digest::of(b""),
            name: name.into(),
            kind: FileKind::Pdf,
            size,
            added_at: "2026-12-01T01:00:00Z".parse().expect("time"),
            added_by: "Lan".into(),
        };
        assert_eq!(
            kept("Báo cáo \"2023\".pdf", 1).disposition(),
            "attachment; filename=\"bao-cao-2023.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20%222023%22.pdf"
        );
        assert_eq!(
            kept("<script>\r\n.pdf", 1).disposition(),
            "attachment; filename=\"script.pdf\"; filename*=UTF-8''%3Cscript%3E%0D%0A.pdf"
        );
        let sizes: Vec<String> =
            [1, 1024, 1025, 1024 * 1024, 20 * 1024 * 1024].map(|n| kept("a", n).size_text()).into();
        assert_eq!(sizes, ["1 KB", "1 KB", "2 KB", "1,0 MB", "20,0 MB"]);
    }
}
