//! Sessions: who is signed in. The token is kept as its hash only.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use crate::domain::audit::{Digest, UtcTime};
use crate::domain::id::{AccountId, SessionId};

/// A session that was found by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSession {
    /// Its id.
    pub session: SessionId,
    /// Whose.
    pub account: AccountId,
    /// When it began.
    pub started_at: UtcTime,
    /// When it was used last.
    pub seen_at: UtcTime,
}

/// Adds a session.
///
/// # Errors
/// When the database does not answer.
pub async fn add(
    tx: &mut CouncilTx,
    session: SessionId,
    account: AccountId,
    token: &Digest,
    signed_in_by: &str,
    device: &str,
    at: UtcTime,
) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO sessions (council_id, session_id, account_id, token_sha256, signed_in_by, device, started_at, \
         seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        session.to_string(),
        account.to_string(),
        token.as_bytes().to_vec(),
        signed_in_by.to_owned(),
        device.to_owned(),
        at.to_string(),
    );
    added.map(drop)
}

/// The session of a token's hash.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut CouncilTx, token: &Digest) -> Result<Option<FoundSession>, StoreError> {
    let found = row!(
        tx,
        (String, String, String, String),
        "SELECT session_id, account_id, started_at, seen_at FROM sessions \
         WHERE council_id = $1 AND token_sha256 = $2",
        token.as_bytes().to_vec()
    )?;
    let Some((session, account, started_at, seen_at)) = found else { return Ok(None) };
    Ok(Some(FoundSession {
        session: session.parse().map_err(StoreError::corrupt)?,
        account: account.parse().map_err(StoreError::corrupt)?,
        started_at: started_at.parse().map_err(StoreError::corrupt)?,
        seen_at: seen_at.parse().map_err(StoreError::corrupt)?,
    }))
}

/// Ends one session.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut CouncilTx, session: SessionId) -> Result<(), StoreError> {
    let ended = execute!(tx, "DELETE FROM sessions WHERE council_id = $1 AND session_id = $2", session.to_string());
    ended.map(drop)
}
