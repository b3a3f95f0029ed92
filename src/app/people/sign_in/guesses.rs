//! Wrong guesses as the memory of the process counts them: per account or name and place, and per address. Their number is
//! bounded; a process that starts anew has forgotten them, but not what accounts count of their own.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::audit::{Digest, UtcTime};
use domain::sign_in_delay::{self, FailureKind};

/// Counts that are remembered; beyond them the one that has not changed for the longest time is forgotten.
const REMEMBERED: usize = 20_000;

/// Seconds within which a failure gets into the row of its account, at the latest.
const WRITTEN_WITHIN: i64 = 10;

/// What a guess is counted for: whose it is, where it comes from, or both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    pub who: Option<Digest>,
    pub place: Option<Digest>,
    pub kind: FailureKind,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    count: u32,
    failed_at: UtcTime,
}

/// What the row of an account counts of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// Failures.
    pub count: u32,
    /// Seconds for which they delay the guess.
    pub wait: u64,
}

/// A counter that a guess went into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub counter: Counter,
    /// With this guess.
    pub count: u32,
    /// Time of the one before.
    before: Option<UtcTime>,
}

type Key = (Option<Digest>, Option<Digest>);

/// All counts.
#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<BTreeMap<Key, Count>>);

impl Guesses {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a guess in all of `counters`, unless a delay runs in one of them. `own` is what the row of the account says; names
    /// that nobody has have none. A row that counts nothing was cleared, by whatever process: the counts of that account are
    /// over then.
    ///
    /// # Errors
    /// Seconds that are left.
    pub(super) fn enter(&self, counters: &[Counter], own: Option<Own>, now: UtcTime) -> Result<Vec<Told>, u64> {
        let mut counts = self.lock();
        let standing = |counts: &BTreeMap<Key, Count>, counter: &Counter| {
            let count = counts.get(&(counter.who, counter.place)).copied();
            let is_cleared = counter.who.is_some() && own.is_some_and(|own| own.count == 0);
            count.filter(|count| {
                let is_written = count.failed_at.seconds_until(now) > WRITTEN_WITHIN;
                let is_over = sign_in_delay::is_over(count.failed_at, counter.kind, now);
                !(is_over || is_cleared && is_written)
            })
        };
        let delays = counters.iter().filter_map(|counter| {
            let count = standing(&counts, counter)?;
            Some(sign_in_delay::remaining(count.count, count.failed_at, counter.kind, now))
        });
        let wait = delays.fold(own.map_or(0, |own| own.wait), u64::max);
        if wait > 0 {
            return Err(wait);
        }
        let mut told = Vec::new();
        for counter in counters {
            let before = standing(&counts, counter);
            let count = before.map_or(0, |before| before.count).saturating_add(1);
            counts.insert((counter.who, counter.place), Count { count, failed_at: now });
            told.push(Told { counter: *counter, count, before: before.map(|before| before.failed_at) });
        }
        while counts.len() > REMEMBERED {
            let oldest = counts.iter().min_by_key(|(_, count)| count.failed_at).map(|(key, _)| *key);
            let Some(oldest) = oldest else { break };
            counts.remove(&oldest);
        }
        Ok(told)
    }

    /// Takes a guess back that was right. Others may be counted by now, and have not been looked at.
    pub(super) fn take_back(&self, told: &[Told]) {
        let mut counts = self.lock();
        for Told { counter, before, .. } in told {
            let key = (counter.who, counter.place);
            let Some(count) = counts.get_mut(&key) else { continue };
            count.count = count.count.saturating_sub(1);
            if let Some(before) = before {
                count.failed_at = *before;
            }
            if count.count == 0 {
                counts.remove(&key);
            }
        }
    }

    /// Forgets what was counted for whoever has signed in, at the place where they did.
    pub(super) fn forget_place(&self, told: &[Told]) {
        let mut counts = self.lock();
        for Told { counter, .. } in told.iter().filter(|told| told.counter.who.is_some()) {
            counts.remove(&(counter.who, counter.place));
        }
    }

    /// Forgets all counts of an account.
    pub(super) fn forget(&self, who: Digest) {
        self.lock().retain(|(of, _), _| *of != Some(who));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u32) -> UtcTime {
        format!("2026-12-01T01:{:02}:{:02}Z", second / 60, second % 60).parse().expect("time")
    }

    fn of(who: &str, place: &str) -> Counter {
        Counter {
            who: Some(Digest::of(who.as_bytes())),
            place: Some(Digest::of(place.as_bytes())),
            kind: FailureKind::Place,
        }
    }

    fn own(count: u32) -> Option<Own> {
        Some(Own { count, wait: 0 })
    }

    #[test]
    fn what_others_do_elsewhere_delays_nobody_here() {
        let guesses = Guesses::default();
        for count in 0..5 {
            guesses.enter(&[of("an", "there")], own(count), at(0)).expect("counted");
        }
        assert_eq!(guesses.enter(&[of("an", "there")], own(5), at(1)).expect_err("a delay"), 4);
        assert!(guesses.enter(&[of("an", "here")], own(5), at(1)).is_ok());
        let waits = Some(Own { count: 41, wait: 7 });
        assert_eq!(guesses.enter(&[of("an", "elsewhere")], waits, at(1)).expect_err("its own delay"), 7);
        guesses.forget(Digest::of("an".as_bytes()));
        assert!(guesses.lock().is_empty());
    }

    #[test]
    fn a_row_that_was_cleared_ends_the_counts_of_its_account_and_one_that_is_not_written_yet_does_not() {
        let guesses = Guesses::default();
        for _ in 0..9 {
            // Many at once: none of them is in the row yet.
            drop(guesses.enter(&[of("an", "there")], own(0), at(0)));
        }
        assert!(guesses.enter(&[of("an", "there")], own(0), at(1)).is_err());
        for _ in 0..9 {
            drop(guesses.enter(&[of("an", "there")], own(5), at(10)));
        }
        assert!(
            guesses.enter(&[of("an", "there")], own(0), at(21)).is_ok(),
            "somebody cleared it, in whatever process"
        );
        for second in 0..6 {
            drop(guesses.enter(&[of("nobody", "there")], None, at(second)));
        }
        assert!(
            guesses.enter(&[of("nobody", "there")], None, at(7)).is_err(),
            "a name has no row that could be cleared"
        );
    }

    #[test]
    fn a_right_guess_leaves_no_count_and_their_number_is_bounded() {
        let guesses = Guesses::default();
        let told = guesses.enter(&[of("an", "here")], own(0), at(0)).expect("counted");
        guesses.take_back(&told);
        assert!(guesses.lock().is_empty());
        for number in 0..REMEMBERED + 5 {
            let second = u32::from(number > 0);
            guesses.enter(&[of("an", &number.to_string())], own(0), at(second)).expect("counted");
        }
        assert_eq!(guesses.lock().len(), REMEMBERED);
        let first = of("an", "0");
        assert!(!guesses.lock().contains_key(&(first.who, first.place)), "the oldest is forgotten");
    }
}
