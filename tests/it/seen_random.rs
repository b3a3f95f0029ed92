//! Random sheets as LibreOffice shows them against what is read of them: no cell is read otherwise without a word.
//!
//! Beside each workbook lies what LibreOffice showed, a line a cell: address and text, with days as `05/12/2022`, months as
//! `5/2023` and a comma before decimals. `tests/fixtures/seen/random` is what `scripts/seen` made once; with `TINNHIEM_SEEN`
//! another folder that it made is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use import::cells_of;

fn folder() -> PathBuf {
    let own = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seen/random");
    std::env::var_os("TINNHIEM_SEEN").map_or_else(own, PathBuf::from)
}

fn spot(address: &str) -> (u32, u32) {
    let (row, column) = address.split_once(',').expect("row,column");
    (row.parse().expect("a row"), column.parse().expect("a column"))
}

/// Whether two texts are one number: `9,0` and `9`, and 13 digits of the same. A library writes more digits than are shown.
fn is_same_number(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> Option<String> {
        let digits = text.trim_start_matches('-');
        digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b',').then_some(())?;
        let number: f64 = digits.replace(',', ".").parse().ok()?;
        Some(format!("{}{number:.12e}", if text.starts_with('-') { "-" } else { "" }))
    };
    plain(one).is_some() && plain(one) == plain(other)
}

/// Cells that are read otherwise than they were seen, with nothing told; and how many were compared.
fn silent(workbook: &Path, shown: &str) -> (Vec<String>, usize) {
    let name = workbook.file_name().and_then(|name| name.to_str()).expect("a name");
    let sheets =
        cells_of(&std::fs::read(workbook).expect("a file"), name).unwrap_or_else(|told| panic!("{name}: {told:?}"));
    let read: BTreeMap<(u32, u32), _> =
        sheets.first().into_iter().flat_map(|sheet| &sheet.cells).map(|cell| (cell.spot, cell)).collect();
    let mut wrong = Vec::new();
    let mut met = 0;
    for line in shown.lines() {
        let mut parts = line.splitn(3, '\t');
        let (Some(address), Some(kind), Some(seen)) = (parts.next(), parts.next(), parts.next()) else { continue };
        met += 1;
        let cell = read.get(&spot(address));
        let is_told = cell.is_some_and(|cell| cell.is_refused || !cell.doubts.is_empty());
        let text = cell.map_or("", |cell| cell.text.as_str());
        if text != seen && !is_told && !(kind != "digits" && is_same_number(text, seen)) {
            wrong.push(format!("{name} {address} ({kind}): seen «{seen}», read «{text}»"));
        }
    }
    (wrong, met)
}

#[test]
fn nothing_random_is_read_otherwise_than_libreoffice_shows_it() {
    let (mut wrong, mut met, mut formats) = (Vec::new(), 0, BTreeMap::new());
    for entry in std::fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let seen =
            path.with_file_name(format!("{}.tsv", path.file_name().and_then(|n| n.to_str()).unwrap_or_default()));
        let Ok(shown) = std::fs::read_to_string(&seen) else { continue };
        let (own, cells) = silent(&path, &shown);
        wrong.extend(own);
        met += cells;
        *formats.entry(path.extension().map(|e| e.to_owned())).or_insert(0) += cells;
    }
    assert!(
        wrong.is_empty(),
        "{} of {met} cells:\n{}",
        wrong.len(),
        wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
    assert_eq!(formats.len(), 4, "{formats:?}");
    assert!(met >= 1000, "only {met} cells");
    eprintln!("{met} cells: {formats:?}");
}
