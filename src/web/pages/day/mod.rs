//! Counting day: the day at a glance, steps for two people, where the papers went, recounts, the zero report, the
//! minutes.

mod account;
mod minutes;
mod overview;
mod recount;
mod step;
mod zero;

pub use account::{edit as account, list as accounts, save as save_account};
pub use minutes::{propose as propose_minutes, show as minutes, sign as sign_minutes};
pub use overview::{list, show};
pub use recount::{edit as recount, list as recounts, open as open_recount};
pub use step::{corrigendum, propose as propose_step, show as step};
pub use zero::{report as report_zero, show as zero};

use super::{PDF, file, finding_tag as tag, proposed, read_poll};
use domain::proposal::ProposalKind;

/// Steps for two people, by their names in addresses.
const STEPS: [(&str, ProposalKind); 12] = [
    ("bo-qua-phieu-thu", ProposalKind::DeckWaived),
    ("mo-bo-phieu", ProposalKind::VotingOpened),
    ("sua-so-phieu", ProposalKind::BallotsCorrected),
    ("mo-lai-tap", ProposalKind::BatchReopened),
    ("dong-kiem-phieu", ProposalKind::CountingClosed),
    ("cho-kiem-lai", ProposalKind::RecountOrdered),
    ("ghi-ket-qua", ProposalKind::ResultDeclared),
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
