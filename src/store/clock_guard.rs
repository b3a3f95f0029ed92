//! What stands against a time that is about to be written into a log: a clock that runs behind the log, or that jumped far
//! ahead. An entry with such a time would make the log's order or the hours on papers wrong for good.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::error::StoreError;
use domain::audit::UtcTime;

/// How far a clock may be behind the last entry of a log. Machines that share a database and are not set from the network
/// differ by minutes; an entry of one that is a little behind gets the time of the entry before it. More than this would
/// show in minutes, which tell hours and minutes.
pub const MOST_BEHIND: Duration = Duration::from_secs(10 * 60);
/// How far a clock may run ahead of the time that passed while the program ran, and of the last entry: a wrong zone is half
/// of this at most, and a clock that is set right from the network moves by less.
pub const MOST_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a database may have lain still before a program starts on it. A council sits twice a year at least; whoever
/// comes back later than this says that the clock is right.
pub const LONGEST_REST: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Time that passed since some moment, and that no setting of a clock changes; a machine that sleeps counts it on.
pub type Steady = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What a running program knows of the time. Without [`Self::watch`] it accepts any time that is not behind the log.
#[derive(Default)]
pub(super) struct ClockGuard(Mutex<Option<Watch>>);

struct Watch {
    steady: Steady,
    /// The first time that was written, and when that was.
    anchor: Option<(UtcTime, Duration)>,
}

impl fmt::Debug for ClockGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockGuard")
    }
}

/// Seconds as differences of [`UtcTime`] are.
fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

impl ClockGuard {
    pub(super) fn watch(&self, steady: Steady) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Watch { steady, anchor: None });
    }

    /// Whether nothing was written yet by a program that watches its clock: then the newest entry of all logs matters.
    pub(super) fn is_new(&self) -> bool {
        let watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watch.as_ref().is_some_and(|watch| watch.anchor.is_none())
    }

    /// Refuses `now` after an entry at `last`; `newest` is the time of the newest entry of all logs, where
    /// [`Self::is_new`] asks for it.
    pub(super) fn check(&self, now: UtcTime, last: Option<UtcTime>, newest: Option<UtcTime>) -> Result<(), StoreError> {
        let Some(last) = last.max(newest) else { return Ok(()) };
        if now.seconds_until(last) > seconds(MOST_BEHIND) {
            return Err(StoreError::ClockBehind { now, last });
        }
        let watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(watch) = watch.as_ref() else { return Ok(()) };
        let since_last = last.seconds_until(now);
        let is_ahead = match watch.anchor {
            None => since_last > seconds(LONGEST_REST),
            Some((first, then)) => {
                let passed = seconds((watch.steady)().saturating_sub(then));
                let most = seconds(MOST_AHEAD);
                since_last > most && first.seconds_until(now) > passed.saturating_add(most)
            }
        };
        if is_ahead { Err(StoreError::ClockAhead { now, last }) } else { Ok(()) }
    }

    /// `now` is written.
    pub(super) fn written(&self, now: UtcTime) {
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = watch.as_mut().filter(|watch| watch.anchor.is_none()) {
            watch.anchor = Some((now, (watch.steady)()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().expect("time")
    }

    #[test]
    fn a_clock_may_be_ten_minutes_behind_its_log_and_no_more() {
        let guard = ClockGuard::default();
        let last = Some(at("2026-12-01T01:10:00Z"));
        assert!(guard.check(at("2026-12-01T01:00:00Z"), last, None).is_ok());
        let refused = guard.check(at("2026-12-01T00:59:59Z"), last, None);
        assert!(matches!(refused, Err(StoreError::ClockBehind { .. })), "{refused:?}");
        assert!(guard.check(at("1999-01-01T00:00:00Z"), None, None).is_ok(), "an empty log has no time yet");
    }

    #[test]
    fn a_clock_that_jumps_while_the_program_runs_is_refused_and_one_that_walks_is_not() {
        static PASSED: AtomicU64 = AtomicU64::new(5);
        let guard = ClockGuard::default();
        guard.watch(Arc::new(|| Duration::from_secs(PASSED.load(Ordering::Relaxed))));
        let last = Some(at("2026-12-01T01:00:00Z"));
        assert!(guard.is_new());
        assert!(guard.check(at("2026-12-20T01:00:00Z"), last, None).is_ok(), "it was switched off meanwhile");
        guard.written(at("2026-12-20T01:00:00Z"));
        let last = Some(at("2026-12-20T01:00:00Z"));
        assert!(!guard.is_new());
        assert!(guard.check(at("2026-12-21T01:00:00Z"), last, None).is_ok());
        let refused = guard.check(at("2026-12-21T01:00:01Z"), last, None);
        assert!(matches!(refused, Err(StoreError::ClockAhead { .. })), "{refused:?}");
        // Nobody wrote for three weeks; the machine ran or slept.
        PASSED.store(5 + 21 * 24 * 60 * 60, Ordering::Relaxed);
        assert!(guard.check(at("2027-01-10T01:00:00Z"), last, None).is_ok());
        // A log in which two people said that the clock is right goes on by it.
        assert!(guard.check(at("2036-01-10T01:00:00Z"), Some(at("2036-01-09T23:00:00Z")), None).is_ok());
    }

    #[test]
    fn a_program_that_starts_years_after_the_newest_entry_asks() {
        let guard = ClockGuard::default();
        guard.watch(Arc::new(|| Duration::ZERO));
        let newest = Some(at("2026-12-01T01:00:00Z"));
        assert!(guard.check(at("2027-12-20T01:00:00Z"), Some(at("2021-01-01T00:00:00Z")), newest).is_ok());
        let refused = guard.check(at("2036-12-01T01:00:00Z"), None, newest);
        assert!(matches!(refused, Err(StoreError::ClockAhead { .. })), "{refused:?}");
    }
}
