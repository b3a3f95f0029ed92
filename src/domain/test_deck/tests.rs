use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::batch::count_papers;
use crate::fixture::form;
use crate::rules::{builtin, load};

fn rules(id: &str) -> RuleSet {
    builtin().expect("carried").into_iter().find(|set| set.id == id).expect("id")
}

fn deck(kind: PollKind, lines: usize) -> TestDeck {
    TestDeck::of(&form(kind, u32::try_from(lines).expect("few")), &rules("NQ96-2023-QH15"))
}

fn count(deck: &TestDeck) -> BatchCounts {
    let papers: Vec<Paper> = deck.papers.iter().map(TestPaper::reading).collect();
    count_papers(deck.kind, deck.expected.lines.len(), &papers).expect("one form")
}

#[test]
fn every_box_has_a_total_of_its_own_and_no_deck_could_be_smaller() {
    for kind in PollKind::ALL {
        for lines in 1..=60 {
            let deck = deck(kind, lines);
            let totals: BTreeSet<u32> = each_box(&deck.expected.lines).map(|(_, total)| total).collect();
            let boxes = u32::try_from(lines * kind.levels().len()).expect("few");
            assert_eq!(totals, (1..=boxes).collect(), "{kind:?} {lines}");

            let sum: u32 = totals.iter().sum();
            let longest = sum.div_ceil(u32::try_from(lines).expect("few"));
            let invalid: u32 = deck.expected.invalid.values().sum();
            assert_eq!((deck.expected.papers, invalid), (longest + 2 + 6, 6), "{kind:?} {lines}");
        }
    }
}

#[test]
fn counting_the_deck_gives_what_is_expected() {
    for kind in PollKind::ALL {
        for lines in 1..=60 {
            let deck = deck(kind, lines);
            assert_eq!(compare(&deck.expected, &count(&deck)), [], "{kind:?} {lines}");
            assert_eq!(deck.expected.check(), Ok(()));
        }
    }
}

#[test]
fn every_line_has_a_blank_and_a_double_mark_and_the_odd_papers_are_there() {
    let deck = deck(PollKind::Rating, 30);
    assert_eq!(deck.papers.len(), 137 + 2 + 6, "30 lines of three levels");
    for line in 0..30 {
        let counted = deck.papers.iter().filter(|paper| paper.invalid.is_none());
        let marked: Vec<usize> = counted.map(|paper| paper.boxes[line].len()).collect();
        assert!(marked.contains(&0), "line {line} is never blank");
        assert_eq!(marked.iter().filter(|boxes| **boxes > 1).count(), 1, "line {line}");
    }
    let kinds =
        |paper: &TestPaper| paper.boxes.iter().filter(|b| b.len() == 1).map(|b| b[0]).collect::<BTreeSet<_>>().len();
    let mixed = deck.papers.iter().filter(|paper| kinds(paper) == 3).count();
    assert!(mixed > 130, "marks of one kind on {} papers", deck.papers.len() - mixed);
    let blank = |paper: &&TestPaper| paper.boxes.iter().all(Vec::is_empty);
    assert_eq!(deck.papers.iter().filter(blank).count(), 1);
    let looks = |look: Look| deck.papers.iter().filter(|paper| paper.look == look).count();
    assert_eq!(
        [Look::NameWrittenIn, Look::NameCrossedOut { line: 0 }, Look::FromElsewhere, Look::OtherForm, Look::NoSeal]
            .map(looks),
        [1, 1, 1, 2, 3]
    );
    let crossed = deck.papers.iter().find(|paper| matches!(paper.look, Look::NameCrossedOut { .. })).expect("one");
    assert!(!deck.crossing_spoils && crossed.invalid.is_none() && crossed.boxes[0].len() > 1);
    assert_eq!(deck, TestDeck::of(&form(PollKind::Rating, 30), &rules("NQ96-2023-QH15")));
}

#[test]
fn the_partys_deck_spoils_crossed_names_and_single_names_without_one_mark() {
    let party = rules("QD96-TW-2023");
    let many = TestDeck::of(&form(PollKind::Rating, 12), &party);
    let reasons = |deck: &TestDeck| deck.expected.invalid.iter().map(|(id, n)| format!("{id} {n}")).collect::<Vec<_>>();
    assert_eq!(reasons(&many), ["not_issued_by_board 1", "printed_name_crossed_out 2"]);
    assert!(many.crossing_spoils && many.papers.iter().any(|paper| paper.look == Look::OtherForm));

    let single = TestDeck::of(&form(PollKind::Rating, 1), &party);
    assert_eq!(reasons(&single), ["not_issued_by_board 1", "printed_name_crossed_out 2", "single_name_marks 3"]);
    assert_eq!(compare(&single.expected, &count(&single)), []);
    let spoiled = single.papers.iter().filter(|paper| paper.invalid.as_deref() == Some("single_name_marks"));
    assert_eq!(spoiled.map(|paper| paper.boxes[0].len()).collect::<BTreeSet<_>>().len(), 2, "blank and double");
}

