//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds, one step to either
//! side), each good for one sign-in. The database keeps the secret sealed.

use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::people::accounts::MANAGERS;
use crate::people::reset_mark::told;
use crate::people::sign_in::{Turn, wait_sentence};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::passwords::{self, Password};
use crate::service::seal::{self, Purpose};
use domain::account::Account;
use domain::audit::event::council::{SecondFactorRequired, SecondFactorSet};
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use macros::boxed;
use pdf::qr;
use store::{CouncilTx, accounts, councils, credentials, logs};

/// Bytes of a secret (RFC 4226, 4: at least 16, better 20).
const SECRET: usize = 20;

/// A second factor that is shown to its owner and not in force before a code confirms it.
pub struct NewFactor {
    /// The secret in groups of four letters, to be typed into the app.
    pub secret: Zeroizing<String>,
    /// What the form that confirms it carries.
    pub sealed: Zeroizing<String>,
    /// The QR code: its edge in modules with the quiet zone, and its dark modules as data of an SVG path.
    pub qr_edge: i32,
    /// See [`Self::qr_edge`].
    pub qr_path: Zeroizing<String>,
}

impl std::fmt::Debug for NewFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewFactor(…)")
    }
}

/// A code, and all that is needed to look at it in a transaction.
pub(crate) struct CodeCheck {
    keys: crate::service::keys::Keys,
    owner: String,
    account: AccountId,
    code: Zeroizing<String>,
    second: u64,
}

impl CodeCheck {
    /// Whether the code is right and was not used before; it is used up by this.
    pub(crate) async fn uses_up(&self, tx: &mut CouncilTx) -> Result<bool, AppError> {
        let Some(sealed) = credentials::second_factor(tx, self.account).await? else { return Ok(false) };
        let secret = seal::open(&self.keys, Purpose::SecondFactor, &self.owner, &sealed);
        let secret =
            secret.ok_or_else(|| AppError::internal("mở mã xác thực đã lưu", "the sealed secret does not open"))?;
        match totp(&secret, None)?.check(&self.code, self.second) {
            Some(step) => Ok(credentials::use_step(tx, self.account, step).await?),
            None => Ok(false),
        }
    }
}

fn totp(secret: &[u8], names: Option<(&str, &str)>) -> Result<Totp, AppError> {
    let mut builder = Builder::new().with_secret(secret);
    if let Some((council, login)) = names {
        builder = builder.with_issuer(Some(council)).with_account_name(login);
    }
    builder.build().map_err(|e| AppError::internal("dựng mã xác thực", e))
}

fn owner(council: CouncilId, account: AccountId) -> String {
    format!("{council}/{account}")
}

/// What people type: digits, perhaps with blanks between them.
fn digits(code: &str) -> Zeroizing<String> {
    Zeroizing::new(code.chars().filter(char::is_ascii_digit).take(12).collect())
}

/// Tells that the second factor of an account is on or off from now on.
async fn set(tx: &mut CouncilTx, before: &Account, on: bool, (at, actor): (UtcTime, &Actor)) -> Result<(), AppError> {
    let log = logs::own(tx).await?;
    let event = CouncilEvent::from(SecondFactorSet { account: before.id, on });
    tx.append(log, at, actor, &event).await?;
    told(tx, (before.id, Some(before)), &event, (at, actor)).await
}

impl App {
    fn second(&self) -> u64 {
        u64::try_from(self.clock.now().as_second()).unwrap_or(0)
    }

    pub(crate) fn code_check(&self, council: CouncilId, account: AccountId, code: &str) -> Result<CodeCheck, AppError> {
        let keys = self.keys.clone();
        Ok(CodeCheck { keys, owner: owner(council, account), account, code: digits(code), second: self.second() })
    }

    /// A fresh second factor for the caller; nothing is written before [`Self::confirm_second_factor`].
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    pub fn new_second_factor(&self, caller: &Caller) -> Result<NewFactor, AppError> {
        let block = Zeroizing::new(self.chance.block()?);
        self.shown_factor(caller, block.get(..SECRET).unwrap_or_default())
    }

    /// The same factor once more, after a code that did not fit; a fresh one when the form is not this session's.
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    pub fn same_second_factor(&self, caller: &Caller, sealed: &str) -> Result<NewFactor, AppError> {
        match seal::open(&self.keys, Purpose::NewSecondFactor, &caller.session.to_string(), sealed) {
            Some(secret) => self.shown_factor(caller, &secret),
            None => self.new_second_factor(caller),
        }
    }

    fn shown_factor(&self, caller: &Caller, secret: &[u8]) -> Result<NewFactor, AppError> {
        // A colon separates issuer and account in the label, so neither may have one.
        let council = caller.council_name.replace(':', " ");
        let totp = totp(secret, Some((&council, caller.account.login.as_str())))?;
        let address = totp.to_url().map_err(|e| AppError::internal("dựng mã QR", e))?;
        let code = qr::path(&address).map_err(|e| AppError::internal("dựng mã QR", e))?;
        let base32 = Zeroizing::new(Secret::from(secret).to_base32());
        let groups: Vec<&str> =
            base32.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        let session = caller.session.to_string();
        let sealed = seal::seal(&self.keys, &self.chance, Purpose::NewSecondFactor, &session, secret)?;
        Ok(NewFactor {
            secret: Zeroizing::new(groups.join(" ")),
            sealed: Zeroizing::new(sealed),
            qr_edge: code.edge,
            qr_path: Zeroizing::new(code.dark),
        })
    }

