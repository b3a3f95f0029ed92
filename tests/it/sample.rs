//! The sample council keeps its promises: whoever opens it sees a whole vote, and nobody takes it for a real one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::fact::{FactKind, Status};

type Row = BTreeMap<String, String>;

fn sheet(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/sample").join(name);
    let mut reader = csv::Reader::from_path(&path).expect("sheet of the sample");
    reader.deserialize().collect::<Result<_, _>>().expect("rows of the sample")
}

fn column(rows: &[Row], title: &str) -> Vec<String> {
    rows.iter().map(|row| row[title].clone()).collect()
}

fn officials() -> Vec<String> {
    column(&sheet("nguoi-duoc-lay-phieu.csv"), "Họ và tên")
}

#[test]
fn thirty_two_officials_sixty_delegates_and_a_board_that_does_not_vote_on_itself() {
    let (officials, delegates) = (officials(), column(&sheet("dai-bieu.csv"), "Họ và tên"));
    let tellers = column(&sheet("ban-kiem-phieu.csv"), "Họ và tên");
    for (names, count) in [(&officials, 32), (&delegates, 60), (&tellers, 7)] {
        assert_eq!((names.len(), names.iter().collect::<BTreeSet<_>>().len()), (count, count), "unique names");
    }
    assert!(tellers.iter().all(|t| delegates.contains(t) && !officials.contains(t)));
}

#[test]
fn one_retires_and_one_came_in_the_vote_year_so_thirty_stand_on_the_ballot() {
    let rows = sheet("nguoi-duoc-lay-phieu.csv");
    let left_out = |row: &&Row| !row["Thông báo nghỉ hưu"].is_empty() || row["Ngày được bầu"].ends_with("2023");
    assert_eq!(rows.iter().filter(left_out).count(), 2);
}

#[test]
fn every_fact_is_of_somebody_on_the_list_in_known_words_and_from_a_sample_paper() {
    let officials = officials();
    let kinds: BTreeSet<&str> = FactKind::ALL.iter().map(|k| k.label()).collect();
    let statuses: BTreeSet<&str> = Status::ALL.iter().map(|s| s.label()).chain([""]).collect();
    let facts = sheet("du-kien.csv");
    for (i, row) in facts.iter().enumerate() {
        let line = i + 2;
        assert!(row["Người"].split(';').all(|name| officials.iter().any(|o| o == name)), "line {line}");
        assert!(kinds.contains(row["Loại"].as_str()) && statuses.contains(row["Trạng thái"].as_str()), "line {line}");
        assert!(row["Số văn bản"].contains("MẪU") && row["Cơ quan ban hành"].ends_with("Mẫu"), "line {line}");
    }
    let shown: BTreeSet<String> = column(&facts, "Loại").into_iter().collect();
    assert_eq!(shown.len(), kinds.len(), "every kind of fact is shown");
}
