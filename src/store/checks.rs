//! Unparsed rows, for the comparison of the tables with the log; whole tables are read by [`super::tables`].

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row, row_struct, rows, to_u64};
use macros::boxed;

row_struct! {
    /// A row of `slips`, without its secret.
    SlipRow {
        slip_id: String,
        /// Account that the slip signs in.
        account_id: String,
        issued_at: String,
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
        "SELECT slip_id, account_id, issued_at, expires_at, used_at, revoked_at FROM slips WHERE council_id = $1 ORDER BY slip_id"
    )
}

row_struct! {
    /// The newest version of a record with its hand, or an earlier one by which somebody stated or checked a fact.
    VersionRow {
        /// Code of the [`Subject`](domain::record::Subject).
        subject: String,
        record_id: String,
        version: i64,
        /// Code of the action.
        action: String,
        /// Canonical JSON text (RFC 8785).
        content: String,
        at: String,
        /// Account of the actor.
        account_id: Option<String>,
        /// Full name of the actor.
        by_name: String,
    }
}

/// The newest version of every record.
#[boxed]
pub async fn newest_versions(tx: &mut CouncilTx) -> Result<Vec<VersionRow>, StoreError> {
    rows!(
        tx,
        VersionRow,
        "SELECT subject, record_id, version, action, content, at, account_id, by_name FROM revisions AS one \
         WHERE council_id = $1 AND version = (SELECT max(version) FROM revisions AS all_of \
         WHERE all_of.council_id = one.council_id AND all_of.subject = one.subject \
         AND all_of.record_id = one.record_id)"
    )
}

/// The newest version of every fact of one of two actions: by whom it was stated, by whom it was checked.
#[boxed]
pub async fn newest_facts_of(tx: &mut CouncilTx, actions: [&'static str; 3]) -> Result<Vec<VersionRow>, StoreError> {
    let [one, other, third] = actions;
    rows!(
        tx,
        VersionRow,
        "SELECT subject, record_id, version, action, '' AS content, at, account_id, by_name FROM revisions AS one \
         WHERE council_id = $1 AND subject = 'fact' AND version = (SELECT max(version) FROM revisions AS all_of \
         WHERE all_of.council_id = one.council_id AND all_of.subject = 'fact' \
         AND all_of.record_id = one.record_id AND all_of.action IN ($2, $3, $4))",
        one,
        other,
        third,
    )
}

/// How many versions of records there are.
#[boxed]
pub async fn revisions(tx: &mut CouncilTx) -> Result<u64, StoreError> {
    let row = row!(tx, (i64,), "SELECT count(*) FROM revisions WHERE council_id = $1")?;
    to_u64(row.map_or(0, |(count,)| count))
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
