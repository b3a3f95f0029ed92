//! The one place that asks the outside world for the date, the time of day and for chance.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::service::error::AppError;
use domain::audit::UtcTime;
use domain::simulate::SeededStream;
use domain::text::date_dmy;
pub use store::clock::Stopwatch;

/// Vietnam has one zone and no summer time: +07:00.
pub(crate) const VIETNAM: Offset = Offset::constant(7);

/// Today in Vietnam.
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::fixed(VIETNAM)).date()
}

/// The moment by the machine's clock, as rows and entries write it.
///
/// # Errors
/// When the clock is in no year that can be written.
pub fn now_text() -> Result<UtcTime, AppError> {
    UtcTime::try_from(Timestamp::now()).map_err(|e| AppError::internal("đọc đồng hồ", e))
}

/// A moment as pages and papers write it: `08:00 ngày 01/12/2026`, in Vietnam.
pub fn in_vietnam(at: UtcTime) -> String {
    let Ok(moment) = at.as_str().parse::<Timestamp>() else { return at.to_string() };
    let local = moment.to_zoned(TimeZone::fixed(VIETNAM));
    format!("{:02}:{:02} ngày {}", local.hour(), local.minute(), date_dmy(local.date()))
}

/// The day of a moment in Vietnam.
pub fn day_in_vietnam(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(VIETNAM)).date()
}

/// Time that passed and that no setting of the clock changes. Linux counts the sleep of a machine on.
pub(crate) fn steady() -> store::Steady {
    let start = Stopwatch::start();
    Arc::new(move || uptime().unwrap_or_else(|| start.elapsed()))
}

fn uptime() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/uptime").ok()?;
    Some(Duration::from_secs(told.split('.').next()?.parse().ok()?))
}

/// What a service asks for the time. A clone is the same clock.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// A clock for tests, which stands still until it is moved.
    Still(Arc<Mutex<Timestamp>>),
    /// One that moves a step with each reading.
    Rehearsal(Arc<Mutex<RehearsalClock>>),
}

impl Clock {
    /// Stands at `start`.
    pub fn still(start: Timestamp) -> Self {
        Self::Still(Arc::new(Mutex::new(start)))
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Still(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
            Self::Rehearsal(clock) => clock.lock().unwrap_or_else(PoisonError::into_inner).tick(),
        }
    }

    /// Moves a clock that stands still; any other goes its own way.
    pub fn advance(&self, by: SignedDuration) {
        if let Self::Still(at) = self {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            *at = at.checked_add(by).unwrap_or(*at);
        }
    }
}

/// Where ids, tokens, salts and keys come from. A clone draws from the same source.
#[derive(Clone)]
pub enum Chance {
    /// The operating system.
    System,
    /// A seed that everybody may know: of rehearsals, never of a service.
    Seeded(Arc<Mutex<SeededStream>>),
}

impl Chance {
    /// Drawn from `stream`.
    pub fn seeded(stream: SeededStream) -> Self {
        Self::Seeded(Arc::new(Mutex::new(stream)))
    }

    /// 32 bytes that nobody can guess.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn block(&self) -> Result<[u8; 32], AppError> {
        match self {
            Self::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|e| AppError::internal("lấy số ngẫu nhiên", e))?;
                Ok(bytes)
            }
            Self::Seeded(stream) => Ok(stream.lock().unwrap_or_else(PoisonError::into_inner).block()),
        }
    }

    /// 10 bytes, for an id.
    ///
    /// # Errors
    /// As [`Self::block`].
    pub fn for_id(&self) -> Result<[u8; 10], AppError> {
        let [a, b, c, d, e, f, g, h, i, j, ..] = self.block()?;
        Ok([a, b, c, d, e, f, g, h, i, j])
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
    fn a_moment_is_told_in_vietnams_time() {
        let at = "2026-11-30T18:05:00Z".parse().expect("moment");
        assert_eq!(in_vietnam(at), "01:05 ngày 01/12/2026");
    }

    #[test]
    fn a_rehearsal_starts_on_the_vote_day_in_vietnam_and_moves_on() {
        let mut clock = RehearsalClock::on(jiff::civil::date(2023, 12, 7));
        assert_eq!(clock.tick().to_string(), "2023-12-07T00:30:00Z");
        assert_eq!(clock.tick().to_string(), "2023-12-07T00:30:30Z");
    }
}
