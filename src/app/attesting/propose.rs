//! Proposing what the office says of parameters, and deciding on it.

use std::collections::BTreeMap;

use super::published::offered;
use super::{CONFIRMERS, OFFICE};
use crate::facts::attachments::Paper;
use crate::polls::trust;
use crate::rules::attested::{self, latest};
use crate::service::app::{App, Ask};
use crate::service::council_log;
use crate::service::error::{AppError, FieldError};
use crate::service::upload::Received;
use domain::audit::event::council::{RuleDeclined, RuleProposed};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::AttestationId;
use domain::proposal::{ProposalError, ProposalState, SignOff};
use domain::rule_proposal::RuleProposal;
use domain::rules::{
    Confirmed, LoadedRules, Stated, StatedFile, Statement, StatementKind, article as plain, effective,
};
use domain::text::{clean, clean_lines, read_day};
use jiff::civil::Date;
use macros::boxed;
use store::{CouncilTx, logs, rule_statements};

/// Longest text of a field in letters.
const MAX_TEXT: usize = 1_000;
const NO_STATEMENT: AppError = AppError::NotFound("đề xuất này");

/// A statement as a form brings it.
#[derive(Clone, Debug, Default)]
pub struct TypedStatement {
    /// Id of the rule set.
    pub ruleset: String,
    /// Code of the [`StatementKind`].
    pub kind: String,
    /// Keys of the parameters.
    pub keys: Vec<String>,
    /// Empty: each parameter keeps the article that it has.
    pub article: String,
    pub document: String,
    pub page: String,
    pub read_by: String,
    pub read_on: String,
    pub from: String,
    pub reason: String,
    /// Fields of the new value, by the names of [`domain::rules::Leaf`].
    pub value: BTreeMap<String, String>,
}

impl App {
    /// Proposes what is said of parameters.
    ///
    /// # Errors
    /// All fields that are wrong.
    #[boxed]
    pub async fn propose_statement(
        &self,
        ask: Ask<'_>,
        typed: TypedStatement,
        file: Option<Received>,
    ) -> Result<AttestationId, AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let base = attested::carried(&typed.ruleset)?;
        let paper = match file {
            Some(file) => Some(Paper::examine(file).await?),
            None => None,
        };
        let (at, id) = (self.now_text()?, AttestationId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let said = attested::confirmed(tx).await?;
                let file =
                    paper.as_ref().map(|paper| StatedFile { name: paper.name().to_owned(), sha256: paper.sha256() });
                let statement = read(&typed, file, &base, &said)?;
                if let Some(paper) = paper {
                    paper.keep(tx, at, &actor.name).await?;
                }
                write_proposal(tx, id, at, &actor, statement).await
            })
        });
        proposed.await?;
        Ok(id)
    }

    /// Confirms what somebody else proposed: from now on the council goes by it.
    ///
    /// # Errors
    /// When the caller proposed it or is no leader, it was decided before, or the parameters have other values now.
    #[boxed]
    pub async fn confirm_statement(&self, ask: Ask<'_>, id: AttestationId) -> Result<(), AppError> {
        let actor = ask.caller.may(CONFIRMERS)?;
        let at = self.now_text()?;
        let published = self.published().await?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                council_log::hold_steps(tx).await?;
                let proposal = rule_statements::find(tx, id).await?.ok_or(NO_STATEMENT)?;
                let decided = proposal.decide(ProposalState::Confirmed, sign_off(&actor, at)?, String::new())?;
                let both = [Some(decided.proposed.account), actor.account];
                for account in both.into_iter().flatten() {
                    trust::since_under_way(tx, account).await?;
                }
                let said = attested::confirmed(tx).await?;
                still_fits(&decided, &said, &published)?;
                rule_statements::decide(tx, &decided).await?;
                let log = logs::own(tx).await?;
                tx.append(log, at, &actor, &decided.confirmation()).await.map(drop)?;
                Ok(())
            })
        })
        .await
    }

    /// Refuses what somebody else proposed, with the reason.
    ///
    /// # Errors
    /// When the reason is missing, the caller proposed it or is no leader, or it was decided before.
    #[boxed]
    pub async fn refuse_statement(&self, ask: Ask<'_>, id: AttestationId, note: &str) -> Result<(), AppError> {
        let actor = ask.caller.may(CONFIRMERS)?;
        let note = clean(note);
        if note.is_empty() || note.chars().count() > MAX_TEXT {
            let sentence = format!("Hãy ghi lý do không chấp nhận, không dài quá {MAX_TEXT} ký tự.");
            return Err(AppError::field("note", sentence));
        }
        self.decline(ask, id, actor, ProposalState::Refused, note).await
    }

    /// Takes back one's own proposal.
    ///
    /// # Errors
    /// When it is somebody else's, or was decided before.
    #[boxed]
    pub async fn withdraw_statement(&self, ask: Ask<'_>, id: AttestationId) -> Result<(), AppError> {
        let actor = ask.caller.may(OFFICE)?;
        self.decline(ask, id, actor, ProposalState::Withdrawn, String::new()).await
    }

    async fn decline(
        &self,
        ask: Ask<'_>,
        id: AttestationId,
        actor: Actor,
        outcome: ProposalState,
        note: String,
    ) -> Result<(), AppError> {
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                council_log::hold_steps(tx).await?;
                let proposal = rule_statements::find(tx, id).await?.ok_or(NO_STATEMENT)?;
                let decided = proposal.decide(outcome, sign_off(&actor, at)?, note.clone())?;
                rule_statements::decide(tx, &decided).await?;
                let log = logs::own(tx).await?;
                let event = RuleDeclined { attestation: id, note, outcome };
                tx.append(log, at, &actor, &CouncilEvent::from(event)).await.map(drop)?;
                Ok(())
            })
        })
        .await
    }
}

