//! Proposals as two people see them: what exactly would change, who proposed it, and the decision of another.
//!
//! A kind of step plugs in at three places of this file, each a `match` over [`ProposalKind`]: `content_now` gives the
//! canonical text of what would be done at this moment (another text than the proposed one makes the proposal outdated);
//! `take` does what was confirmed, in the transaction of the decision; [`Shown`] is what the page of the proposal draws,
//! read from the proposed text itself. How it is proposed is a use case of its own, by
//! `polls::proposals::propose`.

use crate::Caller;
use crate::counting::day::{self, Evidence};
use crate::dossiers::{self, OfferedRelease};
use crate::polls::{self, FOLLOWERS, proposals, trust};
use crate::preparing::{
    Confirmation, LEADERS, OFFICE, Paper, PreparedPoll, bad_line, board, content, forms, listing, overview, rules,
    verdicts,
};
use crate::service::app::{App, Ask};
use crate::service::drawn::{Drawn, TRIES};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::UtcTime;
use domain::decided::{DecidedBadLine, DecidedBoard, DecidedForms, DecidedList, DecidedRules, EligibilityOverride};
use domain::finding::Finding;
use domain::id::{PollId, ProposalId};
use domain::proposal::{Proposal, ProposalError, ProposalKind, ProposalState};
use domain::share_lock::Share;
use domain::shares::GivenShares;
use domain::text::clean;
use macros::boxed;
use store::{CouncilTx, preparation};

/// Longest reason, in characters.
const MAX_NOTE: usize = 500;
const NO_PROPOSAL: AppError = AppError::NotFound("đề xuất này");
const NO_PAPER: AppError = AppError::NotFound("văn bản của đề xuất này");

/// What a proposal would change, read from the text that is confirmed.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A verdict against the rules.
    Verdict(EligibilityOverride),
    /// The list.
    List(DecidedList),
    /// The board, and what is to be said of its size and members.
    Board(DecidedBoard, Vec<Finding>),
    /// The forms.
    Forms(DecidedForms),
    /// The rules.
    Rules(DecidedRules),
    /// What the board chose.
    BadLine(DecidedBadLine),
    /// The release.
    Dossiers(OfferedRelease),
    /// A step of counting day.
    Day(Box<Evidence>),
}

/// A proposal as its page shows it.
#[derive(Clone, Debug)]
pub struct ProposalPage {
    /// Itself.
    pub proposal: Proposal,
    /// Name of the sitting.
    pub sitting: String,
    /// A step of counting day.
    pub is_of_day: bool,
    /// What it would change.
    pub shown: Shown,
    /// Why it cannot be confirmed as things are now; `None` when it can, or is decided.
    pub obstacle: Option<String>,
    /// Whether the caller may confirm or refuse it.
    pub may_decide: bool,
    /// Who gave the two people their accounts or passwords, one sentence each: the same administrator for both shows.
    pub let_in: Vec<String>,
    /// Whether the caller may take it back.
    pub may_withdraw: bool,
    /// Who holds a share, where two of them are given to confirm it; nobody otherwise.
    pub holders: Vec<String>,
}

impl App {
    /// All proposals for a poll, the newest first, with the name of the sitting.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn proposals(&self, caller: &Caller, poll: PollId) -> Result<(String, Vec<Proposal>), AppError> {
        caller.may(FOLLOWERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let sitting = overview::sitting(&mut tx, poll).await?;
        let mut proposals = preparation::proposals(&mut tx, poll).await?;
        proposals.retain(|proposal| may_see(caller, proposal.kind));
        Ok((sitting, proposals))
    }

    /// Those of these proposals that wait for the caller's decision, the oldest first, as their own pages show them.
    ///
    /// # Errors
    /// See [`Self::proposal`].
    #[boxed]
    pub async fn to_decide(
        &self,
        caller: &Caller,
        poll: PollId,
        proposals: &[Proposal],
    ) -> Result<Vec<ProposalPage>, AppError> {
        let mut pages = Vec::new();
        // What a proposal would change is worked out only for whoever decides it.
        for proposal in proposals.iter().rev().filter(|proposal| may_decide(caller, proposal)) {
            pages.push(self.proposal(caller, poll, proposal.id).await?);
        }
        Ok(pages)
    }

