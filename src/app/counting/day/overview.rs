//! The day at a glance: every step in its order, how far it has come, and who takes it next.

use super::{Day, HALL, steps};
use crate::Caller;
use crate::polls::{entries, rules_of};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::{LogEntry, PollEvent, UtcTime};
use domain::day_record::{DayRecord, Deck};
use domain::id::PollId;
use domain::poll::PollKind;
use domain::poll_state::{FormProgress, PollState, Stage};
use domain::procedure::{self, StepProgress};
use domain::proposal::{Proposal, ProposalKind, ProposalState, SignOff};
use domain::recount;
use domain::rules::{ProcedureStep, RuleSet};
use domain::turn::DayTaskId;
use macros::boxed;
use store::{CouncilTx, polls, preparation};

/// How far a step of the day has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskProgress {
    /// An earlier step comes first.
    Later,
    /// It can be done now.
    Now,
    /// It waits for another person.
    Waits,
    /// Done.
    Done,
    /// Two people let it go.
    Waived,
    /// The rules or the figures do not ask for it.
    NotNeeded,
    /// The vote was cancelled before it.
    Cancelled,
}

/// A step of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTask {
    /// Which step.
    pub id: DayTaskId,
    /// How far it has come.
    pub progress: TaskProgress,
    /// What has been done of it, in a few words; empty when there is nothing to say.
    pub summary: String,
}

/// The day of a poll.
#[derive(Clone, Debug)]
pub struct DayPage {
    /// Its id.
    pub poll: PollId,
    /// Name of the sitting.
    pub sitting: String,
    /// Rating or confidence vote.
    pub kind: PollKind,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// Its delegates are simulated: the program fills in the papers that are to be counted.
    pub simulated: bool,
    /// In the order of the day.
    pub tasks: Vec<DayTask>,
    /// The steps of a bỏ phiếu tín nhiệm as the rule set orders them; empty for a lấy phiếu.
    pub procedure: Vec<(ProcedureStep, StepProgress)>,
    /// The close needs shares of two of the board.
    pub needs_shares: bool,
    /// Who confirmed that it was called off.
    pub cancelled: Option<SignOff>,
    /// What was proposed and done since the forms were sealed, the newest first: kind, proposer, confirmer, time.
    pub done: Vec<(ProposalKind, String, String, UtcTime)>,
}

impl App {
    /// The day of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn day_page(&self, caller: &Caller, poll: PollId) -> Result<DayPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let created = day.state.poll().created.clone();
        let rules = rules_of(&mut tx, poll).await?;
        let proposals: Vec<Proposal> = preparation::proposals(&mut tx, poll).await?;
        let of_day = |p: &&Proposal| ProposalKind::OF_DAY.contains(&p.kind);
        let tasks = tasks(&mut tx, &day, &rules, &proposals).await?;
        let confirmed = |p: &&Proposal| p.kind == ProposalKind::PollCancelled && p.state == ProposalState::Confirmed;
        let cancelled = proposals.iter().find(confirmed).and_then(|p| p.decided.clone());
        let done = proposals.iter().filter(of_day).filter(|p| p.state == ProposalState::Confirmed);
        let done = done.filter_map(|p| {
            let decided = p.decided.as_ref()?;
            Some((p.kind, p.proposed.name.clone(), decided.name.clone(), decided.at))
        });
        Ok(DayPage {
            poll,
            sitting: day.sitting(),
            kind: created.kind,
            stage: day.state.stage(),
            rehearsal: created.rehearsal,
            simulated: created.simulated,
            tasks,
            procedure: procedure::steps(&rules, created.kind, day.state.stage())
                .into_iter()
                .map(|(step, progress)| (step.clone(), progress))
                .collect(),
            done: done.collect(),
            needs_shares: day.state.poll().shares.are_needed(),
            cancelled,
        })
    }
}

/// Whether two people waived the test decks, and how far these are: in which forms they passed, or why they were waived.
fn deck_words(record: &DayRecord) -> (bool, String) {
    let passed = record.forms.iter().filter(|form| record.trials.has_passed(form)).count();
    match &record.deck {
        Deck::Waived(hands) => (true, format!("lý do: {}", hands.reason.trim())),
        Deck::Untold | Deck::Passed(_) if passed == 0 => (false, String::new()),
        Deck::Untold | Deck::Passed(_) => (false, format!("{passed} trên {} mẫu phiếu đạt", record.forms.len())),
    }
}

