//! Bàn kiểm phiếu: the open batches of this process, in memory and nowhere else.
//!
//! A head teller opens a batch for two named tellers; each sends one reading; where they differ, both read those lines
//! again; where they still differ, the head teller decides with the paper in hand. Out come the batch's counts, once.
//! [`domain::batch`] says what happens to marks: they are wiped when the batch agrees, when it is abandoned, and when
//! the table is dropped.
//!
//! Whatever is sent carries an id of its own: the same thing sent again by the same person changes nothing and is
//! answered with the current state, so a page that got no answer sends it once more. A restart forgets every open
//! batch; the pages keep what they keyed and send it again. Only the database knows whether a batch was committed
//! before: callers ask it before they open one.
//!
//! No answer, no error and no debug output reveals a mark or a count.

mod open_batch;
mod slot;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use self::open_batch::{
    AgreedBatch, BatchKey, BatchProgress, BatchSetup, BatchStage, Lying, Mode, Pile, TableError,
};
use self::slot::{Slot, State};
use crate::polls::Sent;
use domain::batch::hand_tally::{Row, Sheet};
use domain::batch::{PAPERS_PER_BATCH, Paper, Reread};
use domain::count::BatchCounts;
use domain::id::{AccountId, PollId};

/// All open batches of this process.
#[derive(Debug, Default)]
pub struct CountingTable {
    slots: Mutex<BTreeMap<BatchKey, Slot>>,
}

impl CountingTable {
    fn slots(&self) -> MutexGuard<'_, BTreeMap<BatchKey, Slot>> {
        // A panic elsewhere leaves a slot as it was, or taken: both are safe to go on with.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a batch; the sender is its head teller. `left` is how many papers of its form are in no committed batch.
    ///
    /// # Errors
    /// When it is open already, its tellers and its head teller are not three people, it has no papers or too many, or
    /// the open batches would have more papers than are left.
    pub fn open(&self, key: BatchKey, opening: BatchSetup, sent: Sent, left: u32) -> Result<(), TableError> {
        let [one, two] = opening.tellers;
        if one == two || opening.tellers.contains(&sent.by) {
            return Err(TableError::SamePeople);
        }
        // A recount is of all valid papers of a form at once.
        let is_pile = key.pile != Pile::Recount;
        if opening.shape.papers == 0 || (is_pile && opening.shape.papers > *PAPERS_PER_BATCH.end()) {
            return Err(TableError::Size);
        }
        let mut slots = self.slots();
        if let Some(slot) = slots.get(&key) {
            let same = slot.opening == opening && slot.sent.get(&sent.id) == Some(&sent.by);
            return if same { Ok(()) } else { Err(TableError::AlreadyOpen) };
        }
        let lying = slots.iter().filter(|(other, _)| is_pile && other.is_beside(&key));
        let lying = lying.fold(0_u32, |sum, (_, slot)| sum.saturating_add(slot.opening.shape.papers));
        let left = left.saturating_sub(lying);
        if opening.shape.papers > left {
            return Err(TableError::PapersOver { left });
        }
        slots.insert(key, Slot::new(opening, sent));
        Ok(())
    }

    /// Takes one teller's reading of the whole pile.
    ///
    /// # Errors
    /// When this person has no reading to give here, or it does not fit the pile.
    pub fn enter(&self, key: &BatchKey, sent: Sent, papers: Vec<Paper>) -> Result<BatchProgress, TableError> {
        self.step(key, sent, |slot| slot.enter(sent.by, papers))
    }

    /// Takes what one teller read again.
    ///
    /// # Errors
    /// When nothing is to be read again by this person, or it is not exactly what was asked.
    pub fn read_again(&self, key: &BatchKey, sent: Sent, papers: Vec<Reread>) -> Result<BatchProgress, TableError> {
        self.step(key, sent, |slot| slot.read_again(sent.by, papers))
    }

    /// Takes the head teller's reading of what both tellers still read differently.
    ///
    /// # Errors
    /// When the sender is not the head teller, there is nothing to decide, or it is not exactly what was asked.
    pub fn decide(&self, key: &BatchKey, sent: Sent, papers: Vec<Reread>) -> Result<BatchProgress, TableError> {
        self.step(key, sent, |slot| slot.decide(sent.by, papers))
    }