    /// Puts the caller's new second factor in force, once a code shows that the app has it.
    ///
    /// # Errors
    /// On field `code` when it does not fit.
    #[boxed]
    pub async fn confirm_second_factor(&self, ask: Ask<'_>, sealed: &str, code: &str) -> Result<(), AppError> {
        let caller = ask.caller;
        let actor = caller.own()?;
        let secret = seal::open(&self.keys, Purpose::NewSecondFactor, &caller.session.to_string(), sealed);
        let secret = secret.ok_or_else(|| {
            AppError::field("code", "Mã QR này thuộc phiên đăng nhập trước; hãy quét mã mới dưới đây rồi nhập mã.")
        })?;
        let wrong = "Mã không đúng; hãy gõ mã 6 chữ số đang hiện trên điện thoại và kiểm tra giờ của điện thoại.";
        let step = totp(&secret, None)?.check(&digits(code), self.second());
        let step = step.ok_or_else(|| AppError::field("code", wrong))?;
        let (account, at) = (caller.account.id, self.now_text()?);
        let owner = owner(caller.council, account);
        let kept = seal::seal(&self.keys, &self.chance, Purpose::SecondFactor, &owner, &secret)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let before = accounts::find(tx, account).await?.ok_or(AppError::NotFound("tài khoản này"))?;
                credentials::set_second_factor(tx, account, Some(&kept), step).await?;
                set(tx, &before, true, (at, &actor)).await?;
                Ok(())
            })
        })
        .await
    }

    /// Takes the caller's own second factor away, when the password is right.
    ///
    /// # Errors
    /// On field `password` when it does not fit or a delay runs; when the council requires a second factor.
    #[boxed]
    pub async fn drop_second_factor(&self, ask: Ask<'_>, password: Password) -> Result<(), AppError> {
        if self.is_second_factor_required(ask.caller).await? {
            let sentence = "Hội đồng yêu cầu mã xác thực nên không tắt được; nếu đổi điện thoại, hãy nhờ người quản \
                            trị tài khoản gỡ mã cũ.";
            return Err(AppError::field("password", sentence));
        }
        self.prove_password(ask.caller, "password", password).await?;
        let (actor, account) = (ask.caller.own()?, ask.caller.account.id);
        self.take_second_factor(ask, actor, account).await
    }

    /// Takes the second factor of an account of the caller's council away, for its owner to set up another one.
    ///
    /// # Errors
    /// When the caller does not manage accounts, or there is no such account.
    #[boxed]
    pub async fn remove_second_factor(&self, ask: Ask<'_>, account: AccountId) -> Result<(), AppError> {
        let actor = ask.caller.may(MANAGERS)?;
        self.take_second_factor(ask, actor, account).await
    }

    async fn take_second_factor(&self, ask: Ask<'_>, actor: Actor, account: AccountId) -> Result<(), AppError> {
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let found = accounts::find(tx, account).await?.ok_or(AppError::NotFound("tài khoản này"))?;
                if found.has_second_factor {
                    credentials::set_second_factor(tx, account, None, 0).await?;
                    set(tx, &found, false, (at, &actor)).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Whether everybody in the caller's council who signs in by password must have a second factor.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn is_second_factor_required(&self, caller: &Caller) -> Result<bool, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        Ok(councils::own(&mut tx).await?.is_some_and(|council| council.second_factor_required))
    }

    /// Says whether everybody in the caller's council who signs in by password must have a second factor.
    ///
    /// # Errors
    /// When the caller does not manage accounts.
    #[boxed]
    pub async fn require_second_factor(&self, ask: Ask<'_>, required: bool) -> Result<(), AppError> {
        let actor = ask.caller.may(&[Role::Admin])?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let council = councils::own(tx).await?.ok_or(AppError::NotFound("hội đồng"))?;
                if council.second_factor_required != required {
                    councils::require_second_factor(tx, required, council.version).await?;
                    let log = logs::own(tx).await?;
                    tx.append(log, at, &actor, &CouncilEvent::from(SecondFactorRequired { required })).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Checks that the caller knows the password of their own account: with the delays of a sign-in, because somebody
    /// who found an open browser may guess too.
    pub(crate) async fn prove_password(
        &self,
        caller: &Caller,
        field: &'static str,
        password: Password,
    ) -> Result<(), AppError> {
        let id = caller.account.id;
        let guess = self.guess_at_account(id, None)?;
        let turned = self.store.write(caller.council, move |tx| {
            Box::pin(async move { Ok::<_, AppError>((guess.count(tx).await?, accounts::password(tx, id).await?)) })
        });
        let (counts, phc) = match turned.await? {
            (Turn::Wait(seconds), _) => return Err(AppError::field(field, wait_sentence(seconds))),
            (Turn::Counted(counts), phc) => (counts, phc),
        };
        if !passwords::verify(self.cost, password, phc).await? {
            return Err(AppError::field(field, self.was_wrong(caller.council, &counts, "Mật khẩu").await?));
        }
        self.store.write(caller.council, move |tx| Box::pin(async move { counts.take_back(tx).await })).await
    }
}
