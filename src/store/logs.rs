//! Logs: append-only entries, and signed heads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::StoreError;
use super::open_log::{OpenLog, PendingEntry};
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows, to_u64};
use domain::audit::course::Moment;
use domain::audit::entry::{MAX_ENTRY_BYTES, clock_before, entry_text, kind_of};
use domain::audit::merkle::{Frontier, empty_root, leaf_hash};
use domain::audit::{Actor, Checkpoint, Digest, KeyName, LogEntry, LogEvent, UtcTime};
use domain::id::{LogId, PollId};
use macros::boxed;

row_struct! {
    /// A row of `log_entries`.
    EntryRow {
        seq: i64,
        at: String,
        /// Kind of the event: `session.started`.
        kind: String,
        /// Full name of the actor.
        actor: String,
        /// The text that is hashed.
        entry: String,
    }
}

/// A filter of log entries; `None` selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Kind of the event: `session.started`.
    pub kind: Option<String>,
    /// Full name of the actor, exactly.
    pub actor: Option<String>,
    /// Earliest time, included.
    pub from: Option<UtcTime>,
    /// Latest time, excluded.
    pub before: Option<UtcTime>,
}

row_struct! {
    /// A row of `checkpoints`.
    CheckpointRow {
        /// Number of entries that the checkpoint covers.
        size: i64,
        /// Code of the moment, or [`ON_DEMAND`].
        moment: String,
        note: String,
        signed_at: String,
    }
}

/// Code in place of a moment for a checkpoint that was requested by a person.
pub const ON_DEMAND: &str = "on_demand";
/// Code in place of a moment for a checkpoint of a council's own log that is signed once a day.
pub const DAILY: &str = "daily";
/// Code in place of a moment for a checkpoint of a council's own log that a poll's log notes.
pub const NOTED: &str = "noted";

/// Id, head and key of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    pub log: LogId,
    /// Poll of the log; `None` for the council's own log.
    pub poll: Option<PollId>,
    pub public_key: String,
    /// Current head.
    pub head: Checkpoint,
    /// What its root is made of.
    pub frontier: Frontier,
    /// Time of the last entry; `None` for an empty log.
    pub last_at: Option<UtcTime>,
    /// The tag of the head; `None` in a log of an older program that was not tagged yet.
    pub tag: Option<Digest>,
}

row_struct! {
    /// A row of `logs`.
    HeadRow {
        log_id: String,
        poll_id: Option<String>,
        origin: String,
        public_key: String,
        size: i64,
        peaks: Vec<u8>,
        last_at: Option<String>,
        tag: Option<String>,
    }
}

fn frontier(size: i64, peaks: &[u8]) -> Result<Frontier, StoreError> {
    let size = to_u64(size)?;
    let (whole, rest) = peaks.as_chunks::<32>();
    let digests = whole.iter().map(|bytes| Digest::from_bytes(*bytes)).collect();
    let frontier = Frontier::restore(size, digests).filter(|_| rest.is_empty());
    frontier.ok_or_else(|| StoreError::corrupt("logs.peaks"))
}

fn head(
    HeadRow { log_id, poll_id, origin, public_key, size, peaks, last_at, tag }: HeadRow,
) -> Result<LogHead, StoreError> {
    let frontier = frontier(size, &peaks)?;
    let origin = KeyName::new(origin).map_err(StoreError::corrupt)?;
    Ok(LogHead {
        log: log_id.parse().map_err(StoreError::corrupt)?,
        poll: poll_id.map(|poll| poll.parse()).transpose().map_err(StoreError::corrupt)?,
        public_key,
        head: Checkpoint { origin, size: frontier.size(), root: frontier.root() },
        frontier,
        last_at: last_at.map(|at| at.parse()).transpose().map_err(StoreError::corrupt)?,
        tag: tag.map(|tag| tag.parse()).transpose().map_err(StoreError::corrupt)?,
    })
}

/// Begins a log without entries.
///
/// # Errors
/// When the origin is another log's already.
#[boxed]
pub async fn begin(
    tx: &mut CouncilTx,
    log: LogId,
    poll: Option<PollId>,
    origin: &KeyName,
    public_key: String,
) -> Result<(), StoreError> {
    let tag = tx.tag_of(log, &public_key, &Checkpoint { origin: origin.clone(), size: 0, root: empty_root() });
    let begun = execute!(
        tx,
        "INSERT INTO logs (council_id, log_id, poll_id, origin, public_key, size, peaks, last_at, tag) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, NULL, $7)",
        log.to_string(),
        poll.map(|poll| poll.to_string()),
        origin.as_str().to_owned(),
        public_key.clone(),
        Vec::<u8>::new(),
        tag.map(|tag| tag.to_string()),
    );
    begun.map(drop)
}

