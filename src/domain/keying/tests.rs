use super::*;
use crate::marks::Mark;
use crate::poll::Level;

fn pile(kind: PollKind, lines: usize, papers: usize) -> Keying {
    Keying::begin(Task::whole_pile(kind, vec!["no_seal".into(), "not_prescribed_form".into()], lines, papers))
}

/// A pile of rating papers of two lines of which the server has `done`.
fn left(papers: usize, done: usize) -> Keying {
    Keying::begin(Task { done, ..Task::whole_pile(PollKind::Rating, vec!["no_seal".into()], 2, papers) })
}

/// `E` is Enter, `<` Backspace, `^` and `v` the arrows, `(` and `)` the papers before and after, `I` and `D` Insert and
/// Delete; every other letter is its own key. Gives what left as well.
fn stepped(mut keying: Keying, keys: &str) -> (Keying, Signal, Vec<Step>) {
    let (mut last, mut steps) = (Signal::Marked, Vec::new());
    for key in keys.chars() {
        let name = match key {
            'E' => "Enter",
            '<' => "Backspace",
            '^' => "ArrowUp",
            'v' => "ArrowDown",
            '(' => "PageUp",
            ')' => "PageDown",
            'I' => "Insert",
            'D' => "Delete",
            other => &other.to_string(),
        };
        let (next, signal, step) = keying.press(Key::of_event("", name).expect("a key"));
        (keying, last) = (next, signal);
        steps.extend(step);
    }
    (keying, last, steps)
}

fn keyed(keying: Keying, keys: &str) -> (Keying, Signal) {
    let (keying, signal, _) = stepped(keying, keys);
    (keying, signal)
}

/// What left, short: `put 1 12`.
fn left_as(steps: &[Step]) -> Vec<String> {
    let read = |reading: &Paper| match reading {
        Paper::Invalid(reason) => reason.clone(),
        Paper::Marked(marks) => marks.iter().map(|mark| mark.key(PollKind::Rating)).collect(),
    };
    let short = |step: &Step| match step {
        Step::Put { paper, reading } => format!("put {paper} {}", read(reading)),
        Step::Insert { paper, reading } => format!("insert {paper} {}", read(reading)),
        Step::Remove { paper } => format!("remove {paper}"),
    };
    steps.iter().map(short).collect()
}

fn refused(keying: impl Fn() -> Keying, keys: &str) -> Signal {
    let (after, signal, steps) = stepped(keying(), keys);
    let last = keys.chars().next_back().map_or(0, char::len_utf8);
    let (before, _, steps_before) = stepped(keying(), &keys[..keys.len() - last]);
    assert!(View { presses: 0, ..after.view() } == View { presses: 0, ..before.view() }, "{keys}: something changed");
    assert_eq!((signal.sound(), steps.len()), (Some(Sound::Refused), steps_before.len()), "{keys}");
    signal
}

#[test]
fn a_pile_becomes_an_entry_paper_by_paper() {
    let (keying, last, mut steps) = stepped(pile(PollKind::Rating, 3, 3), "123E-2E09");
    assert_eq!((last, keying.phase()), (Signal::Marked, Phase::Line));
    assert!(keying.entry("A".into()).is_none(), "a line is left");
    let (keying, last, more) = stepped(keying, "1E");
    steps.extend(more);
    assert_eq!((last, last.sound()), (Signal::Finished, Some(Sound::Pile)));
    assert_eq!(left_as(&steps), ["put 1 123", "put 2 not_prescribed_form", "put 3 091"]);
    assert_eq!(keying.steps(), steps);
    let (keying, last) = keyed(keying, "+");
    assert_eq!(last, Signal::Send);
    let entry = keying.entry("A".into()).expect("finished");
    let level = Mark::Level;
    let expected = [
        Paper::Marked(vec![level(Level::High), level(Level::Medium), level(Level::Low)]),
        Paper::Invalid("not_prescribed_form".into()),
        Paper::Marked(vec![Mark::None, Mark::Multiple, level(Level::High)]),
    ];
    assert!(entry.papers == expected);
}

