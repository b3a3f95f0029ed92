//! Logs: entries that are only ever added, and their signed heads.

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, rows};
use crate::domain::audit::entry::{MAX_ENTRY_BYTES, entry_text};
use crate::domain::audit::merkle::{Frontier, leaf_hash};
use crate::domain::audit::{Actor, Checkpoint, Digest, KeyName, LogEvent, UtcTime};
use crate::domain::id::{LogId, PollId};

/// A log that a transaction appends to.
#[derive(Clone, Debug)]
pub(super) struct OpenLog {
    frontier: Frontier,
    last: Option<UtcTime>,
    /// Numbered from `frontier.size() - pending.len()`.
    pending: Vec<String>,
}

/// What is known of a log without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Its id.
    pub log: LogId,
    /// The poll whose log it is; `None` for the council's own.
    pub poll: Option<PollId>,
    /// Text of the public key that signs its checkpoints.
    pub public_key: String,
    /// Its head as it stands.
    pub head: Checkpoint,
}

type HeadRow = (String, Option<String>, String, String, i64, Vec<u8>);

fn frontier(size: i64, peaks: &[u8]) -> Result<Frontier, StoreError> {
    let size = u64::try_from(size).map_err(StoreError::corrupt)?;
    let (whole, rest) = peaks.as_chunks::<32>();
    let digests = whole.iter().map(|bytes| Digest::from_bytes(*bytes)).collect();
    let frontier = Frontier::restore(size, digests).filter(|_| rest.is_empty());
    frontier.ok_or_else(|| StoreError::corrupt("logs.peaks"))
}

fn head((log, poll, origin, public_key, size, peaks): HeadRow) -> Result<LogHead, StoreError> {
    let frontier = frontier(size, &peaks)?;
    let origin = KeyName::new(origin).map_err(StoreError::corrupt)?;
    Ok(LogHead {
        log: log.parse().map_err(StoreError::corrupt)?,
        poll: poll.map(|poll| poll.parse()).transpose().map_err(StoreError::corrupt)?,
        public_key,
        head: Checkpoint { origin, size: frontier.size(), root: frontier.root() },
    })
}

/// Begins a log without entries.
///
/// # Errors
/// When the origin is another log's already.
pub async fn begin(
    tx: &mut CouncilTx,
    log: LogId,
    poll: Option<PollId>,
    origin: &KeyName,
    public_key: String,
) -> Result<(), StoreError> {
    let begun = execute!(
        tx,
        "INSERT INTO logs (council_id, log_id, poll_id, origin, public_key, size, peaks, last_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, NULL)",
        log.to_string(),
        poll.map(|poll| poll.to_string()),
        origin.as_str().to_owned(),
        public_key.clone(),
        Vec::<u8>::new(),
    );
    begun.map(drop)
}

/// All logs of the council, its own first.
///
/// # Errors
/// When a row cannot be read.
pub async fn heads(tx: &mut CouncilTx) -> Result<Vec<LogHead>, StoreError> {
    tx.flush_logs().await?;
    let found = rows!(
        tx,
        HeadRow,
        "SELECT log_id, poll_id, origin, public_key, size, peaks FROM logs WHERE council_id = $1 \
         ORDER BY poll_id IS NOT NULL, log_id"
    )?;
    found.into_iter().map(head).collect()
}

/// The council's own log.
///
/// # Errors
/// When the council has none, which only a half-made database has.
pub async fn own(tx: &mut CouncilTx) -> Result<LogId, StoreError> {
    let found = row!(tx, (String,), "SELECT log_id FROM logs WHERE council_id = $1 AND poll_id IS NULL")?;
    let (log,) = found.ok_or_else(|| StoreError::corrupt("logs: thiếu nhật ký của hội đồng"))?;
    log.parse().map_err(StoreError::corrupt)
}

/// Exact texts of up to `limit` entries from number `from` on.
///
/// # Errors
/// When the database does not answer.
pub async fn entries(tx: &mut CouncilTx, log: LogId, from: u64, limit: u32) -> Result<Vec<String>, StoreError> {
    tx.flush_logs().await?;
    let found = rows!(
        tx,
        (String,),
        "SELECT entry FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= $3 ORDER BY seq LIMIT $4",
        log.to_string(),
        i64::try_from(from).unwrap_or(i64::MAX),
        i64::from(limit),
    )?;
    Ok(found.into_iter().map(|(entry,)| entry).collect())
}

