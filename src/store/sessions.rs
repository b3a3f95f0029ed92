//! Sessions: who is signed in. The token is kept as its hash only.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows, to_u32};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, SessionId};

/// One sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// By which proof, as the log spells it.
    pub signed_in_by: String,
    /// What the browser says of itself.
    pub device: String,
    /// When it began.
    pub started_at: UtcTime,
    /// When it was used last, to a minute.
    pub seen_at: UtcTime,
    /// The sign-in before it.
    pub previous_at: Option<UtcTime>,
    /// Wrong passwords and codes between that one and this.
    pub failures_before: u32,
}

row_struct! {
    /// A row of `sessions`, without its token.
    SessionRow {
        /// Its id.
        session_id: String,
        /// Whose.
        account_id: String,
        /// By which proof.
        signed_in_by: String,
        /// What the browser says of itself.
        device: String,
        /// When it began.
        started_at: String,
        /// When it was used last.
        seen_at: String,
        /// The sign-in before it.
        previous_at: Option<String>,
        /// Wrong ones before it.
        failures_before: i64,
    }
}

impl SessionRow {
    fn session(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: self.session_id.parse().map_err(StoreError::corrupt)?,
            account: self.account_id.parse().map_err(StoreError::corrupt)?,
            signed_in_by: self.signed_in_by,
            device: self.device,
            started_at: self.started_at.parse().map_err(StoreError::corrupt)?,
            seen_at: self.seen_at.parse().map_err(StoreError::corrupt)?,
            previous_at: self.previous_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
            failures_before: to_u32(self.failures_before)?,
        })
    }
}

/// Adds a session.
///
/// # Errors
/// When the database does not answer.
pub async fn add(tx: &mut CouncilTx, session: &Session, token: &Digest) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO sessions (council_id, session_id, account_id, token_sha256, signed_in_by, device, started_at, \
         seen_at, previous_at, failures_before) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        session.id.to_string(),
        session.account.to_string(),
        token.as_bytes().to_vec(),
        session.signed_in_by.clone(),
        session.device.clone(),
        session.started_at.to_string(),
        session.seen_at.to_string(),
        session.previous_at.map(|at| at.to_string()),
        i64::from(session.failures_before),
    );
    added.map(drop)
}

/// The session of a token's hash.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut CouncilTx, token: &Digest) -> Result<Option<Session>, StoreError> {
    let found = row!(
        tx,
        SessionRow,
        "SELECT session_id, account_id, signed_in_by, device, started_at, seen_at, previous_at, failures_before \
         FROM sessions WHERE council_id = $1 AND token_sha256 = $2",
        token.as_bytes().to_vec()
    )?;
    found.map(SessionRow::session).transpose()
}

/// All sessions of an account, the one used last first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_account(tx: &mut CouncilTx, account: AccountId) -> Result<Vec<Session>, StoreError> {
    let found = rows!(
        tx,
        SessionRow,
        "SELECT session_id, account_id, signed_in_by, device, started_at, seen_at, previous_at, failures_before \
         FROM sessions WHERE council_id = $1 AND account_id = $2 ORDER BY seen_at DESC, session_id",
        account.to_string()
    )?;
    found.into_iter().map(SessionRow::session).collect()
}

/// Writes down that a session was used.
///
/// # Errors
/// When the database does not answer.
pub async fn touch(tx: &mut CouncilTx, session: SessionId, at: UtcTime) -> Result<(), StoreError> {
    let touched = execute!(
        tx,
        "UPDATE sessions SET seen_at = $3 WHERE council_id = $1 AND session_id = $2 AND seen_at < $3",
        session.to_string(),
        at.to_string(),
    );
    touched.map(drop)
}

/// Gives a session another token: the one before is worth nothing from then on.
///
/// # Errors
/// When the database does not answer.
pub async fn rotate(tx: &mut CouncilTx, session: SessionId, token: &Digest) -> Result<(), StoreError> {
    let rotated = execute!(
        tx,
        "UPDATE sessions SET token_sha256 = $3 WHERE council_id = $1 AND session_id = $2",
        session.to_string(),
        token.as_bytes().to_vec(),
    );
    rotated.map(drop)
}

/// Ends the session of a token's hash, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn end_by_token(tx: &mut CouncilTx, token: &Digest) -> Result<(), StoreError> {
    let ended =
        execute!(tx, "DELETE FROM sessions WHERE council_id = $1 AND token_sha256 = $2", token.as_bytes().to_vec());
    ended.map(drop)
}

/// Ends one session of an account. Whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut CouncilTx, account: AccountId, session: SessionId) -> Result<bool, StoreError> {
    let ended = execute!(
        tx,
        "DELETE FROM sessions WHERE council_id = $1 AND account_id = $2 AND session_id = $3",
        account.to_string(),
        session.to_string(),
    )?;
    Ok(ended > 0)
}

/// Ends all sessions of an account, or all but one.
///
/// # Errors
/// When the database does not answer.
pub async fn end_all(tx: &mut CouncilTx, account: AccountId, but: Option<SessionId>) -> Result<(), StoreError> {
    let ended = execute!(
        tx,
        "DELETE FROM sessions WHERE council_id = $1 AND account_id = $2 AND session_id <> $3",
        account.to_string(),
        // No session has the empty id.
        but.map(|session| session.to_string()).unwrap_or_default(),
    );
    ended.map(drop)
}

/// Forgets sessions that began before `moment`.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(tx: &mut CouncilTx, moment: UtcTime) -> Result<(), StoreError> {
    let swept = execute!(tx, "DELETE FROM sessions WHERE council_id = $1 AND started_at <= $2", moment.to_string());
    swept.map(drop)
}

/// How many are kept.
///
/// # Errors
/// When the database does not answer.
pub async fn count(tx: &mut CouncilTx) -> Result<i64, StoreError> {
    let counted = row!(tx, (i64,), "SELECT count(*) FROM sessions WHERE council_id = $1")?;
    Ok(counted.map_or(0, |(count,)| count))
}
