use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::fact::{FactKind, FactState, Figures, Period};
use crate::fixture;
use crate::official::{Birth, Block, Honorific, Post};
use crate::preparation::Seat;

fn id(number: u8) -> OfficialId {
    OfficialId::new(Timestamp::UNIX_EPOCH, &[number; 10])
}

fn voter(number: u8) -> DelegateId {
    DelegateId::new(Timestamp::UNIX_EPOCH, &[number; 10])
}

fn official(name: &str, birth: Option<Birth>) -> Official {
    Official {
        name: name.into(),
        honorific: Honorific::Mr,
        birth,
        posts: vec![Post { title: "Giám đốc".into(), elected_on: Some(date(2021, 6, 29)) }],
        block: Block("UBND".into()),
        fields: Vec::new(),
        retirement_notice: None,
    }
}

fn kept(official: Official, position: u32) -> RosterOfficial {
    RosterOfficial { account: None, former_posts: Vec::new(), official, position, withdrawn: false }
}

fn delegate(name: &str, group: Option<&str>) -> Delegate {
    Delegate { name: name.into(), group: group.map(str::to_owned) }
}

fn kept_delegate(delegate: Delegate, position: u32) -> RosterDelegate {
    RosterDelegate { account: None, delegate, is_secretary: true, position, withdrawn: false }
}

fn placed<T>(values: Vec<T>) -> Vec<Placed<T>> {
    (2..).zip(values).map(|(row, value)| Placed { place: format!("Trang!B{row}"), value }).collect()
}

fn with_officials(officials: Vec<Official>) -> Parts {
    Parts { officials: Some(placed(officials)), ..Parts::default() }
}

fn stored_of(list: &[RosterOfficial]) -> Stored<'_> {
    let officials = (1..).zip(list).map(|(number, kept)| (id(number), kept)).collect();
    Stored { officials, ..Stored::default() }
}

fn codes(comparison: &Comparison) -> Vec<&'static str> {
    comparison.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn an_empty_cell_and_a_missing_person_take_nothing_away() {
    let mut before = official("Trần Văn B", Some(Birth::Day(date(1965, 8, 19))));
    before.fields = vec![crate::official::Field("Y tế".into())];
    let list = [kept(before.clone(), 1), kept(official("Lê Thị C", None), 2)];
    let mut bare = official("TRẦN VĂN B", Some(Birth::Year(1965)));
    bare.posts[0].elected_on = None;
    let comparison = compare(&with_officials(vec![bare]), &stored_of(&list));
    let [changed] = comparison.officials.changed.as_slice() else { panic!("{comparison:?}") };
    assert_eq!(changed.after.official, Official { name: "TRẦN VĂN B".into(), ..before });
    assert_eq!((comparison.officials.kept, comparison.officials.same), (vec![id(2)], 0));
}

#[test]
fn births_tell_namesakes_apart_and_one_of_a_name_may_get_another_birth() {
    let year = |year| Some(Birth::Year(year));
    let one = [kept(official("Trần Văn B", year(1965)), 1)];
    let corrected = compare(&with_officials(vec![official("Trần Văn B", year(1966))]), &stored_of(&one));
    assert_eq!((corrected.officials.changed.len(), corrected.officials.added.len()), (1, 0));
    let both = vec![official("Trần Văn B", year(1975)), official("Trần Văn B", year(1965))];
    let second = compare(&with_officials(both), &stored_of(&one));
    assert_eq!((second.officials.added.len(), codes(&second)), (1, vec![]));
    let two = [kept(official("Trần Văn B", year(1965)), 1), kept(official("Trần Văn B", year(1975)), 2)];
    let vague = compare(&with_officials(vec![official("Trần Văn B", None)]), &stored_of(&two));
    assert_eq!(codes(&vague), ["DIF-001"]);
    assert_eq!(vague.findings[0].place, "Trang!B2");
}

#[test]
fn a_workbook_gives_the_order_and_whoever_is_not_in_it_stays_behind_the_one_before() {
    let names = ["A", "B", "C", "D"];
    let list: Vec<_> = (1..).zip(names).map(|(at, name)| kept(official(name, None), at)).collect();
    let people = ["C", "A", "Mới"].map(|name| official(name, None)).to_vec();
    let comparison = compare(&with_officials(people), &stored_of(&list));
    let mut order: Vec<(u32, String)> = list.iter().map(|kept| (kept.position, kept.official.name.clone())).collect();
    for changed in &comparison.officials.changed {
        let old = order.iter_mut().find(|(_, name)| *name == changed.after.official.name).expect("known");
        old.0 = changed.after.position;
    }
    let of_file = order.iter().filter(|(_, name)| name == "C" || name == "A").cloned().collect::<Vec<_>>();
    assert!(of_file.iter().any(|(at, name)| name == "C" && *at < of_file.iter().find(|(_, n)| n == "A").expect("A").0));
    let same = compare(&with_officials(list.iter().map(|kept| kept.official.clone()).collect()), &stored_of(&list));
    assert!(!same.changes_anything() && same.officials.same == 4);
}

#[test]
fn who_was_withdrawn_and_stands_in_the_workbook_comes_back() {
    let away = RosterOfficial { withdrawn: true, ..kept(official("Trần Văn B", None), 1) };
    let list = [away];
    let comparison = compare(&with_officials(vec![official("Trần Văn B", None)]), &stored_of(&list));
    let [back] = comparison.officials.changed.as_slice() else { panic!("{comparison:?}") };
    assert!(back.before.withdrawn && !back.after.withdrawn);
}

