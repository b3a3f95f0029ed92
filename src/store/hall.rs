//! Who is in the hall while a poll is open, in the poll's row.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed};
use domain::id::PollId;
use domain::presence::HallFigures;
use macros::boxed;

/// Writes who is in the hall.
///
/// # Errors
/// When there is no such poll.
#[boxed]
pub async fn set(tx: &mut CouncilTx, poll: PollId, figures: HallFigures) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE polls SET present = $3, attended = $4, present_now = $5 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        i64::from(figures.opened),
        i64::from(figures.attended),
        i64::from(figures.now),
    )?;
    one_changed(changed)
}

/// Writes who is in the hall after somebody came or went.
///
/// # Errors
/// When there is no such poll.
#[boxed]
pub async fn change(tx: &mut CouncilTx, poll: PollId, attended: u32, now: u32) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE polls SET attended = $3, present_now = $4 WHERE council_id = $1 AND poll_id = $2",
        poll.to_string(),
        i64::from(attended),
        i64::from(now),
    )?;
    one_changed(changed)
}
