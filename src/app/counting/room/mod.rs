//! The counting room: a head teller opens batches for two tellers each, they key them blind to each other, and as soon as
//! both readings agree the batch is committed in the same request.
//!
//! Marks and counts are on the [`table`] of this process and nowhere else; what is committed goes through
//! [`polls`](crate::polls). Before the zero report the same table takes the test deck, whose counts are nobody's
//! ballots and stay on it until they are recorded. What a hall may see of a count is in [`screen`].

mod access;
mod batch;
mod counting_room;
mod deck;
mod entering;
mod lead;
mod opening;
mod projection;
mod recounts;
mod room_page;
pub mod screen;
pub mod table;

use std::sync::{Arc, OnceLock};

pub use access::{COUNTERS, HEADS, WATCHERS};
use access::{NO_BATCH, NO_FORM, NO_POLL};
pub use batch::{BatchPage, Follow};
pub use deck::{DeckReport, DeckRow, DeckTable};
pub use entering::{Keyed, What};
pub use opening::{OpenPage, TypedBatch};
pub use projection::{Projection, ProjectionPage};
pub use recounts::{OpenRecount, RecountOffer, TypedRecount};
pub use room_page::{OpenBatch, RoomForm, RoomPage, RoomPoll};

use self::screen::Screens;
use self::table::CountingTable;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::id::RequestId;

pub use store::batches::BatchRow as CommittedBatch;

/// The counting room in the memory of this process. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CountingMemory {
    pub(crate) table: Arc<CountingTable>,
    /// Distinguishes this run of the process from the one before: after a restart the table is empty, and the tellers'
    /// pages send again what they saved.
    run: Arc<OnceLock<RequestId>>,
    screens: Screens,
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
}
