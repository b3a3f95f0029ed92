//! What every use case of the service stands on.

use super::clock::{Chance, Clock};
use super::error::AppError;
use super::keys::Keys;
use super::passwords::Cost;
use crate::domain::audit::UtcTime;
use crate::store::Store;

/// The service without its pages: use cases are its methods, one file per subject. A clone is another handle.
#[derive(Clone)]
pub struct App {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
    pub(super) keys: Keys,
    pub(super) cost: Cost,
}

impl App {
    /// The service on a database.
    pub const fn new(store: Store, clock: Clock, chance: Chance, keys: Keys, cost: Cost) -> Self {
        Self { store, clock, chance, keys, cost }
    }

    /// The moment, as rows and entries write it.
    pub(super) fn now_text(&self) -> Result<UtcTime, AppError> {
        UtcTime::try_from(self.clock.now()).map_err(|e| AppError::internal("đọc đồng hồ", e))
    }
}
