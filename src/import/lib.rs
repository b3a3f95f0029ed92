//! Converts workbooks and CSV files to domain values with findings, and back.
//!
//! ```text
//! bytes -> container (kind, safety) -> xlsx | xls | ods (what the file holds) -> settle (what is seen) \
//!                                                                          csv_file -> Grid (cells with addresses)
//!       -> legacy (old fonts to Unicode) -> table (header, records) -> fields (values) -> sheets/* -> Book
//! ```
//!
//! A sheet is described once, as data, in `sheets/*`: its columns drive reading, the template and the messages. No data
//! is dropped silently: an unused cell, a hidden column, a converted font each leave a finding.

mod answer_file;
mod answers;
mod archive;
pub mod attachment;
mod bounds;
mod bundle_zip;
mod compound;
mod container;
mod csv_file;
mod csv_records;
mod dates;
mod days;
mod error;
mod export;
mod fields;
mod figures;
mod formula;
mod grid;
mod imported;
mod legacy;
mod number;
mod number_format;
mod ods;
mod output;
mod pages;
mod picture;
mod published;
mod quiet;
mod read;
mod read_cells;
mod report;
mod rows;
mod rule_cases;
mod schema;
mod settle;
mod sheets;
mod stored;
mod table;
mod workbook;
mod write;
mod xls;
mod xlsx;
mod xlsx_sheet;
mod xlsx_text;
mod xml;

use domain::book::Book;
use domain::council::Council;
use domain::fact::Fact;
use domain::finding::Finding;
use domain::official::Official;
use domain::published::PublishedTable;
use domain::roster::{Delegate, Teller};
use domain::rule_case::CaseRow;
use domain::workbook_answer::WorkbookAnswer;

pub use archive::{ArchiveError, pack};
pub use bundle_zip::{ZipFault, unpack_bundle};
pub use error::ImportError;
pub use imported::{Imported, ImportedParts};
pub use output::{CellValue, Sheet};
pub use read_cells::{ReadCell, ReadSheet};

/// Reads a workbook (.xlsx, .xls or .ods, by content). `file_name` is for messages only.
pub fn read_xlsx(bytes: &[u8], file_name: &str) -> Imported {
    answered::xlsx(bytes, file_name, &[])
}

/// Reads a table of answers to a workbook: CSV or the first sheet of a workbook, with the columns `Nơi`, `Đang ghi`, `Trả lời`
/// ([`AnswerKind::label`](domain::workbook_answer::AnswerKind::label)) and `Nội dung`.
///
/// # Errors
/// All findings, when one of them is an error.
pub fn read_answers(bytes: &[u8], file_name: &str) -> Result<Vec<WorkbookAnswer>, Vec<Finding>> {
    answer_file::read(bytes, file_name)
}

/// Reads CSV files, each a sheet under its file name; `files` are pairs of name and content.
///
/// Unicode with or without a mark, UTF-16 and windows-1258; separated by comma, semicolon or tab.
pub fn read_csv_folder(files: Vec<(String, Vec<u8>)>) -> Imported {
    answered::csv_folder(files, &[])
}

/// Reads a workbook, or a CSV file that is named like a sheet, of which any sheet may be missing or empty. Facts may be
/// about officials of its own sheet, and about `known`: officials who are stored already, in their order.
pub fn read_parts(bytes: &[u8], file_name: &str, known: &[Official]) -> ImportedParts {
    answered::parts((bytes, file_name), known, &[])
}

/// The same readers where a person answered what they ask: the file is read as the answers say, and an answer that does not fit
/// it is an error.
pub mod answered {
    use super::*;

    /// See [`read_xlsx`].
    pub fn xlsx(bytes: &[u8], file_name: &str, answers: &[WorkbookAnswer]) -> Imported {
        read::xlsx(bytes, file_name, answers)
    }

