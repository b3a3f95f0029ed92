//! Polls, step by step: each step asks who may take it, loads the poll, lets [`PollState`] decide, and writes rows and
//! entries of the log in one transaction. At its moments the head of the log is signed in that transaction too.
//!
//! The rows follow from the events (see `project`), so that the tables cannot say what the log does not.

mod acts;
mod closing;
mod entries;
pub(crate) mod held;
mod listed;
mod members;
pub(crate) mod openings;
pub(crate) mod proposals;
pub(crate) mod recounts;
mod result;
pub mod results;
mod shares;
mod steps;
pub(crate) mod trust;

use crate::service::anchors::sign_noted;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::audit::event::council::PollBegun;
use domain::audit::event::poll::{CouncilLogNoted, PollCreated, Program};
use domain::audit::{Actor, Checkpoint, CouncilEvent, Digest, KeyName, PollEvent, UtcTime};
use domain::id::{CouncilId, LogId, PollId};
use domain::poll_state::{self, PollState, Refusal, Transition};
use domain::presence::{HallFigures, PresenceFault};
use domain::role::Role;
use macros::boxed;
use store::{CouncilTx, StoreError, Work, hall, logs, open_batches, polls, sealed};

pub(crate) use acts::{Act, decide, rules_of, take_act};
pub use closing::SHARE_FIELDS;
pub(crate) use closing::add_up;
pub(crate) use entries::entries;
pub(crate) use listed::{linked, on_ballot};
pub(crate) use members::{actor_in, admit};
pub(crate) use openings::Binder;
pub(crate) use recounts::FoundLine;
pub(crate) use result::{decide_result, results_text};
pub(crate) use shares::holders;
pub use shares::{HOLDERS, SHARE_READERS, SharesPage};
pub(crate) use steps::commit_within;
pub use steps::{CountedBatch, Sent, USHERS};
pub use store::polls::PollSummary;

use crate::service::keys::Keys;

pub(crate) const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// Roles that follow the day of the vote.
pub const FOLLOWERS: &[Role] = &[Role::HeadTeller, Role::Leader, Role::Clerk];

/// The person or the rehearsal that takes a step.
#[derive(Clone, Copy, Debug)]
pub enum Requester<'a> {
    /// Somebody who is signed in, by a form.
    Form(Ask<'a>),
    /// A rehearsal, in its own poll.
    Rehearsal(Rehearser<'a>),
}

/// A rehearsal acts in place of people, and only in a poll that is a rehearsal.
#[derive(Clone, Copy, Debug)]
pub struct Rehearser<'a> {
    council: CouncilId,
    actor: &'a Actor,
}

impl<'a> Rehearser<'a> {
    /// Only use cases make one: every page must bring a caller.
    pub(crate) const fn new(council: CouncilId, actor: &'a Actor) -> Self {
        Self { council, actor }
    }
}

impl Requester<'_> {
    pub(crate) const fn council(&self) -> CouncilId {
        match self {
            Self::Form(ask) => ask.caller.council,
            Self::Rehearsal(rehearser) => rehearser.council,
        }
    }

    /// The actor that the entry names, if it may take a step of `roles`.
    pub(crate) fn may(&self, roles: &[Role]) -> Result<Actor, AppError> {
        match self {
            Self::Form(ask) => ask.caller.may(roles),
            Self::Rehearsal(Rehearser { actor, .. }) => {
                let stands_in = actor.role == Role::Program || roles.contains(&actor.role);
                if stands_in { Ok((*actor).clone()) } else { Err(AppError::Forbidden) }
            }
        }
    }

    /// Whether the requester may act on this poll: a rehearsal acts on rehearsals only.
    const fn fits(&self, poll: &PollCreated) -> bool {
        matches!(self, Self::Form(_)) || poll.rehearsal
    }
}

/// A poll that is to begin.
#[derive(Clone, Debug)]
pub struct NewPoll {
    /// Name of its log.
    pub origin: KeyName,
    /// Who votes, on what occasion, under which rules.
    pub created: PollCreated,
    /// Exact text of the rule set.
    pub ruleset_text: String,
}

