//! The table of situations that jurists read and extend: the program answers every row as the table says, every parameter of
//! every carried rule set decides in some row, and `tinnhiem rules --cases` prints it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use app::rules::cases::rows;
use domain::rule_case::{QUESTIONS, answer};
use domain::rules::builtin;
use domain::text::fold;
use rust_xlsxwriter::Workbook;

use crate::office::Office;

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rule-cases.csv")
}

#[test]
fn every_row_is_answered_as_the_table_says() {
    let sets = builtin().expect("carried");
    let (rows, findings) = rows(&table()).expect("a table");
    assert!(findings.is_empty(), "{findings:?}");
    let wrong: Vec<String> = rows
        .into_iter()
        .map(|row| answer(&sets, row))
        .filter(|case| !case.agrees())
        .map(|case| format!("line {}, {}: {:?}", case.row.line, case.row.question, case.answer))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_parameter_and_every_question_has_a_row() {
    let sets = builtin().expect("carried");
    let (rows, _) = rows(&table()).expect("a table");
    let asked: BTreeSet<String> = rows.iter().map(|row| fold(&row.question)).collect();
    let never: Vec<&str> = QUESTIONS.iter().map(|(label, _)| *label).filter(|q| !asked.contains(&fold(q))).collect();
    assert!(never.is_empty(), "questions that no row asks: {never:?}");
    let mut decided: BTreeSet<(String, String)> = BTreeSet::new();
    for row in rows {
        if let Ok(found) = answer(&sets, row).answer {
            let set = found.ruleset.unwrap_or_default();
            decided.extend(found.keys.into_iter().map(|key| (set.clone(), key)));
        }
    }
    let missing: Vec<String> = sets
        .iter()
        .flat_map(|set| set.parameters().into_iter().map(|cited| (set.id.clone(), cited.path)))
        .filter(|key| !decided.contains(key))
        .map(|(set, key)| format!("{set} {key}"))
        .collect();
    assert!(missing.is_empty(), "parameters that decide in no row:\n{}", missing.join("\n"));
}

#[test]
fn the_command_answers_csv_and_workbook_and_names_what_differs() {
    let office = Office::new();
    let csv = table().display().to_string();
    let all = office.runs(&["rules", "--cases", &csv]).ends(0);
    assert!(all.stdout.contains("trả lời đều đúng như bảng"), "{}", all.stdout);

    let heads = ["Tình huống", "Ngày", "Cơ quan", "Cuộc", "Hỏi", "Dữ kiện", "Trả lời", "Căn cứ"];
    let facts = "thu về = 47; số phiếu = 25";
    let vinh_phuc =
        |expected| ["Vĩnh Phúc", "07/12/2023", "HĐND cấp tỉnh", "Lấy phiếu", "Mức hệ quả", facts, expected, ""];
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let odd = ["", "07/12/2023", "HĐND cấp tỉnh", "Lấy phiếu", "Mưa hay nắng", "", "nắng", ""];
    for (row, cells) in (0_u32..).zip([heads, vinh_phuc("quá nửa"), vinh_phuc("không đạt mức nào"), odd]) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    book.save(office.path("bang.xlsx")).expect("a workbook");
    let run = office.runs(&["rules", "--cases", "bang.xlsx"]).ends(1);
    assert!(run.stdout.contains("→ quá nửa [NQ 96/2023/QH15, Điều 12]"), "{}", run.stdout);
    assert!(run.stdout.contains("✗ bảng ghi: không đạt mức nào"), "{}", run.stdout);
    assert!(run.stdout.contains("không biết câu hỏi «Mưa hay nắng»"), "{}", run.stdout);
    assert!(run.stdout.contains("2 trả lời khác với bảng, ở dòng 3, 4"), "{}", run.stdout);
}
