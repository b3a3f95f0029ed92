//! How much one workbook may hold, and why one is not read.

use std::collections::BTreeMap;

use super::container::Refusal;
use super::grid::{Cell, Grid, Spot};
use super::legacy::Legacy;

/// Largest number of rows with content in one sheet.
pub(super) const MAX_ROWS: usize = 100_000;
/// Largest number of cells with content in one workbook.
pub(super) const MAX_CELLS: usize = 5_000_000;
/// Text of all cells of one workbook, in bytes; a shared text counts each time it is shown.
const MAX_TEXT_BYTES: usize = 200 * 1024 * 1024;

/// A sheet with the legacy encodings that the fonts of its cells imply.
#[derive(Debug)]
pub(super) struct Loaded {
    pub grid: Grid,
    /// Cells in an old font.
    pub fonts: BTreeMap<Spot, Legacy>,
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
    pub(super) const fn new() -> Self {
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
