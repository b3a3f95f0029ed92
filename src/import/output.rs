//! Computed tables to files that an office opens: .xlsx and CSV.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use super::error::ImportError;
use super::{number, write};

/// Widest column of a written table, in characters.
const MAX_WIDTH: usize = 34;
/// Excel's own limit on names of sheets, in characters.
const SHEET_NAME: usize = 31;

/// A table to write: results, for example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Heads the table and names the sheet.
    pub title: String,
    /// Lines between title and table: base, rule set, `DIỄN TẬP`.
    pub notes: Vec<String>,
    /// One header per column.
    pub headers: Vec<String>,
    /// Cells in the order of the headers.
    pub rows: Vec<Vec<CellValue>>,
}

/// One cell of a [`Sheet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellValue {
    /// Text; never taken for a formula.
    Text(String),
    /// Whole number.
    Count(u64),
}

impl CellValue {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
        }
    }
}

/// See [`super::sheet_xlsx`].
pub(super) fn xlsx(table: &Sheet) -> Result<Vec<u8>, ImportError> {
    let mut book = write::new_book()?;
    let sheet = book.add_worksheet().set_name(sheet_name(&table.title))?;
    let font = || Format::new().set_font_name(write::FONT).set_font_size(12);
    let boxed = || font().set_border(FormatBorder::Thin).set_text_wrap();
    let (bold, plain) = (font().set_bold().set_font_size(14), font());
    let head = boxed().set_bold().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
    let head = head.set_background_color(write::colour::OPTIONAL);
    let cell = boxed().set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, 0, &table.title, &bold)?;
    for (row, note) in (1..).zip(&table.notes) {
        sheet.write_string_with_format(row, 0, note, &plain)?;
    }
    let figure = cell.clone().set_align(FormatAlign::Right);
    let head_row = u32::try_from(table.notes.len()).unwrap_or(u32::MAX).saturating_add(2);
    let widths: Vec<usize> = (0..table.headers.len()).map(|column| width(table, column)).collect();
    for (column, (header, width)) in (0..).zip(table.headers.iter().zip(&widths)) {
        sheet.set_column_width(column, u32::try_from(width + 2).unwrap_or(10))?;
        sheet.write_string_with_format(head_row, column, header, &head)?;
    }
    let headers = table.headers.iter().map(String::as_str);
    sheet.set_row_height(head_row, write::height_points(headers.zip(widths.iter().copied())))?;
    sheet.set_freeze_panes(head_row.saturating_add(1), 0)?.set_repeat_rows(head_row, head_row)?;
    write::for_print(sheet, 1);
    for (row, cells) in (head_row.saturating_add(1)..).zip(&table.rows) {
        let shown: Vec<String> = cells.iter().map(CellValue::shown).collect();
        let texts = shown.iter().map(String::as_str).zip(widths.iter().copied());
        sheet.set_row_height(row, write::height_points(texts))?;
        for (column, (value, shown)) in (0..).zip(cells.iter().zip(&shown)) {
            let format = if number::from_text(shown).is_some() { &figure } else { &cell };
            match (value, value_as_u32(value)) {
                (CellValue::Count(_), Some(count)) => sheet.write_number_with_format(row, column, count, format)?,
                _ => sheet.write_string_with_format(row, column, shown, format)?,
            };
        }
    }
    Ok(book.save_to_buffer()?)
}

/// Characters of a column: its longest cell or half of its header, within bounds.
fn width(table: &Sheet, column: usize) -> usize {
    let cells = table.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.shown().chars().count());
    let header = table.headers.get(column).map_or(0, |header| header.chars().count().div_ceil(2));
    cells.max().unwrap_or(0).max(header).clamp(6, MAX_WIDTH)
}

/// Counts that a cell holds exactly; larger ones are written as text rather than rounded.
fn value_as_u32(value: &CellValue) -> Option<u32> {
    match value {
        CellValue::Count(count) => u32::try_from(*count).ok(),
        CellValue::Text(_) => None,
    }
}

fn sheet_name(title: &str) -> String {
    let kept = title.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(SHEET_NAME).collect::<String>();
    if kept.trim().is_empty() { "Bảng".to_owned() } else { kept }
}

/// See [`super::sheet_csv`].
pub(super) fn csv(table: &Sheet) -> Vec<u8> {
    let mut out = String::from("\u{FEFF}");
    let headers = std::iter::once(table.headers.iter().map(|header| safe(header)).collect());
    let rows = table.rows.iter().map(|row| row.iter().map(csv_field).collect::<Vec<String>>());
    for fields in headers.chain(rows) {
        let quoted: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        out.push_str(&quoted.join(","));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn csv_field(value: &CellValue) -> String {
    match value {
        CellValue::Count(count) => count.to_string(),
        CellValue::Text(text) => safe(text),
    }
}

/// Text that a spreadsheet would run as a formula gets an apostrophe before it; a negative number is none.
fn safe(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && number::from_text(text).is_none();
    if formula { format!("'{text}") } else { text.to_owned() }
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
