//! Officials and delegates of a council, over its whole term.

use super::error::StoreError;
use super::records::{StoredRecord, is_its_version, record, records};
use super::revisions;
use super::scope::CouncilTx;
use super::sql::execute;
use domain::audit::canonical::to_text;
use domain::id::{AccountId, DelegateId, OfficialId};
use domain::record::Subject;
use domain::roster::{RosterDelegate, RosterOfficial};
use macros::boxed;

pub type StoredOfficial = StoredRecord<OfficialId, RosterOfficial>;
pub type StoredDelegate = StoredRecord<DelegateId, RosterDelegate>;

/// All officials in the order of the list, withdrawn ones included.
#[boxed]
pub async fn officials(tx: &mut CouncilTx) -> Result<Vec<StoredOfficial>, StoreError> {
    records!(
        tx,
        "officials",
        "official_id",
        "WHERE council_id = $1 \
         ORDER BY position, official_id"
    )
}

/// One official.
#[boxed]
pub async fn official(tx: &mut CouncilTx, id: OfficialId) -> Result<Option<StoredOfficial>, StoreError> {
    record!(tx, "officials", "official_id", "WHERE council_id = $1 AND official_id = $2", id.to_string())
}

/// The official who signs in as an account.
#[boxed]
pub async fn official_of(tx: &mut CouncilTx, account: AccountId) -> Result<Option<StoredOfficial>, StoreError> {
    record!(
        tx,
        "officials",
        "official_id",
        "WHERE council_id = $1 AND account_id = $2 AND NOT withdrawn ORDER BY official_id",
        account.to_string()
    )
}

/// Adds an official (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
#[boxed]
pub async fn put_official(tx: &mut CouncilTx, kept: &StoredOfficial) -> Result<(), StoreError> {
    let content = to_text(&kept.value)?;
    let version = i64::try_from(kept.version).map_err(StoreError::corrupt)?;
    let put = execute!(
        tx,
        concat!(
            "INSERT INTO officials (council_id, official_id, position, name, content, account_id, withdrawn, version, \
         changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (council_id, official_id) DO UPDATE SET position = $3, name = $4, content = $5, account_id = $6, \
         withdrawn = $7, version = $8, changed_at = $9, changed_by = $10 WHERE officials.version = $8 - 1",
            is_its_version!("officials", "officials.official_id", "official")
        ),
        kept.id.to_string(),
        i64::from(kept.value.position),
        kept.value.official.name.as_str(),
        content,
        kept.value.account.map(|account| account.to_string()),
        kept.value.withdrawn,
        version,
        kept.changed_at.to_string(),
        kept.changed_by.as_str(),
    )?;
    revisions::over_the_last(tx, put, (Subject::Official, &kept.id.to_string()), kept.version).await
}

/// All delegates in the order of the sheet, withdrawn ones included.
#[boxed]
pub async fn delegates(tx: &mut CouncilTx) -> Result<Vec<StoredDelegate>, StoreError> {
    records!(
        tx,
        "delegates",
        "delegate_id",
        "WHERE council_id = $1 \
         ORDER BY position, delegate_id"
    )
}

/// One delegate.
#[boxed]
pub async fn delegate(tx: &mut CouncilTx, id: DelegateId) -> Result<Option<StoredDelegate>, StoreError> {
    record!(tx, "delegates", "delegate_id", "WHERE council_id = $1 AND delegate_id = $2", id.to_string())
}

/// The delegate who signs in as an account.
#[boxed]
pub async fn delegate_of(tx: &mut CouncilTx, account: AccountId) -> Result<Option<StoredDelegate>, StoreError> {
    record!(
        tx,
        "delegates",
        "delegate_id",
        "WHERE council_id = $1 AND account_id = $2 AND NOT withdrawn ORDER BY delegate_id",
        account.to_string()
    )
}

/// Adds a delegate (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
#[boxed]
pub async fn put_delegate(tx: &mut CouncilTx, kept: &StoredDelegate) -> Result<(), StoreError> {
    let content = to_text(&kept.value)?;
    let version = i64::try_from(kept.version).map_err(StoreError::corrupt)?;
    let put = execute!(
        tx,
        concat!(
            "INSERT INTO delegates (council_id, delegate_id, position, name, group_name, is_secretary, content, account_id, \
         withdrawn, version, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (council_id, delegate_id) DO UPDATE SET position = $3, name = $4, group_name = $5, \
         is_secretary = $6, content = $7, account_id = $8, withdrawn = $9, version = $10, changed_at = $11, \
         changed_by = $12 WHERE delegates.version = $10 - 1",
            is_its_version!("delegates", "delegates.delegate_id", "delegate")
        ),
        kept.id.to_string(),
        i64::from(kept.value.position),
        kept.value.delegate.name.as_str(),
        kept.value.delegate.group.clone(),
        kept.value.is_secretary,
        content,
        kept.value.account.map(|account| account.to_string()),
        kept.value.withdrawn,
        version,
        kept.changed_at.to_string(),
        kept.changed_by.as_str(),
    )?;
    revisions::over_the_last(tx, put, (Subject::Delegate, &kept.id.to_string()), kept.version).await
}
