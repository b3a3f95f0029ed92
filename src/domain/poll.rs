//! Lấy phiếu (three levels) and bỏ phiếu (two levels), and what is counted in them.

use serde::{Deserialize, Serialize};

/// Which of the two votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollKind {
    /// Lấy phiếu tín nhiệm: high, medium, low.
    Rating,
    /// Bỏ phiếu tín nhiệm: confidence, no confidence.
    Confidence,
}

impl PollKind {
    /// Both, in the order in which forms offer them.
    pub const ALL: [Self; 2] = [Self::Rating, Self::Confidence];

    /// As the database and forms spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rating => "rating",
            Self::Confidence => "confidence",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The levels a voter chooses from, in ballot order.
    pub const fn levels(self) -> &'static [Level] {
        match self {
            Self::Rating => &[Level::High, Level::Medium, Level::Low],
            Self::Confidence => &[Level::Confidence, Level::NoConfidence],
        }
    }

    /// The level whose share has consequences.
    pub const fn decisive(self) -> Level {
        match self {
            Self::Rating => Level::Low,
            Self::Confidence => Level::NoConfidence,
        }
    }

    /// `lấy phiếu tín nhiệm` / `bỏ phiếu tín nhiệm`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rating => "lấy phiếu tín nhiệm",
            Self::Confidence => "bỏ phiếu tín nhiệm",
        }
    }
}

/// What a voter can say of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    High,
    /// Tín nhiệm (of three).
    Medium,
    Low,
    /// Tín nhiệm (of two).
    Confidence,
    NoConfidence,
}

impl Level {
    /// As ballots print it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::High => "Tín nhiệm cao",
            Self::Medium | Self::Confidence => "Tín nhiệm",
            Self::Low => "Tín nhiệm thấp",
            Self::NoConfidence => "Không tín nhiệm",
        }
    }

    /// Key in files: `high`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Confidence => "confidence",
            Self::NoConfidence => "no_confidence",
        }
    }
}

/// What is counted for one person, in ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum LevelCounts {
    Rating { high: u32, medium: u32, low: u32 },
    Confidence { confidence: u32, no_confidence: u32 },
}

impl LevelCounts {
    /// Nothing counted yet.
    pub const fn zero(kind: PollKind) -> Self {
        match kind {
            PollKind::Rating => Self::Rating { high: 0, medium: 0, low: 0 },
            PollKind::Confidence => Self::Confidence { confidence: 0, no_confidence: 0 },
        }
    }

    /// Which vote it is of.
    pub const fn kind(self) -> PollKind {
        match self {
            Self::Rating { .. } => PollKind::Rating,
            Self::Confidence { .. } => PollKind::Confidence,
        }
    }

    /// Each level with its count, in ballot order.
    pub fn each(self) -> Vec<(Level, u32)> {
        match self {
            Self::Rating { high, medium, low } => vec![(Level::High, high), (Level::Medium, medium), (Level::Low, low)],
            Self::Confidence { confidence, no_confidence } => {
                vec![(Level::Confidence, confidence), (Level::NoConfidence, no_confidence)]
            }
        }
    }

    /// Count of the level that has consequences.
    pub const fn decisive(self) -> u32 {
        match self {
            Self::Rating { low, .. } => low,
            Self::Confidence { no_confidence, .. } => no_confidence,
        }
    }

    /// All lines that count; wide, because input may be anything.
    pub fn sum(self) -> u64 {
        self.each().iter().map(|&(_, n)| u64::from(n)).sum()
    }
}

/// Ballots of one form, whatever stands on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotTotals {
    pub issued: u32,
    pub returned: u32,
    pub valid: u32,
    pub invalid: u32,
}

/// A sum that does not add up, in the words of the minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("số phiếu thu về ({returned}) lớn hơn số phiếu phát ra ({issued})")]
    ReturnedOverIssued { returned: u32, issued: u32 },
    /// returned = valid + invalid.
    #[error("số phiếu thu về ({returned}) khác tổng phiếu hợp lệ ({valid}) và không hợp lệ ({invalid})")]
    ReturnedNotSplit { returned: u32, valid: u32, invalid: u32 },
    /// More marks on a line than valid ballots.
    #[error("cộng các mức ({sum}) lớn hơn số phiếu hợp lệ ({valid})")]
    LevelsOverValid {
        /// Sum of the levels.
        sum: u64,
        valid: u32,
    },
}

impl BallotTotals {
    /// Checks issued >= returned and returned = valid + invalid.
    ///
    /// # Errors
    /// The first identity that does not hold.
    pub fn check(self) -> Result<Self, IdentityError> {
        let Self { issued, returned, valid, invalid } = self;
        if returned > issued {
            return Err(IdentityError::ReturnedOverIssued { returned, issued });
        }
        if u64::from(valid) + u64::from(invalid) != u64::from(returned) {
            return Err(IdentityError::ReturnedNotSplit { returned, valid, invalid });
        }
        Ok(self)
    }

    /// Ballots on which the line of `counts` does not count: wholly invalid ones and spoiled lines.
    ///
    /// # Errors
    /// When the levels add up to more than the valid ballots.
    pub fn not_counted(self, counts: LevelCounts) -> Result<u32, IdentityError> {
        let sum = counts.sum();
        match u32::try_from(sum) {
            Ok(n) if n <= self.valid => Ok(self.returned - n),
            _ => Err(IdentityError::LevelsOverValid { sum, valid: self.valid }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballots_that_do_not_add_up_are_refused_with_the_figures() {
        let totals = |issued, returned, valid, invalid| BallotTotals { issued, returned, valid, invalid };
        let honest = totals(48, 47, 46, 1);
        assert_eq!(honest.check(), Ok(honest));
        let over = IdentityError::ReturnedOverIssued { returned: 49, issued: 48 };
        assert_eq!(totals(48, 49, 48, 1).check(), Err(over));
        let not_split = IdentityError::ReturnedNotSplit { returned: 47, valid: 46, invalid: 2 };
        assert_eq!(totals(48, 47, 46, 2).check(), Err(not_split));
        let wide = totals(u32::MAX, u32::MAX, u32::MAX, u32::MAX);
        assert!(matches!(wide.check(), Err(IdentityError::ReturnedNotSplit { .. })), "no overflow");
    }

    /// Vĩnh Phúc 2023: 19, 2 and 25 of 47 returned; the missing one is a spoiled line or an invalid ballot.
    #[test]
    fn a_line_counts_on_valid_ballots_only_and_the_rest_of_those_returned_is_not_counted() {
        let counts = LevelCounts::Rating { high: 19, medium: 2, low: 25 };
        let ballots = |valid, invalid| BallotTotals { issued: 47, returned: 47, valid, invalid };
        assert_eq!((ballots(47, 0).not_counted(counts), ballots(46, 1).not_counted(counts)), (Ok(1), Ok(1)));
        assert_eq!(ballots(45, 2).not_counted(counts), Err(IdentityError::LevelsOverValid { sum: 46, valid: 45 }));
    }
}
