//! The page of the rules that a council goes by: each parameter, what it decides, and what the office said of it.

use super::published::offered;
use super::said::said_words;
use super::{CONFIRMERS, OFFICE};
use crate::rules::attested::{self, latest};
use crate::rules::sets;
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::error::AppError;
use domain::id::{AttestationId, PollId};
use domain::poll::PollKind;
use domain::preparation::{Part, Plan};
use domain::proposal::{ProposalError, ProposalState};
use domain::rule_proposal::RuleProposal;
use domain::rules::{Attestation, Leaf, LoadedRules, RuleSet, StatementKind, effective};
use jiff::civil::Date;
use macros::boxed;
use store::{CouncilTx, polls, preparation, rule_statements};

const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// What the address of the page asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Id of the rule set; empty: the one of the poll, or the first of the council's side.
    pub ruleset: String,
    /// Only what decides in this poll.
    pub poll: Option<PollId>,
    /// Only what nobody has said anything of.
    pub open_only: bool,
}

/// One parameter.
#[derive(Clone, Debug)]
pub struct RuleLine {
    pub key: String,
    /// What it is, in words.
    pub what: String,
    /// What it says, in words.
    pub value: String,
    pub cite: String,
    /// How well the program's authors read it.
    pub mark: &'static str,
    pub note: String,
    pub decides: &'static str,
    /// In which votes it decides.
    pub scope: String,
    /// What the office said last; `None` when it said nothing.
    pub said: Option<Attestation>,
    /// A proposal about it that waits.
    pub waiting: Option<AttestationId>,
}

impl RuleLine {
    /// `đã đối chiếu với văn bản gốc`; `chưa đối chiếu`.
    pub fn state(&self) -> &'static str {
        self.said.as_ref().map_or("chưa đối chiếu", |said| said.kind.label())
    }

    /// Who said it: document, page, day, people.
    pub fn by(&self) -> String {
        self.said.as_ref().map(said_words).unwrap_or_default()
    }
}

