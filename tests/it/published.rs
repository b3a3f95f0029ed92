//! Every row of every published result is recomputed under the law of its day. Rows that cannot follow stand in
//! [`CANNOT_FOLLOW`] one by one; one that is missing there fails, and so does one that stands there and follows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use app::rules::tally::{report_json, report_text};
use domain::decimal::Decimal;
use domain::poll::{Level, PollKind};
use domain::published::{PublishedCell, PublishedRow, PublishedTable};
use domain::recompute::{PublishedReport, Rounding, check_published};
use domain::rules::{RuleSet, builtin};
use domain::tally::{Band, TallyError, base_of};
use domain::threshold::percent_rounded;
use serde_json::Value;

/// Why a row's figures do not follow from its counts under the law of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// The law wants shares of all delegates, and the page does not say how many there were.
    DelegatesUnknown,
    /// The same, but the printed shares are those of this many: ballots, or a figure nobody explains.
    DelegatesUnknownPrintedOf(u32),
    /// The law wants shares of all delegates, but the page printed shares of this many.
    PrintedOf(u32),
    /// The printed share was cut off instead of rounded, and the report says so.
    CutOff,
    /// The printed share is no rounding of anything near.
    Misprint,
}

use Why::{CutOff, DelegatesUnknown, DelegatesUnknownPrintedOf, Misprint, PrintedOf};

const CANNOT_FOLLOW: &[(&str, &str, Why)] = &[
    // Fractions over the lines that counted for each person: 55/64, 19/65, 12/65.
    ("angiang-2013", "Nguyễn Quốc Khánh", DelegatesUnknown),
    ("angiang-2013", "Trịnh Thanh Sơn", DelegatesUnknown),
    ("angiang-2013", "Dương Thái Nguyên", DelegatesUnknown),
    // All six shares fit 62, which the page does not name.
    ("binhduong-2013", "Võ Thành Đức", DelegatesUnknownPrintedOf(62)),
    ("binhduong-2013", "Vũ Minh Sang", DelegatesUnknownPrintedOf(62)),
    ("binhduong-2013", "Lê Thanh Cung", DelegatesUnknownPrintedOf(62)),
    ("binhduong-2013", "Trần Thanh Liêm", DelegatesUnknownPrintedOf(62)),
    // One share, of the 48 ballots.
    ("danang-2013", "Lương Nguyệt Thu", DelegatesUnknownPrintedOf(48)),
    ("danang-2013", "Võ Duy Khương", DelegatesUnknown),
    ("danang-2013", "Mai Đức Lộc", DelegatesUnknown),
    ("danang-2013", "Văn Hữu Chiến", DelegatesUnknown),
    ("danang-2013", "Nguyễn Văn Cán", DelegatesUnknown),
    // Counts alone; ballots are known (46), delegates are not.
    ("khanhhoa-2014", "Lê Thanh Quang", DelegatesUnknown),
    ("khanhhoa-2014", "Trần An Khánh", DelegatesUnknown),
    ("khanhhoa-2014", "Phan Thông", DelegatesUnknown),
    ("khanhhoa-2014", "Nguyễn Chuyện", DelegatesUnknown),
    ("khanhhoa-2014", "Nguyễn Lạc", DelegatesUnknown),
    ("khanhhoa-2014", "Nguyễn Chiến Thắng", DelegatesUnknown),
    ("khanhhoa-2014", "Trần Sơn Hải", DelegatesUnknown),
    ("khanhhoa-2014", "Lê Đức Vinh", DelegatesUnknown),
    ("khanhhoa-2014", "Lê Xuân Thân", DelegatesUnknown),
    ("khanhhoa-2014", "Ngô Truyện", DelegatesUnknown),
    ("khanhhoa-2014", "Nguyễn Xuân Long", DelegatesUnknown),
    ("khanhhoa-2014", "Trần Ngọc Khánh", DelegatesUnknown),
    ("khanhhoa-2014", "Huỳnh Ngọc Bông", DelegatesUnknown),
    // Shares of 70 ballots while the law then said 72 delegates.
    ("lamdong-2013", "Hà Phước Toản", PrintedOf(70)),
    ("lamdong-2013", "Phùng Khắc Đồng", PrintedOf(70)),
    // Fractions over the 47 ballots.
    ("quangngai-2013", "Lê Quang Thích", DelegatesUnknown),
    ("quangngai-2013", "Phạm Minh Toản", DelegatesUnknown),
    ("quangngai-2013", "Trần Văn Thanh", DelegatesUnknown),
    // 21/33 is 63,64; every paper printed 63,7.
    ("tienlang-huyen-2023", "Bùi Thành Cương", Misprint),
    // One share of 90 among shares of 94 delegates, and one cut off: 70/94 is 74,468.
    ("tphcm-2013", "Nguyễn Thị Quyết Tâm", PrintedOf(90)),
    ("tphcm-2013", "Nguyễn Thị Hồng", CutOff),
];

