//! A SQLite or PostgreSQL database, and a transaction on it. The rest of this layer is the same SQL for both.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::disk::{DatabaseFile, beside, keep_private};
use super::error::StoreError;
use super::target::{APPLICATION_ID, Target};
use macros::boxed;
use tempfile::TempDir;

/// Largest number of readers at once. Writes are serialized by the [writer](super::writer).
const READERS: u32 = 8;
/// Rows in memory at once where everything is read.
const LONG_READ_ROWS: usize = 8;
/// Longest wait for a connection.
const WAIT: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub enum Db {
    /// One connection writes, many read.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        file: Arc<DatabaseFile>,
        /// The folder of a copy that is read in the place of the file, while it is read.
        _copy: Option<Arc<TempDir>>,
    },
    /// All connections may write; an advisory lock serializes them.
    Postgres(PgPool),
}

/// One transaction; dropped, it is rolled back.
pub enum Tx {
    /// On a SQLite file.
    Sqlite(Transaction<'static, Sqlite>),
    /// On a PostgreSQL server.
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Connects, creates a SQLite file that does not exist yet, and leaves the schema as it is.
    ///
    /// # Errors
    /// When the database cannot be reached or written, or the file belongs to another program.
    pub(super) async fn connect(target: &Target) -> Result<Self, StoreError> {
        match target {
            Target::Sqlite(path) => open_sqlite(path).await,
            Target::Postgres(options) => Ok(Self::Postgres(postgres(options).await?)),
        }
    }

    /// Connects to read alone: no file is created and no byte of the database is changed, also where it lies on a medium that
    /// cannot be written.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file.
    pub(super) async fn connect_to_look(target: &Target) -> Result<Self, StoreError> {
        match target {
            Target::Sqlite(path) if !path.exists() => Err(StoreError::Missing(target.to_string())),
            Target::Sqlite(path) => look_at_sqlite(path).await,
            Target::Postgres(options) => Ok(Self::Postgres(postgres(options).await?)),
        }
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once: a transaction that reads first would
    /// be refused when another one wrote in between.
    pub(super) async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, file, .. } => {
                file.check()?;
                Tx::Sqlite(begin_immediate(writer).await?)
            }
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a read-only transaction on one snapshot of the database.
    pub(super) async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, file, .. } => {
                file.check()?;
                Tx::Sqlite(readers.begin().await?)
            }
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// As [`Self::begin_read`], for reading everything: on a connection of its own, with few rows in memory, which may be long.
    pub(super) async fn begin_long_read(&self) -> Result<Tx, StoreError> {
        let Self::Sqlite { readers, file, .. } = self else {
            let mut tx = self.begin_read().await?;
            // Whoever reads everything also writes it somewhere, which may be slow.
            tx.run("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
            return Ok(tx);
        };
        file.check()?;
        let options = readers.connect_options().as_ref().clone().row_buffer_size(LONG_READ_ROWS);
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(WAIT).connect_with(options).await?;
        Ok(Tx::Sqlite(pool.begin().await?))
    }

    /// Checks that a SQLite file still lies where it was opened.
    ///
    /// # Errors
    /// [`StoreError::Moved`].
    pub(super) fn check_file(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { file, .. } => file.check(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Closes all connections.
    #[boxed]
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins a transaction on the one connection that writes. Where the disk is full or broken, SQLite rolls back by itself; the
/// driver's own ROLLBACK then fails, and it counts one open transaction for ever. Such a connection is thrown away, and a
/// new one begins.
async fn begin_immediate(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, StoreError> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    let error = match writer.begin_with(BEGIN).await {
        Ok(tx) => return Ok(tx),
        Err(error) => error,
    };
    if matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) {
        return Err(error.into());
    }
    let error = StoreError::from(error);
    if matches!(error, StoreError::Busy(_)) {
        return Err(error);
    }
    tracing::warn!(cause = %error, "the connection that writes is replaced");
    let stuck = writer.acquire().await?;
    if let Err(cause) = stuck.close().await {
        tracing::warn!(%cause, "the connection that wrote did not end in order");
    }
    Ok(writer.begin_with(BEGIN).await?)
}

/// Timeouts release the lock of writers when a session stops in the middle of a transaction.
async fn postgres(options: &PgConnectOptions) -> Result<PgPool, StoreError> {
    let limits = [("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "60s")];
    let pool = PgPoolOptions::new().max_connections(READERS + 2).acquire_timeout(WAIT);
    Ok(pool.connect_with(options.clone().options(limits)).await?)
}

/// Refuses the file of another program by its first 100 bytes, because opening it with this program's settings would
/// change some of them. A file with a write-ahead log may have its mark still in that log; the schema check decides.
fn check_header(path: &Path) -> Result<(), StoreError> {
    let cannot = |cause: std::io::Error| StoreError::CannotOpen(path.to_owned(), cause.into());
    let mut header = Vec::new();
    match std::fs::File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut header).map_err(cannot)?,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(cannot(cause)),
    };
    if header.is_empty() {
        return Ok(());
    }
    // sqlite.org/fileformat2.html, 1.3: magic, versions to write and to read, application id.
    let (Some(b"SQLite format 3\0"), Some(versions), Some(id)) =
        (header.get(..16), header.get(18..20), header.get(68..72))
    else {
        return Err(StoreError::NotADatabase(path.to_owned()));
    };
    let has_log = versions == [2, 2];
    if id == APPLICATION_ID.to_be_bytes() || (has_log && id == [0; 4]) {
        Ok(())
    } else {
        Err(StoreError::NotOurs(path.display().to_string()))
    }
}

async fn open_sqlite(path: &Path) -> Result<Db, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|cause| StoreError::CannotOpen(path.to_owned(), cause.into()))?;
    }
    check_header(path)?;
    keep_private(path).map_err(|cause| StoreError::CannotOpen(path.to_owned(), cause.into()))?;
    let options = Target::sqlite_options(path).create_if_missing(true);
    let pool = |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(WAIT);
    let opened = pool(1).connect_with(options.clone()).await;
    let writer =
        opened.map_err(|error| match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
            Some(code) if code == "26" => StoreError::NotADatabase(path.to_owned()),
            // SQLITE_CANTOPEN, and that of a folder.
            Some(code) if code == "14" || code == "526" => StoreError::CannotOpen(path.to_owned(), error),
            _ => error.into(),
        })?;
    let readers = pool(READERS).connect_lazy_with(options.read_only(true).create_if_missing(false));
    let file = DatabaseFile::at(path).map_err(|cause| StoreError::CannotOpen(path.to_owned(), cause.into()))?;
    Ok(Db::Sqlite { writer, readers, file: Arc::new(file), _copy: None })
}

