//! Grids to a book: identifies the sheets, reads each, and collects all findings.

use std::collections::BTreeMap;

use domain::book::Book;
use domain::text::{clean, fold};
use domain::workbook_answer::WorkbookAnswer;

use super::grid::{Cell, Grid, Origin, Spot};
use super::imported::Imported;
use super::legacy::{self, Evidence};
use super::report::{self, Report};
use super::schema::{Need, Schema};
use super::sheets::directory::Directory;
use super::sheets::{self, council, delegates, facts, officials, results, tellers};
use super::table::{self, SheetRecord};
use super::{answers, bounds, csv_file, workbook};

/// Sheets of the template that hold no data, folded.
const OWN_SHEETS: [&str; 3] = ["huong dan", "danh muc", "huong dan su dung"];

/// See [`super::read_xlsx`].
pub(super) fn xlsx(bytes: &[u8], file_name: &str, answers: &[WorkbookAnswer]) -> Imported {
    let mut report = Report::default();
    let Some(mut loaded) = workbook::load(bytes, file_name, &mut report) else {
        return Imported { book: None, findings: report.into_findings() };
    };
    convert_old_fonts(&mut loaded, &mut report);
    let mut grids: Vec<Grid> = loaded.into_iter().map(|sheet| sheet.grid).collect();
    answers::apply(answers, &mut grids, &mut report);
    book(&grids, file_name, report)
}

/// See [`super::read_csv_folder`].
pub(super) fn csv_folder(files: Vec<(String, Vec<u8>)>, answers: &[WorkbookAnswer]) -> Imported {
    let mut report = Report::default();
    let mut loaded = Vec::new();
    for (name, bytes) in files {
        if !name.to_lowercase().ends_with(".csv") {
            report.add(
                report::SHEET_UNKNOWN,
                &name,
                "Tệp không phải CSV nên không đọc.",
                "Không cần làm gì nếu tệp không chứa dữ liệu.",
            );
        } else if let Some(grid) = csv_file::load(&bytes, &name, &mut report) {
            loaded.push(bounds::Loaded { grid, fonts: BTreeMap::new() });
        }
    }
    convert_old_fonts(&mut loaded, &mut report);
    let mut grids: Vec<Grid> = loaded.into_iter().map(|sheet| sheet.grid).collect();
    answers::apply(answers, &mut grids, &mut report);
    book(&grids, "thư mục CSV", report)
}

/// Converts cells typed in TCVN3 or VNI to Unicode, with a warning for each text. Only a file with a cell that is
/// certainly in such an encoding is converted; in it, weaker evidence or the cell's font suffices for the other cells.
pub(super) fn convert_old_fonts(sheets: &mut [bounds::Loaded], report: &mut Report) {
    let cells = |sheet: &bounds::Loaded| -> Vec<(Spot, String)> {
        let rows = sheet.grid.rows.iter();
        let placed =
            rows.flat_map(|(&row, cells)| cells.iter().map(move |(&column, placed)| ((row, column), &placed.cell)));
        let text =
            placed.filter_map(|(spot, cell)| if let Cell::Text(text) = cell { Some((spot, text)) } else { None });
        text.filter(|(_, text)| !text.is_ascii()).map(|(spot, text)| (spot, text.clone())).collect()
    };
    let proven = sheets.iter().any(|sheet| {
        let rows = sheet.grid.rows.iter();
        let mut placed =
            rows.flat_map(|(&row, cells)| cells.iter().map(move |(&column, placed)| ((row, column), placed)));
        placed.any(|(spot, placed)| {
            let Cell::Text(text) = &placed.cell else { return false };
            let by_font = || sheet.fonts.get(&spot).filter(|_| !legacy::makes_sense(text))?.decode(text);
            !text.is_ascii() && (legacy::detect(text, Evidence::Cell).is_some() || by_font().is_some())
        })
    });
    if !proven {
        return;
    }
    for sheet in sheets {
        let mut converted_texts = Converted::new();
        for (spot, text) in cells(sheet) {
            let by_font = sheet.fonts.get(&spot).and_then(|font| Some((*font, font.decode(&text)?)));
            let Some((font, converted)) = by_font.or_else(|| legacy::detect(&text, Evidence::File)) else { continue };
            let copied = sheet.grid.at(spot).is_some_and(|placed| placed.copy_of.is_some());
            if converted != text && !copied {
                let texts = (font.label(), clean(&text), clean(&converted));
                converted_texts.entry(texts).or_default().push(spot);
            }
            if let Some(placed) = sheet.grid.rows.get_mut(&spot.0).and_then(|cells| cells.get_mut(&spot.1)) {
                placed.cell = Cell::Text(converted);
            }
        }
        say_converted(&sheet.grid, converted_texts, report);
    }
}

