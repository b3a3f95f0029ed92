//! One batch on the table: what its tellers may do next, and what happens to what they keyed.

use std::collections::BTreeMap;
use std::fmt;

use super::open_batch::{AgreedBatch, BatchKey, BatchProgress, BatchSetup, BatchStage, Lying, Mode, Pile, TableError};
use crate::polls::Sent;
use domain::batch::hand_tally::{Due, HandTally, Outcome, Sheet, SheetShape};
use domain::batch::{
    Batch, Compared, Disputed, Entry, EntryError, Open, Paper, ReadOnce, Reread, Rereading, put_again,
};
use domain::count::BatchCounts;
use domain::id::{AccountId, RequestId};

/// How far a batch is.
pub(super) enum State {
    Unread(Batch<Open>),
    ReadOnce(Batch<ReadOnce>),
    /// Both readings differ. One teller's second reading of those lines waits here for the other's.
    Disputed(Batch<Disputed>, Option<Rereading>),
    /// Both read again and still differ.
    ForHead(Batch<Disputed>),
    /// Counted by hand.
    Hand(HandTally),
    Agreed(BatchCounts),
    /// The counts are being written to the database. No answer says that they are in it before they are.
    Committing,
}

impl State {
    const fn name(&self) -> &'static str {
        match self {
            Self::Unread(_) => "unread",
            Self::ReadOnce(_) => "read once",
            Self::Disputed(..) => "disputed",
            Self::ForHead(_) => "for head",
            Self::Hand(_) => "by hand",
            Self::Agreed(_) => "agreed",
            Self::Committing => "committing",
        }
    }
}

/// A batch on the table.
pub(super) struct Slot {
    pub opening: BatchSetup,
    pub head: AccountId,
    opened: RequestId,
    /// Senders of the request ids that were handled: none is handled twice.
    pub sent: BTreeMap<RequestId, AccountId>,
    /// Tellers who entered, in the order of their readings.
    entered: Vec<AccountId>,
    reread: usize,
    decided: usize,
    /// What is read of a test deck: its papers are nobody's ballots, and are held against what stands on them. `None` of
    /// any other pile, of which no paper outlives the agreement.
    deck: Option<Vec<Paper>>,
    pub state: State,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({}, {} entered)", self.state.name(), self.entered.len())
    }
}

impl Slot {
    pub(super) fn new(opening: BatchSetup, sent: Sent, pile: Pile) -> Self {
        let state = match opening.mode {
            Mode::Marks => State::Unread(Batch::open(opening.shape)),
            Mode::HandTally | Mode::Recount => State::Hand(HandTally::open(sheet_shape(&opening))),
        };
        Self {
            opening,
            head: sent.by,
            opened: sent.id,
            sent: [(sent.id, sent.by)].into(),
            entered: Vec::with_capacity(2),
            reread: 0,
            decided: 0,
            deck: (pile == Pile::Deck).then(Vec::new),
            state,
        }
    }

    pub(super) fn sheet_shape(&self) -> SheetShape {
        sheet_shape(&self.opening)
    }

    pub(super) fn lying(&self, key: &BatchKey) -> Lying {
        let stage = match &self.state {
            State::Unread(_) => BatchStage::Unread,
            State::ReadOnce(_) => BatchStage::ReadOnce,
            State::Disputed(batch, _) => BatchStage::Differs(batch.differences().len()),
            State::ForHead(batch) => BatchStage::ForHead(batch.differences().len()),
            State::Hand(tally) => match tally.sheets() {
                (0, _) => BatchStage::Unread,
                (1, _) => BatchStage::ReadOnce,
                (_, rows) if tally.is_for_third() => BatchStage::ForHead(rows),
                (_, rows) => BatchStage::Differs(rows),
            },
            State::Agreed(_) | State::Committing => BatchStage::Agreed,
        };
        Lying { key: key.clone(), opening: self.opening.clone(), head: self.head, opened: self.opened, stage }
    }

    /// The papers of a test deck on which everybody agrees.
    pub(super) fn deck(&self) -> Option<&Vec<Paper>> {
        self.deck.as_ref().filter(|_| matches!(self.state, State::Agreed(_)))
    }

