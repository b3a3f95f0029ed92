//! A SQLite or PostgreSQL database, and a transaction on it. The rest of this layer is the same SQL for both.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::error::StoreError;
use super::target::{APPLICATION_ID, Target};
use macros::boxed;

/// Largest number of readers at once. Writes are serialized by the [writer](super::writer).
const READERS: u32 = 8;
/// Longest wait for a connection.
const WAIT: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub enum Db {
    /// One connection writes, many read.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
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

    /// Connects like [`Self::connect`], but creates no file.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file.
    pub(super) async fn connect_existing(target: &Target) -> Result<Self, StoreError> {
        if let Target::Sqlite(path) = target
            && !path.exists()
        {
            return Err(StoreError::Missing(target.to_string()));
        }
        Self::connect(target).await
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once: a transaction that reads first would
    /// be refused when another one wrote in between.
    pub(super) async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a read-only transaction on one snapshot of the database.
    pub(super) async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Closes all connections.
    #[boxed]
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
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
    Ok(Db::Sqlite { writer, readers })
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
