//! What a spreadsheet shows of a stored number: its format code decides. Source: ECMA-376 part 1, 18.8.30 and 18.8.31.

use jiff::civil::Date;

use super::number;

/// Digits behind the point that Excel can show.
const MOST_DECIMALS: usize = 30;

/// The parts of a day that a format shows, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DateParts {
    pub day: bool,
    pub month: bool,
    pub year: bool,
    /// The month stands before the day, as a number, and no year before both: `5/12/2023` may be read either way.
    pub month_first: bool,
    /// The month is written as a word.
    pub month_in_words: bool,
}

/// How a number of a cell is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As the shortest text of the stored number.
    General,
    /// Digits: the number as shown, in plain text, and the whole text where it is more than digits and separators.
    Figure {
        /// `12.5` of `12,5%`.
        plain: String,
        percent: bool,
        /// `84/BC-UBND`, `007`, `(5)`.
        text: Option<String>,
        /// Letters that stand beside the number.
        literal: String,
        /// Shown in thousands or millions.
        scaled: bool,
    },
    Date(DateParts),
    /// A time of day or a duration: `12:00`.
    Time(String),
    /// `1 1/2`.
    Fraction(String),
    /// `1,23E+06`.
    Scientific(String),
    /// Nothing at all: the format `;;;`.
    Nothing,
}

/// Built-in formats of which every file may use the number alone. 14 and 22 follow the language of the reader's machine.
pub(super) const fn builtin(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 | 27 | 30 | 36 | 50 | 57 => "dd/mm/yyyy",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18..=21 | 32..=35 => "h:mm",
        22 => "dd/mm/yyyy h:mm",
        37 | 38 => "#,##0;(#,##0)",
        39 | 40 => "#,##0.00;(#,##0.00)",
        45..=47 => "mm:ss",
        48 => "##0.0E+0",
        _ => "General",
    }
}

/// One letter of a format, without what is only layout.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Slash,
    Exponent,
    /// A run of one date or time letter.
    Calendar(char, usize),
    /// `[h]`, AM/PM.
    Elapsed,
    Literal(String),
    General,
}

/// What the format `code` shows of `stored`.
pub(super) fn shown(code: &str, stored: f64) -> Shown {
    let sections = split(code);
    let (section, magnitude) = choose(&sections, stored);
    let Some(section) = section else { return Shown::General };
    let pieces = pieces(section);
    if pieces.is_empty() {
        // An empty section hides the number; an empty code is no format at all.
        return if code.trim().is_empty() { Shown::General } else { Shown::Nothing };
    }
    let has = |wanted: &dyn Fn(&Piece) -> bool| pieces.iter().any(wanted);
    if has(&|piece| matches!(piece, Piece::Calendar(..) | Piece::Elapsed)) {
        return calendar(&pieces, stored);
    }
    let digits = has(&|piece| matches!(piece, Piece::Digit(_)));
    if digits && has(&|piece| *piece == Piece::Exponent) {
        return Shown::Scientific(scientific(&pieces, stored));
    }
    if has(&|piece| *piece == Piece::General) || !digits {
        let literal: String = pieces.iter().filter_map(literal_of).collect();
        if !digits && !has(&|piece| *piece == Piece::General) && !literal.is_empty() && section.trim() != "@" {
            return Shown::Figure {
                plain: String::new(),
                percent: false,
                text: Some(literal),
                literal: String::new(),
                scaled: true,
            };
        }
        return Shown::General;
    }
    if has(&|piece| *piece == Piece::Slash) {
        return Shown::Fraction(fraction(&pieces, stored));
    }
    figure(&pieces, stored, magnitude)
}

