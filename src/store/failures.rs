//! Wrong passwords and codes in a row: of an account, of an address, of a name that no account has.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row};
use domain::audit::{Digest, UtcTime};
use domain::id::AccountId;

/// How many in a row, and when the last one was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// In a row.
    pub count: u32,
    /// The last one.
    pub failed_at: Option<UtcTime>,
}

fn failures(count: i64, failed_at: Option<String>) -> Result<Failures, StoreError> {
    Ok(Failures {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        failed_at: failed_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
    })
}

/// Those of an account since its last sign-in.
///
/// # Errors
/// When the database does not answer.
pub async fn of_account(tx: &mut CouncilTx, id: AccountId) -> Result<Failures, StoreError> {
    let found = row!(
        tx,
        (i64, Option<String>),
        "SELECT failures, failed_at FROM accounts WHERE council_id = $1 AND account_id = $2",
        id.to_string()
    )?;
    found.map_or_else(|| Ok(Failures::default()), |(count, failed_at)| failures(count, failed_at))
}

/// One more for an account; how many there are now.
///
/// # Errors
/// When the database does not answer.
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

/// Takes back one that was counted before it was known to be right.
///
/// # Errors
/// When the database does not answer.
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

/// Those behind a keyed hash.
///
/// # Errors
/// When the database does not answer.
pub async fn of_hash(tx: &mut CouncilTx, hash: &Digest) -> Result<Failures, StoreError> {
    let found = row!(
        tx,
        (i64, Option<String>),
        "SELECT failures, failed_at FROM sign_in_failures WHERE council_id = $1 AND address_hash = $2",
        hash.as_bytes().to_vec()
    )?;
    found.map_or_else(|| Ok(Failures::default()), |(count, failed_at)| failures(count, failed_at))
}

/// One more behind a keyed hash; how many there are now. What is older than `forgotten` counts no more.
///
/// # Errors
/// When the database does not answer.
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

/// Takes back one that was counted before it was known to be right.
///
/// # Errors
/// When the database does not answer.
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

/// Forgets those whose last one was before `moment`.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(tx: &mut CouncilTx, moment: UtcTime) -> Result<(), StoreError> {
    let swept =
        execute!(tx, "DELETE FROM sign_in_failures WHERE council_id = $1 AND failed_at < $2", moment.to_string());
    swept.map(drop)
}
