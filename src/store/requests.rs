//! Ids of submitted forms: a second submission of one form does nothing.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::UtcTime;
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
