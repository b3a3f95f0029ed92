//! Accounts of a council and their password hashes. Whatever is read of one was written by the program
//! ([`StoreError::Forged`]), but where a function says otherwise.

use super::account_rows::{self, AccountRow, codes, state_text};
use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{row, to_u64};
use domain::account::{Account, AccountState, Login, Roles};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use macros::boxed;

impl AccountRow {
    pub(super) fn account(self, council: CouncilId) -> Result<Account, StoreError> {
        let roles: Option<Vec<Role>> = self.roles.split(',').map(Role::from_code).collect();
        let roles = roles.ok_or_else(|| StoreError::corrupt("accounts.roles"))?;
        Ok(Account {
            id: self.account_id.parse().map_err(StoreError::corrupt)?,
            login: self.login.parse::<Login>().map_err(StoreError::corrupt)?,
            name: self.name,
            roles: Roles::new(council, roles).map_err(StoreError::corrupt)?,
            state: if self.state == "open" { AccountState::Open } else { AccountState::Disabled },
            must_change_password: self.must_change_password,
            has_second_factor: self.second_factor.is_some(),
            last_sign_in_at: self.last_sign_in_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
            version: to_u64(self.version)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            changed_by: self.changed_by,
        })
    }
}

/// All accounts of the council that the program wrote, by name; the others are [`row_tags::forged`](super::row_tags::forged).
#[boxed]
pub async fn list(tx: &mut CouncilTx) -> Result<Vec<Account>, StoreError> {
    let rows = account_rows::as_stored(tx).await?;
    let council = tx.council();
    rows.into_iter().filter(|row| row.holds(tx)).map(|row| row.account(council)).collect()
}

/// All accounts of the council, by name, whoever wrote their rows: to be compared with the log.
#[boxed]
pub async fn list_as_stored(tx: &mut CouncilTx) -> Result<Vec<Account>, StoreError> {
    let rows = account_rows::as_stored(tx).await?;
    let council = tx.council();
    rows.into_iter().map(|row| row.account(council)).collect()
}

/// Login and name of every account of the council, by name, whoever wrote their rows: a login that one of them has is taken.
#[boxed]
pub async fn logins(tx: &mut CouncilTx) -> Result<Vec<(String, String)>, StoreError> {
    let rows = account_rows::as_stored(tx).await?;
    Ok(rows.into_iter().map(|row| (row.login, row.name)).collect())
}

/// The account of an id.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: AccountId) -> Result<Option<Account>, StoreError> {
    let found = account_rows::one(tx, id).await?;
    found.map(|row| row.account(tx.council())).transpose()
}

/// The account of a name to sign in with.
#[boxed]
pub async fn by_login(tx: &mut CouncilTx, login: &Login) -> Result<Option<Account>, StoreError> {
    let found = account_rows::of_login(tx, login.as_str()).await?;
    found.map(|row| row.account(tx.council())).transpose()
}

/// Adds an account with its password hash (PHC string), if it has one.
///
/// # Errors
/// [`StoreError::Refused`] when the login is taken.
#[boxed]
pub async fn add(tx: &mut CouncilTx, account: &Account, password: Option<&str>) -> Result<(), StoreError> {
    let row = AccountRow {
        account_id: account.id.to_string(),
        login: account.login.to_string(),
        name: account.name.clone(),
        roles: codes(account.roles.iter()),
        state: state_text(account.state).to_owned(),
        password: password.map(str::to_owned),
        must_change_password: account.must_change_password,
        second_factor: None,
        second_factor_step: 0,
        reset_at: None,
        reset_by: None,
        reset_account: None,
        keeps_factor: false,
        last_sign_in_at: None,
        version: i64::try_from(account.version).map_err(StoreError::corrupt)?,
        changed_at: account.changed_at.to_string(),
        changed_by: account.changed_by.clone(),
        tag: None,
    };
    account_rows::add(tx, row).await
}

/// Writes name, roles and state over version `before`; the account carries the next one.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at `before`.
#[boxed]
pub async fn change(tx: &mut CouncilTx, account: &Account, before: u64) -> Result<(), StoreError> {
    let found = account_rows::one(tx, account.id).await?;
    let before = i64::try_from(before).map_err(StoreError::corrupt)?;
    let mut row = found.filter(|row| row.version == before).ok_or(StoreError::Stale)?;
    row.name.clone_from(&account.name);
    row.roles = codes(account.roles.iter());
    row.state = state_text(account.state).to_owned();
    row.version = i64::try_from(account.version).map_err(StoreError::corrupt)?;
    row.changed_at = account.changed_at.to_string();
    row.changed_by.clone_from(&account.changed_by);
    account_rows::put(tx, row).await
}

/// The PHC string of an account's password, if it has one.
#[boxed]
pub async fn password(tx: &mut CouncilTx, id: AccountId) -> Result<Option<String>, StoreError> {
    Ok(account_rows::one(tx, id).await?.and_then(|row| row.password))
}

/// How many accounts the council has.
#[boxed]
pub async fn count(tx: &mut CouncilTx) -> Result<u64, StoreError> {
    let row = row!(tx, (i64,), "SELECT count(*) FROM accounts WHERE council_id = $1")?;
    to_u64(row.map_or(0, |(count,)| count))
}
