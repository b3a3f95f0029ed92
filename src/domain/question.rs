//! Câu hỏi của đại biểu: what a delegate asks an official in writing, through the Standing Committee, by name.
//!
//! ```text
//! asked ──forward──> forwarded ──reply──> answered
//!   ├──give back──> returned
//!   └──withdraw───> withdrawn
//! ```
//!
//! The right to ask, its last day and that of the reply are law.md 6 (NQ 85/2014/QH13, Điều 9; HD 321/HD-UBTVQH14): read in
//! the older text only, so both days carry their mark and refuse nothing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audit::UtcTime;
use super::deadline::Deadline;
use super::id::{AccountId, OfficialId, PollId};
use super::record::Action;
use super::rules::Attested;
use super::text::clean_lines;

/// Id of the deadline by which a delegate asks.
const ASK_BY: &str = "clarify_request";
/// Id of the deadline by which the official replies.
const REPLY_BY: &str = "reply";
/// Most letters of a question, a reason or a reply.
pub const MOST_LETTERS: usize = 5_000;

/// Why a step of a question was refused. One sentence, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    #[error("Hãy viết nội dung; ô này còn trống.")]
    Empty,
    /// Over 5,000 letters.
    #[error("Nội dung dài quá 5.000 ký tự; hãy rút gọn.")]
    TooLong,
    #[error("Chỉ người hỏi mới rút được câu hỏi của mình.")]
    NotAsker,
    /// Forwarded or answered already.
    #[error("Câu hỏi {0} nên không rút được nữa.")]
    CannotWithdraw(&'static str),
    /// It was forwarded or given back before.
    #[error("Câu hỏi {0}; Thường trực không phải xử lý nữa.")]
    AlreadyHandled(&'static str),
    #[error("Câu hỏi {0} nên không trả lời được.")]
    CannotReply(&'static str),
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    pub at: UtcTime,
    pub by: String,
}

/// The last day for a reply, as it stood when the question went on to the official.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// How well the rule behind the day was read.
    pub attested: Attested,
    pub cite: String,
    /// Last day in time.
    pub on: Date,
}

/// The reply of the official.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    pub hand: Stamp,
    /// What it says; paragraphs apart by line breaks.
    pub text: String,
}

/// How far a question has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum State {
    /// Received by the Standing Committee.
    Asked,
    Forwarded {
        /// Last day for the reply; `None` when the rules set none.
        due: Option<Due>,
        hand: Stamp,
    },
    /// Returned to the delegate by the Standing Committee.
    Returned {
        hand: Stamp,
        reason: String,
    },
    /// All delegates read the reply.
    Answered {
        /// As in [`State::Forwarded`].
        due: Option<Due>,
        forwarded: Stamp,
        reply: Reply,
    },
    Withdrawn {
        hand: Stamp,
    },
}

impl State {
    /// Code stored in the database.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Forwarded { .. } => "forwarded",
            Self::Returned { .. } => "returned",
            Self::Answered { .. } => "answered",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// In Vietnamese, as a tag on a page.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Asked => "Chờ Thường trực chuyển",
            Self::Forwarded { .. } => "Chờ trả lời",
            Self::Returned { .. } => "Bị trả lại",
            Self::Answered { .. } => "Đã trả lời",
            Self::Withdrawn { .. } => "Đã rút",
        }
    }

    const fn in_words(&self) -> &'static str {
        match self {
            Self::Asked => "đang chờ Thường trực chuyển",
            Self::Forwarded { .. } => "đã được chuyển tới người được lấy phiếu",
            Self::Returned { .. } => "đã bị trả lại",
            Self::Answered { .. } => "đã được trả lời",
            Self::Withdrawn { .. } => "đã được người hỏi rút",
        }
    }
}

/// A question with all that became of it: the record that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Account of the delegate who asks.
    pub account: AccountId,
    pub asked: Stamp,
    pub official: OfficialId,
    pub poll: PollId,
    pub state: State,
    /// What is asked; paragraphs apart by line breaks.
    pub text: String,
}

