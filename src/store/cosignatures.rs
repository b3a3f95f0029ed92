//! What witnesses said of the heads of a log.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row_struct, rows};
use domain::audit::UtcTime;
use domain::id::LogId;
use macros::boxed;

row_struct! {
    /// A row of `cosignatures`.
    CosignatureRow {
        /// Number of entries that the head covers.
        size: i64,
        /// Key text of the witness.
        witness: String,
        /// Signature line of the note, with its line feed.
        line: String,
        taken_at: String,
    }
}

/// Stores what a witness said of a head; once for each witness and size, the first stays.
///
/// # Errors
/// When there is no such log.
#[boxed]
pub async fn add(
    tx: &mut CouncilTx,
    log: LogId,
    size: u64,
    (witness, line): (&str, &str),
    at: UtcTime,
) -> Result<(), StoreError> {
    let size = i64::try_from(size).map_err(StoreError::corrupt)?;
    let added = execute!(
        tx,
        "INSERT INTO cosignatures (council_id, log_id, size, witness, line, taken_at) \
         SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM cosignatures \
         WHERE council_id = $1 AND log_id = $2 AND size = $3 AND witness = $4)",
        log.to_string(),
        size,
        witness.to_owned(),
        line.to_owned(),
        at.to_string(),
    );
    added.map(drop)
}

/// All of a log, the smallest head first.
#[boxed]
pub async fn list(tx: &mut CouncilTx, log: LogId) -> Result<Vec<CosignatureRow>, StoreError> {
    rows!(
        tx,
        CosignatureRow,
        "SELECT size, witness, line, taken_at FROM cosignatures WHERE council_id = $1 AND log_id = $2 \
         ORDER BY size, witness",
        log.to_string()
    )
}
