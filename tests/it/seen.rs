//! Nothing is read otherwise than a person sees it: files that other programs read wrongly, and what is told or read of each.
//! The files are in `tests/fixtures/seen`; names and figures are made up.

use std::path::PathBuf;

use domain::finding::Finding;
use domain::recompute::check_published;
use domain::rules::builtin;
use domain::tally::base_of;
use import::{read_published, read_xlsx};
use rust_xlsxwriter::{Format, Note};

use crate::import_messy::{Office, told as findings_of};

fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seen").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What is told of a file, whoever reads it.
fn told(name: &str) -> Vec<String> {
    let is_table = name.ends_with(".csv") || name.starts_with("71-") || name.starts_with("t-");
    let findings: Vec<Finding> = if is_table {
        read_published(&file(name), name).map_or_else(|findings| findings, |(_, findings)| findings)
    } else {
        read_xlsx(&file(name), name).findings
    };
    findings.iter().map(ToString::to_string).collect()
}

/// Files of which no finding has all of these parts: code, place and words.
fn untold(expected: &[(&str, &[&str])]) -> String {
    let mut missing = String::new();
    for (name, parts) in expected {
        let told = told(name);
        if !told.iter().any(|line| parts.iter().all(|part| line.contains(part))) {
            missing += &format!("{name}: {parts:?} in {told:#?}\n");
        }
    }
    missing
}

#[test]
fn every_handed_file_is_read_as_it_is_seen_or_told() {
    let missing = untold(&[
        ("71-xw.xlsx", &["LỖI IMP-006", "KQ!E2", "32"][..]),
        ("02b-results.xlsx", &["LỖI IMP-031", "Kết quả!B5", "Có phải là: Phạm Văn Hưng?"][..]),
        ("64c-unclosed.csv", &["LỖI IMP-008", "dòng 2", "ngoặc kép"][..]),
        ("16-formula.xls", &["LỖI IMP-006", "Kết quả!E2", "chưa được tính"][..]),
        ("92-nocache-opt.ods", &["LỖI IMP-006", "Dữ kiện!H2", "chưa được tính"][..]),
        ("18-prefix.xlsx", &["LỖI IMP-006", "chưa được tính"][..]),
        ("18-prefix.xlsx", &["CẢNH BÁO IMP-018", "Dòng đang ẩn"][..]),
        ("40-norefs.xlsx", &["LỖI IMP-006", "chưa được tính"][..]),
        ("40-norefs.xlsx", &["CẢNH BÁO IMP-018", "Dòng đang ẩn"][..]),
        ("17b-merge-covered-results.xlsx", &["LỖI IMP-061", "Kết quả!E5", "«3»", "gộp"][..]),
        ("93-covered.ods", &["LỖI IMP-061", "Kết quả!E5", "«3»", "gộp"][..]),
        ("05-enus-dates.xlsx", &["Dữ kiện!M", "tháng đứng trước ngày"][..]),
        ("05-enus-dates.xlsx", &["CẢNH BÁO IMP-065", "ngày lớn hơn 12"][..]),
        ("06b-scaled.xlsx", &["CẢNH BÁO", "Dữ kiện!G", "12.500.000"][..]),
        ("30b-1904-general.xlsx", &["CẢNH BÁO", "05/12/2022"][..]),
        ("31c-east-utc.xlsx", &["CẢNH BÁO", "Dữ kiện!M", "nửa đêm"][..]),
        ("08-qmark.xlsx", &["LỖI", "?"][..]),
        ("10-eth.xlsx", &["LỖI IMP-034", "đã có ở một dòng"][..]),
        ("13c-apos-dup.xlsx", &["LỖI IMP-030", "Nhiễu"][..]),
        ("07-strike.xlsx", &["CẢNH BÁO IMP-063", "gạch ngang"][..]),
        ("33c-honorific-all.xlsx", &["CẢNH BÁO", "«Ông Phạm Văn Hưng»", "Phạm Văn Hưng"][..]),
        ("27-us-thousand.xlsx", &["CẢNH BÁO IMP-066", "Dữ kiện!G4", "«12,500»"][..]),
        ("61-dup.csv", &["LỖI IMP-030", "dòng 3"][..]),
        ("32-total-line.xlsx", &["LƯU Ý IMP-019", "Đại biểu, dòng 13", "Tổng số: 10 đại biểu"][..]),
        ("62b-avg.csv", &["LƯU Ý IMP-019", "dòng 3", "Trung bình"][..]),
        ("66-badbyte.csv", &["CẢNH BÁO IMP-009", "dòng 2", "0x93"][..]),
        ("49-html.xls", &["LỖI IMP-001", "HTML", ".xlsx"][..]),
    ]);
    assert!(missing.is_empty(), "{missing}");
}

