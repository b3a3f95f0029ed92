//! What the file holds to what a person sees: each cell's value as it is shown, and the doubts about it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use domain::text::clean;

use super::bounds::{Budget, Failure, Loaded};
use super::formula::{self, Operand};
use super::grid::{Cell, Doubt, Grid, Origin, Spot};
use super::number;
use super::number_format::{self, DateParts, Shown};
use super::stored::{Stored, StoredBook, StoredCell, StoredSheet, StoredStyle};

/// Most digits of a number that a spreadsheet shows.
const SHOWN_DIGITS: usize = 15;
/// Seconds of a day.
const DAY_SECONDS: i32 = 86_400;
/// So close to midnight a time of day is a day that was shifted.
const NEAR_MIDNIGHT_SECONDS: i32 = 30 * 60;
/// Vietnam is seven hours ahead: its midnight is 17:00 of the day before elsewhere.
const SEVEN_HOURS_BEFORE: i32 = 17 * 3600;
/// Whole numbers from here on the general format shows as `1,23457E+11`.
const GENERAL_MOST: f64 = 1e11;

/// Every sheet as it is seen.
pub(super) fn sheets(mut book: StoredBook, budget: &mut Budget) -> Result<Vec<Loaded>, Failure> {
    let plain = StoredStyle::default();
    let mut loaded = Vec::new();
    for mut sheet in std::mem::take(&mut book.sheets) {
        let mut grid = Grid::new(&sheet.title, Origin::Workbook);
        grid.hidden = sheet.hidden;
        grid.counts_from_1904 = book.counts_from_1904;
        let mut fonts = BTreeMap::new();
        let operands = operands(&sheet);
        let operand = |spot: Spot| operands.get(&spot).map_or(Operand::Empty, |held| held.operand());
        for stored in std::mem::take(&mut sheet.cells) {
            let style = book.styles.get(stored.style).unwrap_or(&plain);
            let (spot, is_struck) = (stored.spot, style.struck || stored.struck);
            let Some((cell, mut doubts)) = seen(stored, style, &book, &operand) else { continue };
            if matches!(cell, Cell::Text(_)) {
                fonts.extend(style.legacy.map(|legacy| (spot, legacy)));
            }
            if style.unseen {
                doubts.push(Doubt::Unseen);
            }
            if is_struck {
                grid.struck.insert(spot);
            }
            budget.put(&mut grid, spot, cell)?;
            grid.doubt(spot, doubts);
        }
        grid.comments = sheet.comments.iter().copied().filter(|spot| grid.at(*spot).is_none()).collect();
        grid.spread(&sheet.merged);
        (grid.hidden_rows, grid.hidden_columns) = (sheet.hidden_rows.clone(), sheet.hidden_columns.clone());
        loaded.push(Loaded { grid, fonts });
    }
    Ok(loaded)
}

/// What a formula gets from a cell.
enum Held {
    Number(String),
    Formula(String),
    Other,
}

impl Held {
    fn operand(&self) -> Operand<'_> {
        match self {
            Self::Number(plain) => Operand::Number(plain),
            Self::Formula(text) => Operand::Formula(text),
            Self::Other => Operand::Other,
        }
    }
}

/// Cells by their places, where the sheet has formulas at all.
fn operands(sheet: &StoredSheet) -> BTreeMap<Spot, Held> {
    if sheet.cells.iter().all(|cell| cell.formula.is_none()) {
        return BTreeMap::new();
    }
    let held = |cell: &StoredCell| match (&cell.formula, &cell.value) {
        (Some(formula), _) if !formula.text.is_empty() => Some(Held::Formula(formula.text.clone())),
        (_, Stored::Empty) => None,
        (_, value) => match value.number() {
            Some(number) => number::plain(number).map(Held::Number),
            None => Some(Held::Other),
        },
    };
    sheet.cells.iter().filter_map(|cell| Some((cell.spot, held(cell)?))).collect()
}

