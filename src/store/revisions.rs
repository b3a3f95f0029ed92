//! Every version of every record, with the entry of the council's log that records it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows, to_u64};
use domain::audit::{Actor, UtcTime};
use domain::record::{Action, Revision, Subject};
use macros::boxed;

row_struct! {
    /// A row of `revisions`.
    RevisionRow {
        /// Code of the [`Subject`].
        subject: String,
        record_id: String,
        /// From 1.
        version: i64,
        action: String,
        /// Canonical text of the record.
        content: String,
        /// Number of the entry in the council's log that records this version.
        seq: i64,
        at: String,
        /// Account of the actor.
        account_id: Option<String>,
        /// Full name of the actor.
        by_name: String,
    }
}

/// One version of a record with who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub revision: Revision,
    pub at: UtcTime,
    /// Full name of the person who made this version.
    pub by: String,
}

#[derive(Serialize)]
struct Given<'r> {
    subject: &'static str,
    record_id: &'r str,
    version: u64,
    action: &'static str,
    content: &'r str,
}

impl RevisionRow {
    fn past(self) -> Result<Past, StoreError> {
        let revision = Revision {
            subject: Subject::from_code(&self.subject).ok_or_else(|| StoreError::corrupt("revisions.subject"))?,
            record: self.record_id,
            version: to_u64(self.version)?,
            action: Action::from_code(&self.action).ok_or_else(|| StoreError::corrupt("revisions.action"))?,
            content: self.content,
        };
        Ok(Past { revision, at: self.at.parse().map_err(StoreError::corrupt)?, by: self.by_name })
    }
}

/// Adds the revisions that entry `seq` of the council's log records, any number in one statement.
///
/// # Errors
/// [`StoreError::Refused`] when one does not continue its record.
#[boxed]
pub async fn add(
    tx: &mut CouncilTx,
    seq: u64,
    at: UtcTime,
    actor: &Actor,
    revisions: &[Revision],
) -> Result<(), StoreError> {
    let given: Vec<Given<'_>> = revisions
        .iter()
        .map(|revision| Given {
            subject: revision.subject.code(),
            record_id: &revision.record,
            version: revision.version,
            action: revision.action.code(),
            content: &revision.content,
        })
        .collect();
    let given = serde_json::to_string(&given).map_err(StoreError::corrupt)?;
    let (seq, account) = (i64::try_from(seq).map_err(StoreError::corrupt)?, actor.account.map(|id| id.to_string()));
    let added = if tx.is_postgres() {
        execute!(
            tx,
            "INSERT INTO revisions (council_id, subject, record_id, version, action, content, seq, at, account_id, by_name) \
             SELECT $1, subject, record_id, version, action, content, $3, $4, $5, $6 FROM json_to_recordset($2::json) \
             AS given (subject TEXT, record_id TEXT, version BIGINT, action TEXT, content TEXT)",
            given,
            seq,
            at.to_string(),
            account,
            actor.name.as_str(),
        )
    } else {
        execute!(
            tx,
            "INSERT INTO revisions (council_id, subject, record_id, version, action, content, seq, at, account_id, by_name) \
             SELECT $1, value ->> 'subject', value ->> 'record_id', value ->> 'version', value ->> 'action', \
             value ->> 'content', $3, $4, $5, $6 FROM json_each($2)",
            given,
            seq,
            at.to_string(),
            account,
            actor.name.as_str(),
        )
    };
    added.map(drop)
}

/// Refuses a row of a record that was not written over the version before `version`: somebody else wrote that version in the
/// meantime, or what stood in the row is not that version, so that the program did not write it.
///
/// # Errors
/// [`StoreError::Stale`] and [`StoreError::ForgedRecord`].
pub(super) async fn over_the_last(
    tx: &mut CouncilTx,
    rows: u64,
    (subject, record): (Subject, &str),
    version: u64,
) -> Result<(), StoreError> {
    if rows == 1 {
        return Ok(());
    }
    let newest = row!(
        tx,
        (Option<i64>,),
        "SELECT max(version) FROM revisions WHERE council_id = $1 AND subject = $2 AND record_id = $3",
        subject.code(),
        record,
    )?;
    let newest = newest.and_then(|(newest,)| newest).map(to_u64).transpose()?;
    if version > 1 && newest == Some(version - 1) {
        return Err(StoreError::ForgedRecord { subject, record: record.to_owned() });
    }
    Err(StoreError::Stale)
}