    /// Takes figures of a tally sheet: a teller's own sheet, the rows of it that differ, or the rows that the head teller
    /// decides. `figures` are by row, in the order in which they were asked for.
    ///
    /// # Errors
    /// When nothing is to be keyed by this person, it is not what was asked, or the figures cannot be right.
    pub fn key_rows(
        &self,
        key: &BatchKey,
        sent: Sent,
        figures: Vec<(Row, Vec<u32>)>,
    ) -> Result<BatchProgress, TableError> {
        self.step(key, sent, |slot| {
            let sheet = Sheet::new(&slot.sheet_shape(), figures)?;
            slot.key_rows(sent.by, sheet)
        })
    }

    fn step(
        &self,
        key: &BatchKey,
        sent: Sent,
        take: impl FnOnce(&mut Slot) -> Result<(), TableError>,
    ) -> Result<BatchProgress, TableError> {
        let mut slots = self.slots();
        let slot = slots.get_mut(key).ok_or(TableError::NotOpen)?;
        match slot.sent.get(&sent.id) {
            Some(by) if *by == sent.by => return slot.progress(sent.by),
            Some(_) => return Err(TableError::ForeignId),
            None => {}
        }
        take(slot)?;
        slot.sent.insert(sent.id, sent.by);
        slot.progress(sent.by)
    }

    /// The progress of a batch, for one of its tellers or its head teller.
    ///
    /// # Errors
    /// When it is not open, or this person has nothing to do with it.
    pub fn progress(&self, key: &BatchKey, who: AccountId) -> Result<BatchProgress, TableError> {
        self.slots().get(key).ok_or(TableError::NotOpen)?.progress(who)
    }

    /// Hands out the counts of a batch on which everybody agrees, once.
    ///
    /// # Errors
    /// When the person has nothing to do with it, or there is nothing to hand out.
    pub fn take(&self, key: &BatchKey, who: AccountId) -> Result<AgreedBatch, TableError> {
        let mut slots = self.slots();
        let slot = slots.get_mut(key).ok_or(TableError::NotOpen)?;
        slot.progress(who)?;
        slot.take()
    }

    /// Takes back counts that could not be committed; they can be taken once more.
    ///
    /// # Errors
    /// When they were not taken from here.
    pub fn put_back(&self, key: &BatchKey, counted: AgreedBatch) -> Result<(), TableError> {
        let mut slots = self.slots();
        let slot = slots.get_mut(key).ok_or(TableError::NotOpen)?;
        if !matches!(slot.state, State::Committing) {
            return Err(TableError::NotNow);
        }
        slot.state = State::Agreed(counted.counts);
        Ok(())
    }

    /// Removes a batch whose counts were taken and are committed.
    pub fn finish(&self, key: &BatchKey) {
        let mut slots = self.slots();
        if slots.get(key).is_some_and(|slot| matches!(slot.state, State::Committing)) {
            slots.remove(key);
        }
    }

    /// Takes a batch off the table, with everything that was keyed of it.
    ///
    /// # Errors
    /// When one of its two tellers asks, or its counts are being committed.
    pub fn remove(&self, key: &BatchKey, who: AccountId) -> Result<(), TableError> {
        let mut slots = self.slots();
        let slot = slots.get(key).ok_or(TableError::NotOpen)?;
        if slot.is_teller(who).is_ok() {
            return Err(TableError::NotHead);
        }
        if matches!(slot.state, State::Committing) {
            return Err(TableError::NotNow);
        }
        slots.remove(key);
        Ok(())
    }

    /// An open batch.
    pub fn lying(&self, key: &BatchKey) -> Option<Lying> {
        self.slots().get(key).map(|slot| slot.lying(key))
    }

    /// All open batches of a poll, by form and number.
    pub fn of_poll(&self, poll: PollId, pile: Pile) -> Vec<Lying> {
        let slots = self.slots();
        let own = slots.iter().filter(|(key, _)| key.poll == poll && key.pile == pile);
        own.map(|(key, slot)| slot.lying(key)).collect()
    }

    /// The counts of a test deck so far, by batch. Those of ballots are never given out.
    pub fn deck(&self, poll: PollId) -> Vec<(BatchKey, BatchCounts)> {
        let slots = self.slots();
        let counted = slots.iter().filter_map(|(key, slot)| match &slot.state {
            State::Agreed(counts) if key.poll == poll && key.pile == Pile::Deck => Some((key.clone(), counts.clone())),
            _ => None,
        });
        counted.collect()
    }

    /// Removes everything of a poll, with all that was keyed.
    pub fn clear_poll(&self, poll: PollId) {
        self.slots().retain(|key, _| key.poll != poll);
    }

    /// Removes the test deck of a poll, so that it can be counted anew.
    pub fn clear_deck(&self, poll: PollId) {
        self.slots().retain(|key, _| key.poll != poll || key.pile != Pile::Deck);
    }
}

#[cfg(test)]
mod tests;
