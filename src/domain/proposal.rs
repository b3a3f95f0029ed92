//! Steps that cannot be taken back: one person proposes, another confirms, and both see the same text.

use super::audit::UtcTime;
use super::id::{AccountId, PollId, ProposalId};
use super::role::Role;

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// Puts somebody on the list, or leaves somebody out, against the rules; `about` is the official.
    EligibilityOverride,
    ListDecided,
    BoardAppointed,
    DossiersReleased,
    FormsSealed,
    /// Lets the poll go by what the office attested since it began.
    RulesFrozen,
    /// What a wrongly marked line costs, as the board chose it.
    BadLineChosen,
    /// Lets the vote go on without a test deck that passed.
    DeckWaived,
    /// That the vote is held on another day.
    PollMoved,
    VotingOpened,
    /// That the number of delegates in the hall was written down wrong.
    PresenceCorrected,
    /// That what was announced of a form as issued is wrong; `about` is the form.
    IssuedCorrected,
    /// Corrects the figures of a form's papers; `about` is the form.
    BallotsCorrected,
    /// Has a batch counted anew; `about` is the form and the number.
    BatchReopened,
    CountingClosed,
    /// That a line is counted again that the rule does not name; `about` is the form and the line.
    RecountOrdered,
    /// That the figure of a recount takes the place of another; `about` is the form and the line.
    LineRecounted,
    ResultDeclared,
    /// The signing of the minutes is undone.
    MinutesReopened,
    ResultConfirmed,
    ResultPublished,
    CorrigendumIssued,
    PollArchived,
    PollCancelled,
}

impl ProposalKind {
    /// Whether a paper is drawn where such a step is proposed or confirmed: its hash is in the text.
    pub const fn issues_paper(self) -> bool {
        matches!(self, Self::FormsSealed | Self::ResultConfirmed | Self::CorrigendumIssued)
    }

    /// Those of a preparation, in its order.
    pub const OF_PREPARATION: [Self; 7] = [
        Self::EligibilityOverride,
        Self::DossiersReleased,
        Self::ListDecided,
        Self::BoardAppointed,
        Self::FormsSealed,
        Self::RulesFrozen,
        Self::BadLineChosen,
    ];

    /// Those of counting day and after it; first those of every vote, then the exceptions.
    pub const OF_DAY: [Self; 17] = [
        Self::VotingOpened,
        Self::CountingClosed,
        Self::ResultDeclared,
        Self::ResultConfirmed,
        Self::ResultPublished,
        Self::PollArchived,
        Self::DeckWaived,
        Self::PollMoved,
        Self::PresenceCorrected,
        Self::IssuedCorrected,
        Self::BallotsCorrected,
        Self::BatchReopened,
        Self::RecountOrdered,
        Self::LineRecounted,
        Self::MinutesReopened,
        Self::CorrigendumIssued,
        Self::PollCancelled,
    ];

