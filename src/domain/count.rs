//! What is counted: a batch of papers as figures per line and level, never as single ballots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::poll::{LevelCounts, PollKind};

/// Counts of one pile of papers of one form, or the sum of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchCounts {
    /// Wholly invalid ballots by the id of the reason.
    pub invalid: BTreeMap<String, u32>,
    /// One per line of the form, in its order.
    pub lines: Vec<LevelCounts>,
    /// All papers of the pile, valid or not.
    pub papers: u32,
}

/// Counts that cannot be right, or cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    #[error("số phiếu vượt quá giới hạn")]
    Overflow,
    #[error("số dòng khác nhau: {left} và {right}")]
    Lines {
        /// Lines here.
        left: usize,
        /// Lines there.
        right: usize,
    },
    /// Lấy phiếu with bỏ phiếu.
    #[error("dòng {line}: không cùng loại phiếu")]
    Kind {
        /// Number of the line, from 1.
        line: usize,
    },
    #[error("số phiếu không hợp lệ ({invalid}) lớn hơn số phiếu ({papers})")]
    InvalidOverPapers { invalid: u64, papers: u32 },
    /// More marks on a line than valid ballots.
    #[error("dòng {line}: cộng các mức ({sum}) lớn hơn số phiếu hợp lệ ({valid})")]
    LevelsOverValid {
        /// Number of the line, from 1.
        line: usize,
        /// Sum of the levels.
        sum: u64,
        valid: u32,
    },
}

impl BatchCounts {
    /// No paper yet, on a form of `lines` lines.
    pub fn zero(kind: PollKind, lines: usize) -> Self {
        Self { invalid: BTreeMap::new(), lines: vec![LevelCounts::zero(kind); lines], papers: 0 }
    }

    /// Wholly invalid ballots.
    pub fn invalid_total(&self) -> u64 {
        self.invalid.values().map(|&n| u64::from(n)).sum()
    }

    /// Papers that are not wholly invalid; 0 when more are invalid than there are, which [`Self::check`] refuses.
    pub fn valid(&self) -> u64 {
        u64::from(self.papers).saturating_sub(self.invalid_total())
    }

    /// Papers = valid + invalid, and on every line: levels <= valid.
    ///
    /// # Errors
    /// The first identity that does not hold.
    pub fn check(&self) -> Result<(), CountError> {
        let (papers, invalid) = (self.papers, self.invalid_total());
        let valid = u32::try_from(invalid).ok().and_then(|n| papers.checked_sub(n));
        let valid = valid.ok_or(CountError::InvalidOverPapers { invalid, papers })?;
        for (index, counts) in self.lines.iter().enumerate() {
            let sum = counts.sum();
            if sum > u64::from(valid) {
                return Err(CountError::LevelsOverValid { line: index + 1, sum, valid });
            }
        }
        Ok(())
    }

    /// All piles of a form of `lines` lines together.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn sum<'a>(
        kind: PollKind,
        lines: usize,
        piles: impl IntoIterator<Item = &'a Self>,
    ) -> Result<Self, CountError> {
        piles.into_iter().try_fold(Self::zero(kind, lines), |sum, pile| sum.add(pile))
    }

    /// Both piles together.
    ///
    /// # Errors
    /// When they are of forms of another length or kind, or a figure overflows.
    pub fn add(&self, other: &Self) -> Result<Self, CountError> {
        if self.lines.len() != other.lines.len() {
            return Err(CountError::Lines { left: self.lines.len(), right: other.lines.len() });
        }
        let pairs = self.lines.iter().zip(&other.lines).enumerate();
        let lines = pairs.map(|(index, (&a, &b))| add_levels(index + 1, a, b)).collect::<Result<_, _>>()?;
        let mut invalid = self.invalid.clone();
        for (reason, &ballots) in &other.invalid {
            let sum = invalid.entry(reason.clone()).or_default();
            *sum = add(*sum, ballots)?;
        }
        Ok(Self { invalid, lines, papers: add(self.papers, other.papers)? })
    }
}

fn add(a: u32, b: u32) -> Result<u32, CountError> {
    a.checked_add(b).ok_or(CountError::Overflow)
}

fn add_levels(line: usize, a: LevelCounts, b: LevelCounts) -> Result<LevelCounts, CountError> {
    match (a, b) {
        (LevelCounts::Rating { high, medium, low }, LevelCounts::Rating { high: h, medium: m, low: l }) => {
            Ok(LevelCounts::Rating { high: add(high, h)?, medium: add(medium, m)?, low: add(low, l)? })
        }
        (
            LevelCounts::Confidence { confidence, no_confidence },
            LevelCounts::Confidence { confidence: c, no_confidence: n },
        ) => Ok(LevelCounts::Confidence { confidence: add(confidence, c)?, no_confidence: add(no_confidence, n)? }),
        _ => Err(CountError::Kind { line }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pile(papers: u32, low: u32) -> BatchCounts {
        let invalid = BTreeMap::from([("no_seal".to_owned(), 1)]);
        BatchCounts { papers, invalid, lines: vec![LevelCounts::Rating { high: 2, medium: 3, low }] }
    }

    #[test]
    fn two_piles_add_up_line_by_line_and_reason_by_reason() {
        let sum = pile(10, 4).add(&pile(8, 1)).expect("one form");
        assert_eq!((sum.papers, sum.invalid_total()), (18, 2));
        assert_eq!(sum.lines, [LevelCounts::Rating { high: 4, medium: 6, low: 5 }]);
        assert_eq!(sum.check(), Ok(()));
    }

    #[test]
    fn a_line_cannot_count_on_an_invalid_ballot() {
        assert_eq!(pile(10, 5).check(), Err(CountError::LevelsOverValid { line: 1, sum: 10, valid: 9 }));
        assert_eq!(pile(0, 0).check(), Err(CountError::InvalidOverPapers { invalid: 1, papers: 0 }));
    }

    #[test]
    fn piles_of_other_forms_and_figures_too_large_are_refused() {
        let other = BatchCounts::zero(PollKind::Confidence, 1);
        assert_eq!(pile(1, 0).add(&other), Err(CountError::Kind { line: 1 }));
        assert_eq!(pile(1, 0).add(&BatchCounts::default()), Err(CountError::Lines { left: 1, right: 0 }));
        assert_eq!(pile(u32::MAX, 0).add(&pile(1, 0)), Err(CountError::Overflow));
    }
}
