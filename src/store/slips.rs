//! Access slips. Only the hash of a code is stored.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{ReadRow, Row, execute, row, rows};
use domain::audit::row_tag::{RowKey, RowMac, TaggedTable};
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, CouncilId, SlipId};
use domain::slip::Slip;
use macros::boxed;

/// A row of `slips`. Nobody prints it.
#[derive(Clone)]
struct SlipRow {
    slip_id: String,
    account_id: String,
    code_sha256: Vec<u8>,
    issued_at: String,
    expires_at: String,
    used_at: Option<String>,
    revoked_at: Option<String>,
    tag: Option<String>,
}

impl ReadRow for SlipRow {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            slip_id: row.get("slip_id")?,
            account_id: row.get("account_id")?,
            code_sha256: row.get("code_sha256")?,
            issued_at: row.get("issued_at")?,
            expires_at: row.get("expires_at")?,
            used_at: row.get("used_at")?,
            revoked_at: row.get("revoked_at")?,
            tag: row.get("tag")?,
        })
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

    /// All of it: whom it lets in, by which code, until when.
    fn mac(&self, key: &RowKey, council: CouncilId) -> RowMac {
        key.row(TaggedTable::Slips, council)
            .with("slip_id", &self.slip_id)
            .with("account_id", &self.account_id)
            .with("code_sha256", self.code_sha256.as_slice())
            .with("issued_at", &self.issued_at)
            .with("expires_at", &self.expires_at)
            .with("used_at", &self.used_at)
            .with("revoked_at", &self.revoked_at)
    }

    fn holds(&self, tx: &CouncilTx) -> bool {
        tx.row_holds(&self.tag, |key, council| self.mac(key, council))
    }

    fn checked(self, tx: &CouncilTx) -> Result<Self, StoreError> {
        if self.holds(tx) {
            return Ok(self);
        }
        Err(StoreError::Forged { table: TaggedTable::Slips, row: self.slip_id })
    }

    fn new_tag(&self, tx: &CouncilTx) -> Option<String> {
        tx.row_tag(|key, council| self.mac(key, council))
    }

    fn is_live(&self, at: UtcTime) -> bool {
        self.used_at.is_none() && self.revoked_at.is_none() && self.expires_at.as_str() > at.as_str()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT slip_id, account_id, code_sha256, issued_at, expires_at, used_at, revoked_at, tag FROM slips ",
            "WHERE council_id = $1",
            $rest
        )
    };
}

/// Ids of the slips that the program did not write.
pub(super) async fn forged(tx: &mut CouncilTx) -> Result<Vec<String>, StoreError> {
    let all = rows!(tx, SlipRow, select!(" ORDER BY slip_id"))?;
    Ok(all.into_iter().filter(|row| !row.holds(tx)).map(|row| row.slip_id).collect())
}

/// Takes away the slips that the program did not write; how many these are.
pub(super) async fn drop_forged(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    let mut count = 0;
    for slip in forged(tx).await? {
        execute!(tx, "DELETE FROM slips WHERE council_id = $1 AND slip_id = $2", slip)?;
        count += 1;
    }
    Ok(count)
}

pub(super) async fn is_any_tagged(tx: &mut CouncilTx) -> Result<bool, StoreError> {
    Ok(row!(tx, (String,), "SELECT slip_id FROM slips WHERE council_id = $1 AND tag IS NOT NULL LIMIT 1")?.is_some())
}

