//! The one place that asks the outside world for the time.

use std::time::Instant;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Vietnam has one zone and no summer time: +07:00.
const VIETNAM: Offset = Offset::constant(7);

/// Today in Vietnam.
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::fixed(VIETNAM)).date()
}

/// A stop-watch for progress messages; nothing that is written depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start.
    pub fn elapsed_ms(self) -> u128 {
        self.0.elapsed().as_millis()
    }
}

/// The clock of a rehearsal: every reading is the same on every run, so that the log and the papers are too.
#[derive(Clone, Copy, Debug)]
pub struct RehearsalClock(Timestamp);

impl RehearsalClock {
    /// Seconds from one reading to the next.
    const STEP: SignedDuration = SignedDuration::from_secs(30);

    /// Starts at half past seven in the morning of `day`, Vietnam time.
    pub fn on(day: Date) -> Self {
        let start = day.to_datetime(Time::constant(7, 30, 0, 0));
        Self(VIETNAM.to_timestamp(start).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The next reading.
    pub fn tick(&mut self) -> Timestamp {
        let now = self.0;
        self.0 = now.checked_add(Self::STEP).unwrap_or(now);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_starts_on_the_vote_day_in_vietnam_and_moves_on() {
        let mut clock = RehearsalClock::on(jiff::civil::date(2023, 12, 7));
        assert_eq!(clock.tick().to_string(), "2023-12-07T00:30:00Z");
        assert_eq!(clock.tick().to_string(), "2023-12-07T00:30:30Z");
    }
}
