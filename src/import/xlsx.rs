//! An .xlsx file to what it holds: parts are found by their relationships and types, never by usual names.

use std::collections::BTreeMap;
use std::io::Cursor;

use zip::ZipArchive;

use super::bounds::Failure;
use super::legacy::Legacy;
use super::number_format;
use super::stored::{Ink, StoredBook, StoredFont, StoredSheet, StoredStyle};
use super::xlsx_sheet;
use super::xlsx_text::{RichText, SharedText};
use super::xml::{Met, Tag, part, text_of, walk};

/// Programs that compute before they save, by the beginning of their names.
const COMPUTING: [&str; 8] =
    ["microsoft", "libreoffice", "openoffice", "wps", "onlyoffice", "collabora", "google", "numbers"];

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Relationships of one part.
struct Relations(Vec<Relation>);

struct Relation {
    id: String,
    /// The last word of the type: `worksheet`, `styles`.
    kind: String,
    target: String,
}

impl Relations {
    fn of(archive: &mut Archive<'_>, owner: &str) -> Self {
        let (folder, name) = owner.rsplit_once('/').unwrap_or(("", owner));
        let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let mut relations = Vec::new();
        if let Some(xml) = part(archive, &path) {
            let _ = walk(&xml, &mut |met| {
                if let Met::Start(tag) = met
                    && tag.local == "Relationship"
                    && tag.get("TargetMode").as_deref() != Some("External")
                {
                    let kind = tag.get("Type").unwrap_or_default();
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    let target = resolve(folder, &tag.get("Target").unwrap_or_default());
                    relations.push(Relation { id: tag.get("Id").unwrap_or_default(), kind, target });
                }
            });
        }
        Self(relations)
    }

    fn of_kind(&self, kind: &str) -> Option<&str> {
        self.0.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.as_str())
    }
}

/// `/xl/styles.xml` and, in the folder `xl`, `styles.xml` and `../xl/styles.xml`.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The whole file.
///
/// # Errors
/// When a part that is named is absent or damaged, or the cells are too many.
pub(super) fn read(bytes: &[u8], most_cells: usize) -> Result<StoredBook, Failure> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Failure::DAMAGED)?;
    let root = Relations::of(&mut archive, "");
    let main = root.of_kind("officeDocument").unwrap_or("xl/workbook.xml").to_owned();
    let workbook = part(&mut archive, &main).ok_or(Failure::DAMAGED)?;
    let relations = Relations::of(&mut archive, &main);
    let mut book = StoredBook::default();
    let mut listed: Vec<(String, String, bool)> = Vec::new();
    walk(&workbook, &mut |met| {
        let Met::Start(tag) = met else { return };
        match tag.local {
            "workbookPr" => book.counts_from_1904 = tag.is_on("date1904"),
            "calcPr" => book.uncomputed = tag.is_on("fullCalcOnLoad") || tag.is_on("forceFullCalc"),
            "sheet" => {
                let hidden = tag.get("state").is_some_and(|state| state != "visible");
                listed.push((tag.get("name").unwrap_or_default(), tag.get("id").unwrap_or_default(), hidden));
            }
            _ => {}
        }
    })
    .map_err(|_| Failure::DAMAGED)?;
    book.uncomputed |= !writer_computes(&mut archive, &root);
    let texts = match relations.of_kind("sharedStrings").and_then(|path| part(&mut archive, path)) {
        Some(xml) => shared_texts(&xml)?,
        None => Vec::new(),
    };
    if let Some(xml) = relations.of_kind("styles").and_then(|path| part(&mut archive, path)) {
        book.styles = styles(&xml)?;
    }
    let mut left = most_cells;
    for (title, id, hidden) in listed {
        let Some(relation) = relations.0.iter().find(|relation| relation.id == id) else {
            return Err(Failure::DAMAGED);
        };
        // Charts and macro sheets have no cells.
        if relation.kind != "worksheet" {
            continue;
        }
        let xml = part(&mut archive, &relation.target).ok_or(Failure::DAMAGED)?;
        let mut sheet = xlsx_sheet::read(&xml, &texts, left).map_err(|failure| failure.of(&title))?;
        // A style that the file does not hold may be a date or a share: nothing says what is seen.
        if sheet.cells.iter().any(|cell| cell.style > 0 && cell.style >= book.styles.len()) {
            return Err(Failure::DAMAGED);
        }
        left = left.saturating_sub(sheet.cells.len());
        sheet.comments = comments(&mut archive, &relation.target);
        book.sheets.push(StoredSheet { title, hidden, ..sheet });
    }
    Ok(book)
}

/// Whether the program that wrote the file computes formulas; a file that does not tell was written by a library.
fn writer_computes(archive: &mut Archive<'_>, root: &Relations) -> bool {
    let path = root.of_kind("extended-properties").unwrap_or("docProps/app.xml").to_owned();
    let Some(xml) = part(archive, &path) else { return false };
    let name = text_of(&xml, "Application").trim().to_lowercase();
    COMPUTING.iter().any(|program| name.starts_with(program))
}

