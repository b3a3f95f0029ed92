//! What a log can say. Each event is declared once, in [`poll`] or [`council`]; its type, its kind, its reader and its
//! line in the table of events come from that one declaration.
//!
//! No event has room for a mark, a selection or the value of a single ballot: the finest figure before counting closes
//! is the number of papers in a batch, beside a commitment that hides its counts; a test deck shows its counts, because
//! its papers are nobody's. None has room for a secret either: no
//! password, no code of a slip, no token, and no hash of one.
//!
//! Fields stand in canonical order (sorted), so that what serde writes is canonical as it is.
//!
#![doc = include_str!("../EVENTS.md")]

pub mod council;
mod declare;
pub mod poll;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::canonical::ReadError;
use crate::id::AccountId;
use crate::role::Role;

pub use council::CouncilEvent;
pub use poll::PollEvent;

/// One thing that a log of some sort can say.
pub trait LogEvent: Clone + fmt::Debug + PartialEq + Eq + Sized {
    /// Every event that there is in such a log.
    const TABLE: &'static [EventRow];

    /// Dotted words: `batch.committed`.
    fn kind(&self) -> &'static str;

    /// Canonical text of `data`.
    ///
    /// # Errors
    /// When a figure is beyond what canonical JSON holds.
    fn data_text(&self) -> Result<String, ReadError>;

    /// Reads `data`, a text that was found canonical, as an event of `kind`.
    ///
    /// # Errors
    /// When the kind is not known, or `data` is not exactly of its shape.
    fn from_canonical(kind: &str, data: &str) -> Result<Self, EventError>;

    /// Reads `data`, whatever text it is, where one pass shows that it is canonical and an event of `kind`. `None` says nothing
    /// of it.
    fn at_once(kind: &str, data: &str) -> Option<Self>;
}

/// Who did what an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Account; `None` is the program itself.
    pub account: Option<AccountId>,
    pub name: String,
    pub role: Role,
}

/// A field in the table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRow {
    /// Key in `data`.
    pub name: &'static str,
    pub doc: &'static str,
}

/// A line in the table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// `batch.committed`.
    pub kind: &'static str,
    pub doc: &'static str,
    pub who: &'static str,
    /// When in the course of a poll.
    pub when: &'static str,
    /// Keys of `data`, in their order.
    pub fields: &'static [FieldRow],
}

/// `kind` and `data` are no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Written by a newer program, or by nobody of ours.
    #[error("loại bản ghi \"{0}\" không có trong danh mục")]
    Kind(String),
    #[error("phần data không đúng mẫu: {0}")]
    Data(ReadError),
}
