//! Who read a batch, and how often they had to look again: what the log says of a reading. It tells no mark.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;

/// One of the two who read a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// Their account; none where a rehearsal reads for somebody.
    pub account: Option<AccountId>,
    pub name: String,
}

/// Two readings of one batch that agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadTwice {
    /// In the order of their readings.
    pub readers: [Reader; 2],
    /// Whose reading one of the two took over.
    pub earlier: Vec<Reader>,
    /// Lines, and papers as a whole, on which the two differed at first.
    pub reread: u32,
    /// How many of them the head teller decided.
    pub decided: u32,
}
