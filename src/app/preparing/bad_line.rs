//! What a line that is marked wrongly costs, where the text can be read two ways: the board of tellers chooses before the
//! forms are sealed, once for the whole vote. The rules that the poll froze then say so, and the minutes print it.

use super::poll_book::PollBook;
use super::prepared::{content, text_of};
use super::{Confirmation, NO_POLL};
use crate::Caller;
use crate::polls::proposals::{self, Offer};
use crate::polls::{self, FOLLOWERS};
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::audit::Actor;
use domain::decided::DecidedBadLine;
use domain::id::{PollId, ProposalId};
use domain::poll_state::{Pair, PollState, Refusal};
use domain::proposal::{Proposal, ProposalKind, ProposalState, SignOff};
use domain::rules::{BadLineCosts, LoadedRules, RuleText};
use domain::text::clean;
use macros::boxed;
use store::{CouncilTx, preparation};

/// Longest text of the decision in letters.
const MAX_TEXT: usize = 500;

/// The choice as a form brings it.
#[derive(Clone, Debug, Default)]
pub struct TypedChoice {
    /// Code of [`BadLineCosts`].
    pub costs: String,
    /// Where the board's decision is written down.
    pub decision: String,
}

/// The page of the choice.
#[derive(Clone, Debug)]
pub struct BadLinePage {
    /// Name of the sitting.
    pub sitting: String,
    /// Article and remark of the rule.
    pub cite: String,
    pub note: String,
    /// What was chosen; `None` while nothing is.
    pub chosen: Option<BadLineCosts>,
    /// Why nothing can be chosen now.
    pub obstacle: Option<String>,
    /// The proposal that waits.
    pub open: Option<ProposalId>,
}

impl App {
    /// The page of the choice.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not follow its day.
    #[boxed]
    pub async fn bad_line_page(&self, caller: &Caller, poll: PollId) -> Result<BadLinePage, AppError> {
        caller.may(FOLLOWERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let book = PollBook::load(&mut tx, poll, Vec::new()).await?;
        let rule = book.rules.bad_line.as_ref();
        let waits = |p: &Proposal| p.kind == ProposalKind::BadLineChosen && p.state == ProposalState::Open;
        let open = preparation::proposals(&mut tx, poll).await?.into_iter().find(waits).map(|proposal| proposal.id);
        let obstacle = match offered(&mut tx, poll, BadLineCosts::Line, "").await {
            Ok(_) => None,
            Err(problem @ AppError::Input(_)) => Some(problem.to_string()),
            Err(problem) => return Err(problem),
        };
        Ok(BadLinePage {
            sitting: book.plan.council.sitting.name.clone(),
            cite: rule.map(|rule| rule.cite.clone()).unwrap_or_default(),
            note: rule.and_then(|rule| rule.note.clone()).unwrap_or_default(),
            chosen: rule.filter(|rule| rule.value.is_chosen).map(|rule| rule.value.costs),
            obstacle,
            open,
        })
    }

    /// Proposes what the board chose.
    ///
    /// # Errors
    /// All fields that are wrong; when the text leaves no choice, it is made already, there is no board, or the forms are
    /// sealed.
    #[boxed]
    pub async fn propose_bad_line(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        typed: TypedChoice,
    ) -> Result<ProposalId, AppError> {
        ask.caller.may(FOLLOWERS)?;
        let (caller, (costs, decision)) = (ask.caller.clone(), read(&typed)?);
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let stored = store::polls::find(tx, poll).await?.ok_or(NO_POLL)?;
                let actor = polls::actor_in(&caller, stored.state.poll(), FOLLOWERS)?;
                let content = text_of(&offered(tx, poll, costs, &decision).await?.0)?;
                let offer = Offer { poll, kind: ProposalKind::BadLineChosen, about: String::new(), content };
                proposals::propose(tx, id, at, &actor, offer).await.map(drop)
            })
        });
        proposed.await?;
        Ok(id)
    }
}

fn read(typed: &TypedChoice) -> Result<(BadLineCosts, String), AppError> {
    let costs = BadLineCosts::ALL.into_iter().find(|costs| costs.code() == typed.costs);
    let decision = clean(&typed.decision);
    let is_told = !decision.is_empty() && decision.chars().count() <= MAX_TEXT;
    let mut wrong = Vec::new();
    if costs.is_none() {
        wrong.push(FieldError { field: "costs", sentence: "Hãy chọn một trong hai cách tính.".to_owned() });
    }
    if !is_told {
        let sentence = format!("Hãy ghi biên bản họp Ban kiểm phiếu đã quyết định, không dài quá {MAX_TEXT} ký tự.");
        wrong.push(FieldError { field: "decision", sentence });
    }
    match costs {
        Some(costs) if wrong.is_empty() => Ok((costs, decision)),
        _ => Err(AppError::Fields { fields: wrong }),
    }
}

/// What the poll would go by with this choice.
async fn offered(
    tx: &mut CouncilTx,
    poll: PollId,
    costs: BadLineCosts,
    decision: &str,
) -> Result<(DecidedBadLine, LoadedRules), AppError> {
    let text = store::polls::ruleset_text(tx, poll).await?.ok_or(NO_POLL)?;
    let state = store::polls::find(tx, poll).await?.ok_or(NO_POLL)?.state;
    let ruleset = &state.poll().created.ruleset;
    let set = polls::rules_of(tx, poll).await?;
    if set.bad_line.as_ref().is_some_and(|rule| rule.value.is_chosen) {
        let sentence = "Ban kiểm phiếu đã chọn cách tính dòng ghi sai; mỗi cuộc chỉ chọn một lần.";
        return Err(AppError::Input(sentence.to_owned()));
    }
    if !set.awaits_choice() {
        let sentence = "Bộ quy tắc của cuộc này chỉ có một cách tính dòng ghi sai; Ban kiểm phiếu không phải chọn.";
        return Err(AppError::Input(sentence.to_owned()));
    }
    match &state {
        PollState::Listed(_, _, board) if !board.is_empty() => {}
        PollState::Created(_) | PollState::Listed(..) => return Err(Refusal::NoBoard.into()),
        other => return Err(Refusal::NotNow { doing: "chọn cách tính dòng ghi sai", stage: other.stage() }.into()),
    }
    let frozen = LoadedRules { set: (*set).clone(), source: RuleText::new(format!("{ruleset}.toml"), text) };
    let chosen = frozen.chosen(costs).map_err(|e| AppError::Input(e.to_string()))?;
    let decided = DecidedBadLine {
        bad_line: costs,
        decision: decision.to_owned(),
        ruleset: ruleset.clone(),
        ruleset_sha256: chosen.source.sha256,
    };
    Ok((decided, chosen))
}

/// What confirming the proposal would freeze now.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal) -> Result<String, AppError> {
    let decided: DecidedBadLine = content(&proposal.content)?;
    text_of(&offered(tx, proposal.poll, decided.bad_line, &decided.decision).await?.0)
}

/// Takes the step that was confirmed.
pub(crate) async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    let decided: DecidedBadLine = content(&proposal.content)?;
    let (_, rules) = offered(tx, proposal.poll, decided.bad_line, &decided.decision).await?;
    let SignOff { account, name, role, .. } = proposal.proposed.clone();
    let pair = Pair::new(Actor { account: Some(account), name, role }, step.actor.clone());
    let choose = |state: PollState| state.choose_bad_line(decided.bad_line, decided.ruleset_sha256, pair);
    polls::take_step(tx, proposal.poll, (step.at, &step.actor), &step.keys, choose).await?;
    Ok(store::polls::freeze_rules(tx, proposal.poll, rules.source.text).await?)
}
