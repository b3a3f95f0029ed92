//! An .ods file to what it holds, in one pass: values with the text that the file shows of them, formulas, and what is
//! hidden.

use std::collections::BTreeMap;
use std::io::Cursor;

use zip::ZipArchive;

use super::bounds::Failure;
use super::grid::{Area, Spot};
use super::stored::{
    DayShown, Ink, NumberShown, Stored, StoredBook, StoredCell, StoredFormula, StoredSheet, StoredStyle,
};
use super::xml::{Met, Tag, part, text_of, walk};

/// Programs that compute before they save, by a part of their names.
const COMPUTING: [&str; 6] = ["office", "collabora", "calligra", "gnumeric", "google", "wps"];

/// The whole file.
///
/// # Errors
/// When the content is absent or damaged, or the cells are too many.
pub(super) fn read(bytes: &[u8], most_cells: usize) -> Result<StoredBook, Failure> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Failure::DAMAGED)?;
    if part(&mut archive, "META-INF/manifest.xml").is_some_and(|manifest| manifest.contains("encryption-data")) {
        return Err(Failure::ENCRYPTED);
    }
    let content = part(&mut archive, "content.xml").ok_or(Failure::DAMAGED)?;
    let mut reader = OdsReader::new(most_cells);
    if let Some(styles) = part(&mut archive, "styles.xml") {
        let _ = walk(&styles, &mut |met| {
            if let Met::Start(tag) = met {
                reader.style(&tag);
            }
        });
    }
    walk(&content, &mut |met| reader.visit(&met)).map_err(|_| Failure::DAMAGED)?;
    if reader.overfull {
        return Err(Failure::SheetTooLarge(reader.sheet.title));
    }
    let mut book = reader.book;
    book.uncomputed = !writer_computes(&mut archive);
    Ok(book)
}

fn writer_computes(archive: &mut ZipArchive<Cursor<&[u8]>>) -> bool {
    let Some(meta) = part(archive, "meta.xml") else { return false };
    let name = text_of(&meta, "generator").to_lowercase();
    COMPUTING.iter().any(|program| name.contains(program))
}

/// What a style of the file changes.
#[derive(Clone, Copy, Debug, Default)]
struct OdsStyle {
    number: usize,
    struck: bool,
    ink: Option<Ink>,
    tiny: bool,
    paper: Option<Ink>,
    /// Of a sheet.
    undisplayed: bool,
    /// Of a row or a column: of no height or width.
    flat: bool,
}

/// From here on something of a row or a column is seen.
const LEAST_CENTIMETRES: f64 = 0.1;

/// `0.45cm`, `0.2in`, `4pt`; `None` for what is no length.
#[expect(clippy::float_arithmetic, reason = "a length on the screen, not a figure")]
fn centimetres(length: &str) -> Option<f64> {
    let length = length.trim();
    let (digits, unit) = length.split_at(length.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(length.len()));
    let size = match unit {
        "in" => 2.54,
        "pt" => 2.54 / 72.0,
        "pc" => 2.54 / 6.0,
        "mm" => 0.1,
        "px" => 2.54 / 96.0,
        _ => 1.0,
    };
    digits.trim().parse::<f64>().ok().map(|number| number * size)
}

#[derive(Default)]
struct OdsReader {
    book: StoredBook,
    most_cells: usize,
    left: usize,
    overfull: bool,
    styles: BTreeMap<(String, String), OdsStyle>,
    /// Family and name of the style that is read.
    open_style: Option<(String, String)>,
    sheet: StoredSheet,
    /// Rows and cells that the current one repeats, itself included, and how many came before.
    rows: (u32, u32),
    cells: (u32, u32),
    columns: u32,
    /// Styles of cells without one of their own, by row and by columns.
    row_style: String,
    column_styles: Vec<(std::ops::RangeInclusive<u32>, String)>,
    row_cells: Vec<(StoredCell, u32)>,
    row_merged: Vec<Area>,
    cell: Option<OpenCell>,
    /// Depth inside comments and drawings, whose text is not the cell's.
    aside: u32,
    paragraphs: u32,
    in_paragraph: bool,
    spans_struck: Vec<bool>,
}

#[derive(Default)]
struct OpenCell {
    kind: String,
    value: String,
    formula: Option<String>,
    style: String,
    text: String,
    spanned: (u32, u32),
    comment: bool,
    struck: bool,
    is_error: bool,
}

impl OdsReader {
    fn new(most_cells: usize) -> Self {
        let mut reader = Self { most_cells, left: most_cells, ..Self::default() };
        reader.book.styles.push(StoredStyle::default());
        reader
    }

