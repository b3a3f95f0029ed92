//! Days off of public offices: weekends, and the public holidays of the years that the table covers.
//!
//! Part of the holidays is decreed year by year, so the table is data ([`Calendar::parse`]) and says of each day how
//! well it is attested. A year without an entry is *unknown*, not a year of working days.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::rules::Attested;
use super::text::date_dmy;

/// Why a table of holidays is refused.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Not TOML, an unknown key, a date that does not exist.
    #[error("lịch nghỉ lễ không đọc được: {0}")]
    Form(#[from] toml::de::Error),
    #[error("lịch nghỉ lễ năm {year}: ngày {} không thuộc năm này", date_dmy(*on))]
    OutsideYear { year: i16, on: Date },
    #[error("lịch nghỉ lễ có hai mục cho năm {0}")]
    YearTwice(i16),
    /// Day and month that no year has, or that not every year has.
    #[error("lịch nghỉ lễ: ngày cố định {day}/{month} không có trong mọi năm")]
    NoSuchDay { month: i8, day: i8 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fixed: Vec<Fixed>,
    year: Vec<Year>,
}

/// The same day of every year from `from` to `until`, both included.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    month: i8,
    day: i8,
    name: String,
    from: i16,
    until: Option<i16>,
    cite: String,
    attested: Attested,
    note: Option<String>,
}

impl Fixed {
    fn falls_on(&self, date: Date) -> bool {
        let in_force = self.from <= date.year() && self.until.is_none_or(|until| date.year() <= until);
        in_force && (date.month(), date.day()) == (self.month, self.day)
    }
}

/// What is decreed for one year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    cite: String,
    attested: Attested,
    note: Option<String>,
    days: Vec<Day>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    on: Date,
    name: String,
}

/// A day on which offices are closed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOff<'c> {
    /// `Thứ Bảy`, `Giỗ Tổ Hùng Vương (nghỉ bù)`.
    pub name: &'c str,
    /// Decree behind the day; empty for a weekend.
    pub cite: Option<&'c str>,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<&'c str>,
}

/// How well the holidays of a year are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holidays<'c> {
    Known {
        /// How well the decreed days of the year were read.
        attested: Attested,
        /// Remark printed with the rule.
        note: Option<&'c str>,
    },
    /// The table has nothing for the year: any weekday may be a holiday.
    Unknown,
}

/// Weekends and public holidays.
#[derive(Clone, Debug)]
pub struct Calendar {
    fixed: Vec<Fixed>,
    years: BTreeMap<i16, Year>,
}

impl Calendar {
    /// The carried table, 2012 to 2035.
    ///
    /// # Errors
    /// When the carried table is broken; a test holds that it is not.
    pub fn builtin() -> Result<Self, CalendarError> {
        Self::parse(include_str!("calendar/holidays.toml"))
    }

    /// Reads a table of the form of `calendar/holidays.toml`.
    ///
    /// # Errors
    /// When it is no such table, names a year twice, or holds a day outside its year.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let table: Table = toml::from_str(text)?;
        for Fixed { month, day, .. } in &table.fixed {
            // 2023 is no leap year: a fixed 29 February would be a day that most years lack.
            Date::new(2023, *month, *day).map_err(|_| CalendarError::NoSuchDay { month: *month, day: *day })?;
        }
        let mut years = BTreeMap::new();
        for entry in table.year {
            let year = entry.year;
            if let Some(stray) = entry.days.iter().find(|d| d.on.year() != year) {
                return Err(CalendarError::OutsideYear { year, on: stray.on });
            }
            if years.insert(year, entry).is_some() {
                return Err(CalendarError::YearTwice(year));
            }
        }
        Ok(Self { fixed: table.fixed, years })
    }

    /// Why offices are closed on `date`; `None` for a working day, which is certain only where [`Self::holidays_of`] knows
    /// the year. A weekend answers before a holiday: it needs no proof.
    pub fn is_day_off(&self, date: Date) -> Option<DayOff<'_>> {
        match date.weekday() {
            Weekday::Saturday => return Some(DayOff::weekend("Thứ Bảy")),
            Weekday::Sunday => return Some(DayOff::weekend("Chủ nhật")),
            _ => {}
        }
        let fixed = self.fixed.iter().find(|f| f.falls_on(date)).map(|f| DayOff {
            name: &f.name,
            cite: Some(&f.cite),
            attested: f.attested,
            note: f.note.as_deref(),
        });
        fixed.or_else(|| self.decreed(date))
    }

    fn decreed(&self, date: Date) -> Option<DayOff<'_>> {
        let year = self.years.get(&date.year())?;
        let day = year.days.iter().find(|d| d.on == date)?;
        Some(DayOff { name: &day.name, cite: Some(&year.cite), attested: year.attested, note: year.note.as_deref() })
    }

    /// How well the holidays of `year` are known.
    pub fn holidays_of(&self, year: i16) -> Holidays<'_> {
        self.years
            .get(&year)
            .map_or(Holidays::Unknown, |y| Holidays::Known { attested: y.attested, note: y.note.as_deref() })
    }

    /// The last working day on or before `date`, and the days off that were passed on the way, latest first.
    pub fn working_day_on_or_before(&self, date: Date) -> (Date, Vec<(Date, DayOff<'_>)>) {
        let mut passed = Vec::new();
        let mut day = date;
        while let Some(off) = self.is_day_off(day) {
            passed.push((day, off));
            match day.yesterday() {
                Ok(before) => day = before,
                Err(_) => break,
            }
        }
        (day, passed)
    }
}

