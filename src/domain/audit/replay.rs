//! Reads a whole log once, entry by entry, and keeps only what a verifier needs.

use super::course::{Course, CourseError, Record};
use super::digest::Digest;
use super::entry::{LogEntry, may_follow};
use super::merkle::Frontier;
use super::time::UtcTime;

/// An entry that cannot be the next one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The number is not the position of the entry, from 0.
    #[error("mang số seq {found}, đúng ra phải là {expected}")]
    Gap {
        /// By its place.
        expected: u64,
        /// By its text.
        found: u64,
    },
    #[error("ghi lúc {at}, sớm hơn bản ghi liền trước ({last})")]
    TimeBack { at: UtcTime, last: UtcTime },
    /// The entry does not fit the entries before it.
    #[error(transparent)]
    Course(#[from] CourseError),
}

/// The log so far.
#[derive(Clone, Debug)]
pub struct Replay {
    frontier: Frontier,
    last: Option<UtcTime>,
    course: Course,
    wanted: Vec<u64>,
    roots: Vec<Option<Digest>>,
}

impl Replay {
    /// Nothing read yet; `sizes` are those whose roots the reader will want.
    pub fn new(sizes: Vec<u64>) -> Self {
        let roots = vec![None; sizes.len()];
        Self { frontier: Frontier::default(), last: None, course: Course::default(), wanted: sizes, roots }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// When its number, its time or its event cannot follow.
    pub fn accept(&mut self, entry: LogEntry) -> Result<(), ReplayError> {
        let expected = self.frontier.size();
        if entry.seq != expected {
            return Err(ReplayError::Gap { expected, found: entry.seq });
        }
        if let Some(last) = self.last.filter(|last| !may_follow(&entry.event, entry.at, Some(*last))) {
            return Err(ReplayError::TimeBack { at: entry.at, last });
        }
        self.last = Some(entry.at);
        self.frontier.push(entry.leaf);
        for (size, root) in self.wanted.iter().zip(&mut self.roots) {
            if *size == self.frontier.size() {
                *root = Some(self.frontier.root());
            }
        }
        Ok(self.course.accept(entry)?)
    }

    /// Entries so far.
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Root so far.
    pub fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// Roots at the sizes that were asked for; `None` where the log never had that size.
    pub fn roots(&self) -> &[Option<Digest>] {
        &self.roots
    }

    /// What the log says when nothing more follows.
    ///
    /// # Errors
    /// When an event that every poll has is missing.
    pub fn finish(self) -> Result<Record, CourseError> {
        self.course.finish()
    }
}
