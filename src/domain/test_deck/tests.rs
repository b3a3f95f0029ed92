use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::audit::event::poll::{DeckForm, DeckPaper};
use crate::fixture::form;
use crate::rules::{builtin, load};

fn rules(id: &str) -> RuleSet {
    builtin().expect("carried").into_iter().find(|set| set.id == id).expect("id")
}

fn deck(kind: PollKind, lines: u32) -> TestDeck {
    TestDeck::sized("F1", kind, lines, &rules("NQ96-2023-QH15"))
}

/// Every rule set, and that of the Party as a board reads it that takes its text to the letter.
fn all_rules() -> Vec<RuleSet> {
    let text = include_str!("../rules/QD96-TW-2023.toml");
    let literal = load("x.toml", &text.replace("costs = \"line\"", "costs = \"ballot\"")).expect("the other reading");
    builtin().expect("carried").into_iter().chain([literal]).collect()
}

/// The marks of the papers that count, a row for each paper.
fn rows(deck: &TestDeck) -> Vec<Vec<Mark>> {
    let marks = |paper: &Paper| if let Paper::Marked(marks) = paper { Some(marks.clone()) } else { None };
    deck.readings().iter().filter_map(marks).collect()
}

/// Whether reading at every paper and line what `at` gives is another reading.
fn shows(rows: &[Vec<Mark>], at: impl Fn(usize, usize) -> Mark) -> bool {
    let lines = rows.first().map_or(0, Vec::len);
    shows_on(rows, 0..lines, at)
}

/// The same where nothing is read otherwise but on these lines.
fn shows_on(rows: &[Vec<Mark>], lines: impl IntoIterator<Item = usize>, at: impl Fn(usize, usize) -> Mark) -> bool {
    lines.into_iter().any(|line| (0..rows.len()).any(|paper| at(paper, line) != rows[paper][line]))
}

/// All ways to put things of this number in another order, as places.
fn other_orders(things: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..things {
        let longer = |order: Vec<usize>| {
            let left: Vec<usize> = (0..things).filter(|place| !order.contains(place)).collect();
            left.into_iter().map(move |place| [order.as_slice(), &[place]].concat())
        };
        orders = orders.into_iter().flat_map(longer).collect();
    }
    orders.retain(|order| order.iter().enumerate().any(|(at, place)| at != *place));
    orders
}

/// How many of these faults a deck would not show, with how many there are: exchanges and shifts of lines, orders of levels on
/// all lines and on one, exchanges of papers.
fn unnoticed(deck: &TestDeck) -> (usize, usize) {
    let (rows, lines) = (rows(deck), deck.expected.lines.len());
    let (mut missed, mut all) = (0, 0);
    let mut tried = |shown: bool| {
        missed += usize::from(!shown);
        all += 1;
    };
    for (one, other) in (0..lines).flat_map(|one| (one + 1..lines).map(move |other| (one, other))) {
        tried(shows_on(&rows, [one, other], |paper, line| rows[paper][if line == one { other } else { one }]));
    }
    for by in 1..=lines {
        if by < lines {
            tried(shows(&rows, |paper, line| rows[paper][(line + by) % lines]));
        }
        tried(shows(&rows, |paper, line| rows[paper].get(line + by).copied().unwrap_or_default()));
        tried(shows(&rows, |paper, line| line.checked_sub(by).map(|from| rows[paper][from]).unwrap_or_default()));
    }
    let levels = deck.kind.levels();
    for order in other_orders(levels.len()) {
        let other = |mark: Mark| match levels.iter().position(|level| mark == Mark::Level(*level)) {
            Some(place) => Mark::Level(levels[order[place]]),
            None => mark,
        };
        tried(shows(&rows, |paper, line| other(rows[paper][line])));
        for only in 0..lines {
            tried(shows_on(&rows, [only], |paper, line| other(rows[paper][line])));
        }
    }
    let readings = deck.readings();
    for (one, other) in (0..readings.len()).flat_map(|one| (one + 1..readings.len()).map(move |other| (one, other))) {
        // Two papers that marks spoil have to be read the same, blank or double.
        let by_marks = |place: usize| {
            let paper = &deck.papers[place];
            paper.invalid.is_some() && paper.look == Look::Plain
        };
        if !(by_marks(one) && by_marks(other)) {
            let mut swapped = readings.clone();
            swapped.swap(one, other);
            tried(!compare(deck, &swapped).is_empty());
        }
    }
    (missed, all)
}

