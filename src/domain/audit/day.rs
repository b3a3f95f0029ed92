//! A calendar day as signed texts write it: `2023-12-13`, in one spelling, of the years with which every verifier can reckon.

use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::id::Parsed;

/// Years that a day or a moment in a bundle may have. Years of four digits have room at both ends: seven hours more or less
/// never lead out of what calendars of other languages know.
pub const YEARS: RangeInclusive<i16> = 1900..=9998;

/// A text that is no such day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ngày phải có thật và viết dạng 2023-12-13, năm 1900 đến 9998")]
pub struct DayError;

/// A day that was read strictly.
struct Day(Date);

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let date: Date = text.parse().map_err(|_| DayError)?;
        // The library also reads `20231213` and drops a time of day.
        if YEARS.contains(&date.year()) && date.to_string() == text { Ok(Self(date)) } else { Err(DayError) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(Parsed::default())
    }
}

/// Reads a day, for serde.
///
/// # Errors
/// On every other spelling, and on a year outside [`YEARS`].
pub fn read<'de, D: Deserializer<'de>>(input: D) -> Result<Date, D::Error> {
    Day::deserialize(input).map(|day| day.0)
}

/// Reads a day that may be absent, for serde.
///
/// # Errors
/// As [`read`].
pub fn read_some<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Date>, D::Error> {
    Option::<Day>::deserialize(input).map(|day| day.map(|day| day.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_spelling_of_a_day_and_both_ends_of_the_years_are_days() {
        let read = |text: &str| text.parse::<Day>().map(|day| day.0.to_string());
        for right in ["1900-01-01", "2024-02-29", "9998-12-31"] {
            assert_eq!(read(right).as_deref(), Ok(right));
        }
        for wrong in [
            "1899-12-31",
            "9999-01-01",
            "0000-02-29",
            "1900-02-29",
            "20231213",
            "+002023-12-13",
            "2023-12-13T00:00:00",
            "2023-12-13 00:00",
            "2023-12-13[u-ca=iso8601]",
            "2023-12-13 ",
            "2023-1-1",
            "",
        ] {
            assert_eq!(read(wrong), Err(DayError), "{wrong}");
        }
    }
}
