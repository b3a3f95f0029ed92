//! Long work: what it was given, how far it has come, what it gave.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u64};
use domain::audit::UtcTime;
use domain::id::{AccountId, JobId, PollId};
use domain::job::{JobKind, JobState};

row_struct! {
    /// A row of `jobs`, without its input and its result.
    JobRow {
        /// Its id.
        job_id: String,
        /// Code of its kind.
        kind: String,
        /// The poll that it is for.
        poll_id: Option<String>,
        /// Account of who started it.
        account_id: String,
        /// Full name of who started it.
        by_name: String,
        /// What people call it.
        title: String,
        /// Code of its state.
        state: String,
        /// What it is doing.
        step: String,
        /// Parts of the step that are done.
        done: i64,
        /// Parts of the step.
        total: i64,
        /// When it began.
        started_at: String,
        /// When it last said that it goes on.
        seen_at: String,
        /// When it ended.
        ended_at: Option<String>,
    }
}

/// Long work as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: JobKind,
    /// The poll that it is for, if it is for one.
    pub poll: Option<PollId>,
    /// Who started it.
    pub account: AccountId,
    /// Full name of who started it.
    pub by: String,
    /// What people call it: the name of the file, the number of dossiers.
    pub title: String,
    /// How far it has come.
    pub state: JobState,
    /// What it is doing.
    pub step: String,
    /// Parts of the step that are done.
    pub done: u64,
    /// Parts of the step; 0 when they cannot be counted.
    pub total: u64,
    /// When it began.
    pub started_at: UtcTime,
    /// When it last said that it goes on.
    pub seen_at: UtcTime,
    /// When it ended.
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

/// Adds work that begins now, with what it is given.
///
/// # Errors
/// When the database refuses it.
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

/// Writes how far running work has come. Whether it is still running: somebody may have thrown it away.
///
/// # Errors
/// When the database refuses it.
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

/// Leads work from one state to another, with what it gave. Its input is kept as long as somebody has to decide on it.
///
/// # Errors
/// [`StoreError::Stale`] when it is not in that state any more.
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

/// One piece of work.
///
/// # Errors
/// When the row cannot be read.
pub async fn find(tx: &mut CouncilTx, id: JobId) -> Result<Option<Job>, StoreError> {
    let found = row!(
        tx,
        JobRow,
        "SELECT job_id, kind, poll_id, account_id, by_name, title, state, step, done, total, started_at, seen_at, \
         ended_at FROM jobs WHERE council_id = $1 AND job_id = $2",
        id.to_string()
    )?;
    found.map(JobRow::job).transpose()
}

/// The newest pieces of work, up to `limit`.
///
/// # Errors
/// When a row cannot be read.
pub async fn list(tx: &mut CouncilTx, limit: u32) -> Result<Vec<Job>, StoreError> {
    let found = rows!(
        tx,
        JobRow,
        "SELECT job_id, kind, poll_id, account_id, by_name, title, state, step, done, total, started_at, seen_at, \
         ended_at FROM jobs WHERE council_id = $1 ORDER BY job_id DESC LIMIT $2",
        i64::from(limit)
    )?;
    found.into_iter().map(JobRow::job).collect()
}

/// What work was given.
///
/// # Errors
/// When the database does not answer.
pub async fn input(tx: &mut CouncilTx, id: JobId) -> Result<Option<Vec<u8>>, StoreError> {
    let found =
        row!(tx, (Option<Vec<u8>>,), "SELECT input FROM jobs WHERE council_id = $1 AND job_id = $2", id.to_string())?;
    Ok(found.and_then(|(input,)| input))
}

/// What work gave.
///
/// # Errors
/// When the database does not answer.
pub async fn result(tx: &mut CouncilTx, id: JobId) -> Result<Option<String>, StoreError> {
    let found =
        row!(tx, (Option<String>,), "SELECT result FROM jobs WHERE council_id = $1 AND job_id = $2", id.to_string())?;
    Ok(found.and_then(|(result,)| result))
}