/// The time of the last entry in any log of the council.
///
/// # Errors
/// When a row cannot be read.
pub async fn last_at(tx: &mut CouncilTx) -> Result<Option<UtcTime>, StoreError> {
    let found = row!(tx, (Option<String>,), "SELECT max(last_at) FROM logs WHERE council_id = $1")?;
    let last = found.and_then(|(last,)| last);
    last.map(|last| last.parse().map_err(StoreError::corrupt)).transpose()
}

impl CouncilTx {
    /// Appends an event to a log of this council and gives its number. It is written when the transaction commits.
    ///
    /// The entry's time is `at`, or the last entry's when another machine's clock was ahead: a log never goes back.
    ///
    /// # Errors
    /// When the log is not this council's, or the entry is too long.
    pub async fn append<E: LogEvent>(
        &mut self,
        log: LogId,
        at: UtcTime,
        actor: &Actor,
        event: &E,
    ) -> Result<u64, StoreError> {
        if !self.logs.contains_key(&log) {
            let open = self.open_log(log).await?;
            self.logs.insert(log, open);
        }
        let open = self.logs.get_mut(&log).ok_or(StoreError::Stopping)?;
        let at = open.last.map_or(at, |last| last.max(at));
        let seq = open.frontier.size();
        let text = entry_text(seq, at, actor, event)?;
        if text.len() > MAX_ENTRY_BYTES {
            return Err(StoreError::Log(format!("bản ghi dài quá {MAX_ENTRY_BYTES} byte")));
        }
        open.frontier.push(leaf_hash(text.as_bytes()));
        open.last = Some(at);
        open.pending.push(text);
        Ok(seq)
    }

    /// Reads where a log stands, and keeps every other writer of it out until the end of the transaction.
    async fn open_log(&mut self, log: LogId) -> Result<OpenLog, StoreError> {
        type Row = (i64, Vec<u8>, Option<String>);
        let id = log.to_string();
        // SQLite's transaction holds the one write lock; PostgreSQL locks the row of the log.
        let found = if matches!(self.connection(), super::db::Tx::Postgres(_)) {
            row!(
                self,
                Row,
                "SELECT size, peaks, last_at FROM logs WHERE council_id = $1 AND log_id = $2 FOR UPDATE",
                id.clone()
            )?
        } else {
            row!(self, Row, "SELECT size, peaks, last_at FROM logs WHERE council_id = $1 AND log_id = $2", id.clone())?
        };
        let (size, peaks, last) = found.ok_or_else(|| StoreError::Log("không có nhật ký này".to_owned()))?;
        let last = last.map(|last| last.parse()).transpose().map_err(StoreError::corrupt)?;
        Ok(OpenLog { frontier: frontier(size, &peaks)?, last, pending: Vec::new() })
    }

    /// Writes entries that were held back.
    pub(super) async fn flush_logs(&mut self) -> Result<(), StoreError> {
        for (log, open) in std::mem::take(&mut self.logs) {
            if open.pending.is_empty() {
                continue;
            }
            let size = i64::try_from(open.frontier.size()).map_err(StoreError::corrupt)?;
            let first = size - i64::try_from(open.pending.len()).map_err(StoreError::corrupt)?;
            for (seq, entry) in (first..).zip(open.pending) {
                execute!(
                    self,
                    "INSERT INTO log_entries (council_id, log_id, seq, entry) VALUES ($1, $2, $3, $4)",
                    log.to_string(),
                    seq,
                    entry.clone(),
                )?;
            }
            let peaks = open.frontier.peaks().iter().flat_map(|peak| *peak.as_bytes()).collect::<Vec<u8>>();
            execute!(
                self,
                "UPDATE logs SET size = $3, peaks = $4, last_at = $5 WHERE council_id = $1 AND log_id = $2",
                log.to_string(),
                size,
                peaks.clone(),
                open.last.map(|last| last.to_string()),
            )?;
        }
        Ok(())
    }
}
