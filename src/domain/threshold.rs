//! Shares as exact fractions: compared by cross-multiplication, rounded once, for print only.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share from 0 to 1, `num / den`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    num: u32,
    den: u32,
}

/// Why a text is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FractionError {
    /// Not two whole numbers with a slash between them.
    #[error("phân số phải viết dạng \"2/3\"")]
    Form,
    #[error("mẫu số phải lớn hơn 0")]
    Zero,
    #[error("phân số không được lớn hơn 1")]
    OverOne,
}

impl Fraction {
    /// Digits of a part, as many as the largest has: other verifiers read no number of any length.
    const MAX_DIGITS: usize = 10;

    /// Two in a hundred.
    pub const TWO_PER_CENT: Self = Self { num: 2, den: 100 };

    /// Whether `count` is no more than this share of `whole`, by cross-multiplication.
    pub fn covers(self, count: u64, whole: u32) -> bool {
        u128::from(count) * u128::from(self.den) <= u128::from(self.num) * u128::from(whole)
    }

    /// `num / den`.
    ///
    /// # Errors
    /// When `den` is 0 or the share is over 1.
    pub const fn new(num: u32, den: u32) -> Result<Self, FractionError> {
        if den == 0 {
            Err(FractionError::Zero)
        } else if num > den {
            Err(FractionError::OverOne)
        } else {
            Ok(Self { num, den })
        }
    }
}

impl FromStr for Fraction {
    type Err = FractionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (num, den) = text.split_once('/').ok_or(FractionError::Form)?;
        let part = |s: &str| {
            let s = s.trim();
            let digits = s.strip_prefix('+').unwrap_or(s).len();
            s.parse::<u32>().ok().filter(|_| digits <= Self::MAX_DIGITS).ok_or(FractionError::Form)
        };
        Self::new(part(num)?, part(den)?)
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

/// Which side of the share a count exactly on it falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// `quá nửa`: strictly more.
    Above,
    /// `từ hai phần ba trở lên`: the share itself is enough.
    From,
}

/// A share of the base that a count reaches or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    pub share: Fraction,
    /// Whether the share itself is enough.
    pub edge: Edge,
}

impl Threshold {
    /// The smallest count that reaches the threshold of `base` ballots.
    pub const fn smallest(self, base: u32) -> u64 {
        #[expect(clippy::as_conversions, reason = "u32 to u64 is lossless; From is not const")]
        let (product, den) = (self.share.num as u64 * base as u64, self.share.den as u64);
        match self.edge {
            Edge::Above => product / den + 1,
            Edge::From => product.div_ceil(den),
        }
    }

    /// Whether `count` of `base` reaches the threshold, by cross-multiplication.
    pub fn reached(self, count: u32, base: u32) -> bool {
        let left = u64::from(count) * u64::from(self.share.den);
        let right = u64::from(self.share.num) * u64::from(base);
        match self.edge {
            Edge::Above => left > right,
            Edge::From => left >= right,
        }
    }

    /// Whether `count` is the very share of `base`, where two texts may disagree about the side it falls on.
    pub fn exactly_on(self, count: u32, base: u32) -> bool {
        u64::from(count) * u64::from(self.share.den) == u64::from(self.share.num) * u64::from(base)
    }

    /// Whether every count that reaches `other` reaches this one too, and some that do not reach `other` do.
    pub fn is_below(self, other: Self) -> bool {
        let left = u64::from(self.share.num) * u64::from(other.share.den);
        let right = u64::from(other.share.num) * u64::from(self.share.den);
        left < right || (left == right && self.edge == Edge::From && other.edge == Edge::Above)
    }

    /// `count` minus the smallest count that reaches the threshold: 0 or more means reached.
    pub fn margin(self, count: u32, base: u32) -> i64 {
        i64::from(count) - i64::try_from(self.smallest(base)).unwrap_or(i64::MAX)
    }
}

/// How shares are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PercentFormat {
    pub decimals: u8,
    /// `97,5` rather than `97,50`.
    pub drop_trailing_zeros: bool,
}

/// `100 * count / base` rounded half up to `decimals` digits, as the whole number of 10^-decimals per cent; `None` when
/// `base` is 0. This is the one place that rounds.
pub fn percent_rounded(count: u32, base: u32, decimals: u8) -> Option<u64> {
    let scaled = u128::from(count) * 100 * 10_u128.pow(u32::from(decimals));
    let base = u128::from(base);
    let doubled = (2 * scaled + base).checked_div(2 * base)?;
    u64::try_from(doubled).ok()
}

