//! Bộ phiếu thử: pre-marked papers of one form that the tellers count like real ballots before voting opens, and the
//! figures that have to come out.
//!
//! # Which papers
//!
//! On a form of `L` lines with `K` levels the totals are the numbers from 1 to `L * K`, each once: no two boxes of the
//! form have the same total, so a line or a level that is taken for another shows, and a box that nobody reads shows too.
//! Every line has one blank and one double mark besides. Ballots that the rule set finds invalid come on top: one for the
//! first reason, two for the second, and so on, so that one reason that is taken for another shows as well. A name that
//! is written in, and a crossed-out name where the rule set does not say that it spoils the ballot, cost no further
//! paper: they stand on papers that count.
//!
//! This is the smallest such deck: the totals add up to `L * K * (L * K + 1) / 2`, so some line has at least the `L`-th
//! part of that, rounded up, and needs two papers more for its blank and its double mark. The totals are dealt out so
//! that no line has more.
//!
//! Nothing here is chance and nothing is secret: the same form under the same rules gives the same deck.

use std::collections::BTreeMap;

use super::ballot::BallotForm;
use super::batch::Paper;
use super::count::BatchCounts;
use super::marks::Mark;
use super::poll::{Level, LevelCounts, PollKind};
use super::rules::{Reason, RuleSet};

/// Pre-marked papers of one form with the figures that they have to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestDeck {
    pub form: String,
    pub kind: PollKind,
    /// In the order in which they are numbered and lie in the pile.
    pub papers: Vec<TestPaper>,
    /// Totals that counting the whole deck must give.
    pub expected: BatchCounts,
    /// Reasons of the rule set, in its words, for which the program can draw no paper: the deck does not try them.
    pub untried: Vec<String>,
    /// Whether a crossed-out name spoils the ballot under the rule set; where it does not say so, its paper counts.
    pub crossing_spoils: bool,
}

/// One paper of a deck. It is not a ballot: it says so, and it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPaper {
    /// Number in the deck, from 1.
    pub number: u32,
    /// The boxes marked on every line of the form.
    pub boxes: Vec<Vec<Level>>,
    /// What is odd about it besides its marks.
    pub look: Look,
    /// Id of the reason for which it is invalid as a whole; `None` when it counts.
    pub invalid: Option<String>,
}

/// What is odd about a paper besides its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Plain,
    NameCrossedOut {
        /// Place of the line, from 0.
        line: usize,
    },
    NameWrittenIn,
    /// Another form: another title, another id, levels in another order.
    OtherForm,
    NoSeal,
    /// It looks right and came from somebody else; only a sentence on the paper can say so.
    FromElsewhere,
}

impl TestPaper {
    /// What a careful teller keys.
    pub fn reading(&self) -> Paper {
        let mark = |boxes: &Vec<Level>| match boxes.as_slice() {
            [] => Mark::None,
            [level] => Mark::Level(*level),
            _ => Mark::Multiple,
        };
        match &self.invalid {
            Some(reason) => Paper::Invalid(reason.clone()),
            None => Paper::Marked(self.boxes.iter().map(mark).collect()),
        }
    }
}

/// A paper before it has its number.
struct Draft {
    boxes: Vec<Vec<Level>>,
    look: Look,
    invalid: Option<String>,
}

impl TestDeck {
    /// The deck of `form` under `rules`.
    pub fn of(form: &BallotForm, rules: &RuleSet) -> Self {
        Self::sized(&form.id, form.kind, u32::try_from(form.lines.len()).unwrap_or(u32::MAX), rules)
    }

