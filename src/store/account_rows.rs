//! Rows of `accounts` with their secrets, as their [tags](super::row_tags) cover them: read, held against the tag, written.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{ReadRow, Row, execute, row, rows};
use domain::account::AccountState;
use domain::audit::row_tag::{RowKey, RowMac, TaggedTable};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use macros::boxed;

/// A row with all columns but the counters of failures. Nobody prints it.
#[derive(Clone)]
pub(super) struct AccountRow {
    pub account_id: String,
    pub login: String,
    pub name: String,
    /// Codes of the roles, separated by commas.
    pub roles: String,
    /// `open` or `disabled`.
    pub state: String,
    /// PHC string.
    pub password: Option<String>,
    pub must_change_password: bool,
    /// The sealed secret of an authenticator app.
    pub second_factor: Option<String>,
    pub second_factor_step: i64,
    pub reset_at: Option<String>,
    pub reset_by: Option<String>,
    pub reset_account: Option<String>,
    pub keeps_factor: bool,
    pub last_sign_in_at: Option<String>,
    pub version: i64,
    pub changed_at: String,
    pub changed_by: String,
    pub tag: Option<String>,
}

/// Roles as the column has them.
pub(super) fn codes(roles: impl Iterator<Item = Role>) -> String {
    roles.map(Role::code).collect::<Vec<_>>().join(",")
}

pub(super) const fn state_text(state: AccountState) -> &'static str {
    match state {
        AccountState::Open => "open",
        AccountState::Disabled => "disabled",
    }
}

impl ReadRow for AccountRow {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            account_id: row.get("account_id")?,
            login: row.get("login")?,
            name: row.get("name")?,
            roles: row.get("roles")?,
            state: row.get("state")?,
            password: row.get("password")?,
            must_change_password: row.get("must_change_password")?,
            second_factor: row.get("second_factor")?,
            second_factor_step: row.get("second_factor_step")?,
            reset_at: row.get("reset_at")?,
            reset_by: row.get("reset_by")?,
            reset_account: row.get("reset_account")?,
            keeps_factor: row.get("keeps_factor")?,
            last_sign_in_at: row.get("last_sign_in_at")?,
            version: row.get("version")?,
            changed_at: row.get("changed_at")?,
            changed_by: row.get("changed_by")?,
            tag: row.get("tag")?,
        })
    }
}

impl AccountRow {
    /// Who somebody is, how they prove it, and what they may. Not in it: counters of failures, the last sign-in, and what a
    /// page says of the last change.
    fn mac(&self, key: &RowKey, council: CouncilId) -> RowMac {
        key.row(TaggedTable::Accounts, council)
            .with("account_id", &self.account_id)
            .with("login", &self.login)
            .with("name", &self.name)
            .with("roles", &self.roles)
            .with("state", &self.state)
            .with("password", &self.password)
            .with("must_change_password", self.must_change_password)
            .with("second_factor", &self.second_factor)
            .with("second_factor_step", self.second_factor_step)
            .with("reset_at", &self.reset_at)
            .with("reset_by", &self.reset_by)
            .with("reset_account", &self.reset_account)
            .with("keeps_factor", self.keeps_factor)
    }

    /// Whether the program wrote it.
    pub(super) fn holds(&self, tx: &CouncilTx) -> bool {
        tx.row_holds(&self.tag, |key, council| self.mac(key, council))
    }

    /// The row, if the program wrote it.
    ///
    /// # Errors
    /// [`StoreError::Forged`].
    pub(super) fn checked(self, tx: &CouncilTx) -> Result<Self, StoreError> {
        if self.holds(tx) {
            return Ok(self);
        }
        Err(StoreError::Forged { table: TaggedTable::Accounts, row: format!("{} ({})", self.login, self.account_id) })
    }

    fn new_tag(&self, tx: &CouncilTx) -> Option<String> {
        tx.row_tag(|key, council| self.mac(key, council))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account_id, login, name, roles, state, password, must_change_password, second_factor, ",
            "second_factor_step, reset_at, reset_by, reset_account, keeps_factor, last_sign_in_at, version, changed_at, ",
            "changed_by, tag FROM accounts WHERE council_id = $1",
            $rest
        )
    };
}

/// The row of an account.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub(super) async fn one(tx: &mut CouncilTx, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
    let found = row!(tx, AccountRow, select!(" AND account_id = $2"), id.to_string())?;
    found.map(|row| row.checked(tx)).transpose()
}

/// The row of a name to sign in with.
///
/// # Errors
/// [`StoreError::Forged`].
#[boxed]
pub(super) async fn of_login(tx: &mut CouncilTx, login: &str) -> Result<Option<AccountRow>, StoreError> {
    let found = row!(tx, AccountRow, select!(" AND login = $2"), login)?;
    found.map(|row| row.checked(tx)).transpose()
}

/// All rows of the council by name, whoever wrote them.
#[boxed]
pub(super) async fn as_stored(tx: &mut CouncilTx) -> Result<Vec<AccountRow>, StoreError> {
    rows!(tx, AccountRow, select!(" ORDER BY name, account_id"))
}

/// Adds a row.
///
/// # Errors
/// [`StoreError::Refused`] when the login is taken.
#[boxed]
pub(super) async fn add(tx: &mut CouncilTx, row: AccountRow) -> Result<(), StoreError> {
    let tag = row.new_tag(tx);
    let added = execute!(
        tx,
        "INSERT INTO accounts (council_id, account_id, login, name, roles, state, password, must_change_password, \
         second_factor, second_factor_step, failures, failed_at, last_sign_in_at, version, changed_at, changed_by, tag) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 0, 0, NULL, NULL, $9, $10, $11, $12)",
        row.account_id,
        row.login,
        row.name,
        row.roles,
        row.state,
        row.password,
        row.must_change_password,
        row.version,
        row.changed_at,
        row.changed_by,
        tag,
    );
    added.map(drop)
}

/// Writes what a row that was [read](one) in this transaction says now, with its tag.
#[boxed]
pub(super) async fn put(tx: &mut CouncilTx, row: AccountRow) -> Result<(), StoreError> {
    let tag = row.new_tag(tx);
    let put = execute!(
        tx,
        "UPDATE accounts SET name = $3, roles = $4, state = $5, password = $6, must_change_password = $7, \
         second_factor = $8, second_factor_step = $9, reset_at = $10, reset_by = $11, reset_account = $12, \
         keeps_factor = $13, version = $14, changed_at = $15, changed_by = $16, tag = $17 \
         WHERE council_id = $1 AND account_id = $2",
        row.account_id,
        row.name,
        row.roles,
        row.state,
        row.password,
        row.must_change_password,
        row.second_factor,
        row.second_factor_step,
        row.reset_at,
        row.reset_by,
        row.reset_account,
        row.keeps_factor,
        row.version,
        row.changed_at,
        row.changed_by,
        tag,
    );
    put.map(drop)
}