#[test]
fn a_key_that_does_nothing_here_is_refused_and_says_why() {
    use Refusal as R;
    for (keys, why) in [
        ("1E", R::LinesLeft),
        ("7", R::UnknownKey),
        ("x", R::UnknownKey),
        ("<", R::NothingToUndo),
        ("121", R::PaperFull),
        ("12x", R::UnknownKey),
        ("-0", R::NoSuchReason),
        ("-3", R::NoSuchReason),
        ("-E", R::NoSuchReason),
        ("--", R::NoSuchReason),
        ("-+", R::NoSuchReason),
        ("1-21", R::PaperInvalid),
        ("1-2-", R::PaperInvalid),
        ("1-2^", R::NoLine),
        ("^", R::NoLine),
        ("1v", R::NoLine),
        ("12v", R::NoLine),
        ("(", R::NoSuchPaper),
        ("1)", R::PaperOpen),
        ("*2E", R::NoSuchPaper),
        ("*E", R::NoSuchPaper),
        ("*0E", R::NoSuchPaper),
        ("*0001", R::NoSuchPaper),
        ("*-", R::NoSuchPaper),
        ("1+", R::PapersLeft),
        ("I", R::BlankHere),
        ("D", R::BelongsToPile),
        ("1D1", R::NoAnswer),
        ("12EE", R::SendsByPlus),
        ("12E1", R::AllKeyed),
        ("12E-", R::AllKeyed),
        ("12EI", R::AllKeyed),
        ("12ED", R::AllKeyed),
        ("12E)", R::NoSuchPaper),
    ] {
        assert_eq!(refused(|| pile(PollKind::Rating, 2, 1), keys), Signal::Refused(why), "{keys}");
    }
    assert_eq!(refused(|| pile(PollKind::Confidence, 2, 1), "13"), Signal::Refused(R::NoSuchLevel));
    let (_, signal, _) = pile(PollKind::Rating, 2, 1).press(Key::Unread);
    assert_eq!(signal, Signal::Refused(R::UnreadKey));
}

#[test]
fn undo_takes_back_one_step_whatever_it_was() {
    for (keys, same_as) in [
        ("12<", "1"),
        ("12E<", "12E<"),
        ("12E1<<", "12E<"),
        ("12E-1E<", "12E-1E<"),
        ("1-<", "1"),
        ("12-1E<<", "12-1E<<"),
        ("12*<", "12"),
        ("12*1<<", "12"),
        ("12D<", "12"),
    ] {
        let (undone, signal) = keyed(pile(PollKind::Rating, 2, 2), keys);
        let (expected, _) = keyed(pile(PollKind::Rating, 2, 2), same_as);
        assert_eq!(signal, Signal::Undone, "{keys}");
        assert!(View { presses: 0, ..undone.view() } == View { presses: 0, ..expected.view() }, "{keys}");
    }
    let (keying, _) = keyed(pile(PollKind::Rating, 2, 2), "12E13E<<");
    assert_eq!(
        (keying.view().paper, keying.view().keyed, keying.view().standing),
        (Some(2), "1".into(), Some(Standing::Changed))
    );
}

/// Presses for a pile of `papers` papers, sending included.
fn presses(lines: usize, papers: usize) -> usize {
    let keys = format!("{}+", format!("{}E", "1".repeat(lines)).repeat(papers));
    let (keying, last) = keyed(pile(PollKind::Rating, lines, papers), &keys);
    assert_eq!(last, Signal::Send);
    usize::try_from(keying.presses()).expect("few")
}

