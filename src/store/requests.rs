//! Ids of submitted forms: a second submission of one form does nothing.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, RequestId};
use macros::boxed;

/// Stores the id of a form in the transaction that carries it out; returns whether it is new.
#[boxed]
pub async fn claim(
    tx: &mut CouncilTx,
    request: RequestId,
    account: Option<AccountId>,
    at: UtcTime,
) -> Result<bool, StoreError> {
    let claimed = execute!(
        tx,
        "INSERT INTO requests (council_id, request_id, account_id, done_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING",
        request.to_string(),
        account.map(|account| account.to_string()),
        at.to_string(),
    )?;
    Ok(claimed == 1)
}

/// What became of the id of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Nobody had claimed it.
    New,
    /// The same form was carried out before, or one of which it is not known what it carried.
    Before,
    /// A form with another content was carried out under this id.
    WithOther,
}

/// As [`claim`], together with what the form carries.
#[boxed]
pub async fn claim_with(
    tx: &mut CouncilTx,
    request: RequestId,
    account: Option<AccountId>,
    at: UtcTime,
    content: Option<Digest>,
) -> Result<Claimed, StoreError> {
    let claimed = execute!(
        tx,
        "INSERT INTO requests (council_id, request_id, account_id, done_at, content) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        request.to_string(),
        account.map(|account| account.to_string()),
        at.to_string(),
        content.map(|content| content.as_bytes().to_vec()),
    )?;
    if claimed == 1 {
        return Ok(Claimed::New);
    }
    let row = row!(
        tx,
        (Option<Vec<u8>>,),
        "SELECT content FROM requests WHERE council_id = $1 AND request_id = $2",
        request.to_string()
    )?;
    let stored = row.and_then(|(content,)| content);
    let is_other = stored.zip(content).is_some_and(|(stored, content)| stored != content.as_bytes().to_vec());
    Ok(if is_other { Claimed::WithOther } else { Claimed::Before })
}

/// Whether a form was carried out before.
#[boxed]
pub async fn is_claimed(tx: &mut CouncilTx, request: RequestId) -> Result<bool, StoreError> {
    let row = row!(
        tx,
        (String,),
        "SELECT request_id FROM requests WHERE council_id = $1 AND request_id = $2",
        request.to_string()
    )?;
    Ok(row.is_some())
}
