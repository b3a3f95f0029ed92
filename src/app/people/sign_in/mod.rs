//! Signing in: by password, then by a code of the authenticator app where there is one.

pub(crate) mod attempt;
mod browser;
mod first;
mod guesses;
mod proof;
mod session;
mod token;

use zeroize::Zeroizing;

pub(crate) use attempt::{Counts, GuessFrom, Turn, wait_sentence};
pub use browser::KnownBrowser;
pub(crate) use proof::ProvenPassword;
pub use session::{NewSession, OwnSession};
pub use token::{Token, TokenError};

use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::passwords::{self, Password, Place, Waiter};
use crate::service::seal::{self, Purpose};
use domain::account::{Account, AccountState};
use domain::audit::event::council::SignInBy;
use domain::audit::{Digest, UtcTime};
use domain::id::{AccountId, CouncilId, RequestId};
use macros::boxed;
use store::failures::{self, Failures};
use store::{CouncilTx, StoreError, accounts, requests};

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
    /// What it keeps from having signed in before: see [`App::known_browser`].
    pub known: Vec<String>,
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

/// What is said when so many sign in at once that this password has to come again.
const CROWDED: &str =
    "Đang có quá nhiều người đăng nhập cùng một lúc nên mật khẩu này chưa được kiểm tra; hãy đợi vài giây rồi gửi lại.";