/// A question after a step, and the step for its history.
pub type Stepped = (Question, Action);

/// What somebody typed, cleaned.
///
/// # Errors
/// When it is empty or too long.
pub fn typed(text: &str) -> Result<String, QuestionError> {
    let text = clean_lines(text);
    match text.chars().count() {
        0 => Err(QuestionError::Empty),
        1..=MOST_LETTERS => Ok(text),
        _ => Err(QuestionError::TooLong),
    }
}

impl Question {
    /// The delegate takes it back, before it has gone on.
    ///
    /// # Errors
    /// When it is somebody else's, or has gone on.
    pub fn withdraw(self, account: AccountId, hand: Stamp) -> Result<Stepped, QuestionError> {
        if account != self.account {
            return Err(QuestionError::NotAsker);
        }
        match self.state {
            State::Asked => Ok((Self { state: State::Withdrawn { hand }, ..self }, Action::Withdrawn)),
            other => Err(QuestionError::CannotWithdraw(other.in_words())),
        }
    }

    /// The Standing Committee sends it on to the official, who owes the reply by `due`.
    ///
    /// # Errors
    /// When it was handled before.
    pub fn forward(self, hand: Stamp, due: Option<Due>) -> Result<Stepped, QuestionError> {
        match self.state {
            State::Asked => Ok((Self { state: State::Forwarded { due, hand }, ..self }, Action::Forwarded)),
            other => Err(QuestionError::AlreadyHandled(other.in_words())),
        }
    }

    /// The Standing Committee gives it back to the delegate and says why.
    ///
    /// # Errors
    /// When no reason is typed, or it was handled before.
    pub fn give_back(self, hand: Stamp, reason: &str) -> Result<Stepped, QuestionError> {
        let reason = typed(reason)?;
        match self.state {
            State::Asked => Ok((Self { state: State::Returned { hand, reason }, ..self }, Action::Returned)),
            other => Err(QuestionError::AlreadyHandled(other.in_words())),
        }
    }

    /// The official replies; from here on all delegates read both.
    ///
    /// # Errors
    /// When nothing is typed, it has not been sent on, or was answered before.
    pub fn reply(self, hand: Stamp, text: &str) -> Result<Stepped, QuestionError> {
        let text = typed(text)?;
        match self.state {
            State::Forwarded { due, hand: forwarded } => {
                let state = State::Answered { due, forwarded, reply: Reply { hand, text } };
                Ok((Self { state, ..self }, Action::Replied))
            }
            other => Err(QuestionError::CannotReply(other.in_words())),
        }
    }

    /// The last day for the reply, once it was sent on.
    pub const fn due(&self) -> Option<&Due> {
        match &self.state {
            State::Forwarded { due, .. } | State::Answered { due, .. } => due.as_ref(),
            State::Asked | State::Returned { .. } | State::Withdrawn { .. } => None,
        }
    }

    /// Whether the official still owes the reply after its last day.
    pub fn is_late(&self, today: Date) -> bool {
        matches!(&self.state, State::Forwarded { due: Some(due), .. } if due.on < today)
    }

    /// Whether the Standing Committee has it and has not decided on it.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, State::Asked)
    }

    /// Whether the official is to reply.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Forwarded { .. })
    }

    /// The reply, once there is one.
    pub const fn answer(&self) -> Option<&Reply> {
        match &self.state {
            State::Answered { reply, .. } => Some(reply),
            _ => None,
        }
    }

    /// Why it was given back.
    pub fn reason(&self) -> &str {
        match &self.state {
            State::Returned { reason, .. } => reason,
            _ => "",
        }
    }
}

