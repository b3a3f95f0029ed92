//! Wrong passwords and codes in a row: per account, per address, per name that no account has.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::{Digest, UtcTime};
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

/// Counts one more failure of an account; returns the new count.
#[boxed]
pub async fn add_to_account(tx: &mut CouncilTx, id: AccountId, at: UtcTime) -> Result<u32, StoreError> {
    let added = row!(
        tx,
        (i64,),
        "UPDATE accounts SET failures = failures + 1, failed_at = $3 WHERE council_id = $1 AND account_id = $2 \
         RETURNING failures",
        id.to_string(),
        at.to_string(),
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

/// Failures of a keyed hash of an address or a name.
#[boxed]
pub async fn of_hash(tx: &mut CouncilTx, hash: &Digest) -> Result<Failures, StoreError> {
    let row = row!(
        tx,
        (i64, Option<String>),
        "SELECT failures, failed_at FROM sign_in_failures WHERE council_id = $1 AND address_hash = $2",
        hash.as_bytes().to_vec()
    )?;
    row.map_or_else(|| Ok(Failures::default()), |(count, failed_at)| failures(count, failed_at))
}

/// Counts one more failure of a keyed hash; returns the new count. Failures before `forgotten` are dropped.
#[boxed]
pub async fn add_to_hash(
    tx: &mut CouncilTx,
    hash: &Digest,
    at: UtcTime,
    forgotten: UtcTime,
) -> Result<u32, StoreError> {
    let added = row!(
        tx,
        (i64,),
        "INSERT INTO sign_in_failures (council_id, address_hash, failures, failed_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (council_id, address_hash) DO UPDATE SET failed_at = $3, \
         failures = CASE WHEN sign_in_failures.failed_at < $4 THEN 1 ELSE sign_in_failures.failures + 1 END \
         RETURNING failures",
        hash.as_bytes().to_vec(),
        at.to_string(),
        forgotten.to_string(),
    )?;
    Ok(added.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Subtracts one failure of a keyed hash that was counted before the proof turned out right.
#[boxed]
pub async fn take_from_hash(tx: &mut CouncilTx, hash: &Digest, before: Failures) -> Result<(), StoreError> {
    let taken = match before.failed_at {
        Some(failed_at) => execute!(
            tx,
            "UPDATE sign_in_failures SET failures = failures - 1, failed_at = $3 \
             WHERE council_id = $1 AND address_hash = $2 AND failures > 0",
            hash.as_bytes().to_vec(),
            failed_at.to_string(),
        ),
        None => {
            // Others from the same address may be counted by now, and have not been looked at.
            execute!(
                tx,
                "UPDATE sign_in_failures SET failures = failures - 1 \
                 WHERE council_id = $1 AND address_hash = $2 AND failures > 0",
                hash.as_bytes().to_vec(),
            )?;
            execute!(
                tx,
                "DELETE FROM sign_in_failures WHERE council_id = $1 AND address_hash = $2 AND failures = 0",
                hash.as_bytes().to_vec(),
            )
        }
    };
    taken.map(drop)
}

/// Deletes failures whose last one was before `moment`.
#[boxed]
pub async fn sweep(tx: &mut CouncilTx, moment: UtcTime) -> Result<(), StoreError> {
    let swept =
        execute!(tx, "DELETE FROM sign_in_failures WHERE council_id = $1 AND failed_at < $2", moment.to_string());
    swept.map(drop)
}
