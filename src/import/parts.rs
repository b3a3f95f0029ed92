//! What calamine does not tell, straight from the parts of a workbook: hidden rows and columns of .xlsx, and how large a
//! sheet of .ods becomes once its repeated cells are laid out.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::RangeInclusive;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

/// Hidden rows and columns of one sheet, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Rows.
    pub rows: Vec<RangeInclusive<u32>>,
    /// Columns.
    pub columns: Vec<RangeInclusive<u32>>,
}

/// What is hidden, by name of the sheet. It decides about notes only, so whatever cannot be read is taken as not hidden.
pub(super) fn of_xlsx(bytes: &[u8]) -> BTreeMap<String, Hidden> {
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

/// Cells of the largest sheet of an .ods workbook, from its first to its last filled one. Some bytes of XML may stand for
/// millions of repeated cells.
pub(super) fn extent_of_ods(bytes: &[u8]) -> u64 {
    let archive = ZipArchive::new(Cursor::new(bytes)).ok();
    let Some(content) = archive.and_then(|mut archive| text_of(&mut archive, "content.xml")) else { return 0 };
    let (mut largest, mut rows, mut columns, mut width) = (0_u64, 0_u64, 0_u64, 0_u64);
    each_element(&content, |tag| {
        let times = |name: &str| tag.get(name).and_then(|value| value.parse().ok()).unwrap_or(1_u64);
        match tag.local {
            "table" => (rows, width) = (0, 0),
            "table-row" => {
                rows = rows.saturating_add(times("table:number-rows-repeated"));
                columns = 0;
            }
            "table-cell" | "covered-table-cell" => {
                columns = columns.saturating_add(times("table:number-columns-repeated"));
                if tag.get("office:value-type").is_some() {
                    width = width.max(columns);
                    largest = largest.max(rows.saturating_mul(width));
                }
            }
            _ => {}
        }
    });
    largest
}

/// Targets are absolute (`/xl/worksheets/sheet1.xml`) or relative to `xl/`.
fn path_of(target: &str) -> String {
    target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned)
}

fn of_sheet(xml: &str) -> Hidden {
    let mut hidden = Hidden::default();
    each_element(xml, |tag| {
        let from_zero = |name: &str| tag.get(name)?.parse::<u32>().ok()?.checked_sub(1);
        if !matches!(tag.get("hidden").as_deref(), Some("1" | "true")) {
            return;
        }
        match (tag.local, from_zero("min"), from_zero("max"), from_zero("r")) {
            ("col", Some(from), Some(to), _) => hidden.columns.push(from..=to),
            ("row", _, _, Some(row)) => hidden.rows.push(row..=row),
            _ => {}
        }
    });
    hidden
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
