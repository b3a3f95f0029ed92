//! How far a poll has come. A transition consumes the state, checks, and gives the next state together with what the
//! poll's log has to say of it and the moment at which its head is to be signed: forgetting to log is not possible.
//!
//! What a state emits is a course that [`Course`](super::audit::Course) accepts; the tests hold one against the other.
//!
//! A rehearsal goes the way of the real day. Where it has nothing to show, it says so in the log instead of leaving the
//! step out: two people waive the test deck because it is a rehearsal, the zero report is made before the first batch,
//! the board's minutes are proposed and signed. One duty is not asked of it, the recount of a line near a threshold:
//! there is no paper to count again, and an entry about a recount that nobody made would be a lie; its minutes name the
//! line instead.
//!
//! Steps that only bend the way (a test deck that failed, a batch counted anew, figures of papers put right, a line
//! counted again) keep the state and leave an entry. What they replace stays in the log.
//!
#![doc = include_str!("STATES.md")]

mod conclude;
mod count;
mod hall;
mod pair;
mod papers;
mod prepare;
mod refusal;
mod stage;

use std::collections::BTreeSet;

use super::audit::event::poll::{FormTotals, LineRecounted, ListedOfficial, PollCreated, SealedForm, Stands};
use super::audit::{Actor, Digest, Moment, PollEvent};
use super::counters::Counters;
use super::deck_trials::DeckTrials;
use super::id::PollId;
use super::poll::LevelCounts;
use super::presence::Presence;
use super::recount::{self, DueLine};
use super::roster::Teller;
use super::shares::Shares;

pub use conclude::LineRecount;
pub use count::{AddedUp, Closing, CountLog, StandingBatch};
pub(crate) use pair::is_one_person;
pub use pair::{Pair, TwoPeople};
pub use refusal::Refusal;
pub use stage::Stage;

/// What does not change while a poll is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    pub id: PollId,
    pub created: PollCreated,
    /// Who counts, since the board was appointed.
    pub counters: Counters,
    /// Who holds shares of what the close needs.
    pub shares: Shares,
}

impl Poll {
    /// One that begins: nobody counts yet.
    pub fn begun(id: PollId, created: PollCreated) -> Self {
        let counters = Counters::of(&[], created.rehearsal);
        Self { id, created, counters, shares: Shares::default() }
    }
}

/// A form between its sealing and the closing of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProgress {
    pub form: SealedForm,
    /// Announced as issued, once the ballots are out.
    pub issued: Option<u32>,
    /// Issued and returned, once the ballots are back; the log has the whole account.
    pub ballots: Option<(u32, u32)>,
    pub batches: u32,
    pub papers: u64,
}

/// The current figures of a closed count, with the lines that were recounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedCount {
    forms: Vec<FormTotals>,
    recounted: BTreeSet<(String, u32)>,
    /// Lines that two people have counted again, whatever the rule says of them.
    ordered: BTreeSet<(String, u32)>,
}

impl ClosedCount {
    /// The totals with which counting closed.
    pub const fn new(forms: Vec<FormTotals>) -> Self {
        Self { forms, recounted: BTreeSet::new(), ordered: BTreeSet::new() }
    }

