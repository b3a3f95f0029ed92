//! A moment of the log: whole seconds, UTC, always 20 letters.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::day::YEARS;
use crate::id::Parsed;

/// `2023-12-13T01:00:00Z`; fixed width, so that texts sort as times do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UtcTime([u8; 20]);

/// A text or a time that has no such form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("thời điểm phải viết dạng 2023-12-13T01:00:00Z (giờ UTC), năm 1900 đến 9998")]
pub struct TimeError;

impl UtcTime {
    /// The moment as letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether `text` is how the moment is written.
    pub(super) fn is(&self, text: &str) -> bool {
        self.0 == text.as_bytes()
    }

    /// Whole seconds from this moment to `later`; negative when that is earlier.
    pub fn seconds_until(self, later: Self) -> i64 {
        // Every value was read as a calendar day and a time of day, so the text always reads.
        let second = |time: Self| time.as_str().parse::<Timestamp>().map_or(0, Timestamp::as_second);
        second(later) - second(self)
    }

    /// The day on which it was in Vietnam.
    pub fn day_in_vietnam(self) -> civil::Date {
        self.zoned_in_vietnam().date()
    }

    fn zoned_in_vietnam(self) -> jiff::Zoned {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(7));
        self.as_str().parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone)
    }

    /// As pages write it, in Vietnam's time: `08:05 ngày 01/12/2026`.
    pub fn in_vietnam(self) -> String {
        let time = self.zoned_in_vietnam();
        format!("{:02}:{:02} ngày {}", time.hour(), time.minute(), crate::text::date_dmy(time.date()))
    }
}

impl TryFrom<Timestamp> for UtcTime {
    type Error = TimeError;

    /// Fractions of a second are dropped; years outside [`YEARS`] have no such form.
    fn try_from(time: Timestamp) -> Result<Self, TimeError> {
        let whole = Timestamp::from_second(time.as_second()).map_err(|_| TimeError)?;
        whole.to_string().parse()
    }
}

impl FromStr for UtcTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let letters: [u8; 20] = text.as_bytes().try_into().map_err(|_| TimeError)?;
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'Z'] = &letters
        else {
            return Err(TimeError);
        };
        let two = |tens: u8, ones: u8| match (tens, ones) {
            (b'0'..=b'9', b'0'..=b'9') => i8::try_from((tens - b'0') * 10 + (ones - b'0')).map_err(|_| TimeError),
            _ => Err(TimeError),
        };
        let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
        civil::Date::new(year, two(m1, m2)?, two(d1, d2)?).map_err(|_| TimeError)?;
        if !YEARS.contains(&year) {
            return Err(TimeError);
        }
        civil::Time::new(two(h1, h2)?, two(i1, i2)?, two(s1, s2)?, 0).map_err(|_| TimeError)?;
        Ok(Self(letters))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(Parsed::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_keeps_whole_seconds_of_utc() {
        let time: Timestamp = "2023-12-13T08:00:00.987+07:00".parse().expect("time");
        assert_eq!(UtcTime::try_from(time).expect("moment").as_str(), "2023-12-13T01:00:00Z");
    }

    #[test]
    fn a_moment_is_told_in_vietnamese_time_and_measured_in_seconds() {
        let time = |text: &str| text.parse::<UtcTime>().expect("moment");
        assert_eq!(time("2026-11-30T18:05:09Z").in_vietnam(), "01:05 ngày 01/12/2026");
        assert_eq!(time("2026-11-30T23:59:30Z").seconds_until(time("2026-12-01T00:00:15Z")), 45);
        assert_eq!(time("2026-12-01T00:00:15Z").seconds_until(time("2026-11-30T23:59:30Z")), -45);
    }

    #[test]
    fn there_is_one_spelling_of_a_moment() {
        for wrong in [
            "2023-12-13T01:00:00.0Z",
            "2023-12-13T01:00:00+00",
            "2023-02-29T01:00:00Z",
            "2023-12-13T24:00:00Z",
            "2023-12-13t01:00:00Z",
            "2023-12-13T01:00:60Z",
            "1899-12-31T23:59:59Z",
            "9999-01-01T00:00:00Z",
            "",
        ] {
            assert_eq!(wrong.parse::<UtcTime>(), Err(TimeError), "{wrong}");
        }
    }
}
