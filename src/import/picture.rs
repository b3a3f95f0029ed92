//! The sheets as the program read them, for whoever looks at an import before it is written.

use std::collections::BTreeSet;

use domain::workbook_answer::{CellUse, PictureRow, SheetPicture};

use super::answers::rows_of;
use super::grid::{Grid, Spot, column_letters};
use super::report::{Report, TableLayout};

/// Most rows of a workbook that are drawn; rows with findings come first.
const MOST_ROWS: usize = 240;
/// Most columns of a sheet that are drawn.
const MOST_COLUMNS: usize = 40;
/// Rows of a sheet that are drawn though they have no findings.
const FIRST_ROWS: usize = 12;
/// Longest text of a cell, in characters.
const LONGEST: usize = 160;

/// Every sheet with something on it, in the order of the file.
pub(super) fn sheets(grids: &[Grid], report: &Report) -> Vec<SheetPicture> {
    let mut room = MOST_ROWS;
    grids.iter().filter(|grid| !grid.is_empty()).map(|grid| sheet(grid, report, &mut room)).collect()
}

fn sheet(grid: &Grid, report: &Report, room: &mut usize) -> SheetPicture {
    let none = TableLayout::default();
    let layout = report.layouts().get(&grid.title).unwrap_or(&none);
    let head = layout.heads.iter().map(|spot| spot.0);
    let doubtful = rows_of(report.findings(), grid);
    let wanted = head.chain(doubtful).chain(grid.rows.keys().copied().take(FIRST_ROWS));
    let mut rows: BTreeSet<u32> = BTreeSet::new();
    for row in wanted.filter(|row| grid.rows.contains_key(row)) {
        if rows.len() >= *room {
            break;
        }
        rows.insert(row);
    }
    *room -= rows.len();
    let columns: BTreeSet<u32> =
        rows.iter().flat_map(|row| grid.rows.get(row)).flat_map(|cells| cells.keys().copied()).collect();
    let columns: Vec<u32> = columns.into_iter().take(MOST_COLUMNS).collect();
    let cell = |spot: Spot| grid.at(spot).map(|placed| (shortened(&placed.cell.shown()), use_of(layout, spot)));
    let told: BTreeSet<&str> = report.findings().iter().map(|finding| finding.place.as_str()).collect();
    let drawn = |row: &u32| {
        let of_cells = columns.iter().enumerate().map(|(at, column)| (Some(at), grid.place((*row, *column))));
        let places = std::iter::once((None, grid.place_of_row(*row))).chain(of_cells);
        PictureRow {
            number: u64::from(*row) + 1,
            cells: columns.iter().map(|column| cell((*row, *column))).collect(),
            findings: places.filter(|(_, place)| told.contains(place.as_str())).collect(),
        }
    };
    SheetPicture {
        title: grid.title.clone(),
        columns: columns.iter().map(|column| column_letters(*column)).collect(),
        rows: rows.iter().map(drawn).collect(),
        left_out: grid.rows.len() - rows.len(),
    }
}

fn use_of(layout: &TableLayout, spot: Spot) -> CellUse {
    if layout.heads.contains(&spot) {
        CellUse::Head
    } else if layout.cells.contains(&spot) || layout.rows.contains(&spot.0) && layout.columns.contains(&spot.1) {
        CellUse::Read
    } else {
        CellUse::Unread
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
