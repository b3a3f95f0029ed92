//! All polls of a council, and one poll at a glance: what is done, what is left.

use jiff::civil::Date;

use super::listing::undecided;
use super::prepared::PreparedPoll;
use super::{LEADERS, NO_POLL, OFFICE, board, deadlines};
use crate::Caller;
use crate::service::app::App;
use crate::service::clock::day_in_vietnam;
use crate::service::error::AppError;
use domain::eligibility;
use domain::id::{AccountId, PollId};
use domain::poll_state::{PollState, Stage};
use domain::preparation::{Part, Plan};
use domain::procedure::{self, StepProgress};
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::readiness::sitting_findings;
use domain::rules::ProcedureStep;
use domain::task::{Figures, Task, TaskState, tasks};
use macros::boxed;
use store::{CouncilTx, polls, preparation};

/// A poll in the list.
#[derive(Clone, Debug)]
pub struct PollLine {
    /// Its id.
    pub id: PollId,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// Lấy phiếu or bỏ phiếu, in Vietnamese.
    pub kind: &'static str,
    /// Name of the sitting.
    pub sitting: String,
    /// Its plan; a rehearsal from a workbook has none here.
    pub plan: Option<Plan>,
    /// The task to do next, before the forms are sealed.
    pub next: Option<&'static str>,
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
    /// The rule set in short.
    pub rules: String,
    /// The steps of a bỏ phiếu tín nhiệm as the rule set orders them; empty for a lấy phiếu.
    pub procedure: Vec<(ProcedureStep, StepProgress)>,
    /// What is to be done, in its order.
    pub tasks: Vec<Task>,
    /// Proposals that wait for another person.
    pub open: usize,
    /// Those of them that the reader may confirm.
    pub yours: usize,
}

impl Overview {
    /// The task to do next: one that somebody must look at, or else the first that is not done.
    pub fn next(&self) -> Option<&Task> {
        let care = self.tasks.iter().find(|task| task.state == TaskState::NeedsCare);
        care.or_else(|| self.tasks.iter().find(|task| task.state != TaskState::Done))
    }
}

impl App {
    /// All polls of the caller's council, the newest first.
    ///
    /// # Errors
    /// When the caller does not prepare votes.
    #[boxed]
    pub async fn poll_lines(&self, caller: &Caller) -> Result<Vec<PollLine>, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let today = day_in_vietnam(self.clock.now());
        let mut lines = Vec::new();
        for poll in polls::list(&mut tx).await? {
            let part = preparation::part(&mut tx, poll.id, &Part::Plan).await?;
            let plan = part.map(|part| read_plan(&part.content)).transpose()?;
            // A council prepares one vote at a time, so this is one prepared and not one for each line.
            let next = if plan.is_some() && poll.stage < Stage::Sealed {
                overview(&mut tx, poll.id, today, decider(caller)).await?.next().map(|task| task.id.label())
            } else {
                None
            };
            let (kind, sitting) = (poll.kind.label(), poll.sitting);
            lines.push(PollLine {
                id: poll.id,
                stage: poll.stage,
                rehearsal: poll.rehearsal,
                kind,
                sitting,
                plan,
                next,
            });
        }
        Ok(lines)
    }

    /// One poll at a glance.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn poll_overview(&self, caller: &Caller, poll: PollId) -> Result<Overview, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        overview(&mut tx, poll, day_in_vietnam(self.clock.now()), decider(caller)).await
    }

    /// The poll that is being prepared now, for the first page: the newest whose forms are not sealed.
    ///
    /// # Errors
    /// When the caller does not prepare votes.
    #[boxed]
    pub async fn current_poll(&self, caller: &Caller) -> Result<Option<Overview>, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let today = day_in_vietnam(self.clock.now());
        for poll in polls::list(&mut tx).await?.into_iter().filter(|poll| poll.stage < Stage::Sealed) {
            if preparation::part(&mut tx, poll.id, &Part::Plan).await?.is_some() {
                return overview(&mut tx, poll.id, today, decider(caller)).await.map(Some);
            }
        }
        Ok(None)
    }
}

