//! Officials and delegates of a council, kept for the whole term.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows};
use domain::audit::UtcTime;
use domain::audit::canonical::to_text;
use domain::id::{AccountId, DelegateId, OfficialId};
use domain::roster::{RosterDelegate, RosterOfficial};

row_struct! {
    /// What rows of records with an id have in common: `officials`, `delegates`, `questions`, `group_summaries`.
    RosterRow {
        /// Its id.
        id: String,
        /// Canonical text.
        content: String,
        /// Goes up with every change.
        version: i64,
        /// When it was changed last.
        changed_at: String,
        /// Full name of who changed it last.
        changed_by: String,
    }
}

/// A record with its id and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<I, T> {
    /// Its id.
    pub id: I,
    /// What it says.
    pub value: T,
    /// Goes up with every change.
    pub version: u64,
    /// When it was changed last.
    pub changed_at: UtcTime,
    /// Full name of who changed it last.
    pub changed_by: String,
}

/// An official with its id.
pub type KeptOfficial = Kept<OfficialId, RosterOfficial>;
/// A delegate with its id.
pub type KeptDelegate = Kept<DelegateId, RosterDelegate>;

impl RosterRow {
    pub(super) fn kept<I, T>(self) -> Result<Kept<I, T>, StoreError>
    where
        I: std::str::FromStr<Err: ToString>,
        T: serde::de::DeserializeOwned,
    {
        Ok(Kept {
            id: self.id.parse().map_err(StoreError::corrupt)?,
            value: serde_json::from_str(&self.content).map_err(StoreError::corrupt)?,
            version: u64::try_from(self.version).map_err(StoreError::corrupt)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            changed_by: self.changed_by,
        })
    }
}

/// All officials in the order of the list, those that were withdrawn too.
///
/// # Errors
/// When a row cannot be read.
pub async fn officials(tx: &mut CouncilTx) -> Result<Vec<KeptOfficial>, StoreError> {
    let found = rows!(
        tx,
        RosterRow,
        "SELECT official_id AS id, content, version, changed_at, changed_by FROM officials WHERE council_id = $1 \
         ORDER BY position, official_id"
    )?;
    found.into_iter().map(RosterRow::kept).collect()
}

/// One official.
///
/// # Errors
/// When the row cannot be read.
pub async fn official(tx: &mut CouncilTx, id: OfficialId) -> Result<Option<KeptOfficial>, StoreError> {
    let found = row!(
        tx,
        RosterRow,
        "SELECT official_id AS id, content, version, changed_at, changed_by FROM officials \
         WHERE council_id = $1 AND official_id = $2",
        id.to_string()
    )?;
    found.map(RosterRow::kept).transpose()
}

/// The official who signs in as an account.
///
/// # Errors
/// When the row cannot be read.
pub async fn official_of(tx: &mut CouncilTx, account: AccountId) -> Result<Option<KeptOfficial>, StoreError> {
    let found = row!(
        tx,
        RosterRow,
        "SELECT official_id AS id, content, version, changed_at, changed_by FROM officials \
         WHERE council_id = $1 AND account_id = $2 AND NOT withdrawn ORDER BY official_id",
        account.to_string()
    )?;
    found.map(RosterRow::kept).transpose()
}

/// Adds an official (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
pub async fn put_official(tx: &mut CouncilTx, kept: &KeptOfficial) -> Result<(), StoreError> {
    let content = to_text(&kept.value)?;
    let version = i64::try_from(kept.version).map_err(StoreError::corrupt)?;
    let put = execute!(
        tx,
        "INSERT INTO officials (council_id, official_id, position, name, content, account_id, withdrawn, version, \
         changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (council_id, official_id) DO UPDATE SET position = $3, name = $4, content = $5, account_id = $6, \
         withdrawn = $7, version = $8, changed_at = $9, changed_by = $10 WHERE officials.version = $8 - 1",
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
    if put == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// All delegates in the order of the sheet, those that left too.
///
/// # Errors
/// When a row cannot be read.
pub async fn delegates(tx: &mut CouncilTx) -> Result<Vec<KeptDelegate>, StoreError> {
    let found = rows!(
        tx,
        RosterRow,
        "SELECT delegate_id AS id, content, version, changed_at, changed_by FROM delegates WHERE council_id = $1 \
         ORDER BY position, delegate_id"
    )?;
    found.into_iter().map(RosterRow::kept).collect()
}

/// One delegate.
///
/// # Errors
/// When the row cannot be read.
pub async fn delegate(tx: &mut CouncilTx, id: DelegateId) -> Result<Option<KeptDelegate>, StoreError> {
    let found = row!(
        tx,
        RosterRow,
        "SELECT delegate_id AS id, content, version, changed_at, changed_by FROM delegates \
         WHERE council_id = $1 AND delegate_id = $2",
        id.to_string()
    )?;
    found.map(RosterRow::kept).transpose()
}

/// The delegate who signs in as an account.
///
/// # Errors
/// When the row cannot be read.
pub async fn delegate_of(tx: &mut CouncilTx, account: AccountId) -> Result<Option<KeptDelegate>, StoreError> {
    let found = row!(
        tx,
        RosterRow,
        "SELECT delegate_id AS id, content, version, changed_at, changed_by FROM delegates \
         WHERE council_id = $1 AND account_id = $2 AND NOT withdrawn ORDER BY delegate_id",
        account.to_string()
    )?;
    found.map(RosterRow::kept).transpose()
}

/// Adds a delegate (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
pub async fn put_delegate(tx: &mut CouncilTx, kept: &KeptDelegate) -> Result<(), StoreError> {
    let content = to_text(&kept.value)?;
    let version = i64::try_from(kept.version).map_err(StoreError::corrupt)?;
    let put = execute!(
        tx,
        "INSERT INTO delegates (council_id, delegate_id, position, name, group_name, is_secretary, content, account_id, \
         withdrawn, version, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (council_id, delegate_id) DO UPDATE SET position = $3, name = $4, group_name = $5, \
         is_secretary = $6, content = $7, account_id = $8, withdrawn = $9, version = $10, changed_at = $11, \
         changed_by = $12 WHERE delegates.version = $10 - 1",
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
    if put == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