    /// One proposal.
    ///
    /// # Errors
    /// When there is none, or the caller does not prepare votes.
    #[boxed]
    pub async fn proposal(&self, caller: &Caller, poll: PollId, id: ProposalId) -> Result<ProposalPage, AppError> {
        caller.may(FOLLOWERS)?;
        let at = self.now_text()?;
        let proposal = find(&mut self.store.read(caller.council).await?, poll, id).await?;
        let mut tx = self.store.read(caller.council).await?;
        if !may_see(caller, proposal.kind) {
            return Err(NO_PROPOSAL);
        }
        let shown = shown(&mut tx, &proposal).await?;
        let is_open = proposal.state == ProposalState::Open;
        let is_own = proposal.proposed.account == caller.account.id;
        let obstacle = match &shown {
            _ if !is_open => None,
            Shown::Day(evidence) if evidence.missing.is_some() => evidence.missing.clone(),
            _ => obstacle(content_now(&mut tx, &proposal, (at, &self.keys), &Drawn::default()).await, &proposal)?,
        };
        let obstacle = match obstacle {
            None if is_open => sentence(proposals::both_count(&mut tx, &proposal, caller.account.id).await)?,
            other => other,
        };
        let mut let_in = Vec::new();
        let own = is_open.then_some(caller.account.id).filter(|own| *own != proposal.proposed.account);
        let decided = proposal.decided.as_ref().map(|by| by.account);
        for account in [Some(proposal.proposed.account), decided.or(own)].into_iter().flatten() {
            let_in.extend(trust::let_in(&mut tx, account).await?);
        }
        let holders = match proposal.kind {
            ProposalKind::CountingClosed => polls::holders(&mut tx, poll).await?,
            _ => Vec::new(),
        };
        Ok(ProposalPage {
            holders,
            let_in,
            sitting: overview::sitting(&mut tx, poll).await?,
            is_of_day: ProposalKind::OF_DAY.contains(&proposal.kind),
            shown,
            obstacle,
            may_decide: may_decide(caller, &proposal),
            may_withdraw: is_open && is_own,
            proposal,
        })
    }