impl NewPoll {
    /// The same, begun by this program.
    pub(crate) fn by(mut self, program: Option<Program>) -> Self {
        self.created.program = program;
        self
    }
}

/// What a step returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The head that was signed with it.
    pub head: Option<Checkpoint>,
}

impl App {
    /// Begins a poll with a log of its own, which the council's log names.
    ///
    /// # Errors
    /// When the caller is no clerk, the rule set is not the one that its hash names, or the log's name is taken.
    #[boxed]
    pub async fn begin_poll(&self, requester: Requester<'_>, new: NewPoll) -> Result<PollId, AppError> {
        let actor = requester.may(&[Role::Clerk])?;
        if !requester.fits(&new.created) {
            return Err(AppError::Forbidden);
        }
        if Digest::of(new.ruleset_text.as_bytes()) != new.created.ruleset_sha256 {
            return Err(AppError::internal("lập cuộc bỏ phiếu", "bộ quy tắc không khớp mã băm"));
        }
        let (new, now) = (new.by(self.program()), self.clock.now());
        let at = UtcTime::try_from(now).map_err(|e| AppError::internal("đọc đồng hồ", e))?;
        let id = PollId::new(now, &self.chance.for_id()?);
        let log = LogId::new(now, &self.chance.for_id()?);
        let public_key = self.keys.poll_signer(&new.origin, new.created.rehearsal).verifier().to_text();
        self.write_for(requester, move |tx| {
            Box::pin(async move { begin(tx, new, id, log, public_key, at, &actor).await })
        })
        .await?;
        Ok(id)
    }

    /// All polls of the caller's council, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn polls(&self, caller: &Caller) -> Result<Vec<PollSummary>, AppError> {
        caller.may(&Role::OF_COUNCIL)?;
        let mut tx = self.store.read(caller.council).await?;
        Ok(polls::list(&mut tx).await?)
    }

    /// Whether a poll of the caller's council is a rehearsal; no for one that there is not.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn is_rehearsal(&self, caller: &Caller, poll: PollId) -> Result<bool, AppError> {
        Ok(is_rehearsal(&mut self.store.read(caller.council).await?, Some(poll)).await?)
    }

    /// Takes one step of a poll.
    async fn step<F>(
        &self,
        requester: Requester<'_>,
        roles: &'static [Role],
        poll: PollId,
        decide: F,
    ) -> Result<Taken, AppError>
    where
        F: for<'t> FnOnce(&'t mut CouncilTx, PollState) -> Work<'t, Result<Transition, AppError>> + Send + 'static,
    {
        let (actor, at, keys) = (requester.may(roles)?, self.now_text()?, self.keys.clone());
        let in_rehearsal = matches!(requester, Requester::Rehearsal(_));
        let caller = match requester {
            Requester::Form(ask) => Some(ask.caller.clone()),
            Requester::Rehearsal(_) => None,
        };
        self.write_for(requester, move |tx| {
            Box::pin(async move {
                let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
                if in_rehearsal && !stored.state.poll().created.rehearsal {
                    return Err(AppError::Forbidden);
                }
                let actor = match caller {
                    Some(caller) => {
                        listed::is_free(tx, poll, caller.account.id).await?;
                        actor_in(&caller, stored.state.poll(), roles)?
                    }
                    None => actor,
                };
                let step = decide(tx, stored.state).await?;
                take(tx, WriteContext { poll, log: stored.log, at }, &actor, step, &keys).await
            })
        })
        .await
    }

    /// Runs work for a requester; the same form sent again does not run it twice.
    async fn write_for<T, F>(&self, requester: Requester<'_>, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send + 'static,
    {
        match requester {
            Requester::Form(ask) => self.write_once(ask, work).await,
            Requester::Rehearsal(rehearser) => self.store.write(rehearser.council, work).await,
        }
    }
}

/// Where and when a step writes.
#[derive(Clone, Copy)]
struct WriteContext {
    poll: PollId,
    log: LogId,
    at: UtcTime,
}

