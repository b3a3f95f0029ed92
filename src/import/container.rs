//! Kind of a file by its bytes, and whether it is safe to unpack: decided before any parser reads it.

use std::io::{Cursor, Read, Seek, copy, sink};

use zip::ZipArchive;
use zip::result::ZipError;

use super::report::{self, Code};

/// Largest file, in bytes.
pub(super) const MAX_FILE_BYTES: usize = 50 * 1024 * 1024;
/// Largest sum of all unpacked parts of a workbook, in bytes.
pub(super) const MAX_UNPACKED_BYTES: u64 = 200 * 1024 * 1024;
/// Largest number of parts of a workbook; real ones have some dozens.
const MAX_PARTS: usize = 10_000;

/// Signature of the compound files that Excel 97 wrote and that wrap encrypted workbooks.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// A kind of workbook that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Ods,
    /// Excel 97-2003.
    Xls,
}

/// Why a file is refused before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not a spreadsheet, by its content.
    NotASpreadsheet,
    /// Text: perhaps a CSV file with the wrong name.
    PlainText,
    /// A web page that was named like a workbook.
    WebPage,
    /// The XML workbook of Excel 2003.
    OldXml,
    /// Excel's binary workbook.
    Xlsb,
    /// Cut off or damaged.
    Damaged,
    Encrypted,
    /// Over [`MAX_FILE_BYTES`].
    FileTooLarge,
    /// Over [`MAX_UNPACKED_BYTES`] or [`MAX_PARTS`], or repeated cells without end.
    UnpacksTooLarge,
}

impl Refusal {
    /// Code, problem and remedy of the finding.
    pub(super) const fn message(self) -> (Code, &'static str, &'static str) {
        match self {
            Self::NotASpreadsheet => (
                report::UNREADABLE,
                "Tệp không phải là bảng tính.",
                "Chọn tệp Excel (.xlsx, .xls), LibreOffice (.ods) hoặc thư mục chứa các tệp CSV.",
            ),
            Self::PlainText => (
                report::UNREADABLE,
                "Tệp là văn bản thuần, không phải bảng tính.",
                "Nếu là CSV, đặt mỗi trang thành một tệp .csv trong một thư mục rồi chọn thư mục đó.",
            ),
            Self::WebPage => (
                report::UNREADABLE,
                "Tệp là trang web (HTML) đặt tên như bảng tính.",
                "Mở bằng Excel, chọn Lưu thành (Save As) dạng .xlsx rồi nhập lại.",
            ),
            Self::OldXml => (
                report::UNREADABLE,
                "Tệp là bảng tính dạng XML của Excel 2003.",
                "Mở bằng Excel, chọn Lưu thành (Save As) dạng .xlsx rồi nhập lại.",
            ),
            Self::Xlsb => (
                report::UNREADABLE,
                "Tệp thuộc dạng Excel nhị phân (.xlsb), chương trình không đọc.",
                "Mở bằng Excel, chọn Lưu thành (Save As) dạng .xlsx rồi nhập lại.",
            ),
            Self::Damaged => (
                report::UNREADABLE,
                "Tệp bị hỏng hoặc chép chưa trọn.",
                "Mở lại bằng Excel, lưu thành tệp .xlsx mới rồi nhập lại.",
            ),
            Self::Encrypted => (
                report::ENCRYPTED,
                "Tệp được bảo vệ bằng mật khẩu.",
                "Mở bằng Excel, bỏ mật khẩu (Tệp > Thông tin > Bảo vệ sổ làm việc), lưu lại rồi nhập.",
            ),
            Self::FileTooLarge => (
                report::TOO_LARGE,
                "Tệp lớn hơn 50 MB.",
                "Bỏ ảnh và các trang không liên quan, chỉ giữ các trang dữ liệu.",
            ),
            Self::UnpacksTooLarge => (
                report::TOO_LARGE,
                "Nội dung tệp khi giải nén quá lớn (giới hạn 200 MB, 5 triệu ô).",
                "Chép riêng các trang dữ liệu sang một tệp mới; không mở tệp nhận từ nguồn lạ.",
            ),
        }
    }
}

/// Determines the kind of a file. Every part of a zip archive is unpacked once to measure it.
///
/// # Errors
/// Why the file cannot be read.
pub(super) fn examine(bytes: &[u8]) -> Result<Kind, Refusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Refusal::FileTooLarge);
    }
    if bytes.starts_with(b"PK") {
        return examine_zip(bytes);
    }
    if bytes.starts_with(COMPOUND) {
        return if hides_encrypted(bytes) { Err(Refusal::Encrypted) } else { Ok(Kind::Xls) };
    }
    if let Some(refusal) = marked_up(bytes) {
        return Err(refusal);
    }
    let head = bytes.get(..512).unwrap_or(bytes);
    let wide = encoding_rs::Encoding::for_bom(head).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8);
    let texty = wide || !head.is_empty() && head.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\r' | b'\n'));
    Err(if texty { Refusal::PlainText } else { Refusal::NotASpreadsheet })
}

/// Web pages and XML, by what stands in their first letters; old programs name them .xls.
fn marked_up(bytes: &[u8]) -> Option<Refusal> {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let (encoding, mark) = encoding_rs::Encoding::for_bom(head).unwrap_or((encoding_rs::UTF_8, 0));
    let text = encoding.decode_without_bom_handling(head.get(mark..).unwrap_or_default()).0.to_ascii_lowercase();
    let text = text.trim_start();
    if text.contains("urn:schemas-microsoft-com:office:spreadsheet") && text.starts_with('<') {
        return Some(Refusal::OldXml);
    }
    let is_page =
        text.starts_with('<') && ["<html", "<table", "<!doctype html", "<body"].iter().any(|tag| text.contains(tag));
    (is_page || text.starts_with("mime-version:")).then_some(Refusal::WebPage)
}

/// Whether a compound file wraps a document with a password.
pub(super) fn hides_encrypted(bytes: &[u8]) -> bool {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(encrypted.len()).any(|window| window == encrypted)
}

/// Unpacks every part of an archive once and counts its bytes.
///
/// # Errors
/// When a part is damaged or encrypted, or the sum is over [`MAX_UNPACKED_BYTES`].
pub(super) fn measure<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<(), Refusal> {
    if archive.len() > MAX_PARTS {
        return Err(Refusal::UnpacksTooLarge);
    }
    let mut room = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refusal::Encrypted,
            _ => Refusal::Damaged,
        })?;
        // A size written in the archive may lie, so the part itself is measured.
        let size = copy(&mut part.take(room + 1), &mut sink()).map_err(|_| Refusal::Damaged)?;
        room = room.checked_sub(size).ok_or(Refusal::UnpacksTooLarge)?;
    }
    Ok(())
}

fn examine_zip(bytes: &[u8]) -> Result<Kind, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
    measure(&mut archive)?;
    let has = |start: &str| archive.file_names().flatten().any(|name| name.to_ascii_lowercase().starts_with(start));
    if has("xl/workbook.bin") {
        Err(Refusal::Xlsb)
    } else if has("content.xml") {
        Ok(Kind::Ods)
    } else if has("xl/") || has("[content_types].xml") && !has("word/") && !has("ppt/") {
        Ok(Kind::Xlsx)
    } else {
        Err(Refusal::NotASpreadsheet)
    }
}
