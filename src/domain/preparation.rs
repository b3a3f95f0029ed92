//! What belongs to the preparation of one poll: its sitting, its board of tellers, what was done of each deadline.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::council::Council;
use super::id::{DelegateId, PollId};
use super::poll::PollKind;
use super::roster::TellerRole;

/// A part of a preparation that is a record of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// [`Plan`].
    Plan,
    /// [`Board`].
    Board,
    /// [`DeadlineMark`] of the deadline of this id.
    Deadline(String),
}

impl Part {
    /// As the database spells it: `plan`, `board`, `deadline:person_report`.
    pub fn code(&self) -> String {
        match self {
            Self::Plan => "plan".to_owned(),
            Self::Board => "board".to_owned(),
            Self::Deadline(id) => format!("deadline:{id}"),
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "plan" => Some(Self::Plan),
            "board" => Some(Self::Board),
            other => other.strip_prefix("deadline:").map(|id| Self::Deadline(id.to_owned())),
        }
    }

    /// The id of its record.
    pub fn record(&self, poll: PollId) -> String {
        format!("{poll}/{}", self.code())
    }
}

/// Who votes, when, on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Legal basis that the office states for a body that the rule set leaves out.
    pub basis: Option<String>,
    /// Council, term and sitting.
    pub council: Council,
    /// Lấy phiếu or bỏ phiếu.
    pub kind: PollKind,
}

/// A delegate who is to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Who.
    pub delegate: DelegateId,
    /// Part on the board.
    pub role: TellerRole,
}

/// The board of tellers as it is being put together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Head first.
    pub seats: Vec<Seat>,
}

/// What was done of a deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineMark {
    /// The day on which it was done; `None` is open.
    pub done_on: Option<Date>,
    /// Number of the paper, or why it is late.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_one_spelling() {
        for part in [Part::Plan, Part::Board, Part::Deadline("person_report".into())] {
            assert_eq!(Part::from_code(&part.code()), Some(part));
        }
        assert_eq!(Part::from_code("ballots"), None);
    }
}
