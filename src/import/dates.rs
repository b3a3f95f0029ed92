//! Days, months, quarters and years as Vietnamese offices write them. The day always comes before the month: a text that
//! only fits the other order is refused, never turned round.

use jiff::civil::Date;

use domain::fact::Period;
use domain::text::{clean, fold};

use super::number_format;

/// Years that a full date may name; others are typing errors.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Range of years for two-digit years.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    from: i16,
    to: i16,
}

impl Window {
    /// Events: papers, terms, sittings, facts.
    pub(super) const EVENTS: Self = Self { from: 1976, to: 2060 };
    /// People who may hold a post.
    pub(super) const BIRTHS: Self = Self { from: 1925, to: 2010 };

    /// Whether the year is in the range.
    pub(super) fn has(self, year: i16) -> bool {
        (self.from..=self.to).contains(&year)
    }

    /// The one year of the window that ends in these two digits.
    fn only_year(self, short: i16) -> Option<i16> {
        let fits = |year: &i16| self.has(*year);
        match [1900 + short, 2000 + short].iter().filter(|year| fits(year)).collect::<Vec<_>>().as_slice() {
            [year] => Some(**year),
            _ => None,
        }
    }
}

/// The value of a date cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading<T> {
    /// The day or period.
    pub value: T,
    /// Whether a two-digit year was completed.
    pub short_year: bool,
}

impl<T> Reading<T> {
    /// Converts the value.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { value: change(self.value), short_year: self.short_year }
    }
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DateError {
    /// None of the accepted forms.
    #[error("không đọc được là ngày tháng")]
    Form,
    /// The month comes second; this one does not exist.
    #[error("không có tháng {month}; ngày phải đứng trước tháng")]
    Month {
        /// The second number.
        month: i16,
    },
    /// No such day in that month.
    #[error("không có ngày {day} trong tháng {month}/{year}")]
    Day { day: i16, month: i16, year: i16 },
    /// Two digits that fit two centuries, or none.
    #[error("năm ghi hai chữ số ({short:02}) không rõ thế kỷ")]
    ShortYear {
        /// The two digits.
        short: i16,
    },
    /// Outside 1900 to 2100.
    #[error("năm {year} không hợp lý")]
    Year {
        /// As typed.
        year: i16,
    },
    /// A moment in another time zone.
    #[error("giờ theo múi giờ khác, có thể lệch một ngày")]
    Zoned,
    /// A span that ends before it begins.
    #[error("khoảng thời gian kết thúc trước khi bắt đầu")]
    Reversed,
}

type Read<T> = Result<Reading<T>, DateError>;

/// One day: `05/12/2023`, `5-12-2023`, `5.12.23`, `ngày 05 tháng 12 năm 2023`, `2023-12-05`.
///
/// # Errors
/// What is wrong with the text, in Vietnamese.
pub(super) fn day(text: &str, window: Window) -> Read<Date> {
    match period_of_tokens(text, window)? {
        Reading { value: Period::Day(value), short_year } => Ok(Reading { value, short_year }),
        _ => Err(DateError::Form),
    }
}

/// A day, a year (`2023`, `năm 2023`), a month (`tháng 5/2023`), a quarter (`Quý I/2023`), `6 tháng đầu năm 2023`, or a
/// span between two of these (`01/01/2023 - 30/6/2023`, `từ … đến …`).
///
/// # Errors
/// What is wrong with the text, in Vietnamese.
pub(super) fn period(text: &str) -> Read<Period> {
    let text = clean(text);
    match period_of_tokens(&text, Window::EVENTS) {
        Err(DateError::Form) => {}
        other => return other,
    }
    let mut first_error = DateError::Form;
    for separator in [" - ", "–", "—", "->", "→", " đến ", "-", "/"] {
        for (at, _) in text.match_indices(separator) {
            let (left, right) = (&text[..at], &text[at + separator.len()..]);
            match (period_of_tokens(left, Window::EVENTS), period_of_tokens(right, Window::EVENTS)) {
                (Ok(from), Ok(to)) if from.value.start() > to.value.end() => return Err(DateError::Reversed),
                (Ok(from), Ok(to)) => {
                    let value = Period::Span(from.value.start(), to.value.end());
                    return Ok(Reading { value, short_year: from.short_year || to.short_year });
                }
                (Err(error), _) | (_, Err(error)) if first_error == DateError::Form => first_error = error,
                _ => {}
            }
        }
    }
    Err(first_error)
}

