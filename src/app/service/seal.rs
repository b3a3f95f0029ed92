//! Small secrets that must be kept or sent around without anybody reading or changing them: XChaCha20-Poly1305 (RFC 8439
//! with nonces of 24 bytes, which may be drawn by chance), bound to what they are for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::service::clock::Chance;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::Digest;

const NONCE: usize = 24;

/// What a sealed text is for. One that was sealed for something else does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The second factor of an account, in the database.
    SecondFactor,
    /// A second factor that is not confirmed yet, in the form that confirms it.
    NewSecondFactor,
    /// That somebody typed the right password, in the form that asks for the code.
    PasswordPassed,
    /// That a browser signed in as an account before, in its cookie.
    KnownBrowser,
    /// The counts and the nonce of a batch, in the database.
    SealedBatch,
    /// The same, where they lie under the shares of a board as well.
    LockedBatch,
}

impl Purpose {
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::SecondFactor => b"seal second factor v1\n",
            Self::NewSecondFactor => b"seal new second factor v1\n",
            Self::PasswordPassed => b"seal password passed v1\n",
            Self::KnownBrowser => b"seal known browser v1\n",
            Self::SealedBatch => b"seal batch counts v1\n",
            Self::LockedBatch => b"seal batch counts under shares v1\n",
        }
    }
}

/// Seals `plain` for `purpose` and `owner`: both must be the same to open it.
pub(crate) fn seal(
    keys: &Keys,
    chance: &Chance,
    purpose: Purpose,
    owner: &str,
    plain: &[u8],
) -> Result<String, AppError> {
    seal_under((keys, None), chance, purpose, owner, plain)
}

/// The same, with a second key beside the installation's: nothing opens it without both.
pub(crate) fn seal_under(
    keys: (&Keys, Option<&[u8; 32]>),
    chance: &Chance,
    purpose: Purpose,
    owner: &str,
    plain: &[u8],
) -> Result<String, AppError> {
    let block = chance.block()?;
    let nonce = XNonce::try_from(block.get(..NONCE).unwrap_or_default()).map_err(|e| internal(&e))?;
    let payload = Payload { msg: plain, aad: owner.as_bytes() };
    let sealed = cipher(keys, purpose)?.encrypt(&nonce, payload).map_err(|e| internal(&e))?;
    Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
}

/// What was sealed; `None` when it was changed, or sealed for something or somebody else.
pub(crate) fn open(keys: &Keys, purpose: Purpose, owner: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    open_under((keys, None), purpose, owner, text)
}

/// What was sealed under two keys.
pub(crate) fn open_under(
    keys: (&Keys, Option<&[u8; 32]>),
    purpose: Purpose,
    owner: &str,
    text: &str,
) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce = XNonce::try_from(nonce).ok()?;
    let payload = Payload { msg: sealed, aad: owner.as_bytes() };
    cipher(keys, purpose).ok()?.decrypt(&nonce, payload).ok().map(Zeroizing::new)
}

fn cipher((keys, second): (&Keys, Option<&[u8; 32]>), purpose: Purpose) -> Result<XChaCha20Poly1305, AppError> {
    let mut key = keys.sealing_key(purpose.tag());
    if let Some(second) = second {
        key = Zeroizing::new(*Digest::of_parts(&[b"tinnhiem two keys v1\n", &*key, second]).as_bytes());
    }
    XChaCha20Poly1305::new_from_slice(&*key).map_err(|e| internal(&e))
}

fn internal(error: &impl ToString) -> AppError {
    AppError::internal("niêm phong dữ liệu", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_under_two_keys_opens_with_both_alone() {
        let keys = Keys::new(Zeroizing::new([7; 32]));
        let (second, other) = ([1; 32], [2; 32]);
        let both = (&keys, Some(&second));
        let sealed = seal_under(both, &Chance::System, Purpose::LockedBatch, "owner", b"counts").expect("sealed");
        let opened = |keys| open_under(keys, Purpose::LockedBatch, "owner", &sealed).map(|plain| plain.to_vec());
        assert_eq!(opened(both), Some(b"counts".to_vec()));
        let strange = Keys::new(Zeroizing::new([8; 32]));
        for keys in [(&keys, None), (&keys, Some(&other)), (&strange, Some(&second))] {
            assert_eq!(opened(keys), None);
        }
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_owner_alone() {
        let keys = Keys::new(Zeroizing::new([7; 32]));
        let sealed = seal(&keys, &Chance::System, Purpose::SecondFactor, "council/account", b"secret").expect("sealed");
        let opened =
            |keys: &Keys, purpose, owner, text: &str| open(keys, purpose, owner, text).map(|plain| plain.to_vec());
        assert_eq!(opened(&keys, Purpose::SecondFactor, "council/account", &sealed), Some(b"secret".to_vec()));
        assert_eq!(opened(&keys, Purpose::NewSecondFactor, "council/account", &sealed), None);
        assert_eq!(opened(&keys, Purpose::SecondFactor, "council/other", &sealed), None);
        let other = Keys::new(Zeroizing::new([8; 32]));
        assert_eq!(opened(&other, Purpose::SecondFactor, "council/account", &sealed), None);
        let changed = format!("{}A", &sealed[..sealed.len() - 1]);
        for wrong in [changed.as_str(), "", "A", &sealed[1..]] {
            // The last letter may have been an A already.
            if wrong != sealed {
                assert_eq!(opened(&keys, Purpose::SecondFactor, "council/account", wrong), None, "{wrong}");
            }
        }
    }
}
