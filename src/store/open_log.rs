//! A log while a transaction appends to it: its Merkle frontier and the entries that are not written yet.

use std::sync::Arc;

use serde::Serialize;

use domain::audit::merkle::Frontier;
use domain::audit::{Checkpoint, KeyName, UtcTime};

/// A log that a transaction appends to.
#[derive(Clone, Debug)]
pub(super) struct OpenLog {
    pub origin: KeyName,
    /// Text of the key that signs its heads.
    pub public_key: String,
    /// Frontier of the Merkle tree over all entries, pending ones included.
    pub frontier: Frontier,
    /// Time of the last entry, pending ones included; `None` for an empty log.
    pub last: Option<UtcTime>,
    /// Entries that are not written yet. Shared, because a copy is taken before each piece of work of a group.
    pub pending: Vec<Arc<PendingEntry>>,
}

impl OpenLog {
    /// Its head, with the pending entries.
    pub fn head(&self) -> Checkpoint {
        Checkpoint { origin: self.origin.clone(), size: self.frontier.size(), root: self.frontier.root() }
    }
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
