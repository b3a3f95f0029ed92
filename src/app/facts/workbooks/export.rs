//! Exports the roster and the facts as the workbook that an office fills in.

use tokio::task::spawn_blocking;

use super::Snapshot;
use crate::people::roster::EDITORS;
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::fact::Fact;
use domain::id::PollId;
use domain::official::OfficialNo;
use domain::roster::{Delegate, Teller};
use import;
use macros::boxed;

fn unwritten(cause: impl ToString) -> AppError {
    AppError::internal("tạo bảng tính", cause)
}

impl App {
    /// The blank workbook with its instructions.
    ///
    /// # Errors
    /// When the caller may not edit the roster.
    #[boxed]
    pub async fn blank_workbook(&self, caller: &Caller) -> Result<Vec<u8>, AppError> {
        caller.may(EDITORS)?;
        spawn_blocking(import::template_xlsx).await.map_err(unwritten)?.map_err(unwritten)
    }

    /// Everything that is not withdrawn, as a workbook; with a poll, its sitting and its board too.
    ///
    /// # Errors
    /// When the caller may not edit the roster, or there is no such poll.
    #[boxed]
    pub async fn current_workbook(&self, caller: &Caller, poll: Option<PollId>) -> Result<Vec<u8>, AppError> {
        caller.may(EDITORS)?;
        let snapshot = Snapshot::load(&mut self.store.read(caller.council).await?, poll).await?;
        spawn_blocking(move || written(&snapshot)).await.map_err(unwritten)?
    }
}

fn written(snapshot: &Snapshot) -> Result<Vec<u8>, AppError> {
    let counting = || snapshot.officials.iter().filter(|kept| !kept.value.withdrawn);
    let places: std::collections::BTreeMap<_, _> =
        counting().enumerate().map(|(at, kept)| (kept.id, OfficialNo(at))).collect();
    let voters: Vec<_> = snapshot.delegates.iter().filter(|kept| !kept.value.withdrawn).collect();
    let seats = snapshot.board.iter().flat_map(|(board, _)| &board.seats);
    let teller = |seat: &domain::preparation::Seat| {
        let name = voters.iter().find(|kept| kept.id == seat.delegate)?.value.delegate.name.clone();
        Some(Teller { account: None, name, role: seat.role })
    };
    let fact = |kept: &domain::fact::KeptFact| {
        let about: Vec<OfficialNo> = kept.fact.officials.iter().filter_map(|id| places.get(id).copied()).collect();
        (!about.is_empty()).then(|| kept.fact.clone().about(about))
    };
    let facts: Vec<Fact> = snapshot.facts.iter().filter_map(|stored| fact(&stored.kept)).collect();
    let officials: Vec<_> = counting().map(|kept| kept.value.official.clone()).collect();
    let delegates: Vec<Delegate> = voters.iter().map(|kept| kept.value.delegate.clone()).collect();
    let tellers: Vec<Teller> = seats.filter_map(teller).collect();
    let council = snapshot.plan.as_ref().map(|plan| &plan.council);
    import::parts_xlsx(council, &officials, &delegates, &tellers, &facts).map_err(unwritten)
}
