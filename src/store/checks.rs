//! Rows as they are, for whoever holds them against the log.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row, row_struct, rows, to_u64};

row_struct! {
    /// A row of `slips`, without its secret.
    SlipRow {
        /// Its id.
        slip_id: String,
        /// Whom it lets in.
        account_id: String,
        /// Its end.
        expires_at: String,
        /// When it let somebody in.
        used_at: Option<String>,
        /// When it became void.
        revoked_at: Option<String>,
    }
}

/// All slips of the council, used and void ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn slips(tx: &mut CouncilTx) -> Result<Vec<SlipRow>, StoreError> {
    rows!(
        tx,
        SlipRow,
        "SELECT slip_id, account_id, expires_at, used_at, revoked_at FROM slips WHERE council_id = $1 ORDER BY slip_id"
    )
}

row_struct! {
    /// A record as its table holds it, or one version of it.
    RecordRow {
        /// Code of what it is of.
        subject: String,
        /// Its id.
        record_id: String,
        /// Its version.
        version: i64,
        /// Canonical text.
        content: String,
    }
}

/// What the tables of records hold now.
///
/// # Errors
/// When the database does not answer.
pub async fn records(tx: &mut CouncilTx) -> Result<Vec<RecordRow>, StoreError> {
    rows!(
        tx,
        RecordRow,
        "SELECT 'official' AS subject, official_id AS record_id, version, content FROM officials WHERE council_id = $1 \
         UNION ALL SELECT 'delegate', delegate_id, version, content FROM delegates WHERE council_id = $1 \
         UNION ALL SELECT 'fact', fact_id, version, content FROM facts WHERE council_id = $1 \
         UNION ALL SELECT 'preparation', poll_id || '/' || part, version, content FROM poll_records WHERE council_id = $1 \
         UNION ALL SELECT 'question', question_id, version, content FROM questions WHERE council_id = $1 \
         UNION ALL SELECT 'group_summary', summary_id, version, content FROM group_summaries WHERE council_id = $1"
    )
}

/// The newest version of every record.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_revisions(tx: &mut CouncilTx) -> Result<Vec<RecordRow>, StoreError> {
    rows!(
        tx,
        RecordRow,
        "SELECT subject, record_id, version, content FROM revisions AS one WHERE council_id = $1 AND version = \
         (SELECT max(version) FROM revisions AS all_of WHERE all_of.council_id = one.council_id \
         AND all_of.subject = one.subject AND all_of.record_id = one.record_id)"
    )
}

/// How many versions of records there are.
///
/// # Errors
/// When the database does not answer.
pub async fn revisions(tx: &mut CouncilTx) -> Result<u64, StoreError> {
    let found = row!(tx, (i64,), "SELECT count(*) FROM revisions WHERE council_id = $1")?;
    to_u64(found.map_or(0, |(count,)| count))
}

row_struct! {
    /// A row of `proposals`, as far as the log tells of it.
    ProposalCheckRow {
        /// Its id.
        proposal_id: String,
        /// The poll.
        poll_id: String,
        /// Canonical text of what is proposed.
        content: String,
        /// Code of what became of it.
        state: String,
    }
}

/// All proposals of the council.
///
/// # Errors
/// When the database does not answer.
pub async fn proposals(tx: &mut CouncilTx) -> Result<Vec<ProposalCheckRow>, StoreError> {
    rows!(
        tx,
        ProposalCheckRow,
        "SELECT proposal_id, poll_id, content, state FROM proposals WHERE council_id = $1 ORDER BY proposal_id"
    )
}
