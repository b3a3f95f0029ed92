//! What changes on an open batch: its size, who reads it, how it is counted; and a teller who takes a reading back.

use super::open_batch::{BatchSetup, TableError};
use super::slot::{Slot, State};
use domain::batch::{Batch, Entry, Open, Reading};
use domain::id::AccountId;

impl Slot {
    /// Takes on another size, mode and pair of tellers. A teller who takes over goes on where the one before stopped, or
    /// begins anew where `begins_anew` says so.
    ///
    /// # Errors
    /// When they are not three people, somebody would read for the other one, or everybody agrees already.
    pub(super) fn change(&mut self, setup: BatchSetup, head: AccountId, begins_anew: bool) -> Result<(), TableError> {
        self.may_change(&setup, head)?;
        self.head = head;
        let before = std::mem::replace(&mut self.opening, setup);
        self.blocked = None;
        if self.opening.mode != before.mode || matches!(self.state, State::Hand(_)) && self.opening != before {
            self.restart();
            return Ok(());
        }
        for (place, from) in before.tellers.into_iter().enumerate() {
            let to = self.opening.tellers.get(place).copied().unwrap_or(from);
            if from != to {
                self.take_over(from, to, begins_anew);
            }
        }
        self.resize();
        Ok(())
    }

    /// Whether [`Self::change`] would be refused.
    pub(super) fn may_change(&self, setup: &BatchSetup, head: AccountId) -> Result<(), TableError> {
        if matches!(self.state, State::Agreed(_) | State::Committing) {
            return Err(TableError::NotNow);
        }
        are_three(setup, head)?;
        let comes = |(to, from): &(AccountId, AccountId)| to != from;
        let mut pairs = setup.tellers.into_iter().zip(self.opening.tellers).filter(comes);
        if pairs.any(|(to, _)| self.has_read(to)) { Err(TableError::HasRead) } else { Ok(()) }
    }

    /// Whether `who` has seen papers of this pile as a teller: nobody reads the same pile for the other teller then.
    fn has_read(&self, who: AccountId) -> bool {
        let has_papers = self.drafts.get(&who).is_some_and(|draft| !draft.reading.is_empty());
        has_papers || self.entered.contains(&who) || self.earlier.contains(&who)
    }

    fn take_over(&mut self, from: AccountId, to: AccountId, begins_anew: bool) {
        let draft = self.drafts.remove(&from).unwrap_or_default();
        if begins_anew {
            self.take_back(from);
            self.drafts.remove(&from);
            self.drafts.entry(to).or_default().clear();
            return;
        }
        let (old, new) = (from.to_string(), to.to_string());
        match &mut self.state {
            State::ReadOnce(batch) => batch.hand_over(&old, &new),
            State::Disputed(batch, waiting) => {
                batch.hand_over(&old, &new);
                if let Some(waiting) = waiting.as_mut().filter(|waiting| waiting.teller == old) {
                    waiting.teller = new;
                }
            }
            State::ForHead(batch) => batch.hand_over(&old, &new),
            State::Unread(_) | State::Hand(_) | State::Agreed(_) | State::Committing => {}
        }
        let has_read = self.entered.contains(&from) || !draft.reading.is_empty();
        for entered in self.entered.iter_mut().filter(|entered| **entered == from) {
            *entered = to;
        }
        if has_read && !self.earlier.contains(&from) {
            self.earlier.push(from);
        }
        let taken = self.drafts.entry(to).or_default();
        taken.hold(draft.reading);
        taken.again = draft.again;
    }

    /// Gives a teller's ended reading back, so that papers of it can be corrected, put in or taken out. What the other
    /// teller read stays.
    ///
    /// # Errors
    /// When this teller has ended no reading.
    pub(super) fn reopen(&mut self, who: AccountId) -> Result<(), TableError> {
        self.is_teller(who)?;
        if self.take_back(who) { Ok(()) } else { Err(TableError::NotNow) }
    }

    fn take_back(&mut self, who: AccountId) -> bool {
        let person = who.to_string();
        let state = std::mem::replace(&mut self.state, State::Committing);
        let (state, own) = match state {
            State::ReadOnce(batch) if batch.reader() == person => {
                let (open, entry) = batch.reopen();
                (State::Unread(open), Some(entry))
            }
            State::Disputed(batch, _) | State::ForHead(batch) => {
                let (open, entries) = batch.reopen();
                part(open, entries, &person)
            }
            other => (other, None),
        };
        self.state = state;
        let Some(entry) = own else { return false };
        self.entered.retain(|entered| *entered != who);
        self.drafts.entry(who).or_default().hold(Reading::from(entry));
        for draft in self.drafts.values_mut() {
            draft.again = domain::batch::RereadingSoFar::default();
        }
        true
    }

    /// Gives back the readings that have another number of papers than the pile has now.
    fn resize(&mut self) {
        let papers = self.opening.shape.papers;
        for who in self.entered.clone() {
            if self.read_papers() != papers {
                self.take_back(who);
            }
        }
        let state = std::mem::replace(&mut self.state, State::Committing);
        self.state = match state {
            State::Unread(batch) => State::Unread(batch.resized(papers)),
            State::ReadOnce(batch) => State::ReadOnce(batch.resized(papers)),
            other => other,
        };
    }

    /// Papers that the readings have which the batch holds.
    fn read_papers(&self) -> u32 {
        match &self.state {
            State::Unread(batch) => batch.shape().papers,
            State::ReadOnce(batch) => batch.shape().papers,
            State::Disputed(batch, _) | State::ForHead(batch) => batch.shape().papers,
            State::Hand(_) | State::Agreed(_) | State::Committing => self.opening.shape.papers,
        }
    }
}

pub(super) fn are_three(setup: &BatchSetup, head: AccountId) -> Result<(), TableError> {
    let [one, two] = setup.tellers;
    if one == two || setup.tellers.contains(&head) { Err(TableError::SamePeople) } else { Ok(()) }
}

/// The batch with the other one's reading alone, and this person's.
fn part(open: Batch<Open>, [first, second]: [Entry; 2], person: &str) -> (State, Option<Entry>) {
    let (own, other) = if first.teller == person { (first, second) } else { (second, first) };
    match open.first(other) {
        Ok(batch) => (State::ReadOnce(batch), Some(own)),
        // It fitted the pile before.
        Err(refused) => (State::Unread(refused.batch), Some(own)),
    }
}
