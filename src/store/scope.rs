//! A transaction that works for one council, and the one kind that may pass from council to council.

use std::collections::BTreeMap;

use super::db::Tx;
use super::error::StoreError;
use super::logs::OpenLog;
use domain::id::{CouncilId, LogId};

/// One lock that all processes which write to one PostgreSQL take in turn, from the start of a group to its end. A lock
/// for each log would let two groups wait for each other's; and a group writes to many logs at once anyhow.
const WRITERS_LOCK: i64 = 0x544E_484D;

/// Where a transaction can go back to when a piece of work in it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Savepoint {
    /// Nowhere: it all stands or falls.
    Off,
    /// To be made before the next statement: work that only appends to logs needs none.
    Due,
    /// Stands before the work that runs, when the transaction saw the rows of this council.
    Set(CouncilId),
    /// Stands before work that was kept; to be moved before the next statement.
    Passed,
}

/// A transaction on the rows of one council. Every statement that runs in it gets that council as its first argument,
/// and PostgreSQL shows it no other rows.
pub struct CouncilTx {
    tx: Tx,
    council: CouncilId,
    savepoint: Savepoint,
    /// A statement of the work that runs was refused; whatever the work says, it cannot be kept.
    has_failed: bool,
    /// Logs that this transaction appends to. What is pending is of the council whose rows it sees.
    pub(super) logs: BTreeMap<(CouncilId, LogId), OpenLog>,
}

impl CouncilTx {
    /// Gives a transaction its council.
    pub(super) async fn enter(tx: Tx, council: CouncilId) -> Result<Self, StoreError> {
        let mut scoped = Self { tx, council, savepoint: Savepoint::Off, has_failed: false, logs: BTreeMap::new() };
        scoped.scope().await?;
        Ok(scoped)
    }

    /// As [`Self::enter`], for a group of works. From here on no other process writes.
    pub(super) async fn enter_to_write(tx: Tx, council: CouncilId) -> Result<Self, StoreError> {
        let mut scoped = Self { tx, council, savepoint: Savepoint::Due, has_failed: false, logs: BTreeMap::new() };
        if let Tx::Postgres(tx) = &mut scoped.tx {
            let enter = "SELECT set_config('tinnhiem.council', $1, true), pg_advisory_xact_lock($2)";
            sqlx::query(enter).bind(council.to_string()).bind(WRITERS_LOCK).execute(&mut **tx).await?;
        }
        Ok(scoped)
    }

    /// Whose rows it sees.
    pub const fn council(&self) -> CouncilId {
        self.council
    }

    pub(super) const fn is_postgres(&self) -> bool {
        matches!(self.tx, Tx::Postgres(_))
    }

    /// Where a statement may run, after the savepoint that the work may still need.
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

    /// What a statement gave; one that was refused spoils the work that ran it.
    pub(super) fn heard<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        self.has_failed |= answer.is_err();
        Ok(answer?)
    }

    /// Begins a piece of work on the rows of `council`.
    pub(super) async fn begin_work(&mut self, council: CouncilId) -> Result<(), StoreError> {
        self.has_failed = false;
        if self.council != council {
            // What is pending is of work that was kept: it must not go when this one does.
            let before = std::mem::replace(&mut self.savepoint, Savepoint::Off);
            self.flush_logs().await?;
            self.council = council;
            self.scope().await?;
            self.savepoint = if before == Savepoint::Due { before } else { Savepoint::Passed };
        }
        Ok(())
    }

    /// Whether work that calls itself done can be kept.
    pub(super) const fn can_keep(&self) -> bool {
        !self.has_failed
    }

    pub(super) const fn keep_work(&mut self) {
        if let Savepoint::Set(_) = self.savepoint {
            self.savepoint = Savepoint::Passed;
        }
    }

    /// Takes back what the work did since it began, when the logs stood as in `logs`.
    pub(super) async fn undo_work(&mut self, logs: BTreeMap<(CouncilId, LogId), OpenLog>) -> Result<(), StoreError> {
        self.logs = logs;
        if let Savepoint::Set(council) = self.savepoint {
            // PostgreSQL takes back with it which council's rows it shows.
            self.council = council;
            self.tx.run("ROLLBACK TO SAVEPOINT work").await?;
        }
        Ok(())
    }

    /// Turns to the rows of another council. Entries of the one before are written first, while they may be.
    async fn turn_to(&mut self, council: CouncilId) -> Result<(), StoreError> {
        if self.council == council {
            return Ok(());
        }
        self.ready().await?;
        self.flush_logs().await?;
        self.council = council;
        self.scope().await
    }

    async fn scope(&mut self) -> Result<(), StoreError> {
        if let Tx::Postgres(tx) = &mut self.tx {
            let set = sqlx::query("SELECT set_config('tinnhiem.council', $1, true)").bind(self.council.to_string());
            set.execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Writes what is still held back, and commits.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        self.savepoint = Savepoint::Off;
        self.flush_logs().await?;
        self.tx.commit().await
    }
}

/// A transaction of the installation: founds councils and lists them. Whatever it does inside a council it does in
/// that council's scope.
pub struct InstallationTx<'t>(&'t mut CouncilTx);

impl<'t> InstallationTx<'t> {
    pub(super) const fn new(tx: &'t mut CouncilTx) -> Self {
        Self(tx)
    }

    /// The rows of the installation itself: its councils, its own accounts and log.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn own(&mut self) -> Result<&mut CouncilTx, StoreError> {
        self.within(CouncilId::INSTALLATION).await
    }

    /// The rows of `council`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn within(&mut self, council: CouncilId) -> Result<&mut CouncilTx, StoreError> {
        self.0.turn_to(council).await?;
        Ok(self.0)
    }
}
