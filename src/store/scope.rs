//! A transaction on the rows of one council.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::clock_guard::ClockGuard;
use super::db::Tx;
use super::error::StoreError;
use super::open_log::OpenLog;
use domain::audit::Checkpoint;
use domain::audit::tag::TagKeys;
use domain::id::{CouncilId, LogId};

/// Advisory lock that all processes which write to one PostgreSQL database take, from the start of a group to its end.
/// With a lock per log, two groups could wait for each other's; and a group writes to many logs at once anyhow.
const WRITERS_LOCK: i64 = 0x544E_484D;

/// What stands against entries that are wrong: against a wrong clock, and against what others wrote into a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    pub clock: Arc<ClockGuard>,
    /// What tags heads of logs and rows; nothing before the key is known.
    pub tags: Arc<OnceLock<TagKeys>>,
    pub heads: Arc<CommittedHeads>,
}

/// The heads that this process committed last, by council and log. A log that is shorter now, or another one of the same size, was
/// put back past the program.
#[derive(Debug, Default)]
pub(super) struct CommittedHeads(Mutex<BTreeMap<(CouncilId, LogId), Checkpoint>>);

impl CommittedHeads {
    fn all(&self) -> MutexGuard<'_, BTreeMap<(CouncilId, LogId), Checkpoint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a stored head may follow the one that was committed last.
    pub fn may_follow(&self, key: (CouncilId, LogId), stored: &Checkpoint) -> bool {
        self.all().get(&key).is_none_or(|last| match stored.size.cmp(&last.size) {
            Ordering::Less => false,
            Ordering::Equal => stored.root == last.root,
            Ordering::Greater => true,
        })
    }

    pub fn committed(&self, heads: Vec<((CouncilId, LogId), Checkpoint)>) {
        self.all().extend(heads);
    }
}

/// State of the savepoint to which a transaction returns when a piece of work in it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Savepoint {
    /// None: the transaction commits or fails as a whole.
    Off,
    /// To be set before the next statement. Work that only appends to logs runs no statement and needs none.
    Due,
    /// Set before the current work, while the transaction saw the rows of this council.
    Set(CouncilId),
    /// Set before work that was kept; to be moved before the next statement.
    Passed,
}

/// A transaction on the rows of one council. Every statement that runs in it gets that council as its first argument,
/// and PostgreSQL shows it no other rows. No other layer runs statements of its own:
///
/// ```compile_fail,E0624
/// async fn take(tx: &mut tinnhiem_store::CouncilTx) {
///     tx.run("DELETE FROM polls WHERE council_id = $1", vec![]).await.ok();
/// }
/// ```
pub struct CouncilTx {
    pub(super) tx: Tx,
    pub(super) council: CouncilId,
    pub(super) savepoint: Savepoint,
    /// What the disk refused. SQLite then undoes the whole transaction by itself, and later statements fail for other reasons.
    pub(super) trouble: Option<Arc<StoreError>>,
    /// A statement of the current work was refused. The work cannot be kept then, whatever it returns.
    pub(super) has_failed: bool,
    /// Logs that this transaction appends to. Only logs of [`Self::council`] have pending entries.
    pub(super) logs: BTreeMap<(CouncilId, LogId), OpenLog>,
    /// A head of a log was signed in it, by work that was kept or not.
    pub(super) has_signed: bool,
    /// Stands against a wrong clock; a transaction that only reads has none.
    pub(super) clock: Option<Arc<ClockGuard>>,
    /// What tags heads of logs and rows.
    pub(super) tags: Arc<OnceLock<TagKeys>>,
    /// Against logs that were put back; a transaction that only reads knows none.
    pub(super) heads: Arc<CommittedHeads>,
}

impl CouncilTx {
    /// Gives a transaction its council.
    pub(super) async fn enter(tx: Tx, council: CouncilId) -> Result<Self, StoreError> {
        let mut scoped = Self::begun(tx, council, Savepoint::Off);
        scoped.set_row_scope().await?;
        Ok(scoped)
    }

    /// As [`Self::enter`], for a group of works. No other process writes until the transaction ends.
    pub(super) async fn enter_to_write(
        tx: Tx,
        council: CouncilId,
        Guards { clock, tags, heads }: Guards,
    ) -> Result<Self, StoreError> {
        let mut scoped = Self { clock: Some(clock), tags, heads, ..Self::begun(tx, council, Savepoint::Due) };
        if let Tx::Postgres(tx) = &mut scoped.tx {
            let enter = "SELECT set_config('tinnhiem.council', $1, true), pg_advisory_xact_lock($2)";
            sqlx::query(enter).bind(council.to_string()).bind(WRITERS_LOCK).execute(&mut **tx).await?;
        }
        Ok(scoped)
    }

    fn begun(tx: Tx, council: CouncilId, savepoint: Savepoint) -> Self {
        Self {
            tx,
            council,
            savepoint,
            trouble: None,
            has_failed: false,
            logs: BTreeMap::new(),
            has_signed: false,
            clock: None,
            tags: Arc::default(),
            heads: Arc::default(),
        }
    }

    /// Heads of the logs that this transaction appended to.
    pub(super) fn new_heads(&self) -> Vec<((CouncilId, LogId), Checkpoint)> {
        self.logs.iter().map(|(key, open)| (*key, open.head())).collect()
    }

    /// The council whose rows this transaction sees.
    pub const fn council(&self) -> CouncilId {
        self.council
    }

    pub(super) const fn is_postgres(&self) -> bool {
        matches!(self.tx, Tx::Postgres(_))
    }

    /// The transaction to run a statement in, after setting the savepoint if one is due.
    pub(super) async fn ready(&mut self) -> Result<&mut Tx, StoreError> {
        let statement = match self.savepoint {
            Savepoint::Off | Savepoint::Set(_) => return Ok(&mut self.tx),
            Savepoint::Due => "SAVEPOINT work",
            Savepoint::Passed => "RELEASE SAVEPOINT work; SAVEPOINT work",
        };
        self.tx.run(statement).await?;
        self.savepoint = Savepoint::Set(self.council);
        Ok(&mut self.tx)
    }

    /// Passes the driver's answer on. An error makes the current work fail.
    pub(super) fn checked_answer<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        self.has_failed |= answer.is_err();
        let error = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => StoreError::from(error),
        };
        if !error.is_of_disk() {
            return Err(error);
        }
        let error = Arc::new(error);
        self.trouble = Some(Arc::clone(&error));
        Err(StoreError::Shared(error))
    }

    /// The reason of an error that ends the whole transaction: what the disk refused before, where it did.
    pub(super) fn reason(&self, error: StoreError) -> StoreError {
        self.trouble.as_ref().map_or(error, |trouble| StoreError::Shared(Arc::clone(trouble)))
    }

    /// Writes a page of the database that holds what it held before.
    pub(super) async fn touch(&mut self) -> Result<(), StoreError> {
        match &self.tx {
            // Nothing uses this number; setting it writes the first page whatever it was.
            Tx::Sqlite(_) => self.tx.run("PRAGMA user_version = 0").await,
            Tx::Postgres(_) => Ok(()),
        }
    }

    /// Tells PostgreSQL's row-level security which council's rows to show.
    pub(super) async fn set_row_scope(&mut self) -> Result<(), StoreError> {
        if let Tx::Postgres(tx) = &mut self.tx {
            let set = sqlx::query("SELECT set_config('tinnhiem.council', $1, true)").bind(self.council.to_string());
            set.execute(&mut **tx).await?;
        }
        Ok(())
    }
}
