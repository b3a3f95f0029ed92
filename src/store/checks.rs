//! Unparsed rows, for the comparison of the tables with the log.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row, row_struct, rows, to_u64};
use domain::id::PollId;
use macros::boxed;

row_struct! {
    /// A row of `slips`, without its secret.
    SlipRow {
        slip_id: String,
        /// Account that the slip signs in.
        account_id: String,
        /// Time of expiry.
        expires_at: String,
        /// Time of use; `None` while unused.
        used_at: Option<String>,
        /// Time of revocation; `None` when never revoked.
        revoked_at: Option<String>,
    }
}

/// All slips of the council, used and void ones too.
#[boxed]
pub async fn slips(tx: &mut CouncilTx) -> Result<Vec<SlipRow>, StoreError> {
    rows!(
        tx,
        SlipRow,
        "SELECT slip_id, account_id, expires_at, used_at, revoked_at FROM slips WHERE council_id = $1 ORDER BY slip_id"
    )
}

row_struct! {
    /// The current content of a record, or one revision of it.
    RecordRow {
        /// Code of the [`Subject`](domain::record::Subject).
        subject: String,
        record_id: String,
        version: i64,
        /// Canonical JSON text (RFC 8785).
        content: String,
    }
}

/// What the tables of records hold now.
#[boxed]
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
#[boxed]
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
#[boxed]
pub async fn revisions(tx: &mut CouncilTx) -> Result<u64, StoreError> {
    let row = row!(tx, (i64,), "SELECT count(*) FROM revisions WHERE council_id = $1")?;
    to_u64(row.map_or(0, |(count,)| count))
}

row_struct! {
    /// The columns of `proposals` that the log also states.
    ProposalCheckRow {
        proposal_id: String,
        poll_id: String,
        /// Canonical text of the proposed content.
        content: String,
        /// Code of the state.
        state: String,
    }
}

row_struct! {
    /// The columns of `rule_statements` that the log also states.
    StatementCheckRow {
        attestation_id: String,
        ruleset: String,
        /// Canonical text of the statement.
        content: String,
        /// Code of the state.
        state: String,
        /// SHA-256 of the file that proves it.
        file: Option<String>,
        proposed_account: String,
        proposed_by: String,
        proposed_role: String,
        proposed_at: String,
        decided_account: Option<String>,
        decided_by: Option<String>,
        decided_role: Option<String>,
        decided_at: Option<String>,
        note: Option<String>,
        /// Its place among what was decided.
        decided_place: Option<i64>,
    }
}

/// All that was proposed to say of rules.
#[boxed]
pub async fn statements(tx: &mut CouncilTx) -> Result<Vec<StatementCheckRow>, StoreError> {
    rows!(
        tx,
        StatementCheckRow,
        "SELECT attestation_id, ruleset, content, state, file, proposed_account, proposed_by, proposed_role, proposed_at, \
         decided_account, decided_by, decided_role, decided_at, note, decided_place FROM rule_statements \
         WHERE council_id = $1 ORDER BY attestation_id"
    )
}

row_struct! {
    /// The columns of `polls` that its log also states.
    PollCheckRow {
        log_id: String,
        council_name: String,
        sitting: String,
        /// Code of the kind of vote.
        kind: String,
        delegates: i64,
        rehearsal: bool,
        simulated: bool,
        /// Id of the rule set.
        ruleset: String,
        ruleset_sha256: String,
        ruleset_text: String,
    }
}

/// The row of a poll; `None` when there is none.
#[boxed]
pub async fn poll(tx: &mut CouncilTx, poll: PollId) -> Result<Option<PollCheckRow>, StoreError> {
    row!(
        tx,
        PollCheckRow,
        "SELECT log_id, council_name, sitting, kind, delegates, rehearsal, simulated, ruleset, ruleset_sha256, ruleset_text \
         FROM polls WHERE council_id = $1 AND poll_id = $2",
        poll.to_string()
    )
}

/// All proposals of the council.
#[boxed]
pub async fn proposals(tx: &mut CouncilTx) -> Result<Vec<ProposalCheckRow>, StoreError> {
    rows!(
        tx,
        ProposalCheckRow,
        "SELECT proposal_id, poll_id, content, state FROM proposals WHERE council_id = $1 ORDER BY proposal_id"
    )
}