/// What the format `code` shows of a text: `Ông "@` writes before it, an empty fourth section hides it. `None` where it is the
/// text alone.
pub(super) fn text_shown(code: &str, text: &str) -> Option<String> {
    if code.is_empty() {
        return None;
    }
    let sections = split(code);
    let section = match sections.as_slice() {
        [_, _, _, section, ..] => *section,
        sections => *sections.last().filter(|section| section.contains('@'))?,
    };
    let (mut out, mut letters) = (String::new(), section.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '@' => out.push_str(text),
            '"' => out.extend(letters.by_ref().take_while(|letter| *letter != '"')),
            '\\' => out.extend(letters.next()),
            '_' | '*' => drop(letters.next()),
            '[' => letters.by_ref().take_while(|letter| *letter != ']').for_each(drop),
            // Without a place for the text, the section is of numbers.
            _ if !section.contains('@') => return None,
            other => out.push(other),
        }
    }
    (out != text).then_some(out)
}

/// `1,23E+06`.
fn scientific(pieces: &[Piece], stored: f64) -> String {
    let mantissa = pieces.iter().take_while(|piece| **piece != Piece::Exponent);
    let decimals =
        mantissa.skip_while(|piece| **piece != Piece::Point).filter(|p| matches!(p, Piece::Digit(_))).count();
    let text = format!("{stored:.*e}", decimals.min(MOST_DECIMALS));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{}E{sign}{exponent:0>2}", mantissa.replace('.', ","))
}

/// `1 1/2`: the nearest fraction whose denominator has as many digits as the format, or is the one that it names.
#[expect(clippy::float_arithmetic, reason = "the file stores a binary fraction; this says only how it is shown")]
fn fraction(pieces: &[Piece], stored: f64) -> String {
    let slash = pieces.iter().position(|piece| *piece == Piece::Slash).unwrap_or(0);
    let behind: Vec<&Piece> = pieces.iter().skip(slash + 1).collect();
    let named: String = behind.iter().filter_map(|piece| literal_of(piece)).collect();
    let places = behind.iter().filter(|piece| matches!(piece, Piece::Digit(_))).count().clamp(1, 4);
    let most: u32 = named.trim().parse().unwrap_or_else(|_| 10_u32.pow(u32::try_from(places).unwrap_or(1)) - 1);
    let fixed = named.trim().parse::<u32>().is_ok();
    // A blank between two runs of digits before the slash parts a whole number off.
    let before: Vec<&Piece> = pieces.iter().take(slash).collect();
    let first = before.iter().position(|piece| matches!(piece, Piece::Digit(_))).unwrap_or(0);
    let mixed = before.iter().skip(first).any(|piece| literal_of(piece).is_some_and(|text| text.trim().is_empty()));
    let size = stored.abs();
    let whole = if mixed { size.trunc() } else { 0.0 };
    let candidates = if fixed { most..=most } else { 1..=most };
    let near = |denominator: u32| ((size - whole) * f64::from(denominator)).round();
    let miss = |denominator: u32| ((size - whole) - near(denominator) / f64::from(denominator)).abs();
    let denominator =
        candidates.min_by(|a, b| (miss(*a) + 1e-12 * f64::from(*a)).total_cmp(&(miss(*b) + 1e-12 * f64::from(*b))));
    let denominator = denominator.unwrap_or(1);
    let numerator = near(denominator);
    let sign = if stored < 0.0 { "-" } else { "" };
    let (whole, numerator) =
        if mixed && numerator >= f64::from(denominator) { (whole + 1.0, 0.0) } else { (whole, numerator) };
    match (mixed, numerator > 0.0) {
        (true, false) => format!("{sign}{whole}"),
        (true, true) if whole > 0.0 => format!("{sign}{whole} {numerator}/{denominator}"),
        _ => format!("{sign}{numerator}/{denominator}"),
    }
}

fn literal_of(piece: &Piece) -> Option<&str> {
    if let Piece::Literal(text) = piece { Some(text) } else { None }
}

/// Sections between semicolons that are no text.
fn split(code: &str) -> Vec<&str> {
    let (mut sections, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(code.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(code.get(start..).unwrap_or_default());
    sections
}

/// The section for a number, and whether its sign is left to the section.
fn choose<'c>(sections: &[&'c str], stored: f64) -> (Option<&'c str>, bool) {
    let conditions: Vec<Option<bool>> = sections.iter().map(|section| condition(section, stored)).collect();
    if conditions.iter().any(Option::is_some) {
        let first = sections.iter().zip(&conditions).find(|(_, holds)| holds.unwrap_or(true));
        return (first.map(|(section, _)| *section), false);
    }
    match sections {
        [_, negative, ..] if stored < 0.0 => (Some(negative), true),
        [_, _, zero, ..] if stored == 0.0 => (Some(zero), false),
        [first, ..] => (Some(first), false),
        [] => (None, false),
    }
}

