//! Access slips. Only the hash of a code is stored.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, SlipId};
use domain::slip::Slip;
use macros::boxed;

row_struct! {
    /// A row of `slips`, without its code's hash.
    SlipRow {
        slip_id: String,
        /// Account that the slip signs in.
        account_id: String,
        /// Time of printing.
        issued_at: String,
        /// Time of expiry.
        expires_at: String,
        /// Time of use; `None` while unused.
        used_at: Option<String>,
        /// Time of revocation; `None` when never revoked.
        revoked_at: Option<String>,
    }
}

impl SlipRow {
    fn slip(self) -> Result<Slip, StoreError> {
        let moment = |text: String| text.parse::<UtcTime>().map_err(StoreError::corrupt);
        Ok(Slip {
            id: self.slip_id.parse().map_err(StoreError::corrupt)?,
            account: self.account_id.parse().map_err(StoreError::corrupt)?,
            issued_at: moment(self.issued_at)?,
            expires_at: moment(self.expires_at)?,
            used_at: self.used_at.map(moment).transpose()?,
            revoked_at: self.revoked_at.map(moment).transpose()?,
        })
    }
}

/// Adds a slip.
#[boxed]
pub async fn add(tx: &mut CouncilTx, slip: &Slip, code: &Digest) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO slips (council_id, slip_id, account_id, code_sha256, issued_at, expires_at, used_at, revoked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL)",
        slip.id.to_string(),
        slip.account.to_string(),
        code.as_bytes().to_vec(),
        slip.issued_at.to_string(),
        slip.expires_at.to_string(),
    );
    added.map(drop)
}

/// All slips of the council, the newest first.
#[boxed]
pub async fn list(tx: &mut CouncilTx) -> Result<Vec<Slip>, StoreError> {
    let rows = rows!(
        tx,
        SlipRow,
        "SELECT slip_id, account_id, issued_at, expires_at, used_at, revoked_at FROM slips \
         WHERE council_id = $1 ORDER BY issued_at DESC, slip_id DESC"
    )?;
    rows.into_iter().map(SlipRow::slip).collect()
}

/// The slip of a code's hash.
#[boxed]
pub async fn by_code(tx: &mut CouncilTx, code: &Digest) -> Result<Option<Slip>, StoreError> {
    let row = row!(
        tx,
        SlipRow,
        "SELECT slip_id, account_id, issued_at, expires_at, used_at, revoked_at FROM slips \
         WHERE council_id = $1 AND code_sha256 = $2",
        code.as_bytes().to_vec()
    )?;
    row.map(SlipRow::slip).transpose()
}

/// Marks a slip as used; returns whether it was still valid. Of two attempts at once, one succeeds.
#[boxed]
pub async fn use_up(tx: &mut CouncilTx, slip: SlipId, at: UtcTime) -> Result<bool, StoreError> {
    let used = execute!(
        tx,
        "UPDATE slips SET used_at = $3 \
         WHERE council_id = $1 AND slip_id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $3",
        slip.to_string(),
        at.to_string(),
    )?;
    Ok(used == 1)
}

/// Revokes a slip; returns whether it was still valid.
#[boxed]
pub async fn revoke(tx: &mut CouncilTx, slip: SlipId, at: UtcTime) -> Result<bool, StoreError> {
    let revoked = execute!(
        tx,
        "UPDATE slips SET revoked_at = $3 \
         WHERE council_id = $1 AND slip_id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $3",
        slip.to_string(),
        at.to_string(),
    )?;
    Ok(revoked == 1)
}

/// Revokes all valid slips of an account and returns their ids.
#[boxed]
pub async fn revoke_of(tx: &mut CouncilTx, account: AccountId, at: UtcTime) -> Result<Vec<SlipId>, StoreError> {
    let revoked = rows!(
        tx,
        (String,),
        "UPDATE slips SET revoked_at = $3 \
         WHERE council_id = $1 AND account_id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $3 \
         RETURNING slip_id",
        account.to_string(),
        at.to_string(),
    )?;
    revoked.into_iter().map(|(slip,)| slip.parse().map_err(StoreError::corrupt)).collect()
}
