//! The list: drawn from roster, rules and decisions, proposed by one, decided by another.

use jiff::civil::Date;

use super::prepared::{PreparedPoll, content, text_of};
use super::{Confirmation, OFFICE};
use crate::Caller;
use crate::polls;
use crate::polls::proposals::{self, Offer};
use crate::service::app::{App, Ask};
use crate::service::drawn;
use crate::service::error::{AppError, FieldError};
use domain::decided::{DecidedList, Decision};
use domain::document::{Frame, officials_list};
use domain::eligibility::findings;
use domain::finding::Finding;
use domain::id::{PollId, ProposalId};
use domain::poll_state::{Refusal, Stage};
use domain::proposal::{Proposal, ProposalKind};
use domain::text::{clean, read_day};
use macros::boxed;
use store::CouncilTx;

/// Longest number of a paper, in characters.
const MAX_NUMBER: usize = 60;

/// A decision as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedDecision {
    /// Its number.
    pub number: String,
    /// Its day.
    pub day: String,
}

impl TypedDecision {
    /// The decision, or what is wrong with it.
    pub(crate) fn read(&self) -> Result<Decision, AppError> {
        let mut wrong = Vec::new();
        let number = clean(&self.number);
        if number.is_empty() || number.chars().count() > MAX_NUMBER {
            let sentence = "Hãy ghi số, ký hiệu của văn bản, ví dụ «31/NQ-HĐND».".to_owned();
            wrong.push(FieldError { field: "number", sentence });
        }
        let day: Option<Date> = read_day(&self.day);
        if day.is_none() {
            let sentence = "Hãy ghi ngày của văn bản, ví dụ 05/12/2028.".to_owned();
            wrong.push(FieldError { field: "day", sentence });
        }
        match day {
            Some(day) if wrong.is_empty() => Ok(Decision { day, number }),
            _ => Err(AppError::Fields { fields: wrong }),
        }
    }
}

/// The list of a poll.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// Name of the sitting.
    pub sitting: String,
    /// The list that was decided, or, before that, the one that would be; its decision then says nothing.
    pub list: DecidedList,
    /// Whether it was decided.
    pub is_decided: bool,
    /// What the office must know of it.
    pub findings: Vec<Finding>,
    /// The proposal that waits.
    pub open: Option<ProposalId>,
}

/// A paper to look at.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Name of the file.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The decision of a list that nobody has decided yet.
pub(crate) fn undecided() -> Decision {
    Decision { day: Date::default(), number: String::new() }
}

impl App {
    /// The list of a poll, decided or as it would be.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn list_page(&self, caller: &Caller, poll: PollId) -> Result<ListPage, AppError> {
        caller.may(OFFICE)?;
        let prepared = PreparedPoll::load(&mut self.store.read(caller.council).await?, poll).await?;
        let now = prepared.list_now(undecided());
        let decided = prepared.decided_list()?;
        let book = &prepared.poll_book.book;
        let findings = match &decided {
            Some(list) => list.difference(&now).into_iter().collect(),
            None if book.officials.is_empty() => Vec::new(),
            None => findings(book, &prepared.standings),
        };
        Ok(ListPage {
            sitting: book.council.sitting.name.clone(),
            is_decided: decided.is_some(),
            list: decided.unwrap_or(now),
            findings,
            open: prepared.open(ProposalKind::ListDecided, "").map(|proposal| proposal.id),
        })
    }

    /// The list as the paper that goes before the council.
    ///
    /// # Errors
    /// When there is no such poll, or a character cannot be printed.
    #[boxed]
    pub async fn list_paper(&self, caller: &Caller, poll: PollId) -> Result<Paper, AppError> {
        caller.may(OFFICE)?;
        let prepared = PreparedPoll::load(&mut self.store.read(caller.council).await?, poll).await?;
        let date = prepared.poll_book.book.council.sitting.votes_on;
        let frame = Frame { occasion: prepared.poll_book.occasion(), date, foot: None };
        let paper = drawn::document(&officials_list(&prepared.poll_book.book, &prepared.standings, &frame));
        let paper = paper.map_err(|e| AppError::Input(e.to_string()))?;
        Ok(Paper { name: "danh-sach.pdf".to_owned(), bytes: paper.bytes })
    }

    /// Proposes the list, by the decision that was typed.
    ///
    /// # Errors
    /// When a field is wrong, nobody is on it, it is decided, or one is proposed already.
    #[boxed]
    pub async fn propose_list(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        typed: &TypedDecision,
    ) -> Result<ProposalId, AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let decision = typed.read()?;
        let (at, id) = (self.now_text()?, ProposalId::new(self.clock.now(), &self.chance.for_id()?));
        let proposed = self.write_once(ask, move |tx| {
            Box::pin(async move {
                let content = text_of(&ready(&PreparedPoll::load(tx, poll).await?, decision)?)?;
                let offer = Offer { poll, kind: ProposalKind::ListDecided, about: String::new(), content };
                proposals::propose(tx, id, at, &actor, offer).await.map(drop)
            })
        });
        proposed.await?;
        Ok(id)
    }
}

/// The list that may be decided now.
fn ready(prepared: &PreparedPoll, decision: Decision) -> Result<DecidedList, AppError> {
    if prepared.stage() != Stage::Created {
        return Err(Refusal::NotNow { doing: "chốt danh sách", stage: prepared.stage() }.into());
    }
    let list = prepared.list_now(decision);
    if list.officials.is_empty() { Err(Refusal::List.into()) } else { Ok(list) }
}

/// What confirming the proposal would decide now.
pub(crate) async fn content_now(tx: &mut CouncilTx, proposal: &Proposal) -> Result<String, AppError> {
    let proposed: DecidedList = content(&proposal.content)?;
    text_of(&ready(&PreparedPoll::load(tx, proposal.poll).await?, proposed.decision)?)
}

/// Takes the step that was confirmed.
pub(crate) async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    let list: DecidedList = content(&proposal.content)?;
    let (officials, resolution) = (list.listed(), list.decision.text());
    let decide = |state: domain::poll_state::PollState| state.decide_list(officials, resolution);
    polls::take_step(tx, proposal.poll, (step.at, &step.actor), &step.keys, decide).await.map(drop)
}
