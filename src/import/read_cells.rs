//! Every sheet of a file as the program read it, before anything is made of its cells: to be held against what a person sees.
//! Texts in old fonts are as they are stored; whoever converts them tells of each.

use domain::finding::Finding;

use super::grid::{Cell, Grid};
use super::report::Report;
use super::{bounds, csv_file, workbook};

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadSheet {
    pub title: String,
    pub hidden: bool,
    /// Cells that hold something, row by row.
    pub cells: Vec<ReadCell>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCell {
    /// Row and column, from 0; rows of a CSV file are its lines.
    pub spot: (u32, u32),
    /// What was read.
    pub text: String,
    /// Why it may be another thing than a person sees; said wherever the cell is used.
    pub doubts: Vec<String>,
    /// No value is taken from the cell: a formula without a result that holds.
    pub is_refused: bool,
    /// The value of a merged area, of which this is not the first cell.
    pub is_copy: bool,
}

/// See [`super::cells_of`].
pub(super) fn read(bytes: &[u8], file_name: &str) -> Result<Vec<ReadSheet>, Vec<Finding>> {
    let mut report = Report::default();
    let is_csv = file_name.to_lowercase().ends_with(".csv");
    let loaded = if is_csv {
        csv_file::load(bytes, file_name, &mut report)
            .map(|grid| vec![bounds::Loaded { grid, fonts: std::collections::BTreeMap::new() }])
    } else {
        workbook::load(bytes, file_name, &mut report)
    };
    match loaded {
        Some(sheets) if !report.has_errors() => Ok(sheets.iter().map(|sheet| cells_of_grid(&sheet.grid)).collect()),
        _ => Err(report.into_findings()),
    }
}

fn cells_of_grid(grid: &Grid) -> ReadSheet {
    let placed =
        grid.rows.iter().flat_map(|(&row, cells)| cells.iter().map(move |(&column, cell)| ((row, column), cell)));
    let cells = placed.map(|(spot, placed)| ReadCell {
        spot,
        text: placed.cell.shown(),
        doubts: placed.doubts.iter().map(|doubt| doubt.told().0).collect(),
        is_refused: matches!(placed.cell, Cell::Uncomputed | Cell::Stale { .. } | Cell::Broken(_)),
        is_copy: placed.copy_of.is_some(),
    });
    ReadSheet { title: grid.title.clone(), hidden: grid.hidden, cells: cells.collect() }
}
