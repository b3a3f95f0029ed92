//! The first start: no default password. Whoever reads the console gets a link that works once, and only as long as this
//! process runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::people::councils::{FirstAccount, Founding};
use crate::people::sign_in::{Device, Token};
use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::passwords::Password;
use domain::audit::Digest;
use domain::audit::event::council::SignInBy;
use domain::id::CouncilId;
use domain::password;
use macros::boxed;

/// What a running process knows of the first set-up. A clone is the same knowledge.
#[derive(Clone, Debug, Default)]
pub(crate) struct SetUp {
    /// Hash of the link's token, while it may be used.
    token: Arc<Mutex<Option<Digest>>>,
    /// That it is done; what is done is never undone, so the database is asked no more.
    is_done: Arc<AtomicBool>,
}

/// Somebody as the set-up page asks for them.
pub struct Person {
    /// Full name.
    pub name: String,
    /// Name to sign in with.
    pub login: String,
    /// Password.
    pub password: Password,
    /// The password once more.
    pub again: Password,
}

/// A council that is founded in the same step.
pub struct FirstCouncil {
    /// Its name and its name in addresses; its first account is `admin`.
    pub founding: Founding,
    /// The password of the council's first account once more.
    pub again: Password,
}

fn hash(token: &str) -> Digest {
    Digest::of_parts(&[b"tinnhiem set-up v1\n", token.as_bytes()])
}

fn check(person: &FirstAccount, again: &Password, fields: [&'static str; 2]) -> Result<(), AppError> {
    password::check(&person.password, &[&person.login, &person.name]).map_err(|e| AppError::field(fields[0], e))?;
    if password::normal_form(&person.password) == password::normal_form(again) {
        Ok(())
    } else {
        Err(AppError::field(fields[1], "Hai lần gõ mật khẩu khác nhau; hãy gõ lại cả hai."))
    }
}

impl App {
    fn set_up_state(&self) -> Arc<SetUp> {
        self.memory.of()
    }

    /// Whether the installation has its operator. Once it has, this asks the database no more.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn knows_its_operator(&self) -> Result<bool, AppError> {
        let set_up = self.set_up_state();
        if set_up.is_done.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let done = self.is_set_up().await?;
        set_up.is_done.store(done, Ordering::Relaxed);
        Ok(done)
    }

    /// The path of the set-up page, with a fresh token that voids the one before; `None` when all is set up. Only its
    /// hash stays in memory.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn set_up_link(&self) -> Result<Option<Zeroizing<String>>, AppError> {
        if self.knows_its_operator().await? {
            return Ok(None);
        }
        let secret = Zeroizing::new(self.chance.block()?);
        let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(*secret));
        *self.set_up_state().token.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash(&token));
        Ok(Some(Zeroizing::new(format!("/cai-dat/{}", *token))))
    }

    /// Whether this is the token of the link on the console, and it may still be used.
    pub fn is_set_up_token(&self, token: &str) -> bool {
        let expected = *self.set_up_state().token.lock().unwrap_or_else(PoisonError::into_inner);
        expected.is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(hash(token).as_bytes())))
    }

    /// Makes the operator and, when asked to, the first council, and signs the operator in. The link is used up by it.
    ///
    /// # Errors
    /// On the field that is wrong; those of the council have the prefix `council_`.
    #[boxed]
    pub async fn set_up_by_link(
        &self,
        token: &str,
        operator: Person,
        council: Option<FirstCouncil>,
        device: &Device,
    ) -> Result<Token, AppError> {
        if !self.is_set_up_token(token) {
            return Err(AppError::NotFound("đường dẫn cài đặt này"));
        }
        let Person { name, login, password, again } = operator;
        let first = FirstAccount { name, login, password, must_change: false };
        check(&first, &again, ["password", "password_again"])?;
        if let Some(FirstCouncil { founding, again }) = &council {
            check(&founding.first, again, ["council_password", "council_password_again"])?;
        }
        let new = self.new_session(CouncilId::INSTALLATION, SignInBy::SetUpLink, &device.agent)?;
        let founding = council.map(|council| council.founding);
        let account = self.found_installation(first, founding).await?;
        *self.set_up_state().token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.set_up_state().is_done.store(true, Ordering::Relaxed);
        let begun = self.store.write(CouncilId::INSTALLATION, move |tx| Box::pin(new.begin(tx, account)));
        begun.await
    }
}
