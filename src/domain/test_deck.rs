//! Bộ phiếu thử: pre-marked papers of one form that two tellers key like real ballots before voting opens. Test papers are
//! no secret, so that what was read is compared with what stands on them paper by paper and line by line ([`compare`]);
//! [`causes()`] says what a whole row of differences comes from.
//!
//! # Which papers
//!
//! 1. **Marked papers.** Every line has a *word*: its level on the first paper, on the second, and so on. No two lines have
//!    the same word, and in every word each of the `K` levels comes. There are `S(n, K)` such words of `n` papers: for
//!    three levels `3^n - 3 * 2^n + 3`, which is 6, 36, 150 for 3, 4, 5 papers; for two levels `2^n - 2`, which is 2, 6, 14,
//!    30, 62, 126 for 2 to 7. The deck has the smallest `n` with as many words as the form has lines.
//! 2. **A wholly blank paper, and one with a double mark on every line**, where such marks cost no more than the line.
//! 3. **One invalid paper for each reason** that the program can draw; two where it is marks that spoil a ballot, a blank and
//!    a double one.
//!
//! A name that is written in, and a crossed-out name where the rule set does not say that it spoils the ballot, cost no
//! further paper: they stand on papers that count.
//!
//! # What shows
//!
//! * Lines in any other order: an exchange, a shift round the form or past its end. The words differ, and no paper of the
//!   first kind has a line without a level, which is what a shift past the end leaves.
//! * Levels in any other order, on all lines or on one: each level is in each word.
//! * Papers in any other order, but for two that have to be read the same (a blank and a double paper that are invalid for one
//!   reason). Two marked papers always differ on some line: the words in which they do not are as many as there are words of
//!   `n - 1` papers, and the form has more lines than that, because `n` is the smallest.
//! * Keys in any other meaning than they have: every key that a right reading can hold is in the right reading.
//!
//! A test takes each of these faults on every form of 1 to 120 lines, for both votes and every rule set, and finds each.
//!
//! # How long it takes
//!
//! A mark is a press, every paper one more, an invalid one three in all. Under the rules of 2023 that is 8, 8, 9, 9, 9, 10
//! papers for 1, 6, 8, 23, 30, 120 lines of three levels. With 30 lines these are 6 * 30 marks, 6 times Enter and 3 invalid
//! papers of 3 presses: 195 presses, at the 2.5 presses a second at which a pile of ballots is keyed 78 seconds. Up to 62
//! lines it is under three minutes, with 120 lines under six.
//!
//! Nothing here is chance and nothing is secret: the same form under the same rules gives the same deck.

mod causes;
mod differences;
mod keyed;
mod words;

use super::ballot::BallotForm;
use super::batch::{Paper, count_papers};
use super::count::BatchCounts;
use super::marks::Mark;
use super::poll::{Level, PollKind};
use super::rules::{Reason, RuleSet};

pub use causes::{Cause, Compared, causes};
pub use differences::{DeckDifference, DeckNames, Seen, compare, differences};
pub use keyed::{grouped, key, keys, read_keys};

/// Pre-marked papers of one form with the figures that they have to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestDeck {
    pub form: String,
    pub kind: PollKind,
    /// In the order in which they are numbered and lie in the pile.
    pub papers: Vec<TestPaper>,
    /// Totals that counting the whole deck must give.
    pub expected: BatchCounts,
    /// Ids of the reasons for which a paper of the form is invalid as a whole, in the order of their keys.
    pub reasons: Vec<String>,
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

impl TestPaper {
    /// What it tries and how it is keyed, in a sentence.
    pub fn sentence(&self, rules: &RuleSet) -> String {
        if let Some(id) = &self.invalid {
            let reason = rules.spoils_ballot.iter().find(|reason| reason.id == *id);
            let text = reason.map_or(id.as_str(), |reason| reason.text.as_str());
            return format!("Cả phiếu không hợp lệ: {text}.");
        }
        let all = |suits: fn(&Vec<Level>) -> bool| self.boxes.iter().all(suits);
        let marks = if all(Vec::is_empty) {
            "Phiếu trắng: không đánh dấu ô nào, phím 0 ở mọi dòng"
        } else if all(|boxes| boxes.len() > 1) {
            "Dòng nào cũng đánh dấu từ hai ô trở lên: phím 9 ở mọi dòng"
        } else {
            "Mỗi dòng đúng một mức"
        };
        match self.look {
            Look::NameWrittenIn => format!("{marks}; có ghi thêm một tên, không nhập tên ấy."),
            Look::NameCrossedOut { line } => format!("{marks}; tên ở dòng {} bị gạch, vẫn nhập theo dấu.", line + 1),
            Look::Plain | Look::OtherForm | Look::NoSeal | Look::FromElsewhere => format!("{marks}."),
        }
    }
}

/// A paper before it has its number.
struct Draft {
    boxes: Vec<Vec<Level>>,
    look: Look,
    invalid: Option<String>,
}