/// Cells of one sheet by text in an old font: name of the font, text before, text after.
type Converted = BTreeMap<(&'static str, String, String), Vec<Spot>>;

/// One warning for each text, however often it stands on the sheet, in the order of the sheet.
fn say_converted(grid: &Grid, converted: Converted, report: &mut Report) {
    let mut texts: Vec<_> = converted.into_iter().collect();
    texts.sort_by_key(|(_, spots)| spots.first().copied());
    for ((font, before, after), spots) in texts {
        let more = if spots.len() > 1 { format!(" (và {} ô khác)", spots.len() - 1) } else { String::new() };
        let what = format!("Chữ gõ bằng phông {font} đã đổi: «{before}» thành «{after}»{more}.");
        let place = spots.first().map_or_else(|| grid.title.clone(), |spot| grid.place(*spot));
        report.add(report::LEGACY_FONT, place, what, "Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.");
    }
}

/// The grid of each sheet, with findings for missing, duplicate and unknown sheets.
fn assign<'g>(grids: &'g [Grid], file_name: &str, report: &mut Report) -> BTreeMap<&'static str, &'g Grid> {
    let found = assigned(grids, report);
    for schema in sheets::ALL.iter().filter(|schema| !found.contains_key(schema.title)) {
        let code = match schema.need {
            Need::Required => report::SHEET_MISSING,
            Need::Wanted => report::SHEET_ABSENT,
            Need::Optional | Need::Ignored => continue,
        };
        let what = format!("Không có trang «{}».", schema.title);
        report.add(code, file_name, what, format!("Thêm trang «{}» theo tệp mẫu. {}", schema.title, schema.help));
    }
    found
}

/// The grid of each sheet that is present, with findings for duplicate and unknown sheets.
pub(super) fn assigned<'g>(grids: &'g [Grid], report: &mut Report) -> BTreeMap<&'static str, &'g Grid> {
    let mut found: BTreeMap<&'static str, &Grid> = BTreeMap::new();
    for grid in grids.iter().filter(|grid| !grid.is_empty()) {
        let name = sheet_name(grid);
        match schema_of(name) {
            Some(schema) => {
                if let Some(first) = found.get(schema.title) {
                    let what = format!(
                        "Hai trang cùng được hiểu là «{}»: «{}» và «{}».",
                        schema.title, first.title, grid.title
                    );
                    report.add(report::SHEET_TWICE, &grid.title, what, "Gộp thành một trang hoặc đổi tên trang thừa.");
                } else {
                    found.insert(schema.title, grid);
                }
            }
            None if OWN_SHEETS.contains(&fold(name).as_str()) => {}
            None => {
                let names: Vec<&str> = sheets::ALL.iter().map(|schema| schema.title).collect();
                let remedy = format!("Nếu trang có dữ liệu, đổi tên thành một trong: {}.", names.join("; "));
                report.add(report::SHEET_UNKNOWN, &grid.title, "Trang không thuộc tệp mẫu nên không đọc.", remedy);
            }
        }
    }
    found
}

/// The sheet that a name means, also when it was typed for an old font.
fn schema_of(name: &str) -> Option<&'static Schema> {
    let whole = |name: &str| sheets::ALL.into_iter().find(|schema| schema.is_named(name));
    // LibreOffice names the CSV file of a sheet after the workbook too: `So lieu-Dai bieu.csv`.
    let named = |name: &str| whole(name).or_else(|| whole(name.rsplit_once('-')?.1));
    named(name).or_else(|| named(&legacy::detect(name, Evidence::File)?.1))
}

/// `dai-bieu` of `dai-bieu.csv`.
fn sheet_name(grid: &Grid) -> &str {
    match grid.origin {
        Origin::Workbook => &grid.title,
        Origin::Csv => {
            let file = grid.title.rsplit(['/', '\\']).next().unwrap_or_default();
            file.rsplit_once('.').map_or(file, |(stem, _)| stem)
        }
    }
}

fn book(grids: &[Grid], file_name: &str, mut report: Report) -> Imported {
    let found = assign(grids, file_name, &mut report);
    let records = |schema: &'static Schema| -> Option<Vec<SheetRecord<'_>>> {
        found.get(schema.title).and_then(|grid| table::records(grid, schema, &mut report))
    };
    let of_sheet = sheets::ALL.map(records);
    let [of_council, of_officials, of_delegates, of_tellers, of_facts, of_results] = of_sheet;
    let council = of_council.and_then(|records| council::read(&records, &mut report));
    let about = council.as_ref();
    let officials = of_officials.map(|records| officials::read(&records, about, &mut report)).unwrap_or_default();
    let delegates = of_delegates.map(|records| delegates::read(&records, about, &mut report)).unwrap_or_default();
    let tellers = of_tellers.map(|records| tellers::read(&records, about, &delegates, &mut report));
    let directory = Directory::new(&officials);
    let facts = of_facts.map(|records| facts::read(&records, about, &directory, &mut report)).unwrap_or_default();
    let declared = of_results.and_then(|records| results::read(&records, &directory, &mut report));
    let whole = council.filter(|_| !report.has_errors());
    let book = whole.map(|council| Book {
        council,
        officials,
        delegates,
        tellers: tellers.unwrap_or_default(),
        facts,
        declared,
    });
    Imported { book, findings: report.into_findings() }
}
