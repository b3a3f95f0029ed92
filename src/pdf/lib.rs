//! Prints document models as PDF: the same model gives the same bytes on any machine.
//!
//! ```text
//! Document ── blocks ──> pieces ── layout::paginate ──> pages of shapes ── render ──> bytes
//! BallotForm ── ballot ──────────────────────────────^
//! TestDeck ── test_deck ────────────────────────────^
//! ```
//!
//! Everything up to the pages of [`layout::Shape`]s is integer arithmetic on [`Length`] and is tested without a PDF.
//! printpdf writes the faces and the catalog; `content` writes the content streams, because printpdf's list of objects per
//! operator costs more than the whole layout for 1,000 ballots or 600 dossier pages; `archive` makes every file PDF/A-1b,
//! because official papers are archived for decades.

pub mod ballot;
pub mod fonts;
pub mod layout;

mod archive;
mod blocks;
mod chart;
mod content;
mod error;
mod file_info;
mod length;
mod letterhead;
mod outline;
mod page_frame;
pub mod qr;
mod render;
mod slips;
mod test_deck;
mod volume;

use jiff::civil::Date;

use domain::ballot::BallotForm;
use domain::document::{Document, SlipSheet};
use domain::test_deck::TestDeck;
use file_info::{FileInfo, Printing};

pub use error::PdfError;
pub use length::{Length, Points, Rect};
pub use volume::volume;

/// A PDF file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    /// Number of pages; for ballots copies times sheets.
    pub pages: u32,
}

/// `doc` as a PDF on A4 with `Trang k/n` on every page. One with a guide has its headings as bookmarks; without, the
/// bytes are those that every earlier version of the program printed.
///
/// # Errors
/// A character that the print face lacks, a table row with cells missing, a QR text that is too long.
pub fn document(doc: &Document) -> Result<Pdf, PdfError> {
    let pages = page_frame::pages(doc)?;
    let order: Vec<usize> = (0..pages.len()).collect();
    let info = FileInfo { title: &doc.title, author: &doc.author, date: doc.date, printing: Printing::Scaled };
    let bookmarks = if doc.guide.is_some() { outline::headings(&pages, 0, 0) } else { Vec::new() };
    render::with_bookmarks(&pages, &order, &info, &bookmarks)
}

/// Access slips, eight on a sheet of A4.
///
/// # Errors
/// A character that the print face lacks; an address too long for a QR code.
pub fn slips(sheet: &SlipSheet) -> Result<Pdf, PdfError> {
    let pages = slips::sheets(sheet)?;
    let order: Vec<usize> = (0..pages.len()).collect();
    let printing = Printing::TrueSize;
    render::render(
        &pages,
        &order,
        &FileInfo { title: "Thẻ truy cập", author: &sheet.council, date: sheet.day, printing },
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
    let info = FileInfo {
        title: &format!("{} - {}", form.title, form.block.0),
        author: &form.issuer.join(" "),
        date,
        printing: Printing::TrueSize,
    };
    render::render(&sheets, &order, &info)
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
    let info = FileInfo {
        title: &format!("{} - {}", test_deck::TITLE, form.block.0),
        author: &form.issuer.join(" "),
        date,
        printing: Printing::TrueSize,
    };
    render::render(&pages, &order, &info)
}
