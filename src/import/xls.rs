//! An .xls file to what it holds. calamine reads its values; formats, formulas and what is hidden are read from the
//! records of the same stream, cell by cell. Source: MS-XLS.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Data, Reader, SheetType, SheetVisible, Xls};

use super::bounds::Failure;
use super::compound;
use super::grid::{Area, Spot};
use super::legacy::Legacy;
use super::number_format;
use super::stored::{Ink, Stored, StoredBook, StoredCell, StoredFont, StoredFormula, StoredSheet, StoredStyle};

/// The whole file.
///
/// # Errors
/// When it is damaged or protected, when the two readers disagree, or the cells are too many.
pub(super) fn read(bytes: &[u8], most_cells: usize) -> Result<StoredBook, Failure> {
    let mut book: Xls<_> = Reader::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsError::Password => Failure::ENCRYPTED,
        _ => Failure::DAMAGED,
    })?;
    let stream = compound::stream(bytes, &["Workbook", "Book"]).ok_or(Failure::DAMAGED)?;
    let mut marks = Marks::read(&stream).ok_or(Failure::DAMAGED)?;
    // Programs that compute describe the file beside the workbook; libraries do not.
    let uncomputed = compound::stream(bytes, &["\u{5}SummaryInformation"]).is_none();
    let mut out = StoredBook { counts_from_1904: marks.counts_from_1904, uncomputed, ..StoredBook::default() };
    out.styles = marks.styles();
    let mut left = most_cells;
    for (at, sheet) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let range = book.worksheet_range(&sheet.name).map_err(|_| Failure::DAMAGED)?;
        let merges = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let own = marks.sheets.remove(&at).unwrap_or_default();
        let mut stored = StoredSheet {
            title: sheet.name.clone(),
            hidden: sheet.visible != SheetVisible::Visible,
            merged: merges.iter().map(|merge| Area { from: merge.start, to: merge.end }).collect(),
            hidden_rows: own.hidden_rows().map(|row| row..=row).collect(),
            hidden_columns: own.hidden_columns.clone(),
            comments: own.comments.clone(),
            cells: Vec::new(),
        };
        let formula_of = formulas(&mut book, &sheet.name);
        let (top, start) = range.start().unwrap_or_default();
        let mut met = BTreeSet::new();
        for (row, column, value) in range.used_cells() {
            let down = u32::try_from(row).ok().and_then(|row| top.checked_add(row));
            let right = u32::try_from(column).ok().and_then(|column| start.checked_add(column));
            let Some(spot) = down.zip(right) else { continue };
            left = left.checked_sub(1).ok_or_else(|| Failure::SheetTooLarge(sheet.name.clone()))?;
            // A cell that only one of the readers sees is one that nobody should trust.
            let Some(style) = own.cells.get(&spot) else { return Err(Failure::DAMAGED) };
            met.insert(spot);
            stored.cells.push(own.cell(spot, value_of(value), *style, &formula_of));
        }
        for spot in own.formulas.keys().filter(|spot| !met.contains(spot)) {
            let style = own.cells.get(spot).copied().unwrap_or(0);
            stored.cells.push(own.cell(*spot, Stored::Empty, style, &formula_of));
        }
        out.sheets.push(stored);
    }
    Ok(out)
}

fn formulas(book: &mut Xls<Cursor<&[u8]>>, sheet: &str) -> BTreeMap<Spot, String> {
    let Ok(range) = book.worksheet_formula(sheet) else { return BTreeMap::new() };
    let (top, start) = range.start().unwrap_or_default();
    let place = |row: usize, column: usize| {
        Some((top.checked_add(u32::try_from(row).ok()?)?, start.checked_add(u32::try_from(column).ok()?)?))
    };
    range.used_cells().filter_map(|(row, column, text)| Some((place(row, column)?, text.clone()))).collect()
}

fn value_of(value: &Data) -> Stored {
    match value {
        Data::Empty => Stored::Empty,
        Data::Int(whole) => whole.to_string().parse().map_or(Stored::Empty, Stored::Number),
        Data::Float(number) => Stored::Number(*number),
        Data::DateTime(moment) => Stored::Number(moment.as_f64()),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Stored::Text(text.clone()),
        Data::Bool(yes) => Stored::Bool(*yes),
        Data::Error(error) => Stored::Error(error.to_string()),
    }
}

