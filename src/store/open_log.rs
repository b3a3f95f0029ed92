//! A log while a transaction appends to it: its Merkle frontier and the entries that are not written yet.

use std::sync::Arc;

use serde::Serialize;

use domain::audit::UtcTime;
use domain::audit::merkle::Frontier;

/// A log that a transaction appends to.
#[derive(Clone, Debug)]
pub(super) struct OpenLog {
    /// Frontier of the Merkle tree over all entries, pending ones included.
    pub frontier: Frontier,
    /// Time of the last entry, pending ones included; `None` for an empty log.
    pub last: Option<UtcTime>,
    /// Entries that are not written yet. Shared, because a copy is taken before each piece of work of a group.
    pub pending: Vec<Arc<PendingEntry>>,
}

/// An entry with the values that its row repeats. The field names are those of the JSON that one statement inserts.
#[derive(Debug, Serialize)]
pub(super) struct PendingEntry {
    pub seq: u64,
    pub at: UtcTime,
    pub kind: &'static str,
    pub actor: String,
    pub entry: String,
}