/// The name of a log.
///
/// # Errors
/// When the council has no such log.
#[boxed]
pub async fn origin(tx: &mut CouncilTx, log: LogId) -> Result<String, StoreError> {
    let row = row!(tx, (String,), "SELECT origin FROM logs WHERE council_id = $1 AND log_id = $2", log.to_string())?;
    let (origin,) = row.ok_or_else(|| StoreError::corrupt("logs: thiếu nhật ký"))?;
    Ok(origin)
}

/// All logs of the council, its own first.
#[boxed]
pub async fn heads(tx: &mut CouncilTx) -> Result<Vec<LogHead>, StoreError> {
    tx.flush_logs().await?;
    let rows = rows!(
        tx,
        HeadRow,
        "SELECT log_id, poll_id, origin, public_key, size, peaks, last_at, tag FROM logs WHERE council_id = $1 \
         ORDER BY poll_id IS NOT NULL, log_id"
    )?;
    rows.into_iter().map(head).collect()
}

/// The same, without tags: for a database of any step.
pub(crate) async fn untagged_heads(tx: &mut CouncilTx) -> Result<Vec<LogHead>, StoreError> {
    let rows = rows!(
        tx,
        HeadRow,
        "SELECT log_id, poll_id, origin, public_key, size, peaks, last_at, CAST(NULL AS TEXT) AS tag FROM logs \
         WHERE council_id = $1 ORDER BY poll_id IS NOT NULL, log_id"
    )?;
    rows.into_iter().map(head).collect()
}

/// The head of a log; `None` when the council has no such log.
#[boxed]
pub async fn head_of(tx: &mut CouncilTx, log: LogId) -> Result<Option<LogHead>, StoreError> {
    tx.flush_logs().await?;
    stored_head(tx, log).await
}

/// As [`head_of`], before the entries are written that the transaction appended.
async fn stored_head(tx: &mut CouncilTx, log: LogId) -> Result<Option<LogHead>, StoreError> {
    let row = row!(
        tx,
        HeadRow,
        "SELECT log_id, poll_id, origin, public_key, size, peaks, last_at, tag FROM logs WHERE council_id = $1 \
         AND log_id = $2",
        log.to_string()
    )?;
    row.map(head).transpose()
}

/// The council's own log.
///
/// # Errors
/// When the council has none, which only a half-made database has.
#[boxed]
pub async fn own(tx: &mut CouncilTx) -> Result<LogId, StoreError> {
    let row = row!(tx, (String,), "SELECT log_id FROM logs WHERE council_id = $1 AND poll_id IS NULL")?;
    let (log,) = row.ok_or_else(|| StoreError::corrupt("logs: thiếu nhật ký của hội đồng"))?;
    log.parse().map_err(StoreError::corrupt)
}

/// The log of a poll; `None` when there is none.
#[boxed]
pub async fn of_poll(tx: &mut CouncilTx, poll: PollId) -> Result<Option<LogId>, StoreError> {
    let row = row!(tx, (String,), "SELECT log_id FROM logs WHERE council_id = $1 AND poll_id = $2", poll.to_string())?;
    row.map(|(log,)| log.parse().map_err(StoreError::corrupt)).transpose()
}

/// Exact texts of up to `limit` entries from number `from` on.
#[boxed]
pub async fn entries(tx: &mut CouncilTx, log: LogId, from: u64, limit: u32) -> Result<Vec<String>, StoreError> {
    tx.flush_logs().await?;
    let rows = rows!(
        tx,
        (String,),
        "SELECT entry FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= $3 ORDER BY seq LIMIT $4",
        log.to_string(),
        i64::try_from(from).unwrap_or(i64::MAX),
        i64::from(limit),
    )?;
    Ok(rows.into_iter().map(|(entry,)| entry).collect())
}

/// How many rows stand before the first entry of a log; the program writes none there, and no tag or root covers them.
#[boxed]
pub async fn strays(tx: &mut CouncilTx, log: LogId) -> Result<u64, StoreError> {
    let row = row!(
        tx,
        (i64,),
        "SELECT count(*) FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq < 0",
        log.to_string()
    )?;
    to_u64(row.map_or(0, |(count,)| count))
}

/// The time of the last entry in any log of the council.
#[boxed]
pub async fn last_at(tx: &mut CouncilTx) -> Result<Option<UtcTime>, StoreError> {
    let row = row!(tx, (Option<String>,), "SELECT max(last_at) FROM logs WHERE council_id = $1")?;
    let last = row.and_then(|(last,)| last);
    last.map(|last| last.parse().map_err(StoreError::corrupt)).transpose()
}

