//! The zero report and the minutes as pages: what there is so far, and what the caller may do next.

use super::{COUNTERS, Day, HALL, papers};
use crate::Caller;
use crate::polls::Requester;
use crate::preparing::LEADERS;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::id::PollId;
use domain::poll_state::{FormProgress, PollState, Refusal, Stage};
use domain::roster::{Teller, name_key};
use macros::boxed;
use store::polls;

/// The page of the zero report.
#[derive(Clone, Debug)]
pub struct ZeroPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// How far each form is counted; empty before the forms are sealed.
    pub forms: Vec<FormProgress>,
    /// Whether the caller may make the report now.
    pub may_report: bool,
}

/// The page of the minutes.
#[derive(Clone, Debug)]
pub struct MinutesPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// Who proposed the minutes that wait for signatures, and their SHA-256; `None` when none wait.
    pub proposed: Option<(String, String)>,
    /// The board, whose members sign.
    pub tellers: Vec<Teller>,
    /// Whether the caller may propose minutes now.
    pub may_propose: bool,
    /// Whether the caller may record now that they were signed.
    pub may_sign: bool,
    /// Whether the caller proposed them, so that somebody else has to record the signatures.
    pub is_own: bool,
}

impl App {
    /// The zero report of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn zero_page(&self, caller: &Caller, poll: PollId) -> Result<ZeroPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let stage = day.state.stage();
        Ok(ZeroPage {
            sitting: day.sitting(),
            stage,
            forms: if stage.is_sealed() { polls::forms(&mut tx, poll).await? } else { Vec::new() },
            may_report: stage == Stage::Tested && caller.may(COUNTERS).is_ok(),
        })
    }

    /// The minutes of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn minutes_page(&self, caller: &Caller, poll: PollId) -> Result<MinutesPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let stage = day.state.stage();
        let (proposed, is_own) = match &day.state {
            PollState::Proposed(_, minutes) => {
                let is_own = minutes.by.account == Some(caller.account.id);
                (Some((minutes.by.name.clone(), minutes.sha256.to_string())), is_own)
            }
            _ => (None, false),
        };
        Ok(MinutesPage {
            sitting: day.sitting(),
            stage,
            proposed,
            tellers: polls::tellers(&mut tx, poll).await?,
            may_propose: matches!(stage, Stage::Declared | Stage::Proposed) && caller.may(COUNTERS).is_ok(),
            may_sign: stage == Stage::Proposed && !is_own && caller.may(LEADERS).is_ok(),
            is_own,
        })
    }

    /// Proposes the minutes as they are printed now.
    ///
    /// # Errors
    /// When the caller is no head teller, there is no result yet, or minutes are signed.
    #[boxed]
    pub async fn put_minutes(&self, ask: Ask<'_>, poll: PollId) -> Result<(), AppError> {
        ask.caller.may(COUNTERS)?;
        let paper = papers::minutes(&mut self.store.read(ask.caller.council).await?, poll).await?;
        self.propose_minutes(Requester::Form(ask), poll, paper).await.map(drop)
    }

    /// Records which members of the board signed the minutes with hash `sha256` on paper.
    ///
    /// # Errors
    /// When no signer is on the board, the caller proposed the minutes or is no leader, or other minutes wait by now.
    #[boxed]
    pub async fn minutes_signed(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        sha256: &str,
        signers: &[String],
    ) -> Result<(), AppError> {
        ask.caller.may(LEADERS)?;
        let board = polls::tellers(&mut self.store.read(ask.caller.council).await?, poll).await?;
        let signed = |teller: &Teller| signers.iter().any(|name| name_key(name) == name_key(&teller.name));
        let tellers: Vec<Teller> = board.into_iter().filter(signed).collect();
        if tellers.is_empty() {
            return Err(AppError::field("signers", "Hãy đánh dấu các thành viên Ban kiểm phiếu đã ký biên bản."));
        }
        let sha256 = sha256.parse().map_err(|_| AppError::from(Refusal::OtherMinutes))?;
        self.sign_minutes(Requester::Form(ask), poll, sha256, tellers).await.map(drop)
    }
}