    /// All.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OF_PREPARATION.into_iter().chain(Self::OF_DAY)
    }

    /// Code stored in the database and written to the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EligibilityOverride => "eligibility_override",
            Self::ListDecided => "list_decided",
            Self::BoardAppointed => "board_appointed",
            Self::DossiersReleased => "dossiers_released",
            Self::FormsSealed => "forms_sealed",
            Self::RulesFrozen => "rules_frozen",
            Self::BadLineChosen => "bad_line_chosen",
            Self::DeckWaived => "deck_waived",
            Self::PollMoved => "poll_moved",
            Self::VotingOpened => "voting_opened",
            Self::PresenceCorrected => "presence_corrected",
            Self::IssuedCorrected => "issued_corrected",
            Self::BallotsCorrected => "ballots_corrected",
            Self::BatchReopened => "batch_reopened",
            Self::CountingClosed => "counting_closed",
            Self::RecountOrdered => "recount_ordered",
            Self::LineRecounted => "line_recounted",
            Self::ResultDeclared => "result_declared",
            Self::MinutesReopened => "minutes_reopened",
            Self::ResultConfirmed => "result_confirmed",
            Self::ResultPublished => "result_published",
            Self::CorrigendumIssued => "corrigendum_issued",
            Self::PollArchived => "poll_archived",
            Self::PollCancelled => "poll_cancelled",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|kind| kind.code() == code)
    }

    /// Vietnamese label shown on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::EligibilityOverride => "Xét lại diện lấy phiếu của một người",
            Self::ListDecided => "Chốt danh sách",
            Self::BoardAppointed => "Lập Ban kiểm phiếu",
            Self::DossiersReleased => "Phát hành hồ sơ",
            Self::FormsSealed => "Chốt mẫu phiếu",
            Self::RulesFrozen => "Dùng bộ quy tắc đã đối chiếu",
            Self::BadLineChosen => "Ban kiểm phiếu chọn cách tính dòng ghi sai",
            Self::DeckWaived => "Bỏ qua việc kiểm phiếu thử",
            Self::PollMoved => "Chuyển ngày bỏ phiếu",
            Self::VotingOpened => "Mở bỏ phiếu",
            Self::PresenceCorrected => "Sửa số đại biểu có mặt",
            Self::IssuedCorrected => "Sửa số phiếu phát ra đã công bố",
            Self::BallotsCorrected => "Sửa số phiếu phát ra, thu về",
            Self::BatchReopened => "Mở lại một tập phiếu",
            Self::CountingClosed => "Đóng kiểm phiếu",
            Self::RecountOrdered => "Cho kiểm lại một dòng không sát ngưỡng",
            Self::LineRecounted => "Lấy số kiểm lại của một dòng",
            Self::ResultDeclared => "Ghi kết quả",
            Self::MinutesReopened => "Hủy việc ký biên bản",
            Self::ResultConfirmed => "Ghi nghị quyết xác nhận kết quả",
            Self::ResultPublished => "Công bố kết quả",
            Self::CorrigendumIssued => "Đính chính",
            Self::PollArchived => "Lưu trữ",
            Self::PollCancelled => "Hủy cuộc bỏ phiếu",
        }
    }
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// Waiting for the decision of another person.
    Open,
    /// Another person confirmed it, and it was done.
    Confirmed,
    Refused,
    /// Taken back by the person who proposed it.
    Withdrawn,
}

impl ProposalState {
    /// All.
    pub const ALL: [Self; 4] = [Self::Open, Self::Confirmed, Self::Refused, Self::Withdrawn];

    /// Code stored in the database and written to the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Vietnamese label shown on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "chờ xác nhận",
            Self::Confirmed => "đã xác nhận",
            Self::Refused => "không chấp nhận",
            Self::Withdrawn => "đã rút",
        }
    }
}

/// Who did something to a proposal, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOff {
    pub account: AccountId,
    pub name: String,
    pub role: Role,
    pub at: UtcTime,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub id: ProposalId,
    pub poll: PollId,
    pub kind: ProposalKind,
    /// What it concerns within the poll, where there may be several at once; empty otherwise.
    pub about: String,
    /// Canonical text of what is proposed: what the second person sees and confirms.
    pub content: String,
    pub state: ProposalState,
    pub proposed: SignOff,
    pub decided: Option<SignOff>,
    /// The reason for the decision; empty when none was given.
    pub note: String,
}

/// Why a proposal is not decided on. One sentence, Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    #[error("Người đề xuất không tự xác nhận được; hãy nhờ một người khác có vai trò Thường trực.")]
    Own,
    #[error("Chỉ người đề xuất mới rút được đề xuất này; bạn có thể không chấp nhận nó.")]
    NotOwn,
    #[error("Đề xuất này {} rồi; hãy tải lại trang để xem.", .0.label())]
    Decided(ProposalState),
    /// What it proposes is no longer what would be done.
    #[error("Dữ liệu đã thay đổi từ khi có đề xuất này; hãy xem lại, rồi đề xuất lại theo dữ liệu mới.")]
    Outdated,
}

