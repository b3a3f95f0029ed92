//! A SHA-256 value, its hex text, and its form on paper.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// 32 bytes of SHA-256. In files: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// A text is no SHA-256 value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mã băm SHA-256 phải gồm đúng 64 chữ số hex viết thường")]
pub struct DigestError;

/// What somebody copied off paper is no root. The sentence says what to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// Too few or too many digits.
    #[error("mã gốc có 16 nhóm, mỗi nhóm 4 chữ số hex, cộng 64 chữ số; ở đây có {digits}")]
    Length { digits: usize },
    /// A character that is no hexadecimal digit.
    #[error("nhóm thứ {group} có “{letter}”, mà mã gốc chỉ gồm các chữ số 0-9 và các chữ a-f")]
    Letter {
        /// Number of the group, from 1.
        group: usize,
        letter: char,
    },
}

impl Digest {
    /// SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// SHA-256 of the parts one after another; the caller sees to it that the boundaries are clear.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The value itself.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes in base64, as checkpoints have a root and a page's policy has a hash.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// The value itself.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn hex(&self) -> [u8; 64] {
        let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble };
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        text
    }

    /// As paper carries it: 16 groups of 4 hex digits, so that two people can read it to each other.
    pub fn groups(&self) -> [String; 16] {
        std::array::from_fn(|i| {
            let pair = self.0.get(2 * i..2 * i + 2).unwrap_or_default();
            pair.iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }

    /// The groups with one space between them.
    pub fn grouped(&self) -> String {
        self.groups().join(" ")
    }

    /// Reads what somebody copied off paper: spaces, line ends and the case of letters do not matter.
    ///
    /// # Errors
    /// When it is not 64 hex digits otherwise.
    pub fn from_paper(text: &str) -> Result<Self, PaperError> {
        let typed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some((at, letter)) = typed.chars().enumerate().find(|(_, c)| !c.is_ascii_hexdigit()) {
            return Err(PaperError::Letter { group: at / 4 + 1, letter });
        }
        typed.to_ascii_lowercase().parse().map_err(|DigestError| PaperError::Length { digits: typed.len() })
    }

    /// Numbers, from 1, of the groups in which the two differ on paper.
    pub fn differing_groups(&self, other: &Self) -> Vec<usize> {
        let pairs = self.0.chunks(2).zip(other.0.chunks(2));
        (1..).zip(pairs).filter(|(_, (a, b))| a != b).map(|(group, _)| group).collect()
    }
}

/// Lower-case hex digits of `bytes`.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What each byte is worth as a hex digit.
const HEX_DIGITS: [u8; 256] = {
    let mut worth = [NO_DIGIT; 256];
    let (mut left, mut byte) = (worth.as_mut_slice(), 0_u8);
    while let [first, after @ ..] = left {
        *first = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => NO_DIGIT,
        };
        (left, byte) = (after, byte.wrapping_add(1));
    }
    worth
};
/// Of a byte that [`to_hex`] does not write.
const NO_DIGIT: u8 = 0x80;

/// Strict inverse of [`to_hex`]: `None` on another length than `2 N`, or on a digit that [`to_hex`] does not write.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let worth = |digit: u8| HEX_DIGITS[usize::from(digit)];
    let (mut out, mut seen) = ([0; N], 0);
    for (byte, &[high, low]) in out.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
        let (high, low) = (worth(high), worth(low));
        seen |= high | low;
        *byte = high << 4 | low;
    }
    (seen & NO_DIGIT == 0).then_some(out)
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_hex(text).map(Self).ok_or(DigestError)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(text_of(&self.hex()))
    }
}

fn text_of(hex: &[u8; 64]) -> &str {
    std::str::from_utf8(hex).unwrap_or_default()
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(text_of(&self.hex()))
    }
}

struct HexVisitor;

impl serde::de::Visitor<'_> for HexVisitor {
    type Value = Digest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("64 chữ số hex viết thường")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
        text.parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(HexVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_paper_reads_back() {
        let digest = Digest::of(b"");
        assert_eq!(digest.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(digest.groups()[0], "e3b0");
        assert_eq!(digest.groups()[15], "b855");
        assert_eq!(Digest::from_paper(&format!(" {}\n", digest.grouped().to_uppercase())), Ok(digest));
    }

    #[test]
    fn a_slip_in_copying_is_named_by_its_group() {
        let paper = Digest::of(b"").grouped();
        let letter = paper.replacen("98fc", "98fo", 1);
        assert_eq!(Digest::from_paper(&letter), Err(PaperError::Letter { group: 3, letter: 'o' }));
        let short = paper.replacen("98fc", "98f", 1);
        assert_eq!(Digest::from_paper(&short), Err(PaperError::Length { digits: 63 }));
        let other = Digest::from_paper(&paper.replacen("98fc", "98f0", 1)).expect("64 digits");
        assert_eq!(other.differing_groups(&Digest::of(b"")), [3]);
    }

    #[test]
    fn files_have_one_spelling_of_a_digest() {
        let hex = Digest::of(b"x").to_string();
        for wrong in [hex.to_uppercase(), format!("{hex} "), hex[1..].to_owned(), hex.replace('2', "g")] {
            assert_eq!(wrong.parse::<Digest>(), Err(DigestError), "{wrong}");
        }
    }
}
