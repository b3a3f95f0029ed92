//! Rows that the program wrote and nobody else: accounts, sessions and slips have the tag of the installation's key. What a tag
//! is, and what it does not see, says [`domain::audit::row_tag`].
//!
//! Whoever loads such a row to decide by it checks the tag with it, one HMAC and no statement more; whoever changes one reads it
//! first in the same transaction, so that a row that somebody else wrote never gets a tag by a change of another column.

use super::account_rows::{self, AccountRow};
use super::error::StoreError;
use super::scope::CouncilTx;
use super::{sessions, slips};
use domain::account::AccountState;
use domain::audit::row_tag::{RowKey, RowMac, TaggedTable};
use domain::audit::{Digest, LoggedAccount};
use domain::id::{AccountId, CouncilId};
use macros::boxed;
use std::collections::BTreeMap;

/// Step of the schema from which on these rows have tags.
pub const SINCE: i64 = 15;

/// A row that the program did not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgedRow {
    pub table: TaggedTable,
    /// Its id.
    pub row: String,
    /// The name to sign in with, of an account.
    pub login: Option<String>,
}

/// Every row of the council that has no tag or another one; none before the key is known.
#[boxed]
pub async fn forged(tx: &mut CouncilTx) -> Result<Vec<ForgedRow>, StoreError> {
    let accounts = account_rows::as_stored(tx).await?.into_iter().filter(|row| !row.holds(tx));
    let account =
        |row: AccountRow| ForgedRow { table: TaggedTable::Accounts, row: row.account_id, login: Some(row.login) };
    let mut found: Vec<ForgedRow> = accounts.map(account).collect();
    let of = |table| move |row: String| ForgedRow { table, row, login: None };
    found.extend(sessions::forged(tx).await?.into_iter().map(of(TaggedTable::Sessions)));
    found.extend(slips::forged(tx).await?.into_iter().map(of(TaggedTable::Slips)));
    Ok(found)
}

/// Whether any row of the council has a tag, right or wrong.
#[boxed]
pub async fn is_any_tagged(tx: &mut CouncilTx) -> Result<bool, StoreError> {
    let accounts = account_rows::as_stored(tx).await?.iter().any(|row| row.tag.is_some());
    Ok(accounts || sessions::is_any_tagged(tx).await? || slips::is_any_tagged(tx).await?)
}

/// Tags all rows of the council that have no tag or another one; how many these are. Whoever calls this vouches for them.
#[boxed]
pub async fn tag_again(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    Ok(tag_accounts(tx).await? + sessions::tag_again(tx).await? + slips::tag_again(tx).await?)
}

/// Makes the accounts of the council that have no tag or another one what `logged` says of them, tags them, and takes away the
/// sessions and slips that have no tag. No log has a password: it goes, and somebody has to be given a new one. An account that
/// `logged` does not know, or by another login, stays without a tag. How many rows there were.
#[boxed]
pub async fn vouch(tx: &mut CouncilTx, logged: &BTreeMap<AccountId, LoggedAccount>) -> Result<u32, StoreError> {
    let mut count = 0;
    for row in account_rows::as_stored(tx).await? {
        let id: AccountId = row.account_id.parse().map_err(StoreError::corrupt)?;
        let said = logged.get(&id).filter(|said| !row.holds(tx) && said.login == row.login);
        if let Some(said) = said {
            account_rows::put(tx, as_logged(row, said)).await?;
            count += 1;
        }
    }
    Ok(count + sessions::drop_forged(tx).await? + slips::drop_forged(tx).await?)
}

fn as_logged(row: AccountRow, said: &LoggedAccount) -> AccountRow {
    let state = if said.is_open { AccountState::Open } else { AccountState::Disabled };
    AccountRow {
        name: said.name.clone(),
        roles: account_rows::codes(said.roles.iter().copied()),
        state: account_rows::state_text(state).to_owned(),
        password: None,
        must_change_password: true,
        ..row
    }
}

async fn tag_accounts(tx: &mut CouncilTx) -> Result<u32, StoreError> {
    let mut count = 0;
    for row in account_rows::as_stored(tx).await? {
        if !row.holds(tx) {
            account_rows::put(tx, row).await?;
            count += 1;
        }
    }
    Ok(count)
}

impl CouncilTx {
    /// The tag of a row, in hex; `None` before the key is known.
    pub(super) fn row_tag(&self, mac: impl FnOnce(&RowKey, CouncilId) -> RowMac) -> Option<String> {
        self.tags.get().map(|keys| mac(&keys.rows, self.council()).tag().to_string())
    }

    /// Whether a row has the tag that is its own. Before the key is known nothing is refused.
    pub(super) fn row_holds(&self, tag: &Option<String>, mac: impl FnOnce(&RowKey, CouncilId) -> RowMac) -> bool {
        let Some(keys) = self.tags.get() else { return true };
        let tag: Option<Digest> = tag.as_deref().and_then(|tag| tag.parse().ok());
        tag.is_some_and(|tag| mac(&keys.rows, self.council()).holds(&tag))
    }
}
