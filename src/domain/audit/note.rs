//! C2SP signed notes with Ed25519: a text, an empty line, and one signature line.
//!
//! Narrower than the format allows: one signature, by the key that is expected. Whoever co-signs does so in a file of
//! their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::digest::{Digest, from_hex, to_hex};

/// Signature type of Ed25519 in key ids and key texts.
const ED25519: u8 = 0x01;
/// Longest name of a key.
pub const MAX_NAME_BYTES: usize = 255;

/// Name of a key, and the origin of the log that it signs: `tinnhiem/hdnd-tinh-vinh-phuc/2023-12-13`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

/// Why a key, a note or a name is refused. Texts are Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Empty, too long, or with a space, a control character or a plus sign.
    #[error("tên khóa phải có từ 1 đến {MAX_NAME_BYTES} byte, không có khoảng trắng và dấu +")]
    Name,
    /// Not `name+id+base64`.
    #[error("khóa công khai phải viết dạng tên+mã+base64")]
    KeyForm,
    /// The id does not belong to this name and key.
    #[error("mã của khóa công khai không khớp với tên và giá trị khóa")]
    KeyId,
    #[error("giá trị khóa công khai không hợp lệ")]
    KeyValue,
    /// A note's text ends its last line and has no empty line, no control character.
    #[error("văn bản ký phải kết thúc bằng xuống dòng, không có dòng trống và ký tự điều khiển")]
    Text,
    /// No empty line, or no proper signature line after it.
    #[error("không tìm thấy dòng chữ ký đúng mẫu ở cuối")]
    SignatureForm,
    #[error("chữ ký không phải của khóa này")]
    OtherKey,
    #[error("chữ ký không khớp với nội dung")]
    Signature,
}