/// The poll that the page is filtered by.
#[derive(Clone, Debug)]
pub struct RulesOfPoll {
    pub poll: PollId,
    pub sitting: String,
    /// The poll's own set is not what the council goes by now: it can still be taken over.
    pub is_behind: bool,
    /// Forms are sealed: nothing is taken over any more.
    pub is_sealed: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct RulesPage {
    /// Id, short and full name of the set.
    pub ruleset: (String, String, String),
    /// SHA-256 of the set that the council goes by, as hex digits.
    pub sha256: String,
    /// All sets: id and short name.
    pub sets: Vec<(String, String)>,
    pub poll: Option<RulesOfPoll>,
    pub lines: Vec<RuleLine>,
    /// Parameters of the choice, and those among them of which nothing was said.
    pub counts: (usize, usize),
    pub open_only: bool,
    /// How many parameters the council could take over of what the installation published.
    pub published: usize,
    /// Whether this is the installation, which publishes to its councils.
    pub is_installation: bool,
    /// Proposals that wait: id, what, who, when.
    pub waiting: Vec<(AttestationId, String, String, String)>,
}

/// What is to be said of some parameters: the form.
#[derive(Clone, Debug)]
pub struct StatementForm {
    pub ruleset: (String, String),
    pub lines: Vec<RuleLine>,
    /// Fields of the value, where it is one parameter.
    pub leaves: Vec<Leaf>,
}

/// A parameter before and after a statement.
#[derive(Clone, Debug)]
pub struct Change {
    pub what: String,
    pub decides: &'static str,
    pub before: (String, String, String),
    pub after: (String, String, String),
    /// What the overseer said of it, and the file that proved it there; only where it is taken over.
    pub basis: Option<String>,
    pub file: Option<domain::audit::Digest>,
}

/// A proposal as its page shows it.
#[derive(Clone, Debug)]
pub struct StatementPage {
    pub proposal: RuleProposal,
    /// Short name of the set.
    pub ruleset: String,
    pub changes: Vec<Change>,
    pub may_decide: bool,
    pub may_withdraw: bool,
    /// Why it cannot be confirmed as things are now.
    pub obstacle: Option<String>,
    /// When it was proposed and decided, as pages write it.
    pub proposed_at: String,
    pub decided_at: String,
}

fn line(rules: &RuleSet, key: &str, waiting: &[RuleProposal]) -> Option<RuleLine> {
    let parameter = rules.parameters().into_iter().find(|parameter| parameter.key == key)?;
    let about = |proposal: &&RuleProposal| {
        let statement = &proposal.statement;
        statement.ruleset == rules.id && statement.parameters.iter().any(|stated| stated.key == key)
    };
    Some(RuleLine {
        what: parameter.what.clone(),
        value: parameter.value.clone(),
        cite: parameter.cite.to_owned(),
        mark: parameter.attested.label(),
        note: parameter.note.unwrap_or_default().to_owned(),
        decides: parameter.decides.label(),
        scope: parameter.scope_words(),
        said: rules.attestation(key).cloned(),
        waiting: waiting.iter().find(about).map(|proposal| proposal.id),
        key: parameter.key,
    })
}

/// The plan of a poll: its kind, body and day.
async fn plan(tx: &mut CouncilTx, poll: PollId) -> Result<Plan, AppError> {
    let stored = preparation::part(tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
    serde_json::from_str(&stored.content).map_err(|e| AppError::internal("đọc phần chuẩn bị", e))
}

/// The rule set that the page is about, as the program carries it, with the poll's plan where there is one.
async fn chosen(tx: &mut CouncilTx, wanted: &Wanted) -> Result<(LoadedRules, Option<Plan>), AppError> {
    let plan = match wanted.poll {
        Some(poll) => Some(plan(tx, poll).await?),
        None => None,
    };
    let id = match &plan {
        Some(plan) => plan.council.ruleset.clone(),
        None if wanted.ruleset.is_empty() => {
            let is_party = attested::own_kind(tx).await? == Some(domain::council::CouncilKind::PartyCommittee);
            let side = if is_party { domain::rules::Side::Party } else { domain::rules::Side::State };
            let all = sets::available(None)?;
            all.iter().find(|rules| rules.set.side == side).map(|rules| rules.set.id.clone()).unwrap_or_default()
        }
        None => wanted.ruleset.clone(),
    };
    Ok((attested::carried(&id)?, plan))
}

impl App {
    /// The rules of the caller's council.
    ///
    /// # Errors
    /// When there is no such set or poll.
    #[boxed]
    pub async fn rules_page(&self, caller: &Caller, wanted: &Wanted) -> Result<RulesPage, AppError> {
        caller.may(OFFICE)?;
        let is_installation = caller.council.is_installation();
        let published = if is_installation { Vec::new() } else { self.published().await? };
        let mut tx = self.store.read(caller.council).await?;
        let (base, plan) = chosen(&mut tx, wanted).await?;
        let proposals = rule_statements::all(&mut tx).await?;
        let said: Vec<_> = proposals.iter().filter_map(RuleProposal::confirmed).collect();
        let open: Vec<RuleProposal> = proposals.into_iter().filter(|p| p.state == ProposalState::Open).collect();
        let now = match &plan {
            Some(plan) => effective(&base, &said, plan.council.sitting.votes_on).map_err(attested::refused)?,
            None => latest(&base, &said)?,
        };
        let decides =
            |kind: PollKind, body, day: Date| move |p: &domain::rules::Parameter<'_>| p.decides_in(kind, body, day);
        let keys: Vec<String> = match &plan {
            Some(plan) => {
                let of_poll = decides(plan.kind, plan.council.kind, plan.council.sitting.votes_on);
                now.set.parameters().into_iter().filter(of_poll).map(|p| p.key).collect()
            }
            None => now.set.parameters().into_iter().map(|p| p.key).collect(),
        };
        let mut lines: Vec<RuleLine> = keys.iter().filter_map(|key| line(&now.set, key, &open)).collect();
        let counts = (lines.len(), lines.iter().filter(|line| line.said.is_none()).count());
        lines.retain(|line| !wanted.open_only || line.said.is_none());
        let poll = match (wanted.poll, plan) {
            (Some(poll), Some(plan)) => Some(of_poll(&mut tx, poll, plan, &now).await?),
            _ => None,
        };
        let waiting = open.iter().filter(|p| p.statement.ruleset == now.set.id);
        let told = |p: &RuleProposal| {
            let what = format!("{}: {} tham số", p.statement.kind.label(), p.statement.parameters.len());
            (p.id, what, p.proposed.name.clone(), in_vietnam(p.proposed.at))
        };
        Ok(RulesPage {
            ruleset: (now.set.id.clone(), now.set.short.clone(), now.set.title.clone()),
            sha256: now.source.sha256.to_string(),
            sets: sets::available(None)?.into_iter().map(|rules| (rules.set.id, rules.set.short)).collect(),
            poll,
            lines,
            counts,
            open_only: wanted.open_only,
            published: offered(&base, &published, &said)?.map_or(0, |statement| statement.parameters.len()),
            is_installation,
            waiting: waiting.map(told).collect(),
        })
    }

    /// The form in which something is said of these parameters of a set.
    ///
    /// # Errors
    /// When there is no such set.
    #[boxed]
    pub async fn statement_form(
        &self,
        caller: &Caller,
        ruleset: &str,
        keys: &[String],
    ) -> Result<StatementForm, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let base = chosen(&mut tx, &Wanted { ruleset: ruleset.to_owned(), ..Wanted::default() }).await?.0;
        let now = latest(&base, &attested::confirmed(&mut tx).await?)?.set;
        let lines: Vec<RuleLine> = keys.iter().filter_map(|key| line(&now, key, &[])).collect();
        let leaves = match lines.as_slice() {
            [one] => now.leaves(&one.key),
            _ => Vec::new(),
        };
        Ok(StatementForm { ruleset: (now.id.clone(), now.short.clone()), lines, leaves })
    }

    /// One proposal, with each parameter before and after it.
    ///
    /// # Errors
    /// When there is none.
    #[boxed]
    pub async fn statement(&self, caller: &Caller, id: AttestationId) -> Result<StatementPage, AppError> {
        caller.may(OFFICE)?;
        let published = self.published().await?;
        let mut tx = self.store.read(caller.council).await?;
        let proposal = rule_statements::find(&mut tx, id).await?.ok_or(AppError::NotFound("đề xuất này"))?;
        let base = attested::carried(&proposal.statement.ruleset)?;
        let is_open = proposal.state == ProposalState::Open;
        // What was decided is shown as it was then: against what was confirmed before it.
        let all = rule_statements::all(&mut tx).await?;
        let before: Vec<_> =
            all.iter().take_while(|other| other.id != id).filter_map(RuleProposal::confirmed).collect();
        let (changes, mut obstacle) = changes(&base, &before, &proposal)?;
        let statement = &proposal.statement;
        if is_open
            && statement.kind == StatementKind::Adopted
            && offered(&base, &published, &before)?.as_ref() != Some(statement)
        {
            obstacle = Some(ProposalError::Outdated.to_string());
        }
        let is_own = proposal.proposed.account == caller.account.id;
        Ok(StatementPage {
            ruleset: base.set.short.clone(),
            changes,
            may_decide: is_open && !is_own && caller.may(CONFIRMERS).is_ok(),
            may_withdraw: is_open && is_own,
            obstacle: obstacle.filter(|_| is_open),
            proposed_at: in_vietnam(proposal.proposed.at),
            decided_at: proposal.decided.as_ref().map(|by| in_vietnam(by.at)).unwrap_or_default(),
            proposal,
        })
    }
}

async fn of_poll(tx: &mut CouncilTx, poll: PollId, plan: Plan, now: &LoadedRules) -> Result<RulesOfPoll, AppError> {
    let state = polls::find(tx, poll).await?.ok_or(NO_POLL)?.state;
    let frozen = state.poll().created.ruleset_sha256;
    Ok(RulesOfPoll {
        poll,
        sitting: plan.council.sitting.name,
        is_behind: frozen != now.source.sha256,
        is_sealed: state.stage().is_sealed(),
    })
}

type Changes = (Vec<Change>, Option<String>);

fn changes(
    base: &LoadedRules,
    before: &[domain::rules::Confirmed],
    proposal: &RuleProposal,
) -> Result<Changes, AppError> {
    let statement = &proposal.statement;
    let old = latest(base, before)?.set;
    let one = domain::rules::Confirmed {
        statement: statement.clone(),
        proposed_by: proposal.proposed.name.clone(),
        confirmed_by: String::new(),
        on: Date::MAX,
    };
    let all: Vec<_> = before.iter().cloned().chain([one]).collect();
    let (new, mut obstacle) = match effective(base, &all, Date::MAX) {
        Ok(new) => (new.set, None),
        Err(error) => (old.clone(), Some(attested::refused(error).to_string())),
    };
    let prints = old.fingerprints();
    if statement.parameters.iter().any(|stated| prints.get(&stated.key) != Some(&stated.sha256)) {
        obstacle = Some(ProposalError::Outdated.to_string());
    }
    let words = |rules: &RuleSet, key: &str| {
        let found = rules.parameters().into_iter().find(|parameter| parameter.key == key);
        let state = rules.attestation(key).map_or("chưa đối chiếu", |said| said.kind.label());
        found.map(|p| (p.what.clone(), p.decides.label(), (p.value.clone(), p.cite.to_owned(), state.to_owned())))
    };
    let change = |stated: &domain::rules::Stated| {
        let (what, decides, before) = words(&old, &stated.key)?;
        let (_, _, after) = words(&new, &stated.key)?;
        Some(Change { what, decides, before, after, basis: stated.basis.clone(), file: stated.file })
    };
    Ok((statement.parameters.iter().filter_map(change).collect(), obstacle))
}
