//! Accounts whose proof somebody else had in hand, and for which nobody vouched since.

use super::account_rows::{self, AccountRow};
use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row_struct, rows};
use domain::id::AccountId;
use domain::reset::Reset;
use macros::boxed;

row_struct! {
    /// The columns of `accounts` that speak of a reset.
    ResetRow {
        account_id: String,
        /// When.
        reset_at: Option<String>,
        /// Full name of who did it.
        reset_by: Option<String>,
        /// Their account.
        reset_account: Option<String>,
        /// Whether the second factor from before is still there.
        keeps_factor: bool,
    }
}

impl ResetRow {
    fn reset(self) -> Result<(AccountId, Reset), StoreError> {
        let half = || StoreError::corrupt("accounts: một lần đặt lại ghi dở");
        let reset = Reset {
            at: self.reset_at.ok_or_else(half)?.parse().map_err(StoreError::corrupt)?,
            by: self.reset_by.ok_or_else(half)?,
            account: self.reset_account.map(|id| id.parse()).transpose().map_err(StoreError::corrupt)?,
            keeps_factor: self.keeps_factor,
        };
        Ok((self.account_id.parse().map_err(StoreError::corrupt)?, reset))
    }
}

/// All accounts of the council that were reset and that nobody vouched for, whoever wrote their rows: to be compared with the
/// log.
#[boxed]
pub async fn list(tx: &mut CouncilTx) -> Result<Vec<(AccountId, Reset)>, StoreError> {
    let rows = rows!(
        tx,
        ResetRow,
        "SELECT account_id, reset_at, reset_by, reset_account, keeps_factor FROM accounts \
         WHERE council_id = $1 AND (reset_at IS NOT NULL OR reset_by IS NOT NULL OR reset_account IS NOT NULL \
         OR keeps_factor) ORDER BY account_id"
    )?;
    rows.into_iter().map(ResetRow::reset).collect()
}

/// The reset of an account, if nobody vouched for it.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub async fn find(tx: &mut CouncilTx, account: AccountId) -> Result<Option<Reset>, StoreError> {
    let found = account_rows::one(tx, account).await?.filter(|row| row.reset_at.is_some());
    let reset = |AccountRow { account_id, reset_at, reset_by, reset_account, keeps_factor, .. }: AccountRow| {
        ResetRow { account_id, reset_at, reset_by, reset_account, keeps_factor }.reset()
    };
    Ok(found.map(reset).transpose()?.map(|(_, reset)| reset))
}

/// Writes that an account was reset, or with `None` that somebody vouched for it.
///
/// # Errors
/// When there is no such account.
#[boxed]
pub async fn put(tx: &mut CouncilTx, account: AccountId, reset: Option<&Reset>) -> Result<(), StoreError> {
    let row = account_rows::one(tx, account).await?.ok_or(StoreError::Stale)?;
    let changed = AccountRow {
        reset_at: reset.map(|reset| reset.at.to_string()),
        reset_by: reset.map(|reset| reset.by.clone()),
        reset_account: reset.and_then(|reset| reset.account).map(|account| account.to_string()),
        keeps_factor: reset.is_some_and(|reset| reset.keeps_factor),
        ..row
    };
    account_rows::put(tx, changed).await
}