/// The cell as it is seen, with the doubts about it; `None` for an empty one.
fn seen<'s>(
    stored: StoredCell,
    style: &StoredStyle,
    book: &StoredBook,
    operand: &dyn Fn(Spot) -> Operand<'s>,
) -> Option<(Cell, Vec<Doubt>)> {
    let mut doubts = Vec::new();
    if let Some(formula) = &stored.formula {
        if is_external(&formula.text) {
            doubts.push(Doubt::External);
        }
        let number = stored.value.number().and_then(number::plain);
        let computed = formula::compute(&formula.text, operand);
        let uncomputed = book.uncomputed || formula.uncomputed;
        match (&stored.value, number, computed) {
            (Stored::Empty, ..) => return Some((Cell::Uncomputed, doubts)),
            (_, Some(kept), Some(computed)) if !equal(&kept, &computed) => {
                return Some((Cell::Stale { stored: kept, computed }, doubts));
            }
            (_, Some(_), Some(_)) => {}
            (_, Some(kept), None) if uncomputed && equal(&kept, "0") => return Some((Cell::Uncomputed, doubts)),
            (Stored::Text(text), _, computed) if clean(text).is_empty() && (uncomputed || computed.is_some()) => {
                return Some((Cell::Uncomputed, doubts));
            }
            _ if uncomputed => doubts.push(Doubt::Uncomputed),
            _ => {}
        }
    }
    let cell = match stored.value {
        Stored::Empty => return None,
        Stored::Text(text) => Cell::Text(text_of(text, &style.format, &mut doubts)),
        Stored::Bool(yes) => Cell::Bool(yes),
        Stored::Error(error) => Cell::Broken(error),
        Stored::Number(number) => number_of(number, &style.format, book.counts_from_1904, &mut doubts),
        Stored::NumberShown(held) => number_shown(held.number, held.percent, &held.shown, &mut doubts),
        Stored::Day(held) => day_shown(&held.iso, held.shown.as_deref(), &mut doubts),
    };
    Some((cell, doubts))
}

/// A text with what its format writes around it.
fn text_of(text: String, format: &str, doubts: &mut Vec<Doubt>) -> String {
    match number_format::text_shown(format, &text) {
        None => text,
        Some(shown) if clean(&shown).is_empty() => {
            doubts.push(Doubt::Unseen);
            text
        }
        Some(shown) => {
            let literal = shown.replacen(&text, "", 1);
            if !clean(&literal).is_empty() {
                doubts.push(Doubt::Beside { shown: clean(&shown), literal: clean(&literal) });
            }
            shown
        }
    }
}

/// Whether a formula takes from another file: `[1]Sheet1!A1` of .xlsx, `'file:///…'#$Sheet1.A1` of .ods.
fn is_external(formula: &str) -> bool {
    let in_brackets = formula.split('[').skip(1).any(|rest| {
        let inside = rest.split(']').next().unwrap_or_default();
        !inside.is_empty() && (inside.bytes().all(|b| b.is_ascii_digit()) || inside.to_lowercase().contains(".xls"))
    });
    in_brackets || formula.contains("file:") || formula.contains("http:") || formula.contains("https:")
}

fn equal(one: &str, other: &str) -> bool {
    match (formula::billionths(one), formula::billionths(other)) {
        // The last billionth is the dust of binary fractions.
        (Some(one), Some(other)) => (one - other).abs() <= 1,
        _ => one == other,
    }
}

fn number_of(number: f64, format: &str, counts_from_1904: bool, doubts: &mut Vec<Doubt>) -> Cell {
    let Some(stored) = number::plain(number) else { return Cell::Broken("#NUM!".to_owned()) };
    let general = |plain: String| Cell::Number { plain, percent: false, shown: None };
    match number_format::shown(format, number) {
        Shown::General => {
            if number.abs() >= GENERAL_MOST {
                doubts.push(Doubt::ShownAs {
                    shown: format!("{number:.5E}").replace('.', ","),
                    stored: stored.clone(),
                    rounded: false,
                });
            }
            general(stored)
        }
        Shown::Nothing => {
            doubts.push(Doubt::Unseen);
            general(stored)
        }
        Shown::Time(shown) | Shown::Fraction(shown) | Shown::Scientific(shown) => {
            if shown != stored {
                doubts.push(Doubt::ShownAs { shown: shown.clone(), stored: stored.clone(), rounded: false });
            }
            Cell::Number { plain: stored, percent: false, shown: Some(shown) }
        }
        Shown::Date(parts) => {
            day_of(number, parts, counts_from_1904, doubts).unwrap_or_else(|| Cell::Broken("#####".to_owned()))
        }
        Shown::Figure { plain, text: Some(text), .. } if plain.is_empty() => {
            doubts.push(Doubt::ShownAs { shown: text.clone(), stored: stored.clone(), rounded: false });
            Cell::Number { plain: stored, percent: false, shown: Some(text) }
        }
        Shown::Figure { plain, percent, text, literal, scaled } => {
            let kept = if percent { number::hundredfold(&stored).map_or(stored, |d| d.plain()) } else { stored };
            let as_seen = text.clone().unwrap_or_else(|| seen_text(&plain, percent));
            if scaled {
                doubts.push(Doubt::ShownAs { shown: as_seen, stored: kept, rounded: false });
            } else if !equal(&plain, &kept) {
                doubts.push(Doubt::ShownAs { shown: as_seen, stored: kept, rounded: true });
            } else if literal.chars().any(char::is_alphanumeric) {
                doubts.push(Doubt::Beside { shown: as_seen, literal });
            }
            Cell::Number { plain, percent, shown: text }
        }
    }
}

