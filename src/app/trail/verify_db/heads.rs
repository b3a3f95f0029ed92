//! The signed heads that the course of a poll implies: whoever deletes one, or moves it to another moment, is found.

use super::findings::{Findings, Place};
use super::log::LogRead;
use crate::service::held::is_time_of;
use domain::audit::witness::{Cosignature, WitnessKey};
use domain::audit::{Anchor, Anchors, Checkpoint, Course, Moment, UtcTime, VerifierKey};
use store::logs::{CheckpointRow, DAILY, LogHead, NOTED, ON_DEMAND};
use store::{CouncilTx, StoreError, cosignatures};

/// Holds the heads of a poll's log, of `size` entries up to the last step, against its course.
pub(super) fn check((findings, place): (&mut Findings, &Place), course: &Course, read: &LogRead, size: u64) {
    let came = course.turning_points();
    let reached = Moment::ALL.into_iter().zip(came);
    for (moment, came) in reached {
        let own: Vec<u64> = of(&read.heads, moment).collect();
        let name = moment.label();
        let Some(came) = came else {
            // Minutes that were signed once and reopened leave their head behind.
            if moment != Moment::Minutes && !own.is_empty() {
                findings.add(
                    place,
                    None,
                    format!("bảng checkpoints có điểm chốt khi {name}, mà việc đó chưa có trong nhật ký"),
                );
            }
            continue;
        };
        let (from, to) = match moment {
            Moment::FormsSealed => (came + 1, course.came_at(Moment::VotingOpened).unwrap_or(size)),
            Moment::VotingOpened => (came + 1, course.came_at(Moment::CountingClosed).unwrap_or(size)),
            Moment::CountingClosed => (came + 1, course.came_at(Moment::Minutes).unwrap_or(size)),
            Moment::Minutes => (came + 1, size),
            Moment::Published => (size, size),
        };
        let is_there = own.iter().any(|at| (from..=to).contains(at));
        if !is_there {
            findings.add(place, None, format!("bảng checkpoints thiếu điểm chốt khi {name}, mà nhật ký đã có việc đó"));
        }
        let is_once = !matches!(moment, Moment::Minutes | Moment::Published);
        if is_once && own.len() > 1 {
            findings.add(place, None, format!("bảng checkpoints có {} điểm chốt khi {name}", own.len()));
        }
    }
}

/// Holds the times of the heads against those of the entries around them. Moments are a poll's; a council's log is signed when
/// somebody asks for it.
pub(super) fn times((findings, place): (&mut Findings, &Place), read: &LogRead, is_of_poll: bool) {
    for row in &read.heads {
        let is_own = [DAILY, NOTED].contains(&row.moment.as_str());
        let is_of_moment = if is_of_poll { Moment::from_code(&row.moment).is_some() } else { is_own };
        let is_known = row.moment == ON_DEMAND || is_of_moment;
        if !is_known {
            let cause =
                format!("bảng checkpoints, dòng {}/{}: cột moment không phải của nhật ký này", row.size, row.moment);
            findings.add(place, None, cause);
        }
        let size = u64::try_from(row.size).unwrap_or_default();
        let Some((before, has_waited, after)) = read.times.get(&size) else { continue };
        let signed: Option<UtcTime> = row.signed_at.parse().ok();
        let of_step = Moment::from_code(&row.moment).is_some();
        let fits = signed.is_some_and(|at| match of_step {
            true => is_time_of(at, *before, *has_waited),
            // Two people may have set the time back.
            false => at >= *before && after.is_none_or(|after| at <= after || after < *before),
        });
        if !fits {
            let cause = format!("bảng checkpoints, dòng {size}/{}: cột signed_at khác nhật ký", row.moment);
            findings.add(place, None, cause);
        }
    }
}

/// Where the file beside the key has this log.
pub(super) fn anchor_of<'a>(anchors: Option<&'a Anchors>, head: &LogHead) -> Option<&'a Anchor> {
    anchors?.logs.get(&head.head.origin)
}

/// Holds a log against its anchor: it begins with the entries that were anchored, and has the heads that were signed.
pub(super) fn anchored(
    (findings, place): (&mut Findings, &Place),
    anchor: Option<&Anchor>,
    read: Option<&LogRead>,
    head: &LogHead,
) {
    let Some(Anchor { frontier, heads, newest }) = anchor else { return };
    let size = frontier.size();
    if head.head.size < size {
        let missing = size - head.head.size;
        findings.add(place, None, format!("thiếu {missing} bản ghi so với {size} bản ghi mà tệp điểm neo ghi"));
    }
    let Some(read) = read else { return };
    if head.head.size >= size && size > 0 && read.roots.get(&size) != Some(&frontier.root()) {
        findings.add(place, None, format!("đã bị viết lại: {size} bản ghi đầu không còn mã gốc mà tệp điểm neo ghi"));
    }
    let found = u64::try_from(read.heads.len()).unwrap_or(u64::MAX);
    let has_newest = *newest == 0 || read.heads.iter().any(|row| u64::try_from(row.size) == Ok(*newest));
    if found < *heads || !has_newest {
        findings.add(place, None, format!("bảng checkpoints có {found} điểm chốt, tệp điểm neo ghi {heads}"));
    }
}

/// Holds what witnesses said against the heads of the log.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn cosigned(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    head: &LogHead,
    read: &LogRead,
) -> Result<(), StoreError> {
    let key = VerifierKey::parse(&head.public_key).ok();
    for row in cosignatures::list(tx, head.log).await? {
        let note = read.heads.iter().find(|head| head.size == row.size).map(|head| head.note.as_str());
        let signed = note.zip(key.as_ref()).and_then(|(note, key)| Checkpoint::open(note, key).ok());
        let told = WitnessKey::parse(&row.witness).ok().zip(Cosignature::parse(&row.line).ok());
        let is_time = row.taken_at.parse::<UtcTime>().is_ok();
        let holds = matches!((&signed, &told), (Some(head), Some((key, line)))
            if key.check(line, head).is_ok() && line.to_line() == row.line);
        if !holds || !is_time {
            let cause = format!("bảng cosignatures, dòng {}: chữ ký đồng chứng không phải của điểm chốt này", row.size);
            findings.add(place, None, cause);
        }
    }
    Ok(())
}

fn of(rows: &[CheckpointRow], moment: Moment) -> impl Iterator<Item = u64> {
    let own = rows.iter().filter(move |row| row.moment == moment.code());
    own.filter_map(|row| u64::try_from(row.size).ok())
}
