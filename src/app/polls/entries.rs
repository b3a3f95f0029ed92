//! The entries of a poll's log.

use crate::service::error::AppError;
use domain::audit::LogEntry;
use domain::audit::entry::EntryReader;
use domain::id::LogId;
use store::{CouncilTx, logs};

/// Entries that are read at a time.
const PAGE: u32 = 1_000;

/// Every entry of a poll's log, in its order.
///
/// # Errors
/// When an entry cannot be read.
pub(crate) async fn entries(tx: &mut CouncilTx, log: LogId) -> Result<Vec<LogEntry>, AppError> {
    let mut read: Vec<LogEntry> = Vec::new();
    loop {
        let from = u64::try_from(read.len()).unwrap_or(u64::MAX);
        let page = logs::entries(tx, log, from, PAGE).await?;
        if page.is_empty() {
            return Ok(read);
        }
        let mut reader = EntryReader::default();
        for text in &page {
            read.push(reader.read(text).map_err(|e| AppError::internal("đọc nhật ký", e))?);
        }
    }
}
