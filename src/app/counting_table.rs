//! Bàn kiểm phiếu: the open batches of this process, in memory and nowhere else.
//!
//! A head teller opens a batch for two named tellers; each sends one reading; where they differ, both read those lines
//! again; where they still differ, the head teller decides with the paper in hand. Out come the batch's counts, once.
//! What becomes of marks is said in [`domain::batch`](crate::domain::batch): they are wiped when the batch agrees, when it
//! is abandoned, and when the table is dropped.
//!
//! Whatever is sent carries an id of its own: the same thing sent again by the same person changes nothing and is answered
//! with how things stand, so a page that heard no answer sends it once more. A restart forgets every open batch; the pages
//! keep what they keyed and send it again. Whether a batch was committed before is the database's to say, not this
//! table's: who opens a batch asks there first.
//!
//! No answer, no error and no debug output tells a mark or a count.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::batch::{
    Asked, Batch, Compared, Disputed, Entry, EntryError, Open, PAPERS_PER_BATCH, Paper, ReadOnce, Reread, Rereading,
    Shape,
};
use crate::domain::count::BatchCounts;
use crate::domain::id::{AccountId, PollId, RequestId};

/// Which batch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchKey {
    /// The vote.
    pub poll: PollId,
    /// Id of the form.
    pub form: String,
    /// Number of the batch on its form, from 1.
    pub number: u32,
}

/// Who sends something, with the id that tells it from the same thing sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Who.
    pub by: AccountId,
    /// Which entry.
    pub id: RequestId,
}

/// A batch that a head teller opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The pile and its form.
    pub shape: Shape,
    /// Who reads it; two different people.
    pub tellers: [AccountId; 2],
}

/// How a batch stands for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This person keys the pile.
    Key,
    /// Somebody else is at it.
    Waiting,
    /// Both readings differ here: this person keys these lines again.
    KeyAgain(Vec<Asked>),
    /// Both readings differ here twice: the head teller decides.
    Decide(Vec<Asked>),
    /// The counts can be taken.
    Agreed,
    /// The counts were taken.
    Taken,
}

/// What a batch ends in. Its counts are sealed until the whole count is closed, so nothing prints them.
#[derive(PartialEq, Eq)]
pub struct Counted {
    /// Counts per line and level, invalid papers by reason.
    pub counts: BatchCounts,
    /// Who read first and second.
    pub tellers: [AccountId; 2],
    /// Who opened it.
    pub head: AccountId,
    /// Lines, and papers as a whole, on which the first two readings differed.
    pub reread: usize,
    /// How many of them the head teller decided.
    pub decided: usize,
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counted({} reread, {} decided, …)", self.reread, self.decided)
    }
}

/// Why the table refuses. Nothing has changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Not open here; after a restart, or never.
    #[error("tập phiếu này chưa được mở trên máy chủ; Trưởng ban kiểm phiếu mở lại tập rồi gửi lại phần đã nhập")]
    NotOpen,
    /// Opened before, by another request.
    #[error("tập phiếu này đã được mở; hãy tải lại danh sách tập")]
    AlreadyOpen,
    /// Two tellers and the one who decides are three people.
    #[error("người nhập thứ nhất, người nhập thứ hai và Trưởng ban kiểm phiếu phải là ba người khác nhau")]
    SamePeople,
    /// No papers, or more than a batch holds.
    #[error("tập phiếu phải có từ 1 đến {} phiếu", PAPERS_PER_BATCH.end())]
    Size,
    /// Not one of the two.
    #[error("tài khoản này không được phân công nhập tập phiếu này")]
    NotTeller,
    /// Not the one who opened it.
    #[error("chỉ Trưởng ban kiểm phiếu đã mở tập này mới làm được việc đó")]
    NotHead,
    /// One reading each.
    #[error("tài khoản này đã nhập tập phiếu này; chờ người kia nhập xong")]
    AlreadyEntered,
    /// Not a step that the batch waits for from this person.
    #[error("tập phiếu này không chờ việc đó; hãy tải lại trang để xem tập đang ở bước nào")]
    NotNow,
    /// The same id, sent by two people.
    #[error("mã lượt gửi này đã được người khác dùng; hãy tải lại trang rồi gửi lại")]
    ForeignId,
    /// The reading does not fit.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// Where a batch is.