    /// See [`read_csv_folder`].
    pub fn csv_folder(files: Vec<(String, Vec<u8>)>, answers: &[WorkbookAnswer]) -> Imported {
        read::csv_folder(files, answers)
    }

    /// See [`read_parts`].
    pub fn parts((bytes, file_name): (&[u8], &str), known: &[Official], answers: &[WorkbookAnswer]) -> ImportedParts {
        pages::read((bytes, file_name), known, answers)
    }

    /// See [`read_published`].
    ///
    /// # Errors
    /// As there.
    pub fn published(
        bytes: &[u8],
        file_name: &str,
        answers: &[WorkbookAnswer],
    ) -> Result<(PublishedTable, Vec<Finding>), Vec<Finding>> {
        published::read(bytes, file_name, answers)
    }
}

/// The workbook filled from stored data; without a council its first sheet stays blank. Reading it back with
/// [`read_parts`] changes nothing.
///
/// # Errors
/// When a text is longer than a cell holds.
pub fn parts_xlsx(
    council: Option<&Council>,
    officials: &[Official],
    delegates: &[Delegate],
    tellers: &[Teller],
    facts: &[Fact],
) -> Result<Vec<u8>, ImportError> {
    write::workbook(&export::kept_rows(council, officials, delegates, tellers, facts), false)
}

/// Every sheet as it was read, cell by cell, with the doubts about each.
///
/// # Errors
/// All findings, when the file cannot be read.
pub fn cells_of(bytes: &[u8], file_name: &str) -> Result<Vec<ReadSheet>, Vec<Finding>> {
    read_cells::read(bytes, file_name)
}

/// Reads a published table for recomputing: CSV (or the first sheet of a workbook) with the columns `name`, `post`,
/// `high`, `mid`, `low` and optional `high_pct`, `mid_pct`, `low_pct`; of a confidence poll `confidence`,
/// `no_confidence` and their `_pct`. An empty cell is not printed: `None`, never zero.
///
/// # Errors
/// All findings, when one of them is an error; else they come with the table.
pub fn read_published(bytes: &[u8], file_name: &str) -> Result<(PublishedTable, Vec<Finding>), Vec<Finding>> {
    answered::published(bytes, file_name, &[])
}

/// Reads a table of situations for the rule sets: CSV or the first sheet of a workbook, with the columns `Ngày`, `Cơ quan`,
/// `Cuộc`, `Hỏi`, `Trả lời` and optional `Tình huống`, `Dữ kiện`, `Căn cứ`.
///
/// # Errors
/// All findings, when one of them is an error; else they come with the rows.
pub fn read_rule_cases(bytes: &[u8], file_name: &str) -> Result<(Vec<CaseRow>, Vec<Finding>), Vec<Finding>> {
    rule_cases::read(bytes, file_name)
}

/// The blank workbook: instructions, six sheets with drop-downs, one marked example in each.
///
/// # Errors
/// When the workbook cannot be built; never on the template's own data.
pub fn template_xlsx() -> Result<Vec<u8>, ImportError> {
    write::workbook(&std::collections::BTreeMap::new(), true)
}

/// The same workbook filled from a book. Reading it back gives the same book, if the book's texts are clean and its
/// posts and fields hold no `;`; its results then have their places in the new workbook.
///
/// # Errors
/// When a text is longer than a cell holds.
pub fn book_xlsx(book: &Book) -> Result<Vec<u8>, ImportError> {
    write::workbook(&export::rows(book), false)
}

/// A computed table as a workbook; the same table gives the same bytes.
///
/// # Errors
/// When a text is longer than a cell holds.
pub fn sheet_xlsx(sheet: &Sheet) -> Result<Vec<u8>, ImportError> {
    output::xlsx(sheet)
}

/// A computed table as CSV, its headers on the first line, without title and notes: UTF-8 with a mark, so that Excel takes it for Unicode; text that would run as a formula is
/// made harmless.
pub fn sheet_csv(sheet: &Sheet) -> Vec<u8> {
    output::csv(sheet)
}
