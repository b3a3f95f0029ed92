//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds, one step to either
//! side), each good for one sign-in. The database keeps the secret sealed.

use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::people::accounts::MANAGERS;
use crate::people::reset_mark::told;
use crate::people::sign_in::{Counts, GuessFrom, ProvenPassword, Turn, wait_sentence};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::passwords::{self, Password, Place, Waiter};
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

/// What the owner of an account types to replace or take away a second factor.
pub struct OwnerProof {
    pub password: Password,
    /// A code of the factor that is in force.
    pub code: Zeroizing<String>,
}

impl std::fmt::Debug for OwnerProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnerProof(…)")
    }
}

/// A guess at the caller's own code that was counted and not looked at yet.
pub(crate) struct CodeGuess {
    check: CodeCheck,
    counts: Counts,
    field: &'static str,
}

impl CodeGuess {
    /// Uses the code up; a guess that fits is not counted.
    ///
    /// # Errors
    /// On the field of the guess, when the code does not fit or was used.
    pub(crate) async fn hold(&self, tx: &mut CouncilTx) -> Result<(), AppError> {
        if !self.check.uses_up(tx).await? {
            return Err(AppError::field(self.field, "Mã không đúng hoặc đã dùng; hãy chờ mã mới rồi nhập lại."));
        }
        self.counts.take_back(tx).await
    }
}

/// Both proofs of an owner, to be held in the transaction that acts on them.
struct ProvenOwner {
    password: ProvenPassword,
    code: CodeGuess,
}

impl ProvenOwner {
    async fn hold(&self, tx: &mut CouncilTx) -> Result<(), AppError> {
        self.password.still_stands(tx, "password").await?;
        self.code.hold(tx).await
    }
}

const SET_MEANWHILE: &str =
    "Tài khoản này vừa được bật mã xác thực ở nơi khác; hãy mở lại trang rồi chuyển mã sang điện thoại mới nếu cần.";

fn totp(secret: &[u8], names: Option<(&str, &str)>) -> Result<Totp, AppError> {
    let mut builder = Builder::new().with_secret(secret);
    if let Some((council, login)) = names {
        builder = builder.with_issuer(Some(council)).with_account_name(login);
    }
    builder.build().map_err(|e| AppError::internal("dựng mã xác thực", e))
}