impl Proposal {
    /// Takes a decision: another person confirms or refuses, the same person withdraws. `content` is what would be done
    /// now; it must be what was proposed.
    ///
    /// # Errors
    /// When it was decided before, by the wrong person, or when something else would be done now.
    pub fn decide(
        self,
        to: ProposalState,
        by: SignOff,
        note: String,
        content: Option<&str>,
    ) -> Result<Self, ProposalError> {
        if self.state != ProposalState::Open {
            return Err(ProposalError::Decided(self.state));
        }
        let is_own = self.proposed.account == by.account;
        match to {
            ProposalState::Confirmed | ProposalState::Refused if is_own => return Err(ProposalError::Own),
            ProposalState::Withdrawn if !is_own => return Err(ProposalError::NotOwn),
            ProposalState::Confirmed if content != Some(self.content.as_str()) => return Err(ProposalError::Outdated),
            ProposalState::Open => return Err(ProposalError::Decided(ProposalState::Open)),
            ProposalState::Confirmed | ProposalState::Refused | ProposalState::Withdrawn => {}
        }
        Ok(Self { state: to, decided: Some(by), note, ..self })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn sign_off(n: u8) -> SignOff {
        let account = AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10]);
        SignOff {
            account,
            name: format!("Người {n}"),
            role: Role::Leader,
            at: "2026-12-01T01:00:00Z".parse().expect("time"),
        }
    }

    fn proposal() -> Proposal {
        Proposal {
            id: ProposalId::new(Timestamp::UNIX_EPOCH, &[1; 10]),
            poll: PollId::new(Timestamp::UNIX_EPOCH, &[2; 10]),
            kind: ProposalKind::FormsSealed,
            about: String::new(),
            content: "{}".into(),
            state: ProposalState::Open,
            proposed: sign_off(1),
            decided: None,
            note: String::new(),
        }
    }

    #[test]
    fn one_person_alone_decides_nothing() {
        let decide = |to, by, content| proposal().decide(to, sign_off(by), String::new(), content).map(|p| p.state);
        assert_eq!(decide(ProposalState::Confirmed, 1, Some("{}")), Err(ProposalError::Own));
        assert_eq!(decide(ProposalState::Refused, 1, None), Err(ProposalError::Own));
        assert_eq!(decide(ProposalState::Withdrawn, 2, None), Err(ProposalError::NotOwn));
        assert_eq!(decide(ProposalState::Withdrawn, 1, None), Ok(ProposalState::Withdrawn));
        assert_eq!(decide(ProposalState::Refused, 2, None), Ok(ProposalState::Refused));
        assert_eq!(decide(ProposalState::Confirmed, 2, Some("{}")), Ok(ProposalState::Confirmed));
    }

    #[test]
    fn what_is_confirmed_is_what_was_proposed_and_once() {
        let outdated = proposal().decide(ProposalState::Confirmed, sign_off(2), String::new(), Some("{\"a\":1}"));
        assert_eq!(outdated, Err(ProposalError::Outdated));
        let done = proposal().decide(ProposalState::Refused, sign_off(2), "chưa đủ".into(), None).expect("decided");
        let again = done.decide(ProposalState::Confirmed, sign_off(3), String::new(), Some("{}"));
        assert_eq!(again, Err(ProposalError::Decided(ProposalState::Refused)));
    }

    #[test]
    fn codes_have_one_spelling_everywhere() {
        for kind in ProposalKind::all() {
            assert_eq!(serde_json::to_string(&kind).expect("json"), format!("\"{}\"", kind.code()));
            assert_eq!(ProposalKind::from_code(kind.code()), Some(kind));
        }
        for state in ProposalState::ALL {
            assert_eq!(ProposalState::from_code(state.code()), Some(state));
        }
    }
}
