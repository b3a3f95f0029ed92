//! What a commitment to the counts of a batch is made of, and the older kind of commitment: one hash of all counts, which
//! binds them while voting figures must stay sealed and hides them until opened. Logs are written with commitments that add
//! up ([`super::pedersen`]); older logs are read with this one.
//!
//! Without the 32 random bytes it would hide nothing: the counts of a small pile can be found by trying them all.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

use super::canonical::{self, ReadError};
use super::digest::{Digest, from_hex, to_hex};
use crate::count::BatchCounts;

/// Keeps these hashes apart from every other use of SHA-256 in the program; ends in a line feed, so that no longer tag
/// begins with it.
pub const DOMAIN_TAG: &[u8] = b"tinnhiem batch counts v1\n";

/// 32 random bytes that the caller drew for one batch; wiped from memory when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce([u8; 32]);

impl Nonce {
    /// The bytes that the caller drew.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Nonce {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        from_hex(&text).map(Self).ok_or_else(|| serde::de::Error::custom("nonce phải gồm 64 chữ số hex viết thường"))
    }
}

/// `SHA-256(DOMAIN_TAG ‖ nonce ‖ canonical counts)`.
///
/// # Errors
/// Never for counts: every figure of theirs fits canonical JSON.
pub fn commit(nonce: &Nonce, counts: &BatchCounts) -> Result<Digest, ReadError> {
    let text = canonical::to_text(counts)?;
    Ok(Digest::of_parts(&[DOMAIN_TAG, &nonce.0, text.as_bytes()]))
}

/// What a commitment was made of; sealed until counting is closed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedCounts {
    /// Number of the batch within its form.
    pub batch: u32,
    pub counts: BatchCounts,
    pub form: String,
    pub nonce: Nonce,
}

impl SealedCounts {
    /// The commitment of the older kind that it opens.
    ///
    /// # Errors
    /// As [`commit`].
    pub fn commitment(&self) -> Result<Digest, ReadError> {
        commit(&self.nonce, &self.counts)
    }
}

impl fmt::Debug for SealedCounts {
    /// Which batch, never its counts: a debug text may end up in a trace before the batch is opened.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedCounts").field("form", &self.form).field("batch", &self.batch).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::LevelCounts;

    fn counts(low: u32) -> BatchCounts {
        let lines = vec![LevelCounts::Rating { high: 5, medium: 3, low }];
        BatchCounts { papers: 10, lines, ..BatchCounts::default() }
    }

    /// Computed apart from this program: `printf` of tag, nonce and text into `sha256sum`.
    #[test]
    fn a_commitment_is_the_hash_of_tag_nonce_and_counts() {
        let opening =
            SealedCounts { batch: 1, counts: counts(2), form: "F1".into(), nonce: Nonce::from_bytes([1; 32]) };
        let text = r#"{"invalid":{},"lines":[{"high":5,"low":2,"medium":3}],"papers":10}"#;
        assert_eq!(canonical::to_text(&opening.counts).expect("text"), text);
        let hex = "60b049ef3720833415500645b2ab279b6de18fb4a858649e732b7b6a9a2d3352";
        assert_eq!(opening.commitment().expect("commitment").to_string(), hex);
    }

    #[test]
    fn other_counts_and_other_nonces_give_other_commitments() {
        let of = |nonce: u8, low: u32| commit(&Nonce::from_bytes([nonce; 32]), &counts(low)).expect("commitment");
        assert!(of(1, 2) != of(1, 1) && of(1, 2) != of(2, 2) && of(1, 2) == of(1, 2));
    }

    #[test]
    fn a_debug_text_shows_neither_counts_nor_nonce() {
        let opening =
            SealedCounts { batch: 7, counts: counts(2), form: "F1".into(), nonce: Nonce::from_bytes([1; 32]) };
        assert_eq!(format!("{opening:?}"), r#"SealedCounts { form: "F1", batch: 7, .. }"#);
    }
}
