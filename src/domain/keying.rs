//! Nhập phiếu: the machine behind the keying page. It takes one key at a time and tells what to show and to sound; the
//! hands stay on the number keys.
//!
//! `src/web/assets/keying.mjs` is the same machine in the browser, where the marks are while a pile is keyed; a test runs
//! both over the same keys and compares all that they show. This one says what is right, and lets scripted tellers key.
//!
//! # Keys
//!
//! | at | `1` `2` `3` | `0` | `9` | Enter | Backspace | `-` | other |
//! |---|---|---|---|---|---|---|---|
//! | [`Phase::Line`] | mark | no mark | double mark | refused | undo | asks for the reason | refused |
//! | [`Phase::PaperFull`] | refused | refused | refused | next paper | undo | asks for the reason | refused |
//! | [`Phase::Reason`] | reason 1 to 9 | refused | reason 9 | refused | back to the paper | refused | refused |
//! | [`Phase::Invalid`] | refused | refused | refused | next paper | back to the paper | refused | refused |
//! | [`Phase::Finished`] | refused | refused | refused | send | undo | refused | refused |
//!
//! A refused key changes nothing but the count of key presses. Undo at the first line of a paper opens the paper before it.
//!
//! # Key presses a mark
//!
//! A pile without slips takes a key for every mark and one Enter for every paper: `lines + 1` presses for `lines` marks,
//! which is 1.034 at 30 lines and at most 1.05 from 20 lines on; on shorter forms Enter weighs more (1.1 at 10 lines). A
//! slip seen at once costs two presses more (Backspace, the right key). [`Keying::presses`] counts every press, refused
//! ones too.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::batch::{Again, Asked, Entry, Paper, Reread, Rereading};
use super::marks::Mark;
use super::poll::PollKind;

/// A key that the machine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `0` to `9`.
    Digit(u8),
    Enter,
    Backspace,
    /// `-`: the whole paper is invalid.
    Minus,
    /// Another key that writes something: always refused, so that a slip beside the number keys gives a sound.
    Other,
}

impl Key {
    /// The key of a browser's `KeyboardEvent.key`; `None` for keys that write nothing (Shift, Tab, F5), which are left
    /// to the browser.
    pub fn named(name: &str) -> Option<Self> {
        let mut letters = name.chars();
        match (name, letters.next(), letters.next()) {
            ("Enter", ..) => Some(Self::Enter),
            ("Backspace", ..) => Some(Self::Backspace),
            ("-", ..) => Some(Self::Minus),
            (_, Some(letter), None) => {
                let digit = letter.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
                Some(digit.map_or(Self::Other, Self::Digit))
            }
            _ => None,
        }
    }
}

/// What is keyed, and with which keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which vote: its levels are the keys from `1` on.
    pub kind: PollKind,
    /// Ids of the reasons for which a paper is invalid as a whole, from key `1` on; at most nine have a key.
    pub reasons: Vec<String>,
    /// Papers in the order of the pile.
    pub asked: Vec<Asked>,
}

impl Task {
    /// A whole pile: every line of every paper.
    pub fn whole_pile(kind: PollKind, reasons: Vec<String>, lines: usize, papers: usize) -> Self {
        let asked = (1..=papers).map(|paper| Asked { paper, lines: (1..=lines).collect() }).collect();
        Self { kind, reasons, asked }
    }
}

/// Where the machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Line,
    PaperFull,
    /// Waits for the reason for which the paper is invalid.
    Reason,
    Invalid,
    Finished,
}

impl Phase {
    /// As the page's module spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::PaperFull => "paper_full",
            Self::Reason => "reason",
            Self::Invalid => "invalid",
            Self::Finished => "finished",
        }
    }
}

/// What a key press did, for eyes and ears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Marked,
    NextPaper,
    Finished,
    Undone,
    AskedReason,
    Spoiled,
    Send,
    Refused(Refusal),
}

/// Why a key does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    UnknownKey,
    /// Bỏ phiếu has two levels.
    NoSuchLevel,
    /// Enter was pressed before the last line was marked.
    LinesLeft,
    PaperFull,
    PaperInvalid,
    NoSuchReason,
    NothingToUndo,
    AllKeyed,
}

/// A sound; each differs from the others in height and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    Refused,
    Paper,
    Pile,
}

impl Signal {
    /// As the page's module spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Marked => "marked",
            Self::NextPaper => "next_paper",
            Self::Finished => "finished",
            Self::Undone => "undone",
            Self::AskedReason => "asked_reason",
            Self::Spoiled => "spoiled",
            Self::Send => "send",
            Self::Refused(Refusal::UnknownKey) => "refused_unknown_key",
            Self::Refused(Refusal::NoSuchLevel) => "refused_no_such_level",
            Self::Refused(Refusal::LinesLeft) => "refused_lines_left",
            Self::Refused(Refusal::PaperFull) => "refused_paper_full",
            Self::Refused(Refusal::PaperInvalid) => "refused_paper_invalid",
            Self::Refused(Refusal::NoSuchReason) => "refused_no_such_reason",
            Self::Refused(Refusal::NothingToUndo) => "refused_nothing_to_undo",
            Self::Refused(Refusal::AllKeyed) => "refused_all_keyed",
        }
    }

    /// The sound to play. An accepted mark makes none: with sixty papers it would be constant noise.
    pub const fn sound(self) -> Option<Sound> {
        match self {
            Self::Refused(_) => Some(Sound::Refused),
            Self::NextPaper => Some(Sound::Paper),
            Self::Finished => Some(Sound::Pile),
            Self::Marked | Self::Undone | Self::AskedReason | Self::Spoiled | Self::Send => None,
        }
    }
}