fn owner_of(council: CouncilId, account: AccountId) -> String {
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

async fn take_away(tx: &mut CouncilTx, account: AccountId, by: (UtcTime, &Actor)) -> Result<(), AppError> {
    let found = accounts::find(tx, account).await?.ok_or(AppError::NotFound("tài khoản này"))?;
    if found.has_second_factor {
        credentials::set_second_factor(tx, account, None, 0).await?;
        set(tx, &found, false, by).await?;
    }
    Ok(())
}

impl App {
    fn second(&self) -> u64 {
        u64::try_from(self.clock.now().as_second()).unwrap_or(0)
    }

    pub(crate) fn code_check(&self, council: CouncilId, account: AccountId, code: &str) -> Result<CodeCheck, AppError> {
        let keys = self.keys.clone();
        Ok(CodeCheck { keys, owner: owner_of(council, account), account, code: digits(code), second: self.second() })
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

    /// Puts the caller's new second factor in force, once a code shows that the app has it. Where it takes the place of another,
    /// `owner` proves that it is the owner who does so.
    ///
    /// # Errors
    /// On field `code` when it does not fit; as [`Self::drop_second_factor`] where there is one already.
    #[boxed]
    pub async fn confirm_second_factor(
        &self,
        ask: Ask<'_>,
        sealed: &str,
        code: &str,
        owner: OwnerProof,
    ) -> Result<(), AppError> {
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
        let kept =
            seal::seal(&self.keys, &self.chance, Purpose::SecondFactor, &owner_of(caller.council, account), &secret)?;
        let proven = match caller.account.has_second_factor {
            true => Some(self.prove_owner(caller, owner).await?),
            false => None,
        };
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let before = accounts::find(tx, account).await?.ok_or(AppError::NotFound("tài khoản này"))?;
                match &proven {
                    Some(proven) => proven.hold(tx).await?,
                    None if before.has_second_factor => return Err(AppError::field("code", SET_MEANWHILE)),
                    None => {}
                }
                credentials::set_second_factor(tx, account, Some(&kept), step).await?;
                set(tx, &before, true, (at, &actor)).await?;
                Ok(())
            })
        })
        .await
    }

    /// Takes the caller's own second factor away.
    ///
    /// # Errors
    /// On field `password` when it does not fit or a delay runs, on field `old_code` likewise; when the council requires a second
    /// factor.
    #[boxed]
    pub async fn drop_second_factor(&self, ask: Ask<'_>, owner: OwnerProof) -> Result<(), AppError> {
        if self.is_second_factor_required(ask.caller).await? {
            let sentence = "Hội đồng yêu cầu mã xác thực nên không tắt được; nếu đổi điện thoại, hãy chuyển mã sang điện \
                            thoại mới ở trang này.";
            return Err(AppError::field("password", sentence));
        }
        let proven = self.prove_owner(ask.caller, owner).await?;
        let (actor, account, at) = (ask.caller.own()?, ask.caller.account.id, self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                proven.hold(tx).await?;
                take_away(tx, account, (at, &actor)).await
            })
        })
        .await
    }

    /// Looks at password and code, each counted like a guess at a sign-in.
    async fn prove_owner(&self, caller: &Caller, owner: OwnerProof) -> Result<ProvenOwner, AppError> {
        let password = self.prove_password(caller, "password", owner.password).await?;
        let code = self.guess_own_code(caller, "old_code", &owner.code).await?;
        Ok(ProvenOwner { password, code })
    }

    /// Counts a guess at the caller's own code, which is looked at in the transaction that acts on it.
    ///
    /// # Errors
    /// On `field`, when a delay runs.
    pub(crate) async fn guess_own_code(
        &self,
        caller: &Caller,
        field: &'static str,
        code: &str,
    ) -> Result<CodeGuess, AppError> {
        let account = caller.account.id;
        let guess = self.guess_at_account(caller.council, account, GuessFrom::Session(caller.session))?;
        let turned = self.store.write(caller.council, move |tx| Box::pin(async move { guess.count(tx).await }));
        match turned.await? {
            Turn::Wait(seconds) => Err(AppError::field(field, wait_sentence(seconds))),
            Turn::Counted(counts) => {
                Ok(CodeGuess { check: self.code_check(caller.council, account, code)?, counts, field })
            }
        }
    }

    /// Takes the second factor of an account of the caller's council away, for its owner to set up another one.
    ///
    /// # Errors
    /// When the caller does not manage accounts, or there is no such account.
    #[boxed]
    pub async fn remove_second_factor(&self, ask: Ask<'_>, account: AccountId) -> Result<(), AppError> {
        let (actor, at) = (ask.caller.may(MANAGERS)?, self.now_text()?);
        self.write_once(ask, move |tx| Box::pin(async move { take_away(tx, account, (at, &actor)).await })).await
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
    ) -> Result<ProvenPassword, AppError> {
        let id = caller.account.id;
        let place = Place::take(Waiter::Known)?;
        let guess = self.guess_at_account(caller.council, id, GuessFrom::Session(caller.session))?;
        let turned = self.store.write(caller.council, move |tx| {
            Box::pin(async move { Ok::<_, AppError>((guess.count(tx).await?, accounts::password(tx, id).await?)) })
        });
        let (counts, phc) = match turned.await? {
            (Turn::Wait(seconds), _) => return Err(AppError::field(field, wait_sentence(seconds))),
            (Turn::Counted(counts), phc) => (counts, phc),
        };
        if !passwords::verify(place, self.cost, password, phc.clone()).await? {
            return Err(AppError::field(field, self.was_wrong(caller.council, &counts, "Mật khẩu").await?));
        }
        self.store.write(caller.council, move |tx| Box::pin(async move { counts.take_back(tx).await })).await?;
        Ok(ProvenPassword::of(id, phc))
    }
}