    fn style(&mut self, tag: &Tag<'_>) {
        if matches!(tag.local, "style" | "default-style") {
            let (family, name) = (tag.get("family").unwrap_or_default(), tag.get("name").unwrap_or_default());
            // The style without a name is what every style of the family begins with.
            let parent = tag.get("parent-style-name").unwrap_or_default();
            let own = |name: String| self.styles.get(&(family.clone(), name)).copied();
            let inherited = own(parent).or_else(|| own(String::new())).unwrap_or_default();
            self.styles.insert((family.clone(), name.clone()), OdsStyle { number: 0, ..inherited });
            self.open_style = Some((family, name));
            return;
        }
        let Some(style) = self.open_style.as_ref().and_then(|key| self.styles.get_mut(key)) else { return };
        let is_none = |length: &str| centimetres(length).is_some_and(|length| length < LEAST_CENTIMETRES);
        match tag.local {
            "text-properties" => {
                if let Some(line) = tag.get("text-line-through-style").or_else(|| tag.get("text-line-through-type")) {
                    style.struck = line != "none";
                }
                if let Some(size) = tag.get("font-size").and_then(|size| centimetres(&size)) {
                    style.tiny = size < LEAST_CENTIMETRES;
                }
                if let Some(color) = tag.get("color") {
                    style.ink = Ink::of_hex(&color);
                }
            }
            "table-cell-properties" => {
                if let Some(color) = tag.get("background-color") {
                    style.paper = Ink::of_hex(&color).filter(|_| color != "transparent");
                }
            }
            "table-properties" => style.undisplayed = tag.get("display").as_deref() == Some("false"),
            "table-row-properties" => style.flat = tag.get("row-height").is_some_and(|height| is_none(&height)),
            "table-column-properties" => style.flat = tag.get("column-width").is_some_and(|width| is_none(&width)),
            _ => {}
        }
    }

    /// The style that a tag names, or that of its family.
    fn style_of(&self, family: &str, tag: &Tag<'_>) -> OdsStyle {
        self.style_named(family, tag.get("style-name").unwrap_or_default())
    }

    fn style_named(&self, family: &str, name: String) -> OdsStyle {
        let own = |name: String| self.styles.get(&(family.to_owned(), name)).copied();
        own(name).or_else(|| own(String::new())).unwrap_or_default()
    }

