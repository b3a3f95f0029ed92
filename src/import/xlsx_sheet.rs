//! One sheet of an .xlsx file in one pass: values, formulas, styles, and what is hidden.

use super::bounds::Failure;
use super::formula::spot_of;
use super::grid::{Area, Spot};
use super::stored::{DayShown, Stored, StoredCell, StoredFormula, StoredSheet};
use super::xlsx_text::{RichText, SharedText, unescaped};
use super::xml::{Met, Tag, walk};

/// State of reading a sheet.
struct SheetReader<'t> {
    texts: &'t [SharedText],
    sheet: StoredSheet,
    most_cells: usize,
    /// Row and column that come next when the file names none.
    next: Spot,
    row: u32,
    cell: Option<OpenCell>,
    /// Which element's text is collected.
    collecting: Option<&'static str>,
    value: String,
    formula: Option<String>,
    /// Formulas that other cells share, by number: the first cell and its text.
    shared: Vec<(String, Spot, String)>,
    inline: RichText,
    rows_hidden_by_default: bool,
    /// Columns that the file describes; others are hidden where their usual width is none.
    columns: Vec<std::ops::RangeInclusive<u32>>,
    columns_hidden_by_default: bool,
    /// A cell names a text that the file does not hold.
    torn: bool,
}

/// Points of a row, and letters of a column, from which on something of it is seen.
const LEAST_HEIGHT: f64 = 3.0;
const LEAST_WIDTH: f64 = 0.3;
/// The last column that a sheet may have.
const LAST_COLUMN: u32 = 16_383;

struct OpenCell {
    spot: Spot,
    kind: String,
    style: usize,
    /// Number of the shared formula.
    shared: Option<String>,
}

/// Reads a sheet with at most `most_cells` cells.
///
/// # Errors
/// When the part is damaged, or has more cells.
pub(super) fn read(xml: &str, texts: &[SharedText], most_cells: usize) -> Result<StoredSheet, Failure> {
    let mut reader = SheetReader {
        texts,
        sheet: StoredSheet::default(),
        most_cells,
        next: (0, 0),
        row: 0,
        cell: None,
        collecting: None,
        value: String::new(),
        formula: None,
        shared: Vec::new(),
        inline: RichText::default(),
        rows_hidden_by_default: false,
        columns: Vec::new(),
        columns_hidden_by_default: false,
        torn: false,
    };
    walk(xml, &mut |met| reader.visit(&met)).map_err(|_| Failure::DAMAGED)?;
    if reader.torn {
        return Err(Failure::DAMAGED);
    }
    if reader.columns_hidden_by_default {
        let described = |column: &u32| reader.columns.iter().any(|range| range.contains(column));
        let rest = (0..=LAST_COLUMN).filter(|column| !described(column));
        reader.sheet.hidden_columns.extend(rest.map(|column| column..=column));
    }
    if reader.sheet.cells.len() > most_cells {
        return Err(Failure::SheetTooLarge(String::new()));
    }
    Ok(reader.sheet)
}