/// What is keyed of one paper so far; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Keyed {
    marks: Vec<Mark>,
    /// Place of the reason, from 0.
    invalid: Option<usize>,
}

impl Keyed {
    /// Room for all marks at once: a `Vec` that grows would leave marks behind.
    fn of(asked: &Asked) -> Self {
        Self { marks: Vec::with_capacity(asked.lines.len()), invalid: None }
    }
}

/// What the page shows. It shows marks to the teller who keys them, so nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct View {
    pub phase: Phase,
    /// Number of the paper; `None` when all are keyed.
    pub paper: Option<usize>,
    /// Number of the line that waits.
    pub line: Option<usize>,
    /// Keys of the marks of this paper so far, in the order of its lines.
    pub keyed: String,
    /// Number (from 1) of the reason for which the paper is invalid.
    pub reason: Option<usize>,
    pub papers_done: usize,
    pub presses: u32,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({}, paper {:?}, line {:?}, …)", self.phase.code(), self.paper, self.line)
    }
}

/// A pile while it is keyed. Its marks are wiped when it is dropped.
pub struct Keying {
    task: Task,
    /// Papers that Enter closed, then the one on top, if any is left.
    papers: Vec<Keyed>,
    closed: usize,
    asks_reason: bool,
    presses: u32,
}

impl fmt::Debug for Keying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keying({} of {} papers)", self.closed, self.task.asked.len())
    }
}

impl Keying {
    /// Nothing keyed yet.
    pub fn begin(task: Task) -> Self {
        let mut papers = Vec::with_capacity(task.asked.len());
        papers.extend(task.asked.first().map(Keyed::of));
        Self { task, papers, closed: 0, asks_reason: false, presses: 0 }
    }

    /// Key presses so far, refused ones too.
    pub const fn presses(&self) -> u32 {
        self.presses
    }

    /// Where the machine stands.
    pub fn phase(&self) -> Phase {
        let Some((asked, keyed)) = self.top() else { return Phase::Finished };
        match keyed.invalid {
            _ if self.asks_reason => Phase::Reason,
            Some(_) => Phase::Invalid,
            None if keyed.marks.len() < asked.lines.len() => Phase::Line,
            None => Phase::PaperFull,
        }
    }

    /// The paper on top: what is asked of it, and what is keyed.
    fn top(&self) -> Option<(&Asked, &Keyed)> {
        self.task.asked.get(self.closed).zip(self.papers.get(self.closed))
    }

    /// What the page shows.
    pub fn view(&self) -> View {
        let top = self.top();
        let phase = self.phase();
        View {
            phase,
            paper: top.map(|(asked, _)| asked.paper),
            line: top
                .filter(|_| phase == Phase::Line)
                .and_then(|(asked, keyed)| asked.lines.get(keyed.marks.len()).copied()),
            keyed: top
                .map(|(_, keyed)| keyed.marks.iter().map(|mark| self.key_of(*mark)).collect())
                .unwrap_or_default(),
            reason: top.and_then(|(_, keyed)| keyed.invalid).map(|place| place + 1),
            papers_done: self.closed,
            presses: self.presses,
        }
    }

    fn key_of(&self, mark: Mark) -> char {
        let level = |level| self.task.kind.levels().iter().position(|other| *other == level).unwrap_or(0);
        match mark {
            Mark::Level(of) => u32::try_from(level(of) + 1).ok().and_then(|n| char::from_digit(n, 10)).unwrap_or('?'),
            Mark::None => '0',
            Mark::Multiple => '9',
        }
    }

    /// The pile after one more key press, and what that did.
    #[must_use]
    pub fn press(mut self, key: Key) -> (Self, Signal) {
        self.presses = self.presses.saturating_add(1);
        let done = match self.phase() {
            Phase::Line => self.at_line(key),
            Phase::PaperFull => self.at_full_paper(key),
            Phase::Reason => self.at_reason(key),
            Phase::Invalid => self.at_invalid(key),
            Phase::Finished => self.at_end(key),
        };
        (self, done.unwrap_or_else(Signal::Refused))
    }

