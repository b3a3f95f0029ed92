//! Workbooks and CSV files to domain values with findings, and back.
//!
//! ```text
//! bytes -> container (what is it, is it safe) -> workbook | csv_file -> Grid (cells with addresses)
//!       -> legacy (old fonts to Unicode) -> table (header, records) -> fields (values) -> sheets/* -> Book
//! ```
//!
//! A sheet is described once, as data, in `sheets/*`: its columns drive reading, the template and the messages. Nothing
//! is lost in silence: a cell that is not used, a hidden column, a converted font each leave a finding.

mod container;
mod csv_file;
mod dates;
mod fields;
mod grid;
mod hidden;
mod legacy;
mod number;
mod read;
mod report;
mod schema;
mod sheets;
mod table;
mod workbook;

use crate::domain::book::Book;
use crate::domain::finding::Finding;

/// What an office's file holds, and all that is wrong or doubtful in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// `None` when any finding is an error.
    pub book: Option<Book>,
    /// Every finding, in the order of the sheets.
    pub findings: Vec<Finding>,
}

/// Reads a workbook (.xlsx, .xls, .ods: told apart by content). `file_name` is for messages only.
pub fn read_xlsx(bytes: &[u8], file_name: &str) -> Imported {
    read::xlsx(bytes, file_name)
}

/// Reads CSV files, each a sheet under its file name; `files` are pairs of name and content.
///
/// Unicode with or without a mark, UTF-16 and windows-1258; separated by comma, semicolon or tab.
pub fn read_csv_folder(files: Vec<(String, Vec<u8>)>) -> Imported {
    read::csv_folder(files)
}

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("không ghi được bảng tính: {0}")]
pub struct ImportError(#[from] rust_xlsxwriter::XlsxError);