/// Whether keys in any other meaning would show: each key that can be keyed of such a form stands somewhere.
fn every_key_stands(deck: &TestDeck, rules: &RuleSet, lines: usize) -> bool {
    let keyed: BTreeSet<String> = deck
        .readings()
        .iter()
        .flat_map(|paper| {
            let keys = keys(paper, deck.kind, &deck.reasons);
            if keys.starts_with('-') { vec![keys] } else { keys.chars().map(String::from).collect() }
        })
        .collect();
    let levels = (1..=deck.kind.levels().len()).map(|place| place.to_string());
    let marks_spoil = rules.marks_spoil_ballot(lines).is_some();
    let none = if marks_spoil { Vec::new() } else { vec!["0".to_owned(), "9".to_owned()] };
    let untried = deck.untried.len();
    let reasons = (1..=deck.reasons.len() - untried).map(|number| format!("-{number}"));
    let can_be: BTreeSet<String> = levels.chain(none).chain(reasons).collect();
    untried == 0 && keyed == can_be
}

#[test]
fn no_fault_of_lines_levels_papers_or_keys_goes_unnoticed_on_any_form() {
    let (mut missed, mut all) = (0, 0);
    for rules in all_rules() {
        for kind in PollKind::ALL {
            for lines in 1..=120 {
                let deck = TestDeck::sized("F1", kind, lines, &rules);
                let found = unnoticed(&deck);
                (missed, all) = (missed + found.0, all + found.1);
                let names = usize::try_from(lines).expect("few");
                assert!(every_key_stands(&deck, &rules, names), "{} {kind:?} {lines}", rules.id);
                assert_eq!(compare(&deck, &deck.readings()), []);
                assert_eq!(deck.expected.check(), Ok(()));
            }
        }
    }
    assert!(all > 2_000_000, "only {all} faults were tried");
    assert_eq!(missed, 0, "of {all}");
}

/// All `keys` to `keys`: 3125 ways for five keys, of which one is what the keys mean.
#[test]
fn every_mapping_of_keys_but_the_right_one_shows() {
    let deck = deck(PollKind::Rating, 30);
    let rows = rows(&deck);
    let keys =
        [Mark::Level(Level::High), Mark::Level(Level::Medium), Mark::Level(Level::Low), Mark::None, Mark::Multiple];
    let unnoticed = (0..5_usize.pow(5)).filter(|way| {
        let meaning = |mark: Mark| {
            let place = keys.iter().position(|key| *key == mark).expect("a key");
            keys[way / 5_usize.pow(u32::try_from(place).expect("few")) % 5]
        };
        !shows(&rows, |paper, line| meaning(rows[paper][line]))
    });
    assert_eq!(unnoticed.count(), 1, "the right one");
}

#[test]
fn a_deck_has_eight_to_twelve_papers_and_every_line_sees_every_level_blank_and_double() {
    let papers = |kind, lines| deck(kind, lines).papers.len();
    assert_eq!(
        [1, 6, 7, 8, 12, 23, 30, 36, 37, 120].map(|lines| papers(PollKind::Rating, lines)),
        [8, 8, 9, 9, 9, 9, 9, 9, 10, 10]
    );
    assert_eq!(
        [1, 2, 3, 8, 12, 23, 30, 60, 120].map(|lines| papers(PollKind::Confidence, lines)),
        [7, 7, 8, 9, 9, 10, 10, 11, 12]
    );
    for kind in PollKind::ALL {
        for lines in 1..=120 {
            let deck = deck(kind, lines);
            for line in 0..usize::try_from(lines).expect("few") {
                let counted = deck.papers.iter().filter(|paper| paper.invalid.is_none());
                let seen: BTreeSet<&[Level]> = counted.map(|paper| paper.boxes[line].as_slice()).collect();
                assert!(seen.contains(&[][..]) && seen.iter().any(|boxes| boxes.len() > 1), "{lines} {line}");
                assert!(kind.levels().iter().all(|level| seen.contains(&[*level][..])), "{lines} {line}");
            }
        }
    }
}

