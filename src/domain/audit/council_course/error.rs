//! Why an entry contradicts the entries of a council's log before it.

use crate::id::{AccountId, AttestationId, CouncilId, PollId, ProposalId, SlipId};

/// An event that the entries before it exclude.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CouncilCourseError {
    #[error("bản ghi đầu tiên phải là council.founded")]
    Unfounded,
    #[error("bản ghi council.founded chỉ được có một lần")]
    FoundedTwice,
    #[error("nhật ký này là của hội đồng {0}")]
    OtherCouncil(CouncilId),
    #[error("tài khoản {0} đã được mở trước đó")]
    OpenedTwice(AccountId),
    /// Two accounts with one name to sign in with.
    #[error("tên đăng nhập {0} đã có tài khoản khác dùng")]
    LoginTaken(String),
    #[error("tài khoản {0} chưa được mở")]
    UnknownAccount(AccountId),
    /// Disabled while it is, or enabled while it is.
    #[error("tài khoản {0} đã ở trạng thái đó")]
    SameState(AccountId),
    #[error("thẻ truy cập {0} đã được in trước đó")]
    IssuedTwice(SlipId),
    /// The slip was never issued, or is void already.
    #[error("thẻ truy cập {0} không còn hiệu lực để thu hồi")]
    NoSuchSlip(SlipId),
    #[error("đợt {0} đã được mở trước đó")]
    BegunTwice(PollId),
    #[error("đợt {0} chưa được mở")]
    UnknownPoll(PollId),
    #[error("đề xuất {0} đã có trước đó")]
    MadeTwice(ProposalId),
    /// The proposal was never made, or is decided already.
    #[error("đề xuất {0} không còn chờ quyết định")]
    NotOpen(ProposalId),
    #[error("đề xuất {0} về quy định áp dụng đã có trước đó")]
    StatedTwice(AttestationId),
    /// Never proposed, decided already, or not the text that was proposed.
    #[error("đề xuất {0} về quy định áp dụng không còn chờ quyết định, hoặc khác nội dung đã đề xuất")]
    NotStated(AttestationId),
    /// Whoever proposed it confirmed it, or somebody other than a leader did.
    #[error("đề xuất {0} về quy định áp dụng phải do một người khác có vai trò Thường trực quyết định")]
    NotByTwo(AttestationId),
    /// Whoever proposed a step confirmed or refused it, or somebody else took it back.
    #[error("đề xuất {0} phải do một người khác quyết định, và chỉ người đề xuất rút được")]
    StepByOne(ProposalId),
    /// The clock was confirmed without a reason, or not by two accounts.
    #[error("giờ máy phải do hai người có tài khoản đang mở cùng xác nhận, kèm lý do")]
    ClockByOne,
    /// A database other than the anchored one was accepted without a reason, not by two accounts, or in a council's log.
    #[error(
        "việc dùng tiếp một cơ sở dữ liệu khác với điểm neo phải do hai người có tài khoản cùng xác nhận, kèm lý do, và ghi ở nhật ký của hệ thống"
    )]
    DatabaseByOne,
}
