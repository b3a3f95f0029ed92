//! Passwords: argon2id (RFC 9106), off the threads that serve pages.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::service::error::AppError;
use domain::password::normal_form;
use macros::boxed;

/// Hashes that are made at once: each takes 19 MiB, and a flood of sign-ins must not take all there is.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A password that somebody typed; wiped from memory when dropped.
pub type Password = Zeroizing<String>;

/// How much work a guess costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB, two passes: about 40 ms (OWASP's first choice).
    Full,
    /// Next to nothing: of tests and rehearsals, whose passwords guard nothing.
    Least,
}

impl Cost {
    fn hasher(self) -> Result<Argon2<'static>, AppError> {
        let (memory_kib, passes) = match self {
            Self::Full => (19 * 1024, 2),
            Self::Least => (8, 1),
        };
        let params = Params::new(memory_kib, passes, 1, None).map_err(internal)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

fn internal(error: impl ToString) -> AppError {
    AppError::internal("kiểm tra mật khẩu", error)
}

/// The PHC string of a password.
///
/// # Errors
/// When there is no memory for it.
#[boxed]
pub async fn hash(cost: Cost, password: Password, salt: [u8; 32]) -> Result<String, AppError> {
    let _turn = AT_ONCE.acquire().await.map_err(internal)?;
    let hashed = move || {
        let password = normal_form(&password);
        let hash: PasswordHash =
            cost.hasher()?.hash_password_with_salt(password.as_bytes(), &salt[..16]).map_err(internal)?;
        Ok(hash.to_string())
    };
    tokio::task::spawn_blocking(hashed).await.map_err(internal)?
}

/// 32 bytes that only `passphrase` gives with this salt. What they seal may be stolen with the database and tried at leisure,
/// so a guess costs more than one at a password: 64 MiB, three passes (RFC 9106, 4, the second choice, with one lane).
/// Takes its time: not for a thread that serves pages.
///
/// # Errors
/// When there is no memory for it.
pub(crate) fn derive(cost: Cost, passphrase: &Password, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, AppError> {
    let (memory_kib, passes) = match cost {
        Cost::Full => (64 * 1024, 3),
        Cost::Least => (8, 1),
    };
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(internal)?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; 32]);
    let passphrase = normal_form(passphrase);
    hasher.hash_password_into(passphrase.as_bytes(), salt, &mut *key).map_err(internal)?;
    Ok(key)
}

/// Whether `password` is the one behind the PHC string. Without a string the work is done all the same, so that the
/// time does not reveal whether an account exists.
///
/// # Errors
/// When this is no PHC string, or there is no memory.
#[boxed]
pub async fn verify(cost: Cost, password: Password, phc: Option<String>) -> Result<bool, AppError> {
    let _turn = AT_ONCE.acquire().await.map_err(internal)?;
    let verified = move || {
        let password = normal_form(&password);
        let hasher = cost.hasher()?;
        let Some(phc) = phc else {
            let made: Result<PasswordHash, _> = hasher.hash_password_with_salt(password.as_bytes(), &[0; 16]);
            return made.map(|_| false).map_err(internal);
        };
        let hash = PasswordHash::new(&phc).map_err(internal)?;
        Ok(hasher.verify_password(password.as_bytes(), &hash).is_ok())
    };
    tokio::task::spawn_blocking(verified).await.map_err(internal)?
}
