//! Signing in: by password, then by a code of the authenticator app where there is one.

pub(crate) mod attempt;
mod session;
mod token;

use zeroize::Zeroizing;

pub(crate) use attempt::{Turn, wait_sentence};
pub use session::{NewSession, OwnSession};
pub use token::{Token, TokenError};

use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::passwords::{self, Password};
use crate::service::seal::{self, Purpose};
use domain::account::{Account, AccountState};
use domain::audit::UtcTime;
use domain::audit::event::council::SignInBy;
use domain::id::{AccountId, CouncilId};
use macros::boxed;
use store::{StoreError, accounts};

/// Seconds between the password and the code.
const CODE_WITHIN: i64 = 5 * 60;

/// A council as the page to sign in offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// Where somebody signs in from.
#[derive(Clone, Debug)]
pub struct Device {
    /// What the browser says of itself.
    pub agent: String,
    /// Address in the network.
    pub address: String,
}

/// What came of a password that was right.
#[derive(Debug)]
pub enum SignInStep {
    /// Signed in.
    Done(Token),
    /// The code is still to be typed, in a form that carries this.
    Code(Zeroizing<String>),
}

/// What the log says and what pages show of a password that did not fit: name and password in one, so that nobody
/// learns which was wrong.
const NAME_OR_PASSWORD: &str = "Tên đăng nhập hoặc mật khẩu";

impl App {
    /// Where one can sign in: all councils by name, the installation last.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn doors(&self) -> Result<Vec<Door>, AppError> {
        let found = self.store.read_installation().await?;
        Ok(found.into_iter().map(|row| Door { slug: row.slug, name: row.name }).collect())
    }

    /// Signs in by password. A wrong name, a wrong password and a disabled account get the same answer, after the same
    /// time and with the same delays.
    ///
    /// # Errors
    /// When they do not fit, a delay runs, or the council is unknown.
    #[boxed]
    pub async fn sign_in(
        &self,
        slug: &str,
        login: &str,
        password: Password,
        device: Device,
    ) -> Result<SignInStep, AppError> {
        let found = self.store.read_installation().await?;
        let row = found.into_iter().find(|row| row.slug == slug);
        let row =
            row.ok_or_else(|| AppError::field("council", "Không có hội đồng này; hãy chọn lại trong danh sách."))?;
        let council = row.id()?;
        let (account, phc) = self.account_to_open(council, login).await?;
        let guess = match &account {
            Some(account) => self.guess_at_account(account.id, Some(&device.address))?,
            None => self.guess_at_nobody(login, &device.address)?,
        };
        let turn = self.store.write(council, move |tx| Box::pin(guess.count(tx))).await?;
        let counts = match turn {
            Turn::Wait(seconds) => return Err(AppError::field("password", wait_sentence(seconds))),
            Turn::Counted(counts) => counts,
        };
        let fits = passwords::verify(self.cost, password, phc).await?;
        let Some(account) = account.filter(|_| fits) else {
            let sentence = self.was_wrong(council, &counts, NAME_OR_PASSWORD).await?;
            return Err(AppError::field("password", sentence));
        };
        if account.has_second_factor {
            self.store.write(council, move |tx| Box::pin(async move { counts.take_back(tx).await })).await?;
            return Ok(SignInStep::Code(self.password_passed(council, account.id)?));
        }
        let new = self.new_session(council, SignInBy::Password, &device.agent)?;
        let started = self.store.write(council, move |tx| {
            Box::pin(async move {
                counts.take_back(tx).await?;
                new.begin(tx, account.id).await
            })
        });
        Ok(SignInStep::Done(started.await?))
    }

    /// The account of a name, if it may sign in, and its password's PHC string.
    pub(crate) async fn account_to_open(
        &self,
        council: CouncilId,
        login: &str,
    ) -> Result<(Option<Account>, Option<String>), AppError> {
        let mut tx = self.store.read(council).await?;
        let account = match login.parse() {
            Ok(login) => accounts::by_login(&mut tx, &login).await?,
            Err(_) => None,
        };
        let open = account.filter(|account| account.state == AccountState::Open);
        let phc = match &open {
            Some(account) => accounts::password(&mut tx, account.id).await?,
            None => None,
        };
        Ok((open, phc))
    }

    fn password_passed(&self, council: CouncilId, account: AccountId) -> Result<Zeroizing<String>, AppError> {
        let plain = format!("{council} {account} {}", self.now_text()?);
        seal::seal(&self.keys, &self.chance, Purpose::PasswordPassed, "", plain.as_bytes()).map(Zeroizing::new)
    }

    /// Signs in by the code, after the password. `passed` is what [`SignInStep::Code`] gave.
    ///
    /// # Errors
    /// On field `code` when it does not fit or a delay runs; on field `password` when one has to begin again.
    #[boxed]
    pub async fn sign_in_by_code(&self, passed: &str, code: &str, device: Device) -> Result<Token, AppError> {
        let again = || AppError::field("password", "Đã quá 5 phút từ khi nhập mật khẩu; hãy đăng nhập lại từ đầu.");
        let (council, account) = self.who_passed(passed)?.ok_or_else(again)?;
        let guess = self.guess_at_account(account, Some(&device.address))?;
        let new = self.new_session(council, SignInBy::SecondFactor, &device.agent)?;
        let check = self.code_check(council, account, code)?;
        let tried = self.store.write(council, move |tx| {
            Box::pin(async move {
                let counts = match guess.count(tx).await? {
                    Turn::Wait(seconds) => return Ok(Tried::Wait(seconds)),
                    Turn::Counted(counts) => counts,
                };
                if !check.uses_up(tx).await? {
                    return Ok(Tried::Wrong(counts));
                }
                counts.take_back(tx).await?;
                Ok::<_, AppError>(Tried::Right(new.begin(tx, account).await?))
            })
        });
        match tried.await? {
            Tried::Right(token) => Ok(token),
            Tried::Wait(seconds) => Err(AppError::field("code", wait_sentence(seconds))),
            Tried::Wrong(counts) => {
                Err(AppError::field("code", self.was_wrong(council, &counts, "Mã xác thực").await?))
            }
        }
    }

    /// Whose password was right a moment ago.
    fn who_passed(&self, passed: &str) -> Result<Option<(CouncilId, AccountId)>, AppError> {
        let now = self.now_text()?;
        let read = || {
            let plain = seal::open(&self.keys, Purpose::PasswordPassed, "", passed)?;
            let mut parts = std::str::from_utf8(&plain).ok()?.split(' ');
            let council = parts.next()?.parse().ok()?;
            let account = parts.next()?.parse().ok()?;
            let at: UtcTime = parts.next()?.parse().ok()?;
            (at.seconds_until(now) < CODE_WITHIN).then_some((council, account))
        };
        Ok(read())
    }

    /// The moment that many seconds ago.
    pub(crate) fn seconds_ago(&self, seconds: i64) -> Result<UtcTime, AppError> {
        let before = self.clock.now() - jiff::SignedDuration::from_secs(seconds);
        UtcTime::try_from(before).map_err(|e| AppError::from(StoreError::Log(e.to_string())))
    }
}

enum Tried {
    Right(Token),
    Wait(u64),
    Wrong(attempt::Counts),
}
