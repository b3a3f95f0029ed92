//! A transaction that works for one council, and the one kind that may pass from council to council.

use std::collections::BTreeMap;

use super::db::Tx;
use super::error::StoreError;
use super::logs::OpenLog;
use crate::domain::id::{CouncilId, LogId};

/// A transaction on the rows of one council. Every statement that runs in it gets that council as its first argument,
/// and PostgreSQL shows it no other rows.
pub struct CouncilTx {
    tx: Tx,
    council: CouncilId,
    /// Logs that this transaction appends to; written when it commits.
    pub(super) logs: BTreeMap<LogId, OpenLog>,
}

impl CouncilTx {
    /// Gives a transaction its council.
    pub(super) async fn enter(tx: Tx, council: CouncilId) -> Result<Self, StoreError> {
        let mut scoped = Self { tx, council, logs: BTreeMap::new() };
        scoped.scope().await?;
        Ok(scoped)
    }

    /// Whose rows it sees.
    pub const fn council(&self) -> CouncilId {
        self.council
    }

    pub(super) const fn connection(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Turns to the rows of another council. Entries of the one before are written first, while they may be.
    pub(super) async fn turn_to(&mut self, council: CouncilId) -> Result<(), StoreError> {
        if self.council == council {
            return Ok(());
        }
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
