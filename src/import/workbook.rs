//! A workbook file to grids: bounded, whatever its bytes say.
//!
//! One reader for each format tells what the file holds, in one pass; [`super::settle`] makes of it what a person sees.

use std::collections::BTreeMap;

use super::container::{self, Kind, Refusal};
use super::grid::{Cell, Grid, Spot};
use super::legacy::Legacy;
use super::report::{self, Report};
use super::{ods, quiet, settle, xls, xlsx};

/// Largest number of rows with content in one sheet.
const MAX_ROWS: usize = 100_000;
/// Largest number of cells with content in one workbook.
const MAX_CELLS: usize = 5_000_000;
/// Text of all cells of one workbook, in bytes; a shared text counts each time it is shown.
const MAX_TEXT_BYTES: usize = 200 * 1024 * 1024;

/// A sheet with the legacy encodings that the fonts of its cells imply.
#[derive(Debug)]
pub(super) struct Loaded {
    pub grid: Grid,
    /// Cells in an old font.
    pub fonts: BTreeMap<Spot, Legacy>,
}

/// All sheets of a workbook, in order; `None` after a finding that says why it cannot be read.
pub(super) fn load(bytes: &[u8], file_name: &str, report: &mut Report) -> Option<Vec<Loaded>> {
    // calamine trusts lengths and offsets inside the file; a damaged one can make it stop in the middle.
    let loaded = container::examine(bytes).map_err(Failure::Refused).and_then(|kind| {
        quiet::catch(|| match kind {
            Kind::Xlsx => xlsx::read(bytes, MAX_CELLS),
            Kind::Ods => ods::read(bytes, MAX_CELLS),
            Kind::Xls => xls::read(bytes, MAX_CELLS),
        })
        .unwrap_or(Err(Failure::DAMAGED))
    });
    let loaded = loaded.and_then(|book| settle::sheets(book, &mut Budget::new()));
    match loaded {
        Ok(sheets) => Some(sheets),
        Err(Failure::Refused(refusal)) => {
            let (code, what, remedy) = refusal.message();
            report.add(code, file_name, what, remedy);
            None
        }
        Err(Failure::SheetTooLarge(title)) => {
            let what = format!("Trang có hơn {MAX_ROWS} dòng hoặc tệp có quá nhiều ô có nội dung.");
            let remedy = "Chép riêng phần dữ liệu sang một tệp mới, bỏ các dòng thừa phía dưới.";
            report.add(report::TOO_LARGE, title, what, remedy);
            None
        }
    }
}

/// Why a workbook is not read.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(Refusal),
    /// Title of the sheet.
    SheetTooLarge(String),
}

impl Failure {
    pub(super) const DAMAGED: Self = Self::Refused(Refusal::Damaged);
    pub(super) const ENCRYPTED: Self = Self::Refused(Refusal::Encrypted);

    /// The same, of a sheet with this title.
    pub(super) fn of(self, title: &str) -> Self {
        if let Self::SheetTooLarge(_) = self { Self::SheetTooLarge(title.to_owned()) } else { self }
    }
}

/// Number of cells and bytes of text that one workbook may still fill.
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    const fn new() -> Self {
        Self { cells: MAX_CELLS, text: MAX_TEXT_BYTES }
    }

    pub(super) fn put(&mut self, grid: &mut Grid, spot: Spot, cell: Cell) -> Result<(), Failure> {
        let size = if let Cell::Text(text) = &cell { text.len() } else { 0 };
        let left = (self.cells.checked_sub(1), self.text.checked_sub(size));
        let ((Some(cells), Some(text)), true) = (left, grid.rows.len() <= MAX_ROWS) else {
            return Err(Failure::SheetTooLarge(grid.title.clone()));
        };
        (self.cells, self.text) = (cells, text);
        grid.put(spot, cell);
        Ok(())
    }
}