impl SheetReader<'_> {
    fn visit(&mut self, met: &Met<'_>) {
        if self.collecting == Some("is") {
            self.inline.visit(met);
        }
        match met {
            Met::Start(tag) => self.start(tag),
            Met::Text(text) => match self.collecting {
                Some("v") => self.value.push_str(text),
                Some("f") => self.formula.get_or_insert_default().push_str(text),
                _ => {}
            },
            Met::End("v" | "f" | "is") => self.collecting = None,
            Met::End("c") => self.finish_cell(),
            Met::End("row") => self.next = (self.row.saturating_add(1), 0),
            Met::End(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.local {
            "sheetFormatPr" => {
                let is_flat = |name: &str, least| length(tag, name).is_some_and(|length| length < least);
                self.rows_hidden_by_default = tag.is_on("zeroHeight") || is_flat("defaultRowHeight", LEAST_HEIGHT);
                self.columns_hidden_by_default = is_flat("defaultColWidth", LEAST_WIDTH);
            }
            "col" => {
                let from_zero = |name: &str| tag.number(name)?.checked_sub(1);
                let range = from_zero("min").zip(from_zero("max")).map(|(from, to)| from..=to);
                let is_flat = length(tag, "width").is_some_and(|width| width < LEAST_WIDTH);
                if tag.is_on("hidden") || is_flat {
                    self.sheet.hidden_columns.extend(range.clone());
                }
                self.columns.extend(range);
            }
            "row" => {
                self.row = tag.number("r").and_then(|row| row.checked_sub(1)).unwrap_or(self.next.0);
                self.next = (self.row, 0);
                let height = length(tag, "ht");
                let by_default = self.rows_hidden_by_default && height.is_none();
                if tag.is_on("hidden") || height.is_some_and(|height| height < LEAST_HEIGHT) || by_default {
                    self.sheet.hidden_rows.push(self.row..=self.row);
                }
            }
            "c" => {
                let spot = tag.get("r").and_then(|reference| spot_of(&reference)).unwrap_or((self.row, self.next.1));
                self.next = (self.row, spot.1.saturating_add(1));
                let style = tag.number("s").and_then(|style| usize::try_from(style).ok()).unwrap_or(0);
                self.cell = Some(OpenCell { spot, kind: tag.get("t").unwrap_or_default(), style, shared: None });
                self.value.clear();
                self.formula = None;
                self.inline = RichText::default();
            }
            "v" => self.collecting = Some("v"),
            "is" => self.collecting = Some("is"),
            "f" if self.cell.is_some() => {
                self.collecting = Some("f");
                self.formula = Some(String::new());
                if tag.get("t").as_deref() == Some("shared")
                    && let Some(cell) = &mut self.cell
                {
                    cell.shared = tag.get("si");
                }
            }
            "mergeCell" => {
                let area = tag.get("ref");
                let area = area.as_deref().and_then(|area| area.split_once(':'));
                let area = area.and_then(|(from, to)| Some(Area { from: spot_of(from)?, to: spot_of(to)? }));
                self.sheet.merged.extend(area);
            }
            _ => {}
        }
    }

    fn finish_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        // One more than allowed is kept, and tells that there are too many.
        if self.sheet.cells.len() > self.most_cells {
            return;
        }
        let formula = self.formula.take().map(|text| Box::new(self.formula_of(&cell, text)));
        let mut struck = false;
        let value = std::mem::take(&mut self.value);
        let stored = match cell.kind.as_str() {
            "s" => {
                let text = value.trim().parse::<usize>().ok().and_then(|at| self.texts.get(at));
                struck = text.is_some_and(|text| text.struck);
                // A text that the table does not hold would be an empty cell without a word.
                self.torn |= text.is_none() && !value.trim().is_empty();
                text.map_or(Stored::Empty, |text| Stored::Text(text.text.clone()))
            }
            "inlineStr" => {
                let text = self.inline.take();
                struck = text.struck;
                Stored::Text(text.text)
            }
            "str" => Stored::Text(unescaped(&value)),
            "b" => Stored::Bool(matches!(value.trim(), "1" | "true")),
            "e" => Stored::Error(value),
            "d" => Stored::Day(Box::new(DayShown { iso: value.trim().to_owned(), shown: None })),
            _ if value.trim().is_empty() => {
                // Some writers leave the type out beside inline text.
                let text = self.inline.take();
                if text.text.is_empty() { Stored::Empty } else { Stored::Text(text.text) }
            }
            _ => value.trim().parse().map_or_else(|_| Stored::Text(value.clone()), Stored::Number),
        };
        if stored != Stored::Empty || formula.is_some() {
            self.sheet.cells.push(StoredCell { spot: cell.spot, value: stored, style: cell.style, formula, struck });
        }
    }

    /// A cell that shares a formula has no text of its own: the references of the first move with it.
    fn formula_of(&mut self, cell: &OpenCell, text: String) -> StoredFormula {
        let text = match &cell.shared {
            Some(id) if !text.is_empty() => {
                self.shared.push((id.clone(), cell.spot, text.clone()));
                text
            }
            Some(id) => {
                let first = self.shared.iter().rev().find(|(shared, ..)| shared == id);
                first.and_then(|(_, from, text)| moved(text, *from, cell.spot)).unwrap_or_default()
            }
            None => text,
        };
        StoredFormula { text, uncomputed: false }
    }
}

/// A height or a width.
fn length(tag: &Tag<'_>, name: &str) -> Option<f64> {
    tag.get(name)?.trim().parse().ok()
}

/// A formula of one cell as it is in another; `None` where it has more than plain references.
fn moved(formula: &str, from: Spot, to: Spot) -> Option<String> {
    if formula.contains(['"', '\'', '!', '[']) {
        return None;
    }
    let mut out = String::new();
    let mut letters = formula.chars().peekable();
    while let Some(letter) = letters.next() {
        if !(letter.is_ascii_alphabetic() || letter == '$') {
            out.push(letter);
            continue;
        }
        let mut word = String::from(letter);
        while let Some(next) = letters.next_if(|c| c.is_ascii_alphanumeric() || *c == '$') {
            word.push(next);
        }
        let Some((row, column)) = spot_of(&word.replace('$', "")) else {
            out.push_str(&word);
            continue;
        };
        let fixed_column = word.starts_with('$');
        let fixed_row = word.trim_start_matches('$').contains('$');
        let shift = |at: u32, from: u32, to: u32, fixed: bool| {
            if fixed { Some(at) } else { (at + to).checked_sub(from) }
        };
        let column = shift(column, from.1, to.1, fixed_column)?;
        let row = shift(row, from.0, to.0, fixed_row)?;
        out.push_str(&format!("{}{}", super::grid::column_letters(column), row + 1));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_formula_moves_with_its_cell() {
        assert_eq!(moved("47-C2-$D$2", (1, 4), (3, 5)).as_deref(), Some("47-D4-D2"));
        assert_eq!(moved("SUM(C2:D2)", (1, 4), (2, 4)).as_deref(), Some("SUM(C3:D3)"));
        assert_eq!(moved("Sheet2!C2", (1, 4), (2, 4)), None);
    }

    #[test]
    fn cells_and_rows_without_references_are_in_their_order() {
        let xml = r#"<sheetData><row><c><v>1</v></c><c t="inlineStr"><is><t>a&amp;b</t></is></c></row>
            <row hidden="1"><c/><c><f>A1+1</f></c></row></sheetData>"#;
        let sheet = read(xml, &[], 100).expect("read");
        let cells: Vec<_> = sheet.cells.iter().map(|cell| (cell.spot, cell.value.clone())).collect();
        assert_eq!(
            cells,
            [((0, 0), Stored::Number(1.0)), ((0, 1), Stored::Text("a&b".into())), ((1, 1), Stored::Empty)]
        );
        assert_eq!(sheet.hidden_rows, [1..=1]);
    }
}