/// Whether `[>=1000]` holds; `None` without such a condition.
fn condition(section: &str, stored: f64) -> Option<bool> {
    let mut rest = section;
    while let Some((inside, after)) = rest.split_once('[').and_then(|(_, tail)| tail.split_once(']')) {
        let digits = inside.trim_start_matches(['<', '>', '=']);
        if let (Ok(bound), true) = (digits.parse::<f64>(), digits.len() < inside.len()) {
            return match &inside[..inside.len() - digits.len()] {
                "<" => Some(stored < bound),
                "<=" => Some(stored <= bound),
                ">" => Some(stored > bound),
                ">=" => Some(stored >= bound),
                "=" => Some(stored.total_cmp(&bound).is_eq()),
                _ => Some(stored.total_cmp(&bound).is_ne()),
            };
        }
        rest = after;
    }
    None
}

fn pieces(section: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut letters = section.chars().peekable();
    if section.trim().eq_ignore_ascii_case("general") {
        return vec![Piece::General];
    }
    while let Some(c) = letters.next() {
        match c {
            '"' => pieces.push(Piece::Literal(letters.by_ref().take_while(|&c| c != '"').collect())),
            '\\' => pieces.extend(letters.next().map(|c| Piece::Literal(c.to_string()))),
            // A blank as wide as a letter, or the letter that fills the cell.
            '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|&c| c != ']').collect();
                let lower = inside.to_ascii_lowercase();
                if !lower.is_empty() && lower.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    pieces.push(Piece::Elapsed);
                } else if let Some(currency) = inside.strip_prefix('$') {
                    let symbol = currency.split('-').next().unwrap_or_default();
                    if !symbol.is_empty() {
                        pieces.push(Piece::Literal(symbol.to_owned()));
                    }
                }
            }
            '0' | '#' | '?' => pieces.push(Piece::Digit(c)),
            '.' => pieces.push(Piece::Point),
            ',' => pieces.push(Piece::Comma),
            '%' => pieces.push(Piece::Percent),
            'E' | 'e' if matches!(letters.peek(), Some('+' | '-')) => pieces.push(Piece::Exponent),
            'G' if section.contains("General") => return vec![Piece::General],
            'A' | 'a' if matches!(letters.peek(), Some('M' | 'm' | '/')) => {
                while letters.next_if(|c| matches!(c, 'A' | 'a' | 'P' | 'p' | 'M' | 'm' | '/')).is_some() {}
                pieces.push(Piece::Elapsed);
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' | 'e' | 'b' | 'B' => {
                let letter = c.to_ascii_lowercase();
                let mut run = 1;
                while letters.next_if(|next| next.to_ascii_lowercase() == letter).is_some() {
                    run += 1;
                }
                pieces.push(Piece::Calendar(if letter == 'e' || letter == 'b' { 'y' } else { letter }, run));
            }
            '/' => pieces.push(Piece::Slash),
            '@' => pieces.push(Piece::General),
            other => pieces.push(Piece::Literal(other.to_string())),
        }
    }
    pieces
}

