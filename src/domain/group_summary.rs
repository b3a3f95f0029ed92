//! Tổng hợp thảo luận tổ: what a group of delegates said before the vote, drafted and filed by its secretary (law.md 8,
//! steps 2 and 3). The Standing Committee reports on all groups, and may open a filed summary again.

use serde::{Deserialize, Serialize};

use super::id::{OfficialId, PollId};
use super::record::Action;
use super::text::clean_lines;

/// Most letters of one text.
pub const MOST_LETTERS: usize = 20_000;

/// Why a step of a summary was refused. One sentence, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SummaryError {
    /// Over 20,000 letters.
    #[error("Nội dung dài quá 20.000 ký tự; hãy rút gọn.")]
    TooLong,
    #[error("Hãy viết ý kiến chung của tổ trước khi nộp; nếu tổ không có ý kiến, hãy viết rõ như vậy.")]
    Empty,
    #[error("Tổng hợp đã nộp nên không sửa được; nếu cần sửa, hãy đề nghị Thường trực mở lại.")]
    Filed,
    #[error("Tổng hợp này chưa nộp nên không cần mở lại.")]
    NotFiled,
}

/// How far a summary has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryState {
    Draft,
    /// Filed with the Standing Committee.
    Filed,
}

impl SummaryState {
    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Filed => "filed",
        }
    }

    /// In Vietnamese, as a tag on a page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Đang soạn",
            Self::Filed => "Đã nộp",
        }
    }
}

/// What was said of one official.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    pub official: OfficialId,
    /// What; paragraphs apart by line breaks.
    pub text: String,
}

/// What the secretary writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// On the vote as a whole; paragraphs apart by line breaks.
    pub general: String,
    /// On single officials, in ballot order; those of whom nothing was said are left out.
    pub remarks: Vec<Remark>,
}

/// The stored summary of one group before one vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSummary {
    pub content: Content,
    /// Name of the group, as the roster has it.
    pub group: String,
    pub poll: PollId,
    pub state: SummaryState,
}

/// A summary after a step, and the step for its history.
pub type Stepped = (GroupSummary, Action);

impl Content {
    /// What was typed, cleaned; the remark of an official is left out when nothing is in it.
    ///
    /// # Errors
    /// When a text is too long.
    pub fn typed<'t>(
        general: &str,
        remarks: impl IntoIterator<Item = (OfficialId, &'t str)>,
    ) -> Result<Self, SummaryError> {
        let short = |text: &str| {
            let text = clean_lines(text);
            if text.chars().count() > MOST_LETTERS { Err(SummaryError::TooLong) } else { Ok(text) }
        };
        let mut content = Self { general: short(general)?, remarks: Vec::new() };
        for (official, text) in remarks {
            let text = short(text)?;
            if !text.is_empty() {
                content.remarks.push(Remark { official, text });
            }
        }
        Ok(content)
    }

    /// What is said of an official; empty when nothing is.
    pub fn of(&self, official: OfficialId) -> &str {
        self.remarks.iter().find(|remark| remark.official == official).map_or("", |remark| remark.text.as_str())
    }
}

impl GroupSummary {
    /// The first draft of a group.
    pub const fn drafted(poll: PollId, group: String, content: Content) -> Stepped {
        (Self { content, group, poll, state: SummaryState::Draft }, Action::Added)
    }

    /// The secretary writes something else.
    ///
    /// # Errors
    /// When it was filed.
    pub fn write(self, content: Content) -> Result<Stepped, SummaryError> {
        match self.state {
            SummaryState::Draft => Ok((Self { content, ..self }, Action::Changed)),
            SummaryState::Filed => Err(SummaryError::Filed),
        }
    }

    /// The secretary hands it in.
    ///
    /// # Errors
    /// When it says nothing in general, or was filed before.
    pub fn file(self) -> Result<Stepped, SummaryError> {
        match self.state {
            SummaryState::Draft if self.content.general.is_empty() => Err(SummaryError::Empty),
            SummaryState::Draft => Ok((Self { state: SummaryState::Filed, ..self }, Action::Filed)),
            SummaryState::Filed => Err(SummaryError::Filed),
        }
    }

    /// The Standing Committee lets the secretary write again.
    ///
    /// # Errors
    /// When it was not filed.
    pub fn reopen(self) -> Result<Stepped, SummaryError> {
        match self.state {
            SummaryState::Filed => Ok((Self { state: SummaryState::Draft, ..self }, Action::Reopened)),
            SummaryState::Draft => Err(SummaryError::NotFiled),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn official(n: u8) -> OfficialId {
        OfficialId::new(Timestamp::UNIX_EPOCH, &[n; 10])
    }

    fn draft(general: &str) -> GroupSummary {
        let content = Content::typed(general, [(official(1), " tốt "), (official(2), "\n")]).expect("short");
        GroupSummary::drafted(PollId::new(Timestamp::UNIX_EPOCH, &[3; 10]), "Tổ 1".into(), content).0
    }

    #[test]
    fn a_filed_summary_rests_until_it_is_opened_again() {
        let (filed, action) = draft("Tổ thống nhất.").file().expect("filed");
        assert_eq!((filed.state, action), (SummaryState::Filed, Action::Filed));
        assert_eq!(filed.clone().write(Content::default()), Err(SummaryError::Filed));
        assert_eq!(filed.clone().file(), Err(SummaryError::Filed));
        let (open, action) = filed.reopen().expect("open");
        assert_eq!((open.state, action), (SummaryState::Draft, Action::Reopened));
        assert_eq!(open.clone().reopen(), Err(SummaryError::NotFiled));
        assert!(open.write(Content::default()).is_ok());
    }

    #[test]
    fn nothing_is_filed_that_says_nothing_and_silent_remarks_are_left_out() {
        assert_eq!(draft(" \n ").file(), Err(SummaryError::Empty));
        let content = draft("Ý kiến").content;
        assert_eq!((content.of(official(1)), content.of(official(2)), content.remarks.len()), ("tốt", "", 1));
        assert_eq!(Content::typed(&"a".repeat(20_001), []), Err(SummaryError::TooLong));
    }
}
