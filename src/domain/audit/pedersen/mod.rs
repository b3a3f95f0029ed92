//! Commitments to the counts of a batch that add up (Pedersen, CRYPTO '91) on ristretto255 (RFC 9496): one for each cell,
//! `C = v·V + r·B`. Whoever adds up the commitments of a form's batches has a commitment to its totals, and the sum of the
//! blindings opens that one alone. The batches stay closed.
//!
//! The format stands in [`super`]. This file has the values as entries carry them, [`make`] makes them, [`sums`] checks
//! them.

pub mod make;
pub mod sums;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::canonical::{self, ReadError};
use super::digest::{Digest, from_hex, to_hex};
use crate::poll::{Level, LevelCounts, PollKind};

pub use make::{Binding, Generator};

/// Before the canonical text of a batch's commitments, where they are named by one hash.
const NAME_TAG: &[u8] = b"tinnhiem batch commitments v2\n";

/// 32 bytes as 64 lower-case hex digits: a point or a scalar, whose bytes are checked where they are used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hex32(pub [u8; 32]);

impl fmt::Debug for Hex32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl Serialize for Hex32 {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        Digest::from_bytes(self.0).serialize(output)
    }
}

struct HexVisitor;

impl serde::de::Visitor<'_> for HexVisitor {
    type Value = Hex32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("64 chữ số hex viết thường")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hex32, E> {
        from_hex(text).map(Hex32).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for Hex32 {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(HexVisitor)
    }
}

/// A value for each level of a line, in ballot order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    Rating([Hex32; 3]),
    Confidence([Hex32; 2]),
}

impl Levels {
    /// Of the levels of `kind`, in their order; `None` where there are not as many values.
    fn of(kind: PollKind, values: &[Hex32]) -> Option<Self> {
        match kind {
            PollKind::Rating => values.try_into().ok().map(Self::Rating),
            PollKind::Confidence => values.try_into().ok().map(Self::Confidence),
        }
    }

    /// The values in ballot order.
    pub const fn values(&self) -> &[Hex32] {
        match self {
            Self::Rating(values) => values,
            Self::Confidence(values) => values,
        }
    }

    /// Which vote it is of.
    pub const fn kind(&self) -> PollKind {
        match self {
            Self::Rating(_) => PollKind::Rating,
            Self::Confidence(_) => PollKind::Confidence,
        }
    }
}

/// Commitments of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LineKeys", into = "LineKeys")]
pub struct LinePoints {
    pub levels: Levels,
    /// To the papers on which the line does not count.
    pub not_counted: Hex32,
}

/// Sums of the blindings of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LineKeys", into = "LineKeys")]
pub struct LineScalars(pub Levels);

/// The keys of a line in an entry, of both kinds of vote.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineKeys {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<Hex32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    high: Option<Hex32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low: Option<Hex32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    medium: Option<Hex32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    no_confidence: Option<Hex32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_counted: Option<Hex32>,
}

/// A line has not the keys of one kind of vote.
#[derive(Debug, thiserror::Error)]
#[error("dòng không có đúng các mức của một loại phiếu")]
struct LineKeysError;

impl LineKeys {
    fn levels(&self) -> Result<Levels, LineKeysError> {
        match (self.high, self.medium, self.low, self.confidence, self.no_confidence) {
            (Some(high), Some(medium), Some(low), None, None) => Ok(Levels::Rating([high, medium, low])),
            (None, None, None, Some(yes), Some(no)) => Ok(Levels::Confidence([yes, no])),
            _ => Err(LineKeysError),
        }
    }

    const fn of(levels: Levels, not_counted: Option<Hex32>) -> Self {
        let mut keys = Self { confidence: None, high: None, low: None, medium: None, no_confidence: None, not_counted };
        match levels {
            Levels::Rating([high, medium, low]) => {
                keys.high = Some(high);
                keys.medium = Some(medium);
                keys.low = Some(low);
            }
            Levels::Confidence([yes, no]) => {
                keys.confidence = Some(yes);
                keys.no_confidence = Some(no);
            }
        }
        keys
    }
}

impl TryFrom<LineKeys> for LinePoints {
    type Error = LineKeysError;

    fn try_from(keys: LineKeys) -> Result<Self, LineKeysError> {
        Ok(Self { levels: keys.levels()?, not_counted: keys.not_counted.ok_or(LineKeysError)? })
    }
}

impl From<LinePoints> for LineKeys {
    fn from(line: LinePoints) -> Self {
        Self::of(line.levels, Some(line.not_counted))
    }
}

impl TryFrom<LineKeys> for LineScalars {
    type Error = LineKeysError;

    fn try_from(keys: LineKeys) -> Result<Self, LineKeysError> {
        if keys.not_counted.is_some() { Err(LineKeysError) } else { keys.levels().map(Self) }
    }
}

impl From<LineScalars> for LineKeys {
    fn from(line: LineScalars) -> Self {
        Self::of(line.0, None)
    }
}

/// The commitments of one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchCommitments {
    /// By the id of the reason: one for each of the rule set.
    pub invalid: BTreeMap<String, Hex32>,
    /// One per line of the form, in its order.
    pub lines: Vec<LinePoints>,
}

impl BatchCommitments {
    /// The one hash by which pages, columns and later entries name them.
    ///
    /// # Errors
    /// Never for commitments: they are texts.
    pub fn name(&self) -> Result<Digest, ReadError> {
        Ok(Digest::of_parts(&[NAME_TAG, canonical::to_text(self)?.as_bytes()]))
    }

    /// Whether they are of a form of `lines` lines and this kind of vote.
    pub fn fits(&self, kind: PollKind, lines: usize) -> bool {
        self.lines.len() == lines && self.lines.iter().all(|line| line.levels.kind() == kind)
    }

    /// Ids of the reasons, in the order of their text.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        self.invalid.keys().map(String::as_str)
    }
}

/// The sums of the blindings of a form's standing batches: they open the sums of its commitments and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormBlindings {
    /// By the id of the reason: those of the commitments.
    pub invalid: BTreeMap<String, Hex32>,
    /// One per line of the form, in its order.
    pub lines: Vec<LineScalars>,
}

/// What a commitment is to: its name goes into the blinding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell<'r> {
    /// A level of line `line`, from 1.
    Line { line: usize, level: Level },
    /// Papers that are invalid as a whole, for a reason.
    Invalid(&'r str),
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, level } => write!(f, "{line}/{}", key(*level)),
            Self::Invalid(reason) => write!(f, "invalid/{reason}"),
        }
    }
}

/// The key of a level in counts.
const fn key(level: Level) -> &'static str {
    match level {
        Level::High => "high",
        Level::Medium => "medium",
        Level::Low => "low",
        Level::Confidence => "confidence",
        Level::NoConfidence => "no_confidence",
    }
}

/// The cells of line `line` (from 1) with what was counted in each.
fn line_cells(line: usize, counts: LevelCounts) -> impl Iterator<Item = (Cell<'static>, u32)> {
    counts.each().into_iter().map(move |(level, count)| (Cell::Line { line, level }, count))
}

#[cfg(test)]
mod tests;
