//! Somebody who writes into a database past the program, and what `verify --db` finds then.

use app::trail::verify_db::{self, DbFault};
use domain::id::CouncilId;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::site::{Engine, Site};
use crate::store_verify::keys;

/// What `verify --db` finds, but for what the test itself takes off the schema.
pub async fn found(site: &Site) -> Vec<String> {
    match verify_db::database(&site.database.target(), Some(&keys())).await {
        Ok(Ok(_)) => Vec::new(),
        Ok(Err(findings)) => {
            let own = findings.all().filter(|failure| !matches!(failure.cause, DbFault::Schema(_)));
            own.map(ToString::to_string).collect()
        }
        Err(problem) => vec![problem.to_string()],
    }
}

/// A column and what it takes.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: String,
}

enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Somebody who writes into the database, without the program's triggers and checks.
pub struct Tampering {
    raw: Raw,
    council: CouncilId,
}

impl Tampering {
    pub async fn begin(site: &Site, council: CouncilId) -> Self {
        let url = site.database.url();
        let raw = match site.database.engine {
            Engine::Sqlite => Raw::Sqlite(SqliteConnection::connect(url).await.expect("connection")),
            Engine::Postgres => Raw::Postgres(PgConnection::connect(url).await.expect("connection")),
        };
        let mut tampering = Self { raw, council };
        if let Raw::Sqlite(_) = tampering.raw {
            tampering.run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").await.expect("settings");
            for trigger in tampering.names("SELECT name FROM sqlite_schema WHERE type = 'trigger'").await {
                tampering.run(&format!("DROP TRIGGER {trigger}")).await.expect("trigger");
            }
            return tampering;
        }
        tampering.run("SELECT set_config('tinnhiem.council', :council, false)").await.expect("scope");
        for kinds in ["'f'", "'c'"] {
            let constraints = format!(
                "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname FROM pg_constraint \
                 WHERE connamespace = current_schema()::regnamespace AND contype = {kinds}"
            );
            for drops in tampering.names(&constraints).await {
                tampering.run(&drops).await.expect("constraint");
            }
        }
        for table in tampering.tables().await {
            tampering.run(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await.expect("triggers");
        }
        tampering
    }

    pub const fn is_sqlite(&self) -> bool {
        matches!(self.raw, Raw::Sqlite(_))
    }

    /// Where a row lies.
    pub const fn place(&self) -> &'static str {
        if self.is_sqlite() { "rowid" } else { "ctid" }
    }

    /// Runs statements in which `:council` is the council.
    pub async fn run(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.replace(":council", &format!("'{}'", self.council)));
        Ok(match &mut self.raw {
            Raw::Sqlite(raw) => sqlx::raw_sql(sql).execute(raw).await?.rows_affected(),
            Raw::Postgres(raw) => sqlx::raw_sql(sql).execute(raw).await?.rows_affected(),
        })
    }

    /// The first two values of each row.
    pub async fn pairs(&mut self, sql: &str) -> Result<Vec<(String, String)>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.replace(":council", &format!("'{}'", self.council)));
        match &mut self.raw {
            Raw::Sqlite(raw) => sqlx::query_as(sql).fetch_all(raw).await,
            Raw::Postgres(raw) => sqlx::query_as(sql).fetch_all(raw).await,
        }
    }

    pub async fn names(&mut self, sql: &str) -> Vec<String> {
        let pairs = self.pairs(&format!("SELECT q.*, '' FROM ({sql}) AS q")).await.expect("rows");
        pairs.into_iter().map(|(name, _)| name).collect()
    }

    /// Tables with rows of councils; what is left are the steps of the schema and the tables of the search.
    pub async fn tables(&mut self) -> Vec<String> {
        let list = if self.is_sqlite() {
            "SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' \
             AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name = 'council_id') ORDER BY t.name"
        } else {
            "SELECT table_name::text FROM information_schema.columns WHERE table_schema = current_schema() \
             AND column_name = 'council_id' ORDER BY table_name"
        };
        self.names(list).await
    }

    /// Columns of the key and all others, without the council, by which every statement looks for its rows, and without what
    /// the database makes itself.
    pub async fn columns(&mut self, table: &str) -> (Vec<Column>, Vec<Column>) {
        let (keys, all) = if self.is_sqlite() {
            // A number that stands for the row itself is no column of its own.
            let of = format!("FROM pragma_table_info('{table}') WHERE name <> 'council_id'");
            let one = "AND NOT (pk = 1 AND type = 'INTEGER')";
            (format!("SELECT name, type {of} AND pk > 0 {one}"), format!("SELECT name, type {of} {one}"))
        } else {
            let of = format!(
                "FROM information_schema.columns AS c WHERE table_schema = current_schema() AND table_name = '{table}' \
                 AND column_name <> 'council_id' AND is_generated = 'NEVER' AND is_identity = 'NO'"
            );
            let key = format!(
                "AND EXISTS (SELECT 1 FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid \
                 AND a.attnum = ANY (k.conkey) WHERE k.contype = 'p' AND k.conrelid = '{table}'::regclass \
                 AND a.attname = c.column_name)"
            );
            let select = "SELECT column_name::text, data_type::text";
            (format!("{select} {of} {key}"), format!("{select} {of}"))
        };
        let column = |(name, kind)| Column { name, kind };
        let keys: Vec<Column> = self.pairs(&keys).await.expect("key").into_iter().map(column).collect();
        let all: Vec<Column> = self.pairs(&all).await.expect("columns").into_iter().map(column).collect();
        let is_key = |of: &Column| keys.iter().any(|key| key.name == of.name);
        let others = all.into_iter().filter(|of| !is_key(of)).collect();
        (keys, others)
    }

    /// Where the council's rows of a SQLite table lie.
    pub async fn rowids(&mut self, table: &str) -> Vec<String> {
        self.names(&format!("SELECT CAST(rowid AS TEXT) FROM {table} WHERE council_id = :council ORDER BY rowid")).await
    }

    pub async fn rows(&mut self, table: &str) -> usize {
        self.names(&format!("SELECT 'x' FROM {table} WHERE council_id = :council")).await.len()
    }
}
