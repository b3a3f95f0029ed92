//! The first sign-in: by the password that somebody else handed out, together with the one that its owner chooses.

use super::{Device, Right, SignInStep, Tried, take_back};
use crate::people::own_account::NewPassword;
use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::passwords::{self, Password};
use domain::audit::event::council::{PasswordBy, PasswordSet, SignInBy};
use domain::audit::{Actor, CouncilEvent};
use domain::id::CouncilId;
use macros::boxed;
use store::{credentials, logs, sessions};

impl App {
    /// Signs in by a first password and puts the one that its owner chose in its place, in one transaction. The same form sent
    /// twice lets in twice: the second time the chosen password is the account's already.
    ///
    /// # Errors
    /// As [`App::sign_in`], and on fields `new_password` and `password_again`; then nobody is signed in and nothing is written.
    #[boxed]
    pub async fn sign_in_first(
        &self,
        slug: &str,
        login: &str,
        password: Password,
        chosen: NewPassword,
        device: Device,
    ) -> Result<SignInStep, AppError> {
        let door = self.door_of(slug).await?;
        let council = door.0;
        let counts = match self.try_password(council, login, password.clone(), &device).await? {
            Tried::Right(right) => {
                let counts = right.counts.clone();
                match self.choose_first(door, *right, &password, &chosen, &device).await? {
                    Some(step) => return Ok(step),
                    // The first press of a double click was faster.
                    None => counts,
                }
            }
            Tried::Wrong(counts) => counts,
        };
        if chosen.is_typed_twice() {
            // A guess like any other: it is counted too.
            let again = self.try_password(council, login, chosen.into_password(), &device).await;
            if let Ok(Tried::Right(right)) = again {
                return self.let_in(council, *right, Some(counts), &device).await;
            }
        }
        Err(self.wrong_password(council, &counts).await?)
    }

    /// `None` when the first password was replaced since it was looked at.
    async fn choose_first(
        &self,
        (council, council_name): (CouncilId, String),
        right: Right,
        first: &Password,
        chosen: &NewPassword,
        device: &Device,
    ) -> Result<Option<SignInStep>, AppError> {
        if right.account.has_second_factor {
            return self.let_in(council, right, None, device).await.map(Some);
        }
        let Right { proven, account, counts } = right;
        if let Err(refused) = chosen.check(&[account.login.as_str(), &account.name, &council_name], Some(first)) {
            self.store.write(council, move |tx| Box::pin(async move { take_back(tx, &counts, None).await })).await?;
            return Err(refused);
        }
        let phc = passwords::hash(self.cost, chosen.new.clone(), self.chance.block()?).await?;
        let (new, at) = (self.new_session(council, SignInBy::Password, &device.agent)?, self.now_text()?);
        let begun = self.store.write(council, move |tx| {
            Box::pin(async move {
                if !proven.stands(tx).await? {
                    return Ok(None);
                }
                take_back(tx, &counts, None).await?;
                credentials::set_password(tx, account.id, &phc, false).await?;
                sessions::end_all(tx, account.id, None).await?;
                let role = account.roles.iter().next().ok_or(AppError::Forbidden)?;
                let actor = Actor { account: Some(account.id), name: account.name.clone(), role };
                let log = logs::own(tx).await?;
                let set = PasswordSet { account: account.id, by: PasswordBy::Owner };
                tx.append(log, at, &actor, &CouncilEvent::from(set)).await?;
                let begun = new.begin(tx, account.id).await?;
                counts.signed_in();
                Ok::<_, AppError>(Some(SignInStep::Done(begun)))
            })
        });
        begun.await
    }
}
