//! Examines a database without changing it, for `tinnhiem doctor`.

use sqlx::{ConnectOptions as _, Connection as _};

use super::error::StoreError;
use super::migrations::SCHEMA;
use super::target::Target;
use macros::boxed;

/// The state of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Examination {
    /// The file does not exist.
    Missing,
    Sqlite {
        /// Lines of `PRAGMA integrity_check` other than `ok`.
        damage: Vec<String>,
        /// Number of its newest migration; `None` when it has no schema of this program.
        schema: Option<i64>,
    },
    Postgres {
        /// Version of the server: `16.4`.
        server: String,
        /// Number of its newest migration; `None` when it has no schema of this program.
        schema: Option<i64>,
        /// Whether the role bypasses row-level security.
        passes_walls: bool,
        /// Tables of this program without forced row-level security.
        open_tables: Vec<String>,
        /// Whether commits survive a power cut (`fsync` and `synchronous_commit` are on).
        is_durable: bool,
    },
}

impl Examination {
    /// Number of the newest migration of this program.
    pub const KNOWN_SCHEMA: i64 = SCHEMA;

    /// Number of the newest migration, if any.
    pub const fn schema(&self) -> Option<i64> {
        match self {
            Self::Missing => None,
            Self::Sqlite { schema, .. } | Self::Postgres { schema, .. } => *schema,
        }
    }
}

/// Examines the database that `target` names, without creating or upgrading it.
///
/// # Errors
/// When it cannot be reached or is not a database.
#[boxed]
pub async fn examine(target: &Target) -> Result<Examination, StoreError> {
    match target {
        Target::Sqlite(path) if !path.exists() => Ok(Examination::Missing),
        Target::Sqlite(path) => examine_sqlite(path).await,
        Target::Postgres(options) => examine_postgres(options).await,
    }
}

async fn examine_sqlite(path: &std::path::Path) -> Result<Examination, StoreError> {
    let not_sqlite = |error: sqlx::Error| match error.as_database_error().and_then(|cause| cause.code()) {
        Some(code) if code == "26" => StoreError::NotADatabase(path.to_owned()),
        _ => error.into(),
    };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = options.connect().await.map_err(not_sqlite)?;
    let found: Vec<(String,)> =
        sqlx::query_as("PRAGMA integrity_check(20)").fetch_all(&mut connection).await.map_err(not_sqlite)?;
    let damage = found.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect();
    let count = "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_steps'";
    let (ours,): (i64,) = sqlx::query_as(count).fetch_one(&mut connection).await?;
    let schema = if ours == 1 {
        let newest: (Option<i64>,) =
            sqlx::query_as("SELECT max(version) FROM schema_steps").fetch_one(&mut connection).await?;
        newest.0
    } else {
        None
    };
    connection.close().await?;
    Ok(Examination::Sqlite { damage, schema })
}

async fn examine_postgres(options: &sqlx::postgres::PgConnectOptions) -> Result<Examination, StoreError> {
    let mut connection = options.connect().await?;
    let about = "SELECT current_setting('server_version'), \
                 (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user), \
                 current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off', \
                 to_regclass('schema_steps') IS NOT NULL";
    let (server, passes_walls, is_durable, ours): (String, bool, bool, bool) =
        sqlx::query_as(about).fetch_one(&mut connection).await?;
    let schema = if ours {
        let newest: (Option<i64>,) =
            sqlx::query_as("SELECT max(version) FROM schema_steps").fetch_one(&mut connection).await?;
        newest.0
    } else {
        None
    };
    let unguarded = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
                     AND relname <> 'schema_steps' AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1";
    let found: Vec<(String,)> = sqlx::query_as(unguarded).fetch_all(&mut connection).await?;
    connection.close().await?;
    let open_tables = if ours { found.into_iter().map(|(table,)| table).collect() } else { Vec::new() };
    Ok(Examination::Postgres { server, schema, passes_walls, open_tables, is_durable })
}
