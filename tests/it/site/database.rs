//! A database that a test has to itself and that goes away with it.

use std::env;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use store::Target;
use tempfile::TempDir;

/// Where a throwaway PostgreSQL cluster listens; `scripts/test` starts one.
const VARIABLE: &str = "TINNHIEM_TEST_POSTGRES";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub struct Database {
    pub engine: Engine,
    folder: TempDir,
    url: String,
}

impl Database {
    pub async fn new(engine: Engine) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().expect("folder");
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("tinnhiem.db").display()),
            Engine::Postgres => {
                let server = env::var(VARIABLE).unwrap_or_else(|_| {
                    panic!("{VARIABLE} is not set: run scripts/test, which starts a PostgreSQL of its own")
                });
                let name = format!("t{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
                let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.expect("server");
                let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
                sqlx::raw_sql(create).execute(&mut connection).await.expect("database");
                format!("{server}/{name}")
            }
        };
        Self { engine, folder, url }
    }

    /// One that is there, on a PostgreSQL of the story's own.
    pub fn at(url: String) -> Self {
        Self { engine: Engine::Postgres, folder: tempfile::tempdir().expect("folder"), url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn target(&self) -> Target {
        Target::parse(&self.url).expect("target")
    }

    /// A folder beside the database, for files of the same service.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}
