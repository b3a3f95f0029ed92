//! Steps that cannot be taken back, from proposal to decision. What is proposed is a canonical text; the person who
//! confirms it sees that text as a page, and it is compared with what would be done at that moment.

use super::{held, listed, trust};
use crate::service::council_log;
use crate::service::error::AppError;
use domain::audit::event::council::{ProposalDecided, ProposalMade};
use domain::audit::{Actor, CouncilEvent, Digest, UtcTime};
use domain::id::{AccountId, PollId, ProposalId};
use domain::proposal::{Proposal, ProposalError, ProposalKind, ProposalState, SignOff};
use store::{CouncilTx, StoreError, logs, preparation};

/// What somebody proposes.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// For which poll.
    pub poll: PollId,
    /// Which step.
    pub kind: ProposalKind,
    /// What it concerns within the poll, where there may be several at once; empty otherwise.
    pub about: String,
    /// Canonical text of what is to be done.
    pub content: String,
}

fn sign_off(actor: &Actor, at: UtcTime) -> Result<SignOff, AppError> {
    let account = actor.account.ok_or(AppError::Forbidden)?;
    Ok(SignOff { account, name: actor.name.clone(), role: actor.role, at })
}

/// Keeps a proposal for another person to decide on.
///
/// # Errors
/// When one of the same kind about the same is open already.
pub(crate) async fn propose(
    tx: &mut CouncilTx,
    id: ProposalId,
    at: UtcTime,
    actor: &Actor,
    offer: Offer,
) -> Result<Proposal, AppError> {
    council_log::hold_steps(tx).await?;
    let Offer { poll, kind, about, content } = offer;
    let own = sign_off(actor, at)?;
    let content_sha256 = Digest::of(content.as_bytes());
    let proposal = Proposal {
        id,
        poll,
        kind,
        about: about.clone(),
        content,
        state: ProposalState::Open,
        proposed: own,
        decided: None,
        note: String::new(),
    };
    may_take_part(tx, &proposal, &[proposal.proposed.account]).await?;
    preparation::add_proposal(tx, &proposal).await.map_err(|error| match error {
        StoreError::Refused(_) => {
            AppError::Input(format!("Đã có đề xuất «{}» đang chờ xác nhận; hãy xem đề xuất đó trước.", kind.label()))
        }
        other => other.into(),
    })?;
    if kind == ProposalKind::ListDecided {
        // Whoever is on the list that is proposed here does not propose it.
        listed::is_free(tx, poll, proposal.proposed.account).await?;
    }
    let log = logs::own(tx).await?;
    let made = ProposalMade { about, content_sha256, kind, poll, proposal: id };
    tx.append(log, at, actor, &CouncilEvent::from(made)).await?;
    Ok(proposal)
}

/// Decides on a proposal. `content` is what would be done now: to confirm, it must be what was proposed. The step itself
/// is the caller's to take, in the same transaction.
///
/// # Errors
/// When it was decided before, by the wrong person, or on other data.
pub(crate) async fn decide(
    tx: &mut CouncilTx,
    at: UtcTime,
    actor: &Actor,
    proposal: Proposal,
    to: ProposalState,
    note: String,
    content: Option<&str>,
) -> Result<Proposal, AppError> {
    held::proposal(tx, &proposal).await?;
    if to == ProposalState::Confirmed {
        both_count(tx, &proposal, sign_off(actor, at)?.account).await?;
    }
    let decided = proposal.decide(to, sign_off(actor, at)?, note.clone(), content)?;
    preparation::decide_proposal(tx, &decided).await?;
    let log = logs::own(tx).await?;
    let event = ProposalDecided { note, outcome: to, proposal: decided.id };
    tx.append(log, at, actor, &CouncilEvent::from(event)).await?;
    Ok(decided)
}

/// Both people of a proposal are people of their own in its poll.
///
/// # Errors
/// With a sentence about whoever is not.
pub(crate) async fn both_count(tx: &mut CouncilTx, proposal: &Proposal, other: AccountId) -> Result<(), AppError> {
    may_take_part(tx, proposal, &[proposal.proposed.account, other]).await
}

async fn may_take_part(tx: &mut CouncilTx, proposal: &Proposal, people: &[AccountId]) -> Result<(), AppError> {
    let on_ballot = listed::on_ballot(tx, proposal.poll).await?;
    for account in people {
        if proposal.kind == ProposalKind::EligibilityOverride {
            listed::is_other(tx, &proposal.about, *account).await?;
        }
        listed::is_left_out(&on_ballot, *account)?;
        trust::since_begun(tx, proposal.poll, *account).await?;
    }
    Ok(())
}

impl From<ProposalError> for AppError {
    fn from(error: ProposalError) -> Self {
        Self::Input(error.to_string())
    }
}
