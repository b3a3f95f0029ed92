//! A workbook file to grids: bounded, whatever its bytes say.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Dimensions, Ods, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsx};
use jiff::civil::Date;

use super::container::{self, Kind, Refusal};
use super::grid::{Area, Cell, Grid, Origin, Spot};
use super::legacy::Legacy;
use super::report::{self, Report};
use super::{number, parts, quiet};

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
            Kind::Xlsx => xlsx(bytes),
            Kind::Ods => ods(bytes),
            Kind::Xls => xls(bytes),
        })
        .unwrap_or(Err(Failure::Refused(Refusal::Damaged)))
    });
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

#[derive(Debug)]
enum Failure {
    Refused(Refusal),
    SheetTooLarge(String),
}

/// Number of cells and bytes of text that one workbook may still fill.
struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    const fn new() -> Self {
        Self { cells: MAX_CELLS, text: MAX_TEXT_BYTES }
    }

    fn put(&mut self, grid: &mut Grid, spot: Spot, cell: Cell) -> Result<(), Failure> {
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

fn xlsx(bytes: &[u8]) -> Result<Vec<Loaded>, Failure> {
    let mut book: Xlsx<_> = Reader::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsxError::Password => Failure::Refused(Refusal::Encrypted),
        _ => Failure::Refused(Refusal::Damaged),
    })?;
    let damaged = |_| Failure::Refused(Refusal::Damaged);
    let mut extras_by_sheet = parts::of_xlsx(bytes);
    let mut budget = Budget::new();
    let mut loaded = Vec::new();
    for sheet in worksheets(book.sheets_metadata()) {
        let mut grid = empty_grid(&sheet);
        let mut fonts = BTreeMap::new();
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(damaged)?;
        let styles: Vec<StyleHints> = cells.styles().iter().map(StyleHints::of).collect();
        // Cells come one by one: a sheet with one cell in the last row must not become a full rectangle.
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(damaged)? {
            let hints = styles.get(style).copied().unwrap_or_default();
            let spot = cell.get_position();
            if let Some(value) = cell_of(Data::from(cell.get_value().clone()), hints.percent) {
                budget.put(&mut grid, spot, value)?;
                fonts.extend(hints.legacy.map(|legacy| (spot, legacy)));
            }
        }
        drop(cells);
        let extras = extras_by_sheet.remove(&sheet.name).unwrap_or_default();
        let empty: Vec<Spot> = extras.formulas.iter().copied().filter(|spot| grid.at(*spot).is_none()).collect();
        for spot in empty {
            budget.put(&mut grid, spot, Cell::Uncomputed)?;
        }
        let merges = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        grid.spread(&areas(&merges));
        (grid.hidden_rows, grid.hidden_columns) = (extras.hidden_rows, extras.hidden_columns);
        loaded.push(Loaded { grid, fonts });
    }
    Ok(loaded)
}

fn xls(bytes: &[u8]) -> Result<Vec<Loaded>, Failure> {
    let mut book: Xls<_> = Reader::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsError::Password => Failure::Refused(Refusal::Encrypted),
        _ => Failure::Refused(Refusal::Damaged),
    })?;
    let mut budget = Budget::new();
    let sheets = worksheets(book.sheets_metadata());
    let load = |sheet: &Sheet| {
        let range = book.worksheet_range(&sheet.name).map_err(|_| Failure::Refused(Refusal::Damaged))?;
        let merges = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let grid = from_range(sheet, &range, &mut budget)?;
        Ok(finished(grid, &areas(&merges)))
    };
    sheets.iter().map(load).collect()
}

