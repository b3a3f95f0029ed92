//! Which of many backups in a folder stay: the newest seven, and of the eight weeks before them the newest of each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::service::error::AppError;
use domain::audit::UtcTime;

/// The newest that stay, whatever their age.
const NEWEST: usize = 7;
/// Weeks back from the newest of which one stays each.
const WEEKS: i64 = 8;
/// Seconds.
const WEEK: i64 = 7 * 24 * 60 * 60;

/// Removes what need not stay; gives how many those were. The newest always stays, and so do attached files.
///
/// # Errors
/// When the folder cannot be read or changed.
pub(super) fn thin(folder: &Path) -> Result<usize, AppError> {
    let failed = |e| AppError::file(folder, e);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some(at) = path.file_name().and_then(|name| moment_of(&name.to_string_lossy())) {
            found.push((at, path));
        }
    }
    let stay = staying(&found.iter().map(|(at, _)| *at).collect());
    let spare: Vec<_> = found.into_iter().filter(|(at, _)| !stay.contains(at)).collect();
    for (_, path) in &spare {
        fs::remove_file(path).map_err(|e| AppError::file(path, e))?;
    }
    Ok(spare.len())
}

/// The moment in the name of a backup; `None` for any other file.
fn moment_of(name: &str) -> Option<UtcTime> {
    let digits = name.strip_prefix("tinnhiem-")?.strip_suffix("Z.age")?;
    let (day, time) = digits.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let day = format!("{}-{}-{}", part(day, 0, 4)?, part(day, 4, 6)?, part(day, 6, 8)?);
    let time = format!("{}:{}:{}", part(time, 0, 2)?, part(time, 2, 4)?, part(time, 4, 6)?);
    format!("{day}T{time}Z").parse().ok()
}

/// Those that stay.
fn staying(moments: &BTreeSet<UtcTime>) -> BTreeSet<UtcTime> {
    let Some(newest) = moments.last() else { return BTreeSet::new() };
    let mut stay: BTreeSet<UtcTime> = moments.iter().rev().take(NEWEST).copied().collect();
    let mut weeks = BTreeSet::new();
    for at in moments.iter().rev() {
        let week = at.seconds_until(*newest) / WEEK;
        if week <= WEEKS && weeks.insert(week) {
            stay.insert(*at);
        }
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(numbers: impl IntoIterator<Item = i64>) -> BTreeSet<UtcTime> {
        let first: jiff::Timestamp = "2026-01-01T01:00:00Z".parse().expect("time");
        let at = |day: i64| UtcTime::try_from(first + jiff::SignedDuration::from_hours(24 * day)).expect("time");
        numbers.into_iter().map(at).collect()
    }

    #[test]
    fn a_year_of_days_leaves_seven_and_one_a_week_for_eight_weeks() {
        let stay = staying(&days(0..365));
        assert_eq!(stay, days([364, 363, 362, 361, 360, 359, 358, 357, 350, 343, 336, 329, 322, 315, 308]));
        assert_eq!(staying(&stay), stay, "once more changes nothing");
    }

    #[test]
    fn the_only_backup_and_seven_old_ones_stay() {
        assert_eq!(staying(&days([3])), days([3]));
        let old = days([0, 40, 80, 120, 160, 200, 240]);
        assert_eq!(staying(&old), old);
    }

    #[test]
    fn other_files_have_no_moment() {
        assert_eq!(
            moment_of("tinnhiem-20261201T010203Z.age").map(|at| at.to_string()),
            Some("2026-12-01T01:02:03Z".into())
        );
        for other in
            ["tinnhiem-20261201.age", "tinnhiem.age", "tinnhiem-2026120éT010203Z.age", ".tinnhiem-20261201T010203Z.age"]
        {
            assert_eq!(moment_of(other), None, "{other}");
        }
    }
}