    fn visit(&mut self, met: &Met<'_>) {
        match met {
            Met::Start(tag) => self.start(tag),
            Met::Text(text) => {
                if let Some(cell) = self.cell.as_mut().filter(|_| self.in_paragraph && self.aside == 0) {
                    cell.text.push_str(text);
                    cell.struck |= self.spans_struck.iter().any(|struck| *struck) && !text.trim().is_empty();
                }
            }
            Met::End(local) => self.end(local),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let times = |name: &str| tag.number(name).unwrap_or(1).max(1);
        let hidden = || matches!(tag.get("visibility").as_deref(), Some("collapse" | "filter"));
        match tag.local {
            "annotation" | "shape" | "frame" => {
                self.aside += 1;
                if let Some(cell) = self.cell.as_mut().filter(|_| tag.local == "annotation") {
                    cell.comment = true;
                }
            }
            _ if self.aside > 0 => {}
            "table" => {
                self.sheet = StoredSheet { title: tag.get("name").unwrap_or_default(), ..StoredSheet::default() };
                self.sheet.hidden = self.style_of("table", tag).undisplayed;
                (self.rows, self.cells, self.columns) = ((0, 0), (0, 0), 0);
                self.column_styles.clear();
            }
            "table-column" => {
                let next = self.columns.saturating_add(times("number-columns-repeated"));
                if hidden() || self.style_of("table-column", tag).flat {
                    self.sheet.hidden_columns.push(self.columns..=next.saturating_sub(1));
                }
                if let Some(name) = tag.get("default-cell-style-name") {
                    self.column_styles.push((self.columns..=next.saturating_sub(1), name));
                }
                self.columns = next;
            }
            "table-row" => {
                self.rows = (self.rows.0.saturating_add(self.rows.1), times("number-rows-repeated"));
                self.cells = (0, 0);
                self.row_style = tag.get("default-cell-style-name").unwrap_or_default();
                if hidden() || self.style_of("table-row", tag).flat {
                    let last = self.rows.0.saturating_add(self.rows.1 - 1);
                    self.sheet.hidden_rows.push(self.rows.0..=last);
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.cells = (self.cells.0.saturating_add(self.cells.1), times("number-columns-repeated"));
                self.open_cell(tag, (times("number-rows-spanned"), times("number-columns-spanned")));
            }
            "p" | "h" => {
                self.in_paragraph = true;
                if let Some(cell) = &mut self.cell {
                    if self.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    self.paragraphs += 1;
                }
            }
            "span" => self.spans_struck.push(self.style_of("text", tag).struck),
            "s" => self.push(&" ".repeat(usize::try_from(times("c")).unwrap_or(1).min(1000))),
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            _ => self.style(tag),
        }
    }

    fn column_style(&self, column: u32) -> &str {
        let found = self.column_styles.iter().find(|(columns, _)| columns.contains(&column));
        found.map_or("", |(_, name)| name.as_str())
    }

    fn push(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            cell.text.push_str(text);
        }
    }

    fn open_cell(&mut self, tag: &Tag<'_>, spanned: (u32, u32)) {
        let kind = tag.get("value-type").unwrap_or_default();
        let value = ["value", "date-value", "time-value", "boolean-value", "string-value"];
        // `calcext:value-type` has the same local name as `office:value-type`, and says more: an error.
        let is_error = tag.get_named("calcext:value-type").as_deref() == Some("error");
        self.cell = Some(OpenCell {
            kind: tag.get_named("office:value-type").unwrap_or(kind),
            value: value.iter().find_map(|name| tag.get(name)).unwrap_or_default(),
            formula: tag.get("formula"),
            style: tag.get("style-name").unwrap_or_default(),
            spanned,
            is_error,
            ..OpenCell::default()
        });
        self.paragraphs = 0;
    }

    fn end(&mut self, local: &str) {
        match local {
            "annotation" | "shape" | "frame" => self.aside = self.aside.saturating_sub(1),
            _ if self.aside > 0 => {}
            "p" | "h" => self.in_paragraph = false,
            "span" => drop(self.spans_struck.pop()),
            "style" | "default-style" => self.open_style = None,
            "table-cell" | "covered-table-cell" => self.finish_cell(),
            "table-row" => self.finish_row(),
            "table" => self.book.sheets.push(std::mem::take(&mut self.sheet)),
            _ => {}
        }
    }

    fn finish_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let spot: Spot = (self.rows.0, self.cells.0);
        if cell.comment && cell.kind.is_empty() {
            self.sheet.comments.push(spot);
        }
        let (down, across) = cell.spanned;
        if down > 1 || across > 1 {
            let to = (spot.0.saturating_add(down - 1), spot.1.saturating_add(across - 1));
            self.row_merged.push(Area { from: spot, to });
        }
        let text = cell.text;
        // A paragraph without letters beside a value is a format that shows nothing.
        let shows_nothing = self.paragraphs > 0 && text.trim().is_empty() && !cell.value.trim().is_empty();
        let value = match cell.kind.as_str() {
            _ if cell.is_error => Stored::Error(text),
            "float" | "currency" | "percentage" => match cell.value.parse() {
                Ok(number) => {
                    let percent = cell.kind == "percentage";
                    Stored::NumberShown(Box::new(NumberShown { number, percent, shown: text }))
                }
                Err(_) => Stored::Text(text),
            },
            "date" => Stored::Day(Box::new(DayShown { iso: cell.value, shown: Some(text) })),
            "boolean" => Stored::Bool(cell.value == "true"),
            "time" => Stored::Text(if text.is_empty() { cell.value } else { text }),
            "string" => Stored::Text(if text.is_empty() { cell.value } else { text }),
            _ if text.is_empty() => Stored::Empty,
            _ => Stored::Text(text),
        };
        if value == Stored::Empty && cell.formula.is_none() {
            return;
        }
        let named = [cell.style.as_str(), self.row_style.as_str(), self.column_style(spot.1)];
        let named = named.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        let style = self.style_named("table-cell", named);
        let unseen =
            shows_nothing || style.tiny || style.ink.is_some_and(|ink| ink.hides_on(style.paper.unwrap_or(Ink::WHITE)));
        let number = if unseen {
            self.book.styles.push(StoredStyle { unseen, ..StoredStyle::default() });
            self.book.styles.len() - 1
        } else {
            style.number
        };
        let formula = cell.formula.map(|text| Box::new(StoredFormula { text, uncomputed: false }));
        let stored = StoredCell { spot, value, style: number, formula, struck: style.struck || cell.struck };
        self.row_cells.push((stored, self.cells.1));
    }

    /// A row that is repeated holds its cells each time.
    fn finish_row(&mut self) {
        let cells = std::mem::take(&mut self.row_cells);
        self.sheet.merged.append(&mut self.row_merged);
        if cells.is_empty() {
            return;
        }
        for down in 0..self.rows.1 {
            for (cell, times) in &cells {
                for across in 0..*times {
                    let Some(left) = self.left.checked_sub(1) else {
                        self.overfull = self.most_cells > 0;
                        return;
                    };
                    self.left = left;
                    let spot = (cell.spot.0.saturating_add(down), cell.spot.1.saturating_add(across));
                    self.sheet.cells.push(StoredCell {
                        spot,
                        value: cell.value.clone(),
                        style: cell.style,
                        formula: cell.formula.clone(),
                        struck: cell.struck,
                    });
                }
            }
        }
    }
}