/// Up to `limit` rows from number `from` on, for reading a whole log in parts.
#[boxed]
pub async fn rows_from(tx: &mut CouncilTx, log: LogId, from: u64, limit: u32) -> Result<Vec<EntryRow>, StoreError> {
    tx.flush_logs().await?;
    rows!(
        tx,
        EntryRow,
        "SELECT seq, at, kind, actor, entry FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= $3 \
         ORDER BY seq LIMIT $4",
        log.to_string(),
        i64::try_from(from).unwrap_or(i64::MAX),
        i64::from(limit),
    )
}

/// Entries that a filter selects, newest first, without the first `skip`.
#[boxed]
pub async fn find(
    tx: &mut CouncilTx,
    log: LogId,
    filter: &EntryFilter,
    skip: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    tx.flush_logs().await?;
    rows!(
        tx,
        EntryRow,
        "SELECT seq, at, kind, actor, entry FROM log_entries WHERE council_id = $1 AND log_id = $2 \
         AND seq >= 0 AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR actor = $4) AND ($5 IS NULL OR at >= $5) \
         AND ($6 IS NULL OR at < $6) ORDER BY seq DESC LIMIT $7 OFFSET $8",
        log.to_string(),
        filter.kind.clone(),
        filter.actor.clone(),
        filter.from.map(|at| at.to_string()),
        filter.before.map(|at| at.to_string()),
        i64::from(limit),
        i64::try_from(skip).unwrap_or(i64::MAX),
    )
}

