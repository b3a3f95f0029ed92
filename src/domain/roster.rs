//! Who votes and who counts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::id::AccountId;
use super::official::Official;

/// A post that somebody held and holds no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerPost {
    /// Day of election or approval.
    pub elected_on: Option<Date>,
    /// Last day.
    pub left_on: Date,
    /// As papers print it.
    pub title: String,
}

/// An official of the roster: the record that is kept for the whole term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterOfficial {
    /// Whom the person signs in as.
    pub account: Option<AccountId>,
    /// Posts that were held before.
    pub former_posts: Vec<FormerPost>,
    /// The person, with the posts that are held.
    pub official: Official,
    /// Place in the order of the list, from 1.
    pub position: u32,
    /// Left out of everything that is prepared from now on.
    pub withdrawn: bool,
}

/// A delegate of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterDelegate {
    /// Whom the person signs in as.
    pub account: Option<AccountId>,
    /// The person.
    pub delegate: Delegate,
    /// Files the summary of the group's discussion.
    pub is_secretary: bool,
    /// Place in the order of the sheet, from 1.
    pub position: u32,
    /// Left the council.
    pub withdrawn: bool,
}

/// Đại biểu: who votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    /// Full name.
    pub name: String,
    /// Tổ đại biểu, when the sheet names one.
    pub group: Option<String>,
}

/// Part that a member plays on the board of tellers (HD 883/HD-UBTVQH14, point 5a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TellerRole {
    /// Trưởng ban.
    Head,
    /// Thư ký.
    Secretary,
    /// Ủy viên.
    Member,
}

impl TellerRole {
    /// All roles, head first.
    pub const ALL: [Self; 3] = [Self::Head, Self::Secretary, Self::Member];

    /// As the database and the log spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Secretary => "secretary",
            Self::Member => "member",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The role in Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Head => "Trưởng ban",
            Self::Secretary => "Thư ký",
            Self::Member => "Ủy viên",
        }
    }
}

/// Thành viên Ban kiểm phiếu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teller {
    /// Full name; a delegate's.
    pub name: String,
    /// Part on the board.
    pub role: TellerRole,
}
