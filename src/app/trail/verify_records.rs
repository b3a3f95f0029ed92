//! Compares records with the council's log: every version is one whose hash an entry records, and the tables hold the
//! newest version of each.

use std::collections::BTreeMap;

use domain::audit::event::council::RecordsRevised;
use domain::record::digest;
use store::checks::{self, RecordRow};
use store::revisions::{self, RevisionRow};
use store::{CouncilTx, StoreError};

/// Entries whose versions are read at once.
const CHUNK: u64 = 500;

/// What does not hold: the number of the entry, where it is one's, and the cause.
pub(crate) type Wrong = (Option<u64>, String);

/// Checks all records of a council against the entries `told`, by their numbers. Returns the number of records that
/// agree; the inner error is the first that does not.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn check(
    tx: &mut CouncilTx,
    told: &BTreeMap<u64, RecordsRevised>,
) -> Result<Result<usize, Wrong>, StoreError> {
    let before = told.last_key_value().map_or(0, |(seq, _)| seq + 1);
    let mut versions = 0_u64;
    let mut from = 0;
    while from < before {
        let to = (from + CHUNK).min(before);
        let rows = revisions::of_entries(tx, from, to).await?;
        versions += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        for (seq, event) in told.range(from..to) {
            let own: Vec<&RevisionRow> = rows.iter().filter(|row| i64::try_from(*seq) == Ok(row.seq)).collect();
            if let Err(cause) = entry(event, &own) {
                return Ok(Err((Some(*seq), cause)));
            }
        }
        from = to;
    }
    let stored = checks::revisions(tx).await?;
    let said: u64 = told.values().map(|event| event.records).sum();
    if (stored, versions) != (said, said) {
        let cause = format!("bảng revisions có {stored} phiên bản, nhật ký ghi {said}");
        return Ok(Err((None, cause)));
    }
    Ok(newest(&checks::newest_revisions(tx).await?, &checks::records(tx).await?).map_err(|cause| (None, cause)))
}

/// Checks one entry against the versions that it records.
fn entry(event: &RecordsRevised, rows: &[&RevisionRow]) -> Result<(), String> {
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
    Ok(())
}

/// The newest versions and what the tables hold, in one order.
fn newest(newest: &[RecordRow], stored: &[RecordRow]) -> Result<usize, String> {
    fn by_key(rows: &[RecordRow]) -> BTreeMap<(&str, &str), (i64, &str)> {
        rows.iter().map(|r| ((r.subject.as_str(), r.record_id.as_str()), (r.version, r.content.as_str()))).collect()
    }
    let (newest, stored) = (by_key(newest), by_key(stored));
    let names = |(subject, record): &(&str, &str)| format!("bản ghi dữ liệu {subject} {record}");
    for (key, row) in &stored {
        match newest.get(key) {
            None => return Err(format!("{} không có lịch sử trong bảng revisions", names(key))),
            Some(version) if version != row => {
                return Err(format!("{} khác với phiên bản mới nhất trong bảng revisions", names(key)));
            }
            Some(_) => {}
        }
    }
    match newest.keys().find(|key| !stored.contains_key(*key)) {
        Some(key) => Err(format!("{} có lịch sử mà không còn trong bảng của nó", names(key))),
        None => Ok(stored.len()),
    }
}
