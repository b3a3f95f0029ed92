//! Sessions of signed-in accounts. Only the hash of a token is stored.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u32};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, SessionId};
use macros::boxed;

/// One sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// Owner of the session.
    pub account: AccountId,
    /// Proof of the sign-in, as the log spells it.
    pub signed_in_by: String,
    /// Description of the browser, from its user agent.
    pub device: String,
    pub started_at: UtcTime,
    /// Time of the last use, to a minute.
    pub seen_at: UtcTime,
    /// Time of the sign-in before this one.
    pub previous_at: Option<UtcTime>,
    /// Wrong passwords and codes since that sign-in.
    pub failures_before: u32,
}

row_struct! {
    /// A row of `sessions`, without its token.
    SessionRow {
        session_id: String,
        /// Owner of the session.
        account_id: String,
        /// Proof of the sign-in.
        signed_in_by: String,
        /// Description of the browser, from its user agent.
        device: String,
        started_at: String,
        /// Time of the last use.
        seen_at: String,
        /// Time of the sign-in before this one.
        previous_at: Option<String>,
        /// Wrong passwords and codes since the sign-in before.
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
#[boxed]
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
#[boxed]
pub async fn find(tx: &mut CouncilTx, token: &Digest) -> Result<Option<Session>, StoreError> {
    let row = row!(
        tx,
        SessionRow,
        "SELECT session_id, account_id, signed_in_by, device, started_at, seen_at, previous_at, failures_before \
         FROM sessions WHERE council_id = $1 AND token_sha256 = $2",
        token.as_bytes().to_vec()
    )?;
    row.map(SessionRow::session).transpose()
}

/// All sessions of an account, the one used last first.
#[boxed]
pub async fn of_account(tx: &mut CouncilTx, account: AccountId) -> Result<Vec<Session>, StoreError> {
    let rows = rows!(
        tx,
        SessionRow,
        "SELECT session_id, account_id, signed_in_by, device, started_at, seen_at, previous_at, failures_before \
         FROM sessions WHERE council_id = $1 AND account_id = $2 ORDER BY seen_at DESC, session_id",
        account.to_string()
    )?;
    rows.into_iter().map(SessionRow::session).collect()
}

/// Records that a session was used.
#[boxed]
pub async fn touch(tx: &mut CouncilTx, session: SessionId, at: UtcTime) -> Result<(), StoreError> {
    let touched = execute!(
        tx,
        "UPDATE sessions SET seen_at = $3 WHERE council_id = $1 AND session_id = $2 AND seen_at < $3",
        session.to_string(),
        at.to_string(),
    );
    touched.map(drop)
}

/// Replaces a session's token; the old one becomes invalid.
///
/// # Errors
/// [`StoreError::Stale`] when the session has ended.
#[boxed]
pub async fn rotate(tx: &mut CouncilTx, session: SessionId, token: &Digest) -> Result<(), StoreError> {
    let rotated = execute!(
        tx,
        "UPDATE sessions SET token_sha256 = $3 WHERE council_id = $1 AND session_id = $2",
        session.to_string(),
        token.as_bytes().to_vec(),
    )?;
    one_changed(rotated)
}

/// Ends the session of a token's hash, if there is one.
#[boxed]
pub async fn end_by_token(tx: &mut CouncilTx, token: &Digest) -> Result<(), StoreError> {
    let ended =
        execute!(tx, "DELETE FROM sessions WHERE council_id = $1 AND token_sha256 = $2", token.as_bytes().to_vec());
    ended.map(drop)
}

/// Ends one session of an account; returns whether there was one.
#[boxed]
pub async fn end(tx: &mut CouncilTx, account: AccountId, session: SessionId) -> Result<bool, StoreError> {
    let ended = execute!(
        tx,
        "DELETE FROM sessions WHERE council_id = $1 AND account_id = $2 AND session_id = $3",
        account.to_string(),
        session.to_string(),
    )?;
    Ok(ended > 0)
}

/// Ends all sessions of an account, except `but`.
#[boxed]
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

/// Deletes sessions that began at or before `moment`.
#[boxed]
pub async fn sweep(tx: &mut CouncilTx, moment: UtcTime) -> Result<(), StoreError> {
    let swept = execute!(tx, "DELETE FROM sessions WHERE council_id = $1 AND started_at <= $2", moment.to_string());
    swept.map(drop)
}

/// Number of the council's sessions.
#[boxed]
pub async fn count(tx: &mut CouncilTx) -> Result<i64, StoreError> {
    let counted = row!(tx, (i64,), "SELECT count(*) FROM sessions WHERE council_id = $1")?;
    Ok(counted.map_or(0, |(count,)| count))
}