fn calendar(pieces: &[Piece], stored: f64) -> Shown {
    let letters: Vec<(char, usize)> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Calendar(letter, run) => Some((*letter, *run)),
            Piece::Elapsed => Some(('h', 1)),
            _ => None,
        })
        .collect();
    let mut parts = DateParts::default();
    let mut order = Vec::new();
    for (at, &(letter, run)) in letters.iter().enumerate() {
        let after_hour = at.checked_sub(1).and_then(|before| letters.get(before)).is_some_and(|(c, _)| *c == 'h');
        let before_second = letters.get(at + 1).is_some_and(|(c, _)| *c == 's');
        match letter {
            'd' if run <= 2 => {
                parts.day = true;
                order.push('d');
            }
            'm' if !(run <= 2 && (after_hour || before_second)) => {
                parts.month = true;
                parts.month_in_words = run > 2;
                order.push('m');
            }
            'y' => {
                parts.year = true;
                order.push('y');
            }
            _ => {}
        }
    }
    if !(parts.day || parts.month || parts.year) {
        return Shown::Time(clock(&letters, pieces.contains(&Piece::Elapsed), stored));
    }
    let place = |wanted| order.iter().position(|c| *c == wanted);
    let before = |one: Option<usize>, other: Option<usize>| one.zip(other).is_some_and(|(a, b)| a < b);
    let month_before = before(place('m'), place('d'));
    parts.month_first = month_before && !parts.month_in_words && !before(place('y'), place('m'));
    Shown::Date(parts)
}

/// `13:05` or `25:30:00`; the day itself is not shown.
#[expect(clippy::float_arithmetic, reason = "the file stores a binary fraction; this says only how it is shown")]
fn clock(letters: &[(char, usize)], elapsed: bool, stored: f64) -> String {
    let day = if elapsed { stored.abs() } else { stored.abs().fract() };
    let seconds = (day * 86_400.0).round();
    let has = |wanted: char| letters.iter().any(|(letter, _)| *letter == wanted);
    let part = |size: f64, of: f64| ((seconds / size).floor() % of).abs();
    let hours = if elapsed { (seconds / 3600.0).floor() } else { part(3600.0, 24.0) };
    match (has('h'), has('m'), has('s')) {
        (true, true, true) => format!("{hours:02}:{:02}:{:02}", part(60.0, 60.0), part(1.0, 60.0)),
        (true, true, false) => format!("{hours:02}:{:02}", part(60.0, 60.0)),
        (true, ..) => format!("{hours:02}"),
        _ => format!("{:02}:{:02}", part(60.0, 60.0), part(1.0, 60.0)),
    }
}

fn figure(pieces: &[Piece], stored: f64, sign_in_section: bool) -> Shown {
    let last_digit = pieces.iter().rposition(|piece| matches!(piece, Piece::Digit(_))).unwrap_or(0);
    let point = pieces.iter().position(|piece| *piece == Piece::Point);
    // Commas behind the last digit, or before the point, divide by a thousand each.
    let end_of_whole = point.unwrap_or(pieces.len());
    let last_whole = pieces.iter().take(end_of_whole).rposition(|piece| matches!(piece, Piece::Digit(_)));
    let commas = |from: usize, to: usize| pieces.iter().take(to).skip(from).take_while(|p| **p == Piece::Comma).count();
    let thousands = last_whole.map_or(0, |at| commas(at + 1, end_of_whole))
        + if point.is_some_and(|point| last_digit > point) { commas(last_digit + 1, pieces.len()) } else { 0 };
    let percents = pieces.iter().filter(|piece| **piece == Piece::Percent).count();
    let is_digit = |piece: &&Piece| matches!(piece, Piece::Digit(_));
    let decimals = point.map_or(0, |point| pieces.iter().skip(point).filter(is_digit).count()).min(MOST_DECIMALS);
    let needed = pieces.iter().take(end_of_whole).filter(|piece| **piece == Piece::Digit('0')).count();
    // Decimals up to the last `0` are always written.
    let behind = pieces.iter().skip(point.unwrap_or(pieces.len())).filter(is_digit);
    let always = behind.enumerate().filter(|(_, piece)| **piece == Piece::Digit('0')).map(|(at, _)| at + 1).last();

    let exact = number::plain(stored).unwrap_or_default();
    let moved = shift(&exact, 2 * percents, 3 * thousands);
    let mut plain = round(&moved, decimals);
    for _ in always.unwrap_or(0)..decimals {
        plain = plain.strip_suffix('0').map_or(plain.clone(), str::to_owned);
    }
    plain = plain.trim_end_matches('.').to_owned();
    let literal: String = pieces.iter().filter_map(literal_of).collect();
    let bracketed = literal.contains('(') && literal.contains(')');
    let negative = plain.starts_with('-');
    let unsigned = plain.trim_start_matches('-').to_owned();
    let whole = unsigned.split('.').next().unwrap_or_default().len();
    let padded = format!("{}{unsigned}", "0".repeat(needed.saturating_sub(whole)));
    let shows_sign = !sign_in_section || bracketed || literal.contains(['-', '\u{2212}']);
    let words: String = literal.chars().filter(|c| !matches!(c, '(' | ')' | '-' | '\u{2212}' | '+')).collect();
    let mut text = None;
    if padded.len() > unsigned.len() || words.chars().any(char::is_alphanumeric) || words.contains('/') {
        let first = pieces.iter().position(|piece| matches!(piece, Piece::Digit(_))).unwrap_or(0);
        let before: String = pieces.iter().take(first).filter_map(literal_of).collect();
        let after: String = pieces.iter().skip(first).filter_map(literal_of).collect();
        let minus = if negative && !sign_in_section { "-" } else { "" };
        let sign = if percents > 0 { "%" } else { "" };
        text = Some(format!("{minus}{before}{}{sign}{after}", padded.replace('.', ",")));
    }
    if negative && !shows_sign {
        text = Some(unsigned.replace('.', ","));
    }
    Shown::Figure {
        plain,
        percent: percents > 0,
        text,
        literal: words.trim().to_owned(),
        scaled: thousands > 0 || negative && !shows_sign || percents > 1,
    }
}