struct Vote {
    name: String,
    rules: RuleSet,
    returned: u32,
    delegates: Option<u32>,
    table: PublishedTable,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/published")
}

fn rules_named_in(legal_basis: &str) -> RuleSet {
    let set = builtin().expect("carried sets").into_iter().find(|set| legal_basis.starts_with(&set.short));
    set.unwrap_or_else(|| panic!("no rule set for {legal_basis:?}"))
}

fn vote(name: &str) -> Vote {
    let json = fs::read_to_string(folder().join(format!("{name}.json"))).expect("totals");
    let totals: Value = serde_json::from_str(&json).expect("JSON");
    let number = |key: &str| totals[key].as_u64().map(|n| u32::try_from(n).expect("a council is small"));
    let delegates = number("total_delegates");
    // Where the page does not say how many ballots came back, no count can be held to them: the delegates bound them.
    let returned = number("returned").or(delegates).unwrap_or(u32::MAX);
    let rules = rules_named_in(totals["legal_basis"].as_str().expect("legal basis"));
    Vote { name: name.into(), rules, returned, delegates, table: table(name) }
}

fn table(name: &str) -> PublishedTable {
    let mut file = csv::Reader::from_path(folder().join(format!("{name}.csv"))).expect("table");
    let rows = file.records().enumerate().map(|(i, record)| {
        let record = record.expect("row");
        let cell = |level, at: usize| PublishedCell {
            level,
            count: Some(&record[at]).filter(|s| !s.is_empty()).map(|s| s.parse().expect("count")),
            percent: Some(&record[at + 1]).filter(|s| !s.is_empty()).map(|s| Decimal::parse_plain(s).expect("share")),
        };
        let cells = vec![cell(Level::High, 2), cell(Level::Medium, 4), cell(Level::Low, 6)];
        let line = u64::try_from(i).expect("line") + 2;
        PublishedRow { line, name: record[0].into(), post: record[1].into(), cells }
    });
    PublishedTable { kind: PollKind::Rating, rows: rows.collect() }
}

fn votes() -> Vec<Vote> {
    let entries = fs::read_dir(folder()).expect("fixtures").map(|entry| entry.expect("entry").path());
    let mut names: Vec<String> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "csv"))
        .map(|path| path.file_stem().expect("name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.iter().map(|name| vote(name)).collect()
}

/// `None` when the law's base is not known.
fn recomputed(vote: &Vote) -> Option<PublishedReport<'_>> {
    match base_of(&vote.rules, vote.returned, vote.delegates) {
        Ok(base) => Some(check_published(&vote.rules, base, vote.returned, &vote.table).expect("rating rules")),
        Err(TallyError::DelegatesNeeded { .. }) => None,
        Err(other) => panic!("{}: {other}", vote.name),
    }
}

/// Whether every printed share of `row` is the count's share of `base`, with two decimals or with one.
fn printed_of(row: &PublishedRow, base: u32) -> bool {
    let shares: Vec<(u32, Decimal)> = row.cells.iter().filter_map(|c| Some((c.count?, c.percent?))).collect();
    let is_share = |count, printed: Decimal, decimals| {
        let share = percent_rounded(count, base, decimals).and_then(|n| Decimal::new(i64::try_from(n).ok()?, decimals));
        share.is_some_and(|share| printed.compare(share).is_eq())
    };
    !shares.is_empty() && shares.iter().all(|&(count, p)| is_share(count, p, 2) || is_share(count, p, 1))
}

fn has_shares(row: &PublishedRow) -> bool {
    row.cells.iter().any(|cell| cell.percent.is_some())
}

/// What is wrong with a row that the table explains with `why`; nothing when the explanation holds.
fn unexplained(
    vote: &Vote,
    row: &PublishedRow,
    (follows, habits): (Option<bool>, &[Rounding]),
    why: Why,
) -> Option<String> {
    let holds = match why {
        DelegatesUnknown => follows.is_none() && !has_shares(row),
        DelegatesUnknownPrintedOf(base) => follows.is_none() && printed_of(row, base),
        PrintedOf(base) => follows == Some(false) && printed_of(row, base),
        CutOff => follows == Some(false) && habits == [Rounding::CutOff],
        Misprint => follows == Some(false) && habits.is_empty(),
    };
    (!holds).then(|| format!("{}, {}: not explained by {why:?} (follows: {follows:?})", vote.name, row.name))
}

