//! Signing in and out: passwords, sessions.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::caller::Caller;
use super::error::AppError;
use super::passwords::{self, Password};
use super::service::App;
use crate::domain::account::{Account, AccountState};
use crate::domain::audit::event::council::{SessionStarted, SignInBy};
use crate::domain::audit::{Actor, CouncilEvent, Digest};
use crate::domain::id::{CouncilId, SessionId};
use crate::domain::role::Role;
use crate::store::{StoreError, accounts, councils, logs, sessions};

/// What a browser keeps of a session: the council and 32 bytes of chance. The database has a hash of the latter.
pub struct Token {
    council: CouncilId,
    secret: Zeroizing<[u8; 32]>,
}

/// Not a token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("không phải mã phiên làm việc")]
pub struct TokenError;

impl Token {
    fn hash(&self) -> Digest {
        Digest::of_parts(&[b"tinnhiem session v1\n", &*self.secret])
    }

    /// What forms of this session carry, so that no other site can send them.
    pub fn form_token(&self) -> String {
        let digest = Digest::of_parts(&[b"tinnhiem form v1\n", &*self.secret]);
        URL_SAFE_NO_PAD.encode(digest.as_bytes())
    }

    /// The value of the cookie.
    pub fn cookie_value(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}.{}", self.council, URL_SAFE_NO_PAD.encode(*self.secret)))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let (council, secret) = text.split_once('.').ok_or(TokenError)?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok().and_then(|bytes| bytes.try_into().ok());
        let secret = Zeroizing::new(secret.ok_or(TokenError)?);
        Ok(Self { council: council.parse().map_err(|_| TokenError)?, secret })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A council as the page to sign in offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

impl App {
    /// Where one can sign in: all councils by name, the installation last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn doors(&self) -> Result<Vec<Door>, AppError> {
        let found = self.store.read_installation().await?;
        let mut doors = Vec::new();
        for row in found {
            doors.push(Door { slug: row.slug, name: row.name });
        }
        Ok(doors)
    }

    /// Signs in by password. A wrong name, a wrong password and a disabled account are told in the same words.
    ///
    /// # Errors
    /// When they do not fit, or the council is unknown.
    pub async fn sign_in(
        &self,
        slug: &str,
        login: &str,
        password: Password,
        device: String,
    ) -> Result<Token, AppError> {
        let wrong = || AppError::field("password", "Tên đăng nhập hoặc mật khẩu không đúng; hãy gõ lại.");
        let found = self.store.read_installation().await?;
        let row = found.into_iter().find(|row| row.slug == slug);
        let row =
            row.ok_or_else(|| AppError::field("council", "Không có hội đồng này; hãy chọn lại trong danh sách."))?;
        let council = row.id()?;
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
        drop(tx);
        let fits = passwords::verify(self.cost, password, phc).await?;
        let Some(account) = open.filter(|_| fits) else { return Err(wrong()) };
        self.start_session(council, account, SignInBy::Password, device).await
    }

    /// Starts a session of somebody whose proof was checked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn start_session(
        &self,
        council: CouncilId,
        account: Account,
        by: SignInBy,
        device: String,
    ) -> Result<Token, AppError> {
        let token = Token { council, secret: Zeroizing::new(self.chance.block()?) };
        let (at, hash) = (self.now_text()?, token.hash());
        let session = SessionId::new(self.clock.now(), &self.chance.for_id()?);
        let role = account.roles.iter().next().unwrap_or(Role::Program);
        let actor = Actor { account: Some(account.id), name: account.name.clone(), role };
        let started = self.store.write(council, move |tx| {
            Box::pin(async move {
                let log = logs::own(tx).await?;
                sessions::add(tx, session, account.id, &hash, "password", &device, at).await?;
                accounts::signed_in(tx, account.id, at).await?;
                tx.append(log, at, &actor, &CouncilEvent::from(SessionStarted { account: account.id, by })).await?;
                Ok::<_, StoreError>(())
            })
        });
        started.await?;
        Ok(token)
    }

    /// Who holds a token, if its session still runs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn caller(&self, token: &Token) -> Result<Option<Caller>, AppError> {
        let mut tx = self.store.read(token.council).await?;
        let Some(found) = sessions::find(&mut tx, &token.hash()).await? else { return Ok(None) };
        let account = accounts::find(&mut tx, found.account).await?;
        let Some(account) = account.filter(|account| account.state == AccountState::Open) else { return Ok(None) };
        let Some(council) = councils::own(&mut tx).await? else { return Ok(None) };
        Ok(Some(Caller { council: token.council, council_name: council.name, account, session: found.session }))
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        let session = caller.session;
        let ended =
            self.store.write(caller.council, move |tx| Box::pin(async move { sessions::end(tx, session).await }));
        Ok(ended.await?)
    }
}
