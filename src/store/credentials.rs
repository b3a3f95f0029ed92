//! Proofs of an account: password and second factor. Only the hash or the encrypted form is stored.

use super::account_rows::{self, AccountRow};
use super::error::StoreError;
use super::failures::Failures;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::UtcTime;
use domain::id::AccountId;
use macros::boxed;

/// Replaces an account's password (PHC string).
#[boxed]
pub async fn set_password(tx: &mut CouncilTx, id: AccountId, phc: &str, must_change: bool) -> Result<(), StoreError> {
    let Some(row) = account_rows::one(tx, id).await? else { return Ok(()) };
    let password = Some(phc.to_owned());
    account_rows::put(tx, AccountRow { password, must_change_password: must_change, ..row }).await
}

/// Deletes an account's password: its owner signs in by a slip and then chooses a new one.
#[boxed]
pub async fn take_password(tx: &mut CouncilTx, id: AccountId) -> Result<(), StoreError> {
    let Some(row) = account_rows::one(tx, id).await? else { return Ok(()) };
    account_rows::put(tx, AccountRow { password: None, must_change_password: false, ..row }).await
}

/// An account's encrypted second factor, if it has one.
#[boxed]
pub async fn second_factor(tx: &mut CouncilTx, id: AccountId) -> Result<Option<String>, StoreError> {
    Ok(account_rows::one(tx, id).await?.and_then(|row| row.second_factor))
}

/// Sets a second factor whose code of `step` was just used, or deletes it.
#[boxed]
pub async fn set_second_factor(
    tx: &mut CouncilTx,
    id: AccountId,
    sealed: Option<&str>,
    step: u64,
) -> Result<(), StoreError> {
    let Some(row) = account_rows::one(tx, id).await? else { return Ok(()) };
    let (second_factor, step) = (sealed.map(str::to_owned), i64::try_from(step).map_err(StoreError::corrupt)?);
    account_rows::put(tx, AccountRow { second_factor, second_factor_step: step, ..row }).await
}

/// Marks the codes up to `step` as used; returns whether the code of `step` was unused.
#[boxed]
pub async fn use_step(tx: &mut CouncilTx, id: AccountId, step: u64) -> Result<bool, StoreError> {
    let step = i64::try_from(step).map_err(StoreError::corrupt)?;
    let found = account_rows::one(tx, id).await?;
    let Some(row) = found.filter(|row| row.second_factor_step < step) else { return Ok(false) };
    account_rows::put(tx, AccountRow { second_factor_step: step, ..row }).await?;
    Ok(true)
}

/// Records a sign-in; returns the time of the previous one and the failures since then, and resets those.
#[boxed]
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
