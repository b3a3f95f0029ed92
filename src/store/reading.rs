//! Read marks of delegates, and full-text search in released dossiers by the databases' own engines.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row_struct, rows, to_u32};
use domain::audit::UtcTime;
use domain::id::{AccountId, PollId};
use domain::release::About;
use macros::boxed;

/// Limit on the lines that a search returns.
pub const MOST_LINES: i64 = 1_000;

row_struct! {
    /// A row of `read_marks`.
    MarkRow {
        /// `official` or `field`.
        kind: String,
        /// Id of the official, or name of the field.
        about: String,
        /// Number of the release.
        release: i64,
        read_at: String,
    }
}

/// The version of a dossier that an account has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadMark {
    /// Which dossier.
    pub about: About,
    /// Number of the release.
    pub release: u32,
    pub at: UtcTime,
}

impl MarkRow {
    fn mark(self) -> Result<ReadMark, StoreError> {
        let about = About::from_parts(&self.kind, &self.about);
        Ok(ReadMark {
            about: about.ok_or_else(|| StoreError::corrupt("read_marks.about"))?,
            release: to_u32(self.release)?,
            at: self.read_at.parse().map_err(StoreError::corrupt)?,
        })
    }
}

/// All read marks of an account before a vote.
#[boxed]
pub async fn marks(tx: &mut CouncilTx, poll: PollId, account: AccountId) -> Result<Vec<ReadMark>, StoreError> {
    let rows = rows!(
        tx,
        MarkRow,
        "SELECT kind, about, release, read_at FROM read_marks \
         WHERE council_id = $1 AND poll_id = $2 AND account_id = $3 ORDER BY kind, about",
        poll.to_string(),
        account.to_string(),
    )?;
    rows.into_iter().map(MarkRow::mark).collect()
}

/// Sets a read mark; an older version never takes the place of a newer one.
#[boxed]
pub async fn mark(tx: &mut CouncilTx, poll: PollId, account: AccountId, mark: &ReadMark) -> Result<(), StoreError> {
    let marked = execute!(
        tx,
        "INSERT INTO read_marks (council_id, poll_id, account_id, kind, about, release, read_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (council_id, poll_id, account_id, kind, about) \
         DO UPDATE SET release = $6, read_at = $7 WHERE read_marks.release < $6",
        poll.to_string(),
        account.to_string(),
        mark.about.kind(),
        mark.about.key(),
        i64::from(mark.release),
        mark.at.to_string(),
    );
    marked.map(drop)
}

row_struct! {
    /// A line of a released dossier.
    LineRow {
        /// Position of the line's dossier in the release, from 1.
        position: i64,
        /// Anchor of the line on the dossier's page.
        anchor: String,
        text: String,
    }
}

/// Lines of a release that hold all terms of a query, in the order of its dossiers, at most [`MOST_LINES`]. The query is
/// one of [`Query::for_engines`](domain::search::Query::for_engines).
#[boxed]
pub async fn search(tx: &mut CouncilTx, poll: PollId, release: u32, query: &str) -> Result<Vec<LineRow>, StoreError> {
    if tx.is_postgres() {
        rows!(
            tx,
            LineRow,
            "SELECT position, anchor, text FROM search_lines WHERE council_id = $1 AND poll_id = $2 AND release = $3 \
             AND words @@ websearch_to_tsquery('simple', $4) \
             ORDER BY position, line_id LIMIT $5",
            poll.to_string(),
            i64::from(release),
            query,
            MOST_LINES,
        )
    } else {
        rows!(
            tx,
            LineRow,
            // In this order, or it would ask the index once for every line.
            "SELECT search_lines.position, search_lines.anchor, search_lines.text FROM search_words \
             CROSS JOIN search_lines ON search_lines.line_id = search_words.rowid WHERE search_words MATCH $4 \
             AND search_lines.council_id = $1 AND search_lines.poll_id = $2 AND search_lines.release = $3 \
             ORDER BY search_lines.position, search_lines.line_id LIMIT $5",
            poll.to_string(),
            i64::from(release),
            query,
            MOST_LINES,
        )
    }
}