/// The same with the digits behind left out, as some published tables have it. Nothing of ours is printed so: it is there
/// to recognize such a table.
pub fn percent_cut(count: u32, base: u32, decimals: u8) -> Option<u64> {
    let scaled = u128::from(count) * 100 * 10_u128.pow(u32::from(decimals));
    u64::try_from(scaled.checked_div(u128::from(base))?).ok()
}

/// The share of `count` in `base` as papers print it, without the sign: `53,19`, `97,5`, `100`; `None` when `base` is 0.
pub fn percent_text(count: u32, base: u32, format: PercentFormat) -> Option<String> {
    let PercentFormat { decimals, drop_trailing_zeros } = format;
    let rounded = percent_rounded(count, base, decimals)?;
    let unit = 10_u64.checked_pow(u32::from(decimals))?;
    let mut text = (rounded / unit).to_string();
    if decimals > 0 {
        text += &format!(",{:0width$}", rounded % unit, width = usize::from(decimals));
        if drop_trailing_zeros {
            text.truncate(text.trim_end_matches('0').trim_end_matches(',').len());
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threshold(share: &str, edge: Edge) -> Threshold {
        Threshold { share: share.parse().expect("share"), edge }
    }

    #[test]
    fn exactly_one_half_is_not_over_half_but_two_thirds_include_two_thirds() {
        let half = threshold("1/2", Edge::Above);
        assert!(!half.reached(24, 48) && half.reached(25, 48));
        let two_thirds = threshold("2/3", Edge::From);
        assert!(two_thirds.reached(32, 48) && !two_thirds.reached(31, 48));
        assert_eq!((half.margin(25, 47), two_thirds.margin(25, 47)), (1, -7));
    }

    #[test]
    fn the_smallest_count_is_the_first_that_reaches() {
        for edge in [Edge::Above, Edge::From] {
            for share in ["0/1", "1/5", "1/3", "1/2", "2/3", "1/1"] {
                let t = threshold(share, edge);
                for base in 0..200 {
                    let first = (0..=base + 1).find(|&n| t.reached(n, base)).expect("base + 1 is over every share");
                    assert_eq!(t.smallest(base), u64::from(first), "{share} {edge:?} of {base}");
                }
            }
        }
    }

    #[test]
    fn shares_over_one_and_over_zero_are_refused() {
        assert_eq!("4/3".parse::<Fraction>(), Err(FractionError::OverOne));
        assert_eq!("1/0".parse::<Fraction>(), Err(FractionError::Zero));
        assert_eq!("0.5".parse::<Fraction>(), Err(FractionError::Form));
    }

    #[test]
    fn a_half_in_the_last_digit_rounds_up() {
        assert_eq!(percent_rounded(25, 47, 2), Some(5319));
        assert_eq!(percent_rounded(1, 800, 2), Some(13));
        assert_eq!(percent_rounded(1, 0, 2), None);
    }

    #[test]
    fn shares_print_as_published_papers_do() {
        let papers = PercentFormat { decimals: 2, drop_trailing_zeros: true };
        let printed =
            [(25, 47, "53,19"), (78, 80, "97,5"), (47, 47, "100"), (0, 47, "0"), (2, 47, "4,26"), (1, 1000, "0,1")];
        for (count, base, text) in printed {
            assert_eq!(percent_text(count, base, papers).as_deref(), Some(text));
        }
        assert_eq!(percent_text(0, 0, papers), None);
        let kept = PercentFormat { decimals: 2, drop_trailing_zeros: false };
        assert_eq!(percent_text(29, 47, kept).as_deref(), Some("61,70"));
        let whole = PercentFormat { decimals: 0, drop_trailing_zeros: true };
        assert_eq!(percent_text(10, 100, whole).as_deref(), Some("10"), "a zero before the comma is no trailing zero");
    }

    #[test]
    fn two_thirds_inclusive_is_below_two_thirds_exclusive_and_above_one_half() {
        let (half, from, above) =
            (threshold("1/2", Edge::Above), threshold("2/3", Edge::From), threshold("4/6", Edge::Above));
        assert!(half.is_below(from) && from.is_below(above) && !above.is_below(from) && !from.is_below(from));
        assert!(from.exactly_on(32, 48) && !from.exactly_on(31, 48));
    }
}