enum State {
    Unread(Batch<Open>),
    ReadOnce(Batch<ReadOnce>),
    /// What was read again waits for the other teller.
    Disputed(Batch<Disputed>, Option<Rereading>),
    /// Both read again and still differ.
    ForHead(Batch<Disputed>),
    Agreed(BatchCounts),
    Taken,
}

impl State {
    const fn name(&self) -> &'static str {
        match self {
            Self::Unread(_) => "unread",
            Self::ReadOnce(_) => "read once",
            Self::Disputed(..) => "disputed",
            Self::ForHead(_) => "for head",
            Self::Agreed(_) => "agreed",
            Self::Taken => "taken",
        }
    }
}

/// A batch on the table.
struct Slot {
    opening: Opening,
    head: AccountId,
    /// Who sent which id: what was done is not done again.
    sent: BTreeMap<RequestId, AccountId>,
    /// Who entered, in the order of their readings.
    entered: Vec<AccountId>,
    reread: usize,
    decided: usize,
    state: State,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({}, {} entered)", self.state.name(), self.entered.len())
    }
}

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

    /// Opens a batch; the one who sends it is its head teller.
    ///
    /// # Errors
    /// When it is open, its people are not three, or its size is none.
    pub fn open(&self, key: BatchKey, opening: Opening, sent: Sent) -> Result<(), TableError> {
        let [one, two] = opening.tellers;
        if one == two || opening.tellers.contains(&sent.by) {
            return Err(TableError::SamePeople);
        }
        if opening.shape.papers == 0 || opening.shape.papers > *PAPERS_PER_BATCH.end() {
            return Err(TableError::Size);
        }
        let mut slots = self.slots();
        if let Some(slot) = slots.get(&key) {
            let same = slot.opening == opening && slot.sent.get(&sent.id) == Some(&sent.by);
            return if same { Ok(()) } else { Err(TableError::AlreadyOpen) };
        }
        let slot = Slot {
            opening,
            head: sent.by,
            sent: [(sent.id, sent.by)].into(),
            entered: Vec::with_capacity(2),
            reread: 0,
            decided: 0,
            state: State::Unread(Batch::open(opening.shape)),
        };
        slots.insert(key, slot);
        Ok(())
    }

    /// Takes one teller's reading of the whole pile.
    ///
    /// # Errors
    /// When this person has no reading to give here, or it does not fit the pile.
    pub fn enter(&self, key: &BatchKey, sent: Sent, papers: Vec<Paper>) -> Result<Progress, TableError> {
        self.step(key, sent, |slot| slot.enter(sent.by, papers))
    }

    /// Takes what one teller read again.
    ///
    /// # Errors
    /// When nothing is to be read again by this person, or it is not exactly what was asked.
    pub fn read_again(&self, key: &BatchKey, sent: Sent, papers: Vec<Reread>) -> Result<Progress, TableError> {
        self.step(key, sent, |slot| slot.read_again(sent.by, papers))
    }

    /// Takes the head teller's reading of what both tellers still read differently.
    ///
    /// # Errors
    /// When it is not the head teller, there is nothing to decide, or it is not exactly what was asked.
    pub fn decide(&self, key: &BatchKey, sent: Sent, papers: Vec<Reread>) -> Result<Progress, TableError> {
        self.step(key, sent, |slot| slot.decide(sent.by, papers))
    }

    fn step(
        &self,
        key: &BatchKey,
        sent: Sent,
        take: impl FnOnce(&mut Slot) -> Result<(), TableError>,
    ) -> Result<Progress, TableError> {
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

    /// How a batch stands for somebody who has to do with it.
    ///
    /// # Errors
    /// When it is not open, or this person has nothing to do with it.
    pub fn progress(&self, key: &BatchKey, who: AccountId) -> Result<Progress, TableError> {
        self.slots().get(key).ok_or(TableError::NotOpen)?.progress(who)
    }

    /// Hands out the counts of a batch on which everybody agrees, once.
    ///
    /// # Errors
    /// When it is not its head teller who asks, or there is nothing to hand out.
    pub fn take(&self, key: &BatchKey, who: AccountId) -> Result<Counted, TableError> {
        let mut slots = self.slots();
        let slot = slots.get_mut(key).ok_or(TableError::NotOpen)?;
        slot.is_head(who)?;
        match std::mem::replace(&mut slot.state, State::Taken) {
            State::Agreed(counts) => {
                let tellers = match slot.entered.as_slice() {
                    [first, second] => [*first, *second],
                    _ => slot.opening.tellers,
                };
                Ok(Counted { counts, tellers, head: slot.head, reread: slot.reread, decided: slot.decided })
            }
            other => {
                slot.state = other;
                Err(TableError::NotNow)
            }
        }
    }

    /// Takes counts back that could not be committed: they can be taken once more.
    ///
    /// # Errors
    /// When they were not taken from here.
    pub fn put_back(&self, key: &BatchKey, counted: Counted) -> Result<(), TableError> {
        let mut slots = self.slots();
        let slot = slots.get_mut(key).ok_or(TableError::NotOpen)?;
        if !matches!(slot.state, State::Taken) {
            return Err(TableError::NotNow);
        }
        slot.state = State::Agreed(counted.counts);
        Ok(())
    }

    /// Takes a batch off the table, with everything that was keyed of it.
    ///
    /// # Errors
    /// When it is not its head teller who asks.
    pub fn remove(&self, key: &BatchKey, who: AccountId) -> Result<(), TableError> {
        let mut slots = self.slots();
        slots.get(key).ok_or(TableError::NotOpen)?.is_head(who)?;
        slots.remove(key);
        Ok(())
    }
}

