//! How long somebody waits after wrong passwords: nothing at first, then twice as long each time.

use super::audit::UtcTime;

/// Seconds of the first delay.
const FIRST: u64 = 5;
/// Seconds of the longest delay.
const LONGEST: u64 = 15 * 60;
/// A delay from this many seconds on is an event for the log.
pub const WORTH_LOGGING: u64 = 60;
/// Seconds after which an address without a new failure starts afresh.
const ADDRESS_FOR: i64 = 60 * 60;
/// Seconds by which a failure may be ahead of the clock: several processes have several clocks. One that is further ahead was
/// written by a clock that was wrong, and is over.
pub const AHEAD: i64 = 60;

/// Where wrong passwords and codes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// One account, or one name that is no account's, from one place: an address, a browser, a session.
    Place,
    /// The same from everywhere. It is forgiven more, so that nobody keeps a person out with a few guesses; whoever has many
    /// addresses keeps out all but the browsers that the account knows.
    Everywhere,
    /// One address of the network. A whole council may sit behind it and sign in at the same minute, and a guess counts
    /// from the moment it is made until it was found right; so it is forgiven more.
    Address,
}

impl FailureKind {
    /// Failures in a row that cost no waiting.
    const fn free(self) -> u32 {
        match self {
            Self::Place => 4,
            Self::Everywhere => 40,
            Self::Address => 120,
        }
    }
}

/// Seconds to wait after `failures` failures in a row.
pub fn delay_after(failures: u32, kind: FailureKind) -> u64 {
    let Some(beyond) = failures.checked_sub(kind.free()).filter(|beyond| *beyond > 0) else { return 0 };
    let doubled = 1_u64.checked_shl(beyond - 1).and_then(|factor| FIRST.checked_mul(factor));
    doubled.map_or(LONGEST, |seconds| seconds.min(LONGEST))
}

/// Seconds that are still to wait at `now`.
pub fn remaining(failures: u32, failed_at: UtcTime, kind: FailureKind, now: UtcTime) -> u64 {
    let passed = failed_at.seconds_until(now);
    if is_over(failed_at, kind, now) {
        return 0;
    }
    delay_after(failures, kind).saturating_sub(u64::try_from(passed).unwrap_or(0))
}

/// Whether a count whose last failure was then begins again.
pub fn is_over(failed_at: UtcTime, kind: FailureKind, now: UtcTime) -> bool {
    let passed = failed_at.seconds_until(now);
    passed < -AHEAD || (kind == FailureKind::Address && passed > ADDRESS_FOR)
}

/// `40 giây`, `2 phút`: never less than is left.
pub fn in_words(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds} giây") } else { format!("{} phút", seconds.div_ceil(60)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_are_free_then_it_doubles_to_a_quarter_of_an_hour() {
        let delays: Vec<u64> = (0..15).map(|failures| delay_after(failures, FailureKind::Place)).collect();
        assert_eq!(delays, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(delay_after(u32::MAX, FailureKind::Place), 900);
        assert_eq!((delay_after(40, FailureKind::Everywhere), delay_after(41, FailureKind::Everywhere)), (0, 5));
        assert_eq!((delay_after(120, FailureKind::Address), delay_after(121, FailureKind::Address)), (0, 5));
    }

    #[test]
    fn what_is_left_goes_down_with_time_and_is_told_rounded_up() {
        let at = |text: &str| text.parse::<UtcTime>().expect("time");
        let left = |now| remaining(9, at("2026-12-01T01:00:00Z"), FailureKind::Place, at(now));
        assert_eq!(
            (left("2026-12-01T01:00:00Z"), left("2026-12-01T01:01:19Z"), left("2026-12-01T01:01:20Z")),
            (80, 1, 0)
        );
        assert_eq!(
            (left("2026-12-01T00:59:30Z"), left("2026-12-01T00:58:59Z")),
            (80, 0),
            "a failure from the future is over"
        );
        assert_eq!((in_words(59), in_words(60), in_words(61)), ("59 giây".into(), "1 phút".into(), "2 phút".into()));
    }
}
