//! The steps of a poll that take two people, because they cannot be taken back or leave the regular course: one
//! proposes, another confirms, and the poll's own log names both. On a real day they come from a proposal that was
//! confirmed; a rehearsal takes them in place of both people.

use std::sync::Arc;

use jiff::civil::Date;

use super::{NO_POLL, Rehearser, Taken, WriteContext, closing, held, openings, take};
use crate::rules::parsed::parsed;
use crate::service::app::App;
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::event::poll::PaperIssued;
use domain::audit::{Actor, Digest, UtcTime};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::id::PollId;
use domain::opening::Opening;
use domain::poll_state::{LineRecount, Pair, PollState, StandingBatch, Transition};
use domain::presence::HallFigures;
use domain::rules::RuleSet;
use store::{CouncilTx, polls};

/// A step that takes two people, with all that it needs.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// The vote goes on without a test deck that passed.
    WaiveDeck {
        /// Why, as the minutes print it.
        reason: String,
    },
    /// The vote is held on another day.
    MoveDay {
        /// The day before.
        before: Date,
        /// The day on which it will be.
        day: Date,
        /// Why, as the minutes print it.
        reason: String,
    },
    /// Delegates receive their ballots.
    OpenVoting {
        /// The day that was planned.
        planned: Option<Date>,
        /// Delegates in the hall.
        present: u32,
        /// Why it is opened in spite of what stands against it.
        reason: String,
    },
    /// The number of delegates in the hall was written down wrong.
    CorrectPresence {
        /// All figures anew.
        figures: HallFigures,
        /// Why.
        reason: String,
    },
    /// What was announced of a form as issued is wrong.
    CorrectIssued {
        /// Id of the form.
        form: String,
        /// Both figures anew.
        papers: IssuedPapers,
        /// Why.
        reason: String,
    },
    /// Corrects the figures of a form's papers.
    CorrectBallots {
        /// Id of the form.
        form: String,
        /// All figures anew.
        account: BallotAccount,
        /// Why.
        reason: String,
    },
    /// A batch is counted anew.
    ReopenBatch {
        /// As it was committed.
        batch: StandingBatch,
        /// Why.
        reason: String,
    },
    /// Every batch is in; the totals are opened.
    CloseCounting,
    /// A line is counted again that the rule does not name.
    OrderRecount {
        /// Id of the form.
        form: String,
        /// Number of the line, from 1.
        line: u32,
        /// Why.
        reason: String,
    },
    /// The figure of a recount takes the place of another.
    RecountLine {
        /// What two people found.
        found: LineRecount,
    },
    /// Declares the result.
    DeclareResult {
        /// Exact text of results.json.
        results: String,
    },
    /// The signing of the minutes is undone.
    ReopenMinutes {
        /// Why.
        reason: String,
    },
    /// The council confirmed the result.
    ConfirmResult {
        /// The resolution as it is issued.
        paper: PaperIssued,
        /// Its number and day.
        resolution: String,
    },
    /// The result is public.
    Publish,
    /// A paper that was published is put right.
    IssueCorrigendum {
        /// The one that says what is right.
        paper: PaperIssued,
        /// What was wrong.
        reason: String,
    },
    /// The papers are sealed and put away.
    Archive {
        /// Where they are archived.
        place: String,
    },
    /// The vote is called off.
    Cancel {
        /// Why.
        reason: String,
    },
}

impl App {
    /// Takes a step for two people in a rehearsal, in place of both.
    ///
    /// # Errors
    /// When the poll is no rehearsal, or refuses the step.
    pub(crate) async fn rehearse_act(
        &self,
        rehearser: Rehearser<'_>,
        poll: PollId,
        proposed_by: Actor,
        act: Act,
    ) -> Result<Taken, AppError> {
        let (at, keys) = (self.now_text()?, self.keys.clone());
        let pair = Pair::new(proposed_by, rehearser.actor.clone());
        let work = self.store.write(rehearser.council, move |tx| {
            Box::pin(async move {
                let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
                if !stored.state.poll().created.rehearsal {
                    return Err(AppError::Forbidden);
                }
                // Nobody else writes while a rehearsal runs.
                take_act(tx, poll, (at, &keys, &Drawn::default()), pair, act).await
            })
        });
        work.await
    }
}

