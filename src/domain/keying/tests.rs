use super::*;
use crate::poll::Level;

fn pile(kind: PollKind, lines: usize, papers: usize) -> Keying {
    Keying::begin(Task::whole_pile(kind, vec!["no_seal".into(), "not_prescribed_form".into()], lines, papers))
}

/// `E` is Enter, `<` is Backspace; every other letter is its own key.
fn keyed(mut keying: Keying, keys: &str) -> (Keying, Signal) {
    let mut last = Signal::Marked;
    for key in keys.chars() {
        let key = match key {
            'E' => Key::Enter,
            '<' => Key::Backspace,
            other => Key::named(&other.to_string()).expect("a key"),
        };
        (keying, last) = keying.press(key);
    }
    (keying, last)
}

fn refused(kind: PollKind, keys: &str) -> Signal {
    let (keying, signal) = keyed(pile(kind, 2, 1), keys);
    let (before, _) = keyed(pile(kind, 2, 1), &keys[..keys.len() - 1]);
    assert!(View { presses: 0, ..keying.view() } == View { presses: 0, ..before.view() }, "{keys}: something changed");
    assert_eq!(signal.sound(), Some(Sound::Refused));
    signal
}

#[test]
fn a_pile_becomes_an_entry() {
    let (keying, last) = keyed(pile(PollKind::Rating, 3, 3), "123E-2E09");
    assert_eq!((last, keying.phase()), (Signal::Marked, Phase::Line));
    let keying = keying.into_entry("A".into()).expect_err("a line is left");
    let (keying, last) = keyed(keying, "1E");
    assert_eq!((last, last.sound()), (Signal::Finished, Some(Sound::Pile)));
    let (keying, last) = keyed(keying, "E");
    assert_eq!(last, Signal::Send);
    let entry = keying.into_entry("A".into()).expect("finished");
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
    let rating = |keys| refused(PollKind::Rating, keys);
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
        ("1-21", R::PaperInvalid),
        ("1-2-", R::PaperInvalid),
        ("12E1", R::AllKeyed),
        ("12E-", R::AllKeyed),
    ] {
        assert_eq!(rating(keys), Signal::Refused(why), "{keys}");
    }
    assert_eq!(refused(PollKind::Confidence, "13"), Signal::Refused(R::NoSuchLevel));
}

#[test]
fn undo_takes_back_one_step_whatever_it_was() {
    for (keys, same_as) in [
        ("12<", "1"),
        ("12E<", "12"),
        ("12E1<<", "12"),
        ("12E-1E<", "12E-1"),
        ("1-<", "1"),
        ("1-1<", "1"),
        ("12-1E<<", "12"),
        ("12E13E<", "12E13"),
    ] {
        let (undone, signal) = keyed(pile(PollKind::Rating, 2, 2), keys);
        let (expected, _) = keyed(pile(PollKind::Rating, 2, 2), same_as);
        assert_eq!(signal, Signal::Undone, "{keys}");
        assert!(View { presses: 0, ..undone.view() } == View { presses: 0, ..expected.view() }, "{keys}");
    }
}

#[test]
fn thirty_lines_take_under_one_and_a_twentieth_press_a_mark() {
    let presses = |lines: usize, papers: usize| {
        let keys = format!("{}E", "1".repeat(lines)).repeat(papers);
        let (keying, last) = keyed(pile(PollKind::Rating, lines, papers), &keys);
        assert_eq!(last, Signal::Finished);
        usize::try_from(keying.presses()).expect("few")
    };
    assert_eq!(presses(30, 60), 31 * 60);
    for lines in 20..=60 {
        assert!(presses(lines, 10) * 100 <= lines * 10 * 105, "{lines} lines");
    }
    assert!(presses(19, 10) * 100 > 19 * 10 * 105, "the bound holds from 20 lines on, as the page says");
}

#[test]
fn only_the_disputed_lines_are_keyed_again() {
    let asked = vec![Asked { paper: 4, lines: vec![2, 7] }, Asked { paper: 9, lines: vec![1, 2] }];
    let task = Task { kind: PollKind::Rating, reasons: vec!["no_seal".into()], asked };
    let keying = Keying::begin(task);
    assert_eq!((keying.view().paper, keying.view().line), (Some(4), Some(2)));
    let (keying, _) = keyed(keying, "3");
    assert_eq!(keying.view().line, Some(7));
    let (keying, _) = keyed(keying, "0E-1E");
    let read = keying.into_rereading("A".into()).expect("finished");
    assert!(
        read.papers[0] == Reread { paper: 4, again: Again::Lines(vec![(2, Mark::Level(Level::Low)), (7, Mark::None)]) }
    );
    assert!(read.papers[1] == Reread { paper: 9, again: Again::Invalid("no_seal".into()) });
}

#[test]
fn nothing_prints_a_mark() {
    let (keying, _) = keyed(pile(PollKind::Rating, 3, 1), "13");
    let printed = format!("{keying:?} {:?}", keying.view());
    assert_eq!(printed, "Keying(0 of 1 papers) View(line, paper Some(1), line Some(3), …)");
}

#[test]
fn keys_that_write_nothing_are_left_to_the_browser() {
    for name in ["Shift", "Tab", "F5", "ArrowUp", "Dead", ""] {
        assert_eq!(Key::named(name), None, "{name}");
    }
    let keys = ["0", "9", "Enter", "Backspace", "-", "a", "ạ", " "].map(Key::named);
    let expected = [Key::Digit(0), Key::Digit(9), Key::Enter, Key::Backspace, Key::Minus];
    assert_eq!(keys[..5], expected.map(Some));
    assert!(keys[5..].iter().all(|key| *key == Some(Key::Other)));
}