#[test]
fn the_odd_papers_are_there() {
    let deck = deck(PollKind::Rating, 30);
    let looks = |look: Look| deck.papers.iter().filter(|paper| paper.look == look).count();
    let odd =
        [Look::NameWrittenIn, Look::NameCrossedOut { line: 0 }, Look::FromElsewhere, Look::OtherForm, Look::NoSeal];
    assert_eq!(odd.map(looks), [1; 5]);
    let crossed = deck.papers.iter().find(|paper| matches!(paper.look, Look::NameCrossedOut { .. })).expect("one");
    assert!(!deck.crossing_spoils && crossed.invalid.is_none() && crossed.boxes[0].len() > 1);
    assert_eq!(
        deck,
        TestDeck::of(&BallotForm { id: "F1".into(), ..form(PollKind::Rating, 30) }, &rules("NQ96-2023-QH15"))
    );
}

#[test]
fn the_partys_deck_spoils_crossed_names_and_single_names_without_one_mark() {
    let party = rules("QD96-TW-2023");
    let many = TestDeck::of(&form(PollKind::Rating, 12), &party);
    let reasons = |deck: &TestDeck| deck.expected.invalid.iter().map(|(id, n)| format!("{id} {n}")).collect::<Vec<_>>();
    assert_eq!(reasons(&many), ["not_issued_by_board 1", "printed_name_crossed_out 1"]);
    assert!(many.crossing_spoils && many.papers.iter().any(|paper| paper.look == Look::OtherForm));

    let single = TestDeck::of(&form(PollKind::Rating, 1), &party);
    assert_eq!(reasons(&single), ["not_issued_by_board 1", "printed_name_crossed_out 1", "single_name_marks 2"]);
    let spoiled = single.papers.iter().filter(|paper| paper.invalid.as_deref() == Some("single_name_marks"));
    assert_eq!(spoiled.map(|paper| paper.boxes[0].len()).collect::<BTreeSet<_>>().len(), 2, "blank and double");
}

