//! Accounts of a council and their password hashes.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, one_changed, row, row_struct, rows, to_u64};
use domain::account::{Account, AccountState, Login, Roles};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use macros::boxed;

row_struct! {
    /// A row of `accounts`, without its secrets.
    AccountRow {
        account_id: String,
        login: String,
        name: String,
        /// Codes of the roles, separated by commas.
        roles: String,
        /// `open` or `disabled`.
        state: String,
        /// Whether the password was chosen by an administrator.
        must_change_password: bool,
        /// Whether an authenticator app is set up.
        has_second_factor: bool,
        last_sign_in_at: Option<String>,
        /// From 1; goes up with every change.
        version: i64,
        /// Time of the last change.
        changed_at: String,
        /// Full name of the person who made the last change.
        changed_by: String,
    }
}

impl AccountRow {
    fn account(self, council: CouncilId) -> Result<Account, StoreError> {
        let roles: Option<Vec<Role>> = self.roles.split(',').map(Role::from_code).collect();
        let roles = roles.ok_or_else(|| StoreError::corrupt("accounts.roles"))?;
        Ok(Account {
            id: self.account_id.parse().map_err(StoreError::corrupt)?,
            login: self.login.parse::<Login>().map_err(StoreError::corrupt)?,
            name: self.name,
            roles: Roles::new(council, roles).map_err(StoreError::corrupt)?,
            state: if self.state == "open" { AccountState::Open } else { AccountState::Disabled },
            must_change_password: self.must_change_password,
            has_second_factor: self.has_second_factor,
            last_sign_in_at: self.last_sign_in_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
            version: to_u64(self.version)?,
            changed_at: self.changed_at.parse().map_err(StoreError::corrupt)?,
            changed_by: self.changed_by,
        })
    }
}

fn codes(roles: &Roles) -> String {
    roles.iter().map(Role::code).collect::<Vec<_>>().join(",")
}

const fn state_text(state: AccountState) -> &'static str {
    match state {
        AccountState::Open => "open",
        AccountState::Disabled => "disabled",
    }
}

/// All accounts of the council, by name.
#[boxed]
pub async fn list(tx: &mut CouncilTx) -> Result<Vec<Account>, StoreError> {
    let rows = rows!(
        tx,
        AccountRow,
        "SELECT account_id, login, name, roles, state, must_change_password, \
         second_factor IS NOT NULL AS has_second_factor, last_sign_in_at, version, changed_at, changed_by \
         FROM accounts WHERE council_id = $1 ORDER BY name, account_id"
    )?;
    let council = tx.council();
    rows.into_iter().map(|row| row.account(council)).collect()
}

/// The account of an id.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: AccountId) -> Result<Option<Account>, StoreError> {
    let found = row!(
        tx,
        AccountRow,
        "SELECT account_id, login, name, roles, state, must_change_password, \
         second_factor IS NOT NULL AS has_second_factor, last_sign_in_at, version, changed_at, changed_by \
         FROM accounts WHERE council_id = $1 AND account_id = $2",
        id.to_string()
    )?;
    let council = tx.council();
    found.map(|row| row.account(council)).transpose()
}

/// The account of a name to sign in with.
#[boxed]
pub async fn by_login(tx: &mut CouncilTx, login: &Login) -> Result<Option<Account>, StoreError> {
    let row = row!(
        tx,
        (String,),
        "SELECT account_id FROM accounts WHERE council_id = $1 AND login = $2",
        login.as_str().to_owned()
    )?;
    match row {
        Some((id,)) => find(tx, id.parse().map_err(StoreError::corrupt)?).await,
        None => Ok(None),
    }
}

/// Adds an account with its password hash (PHC string), if it has one.
///
/// # Errors
/// [`StoreError::Refused`] when the login is taken.
#[boxed]
pub async fn add(tx: &mut CouncilTx, account: &Account, password: Option<&str>) -> Result<(), StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO accounts (council_id, account_id, login, name, roles, state, password, must_change_password, \
         second_factor, second_factor_step, failures, failed_at, last_sign_in_at, version, changed_at, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 0, 0, NULL, NULL, $9, $10, $11)",
        account.id.to_string(),
        account.login.to_string(),
        account.name.clone(),
        codes(&account.roles),
        state_text(account.state),
        password.map(str::to_owned),
        account.must_change_password,
        i64::try_from(account.version).map_err(StoreError::corrupt)?,
        account.changed_at.to_string(),
        account.changed_by.clone(),
    );
    added.map(drop)
}

/// Writes name, roles and state over version `before`; the account carries the next one.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at `before`.
#[boxed]
pub async fn change(tx: &mut CouncilTx, account: &Account, before: u64) -> Result<(), StoreError> {
    let changed = execute!(
        tx,
        "UPDATE accounts SET name = $3, roles = $4, state = $5, version = $6, changed_at = $7, changed_by = $8 \
         WHERE council_id = $1 AND account_id = $2 AND version = $9",
        account.id.to_string(),
        account.name.clone(),
        codes(&account.roles),
        state_text(account.state),
        i64::try_from(account.version).map_err(StoreError::corrupt)?,
        account.changed_at.to_string(),
        account.changed_by.clone(),
        i64::try_from(before).map_err(StoreError::corrupt)?,
    )?;
    one_changed(changed)
}

/// The PHC string of an account's password, if it has one.
#[boxed]
pub async fn password(tx: &mut CouncilTx, id: AccountId) -> Result<Option<String>, StoreError> {
    let row = row!(
        tx,
        (Option<String>,),
        "SELECT password FROM accounts WHERE council_id = $1 AND account_id = $2",
        id.to_string()
    )?;
    Ok(row.and_then(|(password,)| password))
}

/// How many accounts the council has.
#[boxed]
pub async fn count(tx: &mut CouncilTx) -> Result<u64, StoreError> {
    let row = row!(tx, (i64,), "SELECT count(*) FROM accounts WHERE council_id = $1")?;
    to_u64(row.map_or(0, |(count,)| count))
}
