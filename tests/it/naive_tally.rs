//! The tally is a small world, so all of it is looked at: every decisive count of every base from 1 to 600, for every rule
//! set and every kind of vote that it decides, 180,900 pairs each. A second tally says the same, written with other means on
//! purpose: it walks counts up one by one, takes thirds by subtraction and divides on paper, digit by digit, with carry. A
//! third one, `tests/tally.py`, reads the rule files itself and says it once more with Python's fractions.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use domain::poll::{BallotTotals, LevelCounts, PollKind};
use domain::rules::{BandId, RuleSet, builtin};
use domain::tally::{Band, Base, TallyWarning, base_of, tally_line, weigh};
use domain::threshold::percent_text;

use crate::council::rules;

/// The largest council has 500 members.
const LARGEST_BASE: u32 = 600;
/// Decisive counts of all bases together.
const PAIRS: usize = 180_900;

/// Every vote that a carried set decides: id, kind, and whether two thirds themselves are enough; `None` where the vote
/// knows no two thirds.
const VOTES: [(&str, PollKind, Option<bool>); 5] = [
    ("NQ35-2012-QH13", PollKind::Rating, Some(false)),
    ("NQ85-2014-QH13", PollKind::Rating, Some(true)),
    ("NQ96-2023-QH15", PollKind::Rating, Some(true)),
    ("NQ96-2023-QH15", PollKind::Confidence, None),
    ("QD96-TW-2023", PollKind::Rating, Some(true)),
];

/// Smallest counts that reach the thresholds of one base, found by trying every count from 0 up.
#[derive(Clone, Copy)]
struct Firsts {
    half: u32,
    two_thirds: Option<u32>,
}

impl Firsts {
    fn of(base: u32, thirds_are_enough: Option<bool>) -> Self {
        // More count than rest: `quá nửa` without a fraction.
        let half = (0..=base + 1).find(|n| *n + *n > base).expect("more than all reaches");
        let two_thirds = thirds_are_enough.map(|enough| {
            // Two thirds are two for every three, and two thirds of what is left over.
            let (mut whole, mut left) = (0, base);
            while left >= 3 {
                (whole, left) = (whole + 2, left - 3);
            }
            let least = if left == 0 && enough { whole } else { whole + 1 };
            // Of two that are left over, two thirds are more than one.
            if left == 2 { whole + 2 } else { least }
        });
        Self { half, two_thirds }
    }

    fn band(self, kind: PollKind, count: u32) -> Band {
        match kind {
            PollKind::Confidence if count >= self.half => Band::Lost,
            PollKind::Confidence => Band::Kept,
            PollKind::Rating if self.two_thirds.is_some_and(|first| count >= first) => Band::TwoThirdsLow,
            PollKind::Rating if count >= self.half => Band::OverHalfLow,
            PollKind::Rating => Band::None,
        }
    }

    /// Within one ballot, or two of each hundred, of a threshold.
    fn is_near(self, count: u32, base: u32) -> bool {
        [Some(self.half), self.two_thirds].into_iter().flatten().any(|first| {
            let away = count.abs_diff(first);
            away <= 1 || away * 50 <= base
        })
    }
}

/// Long division to three digits after the comma, then half up by hand.
fn percent(count: u32, base: u32) -> String {
    let (whole, mut rest) = (count * 100 / base, count * 100 % base);
    let mut digits = [0; 3];
    for digit in &mut digits {
        rest *= 10;
        (*digit, rest) = (rest / base, rest % base);
    }
    let mut hundredths = whole * 100 + digits[0] * 10 + digits[1];
    if digits[2] >= 5 {
        hundredths += 1;
    }
    match (hundredths / 100, hundredths / 10 % 10, hundredths % 10) {
        (whole, 0, 0) => whole.to_string(),
        (whole, tenth, 0) => format!("{whole},{tenth}"),
        (whole, tenth, hundredth) => format!("{whole},{tenth}{hundredth}"),
    }
}

