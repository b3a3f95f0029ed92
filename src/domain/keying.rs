//! Nhập phiếu: the machine behind the keying page. It takes one key at a time and tells what to show and to sound, and what
//! was finished; the hands stay on the number keys.
//!
//! `src/web/assets/keying.mjs` is the same machine in the browser, where the marks are while a pile is keyed; a test runs
//! both over the same keys and compares all that they show. This one says what is right, and lets scripted tellers key.
//!
//! # Papers
//!
//! Papers are keyed in order. A teller may go back to any paper; no paper behind the first unfinished one is opened, so that
//! every paper before the one at hand is finished, and the number of a paper is the same here and at the table. What is
//! finished leaves as a [`Step`] at once. A finished paper in which something is changed is unfinished until Enter; until
//! then the reading that left earlier stands. Of papers that were finished before the page was loaded, the marks are not
//! here ([`Standing::Kept`]): such a paper opens blank and is keyed anew.
//!
//! # Keys
//!
//! | at | digits | Enter | Backspace | `-` | `+` |
//! |---|---|---|---|---|---|
//! | [`Phase::Begin`] | refused | begins | refused | refused | refused |
//! | [`Phase::Line`] | `1` to `3` mark, `0` no mark, `9` double mark | next paper, when all lines are marked | undo | asks for the reason | refused |
//! | [`Phase::PaperFull`] | refused | next paper | undo | asks for the reason | refused |
//! | [`Phase::Reason`] | reason 1 to 9 | refused | back to the paper | refused | refused |
//! | [`Phase::Invalid`] | refused | next paper | back to the paper | refused | refused |
//! | [`Phase::Jump`] | number of the paper | goes there | takes a digit back, then leaves | refused | refused |
//! | [`Phase::Removal`] | refused | removes | leaves | refused | refused |
//! | [`Phase::Finished`] | refused | refused | undo | refused | send |
//! | [`Phase::Over`] | refused | refused | undo | refused | refused |
//!
//! Where no question is open, `*` asks for a paper, `PageUp` and `PageDown` open the paper before and after, and the arrows
//! move within what is keyed of the paper, so that one line is corrected and nothing else erased. While a whole pile is
//! read, Insert lays a blank paper before the one at hand, and Delete removes the one at hand. `+` sends from any paper once
//! all are finished.
//!
//! Where some papers are read again, the last mark that is asked for of a paper ends it, and Enter at the next one changes
//! nothing.
//!
//! A refused key changes nothing but the count of key presses. Undo at the first line of a paper opens the paper before it.
//!
//! # Key presses a mark
//!
//! A pile without slips takes a key for every mark, one Enter for every paper and one `+`: at most 1.05 presses a mark at 30
//! lines, 1.10 at 12, in every pile of ten papers and more; on shorter forms Enter weighs more. A slip seen at once costs two
//! presses more (Backspace, the right key). [`Keying::presses`] counts every press, refused ones too.

mod key;
mod papers;
mod press;
mod signal;

use std::fmt;

use super::batch::{Again, Asked, Entry, Paper, Reread, Rereading};
use super::poll::PollKind;
use papers::Keyed;

pub use key::Key;
pub use signal::{Refusal, Signal, Sound};

/// What is keyed, and with which keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which vote: its levels are the keys from `1` on.
    pub kind: PollKind,
    /// Ids of the reasons for which a paper is invalid as a whole, from key `1` on; at most nine have a key.
    pub reasons: Vec<String>,
    /// Papers in the order of the pile.
    pub asked: Vec<Asked>,
    /// How many of these papers, from the first, the server has already.
    pub done: usize,
    /// Whether a whole pile is read: then papers are inserted and removed. Otherwise some papers are read again, or decided,
    /// and this begins with Enter.
    pub is_whole: bool,
}

impl Task {
    /// A whole pile: every line of every paper.
    pub fn whole_pile(kind: PollKind, reasons: Vec<String>, lines: usize, papers: usize) -> Self {
        let asked = (1..=papers).map(|paper| Asked { paper, lines: (1..=lines).collect() }).collect();
        Self { kind, reasons, asked, done: 0, is_whole: true }
    }

