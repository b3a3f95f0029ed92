//! A result as somebody else published it, kept exactly as printed: what is not printed is absent, never zero.

use super::decimal::Decimal;
use super::poll::{Level, PollKind};

/// A published table of one vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedTable {
    pub kind: PollKind,
    /// In the order of the file.
    pub rows: Vec<PublishedRow>,
}

/// One official's line of a published table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRow {
    /// Line of the file, from 1, for messages.
    pub line: u64,
    pub name: String,
    /// Post as printed; empty when the file has none.
    pub post: String,
    /// One per level of the table's kind, in ballot order.
    pub cells: Vec<PublishedCell>,
}

/// What is printed for one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedCell {
    pub level: Level,
    /// Ballots; `None` when not printed.
    pub count: Option<u32>,
    /// Per cent with the digits that were printed, `61,70`; `None` when not printed.
    pub percent: Option<Decimal>,
}
