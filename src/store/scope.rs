//! A transaction on the rows of one council.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::clock_guard::ClockGuard;
use super::db::Tx;
use super::error::StoreError;
use super::open_log::OpenLog;
use domain::id::{CouncilId, LogId};

/// Advisory lock that all processes which write to one PostgreSQL database take, from the start of a group to its end.
/// With a lock per log, two groups could wait for each other's; and a group writes to many logs at once anyhow.
const WRITERS_LOCK: i64 = 0x544E_484D;

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
    /// A statement of the current work was refused. The work cannot be kept then, whatever it returns.
    pub(super) has_failed: bool,
    /// Logs that this transaction appends to. Only logs of [`Self::council`] have pending entries.
    pub(super) logs: BTreeMap<(CouncilId, LogId), OpenLog>,
    /// Stands against a wrong clock; a transaction that only reads has none.
    pub(super) clock: Option<Arc<ClockGuard>>,
}

impl CouncilTx {
    /// Gives a transaction its council.
    pub(super) async fn enter(tx: Tx, council: CouncilId) -> Result<Self, StoreError> {
        let (savepoint, logs) = (Savepoint::Off, BTreeMap::new());
        let mut scoped = Self { tx, council, savepoint, has_failed: false, logs, clock: None };
        scoped.set_row_scope().await?;
        Ok(scoped)
    }

    /// As [`Self::enter`], for a group of works. No other process writes until the transaction ends.
    pub(super) async fn enter_to_write(tx: Tx, council: CouncilId, clock: Arc<ClockGuard>) -> Result<Self, StoreError> {
        let (savepoint, logs) = (Savepoint::Due, BTreeMap::new());
        let mut scoped = Self { tx, council, savepoint, has_failed: false, logs, clock: Some(clock) };
        if let Tx::Postgres(tx) = &mut scoped.tx {
            let enter = "SELECT set_config('tinnhiem.council', $1, true), pg_advisory_xact_lock($2)";
            sqlx::query(enter).bind(council.to_string()).bind(WRITERS_LOCK).execute(&mut **tx).await?;
        }
        Ok(scoped)
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
        Ok(answer?)
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