/// The history of a record, the newest version first.
#[boxed]
pub async fn of_record(tx: &mut CouncilTx, subject: Subject, record: &str) -> Result<Vec<Past>, StoreError> {
    let rows = rows!(
        tx,
        RevisionRow,
        "SELECT subject, record_id, version, action, content, seq, at, account_id, by_name FROM revisions \
         WHERE council_id = $1 AND subject = $2 AND record_id = $3 ORDER BY version DESC",
        subject.code(),
        record,
    )?;
    rows.into_iter().map(RevisionRow::past).collect()
}

/// All revisions that entries `from` (included) to `before` (excluded) of the council's log record, in their order.
#[boxed]
pub async fn of_entries(tx: &mut CouncilTx, from: u64, before: u64) -> Result<Vec<RevisionRow>, StoreError> {
    rows!(
        tx,
        RevisionRow,
        "SELECT subject, record_id, version, action, content, seq, at, account_id, by_name FROM revisions \
         WHERE council_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq, subject, record_id, version",
        i64::try_from(from).unwrap_or(i64::MAX),
        i64::try_from(before).unwrap_or(i64::MAX),
    )
}

/// Canonical texts of these versions of records of one sort.
#[boxed]
pub async fn of_versions(
    tx: &mut CouncilTx,
    subject: Subject,
    wanted: &[(String, u64)],
) -> Result<BTreeMap<(String, u64), String>, StoreError> {
    let given = serde_json::to_string(wanted).map_err(StoreError::corrupt)?;
    let rows = if tx.is_postgres() {
        rows!(
            tx,
            (String, i64, String),
            "SELECT record_id, version, content FROM revisions, json_array_elements($3::json) AS wanted \
             WHERE council_id = $1 AND subject = $2 AND record_id = wanted ->> 0 \
             AND version = CAST(wanted ->> 1 AS BIGINT)",
            subject.code(),
            given,
        )
    } else {
        rows!(
            tx,
            (String, i64, String),
            // In this order, or it would look for each of thousands of versions in the list.
            "SELECT record_id, version, content FROM json_each($3) AS wanted CROSS JOIN revisions \
             ON record_id = wanted.value ->> 0 AND version = wanted.value ->> 1 \
             WHERE council_id = $1 AND subject = $2",
            subject.code(),
            given,
        )
    }?;
    let read = |(record, version, content): (String, i64, String)| Ok(((record, to_u64(version)?), content));
    rows.into_iter().map(read).collect()
}

/// Versions of all records of one sort, the newest first.
#[boxed]
pub async fn newest(tx: &mut CouncilTx, subject: Subject, skip: u64, limit: u32) -> Result<Vec<Past>, StoreError> {
    let rows = rows!(
        tx,
        RevisionRow,
        "SELECT subject, record_id, version, action, content, seq, at, account_id, by_name FROM revisions \
         WHERE council_id = $1 AND subject = $2 ORDER BY seq DESC, record_id, version DESC LIMIT $3 OFFSET $4",
        subject.code(),
        i64::from(limit),
        i64::try_from(skip).unwrap_or(i64::MAX),
    )?;
    rows.into_iter().map(RevisionRow::past).collect()
}

/// How many versions all records of one sort have.
#[boxed]
pub async fn count(tx: &mut CouncilTx, subject: Subject) -> Result<u64, StoreError> {
    let found =
        row!(tx, (i64,), "SELECT count(*) FROM revisions WHERE council_id = $1 AND subject = $2", subject.code())?;
    to_u64(found.map_or(0, |(count,)| count))
}
