//! Pieces of work in one transaction, each kept or undone by itself; and the one kind of transaction that may pass from
//! council to council.

use std::collections::BTreeMap;

use super::error::StoreError;
use super::open_log::OpenLog;
use super::scope::{CouncilTx, Savepoint};
use domain::id::{CouncilId, LogId};

impl CouncilTx {
    /// Begins a piece of work on the rows of `council`.
    pub(super) async fn begin_work(&mut self, council: CouncilId) -> Result<(), StoreError> {
        self.has_failed = false;
        if self.council != council {
            // Pending entries belong to work that was kept: undoing this work must not remove them.
            let before = std::mem::replace(&mut self.savepoint, Savepoint::Off);
            self.flush_logs().await?;
            self.council = council;
            self.set_row_scope().await?;
            self.savepoint = if before == Savepoint::Due { before } else { Savepoint::Passed };
        }
        Ok(())
    }

    /// Whether the current work can be kept: none of its statements was refused.
    pub(super) const fn can_keep(&self) -> bool {
        !self.has_failed
    }

    pub(super) const fn keep_work(&mut self) {
        if let Savepoint::Set(_) = self.savepoint {
            self.savepoint = Savepoint::Passed;
        }
    }

    /// Undoes the current work. `logs` are the open logs as they were when it began.
    pub(super) async fn undo_work(&mut self, logs: BTreeMap<(CouncilId, LogId), OpenLog>) -> Result<(), StoreError> {
        self.logs = logs;
        if let Savepoint::Set(council) = self.savepoint {
            // PostgreSQL also restores which council's rows it shows.
            self.council = council;
            self.tx.run("ROLLBACK TO SAVEPOINT work").await?;
        }
        Ok(())
    }

    /// Turns to the rows of another council. Pending entries of the current one are written first.
    async fn turn_to(&mut self, council: CouncilId) -> Result<(), StoreError> {
        if self.council == council {
            return Ok(());
        }
        self.ready().await?;
        self.flush_logs().await?;
        self.council = council;
        self.set_row_scope().await
    }

    /// Writes the pending entries and commits.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        self.savepoint = Savepoint::Off;
        self.flush_logs().await?;
        self.tx.commit().await
    }
}

/// A transaction of the installation: founds councils and lists them. What it does inside a council is done in that
/// council's scope.
pub struct InstallationTx<'t>(&'t mut CouncilTx);

impl<'t> InstallationTx<'t> {
    pub(super) const fn new(tx: &'t mut CouncilTx) -> Self {
        Self(tx)
    }

    /// The rows of the installation itself: its councils, its own accounts and log.
    pub async fn own(&mut self) -> Result<&mut CouncilTx, StoreError> {
        self.within(CouncilId::INSTALLATION).await
    }

    /// The rows of `council`.
    pub async fn within(&mut self, council: CouncilId) -> Result<&mut CouncilTx, StoreError> {
        self.0.turn_to(council).await?;
        Ok(self.0)
    }
}
