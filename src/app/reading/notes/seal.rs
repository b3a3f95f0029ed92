//! How private notes are sealed.
//!
//! ```text
//! passphrase ──argon2id(salt)──> wrapping key ──opens──> note key (32 random bytes) ──opens──> notes
//! ```
//!
//! All sealing is XChaCha20-Poly1305 with a nonce drawn by chance. A note is bound to its council, account, poll,
//! dossier and version: moved to another place or to another version it does not open. A whole row that is put back as it was, its
//! version too, opens: nothing outside the row knows which version was the last. Texts are padded to
//! whole blocks of 256 bytes, so that the database reveals little about how much was written.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::service::clock::Chance;
use crate::service::error::AppError;
use crate::service::passwords::Cost;
use domain::audit::Digest;
use domain::id::{AccountId, CouncilId, PollId};
use domain::release::About;

const NONCE: usize = 24;
/// Bytes to a multiple of which a text is padded.
const BLOCK: usize = 256;

/// The key of somebody's notes. The browser of its owner keeps it while a session lasts; the server keeps it nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteKey(Zeroizing<[u8; 32]>);

/// Not a key of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("không phải khóa ghi chú")]
pub struct NoteKeyError;

impl NoteKey {
    /// One that nobody has.
    pub(super) fn new(chance: &Chance) -> Result<Self, AppError> {
        Ok(Self(Zeroizing::new(chance.block()?)))
    }

    /// The value of the cookie.
    pub fn cookie_value(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.0))
    }

    /// A value that shows whether this is the key of some notes; a hash of 32 random bytes gives nothing away.
    pub(super) fn check(&self, council: CouncilId, account: AccountId) -> Vec<u8> {
        let owner = format!("{council}/{account}\n");
        Digest::of_parts(&[b"tinnhiem note key check v1\n", owner.as_bytes(), &*self.0]).as_bytes().to_vec()
    }
}

impl std::str::FromStr for NoteKey {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| NoteKeyError)?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| NoteKeyError)?;
        Ok(Self(Zeroizing::new(key)))
    }
}

impl std::fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoteKey(…)")
    }
}

/// Where a note belongs; part of its seal.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoteContext<'p> {
    pub council: CouncilId,
    pub account: AccountId,
    pub poll: PollId,
    pub about: &'p About,
    pub version: u64,
}

impl NoteContext<'_> {
    /// No part of it but the last may hold a line break, so no two places give the same text.
    fn text(&self) -> String {
        let Self { council, account, poll, about, version } = self;
        format!("tinnhiem note v1\n{council}\n{account}\n{poll}\n{version}\n{}\n{}", about.kind(), about.key())
    }
}

fn internal(error: impl ToString) -> AppError {
    AppError::internal("niêm phong ghi chú", error)
}

fn seal(key: &[u8; 32], chance: &Chance, place: &str, plain: &[u8]) -> Result<Vec<u8>, AppError> {
    let block = chance.block()?;
    let nonce = XNonce::try_from(block.get(..NONCE).unwrap_or_default()).map_err(internal)?;
    let cipher = XChaCha20Poly1305::new_from_slice(key).map_err(internal)?;
    let sealed = cipher.encrypt(&nonce, Payload { msg: plain, aad: place.as_bytes() }).map_err(internal)?;
    Ok([&nonce[..], &sealed].concat())
}

fn open(key: &[u8; 32], place: &str, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce = XNonce::try_from(nonce).ok()?;
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    cipher.decrypt(&nonce, Payload { msg: sealed, aad: place.as_bytes() }).ok().map(Zeroizing::new)
}

/// Seals a note for its place.
pub(super) fn seal_note(
    key: &NoteKey,
    chance: &Chance,
    place: NoteContext<'_>,
    text: &str,
) -> Result<Vec<u8>, AppError> {
    // ISO/IEC 7816-4: one mark, then zeros, so that the padding comes off whatever the text ends with.
    let length = (text.len() / BLOCK + 1) * BLOCK;
    let mut plain = Zeroizing::new(Vec::with_capacity(length));
    plain.extend_from_slice(text.as_bytes());
    plain.push(0x80);
    plain.resize(length, 0);
    seal(&key.0, chance, &place.text(), &plain)
}

