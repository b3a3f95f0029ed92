//! Location of the database: from `DATABASE_URL`, or a SQLite file in the data folder.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::error::StoreError;

/// `PRAGMA application_id` of this program's SQLite files: the letters `TNHM`.
pub(super) const APPLICATION_ID: i32 = 0x544E_484D;
/// Longest wait for a lock of another process.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause between two attempts where SQLite does not wait by itself.
pub(super) const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// Where the database is. `Debug` and [`fmt::Display`] show no password.
#[derive(Clone)]
pub enum Target {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Target {
    /// The file `tinnhiem.db` in the data folder.
    pub fn in_folder(data: &Path) -> Self {
        Self::Sqlite(data.join("tinnhiem.db"))
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// What a `DATABASE_URL` names: `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// When the scheme is another or the rest cannot be read.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        match scheme {
            "sqlite" => Ok(Self::Sqlite(PathBuf::from(rest.strip_prefix("//").unwrap_or(rest)))),
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url).map_err(StoreError::Url)?;
                Ok(Self::Postgres(Box::new(options.application_name("tinnhiem"))))
            }
            // Not the whole text: a URL may hold a password.
            _ => Err(StoreError::UnknownScheme(scheme.chars().take(20).collect())),
        }
    }

    pub(super) fn sqlite_options(path: &Path) -> SqliteConnectOptions {
        Self::sqlite_settings(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
    }

    /// Settings that change nothing in the file.
    pub(super) fn sqlite_settings(path: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // Rows come from a thread of their own: in small portions it would wait for its reader again and again.
            .row_buffer_size(1024)
            // So that INSERT OR REPLACE fires the triggers that refuse a DELETE.
            .pragma("recursive_triggers", "ON")
            .pragma("trusted_schema", "OFF")
            .pragma("secure_delete", "ON")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or("?");
                write!(
                    f,
                    "postgres://{}@{}:{}/{database}",
                    options.get_username(),
                    options.get_host(),
                    options.get_port()
                )
            }
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let target = Target::parse("postgres://an:m%E1%BA%ADt@db.local:5433/hdnd").expect("target");
        assert_eq!(target.to_string(), "postgres://an@db.local:5433/hdnd");
        assert_eq!(format!("{target:?}"), "postgres://an@db.local:5433/hdnd");
        let Err(error) = Target::parse("mysql://an:bi-mat@db/hdnd") else { panic!("mysql") };
        assert!(error.to_string().contains("«mysql:»") && !error.to_string().contains("bi-mat"));
    }

    #[test]
    fn a_path_may_be_written_in_two_ways() {
        for url in ["sqlite:data/t.db", "sqlite://data/t.db"] {
            assert_eq!(Target::parse(url).expect("target").to_string(), "sqlite:data/t.db");
        }
    }
}
