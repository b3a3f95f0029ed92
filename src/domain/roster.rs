//! Who votes and who counts.

use serde::{Deserialize, Serialize};

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
