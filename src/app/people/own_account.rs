//! What everybody may do with their own account: choose a password.

use crate::people::sign_in::Token;
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use crate::service::passwords::{self, Password};
use domain::audit::CouncilEvent;
use domain::audit::event::council::{PasswordBy, PasswordSet};
use domain::password;
use macros::boxed;
use store::{accounts, credentials, logs, sessions};

/// What is typed to change one's own password.
pub struct PasswordChange {
    /// The current one; empty for somebody who signed in with a slip and has none.
    pub old: Password,
    /// The new one.
    pub new: Password,
    /// The new one once more.
    pub again: Password,
}

impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordChange(…)")
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

    /// Changes the caller's own password. All other sessions end; this one goes on under the token that is returned.
    ///
    /// # Errors
    /// When a field is wrong: `old_password`, `new_password`, `password_again`.
    #[boxed]
    pub async fn change_password(&self, ask: Ask<'_>, change: PasswordChange) -> Result<Token, AppError> {
        let caller = ask.caller;
        let actor = caller.own()?;
        let PasswordChange { old, new, again } = change;
        let about = [caller.account.login.as_str(), &caller.account.name, &caller.council_name];
        password::check(&new, &about).map_err(|e| AppError::field("new_password", e))?;
        if password::normal_form(&new) != password::normal_form(&again) {
            return Err(AppError::field("password_again", "Hai lần gõ mật khẩu mới khác nhau; hãy gõ lại cả hai."));
        }
        if self.has_password(caller).await? {
            if password::normal_form(&old) == password::normal_form(&new) {
                let sentence = "Mật khẩu mới trùng mật khẩu cũ; hãy chọn mật khẩu khác.";
                return Err(AppError::field("new_password", sentence));
            }
            self.prove_password(caller, "old_password", old).await?;
        }
        let phc = passwords::hash(self.cost, new, self.chance.block()?).await?;
        let token = Token::new(caller.council, &self.chance)?;
        let (hash, account, session, at) = (token.hash(), caller.account.id, caller.session, self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
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