/// Plain decimal text with its point moved: `up` digits to the right, `down` digits to the left.
fn shift(plain: &str, up: usize, down: usize) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = format!("{fraction:0<up$}");
    let (to_whole, fraction) = fraction.split_at(up.min(fraction.len()));
    let whole = format!("{:0>1$}", format!("{whole}{to_whole}"), down + 1);
    let (whole, to_fraction) = whole.split_at(whole.len() - down);
    let whole = whole.trim_start_matches('0');
    let fraction = format!("{to_fraction}{fraction}");
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Plain decimal text rounded half away from zero to so many decimals, all of them written.
pub(super) fn round(plain: &str, decimals: usize) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(decimals).collect();
    let up = fraction.as_bytes().get(decimals).is_some_and(|digit| *digit >= b'5');
    let mut all: Vec<u8> = format!("0{whole}{kept}").into_bytes();
    if up {
        for digit in all.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                break;
            }
        }
    }
    let all = String::from_utf8_lossy(&all).into_owned();
    let (whole, fraction) = all.split_at(all.len() - decimals);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.bytes().all(|digit| digit == b'0');
    let sign = if zero { "" } else { sign };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Day and second of day of a stored moment, as Excel counts from 1900 or from 1904; `None` for what it shows as `####`.
pub(super) fn moment(stored: f64, counts_from_1904: bool) -> Option<(Date, i32)> {
    let text = format!("{:.6}", stored);
    let (whole, fraction) = text.split_once('.')?;
    let whole: i32 = whole.parse().ok().filter(|days| *days >= 0)?;
    let millionths: i64 = fraction.parse().ok()?;
    let seconds = i32::try_from((millionths * 86_400 + 500_000) / 1_000_000).ok()?;
    Some((day(whole, counts_from_1904)?, seconds))
}

