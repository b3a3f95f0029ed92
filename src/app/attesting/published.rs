//! What the overseer's installation published.
//!
//! The installation's own log holds what two of its operators say of rule sets; what they compared or changed is published
//! by that. What they only accepted, or filled in from rules of their own, speaks for nobody else.

use super::said::said_words;
use crate::rules::attested::{self, latest};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::id::CouncilId;
use domain::rules::{Attestation, Confirmed, LoadedRules, RuleSet, Stated, Statement, StatementKind, article};

impl App {
    /// What two operators of the installation stand for, in the order of confirmation.
    pub(super) async fn published(&self) -> Result<Vec<Confirmed>, AppError> {
        let mut tx = self.store.read(CouncilId::INSTALLATION).await?;
        Ok(attested::confirmed(&mut tx).await?)
    }
}

/// What a council that said `own` would take over of what is `published`; `None` when it has all of it.
pub(super) fn offered(
    base: &LoadedRules,
    published: &[Confirmed],
    own: &[Confirmed],
) -> Result<Option<Statement>, AppError> {
    let (theirs, ours) = (latest(base, published)?, latest(base, own)?.set);
    let (their_prints, our_prints) = (theirs.set.fingerprints(), ours.fingerprints());
    let mut parameters = Vec::new();
    for said in &theirs.set.attestations {
        let (Some(their), Some(our)) = (their_prints.get(&said.key), our_prints.get(&said.key)) else { continue };
        if !speaks_for_others(said) || has(&ours, said, their == our) {
            continue;
        }
        let cite = theirs.set.parameters().into_iter().find(|p| p.key == said.key).map(|p| article(p.cite));
        parameters.push(Stated {
            article: cite.unwrap_or_default(),
            basis: Some(said_words(said)),
            file: said.file,
            from: said.from,
            key: said.key.clone(),
            sha256: *our,
            value: if their == our { None } else { theirs.set.value_text(&said.key) },
        });
    }
    if parameters.is_empty() {
        return Ok(None);
    }
    // A whole hash does not fit a cell; these digits tell one set from another.
    let digits: String = theirs.source.sha256.to_string().chars().take(16).collect();
    Ok(Some(Statement {
        document: format!("Bộ đối chiếu do cấp trên công bố (SHA-256 {digits}…)"),
        file: None,
        from: None,
        kind: StatementKind::Adopted,
        page: String::new(),
        parameters,
        read_by: String::new(),
        read_on: None,
        reason: String::new(),
        ruleset: base.set.id.clone(),
    }))
}

const fn speaks_for_others(said: &Attestation) -> bool {
    matches!(said.kind, StatementKind::Compared | StatementKind::Changed)
}

/// Whether the council has it already, or said something of its own, which stays.
fn has(ours: &RuleSet, said: &Attestation, is_same_value: bool) -> bool {
    match ours.attestation(&said.key) {
        None => false,
        Some(own) => match own.kind {
            StatementKind::Accepted => false,
            StatementKind::Adopted => is_same_value && own.reason == said_words(said),
            StatementKind::Compared | StatementKind::Changed | StatementKind::Filled => true,
        },
    }
}
