//! Accounts of a council: opened, changed, disabled.

use super::caller::Caller;
use super::error::AppError;
use super::service::App;
use crate::domain::account::Account;
use crate::domain::role::Role;
use crate::store::accounts;

/// Who manages accounts.
pub const MANAGERS: &[Role] = &[Role::Admin, Role::Operator];

impl App {
    /// All accounts of the caller's council, by name.
    ///
    /// # Errors
    /// When the caller does not manage accounts.
    pub async fn accounts(&self, caller: &Caller) -> Result<Vec<Account>, AppError> {
        caller.may(MANAGERS)?;
        let mut tx = self.store.read(caller.council).await?;
        Ok(accounts::list(&mut tx).await?)
    }
}