impl DayOff<'static> {
    const fn weekend(name: &'static str) -> Self {
        Self { name, cite: None, attested: Attested::Verified, note: None }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn calendar() -> Calendar {
        Calendar::builtin().expect("the carried table")
    }

    fn name(y: i16, m: i8, d: i8) -> Option<String> {
        calendar().is_day_off(date(y, m, d)).map(|off| off.name.to_owned())
    }

    #[test]
    fn weekends_fixed_days_and_decreed_days_are_off() {
        assert_eq!(name(2023, 10, 21).as_deref(), Some("Thứ Bảy"));
        assert_eq!(name(2024, 4, 30).as_deref(), Some("Ngày Chiến thắng"));
        assert_eq!(name(2023, 9, 4).as_deref(), Some("Quốc khánh (nghỉ bù)"));
        assert_eq!(name(2024, 2, 13).as_deref(), Some("Tết Nguyên đán"));
        assert_eq!(name(2023, 10, 20), None);
    }

    #[test]
    fn every_covered_year_has_tet_and_its_fixed_days() {
        let calendar = calendar();
        for year in 2012..=2035 {
            let tet = calendar.years[&year].days.iter().filter(|d| d.name == "Tết Nguyên đán").count();
            assert!(tet >= 4 && (year < 2020 || tet >= 5), "{year}: {tet} days of Tết");
            for (month, day) in [(1, 1), (4, 30), (5, 1), (9, 2)] {
                assert!(calendar.is_day_off(date(year, month, day)).is_some(), "{day}/{month}/{year}");
            }
        }
    }

    #[test]
    fn a_year_outside_the_table_is_unknown_and_a_later_one_unverified() {
        let calendar = calendar();
        assert_eq!(calendar.holidays_of(2036), Holidays::Unknown);
        assert!(matches!(calendar.holidays_of(2023), Holidays::Known { attested: Attested::Single, .. }));
        assert!(matches!(
            calendar.holidays_of(2028),
            Holidays::Known { attested: Attested::Unverified, note: Some(_) }
        ));
        let culture = calendar.is_day_off(date(2028, 11, 24)).expect("day off");
        assert_eq!((culture.name, culture.attested), ("Ngày Văn hóa Việt Nam", Attested::Unverified));
        assert!(calendar.is_day_off(date(2025, 11, 24)).is_none());
    }

    #[test]
    fn a_broken_table_is_refused() {
        let year = |y: i16, on: &str| {
            format!("[[year]]\nyear = {y}\ncite = 'x'\nattested = 'single'\ndays = [{{ on = '{on}', name = 'x' }}]\n")
        };
        let table = |years: String| Calendar::parse(&format!("fixed = []\n{years}"));
        assert!(matches!(table(year(2024, "2023-01-01")), Err(CalendarError::OutsideYear { year: 2024, .. })));
        assert!(matches!(
            table(year(2024, "2024-01-01") + &year(2024, "2024-01-02")),
            Err(CalendarError::YearTwice(2024))
        ));
        assert!(matches!(table(year(2024, "2024-02-30")), Err(CalendarError::Form(_))));
    }
}
