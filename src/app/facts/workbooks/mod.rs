//! Imports workbooks into the roster and the facts: a workbook is read in a background job, compared with what is
//! stored, previewed, and written in one transaction if it would still change the same. Exports what is stored as the
//! same workbook.

mod export;
mod write;

use std::collections::BTreeMap;

use tokio::task::spawn_blocking;

use crate::people::roster::{EDITORS, StoredDelegate, StoredOfficial};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::jobs::{JobView, NewJob, Outcome, Steps};
use crate::service::upload::Received;
use domain::audit::Digest;
use domain::finding::Finding;
use domain::id::{CouncilId, JobId, PollId};
use domain::import_diff::{Comparison, Parts, Preview, Stored, compare};
use domain::job::{JobKind, JobState};
use domain::official::Official;
use domain::poll_state::PollState;
use domain::preparation::{Part, Plan, TellerBoard};
use domain::workbook_answer::{GivenAnswers, MAX_ANSWERS, Question, SheetPicture, WorkbookAnswer};
use import;
use macros::boxed;
use store::facts::{self, StoredFact};
use store::{CouncilTx, jobs, polls, preparation, roster};

pub use write::Applied;

const NO_JOB: AppError = AppError::NotFound("lần nhập này");
const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// A poll for whose preparation a workbook can be imported.
#[derive(Clone, Debug)]
pub struct PollChoice {
    /// Its id.
    pub id: PollId,
    /// Its sitting, with the day of the vote.
    pub label: String,
}

/// An import as its page shows it.
#[derive(Clone, Debug)]
pub struct ImportView {
    /// The work.
    pub view: JobView,
    /// What it would do, or did; `None` while it runs, and when it failed.
    pub preview: Option<Preview>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Over the stored preview: a form says by it what its page showed.
    pub shown: Option<Digest>,
}

fn damaged(cause: impl ToString) -> AppError {
    AppError::internal("đọc bản xem trước", cause)
}

/// Everything that a workbook is compared with.
#[derive(PartialEq, Eq)]
pub(crate) struct Snapshot {
    officials: Vec<StoredOfficial>,
    delegates: Vec<StoredDelegate>,
    facts: Vec<StoredFact>,
    plan: Option<Plan>,
    /// The board while it can still be changed, with the version of its record (0 when there is none yet).
    board: Option<(TellerBoard, u64)>,
}

impl Snapshot {
    async fn load(tx: &mut CouncilTx, poll: Option<PollId>) -> Result<Self, AppError> {
        let (plan, board) = match poll {
            Some(poll) => prepared(tx, poll).await?,
            None => (None, None),
        };
        Ok(Self {
            officials: roster::officials(tx).await?,
            delegates: roster::delegates(tx).await?,
            facts: facts::all(tx).await?,
            plan,
            board,
        })
    }

    fn stored(&self) -> Stored<'_> {
        Stored {
            officials: self.officials.iter().map(|kept| (kept.id, &kept.value)).collect(),
            delegates: self.delegates.iter().map(|kept| (kept.id, &kept.value)).collect(),
            facts: self.facts.iter().map(|fact| (fact.id, &fact.kept)).collect(),
            board: self.board.as_ref().map(|(board, _)| board),
            plan: self.plan.as_ref(),
        }
    }

    /// The officials whom a row may name, in their order.
    fn known(&self) -> Vec<Official> {
        let counting = self.officials.iter().filter(|kept| !kept.value.withdrawn);
        counting.map(|kept| kept.value.official.clone()).collect()
    }
}

/// The plan of a poll, and its board while that can still be put together.
async fn prepared(tx: &mut CouncilTx, poll: PollId) -> Result<(Option<Plan>, Option<(TellerBoard, u64)>), AppError> {
    let state = polls::find(tx, poll).await?.ok_or(NO_POLL)?.state;
    let is_open = match &state {
        PollState::Created(_) => true,
        PollState::Listed(_, _, board) => board.is_empty(),
        _ => false,
    };
    let plan = preparation::part(tx, poll, &Part::Plan).await?;
    let plan = plan.map(|part| serde_json::from_str(&part.content)).transpose().map_err(damaged)?;
    if !is_open {
        return Ok((plan, None));
    }
    let board = match preparation::part(tx, poll, &Part::Board).await? {
        Some(part) => (serde_json::from_str(&part.content).map_err(damaged)?, part.version),
        None => (TellerBoard::default(), 0),
    };
    Ok((plan, Some(board)))
}

