//! Published tables are read exactly as printed.

use domain::finding::Finding;
use domain::poll::{Level, PollKind};
use import::read_published;

fn told(findings: Vec<Finding>) -> Vec<String> {
    findings.into_iter().map(|f| format!("{} {}: {}", f.code, f.place, f.what)).collect()
}

#[test]
fn an_empty_cell_is_not_printed_and_every_digit_is_kept() {
    let csv = "name,post,high,high_pct,mid,mid_pct,low,low_pct\r\n\
        Nguyễn Văn A,\"Bí thư Tỉnh ủy, Chủ tịch HĐND tỉnh\",29,61.70,15,\"31,91%\",3,6.38\r\n\
        \r\n\
        Trần Thị B,Giám đốc Sở,,,0,,,\r\n";
    let (table, findings) = read_published(csv.as_bytes(), "a.csv").expect("readable");
    assert!(findings.is_empty());
    assert_eq!(table.kind, PollKind::Rating);
    let percents: Vec<String> = table.rows[0].cells.iter().filter_map(|c| c.percent).map(|p| p.to_string()).collect();
    assert_eq!(percents, ["61,70", "31,91", "6,38"]);
    let second = &table.rows[1];
    assert_eq!((second.line, second.name.as_str(), second.post.as_str()), (4, "Trần Thị B", "Giám đốc Sở"));
    let counts: Vec<(Level, Option<u32>)> = second.cells.iter().map(|c| (c.level, c.count)).collect();
    assert_eq!(counts, [(Level::High, None), (Level::Medium, Some(0)), (Level::Low, None)]);
    assert!(second.cells.iter().all(|c| c.percent.is_none()));
}

#[test]
fn a_confidence_poll_has_two_levels() {
    let csv = "Họ tên;Chức vụ;confidence;no_confidence;no_confidence_pct\nNguyễn Văn A;Chủ tịch;12;20;62,5\n";
    let (table, _) = read_published(csv.as_bytes(), "b.csv").expect("readable");
    assert_eq!(table.kind, PollKind::Confidence);
    let levels: Vec<_> =
        table.rows[0].cells.iter().map(|c| (c.level, c.count, c.percent.map(|p| p.to_string()))).collect();
    let expected = [(Level::Confidence, Some(12), None), (Level::NoConfidence, Some(20), Some("62,5".to_owned()))];
    assert_eq!(levels, expected);
}

#[test]
fn every_wrong_cell_is_named_at_once() {
    let csv = "name,post,high,mid,low,low_pct\n,Chủ tịch,4.5,một,3,nhiều\nTrần Thị B,,1,2,-3,\n";
    let findings = told(read_published(csv.as_bytes(), "c.csv").expect_err("five cells are wrong"));
    assert_eq!(
        findings,
        [
            "IMP-020 c.csv, dòng 2, cột A: Chưa ghi «name».",
            "IMP-025 c.csv, dòng 2, cột C: «4.5» không phải là số nguyên không âm.",
            "IMP-025 c.csv, dòng 2, cột D: «một» không phải là số nguyên không âm.",
            "IMP-055 c.csv, dòng 2, cột F: «nhiều» không phải là tỷ lệ phần trăm.",
            "IMP-025 c.csv, dòng 3, cột E: «-3» không phải là số nguyên không âm.",
        ]
    );
    let both = read_published(b"name,high,mid,low,confidence\nA,1,2,3,4\n", "d.csv").expect_err("two kinds");
    assert_eq!(told(both), ["IMP-053 d.csv: Bảng có cả cột lấy phiếu và cột bỏ phiếu."]);
    let short = read_published(b"name,post,high,low\nA,B,1,2\n", "e.csv").expect_err("a column is missing");
    assert_eq!(told(short), ["IMP-015 e.csv: Thiếu cột «mid»."]);
}
