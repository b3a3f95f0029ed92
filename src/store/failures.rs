//! Wrong passwords and codes of an account since its last sign-in.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::UtcTime;
use domain::id::AccountId;
use macros::boxed;

/// Number of failures in a row, and time of the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub count: u32,
    pub failed_at: Option<UtcTime>,
}

fn failures(count: i64, failed_at: Option<String>) -> Result<Failures, StoreError> {
    Ok(Failures {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        failed_at: failed_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
    })
}

/// Failures of an account since its last sign-in.
#[boxed]
pub async fn of_account(tx: &mut CouncilTx, id: AccountId) -> Result<Failures, StoreError> {
    let row = row!(
        tx,
        (i64, Option<String>),
        "SELECT failures, failed_at FROM accounts WHERE council_id = $1 AND account_id = $2",
        id.to_string()
    )?;
    row.map_or_else(|| Ok(Failures::default()), |(count, failed_at)| failures(count, failed_at))
}

/// Counts one more failure of an account; returns the new count. Failures after `ahead` were written by a wrong clock, and are
/// dropped.
#[boxed]
pub async fn add_to_account(tx: &mut CouncilTx, id: AccountId, at: UtcTime, ahead: UtcTime) -> Result<u32, StoreError> {
    let added = row!(
        tx,
        (i64,),
        "UPDATE accounts SET failures = CASE WHEN failed_at > $4 THEN 1 ELSE failures + 1 END, failed_at = $3 \
         WHERE council_id = $1 AND account_id = $2 RETURNING failures",
        id.to_string(),
        at.to_string(),
        ahead.to_string(),
    )?;
    Ok(added.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Subtracts one failure of an account that was counted before the proof turned out right.
#[boxed]
pub async fn take_from_account(tx: &mut CouncilTx, id: AccountId, before: Failures) -> Result<(), StoreError> {
    let taken = execute!(
        tx,
        "UPDATE accounts SET failures = failures - 1, failed_at = $3 \
         WHERE council_id = $1 AND account_id = $2 AND failures > 0",
        id.to_string(),
        before.failed_at.map(|at| at.to_string()),
    );
    taken.map(drop)
}

/// Forgets the failures of an account.
#[boxed]
pub async fn clear(tx: &mut CouncilTx, id: AccountId) -> Result<(), StoreError> {
    let cleared = execute!(
        tx,
        "UPDATE accounts SET failures = 0, failed_at = NULL WHERE council_id = $1 AND account_id = $2",
        id.to_string(),
    );
    cleared.map(drop)
}