/// Marks and presses of a pile of ten papers, the smallest there is; a larger one needs fewer a mark.
#[test]
fn thirty_lines_take_under_one_and_a_twentieth_press_a_mark_and_twelve_under_one_and_a_tenth() {
    for (lines, expected) in [(30, 311), (12, 131), (8, 91), (1, 21), (120, 1211)] {
        assert_eq!(presses(lines, 10), expected, "{lines} lines");
        assert!(presses(lines, 50) * 10 <= expected * 50, "{lines} lines");
    }
    let at_most = |lines, papers, hundredths| presses(lines, papers) * 100 <= lines * papers * hundredths;
    for papers in [10, 25, 50] {
        assert!(at_most(30, papers, 105) && at_most(120, papers, 105) && at_most(12, papers, 110), "{papers} papers");
        assert!(!at_most(8, papers, 110), "the bound holds from 12 lines on, as the page says");
    }
}

#[test]
fn a_paper_is_corrected_from_anywhere_and_nothing_else_is_erased() {
    // Paper 1 by its number, its second line by the arrow, the rest untouched; back where the teller was by Enter.
    let (keying, signal, steps) = stepped(pile(PollKind::Rating, 3, 3), "123E222E3*1Ev9");
    assert_eq!((signal, left_as(&steps)), (Signal::Marked, vec!["put 1 123".into(), "put 2 222".into()]));
    let view = keying.view();
    assert_eq!(
        (view.paper, view.line, &*view.keyed, view.standing),
        (Some(1), Some(3), "193", Some(Standing::Changed))
    );
    assert_eq!(
        refused(|| keyed(pile(PollKind::Rating, 3, 3), "123E222E3*1Ev9").0, ")"),
        Signal::Refused(Refusal::PaperOpen)
    );
    let (keying, signal, steps) = stepped(keying, "E");
    assert_eq!((signal, left_as(&steps)), (Signal::NextPaper, vec!["put 1 193".into()]));
    assert_eq!((keying.view().paper, &*keying.view().keyed, keying.view().line), (Some(3), "3", Some(2)));
    // Looked at, and left as it is.
    let (keying, signal, steps) = stepped(keying, "(vvvE");
    assert_eq!((signal, steps.len(), keying.view().paper), (Signal::NextPaper, 0, Some(3)));
    // A mark taken back within a paper leaves a line to key, and Enter waits for it.
    let (keying, signal) = keyed(keying, "*1Ev<E");
    assert_eq!((signal, &*keying.view().keyed), (Signal::Refused(Refusal::LinesLeft), ".93"));
    let (_, _, steps) = stepped(keying, "2E");
    assert_eq!(left_as(&steps), ["put 1 293"]);
}

#[test]
fn a_skipped_paper_is_inserted_and_one_that_is_not_there_is_removed() {
    let (keying, signal, steps) = stepped(pile(PollKind::Rating, 2, 4), "11E22E33E(I");
    assert_eq!((signal, steps.len()), (Signal::Inserted, 3));
    assert_eq!((keying.view().paper, keying.view().papers), (Some(3), 4));
    let (keying, signal, steps) = stepped(keying, "99E");
    assert_eq!(
        (signal, left_as(&steps)),
        (Signal::Finished, vec!["insert 3 99".into()]),
        "the blank last one gave way"
    );
    let all = left_as(&keying.steps());
    assert_eq!(all, ["put 1 11", "put 2 22", "put 3 99", "put 4 33"]);
    // One more than the pile has: nothing is sent until one is removed.
    let (keying, signal) = keyed(keying, "*1EI00E");
    assert_eq!((signal, keying.phase(), keying.view().papers), (Signal::Over, Phase::Over, 5));
    let (keying, signal) = keyed(keying, "+");
    assert_eq!(signal, Signal::Refused(Refusal::TooMany));
    let (keying, signal, steps) = stepped(keying, "*2EDE");
    assert_eq!((signal, left_as(&steps), keying.phase()), (Signal::Removed, vec!["remove 2".into()], Phase::Finished));
    assert_eq!(left_as(&keying.steps()), ["put 1 00", "put 2 22", "put 3 99", "put 4 33"]);
    // What was inserted by mistake goes as it came: nothing of it left.
    let (keying, _, steps) = stepped(keying, "(IDE+");
    assert_eq!((steps.len(), keying.view().papers), (0, 4));
    // A paper that is removed leaves a blank one at the end.
    let (keying, _, steps) = stepped(keying, "*4EDE");
    assert_eq!(
        (left_as(&steps), keying.view().paper, keying.view().papers_done),
        (vec!["remove 4".into()], Some(4), 3)
    );
}

