//! Properties of sheets that calamine does not report, read from the XML parts of a workbook: hidden rows and columns,
//! formulas without a result, and for .ods also merged areas, shares, errors, and the size of a sheet with its repeated
//! cells expanded.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::RangeInclusive;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::grid::{Area, Spot};

/// Properties of one sheet that calamine does not report.
#[derive(Clone, Debug, Default)]
pub(super) struct SheetExtras {
    pub hidden_rows: Vec<RangeInclusive<u32>>,
    pub hidden_columns: Vec<RangeInclusive<u32>>,
    /// Formulas without a stored result; .xlsx only.
    pub formulas: Vec<Spot>,
    /// Merged areas; .ods only, calamine reports the others.
    pub merged: Vec<Area>,
    /// Numbers shown with `%`, stored as shares; .ods only.
    pub percents: Vec<Area>,
    /// Formulas that ended in an error, which calamine reads as text; .ods only.
    pub broken: Vec<Area>,
}

/// Extra properties of an .xlsx workbook by name of the sheet; parts that cannot be read are left out.
pub(super) fn of_xlsx(bytes: &[u8]) -> BTreeMap<String, SheetExtras> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return BTreeMap::new() };
    let mut part = |name: &str| text_of(&mut archive, name);
    let (Some(workbook), Some(relations)) = (part("xl/workbook.xml"), part("xl/_rels/workbook.xml.rels")) else {
        return BTreeMap::new();
    };
    let mut targets = BTreeMap::new();
    each_element(&relations, |tag| {
        if let ("Relationship", Some(id), Some(target)) = (tag.local, tag.get("Id"), tag.get("Target")) {
            targets.insert(id, target);
        }
    });
    let mut sheets = Vec::new();
    each_element(&workbook, |tag| {
        if let ("sheet", Some(name), Some(id)) = (tag.local, tag.get("name"), tag.get("r:id")) {
            sheets.push((name, id));
        }
    });
    let located = sheets.into_iter().filter_map(|(name, id)| Some((name, part(&path_of(targets.get(&id)?))?)));
    located.map(|(name, sheet)| (name, of_sheet(&sheet))).collect()
}