impl Draft {
    const fn plain(boxes: Vec<Vec<Level>>) -> Self {
        Self { boxes, look: Look::Plain, invalid: None }
    }
}

impl TestDeck {
    /// The deck of `form` under `rules`.
    pub fn of(form: &BallotForm, rules: &RuleSet) -> Self {
        Self::sized(&form.id, form.kind, u32::try_from(form.lines.len()).unwrap_or(u32::MAX), rules)
    }

    /// The deck of the form of this id with this number of lines: nothing else of a form makes a difference.
    pub fn sized(form: &str, kind: PollKind, lines: u32, rules: &RuleSet) -> Self {
        let lines = usize::try_from(lines).unwrap_or(usize::MAX);
        let marks_spoil = rules.marks_spoil_ballot(lines).is_some();
        let (flaws, untried) = flaws(rules, lines);
        let crossing_spoils = flaws.iter().any(|flaw| matches!(flaw.shown, Shown::Look(Look::NameCrossedOut { .. })));

        let mut counting = marked_papers(kind, lines);
        put_on(&mut counting, Look::NameWrittenIn, |_| true);
        let mut others = Vec::new();
        if !marks_spoil {
            counting.push(Draft::plain((0..lines).map(|line| double(kind, line)).collect()));
            others.push(Draft::plain(vec![Vec::new(); lines]));
        }
        if !crossing_spoils {
            // On a line that counts for nobody anyway: whether the level beside a crossed-out name counts is not asked.
            let spoiled = |paper: &Draft| paper.boxes.first().is_some_and(|boxes| boxes.len() > 1);
            put_on(&mut counting, Look::NameCrossedOut { line: 0 }, spoiled);
        }
        for flaw in &flaws {
            others.extend((0..flaw.papers()).map(|nth| flaw.paper(kind, lines, nth)));
        }
        let papers = numbered(spread(counting, others));
        let readings: Vec<Paper> = papers.iter().map(TestPaper::reading).collect();
        // All of them are of this form and of this vote.
        let expected = count_papers(kind, lines, &readings).unwrap_or_default();
        let reasons = rules.ballot_reasons(lines).map(|reason| reason.id.clone()).collect();
        Self { form: form.to_owned(), kind, papers, expected, reasons, untried, crossing_spoils }
    }

    /// What a careful teller keys of every paper.
    pub fn readings(&self) -> Vec<Paper> {
        self.papers.iter().map(TestPaper::reading).collect()
    }
}

/// Papers with a level on every line, such that each line has a word of its own.
fn marked_papers(kind: PollKind, lines: usize) -> Vec<Draft> {
    let words = words::words(kind, lines);
    let papers = words.first().map_or(0, Vec::len);
    let on = |paper: usize| words.iter().map(|word| word.get(paper).copied().into_iter().collect()).collect();
    (0..papers).map(|paper| Draft::plain(on(paper))).collect()
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
}

#[derive(Clone, Copy)]
enum Shown {
    Look(Look),
    /// Marks alone: a blank paper and a doubly marked one.
    Marks,
}

impl Flaw {
    const fn papers(&self) -> usize {
        match self.shown {
            Shown::Look(_) => 1,
            Shown::Marks => 2,
        }
    }

    /// The `nth` paper of this flaw, from 0. Its marks would count on another paper: who counts them is found out.
    fn paper(&self, kind: PollKind, lines: usize, turn: usize) -> Draft {
        let levels = kind.levels();
        let one = |line: usize| levels.get((line + turn) % levels.len()).copied().into_iter().collect();
        let (look, boxes) = match self.shown {
            Shown::Look(look) => (look, (0..lines).map(one).collect()),
            // One bad line among good ones is enough.
            Shown::Marks => {
                let bad = turn % lines.max(1);
                let boxes = |line| match (line == bad, turn.is_multiple_of(2)) {
                    (false, _) => one(line),
                    (true, true) => Vec::new(),
                    (true, false) => double(kind, line + turn),
                };
                (Look::Plain, (0..lines).map(boxes).collect())
            }
        };
        Draft { boxes, look, invalid: Some(self.reason.clone()) }
    }
}

/// What the rule set finds invalid and a paper can show, and what no paper can show.
fn flaws(rules: &RuleSet, lines: usize) -> (Vec<Flaw>, Vec<String>) {
    let names_a_form = rules.spoils_ballot.iter().any(|reason| reason.id == "not_prescribed_form");
    let (mut flaws, mut untried) = (Vec::new(), Vec::new());
    for reason in rules.ballot_reasons(lines) {
        match how_shown(reason, names_a_form) {
            Some(shown) => flaws.push(Flaw { reason: reason.id.clone(), shown }),
            None => untried.push(reason.text.clone()),
        }
    }
    (flaws, untried)
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

#[cfg(test)]
mod tests;