/// Begins a poll in a transaction: its log, its row, its first entry, and the entry of the council's log that names it.
///
/// # Errors
/// When the log's name is taken.
pub(crate) async fn begin(
    tx: &mut CouncilTx,
    new: NewPoll,
    id: PollId,
    log: LogId,
    public_key: String,
    at: UtcTime,
    actor: &Actor,
) -> Result<(), AppError> {
    let Transition { state, events, .. } = poll_state::create(id, new.created);
    let taken = |error| match error {
        StoreError::Refused(_) => AppError::Input(format!(
            "Nhật ký «{}» đã có trong hệ thống; hãy đặt tên khác cho cuộc bỏ phiếu.",
            new.origin.as_str()
        )),
        other => other.into(),
    };
    logs::begin(tx, log, Some(id), &new.origin, public_key).await.map_err(taken)?;
    polls::add(tx, state.poll(), log, new.ruleset_text, at).await?;
    for event in &events {
        tx.append(log, at, actor, event).await?;
    }
    let council_log = logs::own(tx).await?;
    let begun = PollBegun { origin: new.origin.as_str().to_owned(), poll: id };
    tx.append(council_log, at, actor, &CouncilEvent::from(begun)).await?;
    Ok(())
}

/// Takes one step of a poll in a transaction that also does something else: the change of a record, the decision on a
/// proposal.
///
/// # Errors
/// When there is no such poll, or it refuses the step.
pub(crate) async fn take_step(
    tx: &mut CouncilTx,
    poll: PollId,
    (at, actor): (UtcTime, &Actor),
    keys: &Keys,
    decide: impl FnOnce(PollState) -> Result<Transition, Refusal> + Send,
) -> Result<Taken, AppError> {
    held::check(tx, poll).await?;
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    let head = logs::head_of(tx, stored.log).await?.ok_or(NO_POLL)?;
    let rehearsal = stored.state.poll().created.rehearsal;
    if keys.poll_signer(&head.head.origin, rehearsal).verifier().to_text() != head.public_key {
        return Err(AppError::Input(OTHER_KEY.to_owned()));
    }
    let step = decide(stored.state)?;
    take(tx, WriteContext { poll, log: stored.log, at }, actor, step, keys).await
}

const OTHER_KEY: &str = "Nhật ký của cuộc bỏ phiếu này do khóa khác ký (cuộc mẫu của «tinnhiem demo», hoặc dữ liệu từ hệ thống khác), nên \
                         không ghi tiếp được; chỉ xem được.";

/// Writes what a step gave: its entries, their rows, the state, the signed head.
async fn take(
    tx: &mut CouncilTx,
    place: WriteContext,
    actor: &Actor,
    step: Transition,
    keys: &Keys,
) -> Result<Taken, AppError> {
    let Transition { state, events, moment } = step;
    for event in &events {
        let seq = tx.append(place.log, place.at, actor, event).await?;
        project(tx, place.poll, seq, event).await?;
        if let PollEvent::CouncilLogNoted(noted) = event {
            sign_noted(tx, keys, noted, place.at).await?;
        }
    }
    // The time of the entries, which may have waited for the clock of another machine.
    let at = tx.appended_at(place.log).unwrap_or(place.at);
    if !events.is_empty() || moment.is_some() {
        polls::reach(tx, place.poll, state.stage(), at).await?;
        open_batches::clear_past(tx, place.poll, state.stage()).await?;
    }
    let Some(moment) = moment else { return Ok(Taken { head: None }) };
    let head = head(tx, place.log).await?;
    let signer = keys.poll_signer(&head.origin, state.poll().created.rehearsal);
    let note = head.sign(&signer).map_err(|e| AppError::internal("ký điểm chốt", e))?;
    logs::add_checkpoint(tx, place.log, head.size, Some(moment), &note, at).await?;
    Ok(Taken { head: Some(head) })
}

