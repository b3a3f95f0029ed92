//! Who holds shares of what the close of a count needs, as the poll's log says.

use super::error::StoreError;
use super::logs;
use super::scope::CouncilTx;
use domain::audit::LogEntry;
use domain::id::LogId;
use domain::roster::Teller;
use domain::shares::Shares;

/// The shares of a poll; there are none before its board.
pub(super) async fn of(tx: &mut CouncilTx, log: LogId, board: &[Teller]) -> Result<Shares, StoreError> {
    if board.is_empty() {
        return Ok(Shares::default());
    }
    let texts = logs::of_kinds(tx, log, ["board.appointed", "share.taken"]).await?;
    let entries = texts.iter().map(|text| LogEntry::parse(text).map_err(StoreError::corrupt));
    let entries: Vec<LogEntry> = entries.collect::<Result<_, _>>()?;
    Ok(Shares::of_log(&entries))
}