fn ods(bytes: &[u8]) -> Result<Vec<Loaded>, Failure> {
    let (mut extras_by_sheet, extent_cells) = parts::of_ods(bytes);
    if usize::try_from(extent_cells).map_or(true, |cells| cells > MAX_CELLS) {
        return Err(Failure::Refused(Refusal::UnpacksTooLarge));
    }
    let mut book: Ods<_> = Reader::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::OdsError::Password => Failure::Refused(Refusal::Encrypted),
        _ => Failure::Refused(Refusal::Damaged),
    })?;
    let mut budget = Budget::new();
    let sheets = worksheets(book.sheets_metadata());
    let load = |sheet: &Sheet| {
        let range = book.worksheet_range(&sheet.name).map_err(|_| Failure::Refused(Refusal::Damaged))?;
        let mut grid = from_range(sheet, &range, &mut budget)?;
        let extras = extras_by_sheet.remove(&sheet.name).unwrap_or_default();
        extras.percents.iter().for_each(|area| grid.change(area, as_percent));
        extras.broken.iter().for_each(|area| grid.change(area, as_broken));
        (grid.hidden_rows, grid.hidden_columns) = (extras.hidden_rows, extras.hidden_columns);
        Ok(finished(grid, &extras.merged))
    };
    sheets.iter().map(load).collect()
}

/// Sheets with cells; charts and macro sheets have none.
fn worksheets(sheets: &[Sheet]) -> Vec<Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect()
}

fn empty_grid(sheet: &Sheet) -> Grid {
    let mut grid = Grid::new(&sheet.name, Origin::Workbook);
    grid.hidden = sheet.visible != SheetVisible::Visible;
    grid
}

fn from_range(sheet: &Sheet, range: &calamine::Range<Data>, budget: &mut Budget) -> Result<Grid, Failure> {
    let mut grid = empty_grid(sheet);
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let down = u32::try_from(row).ok().and_then(|row| top.checked_add(row));
        let right = u32::try_from(column).ok().and_then(|column| left.checked_add(column));
        if let (Some(row), Some(column), Some(cell)) = (down, right, cell_of(value.clone(), false)) {
            budget.put(&mut grid, (row, column), cell)?;
        }
    }
    Ok(grid)
}

fn finished(mut grid: Grid, merged: &[Area]) -> Loaded {
    grid.spread(merged);
    Loaded { grid, fonts: BTreeMap::new() }
}

fn as_percent(cell: &mut Cell) {
    if let Cell::Number { percent, .. } = cell {
        *percent = true;
    }
}

fn as_broken(cell: &mut Cell) {
    if let Cell::Text(shown) = cell {
        *cell = Cell::Broken(std::mem::take(shown));
    }
}

fn areas(merges: &[Dimensions]) -> Vec<Area> {
    merges.iter().map(|merge| Area { from: merge.start, to: merge.end }).collect()
}

/// Properties of a cell's style that change how its value is read.
#[derive(Clone, Copy, Debug, Default)]
struct StyleHints {
    percent: bool,
    legacy: Option<Legacy>,
}

impl StyleHints {
    fn of(style: &calamine::Style) -> Self {
        let percent = style.number_format.as_ref().is_some_and(|format| format.format_code.contains('%'));
        let font = style.font.as_ref().and_then(|font| font.name.as_deref());
        Self { percent, legacy: font.and_then(Legacy::of_font) }
    }
}

fn cell_of(value: Data, percent: bool) -> Option<Cell> {
    match value {
        Data::Empty => None,
        Data::Int(whole) => Some(Cell::Number { plain: whole.to_string(), percent }),
        Data::Float(stored) => Some(match number::plain(stored) {
            Some(plain) => Cell::Number { plain, percent },
            None => Cell::Broken("#NUM!".to_owned()),
        }),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Some(Cell::Text(text)),
        Data::Bool(yes) => Some(Cell::Bool(yes)),
        Data::Error(error) => Some(Cell::Broken(error.to_string())),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = i16::try_from(year).ok().zip(i8::try_from(month).ok()).zip(i8::try_from(day).ok());
            let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
            let day_of_calendar = date.filter(|_| moment.is_datetime() && moment.as_f64() >= 1.0);
            Some(match (day_of_calendar, number::plain(moment.as_f64())) {
                (Some(date), _) => Cell::Date(date),
                (None, Some(plain)) => Cell::Number { plain, percent: false },
                (None, None) => Cell::Broken("#NUM!".to_owned()),
            })
        }
    }
}
