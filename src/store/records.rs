//! Records with an id, a version and a canonical text: what the tables `officials`, `delegates`, `questions` and
//! `group_summaries` have in common.

use super::error::StoreError;
use super::sql::{row_struct, to_u64};
use domain::audit::UtcTime;

row_struct! {
    /// The columns that the tables of records share.
    RecordRow {
        id: String,
        /// Canonical JSON text (RFC 8785).
        content: String,
        /// From 1; goes up with every change.
        version: i64,
        /// Time of the last change.
        changed_at: String,
        /// Full name of the person who made the last change.
        changed_by: String,
    }
}

/// A record with its id and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord<I, T> {
    pub id: I,
    /// Content of the record.
    pub value: T,
    /// From 1; goes up with every change.
    pub version: u64,
    /// Time of the last change.
    pub changed_at: UtcTime,
    /// Full name of the person who made the last change.
    pub changed_by: String,
}

impl RecordRow {
    pub(super) fn stored<I, T>(self) -> Result<StoredRecord<I, T>, StoreError>
    where
        I: std::str::FromStr<Err: ToString>,
        T: serde::de::DeserializeOwned,
    {
        Ok(StoredRecord {
            id: self.id.parse().map_err(StoreError::corrupt)?,
            value: serde_json::from_str(&self.content).map_err(StoreError::corrupt)?,
            version: to_u64(self.version)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            changed_by: self.changed_by,
        })
    }
}

/// All records of `$table`, whose id is the column `$id`, that the rest of the statement selects.
macro_rules! records {
    ($tx:expr, $table:literal, $id:literal, $rest:literal $(, $argument:expr)* $(,)?) => {{
        let rows = $crate::sql::rows!(
            $tx,
            $crate::records::RecordRow,
            concat!("SELECT ", $id, " AS id, content, version, changed_at, changed_by FROM ", $table, " ", $rest)
            $(, $argument)*
        );
        rows.and_then(|rows| rows.into_iter().map($crate::records::RecordRow::stored).collect())
    }};
}

/// Like [`records!`], but the first record only; `None` when there is none.
macro_rules! record {
    ($tx:expr, $table:literal, $id:literal, $rest:literal $(, $argument:expr)* $(,)?) => {{
        let row = $crate::sql::row!(
            $tx,
            $crate::records::RecordRow,
            concat!("SELECT ", $id, " AS id, content, version, changed_at, changed_by FROM ", $table, " ", $rest)
            $(, $argument)*
        );
        row.and_then(|row| row.map($crate::records::RecordRow::stored).transpose())
    }};
}

/// The end of a `WHERE` that writes a record over the version before: what stands in `$table` is that version, word for word.
macro_rules! is_its_version {
    ($table:literal, $id:literal, $subject:literal) => {
        concat!(
            " AND EXISTS (SELECT 1 FROM revisions AS last WHERE last.council_id = ",
            $table,
            ".council_id AND last.subject = '",
            $subject,
            "' AND last.record_id = ",
            $id,
            " AND last.version = ",
            $table,
            ".version AND last.content = ",
            $table,
            ".content)"
        )
    };
}

pub(super) use {is_its_version, record, records};
