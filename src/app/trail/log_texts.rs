//! A log as a file: the exact texts that are hashed.

use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::id::LogId;
use macros::boxed;
use store::logs;

impl App {
    /// Exact texts of up to `limit` entries from number `from` on, in their order.
    ///
    /// # Errors
    /// When the caller may not read the log, or there is none of that id.
    #[boxed]
    pub async fn log_texts(&self, caller: &Caller, log: LogId, from: u64, limit: u32) -> Result<Vec<String>, AppError> {
        let readable = self.logs(caller).await?;
        if !readable.iter().any(|head| head.log == log) {
            return Err(AppError::NotFound("nhật ký"));
        }
        let mut tx = self.store.read(caller.council).await?;
        Ok(logs::entries(&mut tx, log, from, limit).await?)
    }
}
