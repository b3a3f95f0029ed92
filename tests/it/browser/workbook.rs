//! The sample council as its office would send it: a title above a table, a hidden column of remarks, letters and their
//! accents apart, spaces that nobody sees, a day that does not exist.

use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet};
use unicode_normalization::UnicodeNormalization as _;

/// Writes a workbook with the officials of these places (from 1), all delegates, the board, and the facts about these
/// officials alone; `elected` is typed as the day on which the first of them was elected.
pub fn write(path: &Path, officials: &[usize], elected: &str) {
    let mut book = Workbook::new();
    let people = people(officials, elected);
    let all = sample("nguoi-duoc-lay-phieu");
    let names: Vec<String> = officials.iter().map(|place| first(all[*place].clone())).collect();
    let sheet = book.add_worksheet().set_name("DANH SACH  LAY PHIEU").expect("name");
    let title = "DANH SÁCH NGƯỜI ĐƯỢC LẤY PHIẾU TÍN NHIỆM";
    sheet.merge_range(0, 0, 0, 8, title, &Format::new()).expect("title");
    put(sheet, 2, &people);
    sheet.set_column_hidden(8).expect("column");
    let delegates = sample("dai-bieu");
    put(book.add_worksheet().set_name("1. Danh sách đại biểu").expect("name"), 0, &delegates);
    let mut facts = sample("du-kien");
    put(book.add_worksheet().set_name("Ban kiểm phiếu").expect("name"), 0, &sample("ban-kiem-phieu"));
    facts.retain(|row| row[0] == "Người" || row[0].split(';').all(|name| names.iter().any(|other| other == name)));
    put(book.add_worksheet().set_name("Dữ kiện").expect("name"), 0, &facts);
    book.save(path).expect("workbook");
}

fn people(officials: &[usize], elected: &str) -> Vec<Vec<String>> {
    let all = sample("nguoi-duoc-lay-phieu");
    let mut rows: Vec<Vec<String>> = std::iter::once(&0).chain(officials).map(|place| all[*place].clone()).collect();
    rows[1][5] = elected.to_owned();
    for (place, row) in rows.iter_mut().enumerate() {
        let is_head = place == 0;
        if !is_head {
            row[0] = format!("  {}\u{a0}", row[0].nfd().collect::<String>());
        }
        row.push(if is_head { "Ghi chú" } else { "tái cử" }.to_owned());
    }
    rows
}

/// The rows of a sheet of the sample, its head first.
fn sample(sheet: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/sample/{sheet}.csv"));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).expect("sample");
    let text = |row: csv::Result<csv::StringRecord>| row.expect("row").iter().map(str::to_owned).collect();
    reader.records().map(text).collect()
}

fn first(row: Vec<String>) -> String {
    row.into_iter().next().expect("a name")
}

fn put(sheet: &mut Worksheet, from: u32, rows: &[Vec<String>]) {
    for (row, cells) in (from..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("cell");
        }
    }
}