/// What a step for two people would do now. Nothing is written.
///
/// # Errors
/// When the poll refuses it.
pub(crate) async fn decide(
    tx: &mut CouncilTx,
    poll: PollId,
    state: PollState,
    act: &Act,
    (pair, at, keys): (Pair, UtcTime, &Keys),
    drawn: &Drawn,
) -> Result<Transition, AppError> {
    // A vote can always be called off, and a batch counted again from paper, which mends what was changed of it.
    if !matches!(act, Act::Cancel { .. } | Act::ReopenBatch { .. } | Act::CloseCounting) {
        held::check(tx, poll).await?;
    }
    Ok(match act.clone() {
        Act::WaiveDeck { reason } => state.waive_deck(pair.because(reason))?,
        Act::MoveDay { before, day, reason } => state.move_day(before, day, pair.because(reason))?,
        Act::OpenVoting { planned, present, reason } => {
            let opening = Opening { at, planned, present, reason };
            state.open_voting(&*rules_of(tx, poll).await?, opening, pair)?
        }
        Act::CorrectPresence { figures, reason } => state.correct_presence(figures, pair.because(reason))?,
        Act::CorrectIssued { form, papers, reason } => state.correct_issued(form, papers, pair.because(reason))?,
        Act::CorrectBallots { form, account, reason } => state.correct_ballots(form, account, pair.because(reason))?,
        Act::ReopenBatch { batch, reason } => state.reopen_batch(batch, pair.because(reason))?,
        Act::CloseCounting => closing::close(tx, poll, state, (pair, keys), drawn).await?,
        Act::OrderRecount { form, line, reason } => state.order_recount(form, line, pair.because(reason))?,
        Act::RecountLine { found } => state.recount_line(&*rules_of(tx, poll).await?, found, Some(pair))?,
        Act::DeclareResult { results } => {
            state.declare_result(&*rules_of(tx, poll).await?, Digest::of(results.as_bytes()), pair)?
        }
        Act::ReopenMinutes { reason } => state.reopen_minutes(pair.because(reason))?,
        Act::ConfirmResult { paper, resolution } => state.confirm_result(paper, resolution, pair)?,
        Act::Publish => state.publish(&*rules_of(tx, poll).await?, at, pair)?,
        Act::IssueCorrigendum { paper, reason } => state.issue_corrigendum(paper, pair.because(reason))?,
        Act::Archive { place } => state.archive(place, pair)?,
        Act::Cancel { reason } => state.cancel(pair.because(reason))?,
    })
}

/// Takes a step for two people in a transaction.
///
/// # Errors
/// When there is no such poll, or it refuses the step.
pub(crate) async fn take_act(
    tx: &mut CouncilTx,
    poll: PollId,
    (at, keys, drawn): (UtcTime, &Keys, &Drawn),
    pair: Pair,
    act: Act,
) -> Result<Taken, AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    let actor = pair.confirmed_by().clone();
    let step = decide(tx, poll, stored.state, &act, (pair, at, keys), drawn).await?;
    if matches!(act, Act::CloseCounting) {
        openings::take_off_shares(tx, &step.state, keys).await?;
    }
    if let Act::DeclareResult { results } = act {
        polls::add_results(tx, poll, results).await?;
    }
    take(tx, WriteContext { poll, log: stored.log, at }, &actor, step, keys).await
}

/// The rule set that a poll goes by, as it was when the poll began.
///
/// # Errors
/// When there is no such poll.
pub(crate) async fn rules_of(tx: &mut CouncilTx, poll: PollId) -> Result<Arc<RuleSet>, AppError> {
    let text = polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?;
    parsed("ruleset.toml", &text).map_err(|e| AppError::internal("đọc bộ quy tắc của cuộc bỏ phiếu", e))
}