    /// The count that the events of a poll's log, in their order, say was closed; `None` before the close.
    ///
    /// # Errors
    /// When counting closes twice, or a recount does not fit the figures before it.
    pub fn of_log<'e>(events: impl IntoIterator<Item = &'e PollEvent>) -> Result<Option<Self>, CountContradiction> {
        let mut count: Option<Self> = None;
        for event in events {
            let fits = match (event, &mut count) {
                (PollEvent::CountingClosed(closed), none @ None) => {
                    *none = Some(Self::new(closed.forms.clone()));
                    true
                }
                (PollEvent::LineRecounted(line), Some(count)) => count.take(line),
                (PollEvent::RecountOrdered(line), Some(count)) => count.order(&line.form, line.line),
                (PollEvent::CountingClosed(_) | PollEvent::LineRecounted(_) | PollEvent::RecountOrdered(_), _) => false,
                _ => true,
            };
            if !fits {
                return Err(CountContradiction);
            }
        }
        Ok(count)
    }

    /// One per form, in the order of the sealed forms; a recounted line has its valid figure.
    pub fn forms(&self) -> &[FormTotals] {
        &self.forms
    }

    /// The figure of line `line` (from 1) of `form`.
    pub fn line(&self, form: &str, line: u32) -> Option<LevelCounts> {
        let total = self.forms.iter().find(|total| total.form == form)?;
        total.counts.lines.get(recount::index(line)?).copied()
    }

    /// Whether line `line` (from 1) of `form` was counted again.
    pub fn is_recounted(&self, form: &str, line: u32) -> bool {
        self.recounted.contains(&(form.to_owned(), line))
    }

    /// Lines that were counted again: form and number, from 1.
    pub fn recounted(&self) -> impl Iterator<Item = (&str, u32)> {
        self.recounted.iter().map(|(form, line)| (form.as_str(), *line))
    }

    /// Whether two people have line `line` (from 1) of `form` counted again.
    pub fn is_ordered(&self, form: &str, line: u32) -> bool {
        self.ordered.contains(&(form.to_owned(), line))
    }

    /// Lines that two people have counted again and that were not counted since: form and number, from 1.
    pub fn awaited(&self) -> impl Iterator<Item = (&str, u32)> {
        self.ordered.difference(&self.recounted).map(|(form, line)| (form.as_str(), *line))
    }

    /// Lines that are still to be counted again before a result, of those that are due and those that two people ordered:
    /// form and number, from 1.
    pub fn left<'d>(&'d self, due: &'d [DueLine]) -> BTreeSet<(&'d str, u32)> {
        let due = due.iter().map(|due| (due.form.as_str(), due.line));
        due.filter(|(form, line)| !self.is_recounted(form, *line)).chain(self.awaited()).collect()
    }

    /// Notes that a line is to be counted again, whether or not it was before; false when there is no such line.
    pub fn order(&mut self, form: &str, line: u32) -> bool {
        let is_there = self.line(form, line).is_some();
        if is_there {
            self.recounted.remove(&(form.to_owned(), line));
            self.ordered.insert((form.to_owned(), line));
        }
        is_there
    }

    /// Takes what a recount said. False, and nothing changes, when there is no such line, when another figure stood
    /// there, or when a line cannot have the recounted one.
    pub fn take(&mut self, event: &LineRecounted) -> bool {
        let valid = self.forms.iter().find(|total| total.form == event.form).map(|total| total.counts.valid());
        let fits =
            event.recounted.kind() == event.counted.kind() && valid.is_some_and(|valid| event.recounted.sum() <= valid);
        let total = self.forms.iter_mut().find(|total| total.form == event.form);
        let line = total.zip(recount::index(event.line)).and_then(|(total, index)| total.counts.lines.get_mut(index));
        let Some(line) = line.filter(|line| fits && **line == event.counted) else { return false };
        if event.stands == Stands::Recounted {
            *line = event.recounted;
        }
        self.recounted.insert((event.form.clone(), event.line));
        true
    }
}

/// The log closes a count twice, or recounts a line otherwise than it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("kiểm lại không khớp với số đã đóng")]
pub struct CountContradiction;

/// The minutes that are proposed and wait for signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedMinutes {
    pub by: Actor,
    /// SHA-256 of the paper.
    pub sha256: Digest,
}

/// How far a poll has come, with what its next step needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollState {
    /// See [`Stage::Created`].
    Created(Poll),
    /// With the list in ballot order, and the board of tellers as it was appointed last; empty before that.
    Listed(Poll, Vec<ListedOfficial>, Vec<Teller>),
    /// With the forms, in the order of blocks, and what their test decks gave so far.
    Sealed(Poll, Vec<SealedForm>, DeckTrials),
    /// With the forms and what is stored of each, which the zero report looks at.
    Tested(Poll, Vec<FormProgress>, DeckTrials),
    /// The same, without a test deck of every form.
    Waived(Poll, Vec<FormProgress>, DeckTrials),
    /// With the forms, of which nothing is counted.
    Zeroed(Poll, Vec<SealedForm>),
    /// With who is in the hall, and what came back of each form.
    Voting(Poll, Presence, Vec<FormProgress>),
    /// With the same, and what was counted of each form.
    Counting(Poll, Presence, Vec<FormProgress>),
    Closed(Poll, ClosedCount),
    /// See [`Stage::Declared`].
    Declared(Poll),
    /// With the minutes that are to be signed.
    Proposed(Poll, ProposedMinutes),
    /// See [`Stage::Minuted`].
    Minuted(Poll),
    /// See [`Stage::Confirmed`].
    Confirmed(Poll),
    /// See [`Stage::Published`].
    Published(Poll),
    /// See [`Stage::Archived`].
    Archived(Poll),
    /// See [`Stage::Cancelled`].
    Cancelled(Poll),
}