#[test]
fn every_published_row_follows_or_is_listed_with_the_reason_why_not() {
    let mut wrong = Vec::new();
    let mut listed: BTreeSet<(&str, &str)> = CANNOT_FOLLOW.iter().map(|(file, name, _)| (*file, *name)).collect();
    let votes = votes();
    for vote in &votes {
        let report = recomputed(vote);
        for (i, row) in vote.table.rows.iter().enumerate() {
            let follows = report.as_ref().map(|r| r.rows[i].mismatches.is_empty());
            let entry = CANNOT_FOLLOW.iter().find(|(file, name, _)| *file == vote.name && *name == row.name);
            match entry {
                Some((file, name, why)) => {
                    listed.remove(&(*file, *name));
                    let cells = report.iter().flat_map(|r| &r.rows[i].cells);
                    let habits: Vec<Rounding> = cells.filter_map(|cell| cell.rounding).collect();
                    wrong.extend(unexplained(vote, row, (follows, &habits), *why));
                }
                None if follows != Some(true) => {
                    wrong.push(format!("{}, {}: {:?}", vote.name, row.name, report.as_ref().map(|r| &r.rows[i])));
                }
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(listed.is_empty(), "listed but not published: {listed:?}");
    assert_eq!((votes.len(), votes.iter().map(|v| v.table.rows.len()).sum::<usize>()), (21, 144));
}

#[test]
fn over_half_low_was_published_twice_and_two_thirds_never() {
    let votes = votes();
    let mut reached = Vec::new();
    for vote in &votes {
        for row in recomputed(vote).into_iter().flat_map(|report| report.rows) {
            if let Some(verdict) = row.verdict.filter(|v| v.band != Band::None) {
                reached.push((vote.name.clone(), verdict.band.key(), verdict.margin.half, verdict.margin.two_thirds));
            }
        }
    }
    assert_eq!(
        reached,
        [
            ("tienlang-huyen-2023".to_owned(), "over_half_low", Some(4), Some(-1)),
            ("vinhphuc-2023".to_owned(), "over_half_low", Some(1), Some(-7)),
        ]
    );
}

#[test]
fn vinh_phuc_2023_prints_the_table_of_its_resolution_with_the_consequence() {
    let vote = vote("vinhphuc-2023");
    let report = recomputed(&vote).expect("47 ballots");
    insta::assert_snapshot!("tally_vinhphuc_2023", report_text(&report));
    let json = report_json(&report);
    let chairman = &json["officials"][3];
    assert_eq!(chairman["counts"], serde_json::json!({ "high": 19, "medium": 2, "low": 25, "not_counted": 1 }));
    assert_eq!(chairman["percent"], serde_json::json!({ "high": "40,43", "medium": "4,26", "low": "53,19" }));
    assert_eq!(chairman["band"], "over_half_low");
    assert_eq!(chairman["margin"], serde_json::json!({ "half": 1, "two_thirds": -7 }));
    assert_eq!((&json["base"]["name"], &json["base"]["value"]), (&"returned".into(), &47.into()));
}

#[test]
fn thanh_hoa_2023_leaves_unknown_what_was_not_printed() {
    let vote = vote("thanhhoa-2023");
    let json = report_json(&recomputed(&vote).expect("80 ballots"));
    assert_eq!(json["follows"], true);
    assert_eq!(json["officials"][0]["percent"], serde_json::json!({ "high": "97,5", "medium": "1,25", "low": "1,25" }));
    let part = &json["officials"][2];
    assert_eq!(part["counts"], serde_json::json!({ "high": 78, "medium": null, "low": null, "not_counted": null }));
    assert!(part["band"].is_null() && part["margin"].is_null());
}

#[test]
fn tien_lang_2023_is_told_what_should_have_been_printed() {
    let vote = vote("tienlang-huyen-2023");
    let report = recomputed(&vote).expect("33 ballots");
    assert!(!report.holds());
    insta::assert_snapshot!("tally_tienlang_2023", report_text(&report));
    insta::assert_snapshot!("tally_tienlang_2023_json", format!("{:#}", report_json(&report)));
}
