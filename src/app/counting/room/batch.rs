//! One batch, as its page shows it to one of the people who count it.

use super::COUNTERS;
use super::counting_room::{CountingForm, CountingRoom};
use super::entering::seen;
use super::opening::of_table;
use super::table::{BatchProgress, BatchStage, Lying, OwnPapers, TableError};
use crate::Caller;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::poll::ListedOfficial;
use domain::batch::{Mode, Pile};
use domain::id::{AccountId, PollId, RequestId};
use domain::poll::PollKind;
use domain::role::Role;
use macros::boxed;
use store::{CouncilTx, accounts};

/// The state of a batch for the person whose page follows it.
#[derive(Clone, Debug)]
pub struct Follow {
    /// What is to be done by the caller; `None` for a batch that is neither on the table nor in.
    pub progress: Option<BatchProgress>,
    /// What is asked was keyed before, and both readings differ.
    pub is_again: bool,
    /// Id of this opening of the batch.
    pub opened: Option<RequestId>,
    /// Id of this run of the process: another one means that a restart emptied the table, not the head teller.
    pub run: RequestId,
    /// Request id for what the page sends next.
    pub request: RequestId,
    /// Papers in the pile.
    pub papers: u32,
    /// What the table has of the caller.
    pub own: OwnPapers,
    /// It was laid again after a restart.
    pub is_laid_again: bool,
    /// Why counts on which both agree could not be committed.
    pub blocked: Option<String>,
    /// Whom it waits for, besides the caller.
    pub waits: Waits,
}

/// Whom an open batch waits for, besides the person who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Names of tellers.
    pub tellers: Vec<String>,
    /// The name of the head teller, when it is for him or her to decide.
    pub head: Option<String>,
    /// Numbers of the papers that the head teller decides.
    pub papers: Vec<usize>,
}

/// A batch with its form.
#[derive(Clone, Debug)]
pub struct BatchPage {
    /// Name of the sitting.
    pub sitting: String,
    /// Rating or confidence vote.
    pub kind: PollKind,
    /// Whether it is of the test deck.
    pub is_deck: bool,
    /// Whether it is one line that is counted again; its number is the batch's.
    pub is_recount: bool,
    /// Id of its form.
    pub form: String,
    /// Khối.
    pub block: String,
    /// Its number.
    pub number: u32,
    /// Papers in it; 0 when that is no longer known.
    pub papers: u32,
    /// How it is counted.
    pub mode: Mode,
    /// Officials on the form, in its order.
    pub lines: Vec<ListedOfficial>,
    /// Reasons for which a paper is invalid as a whole, in the words of the rule set.
    pub reasons: Vec<String>,
    /// Its state for the caller.
    pub follow: Follow,
    /// For a head teller who does not key it: how far it is, and who keys.
    pub watched: Option<(BatchStage, [String; 2])>,
}

