//! What a PDF file states about itself: title, author, date, and how it is to be printed.

use jiff::civil::Date;
use lopdf::{Dictionary, Object, StringFormat};

/// What a file states about itself.
pub struct FileInfo<'a> {
    /// Title; readers show it instead of the file name.
    pub title: &'a str,
    /// Issuing body.
    pub author: &'a str,
    /// Date of the paper.
    pub date: Date,
    /// Scaling that the file asks for.
    pub printing: Printing,
}

/// Scaling that a file asks the printer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printing {
    /// The printer's default.
    Scaled,
    /// 100 %: optical reading measures from the corner marks.
    TrueSize,
}

/// Creator and producer in the document information.
pub const PROGRAM: &str = "tinnhiem";

/// Document information without the PDF/X claim, the time zone and the identifiers that printpdf writes.
pub fn info_dictionary(info: &FileInfo<'_>) -> Dictionary {
    let day = info.date.strftime("D:%Y%m%d000000+07'00'").to_string();
    Dictionary::from_iter([
        ("Title", text_string(info.title)),
        ("Author", text_string(info.author)),
        ("Creator", text_string(PROGRAM)),
        ("Producer", text_string(PROGRAM)),
        ("CreationDate", Object::string_literal(day.clone())),
        ("ModDate", Object::string_literal(day)),
    ])
}

/// UTF-16 with a byte order mark (ISO 32000-1, 7.9.2.2).
pub fn text_string(text: &str) -> Object {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}
