//! Counting day: the day at a glance, steps for two people, where the papers went, recounts, the zero report, the
//! minutes.

mod account;
mod hand_over;
mod minutes;
mod overview;
mod presence;
mod recount;
mod shares;
mod step;
mod zero;

pub use account::{announce, edit as account, issued, list as accounts, save as save_account, seal_unused};
pub use hand_over::{record as record_hand_over, show as hand_over};
pub use minutes::{propose as propose_minutes, show as minutes, sign as sign_minutes};
pub use overview::{list, show, simulate};
pub use presence::{record as record_presence, show as presence};
pub use recount::{edit as recount, list as recounts, open as open_recount};
pub use shares::{show as shares, take as take_share, try_out as try_share};
pub use step::{propose as propose_step, show as step};
pub use zero::{report as report_zero, show as zero};

use super::{finding_tag as tag, proposed, read_poll};
use domain::proposal::ProposalKind;

/// Steps for two people, by their names in addresses.
const STEPS: [(&str, ProposalKind); 16] = [
    ("bo-qua-phieu-thu", ProposalKind::DeckWaived),
    ("chuyen-ngay", ProposalKind::PollMoved),
    ("mo-bo-phieu", ProposalKind::VotingOpened),
    ("sua-so-co-mat", ProposalKind::PresenceCorrected),
    ("sua-so-phat-ra", ProposalKind::IssuedCorrected),
    ("sua-so-phieu", ProposalKind::BallotsCorrected),
    ("mo-lai-tap", ProposalKind::BatchReopened),
    ("dong-kiem-phieu", ProposalKind::CountingClosed),
    ("cho-kiem-lai", ProposalKind::RecountOrdered),
    ("ghi-ket-qua", ProposalKind::ResultDeclared),
    ("huy-ky-bien-ban", ProposalKind::MinutesReopened),
    ("ghi-nghi-quyet", ProposalKind::ResultConfirmed),
    ("cong-bo", ProposalKind::ResultPublished),
    ("dinh-chinh", ProposalKind::CorrigendumIssued),
    ("luu-tru", ProposalKind::PollArchived),
    ("huy", ProposalKind::PollCancelled),
];

/// Address where a step for two people is proposed.
fn step_path(poll: &str, kind: ProposalKind) -> String {
    let name = STEPS.iter().find(|(_, of)| *of == kind).map_or("", |(name, _)| name);
    format!("/ky/{poll}/buoc/{name}")
}