/// The day with this number. Day 60 of 1900 is 29/02/1900, which never was: days before it count from 31/12/1899.
pub(super) fn day(number: i32, counts_from_1904: bool) -> Option<Date> {
    let epoch = match (counts_from_1904, number) {
        (true, _) => Date::new(1904, 1, 1),
        (false, ..60) => Date::new(1899, 12, 31),
        (false, _) => Date::new(1899, 12, 30),
    };
    epoch.ok()?.checked_add(jiff::Span::new().try_days(number).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure_of(code: &str, stored: f64) -> (String, bool, Option<String>) {
        match shown(code, stored) {
            Shown::Figure { plain, percent, text, .. } => (plain, percent, text),
            other => (format!("{other:?}"), false, None),
        }
    }

    #[test]
    fn numbers_are_shown_as_their_formats_say() {
        for (code, stored, plain, percent, text) in [
            ("0.00%", 0.975, "97.50", true, None),
            ("0%", 1.052, "105", true, None),
            ("#,##0,", 12_500_000.0, "12500", false, None),
            ("#,##0.0,", 13_120_500.0, "13120.5", false, None),
            ("#,##0.0,,", 13_120_500.0, "13.1", false, None),
            ("0\"/BC-UBND\"", 84.0, "84", false, Some("84/BC-UBND")),
            ("000", 7.0, "7", false, Some("007")),
            ("0.##", 2.5, "2.5", false, None),
            ("0.##", 20.0, "20", false, None),
            ("0.0##", 20.0, "20.0", false, None),
            ("#,##0.00_);(#,##0.00)", -5.0, "-5.00", false, None),
            ("0;0", -5.0, "-5", false, Some("5")),
            ("[>=1000]#,##0,;0", 5000.0, "5", false, None),
            ("0\" phiếu\"", 32.0, "32", false, Some("32 phiếu")),
            ("0", 46.6, "47", false, None),
        ] {
            let expected = (plain.to_owned(), percent, text.map(str::to_owned));
            assert_eq!(figure_of(code, stored), expected, "{code} of {stored}");
        }
        assert_eq!(shown(";;;", 5.0), Shown::Nothing);
        for (code, stored, text) in [
            ("# ?/?", 1.5, "1 1/2"),
            ("# ??/??", 0.3125, "5/16"),
            ("?/?", 2.25, "9/4"),
            ("# ?/8", 3.25, "3 2/8"),
            ("# ?/?", 2.0, "2"),
            ("# ?/?", 0.999, "1"),
        ] {
            assert_eq!(shown(code, stored), Shown::Fraction(text.into()), "{code} of {stored}");
        }
        for (code, stored, text) in
            [("h:mm", 0.5, "12:00"), ("[h]:mm:ss", 1.0625, "25:30:00"), ("mm:ss", 0.0007, "01:00")]
        {
            assert_eq!(shown(code, stored), Shown::Time(text.into()), "{code} of {stored}");
        }
        assert_eq!(shown("0.00E+00", 1_234_567.0), Shown::Scientific("1,23E+06".into()));
        assert_eq!(text_shown("\"Ông \"@", "An").as_deref(), Some("Ông An"));
        assert_eq!(text_shown(";;;", "An").as_deref(), Some(""));
        assert_eq!((text_shown("@", "An"), text_shown("0.00", "An"), text_shown("0;-0;0;@", "An")), (None, None, None));
        assert_eq!(shown("General", 1.5), Shown::General);
    }

    #[test]
    fn formats_of_days_say_which_parts_are_seen() {
        let parts = |code: &str| match shown(code, 45_000.0) {
            Shown::Date(parts) => format!("{}{}{}{}", parts.day, parts.month, parts.year, parts.month_first)
                .replace("true", "1")
                .replace("false", "0"),
            other => format!("{other:?}"),
        };
        for (code, expected) in [
            ("dd/mm/yyyy", "1110"),
            ("m/d/yyyy", "1111"),
            ("[$-409]m/d/yy h:mm AM/PM;@", "1111"),
            ("yyyy-mm-dd h:mm:ss", "1110"),
            ("mmm-yy", "0110"),
            ("d-mmm", "1100"),
            ("yyyy", "0010"),
            ("[$-42A]dd \"tháng\" mm \"năm\" yyyy", "1110"),
        ] {
            assert_eq!(parts(code), expected, "{code}");
        }
    }

    #[test]
    fn days_are_counted_from_1900_and_from_1904() {
        let at = |stored, from_1904| moment(stored, from_1904).map(|(day, seconds)| format!("{day} {seconds}"));
        assert_eq!(at(44_900.0, false).as_deref(), Some("2022-12-05 0"));
        assert_eq!(at(43_438.0, true).as_deref(), Some("2022-12-05 0"));
        assert_eq!(at(1.0, false).as_deref(), Some("1900-01-01 0"));
        assert_eq!(at(44_899.708_3, false).as_deref(), Some("2022-12-04 61197"));
        assert_eq!(at(-1.0, false), None);
    }
}