fn seen_text(plain: &str, percent: bool) -> String {
    format!("{}{}", plain.replace('.', ","), if percent { "%" } else { "" })
}

/// The day of a stored moment, as much of it as is shown.
fn day_of(number: f64, parts: DateParts, counts_from_1904: bool, doubts: &mut Vec<Doubt>) -> Option<Cell> {
    let (date, seconds) = number_format::moment(number, counts_from_1904)?;
    doubt_time(seconds, doubts);
    if parts.month_first && parts.day && date.day() <= 12 && date.day() != date.month() {
        let year = if parts.year { format!("/{}", date.year()) } else { String::new() };
        doubts.push(Doubt::MonthFirst { shown: format!("{}/{}{year}", date.month(), date.day()), day: date });
    }
    Some(parts_of(date, parts, doubts))
}

fn parts_of(date: Date, parts: DateParts, doubts: &mut Vec<Doubt>) -> Cell {
    match (parts.day, parts.month, parts.year) {
        (true, _, false) | (false, true, false) => {
            doubts.push(Doubt::NoYear { day: date });
            Cell::Date(date)
        }
        (true, _, true) => Cell::Date(date),
        (false, true, true) => Cell::Month(date),
        (false, false, _) => Cell::Number { plain: date.year().to_string(), percent: false, shown: None },
    }
}

fn doubt_time(seconds: i32, doubts: &mut Vec<Doubt>) {
    let near = seconds >= DAY_SECONDS - NEAR_MIDNIGHT_SECONDS || (seconds - SEVEN_HOURS_BEFORE).abs() <= 60;
    if near {
        doubts.push(Doubt::NearMidnight { time: format!("{:02}:{:02}", seconds / 3600, seconds % 3600 / 60) });
    }
}

/// A number beside the text that an .ods file shows of it: read with the digits that are shown, whatever its language.
fn number_shown(number: f64, percent: bool, shown: &str, doubts: &mut Vec<Doubt>) -> Cell {
    let Some(stored) = number::plain(number) else { return Cell::Broken("#NUM!".to_owned()) };
    let kept = if percent {
        number::hundredfold(&stored).map_or_else(|| stored.clone(), |d| d.plain())
    } else {
        stored.clone()
    };
    let text = clean(shown);
    let digits: String =
        text.chars().filter(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '\u{2212}')).collect();
    let words: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let readings = readings(&digits);
    let fits = |plain: &&String| {
        let decimals = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        equal(plain, &kept) || equal(plain, &number_format::round(&kept, decimals))
    };
    let read = readings.iter().find(|plain| equal(plain, &kept)).or_else(|| readings.iter().find(fits));
    let plain = match read {
        _ if text.is_empty() => kept,
        // More digits than a spreadsheet shows are those of a library.
        Some(plain) if equal(plain, &kept) && plain.bytes().filter(u8::is_ascii_digit).count() > SHOWN_DIGITS => kept,
        Some(plain) => {
            if !equal(plain, &kept) {
                doubts.push(Doubt::ShownAs { shown: text.clone(), stored: kept, rounded: true });
            } else if !words.is_empty() {
                doubts.push(Doubt::Beside { shown: text.clone(), literal: words.clone() });
            }
            plain.clone()
        }
        None => {
            doubts.push(Doubt::ShownAs { shown: text.clone(), stored: kept.clone(), rounded: false });
            kept
        }
    };
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let own = (!words.is_empty() || leading_zero || text.contains('/')).then_some(text);
    Cell::Number { plain, percent, shown: own }
}

/// What digits with separators may mean: comma or point before the decimals, the other between thousands.
fn readings(digits: &str) -> Vec<String> {
    let sign = if digits.starts_with(['-', '\u{2212}']) { "-" } else { "" };
    let digits = digits.trim_start_matches(['-', '\u{2212}']);
    let with = |decimal: char, group: char| {
        let plain: String =
            digits.chars().filter(|c| *c != group).map(|c| if c == decimal { '.' } else { c }).collect();
        let one_point = plain.matches('.').count() <= 1 && plain.starts_with(|c: char| c.is_ascii_digit());
        one_point.then(|| format!("{sign}{plain}"))
    };
    [with(',', '.'), with('.', ',')].into_iter().flatten().collect()
}