    /// The deck of the form of this id with this number of lines: nothing else of a form makes a difference.
    pub fn sized(form: &str, kind: PollKind, lines: u32, rules: &RuleSet) -> Self {
        let names = usize::try_from(lines).unwrap_or(usize::MAX);
        let marks_spoil = rules.marks_spoil_ballot(names).is_some();
        let lines = if marks_spoil { even_totals(kind, lines) } else { totals(kind, lines) };
        let (flaws, untried) = flaws(rules, lines.len());
        let crossing_spoils = flaws.iter().any(|flaw| matches!(flaw.shown, Shown::Look(Look::NameCrossedOut { .. })));

        let mut counting = counting_papers(kind, &lines, !marks_spoil);
        put_on(&mut counting, Look::NameWrittenIn, |_| true);
        if !crossing_spoils {
            // On a line that counts for nobody anyway: whether the level beside a crossed-out name counts is not asked.
            let spoiled = |paper: &Draft| paper.boxes.first().is_some_and(|boxes| boxes.len() > 1);
            put_on(&mut counting, Look::NameCrossedOut { line: 0 }, spoiled);
        }
        let mut others = Vec::new();
        if !marks_spoil {
            others.push(Draft { boxes: vec![Vec::new(); lines.len()], look: Look::Plain, invalid: None });
        }
        let mut invalid = BTreeMap::new();
        for flaw in flaws {
            invalid.insert(flaw.reason.clone(), flaw.papers);
            others.extend((0..flaw.papers).map(|nth| flaw.paper(kind, lines.len(), nth)));
        }
        let papers = numbered(spread(counting, others));
        let count = u32::try_from(papers.len()).unwrap_or(u32::MAX);
        let expected = BatchCounts { invalid, lines, papers: count };
        Self { form: form.to_owned(), kind, papers, expected, untried, crossing_spoils }
    }
}

/// Totals of every line: each number from 1 to lines * levels once, and the sums of the lines as even as they can be.
///
/// Two levels: `i` goes with the `i`-th number from the other end. Three levels: `i` goes with the `σ(i)`-th of the
/// middle third, where `i + σ(i)` takes as many neighbouring values as there are lines (one value in the middle is left
/// out when their number is even); the upper third is dealt out against that sum.
fn totals(kind: PollKind, lines: u32) -> Vec<LevelCounts> {
    let odd_places = lines.div_ceil(2);
    let of_line = |i: u32| match kind {
        PollKind::Confidence => LevelCounts::Confidence { confidence: 2 * lines + 1 - i, no_confidence: i },
        PollKind::Rating => {
            let half = i / 2;
            let (middle, rank) =
                if i % 2 == 1 { (odd_places - half, half) } else { (lines + 1 - half, odd_places + half - 1) };
            LevelCounts::Rating { high: 3 * lines - rank, medium: lines + middle, low: i }
        }
    };
    (1..=lines).map(of_line).collect()
}

/// The same where a line without a mark spoils the whole paper: the sums of all lines are one number, so that no paper that
/// counts has a blank. Not every number comes, and none comes twice.
fn even_totals(kind: PollKind, lines: u32) -> Vec<LevelCounts> {
    let of_line = |i: u32| LevelCounts::Rating { high: i, medium: lines + i, low: 4 * lines + 1 - 2 * i };
    match kind {
        PollKind::Rating if lines > 1 => (1..=lines).map(of_line).collect(),
        PollKind::Rating | PollKind::Confidence => totals(kind, lines),
    }
}

/// Papers that count, except the wholly blank one: on every line its levels as often as they have to come, one double
/// mark (where such a mark spoils no more than its line), blank for the rest. Lines are dealt out apart from each
/// other, so that a paper holds marks of all kinds.
fn counting_papers(kind: PollKind, lines: &[LevelCounts], with_double: bool) -> Vec<Draft> {
    let most = lines.iter().map(|counts| counts.sum()).max().unwrap_or(0);
    let papers = most + u64::from(with_double);
    let step = step_through(papers);
    let boxes = |paper: u64, line: usize, counts: LevelCounts| {
        let shift = u64::try_from(line).unwrap_or(0);
        let mut place = (paper + shift) * step % papers;
        for (level, count) in counts.each() {
            if place < u64::from(count) {
                return vec![level];
            }
            place -= u64::from(count);
        }
        if with_double && place == 0 { double(kind, line) } else { Vec::new() }
    };
    let draft = |paper: u64| Draft {
        boxes: lines.iter().enumerate().map(|(line, counts)| boxes(paper, line, *counts)).collect(),
        look: Look::Plain,
        invalid: None,
    };
    (0..papers).map(draft).collect()
}

