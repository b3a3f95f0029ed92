//! The counting room: a head teller opens batches for two tellers each, they key them blind to each other, and as soon as
//! both readings agree the batch is committed in the same request.
//!
//! Marks and counts are on the [`table`] of this process and nowhere else; which piles lie open stands in the database, so
//! that they lie there again after a restart. What is committed goes through [`polls`](crate::polls). Before the zero
//! report the same table takes the test decks, whose papers are nobody's
//! ballots and stay on it until they are recorded. What a hall may see of a count is in [`screen`].

mod access;
mod batch;
mod changing;
mod counting_room;
mod deck;
mod entering;
mod follow;
mod lead;
mod opening;
mod projection;
mod recounts;
mod room_page;
pub mod screen;
pub mod table;

use std::sync::{Arc, OnceLock};

pub use access::{AT_WORK, COUNTERS, HEADS, WATCHERS};
use access::{NO_BATCH, NO_FORM, NO_POLL};
pub use batch::{BatchPage, Follow, Waits};
pub use changing::{ChangePage, TypedChange};
pub use deck::{DeckReport, DeckTrial, FormDeck};
pub use entering::{Keyed, KeyedMessage, Step, What};
pub use opening::{EVERY_DECK, OpenPage, TypedBatch};
pub use projection::{Projection, ProjectionPage};
pub(in crate::counting) use recounts::no_open_recount;
pub use recounts::{OpenRecount, RecountOffer, TypedRecount};
pub use room_page::{OpenBatch, RoomForm, RoomPage, RoomPoll};

use self::table::CountingTable;
use crate::Caller;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::id::{PollId, RequestId};

use store::polls;

pub use store::batches::BatchRow as CommittedBatch;

/// The counting room in the memory of this process. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CountingMemory {
    pub(crate) table: Arc<CountingTable>,
    /// Distinguishes this run of the process from the one before: after a restart nothing keyed is on the table, and the
    /// tellers' pages send again what they hold.
    run: Arc<OnceLock<RequestId>>,
}

impl App {
    fn counting(&self) -> Arc<CountingMemory> {
        self.memory.of()
    }

    fn table(&self) -> Arc<CountingTable> {
        Arc::clone(&self.counting().table)
    }

    /// Id of this run of the process.
    fn run_id(&self) -> Result<RequestId, AppError> {
        let counting = self.counting();
        if let Some(run) = counting.run.get() {
            return Ok(*run);
        }
        let drawn = self.new_request()?;
        Ok(*counting.run.get_or_init(|| drawn))
    }

    /// Forgets what was keyed of papers that are not counted any more: the vote is called off, the count is closed.
    pub(crate) async fn clear_table(&self, caller: &Caller, poll: PollId) -> Result<(), AppError> {
        let table = self.table();
        if table.polls().contains(&poll) {
            let mut tx = self.store.read(caller.council).await?;
            let stored = polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?;
            table.clear_past(poll, stored.state.stage());
        }
        Ok(())
    }

    /// How many piles lie on the table of this process.
    pub fn open_piles(&self) -> usize {
        self.table().len()
    }
}