/// The steps of a day with their progress; a step whose proposal is open waits.
async fn tasks(
    tx: &mut CouncilTx,
    day: &Day,
    rules: &RuleSet,
    proposals: &[Proposal],
) -> Result<Vec<DayTask>, AppError> {
    let created = &day.state.poll().created;
    let due = match &day.state {
        PollState::Closed(_, counted) => {
            let due = recount::due(rules, created, counted.forms());
            let due = due.map_err(|e| AppError::internal("xét dòng phải kiểm lại", e))?;
            Some((due.len(), counted.left(&due).len()))
        }
        _ => None,
    };
    let entries = entries(tx, day.log).await?;
    let record = DayRecord::of(&entries);
    let forms = polls::forms(tx, day.poll).await?;
    let stage = day.state.stage();
    let is_cancelled = stage == Stage::Cancelled;
    let told = Told {
        accounts: record.accounts.len(),
        due,
        recounted: record.recounts.len(),
        has_resolution: rules.resolution.is_some(),
        is_rehearsal: created.rehearsal,
        deck: deck_words(&record),
        stage: if is_cancelled { reached(&entries, &record, &forms) } else { stage },
        forms,
    };
    let mut tasks = told.tasks();
    let is_open = |task: &DayTask| {
        let kind = steps::kind_of(task.id);
        proposals.iter().any(|p| p.state == ProposalState::Open && Some(p.kind) == kind)
    };
    for task in &mut tasks {
        task.progress = match task.progress {
            TaskProgress::Now | TaskProgress::Later | TaskProgress::NotNeeded if is_cancelled => {
                TaskProgress::Cancelled
            }
            TaskProgress::Now if is_open(task) => TaskProgress::Waits,
            other => other,
        };
    }
    Ok(tasks)
}

/// How far a vote had come when it was cancelled.
fn reached(entries: &[LogEntry], record: &DayRecord, forms: &[FormProgress]) -> Stage {
    if entries.iter().any(|entry| matches!(entry.event, PollEvent::CountingClosed(_))) {
        return Stage::Closed;
    }
    match record {
        _ if !forms.is_empty() && forms.iter().all(|form| form.ballots.is_some()) => Stage::Counting,
        DayRecord { opened: Some(_), .. } => Stage::Voting,
        DayRecord { zero_reported: Some(_), .. } => Stage::Zeroed,
        DayRecord { deck, .. } if *deck != Deck::Untold => Stage::Tested,
        _ if !forms.is_empty() => Stage::Sealed,
        _ => Stage::Created,
    }
}

/// The steps of a sealed poll that can be taken now and wait for no proposal.
///
/// # Errors
/// When there is no such poll, or its log cannot be read.
pub(crate) async fn now(tx: &mut CouncilTx, poll: PollId, proposals: &[Proposal]) -> Result<Vec<DayTaskId>, AppError> {
    let day = Day::load(tx, poll).await?;
    let rules = rules_of(tx, poll).await?;
    let tasks = tasks(tx, &day, &rules, proposals).await?;
    Ok(tasks.into_iter().filter(|task| task.progress == TaskProgress::Now).map(|task| task.id).collect())
}

/// What the progress of the tasks is derived from.
struct Told {
    stage: Stage,
    forms: Vec<FormProgress>,
    accounts: usize,
    /// How many lines have to be recounted, and how many of them are left; `None` unless recounts can be recorded.
    due: Option<(usize, usize)>,
    recounted: usize,
    has_resolution: bool,
    is_rehearsal: bool,
    /// Whether two people waived the test decks, and how far they are.
    deck: (bool, String),
}

impl Told {
    /// The progress of a step that can be done from stage `from` on, and is done from stage `until` on.
    fn at(&self, from: Stage, until: Stage) -> TaskProgress {
        match self.stage {
            stage if stage >= until => TaskProgress::Done,
            stage if stage >= from => TaskProgress::Now,
            _ => TaskProgress::Later,
        }
    }

