//! The sealed part of a count: the counts behind each batch's commitment. They are stored with the batch and read only with
//! a [`MayOpen`], which the domain makes once every returned paper is in a batch; before that the only query is whether a
//! batch that is sent again equals the stored one.
//!
//! No other file names the table. This does not protect against a person who reads the database file itself: a copy of
//! the database taken during a count is as secret as the ballot box.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, rows};
use domain::audit::{Digest, SealedCounts, canonical};
use domain::batch::Reader;
use domain::id::PollId;
use domain::poll_state::MayOpen;
use macros::boxed;

fn read(text: &str, commitment: &str) -> Result<SealedCounts, StoreError> {
    let opening: SealedCounts =
        canonical::from_text(text).map_err(|_| StoreError::corrupt("sealed_batches.opening"))?;
    let binds = opening.commitment().is_ok_and(|digest| digest.to_string() == commitment);
    if binds { Ok(opening) } else { Err(StoreError::corrupt("sealed_batches: khác với cam kết")) }
}

/// Adds a batch with its commitment, its readers and its sealed opening.
///
/// # Errors
/// [`StoreError::Refused`] when the number is taken.
#[boxed]
pub async fn add(
    tx: &mut CouncilTx,
    poll: PollId,
    opening: &SealedCounts,
    commitment: Digest,
    [first, second]: &[Reader; 2],
    earlier: &[Reader],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO batches (council_id, poll_id, form_id, number, papers, commitment, \
         first_reader, first_account, second_reader, second_account, earlier_readers) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        poll.to_string(),
        opening.form.clone(),
        i64::from(opening.batch),
        i64::from(opening.counts.papers),
        commitment.to_string(),
        first.name.clone(),
        first.account.map(|account| account.to_string()),
        second.name.clone(),
        second.account.map(|account| account.to_string()),
        canonical::to_text(&earlier)?,
    )?;
    let text = canonical::to_text(opening)?;
    let added = execute!(
        tx,
        "INSERT INTO sealed_batches (council_id, poll_id, form_id, number, opening) VALUES ($1, $2, $3, $4, $5)",
        poll.to_string(),
        opening.form.clone(),
        i64::from(opening.batch),
        text.clone(),
    );
    added.map(drop)
}

/// Whether the stored batch of this form and number has the same counts; `None` when there is no such batch.
///
/// # Errors
/// [`StoreError::Corrupt`] when the stored opening differs from its commitment.
#[boxed]
pub async fn same(tx: &mut CouncilTx, poll: PollId, sent: &SealedCounts) -> Result<Option<bool>, StoreError> {
    let row = row!(
        tx,
        (String, String),
        "SELECT s.opening, b.commitment FROM batches b JOIN sealed_batches s ON s.council_id = b.council_id \
         AND s.poll_id = b.poll_id AND s.form_id = b.form_id AND s.number = b.number \
         WHERE b.council_id = $1 AND b.poll_id = $2 AND b.form_id = $3 AND b.number = $4",
        poll.to_string(),
        sent.form.clone(),
        i64::from(sent.batch),
    )?;
    let Some((text, commitment)) = row else { return Ok(None) };
    Ok(Some(read(&text, &commitment)?.counts == sent.counts))
}

/// Deletes a batch that is counted anew, with its sealed opening: the log keeps the commitment, and two counts of one pile
/// must not be comparable.
///
/// # Errors
/// [`StoreError::Stale`] when there is no such batch.
#[boxed]
pub async fn withdraw(tx: &mut CouncilTx, poll: PollId, form: &str, batch: u32) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM sealed_batches WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
        poll.to_string(),
        form.to_owned(),
        i64::from(batch),
    )?;
    let taken = execute!(
        tx,
        "DELETE FROM batches WHERE council_id = $1 AND poll_id = $2 AND form_id = $3 AND number = $4",
        poll.to_string(),
        form.to_owned(),
        i64::from(batch),
    )?;
    one_changed(taken)
}

/// All sealed openings, by form and number, each checked against its commitment.
///
/// # Errors
/// [`StoreError::Corrupt`] when one is missing or differs from its commitment.
#[boxed]
pub async fn openings(tx: &mut CouncilTx, leave: MayOpen) -> Result<Vec<SealedCounts>, StoreError> {
    let rows = rows!(
        tx,
        (Option<String>, String),
        "SELECT s.opening, b.commitment FROM batches b LEFT JOIN sealed_batches s ON s.council_id = b.council_id \
         AND s.poll_id = b.poll_id AND s.form_id = b.form_id AND s.number = b.number \
         WHERE b.council_id = $1 AND b.poll_id = $2 ORDER BY b.form_id, b.number",
        leave.poll().to_string()
    )?;
    let missing = || StoreError::corrupt("sealed_batches: thiếu số liệu của một tập phiếu");
    rows.into_iter().map(|(text, commitment)| read(&text.ok_or_else(missing)?, &commitment)).collect()
}
