//! Numbers as Vietnamese offices write them: `1.234,5`, `12,5%`, `1 234`; and as spreadsheets store them.

use domain::decimal::Decimal;

/// Significant digits that Excel keeps and shows; further digits of a stored number are rounding errors of binary
/// fractions.
const EXCEL_DIGITS: usize = 15;

/// A figure read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// Exact value, with the digits of the cell.
    pub value: Decimal,
    /// Whether `%` followed the number.
    pub percent: bool,
    /// Whether digits after the ninth decimal were rounded away.
    pub rounded: bool,
}

impl Figure {
    const fn exact(value: Decimal, percent: bool) -> Self {
        Self { value, percent, rounded: false }
    }
}

/// Reads typed text, as [`Decimal::typed`].
pub(super) fn from_text(text: &str) -> Option<Figure> {
    Decimal::typed(text).map(|(value, percent)| Figure::exact(value, percent))
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

/// Reads a number as it is shown, [`plain`] text. More than nine decimals are rounded half up and marked.
pub(super) fn from_stored(plain: &str, percent: bool) -> Option<Figure> {
    // Zeros that only the format adds are no digits of the figure.
    let plain = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { plain };
    if let Some(value) = Decimal::parse_plain(plain) {
        return Some(Figure::exact(value, percent));
    }
    let (whole, fraction) = plain.split_once('.')?;
    let (kept, dropped) = fraction.split_at_checked(usize::from(Decimal::MAX_SCALE))?;
    let down = Decimal::parse_plain(&format!("{whole}.{kept}"))?;
    let up = i64::from(dropped.as_bytes().first().is_some_and(|&digit| digit >= b'5'));
    let away = if plain.starts_with('-') { -up } else { up };
    let value = Decimal::new(down.mantissa().checked_add(away)?, Decimal::MAX_SCALE)?;
    Some(Figure { value, percent, rounded: true })
}

/// A stored share as the per cent that the sheet shows: `0.125` is `12,5`.
pub(super) fn hundredfold(plain: &str) -> Option<Decimal> {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let padded = format!("{fraction:0<2}");
    let (first, rest) = padded.split_at_checked(2)?;
    let shifted = if rest.is_empty() { format!("{whole}{first}") } else { format!("{whole}{first}.{rest}") };
    Decimal::parse_plain(&shifted)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(hundredfold("0.975").map(|share| share.to_string()).as_deref(), Some("97,5"));
        assert_eq!(hundredfold("1").map(|share| share.to_string()).as_deref(), Some("100"));
    }
}
