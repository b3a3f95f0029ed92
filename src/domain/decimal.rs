//! Exact decimal figures of targets: `8,5 %`, `1.234 tỷ đồng`. No floats.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::clean;

/// `mantissa / 10^scale`, kept as written: `8,50` stays `8,50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

impl Decimal {
    /// Digits after the comma that a figure may have.
    pub const MAX_SCALE: u8 = 9;

    /// `None` when `scale` is over [`Self::MAX_SCALE`].
    pub const fn new(mantissa: i64, scale: u8) -> Option<Self> {
        if scale > Self::MAX_SCALE { None } else { Some(Self { mantissa, scale }) }
    }

    /// The whole number before the shift by [`Self::scale`].
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Digits after the comma.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Reads plain machine text: `-12.5`, `12`. What people type is read by [`Self::typed`].
    pub fn parse_plain(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let scale = u8::try_from(fraction.len()).ok()?;
        let value: i64 = format!("{whole}{fraction}").parse().ok()?;
        Self::new(value.checked_mul(sign)?, scale)
    }

    /// Plain machine text: `-12.50`. Inverse of [`Self::parse_plain`].
    pub fn plain(self) -> String {
        let digits = format!("{:0>1$}", self.mantissa.unsigned_abs(), usize::from(self.scale) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.scale));
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// Reads a number as Vietnamese offices write it, and whether `%` stood behind it: `1.234,5`, `12,5%`, `1 234`. A lone
    /// point before exactly three digits separates thousands: `1.234` is one thousand two hundred thirty-four; before any
    /// other number of digits it is a decimal point that a foreign keyboard made. `None` when the text is no number or its
    /// separators contradict each other.
    pub fn typed(text: &str) -> Option<(Self, bool)> {
        let text = clean(text);
        let (body, percent) = text.strip_suffix('%').map_or((text.as_str(), false), |body| (body.trim_end(), true));
        let (sign, digits) = match body.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => ("-", rest.trim_start()),
            None => ("", body.strip_prefix('+').unwrap_or(body)),
        };
        let plain = without_separators(digits)?;
        Self::parse_plain(&format!("{sign}{plain}")).map(|value| (value, percent))
    }

    fn scaled(self, scale: u8) -> i128 {
        i128::from(self.mantissa) * 10_i128.pow(u32::from(scale.saturating_sub(self.scale)))
    }

    /// Both figures as integers on one scale, for drawing and comparing.
    pub fn aligned(self, other: Self) -> (i128, i128) {
        let scale = self.scale.max(other.scale);
        (self.scaled(scale), other.scaled(scale))
    }

    /// Exact comparison by value: `8,5` equals `8,50`.
    pub fn compare(self, other: Self) -> Ordering {
        let (a, b) = self.aligned(other);
        a.cmp(&b)
    }
}

/// Digits with at most one point, the decimal one.
fn without_separators(digits: &str) -> Option<String> {
    let (whole, fraction) = match (digits.rfind(','), digits.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => (grouped(&digits[..comma], '.')?, &digits[comma + 1..]),
        (Some(_), Some(point)) => (grouped(&digits[..point], ',')?, &digits[point + 1..]),
        (Some(comma), None) if digits.matches(',').count() == 1 => {
            (grouped(&digits[..comma], ' ')?, &digits[comma + 1..])
        }
        (Some(_), None) => (grouped(digits, ',')?, ""),
        (None, Some(point)) => match grouped(digits, '.') {
            Some(whole) => (whole, ""),
            None => (grouped(&digits[..point], ' ')?, &digits[point + 1..]),
        },
        (None, None) => (grouped(digits, ' ')?, ""),
    };
    match fraction {
        "" if digits.ends_with([',', '.']) => None,
        "" => Some(whole),
        _ => Some(format!("{whole}.{fraction}")),
    }
}

/// The digits of a whole number whose groups of three `separator` may set apart: `1.234.567`, never `12.34`, never
/// `0.125`.
fn grouped(text: &str, separator: char) -> Option<String> {
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let fits = all_digits(first)
        && rest.iter().all(|group| group.len() == 3 && all_digits(group))
        && (rest.is_empty() || (first.len() <= 3 && !first.starts_with('0')));
    fits.then(|| format!("{first}{}", rest.concat()))
}

impl fmt::Display for Decimal {
    /// Vietnamese separators: `1.234,5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(u32::from(self.scale));
        let magnitude = self.mantissa.unsigned_abs();
        let whole = (magnitude / unit).to_string();
        if self.mantissa < 0 {
            f.write_str("-")?;
        }
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        if self.scale > 0 {
            write!(f, ",{:0width$}", magnitude % unit, width = usize::from(self.scale))?;
        }
        Ok(())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(&self.plain())
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::parse_plain(&text).ok_or_else(|| serde::de::Error::custom("số phải viết dạng 12.5"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_print_with_vietnamese_separators() {
        for (text, printed) in [
            ("1234567.5", "1.234.567,5"),
            ("-8.50", "-8,50"),
            ("0.05", "0,05"),
            ("100", "100"),
            ("-0.1", "-0,1"),
            ("0", "0"),
        ] {
            let figure = Decimal::parse_plain(text).expect("plain");
            assert_eq!((figure.to_string().as_str(), figure.plain().as_str()), (printed, text));
        }
    }

    #[test]
    fn equal_values_compare_equal_whatever_their_zeros() {
        let half = |t| Decimal::parse_plain(t).expect("plain");
        assert_eq!(half("8.5").compare(half("8.50")), Ordering::Equal);
        assert_eq!(half("-1").compare(half("0.1")), Ordering::Less);
    }

    fn read(text: &str) -> Option<String> {
        Decimal::typed(text).map(|(value, percent)| format!("{value}{}", if percent { "%" } else { "" }))
    }

    #[test]
    fn vietnamese_separators_are_read_as_vietnamese() {
        for (typed, meant) in [
            ("1.234", "1.234"),
            ("1.234,5", "1.234,5"),
            ("1 234", "1.234"),
            ("1\u{a0}234\u{a0}567,25", "1.234.567,25"),
            ("12,5%", "12,5%"),
            (" 97,50 % ", "97,50%"),
            ("-3,2", "-3,2"),
            ("12.5", "12,5"),
            ("0.125", "0,125"),
            ("1,234.5", "1.234,5"),
            ("1,234,567", "1.234.567"),
            ("1,234", "1,234"),
            ("007", "7"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn separators_that_contradict_each_other_are_no_number() {
        for typed in ["1.23.456", "12.34,56.7", "1,23,4", "12 5", "5,", ".5", "", "-", "mười", "1e3", "12,5,%"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
