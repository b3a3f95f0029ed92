//! Numbers as Vietnamese offices write them: `1.234,5`, `12,5%`, `1 234`; and as spreadsheets store them.

use crate::domain::decimal::Decimal;
use crate::domain::text::clean;

/// Excel keeps and shows no more significant digits than these; the rest of a stored number is binary dust.
const EXCEL_DIGITS: usize = 15;

/// A figure read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// Exact value, with the digits of the cell.
    pub value: Decimal,
    /// Whether `%` stood behind it.
    pub percent: bool,
    /// Whether digits after the ninth decimal were rounded away.
    pub rounded: bool,
}

impl Figure {
    const fn exact(value: Decimal, percent: bool) -> Self {
        Self { value, percent, rounded: false }
    }
}

/// Reads typed text. A lone point before exactly three digits separates thousands: `1.234` is one thousand two hundred
/// thirty-four; before any other number of digits it is a decimal point that a foreign keyboard made. `None` when the
/// text is no number or its separators contradict each other.
pub(super) fn from_text(text: &str) -> Option<Figure> {
    let text = clean(text);
    let (body, percent) = text.strip_suffix('%').map_or((text.as_str(), false), |body| (body.trim_end(), true));
    let (sign, digits) = match body.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", body.strip_prefix('+').unwrap_or(body)),
    };
    let plain = without_separators(digits)?;
    Decimal::parse_plain(&format!("{sign}{plain}")).map(|value| Figure::exact(value, percent))
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

/// The shortest decimal text of a stored number, cut to what Excel shows: `0.1 + 0.2` is `0.3`. `None` for what is no
/// number.
pub(super) fn plain(stored: f64) -> Option<String> {
    if !stored.is_finite() {
        return None;
    }
    let shortest = stored.to_string();
    let significant = shortest.bytes().filter(u8::is_ascii_digit).skip_while(|&b| b == b'0').count();
    if significant <= EXCEL_DIGITS || !shortest.contains('.') {
        return Some(shortest);
    }
    let shown: f64 = format!("{stored:.*e}", EXCEL_DIGITS - 1).parse().ok()?;
    Some(shown.to_string())
}

/// Reads a stored number, [`plain`] text. More than nine decimals are rounded half up and marked.
pub(super) fn from_stored(plain: &str, percent: bool) -> Option<Figure> {
    if percent {
        return hundredfold(plain).map(|value| Figure::exact(value, true));
    }
    if let Some(value) = Decimal::parse_plain(plain) {
        return Some(Figure::exact(value, false));
    }
    let (whole, fraction) = plain.split_once('.')?;
    let (kept, dropped) = fraction.split_at_checked(usize::from(Decimal::MAX_SCALE))?;
    let down = Decimal::parse_plain(&format!("{whole}.{kept}"))?;
    let up = i64::from(dropped.as_bytes().first().is_some_and(|&digit| digit >= b'5'));
    let away = if plain.starts_with('-') { -up } else { up };
    let value = Decimal::new(down.mantissa().checked_add(away)?, Decimal::MAX_SCALE)?;
    Some(Figure { value, percent: false, rounded: true })
}

/// A stored share as the per cent that the sheet shows: `0.125` is `12,5`.
pub(super) fn hundredfold(plain: &str) -> Option<Decimal> {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let padded = format!("{fraction:0<2}");
    let (first, rest) = padded.split_at_checked(2)?;
    let shifted = if rest.is_empty() { format!("{whole}{first}") } else { format!("{whole}{first}.{rest}") };
    Decimal::parse_plain(&shifted)
}

/// Machine text of an exact figure, `-8.50`: what [`Decimal::parse_plain`] reads back.
pub(super) fn machine_text(value: Decimal) -> String {
    let digits = format!("{:0>width$}", value.mantissa().unsigned_abs(), width = usize::from(value.scale()) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(value.scale()));
    let sign = if value.mantissa() < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        from_text(text).map(|f| format!("{}{}", f.value, if f.percent { "%" } else { "" }))
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

    #[test]
    fn stored_numbers_lose_their_binary_dust_and_nothing_else() {
        let stored = |number: f64| {
            plain(number).and_then(|text| from_stored(&text, false)).map(|f| (f.value.to_string(), f.rounded))
        };
        assert_eq!(stored(1.234), Some(("1,234".into(), false)));
        assert_eq!(stored(0.1 + 0.2), Some(("0,3".into(), false)));
        assert_eq!(stored(47.0), Some(("47".into(), false)));
        assert_eq!(stored(200.0 / 3.0), Some(("66,666666667".into(), true)));
        assert_eq!(stored(f64::NAN), None);
        assert_eq!(from_stored("0.975", true).map(|f| f.value.to_string()).as_deref(), Some("97,5"));
        assert_eq!(from_stored("1", true).map(|f| f.value.to_string()).as_deref(), Some("100"));
    }

    #[test]
    fn machine_text_reads_back_to_the_same_digits() {
        for text in ["-8.50", "0.05", "100", "-0.1", "0"] {
            assert_eq!(Decimal::parse_plain(text).map(machine_text).as_deref(), Some(text));
        }
    }
}