    /// The paper that a proposal issues, to the byte as the proposal names it.
    ///
    /// # Errors
    /// When the proposal issues none, it does not come out as the proposal names it, or the caller may not see it.
    #[boxed]
    pub async fn proposal_paper(&self, caller: &Caller, poll: PollId, id: ProposalId) -> Result<Paper, AppError> {
        caller.may(FOLLOWERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let proposal = find(&mut tx, poll, id).await?;
        if !ProposalKind::OF_DAY.contains(&proposal.kind) {
            return Err(NO_PAPER);
        }
        let printed = day::paper_of_step(&mut tx, poll, &content(&proposal.content)?).await?.ok_or(NO_PAPER)?;
        Ok(Paper { name: printed.issued.name, bytes: printed.pdf.bytes })
    }

    /// Confirms a proposal of somebody else, and does what it proposes.
    ///
    /// # Errors
    /// When the caller proposed it or is no leader, it was decided before, or something else would be done now.
    #[boxed]
    pub async fn confirm(&self, ask: Ask<'_>, poll: PollId, id: ProposalId) -> Result<(), AppError> {
        self.confirm_by(ask, (poll, id), self.keys.clone()).await
    }

    /// Confirms the close of a count with the shares that two members of its board typed.
    ///
    /// # Errors
    /// As [`Self::confirm`]; [`AppError::Fields`] when they are not the shares of two who took one.
    #[boxed]
    pub async fn confirm_with_shares(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        id: ProposalId,
        typed: [&str; 2],
    ) -> Result<(), AppError> {
        let given = GivenShares(typed.map(Share::parse));
        self.confirm_by(ask, (poll, id), self.keys.clone().with_shares(given)).await
    }

    async fn confirm_by(&self, ask: Ask<'_>, (poll, id): (PollId, ProposalId), keys: Keys) -> Result<(), AppError> {
        let actor = ask.caller.may(LEADERS)?;
        let proposal = find(&mut self.store.read(ask.caller.council).await?, poll, id).await?;
        if proposal.kind == ProposalKind::DossiersReleased {
            return self.confirm_release(ask, poll, id).await.map(drop);
        }
        let drawn = Drawn::default();
        let step = Confirmation { at: self.now_text()?, actor, keys, drawn };
        let mut confirmed = Err(AppError::Undrawn);
        for _ in 0..TRIES {
            // What stands in the way is told by the transaction that writes.
            if proposal.kind.issues_paper() {
                let mut tx = self.store.read(ask.caller.council).await?;
                drop(content_now(&mut tx, &proposal, (step.at, &step.keys), &step.drawn).await);
            } else if proposal.kind == ProposalKind::CountingClosed {
                let mut tx = self.store.read(ask.caller.council).await?;
                drop(polls::add_up(&mut tx, poll, &step.keys, &step.drawn).await);
            }
            let step = step.clone();
            confirmed = self.write_once(ask, move |tx| Box::pin(decided(tx, (poll, id), step))).await;
            if !matches!(confirmed, Err(AppError::Undrawn)) {
                break;
            }
        }
        confirmed?;
        self.clear_table(ask.caller, poll).await
    }

    /// Refuses a proposal of somebody else, with the reason.
    ///
    /// # Errors
    /// When the reason is missing, the caller proposed it or is no leader, or it was decided before.
    #[boxed]
    pub async fn refuse(&self, ask: Ask<'_>, poll: PollId, id: ProposalId, note: &str) -> Result<(), AppError> {
        let actor = ask.caller.may(LEADERS)?;
        let note = clean(note);
        if note.is_empty() || note.chars().count() > MAX_NOTE {
            let sentence = format!("Hãy ghi lý do không chấp nhận, không dài quá {MAX_NOTE} ký tự.");
            return Err(AppError::field("note", sentence));
        }
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let proposal = find(tx, poll, id).await?;
                let to = ProposalState::Refused;
                proposals::decide(tx, at, &actor, proposal, to, note, None).await.map(drop)
            })
        })
        .await
    }

    /// Takes back one's own proposal.
    ///
    /// # Errors
    /// When it is somebody else's, or was decided before.
    #[boxed]
    pub async fn withdraw(&self, ask: Ask<'_>, poll: PollId, id: ProposalId) -> Result<(), AppError> {
        let actor = ask.caller.may(FOLLOWERS)?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let proposal = find(tx, poll, id).await?;
                let to = ProposalState::Withdrawn;
                proposals::decide(tx, at, &actor, proposal, to, String::new(), None).await.map(drop)
            })
        })
        .await
    }
}

/// Whether a leader other than the one who proposed it may decide it still.
fn may_decide(caller: &Caller, proposal: &Proposal) -> bool {
    let is_other = proposal.proposed.account != caller.account.id;
    proposal.state == ProposalState::Open && is_other && caller.may(LEADERS).is_ok()
}

/// Proposals of a preparation are the office's; those of counting day, and what the board chose, are everybody's in the hall.
fn may_see(caller: &Caller, kind: ProposalKind) -> bool {
    ProposalKind::OF_DAY.contains(&kind) || kind == ProposalKind::BadLineChosen || caller.may(OFFICE).is_ok()
}

/// Confirms a proposal and does what it proposes, if that is still what would be done.
async fn decided(tx: &mut CouncilTx, (poll, id): (PollId, ProposalId), step: Confirmation) -> Result<(), AppError> {
    let proposal = find(tx, poll, id).await?;
    // A step that was taken, or that is one's own, has nothing to be compared with.
    let is_theirs = Some(proposal.proposed.account) != step.actor.account;
    let now = match proposal.state {
        ProposalState::Open if is_theirs => Some(content_now(tx, &proposal, (step.at, &step.keys), &step.drawn).await?),
        _ => None,
    };
    let (at, actor, to) = (step.at, &step.actor, ProposalState::Confirmed);
    let decided = proposals::decide(tx, at, actor, proposal, to, String::new(), now.as_deref()).await?;
    take(tx, &decided, &step).await
}

