//! The two schemas, which must be one; and the walls between councils, which stand in the database too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sqlx::Connection as _;

use crate::site::{Database, Engine, Site};

/// The second wall: PostgreSQL itself shows no row to a statement that forgets the council, and one council's only to
/// who says so.
#[test]
fn a_statement_that_forgets_the_council_sees_nothing() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council(Engine::Postgres).await;
        site.signed_in("mau", "quan.tri").await;
        let mut raw = sqlx::PgConnection::connect(site.database.url()).await.expect("connection");
        let tables = [("councils", 1), ("accounts", 1), ("sessions", 1), ("logs", 1), ("log_entries", 3)];
        for (table, of_council) in tables {
            let count = || sqlx::query_as::<_, (i64,)>(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")));
            let scope = |id: String| sqlx::query("SELECT set_config('tinnhiem.council', $1, false)").bind(id);
            scope(String::new()).execute(&mut raw).await.expect("scope");
            assert_eq!(count().fetch_one(&mut raw).await.expect("count").0, 0, "{table}");
            scope(council.to_string()).execute(&mut raw).await.expect("scope");
            assert_eq!(count().fetch_one(&mut raw).await.expect("count").0, of_council, "{table}");
        }
        let foreign = "INSERT INTO requests (council_id, request_id, done_at) VALUES ('x', 'x', 'x')";
        let refused = sqlx::raw_sql(foreign).execute(&mut raw).await.expect_err("row of another council");
        assert!(refused.to_string().contains("row-level security"), "{refused}");
        // A table that somebody adds and forgets to guard.
        let bare: Vec<(String,)> = sqlx::query_as(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
             AND NOT (relrowsecurity AND relforcerowsecurity) AND relname <> 'schema_steps'",
        )
        .fetch_all(&mut raw)
        .await
        .expect("tables");
        assert_eq!(bare, []);
    });
}

/// Table and column, with class and nullability; not what a database derives for itself.
type Columns = BTreeMap<(String, String), (String, bool)>;

async fn columns(database: &Database) -> Columns {
    let rows: Vec<(String, String, String, bool)> = match database.engine {
        Engine::Sqlite => {
            let mut raw = sqlx::SqliteConnection::connect(database.url()).await.expect("connection");
            let list = "SELECT t.name, c.name, c.type || CASE WHEN t.sql LIKE '%(' || c.name || ' IN (0, 1))%' \
                        THEN ' BOOLEAN' ELSE '' END, c.\"notnull\" = 0 FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
                        WHERE t.type = 'table' AND t.name NOT LIKE 'search_words%'";
            sqlx::query_as(list).fetch_all(&mut raw).await.expect("columns")
        }
        Engine::Postgres => {
            let mut raw = sqlx::PgConnection::connect(database.url()).await.expect("connection");
            let list = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
                        FROM information_schema.columns WHERE table_schema = current_schema() \
                        AND is_generated = 'NEVER'";
            sqlx::query_as(list).fetch_all(&mut raw).await.expect("columns")
        }
    };
    let class = |kind: &str| match kind {
        "TEXT" | "text" => "text",
        "INTEGER" | "bigint" => "integer",
        "INTEGER BOOLEAN" | "boolean" => "boolean",
        "BLOB" | "bytea" => "bytes",
        other => panic!("no column may be {other}"),
    };
    rows.into_iter().map(|(table, column, kind, null)| ((table, column), (class(&kind).to_owned(), null))).collect()
}

#[test]
fn both_schemas_have_the_same_columns() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (sqlite, postgres) = (Site::empty(Engine::Sqlite).await, Site::empty(Engine::Postgres).await);
        let (one, other) = (columns(&sqlite.database).await, columns(&postgres.database).await);
        assert!(one.len() > 50, "{one:?}");
        assert_eq!(one, other);
        let homeless: Vec<_> = one
            .keys()
            .map(|(table, _)| table)
            .filter(|table| *table != "schema_steps" && !one.contains_key(&((*table).clone(), "council_id".into())))
            .collect();
        assert!(homeless.is_empty(), "tables without a council: {homeless:?}");
    });
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let files = fs::read_dir(folder).expect("folder");
        files.map(|file| file.expect("file").file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