/// Tags all slips that have no tag or another one; how many these are.
pub(super) async fn tag_again(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    let mut count = 0;
    for row in rows!(tx, SlipRow, select!(" ORDER BY slip_id"))? {
        if !row.holds(tx) {
            let tag = row.new_tag(tx);
            execute!(tx, "UPDATE slips SET tag = $3 WHERE council_id = $1 AND slip_id = $2", row.slip_id, tag)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Adds a slip.
#[boxed]
pub async fn add(tx: &mut CouncilTx, slip: &Slip, code: &Digest) -> Result<(), StoreError> {
    let row = SlipRow {
        slip_id: slip.id.to_string(),
        account_id: slip.account.to_string(),
        code_sha256: code.as_bytes().to_vec(),
        issued_at: slip.issued_at.to_string(),
        expires_at: slip.expires_at.to_string(),
        used_at: None,
        revoked_at: None,
        tag: None,
    };
    let tag = row.new_tag(tx);
    let added = execute!(
        tx,
        "INSERT INTO slips (council_id, slip_id, account_id, code_sha256, issued_at, expires_at, used_at, revoked_at, tag) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, $7)",
        row.slip_id,
        row.account_id,
        row.code_sha256,
        row.issued_at,
        row.expires_at,
        tag,
    );
    added.map(drop)
}

/// All slips of the council, the newest first, whoever wrote their rows: to be looked at and revoked.
#[boxed]
pub async fn list(tx: &mut CouncilTx) -> Result<Vec<Slip>, StoreError> {
    let rows = rows!(tx, SlipRow, select!(" ORDER BY issued_at DESC, slip_id DESC"))?;
    rows.into_iter().map(SlipRow::slip).collect()
}

/// The slip of a code's hash.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub async fn by_code(tx: &mut CouncilTx, code: &Digest) -> Result<Option<Slip>, StoreError> {
    let row = row!(tx, SlipRow, select!(" AND code_sha256 = $2"), code.as_bytes().to_vec())?;
    row.map(|row| row.checked(tx)?.slip()).transpose()
}

/// Marks a slip as used; returns whether it was still valid. Of two attempts at once, one succeeds.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub async fn use_up(tx: &mut CouncilTx, slip: SlipId, at: UtcTime) -> Result<bool, StoreError> {
    let found = row!(tx, SlipRow, select!(" AND slip_id = $2"), slip.to_string())?;
    let Some(row) = found.filter(|row| row.is_live(at)) else { return Ok(false) };
    let used = SlipRow { used_at: Some(at.to_string()), ..row.checked(tx)? };
    put(tx, used).await?;
    Ok(true)
}

/// Revokes a slip; returns whether it was still valid.
#[boxed]
pub async fn revoke(tx: &mut CouncilTx, slip: SlipId, at: UtcTime) -> Result<bool, StoreError> {
    let found = row!(tx, SlipRow, select!(" AND slip_id = $2"), slip.to_string())?;
    let Some(row) = found.filter(|row| row.is_live(at)) else { return Ok(false) };
    put_revoked(tx, row, at).await?;
    Ok(true)
}

/// Revokes all valid slips of an account and returns their ids.
#[boxed]
pub async fn revoke_of(tx: &mut CouncilTx, account: AccountId, at: UtcTime) -> Result<Vec<SlipId>, StoreError> {
    let found = rows!(tx, SlipRow, select!(" AND account_id = $2 ORDER BY slip_id"), account.to_string())?;
    let mut revoked = Vec::new();
    for row in found.into_iter().filter(|row| row.is_live(at)) {
        revoked.push(row.slip_id.parse().map_err(StoreError::corrupt)?);
        put_revoked(tx, row, at).await?;
    }
    Ok(revoked)
}

/// A slip that the program did not write is revoked as any other, and keeps the tag that it has, which is none of its own.
async fn put_revoked(tx: &mut CouncilTx, row: SlipRow, at: UtcTime) -> Result<(), StoreError> {
    let is_ours = row.holds(tx);
    let row = SlipRow { revoked_at: Some(at.to_string()), ..row };
    if is_ours {
        return put(tx, row).await;
    }
    let revoked = execute!(
        tx,
        "UPDATE slips SET revoked_at = $3 WHERE council_id = $1 AND slip_id = $2",
        row.slip_id,
        row.revoked_at,
    );
    revoked.map(drop)
}

/// Writes what became of a slip that the program wrote, with its tag.
async fn put(tx: &mut CouncilTx, row: SlipRow) -> Result<(), StoreError> {
    let tag = row.new_tag(tx);
    let put = execute!(
        tx,
        "UPDATE slips SET used_at = $3, revoked_at = $4, tag = $5 WHERE council_id = $1 AND slip_id = $2",
        row.slip_id,
        row.used_at,
        row.revoked_at,
        tag,
    );
    put.map(drop)
}
