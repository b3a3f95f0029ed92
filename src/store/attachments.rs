//! Files of source papers by SHA-256: each is stored once, in chunks, so that no file is in memory as a whole.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows, to_u64};
use domain::attachment::{Attachment, FileKind};
use domain::audit::Digest;
use domain::id::AccountId;
use macros::boxed;

/// Size of a chunk in bytes; the last chunk of a file is shorter.
pub const CHUNK_BYTES: usize = 256 * 1024;

row_struct! {
    /// A row of `attachments`.
    AttachmentRow {
        /// SHA-256, as hex.
        sha256: String,
        name: String,
        media_type: String,
        /// Size in bytes.
        size: i64,
        /// Time of upload.
        added_at: String,
        /// Full name of the uploader.
        added_by: String,
    }
}

impl AttachmentRow {
    fn attachment(self) -> Result<Attachment, StoreError> {
        Ok(Attachment {
            sha256: self.sha256.parse().map_err(StoreError::corrupt)?,
            name: self.name,
            kind: FileKind::from_media_type(&self.media_type)
                .ok_or_else(|| StoreError::corrupt("attachments.media_type"))?,
            size: to_u64(self.size)?,
            added_at: self.added_at.parse().map_err(StoreError::corrupt)?,
            added_by: self.added_by,
        })
    }
}

/// Description of a stored file, without its bytes.
#[boxed]
pub async fn find(tx: &mut CouncilTx, sha256: Digest) -> Result<Option<Attachment>, StoreError> {
    let row = row!(
        tx,
        AttachmentRow,
        "SELECT sha256, name, media_type, size, added_at, added_by FROM attachments \
         WHERE council_id = $1 AND sha256 = $2",
        sha256.to_string()
    )?;
    row.map(AttachmentRow::attachment).transpose()
}

/// Adds a file, without its chunks; `false` when it is stored already.
#[boxed]
pub async fn add(tx: &mut CouncilTx, attachment: &Attachment) -> Result<bool, StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO attachments (council_id, sha256, name, media_type, size, added_at, added_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (council_id, sha256) DO NOTHING",
        attachment.sha256.to_string(),
        attachment.name.as_str(),
        attachment.kind.media_type(),
        i64::try_from(attachment.size).map_err(StoreError::corrupt)?,
        attachment.added_at.to_string(),
        attachment.added_by.as_str(),
    )?;
    Ok(added == 1)
}

/// Adds chunk `number`, from 0, of a file.
///
/// # Errors
/// When it is there already, or the file is not.
#[boxed]
pub async fn add_chunk(tx: &mut CouncilTx, sha256: Digest, number: u32, bytes: Vec<u8>) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO attachment_chunks (council_id, sha256, number, bytes) VALUES ($1, $2, $3, $4)",
        sha256.to_string(),
        i64::from(number),
        bytes,
    );
    added.map(drop)
}

/// Chunk `number`, from 0, of a file; `None` after the last.
#[boxed]
pub async fn chunk(tx: &mut CouncilTx, sha256: Digest, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
    let row = row!(
        tx,
        (Vec<u8>,),
        "SELECT bytes FROM attachment_chunks WHERE council_id = $1 AND sha256 = $2 AND number = $3",
        sha256.to_string(),
        i64::from(number),
    )?;
    Ok(row.map(|(bytes,)| bytes))
}

/// SHA-256 and size of every file, by SHA-256.
#[boxed]
pub async fn sizes(tx: &mut CouncilTx) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(tx, (String, i64), "SELECT sha256, size FROM attachments WHERE council_id = $1 ORDER BY sha256")
}

/// How many chunks there are of each file, by its SHA-256 as it is stored, of files that are described nowhere too.
#[boxed]
pub async fn chunk_counts(tx: &mut CouncilTx) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(
        tx,
        (String, i64),
        "SELECT sha256, count(*) FROM attachment_chunks WHERE council_id = $1 GROUP BY sha256 ORDER BY sha256"
    )
}

/// Whether a file is the source of a fact that is not withdrawn, is about the official who signs in as `account`, and was
/// forwarded to the official where its kind requires that (voters' opinions).
#[boxed]
pub async fn concerns(tx: &mut CouncilTx, sha256: Digest, account: AccountId) -> Result<bool, StoreError> {
    let row = row!(
        tx,
        (i64,),
        "SELECT count(*) FROM facts JOIN fact_officials ON fact_officials.council_id = facts.council_id \
         AND fact_officials.fact_id = facts.fact_id JOIN officials ON officials.council_id = facts.council_id \
         AND officials.official_id = fact_officials.official_id WHERE facts.council_id = $1 AND facts.file = $2 \
         AND facts.state <> 'withdrawn' AND (facts.kind <> 'voters_opinion' OR facts.sent_on IS NOT NULL) \
         AND officials.account_id = $3 AND NOT officials.withdrawn",
        sha256.to_string(),
        account.to_string(),
    )?;
    Ok(row.is_some_and(|(count,)| count > 0))
}

/// Whether a released dossier cites a file.
#[boxed]
pub async fn is_released(tx: &mut CouncilTx, sha256: Digest) -> Result<bool, StoreError> {
    let row = row!(
        tx,
        (i64,),
        "SELECT count(*) FROM released_files WHERE council_id = $1 AND sha256 = $2",
        sha256.to_string()
    )?;
    Ok(row.is_some_and(|(count,)| count > 0))
}