#[test]
fn the_size_of_a_pile_is_corrected_while_it_is_keyed() {
    let (keying, _) = keyed(pile(PollKind::Rating, 1, 3), "1E2E");
    let fewer = keying.resized(2);
    assert_eq!((fewer.phase(), fewer.view().papers), (Phase::Finished, 2));
    let more = fewer.resized(4);
    assert_eq!((more.phase(), more.view().paper, more.view().size), (Phase::Line, Some(3), 4));
    let (over, signal) = keyed(more.resized(1), "+");
    assert_eq!((over.phase(), signal, over.view().papers), (Phase::Over, Signal::Refused(Refusal::TooMany), 2));
    // A paper that is keyed in part stays, and is removed by the teller.
    let (keying, _) = keyed(over.resized(3), "3");
    let (keying, signal) = keyed(keying.resized(2), "DE");
    assert_eq!((signal, keying.phase()), (Signal::Removed, Phase::Finished));
    let (question, _) = keyed(pile(PollKind::Rating, 1, 2), "1E-");
    assert_eq!(question.resized(1).phase(), Phase::Finished, "the paper of which the reason was asked is gone");
}

#[test]
fn papers_that_the_server_has_are_counted_and_open_blank() {
    let keying = left(4, 3);
    let view = keying.view();
    assert_eq!((view.paper, view.papers_done, view.standing), (Some(4), 3, Some(Standing::New)));
    let (keying, signal, steps) = stepped(keying, "*2E");
    assert_eq!((signal, keying.view().standing, &*keying.view().keyed), (Signal::Opened, Some(Standing::Kept), ""));
    assert!(steps.is_empty() && keying.steps().is_empty());
    // Left as it is, then keyed anew: until Enter the earlier reading stands.
    let (keying, signal, steps) = stepped(keying, "E*2E3");
    assert_eq!((signal, steps.len(), keying.view().standing), (Signal::Marked, 0, Some(Standing::Changed)));
    let (keying, _, steps) = stepped(keying, "3E");
    assert_eq!((left_as(&steps), keying.view().paper), (vec!["put 2 33".into()], Some(4)));
    let (keying, _, steps) = stepped(keying, "11E*1EI22E");
    assert_eq!((left_as(&steps), keying.phase()), (vec!["put 4 11".into(), "insert 1 22".into()], Phase::Over));
    let (keying, signal) = keyed(keying, "*2EDE+");
    assert_eq!((signal, keying.entry("A".into()).is_none()), (Signal::Send, true), "not all is here");
    assert_eq!(left_as(&keying.steps()), ["put 1 22", "put 2 33", "put 4 11"]);
    assert_eq!(left(2, 2).phase(), Phase::Finished);
}