/// The rows that an event of the log implies. Sealed figures, the text of a result and that of a rule set are no part of
/// their events: those steps write them.
async fn project(tx: &mut CouncilTx, poll: PollId, seq: u64, event: &PollEvent) -> Result<(), StoreError> {
    match event {
        PollEvent::PollAmended(amended) => polls::amend(tx, poll, amended).await,
        PollEvent::ListDecided(list) => polls::add_officials(tx, poll, &list.officials).await,
        PollEvent::BoardAppointed(board) => polls::set_tellers(tx, poll, &board.tellers).await,
        PollEvent::FormsSealed(sealed) => polls::add_forms(tx, poll, &sealed.forms).await,
        PollEvent::VotingOpened(opened) => {
            let present = opened.present;
            hall::set(tx, poll, HallFigures { attended: present, now: present, opened: present }).await
        }
        PollEvent::PresenceChanged(told) => hall::change(tx, poll, told.attended, told.present).await,
        PollEvent::PresenceCorrected(told) => {
            let figures = HallFigures { attended: told.attended, now: told.present, opened: told.opened };
            hall::set(tx, poll, figures).await
        }
        PollEvent::BallotsReturned(back) => polls::set_returned(tx, poll, &back.form, back.issued, back.returned).await,
        PollEvent::BallotsIssued(told) => polls::set_issued(tx, poll, &told.form, told.issued).await,
        PollEvent::IssuedCorrected(told) => polls::set_issued(tx, poll, &told.form, told.issued).await,
        PollEvent::BallotsCorrected(told) => {
            let back = &told.ballots;
            polls::set_returned(tx, poll, &back.form, back.issued, back.returned).await
        }
        PollEvent::BatchReopened(reopened) => sealed::withdraw(tx, poll, &reopened.form, reopened.batch).await,
        PollEvent::PaperIssued(paper) => polls::add_paper(tx, poll, seq, paper).await,
        PollEvent::PollCreated(_)
        | PollEvent::RulesFrozen(_)
        | PollEvent::DossiersReleased(_)
        | PollEvent::DeckCounted(_)
        | PollEvent::ShareTaken(_)
        | PollEvent::DeckWaived(_)
        | PollEvent::PollMoved(_)
        | PollEvent::ZeroReported(_)
        | PollEvent::UnusedSealed(_)
        | PollEvent::BatchCommitted(_)
        | PollEvent::CountingClosed(_)
        | PollEvent::RecountOrdered(_)
        | PollEvent::LineRecounted(_)
        | PollEvent::ResultDeclared(_)
        | PollEvent::MinutesProposed(_)
        | PollEvent::MinutesSigned(_)
        | PollEvent::MinutesReopened(_)
        | PollEvent::BallotsHandedOver(_)
        | PollEvent::ResultConfirmed(_)
        | PollEvent::ResultPublished(_)
        | PollEvent::CorrigendumIssued(_)
        | PollEvent::PollArchived(_)
        | PollEvent::PollCancelled(_)
        | PollEvent::ClockConfirmed(_)
        | PollEvent::CouncilLogNoted(_) => Ok(()),
    }
}

/// Whether a log is that of a poll that is a rehearsal.
pub(crate) async fn is_rehearsal(tx: &mut CouncilTx, poll: Option<PollId>) -> Result<bool, StoreError> {
    let Some(poll) = poll else { return Ok(false) };
    Ok(polls::is_rehearsal(tx, poll).await?.unwrap_or_default())
}

/// The head of a log, with what this transaction added.
async fn head(tx: &mut CouncilTx, log: LogId) -> Result<Checkpoint, AppError> {
    let heads = logs::heads(tx).await?;
    let found = heads.into_iter().find(|head| head.log == log).map(|head| head.head);
    found.ok_or_else(|| AppError::internal("đọc nhật ký", "không có nhật ký này"))
}

/// The head of the council's own log.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn council_log(tx: &mut CouncilTx) -> Result<CouncilLogNoted, AppError> {
    let log = logs::own(tx).await?;
    let Checkpoint { origin, size, root } = head(tx, log).await?;
    Ok(CouncilLogNoted { origin: origin.as_str().to_owned(), root, size })
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // What is typed beside a step.
            Refusal::Present { .. } => Self::field("present", refusal),
            Refusal::Opening(_) => Self::field("reason", refusal),
            Refusal::Hall(PresenceFault::Figures { .. }) => Self::field("attended", refusal),
            Refusal::Hall(_) => Self::field("number", refusal),
            Refusal::NoPackets => Self::field("packets", refusal),
            Refusal::NoCopies => Self::field("copies", refusal),
            Refusal::Signatures(_) => Self::field("signers", refusal),
            other => Self::Input(other.to_string()),
        }
    }
}
