//! Compares the versions of records with the council's log: each is one whose hash, time and hand an entry records.

use std::collections::BTreeMap;

use crate::service::held::is_time_of;
use domain::audit::event::council::RecordsRevised;
use domain::audit::{Actor, UtcTime};
use domain::record::digest;
use store::checks;
use store::revisions::{self, RevisionRow};
use store::{CouncilTx, StoreError};

/// Entries whose versions are read at once.
const CHUNK: u64 = 500;

/// What an entry says of versions of records.
#[derive(Debug)]
pub(crate) struct ToldRevision {
    pub event: RecordsRevised,
    pub actor: Actor,
    pub at: UtcTime,
    /// It has the time of the entry before.
    pub has_waited: bool,
}

/// What does not hold: the number of the entry, where it is one's, and the cause.
pub(crate) type Wrong = (Option<u64>, String);

/// Checks all records of a council against the entries `told`, by their numbers. Returns the number of versions that
/// agree; the inner error is the first that does not.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn check(
    tx: &mut CouncilTx,
    told: &BTreeMap<u64, ToldRevision>,
) -> Result<Result<u64, Wrong>, StoreError> {
    let before = told.last_key_value().map_or(0, |(seq, _)| seq + 1);
    let mut versions = 0_u64;
    let mut from = 0;
    while from < before {
        let to = (from + CHUNK).min(before);
        let rows = revisions::of_entries(tx, from, to).await?;
        versions += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        for (seq, told) in told.range(from..to) {
            let own: Vec<&RevisionRow> = rows.iter().filter(|row| i64::try_from(*seq) == Ok(row.seq)).collect();
            if let Err(cause) = entry(told, &own) {
                return Ok(Err((Some(*seq), cause)));
            }
        }
        from = to;
    }
    let stored = checks::revisions(tx).await?;
    let said: u64 = told.values().map(|told| told.event.records).sum();
    if (stored, versions) != (said, said) {
        let cause = format!("bảng revisions có {stored} phiên bản, nhật ký ghi {said}");
        return Ok(Err((None, cause)));
    }
    Ok(Ok(versions))
}

/// Checks one entry against the versions that it records.
fn entry(told: &ToldRevision, rows: &[&RevisionRow]) -> Result<(), String> {
    let event = &told.event;
    if u64::try_from(rows.len()) != Ok(event.records) {
        return Err(format!("ghi {} bản ghi dữ liệu, bảng revisions có {}", event.records, rows.len()));
    }
    let codes = (event.subject.code(), event.action.code());
    if let Some(other) = rows.iter().find(|row| (row.subject.as_str(), row.action.as_str()) != codes) {
        return Err(format!("bản ghi dữ liệu {} trong bảng revisions là loại khác", other.record_id));
    }
    let versions =
        rows.iter().map(|row| (row.record_id.as_str(), u64::try_from(row.version).unwrap_or(0), row.content.as_str()));
    if digest(versions) != event.sha256 {
        return Err("nội dung trong bảng revisions không khớp mã băm của bản ghi nhật ký này".to_owned());
    }
    let account = told.actor.account.map(|id| id.to_string());
    let column = rows.iter().find_map(|row| {
        let is_time = row.at.parse().is_ok_and(|at| is_time_of(at, told.at, told.has_waited));
        let as_told =
            [(is_time, "at"), (row.account_id == account, "account_id"), (row.by_name == told.actor.name, "by_name")];
        as_told.into_iter().find(|(holds, _)| !holds).map(|(_, column)| (row, column))
    });
    match column {
        Some((row, column)) => Err(format!(
            "bảng revisions, dòng {}/{}/{}: cột {column} khác bản ghi nhật ký này",
            row.subject, row.record_id, row.version
        )),
        None => Ok(()),
    }
}