/// The board read the text to the letter: one bad line spoils the paper, and the deck tries it with one bad line.
#[test]
fn read_to_the_letter_one_bad_line_spoils_the_whole_paper() {
    let text = include_str!("../rules/QD96-TW-2023.toml");
    let literal = load("x.toml", &text.replace("costs = \"line\"", "costs = \"ballot\"")).expect("the other reading");
    let deck = TestDeck::of(&form(PollKind::Rating, 12), &literal);
    assert_eq!(deck.expected.invalid.get("bad_line"), Some(&3));
    assert_eq!(compare(&deck.expected, &count(&deck)), []);
    let spoiled = deck.papers.iter().filter(|paper| paper.invalid.as_deref() == Some("bad_line"));
    let bad = |paper: &TestPaper| paper.boxes.iter().filter(|boxes| boxes.len() != 1).count();
    assert_eq!(spoiled.map(bad).collect::<Vec<_>>(), [1, 1, 1]);
    let figures: Vec<u32> = deck.expected.lines.iter().flat_map(|line| line.each()).map(|(_, n)| n).collect();
    assert_eq!(figures.iter().collect::<BTreeSet<_>>().len(), 36, "no two totals are the same");
    let counted = deck.papers.iter().filter(|paper| paper.invalid.is_none());
    assert!(counted.flat_map(|paper| &paper.boxes).all(|boxes| boxes.len() == 1), "no line is lost alone");
    let single = TestDeck::of(&form(PollKind::Rating, 1), &literal);
    assert!(single.expected.invalid.contains_key("single_name_marks"), "a ballot of one name has its own reason");
    assert!(!single.expected.invalid.contains_key("bad_line"));
}

#[test]
fn a_reason_that_no_paper_can_show_is_told_not_left_out() {
    let mut own = rules("NQ96-2023-QH15");
    own.spoils_ballot[2].id = "written_in_pencil".into();
    let deck = TestDeck::of(&form(PollKind::Rating, 3), &own);
    assert_eq!(deck.untried, [own.spoils_ballot[2].text.clone()]);
    assert_eq!(deck.expected.invalid.len(), 2);
}

#[test]
fn a_figure_that_is_another_boxs_is_named_with_that_box() {
    let deck = deck(PollKind::Rating, 4);
    let mut wrong = deck.expected.clone();
    wrong.lines.swap(1, 3);
    let told = compare(&deck.expected, &wrong);
    assert_eq!(told.len(), 6);
    let Some(Mismatch::Level { place, taken_for: Some(other), .. }) = told.first() else { panic!("{told:?}") };
    assert_eq!((*place, *other), (FormBox { line: 2, level: Level::High }, FormBox { line: 4, level: Level::High }));

    wrong = deck.expected.clone();
    wrong.papers += 1;
    *wrong.invalid.get_mut("no_seal").expect("reason") += 1;
    assert_eq!(
        compare(&deck.expected, &wrong),
        [
            Mismatch::Papers { expected: deck.expected.papers, obtained: deck.expected.papers + 1 },
            Mismatch::Invalid { reason: "no_seal".into(), expected: 3, obtained: 4 },
        ]
    );
    wrong.lines.pop();
    assert!(compare(&deck.expected, &wrong).contains(&Mismatch::Lines { expected: 4, obtained: 3 }));
    let other_vote = BatchCounts::zero(PollKind::Confidence, 4);
    assert!(compare(&deck.expected, &other_vote).contains(&Mismatch::Kind { line: 4 }));
}

/// `counts` with the levels at two places of every line taken for each other.
fn levels_swapped(counts: &BatchCounts, a: usize, b: usize) -> BatchCounts {
    let swap = |line: &LevelCounts| {
        let mut figures: Vec<u32> = line.each().into_iter().map(|(_, count)| count).collect();
        figures.swap(a, b);
        match figures.as_slice() {
            [high, medium, low] => LevelCounts::Rating { high: *high, medium: *medium, low: *low },
            [yes, no] => LevelCounts::Confidence { confidence: *yes, no_confidence: *no },
            other => panic!("{other:?}"),
        }
    };
    BatchCounts { lines: counts.lines.iter().map(swap).collect(), ..counts.clone() }
}

proptest! {
    #[test]
    fn two_lines_or_two_levels_or_two_reasons_taken_for_each_other_are_found(
        rating in any::<bool>(), lines in 2..=60_usize, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(),
    ) {
        let kind = if rating { PollKind::Rating } else { PollKind::Confidence };
        let deck = deck(kind, lines);
        let (i, j) = (a.index(lines), b.index(lines));
        let mut swapped = deck.expected.clone();
        swapped.lines.swap(i, j);
        let found = compare(&deck.expected, &swapped).len();
        prop_assert_eq!(found, if i == j { 0 } else { 2 * kind.levels().len() });

        let (i, j) = (a.index(kind.levels().len()), b.index(kind.levels().len()));
        let found = compare(&deck.expected, &levels_swapped(&deck.expected, i, j)).len();
        prop_assert_eq!(found, if i == j { 0 } else { 2 * lines });

        let reasons: Vec<&String> = deck.expected.invalid.keys().collect();
        let (i, j) = (a.index(reasons.len()), b.index(reasons.len()));
        let mut swapped = deck.expected.clone();
        swapped.invalid.insert(reasons[i].clone(), deck.expected.invalid[reasons[j]]);
        swapped.invalid.insert(reasons[j].clone(), deck.expected.invalid[reasons[i]]);
        prop_assert_eq!(compare(&deck.expected, &swapped).len(), if i == j { 0 } else { 2 });
    }
}
