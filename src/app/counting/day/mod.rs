//! Counting day as the people in the hall see it: what is to be done next and by whom, the account of papers, the zero
//! report, the steps that take two people, recounts, minutes.
//!
//! Steps for two people are proposals like any other: one person proposes, the text of the step is stored, another
//! confirms that very text, and the step is taken in the transaction of the decision (see `steps`).

mod account;
mod minutes;
mod overview;
mod papers;
mod recounts;
mod steps;
mod task;
mod wish;

pub use account::{AccountLine, AccountPage, TypedAccount};
pub use minutes::{MinutesPage, ZeroPage};
pub use overview::{DayPage, DayTask, TaskProgress};
pub use recounts::{RecountLine, RecountPage};
pub use steps::{StepPage, may_propose, proposers};
pub(crate) use steps::{content_now, take};
pub use task::DayTaskId;
pub use wish::TypedStep;

use crate::polls::entries;
use crate::service::error::AppError;
use domain::day_record::DayRecord;
use domain::id::{LogId, PollId};
use domain::poll_state::PollState;
use domain::role::Role;
use store::{CouncilTx, polls};

pub use crate::polls::FOLLOWERS as HALL;
/// Roles that lead the count.
pub const COUNTERS: &[Role] = &[Role::HeadTeller];

const NO_POLL: AppError = AppError::NotFound("kỳ lấy phiếu");

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

    fn sitting(&self) -> String {
        self.state.poll().created.sitting.clone()
    }
}