/// Exact texts of all entries of these kinds, in their order, as the column beside them says. An entry that has another kind
/// than its column is refused; one that is hidden under another kind only [`super::log_tags::check_whole`] misses.
///
/// # Errors
/// [`StoreError::Rewritten`].
#[boxed]
pub async fn of_kinds(tx: &mut CouncilTx, log: LogId, kinds: [&'static str; 2]) -> Result<Vec<String>, StoreError> {
    tx.flush_logs().await?;
    let [one, other] = kinds;
    let rows = rows!(
        tx,
        (String,),
        "SELECT entry FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= 0 AND (kind = $3 OR kind = $4) ORDER BY seq",
        log.to_string(),
        one.to_owned(),
        other.to_owned(),
    )?;
    as_asked(tx, log, &kinds, rows).await
}

/// The texts, if each has one of the kinds that were asked for.
async fn as_asked(
    tx: &mut CouncilTx,
    log: LogId,
    kinds: &[&str],
    rows: Vec<(String,)>,
) -> Result<Vec<String>, StoreError> {
    let texts: Vec<String> = rows.into_iter().map(|(entry,)| entry).collect();
    if texts.iter().all(|text| kind_of(text).is_some_and(|kind| kinds.contains(&kind))) {
        return Ok(texts);
    }
    Err(StoreError::Rewritten { origin: origin(tx, log).await? })
}

/// Exact texts of the entries of a kind that hold `word`, in their order. A word is an id: it stands in few.
///
/// # Errors
/// As [`of_kinds`].
#[boxed]
pub async fn of_kind_with(
    tx: &mut CouncilTx,
    log: LogId,
    kind: &'static str,
    word: &str,
) -> Result<Vec<String>, StoreError> {
    tx.flush_logs().await?;
    let rows = rows!(
        tx,
        (String,),
        "SELECT entry FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= 0 AND kind = $3 AND entry LIKE $4 ORDER BY seq",
        log.to_string(),
        kind,
        format!("%{word}%"),
    )?;
    as_asked(tx, log, &[kind], rows).await
}

/// What the test decks of a poll gave so far.
pub(crate) async fn deck_trials(tx: &mut CouncilTx, log: LogId) -> Result<domain::deck_trials::DeckTrials, StoreError> {
    let texts = of_kinds(tx, log, ["deck.counted", "deck.waived"]).await?;
    let told = texts.iter().map(|text| LogEntry::parse(text).map_err(StoreError::corrupt));
    let told: Vec<LogEntry> = told.collect::<Result<_, _>>()?;
    Ok(domain::deck_trials::DeckTrials::of_log(told.iter().map(|entry| &entry.event)))
}

/// Number of entries that a filter selects.
#[boxed]
pub async fn count(tx: &mut CouncilTx, log: LogId, filter: &EntryFilter) -> Result<u64, StoreError> {
    tx.flush_logs().await?;
    let row = row!(
        tx,
        (i64,),
        "SELECT count(*) FROM log_entries WHERE council_id = $1 AND log_id = $2 \
         AND seq >= 0 AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR actor = $4) AND ($5 IS NULL OR at >= $5) \
         AND ($6 IS NULL OR at < $6)",
        log.to_string(),
        filter.kind.clone(),
        filter.actor.clone(),
        filter.from.map(|at| at.to_string()),
        filter.before.map(|at| at.to_string()),
    )?;
    to_u64(row.map_or(0, |(count,)| count))
}

/// Distinct values that a filter of this log can choose from: kinds of entries, and names of actors.
#[boxed]
pub async fn choices(tx: &mut CouncilTx, log: LogId) -> Result<(Vec<String>, Vec<String>), StoreError> {
    tx.flush_logs().await?;
    let kinds = rows!(
        tx,
        (String,),
        "SELECT DISTINCT kind FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= 0 ORDER BY kind",
        log.to_string()
    )?;
    let actors = rows!(
        tx,
        (String,),
        "SELECT DISTINCT actor FROM log_entries WHERE council_id = $1 AND log_id = $2 AND seq >= 0 ORDER BY actor",
        log.to_string()
    )?;
    let texts = |rows: Vec<(String,)>| rows.into_iter().map(|(text,)| text).collect();
    Ok((texts(kinds), texts(actors)))
}

/// Stores the signed head of a log; one per moment and size.
///
/// # Errors
/// When the log has not so many entries.
#[boxed]
pub async fn add_checkpoint(
    tx: &mut CouncilTx,
    log: LogId,
    size: u64,
    moment: Option<Moment>,
    note: &str,
    at: UtcTime,
) -> Result<(), StoreError> {
    add_checkpoint_as(tx, log, size, moment.map_or(ON_DEMAND, Moment::code), note, at).await
}

/// As [`add_checkpoint`], with a code of the moment.
///
/// # Errors
/// When the log has not so many entries.
#[boxed]
pub async fn add_checkpoint_as(
    tx: &mut CouncilTx,
    log: LogId,
    size: u64,
    moment: &'static str,
    note: &str,
    at: UtcTime,
) -> Result<(), StoreError> {
    tx.flush_logs().await?;
    tx.has_signed = true;
    let size = i64::try_from(size).map_err(StoreError::corrupt)?;
    let added = execute!(
        tx,
        "INSERT INTO checkpoints (council_id, log_id, size, moment, note, signed_at) \
         SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM checkpoints \
         WHERE council_id = $1 AND log_id = $2 AND size = $3 AND moment = $4)",
        log.to_string(),
        size,
        moment.to_owned(),
        note.to_owned(),
        at.to_string(),
    );
    added.map(drop)
}

/// Signed heads of a log, the smallest first.
#[boxed]
pub async fn checkpoints(tx: &mut CouncilTx, log: LogId) -> Result<Vec<CheckpointRow>, StoreError> {
    rows!(
        tx,
        CheckpointRow,
        "SELECT size, moment, note, signed_at FROM checkpoints WHERE council_id = $1 AND log_id = $2 \
         ORDER BY size, signed_at, moment",
        log.to_string()
    )
}

/// Of each log of the council that has signed heads: how many, and the size of the newest.
#[boxed]
pub async fn signed(tx: &mut CouncilTx) -> Result<BTreeMap<LogId, (u64, u64)>, StoreError> {
    let rows = rows!(
        tx,
        (String, i64, i64),
        "SELECT log_id, count(*), max(size) FROM checkpoints WHERE council_id = $1 GROUP BY log_id ORDER BY log_id"
    )?;
    let read = |(log, heads, newest): (String, i64, i64)| {
        Ok((log.parse().map_err(StoreError::corrupt)?, (to_u64(heads)?, to_u64(newest)?)))
    };
    rows.into_iter().map(read).collect()
}

impl CouncilTx {
    /// Appends an event to a log of this council and returns its number. It is written when the transaction commits.
    ///
    /// The entry's time is `at`, or that of the last entry when that is a little later (another machine's clock was ahead);
    /// that of an entry by which two people confirmed the clock is `at` in any case.
    ///
    /// # Errors
    /// When the log is not this council's, the entry is too long, or the clock is too far from what the log says.
    pub async fn append<E: LogEvent>(
        &mut self,
        log: LogId,
        at: UtcTime,
        actor: &Actor,
        event: &E,
    ) -> Result<u64, StoreError> {
        // Not the id alone: a transaction may pass from council to council.
        let key = (self.council(), log);
        if !self.logs.contains_key(&key) {
            let open = self.open_log(log).await?;
            self.logs.insert(key, open);
        }
        let last = self.logs.get(&key).and_then(|open| open.last);
        let at = if clock_before(event).is_some() { at } else { self.admitted(at, last).await? };
        let open = self.logs.get_mut(&key).ok_or(StoreError::BrokeOff)?;
        let seq = open.frontier.size();
        let entry = entry_text(seq, at, actor, event)?;
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(StoreError::Log(format!("bản ghi dài quá {MAX_ENTRY_BYTES} byte")));
        }
        open.frontier.push(leaf_hash(entry.as_bytes()));
        open.last = Some(at);
        open.pending.push(Arc::new(PendingEntry { seq, at, kind: event.kind(), actor: actor.name.clone(), entry }));
        Ok(seq)
    }

    /// The time of an entry that follows one at `last`.
    async fn admitted(&mut self, at: UtcTime, last: Option<UtcTime>) -> Result<UtcTime, StoreError> {
        if let Some(clock) = self.clock.clone() {
            let newest = if clock.is_new() { last_at(self).await? } else { None };
            clock.check(at, last, newest)?;
            clock.written(at);
        }
        Ok(last.map_or(at, |last| last.max(at)))
    }

    /// The time of the entry that this transaction appended to a log last; `None` when it appended none.
    pub fn appended_at(&self, log: LogId) -> Option<UtcTime> {
        self.logs.get(&(self.council(), log)).and_then(|open| open.last)
    }

    /// Reads size, peaks and last time of a log. No other process appends to it before this transaction ends: the
    /// transaction holds SQLite's write lock or PostgreSQL's lock of writers.
    async fn open_log(&mut self, log: LogId) -> Result<OpenLog, StoreError> {
        let head = stored_head(self, log).await?.ok_or_else(|| StoreError::Log("không có nhật ký này".to_owned()))?;
        self.check_tag(&head)?;
        if !self.heads.may_follow((self.council(), log), &head.head) {
            return Err(StoreError::Rewritten { origin: head.head.origin.as_str().to_owned() });
        }
        let LogHead { head, public_key, frontier, last_at: last, .. } = head;
        Ok(OpenLog { origin: head.origin, public_key, frontier, last, pending: Vec::new() })
    }

    /// Writes the pending entries, those of one log in one statement.
    pub(super) async fn flush_logs(&mut self) -> Result<(), StoreError> {
        let council = self.council();
        let mut filled = Vec::new();
        for ((of, log), open) in &mut self.logs {
            if *of == council && !open.pending.is_empty() {
                let pending = std::mem::take(&mut open.pending);
                filled.push((*log, open.clone(), pending));
            }
        }
        for (log, open, pending) in filled {
            let pending: Vec<&PendingEntry> = pending.iter().map(Arc::as_ref).collect();
            let rows = serde_json::to_string(&pending).map_err(StoreError::corrupt)?;
            self.write_entries(log, rows).await?;
            let tag = self.tag_of(log, &open.public_key, &open.head());
            let peaks = open.frontier.peaks().iter().flat_map(|peak| *peak.as_bytes()).collect::<Vec<u8>>();
            execute!(
                self,
                "UPDATE logs SET size = $3, peaks = $4, last_at = $5, tag = $6 WHERE council_id = $1 AND log_id = $2",
                log.to_string(),
                i64::try_from(open.frontier.size()).map_err(StoreError::corrupt)?,
                peaks.clone(),
                open.last.map(|last| last.to_string()),
                tag.map(|tag| tag.to_string()),
            )?;
        }
        Ok(())
    }

    /// `rows` is a JSON list of [`PendingEntry`]: one argument, whatever their number. It brings the entry as a JSON text,
    /// so what is stored is the text that was hashed.
    async fn write_entries(&mut self, log: LogId, rows: String) -> Result<(), StoreError> {
        let written = if self.is_postgres() {
            execute!(
                self,
                "INSERT INTO log_entries (council_id, log_id, seq, at, kind, actor, entry) \
                 SELECT $1, $2, seq, at, kind, actor, entry FROM json_to_recordset($3::json) \
                 AS given (seq BIGINT, at TEXT, kind TEXT, actor TEXT, entry TEXT) ORDER BY seq",
                log.to_string(),
                rows.clone(),
            )
        } else {
            execute!(
                self,
                "INSERT INTO log_entries (council_id, log_id, seq, at, kind, actor, entry) \
                 SELECT $1, $2, value ->> 'seq', value ->> 'at', value ->> 'kind', value ->> 'actor', \
                 value ->> 'entry' FROM json_each($3) ORDER BY key",
                log.to_string(),
                rows.clone(),
            )
        };
        written.map(drop)
    }
}