async fn find(tx: &mut CouncilTx, poll: PollId, id: ProposalId) -> Result<Proposal, AppError> {
    preparation::proposal(tx, id).await?.filter(|proposal| proposal.poll == poll).ok_or(NO_PROPOSAL)
}

/// What would be done now, as the text that is compared with the proposed one.
async fn content_now(
    tx: &mut CouncilTx,
    proposal: &Proposal,
    (at, keys): (UtcTime, &Keys),
    drawn: &Drawn,
) -> Result<String, AppError> {
    match proposal.kind {
        ProposalKind::EligibilityOverride => verdicts::content_now(tx, proposal).await,
        ProposalKind::ListDecided => listing::content_now(tx, proposal).await,
        ProposalKind::BoardAppointed => board::content_now(tx, proposal).await,
        ProposalKind::FormsSealed => forms::content_now(tx, proposal, drawn).await,
        ProposalKind::RulesFrozen => rules::content_now(tx, proposal).await,
        ProposalKind::BadLineChosen => bad_line::content_now(tx, proposal).await,
        ProposalKind::DossiersReleased => dossiers::content_now(tx, proposal).await,
        _ => day::content_now(tx, proposal, (at, keys), drawn).await,
    }
}

/// Does what was confirmed.
async fn take(tx: &mut CouncilTx, proposal: &Proposal, step: &Confirmation) -> Result<(), AppError> {
    match proposal.kind {
        // The confirmed proposal itself is what verdicts are read from.
        ProposalKind::EligibilityOverride => Ok(()),
        ProposalKind::ListDecided => listing::take(tx, proposal, step).await,
        ProposalKind::BoardAppointed => board::take(tx, proposal, step).await,
        ProposalKind::FormsSealed => forms::take(tx, proposal, step).await,
        ProposalKind::RulesFrozen => rules::take(tx, proposal, step).await,
        ProposalKind::BadLineChosen => bad_line::take(tx, proposal, step).await,
        // Dossiers are printed before the transaction: see `App::confirm`.
        ProposalKind::DossiersReleased => Err(ProposalError::Outdated.into()),
        _ => day::take(tx, proposal, step).await,
    }
}

async fn shown(tx: &mut CouncilTx, proposal: &Proposal) -> Result<Shown, AppError> {
    let text = &proposal.content;
    Ok(match proposal.kind {
        ProposalKind::EligibilityOverride => Shown::Verdict(content(text)?),
        ProposalKind::ListDecided => Shown::List(content(text)?),
        ProposalKind::BoardAppointed => {
            let findings = board::findings_of(&PreparedPoll::load(tx, proposal.poll).await?);
            Shown::Board(content(text)?, findings)
        }
        ProposalKind::FormsSealed => Shown::Forms(content(text)?),
        ProposalKind::RulesFrozen => Shown::Rules(content(text)?),
        ProposalKind::BadLineChosen => Shown::BadLine(content(text)?),
        ProposalKind::DossiersReleased => Shown::Dossiers(content(text)?),
        _ => Shown::Day(Box::new(day::evidence_of(tx, proposal).await?)),
    })
}

/// What stands in the way, as a page says it.
fn sentence(held: Result<(), AppError>) -> Result<Option<String>, AppError> {
    match held {
        Ok(()) => Ok(None),
        Err(AppError::Input(sentence)) => Ok(Some(sentence)),
        Err(other) => Err(other),
    }
}

/// Why the proposal cannot be confirmed now.
fn obstacle(now: Result<String, AppError>, proposal: &Proposal) -> Result<Option<String>, AppError> {
    match now {
        Ok(now) if now == proposal.content => Ok(None),
        Ok(_) => Ok(Some(ProposalError::Outdated.to_string())),
        Err(
            problem @ (AppError::Input(_)
            | AppError::Unattested { .. }
            | AppError::Unchosen { .. }
            | AppError::NotFound(_)),
        ) => Ok(Some(problem.to_string())),
        Err(other) => Err(other),
    }
}
