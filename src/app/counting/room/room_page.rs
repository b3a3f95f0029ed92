//! The room at a glance: for head tellers every form with its batches, for a teller the batches that wait for them. Never
//! a count per level.

use super::batch::{Waits, names};
use super::counting_room::{CountingForm, CountingRoom};
use super::opening::{can_open, left, sizes};
use super::table::{BatchProgress, BatchStage, Lying};
use super::{COUNTERS, HEADS, NO_POLL};
use crate::Caller;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::batch::{Mode, PAPERS_PER_BATCH, Pile};
use domain::id::PollId;
use domain::poll_state::Stage;
use macros::boxed;
use store::batches::BatchRow;
use store::{CouncilTx, polls};

/// A poll whose papers are counted now.
#[derive(Clone, Debug)]
pub struct RoomPoll {
    /// Its id.
    pub id: PollId,
    /// Name of the sitting.
    pub sitting: String,
    /// Lấy phiếu or bỏ phiếu, in Vietnamese.
    pub kind: &'static str,
    /// How far it is.
    pub stage: Stage,
    /// Whether the papers are those of the test deck.
    pub is_deck: bool,
}

/// A batch on the table.
#[derive(Clone, Debug)]
pub struct OpenBatch {
    /// Id of its form.
    pub form: String,
    /// Khối.
    pub block: String,
    /// Its number.
    pub number: u32,
    /// Papers in it.
    pub papers: u32,
    /// How it is counted.
    pub mode: Mode,
    /// How far it is.
    pub stage: BatchStage,
    /// Names of the two tellers, in an order that does not show who keys first.
    pub tellers: [String; 2],
    /// What waits for the caller, if the batch is theirs to key.
    pub own: Option<BatchProgress>,
    /// Whom it waits for besides the caller.
    pub waits: Waits,
    /// Whether it waits for the caller as its head teller.
    pub is_heads: bool,
    /// It was laid again after a restart.
    pub is_laid_again: bool,
    /// Why counts on which both agree could not be committed.
    pub blocked: Option<String>,
}

/// A form with its batches.
#[derive(Clone, Debug)]
pub struct RoomForm {
    /// Its id.
    pub id: String,
    /// Khối.
    pub block: String,
    /// Papers to be counted.
    pub expected: u32,
    /// Of a test deck: whether the last one passed.
    pub has_passed: bool,
    /// Papers in committed batches; of a test deck, those in batches that agree.
    pub counted: u32,
    /// Papers in no batch, neither a committed nor an open one.
    pub left: u32,
    /// Whether they can be a batch of their own; too few of them join another batch.
    pub can_open: bool,
    /// Open batches that have room for them: number, papers with them.
    pub joins: Vec<(u32, u32)>,
    /// Suggested sizes of the batches that are left.
    pub suggested: Vec<u32>,
    /// Committed batches.
    pub batches: Vec<BatchRow>,
    /// Open batches.
    pub open: Vec<OpenBatch>,
}

/// The room.
#[derive(Clone, Debug)]
pub struct RoomPage {
    /// Its poll.
    pub poll: PollId,
    /// Name of the sitting.
    pub sitting: String,
    /// Lấy phiếu or bỏ phiếu, in Vietnamese.
    pub kind: &'static str,
    /// How far it is.
    pub stage: Stage,
    /// Which papers are counted now, if any.
    pub pile: Option<Pile>,
    /// All forms, for a head teller.
    pub forms: Vec<RoomForm>,
    /// Batches that are the caller's to key.
    pub own: Vec<OpenBatch>,
    /// Whether the caller opens batches.
    pub is_head: bool,
    /// The close needs shares of two of the board.
    pub needs_shares: bool,
}

impl RoomPage {
    /// Whether every paper is counted; of a test deck, whether every form passed or is keyed.
    pub fn is_whole(&self) -> bool {
        self.forms.iter().all(|form| form.has_passed || form.counted == form.expected)
    }
}