/// Nobody has a database open that has no write-ahead log: it is read as it lies. One with a log is read with it where its
/// index is there too; elsewhere SQLite would have to write one, so a copy of both is read.
async fn look_at_sqlite(path: &Path) -> Result<Db, StoreError> {
    check_header(path)?;
    let cannot = |cause: std::io::Error| StoreError::CannotOpen(path.to_owned(), cause.into());
    let (log, index) = (beside(path, "-wal"), beside(path, "-shm"));
    let (mut at, mut copy) = (path.to_owned(), None);
    let has_log = log.exists();
    if has_log && !index.exists() {
        let folder = tempfile::tempdir().map_err(cannot)?;
        at = folder.path().join("tinnhiem.db");
        std::fs::copy(path, &at).and_then(|_| std::fs::copy(&log, beside(&at, "-wal"))).map_err(cannot)?;
        copy = Some(Arc::new(folder));
    }
    let options = Target::sqlite_settings(&at).read_only(copy.is_none()).immutable(!has_log);
    let pool = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(WAIT);
    let looked = pool.connect_with(options).await.map_err(|error| match error.as_database_error() {
        Some(cause) if cause.code().as_deref() == Some("26") => StoreError::NotADatabase(path.to_owned()),
        _ => error.into(),
    })?;
    let file = Arc::new(DatabaseFile::at(&at).map_err(cannot)?);
    Ok(Db::Sqlite { writer: looked.clone(), readers: looked, file, _copy: copy })
}

impl Tx {
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await.map_err(StoreError::of_commit)?,
        }
        Ok(())
    }

    /// A statement without arguments.
    pub(super) async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => sqlx::raw_sql(statement).execute(&mut **tx).await.map(drop)?,
            Self::Postgres(tx) => sqlx::raw_sql(statement).execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }
}
