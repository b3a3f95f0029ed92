//! One batch, as its page shows it to one of the people who count it.

use super::COUNTERS;
use super::counting_room::{CountingForm, CountingRoom};
use super::opening::of_table;
use super::table::{BatchProgress, BatchStage, Lying, Mode, Pile, TableError};
use crate::Caller;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::poll::ListedOfficial;
use domain::id::{PollId, RequestId};
use domain::poll::PollKind;
use domain::role::Role;
use macros::boxed;
use store::accounts;

/// The state of a batch for the person whose page follows it.
#[derive(Clone, Debug)]
pub struct Follow {
    /// What is to be done by the caller; `None` while the batch is not on the table: before it is opened, after a restart.
    pub progress: Option<BatchProgress>,
    /// What is asked was keyed before, and both readings differ.
    pub is_again: bool,
    /// Id of this opening of the batch.
    pub opened: Option<RequestId>,
    /// Id of this run of the process: another one means that a restart emptied the table, not the head teller.
    pub run: RequestId,
    /// Request id for what the page sends next.
    pub request: RequestId,
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
    /// A batch as the caller's page shows it. A batch whose readings agree, but which could not be committed before, is
    /// committed now.
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
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        let own = room.form(form)?;
        let lying = self.table().lying(&room.key(form, number));
        let watched = match &lying {
            Some(lying) if is_watcher(caller, lying) => {
                let mut names = [String::new(), String::new()];
                for (name, id) in names.iter_mut().zip(lying.opening.tellers) {
                    *name = accounts::find(&mut tx, id).await?.map(|account| account.name).unwrap_or_default();
                }
                Some((lying.stage, names))
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
        let in_row = || own.batches.iter().find(|row| row.number == number).map_or(0, |row| row.papers);
        Ok(BatchPage {
            sitting: room.sitting().to_owned(),
            kind: room.kind(),
            is_deck: room.pile() == Some(Pile::Deck),
            is_recount,
            form: own.form.id.clone(),
            block: own.form.block.clone(),
            number,
            papers: lying.as_ref().map_or_else(in_row, |lying| lying.opening.shape.papers),
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
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        drop(tx);
        self.follow(caller, &room, room.form(form)?, number).await
    }

    async fn follow(
        &self,
        caller: &Caller,
        room: &CountingRoom,
        form: &CountingForm,
        number: u32,
    ) -> Result<Follow, AppError> {
        let key = room.key(&form.form.id, number);
        let lying = self.table().lying(&key);
        let progress = match self.table().progress(&key, caller.account.id) {
            Ok(progress) => Some(self.settle(caller, key, progress).await?),
            Err(TableError::NotOpen) => room.is_in(form, number).then_some(BatchProgress::Taken),
            // Another head teller looks on, and may take the batch off the table.
            Err(TableError::NotTeller) if caller.account.roles.has(Role::HeadTeller) => Some(BatchProgress::Waiting),
            Err(problem) => return Err(of_table(&problem)),
        };
        let is_again = lying.as_ref().is_some_and(|lying| matches!(lying.stage, BatchStage::Differs(_)));
        let opened = lying.map(|lying| lying.opened);
        Ok(Follow { progress, is_again, opened, run: self.run_id()?, request: self.new_request()? })
    }

    /// The state of a batch after a step that was taken on it.
    pub(super) fn follow_as(&self, progress: BatchProgress, opened: Option<RequestId>) -> Result<Follow, AppError> {
        Ok(Follow {
            progress: Some(progress),
            is_again: false,
            opened,
            run: self.run_id()?,
            request: self.new_request()?,
        })
    }
}

fn is_watcher(caller: &Caller, lying: &Lying) -> bool {
    caller.account.roles.has(Role::HeadTeller) && !lying.opening.tellers.contains(&caller.account.id)
}
