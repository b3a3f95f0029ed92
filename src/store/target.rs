//! Location of the database: from `DATABASE_URL`, or a SQLite file in the data folder.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
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
    /// When the scheme is another or the rest cannot be read, and when a server on another machine need not prove who it is:
    /// passwords and dossiers would cross the network for anybody to read or answer.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        match scheme {
            "sqlite" => Ok(Self::Sqlite(PathBuf::from(rest.strip_prefix("//").unwrap_or(rest)))),
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url).map_err(StoreError::Url)?;
                if !is_here(&options) && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
                    return Err(StoreError::Unproven(options.get_host().to_owned()));
                }
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

/// Whether the server is on this machine: behind a socket of the file system, or at an address that no packet leaves by.
fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    options.get_socket().is_some() || host.starts_with('/') || host == "localhost" || is_loopback
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
        let target = Target::parse("postgres://an:m%E1%BA%ADt@db.local:5433/hdnd?sslmode=verify-full").expect("target");
        assert_eq!(target.to_string(), "postgres://an@db.local:5433/hdnd");
        assert_eq!(format!("{target:?}"), "postgres://an@db.local:5433/hdnd");
        let Err(error) = Target::parse("mysql://an:bi-mat@db/hdnd") else { panic!("mysql") };
        assert!(error.to_string().contains("«mysql:»") && !error.to_string().contains("bi-mat"));
    }

    #[test]
    fn a_server_on_another_machine_has_to_prove_who_it_is() {
        for here in ["localhost", "127.0.0.1", "[::1]", "%2Fvar%2Frun%2Fpostgresql"] {
            Target::parse(&format!("postgres://an@{here}:5432/hdnd"))
                .unwrap_or_else(|refused| panic!("{here}: {refused}"));
        }
        for away in ["", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca", "?sslmode=disable"] {
            let refused =
                Target::parse(&format!("postgres://an:bi-mat@db.local/hdnd{away}")).expect_err(away).to_string();
            assert!(refused.contains("db.local") && refused.contains("sslmode=verify-full"), "{refused}");
            assert!(!refused.contains("bi-mat"));
        }
    }

    #[test]
    fn a_path_may_be_written_in_two_ways() {
        for url in ["sqlite:data/t.db", "sqlite://data/t.db"] {
            assert_eq!(Target::parse(url).expect("target").to_string(), "sqlite:data/t.db");
        }
    }
}
