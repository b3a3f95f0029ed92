//! The two schemas, which must be one; and the walls between councils, which stand in the database too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sqlx::Connection as _;

use crate::site::{Database, Engine, Site, on_both};
use crate::store_log::past_the_program;

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
        for site in [&sqlite, &postgres] {
            let older = store::keep_older(&site.database.target()).await.expect("looked at");
            assert_eq!(older, store::Older::No, "nothing is upgraded");
        }
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

/// What `verify --db` holds a PostgreSQL against, made from its migrations. Written anew with `TINNHIEM_UPDATE_REVIEWED=1`.
#[test]
fn the_schema_of_postgresql_is_written_down_as_the_migrations_make_it() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let site = Site::empty(Engine::Postgres).await;
        let made = site.store.schema_text().await.expect("schema");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/postgres_schema.txt");
        if std::env::var_os("TINNHIEM_UPDATE_REVIEWED").is_some() {
            fs::write(file, made).expect("written");
            return;
        }
        assert_eq!(site.store.schema_differences().await.expect("schema"), []);
        let written: BTreeSet<&str> = store::schema::POSTGRES.lines().collect();
        let made: BTreeSet<&str> = made.lines().collect();
        let differing: Vec<_> = written.symmetric_difference(&made).collect();
        assert!(differing.is_empty(), "src/store/postgres_schema.txt: {differing:#?}");
    });
}

/// What is done to the schema, on which databases, and what is told of it.
const SCHEMA_CHANGES: &[(Option<Engine>, &str, &str)] = &[
    (Some(Engine::Sqlite), "DROP TRIGGER log_entries_stand", "thiếu «trigger log_entries_stand»"),
    (
        Some(Engine::Sqlite),
        "CREATE TRIGGER other AFTER INSERT ON batches BEGIN UPDATE sealed_batches SET opening = ''; END",
        "có «trigger other»",
    ),
    (Some(Engine::Sqlite), "ALTER TABLE jobs RENAME TO j; CREATE VIEW jobs AS SELECT * FROM j", "có «view jobs»"),
    (Some(Engine::Postgres), "DROP TRIGGER log_entries_stand ON log_entries", "thiếu «trigger log_entries_stand»"),
    (
        Some(Engine::Postgres),
        "ALTER TABLE log_entries DISABLE TRIGGER USER",
        "«trigger log_entries_stand» trong lược đồ",
    ),
    (Some(Engine::Postgres), "DROP POLICY own_council ON batches", "thiếu «policy batches.own_council»"),
    (Some(Engine::Postgres), "ALTER TABLE batches NO FORCE ROW LEVEL SECURITY", "«table batches» trong lược đồ"),
    (
        Some(Engine::Postgres),
        "CREATE OR REPLACE FUNCTION refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "«function refuse» trong lược đồ",
    ),
    (None, "ALTER TABLE batches ADD COLUMN other BIGINT", "batches"),
    (None, "UPDATE schema_steps SET name = 'other' WHERE version = 2", "bảng schema_steps, dòng 2: cột name"),
];

#[test]
fn what_protects_rows_and_is_taken_away_is_found() {
    on_both(|engine| async move {
        for (of, change, told) in SCHEMA_CHANGES.iter().filter(|(of, ..)| of.is_none_or(|of| of == engine)) {
            let (site, council) = Site::with_council(engine).await;
            let change =
                if engine == Engine::Sqlite { change.replace("BIGINT", "INTEGER") } else { (*change).to_owned() };
            past_the_program(&site.database, council, &change).await.expect("changed");
            let held = app::trail::verify_db::database(&site.database.target(), None).await.expect("read");
            let found = held.expect_err("found").to_string();
            assert!(found.contains(told), "{change} {of:?}: {found}");
        }
    });
}
