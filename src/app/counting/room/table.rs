//! Bàn kiểm phiếu: the open batches of this process, with what is keyed of them in memory and nowhere else.
//!
//! A head teller opens a batch for two named tellers; each sends a reading paper by paper; where the two differ, both read
//! those lines again; where they still differ, the head teller decides with the paper in hand. Out come the batch's
//! counts, once. [`domain::batch`] says what happens to marks: they are wiped when the batch agrees, when it is abandoned,
//! and when the table is dropped.
//!
//! Which piles lie open stands in the database, without a mark; a process that starts again lays them from there
//! ([`CountingTable::lay`]), and the pages send again what they hold. Whatever is sent carries an id and the number of the
//! messages that were taken of this person before: the same message sent again changes nothing, and a page that another
//! window has overtaken is told so.
//!
//! No answer, no error and no debug output reveals a mark or a count.

mod changes;
mod open_batch;
mod slot;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use self::open_batch::{
    AgreedBatch, BatchKey, BatchProgress, BatchSetup, BatchStage, Laid, Lying, OwnPapers, TableError, Turn,
};
use self::slot::{Slot, State};
use domain::batch::hand_tally::{Row, Sheet};
use domain::batch::{Agreed, PAPERS_PER_BATCH, Paper, Pile, ReadingStep, Reread};
use domain::id::{AccountId, PollId, RequestId};
use domain::poll_state::Stage;

/// All open batches of this process.
#[derive(Debug, Default)]
pub struct CountingTable {
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    open: BTreeMap<BatchKey, Slot>,
    /// Openings that ended here: somebody who read the database a moment ago does not lay them again.
    ended: BTreeSet<RequestId>,
    /// Openings that began here.
    own: BTreeSet<RequestId>,
}

impl CountingTable {
    fn slots(&self) -> MutexGuard<'_, Slots> {
        // A panic elsewhere leaves a slot as it was, or taken: both are safe to go on with.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that this process is about to open a batch: when it is laid, it is not laid again.
    pub fn announce(&self, opened: RequestId) {
        self.slots().own.insert(opened);
    }

    /// Lays what the database says to be open and is not here yet.
    pub fn lay(&self, laid: Vec<Laid>) {
        let mut slots = self.slots();
        for one in laid {
            let has_ended = slots.ended.contains(&one.opened);
            let lies = slots.open.get(&one.key).is_some_and(|slot| slot.opened == one.opened);
            if has_ended || lies {
                continue;
            }
            let key = one.key.clone();
            let is_laid_again = !slots.own.contains(&one.opened);
            slots.open.insert(key, Slot::new(one, is_laid_again));
        }
    }

    /// Whether the three people and the number of papers fit together.
    ///
    /// # Errors
    /// When its tellers and its head teller are not three people, or it has no papers or too many.
    pub fn may_lie(laid: &Laid) -> Result<(), TableError> {
        changes::are_three(&laid.setup, laid.head)?;
        let papers = laid.setup.shape.papers;
        // A recount is of all valid papers of a form at once.
        let most = if laid.key.pile == Pile::Recount { u32::MAX } else { *PAPERS_PER_BATCH.end() };
        if papers == 0 || papers > most { Err(TableError::Size) } else { Ok(()) }
    }

    /// Takes papers of a teller's reading, each with its number in the pile.
    ///
    /// # Errors
    /// When this person has no reading to give here, or it does not fit the pile.
    pub fn read(
        &self,
        key: &BatchKey,
        turn: Turn,
        steps: Vec<(usize, ReadingStep)>,
    ) -> Result<BatchProgress, TableError> {
        self.step(key, turn, |slot| slot.read(turn.sent.by, steps, turn.is_last))
    }

    /// Takes what one teller read again.
    ///
    /// # Errors
    /// When nothing is to be read again by this person, or it is not exactly what was asked.
    pub fn read_again(&self, key: &BatchKey, turn: Turn, papers: Vec<Reread>) -> Result<BatchProgress, TableError> {
        self.step(key, turn, |slot| slot.read_again(turn.sent.by, papers, turn.is_last))
    }

