//! What tellers send: readings, what they read again, decisions, figures of tally sheets; and the commit as soon as a batch
//! agrees.

use std::fmt;

use super::Follow;
use super::counting_room::CountingRoom;
use super::opening::of_table;
use super::table::{AgreedBatch, BatchKey, BatchProgress, CountingTable, Lying, TableError, Turn};
use super::{COUNTERS, HEADS, NO_BATCH};
use crate::Caller;
use crate::polls::{CountedBatch, FoundLine, Sent};
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::batch::hand_tally::Row;
use domain::batch::{Again, Paper, Pile, ReadTwice, Reader, ReadingStep, Reread};
use domain::id::{AccountId, PollId, RequestId};
use domain::marks::Mark;
use macros::boxed;
use store::{accounts, requests};

/// Which of the three readings a keying page sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A teller's reading of the whole pile.
    Entry,
    /// What a teller read again.
    Again,
    /// What the head teller decided.
    Decision,
}

/// What becomes of the papers in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// They are read: for the first time, or once more.
    Put,
    /// They were skipped, and come before the papers that had their numbers.
    Insert,
    /// They do not exist.
    Remove,
    /// They are read, and the reading ends with them.
    Send,
    /// The teller takes the reading back, to correct it.
    Reopen,
    /// Both readings agree, and the counts are not in the database yet: another attempt.
    Commit,
}

/// A message of a keying page.
#[derive(Clone, Copy, Debug)]
pub struct KeyedMessage<'a> {
    /// Which reading.
    pub what: What,
    /// What becomes of the papers.
    pub step: Step,
    /// The opening of the batch that the page is of.
    pub opened: RequestId,
    /// Messages of this person that the page knows to be taken.
    pub revision: u32,
    /// In the order of the pile.
    pub papers: &'a [Keyed<'a>],
}

/// One paper as a page sends it: borrowed from the page's bytes, which the page wipes.
#[derive(Clone, Copy)]
pub struct Keyed<'a> {
    /// Number of the paper in the pile, from 1.
    pub paper: usize,
    /// Number of the reason (from 1) for which it is invalid as a whole.
    pub reason: Option<usize>,
    /// Numbers of the lines that were keyed, from 1.
    pub lines: &'a [usize],
    /// Their keys, in the same order: `1` to `3`, `0` no mark, `9` double mark.
    pub keys: &'a str,
}

impl fmt::Debug for Keyed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyed({}, …)", self.paper)
    }
}

const UNWRITABLE: &str = "máy chủ chưa ghi được vào cơ sở dữ liệu; báo người quản trị, rồi ghi lại tập";
const UNREADABLE: &str = "Trang gửi lên dữ liệu không đúng dạng; hãy tải lại trang rồi nhập lại tập này.";