#[test]
fn what_can_be_read_as_it_is_seen_is_read_so() {
    let facts = |name: &str| {
        let read = read_xlsx(&file(name), name);
        let findings: Vec<String> = read.findings.iter().map(ToString::to_string).collect();
        read.book.unwrap_or_else(|| panic!("{name}: {findings:#?}")).facts
    };
    let figures: Vec<String> = facts("14-percent.xls")
        .iter()
        .filter_map(|fact| fact.figures.as_ref())
        .map(|f| {
            let number = |n: Option<domain::decimal::Decimal>| n.map_or_else(|| "–".to_owned(), |n| n.to_string());
            format!("{} {} {}", number(f.planned), number(f.actual), f.unit)
        })
        .collect();
    assert!(figures.iter().any(|f| f == "100 105,2 %"), "{figures:?}");
    let periods: Vec<String> = facts("04-month.xlsx").iter().map(|fact| fact.period.text()).collect();
    assert!(periods.iter().any(|p| p == "01/05/2023 - 31/05/2023"), "{periods:?}");
    let days: Vec<String> = facts("30b-1904-general.xlsx").iter().map(|fact| fact.source.date.to_string()).collect();
    assert!(days.iter().any(|day| day == "2022-12-05"), "{days:?}");
    let scaled: Vec<String> =
        facts("06b-scaled.xlsx").iter().filter_map(|f| f.figures.as_ref()?.planned).map(|n| n.to_string()).collect();
    assert!(scaled.iter().any(|n| n == "12.500"), "{scaled:?}");
    let officials = read_xlsx(&file("33c-honorific-all.xlsx"), "33c.xlsx").book.expect("read").officials;
    assert!(officials.iter().any(|official| official.addressed() == "Ông Phạm Văn Hưng"), "{officials:#?}");
    let delegates = read_xlsx(&file("32-total-line.xlsx"), "32.xlsx").book.expect("read").delegates;
    assert_eq!(delegates.len(), 10);
}

#[test]
fn carriage_returns_alone_end_lines() {
    let (table, findings) = read_published(&file("63-cr.csv"), "63-cr.csv").expect("read");
    let rows: Vec<(u64, &str)> = table.rows.iter().map(|row| (row.line, row.name.as_str())).collect();
    assert_eq!((rows, findings), (vec![(2, "Nguyễn Văn An"), (3, "Trần Thị Bình")], Vec::new()));
    let sheet = String::from_utf8(file("63-cr.csv")).expect("text").replace('\r', "\n");
    let (same, _) = read_published(sheet.as_bytes(), "63-cr.csv").expect("read");
    assert_eq!(same, table);
}

#[test]
fn shares_that_were_cut_off_are_named_with_those_that_follow() {
    for (name, expected) in [("67-trunc.csv", &["85,11", "10,64", "4,26"][..]), ("t-8510.csv", &["85,11"][..])] {
        let (table, _) = read_published(&file(name), name).expect("read");
        let rules = builtin().expect("carried").remove(0);
        let base = base_of(&rules, 47, None).expect("base");
        let report = check_published(&rules, base, 47, &table).expect("report");
        let said: Vec<String> = report.mismatches().map(|(_, mismatch)| mismatch.to_string()).collect();
        assert_eq!(said.len(), expected.len(), "{name}: {said:?}");
        for (line, share) in said.iter().zip(expected) {
            assert!(line.contains(share) && line.contains("cắt bỏ"), "{name}: {line}");
        }
    }
}

#[test]
fn a_bad_byte_leaves_the_rest_of_the_file_as_it_is() {
    let (table, findings) = read_published(&file("66-badbyte.csv"), "66-badbyte.csv").expect("read");
    assert_eq!(
        table.rows.first().map(|row| (row.name.as_str(), row.post.as_str())),
        Some(("Nguyễn Văn An", "Chủ tịch “HDND”"))
    );
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn what_is_rounded_or_stands_in_a_comment_and_who_may_be_one_person_is_told() {
    let mut office = Office::with_council("13/12/2023");
    office.rows(
        "DS cán bộ",
        &[
            &["TT", "Họ tên", "Ông/Bà", "Chức vụ", "Khối"],
            &["1", "Nguyễn Thị Hồng", "Bà", "Chủ tịch UBND tỉnh", "UBND"],
            &["2", "Nguyễn Thị Hông", "Bà", "Phó Chủ tịch UBND tỉnh", "UBND"],
        ],
    );
    let header = "Cán bộ;Lĩnh vực;Loại;Năm;Nội dung;Kế hoạch;Đơn vị;Số văn bản;Ngày văn bản;Nguồn";
    let cells = "Nguyễn Thị Hồng;Ngân sách;chỉ tiêu;2022;Thu;;;1/BC;5/12/2022;UBND";
    let [header, cells] = [header, cells].map(|line| line.split(';').collect::<Vec<_>>());
    let sheet = office.rows("Số liệu", &[&header, &cells]);
    let short = Format::new().set_num_format("0.0");
    sheet.write_number_with_format(1, 5, 12.345, &short).unwrap().insert_note(1, 6, &Note::new("tỷ đồng")).unwrap();
    let read = office.read();
    let said = findings_of(&read.findings);
    for expected in [
        "IMP-047 [DS cán bộ!B3] «Nguyễn Thị Hông» và «Nguyễn Thị Hồng»",
        "IMP-062 [Số liệu!F2]",
        "IMP-064 [Số liệu!G2] Ô trống nhưng có ghi chú",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
