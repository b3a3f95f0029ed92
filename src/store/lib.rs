//! SQL, without decisions. Each statement has one text for SQLite and PostgreSQL; every row belongs to a council, and a
//! statement that does not name its council does not compile.
//!
//! Any function can fail because the database does not answer or a stored value does not parse ([`StoreError`]); a section
//! on errors names the others only.

mod account_rows;
pub mod accounts;
pub mod attachments;
pub mod batches;
pub mod checks;
pub mod clock;
mod clock_guard;
pub mod content;
pub mod cosignatures;
pub mod councils;
pub mod credentials;
mod db;
mod disk;
mod error;
mod examine;
pub mod fact_lists;
pub mod facts;
pub mod failures;
#[cfg(feature = "fixture")]
pub mod faults;
mod figures;
pub mod group_summaries;
pub mod hall;
pub mod jobs;
mod keep_older;
pub mod lease;
pub mod log_tags;
pub mod logs;
mod migrations;
pub mod notes;
pub mod open_batches;
mod open_log;
pub mod polls;
pub mod preparation;
pub mod questions;
pub mod reading;
mod records;
pub mod releases;
pub mod requests;
pub mod resets;
pub mod revisions;
pub mod roster;
pub mod row_tags;
pub mod rule_statements;
pub mod schema;
mod scope;
pub mod screen;
pub mod sealed;
pub mod sessions;
mod shares;
pub mod slips;
mod sql;
pub mod tables;
mod target;
mod work;
mod writer;

use std::sync::Arc;

use domain::audit::UtcTime;
use domain::audit::tag::TagKeys;
use domain::id::CouncilId;
use macros::boxed;

pub use clock_guard::{MOST_BEHIND, Steady};
pub use error::StoreError;
pub use examine::{Examination, examine};
pub use figures::Figures;
pub use keep_older::{Older, keep_older};
pub use lease::Lease;
pub use migrations::SCHEMA;
pub use records::StoredRecord;
pub use scope::CouncilTx;
pub use target::Target;
pub use work::InstallationTx;
pub use writer::{Work, is_writing, name_of};

/// An open database. A clone is another handle on the same one.
#[derive(Clone, Debug)]
pub struct Store {
    db: db::Db,
    writer: writer::Writer,
    leases: Arc<lease::Leases>,
    guards: scope::Guards,
}

impl Store {
    fn on(db: db::Db) -> Self {
        let guards = scope::Guards::default();
        let writer = writer::Writer::start(db.clone(), guards.clone());
        Self { db, writer, leases: Arc::default(), guards }
    }

    /// Opens the database, creates it if necessary, and runs missing migrations. Must run inside tokio.
    ///
    /// # Errors
    /// When the database cannot be reached or written, belongs to another program, or has a newer schema.
    #[boxed]
    pub async fn open(target: &Target) -> Result<Self, StoreError> {
        let begun = clock::Stopwatch::start();
        loop {
            match Self::open_now(target).await {
                // SQLite waits by itself for most locks, but refuses at once where a file that another process is just
                // creating is switched to a write-ahead log.
                Err(StoreError::Busy(_)) if begun.elapsed() < target::BUSY_TIMEOUT => {
                    tokio::time::sleep(target::BUSY_PAUSE).await;
                }
                opened => return opened,
            }
        }
    }

    async fn open_now(target: &Target) -> Result<Self, StoreError> {
        let db = db::Db::connect(target).await?;
        migrations::bring_up_to_date(&db, target).await?;
        Ok(Self::on(db))
    }

    /// Opens an existing database without changing it.
    ///
    /// # Errors
    /// As [`Self::open`], and when there is none or its schema is older.
    #[boxed]
    pub async fn open_to_look(target: &Target) -> Result<Self, StoreError> {
        let db = db::Db::connect_to_look(target).await?;
        migrations::require(&db, target).await?;
        Ok(Self::on(db))
    }

    /// Begins a read-only transaction on one snapshot of the council's rows; it ends when it is dropped.
    #[boxed]
    pub async fn read(&self, council: CouncilId) -> Result<CouncilTx, StoreError> {
        let mut tx = CouncilTx::enter(self.db.begin_read().await?, council).await?;
        tx.tags = Arc::clone(&self.guards.tags);
        Ok(tx)
    }

    /// All councils by name, the installation itself last.
    #[boxed]
    pub async fn read_installation(&self) -> Result<Vec<councils::CouncilRow>, StoreError> {
        let mut tx = self.read(CouncilId::INSTALLATION).await?;
        let mut found = councils::list(&mut InstallationTx::new(&mut tx)).await?;
        found.extend(councils::own(&mut tx).await?);
        Ok(found)
    }

