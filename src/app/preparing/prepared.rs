//! All that a decision on a poll looks at, loaded at once.

use super::NO_POLL;
use crate::preparing::poll_book::PollBook;
use crate::service::error::AppError;
use domain::audit::canonical::to_text;
use domain::decided::{DecidedList, Decision, EligibilityOverride};
use domain::eligibility::{self, Override, Standing};
use domain::finding::Finding;
use domain::id::{LogId, OfficialId, PollId};
use domain::official::OfficialNo;
use domain::poll_state::{PollState, Stage};
use domain::preparation::{Named, Part};
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::readiness::readiness;
use store::{CouncilTx, polls, preparation};

/// A poll with its book, its verdicts and its proposals.
#[derive(Debug)]
pub(crate) struct PreparedPoll {
    /// Book, plan, rules.
    pub poll_book: PollBook,
    /// How far the poll has come.
    pub state: PollState,
    /// Its log.
    pub log: LogId,
    /// What the rules give, official by official of the book.
    pub given: Vec<Standing>,
    /// The same with what two people decided otherwise.
    pub standings: Vec<Standing>,
    /// The newest first.
    pub proposals: Vec<Proposal>,
}

impl PreparedPoll {
    /// Loads all of it; facts stay where they are.
    ///
    /// # Errors
    /// When there is no such poll, or a stored value cannot be read.
    pub(crate) async fn load(tx: &mut CouncilTx, poll: PollId) -> Result<Self, AppError> {
        let poll_book = PollBook::load(tx, poll, Vec::new()).await?;
        let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
        let proposals = preparation::proposals(tx, poll).await?;
        let given = given(tx, poll, &poll_book).await?;
        let mut standings = Vec::with_capacity(given.len());
        for standing in given.iter().cloned() {
            let decision = match poll_book.id(standing.official) {
                Some(id) => decision_on(&proposals, id)?,
                None => None,
            };
            standings.push(match decision {
                Some(decision) => standing.decided_by(decision),
                None => standing,
            });
        }
        Ok(Self { poll_book, state: stored.state, log: stored.log, given, standings, proposals })
    }

    /// How far the poll has come.
    pub(crate) const fn stage(&self) -> Stage {
        self.state.stage()
    }

    /// The open proposal of a kind about something.
    pub(crate) fn open(&self, kind: ProposalKind, about: &str) -> Option<&Proposal> {
        let wanted = |p: &&Proposal| p.kind == kind && p.about == about && p.state == ProposalState::Open;
        self.proposals.iter().find(wanted)
    }

    /// The list as roster, rules and decisions give it now.
    pub(crate) fn list_now(&self, decision: Decision) -> DecidedList {
        let PollBook { book, officials, .. } = &self.poll_book;
        DecidedList::draw(book, officials, &self.standings, &self.poll_book.occasion(), decision)
    }

    /// The list that was decided.
    ///
    /// # Errors
    /// When a stored value cannot be read.
    pub(crate) fn decided_list(&self) -> Result<Option<DecidedList>, AppError> {
        let confirmed = |p: &&Proposal| p.kind == ProposalKind::ListDecided && p.state == ProposalState::Confirmed;
        self.proposals.iter().find(confirmed).map(|p| content(&p.content)).transpose()
    }

    /// What readiness says of sitting, board and ballots.
    pub(crate) fn readiness(&self) -> Vec<Finding> {
        readiness(&self.poll_book.rules, &self.poll_book.book, self.poll_book.plan.kind, &self.standings)
    }
}

/// What the rules give; of a poll that follows from another one's result, for those alone whom that brought here.
async fn given(tx: &mut CouncilTx, poll: PollId, poll_book: &PollBook) -> Result<Vec<Standing>, AppError> {
    let given = eligibility::eligibility(&poll_book.rules, &poll_book.book, poll_book.plan.kind, &poll_book.enabled());
    let (Some(part), Some(confidence)) =
        (preparation::part(tx, poll, &Part::Named).await?, &poll_book.rules.confidence)
    else {
        return Ok(given);
    };
    let named: Named = content(&part.content)?;
    let places: Vec<OfficialNo> = named.officials.iter().filter_map(|id| poll_book.place(*id)).collect();
    Ok(eligibility::only_named(given, &places, &named.reason, &confidence.subject))
}

/// What two people decided last about an official.
fn decision_on(proposals: &[Proposal], official: OfficialId) -> Result<Option<Override>, AppError> {
    let about = official.to_string();
    let last = proposals.iter().find(|p| {
        p.kind == ProposalKind::EligibilityOverride && p.about == about && p.state == ProposalState::Confirmed
    });
    let Some(proposal) = last else { return Ok(None) };
    let EligibilityOverride { verdict, reason, .. } = content(&proposal.content)?;
    let confirmed_by = proposal.decided.as_ref().map(|hand| hand.name.clone()).unwrap_or_default();
    Ok(Some(Override { verdict, reason, proposed_by: proposal.proposed.name.clone(), confirmed_by }))
}

/// The value of a proposal's text.
///
/// # Errors
/// When the text cannot be read.
pub(crate) fn content<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, AppError> {
    serde_json::from_str(text).map_err(|e| AppError::internal("đọc đề xuất", e))
}

/// The one text of what is proposed.
///
/// # Errors
/// When the value has none.
pub(crate) fn text_of(value: &impl serde::Serialize) -> Result<String, AppError> {
    to_text(value).map_err(|e| AppError::internal("ghi đề xuất", e))
}
