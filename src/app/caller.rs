//! Who asks: the account behind a session, and what it may do.

use super::error::AppError;
use crate::domain::account::Account;
use crate::domain::audit::Actor;
use crate::domain::id::{CouncilId, SessionId};
use crate::domain::role::Role;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose rows they see.
    pub council: CouncilId,
    /// Its name.
    pub council_name: String,
    /// Their account.
    pub account: Account,
    /// Their session.
    pub session: SessionId,
}

impl Caller {
    /// The actor that an entry names, in the first of `roles` that the caller holds.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the caller holds none of them, or must choose a password of their own first.
    pub fn may(&self, roles: &[Role]) -> Result<Actor, AppError> {
        if self.account.must_change_password {
            return Err(AppError::Forbidden);
        }
        self.as_any(roles.iter().copied().find(|role| self.account.roles.has(*role)))
    }

    /// The actor of what everybody may do with their own account.
    ///
    /// # Errors
    /// Never in practice: an account has a role.
    pub fn own(&self) -> Result<Actor, AppError> {
        self.as_any(self.account.roles.iter().next())
    }

    fn as_any(&self, role: Option<Role>) -> Result<Actor, AppError> {
        let role = role.ok_or(AppError::Forbidden)?;
        Ok(Actor { account: Some(self.account.id), name: self.account.name.clone(), role })
    }
}
