//! What a probe asks a running service, and its orderly end.

use jiff::Timestamp;

use crate::service::app::App;
use crate::service::error::AppError;
use domain::id::CouncilId;
use macros::boxed;
use store::sessions;

impl App {
    /// The moment by the service's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether the database answers and has the schema that this program knows, the clock fits its logs, and nothing was
    /// noticed that the anchors exclude.
    ///
    /// # Errors
    /// When it does not.
    #[boxed]
    pub async fn check_ready(&self) -> Result<(), AppError> {
        self.store.check_writing().await?;
        self.store.check_schema().await?;
        self.check_anchors()?;
        self.check_rows()?;
        Ok(self.store.check_clock(self.now_text()?).await?)
    }

    /// Number of stored sessions of all councils together.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn session_count(&self) -> Result<i64, AppError> {
        let mut count = 0_i64;
        for row in self.store.read_installation().await? {
            let council: CouncilId = row.id()?;
            let mut tx = self.store.read(council).await?;
            count = count.saturating_add(sessions::count(&mut tx).await?);
        }
        Ok(count)
    }

    /// Finishes pending writes, anchors the logs as they are, and closes the database.
    #[boxed]
    pub async fn close(&self) {
        if let Err(cause) = self.anchor().await {
            tracing::warn!(%cause, "the anchors were not written at the end");
        }
        self.store.close().await;
    }
}
