//! Background jobs: input, progress, result.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u64};
use domain::audit::UtcTime;
use domain::id::{AccountId, JobId, PollId};
use domain::job::{JobKind, JobState};
use macros::boxed;

row_struct! {
    /// A row of `jobs`, without its input and its result.
    JobRow {
        job_id: String,
        kind: String,
        /// Poll that the job belongs to, if any.
        poll_id: Option<String>,
        account_id: String,
        by_name: String,
        /// Title of the job.
        title: String,
        state: String,
        /// Name of the current step.
        step: String,
        done: i64,
        total: i64,
        started_at: String,
        /// Time of the last report of progress.
        seen_at: String,
        ended_at: Option<String>,
    }
}

/// A background job and its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    /// Poll that the job belongs to, if any.
    pub poll: Option<PollId>,
    pub account: AccountId,
    pub by: String,
    /// Title of the job: a file name, a number of dossiers.
    pub title: String,
    /// State of the job.
    pub state: JobState,
    /// Name of the current step.
    pub step: String,
    pub done: u64,
    /// Parts of the step; 0 when unknown.
    pub total: u64,
    pub started_at: UtcTime,
    /// Time of the last report of progress.
    pub seen_at: UtcTime,
    pub ended_at: Option<UtcTime>,
}

impl JobRow {
    fn job(self) -> Result<Job, StoreError> {
        Ok(Job {
            id: self.job_id.parse().map_err(StoreError::corrupt)?,
            kind: JobKind::from_code(&self.kind).ok_or_else(|| StoreError::corrupt("jobs.kind"))?,
            poll: self.poll_id.map(|id| id.parse()).transpose().map_err(StoreError::corrupt)?,
            account: self.account_id.parse().map_err(StoreError::corrupt)?,
            by: self.by_name,
            title: self.title,
            state: JobState::from_code(&self.state).ok_or_else(|| StoreError::corrupt("jobs.state"))?,
            step: self.step,
            done: to_u64(self.done)?,
            total: to_u64(self.total)?,
            started_at: self.started_at.parse().map_err(StoreError::corrupt)?,
            seen_at: self.seen_at.parse().map_err(StoreError::corrupt)?,
            ended_at: self.ended_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
        })
    }
}

/// Adds a job that begins now, with its input.
#[boxed]
pub async fn add(tx: &mut CouncilTx, job: &Job, input: Option<Vec<u8>>) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO jobs (council_id, job_id, kind, poll_id, account_id, by_name, title, state, step, done, total, \
         input, result, started_at, seen_at, ended_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, $13, $13, NULL)",
        job.id.to_string(),
        job.kind.code(),
        job.poll.map(|poll| poll.to_string()),
        job.account.to_string(),
        job.by.as_str(),
        job.title.as_str(),
        job.state.code(),
        job.step.as_str(),
        i64::try_from(job.done).map_err(StoreError::corrupt)?,
        i64::try_from(job.total).map_err(StoreError::corrupt)?,
        input,
        job.started_at.to_string(),
    );
    added.map(drop)
}

/// Records the progress of a job; returns whether it is still running, as it may have been cancelled.
#[boxed]
pub async fn advance(
    tx: &mut CouncilTx,
    id: JobId,
    step: &str,
    (done, total): (u64, u64),
    at: UtcTime,
) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE jobs SET step = $3, done = $4, total = $5, seen_at = $6 \
         WHERE council_id = $1 AND job_id = $2 AND state = 'running'",
        id.to_string(),
        step,
        i64::try_from(done).map_err(StoreError::corrupt)?,
        i64::try_from(total).map_err(StoreError::corrupt)?,
        at.to_string(),
    )?;
    Ok(changed == 1)
}

/// Changes the state of a job and sets its result. The input is deleted unless a person still has to decide on the result.
///
/// # Errors
/// [`StoreError::Stale`] when it is not in that state any more.
#[boxed]
pub async fn turn(
    tx: &mut CouncilTx,
    id: JobId,
    (from, to): (JobState, JobState),
    result: Option<String>,
    at: UtcTime,
) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE jobs SET state = $4, result = coalesce($5, result), seen_at = $6, ended_at = $6, \
         input = CASE WHEN $4 = 'ready' THEN input ELSE NULL END \
         WHERE council_id = $1 AND job_id = $2 AND state = $3",
        id.to_string(),
        from.code(),
        to.code(),
        result,
        at.to_string(),
    )?;
    one_changed(changed)
}

/// One job.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: JobId) -> Result<Option<Job>, StoreError> {
    let row = row!(
        tx,
        JobRow,
        "SELECT job_id, kind, poll_id, account_id, by_name, title, state, step, done, total, started_at, seen_at, \
         ended_at FROM jobs WHERE council_id = $1 AND job_id = $2",
        id.to_string()
    )?;
    row.map(JobRow::job).transpose()
}

/// The newest jobs, up to `limit`.
#[boxed]
pub async fn list(tx: &mut CouncilTx, limit: u32) -> Result<Vec<Job>, StoreError> {
    let rows = rows!(
        tx,
        JobRow,
        "SELECT job_id, kind, poll_id, account_id, by_name, title, state, step, done, total, started_at, seen_at, \
         ended_at FROM jobs WHERE council_id = $1 ORDER BY job_id DESC LIMIT $2",
        i64::from(limit)
    )?;
    rows.into_iter().map(JobRow::job).collect()
}

/// Input of a job.
#[boxed]
pub async fn input(tx: &mut CouncilTx, id: JobId) -> Result<Option<Vec<u8>>, StoreError> {
    let found =
        row!(tx, (Option<Vec<u8>>,), "SELECT input FROM jobs WHERE council_id = $1 AND job_id = $2", id.to_string())?;
    Ok(found.and_then(|(input,)| input))
}

/// Result of a job.
#[boxed]
pub async fn result(tx: &mut CouncilTx, id: JobId) -> Result<Option<String>, StoreError> {
    let found =
        row!(tx, (Option<String>,), "SELECT result FROM jobs WHERE council_id = $1 AND job_id = $2", id.to_string())?;
    Ok(found.and_then(|(result,)| result))
}