    /// All councils by name, each with the number of its accounts; the installation sees nothing else of a council.
    #[boxed]
    pub async fn read_councils(&self) -> Result<Vec<(councils::CouncilRow, u64)>, StoreError> {
        let mut tx = self.read(CouncilId::INSTALLATION).await?;
        let mut installation = InstallationTx::new(&mut tx);
        let mut counted = Vec::new();
        for council in councils::list(&mut installation).await? {
            let accounts = accounts::count(installation.within(council.id()?).await?).await?;
            counted.push((council, accounts));
        }
        Ok(counted)
    }

    /// Runs `work` in one transaction on the council's rows. On return all of it is durable, or none of it was done.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub async fn write<T, E, F>(&self, council: CouncilId, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, E>> + Send + 'static,
    {
        self.writer.write(name_of::<F>(), council, work).await
    }

    /// As [`Self::write`], for a function that opens the transaction of another: `name` is that of the other.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub async fn write_as<T, E, F>(&self, name: &'static str, council: CouncilId, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, E>> + Send + 'static,
    {
        self.writer.write(name, council, work).await
    }

    /// Like [`Self::write`], for work on more than one council.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub async fn write_installation<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(InstallationTx<'t>) -> Work<'t, Result<T, E>> + Send + 'static,
    {
        self.writer.write(name_of::<F>(), CouncilId::INSTALLATION, |tx| work(InstallationTx::new(tx))).await
    }

    /// From now on heads of logs, accounts, sessions and slips are tagged with these keys, and those that have another tag are
    /// refused; second keys are not taken.
    pub fn tag_with(&self, keys: TagKeys) {
        drop(self.guards.tags.set(keys));
    }

    /// From now on a time is refused that is further ahead than what passed: `steady` says how much did.
    pub fn watch_clock(&self, steady: Steady) {
        self.guards.clock.watch(steady);
    }

    /// Whether entries at `now` would be refused.
    ///
    /// # Errors
    /// [`StoreError::ClockBehind`], [`StoreError::ClockAhead`].
    #[boxed]
    pub async fn check_clock(&self, now: UtcTime) -> Result<(), StoreError> {
        let mut newest = None;
        for row in self.read_installation().await? {
            newest = newest.max(logs::last_at(&mut self.read(row.id()?).await?).await?);
        }
        self.guards.clock.check(now, newest, None)
    }

    /// As [`Self::check_clock`], by the logs of one council.
    ///
    /// # Errors
    /// [`StoreError::ClockBehind`], [`StoreError::ClockAhead`].
    #[boxed]
    pub async fn check_clock_in(&self, council: CouncilId, now: UtcTime) -> Result<(), StoreError> {
        let newest = logs::last_at(&mut self.read(council).await?).await?;
        self.guards.clock.check(now, newest, None)
    }

    /// The crash that a simulation wants of the writing task.
    #[cfg(feature = "fixture")]
    pub fn faults(&self) -> faults::Faults {
        self.writer.faults().clone()
    }

    /// Changes after each commit in which the head of a log was signed.
    pub fn signed(&self) -> tokio::sync::watch::Receiver<u64> {
        self.writer.signed()
    }

    /// Counts of commits and errors since the process started.
    pub fn figures(&self) -> Figures {
        figures::figures(self.writer.waiting())
    }

    /// Checks that the database answers and that no newer program has upgraded its schema.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`].
    #[boxed]
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        migrations::check_not_newer(&self.db).await
    }

    /// Checks that something can be written: a transaction is begun and ended by the task that writes. Where the disk refused
    /// the last one, this one writes a page, so that the answer changes as soon as there is room.
    ///
    /// # Errors
    /// [`StoreError::Moved`], [`StoreError::DiskFull`], [`StoreError::Disk`], and those of the database.
    #[boxed]
    pub async fn check_writing(&self) -> Result<(), StoreError> {
        if let db::Db::Sqlite { file, .. } = &self.db {
            file.check()?;
            file.check_room()?;
        }
        let writes_a_page = self.writer.last_write().trouble().is_some();
        self.write_as("check_writing", CouncilId::INSTALLATION, move |tx| {
            Box::pin(async move { if writes_a_page { tx.touch().await } else { Ok(()) } })
        })
        .await
    }

    /// Finishes the queued jobs, refuses later ones, and closes all connections.
    #[boxed]
    pub async fn close(&self) {
        self.writer.stop().await;
        self.leases.end().await;
        self.db.close().await;
    }
}
