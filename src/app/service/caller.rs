//! The caller: the account behind a session, and what it may do.

use crate::service::error::AppError;
use domain::account::Account;
use domain::audit::{Actor, UtcTime};
use domain::id::{CouncilId, SessionId};
use domain::role::Role;

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
    /// What they must do before anything else.
    pub pending: Option<Pending>,
    /// When they signed in before this time.
    pub previous_sign_in: Option<UtcTime>,
    /// Wrong passwords and codes that were typed for their account between then and this sign-in.
    pub failures_before: u32,
}

/// What somebody who is signed in must do first; nothing else answers them until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Choose a password in place of the one that an administrator chose.
    FirstPassword,
    /// Set up the second factor that the council requires.
    SecondFactor,
}

impl Caller {
    /// The actor that an entry names, in the first of `roles` that the caller holds.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the caller holds none of them, or has something [pending](Pending).
    pub fn may(&self, roles: &[Role]) -> Result<Actor, AppError> {
        if self.pending.is_some() {
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