fn comments(archive: &mut Archive<'_>, sheet: &str) -> Vec<super::grid::Spot> {
    let relations = Relations::of(archive, sheet);
    let Some(xml) = relations.of_kind("comments").and_then(|path| part(archive, path)) else { return Vec::new() };
    let mut spots = Vec::new();
    let _ = walk(&xml, &mut |met| {
        if let Met::Start(tag) = met
            && tag.local == "comment"
        {
            spots.extend(tag.get("ref").and_then(|reference| super::formula::spot_of(&reference)));
        }
    });
    spots
}

fn shared_texts(xml: &str) -> Result<Vec<SharedText>, Failure> {
    let mut texts = Vec::new();
    let mut rich = RichText::default();
    walk(xml, &mut |met| {
        rich.visit(&met);
        if matches!(met, Met::End("si")) {
            texts.push(rich.take());
        }
    })
    .map_err(|_| Failure::DAMAGED)?;
    Ok(texts)
}

/// State of reading the styles.
#[derive(Debug, Default)]
struct Styles {
    formats: BTreeMap<u32, String>,
    fonts: Vec<StoredFont>,
    /// Colours behind the letters.
    fills: Vec<Ink>,
    cells: Vec<StoredStyle>,
    inside: Vec<String>,
}

/// Points from which on letters are read.
const READABLE_POINTS: f64 = 3.0;

/// The colour that a tag names; a tint makes another one of it, which is not known here.
fn ink(tag: &Tag<'_>) -> Option<Ink> {
    if tag.get("tint").is_some_and(|tint| tint.parse::<f64>() != Ok(0.0)) {
        return None;
    }
    let of_hex = || tag.get("rgb").and_then(|rgb| Ink::of_hex(&rgb));
    let of_theme = || tag.number("theme").map(Ink::of_theme);
    of_hex().or_else(of_theme).or_else(|| tag.number("indexed").map(Ink::of_index))
}

impl Styles {
    fn start(&mut self, tag: &Tag<'_>) {
        let is_in = |name: &str| self.inside.iter().any(|outer| outer == name);
        match tag.local {
            "numFmt" if is_in("numFmts") => {
                if let (Some(id), Some(code)) = (tag.number("numFmtId"), tag.get("formatCode")) {
                    self.formats.insert(id, code);
                }
            }
            "font" if is_in("fonts") => self.fonts.push(StoredFont::default()),
            "fill" if is_in("fills") => self.fills.push(Ink::WHITE),
            "patternFill" | "gradientFill" | "fgColor" if is_in("fills") => {
                let kind = tag.get("patternType");
                if let Some(fill) = self.fills.last_mut() {
                    match (tag.local, kind.as_deref()) {
                        ("patternFill", None | Some("none")) => *fill = Ink::WHITE,
                        ("fgColor", _) if *fill == Ink::SOLID => *fill = ink(tag).unwrap_or(Ink::PATTERN),
                        ("fgColor", _) => {}
                        ("patternFill", Some("solid")) => *fill = Ink::SOLID,
                        _ => *fill = Ink::PATTERN,
                    }
                }
            }
            "strike" | "color" | "name" | "sz" if is_in("fonts") => {
                let value = tag.get("val");
                if let Some(font) = self.fonts.last_mut() {
                    match tag.local {
                        "strike" => font.struck |= !matches!(value.as_deref(), Some("0" | "false")),
                        "color" => font.ink = ink(tag),
                        "sz" => {
                            let points = value.and_then(|points| points.parse::<f64>().ok());
                            font.tiny = points.is_some_and(|points| points < READABLE_POINTS);
                        }
                        _ => font.legacy = value.and_then(|name| Legacy::of_font(&name)),
                    }
                }
            }
            "xf" if is_in("cellXfs") => self.cell(tag),
            _ => {}
        }
    }

    fn cell(&mut self, tag: &Tag<'_>) {
        let id = tag.number("numFmtId").unwrap_or(0);
        let format = self.formats.get(&id).cloned().unwrap_or_else(|| number_format::builtin(id).to_owned());
        let at = |name: &str| tag.number(name).and_then(|n| usize::try_from(n).ok());
        let font = at("fontId").and_then(|n| self.fonts.get(n));
        let paper = at("fillId").and_then(|n| self.fills.get(n)).copied().unwrap_or(Ink::WHITE);
        self.cells.push(StoredStyle::of(format, font, paper));
    }
}

fn styles(xml: &str) -> Result<Vec<StoredStyle>, Failure> {
    let mut styles = Styles::default();
    walk(xml, &mut |met| match met {
        Met::Start(tag) => {
            styles.start(&tag);
            styles.inside.push(tag.local.to_owned());
        }
        Met::End(_) => drop(styles.inside.pop()),
        Met::Text(_) => {}
    })
    .map_err(|_| Failure::DAMAGED)?;
    Ok(styles.cells)
}