/// What the records tell of one sheet.
#[derive(Debug, Default)]
struct SheetMarks {
    /// Number of the style of each cell that is not blank.
    cells: BTreeMap<Spot, usize>,
    /// Cells with a formula, and whether it has a result that may be trusted.
    formulas: BTreeMap<Spot, bool>,
    hidden_rows: Vec<u32>,
    described_rows: BTreeSet<u32>,
    rows_hidden_by_default: bool,
    hidden_columns: Vec<std::ops::RangeInclusive<u32>>,
    comments: Vec<Spot>,
}

impl SheetMarks {
    fn hidden_rows(&self) -> impl Iterator<Item = u32> {
        let used = self.cells.keys().map(|(row, _)| *row).filter(|_| self.rows_hidden_by_default);
        let undescribed = used.filter(|row| !self.described_rows.contains(row));
        self.hidden_rows.iter().copied().chain(undescribed)
    }

    fn cell(&self, spot: Spot, value: Stored, style: usize, texts: &BTreeMap<Spot, String>) -> StoredCell {
        let formula = self.formulas.get(&spot).map(|uncomputed| {
            Box::new(StoredFormula { text: texts.get(&spot).cloned().unwrap_or_default(), uncomputed: *uncomputed })
        });
        StoredCell { spot, value, style, formula, struck: false }
    }
}

/// What the records tell beside the values.
#[derive(Debug, Default)]
struct Marks {
    counts_from_1904: bool,
    formats: BTreeMap<u16, String>,
    fonts: Vec<StoredFont>,
    /// Font, format and the colour behind the letters.
    cell_formats: Vec<(u16, u16, Ink)>,
    sheet_starts: Vec<usize>,
    sheets: BTreeMap<usize, SheetMarks>,
}

/// The colour of letters that the system chooses.
const AUTOMATIC: u16 = 0x7FFF;
/// Twentieths of a point of a row, and 256ths of a letter of a column, from which on something of it is seen.
const LEAST_HEIGHT: u16 = 60;
const LEAST_WIDTH: u16 = 77;

