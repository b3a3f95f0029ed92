//! Counting day as the people in the hall see it: what is to be done next and by whom, the account of papers, the zero
//! report, the steps that take two people, recounts, minutes.
//!
//! Steps for two people are proposals like any other: one person proposes, the text of the step is stored, another
//! confirms that very text, and the step is taken in the transaction of the decision (see `steps`).

mod account;
mod evidence;
mod hand_over;
mod minutes;
mod opening;
mod overview;
mod papers;
mod presence;
mod recounts;
mod simulated;
mod steps;
mod wish;

pub use account::{AccountLine, AccountPage, TypedAccount};
pub use domain::turn::DayTaskId;
pub use evidence::{ClosingLine, Evidence, ShownPaper};
pub use hand_over::{HandOverPage, TypedHandOver};
pub use minutes::{MinutesPage, SigningPreview, TypedSignatures, ZeroPage, signer};
pub use opening::OpeningOutlook;
pub(crate) use overview::now;
pub use overview::{DayPage, DayTask, TaskProgress};
pub(crate) use papers::of_step as paper_of_step;
pub use presence::{PresencePage, TypedPresence};
pub use recounts::{RecountLine, RecountPage};
pub use steps::{StepPage, may_propose, proposers};
pub(crate) use steps::{content_now, evidence_of, take};
pub use wish::TypedStep;

use jiff::civil::Date;

use crate::Caller;
use crate::polls::{actor_in, entries};
use crate::preparing::content;
use crate::service::error::AppError;
use domain::day_record::DayRecord;
use domain::id::{LogId, PollId};
use domain::poll_state::PollState;
use domain::preparation::{Part, Plan};
use domain::proposal::ProposalKind;
use domain::role::Role;
use store::{CouncilTx, polls, preparation};

pub use crate::polls::FOLLOWERS as HALL;
/// Roles that lead the count.
pub const COUNTERS: &[Role] = &[Role::HeadTeller];

const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// A poll on counting day.
struct Day {
    poll: PollId,
    log: LogId,
    state: PollState,
}

impl Day {
    async fn load(tx: &mut CouncilTx, poll: PollId) -> Result<Self, AppError> {
        let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
        Ok(Self { poll, log: stored.log, state: stored.state })
    }

    /// What the log records of the day.
    async fn record(&self, tx: &mut CouncilTx) -> Result<DayRecord, AppError> {
        Ok(DayRecord::of(&entries(tx, self.log).await?))
    }

    /// The day on which the vote is to be held; `None` for a poll without a plan.
    async fn planned(&self, tx: &mut CouncilTx) -> Result<Option<Date>, AppError> {
        let Some(part) = preparation::part(tx, self.poll, &Part::Plan).await? else { return Ok(None) };
        let plan: Plan = content(&part.content)?;
        let moved = self.record(tx).await?.moved;
        Ok(Some(moved.last().map_or(plan.council.sitting.votes_on, |moved| moved.day)))
    }

    fn sitting(&self) -> String {
        self.state.poll().created.sitting.clone()
    }

    /// Whether the caller may take a step that these roles take, in this poll.
    fn admits(&self, caller: &Caller, roles: &[Role]) -> bool {
        actor_in(caller, self.state.poll(), roles).is_ok()
    }

    /// Whether the caller may propose a step of this poll.
    fn admits_proposal(&self, caller: &Caller, kind: ProposalKind) -> bool {
        self.admits(caller, proposers(kind))
    }
}
