//! What proves an account: its password, its second factor. Only their hash or their sealed form is kept.

use super::error::StoreError;
use super::failures::Failures;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::UtcTime;
use domain::id::AccountId;

/// Replaces an account's password (PHC string).
///
/// # Errors
/// When the database does not answer.
pub async fn set_password(tx: &mut CouncilTx, id: AccountId, phc: &str, must_change: bool) -> Result<(), StoreError> {
    let set = execute!(
        tx,
        "UPDATE accounts SET password = $3, must_change_password = $4 WHERE council_id = $1 AND account_id = $2",
        id.to_string(),
        phc.to_owned(),
        must_change,
    );
    set.map(drop)
}

/// Takes an account's password away: its owner comes in by a slip, and chooses one then.
///
/// # Errors
/// When the database does not answer.
pub async fn take_password(tx: &mut CouncilTx, id: AccountId) -> Result<(), StoreError> {
    let taken = execute!(
        tx,
        "UPDATE accounts SET password = NULL, must_change_password = FALSE WHERE council_id = $1 AND account_id = $2",
        id.to_string(),
    );
    taken.map(drop)
}

/// An account's second factor as it is sealed, if it has one.
///
/// # Errors
/// When the database does not answer.
pub async fn second_factor(tx: &mut CouncilTx, id: AccountId) -> Result<Option<String>, StoreError> {
    let found = row!(
        tx,
        (Option<String>,),
        "SELECT second_factor FROM accounts WHERE council_id = $1 AND account_id = $2",
        id.to_string()
    )?;
    Ok(found.and_then(|(sealed,)| sealed))
}

/// Adds a second factor whose code of `step` was just used, or takes it away.
///
/// # Errors
/// When the database does not answer.
pub async fn set_second_factor(
    tx: &mut CouncilTx,
    id: AccountId,
    sealed: Option<&str>,
    step: u64,
) -> Result<(), StoreError> {
    let set = execute!(
        tx,
        "UPDATE accounts SET second_factor = $3, second_factor_step = $4 WHERE council_id = $1 AND account_id = $2",
        id.to_string(),
        sealed.map(str::to_owned),
        i64::try_from(step).map_err(StoreError::corrupt)?,
    );
    set.map(drop)
}

/// Uses up the code of `step` and all before it. Whether it was still to be used.
///
/// # Errors
/// When the database does not answer.
pub async fn use_step(tx: &mut CouncilTx, id: AccountId, step: u64) -> Result<bool, StoreError> {
    let used = execute!(
        tx,
        "UPDATE accounts SET second_factor_step = $3 \
         WHERE council_id = $1 AND account_id = $2 AND second_factor_step < $3",
        id.to_string(),
        i64::try_from(step).map_err(StoreError::corrupt)?,
    )?;
    Ok(used == 1)
}

/// Remembers a sign-in; gives the one before, and the wrong ones since then, which count no more.
///
/// # Errors
/// When the database does not answer.
pub async fn signed_in(
    tx: &mut CouncilTx,
    id: AccountId,
    at: UtcTime,
) -> Result<(Option<UtcTime>, Failures), StoreError> {
    let failures = super::failures::of_account(tx, id).await?;
    let before = row!(
        tx,
        (Option<String>,),
        "SELECT last_sign_in_at FROM accounts WHERE council_id = $1 AND account_id = $2",
        id.to_string()
    )?;
    execute!(
        tx,
        "UPDATE accounts SET last_sign_in_at = $3, failures = 0, failed_at = NULL \
         WHERE council_id = $1 AND account_id = $2",
        id.to_string(),
        at.to_string(),
    )?;
    let before = before.and_then(|(before,)| before).map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?;
    Ok((before, failures))
}
