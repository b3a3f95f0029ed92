//! Private notes: encrypted texts, and the encrypted key of each account. Reading them takes a passphrase that only the
//! owner knows.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u64};
use domain::audit::UtcTime;
use domain::id::{AccountId, PollId};
use domain::release::About;
use macros::boxed;

/// Key of an account's notes, encrypted with a key derived from a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKeyRow {
    /// Salt from which, with the passphrase, the key of [`Self::wrapped`] is derived.
    pub salt: Vec<u8>,
    /// Key of the notes, encrypted.
    pub wrapped: Vec<u8>,
    /// Value by which a key is recognized as the key of these notes without revealing it.
    pub key_check: Vec<u8>,
}

row_struct! {
    /// A row of `notes`.
    NoteRow {
        /// `official` or `field`.
        kind: String,
        /// Id of the official, or name of the field.
        about: String,
        sealed: Vec<u8>,
        /// From 1; goes up with every change.
        version: i64,
        /// Time of the last change.
        changed_at: String,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedNote {
    /// Dossier that the note is about.
    pub about: About,
    pub sealed: Vec<u8>,
    /// From 1; goes up with every change.
    pub version: u64,
    /// Time of the last change.
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
#[boxed]
pub async fn key(tx: &mut CouncilTx, account: AccountId) -> Result<Option<NoteKeyRow>, StoreError> {
    let row = row!(
        tx,
        (Vec<u8>, Vec<u8>, Vec<u8>),
        "SELECT salt, wrapped, key_check FROM note_keys WHERE council_id = $1 AND account_id = $2",
        account.to_string()
    )?;
    Ok(row.map(|(salt, wrapped, key_check)| NoteKeyRow { salt, wrapped, key_check }))
}

/// Adds the wrapped key of an account.
///
/// # Errors
/// [`StoreError::Refused`] when there is one.
#[boxed]
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

/// Replaces the encryption of the same key after a change of passphrase.
///
/// # Errors
/// [`StoreError::Stale`] when the key is another one by now.
#[boxed]
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

/// Deletes the key of an account and all its notes; returns the number of deleted notes.
#[boxed]
pub async fn forget(tx: &mut CouncilTx, account: AccountId) -> Result<u64, StoreError> {
    let gone = execute!(tx, "DELETE FROM notes WHERE council_id = $1 AND account_id = $2", account.to_string())?;
    execute!(tx, "DELETE FROM note_keys WHERE council_id = $1 AND account_id = $2", account.to_string())?;
    Ok(gone)
}

/// The note of an account about one dossier.
#[boxed]
pub async fn find(
    tx: &mut CouncilTx,
    poll: PollId,
    account: AccountId,
    about: &About,
) -> Result<Option<SealedNote>, StoreError> {
    let row = row!(
        tx,
        NoteRow,
        "SELECT kind, about, sealed, version, changed_at FROM notes \
         WHERE council_id = $1 AND poll_id = $2 AND account_id = $3 AND kind = $4 AND about = $5",
        poll.to_string(),
        account.to_string(),
        about.kind(),
        about.key(),
    )?;
    row.map(NoteRow::note).transpose()
}

/// All notes of an account before a vote.
#[boxed]
pub async fn of_account(tx: &mut CouncilTx, poll: PollId, account: AccountId) -> Result<Vec<SealedNote>, StoreError> {
    let rows = rows!(
        tx,
        NoteRow,
        "SELECT kind, about, sealed, version, changed_at FROM notes \
         WHERE council_id = $1 AND poll_id = $2 AND account_id = $3 ORDER BY kind, about",
        poll.to_string(),
        account.to_string(),
    )?;
    rows.into_iter().map(NoteRow::note).collect()
}

/// Adds a note (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
#[boxed]
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