    /// Some papers of a pile, read again.
    pub const fn again(kind: PollKind, reasons: Vec<String>, asked: Vec<Asked>) -> Self {
        Self { kind, reasons, asked, done: 0, is_whole: false }
    }
}

/// Where the machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waits for the Enter that begins: digits that were still being typed are no answers.
    Begin,
    Line,
    PaperFull,
    /// Waits for the reason for which the paper is invalid.
    Reason,
    Invalid,
    /// Waits for the number of the paper to go to.
    Jump,
    /// Asks whether the paper is removed.
    Removal,
    Finished,
    /// All papers are finished, and they are more than the pile has.
    Over,
}

impl Phase {
    /// As the page's module spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Line => "line",
            Self::PaperFull => "paper_full",
            Self::Reason => "reason",
            Self::Invalid => "invalid",
            Self::Jump => "jump",
            Self::Removal => "removal",
            Self::Finished => "finished",
            Self::Over => "over",
        }
    }
}

/// What becomes of a paper's reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Never finished.
    New,
    /// Finished, and its marks are here.
    Done,
    /// Finished before this page was loaded: the server has its marks, and they are not here.
    Kept,
    /// Finished earlier and changed since: the earlier reading stands until Enter.
    Changed,
}

impl Standing {
    /// As the page's module spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Done => "done",
            Self::Kept => "kept",
            Self::Changed => "changed",
        }
    }
}

/// What leaves the machine for the table. Papers are counted from 1; `reading` has the lines that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// This is the reading of the paper, in place of an earlier one.
    Put { paper: usize, reading: Paper },
    /// A paper was skipped: this one comes before the one that had its number.
    Insert { paper: usize, reading: Paper },
    /// The paper is not in the pile.
    Remove { paper: usize },
}

/// What the page shows. It shows marks to the teller who keys them, so nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct View {
    pub phase: Phase,
    /// Number of the paper; `None` when all are keyed.
    pub paper: Option<usize>,
    pub standing: Option<Standing>,
    /// Number of the line that waits.
    pub line: Option<usize>,
    /// Keys of the marks of this paper, in the order of its lines up to the last marked one; `.` for a line without.
    pub keyed: String,
    /// Number (from 1) of the reason for which the paper is invalid.
    pub reason: Option<usize>,
    pub papers_done: usize,
    /// Papers that lie here.
    pub papers: usize,
    /// Papers that the pile has.
    pub size: usize,
    /// Digits of the number of the paper to go to.
    pub typed: String,
    pub presses: u32,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({}, paper {:?}, line {:?}, …)", self.phase.code(), self.paper, self.line)
    }
}

/// A question that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    Begin,
    Reason,
    /// Which paper to go to: the digits so far.
    Jump(String),
    Removal,
}

/// A pile while it is keyed. Its marks are wiped when it is dropped.
pub struct Keying {
    kind: PollKind,
    reasons: Vec<String>,
    is_whole: bool,
    /// Lines of a paper, where a whole pile is read.
    lines: Vec<usize>,
    size: usize,
    papers: Vec<Keyed>,
    /// Place of the paper at hand, never behind the first unfinished one; behind the last when all are finished.
    at: usize,
    /// Place of the line that waits; behind the last line only where all are marked.
    line: usize,
    question: Option<Question>,
    presses: u32,
}

impl fmt::Debug for Keying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keying({} of {} papers)", self.finished(), self.size)
    }
}

impl Keying {
    /// Nothing keyed yet on this page.
    pub fn begin(task: Task) -> Self {
        let Task { kind, reasons, asked, done, is_whole } = task;
        let size = asked.len();
        let lines = asked.first().filter(|_| is_whole).map(|asked| asked.lines.clone()).unwrap_or_default();
        let papers = (0..).zip(asked).map(|(place, asked)| Keyed::blank(asked, place < done)).collect();
        let mut keying =
            Self { kind, reasons, is_whole, lines, size, papers, at: 0, line: 0, question: None, presses: 0 };
        keying.go_on();
        if !is_whole && keying.at < size {
            keying.question = Some(Question::Begin);
        }
        keying
    }

    /// Key presses so far, refused ones too.
    pub const fn presses(&self) -> u32 {
        self.presses
    }

