//! Who comes to the hall and leaves it, from the opening of the vote to the close of the count.

use super::{Day, HALL};
use crate::Caller;
use crate::counting::day::wish::{both, number, text};
use crate::polls::{Requester, USHERS};
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::day_record::PresenceTold;
use domain::id::PollId;
use domain::poll_state::Stage;
use domain::presence::{HallFigures, PresenceChange};
use domain::proposal::ProposalKind;
use macros::boxed;

/// The hall of a poll.
#[derive(Clone, Debug)]
pub struct PresencePage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// All delegates.
    pub delegates: u32,
    /// As it is now, or was at last; `None` before the vote is opened.
    pub hall: Option<HallFigures>,
    /// What changed, in the order of the log.
    pub course: Vec<PresenceTold>,
    /// The caller writes down now who comes and goes.
    pub may_record: bool,
    /// The caller may propose to put the figures right now.
    pub may_correct: bool,
}

/// Who came or went, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedPresence {
    /// Code of the change.
    pub change: String,
    /// How many.
    pub number: String,
    /// Why.
    pub reason: String,
}

impl TypedPresence {
    fn read(&self) -> Result<(PresenceChange, u32, String), AppError> {
        let change = PresenceChange::from_code(&self.change);
        let change = change.ok_or_else(|| AppError::field("change", "Hãy chọn đến, rời phòng hay trở lại."));
        let number = number("number", &self.number, "Hãy ghi số đại biểu bằng chữ số.");
        let reason = text("reason", &self.reason, "Hãy ghi ai, vì sao");
        let (change, (number, reason)) = both(change, both(number, reason))?;
        Ok((change, number, reason))
    }
}

impl App {
    /// Who is in the hall, and who came and went.
    ///
    /// # Errors
    /// When there is no such poll, or the caller is not of the hall.
    #[boxed]
    pub async fn presence_page(&self, caller: &Caller, poll: PollId) -> Result<PresencePage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let record = day.record(&mut tx).await?;
        let is_open = day.state.hall().is_some();
        Ok(PresencePage {
            sitting: day.sitting(),
            stage: day.state.stage(),
            delegates: day.state.poll().created.delegates,
            hall: record.hall,
            course: record.presence,
            may_record: is_open && day.admits(caller, USHERS),
            may_correct: is_open && day.admits_proposal(caller, ProposalKind::PresenceCorrected),
        })
    }

    /// Writes down that delegates came late, left or came back.
    ///
    /// # Errors
    /// When a field is wrong, the caller is neither head teller nor clerk, or the poll refuses it.
    #[boxed]
    pub async fn record_presence(&self, ask: Ask<'_>, poll: PollId, typed: &TypedPresence) -> Result<(), AppError> {
        ask.caller.may(USHERS)?;
        let (change, number, reason) = typed.read()?;
        self.change_presence(Requester::Form(ask), poll, change, number, reason).await.map(drop)
    }
}
