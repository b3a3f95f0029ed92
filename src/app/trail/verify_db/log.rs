//! One log, recomputed entry by entry, with its signed heads.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{Findings, Place};
use domain::audit::entry::may_follow;
use domain::audit::merkle::Frontier;
use domain::audit::{Checkpoint, Digest, LogEntry, LogEvent, UtcTime, VerifierKey};
use store::logs::{self, CheckpointRow, EntryRow, LogHead};
use store::{CouncilTx, StoreError};

/// Entries that are read at once.
const CHUNK: u32 = 2_000;

/// What somebody wants to know of a log besides whether it holds.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Sizes whose roots are asked for.
    pub sizes: BTreeSet<u64>,
    /// A root on paper, of whatever size.
    pub paper: Option<Digest>,
}

/// A log that holds in itself.
#[derive(Debug, Default)]
pub(super) struct LogRead {
    /// Its signed heads.
    pub heads: Vec<CheckpointRow>,
    /// Of each signed size: time of the last entry before it, whether it waited for the clock, time of the entry after it.
    pub times: BTreeMap<u64, (UtcTime, bool, Option<UtcTime>)>,
    /// Roots at the sizes that were asked for.
    pub roots: BTreeMap<u64, Digest>,
    /// The size whose root is the one on paper.
    pub on_paper: Option<u64>,
}

/// Takes an entry, and whether its time is that of the entry before.
pub(super) type Accept<'a, E> = &'a mut (dyn FnMut(LogEntry<E>, bool) -> Result<(), String> + Send);

/// Recomputes a log; `None` when it does not hold.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn read<E: LogEvent>(
    tx: &mut CouncilTx,
    (findings, place): (&mut Findings, &Place),
    head: &LogHead,
    wanted: &Wanted,
    accept: Accept<'_, E>,
) -> Result<Option<LogRead>, StoreError> {
    let heads = logs::checkpoints(tx, head.log).await?;
    let signed = match signed(head, &heads) {
        Ok(signed) => signed,
        Err(cause) => {
            findings.add(place, None, cause);
            return Ok(None);
        }
    };
    let strays = logs::strays(tx, head.log).await?;
    if strays > 0 {
        findings.add(place, None, format!("bảng log_entries có {strays} dòng đứng trước bản ghi đầu tiên"));
        return Ok(None);
    }
    let mut read = LogRead { heads, ..LogRead::default() };
    let mut frontier = Frontier::default();
    let mut last: Option<UtcTime> = None;
    loop {
        let rows = logs::rows_from(tx, head.log, frontier.size(), CHUNK).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let seq = frontier.size();
            if let Err(cause) = take(row, (&mut frontier, &mut last), (&signed, wanted), (&mut read, &mut *accept)) {
                findings.add(place, Some(seq), cause);
                return Ok(None);
            }
        }
    }
    let found = (frontier.size(), frontier.root(), last);
    if let Some(cause) = ends(head, found, &signed) {
        findings.add(place, None, cause);
        return Ok(None);
    }
    if tx.check_tag(head).is_err() {
        findings.add(
            place,
            None,
            "bảng logs, cột tag: số bản ghi và mã gốc không do chương trình ghi bằng khóa bí mật",
        );
    }
    Ok(Some(read))
}

/// Takes the next row.
fn take<E: LogEvent>(
    row: &EntryRow,
    (frontier, last): (&mut Frontier, &mut Option<UtcTime>),
    (signed, wanted): (&BTreeMap<u64, Digest>, &Wanted),
    (read, accept): (&mut LogRead, Accept<'_, E>),
) -> Result<(), String> {
    let entry = entry::<E>(row, frontier.size(), *last)?;
    let (at, has_waited) = (entry.at, *last == Some(entry.at));
    if let Some((_, _, next)) = read.times.get_mut(&frontier.size()) {
        *next = Some(at);
    }
    *last = Some(at);
    frontier.push(entry.leaf);
    let size = frontier.size();
    accept(entry, has_waited)?;
    if signed.contains_key(&size) {
        read.times.insert(size, (at, has_waited, None));
    }
    if signed.contains_key(&size) || wanted.sizes.contains(&size) || wanted.paper.is_some() {
        let root = frontier.root();
        if wanted.sizes.contains(&size) {
            read.roots.insert(size, root);
        }
        if wanted.paper == Some(root) {
            read.on_paper = Some(size);
        }
        if let Some(other) = signed.get(&size).filter(|other| **other != root) {
            let (other, root) = (other.grouped(), root.grouped());
            return Err(format!("điểm chốt của {size} bản ghi đầu có mã gốc {other}, tính lại ra {root}"));
        }
    }
    Ok(())
}

/// What is wrong with the end of a log.
fn ends(head: &LogHead, found: (u64, Digest, Option<UtcTime>), signed: &BTreeMap<u64, Digest>) -> Option<String> {
    if found != (head.head.size, head.head.root, head.last_at) {
        return Some(format!(
            "bảng logs ghi {} bản ghi với mã gốc {}, tính lại ra {} bản ghi với mã gốc {}",
            head.head.size,
            head.head.root.grouped(),
            found.0,
            found.1.grouped()
        ));
    }
    let (size, _) = signed.range(found.0 + 1..).next()?;
    Some(format!("có điểm chốt của {size} bản ghi, mà nhật ký chỉ còn {}", found.0))
}

/// Roots of the signed heads by size, each of which the log's key signed.
fn signed(head: &LogHead, rows: &[CheckpointRow]) -> Result<BTreeMap<u64, Digest>, String> {
    let key = VerifierKey::parse(&head.public_key).map_err(|e| e.to_string())?;
    if key.name() != &head.head.origin {
        return Err("khóa công khai mang tên nhật ký khác".to_owned());
    }
    let mut roots = BTreeMap::new();
    for row in rows {
        let wrong = |cause: String| format!("điểm chốt {} ({}): {cause}", row.size, row.moment);
        let opened = Checkpoint::open(&row.note, &key).map_err(|e| wrong(e.to_string()))?;
        if i64::try_from(opened.size) != Ok(row.size) {
            return Err(wrong(format!("văn bản đã ký nói {} bản ghi", opened.size)));
        }
        if roots.insert(opened.size, opened.root).is_some_and(|other| other != opened.root) {
            return Err(wrong("hai điểm chốt cùng số bản ghi mà khác mã gốc".to_owned()));
        }
    }
    Ok(roots)
}

/// The entry of a row, in its place.
fn entry<E: LogEvent>(row: &EntryRow, seq: u64, last: Option<UtcTime>) -> Result<LogEntry<E>, String> {
    let entry = LogEntry::<E>::parse(&row.entry).map_err(|e| e.to_string())?;
    if entry.seq != seq || i64::try_from(seq) != Ok(row.seq) {
        return Err(format!("mang số {} và đứng ở dòng {}, đúng ra phải là {seq}", entry.seq, row.seq));
    }
    if let Some(last) = last.filter(|last| !may_follow(&entry.event, entry.at, Some(*last))) {
        return Err(format!("ghi lúc {}, sớm hơn bản ghi liền trước ({last})", entry.at));
    }
    let copies = (entry.at.as_str(), entry.event.kind(), entry.actor.name.as_str());
    if copies != (row.at.as_str(), row.kind.as_str(), row.actor.as_str()) {
        return Err("các cột at, kind, actor không chép đúng văn bản của bản ghi".to_owned());
    }
    Ok(entry)
}
