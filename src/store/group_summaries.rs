//! Summaries of groups' discussions.

use super::error::StoreError;
use super::records::{StoredRecord, is_its_version, record, records};
use super::revisions;
use super::scope::CouncilTx;
use super::sql::execute;
use domain::audit::canonical::to_text;
use domain::group_summary::GroupSummary;
use domain::id::{PollId, SummaryId};
use domain::record::Subject;
use macros::boxed;

pub type StoredSummary = StoredRecord<SummaryId, GroupSummary>;

/// Adds a summary (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version; [`StoreError::Refused`] when the group has another one.
#[boxed]
pub async fn put(tx: &mut CouncilTx, kept: &StoredSummary) -> Result<(), StoreError> {
    let put = execute!(
        tx,
        concat!(
            "INSERT INTO group_summaries (council_id, summary_id, poll_id, group_name, state, content, version, changed_at, \
         changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (council_id, summary_id) DO UPDATE SET state = $5, content = $6, version = $7, changed_at = $8, \
         changed_by = $9 WHERE group_summaries.version = $7 - 1",
            is_its_version!("group_summaries", "group_summaries.summary_id", "group_summary")
        ),
        kept.id.to_string(),
        kept.value.poll.to_string(),
        kept.value.group.as_str(),
        kept.value.state.code(),
        to_text(&kept.value)?,
        i64::try_from(kept.version).map_err(StoreError::corrupt)?,
        kept.changed_at.to_string(),
        kept.changed_by.as_str(),
    )?;
    revisions::over_the_last(tx, put, (Subject::GroupSummary, &kept.id.to_string()), kept.version).await
}

/// The summary of a group before a vote.
#[boxed]
pub async fn of_group(tx: &mut CouncilTx, poll: PollId, group: &str) -> Result<Option<StoredSummary>, StoreError> {
    record!(
        tx,
        "group_summaries",
        "summary_id",
        "WHERE council_id = $1 AND poll_id = $2 AND group_name = $3",
        poll.to_string(),
        group
    )
}

/// One summary.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: SummaryId) -> Result<Option<StoredSummary>, StoreError> {
    record!(tx, "group_summaries", "summary_id", "WHERE council_id = $1 AND summary_id = $2", id.to_string())
}

/// All summaries before a vote, by group.
#[boxed]
pub async fn of_poll(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<StoredSummary>, StoreError> {
    records!(
        tx,
        "group_summaries",
        "summary_id",
        "WHERE council_id = $1 AND poll_id = $2 ORDER BY group_name",
        poll.to_string()
    )
}