/// A step that leads through all of `papers` places before it comes back, and not from neighbour to neighbour.
fn step_through(papers: u64) -> u64 {
    let coprime = |step: &u64| {
        let (mut a, mut b) = (*step, papers);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    (papers * 2 / 5 + 1..papers).find(coprime).unwrap_or(1)
}

/// Boxes of a double mark, another choice from line to line; all of them now and then.
fn double(kind: PollKind, line: usize) -> Vec<Level> {
    let levels = kind.levels();
    match (kind, line % 4) {
        (PollKind::Rating, 0) => vec![Level::High, Level::Medium],
        (PollKind::Rating, 1) => vec![Level::Medium, Level::Low],
        (PollKind::Rating, 2) => vec![Level::High, Level::Low],
        _ => levels.to_vec(),
    }
}

/// A reason for which ballots are invalid as a whole, and how a paper shows it.
struct Flaw {
    reason: String,
    shown: Shown,
    papers: u32,
}

#[derive(Clone, Copy)]
enum Shown {
    Look(Look),
    /// Blank and doubly marked papers by turns, on a form of one name.
    Marks,
}

impl Flaw {
    /// The `nth` paper of this flaw. Its marks would count on another paper: who counts them is found out.
    fn paper(&self, kind: PollKind, lines: usize, nth: u32) -> Draft {
        let turn = usize::try_from(nth).unwrap_or(0);
        let levels = kind.levels();
        let one = |line: usize| levels.get((line + turn) % levels.len()).copied().into_iter().collect();
        let (look, boxes) = match self.shown {
            Shown::Look(look) => (look, (0..lines).map(one).collect()),
            // One bad line among good ones is enough.
            Shown::Marks => {
                let bad = turn % lines.max(1);
                let boxes = |line| match (line == bad, turn % 2 == 0) {
                    (false, _) => one(line),
                    (true, true) => Vec::new(),
                    (true, false) => double(kind, line + turn),
                };
                (Look::Plain, (0..lines).map(boxes).collect())
            }
        };
        let look = match look {
            Look::NameCrossedOut { .. } => Look::NameCrossedOut { line: turn % lines.max(1) },
            other => other,
        };
        Draft { boxes, look, invalid: Some(self.reason.clone()) }
    }
}

/// What the rule set finds invalid and a paper can show, with how many papers of it, and what no paper can show.
fn flaws(rules: &RuleSet, lines: usize) -> (Vec<Flaw>, Vec<String>) {
    let names_a_form = rules.spoils_ballot.iter().any(|reason| reason.id == "not_prescribed_form");
    let (mut shown, mut untried) = (Vec::new(), Vec::new());
    for reason in rules.ballot_reasons(lines) {
        match how_shown(reason, names_a_form) {
            Some(how) => shown.push((reason.id.clone(), how)),
            None => untried.push(reason.text.clone()),
        }
    }
    // Blank and double each need a paper: last, they have at least two even when they are the only reason.
    shown.sort_by_key(|(_, how)| matches!(how, Shown::Marks));
    let flaw = |(nth, (reason, shown)): (u32, (String, Shown))| {
        let papers = if matches!(shown, Shown::Marks) { nth.max(2) } else { nth };
        Flaw { reason, shown, papers }
    };
    ((1..).zip(shown).map(flaw).collect(), untried)
}

/// How a paper shows `reason`. Where the rule set knows no reason of its own for another form, a paper of another form
/// is one that the board did not hand out.
fn how_shown(reason: &Reason, names_a_form: bool) -> Option<Shown> {
    match reason.id.as_str() {
        _ if reason.is_about_marks() => Some(Shown::Marks),
        "not_prescribed_form" => Some(Shown::Look(Look::OtherForm)),
        "not_issued_by_board" if names_a_form => Some(Shown::Look(Look::FromElsewhere)),
        "not_issued_by_board" => Some(Shown::Look(Look::OtherForm)),
        "no_seal" => Some(Shown::Look(Look::NoSeal)),
        "printed_name_crossed_out" => Some(Shown::Look(Look::NameCrossedOut { line: 0 })),
        _ => None,
    }
}

/// Gives `look` to the first plain paper that `suits`, or to the last plain one.
fn put_on(papers: &mut [Draft], look: Look, suits: impl Fn(&Draft) -> bool) {
    let plain = |paper: &Draft| paper.look == Look::Plain;
    let place = papers.iter().position(|paper| plain(paper) && suits(paper));
    let place = place.or_else(|| papers.iter().rposition(plain));
    if let Some(paper) = place.and_then(|place| papers.get_mut(place)) {
        paper.look = look;
    }
}

/// `others` between `papers` at equal distances: a pile of odd papers at the end would be no test of attention.
fn spread(papers: Vec<Draft>, others: Vec<Draft>) -> Vec<Draft> {
    let step = (papers.len() / (others.len() + 1)).max(1);
    let mut spread = Vec::with_capacity(papers.len() + others.len());
    let mut others = others.into_iter();
    for (place, paper) in (1..).zip(papers) {
        spread.push(paper);
        if place % step == 0 {
            spread.extend(others.next());
        }
    }
    spread.extend(others);
    spread
}

fn numbered(drafts: Vec<Draft>) -> Vec<TestPaper> {
    let paper = |(number, draft): (u32, Draft)| TestPaper {
        number,
        boxes: draft.boxes,
        look: draft.look,
        invalid: draft.invalid,
    };
    (1..).zip(drafts).map(paper).collect()
}

/// One box of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormBox {
    /// Number of the line, from 1.
    pub line: usize,
    pub level: Level,
}