/// The board read the text to the letter: one bad line spoils the paper, and the deck tries it with one bad line.
#[test]
fn read_to_the_letter_one_bad_line_spoils_the_whole_paper() {
    let literal = all_rules().pop().expect("the last");
    let deck = TestDeck::of(&form(PollKind::Rating, 12), &literal);
    assert_eq!(deck.expected.invalid.get("bad_line"), Some(&2));
    let spoiled = deck.papers.iter().filter(|paper| paper.invalid.as_deref() == Some("bad_line"));
    let bad = |paper: &TestPaper| paper.boxes.iter().filter(|boxes| boxes.len() != 1).count();
    assert_eq!(spoiled.map(bad).collect::<Vec<_>>(), [1, 1]);
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

fn names(lines: u32) -> Vec<String> {
    (1..=lines).map(|line| format!("Nguyễn Văn {line}")).collect()
}

/// All sentences about a reading, the explanation first.
fn told(deck: &TestDeck, read: &[Paper]) -> (Option<String>, Vec<String>) {
    let rules = rules("NQ96-2023-QH15");
    let names = names(u32::try_from(deck.expected.lines.len()).expect("few"));
    let lines: Vec<&str> = names.iter().map(String::as_str).collect();
    let compared = Compared::of(deck.kind, &deck.reasons, &deck.readings(), read);
    let of = DeckNames { lines: &lines, rules: &rules };
    (compared.explanation, compared.differences.iter().map(|difference| difference.sentence(of)).collect())
}

/// The reading of `deck` with the marks of every paper that counts changed.
fn changed(deck: &TestDeck, change: impl Fn(usize, &mut Vec<Mark>)) -> Vec<Paper> {
    let mut read = deck.readings();
    for (number, paper) in (1..).zip(&mut read) {
        if let Paper::Marked(marks) = paper {
            change(number, marks);
        }
    }
    read
}

#[test]
fn a_difference_names_paper_and_line_with_what_it_was_and_what_was_read() {
    let deck = deck(PollKind::Rating, 8);
    let slip = changed(&deck, |number, marks| {
        if number == 1 {
            marks[6] =
                if marks[6] == Mark::Level(Level::Low) { Mark::Level(Level::High) } else { Mark::Level(Level::Low) };
        }
    });
    let right = Level::label(deck.papers[0].boxes[6][0]);
    let other = if right == "Tín nhiệm thấp" { "Tín nhiệm cao" } else { "Tín nhiệm thấp" };
    let (explanation, sentences) = told(&deck, &slip);
    assert_eq!(explanation.as_deref(), Some("Một phiếu đọc nhầm mức: chỉ lệch ở phiếu 1, dòng 7."));
    assert_eq!(sentences, [format!("Phiếu 1, dòng 7 Nguyễn Văn 7: phải là «{right}», đọc là «{other}».")]);

    let place = deck.papers.iter().position(|paper| paper.look == Look::NoSeal).expect("one");
    let mut read = deck.readings();
    read[place] = Paper::Marked(vec![Mark::None; 8]);
    let number = place + 1;
    let (explanation, sentences) = told(&deck, &read);
    assert_eq!(explanation, Some(format!("Một phiếu đọc nhầm: chỉ lệch ở cả phiếu {number}.")));
    let sentence =
        format!("Phiếu {number}: phải là phiếu không hợp lệ (Phiếu không có dấu theo quy định), đọc là phiếu hợp lệ.");
    assert_eq!(sentences, [sentence]);
    read.pop();
    assert!(told(&deck, &read).1.last().expect("one").ends_with("đọc là không có phiếu này."));
}

#[test]
fn one_fault_is_said_once_and_two_are_never_called_one() {
    let deck = deck(PollKind::Rating, 12);
    let says = |read: &[Paper]| told(&deck, read).0;
    let swapped = changed(&deck, |_, marks| marks.swap(2, 6));
    assert_eq!(says(&swapped).as_deref(), Some("Mọi chỗ lệch đúng như khi dòng 3 và dòng 7 bị nhập lẫn nhau."));

    let mut papers = deck.readings();
    papers.swap(0, 1);
    assert_eq!(says(&papers).as_deref(), Some("Mọi chỗ lệch đúng như khi phiếu 1 và phiếu 2 đổi chỗ."));

    let (high, low) = (Mark::Level(Level::High), Mark::Level(Level::Low));
    let flip = |mark: &mut Mark| {
        if *mark == high {
            *mark = low;
        } else if *mark == low {
            *mark = high;
        }
    };
    let keys = changed(&deck, |_, marks| marks.iter_mut().for_each(flip));
    assert_eq!(says(&keys).as_deref(), Some("Mọi chỗ lệch đúng như khi nhầm phím 1 với phím 3."));
    let row = changed(&deck, |_, marks| flip(&mut marks[4]));
    let sentence = "Mọi chỗ lệch đúng như khi ở dòng 5, nhầm «Tín nhiệm cao» với «Tín nhiệm thấp».";
    assert_eq!(says(&row).as_deref(), Some(sentence));
    let all_high =
        changed(&deck, |_, marks| marks.iter_mut().filter(|mark| **mark == low).for_each(|mark| *mark = high));
    assert_eq!(says(&all_high).as_deref(), Some("Mọi chỗ lệch đúng như khi phím 3 nhập thành 1."));

    let down = changed(&deck, |_, marks| {
        marks.rotate_right(1);
        marks[0] = Mark::None;
    });
    let sentence = "Mọi chỗ lệch đúng như khi mọi phiếu bị nhập lệch xuống 1 dòng, chỗ thừa để trống.";
    assert_eq!(says(&down).as_deref(), Some(sentence));
    let round = changed(&deck, |number, marks| marks.rotate_left(if number == 1 { 2 } else { 0 }));
    let sentence = "Mọi chỗ lệch đúng như khi phiếu 1 bị nhập lệch lên 2 dòng, đầu phiếu quay xuống cuối.";
    assert_eq!(says(&round).as_deref(), Some(sentence));

    let mut two_faults = swapped;
    two_faults.swap(0, 1);
    assert_eq!(says(&two_faults), None);
    let mut with_slip = changed(&deck, |_, marks| marks.swap(2, 6));
    if let Paper::Marked(marks) = &mut with_slip[0] {
        flip(&mut marks[11]);
        marks[10] = Mark::None;
    }
    assert_eq!(says(&with_slip), None);
}

/// A cause is said only where it gives the very reading: of all exchanges on a small form, the sentence names the one that was.
#[test]
fn every_exchange_of_lines_and_papers_is_among_the_causes_that_are_named() {
    for kind in PollKind::ALL {
        for lines in [2, 5, 12] {
            let deck = deck(kind, lines);
            let expected = deck.readings();
            let names = usize::try_from(lines).expect("few");
            for (one, other) in (0..names).flat_map(|one| (one + 1..names).map(move |other| (one, other))) {
                let read = changed(&deck, |_, marks| marks.swap(one, other));
                let found = causes(kind, &deck.reasons, &expected, &read);
                assert!(found.contains(&Cause::Lines { one: one + 1, other: other + 1 }), "{found:?}");
            }
            for (one, other) in
                (0..expected.len()).flat_map(|one| (one + 1..expected.len()).map(move |other| (one, other)))
            {
                let mut read = expected.clone();
                read.swap(one, other);
                let found = causes(kind, &deck.reasons, &expected, &read);
                assert!(found.contains(&Cause::Papers { one: one + 1, other: other + 1 }), "{found:?}");
            }
        }
    }
}

#[test]
fn the_log_tells_a_deck_paper_by_paper_and_its_figures_follow_from_them() {
    let deck = deck(PollKind::Rating, 3);
    let right = deck.told(&deck.readings()).expect("of this form");
    assert!(right.has_passed() && right.is_possible(PollKind::Rating, 3));
    let (expected, read) = right.read_papers(deck.kind, &deck.reasons).expect("papers");
    assert!(expected == deck.readings() && read == expected);
    let keyed: Vec<&str> = right.papers.iter().flatten().map(|paper| paper.read.as_str()).collect();
    assert!(["000", "999", "-1", "-2", "-3"].iter().all(|keys| keyed.contains(keys)), "{keyed:?}");

    // Two papers in the other order have the same totals, and do not pass.
    let mut swapped = deck.readings();
    swapped.swap(0, 1);
    let wrong = deck.told(&swapped).expect("of this form");
    assert!(wrong.counted == wrong.expected && !wrong.has_passed() && wrong.is_possible(PollKind::Rating, 3));

    let mut forged = right.clone();
    forged.papers.as_mut().expect("papers")[0] = DeckPaper { expected: "111".into(), read: "111".into() };
    assert!(!forged.is_possible(PollKind::Rating, 3), "the totals are others");
    forged.papers.as_mut().expect("papers")[0].read = "-9".into();
    assert!(!forged.is_possible(PollKind::Rating, 3));
    let old = DeckForm { papers: None, ..right };
    assert!(old.is_possible(PollKind::Rating, 3) && old.has_passed(), "an older log has totals alone");
    assert!(!old.is_possible(PollKind::Rating, 4) && !old.is_possible(PollKind::Confidence, 3));
}

/// As today a teller keys a pile: a press for each mark, one for each paper, three for an invalid one.
#[test]
fn a_deck_of_thirty_lines_is_keyed_in_under_three_minutes() {
    let presses = |lines: u32| -> usize {
        let deck = deck(PollKind::Rating, lines);
        deck.readings().iter().map(|paper| if let Paper::Marked(marks) = paper { marks.len() + 1 } else { 3 }).sum()
    };
    assert_eq!([1, 8, 12, 23, 30, 120].map(presses), [19, 63, 87, 153, 195, 856]);
    // Two and a half presses a second.
    assert!(presses(30) * 2 / 5 < 180 && presses(62) * 2 / 5 <= 180, "{}", presses(62));
    let by_lines: BTreeMap<u32, usize> = (1..=120).map(|lines| (lines, presses(lines) * 2 / 5)).collect();
    assert!(by_lines.values().all(|seconds| *seconds < 360), "{by_lines:?}");
}