fn day(deadlines: &[Deadline<'_>], id: &str) -> Option<Due> {
    let deadline = deadlines.iter().find(|deadline| deadline.rule.id == id)?;
    Some(Due { attested: deadline.attested, cite: deadline.rule.cite.clone(), on: deadline.due })
}

/// The last day for a question, when the rules of the poll set one.
pub fn ask_by(deadlines: &[Deadline<'_>]) -> Option<Due> {
    day(deadlines, ASK_BY)
}

/// The last day for a reply, when the rules of the poll set one.
pub fn reply_by(deadlines: &[Deadline<'_>]) -> Option<Due> {
    day(deadlines, REPLY_BY)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;

    fn hand(by: &str) -> Stamp {
        Stamp { at: "2026-11-20T01:00:00Z".parse().expect("time"), by: by.into() }
    }

    fn account(n: u8) -> AccountId {
        AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10])
    }

    fn due() -> Due {
        Due { attested: Attested::Unverified, cite: "HD 321".into(), on: date(2026, 12, 8) }
    }

    fn asked() -> Question {
        Question {
            account: account(1),
            asked: hand("Nguyễn Thị Lan"),
            official: OfficialId::new(Timestamp::UNIX_EPOCH, &[2; 10]),
            poll: PollId::new(Timestamp::UNIX_EPOCH, &[3; 10]),
            state: State::Asked,
            text: "Vì sao trạm y tế chậm?".into(),
        }
    }

    /// One question in each state.
    fn all() -> [Question; 5] {
        let forwarded = asked().forward(hand("Thường trực"), Some(due())).expect("forwarded").0;
        [
            asked(),
            forwarded.clone(),
            asked().give_back(hand("Thường trực"), "Trùng câu trước.").expect("returned").0,
            forwarded.reply(hand("Người Được Hỏi"), "Đã xong.").expect("answered").0,
            asked().withdraw(account(1), hand("Nguyễn Thị Lan")).expect("withdrawn").0,
        ]
    }

    /// Every step from every state: which lead on, and which are refused.
    #[test]
    fn every_step_is_taken_from_its_own_state_alone() {
        let codes = |of: fn(Question) -> Result<Stepped, QuestionError>| -> Vec<&'static str> {
            all()
                .into_iter()
                .filter(|question| of(question.clone()).is_ok())
                .map(|question| question.state.code())
                .collect()
        };
        assert_eq!(codes(|question| question.withdraw(account(1), hand("Lan"))), ["asked"]);
        assert_eq!(codes(|question| question.forward(hand("TT"), None)), ["asked"]);
        assert_eq!(codes(|question| question.give_back(hand("TT"), "trùng")), ["asked"]);
        assert_eq!(codes(|question| question.reply(hand("Ông A"), "đã xong")), ["forwarded"]);
    }

    #[test]
    fn a_refusal_says_how_far_the_question_has_come() {
        let [asked, forwarded, _, answered, _] = all();
        assert_eq!(asked.clone().withdraw(account(9), hand("X")), Err(QuestionError::NotAsker));
        let refused = forwarded.withdraw(account(1), hand("Lan")).expect_err("on its way");
        assert_eq!(refused.to_string(), "Câu hỏi đã được chuyển tới người được lấy phiếu nên không rút được nữa.");
        assert_eq!(answered.reply(hand("A"), "lại"), Err(QuestionError::CannotReply("đã được trả lời")));
        assert_eq!(asked.clone().give_back(hand("TT"), " \n"), Err(QuestionError::Empty));
        assert_eq!(typed(&"a".repeat(5_001)), Err(QuestionError::TooLong));
        assert_eq!(typed(" một \r\n\r\n\r\n hai ").as_deref(), Ok("một\n\nhai"));
    }

    #[test]
    fn a_reply_is_late_from_the_day_after_its_last_day_until_it_comes() {
        let [asked, forwarded, _, answered, _] = all();
        assert!(!forwarded.is_late(date(2026, 12, 8)) && forwarded.is_late(date(2026, 12, 9)));
        assert!(!answered.is_late(date(2026, 12, 9)) && !asked.is_late(date(2027, 1, 1)));
        assert_eq!((answered.due(), asked.due()), (Some(&due()), None));
    }

    #[test]
    fn a_question_is_read_back_from_its_canonical_text() {
        use crate::audit::canonical::to_text;
        for question in all() {
            let text = to_text(&question).expect("canonical");
            assert_eq!(serde_json::from_str::<Question>(&text).expect("read"), question);
        }
    }
}