#[test]
fn only_the_disputed_lines_are_keyed_again_and_that_begins_with_enter() {
    let asked = vec![Asked { paper: 4, lines: vec![2, 7] }, Asked { paper: 9, lines: vec![1, 2] }];
    let task = Task::again(PollKind::Rating, vec!["no_seal".into()], asked);
    let again = || Keying::begin(task.clone());
    assert_eq!((again().phase(), again().view().paper, again().view().line), (Phase::Begin, Some(4), None));
    for key in ["1", "-", "<", "+", "*", "("] {
        assert_eq!(refused(again, key), Signal::Refused(Refusal::NotBegun), "{key}");
    }
    for key in ["EI", "ED", "E3I"] {
        assert_eq!(refused(again, key), Signal::Refused(Refusal::OnlyInWhole), "{key}");
    }
    assert_eq!(refused(again, "E30E-1E*5E"), Signal::Refused(Refusal::NoSuchPaper));
    let (keying, signal) = keyed(again(), "E");
    assert_eq!((signal, keying.view().line), (Signal::Begun, Some(2)));
    let (keying, _) = keyed(keying, "3");
    assert_eq!(keying.view().line, Some(7));
    let (keying, _, steps) = stepped(keying, "0E-1E*4Ev1E");
    assert_eq!(left_as(&steps), ["put 4 30", "put 9 no_seal", "put 4 31"]);
    let read = keying.rereading("A".into()).expect("finished");
    let (low, high) = (Mark::Level(Level::Low), Mark::Level(Level::High));
    assert!(read.papers[0] == Reread { paper: 4, again: Again::Lines(vec![(2, low), (7, high)]) });
    assert!(read.papers[1] == Reread { paper: 9, again: Again::Invalid("no_seal".into()) });
    let done = Keying::begin(Task { done: 1, ..task.clone() });
    assert_eq!((done.phase(), done.view().paper, done.view().papers_done), (Phase::Begin, Some(9), 1));
}

#[test]
fn nothing_prints_a_mark() {
    let (keying, _, steps) = stepped(pile(PollKind::Rating, 3, 2), "132E13");
    let printed = format!("{keying:?} {:?} {steps:?}", keying.view());
    assert_eq!(
        printed,
        "Keying(1 of 2 papers) View(line, paper Some(2), line Some(3), …) [Put { paper: 1, reading: Paper(…) }]"
    );
}

#[test]
fn a_key_is_told_by_where_it_lies_and_else_by_what_it_writes() {
    let digit = |digit| Some(Key::Digit(digit));
    for (code, key, expected) in [
        ("Digit1", "1", digit(1)),
        ("Digit1", "!", digit(1)),
        ("Digit1", "ă", digit(1)),
        ("Digit5", "Dead", digit(5)),
        ("Digit2", "é", digit(2)),
        ("Digit3", "Process", digit(3)),
        ("Numpad1", "End", digit(1)),
        ("Numpad0", "Insert", digit(0)),
        ("Numpad9", "PageUp", digit(9)),
        ("Numpad5", "Clear", digit(5)),
        ("", "３", digit(3)),
        ("KeyQ", "1", digit(1)),
        ("Digit8", "*", Some(Key::Jump)),
        ("Digit8", "8", digit(8)),
        ("Backslash", "*", Some(Key::Jump)),
        ("NumpadMultiply", "*", Some(Key::Jump)),
        ("Minus", "-", Some(Key::Minus)),
        ("Minus", ")", Some(Key::Minus)),
        ("NumpadSubtract", "-", Some(Key::Minus)),
        ("Equal", "₫", Some(Key::Plus)),
        ("NumpadAdd", "+", Some(Key::Plus)),
        ("BracketRight", "+", Some(Key::Plus)),
        ("", "－", Some(Key::Minus)),
        ("NumpadEnter", "Enter", Some(Key::Enter)),
        ("", "Enter", Some(Key::Enter)),
        ("NumpadDecimal", "Delete", Some(Key::Delete)),
        ("NumpadDecimal", ".", Some(Key::Other)),
        ("PageUp", "PageUp", Some(Key::PaperBefore)),
        ("KeyA", "a", Some(Key::Other)),
        ("KeyA", "ạ", Some(Key::Other)),
        ("Space", " ", Some(Key::Other)),
        ("KeyA", "Process", Some(Key::Unread)),
        ("", "Unidentified", Some(Key::Unread)),
        ("ShiftLeft", "Shift", None),
        ("Tab", "Tab", None),
        ("F5", "F5", None),
        ("", "", None),
    ] {
        assert_eq!(Key::of_event(code, key), expected, "{code} {key}");
    }
}