    /// Takes the head teller's reading of what both tellers still read differently.
    ///
    /// # Errors
    /// When the sender is not the head teller, there is nothing to decide, or it is not exactly what was asked.
    pub fn decide(&self, key: &BatchKey, turn: Turn, papers: Vec<Reread>) -> Result<BatchProgress, TableError> {
        self.step(key, turn, |slot| slot.decide(turn.sent.by, papers, turn.is_last))
    }

    /// Gives a teller's ended reading back to the teller.
    ///
    /// # Errors
    /// When the sender has ended no reading.
    pub fn reopen(&self, key: &BatchKey, turn: Turn) -> Result<BatchProgress, TableError> {
        self.step(key, Turn { is_last: false, ..turn }, |slot| slot.reopen(turn.sent.by))
    }

    /// Takes figures of a tally sheet: a teller's own sheet, the rows of it that differ, or the rows that the head teller
    /// decides. `figures` are by row, in the order in which they were asked for.
    ///
    /// # Errors
    /// When nothing is to be keyed by this person, it is not what was asked, or the figures cannot be right.
    pub fn key_rows(
        &self,
        key: &BatchKey,
        turn: Turn,
        figures: Vec<(Row, Vec<u32>)>,
    ) -> Result<BatchProgress, TableError> {
        self.step(key, turn, |slot| {
            let sheet = Sheet::new(&slot.sheet_shape(), figures)?;
            slot.key_rows(turn.sent.by, sheet)
        })
    }

    fn step(
        &self,
        key: &BatchKey,
        turn: Turn,
        take: impl FnOnce(&mut Slot) -> Result<(), TableError>,
    ) -> Result<BatchProgress, TableError> {
        let who = turn.sent.by;
        let mut slots = self.slots();
        let slot = slots.open.get_mut(key).ok_or(TableError::NotOpen)?;
        if slot.opened != turn.opened {
            return Err(TableError::OtherOpening);
        }
        slot.once(turn, take)?;
        slot.progress(who)
    }

    /// Gives an open batch another size, mode or pair of tellers; `head` leads it from now on.
    ///
    /// # Errors
    /// When it is not open, they are not three people, one would read for the other, or everybody agrees already.
    pub fn change(
        &self,
        key: &BatchKey,
        opened: RequestId,
        (setup, head): (BatchSetup, AccountId),
        begins_anew: bool,
    ) -> Result<(), TableError> {
        let mut slots = self.slots();
        let slot = slots.open.get_mut(key).filter(|slot| slot.opened == opened).ok_or(TableError::NotOpen)?;
        slot.change(setup, head, begins_anew)
    }