/// A stored number in a date column: a year, or a day by Excel's count from 1900 or 1904.
pub(super) fn from_stored(plain: &str, counts_from_1904: bool) -> Option<Period> {
    let whole: i32 = plain.split_once('.').map_or(plain, |(whole, _)| whole).parse().ok()?;
    if let Ok(year) = i16::try_from(whole)
        && YEARS.contains(&year)
    {
        return (!plain.contains('.')).then_some(Period::Year(year));
    }
    let serial_days = (61..=73_415).contains(&whole).then_some(whole)?;
    number_format::day(serial_days, counts_from_1904).map(Period::Day)
}

fn period_of_tokens(text: &str, window: Window) -> Read<Period> {
    if has_other_zone(text) {
        return Err(DateError::Zoned);
    }
    let iso_time = text.split_once('T').filter(|(date, _)| date.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
    let folded = fold(iso_time.map_or_else(|| without_time(text), |(date, _)| date));
    let words: Vec<&str> = folded.split(' ').filter(|w| !matches!(*w, "ngay" | "tu" | "nam")).collect();
    let exact = |value| Ok(Reading { value, short_year: false });
    match words.as_slice() {
        [year] if year.len() == 4 => exact(Period::Year(full_year(year)?)),
        [year, month, day] if year.len() == 4 => {
            Ok(Reading { value: Period::Day(date(day, month, full_year(year)?)?), short_year: false })
        }
        ["thang", month, year] => exact(months(number(month)?, 1, full_year(year)?)?),
        [month, year] if month.len() <= 2 && year.len() == 4 => exact(months(number(month)?, 1, full_year(year)?)?),
        ["quy", quarter, year] => exact(months((quarter_number(quarter)? - 1) * 3 + 1, 3, full_year(year)?)?),
        [count @ ("6" | "9"), "thang", "dau", year] => exact(months(1, number(count)?, full_year(year)?)?),
        ["6", "thang", "cuoi", year] => exact(months(7, 6, full_year(year)?)?),
        [day, "thang", month, year] | [day, month, year] => {
            let (year, short_year) = any_year(year, window)?;
            Ok(Reading { value: Period::Day(date(day, month, year)?), short_year })
        }
        _ => Err(DateError::Form),
    }
}

/// `2022-12-04T17:00:00Z` is the fifth in Vietnam; midnight itself is that of a day without a time.
fn has_other_zone(text: &str) -> bool {
    let Some((date, time)) = text.trim().split_once(['T', ' ']) else { return false };
    let is_iso = date.len() == 10 && date.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let zone = time.find(['Z', '+', '-']).map(|at| time.split_at(at));
    is_iso
        && zone.is_some_and(|(clock, zone)| {
            !zone.starts_with("+07") && clock.contains(':') && clock.bytes().any(|b| b.is_ascii_digit() && b != b'0')
        })
}

/// `2022-12-05 00:00:00` is a day: CSV exports write the time of a day that has none.
fn without_time(text: &str) -> &str {
    let clock = |time: &str| time.contains(':') && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    text.trim_end().rsplit_once(' ').filter(|(_, time)| clock(time)).map_or(text, |(date, _)| date)
}

fn number(text: &str) -> Result<i16, DateError> {
    let digits = text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or(DateError::Form)
}

fn full_year(text: &str) -> Result<i16, DateError> {
    let year = number(text)?;
    if text.len() == 4 && YEARS.contains(&year) { Ok(year) } else { Err(DateError::Year { year }) }
}

fn any_year(text: &str, window: Window) -> Result<(i16, bool), DateError> {
    if text.len() != 2 {
        return full_year(text).map(|year| (year, false));
    }
    let short = number(text)?;
    window.only_year(short).map(|year| (year, true)).ok_or(DateError::ShortYear { short })
}

fn date(day: &str, month: &str, year: i16) -> Result<Date, DateError> {
    let (day, month) = (number(day)?, number(month)?);
    if !(1..=12).contains(&month) {
        return Err(DateError::Month { month });
    }
    let small = |n: i16| i8::try_from(n).map_err(|_| DateError::Form);
    Date::new(year, small(month)?, small(day)?).map_err(|_| DateError::Day { day, month, year })
}

fn quarter_number(text: &str) -> Result<i16, DateError> {
    let place = ["i", "ii", "iii", "iv"].iter().chain(&["1", "2", "3", "4"]).position(|name| *name == text);
    place.and_then(|p| i16::try_from(p % 4 + 1).ok()).ok_or(DateError::Form)
}

/// `count` whole months from the first of `first`.
fn months(first: i16, count: i16, year: i16) -> Result<Period, DateError> {
    let last = first + count - 1;
    if !(1..=12).contains(&first) || last > 12 {
        return Err(DateError::Month { month: first });
    }
    let day_one = |month: i16| i8::try_from(month).ok().and_then(|m| Date::new(year, m, 1).ok()).ok_or(DateError::Form);
    Ok(Period::Span(day_one(first)?, day_one(last)?.last_of_month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match period(text) {
            Ok(reading) => reading.value.text(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_way_to_write_a_day_is_one_day() {
        for text in [
            "05/12/2023",
            "5-12-2023",
            "5.12.2023",
            "ngày 05 tháng 12 năm 2023",
            "2023-12-05",
            "2023-12-05T00:00:00",
            "2023-12-05 00:00:00",
            "05/12/2023 7:30",
            "05 / 12 / 2023",
        ] {
            assert_eq!(shown(text), "05/12/2023", "{text}");
        }
    }

    #[test]
    fn periods_are_read_from_the_words_of_reports() {
        for (text, meant) in [
            ("2023", "Năm 2023"),
            ("năm 2023", "Năm 2023"),
            ("tháng 5/2023", "01/05/2023 - 31/05/2023"),
            ("2/2024", "01/02/2024 - 29/02/2024"),
            ("Quý I/2023", "01/01/2023 - 31/03/2023"),
            ("quý 4 năm 2022", "01/10/2022 - 31/12/2022"),
            ("6 tháng đầu năm 2023", "01/01/2023 - 30/06/2023"),
            ("01/01/2023 - 30/6/2023", "01/01/2023 - 30/06/2023"),
            ("01-01-2023 - 30-6-2023", "01/01/2023 - 30/06/2023"),
            ("01/01/2023–30/6/2023", "01/01/2023 - 30/06/2023"),
            ("từ 01/01/2023 đến ngày 30/6/2023", "01/01/2023 - 30/06/2023"),
            ("2021-2023", "01/01/2021 - 31/12/2023"),
        ] {
            assert_eq!(shown(text), meant, "{text}");
        }
    }

    #[test]
    fn the_month_is_never_taken_for_the_day() {
        assert_eq!(shown("05/13/2023"), "không có tháng 13; ngày phải đứng trước tháng");
        assert_eq!(shown("31/4/2023"), "không có ngày 31 trong tháng 4/2023");
        assert_eq!(shown("30/6/2023 - 01/01/2023"), "khoảng thời gian kết thúc trước khi bắt đầu");
        assert_eq!(shown("05/12/2023 (dự kiến)"), "không đọc được là ngày tháng");
        assert_eq!(shown("05/12/0023"), "năm 23 không hợp lý");
    }

    #[test]
    fn a_two_digit_year_is_read_only_where_one_century_fits() {
        assert_eq!(day("05.12.23", Window::EVENTS).map(|r| (r.value.year(), r.short_year)), Ok((2023, true)));
        assert_eq!(day("05.12.75", Window::BIRTHS).map(|r| r.value.year()), Ok(1975));
        assert_eq!(day("05.12.15", Window::BIRTHS), Err(DateError::ShortYear { short: 15 }));
    }

    #[test]
    fn stored_numbers_are_years_or_excel_days() {
        assert_eq!(from_stored("2023", false), Some(Period::Year(2023)));
        assert_eq!(from_stored("45265", false).map(Period::text).as_deref(), Some("05/12/2023"));
        assert_eq!(from_stored("45265.5", false).map(Period::text).as_deref(), Some("05/12/2023"));
        assert_eq!(from_stored("12", false), None);
    }
}
