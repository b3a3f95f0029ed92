//! One batch on the table: what its tellers may do next, and what happens to what they keyed.

use std::collections::BTreeMap;
use std::fmt;

use super::open_batch::{
    AgreedBatch, BatchKey, BatchProgress, BatchSetup, BatchStage, Laid, Lying, OwnPapers, TableError, Turn,
};
use crate::polls::Sent;
use domain::batch::hand_tally::{Due, HandTally, Outcome, Sheet, SheetShape};
use domain::batch::{
    Agreed, Batch, Compared, Disputed, Mode, Open, Paper, Pile, ReadOnce, Reading, ReadingStep, Reread, Rereading,
    RereadingSoFar,
};
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
    Agreed(Agreed),
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

/// What one person has keyed and not ended yet. The marks are wiped when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub reading: Reading,
    pub again: RereadingSoFar,
    revision: u32,
    /// The message that was taken last: sent again, it is known.
    last: Option<RequestId>,
}

/// A batch on the table.
pub(super) struct Slot {
    pub opening: BatchSetup,
    pub head: AccountId,
    pub opened: RequestId,
    pile: Pile,
    /// Senders of the requests that ended a reading: none is handled twice.
    pub sent: BTreeMap<RequestId, AccountId>,
    /// What people key at the moment.
    pub drafts: BTreeMap<AccountId, Draft>,
    /// Tellers who entered, in the order of their readings.
    pub entered: Vec<AccountId>,
    /// Whose reading another teller took over.
    pub earlier: Vec<AccountId>,
    reread: usize,
    decided: usize,
    pub is_laid_again: bool,
    pub blocked: Option<String>,
    pub state: State,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({}, {} entered)", self.state.name(), self.entered.len())
    }
}

impl Slot {
    pub(super) fn new(Laid { key, setup, head, opened }: Laid, is_laid_again: bool) -> Self {
        let state = fresh(key.pile, &setup);
        Self {
            opening: setup,
            head,
            opened,
            pile: key.pile,
            sent: [(opened, head)].into(),
            drafts: BTreeMap::new(),
            entered: Vec::with_capacity(2),
            earlier: Vec::new(),
            reread: 0,
            decided: 0,
            is_laid_again,
            blocked: None,
            state,
        }
    }

