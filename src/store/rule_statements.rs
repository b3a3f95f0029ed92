//! What an office says of the parameters of its rule sets.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows};
use domain::audit::canonical::from_text;
use domain::id::AttestationId;
use domain::proposal::{ProposalState, SignOff};
use domain::role::Role;
use domain::rule_proposal::RuleProposal;
use macros::boxed;

row_struct! {
    /// A row of `rule_statements`.
    StatementRow {
        attestation_id: String,
        /// Canonical JSON text (RFC 8785).
        content: String,
        /// Code of the state.
        state: String,
        proposed_at: String,
        proposed_account: String,
        /// Full name of that person.
        proposed_by: String,
        /// Code of the role in which the person acted.
        proposed_role: String,
        /// Time of the decision; `None` while it is open.
        decided_at: Option<String>,
        decided_account: Option<String>,
        /// Full name of that person.
        decided_by: Option<String>,
        /// Code of the role in which the person acted.
        decided_role: Option<String>,
        /// Reason for the decision.
        note: Option<String>,
    }
}

fn sign_off(account: &str, name: String, role: &str, at: &str) -> Result<SignOff, StoreError> {
    let account = account.parse().map_err(StoreError::corrupt)?;
    let role = Role::from_code(role).ok_or_else(|| StoreError::corrupt("rule_statements: role"))?;
    Ok(SignOff { account, name, role, at: at.parse().map_err(StoreError::corrupt)? })
}

impl StatementRow {
    fn proposal(self) -> Result<RuleProposal, StoreError> {
        let decided = match (self.decided_account, self.decided_by, self.decided_role, self.decided_at) {
            (Some(account), Some(name), Some(role), Some(at)) => Some(sign_off(&account, name, &role, &at)?),
            _ => None,
        };
        let state = ProposalState::from_code(&self.state);
        Ok(RuleProposal {
            id: self.attestation_id.parse().map_err(StoreError::corrupt)?,
            statement: from_text(&self.content).map_err(StoreError::corrupt)?,
            state: state.ok_or_else(|| StoreError::corrupt("rule_statements.state"))?,
            proposed: sign_off(&self.proposed_account, self.proposed_by, &self.proposed_role, &self.proposed_at)?,
            decided,
            note: self.note.unwrap_or_default(),
        })
    }
}

/// All of the council, in the order in which they were decided; open ones last.
#[boxed]
pub async fn all(tx: &mut CouncilTx) -> Result<Vec<RuleProposal>, StoreError> {
    let rows = rows!(
        tx,
        StatementRow,
        "SELECT attestation_id, content, state, proposed_at, proposed_account, proposed_by, proposed_role, decided_at, \
         decided_account, decided_by, decided_role, note FROM rule_statements WHERE council_id = $1 \
         ORDER BY decided_place IS NULL, decided_place, attestation_id"
    )?;
    rows.into_iter().map(StatementRow::proposal).collect()
}

/// One of them.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: AttestationId) -> Result<Option<RuleProposal>, StoreError> {
    let row = row!(
        tx,
        StatementRow,
        "SELECT attestation_id, content, state, proposed_at, proposed_account, proposed_by, proposed_role, decided_at, \
         decided_account, decided_by, decided_role, note FROM rule_statements WHERE council_id = $1 \
         AND attestation_id = $2",
        id.to_string()
    )?;
    row.map(StatementRow::proposal).transpose()
}

/// Adds one that is open.
///
/// # Errors
/// When the file that it names is not kept.
#[boxed]
pub async fn add(tx: &mut CouncilTx, proposal: &RuleProposal) -> Result<(), StoreError> {
    let RuleProposal { id, statement, state, proposed, .. } = proposal;
    let content = proposal.text().map_err(StoreError::corrupt)?;
    let added = execute!(
        tx,
        "INSERT INTO rule_statements (council_id, attestation_id, ruleset, content, state, file, proposed_at, \
         proposed_account, proposed_by, proposed_role) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.to_string(),
        statement.ruleset.as_str(),
        content,
        state.code(),
        statement.file.as_ref().map(|file| file.sha256.to_string()),
        proposed.at.to_string(),
        proposed.account.to_string(),
        proposed.name.as_str(),
        proposed.role.code(),
    );
    added.map(drop)
}

/// Writes what became of one that was open.
///
/// # Errors
/// [`StoreError::Stale`] when it is not open any more.
#[boxed]
pub async fn decide(tx: &mut CouncilTx, proposal: &RuleProposal) -> Result<(), StoreError> {
    let decided = proposal.decided.as_ref();
    let changed = execute!(
        tx,
        "UPDATE rule_statements SET state = $3, decided_at = $4, decided_account = $5, decided_by = $6, \
         decided_role = $7, note = $8, \
         decided_place = (SELECT COALESCE(MAX(decided_place), 0) + 1 FROM rule_statements WHERE council_id = $1) \
         WHERE council_id = $1 AND attestation_id = $2 AND state = 'open'",
        proposal.id.to_string(),
        proposal.state.code(),
        decided.map(|sign_off| sign_off.at.to_string()),
        decided.map(|sign_off| sign_off.account.to_string()),
        decided.map(|sign_off| sign_off.name.clone()),
        decided.map(|sign_off| sign_off.role.code()),
        proposal.note.as_str(),
    )?;
    one_changed(changed)
}