/// A workbook that was read.
pub(crate) struct Read {
    /// `None` when it has errors.
    parts: Option<Parts>,
    findings: Vec<Finding>,
    questions: BTreeMap<String, Question>,
    pictures: Vec<SheetPicture>,
    answers: Vec<WorkbookAnswer>,
    file_sha256: Digest,
    /// The officials of the roster whom its rows may name, besides those in the workbook.
    known: Vec<Official>,
}

/// Reads a workbook; it may be large, so not on a thread that answers requests.
async fn read(
    (bytes, file_name): (Vec<u8>, String),
    known: Vec<Official>,
    answers: Vec<WorkbookAnswer>,
) -> Result<Read, AppError> {
    let reading = spawn_blocking(move || {
        let import::ImportedParts { parts, findings, questions, pictures } =
            import::answered::parts((&bytes, &file_name), &known, &answers);
        let file_sha256 = Digest::of(&bytes);
        Read { parts, findings, questions, pictures, answers, file_sha256, known }
    });
    reading.await.map_err(|e| AppError::internal("đọc bảng tính", e))
}

/// What a workbook would change in what is stored, and the preview of that.
pub(crate) fn held_against(read: &Read, stored: &Stored<'_>) -> (Option<Comparison>, Preview) {
    let (comparison, preview) = match &read.parts {
        Some(parts) => {
            let comparison = compare(parts, stored);
            let preview = Preview::of(&comparison, stored, &read.findings);
            (Some(comparison), preview)
        }
        None => (None, Preview::refused(&read.findings)),
    };
    let (answers, pictures) = (read.answers.clone(), read.pictures.clone());
    let file_sha256 = Some(read.file_sha256);
    (comparison, Preview { answers, pictures, file_sha256, ..preview.asking(&read.questions) })
}

/// How the work ends: it waits for a decision only when there is something to decide on or to answer.
fn outcome(preview: &Preview) -> Result<Outcome, AppError> {
    let is_open =
        if preview.errors == 0 { preview.writes() > 0 } else { preview.asks() || !preview.answers.is_empty() };
    let state = if is_open { JobState::Ready } else { JobState::Done };
    Ok(Outcome { state, result: serde_json::to_string(preview).map_err(damaged)? })
}