    /// Forgets everything that was keyed.
    pub(super) fn restart(&mut self) {
        self.state = fresh(self.pile, &self.opening);
        (self.reread, self.decided) = (0, 0);
        self.entered.clear();
        self.earlier.clear();
        for draft in self.drafts.values_mut() {
            draft.clear();
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
        let disputed = match &self.state {
            State::ForHead(batch) => batch.asked().iter().map(|asked| asked.paper).collect(),
            _ => Vec::new(),
        };
        let everybody = self.opening.tellers.into_iter().chain([self.head]);
        let is_due = |who: &AccountId| {
            let idle = matches!(self.progress(*who), Err(_) | Ok(BatchProgress::Waiting | BatchProgress::Agreed));
            !idle
        };
        Lying {
            key: key.clone(),
            opening: self.opening.clone(),
            head: self.head,
            opened: self.opened,
            stage,
            waits_for: everybody.filter(is_due).collect(),
            disputed,
            is_laid_again: self.is_laid_again,
            blocked: self.blocked.clone(),
        }
    }

    /// The papers of a test deck on which everybody agrees.
    pub(super) fn test_papers(&self) -> Option<&[Paper]> {
        match &self.state {
            State::Agreed(agreed) => agreed.test_papers.as_deref(),
            _ => None,
        }
    }

    /// Hands out the counts on which everybody agrees.
    pub(super) fn take(&mut self) -> Result<AgreedBatch, TableError> {
        match std::mem::replace(&mut self.state, State::Committing) {
            State::Agreed(Agreed { counts, .. }) => {
                let tellers = match self.entered.as_slice() {
                    [first, second] => [*first, *second],
                    _ => self.opening.tellers,
                };
                let sent = self.sent.iter().filter(|(id, _)| **id != self.opened);
                Ok(AgreedBatch {
                    counts,
                    tellers,
                    earlier: self.earlier.clone(),
                    head: self.head,
                    opened: self.opened,
                    reread: self.reread,
                    decided: self.decided,
                    sent: sent.map(|(id, by)| Sent { by: *by, id: *id }).collect(),
                })
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

    /// How far this person is with what is asked of them now.
    pub(super) fn own_papers(&self, who: AccountId) -> OwnPapers {
        let empty = Draft::default();
        let draft = self.drafts.get(&who).unwrap_or(&empty);
        let (done, moved_from) = match &self.state {
            State::Unread(_) | State::ReadOnce(_) => (draft.reading.len(), None),
            State::Disputed(batch, _) => (draft.again.len(), batch.moved_from()),
            State::ForHead(_) => (draft.again.len(), None),
            State::Hand(_) | State::Agreed(_) | State::Committing => (0, None),
        };
        OwnPapers { done, revision: draft.revision, moved_from }
    }

    /// Runs `take` unless the message was taken before; `Ok` then says nothing new.
    pub(super) fn once(
        &mut self,
        turn: Turn,
        take: impl FnOnce(&mut Self) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        let Sent { by, id } = turn.sent;
        self.progress(by)?;
        match self.sent.get(&id) {
            Some(sender) if *sender == by => return Ok(()),
            Some(_) => return Err(TableError::ForeignId),
            None => {}
        }
        let draft = self.drafts.entry(by).or_default();
        if draft.last == Some(id) {
            return Ok(());
        }
        if draft.revision != turn.revision {
            return Err(TableError::Moved);
        }
        let taken = take(self);
        // What was taken before a refusal stays taken: the page learns by the revision that it has to look. A step that
        // puts another reading in place of the draft is one message as well.
        let draft = self.drafts.entry(by).or_default();
        draft.revision = turn.revision + 1;
        draft.last = taken.is_ok().then_some(id);
        if taken.is_ok() && turn.is_last {
            self.sent.insert(id, by);
        }
        taken
    }

    /// Runs a transition that consumes the state. A refused one gives the state back as it was.
    pub(super) fn replace(
        &mut self,
        step: impl FnOnce(State) -> (State, Result<(), TableError>),
    ) -> Result<(), TableError> {
        let (state, result) = step(std::mem::replace(&mut self.state, State::Committing));
        self.state = state;
        result
    }

    /// Takes papers of a teller's reading, and the whole reading where it ends with them.
    pub(super) fn read(
        &mut self,
        who: AccountId,
        steps: Vec<(usize, ReadingStep)>,
        is_last: bool,
    ) -> Result<(), TableError> {
        self.is_teller(who)?;
        if matches!(self.state, State::Hand(_)) {
            return Err(TableError::OtherMode);
        }
        if self.entered.contains(&who) {
            return Err(TableError::AlreadyEntered);
        }
        if !matches!(self.state, State::Unread(_) | State::ReadOnce(_)) {
            return Err(TableError::NotNow);
        }
        let (shape, draft) = (self.opening.shape, self.drafts.entry(who).or_default());
        for (paper, step) in steps {
            draft.reading.take(shape, paper, step)?;
        }
        if is_last { self.enter(who) } else { Ok(()) }
    }

    fn enter(&mut self, who: AccountId) -> Result<(), TableError> {
        let draft = self.drafts.entry(who).or_default();
        let entry = match std::mem::take(&mut draft.reading).finish(self.opening.shape, who.to_string()) {
            Ok(entry) => entry,
            Err((reading, problem)) => {
                draft.reading = reading;
                return Err(problem.into());
            }
        };
        self.replace(|state| match state {
            State::Unread(batch) => match batch.first(entry) {
                Ok(batch) => (State::ReadOnce(batch), Ok(())),
                Err(refused) => (State::Unread(refused.batch), Err(refused.error.into())),
            },
            State::ReadOnce(batch) => match batch.second(entry) {
                Ok(Compared::Agreed(agreed)) => (State::Agreed(agreed), Ok(())),
                Ok(Compared::Differs(batch)) => (State::Disputed(batch, None), Ok(())),
                Err(refused) => (State::ReadOnce(refused.batch), Err(refused.error.into())),
            },
            other => (other, Err(TableError::NotNow)),
        })?;
        self.entered.push(who);
        if let State::Disputed(batch, _) = &self.state {
            self.reread = batch.differences().len();
        }
        Ok(())
    }

    /// Takes what a teller read again, and the whole of it where it ends with that.
    pub(super) fn read_again(&mut self, who: AccountId, papers: Vec<Reread>, is_last: bool) -> Result<(), TableError> {
        self.is_teller(who)?;
        match &self.state {
            State::Disputed(_, Some(waiting)) if waiting.teller == who.to_string() => {
                return Err(TableError::AlreadyEntered);
            }
            State::Disputed(batch, _) => put_all(batch, self.drafts.entry(who).or_default(), papers)?,
            _ => return Err(TableError::NotNow),
        }
        if !is_last {
            return Ok(());
        }
        let read = self.whole_again(who)?;
        self.replace(|state| match state {
            State::Disputed(batch, None) => (State::Disputed(batch, Some(read)), Ok(())),
            State::Disputed(batch, Some(other)) => match batch.read_lines_again(&other, &read) {
                Ok(Compared::Agreed(agreed)) => (State::Agreed(agreed), Ok(())),
                Ok(Compared::Differs(batch)) => (State::ForHead(batch), Ok(())),
                Err(refused) => (State::Disputed(refused.batch, Some(other)), Err(refused.error.into())),
            },
            other => (other, Err(TableError::NotNow)),
        })
    }

    /// Takes what the head teller read with the paper in hand.
    pub(super) fn decide(&mut self, who: AccountId, papers: Vec<Reread>, is_last: bool) -> Result<(), TableError> {
        self.is_head(who)?;
        match &self.state {
            State::ForHead(batch) => put_all(batch, self.drafts.entry(who).or_default(), papers)?,
            _ => return Err(TableError::NotNow),
        }
        if !is_last {
            return Ok(());
        }
        let read = self.whole_again(who)?;
        let mut decided = 0;
        self.replace(|state| match state {
            State::ForHead(batch) => {
                decided = batch.differences().len();
                match batch.decide(&read) {
                    Ok(Compared::Agreed(agreed)) => (State::Agreed(agreed), Ok(())),
                    Ok(Compared::Differs(batch)) => (State::ForHead(batch), Err(TableError::NotNow)),
                    Err(refused) => (State::ForHead(refused.batch), Err(refused.error.into())),
                }
            }
            other => (other, Err(TableError::NotNow)),
        })?;
        self.decided = decided;
        Ok(())
    }

    /// All that this person read again, if it is all that was asked.
    fn whole_again(&mut self, who: AccountId) -> Result<Rereading, TableError> {
        let draft = self.drafts.entry(who).or_default();
        let (State::Disputed(batch, _) | State::ForHead(batch)) = &self.state else { return Err(TableError::NotNow) };
        if draft.again.len() != batch.asked().len() {
            return Err(domain::batch::EntryError::NotAsked.into());
        }
        Ok(std::mem::take(&mut draft.again).finish(who.to_string()))
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
                    (State::Agreed(Agreed { counts, test_papers: None }), Ok(()))
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

impl Draft {
    /// Forgets what was keyed; the page learns by the revision that it has to look.
    pub(super) fn clear(&mut self) {
        self.reading = Reading::default();
        self.again = RereadingSoFar::default();
        self.revision += 1;
        self.last = None;
    }

    /// Another reading in place of this one.
    pub(super) fn hold(&mut self, reading: Reading) {
        self.clear();
        self.reading = reading;
    }
}

fn put_all(batch: &Batch<Disputed>, draft: &mut Draft, papers: Vec<Reread>) -> Result<(), TableError> {
    for read in papers {
        draft.again.put(batch, read)?;
    }
    Ok(())
}

fn fresh(pile: Pile, setup: &BatchSetup) -> State {
    match (setup.mode, pile) {
        (Mode::Marks, Pile::Deck) => State::Unread(Batch::open_test(setup.shape)),
        (Mode::Marks, Pile::Ballots | Pile::Recount) => State::Unread(Batch::open(setup.shape)),
        (Mode::HandTally | Mode::Recount, _) => State::Hand(HandTally::open(sheet_shape(setup))),
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