/// A figure that did not come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The count is of a form of another length.
    Lines {
        expected: usize,
        obtained: usize,
    },
    /// The count is of the other vote.
    Kind {
        /// Number of the line, from 1.
        line: usize,
    },
    Papers {
        expected: u32,
        obtained: u32,
    },
    Level {
        place: FormBox,
        expected: u32,
        obtained: u32,
        /// The box whose total was counted instead, when it is that of exactly one other box.
        taken_for: Option<FormBox>,
    },
    Invalid {
        reason: String,
        expected: u32,
        obtained: u32,
    },
}

/// Every figure that differs, in the order of the form; none when the deck is passed.
pub fn compare(expected: &BatchCounts, obtained: &BatchCounts) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if expected.papers != obtained.papers {
        found.push(Mismatch::Papers { expected: expected.papers, obtained: obtained.papers });
    }
    if expected.lines.len() != obtained.lines.len() {
        found.push(Mismatch::Lines { expected: expected.lines.len(), obtained: obtained.lines.len() });
    }
    let boxes: Vec<(FormBox, u32)> = each_box(&expected.lines).collect();
    for (line, (wanted, counted)) in (1..).zip(expected.lines.iter().zip(&obtained.lines)) {
        if wanted.kind() != counted.kind() {
            found.push(Mismatch::Kind { line });
            continue;
        }
        let pairs =
            wanted.each().into_iter().zip(counted.each()).filter(|((_, wanted), (_, counted))| wanted != counted);
        found.extend(pairs.map(|((level, expected), (_, obtained))| Mismatch::Level {
            place: FormBox { line, level },
            expected,
            obtained,
            taken_for: only_box_with(&boxes, obtained),
        }));
    }
    let reasons: BTreeMap<&String, ()> =
        expected.invalid.keys().chain(obtained.invalid.keys()).map(|r| (r, ())).collect();
    for reason in reasons.into_keys() {
        let of = |counts: &BatchCounts| counts.invalid.get(reason).copied().unwrap_or(0);
        if of(expected) != of(obtained) {
            let (expected, obtained) = (of(expected), of(obtained));
            found.push(Mismatch::Invalid { reason: reason.clone(), expected, obtained });
        }
    }
    found
}

fn each_box(lines: &[LevelCounts]) -> impl Iterator<Item = (FormBox, u32)> {
    let of_line = |(line, counts): (usize, &LevelCounts)| {
        counts.each().into_iter().map(move |(level, count)| (FormBox { line, level }, count))
    };
    (1..).zip(lines).flat_map(of_line)
}

fn only_box_with(boxes: &[(FormBox, u32)], total: u32) -> Option<FormBox> {
    let mut with = boxes.iter().filter(|(_, count)| *count == total);
    let only = with.next();
    only.filter(|_| with.next().is_none()).map(|(place, _)| *place)
}

#[cfg(test)]
mod tests;
