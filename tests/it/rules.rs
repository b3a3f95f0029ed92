//! The carried rule sets as `tinnhiem rules` shows them: a change of a value, a citation or a mark shows here.

use app::rules::sets::{list_text, show_text};
use domain::council::CouncilKind;
use domain::rules::{Attested, DeadlineRule, RuleSet, builtin, load_all};
use jiff::civil::{Date, date};

#[test]
fn the_list_names_every_set_with_its_period_and_how_much_of_it_is_unverified() {
    insta::assert_snapshot!("rules", list_text(&load_all(&[]).expect("carried sets")));
}

#[test]
fn each_set_prints_every_parameter_with_citation_and_mark() {
    for set in builtin().expect("carried sets") {
        let text = show_text(&set);
        for cited in set.parameters() {
            let source = format!("    {} [{}]\n", cited.cite, cited.attested.label());
            assert!(text.contains(&source), "{}: {} is not printed", set.id, cited.key);
        }
        insta::assert_snapshot!(format!("rules_{}", set.id), text);
    }
}

fn set(id: &str) -> RuleSet {
    builtin().expect("carried sets").into_iter().find(|set| set.id == id).expect("id")
}

/// Mark and citation of the parameter `key`.
fn source(set: &RuleSet, key: &str) -> (Attested, String) {
    let cited = set.parameters().into_iter().find(|cited| cited.path == key);
    cited.map(|cited| (cited.attested, cited.cite.to_owned())).unwrap_or_else(|| panic!("{key}"))
}

fn bases(set: &RuleSet, kind: CouncilKind, day: Date) -> Vec<String> {
    set.legal_bases_on(kind, day).map(|basis| basis.text.clone()).collect()
}

/// Luật 72/2025/QH15 is in force from 16/6/2025, Luật 65/2025/QH15 until the day before; Luật 121/2025/QH15 from 01/3/2026 takes
/// the place of Luật 87/2015/QH13.
#[test]
fn a_resolution_names_the_laws_of_its_day() {
    let state = set("NQ96-2023-QH15");
    let names = |kind, day, wanted: &[&str]| {
        let found = bases(&state, kind, day);
        let holds =
            found.len() == wanted.len() && wanted.iter().all(|number| found.iter().any(|law| law.contains(number)));
        assert!(holds, "{kind:?} {day}: {found:?}");
    };
    let province = CouncilKind::ProvinceCouncil;
    names(province, date(2023, 12, 7), &["77/2015/QH13", "87/2015/QH13"]);
    names(province, date(2025, 6, 15), &["65/2025/QH15", "87/2015/QH13"]);
    names(province, date(2025, 6, 16), &["72/2025/QH15", "87/2015/QH13"]);
    names(CouncilKind::DistrictCouncil, date(2025, 6, 30), &["72/2025/QH15", "87/2015/QH13"]);
    names(CouncilKind::CommuneCouncil, date(2026, 2, 28), &["72/2025/QH15", "87/2015/QH13"]);
    names(province, date(2026, 3, 1), &["72/2025/QH15", "121/2025/QH15 ngày 10 tháng 12 năm 2025"]);
    names(CouncilKind::NationalAssembly, date(2026, 3, 1), &["121/2025/QH15"]);
}