/// What is said where the step between password and code was used, or the password was changed since.
const OVER: &str = "Bước nhập mật khẩu này đã dùng rồi hoặc mật khẩu vừa được đổi; hãy đăng nhập lại từ đầu.";

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
        let (council, _) = self.door_of(slug).await?;
        match self.try_password(council, login, password, &device).await? {
            Tried::Right(right) => self.let_in(council, *right, None, &device).await,
            Tried::Wrong(counts) => Err(self.wrong_password(council, &counts).await?),
        }
    }

    /// The council of a name in addresses, and its full name.
    async fn door_of(&self, slug: &str) -> Result<(CouncilId, String), AppError> {
        let found = self.store.read_installation().await?;
        let row = found.into_iter().find(|row| row.slug == slug);
        let row =
            row.ok_or_else(|| AppError::field("council", "Không có hội đồng này; hãy chọn lại trong danh sách."))?;
        Ok((row.id()?, row.name))
    }

    /// Counts a guess at the password of a name and looks at it.
    ///
    /// # Errors
    /// On field `password` when a delay runs or too many wait.
    async fn try_password(
        &self,
        council: CouncilId,
        login: &str,
        password: Password,
        device: &Device,
    ) -> Result<Tried, AppError> {
        let (account, phc, own) = self.account_to_open(council, login).await?;
        let from = account.as_ref().map(|account| self.place_of(council, account.id, device));
        let waiter = if matches!(from, Some(GuessFrom::Browser(_))) { Waiter::Known } else { Waiter::Stranger };
        let place = Place::take(waiter).map_err(|_| AppError::field("password", CROWDED))?;
        let guess = match (&account, from) {
            (Some(account), Some(from)) => self.guess_at_account(council, account.id, from)?,
            _ => self.guess_at_nobody(council, login, &device.address)?,
        };
        let wait = |seconds| AppError::field("password", wait_sentence(seconds));
        let counts = match guess.enter(own) {
            Turn::Wait(seconds) => return Err(wait(seconds)),
            Turn::Counted(counts) => counts,
        };
        // What is counted in the row of an account is written while its password is hashed: a name that nobody has takes as long.
        let (counted, fits) = tokio::join!(
            self.write_down(council, account.is_some().then(|| counts.clone())),
            passwords::verify(place, self.cost, password, phc.clone())
        );
        if let seconds @ 1.. = counted? {
            return Err(wait(seconds));
        }
        let fits = fits?;
        Ok(match account.filter(|_| fits) {
            Some(account) => {
                Tried::Right(Box::new(Right { proven: ProvenPassword::of(account.id, phc), account, counts }))
            }
            None => Tried::Wrong(counts),
        })
    }

    async fn wrong_password(&self, council: CouncilId, counts: &Counts) -> Result<AppError, AppError> {
        Ok(AppError::field("password", self.was_wrong(council, counts, NAME_OR_PASSWORD).await?))
    }

    /// Lets in whose password was right: to a session, or to the code of the second factor. `first` is a guess of the same form
    /// that was wrong and is taken back too.
    async fn let_in(
        &self,
        council: CouncilId,
        right: Right,
        first: Option<Counts>,
        device: &Device,
    ) -> Result<SignInStep, AppError> {
        let Right { proven, account, counts } = right;
        if account.has_second_factor {
            let passed = self.password_passed(council, &proven)?;
            self.store.write(council, move |tx| Box::pin(async move { take_back(tx, &counts, first).await })).await?;
            return Ok(SignInStep::Code(passed));
        }
        let new = self.new_session(council, SignInBy::Password, &device.agent)?;
        let started = self.store.write(council, move |tx| {
            Box::pin(async move {
                proven.still_stands(tx, "password").await?;
                take_back(tx, &counts, first).await?;
                let begun = new.begin(tx, account.id).await?;
                counts.signed_in();
                Ok::<_, AppError>(begun)
            })
        });
        Ok(SignInStep::Done(started.await?))
    }

    /// The account of a name, if it may sign in, its password's PHC string, and the failures in its row.
    pub(crate) async fn account_to_open(
        &self,
        council: CouncilId,
        login: &str,
    ) -> Result<(Option<Account>, Option<String>, Failures), AppError> {
        let mut tx = self.store.read(council).await?;
        let account = match login.parse() {
            Ok(login) => accounts::by_login(&mut tx, &login).await?,
            Err(_) => None,
        };
        let open = account.filter(|account| account.state == AccountState::Open);
        let (phc, own) = match &open {
            Some(account) => {
                (accounts::password(&mut tx, account.id).await?, failures::of_account(&mut tx, account.id).await?)
            }
            None => (None, Failures::default()),
        };
        Ok((open, phc, own))
    }

    /// Counts a guess in the row of its account; seconds to wait, where others came before it.
    async fn write_down(&self, council: CouncilId, counts: Option<Counts>) -> Result<u64, AppError> {
        let Some(counts) = counts else { return Ok(0) };
        self.store.write(council, move |tx| Box::pin(async move { counts.write_down(tx).await })).await
    }

    /// What the form of the code carries. It names the password that was right, so that it ends with that password, and a
    /// request of its own, so that it lets in once.
    fn password_passed(&self, council: CouncilId, proven: &ProvenPassword) -> Result<Zeroizing<String>, AppError> {
        let (account, password, request) = (proven.account(), proven.digest(), self.new_request()?);
        let plain = format!("{council} {account} {} {request} {password}", self.now_text()?);
        seal::seal(&self.keys, &self.chance, Purpose::PasswordPassed, "", plain.as_bytes()).map(Zeroizing::new)
    }

    /// Signs in by the code, after the password. `passed` is what [`SignInStep::Code`] gave.
    ///
    /// # Errors
    /// On field `code` when it does not fit or a delay runs; on field `password` when one has to begin again.
    #[boxed]
    pub async fn sign_in_by_code(&self, passed: &str, code: &str, device: Device) -> Result<Token, AppError> {
        let again = || AppError::field("password", "Đã quá 5 phút từ khi nhập mật khẩu; hãy đăng nhập lại từ đầu.");
        let Passed { council, account, request, password } = self.who_passed(passed)?.ok_or_else(again)?;
        let guess = self.guess_at_account(council, account, self.place_of(council, account, &device))?;
        let new = self.new_session(council, SignInBy::SecondFactor, &device.agent)?;
        let (check, at) = (self.code_check(council, account, code)?, self.now_text()?);
        let tried = self.store.write(council, move |tx| {
            Box::pin(async move {
                let phc = accounts::password(tx, account).await?;
                if ProvenPassword::of(account, phc).digest() != password {
                    return Err(AppError::field("password", OVER));
                }
                let counts = match guess.count(tx).await? {
                    Turn::Wait(seconds) => return Ok(TriedCode::Wait(seconds)),
                    Turn::Counted(counts) => counts,
                };
                if !check.uses_up(tx).await? {
                    return Ok(TriedCode::Wrong(counts));
                }
                if !requests::claim(tx, request, Some(account), at).await? {
                    return Err(AppError::field("password", OVER));
                }
                counts.take_back(tx).await?;
                let begun = new.begin(tx, account).await?;
                counts.signed_in();
                Ok::<_, AppError>(TriedCode::Right(begun))
            })
        });
        match tried.await? {
            TriedCode::Right(token) => Ok(token),
            TriedCode::Wait(seconds) => Err(AppError::field("code", wait_sentence(seconds))),
            TriedCode::Wrong(counts) => {
                Err(AppError::field("code", self.was_wrong(council, &counts, "Mã xác thực").await?))
            }
        }
    }

    /// Whose password was right a moment ago.
    fn who_passed(&self, passed: &str) -> Result<Option<Passed>, AppError> {
        let now = self.now_text()?;
        let read = || {
            let plain = seal::open(&self.keys, Purpose::PasswordPassed, "", passed)?;
            let mut parts = std::str::from_utf8(&plain).ok()?.split(' ');
            let council = parts.next()?.parse().ok()?;
            let account = parts.next()?.parse().ok()?;
            let at: UtcTime = parts.next()?.parse().ok()?;
            let (request, password) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            (at.seconds_until(now) < CODE_WITHIN).then_some(Passed { council, account, request, password })
        };
        Ok(read())
    }

    /// The moment that many seconds ago.
    pub(crate) fn seconds_ago(&self, seconds: i64) -> Result<UtcTime, AppError> {
        let before = self.clock.now() - jiff::SignedDuration::from_secs(seconds);
        UtcTime::try_from(before).map_err(|e| AppError::from(StoreError::Log(e.to_string())))
    }
}

/// What the form of the code carried.
struct Passed {
    council: CouncilId,
    account: AccountId,
    request: RequestId,
    /// See [`ProvenPassword::digest`].
    password: Digest,
}

/// A guess at a password that was looked at.
enum Tried {
    Right(Box<Right>),
    Wrong(Counts),
}

/// Whose password was right, and the guess, which is to be taken back.
struct Right {
    account: Account,
    proven: ProvenPassword,
    counts: Counts,
}

enum TriedCode {
    Right(Token),
    Wait(u64),
    Wrong(Counts),
}

async fn take_back(tx: &mut CouncilTx, counts: &Counts, first: Option<Counts>) -> Result<(), AppError> {
    counts.take_back(tx).await?;
    match first {
        Some(first) => first.take_back(tx).await,
        None => Ok(()),
    }
}
