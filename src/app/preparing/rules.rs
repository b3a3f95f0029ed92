//! The rules that a poll goes by: as they were when it began, until two people take over what the office attested since.

use super::poll_book::PollBook;
use super::prepared::{content, text_of};
use super::{Confirmation, NO_POLL, OFFICE};
use crate::polls;
use crate::polls::proposals::{self, Offer};
use crate::rules::attested;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::audit::Actor;
use domain::decided::{DecidedRules, RuleDifference};
use domain::id::{PollId, ProposalId};
use domain::poll_state::{Pair, PollState, Refusal};
use domain::proposal::{Proposal, ProposalKind, SignOff};
use domain::rules::{LoadedRules, RuleSet};
use macros::boxed;
use store::CouncilTx;

impl App {
    /// Proposes that the poll goes by the rules that the council goes by now.
    ///
    /// # Errors
    /// When it does already, its forms are sealed, or one is proposed already.
    #[boxed]
    pub async fn propose_rules(&self, ask: Ask<'_>, poll: PollId) -> Result<ProposalId, AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let content = text_of(&offered(tx, poll).await?.0)?;
                let offer = Offer { poll, kind: ProposalKind::RulesFrozen, about: String::new(), content };
                proposals::propose(tx, id, at, &actor, offer).await.map(drop)
            })
        });
        proposed.await?;
        Ok(id)
    }
}

/// What the poll would go by now.
async fn offered(tx: &mut CouncilTx, poll: PollId) -> Result<(DecidedRules, LoadedRules), AppError> {
    let book = PollBook::load(tx, poll, Vec::new()).await?;
    let state = store::polls::find(tx, poll).await?.ok_or(NO_POLL)?.state;
    if state.stage().is_sealed() {
        return Err(Refusal::NotNow { doing: "thay bộ quy tắc", stage: state.stage() }.into());
    }
    let council = &book.plan.council;
    let base = attested::carried(&council.ruleset)?;
    let mut now = attested::on(tx, &base, council.sitting.votes_on).await?;
    // What the board chose stays chosen.
    if let Some(rule) = book.rules.bad_line.as_ref().filter(|rule| rule.value.is_chosen) {
        now = now.chosen(rule.value.costs).map_err(attested::refused)?;
    }
    if now.source.sha256 == state.poll().created.ruleset_sha256 {
        return Err(AppError::Input("Đợt này đang dùng đúng bộ quy tắc đó; không có gì để thay.".to_owned()));
    }
    let open = now.set.unattested(book.plan.kind, council.kind, council.sitting.votes_on).len();
    let decided = DecidedRules {
        differences: differences(&book.rules, &now.set),
        open: u32::try_from(open).unwrap_or(u32::MAX),
        ruleset: now.set.id.clone(),
        ruleset_sha256: now.source.sha256,
    };
    Ok((decided, now))
}

/// Parameters that say something else, or of which something else was said.
fn differences(before: &RuleSet, after: &RuleSet) -> Vec<RuleDifference> {
    let words = |rules: &RuleSet, key: &str| {
        let found = rules.parameters().into_iter().find(|parameter| parameter.key == key);
        let state = rules.attestation(key).map_or("chưa đối chiếu", |said| said.kind.label());
        found.map(|p| format!("{} ({}) [{state}]", p.value, p.cite)).unwrap_or_default()
    };
    let difference = |parameter: domain::rules::Parameter<'_>| {
        let (old, new) = (words(before, &parameter.key), words(after, &parameter.key));
        (old != new).then(|| RuleDifference { after: new, before: old, what: parameter.what.clone() })
    };
    after.parameters().into_iter().filter_map(difference).collect()
}

/// What confirming the proposal would freeze now.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal) -> Result<String, AppError> {
    text_of(&offered(tx, proposal.poll).await?.0)
}

/// Takes the step that was confirmed.
pub(crate) async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    let decided: DecidedRules = content(&proposal.content)?;
    let (_, rules) = offered(tx, proposal.poll).await?;
    let SignOff { account, name, role, .. } = proposal.proposed.clone();
    let pair = Pair::new(Actor { account: Some(account), name, role }, step.actor.clone());
    let freeze = |state: PollState| state.freeze_rules(decided.ruleset_sha256, pair);
    polls::take_step(tx, proposal.poll, (step.at, &step.actor), &step.keys, freeze).await?;
    Ok(store::polls::freeze_rules(tx, proposal.poll, rules.source.text).await?)
}