    fn put_deck(&mut self, read: &Rereading) {
        if let Some(deck) = &mut self.deck {
            put_again(deck, read, self.opening.shape.lines);
        }
    }

    /// Hands out the counts on which everybody agrees.
    pub(super) fn take(&mut self) -> Result<AgreedBatch, TableError> {
        match std::mem::replace(&mut self.state, State::Committing) {
            State::Agreed(counts) => {
                let tellers = match self.entered.as_slice() {
                    [first, second] => [*first, *second],
                    _ => self.opening.tellers,
                };
                let sent = self.sent.iter().map(|(id, by)| Sent { by: *by, id: *id }).collect();
                Ok(AgreedBatch { counts, tellers, head: self.head, reread: self.reread, decided: self.decided, sent })
            }
            other => {
                self.state = other;
                Err(TableError::NotNow)
            }
        }
    }

    pub(super) fn is_head(&self, who: AccountId) -> Result<(), TableError> {
        if who == self.head { Ok(()) } else { Err(TableError::NotHead) }
    }

    pub(super) fn is_teller(&self, who: AccountId) -> Result<(), TableError> {
        if self.opening.tellers.contains(&who) { Ok(()) } else { Err(TableError::NotTeller) }
    }

    pub(super) fn progress(&self, who: AccountId) -> Result<BatchProgress, TableError> {
        let is_head = who == self.head;
        if !is_head {
            self.is_teller(who)?;
        }
        Ok(match &self.state {
            State::Unread(_) | State::ReadOnce(_) if !is_head && !self.entered.contains(&who) => BatchProgress::Key,
            State::Disputed(batch, waiting) if !is_head && !is_of(waiting.as_ref(), who) => {
                BatchProgress::KeyAgain(batch.asked())
            }
            State::ForHead(batch) if is_head => BatchProgress::Decide(batch.asked()),
            State::Unread(_) | State::ReadOnce(_) | State::Disputed(..) | State::ForHead(_) => BatchProgress::Waiting,
            State::Hand(tally) => match tally.due(&who.to_string()) {
                Due::Third(rows) if is_head => BatchProgress::DecideRows(rows),
                Due::Rows(rows) if !is_head => BatchProgress::KeyRows(rows),
                Due::Third(_) | Due::Rows(_) | Due::Nothing => BatchProgress::Waiting,
            },
            State::Agreed(_) | State::Committing => BatchProgress::Agreed,
        })
    }

    /// Runs a transition that consumes the state. A refused one gives the state back as it was.
    fn replace(&mut self, step: impl FnOnce(State) -> (State, Result<(), TableError>)) -> Result<(), TableError> {
        let (state, result) = step(std::mem::replace(&mut self.state, State::Committing));
        self.state = state;
        result
    }

    pub(super) fn enter(&mut self, who: AccountId, papers: Vec<Paper>) -> Result<(), TableError> {
        self.is_teller(who)?;
        if self.entered.contains(&who) {
            return Err(TableError::AlreadyEntered);
        }
        let first = self.deck.as_ref().filter(|_| self.entered.is_empty()).map(|_| papers.clone());
        let entry = Entry { teller: who.to_string(), papers };
        self.replace(|state| match state {
            State::Unread(batch) => match batch.first(entry) {
                Ok(batch) => (State::ReadOnce(batch), Ok(())),
                Err(refused) => (State::Unread(refused.batch), Err(refused.error.into())),
            },
            State::ReadOnce(batch) => match batch.second(entry) {
                Ok(Compared::Agreed(counts)) => (State::Agreed(counts), Ok(())),
                Ok(Compared::Differs(batch)) => (State::Disputed(batch, None), Ok(())),
                Err(refused) => (State::ReadOnce(refused.batch), Err(refused.error.into())),
            },
            State::Hand(tally) => (State::Hand(tally), Err(TableError::OtherMode)),
            other => (other, Err(TableError::NotNow)),
        })?;
        self.entered.push(who);
        if first.is_some() {
            self.deck = first;
        }
        if let State::Disputed(batch, _) = &self.state {
            self.reread = batch.differences().len();
        }
        Ok(())
    }

