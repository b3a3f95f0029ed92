//! Private notes: sealed texts, and the key of each account, wrapped. Nothing here can be read without a passphrase that
//! only its owner knows.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u64};
use domain::audit::UtcTime;
use domain::id::{AccountId, PollId};
use domain::release::About;

/// The wrapped key of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKeyRow {
    /// With the passphrase it makes the key that opens [`Self::wrapped`].
    pub salt: Vec<u8>,
    /// The sealed key of the notes.
    pub wrapped: Vec<u8>,
    /// Tells whether a key is the one of these notes, and not what it is.
    pub key_check: Vec<u8>,
}

row_struct! {
    /// A row of `notes`.
    NoteRow {
        /// `official` or `field`.
        kind: String,
        /// Id of the official, or name of the field.
        about: String,
        /// The sealed text.
        sealed: Vec<u8>,
        /// Goes up with every change.
        version: i64,
        /// When it was changed last.
        changed_at: String,
    }
}

/// A sealed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedNote {
    /// The dossier that it is about.
    pub about: About,
    /// The sealed text.
    pub sealed: Vec<u8>,
    /// Goes up with every change.
    pub version: u64,
    /// When it was changed last.
    pub changed_at: UtcTime,
}

impl NoteRow {
    fn note(self) -> Result<SealedNote, StoreError> {
        let about = About::from_parts(&self.kind, &self.about);
        Ok(SealedNote {
            about: about.ok_or_else(|| StoreError::corrupt("notes.about"))?,
            sealed: self.sealed,
            version: to_u64(self.version)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
        })
    }
}

/// The wrapped key of an account; `None` before its owner has chosen a passphrase.
///
/// # Errors
/// When the database does not answer.
pub async fn key(tx: &mut CouncilTx, account: AccountId) -> Result<Option<NoteKeyRow>, StoreError> {
    let found = row!(
        tx,
        (Vec<u8>, Vec<u8>, Vec<u8>),
        "SELECT salt, wrapped, key_check FROM note_keys WHERE council_id = $1 AND account_id = $2",
        account.to_string()
    )?;
    Ok(found.map(|(salt, wrapped, key_check)| NoteKeyRow { salt, wrapped, key_check }))
}

/// Adds the wrapped key of an account.
///
/// # Errors
/// [`StoreError::Refused`] when there is one.
pub async fn add_key(tx: &mut CouncilTx, account: AccountId, key: &NoteKeyRow, at: UtcTime) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO note_keys (council_id, account_id, salt, wrapped, key_check, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        account.to_string(),
        key.salt.clone(),
        key.wrapped.clone(),
        key.key_check.clone(),
        at.to_string(),
    );
    added.map(drop)
}

/// Wraps the same key by another passphrase.
///
/// # Errors
/// [`StoreError::Stale`] when the key is another one by now.
pub async fn rewrap_key(tx: &mut CouncilTx, account: AccountId, key: &NoteKeyRow) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE note_keys SET salt = $3, wrapped = $4 WHERE council_id = $1 AND account_id = $2 AND key_check = $5",
        account.to_string(),
        key.salt.clone(),
        key.wrapped.clone(),
        key.key_check.clone(),
    )?;
    one_changed(changed)
}

/// Deletes the key of an account and all its notes. Gives the number of notes that are gone.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &mut CouncilTx, account: AccountId) -> Result<u64, StoreError> {
    let gone = execute!(tx, "DELETE FROM notes WHERE council_id = $1 AND account_id = $2", account.to_string())?;
    execute!(tx, "DELETE FROM note_keys WHERE council_id = $1 AND account_id = $2", account.to_string())?;
    Ok(gone)
}

/// The note of an account about one dossier.
///
/// # Errors
/// When the row cannot be read.
pub async fn find(
    tx: &mut CouncilTx,
    poll: PollId,
    account: AccountId,
    about: &About,
) -> Result<Option<SealedNote>, StoreError> {
    let found = row!(
        tx,
        NoteRow,
        "SELECT kind, about, sealed, version, changed_at FROM notes \
         WHERE council_id = $1 AND poll_id = $2 AND account_id = $3 AND kind = $4 AND about = $5",
        poll.to_string(),
        account.to_string(),
        about.kind(),
        about.key(),
    )?;
    found.map(NoteRow::note).transpose()
}

/// All notes of an account before a vote.
///
/// # Errors
/// When a row cannot be read.
pub async fn of_account(tx: &mut CouncilTx, poll: PollId, account: AccountId) -> Result<Vec<SealedNote>, StoreError> {
    let found = rows!(
        tx,
        NoteRow,
        "SELECT kind, about, sealed, version, changed_at FROM notes \
         WHERE council_id = $1 AND poll_id = $2 AND account_id = $3 ORDER BY kind, about",
        poll.to_string(),
        account.to_string(),
    )?;
    found.into_iter().map(NoteRow::note).collect()
}

/// Adds a note (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
pub async fn put(tx: &mut CouncilTx, poll: PollId, account: AccountId, note: &SealedNote) -> Result<(), StoreError> {
    let put = execute!(
        tx,
        "INSERT INTO notes (council_id, poll_id, account_id, kind, about, sealed, version, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (council_id, poll_id, account_id, kind, about) \
         DO UPDATE SET sealed = $6, version = $7, changed_at = $8 WHERE notes.version = $7 - 1",
        poll.to_string(),
        account.to_string(),
        note.about.kind(),
        note.about.key(),
        note.sealed.clone(),
        i64::try_from(note.version).map_err(StoreError::corrupt)?,
        note.changed_at.to_string(),
    )?;
    one_changed(put)
}