fn sign_off(actor: &Actor, at: UtcTime) -> Result<SignOff, AppError> {
    let account = actor.account.ok_or(AppError::Forbidden)?;
    Ok(SignOff { account, name: actor.name.clone(), role: actor.role, at })
}

pub(super) async fn write_proposal(
    tx: &mut CouncilTx,
    id: AttestationId,
    at: UtcTime,
    actor: &Actor,
    statement: Statement,
) -> Result<(), AppError> {
    council_log::hold_steps(tx).await?;
    let proposed = sign_off(actor, at)?;
    trust::since_under_way(tx, proposed.account).await?;
    let state = ProposalState::Open;
    let proposal = RuleProposal { id, statement, state, proposed, decided: None, note: String::new() };
    rule_statements::add(tx, &proposal).await?;
    let statement_sha256 = proposal.sha256().map_err(|e| AppError::internal("ghi đề xuất", e))?;
    let log = logs::own(tx).await?;
    let event = RuleProposed { attestation: id, statement_sha256 };
    tx.append(log, at, actor, &CouncilEvent::from(event)).await?;
    Ok(())
}

/// The statement that was typed, or everything that is wrong with it.
fn read(
    typed: &TypedStatement,
    file: Option<StatedFile>,
    base: &LoadedRules,
    said: &[Confirmed],
) -> Result<Statement, AppError> {
    let kind = StatementKind::from_code(&typed.kind);
    let kind = kind.ok_or_else(|| AppError::field("kind", "Hãy chọn việc ghi nhận."))?;
    let now = latest(base, said)?.set;
    let (parameters, prints) = (now.parameters(), now.fingerprints());
    let article = clean(&typed.article);
    let mut stated: Vec<Stated> = Vec::new();
    for key in &typed.keys {
        let found = parameters.iter().find(|parameter| parameter.key == *key);
        let (Some(found), Some(sha256)) = (found, prints.get(key)) else {
            return Err(AppError::field("keys", format!("Bộ quy tắc {} không có tham số «{key}».", now.id)));
        };
        if stated.iter().any(|other| other.key == *key) {
            continue;
        }
        let typed_value = |name: &str| typed.value.get(name).map(|text| clean_lines(text)).unwrap_or_default();
        stated.push(Stated {
            article: if article.is_empty() { plain(found.cite) } else { article.clone() },
            basis: None,
            file: None,
            from: None,
            key: key.clone(),
            sha256: *sha256,
            value: if kind.has_value() { now.value_from(key, typed_value) } else { None },
        });
    }
    let statement = Statement {
        document: clean(&typed.document),
        file,
        from: if kind.has_value() { read_day(&typed.from) } else { None },
        kind,
        page: clean(&typed.page),
        parameters: stated,
        read_by: clean(&typed.read_by),
        read_on: if kind == StatementKind::Compared { read_day(&typed.read_on) } else { None },
        reason: clean(&typed.reason),
        ruleset: now.id.clone(),
    };
    let mut wrong: Vec<FieldError> =
        statement.faults().into_iter().map(|(field, sentence)| FieldError { field, sentence }).collect();
    wrong.dedup_by_key(|error| error.field);
    let texts = [
        ("article", &typed.article),
        ("document", &statement.document),
        ("page", &statement.page),
        ("read_by", &statement.read_by),
        ("reason", &statement.reason),
    ];
    let long = texts.into_iter().filter(|(_, text)| text.chars().count() > MAX_TEXT);
    wrong.extend(long.map(|(field, _)| FieldError { field, sentence: format!("Không dài quá {MAX_TEXT} ký tự.") }));
    if !wrong.is_empty() {
        return Err(AppError::Fields { fields: wrong });
    }
    with(base, said, &statement).map_err(|what| AppError::field("value", what))?;
    Ok(statement)
}

/// What would hold with one statement more.
fn with(base: &LoadedRules, said: &[Confirmed], statement: &Statement) -> Result<LoadedRules, String> {
    let one = Confirmed {
        statement: statement.clone(),
        proposed_by: String::new(),
        confirmed_by: String::new(),
        on: Date::MAX,
    };
    let all: Vec<Confirmed> = said.iter().cloned().chain([one]).collect();
    effective(base, &all, Date::MAX).map_err(|e| format!("Giá trị này không dùng được ({}): {}.", e.key, e.what))
}

/// What was proposed speaks of the values that stand now; what is taken over is what is published now.
fn still_fits(proposal: &RuleProposal, said: &[Confirmed], published: &[Confirmed]) -> Result<(), AppError> {
    let statement = &proposal.statement;
    let base = attested::carried(&statement.ruleset)?;
    if statement.kind == StatementKind::Adopted && offered(&base, published, said)?.as_ref() != Some(statement) {
        return Err(ProposalError::Outdated.into());
    }
    let prints = latest(&base, said)?.set.fingerprints();
    if statement.parameters.iter().any(|stated| prints.get(&stated.key) != Some(&stated.sha256)) {
        return Err(ProposalError::Outdated.into());
    }
    with(&base, said, statement).map(drop).map_err(AppError::Input)
}