    /// Whether [`Self::change`] would be refused.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn may_change(
        &self,
        key: &BatchKey,
        opened: RequestId,
        setup: &BatchSetup,
        head: AccountId,
    ) -> Result<(), TableError> {
        let slots = self.slots();
        slots.open.get(key).filter(|slot| slot.opened == opened).ok_or(TableError::NotOpen)?.may_change(setup, head)
    }

    /// The progress of a batch, for one of its tellers or its head teller.
    ///
    /// # Errors
    /// When it is not open, or this person has nothing to do with it.
    pub fn progress(&self, key: &BatchKey, who: AccountId) -> Result<BatchProgress, TableError> {
        self.slots().open.get(key).ok_or(TableError::NotOpen)?.progress(who)
    }

    /// How far a person is with what is asked of them now.
    pub fn own_papers(&self, key: &BatchKey, who: AccountId) -> OwnPapers {
        self.slots().open.get(key).map_or_else(OwnPapers::default, |slot| slot.own_papers(who))
    }

    /// Hands out the counts of a batch on which everybody agrees, once.
    ///
    /// # Errors
    /// When the person has nothing to do with it, or there is nothing to hand out.
    pub fn take(&self, key: &BatchKey, who: AccountId) -> Result<AgreedBatch, TableError> {
        let mut slots = self.slots();
        let slot = slots.open.get_mut(key).ok_or(TableError::NotOpen)?;
        slot.progress(who)?;
        slot.take()
    }

    /// Takes back counts that could not be committed, and why not; they can be taken once more.
    ///
    /// # Errors
    /// When they were not taken from here.
    pub fn put_back(&self, key: &BatchKey, counted: AgreedBatch, why: Option<String>) -> Result<(), TableError> {
        let mut slots = self.slots();
        let slot = slots.open.get_mut(key).ok_or(TableError::NotOpen)?;
        if !matches!(slot.state, State::Committing) {
            return Err(TableError::NotNow);
        }
        slot.state = State::Agreed(Agreed { counts: counted.counts, test_papers: None });
        slot.blocked = why;
        Ok(())
    }

    /// Removes a batch whose counts were taken and are committed.
    pub fn finish(&self, key: &BatchKey) {
        let mut slots = self.slots();
        if slots.open.get(key).is_some_and(|slot| matches!(slot.state, State::Committing)) {
            slots.end(key);
        }
    }

    /// Whether a batch may be taken off the table by this person.
    ///
    /// # Errors
    /// When it is another opening, one of its two tellers asks, or its counts are being committed.
    pub fn may_remove(&self, key: &BatchKey, opened: RequestId, who: AccountId) -> Result<(), TableError> {
        let slots = self.slots();
        let slot = slots.open.get(key).ok_or(TableError::NotOpen)?;
        if slot.opened != opened {
            return Err(TableError::OtherOpening);
        }
        if slot.is_teller(who).is_ok() {
            return Err(TableError::NotHead);
        }
        if matches!(slot.state, State::Committing) { Err(TableError::NotNow) } else { Ok(()) }
    }

    /// Takes a batch off the table, with everything that was keyed of it.
    pub fn remove(&self, key: &BatchKey, opened: RequestId) {
        let mut slots = self.slots();
        if slots.open.get(key).is_some_and(|slot| slot.opened == opened) {
            slots.end(key);
        }
    }

    /// How many batches lie open.
    pub fn len(&self) -> usize {
        self.slots().open.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An open batch.
    pub fn lying(&self, key: &BatchKey) -> Option<Lying> {
        self.slots().open.get(key).map(|slot| slot.lying(key))
    }

    /// All open batches of a poll, by form and number.
    pub fn of_poll(&self, poll: PollId, pile: Pile) -> Vec<Lying> {
        let slots = self.slots();
        let own = slots.open.iter().filter(|(key, _)| key.poll == poll && key.pile == pile);
        own.map(|(key, slot)| slot.lying(key)).collect()
    }

    /// Every pile of the test deck on which everybody agrees, paper by paper. Papers of ballots are never given out.
    pub fn deck(&self, poll: PollId) -> Vec<(BatchKey, Vec<Paper>)> {
        let slots = self.slots();
        let own = slots.open.iter().filter(|(key, _)| key.poll == poll && key.pile == Pile::Deck);
        own.filter_map(|(key, slot)| slot.test_papers().map(|papers| (key.clone(), papers.to_vec()))).collect()
    }

    /// Removes these piles of the test deck, so that they can be keyed anew.
    pub fn clear_deck(&self, piles: &[BatchKey]) {
        self.clear(|key| key.pile == Pile::Deck && piles.contains(key));
    }

    /// Removes what was keyed of papers that are never counted again at this stage of the poll.
    pub fn clear_past(&self, poll: PollId, stage: Stage) {
        self.clear(|key| key.poll == poll && stage.is_past(key.pile));
    }

    /// Polls of which something lies open.
    pub fn polls(&self) -> BTreeSet<PollId> {
        self.slots().open.keys().map(|key| key.poll).collect()
    }

    /// Removes everything that lies open of a poll, with all that was keyed of it. It may be laid again from the database.
    pub fn clear_poll(&self, poll: PollId) {
        let mut slots = self.slots();
        let opened: Vec<RequestId> =
            slots.open.iter().filter(|(key, _)| key.poll == poll).map(|(_, slot)| slot.opened).collect();
        slots.open.retain(|key, _| key.poll != poll);
        slots.own.retain(|own| !opened.contains(own));
    }

    fn clear(&self, which: impl Fn(&BatchKey) -> bool) {
        let mut slots = self.slots();
        let gone: Vec<BatchKey> = slots.open.keys().filter(|key| which(key)).cloned().collect();
        for key in &gone {
            slots.end(key);
        }
    }
}

impl Slots {
    fn end(&mut self, key: &BatchKey) {
        if let Some(slot) = self.open.remove(key) {
            self.ended.insert(slot.opened);
        }
    }
}

#[cfg(test)]
mod tests;