impl App {
    /// Takes what a keying page sends. The same thing sent again, even after a restart, changes nothing.
    ///
    /// # Errors
    /// When the batch expects nothing of the kind from this caller, or what was sent does not fit it.
    #[boxed]
    pub async fn key_batch(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, number): (&str, u32),
        message: KeyedMessage<'_>,
    ) -> Result<Follow, AppError> {
        let (room, found) = self.batch_for(ask, poll, (form, number)).await?;
        let own = room.form(form)?;
        let (key, lying) = match found {
            Ok(found) => found,
            Err(_) => return self.follow(ask.caller, &room, own, number).await,
        };
        let KeyedMessage { what, step, opened, revision, papers } = message;
        let sent = Sent { by: ask.caller.account.id, id: ask.request };
        let turn = Turn { sent, opened, revision, is_last: step == Step::Send };
        let table = self.table();
        let progress = match (step, what) {
            (Step::Commit, _) => table.progress(&key, sent.by),
            (Step::Reopen, _) => table.reopen(&key, turn),
            (_, What::Entry) => table.read(&key, turn, read_papers(&lying, step, papers)?),
            (_, What::Again) => table.read_again(&key, turn, read_again(&lying, papers)?),
            (_, What::Decision) => table.decide(&key, turn, read_again(&lying, papers)?),
        };
        match progress {
            Ok(progress) => drop(self.settle(ask.caller, key, progress).await?),
            // The page learns from the answer how things stand, and goes on from there.
            Err(TableError::Moved | TableError::OtherOpening) => {}
            Err(problem) => return Err(of_table(&problem)),
        }
        self.follow(ask.caller, &room, own, number).await
    }

    /// Tries once more to commit a batch on which both tellers agree.
    ///
    /// # Errors
    /// When it is not on the table, the caller has nothing to do with it, or it can still not be committed.
    #[boxed]
    pub async fn commit_again(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, number): (&str, u32),
    ) -> Result<BatchProgress, AppError> {
        let (_, found) = self.batch_for(ask, poll, (form, number)).await?;
        let (key, _) = match found {
            Ok(found) => found,
            Err(taken) => return Ok(taken),
        };
        let progress = self.table().progress(&key, ask.caller.account.id).map_err(|problem| of_table(&problem))?;
        self.settle(ask.caller, key, progress).await
    }

    /// Takes figures of a tally sheet, row by row. The same sheet sent again changes nothing.
    ///
    /// # Errors
    /// [`TableError::Sheet`] inside the `Ok` when rows cannot be right; otherwise as [`Self::key_batch`].
    #[boxed]
    pub async fn key_tally(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, number): (&str, u32),
        rows: Vec<(Row, Vec<u32>)>,
    ) -> Result<Result<BatchProgress, TableError>, AppError> {
        let (_, found) = self.batch_for(ask, poll, (form, number)).await?;
        let (key, lying) = match found {
            Ok(found) => found,
            Err(taken) => return Ok(Ok(taken)),
        };
        let sent = Sent { by: ask.caller.account.id, id: ask.request };
        let revision = self.table().own_papers(&key, sent.by).revision;
        let turn = Turn { sent, opened: lying.opened, revision, is_last: true };
        match self.table().key_rows(&key, turn, rows) {
            Ok(progress) => Ok(Ok(self.settle(ask.caller, key, progress).await?)),
            Err(problem @ TableError::Sheet(_)) => Ok(Err(problem)),
            Err(problem) => Err(of_table(&problem)),
        }
    }

    /// The batch that a request is for; or [`BatchProgress::Taken`] when what it sends was committed before: then its
    /// id is in the database, even if this process has restarted since.
    async fn batch_for(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, number): (&str, u32),
    ) -> Result<(CountingRoom, Result<(BatchKey, Lying), BatchProgress>), AppError> {
        ask.caller.may(COUNTERS)?;
        self.lead(ask.caller.council, poll).await?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(ask.caller, COUNTERS)?;
        room.is_themselves(&mut tx, ask.caller.account.id).await?;
        let is_done = requests::is_claimed(&mut tx, ask.request).await?;
        drop(tx);
        room.form(form)?;
        let key = room.key(form, number);
        let lying = self.table().lying(&key);
        let is_in = room.is_in(room.form(form)?, number);
        // Who opened a batch is a row of the database; who leads the board is in the log.
        if lying.as_ref().is_some_and(|lying| lying.head == ask.caller.account.id) {
            room.admit(ask.caller, HEADS)?;
        }
        match lying {
            _ if is_done => Ok((room, Err(BatchProgress::Taken))),
            Some(lying) => Ok((room, Ok((key, lying)))),
            None if is_in => Ok((room, Err(BatchProgress::Taken))),
            None => Err(of_table(&TableError::NotOpen)),
        }
    }

    /// Commits a batch on which everybody agrees. A deck stays on the table.
    pub(super) async fn settle(
        &self,
        caller: &Caller,
        key: BatchKey,
        progress: BatchProgress,
    ) -> Result<BatchProgress, AppError> {
        match (progress, key.pile) {
            (progress @ BatchProgress::Agreed, Pile::Deck) => Ok(seen(progress, Pile::Deck)),
            // It is one of the two who writes a recount down; who looks on, only sees that they agree.
            (BatchProgress::Agreed, Pile::Recount) if !self.is_read_by(&key, caller) => Ok(BatchProgress::Agreed),
            (BatchProgress::Agreed, Pile::Ballots | Pile::Recount) => {
                let counted = match self.table().take(&key, caller.account.id) {
                    Ok(counted) => counted,
                    // Another request is committing the counts at this moment.
                    Err(TableError::NotNow) => return Ok(BatchProgress::Agreed),
                    Err(problem) => return Err(of_table(&problem)),
                };
                // A task of its own: the counts must not be lost when the browser closes the connection now.
                let (app, caller) = (self.clone(), caller.clone());
                let committing = tokio::spawn(async move { app.commit_taken(&caller, key, counted).await });
                committing.await.map_err(|cause| AppError::internal("chốt tập phiếu", cause))?
            }
            (progress, _) => Ok(progress),
        }
    }

    fn is_read_by(&self, key: &BatchKey, caller: &Caller) -> bool {
        self.table().lying(key).is_some_and(|lying| lying.opening.tellers.contains(&caller.account.id))
    }

    async fn commit_taken(
        &self,
        caller: &Caller,
        key: BatchKey,
        counted: AgreedBatch,
    ) -> Result<BatchProgress, AppError> {
        let table = self.table();
        let mut held = Held { table: &table, key: &key, counted: Some(counted), why: None };
        let Some(counted) = &held.counted else { return Err(NO_BATCH) };
        let read = self.read_by(caller, counted).await?;
        let (counts, sent) = (counted.counts.clone(), (counted.opened, counted.sent.clone()));
        let committed = if key.pile == Pile::Recount {
            let counts = counts.lines.first().copied().ok_or(NO_BATCH)?;
            let found = FoundLine { form: key.form.clone(), line: key.number, counts, readers: read.readers };
            self.commit_recount(caller, key.poll, found, sent).await
        } else {
            let batch = CountedBatch { form: key.form.clone(), batch: key.number, counts, read };
            self.commit_agreed(caller, key.poll, batch, sent).await
        };
        match committed {
            Ok(()) => {
                held.counted = None;
                self.table().finish(&key);
                Ok(BatchProgress::Taken)
            }
            // The counts go back to the table; the page tries again.
            Err(AppError::Store(cause)) if cause.is_passing() => Ok(BatchProgress::Agreed),
            Err(problem) => {
                held.why = Some(match &problem {
                    AppError::Store(_) | AppError::Internal { .. } => UNWRITABLE.to_owned(),
                    said => said.to_string(),
                });
                tracing::warn!(%problem, "a batch on which both agree was not committed");
                Ok(BatchProgress::Agreed)
            }
        }
    }

    async fn read_by(&self, caller: &Caller, counted: &AgreedBatch) -> Result<ReadTwice, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        let [first, second] = counted.tellers;
        let mut reader = async |id: AccountId| {
            let account = accounts::find(&mut tx, id).await?.ok_or(AppError::NotFound("tài khoản người nhập"))?;
            Ok::<_, AppError>(Reader { account: Some(id), name: account.name })
        };
        let readers = [reader(first).await?, reader(second).await?];
        let mut earlier = Vec::with_capacity(counted.earlier.len());
        for id in &counted.earlier {
            earlier.push(reader(*id).await?);
        }
        let figure = |figure: usize| u32::try_from(figure).unwrap_or(u32::MAX);
        Ok(ReadTwice { readers, earlier, reread: figure(counted.reread), decided: figure(counted.decided) })
    }
}