fn text_of(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let mut text = String::new();
    archive.by_name(name).ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

/// Extra properties of an .ods workbook by name of the sheet, and the number of cells in the bounding box of its largest
/// sheet: few bytes of XML may represent millions of repeated cells.
pub(super) fn of_ods(bytes: &[u8]) -> (BTreeMap<String, SheetExtras>, u64) {
    let archive = ZipArchive::new(Cursor::new(bytes)).ok();
    let mut sheets = OdsSheets::default();
    if let Some(content) = archive.and_then(|mut archive| text_of(&mut archive, "content.xml")) {
        each_element(&content, |tag| sheets.visit(tag));
    }
    sheets.finish_sheet();
    (sheets.done, sheets.largest)
}

/// State of reading an .ods workbook.
#[derive(Debug, Default)]
struct OdsSheets {
    done: BTreeMap<String, SheetExtras>,
    name: String,
    extras: SheetExtras,
    /// Rows and cells that the current one repeats, itself included, and how many came before.
    rows: (u32, u32),
    cells: (u32, u32),
    columns: u32,
    width: u64,
    largest: u64,
}

impl OdsSheets {
    fn visit(&mut self, tag: &Tag<'_>) {
        let times = |name: &str| tag.get(name).and_then(|value| value.parse().ok()).unwrap_or(1_u32);
        let hidden = || matches!(tag.get("table:visibility").as_deref(), Some("collapse" | "filter"));
        match tag.local {
            "table" => {
                self.finish_sheet();
                self.name = tag.get("table:name").unwrap_or_default();
            }
            "table-column" => {
                let next = self.columns.saturating_add(times("table:number-columns-repeated"));
                if hidden() {
                    self.extras.hidden_columns.push(self.columns..=next.saturating_sub(1));
                }
                self.columns = next;
            }
            "table-row" => {
                self.rows = (self.rows.0.saturating_add(self.rows.1), times("table:number-rows-repeated"));
                self.cells = (0, 0);
                if hidden() {
                    self.extras.hidden_rows.push(self.rows.0..=self.area().to.0);
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.cells = (self.cells.0.saturating_add(self.cells.1), times("table:number-columns-repeated"));
                self.visit_cell(tag, (times("table:number-rows-spanned"), times("table:number-columns-spanned")));
            }
            _ => {}
        }
    }

    fn visit_cell(&mut self, tag: &Tag<'_>, (down, across): (u32, u32)) {
        let Some(kind) = tag.get("office:value-type") else { return };
        let area = self.area();
        self.width = self.width.max(u64::from(area.to.1) + 1);
        self.largest = self.largest.max((u64::from(area.to.0) + 1).saturating_mul(self.width));
        if kind == "percentage" {
            self.extras.percents.push(area);
        }
        if tag.get("calcext:value-type").as_deref() == Some("error") {
            self.extras.broken.push(area);
        }
        if down > 1 || across > 1 {
            let to = (area.from.0.saturating_add(down - 1), area.from.1.saturating_add(across - 1));
            self.extras.merged.push(Area { from: area.from, to });
        }
    }

    /// The cells that the current cell stands for.
    fn area(&self) -> Area {
        let last = |(first, times): (u32, u32)| first.saturating_add(times.saturating_sub(1));
        Area { from: (self.rows.0, self.cells.0), to: (last(self.rows), last(self.cells)) }
    }

    fn finish_sheet(&mut self) {
        let extras = std::mem::take(&mut self.extras);
        self.done.insert(std::mem::take(&mut self.name), extras);
        (self.rows, self.cells, self.columns, self.width) = ((0, 0), (0, 0), 0, 0);
    }
}

/// Targets are absolute (`/xl/worksheets/sheet1.xml`) or relative to `xl/`.
fn path_of(target: &str) -> String {
    target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned)
}

fn of_sheet(xml: &str) -> SheetExtras {
    let mut extras = SheetExtras::default();
    // Most sheets hold values only, and then no cell needs to be looked at.
    let formulas = xml.contains("<f") || xml.contains(":f");
    let mut cell: Option<Spot> = None;
    each_element(xml, |tag| {
        let from_zero = |name: &str| tag.get(name)?.parse::<u32>().ok()?.checked_sub(1);
        let hidden = || matches!(tag.get("hidden").as_deref(), Some("1" | "true"));
        match tag.local {
            "col" if hidden() => {
                let columns = from_zero("min").zip(from_zero("max"));
                extras.hidden_columns.extend(columns.map(|(from, to)| from..=to));
            }
            "row" if hidden() => extras.hidden_rows.extend(from_zero("r").map(|row| row..=row)),
            // A formula that gives text may rightly give none.
            "c" if formulas => {
                cell = tag.get("r").filter(|_| tag.get("t").as_deref() != Some("str")).and_then(|r| spot_of(&r))
            }
            "f" => extras.formulas.extend(cell),
            _ => {}
        }
    });
    extras
}

/// Row and column of `C14`, from 0.
fn spot_of(reference: &str) -> Option<Spot> {
    let (letters, digits) = reference.split_at(reference.find(|c: char| c.is_ascii_digit())?);
    let place = |sum: u32, letter: u8| {
        let digit = letter.to_ascii_uppercase().checked_sub(b'A').filter(|digit| *digit < 26)?;
        sum.checked_mul(26)?.checked_add(u32::from(digit) + 1)
    };
    let column = letters.bytes().try_fold(0, place)?.checked_sub(1)?;
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column))
}

/// One start tag.
struct Tag<'t> {
    local: &'t str,
    element: &'t BytesStart<'t>,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let attribute = self.element.try_get_attribute(name).ok()??;
        attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
    }
}

fn each_element(xml: &str, mut visit: impl FnMut(&Tag<'_>)) {
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let local = element.local_name();
                visit(&Tag { local: local.as_ref(), element: &element });
            }
            Event::Eof => return,
            _ => {}
        }
    }
}