    fn deck_progress(&self) -> TaskProgress {
        match self.at(Stage::Sealed, Stage::Tested) {
            TaskProgress::Done if self.deck.0 => TaskProgress::Waived,
            other => other,
        }
    }

    fn tasks(&self) -> Vec<DayTask> {
        let task = |id, progress, summary: String| DayTask { id, progress, summary };
        let none = String::new;
        let (papers, returned) = self.forms.iter().fold((0, 0), |(papers, returned), form| {
            (papers + form.papers, returned + form.ballots.map_or(0, |(_, returned)| u64::from(returned)))
        });
        let batches: u32 = self.forms.iter().map(|form| form.batches).sum();
        let is_counted = self.stage == Stage::Counting && papers == returned;
        let counting = match self.at(Stage::Counting, Stage::Closed) {
            TaskProgress::Now if is_counted => TaskProgress::Done,
            other => other,
        };
        let closing = match self.at(Stage::Counting, Stage::Closed) {
            TaskProgress::Now if !is_counted => TaskProgress::Later,
            other => other,
        };
        let left = self.due.map_or(0, |(_, left)| left);
        let recounts = match self.at(Stage::Closed, Stage::Declared) {
            TaskProgress::Now if left == 0 && self.recounted == 0 => TaskProgress::NotNeeded,
            TaskProgress::Now if left == 0 => TaskProgress::Done,
            TaskProgress::Done if self.recounted == 0 => TaskProgress::NotNeeded,
            other => other,
        };
        let is_due = left > 0 && !self.is_rehearsal;
        let result = match self.at(Stage::Closed, Stage::Declared) {
            TaskProgress::Now if is_due => TaskProgress::Later,
            other => other,
        };
        let resolution = match self.at(Stage::Minuted, Stage::Confirmed) {
            _ if !self.has_resolution => TaskProgress::NotNeeded,
            other => other,
        };
        let publishing = match self.at(Stage::Minuted, Stage::Published) {
            TaskProgress::Now if self.has_resolution && self.stage < Stage::Confirmed => TaskProgress::Later,
            other => other,
        };
        let is_issued = self.forms.iter().all(|form| form.issued.is_some());
        let (issued, back) = match self.at(Stage::Voting, Stage::Counting) {
            TaskProgress::Now if is_issued => (TaskProgress::Done, TaskProgress::Now),
            TaskProgress::Now => (TaskProgress::Now, TaskProgress::Later),
            other => (other, other),
        };
        let of_forms = |told: usize| format!("{told} trên {} mẫu phiếu", self.forms.len());
        let counted =
            if returned == 0 { none() } else { format!("{batches} tập, {papers} trên {returned} phiếu") };
        let due = match self.due {
            Some((due, left)) if due > 0 => format!("{due} dòng sát ngưỡng, còn {left} dòng chưa kiểm lại"),
            Some((_, left)) if left > 0 => format!("còn {left} dòng chưa kiểm lại"),
            _ if self.recounted > 0 => format!("{} lần kiểm lại", self.recounted),
            _ => none(),
        };
        vec![
            task(DayTaskId::Deck, self.deck_progress(), self.deck.1.clone()),
            task(DayTaskId::Zero, self.at(Stage::Tested, Stage::Zeroed), none()),
            task(DayTaskId::Opening, self.at(Stage::Zeroed, Stage::Voting), none()),
            task(DayTaskId::Issued, issued, of_forms(self.forms.iter().filter(|form| form.issued.is_some()).count())),
            task(DayTaskId::Ballots, back, of_forms(self.accounts)),
            task(DayTaskId::Batches, counting, counted),
            task(DayTaskId::Closing, closing, none()),
            task(DayTaskId::Recounts, recounts, due),
            task(DayTaskId::Result, result, none()),
            task(DayTaskId::Minutes, self.at(Stage::Declared, Stage::Minuted), none()),
            task(DayTaskId::Resolution, resolution, none()),
            task(DayTaskId::Publishing, publishing, none()),
            task(DayTaskId::Archive, self.at(Stage::Published, Stage::Archived), none()),
        ]
    }
}
