//! Grids to the parts of a workbook of which any sheet may be missing: the data of a term is imported over years, one file
//! per year's facts.

use std::collections::BTreeMap;

use domain::import_diff::{Named, Pairing, Parts, Placed, pair_officials};
use domain::official::{Official, OfficialNo};
use domain::workbook_answer::WorkbookAnswer;

use super::grid::Grid;
use super::imported::ImportedParts;
use super::read::{assigned, convert_old_fonts};
use super::report::{self, Report};
use super::schema::{Need, Schema};
use super::sheets::directory::Directory;
use super::sheets::{council, delegates, facts, officials, results, tellers};
use super::table::{self, SheetRecord};
use super::{answers, bounds, csv_file, picture, workbook};

/// See [`super::read_parts`].
pub(super) fn read((bytes, file_name): (&[u8], &str), known: &[Official], answers: &[WorkbookAnswer]) -> ImportedParts {
    let mut report = Report::default();
    let is_csv = file_name.to_lowercase().ends_with(".csv");
    let loaded = if is_csv {
        let grid = csv_file::load(bytes, file_name, &mut report);
        grid.map(|grid| vec![bounds::Loaded { grid, fonts: BTreeMap::new() }])
    } else {
        workbook::load(bytes, file_name, &mut report)
    };
    let Some(mut loaded) = loaded else {
        let (questions, pictures) = (BTreeMap::new(), Vec::new());
        return ImportedParts { parts: None, questions, pictures, findings: report.into_findings() };
    };
    convert_old_fonts(&mut loaded, &mut report);
    let mut grids: Vec<Grid> = loaded.into_iter().map(|sheet| sheet.grid).collect();
    answers::apply(answers, &mut grids, &mut report);
    let parts = parts(&grids, file_name, known, &mut report);
    let (questions, pictures) = (answers::questions(&grids, &report), picture::sheets(&grids, &report));
    let parts = (!report.has_errors()).then_some(parts);
    ImportedParts { parts, questions, pictures, findings: report.into_findings() }
}

/// Records of a sheet; `None` when there is no such sheet, or nothing in it.
fn records<'g>(
    found: &BTreeMap<&'static str, &'g Grid>,
    schema: &'static Schema,
    report: &mut Report,
) -> Option<Vec<SheetRecord<'g>>> {
    let records = table::records(found.get(schema.title)?, schema, report)?;
    let own = || schema.columns.iter().filter(|column| column.need != Need::Ignored);
    let is_filled = |record: &SheetRecord<'_>| own().any(|column| record.cell(column).is_some());
    records.iter().any(is_filled).then_some(records)
}

fn placed<T>(records: &[SheetRecord<'_>], values: Vec<T>) -> Vec<Placed<T>> {
    let places = records.iter().map(SheetRecord::place_of_record);
    places.zip(values).map(|(place, value)| Placed { place, value }).collect()
}

fn parts(grids: &[Grid], file_name: &str, known: &[Official], report: &mut Report) -> Parts {
    let found = assigned(grids, report);
    let of_council = records(&found, &council::SHEET, report);
    let of_officials = records(&found, &officials::SHEET, report);
    let of_delegates = records(&found, &delegates::SHEET, report);
    let of_tellers = records(&found, &tellers::SHEET, report);
    let of_facts = records(&found, &facts::SHEET, report);
    let has_results = records(&found, &results::SHEET, report).is_some();
    let sheets = [&of_council, &of_officials, &of_delegates, &of_tellers, &of_facts];
    if sheets.iter().all(|sheet| sheet.is_none()) && !report.has_errors() {
        let what = "Tệp không có trang nào của tệp mẫu, hoặc các trang đều trống.";
        report.add(report::SHEET_MISSING, file_name, what, "Tải tệp mẫu, điền ít nhất một trang rồi gửi lại.");
    }
    let council = of_council.and_then(|records| council::read(&records, report));
    let about = council.as_ref();
    let officials = of_officials.map(|records| {
        let read = officials::read(&records, about, report);
        placed(&records, read)
    });
    let delegates = of_delegates.map(|records| {
        let read = delegates::read(&records, about, report);
        placed(&records, read)
    });
    let tellers = of_tellers.map(|records| {
        // Whether a teller is a delegate is held against all who are kept, not against one sheet.
        let read = tellers::read(&records, about, &[], report);
        placed(&records, read)
    });
    let of_file: Vec<Official> = officials.iter().flatten().map(|placed| placed.value.clone()).collect();
    let facts = of_facts.map(|records| {
        let (people, names) = people(&of_file, known);
        let directory = Directory::new(&people);
        let read = facts::read(&records, about, &directory, report);
        let named = |no: &OfficialNo| names.get(no.0).copied();
        read.into_iter()
            .map(|fact| {
                let about = fact.officials.iter().filter_map(named).collect();
                fact.about(about)
            })
            .collect()
    });
    Parts { council, officials, delegates, tellers, facts, has_results }
}

/// All officials whom a fact may name: those of the file, then the stored ones that are not in it.
fn people(of_file: &[Official], known: &[Official]) -> (Vec<Official>, Vec<Named>) {
    let pairs = pair_officials(of_file.iter(), known.iter());
    let is_in_file = |at: usize| pairs.contains(&Pairing::Same(at));
    let others = known.iter().enumerate().filter(|(at, _)| !is_in_file(*at));
    let own = of_file.iter().enumerate().map(|(at, official)| (official.clone(), Named::OfFile(at)));
    own.chain(others.map(|(at, official)| (official.clone(), Named::OfStore(at)))).unzip()
}