impl Slot {
    fn is_head(&self, who: AccountId) -> Result<(), TableError> {
        if who == self.head { Ok(()) } else { Err(TableError::NotHead) }
    }

    fn is_teller(&self, who: AccountId) -> Result<(), TableError> {
        if self.opening.tellers.contains(&who) { Ok(()) } else { Err(TableError::NotTeller) }
    }

    fn progress(&self, who: AccountId) -> Result<Progress, TableError> {
        let is_head = who == self.head;
        if !is_head {
            self.is_teller(who)?;
        }
        Ok(match &self.state {
            State::Unread(_) | State::ReadOnce(_) if !is_head && !self.entered.contains(&who) => Progress::Key,
            State::Disputed(batch, waiting) if !is_head && !is_of(waiting.as_ref(), who) => {
                Progress::KeyAgain(batch.asked())
            }
            State::ForHead(batch) if is_head => Progress::Decide(batch.asked()),
            State::Unread(_) | State::ReadOnce(_) | State::Disputed(..) | State::ForHead(_) => Progress::Waiting,
            State::Agreed(_) => Progress::Agreed,
            State::Taken => Progress::Taken,
        })
    }

    /// Runs a transition that consumes the state. A refused one gives the state back as it was.
    fn replace(&mut self, step: impl FnOnce(State) -> (State, Result<(), TableError>)) -> Result<(), TableError> {
        let (state, result) = step(std::mem::replace(&mut self.state, State::Taken));
        self.state = state;
        result
    }

    fn enter(&mut self, who: AccountId, papers: Vec<Paper>) -> Result<(), TableError> {
        self.is_teller(who)?;
        if self.entered.contains(&who) {
            return Err(TableError::AlreadyEntered);
        }
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
            other => (other, Err(TableError::NotNow)),
        })?;
        self.entered.push(who);
        if let State::Disputed(batch, _) = &self.state {
            self.reread = batch.differences().len();
        }
        Ok(())
    }

    fn read_again(&mut self, who: AccountId, papers: Vec<Reread>) -> Result<(), TableError> {
        self.is_teller(who)?;
        let read = Rereading { teller: who.to_string(), papers };
        self.replace(|state| match state {
            State::Disputed(batch, Some(other)) if other.teller == read.teller => {
                (State::Disputed(batch, Some(other)), Err(TableError::AlreadyEntered))
            }
            // Looked at before it waits: who sent something wrong hears of it now, not when the other one sends.
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
        })
    }

    fn decide(&mut self, who: AccountId, papers: Vec<Reread>) -> Result<(), TableError> {
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
        Ok(())
    }
}

/// Whether what waits was read by this person.
fn is_of(waiting: Option<&Rereading>, who: AccountId) -> bool {
    waiting.is_some_and(|read| read.teller == who.to_string())
}

#[cfg(test)]
mod tests;