fn word(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

/// Text of 8 or 16 bits a letter, behind its length of one or two bytes.
fn text(data: &[u8], length_bytes: usize) -> Option<String> {
    let length = if length_bytes == 1 { usize::from(*data.first()?) } else { usize::from(word(data, 0)?) };
    let wide = data.get(length_bytes)? & 1 == 1;
    let body = data.get(length_bytes + 1..)?;
    if wide {
        let letters: Vec<u16> = (0..length).filter_map(|i| word(body, 2 * i)).collect();
        Some(String::from_utf16_lossy(&letters))
    } else {
        Some(body.iter().take(length).map(|byte| char::from(*byte)).collect())
    }
}

impl Marks {
    fn read(stream: &[u8]) -> Option<Self> {
        let mut marks = Self::default();
        let (mut at, mut sheet, mut depth) = (0_usize, None, 0_u32);
        while let (Some(kind), Some(length)) = (word(stream, at), word(stream, at + 2)) {
            let start = at;
            let data = stream.get(at + 4..at + 4 + usize::from(length))?;
            at += 4 + usize::from(length);
            match kind {
                // BOF, EOF: charts lie inside sheets.
                0x0809 | 0x0409 | 0x0209 => {
                    depth += 1;
                    if depth == 1 {
                        sheet = marks.sheet_starts.iter().position(|begin| *begin == start);
                    }
                }
                0x000A => depth = depth.saturating_sub(1),
                _ => match (depth, sheet) {
                    (1, None) => marks.global(kind, data),
                    (1, Some(number)) => marks.sheets.entry(number).or_default().record(kind, data),
                    _ => {}
                },
            }
        }
        Some(marks)
    }

    fn global(&mut self, kind: u16, data: &[u8]) {
        match kind {
            0x0022 => self.counts_from_1904 = word(data, 0) == Some(1),
            0x041E => {
                let format = word(data, 0).zip(data.get(2..).and_then(|rest| text(rest, 2)));
                self.formats.extend(format);
            }
            0x0031 => {
                let flags = word(data, 2).unwrap_or(0);
                let name = data.get(14..).and_then(|rest| text(rest, 1)).unwrap_or_default();
                let ink = word(data, 4).filter(|index| *index != AUTOMATIC).map(|index| Ink::of_index(index.into()));
                // In twentieths of a point.
                let tiny = word(data, 0).is_some_and(|height| height < 60);
                self.fonts.push(StoredFont { struck: flags & 8 != 0, ink, tiny, legacy: Legacy::of_font(&name) });
                // There is no font 4.
                if self.fonts.len() == 4 {
                    self.fonts.push(StoredFont::default());
                }
            }
            0x00E0 => {
                let pattern = data.get(17).map_or(0, |byte| byte >> 2);
                let fill = word(data, 18).map_or(0, |colors| colors & 0x7F);
                let paper = match pattern {
                    0 => Ink::WHITE,
                    1 => Ink::of_index(fill.into()),
                    _ => Ink::PATTERN,
                };
                self.cell_formats.push((word(data, 0).unwrap_or(0), word(data, 2).unwrap_or(0), paper));
            }
            0x0085 => {
                let start = word(data, 0).zip(word(data, 2));
                let start = start.map(|(low, high)| usize::from(high) << 16 | usize::from(low));
                self.sheet_starts.extend(start);
            }
            _ => {}
        }
    }

    fn styles(&self) -> Vec<StoredStyle> {
        let style = |(font, format, paper): &(u16, u16, Ink)| {
            let font = self.fonts.get(usize::from(*font));
            let code = self.formats.get(format).cloned();
            // 14 follows the language of the machine, whatever the file writes for it.
            let code = if matches!(*format, 14 | 22) { None } else { code };
            let code = code.unwrap_or_else(|| number_format::builtin(u32::from(*format)).to_owned());
            StoredStyle::of(code, font, *paper)
        };
        self.cell_formats.iter().map(style).collect()
    }
}

impl SheetMarks {
    fn record(&mut self, kind: u16, data: &[u8]) {
        let spot = || Some((u32::from(word(data, 0)?), u32::from(word(data, 2)?)));
        let style = || word(data, 4).map(usize::from);
        match kind {
            // NUMBER, LABEL, RSTRING, LABELSST, RK, BOOLERR, and the older ones of the same form.
            0x0203 | 0x0204 | 0x00D6 | 0x00FD | 0x027E | 0x007E | 0x0205 => self.cells.extend(spot().zip(style())),
            0x00BD => {
                let Some((row, first)) = spot() else { return };
                for (column, part) in (first..).zip(data.get(4..).unwrap_or_default().chunks_exact(6)) {
                    self.cells.extend(word(part, 0).map(|style| ((row, column), usize::from(style))));
                }
            }
            0x0006 | 0x0206 | 0x0406 => {
                let Some((spot, style)) = spot().zip(style()) else { return };
                self.cells.insert(spot, style);
                // Bit 1: to be computed when the file is opened; bit 0 alone is of functions like TODAY.
                let uncomputed = word(data, 14).is_some_and(|flags| flags & 2 != 0);
                self.formulas.insert(spot, uncomputed);
            }
            0x0208 => {
                let (row, height, flags) = (word(data, 0), word(data, 6), word(data, 12));
                // The highest bit of the height says that it is the usual one.
                let flat = height.is_some_and(|height| height & 0x7FFF < LEAST_HEIGHT);
                if flags.is_some_and(|flags| flags & 0x20 != 0) || flat {
                    self.hidden_rows.extend(row.map(u32::from));
                }
                self.described_rows.extend(row.map(u32::from));
            }
            // Rows that the file does not describe are of no height.
            0x0225 => self.rows_hidden_by_default = word(data, 0).is_some_and(|flags| flags & 2 != 0),
            0x007D => {
                let flags = word(data, 8).unwrap_or(0);
                if flags & 1 != 0 || word(data, 4).is_some_and(|width| width < LEAST_WIDTH) {
                    let columns = word(data, 0).zip(word(data, 2));
                    self.hidden_columns.extend(columns.map(|(from, to)| u32::from(from)..=u32::from(to)));
                }
            }
            0x001C => self.comments.extend(spot()),
            _ => {}
        }
    }
}