/// What a transition gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    pub state: PollState,
    /// What its log says of it, in this order.
    pub events: Vec<PollEvent>,
    /// The head after these entries is signed for this moment.
    pub moment: Option<Moment>,
}

impl Transition {
    /// A step at which no head is signed.
    fn quiet(state: PollState, events: Vec<PollEvent>) -> Self {
        Self { state, events, moment: None }
    }

    /// A step at which the head is signed.
    fn signed(state: PollState, events: Vec<PollEvent>, moment: Moment) -> Self {
        Self { state, events, moment: Some(moment) }
    }
}

/// Every returned paper of a poll is in a batch: from here on its sealed figures may be read. Only this folder makes one,
/// and it names its poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayOpen(PollId);

impl MayOpen {
    /// Whose sealed figures.
    pub const fn poll(self) -> PollId {
        self.0
    }
}

/// Begins a poll.
pub fn create(id: PollId, created: PollCreated) -> Transition {
    let events = vec![created.clone().into()];
    Transition::quiet(PollState::Created(Poll::begun(id, created)), events)
}

impl PollState {
    /// Its name.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Created(_) => Stage::Created,
            Self::Listed(..) => Stage::Listed,
            Self::Sealed(..) => Stage::Sealed,
            Self::Tested(..) => Stage::Tested,
            Self::Waived(..) => Stage::Waived,
            Self::Zeroed(..) => Stage::Zeroed,
            Self::Voting(..) => Stage::Voting,
            Self::Counting(..) => Stage::Counting,
            Self::Closed(..) => Stage::Closed,
            Self::Declared(_) => Stage::Declared,
            Self::Proposed(..) => Stage::Proposed,
            Self::Minuted(_) => Stage::Minuted,
            Self::Confirmed(_) => Stage::Confirmed,
            Self::Published(_) => Stage::Published,
            Self::Archived(_) => Stage::Archived,
            Self::Cancelled(_) => Stage::Cancelled,
        }
    }

    /// What does not change.
    pub const fn poll(&self) -> &Poll {
        match self {
            Self::Created(poll)
            | Self::Listed(poll, ..)
            | Self::Sealed(poll, ..)
            | Self::Tested(poll, ..)
            | Self::Waived(poll, ..)
            | Self::Zeroed(poll, _)
            | Self::Voting(poll, ..)
            | Self::Counting(poll, ..)
            | Self::Closed(poll, _)
            | Self::Declared(poll)
            | Self::Proposed(poll, _)
            | Self::Minuted(poll)
            | Self::Confirmed(poll)
            | Self::Published(poll)
            | Self::Archived(poll)
            | Self::Cancelled(poll) => poll,
        }
    }

    /// What the test decks gave so far; `None` once the zero report is made, and before there are forms.
    pub const fn deck_trials(&self) -> Option<&DeckTrials> {
        match self {
            Self::Sealed(_, _, trials) | Self::Tested(_, _, trials) | Self::Waived(_, _, trials) => Some(trials),
            _ => None,
        }
    }

    /// Leave to read the sealed figures, once counting is closed.
    pub fn may_open(&self) -> Option<MayOpen> {
        self.stage().is_open().then(|| MayOpen(self.poll().id))
    }

    const fn refuse<T>(&self, doing: &'static str) -> Result<T, Refusal> {
        Err(Refusal::NotNow { doing, stage: self.stage() })
    }
}