impl KeyName {
    /// A name.
    ///
    /// # Errors
    /// When it is empty, over [`MAX_NAME_BYTES`], or has a space, a control character or a plus sign.
    pub fn new(name: impl Into<String>) -> Result<Self, NoteError> {
        let name = name.into();
        let allowed = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.chars().all(allowed) {
            return Err(NoteError::Name);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// First 4 bytes of `SHA-256(name ‖ 0x0A ‖ signature type ‖ public key)`.
pub(super) fn key_id(name: &KeyName, kind: u8, public: &[u8; 32]) -> [u8; 4] {
    let digest = Digest::of_parts(&[name.0.as_bytes(), b"\n", &[kind], public]);
    let [a, b, c, d, ..] = *digest.as_bytes();
    [a, b, c, d]
}

/// A private key. It is wiped from memory when dropped, and never printed.
pub struct Signer {
    key: SigningKey,
    public: VerifierKey,
}

impl Signer {
    /// The key of 32 secret bytes that the caller drew.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey { name, key: key.verifying_key() };
        Self { key, public }
    }

    /// What checks this key's signatures.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// `text`, an empty line, and this key's signature line. The same text gives the same note.
    ///
    /// # Errors
    /// When `text` does not end its last line, or has an empty line or control characters.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        check_text(text)?;
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let mut bytes = self.public.id().to_vec();
        bytes.extend_from_slice(&signature);
        Ok(format!("{text}\n— {} {}\n", self.public.name.0, STANDARD.encode(bytes)))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("public", &self.public.to_text()).finish_non_exhaustive()
    }
}

/// Reads `name+id+base64` of a key of one signature type (C2SP signed-note); there is one spelling of a key.
///
/// # Errors
/// When a letter of it is wrong: the id binds name, type and key.
pub(super) fn read_key(text: &str, signature_type: u8) -> Result<(KeyName, VerifyingKey), NoteError> {
    let (name, rest) = text.split_once('+').ok_or(NoteError::KeyForm)?;
    let (id, value) = rest.split_once('+').ok_or(NoteError::KeyForm)?;
    let name = KeyName::new(name)?;
    let id: [u8; 4] = from_hex(id).ok_or(NoteError::KeyForm)?;
    let bytes: [u8; 33] = STANDARD.decode(value).ok().and_then(|b| b.try_into().ok()).ok_or(NoteError::KeyForm)?;
    let [found, public @ ..] = bytes;
    if found != signature_type {
        return Err(NoteError::KeyForm);
    }
    if key_id(&name, signature_type, &public) != id {
        return Err(NoteError::KeyId);
    }
    let key = VerifyingKey::from_bytes(&public).map_err(|_| NoteError::KeyValue)?;
    Ok((name, key))
}

/// What [`read_key`] reads.
pub(super) fn key_text(name: &KeyName, signature_type: u8, key: &VerifyingKey) -> String {
    let id = key_id(name, signature_type, key.as_bytes());
    let mut bytes = vec![signature_type];
    bytes.extend_from_slice(key.as_bytes());
    format!("{}+{}+{}", name.0, to_hex(&id), STANDARD.encode(bytes))
}

/// A public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Reads `name+id+base64`; there is one spelling of a key.
    ///
    /// # Errors
    /// When a letter of it is wrong: the id binds name and key.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, key) = read_key(text, ED25519)?;
        Ok(Self { name, key })
    }

    /// What [`Self::parse`] reads.
    pub fn to_text(&self) -> String {
        key_text(&self.name, ED25519, &self.key)
    }

    /// Who signs with it.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    fn id(&self) -> [u8; 4] {
        key_id(&self.name, ED25519, self.key.as_bytes())
    }

    /// SHA-256 of the key's text: what two people compare to know that they hold the same key.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(self.to_text().as_bytes())
    }

    /// The text of `note`, if this key and nobody else signed it.
    ///
    /// # Errors
    /// When the note is malformed, is of another key, or was changed.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let split = note.rfind("\n\n").ok_or(NoteError::SignatureForm)?;
        let (text, line) = note.split_at(split + 1);
        check_text(text)?;
        let line = line.strip_prefix("\n— ").and_then(|rest| rest.strip_suffix('\n'));
        let (name, value) = line.and_then(|rest| rest.split_once(' ')).ok_or(NoteError::SignatureForm)?;
        let bytes: [u8; 68] =
            STANDARD.decode(value).ok().and_then(|b| b.try_into().ok()).ok_or(NoteError::SignatureForm)?;
        let [a, b, c, d, signature @ ..] = bytes;
        if name != self.name.0 || [a, b, c, d] != self.id() {
            return Err(NoteError::OtherKey);
        }
        let signature = Signature::from_bytes(&signature);
        // Strict: no second signature of the same text can be made from a given one.
        self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| NoteError::Signature)?;
        Ok(text)
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let plain = text.chars().all(|c| c == '\n' || !c.is_control());
    if text.len() > 1 && text.ends_with('\n') && !text.starts_with('\n') && !text.contains("\n\n") && plain {
        Ok(())
    } else {
        Err(NoteError::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published example of golang.org/x/mod/sumdb/note.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                        then you don't know what your problem is.\n";
    const LINE: &str = "— PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    const SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    fn peter() -> Signer {
        let bytes = STANDARD.decode(SEED).expect("seed");
        let seed: [u8; 32] = bytes[1..].try_into().expect("32 bytes after the type");
        Signer::from_seed(KeyName::new("PeterNeumann").expect("name"), &seed)
    }

    #[test]
    fn the_published_note_opens_and_is_what_its_key_signs() {
        let note = format!("{TEXT}\n{LINE}\n");
        let key = VerifierKey::parse(KEY).expect("key");
        assert_eq!(key.to_text(), KEY);
        assert_eq!(key.open(&note), Ok(TEXT));
        assert_eq!(peter().verifier(), &key);
        assert_eq!(peter().sign(TEXT).expect("note"), note);
    }

    /// RFC 8032, 7.1, test 2: the signature inside a note is plain Ed25519.
    #[test]
    fn keys_are_those_of_rfc_8032() {
        let seed = from_hex::<32>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").expect("hex");
        let public = from_hex::<32>("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").expect("hex");
        let signature = from_hex::<64>(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        let signer = Signer::from_seed(KeyName::new("rfc8032").expect("name"), &seed);
        assert_eq!(signer.verifier().key.as_bytes(), &public);
        assert_eq!(Some(signer.key.sign(&[0x72]).to_bytes()), signature);
    }

    #[test]
    fn no_letter_of_a_note_or_a_key_can_change() {
        let (note, key) = (peter().sign(TEXT).expect("note"), VerifierKey::parse(KEY).expect("key"));
        let flips = |text: &str| -> Vec<String> {
            let bit = |i: usize, bit: u8| {
                let mut bytes = text.as_bytes().to_vec();
                bytes[i] ^= bit;
                String::from_utf8(bytes).ok()
            };
            (0..text.len()).flat_map(|i| [bit(i, 1), bit(i, 4), bit(i, 32)]).flatten().collect()
        };
        for wrong in flips(&note) {
            assert!(key.open(&wrong).is_err(), "{wrong}");
        }
        for wrong in flips(KEY) {
            assert!(VerifierKey::parse(&wrong).is_err(), "{wrong}");
        }
        for wrong in [format!("{note}x"), format!("{note}\n"), note.trim_end().to_owned(), format!("{note}{LINE}\n")] {
            assert!(key.open(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts_that_a_note_cannot_carry_are_not_signed() {
        for text in ["", "\n", "a", "a\n\nb\n", "a\r\n", "\na\n"] {
            assert_eq!(peter().sign(text), Err(NoteError::Text), "{text:?}");
        }
        for name in ["", "a b", "a+b", "a\u{a0}b", &"x".repeat(256)] {
            assert_eq!(KeyName::new(name), Err(NoteError::Name));
        }
    }
}