    fn at_line(&mut self, key: Key) -> Result<Signal, Refusal> {
        match key {
            Key::Digit(0) => Ok(self.mark(Mark::None)),
            Key::Digit(9) => Ok(self.mark(Mark::Multiple)),
            Key::Digit(digit @ 1..=3) => {
                let level = self.task.kind.levels().get(usize::from(digit) - 1).copied();
                level.map(|level| self.mark(Mark::Level(level))).ok_or(Refusal::NoSuchLevel)
            }
            Key::Enter => Err(Refusal::LinesLeft),
            Key::Backspace => self.undo(),
            Key::Minus => Ok(self.ask_reason()),
            Key::Digit(_) | Key::Other => Err(Refusal::UnknownKey),
        }
    }

    fn at_full_paper(&mut self, key: Key) -> Result<Signal, Refusal> {
        match key {
            Key::Enter => Ok(self.next_paper()),
            Key::Backspace => self.undo(),
            Key::Minus => Ok(self.ask_reason()),
            Key::Digit(_) => Err(Refusal::PaperFull),
            Key::Other => Err(Refusal::UnknownKey),
        }
    }

    fn at_reason(&mut self, key: Key) -> Result<Signal, Refusal> {
        match key {
            Key::Digit(digit) => {
                let place = usize::from(digit).checked_sub(1).filter(|place| *place < self.task.reasons.len());
                let place = place.ok_or(Refusal::NoSuchReason)?;
                self.asks_reason = false;
                self.set_invalid(Some(place));
                Ok(Signal::Spoiled)
            }
            Key::Backspace => {
                self.asks_reason = false;
                Ok(Signal::Undone)
            }
            Key::Enter | Key::Minus | Key::Other => Err(Refusal::NoSuchReason),
        }
    }

    fn at_invalid(&mut self, key: Key) -> Result<Signal, Refusal> {
        match key {
            Key::Enter => Ok(self.next_paper()),
            Key::Backspace => {
                self.set_invalid(None);
                Ok(Signal::Undone)
            }
            Key::Digit(_) | Key::Minus => Err(Refusal::PaperInvalid),
            Key::Other => Err(Refusal::UnknownKey),
        }
    }

    fn at_end(&mut self, key: Key) -> Result<Signal, Refusal> {
        match key {
            Key::Enter => Ok(Signal::Send),
            Key::Backspace => self.undo(),
            Key::Digit(_) | Key::Minus => Err(Refusal::AllKeyed),
            Key::Other => Err(Refusal::UnknownKey),
        }
    }

    fn mark(&mut self, mark: Mark) -> Signal {
        if let Some(keyed) = self.papers.get_mut(self.closed) {
            keyed.marks.push(mark);
        }
        Signal::Marked
    }

    const fn ask_reason(&mut self) -> Signal {
        self.asks_reason = true;
        Signal::AskedReason
    }

    fn set_invalid(&mut self, place: Option<usize>) {
        if let Some(keyed) = self.papers.get_mut(self.closed) {
            keyed.invalid = place;
        }
    }

    fn next_paper(&mut self) -> Signal {
        self.closed += 1;
        match self.task.asked.get(self.closed) {
            Some(asked) => {
                self.papers.push(Keyed::of(asked));
                Signal::NextPaper
            }
            None => Signal::Finished,
        }
    }

    /// Takes back the last mark of the paper on top; at its first line, or behind the last paper, opens the one before.
    fn undo(&mut self) -> Result<Signal, Refusal> {
        if self.papers.get_mut(self.closed).is_some_and(|keyed| keyed.marks.pop().is_some()) {
            return Ok(Signal::Undone);
        }
        self.closed = self.closed.checked_sub(1).ok_or(Refusal::NothingToUndo)?;
        self.papers.truncate(self.closed + 1);
        Ok(Signal::Undone)
    }

    /// What `teller` read of a whole pile.
    ///
    /// # Errors
    /// The unchanged pile, when papers are left to key.
    pub fn into_entry(self, teller: String) -> Result<Entry, Self> {
        if self.phase() != Phase::Finished {
            return Err(self);
        }
        let reasons = self.task.reasons;
        let paper = |mut keyed: Keyed| match reason(&reasons, &keyed) {
            Some(reason) => Paper::Invalid(reason),
            None => Paper::Marked(std::mem::take(&mut keyed.marks)),
        };
        Ok(Entry { teller, papers: self.papers.into_iter().map(paper).collect() })
    }

    /// What `teller` read again of the disputed papers of a pile.
    ///
    /// # Errors
    /// The unchanged pile, when papers are left to key.
    pub fn into_rereading(self, teller: String) -> Result<Rereading, Self> {
        if self.phase() != Phase::Finished {
            return Err(self);
        }
        let Task { reasons, asked, .. } = self.task;
        let again = |(asked, keyed): (Asked, Keyed)| {
            let again = match reason(&reasons, &keyed) {
                Some(reason) => Again::Invalid(reason),
                None => Again::Lines(asked.lines.into_iter().zip(keyed.marks.iter().copied()).collect()),
            };
            Reread { paper: asked.paper, again }
        };
        Ok(Rereading { teller, papers: asked.into_iter().zip(self.papers).map(again).collect() })
    }
}

fn reason(reasons: &[String], keyed: &Keyed) -> Option<String> {
    keyed.invalid.and_then(|place| reasons.get(place).cloned())
}

#[cfg(test)]
mod tests;
