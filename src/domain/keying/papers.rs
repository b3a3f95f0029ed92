//! The papers of a pile while it is keyed: what is keyed of each, which is at hand, and which comes next.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::batch::Asked;
use super::super::marks::Mark;
use super::{Keying, Standing};

/// What is keyed of one paper; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Keyed {
    /// Number of the paper where only some papers are asked for.
    number: usize,
    /// Numbers of the lines that are asked for.
    pub lines: Vec<usize>,
    /// One place a line: a `Vec` that grows would leave marks behind.
    pub marks: Vec<Option<Mark>>,
    /// Place of the reason, from 0.
    pub invalid: Option<usize>,
    /// Whether a reading of it left for the table.
    pub has_left: bool,
    /// Whether something was changed since.
    pub is_changed: bool,
    /// Whether that reading is what is here.
    pub is_held: bool,
}

impl Keyed {
    /// A paper without marks, which the server may have already.
    pub fn blank(asked: Asked, has_left: bool) -> Self {
        let marks = vec![None; asked.lines.len()];
        let Asked { paper: number, lines } = asked;
        Self { number, lines, marks, invalid: None, has_left, is_changed: false, is_held: false }
    }

    pub const fn standing(&self) -> Standing {
        match (self.has_left, self.is_changed, self.is_held) {
            (false, ..) => Standing::New,
            (true, true, _) => Standing::Changed,
            (true, false, true) => Standing::Done,
            (true, false, false) => Standing::Kept,
        }
    }

    pub const fn is_finished(&self) -> bool {
        self.has_left && !self.is_changed
    }

    /// Whether nothing is keyed of it, here or before.
    pub fn is_untouched(&self) -> bool {
        !self.has_left && self.invalid.is_none() && self.marked() == 0
    }

    /// Lines up to the last marked one.
    pub fn marked(&self) -> usize {
        self.marks.iter().rposition(Option::is_some).map_or(0, |last| last + 1)
    }

    /// Place of the first line without a mark.
    pub fn first_unmarked(&self) -> usize {
        self.marks.iter().position(Option::is_none).unwrap_or(self.marks.len())
    }
}

impl Keying {
    /// The number by which people know the paper at a place.
    pub(super) fn number(&self, place: usize) -> usize {
        self.papers.get(place).filter(|_| !self.is_whole).map_or(place + 1, |keyed| keyed.number)
    }

    pub(super) fn finished(&self) -> usize {
        self.papers.iter().filter(|keyed| keyed.is_finished()).count()
    }

    /// Place of the first paper that is not finished; behind the last when all are.
    pub(super) fn first_unfinished(&self) -> usize {
        self.papers.iter().position(|keyed| !keyed.is_finished()).unwrap_or(self.papers.len())
    }

    /// Opens the first unfinished paper.
    pub(super) fn go_on(&mut self) {
        self.open(self.first_unfinished());
    }

    /// Opens a paper: at its first line when it is finished, to be read once more from there; where it was left otherwise.
    pub(super) fn open(&mut self, place: usize) {
        self.at = place;
        let left = self.papers.get(place).filter(|keyed| !keyed.is_finished());
        self.line = left.map_or(0, Keyed::first_unmarked);
    }

    /// Opens a paper behind its last mark, to take that back.
    pub(super) fn open_at_end(&mut self, place: usize) {
        self.at = place;
        self.line = self.papers.get(place).map_or(0, Keyed::first_unmarked);
    }

    /// A paper of which nothing is keyed, in a whole pile.
    fn blank(&self) -> Keyed {
        Keyed::blank(Asked { paper: 0, lines: self.lines.clone() }, false)
    }

    /// Lays blank papers behind the others until the pile has its size.
    pub(super) fn fill_up(&mut self) {
        while self.papers.len() < self.size {
            self.papers.push(self.blank());
        }
    }

    /// Lays a blank paper before the one at hand; an untouched one at the end is none too many then.
    pub(super) fn insert_blank(&mut self) {
        self.papers.insert(self.at, self.blank());
        if self.papers.len() > self.size && self.papers.last().is_some_and(Keyed::is_untouched) {
            self.papers.pop();
        }
        self.open(self.at);
    }
}
