//! Phiên làm việc: how long a sign-in lasts, and its device in plain words.
//!
//! The limits are those of NIST SP 800-63B for its second level. An account may have any number of sessions at once: an office
//! works at several desks, and a limit would let whoever has the password sign its owner out. Its owner sees each with its
//! device and ends one or all; a new password ends all others.

use super::account::Roles;
use super::audit::UtcTime;
use super::role::Role;

/// How long a sign-in lasts, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Seconds since its last use.
    pub idle: i64,
    /// Seconds since it began.
    pub absolute: i64,
}

const HOUR: i64 = 60 * 60;

/// The longest that any session lasts: what is older may be swept without asking whose it is.
pub const LONGEST: i64 = 12 * HOUR;

/// Limits of a person who works with the pages.
const PERSON: Limits = Limits { idle: HOUR / 2, absolute: LONGEST };
/// Limits of a projector, which nobody touches during a sitting.
const SCREEN: Limits = Limits { idle: LONGEST, absolute: LONGEST };

/// `seen_at` is written at most this often, so that reading pages stays reading.
const TOUCH_EVERY: i64 = 60;

/// What a session is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Live {
        /// Whether the time of last use has to be stored.
        touch: bool,
    },
    /// The session no longer signs anybody in.
    Expired,
}

/// Limits of somebody with these roles: those of a screen only for who is nothing but that.
pub fn limits(roles: &Roles) -> Limits {
    if roles.iter().all(|role| role == Role::Observer) { SCREEN } else { PERSON }
}

/// What a session is at `now`.
pub fn standing(limits: Limits, started_at: UtcTime, seen_at: UtcTime, now: UtcTime) -> Standing {
    let unused = seen_at.seconds_until(now);
    if unused >= limits.idle || started_at.seconds_until(now) >= limits.absolute {
        Standing::Expired
    } else {
        Standing::Live { touch: unused >= TOUCH_EVERY }
    }
}

/// What a browser calls itself by, and what people call it. The first that fits counts: most pretend to be others too.
const BROWSERS: &[(&str, &str)] = &[
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "máy Mac"),
    ("Linux", "Linux"),
];

/// `Chrome trên Windows`, from what a browser says of itself.
pub fn device_words(agent: &str) -> String {
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(BROWSERS), named(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} trên {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "Thiết bị không rõ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CouncilId;

    fn at(text: &str) -> UtcTime {
        text.parse().expect("time")
    }

    fn roles(roles: &[Role]) -> Roles {
        let council = CouncilId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]);
        Roles::new(council, roles.iter().copied()).expect("roles")
    }

    #[test]
    fn a_session_ends_unused_after_half_an_hour_and_in_any_case_after_twelve() {
        let of = |seen, now| standing(limits(&roles(&[Role::Clerk])), at("2026-12-01T01:00:00Z"), at(seen), at(now));
        let live = |touch| Standing::Live { touch };
        assert_eq!(of("2026-12-01T01:00:00Z", "2026-12-01T01:00:59Z"), live(false));
        assert_eq!(of("2026-12-01T01:00:00Z", "2026-12-01T01:01:00Z"), live(true));
        assert_eq!(of("2026-12-01T01:00:00Z", "2026-12-01T01:29:59Z"), live(true));
        assert_eq!(of("2026-12-01T01:00:00Z", "2026-12-01T01:30:00Z"), Standing::Expired);
        assert_eq!(of("2026-12-01T12:59:00Z", "2026-12-01T12:59:59Z"), live(false));
        assert_eq!(of("2026-12-01T12:59:00Z", "2026-12-01T13:00:00Z"), Standing::Expired);
    }

    #[test]
    fn only_a_mere_screen_may_stand_unused() {
        assert_eq!(limits(&roles(&[Role::Observer])), SCREEN);
        assert_eq!(limits(&roles(&[Role::Observer, Role::Admin])), PERSON);
    }

    #[test]
    fn a_device_is_told_in_words_that_its_owner_knows() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0";
        assert_eq!(device_words(edge), "Edge trên Windows");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1";
        assert_eq!(device_words(phone), "Safari trên iPhone");
        assert_eq!(device_words(""), "Thiết bị không rõ");
    }
}