    pub(super) fn read_again(&mut self, who: AccountId, papers: Vec<Reread>) -> Result<(), TableError> {
        self.is_teller(who)?;
        let read = Rereading { teller: who.to_string(), papers };
        let deck = self.deck.as_ref().map(|_| read.clone());
        self.replace(|state| match state {
            State::Disputed(batch, Some(other)) if other.teller == read.teller => {
                (State::Disputed(batch, Some(other)), Err(TableError::AlreadyEntered))
            }
            // Checked before it waits: a teller who sent something wrong is refused now, not when the other one sends.
            State::Disputed(batch, waiting) if !batch.is_as_asked(&read) => {
                (State::Disputed(batch, waiting), Err(EntryError::NotAsked.into()))
            }
            State::Disputed(batch, None) => (State::Disputed(batch, Some(read)), Ok(())),
            State::Disputed(batch, Some(other)) => match batch.read_lines_again(&other, &read) {
                Ok(Compared::Agreed(counts)) => (State::Agreed(counts), Ok(())),
                Ok(Compared::Differs(batch)) => (State::ForHead(batch), Ok(())),
                Err(refused) => (State::Disputed(refused.batch, Some(other)), Err(refused.error.into())),
            },
            other => (other, Err(TableError::NotNow)),
        })?;
        deck.iter().for_each(|read| self.put_deck(read));
        Ok(())
    }

    pub(super) fn decide(&mut self, who: AccountId, papers: Vec<Reread>) -> Result<(), TableError> {
        self.is_head(who)?;
        let read = Rereading { teller: who.to_string(), papers };
        let mut decided = 0;
        self.replace(|state| match state {
            State::ForHead(batch) => {
                decided = batch.differences().len();
                match batch.decide(&read) {
                    Ok(Compared::Agreed(counts)) => (State::Agreed(counts), Ok(())),
                    Ok(Compared::Differs(batch)) => (State::ForHead(batch), Err(TableError::NotNow)),
                    Err(refused) => (State::ForHead(refused.batch), Err(refused.error.into())),
                }
            }
            other => (other, Err(TableError::NotNow)),
        })?;
        self.decided = decided;
        self.put_deck(&read);
        Ok(())
    }

    /// Takes figures of a tally sheet.
    pub(super) fn key_rows(&mut self, who: AccountId, sheet: Sheet) -> Result<(), TableError> {
        let is_head = who == self.head;
        if !is_head {
            self.is_teller(who)?;
        }
        let mut differ = (0, 0);
        self.replace(|state| {
            let State::Hand(tally) = state else { return (state, Err(TableError::OtherMode)) };
            let before = tally.sheets();
            let person = who.to_string();
            let outcome = if is_head { tally.decide(&person, &sheet) } else { tally.key(&person, sheet) };
            match outcome {
                Ok(Outcome::Agreed(counts)) => {
                    differ = (before.1, before.1);
                    (State::Agreed(counts), Ok(()))
                }
                Ok(Outcome::Open(tally)) => {
                    differ = (before.1, tally.sheets().1);
                    (State::Hand(*tally), Ok(()))
                }
                Err(refused) => {
                    let (tally, error) = *refused;
                    (State::Hand(tally), Err(error.into()))
                }
            }
        })?;
        if is_head {
            self.decided = differ.0;
        } else if !self.entered.contains(&who) {
            self.entered.push(who);
            self.reread = differ.1;
        }
        Ok(())
    }
}

fn sheet_shape(opening: &BatchSetup) -> SheetShape {
    let shape = opening.shape;
    SheetShape {
        kind: shape.kind,
        lines: shape.lines,
        papers: shape.papers,
        reasons: opening.reasons.clone(),
        has_third: opening.mode != Mode::Recount,
    }
}

/// Whether the reading that waits is this person's.
fn is_of(waiting: Option<&Rereading>, who: AccountId) -> bool {
    waiting.is_some_and(|read| read.teller == who.to_string())
}
