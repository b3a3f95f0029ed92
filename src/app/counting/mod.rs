//! The counting room: a head teller opens batches for two tellers each, they key them blind to each other, and as soon as
//! both readings agree the batch is committed in the same request.
//!
//! Marks and counts lie on the [`table`] of this process and nowhere else; what is committed goes through
//! [`polls`](super::polls). Before the zero report the same table takes the test deck, whose counts are nobody's ballots
//! and stay on it until they are recorded. What a hall may see of a count is in [`screen`].

mod batch;
mod deck;
mod entering;
mod hall;
mod opening;
mod room;
pub mod screen;
pub mod table;

use std::sync::{Arc, OnceLock};

pub use batch::{BatchPage, Follow};
pub use deck::{DeckReport, DeckRow, DeckTable};
pub use entering::{Keyed, What};
pub use opening::{OpenPage, TypedBatch};
pub use room::{OpenBatch, Room, RoomForm, RoomPoll};

use self::screen::Screens;
use self::table::CountingTable;
use super::error::AppError;
use super::service::App;
use domain::id::RequestId;
use domain::role::Role;

pub use store::batches::BatchRow as CommittedBatch;

/// Who counts. Somebody who holds both roles acts as either, but never as two of the three people of one batch.
pub const COUNTERS: &[Role] = &[Role::HeadTeller, Role::Teller];
/// Who opens batches, decides, and takes them off the table.
pub const HEADS: &[Role] = &[Role::HeadTeller];
/// Who puts the count on the screen of the hall.
pub const WATCHERS: &[Role] = &[Role::Observer, Role::HeadTeller, Role::Leader, Role::Clerk];

const NO_POLL: AppError = AppError::NotFound("cuộc kiểm phiếu");
const NO_FORM: AppError = AppError::NotFound("mẫu phiếu này");
const NO_BATCH: AppError = AppError::NotFound("tập phiếu này");

/// What one process knows of the counting room. A clone is the same room.
#[derive(Clone, Debug, Default)]
pub(super) struct Counting {
    pub(super) table: Arc<CountingTable>,
    /// Tells this run of the process from the one before: after a restart the table is empty, and the pages of the tellers
    /// send again what they kept.
    run: Arc<OnceLock<RequestId>>,
    screens: Screens,
}

impl App {
    /// Which run of the process this is.
    fn run_id(&self) -> Result<RequestId, AppError> {
        if let Some(run) = self.counting.run.get() {
            return Ok(*run);
        }
        let drawn = self.new_request()?;
        Ok(*self.counting.run.get_or_init(|| drawn))
    }
}
