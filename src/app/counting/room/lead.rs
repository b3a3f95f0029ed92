//! One process leads the table of a poll for all.
//!
//! The table is memory of one process. On PostgreSQL several may share the database: the first that is asked for a poll's
//! table leads it until it ends, and every other one answers [`AppError::Elsewhere`], which a balancer passes on to the
//! next process and a page tries again. When the leading process ends, whichever is asked next leads.

use crate::service::app::App;
use crate::service::error::AppError;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Stage;
use store::{Lease, lease};

impl App {
    /// Makes sure that this process leads the table of a poll whose papers are counted now. Whatever uses the table calls
    /// this first, before it reads the poll: another process may have committed a batch until then.
    ///
    /// # Errors
    /// [`AppError::Elsewhere`] when another process leads it.
    pub(crate) async fn lead(&self, council: CouncilId, poll: PollId) -> Result<(), AppError> {
        if !self.store.is_shared() {
            return Ok(());
        }
        // Only of polls that are counted: whoever asks for any other address takes no lock of the server.
        let stage = lease::stage(&mut self.store.read(council).await?, poll).await?;
        if stage.and_then(Stage::pile).is_none() {
            return Ok(self.store.end_lease(council, poll).await?);
        }
        let app = self.clone();
        match self.store.lease(council, poll, move || app.begin_table(poll)).await? {
            Lease::Kept | Lease::Taken => Ok(()),
            Lease::Elsewhere => Err(AppError::Elsewhere { poll }),
        }
    }

    /// The table of a poll begins anew in this process, or has begun in another one: what lies on it here is stale.
    fn begin_table(&self, poll: PollId) {
        self.table().clear_poll(poll);
    }
}