    /// Where the machine stands.
    pub fn phase(&self) -> Phase {
        match (&self.question, self.papers.get(self.at)) {
            (Some(Question::Begin), _) => Phase::Begin,
            (Some(Question::Reason), _) => Phase::Reason,
            (Some(Question::Jump(_)), _) => Phase::Jump,
            (Some(Question::Removal), _) => Phase::Removal,
            (None, None) if self.papers.len() > self.size => Phase::Over,
            (None, None) => Phase::Finished,
            (None, Some(keyed)) if keyed.invalid.is_some() => Phase::Invalid,
            (None, Some(keyed)) if self.line < keyed.marks.len() => Phase::Line,
            (None, Some(_)) => Phase::PaperFull,
        }
    }

    /// What the page shows.
    pub fn view(&self) -> View {
        let (phase, at_hand) = (self.phase(), self.papers.get(self.at));
        let keyed = |keyed: &Keyed| -> String {
            let marks = keyed.marks.iter().take(keyed.marked());
            marks.map(|mark| mark.map_or('.', |mark| mark.key(self.kind))).collect()
        };
        View {
            phase,
            paper: at_hand.map(|_| self.number(self.at)),
            standing: at_hand.map(Keyed::standing),
            line: at_hand.filter(|_| phase == Phase::Line).and_then(|keyed| keyed.lines.get(self.line).copied()),
            keyed: at_hand.map(keyed).unwrap_or_default(),
            reason: at_hand.and_then(|keyed| keyed.invalid).map(|place| place + 1),
            papers_done: self.finished(),
            papers: self.papers.len(),
            size: self.size,
            typed: if let Some(Question::Jump(typed)) = &self.question { typed.clone() } else { String::new() },
            presses: self.presses,
        }
    }

    /// The same pile with another size, as the head teller corrected it. Papers that are keyed stay.
    #[must_use]
    pub fn resized(mut self, size: usize) -> Self {
        if !self.is_whole {
            return self;
        }
        self.size = size;
        while self.papers.len() > size && self.papers.last().is_some_and(Keyed::is_untouched) {
            self.papers.pop();
        }
        self.fill_up();
        if self.at >= self.papers.len() {
            self.question = None;
            self.go_on();
        }
        self
    }

    /// A step for every finished paper that is held here, in the order of the pile: for a table that lost what it had.
    pub fn steps(&self) -> Vec<Step> {
        let held = (0..).zip(&self.papers).filter(|(_, keyed)| keyed.standing() == Standing::Done);
        held.map(|(place, keyed)| Step::Put { paper: self.number(place), reading: self.reading(keyed) }).collect()
    }

    /// What `teller` read of a whole pile; `None` while papers are left to key, or where some were keyed elsewhere.
    pub fn entry(&self, teller: String) -> Option<Entry> {
        let read = || Entry { teller, papers: self.papers.iter().map(|keyed| self.reading(keyed)).collect() };
        self.is_all_here().then(read)
    }

    /// What `teller` read again of the disputed papers of a pile, likewise.
    pub fn rereading(&self, teller: String) -> Option<Rereading> {
        let again = |(place, keyed): (usize, &Keyed)| {
            let again = match self.reading(keyed) {
                Paper::Invalid(ref reason) => Again::Invalid(reason.clone()),
                Paper::Marked(ref marks) => {
                    Again::Lines(keyed.lines.iter().copied().zip(marks.iter().copied()).collect())
                }
            };
            Reread { paper: self.number(place), again }
        };
        self.is_all_here().then(|| Rereading { teller, papers: (0..).zip(&self.papers).map(again).collect() })
    }

    fn is_all_here(&self) -> bool {
        self.phase() == Phase::Finished && self.papers.iter().all(|keyed| keyed.standing() == Standing::Done)
    }

    fn reading(&self, keyed: &Keyed) -> Paper {
        let reason = keyed.invalid.and_then(|place| self.reasons.get(place));
        reason.map_or_else(
            || Paper::Marked(keyed.marks.iter().flatten().copied().collect()),
            |id| Paper::Invalid(id.clone()),
        )
    }
}

#[cfg(test)]
mod tests;