/// law-2026, section A: what changed its mark or its article.
#[test]
fn marks_and_articles_are_those_of_the_last_reading() {
    use Attested::{Single, Unverified, Verified};
    let state = set("NQ96-2023-QH15");
    let place = |id: &str| {
        let of_province = |rule: &DeadlineRule| rule.id == id && rule.councils.contains(&CouncilKind::ProvinceCouncil);
        let at = state.deadlines.iter().position(of_province).expect("a deadline of councils");
        (state.deadlines[at].days, format!("deadline[{at}]"))
    };
    for (id, days, article) in [
        ("person_report", 30, "Điều 11"),
        ("front_report", 25, "Điều 11"),
        ("verify_request", 15, "NQ 85/2014/QH13, Điều 9"),
        ("clarify_request", 10, "NQ 85/2014/QH13, Điều 9"),
    ] {
        let (found, key) = place(id);
        let (mark, cite) = source(&state, &key);
        assert_eq!((found, mark), (days, Single), "{id}");
        assert!(cite.contains("Kế hoạch 242/KH-HĐND") && cite.contains(article), "{id}: {cite}");
    }
    for (key, mark, article) in [
        ("base", Verified, "Điều 19.3"),
        ("band[1]", Verified, "Điều 12"),
        ("confidence.triggers[1]", Verified, "75/2015/QH13, Điều 31.2"),
        ("quorum", Unverified, "72/2025/QH15, Điều 34"),
        ("resolution", Verified, "72/2025/QH15, Điều 35"),
        ("recount", Unverified, "Quy tắc của chương trình"),
        ("spoils_line[0]", Unverified, "Điều 18"),
        ("bad_line", Unverified, "Điều 18"),
        ("exchange", Unverified, "31/2023/UBTVQH15, Điều 12"),
    ] {
        let (found, cite) = source(&state, key);
        assert!(found == mark && cite.contains(article), "{key}: {found:?} {cite}");
    }
    let removal = &state.bands[1].consequence;
    assert!(removal.contains("cùng một lần với nhiều chức vụ"), "Điều 12, the end of the sentence: {removal}");
    let spoiled =
        state.spoils_line.iter().all(|reason| reason.note.as_deref().is_some_and(|note| note.contains("Quảng Bình")));
    assert!(spoiled, "law-2026 A8 and E1");
}

/// NQ 96/2023/QH15, Điều 2.2 names provinces and districts: a commune votes only where the office states its basis.
#[test]
fn the_commune_stays_off_and_the_note_tells_both_readings() {
    let state = set("NQ96-2023-QH15");
    assert!(state.subjects.iter().all(|subject| !subject.councils.contains(&CouncilKind::CommuneCouncil)));
    let off = state.not_subjects.iter().find(|other| other.councils == [CouncilKind::CommuneCouncil]).expect("off");
    let note = off.note.as_deref().unwrap_or_default();
    assert!(off.titles.is_empty() && note.contains("121/2025/QH15, Điều 28.3") && note.contains("phản đối"), "{note}");
}

/// Quy định 96-QĐ/TW, Điều 6.3 read to the letter spoils the paper: the board chooses, and the minutes print its choice.
#[test]
fn the_party_text_can_be_read_to_the_letter_and_the_state_text_cannot() {
    let (state, party) = (set("NQ96-2023-QH15"), set("QD96-TW-2023"));
    assert_eq!(state.bad_line_choice(), None);
    let choice = party.bad_line_choice().expect("a choice");
    assert!(choice.contains("chỉ dòng đó không được tính") && choice.contains("Điều 6.3"), "{choice}");
    for reason in &party.spoils_line {
        let note = reason.note.as_deref().unwrap_or_default();
        assert!(note.contains("Đọc nguyên văn Điều 6.3: có thể cả phiếu không hợp lệ"), "{note}");
    }
    let warning = party.bands[1].exact_warning.as_deref().unwrap_or_default();
    assert!(warning.contains("377-QĐ/TW") && warning.contains("08/10/2025"), "law-2026 A12: {warning}");
}

/// Thông tư 45/2015/TT-BCA, Điều 10.2.c as the model: sealed, handed over, three originals of the minutes.
#[test]
fn both_instruments_in_force_say_who_keeps_the_ballots_and_how_many_minutes_are_signed() {
    for id in ["NQ96-2023-QH15", "QD96-TW-2023"] {
        let set = set(id);
        assert_eq!(set.minutes_copies.as_ref().map(|rule| rule.value), Some(3), "{id}");
        let storage = set.storage.as_ref().expect("storage");
        assert!(storage.value.contains("niêm phong"), "{id}");
        assert!(storage.note.as_deref().is_some_and(|note| note.contains("45/2015/TT-BCA, Điều 10.2.c")), "{id}");
    }
}