#[test]
fn facts_meet_by_what_they_state_and_go_back_to_be_checked_when_they_say_something_else() {
    let list = [kept(official("Trần Văn B", None), 1)];
    let mut stated = fixture::fact(FactKind::Target, Period::Year(2023), "Số giường  bệnh\nmới").about(vec![id(1)]);
    stated.reply = Some("Đã đạt.".into());
    let verified = KeptFact::new(stated.clone(), FactState::Verified);
    let facts = vec![(FactId::new(Timestamp::UNIX_EPOCH, &[1; 10]), &verified)];
    let stored = Stored { facts, ..stored_of(&list) };
    let mut row = stated.clone().about(vec![Named::OfStore(0)]);
    (row.text, row.reply) = ("Số giường bệnh mới".into(), None);
    let parts = |facts: Vec<Fact<Named>>| Parts { facts: Some(facts), ..Parts::default() };
    let same = compare(&parts(vec![row.clone()]), &stored);
    assert!(!same.changes_anything() && same.facts.same == 1, "{same:?}");

    let mut other = row.clone();
    other.reply = Some("Ai đó viết thay.".into());
    other.figures = Some(Figures { planned: None, actual: None, unit: "giường".into(), lower_is_better: false });
    let changed = compare(&parts(vec![other]), &stored);
    let [change] = changed.facts.changed.as_slice() else { panic!("{changed:?}") };
    assert_eq!((change.after.state, change.after.fact.reply.as_deref()), (FactState::Entered, Some("Đã đạt.")));
    assert_eq!(codes(&changed), ["DIF-009"]);
    let twice = compare(&parts(vec![row.clone(), row]), &stored);
    assert_eq!((twice.facts.same, twice.facts.added.len()), (1, 1));
}

#[test]
fn a_new_fact_may_be_about_somebody_new() {
    let fact = fixture::fact(FactKind::Award, Period::Year(2023), "Bằng khen").about(vec![Named::OfFile(0)]);
    let parts = Parts { facts: Some(vec![fact]), ..with_officials(vec![official("Mới", None)]) };
    let comparison = compare(&parts, &Stored::default());
    assert_eq!(comparison.facts.added[0].officials, [Person::Added(0)]);
    let preview = Preview::of(&comparison, &Stored::default(), &[]);
    assert_eq!((preview.writes(), preview.groups[2].added[0].title.as_str()), (2, "Mới"));
}

#[test]
fn a_board_takes_delegates_only_and_loses_nobody() {
    let list = [kept_delegate(delegate("An", None), 1), kept_delegate(delegate("Bình", None), 2)];
    let delegates = (1..).zip(&list).map(|(number, kept)| (voter(number), kept)).collect();
    let board =
        TellerBoard { seats: vec![Seat { account: None, delegate: voter(1), role: TellerRole::Head }], shares: false };
    let stored = Stored { delegates, board: Some(&board), ..Stored::default() };
    let teller = |name: &str, role| Teller { account: None, name: name.into(), role };
    let parts = |tellers: Vec<Teller>| Parts { tellers: Some(placed(tellers)), ..Parts::default() };
    let more = compare(&parts(vec![teller("Bình", TellerRole::Member)]), &stored);
    let expected = vec![(Person::Known(voter(1)), TellerRole::Head), (Person::Known(voter(2)), TellerRole::Member)];
    assert_eq!(more.board, Some(expected));
    assert_eq!(codes(&compare(&parts(vec![teller("Lạ", TellerRole::Member)]), &stored)), ["DIF-003"]);
    let no_poll = Stored { board: None, ..stored };
    assert_eq!(codes(&compare(&parts(vec![teller("Bình", TellerRole::Member)]), &no_poll)), ["DIF-005"]);
}

#[test]
fn groups_tell_delegates_of_one_name_apart() {
    let list = [kept_delegate(delegate("An", Some("Tổ 1")), 1), kept_delegate(delegate("An", Some("Tổ 2")), 2)];
    let delegates: Vec<_> = (1..).zip(&list).map(|(number, kept)| (voter(number), kept)).collect();
    let stored = Stored { delegates, ..Stored::default() };
    let parts = |people: Vec<Delegate>| Parts { delegates: Some(placed(people)), ..Parts::default() };
    let moved = compare(&parts(vec![delegate("An", Some("Tổ 1")), delegate("An", Some("Tổ 3"))]), &stored);
    assert_eq!((moved.delegates.same, moved.delegates.changed.len(), codes(&moved)), (1, 1, vec![]));
    assert!(moved.delegates.changed[0].after.is_secretary, "what no workbook says stays");
    assert_eq!(codes(&compare(&parts(vec![delegate("An", Some("Tổ 9"))]), &stored)), ["DIF-002"]);
}

#[test]
fn texts_and_lists_without_end_are_refused() {
    let long = compare(&with_officials(vec![official(&"A".repeat(5_000), None)]), &Stored::default());
    assert_eq!(codes(&long), ["DIF-008"]);
    let fact = fixture::fact(FactKind::Award, Period::Year(2023), "Bằng khen").about(vec![Named::OfFile(0)]);
    let many = Parts { facts: Some(vec![fact; MAX_FACTS + 1]), ..Parts::default() };
    assert_eq!(codes(&compare(&many, &Stored::default())), ["DIF-007"]);
}
