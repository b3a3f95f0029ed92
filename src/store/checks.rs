//! Rows as they are, for whoever holds them against the log.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row_struct, rows};

row_struct! {
    /// A row of `slips`, without its secret.
    SlipRow {
        /// Its id.
        slip_id: String,
        /// Whom it lets in.
        account_id: String,
        /// Its end.
        expires_at: String,
        /// When it let somebody in.
        used_at: Option<String>,
        /// When it became void.
        revoked_at: Option<String>,
    }
}

/// All slips of the council, used and void ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn slips(tx: &mut CouncilTx) -> Result<Vec<SlipRow>, StoreError> {
    rows!(
        tx,
        SlipRow,
        "SELECT slip_id, account_id, expires_at, used_at, revoked_at FROM slips WHERE council_id = $1 ORDER BY slip_id"
    )
}
