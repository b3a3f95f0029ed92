//! One database of two kinds, and one transaction on it. Everything else in this layer is the same SQL for both.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{PgPool, Postgres, SqlSafeStr as _, Sqlite, SqlitePool, Transaction};

use super::error::StoreError;
use super::target::{APPLICATION_ID, Target};

/// Readers at once; writers come one after another, by the [writer](super::writer).
const READERS: u32 = 8;
/// Longest wait for a connection.
const WAIT: Duration = Duration::from_secs(5);

/// Schema steps in their order: number, name, text for SQLite, text for PostgreSQL. A step that was released is never
/// changed; what comes after is a new step.
pub(super) const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "backbone",
        include_str!("../../migrations/sqlite/0001_backbone.sql"),
        include_str!("../../migrations/postgres/0001_backbone.sql"),
    ),
    (
        2,
        "polls",
        include_str!("../../migrations/sqlite/0002_polls.sql"),
        include_str!("../../migrations/postgres/0002_polls.sql"),
    ),
];

/// The newest schema that this program knows.
pub const SCHEMA: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// One connection writes, many read.
    Sqlite {
        /// The one that writes.
        writer: SqlitePool,
        /// Cannot write.
        readers: SqlitePool,
    },
    /// All may write; the log orders them by a lock.
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
    /// Opens the database, makes it when it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be reached or written, belongs to another program, or has a newer schema.
    pub async fn open(target: &Target) -> Result<Self, StoreError> {
        let db = match target {
            Target::Sqlite(path) => open_sqlite(path).await?,
            Target::Postgres(options) => {
                let pool = PgPoolOptions::new().max_connections(READERS + 2).acquire_timeout(WAIT);
                Self::Postgres(pool.connect_with((**options).clone()).await?)
            }
        };
        db.migrate(target).await?;
        Ok(db)
    }

    async fn migrate(&self, target: &Target) -> Result<(), StoreError> {
        let is_postgres = matches!(self, Self::Postgres(_));
        let steps = MIGRATIONS.iter().map(|&(version, name, sqlite, postgres)| {
            let sql = if is_postgres { postgres } else { sqlite };
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        let steps = Migrator::with_migrations(steps.collect());
        self.check_owner(target).await?;
        let done = match self {
            Self::Sqlite { writer, .. } => steps.run(writer).await,
            Self::Postgres(pool) => steps.run(pool).await,
        };
        done.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(found) if found > SCHEMA => {
                StoreError::NewerSchema { found, known: SCHEMA }
            }
            sqlx::migrate::MigrateError::Execute(cause) => cause.into(),
            other => StoreError::BrokenSchema(Box::new(other)),
        })
    }

    /// Checks that it answers, and that no newer program has changed the schema under this one.
    pub(super) async fn check_schema(&self) -> Result<(), StoreError> {
        let newest = "SELECT max(version) FROM _sqlx_migrations";
        let (found,): (i64,) = match self {
            Self::Sqlite { readers, .. } => sqlx::query_as(newest).fetch_one(readers).await?,
            Self::Postgres(pool) => sqlx::query_as(newest).fetch_one(pool).await?,
        };
        if found > SCHEMA { Err(StoreError::NewerSchema { found, known: SCHEMA }) } else { Ok(()) }
    }

    /// Refuses a database that holds tables but no schema of ours.
    async fn check_owner(&self, target: &Target) -> Result<(), StoreError> {
        let (tables, ours): (i64, i64) = match self {
            Self::Sqlite { writer, .. } => {
                let count = "SELECT count(*), coalesce(sum(name = '_sqlx_migrations'), 0) FROM sqlite_schema \
                             WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
                sqlx::query_as(count).fetch_one(writer).await?
            }
            Self::Postgres(pool) => {
                let count = "SELECT count(*), count(*) FILTER (WHERE table_name = '_sqlx_migrations') \
                             FROM information_schema.tables WHERE table_schema = current_schema()";
                sqlx::query_as(count).fetch_one(pool).await?
            }
        };
        if tables > 0 && ours == 0 { Err(StoreError::NotOurs(target.to_string())) } else { Ok(()) }
    }

    /// Starts a transaction that may write. On SQLite it holds the one write lock from its first moment: a transaction
    /// that reads first and writes then would be refused when another wrote in between.
    pub(super) async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Starts a transaction that sees one state of the database and cannot write.
    pub(super) async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Closes all connections.
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

async fn open_sqlite(path: &Path) -> Result<Db, StoreError> {
    let fresh = !path.exists();
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
    }
    let options = Target::sqlite_options(path).create_if_missing(true);
    let pool = |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(WAIT);
    let opened = pool(1).connect_with(options.clone()).await;
    let writer =
        opened.map_err(|error| match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
            Some(code) if code == "26" => StoreError::NotADatabase(path.to_owned()),
            _ => error.into(),
        })?;
    if fresh {
        let mark = format!("PRAGMA application_id = {APPLICATION_ID}");
        sqlx::query(sqlx::AssertSqlSafe(mark)).execute(&writer).await?;
    }
    let (id,): (i32,) = sqlx::query_as("PRAGMA application_id").fetch_one(&writer).await?;
    if id != APPLICATION_ID {
        return Err(StoreError::NotOurs(path.display().to_string()));
    }
    let readers = pool(READERS).connect_lazy_with(options.read_only(true).create_if_missing(false));
    Ok(Db::Sqlite { writer, readers })
}

impl Tx {
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
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