/// The text of a note; `None` when the key is another one, or the note was changed or moved.
pub(super) fn open_note(key: &NoteKey, place: NoteContext<'_>, sealed: &[u8]) -> Option<Zeroizing<String>> {
    let plain = open(&key.0, &place.text(), sealed)?;
    let end = plain.iter().rposition(|byte| *byte == 0x80)?;
    let text = std::str::from_utf8(plain.get(..end)?).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

/// What the first byte of a wrapped key says: how much work it is to try a passphrase.
const fn recipe(cost: Cost) -> u8 {
    match cost {
        Cost::Least => 0,
        Cost::Full => 1,
    }
}

/// The work behind a wrapped key.
pub(super) fn cost_of(wrapped: &[u8]) -> Option<Cost> {
    let first = *wrapped.first()?;
    [Cost::Least, Cost::Full].into_iter().find(|cost| recipe(*cost) == first)
}

fn key_place(council: CouncilId, account: AccountId) -> String {
    format!("tinnhiem note key v1\n{council}\n{account}")
}

/// The key of notes, sealed with the key that a passphrase gave at this cost.
pub(super) fn wrap(
    key: &NoteKey,
    (cost, with): (Cost, &[u8; 32]),
    chance: &Chance,
    council: CouncilId,
    account: AccountId,
) -> Result<Vec<u8>, AppError> {
    let sealed = seal(with, chance, &key_place(council, account), &*key.0)?;
    Ok([&[recipe(cost)][..], &sealed].concat())
}

/// The key of notes; `None` when the passphrase was another one.
pub(super) fn unwrap(with: &[u8; 32], wrapped: &[u8], council: CouncilId, account: AccountId) -> Option<NoteKey> {
    let (_, sealed) = wrapped.split_first()?;
    let plain = open(with, &key_place(council, account), sealed)?;
    let key: [u8; 32] = plain.as_slice().try_into().ok()?;
    Some(NoteKey(Zeroizing::new(key)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use domain::official::Field;

    fn ids(n: u8) -> (CouncilId, AccountId, PollId) {
        let at = Timestamp::UNIX_EPOCH;
        (CouncilId::new(at, &[n; 10]), AccountId::new(at, &[n; 10]), PollId::new(at, &[n; 10]))
    }

    fn place(n: u8, about: &About, version: u64) -> NoteContext<'_> {
        let (council, account, poll) = ids(n);
        NoteContext { council, account, poll, about, version }
    }

    fn key() -> NoteKey {
        NoteKey::new(&Chance::System).expect("chance")
    }

    #[test]
    fn a_note_opens_in_its_place_with_its_key_and_nowhere_else() {
        let (key, about, other) = (key(), About::Field(Field("Y tế".into())), About::Field(Field("Đất đai".into())));
        let sealed = seal_note(&key, &Chance::System, place(1, &about, 3), "hỏi về trạm y tế").expect("sealed");
        let opened = |key: &NoteKey, place| open_note(key, place, &sealed).map(|text| text.to_string());
        assert_eq!(opened(&key, place(1, &about, 3)).as_deref(), Some("hỏi về trạm y tế"));
        for wrong in [place(2, &about, 3), place(1, &other, 3), place(1, &about, 2)] {
            assert_eq!(opened(&key, wrong), None);
        }
        assert_eq!(opened(&self::key(), place(1, &about, 3)), None);
        let mut changed = sealed.clone();
        *changed.last_mut().expect("bytes") ^= 1;
        assert_eq!(open_note(&key, place(1, &about, 3), &changed), None);
        assert_eq!(open_note(&key, place(1, &about, 3), &sealed[..20]), None);
    }

    #[test]
    fn a_wrapped_key_says_its_cost_and_opens_for_its_owner() {
        let ((council, account, _), (_, other, _)) = (ids(1), ids(2));
        let (key, with) = (key(), [7; 32]);
        let wrapped = wrap(&key, (Cost::Full, &with), &Chance::System, council, account).expect("wrapped");
        assert_eq!((cost_of(&wrapped), cost_of(&[]), cost_of(&[9])), (Some(Cost::Full), None, None));
        assert_eq!(unwrap(&with, &wrapped, council, account), Some(key.clone()));
        assert_eq!(unwrap(&[8; 32], &wrapped, council, account), None);
        assert_eq!(unwrap(&with, &wrapped, council, other), None);
        assert_ne!(key.check(council, account), key.check(council, other));
        assert_eq!(key.cookie_value().parse(), Ok(key.clone()));
        assert_eq!("abc".parse::<NoteKey>(), Err(NoteKeyError));
        assert_eq!(format!("{key:?}"), "NoteKey(…)");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_its_length_is_told_in_blocks_alone(text in "\\PC{0,300}") {
            let (key, about) = (key(), About::Field(Field("Y tế".into())));
            let sealed = seal_note(&key, &Chance::System, place(1, &about, 1), &text).expect("sealed");
            prop_assert_eq!((sealed.len() - NONCE - 16) % BLOCK, 0);
            let opened = open_note(&key, place(1, &about, 1), &sealed).map(|text| text.to_string());
            prop_assert_eq!(opened, Some(text));
        }
    }
}
