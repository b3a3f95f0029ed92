//! What everybody may do with their own account: choose a password.

use crate::people::sign_in::{ProvenPassword, Token};
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use crate::service::passwords::{self, Password};
use domain::audit::CouncilEvent;
use domain::audit::event::council::{PasswordBy, PasswordSet};
use domain::password;
use macros::boxed;
use store::{accounts, credentials, logs, sessions};

/// A password that its owner chose, as it was typed.
pub struct NewPassword {
    pub new: Password,
    /// The same once more.
    pub again: Password,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

impl NewPassword {
    /// Whether both fields have the same.
    pub(super) fn is_typed_twice(&self) -> bool {
        password::normal_form(&self.new) == password::normal_form(&self.again)
    }

    pub(super) fn into_password(self) -> Password {
        self.new
    }

    /// Checks it against the rules for passwords; `about` are names of its owner, `old` is the one that it replaces.
    ///
    /// # Errors
    /// On field `new_password` or `password_again`.
    pub(super) fn check(&self, about: &[&str], old: Option<&Password>) -> Result<(), AppError> {
        password::check(&self.new, about).map_err(|e| AppError::field("new_password", e))?;
        if !self.is_typed_twice() {
            return Err(AppError::field("password_again", "Hai lần gõ mật khẩu mới khác nhau; hãy gõ lại cả hai."));
        }
        if old.is_some_and(|old| password::normal_form(old) == password::normal_form(&self.new)) {
            let sentence = "Mật khẩu mới trùng mật khẩu cũ; hãy chọn mật khẩu khác.";
            return Err(AppError::field("new_password", sentence));
        }
        Ok(())
    }
}

impl App {
    /// Whether the caller has a password: somebody who signed in with a slip may have none.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn has_password(&self, caller: &crate::Caller) -> Result<bool, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        Ok(accounts::password(&mut tx, caller.account.id).await?.is_some())
    }

    /// Changes the caller's own password; `old` is the current one, empty for somebody who signed in with a slip and has none. All
    /// other sessions end; this one goes on under the token that is returned.
    ///
    /// # Errors
    /// When a field is wrong: `old_password`, `new_password`, `password_again`.
    #[boxed]
    pub async fn change_password(&self, ask: Ask<'_>, old: Password, chosen: NewPassword) -> Result<Token, AppError> {
        let caller = ask.caller;
        let actor = caller.own()?;
        let about = [caller.account.login.as_str(), &caller.account.name, &caller.council_name];
        let (account, session, at) = (caller.account.id, caller.session, self.now_text()?);
        let proven = if self.has_password(caller).await? {
            chosen.check(&about, Some(&old))?;
            self.prove_password(caller, "old_password", old).await?
        } else {
            chosen.check(&about, None)?;
            ProvenPassword::of(account, None)
        };
        let phc = passwords::hash(self.cost, chosen.into_password(), self.chance.block()?).await?;
        let token = Token::new(caller.council, &self.chance)?;
        let hash = token.hash();
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                proven.still_stands(tx, "old_password").await?;
                credentials::set_password(tx, account, &phc, false).await?;
                sessions::end_all(tx, account, Some(session)).await?;
                sessions::rotate(tx, session, &hash).await?;
                let log = logs::own(tx).await?;
                let set = PasswordSet { account, by: PasswordBy::Owner };
                tx.append(log, at, &actor, &CouncilEvent::from(set)).await?;
                Ok(())
            })
        })
        .await?;
        Ok(token)
    }
}
