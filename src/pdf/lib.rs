//! Papers as bytes: a document model goes in, a PDF comes out; the same model gives the same bytes on any machine.
//!
//! ```text
//! Document ── blocks ──> pieces ── layout::paginate ──> pages of shapes ── render ──> bytes
//! BallotForm ── ballot ──────────────────────────────^
//! TestDeck ── test_deck ────────────────────────────^
//! ```
//!
//! Everything up to the pages of [`layout::Shape`]s is integer arithmetic on [`Length`] and is tested without a PDF.
//! printpdf writes the faces and the catalog; `content` writes what stands on a page, because a list of objects per
//! operator costs more than the whole layout when 1,000 ballots or 600 dossier pages are wanted at once; `archive` makes
//! every file PDF/A-1b, because official papers are kept for decades.

pub mod ballot;
pub mod fonts;
pub mod layout;

mod archive;
mod blocks;
mod chart;
mod content;
mod furniture;
mod length;
mod letterhead;
pub mod qr;
mod render;
mod slips;
mod test_deck;

use jiff::civil::Date;

use domain::ballot::BallotForm;
use domain::document::{Document, SlipSheet};
use domain::test_deck::TestDeck;

pub use length::{Length, Points, Rect};

/// A finished paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its pages; for ballots copies times sheets.
    pub pages: u32,
}

/// Why a paper cannot be made. Texts are for the office.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The print face has no glyph; an empty box is never printed instead.
    #[error(
        "phông chữ in không có ký tự “{character}” (U+{:04X}) trong “{text}”; hãy gõ lại chỗ này bằng ký tự tiếng Việt \
         Unicode",
        u32::from(*.character)
    )]
    MissingGlyph {
        /// What cannot be printed.
        character: char,
        /// The word it stands in.
        text: String,
    },
    /// A row without as many cells as the table has columns: a cell would be lost.
    #[error("bảng có {columns} cột nhưng hàng bắt đầu bằng “{row}” có {cells} ô; hãy sửa cho bằng số cột")]
    RaggedRow {
        /// Columns of the table.
        columns: usize,
        /// Cells of the row.
        cells: usize,
        /// Text of the row's first cell.
        row: String,
    },
    /// One line of a ballot does not fit on a sheet, and a line is never split.
    #[error("dòng {number} của mẫu phiếu “{form}” cao hơn một tờ giấy; hãy rút gọn chức vụ của {name}")]
    LineTooTall {
        /// Form id.
        form: String,
        /// Number of the line.
        number: u32,
        /// Who stands on it.
        name: String,
    },
    /// A form without officials, or no copies wanted.
    #[error("mẫu phiếu “{form}” không có dòng nào hoặc số bản in bằng 0; hãy kiểm tra danh sách và số phiếu")]
    NothingToPrint {
        /// Form id.
        form: String,
    },
    /// More text than a QR code holds.
    #[error("mã QR không chứa được {length} ký tự; hãy rút gọn nội dung mã")]
    QrTooLong {
        /// Bytes wanted.
        length: usize,
    },
    /// More pages than a file can number.
    #[error("tài liệu có quá nhiều trang ({pages}); hãy in làm nhiều tệp")]
    TooManyPages {
        /// Pages wanted.
        pages: usize,
    },
    /// An embedded face could not be read or reduced.
    #[error("không đọc được phông chữ nhúng {face}; hãy cài lại chương trình")]
    Font {
        /// PostScript name of the face.
        face: &'static str,
    },
    /// The PDF library did not give what it always gives.
    #[error("không ghi được tệp PDF ({0}); hãy báo cho người bảo trì chương trình")]
    Write(String),
}

/// `doc` as a PDF on A4 with `Trang k/n` on every page.
///
/// # Errors
/// A character that the print face lacks, a table row with cells missing, a QR text that is too long.
pub fn document(doc: &Document) -> Result<Pdf, PdfError> {
    let pages = furniture::pages(doc)?;
    let order: Vec<usize> = (0..pages.len()).collect();
    let about =
        render::About { title: &doc.title, author: &doc.author, date: doc.date, printing: render::Printing::Scaled };
    render::render(&pages, &order, &about)
}

/// Access slips, eight on a sheet of A4.
///
/// # Errors
/// A character that the print face lacks; an address too long for a QR code.
pub fn slips(sheet: &SlipSheet) -> Result<Pdf, PdfError> {
    let pages = slips::sheets(sheet)?;
    let order: Vec<usize> = (0..pages.len()).collect();
    let printing = render::Printing::TrueSize;
    render::render(
        &pages,
        &order,
        &render::About { title: "Thẻ truy cập", author: &sheet.council, date: sheet.day, printing },
    )
}

/// `copies` identical copies of `form` in one file, collated: sheet 1 to n, sheet 1 to n, …; `date` dates the file.
///
/// All copies of a sheet are the same content stream: nothing on a ballot can tell it from another.
///
/// # Errors
/// No lines or no copies, a line taller than a sheet, a character that the print face lacks.
pub fn ballots(form: &BallotForm, copies: u32, date: Date) -> Result<Pdf, PdfError> {
    let nothing = || PdfError::NothingToPrint { form: form.id.clone() };
    let copies = usize::try_from(copies).map_err(|_| nothing())?;
    if copies == 0 || form.lines.is_empty() {
        return Err(nothing());
    }
    let sheets: Vec<layout::Page> = ballot::sheets(form)?.into_iter().map(|sheet| sheet.page).collect();
    let order: Vec<usize> = (0..copies).flat_map(|_| 0..sheets.len()).collect();
    let about = render::About {
        title: &format!("{} - {}", form.title, form.block.0),
        author: &form.issuer.join(" "),
        date,
        printing: render::Printing::TrueSize,
    };
    render::render(&sheets, &order, &about)
}

/// The papers of a test deck in one file, in the order of their numbers, each with all its sheets.
///
/// They are laid out as ballots are, but none can be taken for one: every sheet says `PHIẾU THỬ` across it and above it.
///
/// # Errors
/// As [`ballots`].
pub fn test_papers(form: &BallotForm, deck: &TestDeck, date: Date) -> Result<Pdf, PdfError> {
    if form.lines.is_empty() || deck.papers.is_empty() {
        return Err(PdfError::NothingToPrint { form: form.id.clone() });
    }
    let pages = test_deck::pages(form, deck)?;
    let order: Vec<usize> = (0..pages.len()).collect();
    let about = render::About {
        title: &format!("{} - {}", test_deck::TITLE, form.block.0),
        author: &form.issuer.join(" "),
        date,
        printing: render::Printing::TrueSize,
    };
    render::render(&pages, &order, &about)
}