impl App {
    /// Polls whose papers or test decks are counted now, the newest first.
    ///
    /// # Errors
    /// When the caller does not count.
    #[boxed]
    pub async fn counting_polls(&self, caller: &Caller) -> Result<Vec<RoomPoll>, AppError> {
        caller.may(COUNTERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let found = polls::list(&mut tx).await?.into_iter().filter(|poll| poll.stage.pile().is_some());
        let line = |poll: polls::PollSummary| RoomPoll {
            id: poll.id,
            sitting: poll.sitting,
            kind: poll.kind.label(),
            stage: poll.stage,
            is_deck: poll.stage.pile() == Some(Pile::Deck),
        };
        Ok(found.map(line).collect())
    }

    /// The counting room of a poll.
    ///
    /// # Errors
    /// When the caller does not count, or there is no such poll with sealed forms.
    #[boxed]
    pub async fn counting_room(&self, caller: &Caller, poll: PollId) -> Result<RoomPage, AppError> {
        caller.may(COUNTERS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        if room.stage() < Stage::Sealed {
            return Err(NO_POLL);
        }
        let mut open = Vec::new();
        for lying in room.lying(self) {
            open.push(self.open_batch_line(&mut tx, caller, &room, &lying).await?);
        }
        drop(tx);
        let is_head = room.admit(caller, HEADS).is_ok();
        let form = |form: &CountingForm| room_form(&room, form, &open);
        Ok(RoomPage {
            poll,
            sitting: room.sitting().to_owned(),
            kind: room.kind().label(),
            stage: room.stage(),
            pile: room.pile(),
            forms: if is_head { room.forms.iter().map(form).collect() } else { Vec::new() },
            own: open.iter().filter(|batch| batch.own.is_some()).cloned().collect(),
            is_head,
            needs_shares: room.needs_shares(),
        })
    }

    async fn open_batch_line(
        &self,
        tx: &mut CouncilTx,
        caller: &Caller,
        room: &CountingRoom,
        lying: &Lying,
    ) -> Result<OpenBatch, AppError> {
        let who = caller.account.id;
        let is_own = lying.opening.tellers.contains(&who);
        let mut tellers = lying.opening.tellers;
        tellers.sort_unstable();
        let names = names(tx, tellers).await?;
        let waits = self.waits(caller, lying).await?;
        Ok(OpenBatch {
            is_heads: lying.head == who && lying.waits_for.contains(&who),
            is_laid_again: lying.is_laid_again,
            blocked: lying.blocked.clone(),
            waits,
            form: lying.key.form.clone(),
            block: room.form(&lying.key.form)?.form.block.clone(),
            number: lying.key.number,
            papers: lying.opening.shape.papers,
            mode: lying.opening.mode,
            stage: lying.stage,
            tellers: names,
            own: if is_own { self.table().progress(&lying.key, who).ok() } else { None },
        })
    }
}

fn room_form(room: &CountingRoom, form: &CountingForm, open: &[OpenBatch]) -> RoomForm {
    let open: Vec<OpenBatch> = open.iter().filter(|batch| batch.form == form.form.id).cloned().collect();
    let agreed = open.iter().filter(|batch| batch.stage == BatchStage::Agreed).map(|batch| batch.papers);
    let pile = room.pile();
    let counted = match pile {
        Some(Pile::Deck) => agreed.fold(0, u32::saturating_add),
        Some(Pile::Ballots | Pile::Recount) | None => form.committed,
    };
    let left = pile.map_or(0, |pile| left(form, pile, &room.open));
    let joined = |batch: &OpenBatch| Some((batch.number, batch.papers.checked_add(left)?));
    let fits = |(_, papers): &(u32, u32)| PAPERS_PER_BATCH.contains(papers);
    RoomForm {
        id: form.form.id.clone(),
        block: form.form.block.clone(),
        expected: form.expected,
        has_passed: room.has_passed(&form.form.id),
        counted,
        left,
        can_open: pile.is_some_and(|pile| can_open(form, left, pile)),
        joins: open.iter().filter(|batch| batch.stage != BatchStage::Agreed).filter_map(joined).filter(fits).collect(),
        suggested: pile.map_or_else(Vec::new, |pile| sizes(left, pile)),
        batches: form.batches.clone(),
        open,
    }
}
