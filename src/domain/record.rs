//! Records: what an office keeps and changes over months (officials, delegates, facts, the parts of a poll's
//! preparation). Each version has one canonical text; the council's log tells of it by hash, and none is ever lost.

use serde::{Deserialize, Serialize};

use super::audit::Digest;

/// What a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Official,
    Delegate,
    Fact,
    Preparation,
    Question,
    GroupSummary,
}

impl Subject {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::Official, Self::Delegate, Self::Fact, Self::Preparation, Self::Question, Self::GroupSummary];

    /// Code stored in the database and written to the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Delegate => "delegate",
            Self::Fact => "fact",
            Self::Preparation => "preparation",
            Self::Question => "question",
            Self::GroupSummary => "group_summary",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.code() == code)
    }

    /// Vietnamese label shown on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Official => "người được lấy phiếu",
            Self::Delegate => "đại biểu",
            Self::Fact => "dữ kiện",
            Self::Preparation => "phần chuẩn bị",
            Self::Question => "câu hỏi",
            Self::GroupSummary => "tổng hợp thảo luận tổ",
        }
    }
}

/// What somebody did to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Added,
    Changed,
    /// A second person checked it against its source.
    Verified,
    /// The check by the second person was taken back.
    Reopened,
    Replied,
    /// Forwarded to the person concerned.
    Forwarded,
    /// Returned to its author.
    Returned,
    Filed,
    /// Withdrawn; it no longer counts.
    Withdrawn,
    Restored,
}

impl Action {
    /// All.
    pub const ALL: [Self; 10] = [
        Self::Added,
        Self::Changed,
        Self::Verified,
        Self::Reopened,
        Self::Replied,
        Self::Forwarded,
        Self::Returned,
        Self::Filed,
        Self::Withdrawn,
        Self::Restored,
    ];

    /// Code stored in the database and written to the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Verified => "verified",
            Self::Reopened => "reopened",
            Self::Replied => "replied",
            Self::Forwarded => "forwarded",
            Self::Returned => "returned",
            Self::Filed => "filed",
            Self::Withdrawn => "withdrawn",
            Self::Restored => "restored",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }

    /// Vietnamese label in a record's history.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Added => "thêm mới",
            Self::Changed => "sửa",
            Self::Verified => "đối chiếu",
            Self::Reopened => "bỏ đối chiếu",
            Self::Replied => "trả lời",
            Self::Forwarded => "chuyển đi",
            Self::Returned => "trả lại",
            Self::Filed => "nộp",
            Self::Withdrawn => "rút",
            Self::Restored => "khôi phục",
        }
    }
}

/// One version of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub subject: Subject,
    /// Its id; of a part of a preparation `<poll>/<part>`.
    pub record: String,
    /// From 1, without gaps.
    pub version: u64,
    pub action: Action,
    /// Canonical text of the record as it is now.
    pub content: String,
}

/// The hash with which one entry of the log covers any number of revisions: SHA-256 over a line for each, in the order
/// of ids and versions, `<record> <version> <SHA-256 of its content>\n`.
pub fn digest<'r>(revisions: impl IntoIterator<Item = (&'r str, u64, &'r str)>) -> Digest {
    let mut lines: Vec<(&str, u64, &str)> = revisions.into_iter().collect();
    lines.sort_unstable_by_key(|(record, version, _)| (*record, *version));
    let line = |(record, version, content): (&str, u64, &str)| {
        format!("{record} {version} {}\n", Digest::of(content.as_bytes()))
    };
    let text: String = lines.into_iter().map(line).collect();
    Digest::of(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_one_spelling_everywhere() {
        for subject in Subject::ALL {
            assert_eq!(serde_json::to_string(&subject).expect("json"), format!("\"{}\"", subject.code()));
            assert_eq!(Subject::from_code(subject.code()), Some(subject));
        }
        for action in Action::ALL {
            assert_eq!(serde_json::to_string(&action).expect("json"), format!("\"{}\"", action.code()));
            assert_eq!(Action::from_code(action.code()), Some(action));
        }
    }

    #[test]
    fn a_digest_does_not_depend_on_the_order_in_which_revisions_are_read() {
        let revisions = [("b", 1, "{}"), ("a", 2, "[]"), ("a", 1, "{}")];
        let mut turned = revisions;
        turned.reverse();
        assert_eq!(digest(revisions), digest(turned));
        assert_ne!(digest(revisions), digest([("b", 1, "{}"), ("a", 2, "{}"), ("a", 1, "[]")]));
    }
}
