//! What one person proposes to say of a rule set and another confirms.

use super::audit::canonical::{ReadError, to_text};
use super::audit::event::council::{RuleAccepted, RuleAdopted, RuleAttested, RuleChanged};
use super::audit::{Actor, CouncilEvent, Digest};
use super::id::AttestationId;
use super::proposal::{ProposalError, ProposalState, SignOff};
use super::rules::{Confirmed, Statement, StatementKind};

/// A statement with its two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProposal {
    pub id: AttestationId,
    pub statement: Statement,
    pub state: ProposalState,
    pub proposed: SignOff,
    pub decided: Option<SignOff>,
    /// Why it was refused, where somebody said so.
    pub note: String,
}

impl RuleProposal {
    /// The text that both people see.
    ///
    /// # Errors
    /// When it has no canonical text.
    pub fn text(&self) -> Result<String, ReadError> {
        to_text(&self.statement)
    }

    /// SHA-256 of that text.
    ///
    /// # Errors
    /// When it has no canonical text.
    pub fn sha256(&self) -> Result<Digest, ReadError> {
        Ok(Digest::of(self.text()?.as_bytes()))
    }

    /// Takes a decision: another person confirms or refuses, the same person withdraws.
    ///
    /// # Errors
    /// When it was decided before, or by the wrong person.
    pub fn decide(self, to: ProposalState, by: SignOff, note: String) -> Result<Self, ProposalError> {
        if self.state != ProposalState::Open {
            return Err(ProposalError::Decided(self.state));
        }
        let is_own = self.proposed.account == by.account;
        match to {
            ProposalState::Confirmed | ProposalState::Refused if is_own => Err(ProposalError::Own),
            ProposalState::Withdrawn if !is_own => Err(ProposalError::NotOwn),
            ProposalState::Open => Err(ProposalError::Decided(ProposalState::Open)),
            ProposalState::Confirmed | ProposalState::Refused | ProposalState::Withdrawn => {
                Ok(Self { state: to, decided: Some(by), note, ..self })
            }
        }
    }

    /// The entry of the council's log that says what was confirmed.
    pub fn confirmation(&self) -> CouncilEvent {
        let SignOff { account, name, role, .. } = self.proposed.clone();
        let proposed_by = Actor { account: Some(account), name, role };
        let (attestation, statement) = (self.id, self.statement.clone());
        match statement.kind {
            StatementKind::Compared => RuleAttested { attestation, proposed_by, statement }.into(),
            StatementKind::Changed | StatementKind::Filled => {
                RuleChanged { attestation, proposed_by, statement }.into()
            }
            StatementKind::Accepted => RuleAccepted { attestation, proposed_by, statement }.into(),
            StatementKind::Adopted => RuleAdopted { attestation, proposed_by, statement }.into(),
        }
    }

    /// What two people stand for; `None` while they do not.
    pub fn confirmed(&self) -> Option<Confirmed> {
        let decided = self.decided.as_ref().filter(|_| self.state == ProposalState::Confirmed)?;
        Some(Confirmed {
            statement: self.statement.clone(),
            proposed_by: self.proposed.name.clone(),
            confirmed_by: decided.name.clone(),
            on: decided.at.day_in_vietnam(),
        })
    }
}