/// Holds one base against the second tally and writes its line for the third. Gives the number of counts.
fn held(rules: &RuleSet, kind: PollKind, thirds: Option<bool>, base: u32, lines: &mut String) -> usize {
    let firsts = Firsts::of(base, thirds);
    let (mut bands, mut duties) = (String::new(), String::new());
    let of = Base { kind: rules.base.value.kind, value: base };
    for count in 0..=base {
        let verdict = weigh(rules, kind, of, count).expect("a rule");
        let place = || format!("{} {kind:?}: {count} of {base}", rules.id);
        assert_eq!(verdict.band, firsts.band(kind, count), "{}", place());
        let away = |first: u32| i64::from(count) - i64::from(first);
        let margins = (Some(away(firsts.half)), firsts.two_thirds.map(away));
        assert_eq!((verdict.margin.half, verdict.margin.two_thirds), margins, "{}", place());
        let is_due = verdict.warnings.iter().any(|warning| matches!(warning, TallyWarning::Recount { .. }));
        assert_eq!(is_due, firsts.is_near(count, base), "{}", place());
        let asks = verdict.warnings.iter().any(|w| matches!(w, TallyWarning::Exact { band: BandId::TwoThirdsLow, .. }));
        let has_question = matches!(rules.id.as_str(), "QD96-TW-2023" | "NQ35-2012-QH13");
        assert_eq!(asks, has_question && 3 * count == 2 * base, "{}", place());
        bands.push(match verdict.band {
            Band::None => 'n',
            Band::OverHalfLow => 'o',
            Band::TwoThirdsLow => 't',
            Band::Kept => 'k',
            Band::Lost => 'l',
        });
        duties.push(if is_due { '1' } else { '0' });
    }
    let thirds = firsts.two_thirds.map(|first| format!(",{first}")).unwrap_or_default();
    writeln!(lines, "{} {} {base} {}{thirds} {bands} {duties}", rules.id, kind.code(), firsts.half).expect("text");
    bands.len()
}

/// A whole line, identities and shares with it: `low` of `base`, nothing in the middle, one paper invalid.
fn whole_line_is_right(rules: &RuleSet, base: u32, low: u32, shares: &[String]) {
    let (returned, valid) = (base, base - 1);
    let ballots = BallotTotals { issued: returned, returned, valid, invalid: 1 };
    let counts = LevelCounts::Rating { high: valid - low, medium: 0, low };
    let of = base_of(rules, returned, None).expect("a base");
    let line = tally_line(rules, PollKind::Rating, of, ballots, counts).expect("a result");
    let of = |count: u32| shares.get(usize::try_from(count).expect("small")).map(String::as_str);
    let printed = [0, 1, 2].map(|level: usize| line.percents.get(level).map(|share| share.text.as_str()));
    assert_eq!(printed, [of(valid - low), of(0), of(low)], "{low} of {base}");
    assert_eq!(line.not_counted, 1, "{low} of {base}");
}

fn agreed_by_python(lines: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut python = Command::new("python3")
        .arg(root.join("tests/tally.py"))
        .arg(root.join("src/domain/rules"))
        .arg(LARGEST_BASE.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    let sent = python.stdin.take().expect("a pipe").write_all(lines.as_bytes());
    let said = python.wait_with_output().expect("python3");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{}", told.chars().take(2_000).collect::<String>());
    sent.expect("everything was read");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "3600 lines are the same");
}

#[test]
fn every_count_of_every_base_is_decided_three_times_alike() {
    let mut lines = String::new();
    for (id, kind, thirds) in VOTES {
        let rules = rules(id);
        let pairs: usize = (1..=LARGEST_BASE).map(|base| held(&rules, kind, thirds, base, &mut lines)).sum();
        assert_eq!(pairs, PAIRS, "{id} {kind:?}");
    }
    let state = rules("NQ96-2023-QH15");
    for base in 1..=LARGEST_BASE {
        let shares: Vec<String> = (0..=base).map(|count| percent(count, base)).collect();
        for (count, share) in (0..=base).zip(&shares) {
            let printed = percent_text(count, base, state.percent.value);
            assert_eq!(printed.as_ref(), Some(share), "{count} of {base}");
        }
        (0..base).for_each(|low| whole_line_is_right(&state, base, low, &shares));
        writeln!(lines, "share {base} {}", shares.join(" ")).expect("text");
    }
    agreed_by_python(&lines);
}

/// No vote that a carried set decides is left out above.
#[test]
fn the_votes_are_all_that_the_carried_sets_decide() {
    let mut decided: Vec<(String, PollKind, Option<bool>)> = Vec::new();
    for set in builtin().expect("carried") {
        for kind in PollKind::ALL {
            let Some(bands) = set.band_rules(kind) else { continue };
            let thirds = bands.iter().find(|band| band.id == BandId::TwoThirdsLow);
            let are_enough = thirds.map(|band| band.threshold.reached(2, 3));
            decided.push((set.id.clone(), kind, are_enough));
        }
        let same = set.percent.value == rules("NQ96-2023-QH15").percent.value;
        assert!(same, "{}: shares are compared once, because every set prints them alike", set.id);
    }
    decided.sort_by_key(|(id, ..)| id.clone());
    assert_eq!(decided, VOTES.map(|(id, kind, thirds)| (id.to_owned(), kind, thirds)));
}
