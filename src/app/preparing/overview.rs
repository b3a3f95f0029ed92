//! All polls of a council, and one poll at a glance.

use super::{NO_POLL, OFFICE};
use crate::app::Caller;
use crate::app::error::AppError;
use crate::app::service::App;
use crate::domain::id::PollId;
use crate::domain::poll_state::Stage;
use crate::domain::preparation::{Part, Plan};
use crate::store::{polls, preparation};

/// A poll in the list.
#[derive(Clone, Debug)]
pub struct PollLine {
    /// Its id.
    pub id: PollId,
    /// How far it has come.
    pub stage: Stage,
    /// Diễn tập.
    pub rehearsal: bool,
    /// Lấy phiếu or bỏ phiếu, in Vietnamese.
    pub kind: &'static str,
    /// Name of the sitting.
    pub sitting: String,
    /// Its plan; a rehearsal from a workbook has none here.
    pub plan: Option<Plan>,
}

/// One poll at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Its id.
    pub id: PollId,
    /// How far it has come.
    pub stage: Stage,
    /// Its plan.
    pub plan: Plan,
}

impl App {
    /// All polls of the caller's council, the newest first.
    ///
    /// # Errors
    /// When the caller does not prepare votes.
    pub async fn poll_lines(&self, caller: &Caller) -> Result<Vec<PollLine>, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let mut lines = Vec::new();
        for poll in polls::list(&mut tx).await? {
            let part = preparation::part(&mut tx, poll.id, &Part::Plan).await?;
            let plan = part.map(|part| read_plan(&part.content)).transpose()?;
            let (kind, sitting) = (poll.kind.label(), poll.sitting);
            lines.push(PollLine { id: poll.id, stage: poll.stage, rehearsal: poll.rehearsal, kind, sitting, plan });
        }
        Ok(lines)
    }

    /// One poll at a glance.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    pub async fn poll_overview(&self, caller: &Caller, poll: PollId) -> Result<Overview, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let part = preparation::part(&mut tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
        let stage = polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?.state.stage();
        Ok(Overview { id: poll, stage, plan: read_plan(&part.content)? })
    }
}

fn read_plan(content: &str) -> Result<Plan, AppError> {
    serde_json::from_str(content).map_err(|e| AppError::internal("đọc phần chuẩn bị", e))
}
