//! Sessions of signed-in accounts. Only the hash of a token is stored.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{ReadRow, Row, execute, row, rows, to_u32};
use domain::audit::row_tag::{RowKey, RowMac, TaggedTable};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, CouncilId, SessionId};
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

/// A row of `sessions`. Nobody prints it.
#[derive(Clone)]
struct SessionRow {
    session_id: String,
    account_id: String,
    token_sha256: Vec<u8>,
    signed_in_by: String,
    device: String,
    started_at: String,
    seen_at: String,
    previous_at: Option<String>,
    failures_before: i64,
    tag: Option<String>,
}

impl ReadRow for SessionRow {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            session_id: row.get("session_id")?,
            account_id: row.get("account_id")?,
            token_sha256: row.get("token_sha256")?,
            signed_in_by: row.get("signed_in_by")?,
            device: row.get("device")?,
            started_at: row.get("started_at")?,
            seen_at: row.get("seen_at")?,
            previous_at: row.get("previous_at")?,
            failures_before: row.get("failures_before")?,
            tag: row.get("tag")?,
        })
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

    /// All of it: whose it is, by which token, since when, and what its holder is told.
    fn mac(&self, key: &RowKey, council: CouncilId) -> RowMac {
        key.row(TaggedTable::Sessions, council)
            .with("session_id", &self.session_id)
            .with("account_id", &self.account_id)
            .with("token_sha256", self.token_sha256.as_slice())
            .with("signed_in_by", &self.signed_in_by)
            .with("device", &self.device)
            .with("started_at", &self.started_at)
            .with("seen_at", &self.seen_at)
            .with("previous_at", &self.previous_at)
            .with("failures_before", self.failures_before)
    }

    fn holds(&self, tx: &CouncilTx) -> bool {
        tx.row_holds(&self.tag, |key, council| self.mac(key, council))
    }

    fn checked(self, tx: &CouncilTx) -> Result<Self, StoreError> {
        if self.holds(tx) {
            return Ok(self);
        }
        Err(StoreError::Forged { table: TaggedTable::Sessions, row: self.session_id })
    }

    fn new_tag(&self, tx: &CouncilTx) -> Option<String> {
        tx.row_tag(|key, council| self.mac(key, council))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT session_id, account_id, token_sha256, signed_in_by, device, started_at, seen_at, previous_at, ",
            "failures_before, tag FROM sessions WHERE council_id = $1",
            $rest
        )
    };
}

async fn one(tx: &mut CouncilTx, session: SessionId) -> Result<Option<SessionRow>, StoreError> {
    let found = row!(tx, SessionRow, select!(" AND session_id = $2"), session.to_string())?;
    found.map(|row| row.checked(tx)).transpose()
}

/// Ids of the sessions that the program did not write.
pub(super) async fn forged(tx: &mut CouncilTx) -> Result<Vec<String>, StoreError> {
    let all = rows!(tx, SessionRow, select!(" ORDER BY session_id"))?;
    Ok(all.into_iter().filter(|row| !row.holds(tx)).map(|row| row.session_id).collect())
}

/// Ends the sessions that the program did not write; how many these are.
pub(super) async fn drop_forged(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    let mut count = 0;
    for session in forged(tx).await? {
        execute!(tx, "DELETE FROM sessions WHERE council_id = $1 AND session_id = $2", session)?;
        count += 1;
    }
    Ok(count)
}

pub(super) async fn is_any_tagged(tx: &mut CouncilTx) -> Result<bool, StoreError> {
    Ok(row!(tx, (String,), "SELECT session_id FROM sessions WHERE council_id = $1 AND tag IS NOT NULL LIMIT 1")?
        .is_some())
}

/// Tags all sessions that have no tag or another one; how many these are.
pub(super) async fn tag_again(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    let mut count = 0;
    for row in rows!(tx, SessionRow, select!(" ORDER BY session_id"))? {
        if !row.holds(tx) {
            let tag = row.new_tag(tx);
            execute!(
                tx,
                "UPDATE sessions SET tag = $3 WHERE council_id = $1 AND session_id = $2",
                row.session_id,
                tag
            )?;
            count += 1;
        }
    }
    Ok(count)
}

/// Adds a session.
#[boxed]
pub async fn add(tx: &mut CouncilTx, session: &Session, token: &Digest) -> Result<(), StoreError> {
    let row = SessionRow {
        session_id: session.id.to_string(),
        account_id: session.account.to_string(),
        token_sha256: token.as_bytes().to_vec(),
        signed_in_by: session.signed_in_by.clone(),
        device: session.device.clone(),
        started_at: session.started_at.to_string(),
        seen_at: session.seen_at.to_string(),
        previous_at: session.previous_at.map(|at| at.to_string()),
        failures_before: i64::from(session.failures_before),
        tag: None,
    };
    let tag = row.new_tag(tx);
    let added = execute!(
        tx,
        "INSERT INTO sessions (council_id, session_id, account_id, token_sha256, signed_in_by, device, started_at, \
         seen_at, previous_at, failures_before, tag) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.session_id,
        row.account_id,
        row.token_sha256,
        row.signed_in_by,
        row.device,
        row.started_at,
        row.seen_at,
        row.previous_at,
        row.failures_before,
        tag,
    );
    added.map(drop)
}

/// The session of a token's hash.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub async fn find(tx: &mut CouncilTx, token: &Digest) -> Result<Option<Session>, StoreError> {
    let row = row!(tx, SessionRow, select!(" AND token_sha256 = $2"), token.as_bytes().to_vec())?;
    row.map(|row| row.checked(tx)?.session()).transpose()
}

/// All sessions of an account, the one used last first, whoever wrote their rows: to be looked at and ended.
#[boxed]
pub async fn of_account(tx: &mut CouncilTx, account: AccountId) -> Result<Vec<Session>, StoreError> {
    let rows =
        rows!(tx, SessionRow, select!(" AND account_id = $2 ORDER BY seen_at DESC, session_id"), account.to_string())?;
    rows.into_iter().map(SessionRow::session).collect()
}

/// Records that a session was used.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub async fn touch(tx: &mut CouncilTx, session: SessionId, at: UtcTime) -> Result<(), StoreError> {
    let found = one(tx, session).await?.filter(|row| row.seen_at.as_str() < at.as_str());
    match found {
        Some(row) => put(tx, SessionRow { seen_at: at.to_string(), ..row }).await,
        None => Ok(()),
    }
}

/// Replaces a session's token; the old one becomes invalid.
///
/// # Errors
/// [`StoreError::Stale`] when the session has ended, [`StoreError::Forged`].
#[boxed]
pub async fn rotate(tx: &mut CouncilTx, session: SessionId, token: &Digest) -> Result<(), StoreError> {
    let row = one(tx, session).await?.ok_or(StoreError::Stale)?;
    put(tx, SessionRow { token_sha256: token.as_bytes().to_vec(), ..row }).await
}

/// Writes last use and token of a row that was [read](one) in this transaction, with its tag.
async fn put(tx: &mut CouncilTx, row: SessionRow) -> Result<(), StoreError> {
    let tag = row.new_tag(tx);
    let put = execute!(
        tx,
        "UPDATE sessions SET seen_at = $3, token_sha256 = $4, tag = $5 WHERE council_id = $1 AND session_id = $2",
        row.session_id,
        row.seen_at,
        row.token_sha256,
        tag,
    );
    put.map(drop)
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