/// Name of the sitting of a poll.
pub(crate) async fn sitting(tx: &mut CouncilTx, poll: PollId) -> Result<String, AppError> {
    match preparation::part(tx, poll, &Part::Plan).await? {
        Some(part) => Ok(read_plan(&part.content)?.council.sitting.name),
        // A poll that came from a workbook was not planned here.
        None => Ok(polls::find(tx, poll).await?.ok_or(NO_POLL)?.state.poll().created.sitting.clone()),
    }
}

/// Whoever may confirm what somebody else proposed.
pub(crate) fn decider(caller: &Caller) -> Option<AccountId> {
    caller.may(LEADERS).ok().map(|_| caller.account.id)
}

/// One poll at a glance, on a day, for a reader who may confirm what others proposed, or may not.
///
/// # Errors
/// When there is no such poll with a plan.
pub(crate) async fn overview(
    tx: &mut CouncilTx,
    poll: PollId,
    today: Date,
    decider: Option<AccountId>,
) -> Result<Overview, AppError> {
    let prepared = PreparedPoll::load(tx, poll).await?;
    let (deadlines, deadlines_done, deadlines_late) = deadlines::load(tx, poll, today).await?.figures();
    let counts = preparation::counts(tx, poll).await?;
    let book = &prepared.poll_book.book;
    let sitting = sitting_findings(&prepared.poll_book.rules, &book.council, prepared.poll_book.plan.kind);
    let errors = sitting.iter().filter(|finding| finding.is_error()).count();
    let differences =
        prepared.decided_list()?.map_or(0, |list| list.differs_from(&prepared.list_now(undecided())).len());
    let (rules, plan) = (&prepared.poll_book.rules, &prepared.poll_book.plan);
    let is_rehearsal = prepared.state.poll().created.rehearsal;
    let open = rules.unattested(plan.kind, plan.council.kind, plan.council.sitting.votes_on).len();
    let unattested = if is_rehearsal { 0 } else { open };
    let figures = Figures {
        sitting_errors: errors,
        sitting_warnings: sitting.len() - errors,
        officials: book.officials.len(),
        delegates: book.delegates.len(),
        delegates_planned: usize::try_from(book.council.delegates_total).unwrap_or(usize::MAX),
        listed: eligibility::listed(&prepared.standings).count(),
        to_confirm: prepared.standings.iter().filter(|standing| !standing.confirm.is_empty()).count(),
        deadlines,
        deadlines_done,
        deadlines_late,
        facts: counts.facts,
        facts_unverified: counts.unverified,
        releases: counts.releases,
        seats: book.tellers.len(),
        board_findings: board::findings_of(&prepared).len(),
        is_board_appointed: matches!(&prepared.state, PollState::Listed(_, _, board) if !board.is_empty()),
        list_differences: differences,
        open: waiting(&prepared, |_| true),
        yours: waiting(&prepared, |by| decider.is_some_and(|decider| decider != by)),
        unattested,
        awaits_choice: !is_rehearsal && rules.awaits_choice(),
    };
    let open = figures.open.iter().sum();
    let yours = figures.yours.iter().sum();
    let (stage, rules) = (prepared.stage(), prepared.poll_book.rules.short.clone());
    let tasks = tasks(&figures, stage, &prepared.poll_book.rules);
    let poll_book = prepared.poll_book;
    let steps = procedure::steps(&poll_book.rules, poll_book.plan.kind, stage);
    let procedure = steps.into_iter().map(|(step, progress)| (step.clone(), progress)).collect();
    Ok(Overview { id: poll, stage, rules, procedure, tasks, open, yours, plan: poll_book.plan })
}

/// Open proposals by the tasks that they belong to, of those whom `counts` takes.
fn waiting(prepared: &PreparedPoll, counts: impl Fn(AccountId) -> bool) -> [usize; 7] {
    ProposalKind::OF_PREPARATION.map(|kind| {
        let waits = |p: &&Proposal| p.kind == kind && p.state == ProposalState::Open && counts(p.proposed.account);
        prepared.proposals.iter().filter(waits).count()
    })
}

fn read_plan(content: &str) -> Result<Plan, AppError> {
    serde_json::from_str(content).map_err(|e| AppError::internal("đọc phần chuẩn bị", e))
}