impl App {
    /// A batch as the caller's page shows it.
    ///
    /// # Errors
    /// When there is no such batch, or the caller has nothing to do with it.
    #[boxed]
    pub async fn batch_page(
        &self,
        caller: &Caller,
        poll: PollId,
        form: &str,
        number: u32,
    ) -> Result<BatchPage, AppError> {
        caller.may(COUNTERS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        let own = room.form(form)?;
        let lying = self.table().lying(&room.key(form, number));
        let watched = match &lying {
            Some(lying) if is_watcher(caller, lying) => {
                Some((lying.stage, names(&mut tx, lying.opening.tellers).await?))
            }
            _ => None,
        };
        drop(tx);
        let follow = self.follow(caller, &room, own, number).await?;
        if follow.progress.is_none() {
            return Err(of_table(&TableError::NotOpen));
        }
        let is_recount = room.pile() == Some(Pile::Recount);
        let line = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        Ok(BatchPage {
            sitting: room.sitting().to_owned(),
            kind: room.kind(),
            is_deck: room.pile() == Some(Pile::Deck),
            is_recount,
            form: own.form.id.clone(),
            block: own.form.block.clone(),
            number,
            papers: follow.papers,
            mode: lying.map_or(if is_recount { Mode::Recount } else { Mode::Marks }, |lying| lying.opening.mode),
            lines: match line.filter(|_| is_recount) {
                Some(line) => own.lines.get(line).cloned().into_iter().collect(),
                None => own.lines.clone(),
            },
            reasons: room.reasons(own).into_iter().filter(|_| !is_recount).map(|r| r.text.clone()).collect(),
            follow,
            watched,
        })
    }

    /// The state of a batch for the caller, without the rest of the page.
    ///
    /// # Errors
    /// When there is no such form, or the caller has nothing to do with the batch.
    #[boxed]
    pub async fn follow_batch(
        &self,
        caller: &Caller,
        poll: PollId,
        form: &str,
        number: u32,
    ) -> Result<Follow, AppError> {
        caller.may(COUNTERS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        drop(tx);
        self.follow(caller, &room, room.form(form)?, number).await
    }

    /// The state of a batch for the caller. Nothing is written.
    pub(super) async fn follow(
        &self,
        caller: &Caller,
        room: &CountingRoom,
        form: &CountingForm,
        number: u32,
    ) -> Result<Follow, AppError> {
        let (key, who) = (room.key(&form.form.id, number), caller.account.id);
        let table = self.table();
        let lying = table.lying(&key);
        let progress = match table.progress(&key, who) {
            Ok(progress) => Some(seen(progress, key.pile)),
            Err(TableError::NotOpen) => {
                self.is_committed(caller, room, form, number).await?.then_some(BatchProgress::Taken)
            }
            // Another head teller looks on, and may take the batch over or off the table.
            Err(TableError::NotTeller) if caller.account.roles.has(Role::HeadTeller) => Some(BatchProgress::Waiting),
            Err(problem) => return Err(of_table(&problem)),
        };
        let is_again = lying.as_ref().is_some_and(|lying| matches!(lying.stage, BatchStage::Differs(_)));
        let in_row = || form.batches.iter().find(|row| row.number == number).map_or(0, |row| row.papers);
        Ok(Follow {
            progress,
            is_again,
            opened: lying.as_ref().map(|lying| lying.opened),
            run: self.run_id()?,
            request: self.new_request()?,
            papers: lying.as_ref().map_or_else(in_row, |lying| lying.opening.shape.papers),
            own: table.own_papers(&key, who),
            is_laid_again: lying.as_ref().is_some_and(|lying| lying.is_laid_again),
            blocked: lying.as_ref().and_then(|lying| lying.blocked.clone()),
            waits: match &lying {
                Some(lying) => self.waits(caller, lying).await?,
                None => Waits::default(),
            },
        })
    }

    /// Whether a batch is in the database. The room may have been read a moment before it was committed.
    async fn is_committed(
        &self,
        caller: &Caller,
        room: &CountingRoom,
        form: &CountingForm,
        number: u32,
    ) -> Result<bool, AppError> {
        if room.is_in(form, number) {
            return Ok(true);
        }
        let mut tx = self.store.read(caller.council).await?;
        let now = CountingRoom::load(&mut tx, room.poll).await?;
        Ok(now.is_in(now.form(&form.form.id)?, number))
    }

    /// Whom a batch waits for, besides the caller.
    pub(super) async fn waits(&self, caller: &Caller, lying: &Lying) -> Result<Waits, AppError> {
        let others: Vec<_> = lying.waits_for.iter().filter(|id| **id != caller.account.id).collect();
        let mut waits = Waits { papers: lying.disputed.clone(), ..Waits::default() };
        if others.is_empty() {
            return Ok(waits);
        }
        let mut tx = self.store.read(caller.council).await?;
        for id in others {
            let [name] = names(&mut tx, [*id]).await?;
            if *id == lying.head { waits.head = Some(name) } else { waits.tellers.push(name) }
        }
        Ok(waits)
    }
}

/// The names of accounts, in their order; empty for one that is gone.
pub(super) async fn names<const N: usize>(tx: &mut CouncilTx, of: [AccountId; N]) -> Result<[String; N], AppError> {
    let mut names = [const { String::new() }; N];
    for (name, id) in names.iter_mut().zip(of) {
        *name = accounts::find(tx, id).await?.map(|account| account.name).unwrap_or_default();
    }
    Ok(names)
}

fn is_watcher(caller: &Caller, lying: &Lying) -> bool {
    caller.account.roles.has(Role::HeadTeller) && !lying.opening.tellers.contains(&caller.account.id)
}