impl App {
    /// Polls that can be chosen for an import.
    ///
    /// # Errors
    /// When the caller may not edit the roster.
    #[boxed]
    pub async fn import_polls(&self, caller: &Caller) -> Result<Vec<PollChoice>, AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        let mut choices = Vec::new();
        for summary in polls::list(&mut tx).await? {
            let Some(part) = preparation::part(&mut tx, summary.id, &Part::Plan).await? else { continue };
            let plan: Plan = serde_json::from_str(&part.content).map_err(damaged)?;
            let day = domain::text::date_dmy(plan.council.sitting.votes_on);
            choices.push(PollChoice { id: summary.id, label: format!("{}, ngày {day}", plan.council.sitting.name) });
        }
        Ok(choices)
    }

    /// Starts to read a workbook. When that is done, a preview shows what would change; nothing is written yet.
    ///
    /// # Errors
    /// When the caller may not, or there is no such poll.
    #[boxed]
    pub async fn start_import(
        &self,
        ask: Ask<'_>,
        mut file: Received,
        poll: Option<PollId>,
    ) -> Result<JobId, AppError> {
        ask.caller.may(EDITORS)?;
        let council = ask.caller.council;
        if let Some(poll) = poll {
            let mut tx = self.store.read(council).await?;
            polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?;
        }
        let (name, bytes) = (file.name.clone(), file.bytes()?);
        let new = NewJob { kind: JobKind::Import, poll, title: name.clone(), input: Some(bytes.clone()) };
        let work =
            move |app: Self, steps| async move { app.look_at((council, poll), (bytes, name), Vec::new(), steps).await };
        self.start_job(ask, new, work).await
    }

    /// Reads the workbook of an import again as the answers say that are given now and were before: another import, which takes
    /// the place of this one.
    ///
    /// # Errors
    /// When the caller may not, the import does not wait for a decision, or there are too many answers.
    #[boxed]
    pub async fn answer_import(&self, ask: Ask<'_>, id: JobId, given: GivenAnswers) -> Result<JobId, AppError> {
        ask.caller.may(EDITORS)?;
        let council = ask.caller.council;
        let shown = self.import(ask.caller, id).await?;
        let Some(preview) = shown.preview.filter(|_| shown.view.job.state == JobState::Ready) else {
            return Err(AppError::Input("Lần nhập này đã ghi hoặc đã bỏ; hãy gửi lại tệp.".to_owned()));
        };
        let answers = given.after(&preview.answers);
        if answers.len() > MAX_ANSWERS {
            let sentence = format!("Nhiều hơn {MAX_ANSWERS} trả lời cho một tệp; hãy sửa trong bảng tính rồi gửi lại.");
            return Err(AppError::Input(sentence));
        }
        let (poll, name, bytes) = (shown.view.job.poll, shown.view.job.title, self.import_input(ask.caller, id).await?);
        let new = NewJob { kind: JobKind::Import, poll, title: name.clone(), input: Some(bytes.clone()) };
        let work =
            move |app: Self, steps| async move { app.look_at((council, poll), (bytes, name), answers, steps).await };
        let next = self.start_job(ask, new, work).await?;
        self.turn_job(council, id, (JobState::Ready, JobState::Discarded), None).await?;
        Ok(next)
    }

    async fn look_at(
        &self,
        (council, poll): (CouncilId, Option<PollId>),
        file: (Vec<u8>, String),
        answers: Vec<WorkbookAnswer>,
        steps: Steps,
    ) -> Result<Outcome, AppError> {
        steps.set("Đọc bảng tính", 0, 0);
        let snapshot = Snapshot::load(&mut self.store.read(council).await?, poll).await?;
        let read = read(file, snapshot.known(), answers).await?;
        steps.set("So với những gì đang lưu", 0, 0);
        let compared = spawn_blocking(move || held_against(&read, &snapshot.stored()).1);
        outcome(&compared.await.map_err(|e| AppError::internal("so bảng tính", e))?)
    }

    /// Imports, the newest first.
    ///
    /// # Errors
    /// When the caller may not see them.
    #[boxed]
    pub async fn imports(&self, caller: &Caller) -> Result<Vec<JobView>, AppError> {
        let all = self.jobs(caller).await?;
        Ok(all.into_iter().filter(|view| view.job.kind == JobKind::Import).collect())
    }

    /// One import.
    ///
    /// # Errors
    /// When there is none, or the caller may not see it.
    #[boxed]
    pub async fn import(&self, caller: &Caller, id: JobId) -> Result<ImportView, AppError> {
        let view = self.job(caller, id).await?;
        if view.job.kind != JobKind::Import {
            return Err(NO_JOB);
        }
        let mut shown = ImportView { preview: None, failure: None, shown: None, view };
        let result = self.job_result(caller, id).await?;
        match shown.view.job.state {
            JobState::Ready | JobState::Done => {
                let text = result.unwrap_or_default();
                shown.shown = Some(Digest::of(text.as_bytes()));
                shown.preview = Some(serde_json::from_str(&text).map_err(damaged)?);
            }
            JobState::Failed => shown.failure = result,
            JobState::Running | JobState::Discarded => {}
        }
        Ok(shown)
    }

    /// The file behind an import that waits for a decision.
    async fn import_input(&self, caller: &Caller, id: JobId) -> Result<Vec<u8>, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        jobs::input(&mut tx, id).await?.ok_or(NO_JOB)
    }
}
