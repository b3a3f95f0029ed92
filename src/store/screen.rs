//! What the head of the board shows in the hall. In the poll's row and not in the memory of a process, so that the screen
//! follows whichever process serves it.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, to_u32, to_u64};
use domain::id::PollId;
use macros::boxed;

/// The page of the result that is shown; 0 for none.
#[boxed]
pub async fn page(tx: &mut CouncilTx, poll: PollId) -> Result<u32, StoreError> {
    let row =
        row!(tx, (i64,), "SELECT screen_page FROM polls WHERE council_id = $1 AND poll_id = $2", poll.to_string())?;
    row.map_or(Ok(0), |(page,)| to_u32(page))
}

/// Shows another page; the version goes up, by which screens are drawn anew.
///
/// # Errors
/// When there is no such poll.
#[boxed]
pub async fn turn_to(tx: &mut CouncilTx, poll: PollId, page: u32) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE polls SET screen_page = $3, version = version + 1 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        i64::from(page),
    )?;
    one_changed(changed)
}

/// A number that goes up with every step of a poll and with everything that is proposed, decided or written for it; `None`
/// when there is no such poll. It says that something happened, and not what.
#[boxed]
pub async fn movement(tx: &mut CouncilTx, poll: PollId) -> Result<Option<u64>, StoreError> {
    let row = row!(
        tx,
        (i64,),
        "SELECT version + (SELECT count(*) FROM proposals WHERE council_id = $1 AND poll_id = $2) \
         + (SELECT count(*) FROM proposals WHERE council_id = $1 AND poll_id = $2 AND state <> 'open') \
         + (SELECT CAST(coalesce(sum(version), 0) AS BIGINT) FROM poll_records WHERE council_id = $1 AND poll_id = $2) \
         FROM polls WHERE council_id = $1 AND poll_id = $2",
        poll.to_string()
    )?;
    row.map(|(movement,)| to_u64(movement)).transpose()
}