/// A day with the text that an .ods file shows of it.
fn day_shown(iso: &str, shown: Option<&str>, doubts: &mut Vec<Doubt>) -> Cell {
    let (day, time) = iso.split_once('T').unwrap_or((iso, ""));
    let Ok(date) = day.parse::<Date>() else { return Cell::Text(iso.to_owned()) };
    let clock: Vec<i32> = time.get(..8).into_iter().flat_map(|t| t.split(':')).filter_map(|n| n.parse().ok()).collect();
    if let [hours, minutes, seconds] = clock.as_slice() {
        let zoned = time.get(8..).is_some_and(|rest| rest.contains(['Z', '+', '-']));
        let seconds = hours * 3600 + minutes * 60 + seconds;
        doubt_time(seconds, doubts);
        if zoned && seconds != 0 && doubts.is_empty() {
            doubts.push(Doubt::NearMidnight { time: time.to_owned() });
        }
    }
    let Some(text) = shown.map(clean).filter(|text| !text.is_empty()) else { return Cell::Date(date) };
    let before_time = text.split(' ').filter(|word| !word.contains(':')).collect::<Vec<_>>().join(" ");
    let numbers: Vec<i16> = before_time.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let is_year = |n: i16| n == date.year() || n == date.year() % 100;
    // In Vietnamese months have numbers: `tháng 5`, `thg 5`.
    let lower = before_time.to_lowercase();
    let words = before_time.chars().any(char::is_alphabetic) && !lower.contains("tháng") && !lower.contains("thg");
    let (day, month) = (i16::from(date.day()), i16::from(date.month()));
    let mut parts = DateParts { day: true, month: true, year: true, month_first: false, month_in_words: words };
    let day_first = before_time.starts_with(|letter: char| letter.is_ascii_digit());
    match numbers.as_slice() {
        // `30-Nov` of 2030 is a day, `Nov-30` a month.
        [one] if words && *one == day && day_first => parts.year = false,
        [one, two] if *one == day && *two == month && day != month => parts.year = false,
        [one] if is_year(*one) => (parts.day, parts.month) = (false, words),
        [one] if words && *one == day => parts.year = false,
        [one, two] if words && *one == day && is_year(*two) => {}
        [one, two] if is_year(*two) && *one == month && !words => parts.day = false,
        [_, two] if !is_year(*two) => parts.year = false,
        [first, second, third] => {
            parts.month_first = !words && *first == month && *second == day && is_year(*third) && day != month;
            if parts.month_first && date.day() <= 12 {
                doubts.push(Doubt::MonthFirst { shown: text.clone(), day: date });
            }
        }
        _ => {}
    }
    parts_of(date, parts, doubts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_ods_file_shows_of_a_number_is_held_against_what_it_stores() {
        let of = |number, percent, shown| {
            let mut doubts = Vec::new();
            let cell = number_shown(number, percent, shown, &mut doubts);
            (cell.shown(), doubts.len())
        };
        for (number, percent, shown, read, told) in [
            (12_500.0, false, "12.500", "12500", 0),
            (12_500.0, false, "12,500.00", "12500,00", 0),
            (0.975, true, "97,50%", "97,50%", 0),
            (12_500_000.0, false, "12.500", "12500000", 1),
            (66.666_666_7, false, "66,67", "66,67", 1),
            (7.0, false, "007", "007", 0),
            (84.0, false, "84/BC-UBND", "84/BC-UBND", 1),
            (5.0, false, "", "5", 0),
        ] {
            let (cell, doubts) = of(number, percent, shown);
            assert_eq!((cell.as_str(), doubts), (read, told), "{number} {shown}");
        }
    }

    #[test]
    fn what_an_ods_file_shows_of_a_day_is_held_against_what_it_stores() {
        for (shown, read, told) in [
            ("05/12/2022", "05/12/2022", 0),
            ("12/05/2022", "05/12/2022", 1),
            ("12/2022", "12/2022", 0),
            ("Thg 12 2022", "12/2022", 0),
            ("5-thg 12", "05/12/2022", 1),
            ("5-Dec", "05/12/2022", 1),
            ("2022", "2022", 0),
            ("ngày 05 tháng 12 năm 2022", "05/12/2022", 0),
        ] {
            let mut doubts = Vec::new();
            let cell = day_shown("2022-12-05", Some(shown), &mut doubts);
            assert_eq!((cell.shown().as_str(), doubts.len()), (read, told), "{shown}");
        }
        for (iso, shown) in [("2030-11-30", "30-Nov"), ("2012-12-05", "5-thg 12")] {
            let mut doubts = Vec::new();
            day_shown(iso, Some(shown), &mut doubts);
            assert!(matches!(doubts.as_slice(), [Doubt::NoYear { .. }]), "{shown}: {doubts:?}");
        }
        let mut doubts = Vec::new();
        day_shown("2022-12-04T17:00:00", None, &mut doubts);
        assert_eq!(doubts.len(), 1);
    }
}
