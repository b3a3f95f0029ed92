//! The entries of a poll's log.

use crate::service::error::AppError;
use domain::audit::LogEntry;
use domain::audit::entry::EntryReader;
use domain::id::LogId;
use store::{CouncilTx, StoreError, log_tags, logs};

/// Every entry of a poll's log, in its order, if they are what the program wrote.
///
/// # Errors
/// [`StoreError::Rewritten`], and when an entry cannot be read.
pub(crate) async fn entries(tx: &mut CouncilTx, log: LogId) -> Result<Vec<LogEntry>, AppError> {
    let (_, texts) = log_tags::whole(tx, log).await?;
    let mut reader = EntryReader::default();
    let read = texts.iter().map(|text| reader.read(text).map_err(|e| AppError::internal("đọc nhật ký", e)));
    read.collect()
}

/// The refusal of a log that says something else than the columns beside its entries.
pub(crate) async fn rewritten(tx: &mut CouncilTx, log: LogId) -> AppError {
    match logs::origin(tx, log).await {
        Ok(origin) => StoreError::Rewritten { origin }.into(),
        Err(other) => other.into(),
    }
}