/// Counts that were taken off the table, and are put back unless they are committed: after an error, and after a panic.
struct Held<'a> {
    table: &'a CountingTable,
    key: &'a BatchKey,
    counted: Option<AgreedBatch>,
    /// Why they are not committed.
    why: Option<String>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(counted) = self.counted.take() {
            // Nobody else puts this batch back, so it can only be where it was left.
            drop(self.table.put_back(self.key, counted, self.why.take()));
        }
    }
}

fn unreadable() -> AppError {
    AppError::Input(UNREADABLE.to_owned())
}

/// What a person sees of a batch on which everybody agrees: a deck is done then, and ballots once they are committed.
pub(super) fn seen(progress: BatchProgress, pile: Pile) -> BatchProgress {
    match (progress, pile) {
        (BatchProgress::Agreed, Pile::Deck) => BatchProgress::Taken,
        (progress, _) => progress,
    }
}

/// Reads papers of a reading. The room for each paper's marks is allocated at once: a `Vec` that grows would leave copies
/// of marks in memory.
fn read_papers(lying: &Lying, step: Step, papers: &[Keyed<'_>]) -> Result<Vec<(usize, ReadingStep)>, AppError> {
    let lines = lying.opening.shape.lines;
    let mut read = Vec::with_capacity(papers.len());
    for keyed in papers {
        if step == Step::Remove {
            read.push((keyed.paper, ReadingStep::Remove));
            continue;
        }
        let mut paper = match keyed.reason {
            Some(reason) => Paper::Invalid(reason_id(lying, reason)?),
            None if keyed.keys.len() != lines => return Err(unreadable()),
            None => Paper::Marked(Vec::with_capacity(lines)),
        };
        if let Paper::Marked(marks) = &mut paper {
            for key in keyed.keys.chars() {
                marks.push(mark(lying, key)?);
            }
        }
        let step = if step == Step::Insert { ReadingStep::Insert(paper) } else { ReadingStep::Put(paper) };
        read.push((keyed.paper, step));
    }
    Ok(read)
}

/// Reads what was asked for again; the batch itself checks that it is exactly that.
fn read_again(lying: &Lying, papers: &[Keyed<'_>]) -> Result<Vec<Reread>, AppError> {
    let mut read = Vec::with_capacity(papers.len());
    for keyed in papers {
        let again = match keyed.reason {
            Some(reason) => Again::Invalid(reason_id(lying, reason)?),
            None if keyed.keys.len() != keyed.lines.len() => return Err(unreadable()),
            None => Again::Lines(Vec::with_capacity(keyed.lines.len())),
        };
        read.push(Reread { paper: keyed.paper, again });
        if let Some(Reread { again: Again::Lines(lines), .. }) = read.last_mut() {
            for (line, key) in keyed.lines.iter().zip(keyed.keys.chars()) {
                lines.push((*line, mark(lying, key)?));
            }
        }
    }
    Ok(read)
}

fn reason_id(lying: &Lying, number: usize) -> Result<String, AppError> {
    let reason = number.checked_sub(1).and_then(|place| lying.opening.reasons.get(place));
    reason.cloned().ok_or_else(unreadable)
}

fn mark(lying: &Lying, key: char) -> Result<Mark, AppError> {
    Mark::of_key(lying.opening.shape.kind, key).ok_or_else(unreadable)
}
