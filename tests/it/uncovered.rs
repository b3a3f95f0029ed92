//! What promises leave uncovered, computed and held against `tests/reviewed/uncovered.txt`.

use std::collections::BTreeSet;

use app::trail::verify_db;
use axum::http::{Method, StatusCode};
use domain::audit::{CouncilEvent, LogEvent as _, PollEvent};
use domain::id::CouncilId;
use domain::role::Role;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use web::{Access, Route, Takes, routes};

use crate::architecture::untested_codes;
use crate::reviewed::{assert_all_uncovered, assert_uncovered};
use crate::routes::World;
use crate::site::{Engine, PASSWORD, Site, Visitor};

fn alone<S: Future<Output = ()>>(story: S) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(story);
}

#[test]
fn every_finding_is_named_by_a_test() {
    assert_uncovered("findings that no test names", &untested_codes());
}

/// A form of an earlier session changes nothing, whatever the route.
#[test]
fn a_form_of_another_session_is_refused_everywhere() {
    alone(async {
        let world = World::new(Engine::Sqlite).await;
        let mut taken = BTreeSet::new();
        for route in routes().iter().filter(|route| route.method == Method::POST) {
            if sends_stale(&world, route).await != StatusCode::CONFLICT {
                taken.insert(route.path.to_owned());
            }
        }
        assert_uncovered("routes that take a form of another session", &taken);
    });
}

/// What a route answers to a form with the token of an earlier session of somebody who may call it.
async fn sends_stale(world: &World, route: &Route) -> StatusCode {
    let may = |role: &Role| route.access.allows(Some(&[*role]));
    let who = world.people.iter().find(|(_, _, role)| role.as_ref().is_some_and(may));
    let (council, login, role) = who.unwrap_or_else(|| panic!("nobody may call {}", route.path));
    let own = if *role == Some(Role::Operator) { &world.installation } else { &world.own };
    let address = own.address(route);
    let mut visitor = world.site.visitor();
    visitor.signs_in(council, login, PASSWORD).await;
    let token = token(&visitor);
    visitor = world.site.visitor();
    if route.access != Access::Anyone {
        visitor.signs_in(council, login, PASSWORD).await;
        assert_ne!(self::token(&visitor), token);
    }
    let fields = [("form_token", token.as_str()), ("request_id", "01940000-0000-7000-8000-000000000000")];
    match route.takes {
        Takes::File => visitor.sends_with_file(&address, &fields).await.status,
        Takes::Json => visitor.sends_json(&address, format!("{{\"token\":\"{token}\"}}")).await.status,
        Takes::Fields => {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            visitor.sends_once(Method::POST, &address, Some(body)).await.status
        }
    }
}

fn token(visitor: &Visitor) -> String {
    let fields = visitor.hidden_fields("/dang-xuat");
    fields.into_iter().find(|(name, _)| name == "form_token").expect("a form").1
}

/// A council with all that a poll leaves in a database. Whatever is changed there past the program, `verify --db` finds.
#[test]
fn verify_db_finds_what_was_changed_in_any_column() {
    alone(async {
        let world = World::new(Engine::Sqlite).await;
        let council = world.own.council;
        holds(&world.site).await.expect("nothing was changed yet");
        let mut tampering = Tampering::begin(&world.site, council).await;
        let mut unnoticed = BTreeSet::new();
        let tables = tampering.tables().await;
        assert!(tables.len() > 30, "{tables:?}");
        for table in &tables {
            if tampering.rows(table).await == 0 {
                unnoticed.insert(format!("{table}: never a row in this test"));
                continue;
            }
            let (mut keys, values) = tampering.columns(table).await;
            // Where nothing is compared, one look at all values says so.
            if !values.is_empty() {
                if tampering.is_noticed(&world.site, table, &values, Values::MadeUp).await {
                    keys.extend(values);
                } else {
                    unnoticed.insert(format!("{table}: every value beside the key"));
                }
            }
            for column in keys {
                let one = std::slice::from_ref(&column);
                if !tampering.is_noticed(&world.site, table, one, Values::OfOthers).await {
                    unnoticed.insert(format!("{table}.{column}"));
                }
            }
            if !tampering.is_loss_noticed(&world.site, table).await {
                unnoticed.insert(format!("{table}: a row that is gone"));
            }
        }
        holds(&world.site).await.expect("everything is as it was");
        let kinds = tampering.kinds().await;
        let all = CouncilEvent::TABLE.iter().chain(PollEvent::TABLE).map(|row| row.kind.to_owned());
        let missing: BTreeSet<String> = all.filter(|kind| !kinds.contains(kind)).collect();
        assert_all_uncovered(&[
            ("what verify --db does not compare", unnoticed),
            ("events that are not in the database of that test", missing),
        ]);
    });
}

async fn holds(site: &Site) -> Result<(), String> {
    match verify_db::database(&site.database.target(), None).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(failure)) => Err(failure.to_string()),
        Err(problem) => Err(problem.to_string()),
    }
}

/// What takes the place of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// The value of another row where there is one: nothing is wrong with it but that it is another's.
    OfOthers,
    /// A value that no row has.
    MadeUp,
}

/// Somebody who writes into the file of the database, without the program's triggers and checks.
struct Tampering {
    connection: SqliteConnection,
    council: CouncilId,
}

impl Tampering {
    async fn begin(site: &Site, council: CouncilId) -> Self {
        let connection = SqliteConnection::connect(site.database.url()).await.expect("connection");
        let mut tampering = Self { connection, council };
        tampering.run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").await.expect("settings");
        for trigger in tampering.names("SELECT name FROM sqlite_schema WHERE type = 'trigger'").await {
            tampering.run(&format!("DROP TRIGGER {trigger}")).await.expect("trigger");
        }
        tampering
    }

    /// Runs statements in which `:council` is the council.
    async fn run(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.replace(":council", &format!("'{}'", self.council)));
        Ok(sqlx::raw_sql(sql).execute(&mut self.connection).await?.rows_affected())
    }

    async fn fetch(&mut self, sql: &str) -> Vec<SqliteRow> {
        let sql = AssertSqlSafe(sql.replace(":council", &format!("'{}'", self.council)));
        sqlx::raw_sql(sql).fetch_all(&mut self.connection).await.expect("rows")
    }

    async fn names(&mut self, sql: &str) -> Vec<String> {
        self.fetch(sql).await.iter().map(|row| row.get(0)).collect()
    }

    /// Tables with rows of councils; what is left are the steps of the schema and the tables of the search.
    async fn tables(&mut self) -> Vec<String> {
        self.names(
            "SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' \
             AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name = 'council_id') ORDER BY t.name",
        )
        .await
    }

    /// Columns of the key and all others, without the council, by which every statement looks for its rows.
    async fn columns(&mut self, table: &str) -> (Vec<String>, Vec<String>) {
        // A number that stands for the row itself is no column of its own.
        let of = format!("FROM pragma_table_info('{table}') WHERE name <> 'council_id'");
        let keys = self.names(&format!("SELECT name {of} AND pk > 0 AND NOT (pk = 1 AND type = 'INTEGER')")).await;
        (keys, self.names(&format!("SELECT name {of} AND pk = 0")).await)
    }

    async fn rows(&mut self, table: &str) -> usize {
        self.names(&format!("SELECT 'x' FROM {table} WHERE council_id = :council")).await.len()
    }

    /// Whether a change of these columns of one row is found.
    async fn is_noticed(&mut self, site: &Site, table: &str, columns: &[String], values: Values) -> bool {
        let first = &columns[0];
        let take = format!(
            "CREATE TEMP TABLE kept AS SELECT rowid AS kept_row, * FROM {table} WHERE council_id = :council \
             ORDER BY {first} IS NULL, rowid DESC LIMIT 1"
        );
        self.run(&take).await.expect("a copy");
        for column in columns {
            self.changes(table, column, values).await;
        }
        let noticed = holds(site).await.is_err();
        let held: Vec<String> = columns.iter().map(|c| format!("{c} = (SELECT {c} FROM kept)")).collect();
        let back = format!("UPDATE {table} SET {} WHERE rowid = (SELECT kept_row FROM kept)", held.join(", "));
        assert_eq!(self.run(&back).await.expect("as it was"), 1);
        self.run("DROP TABLE kept").await.expect("forgotten");
        noticed
    }

    async fn changes(&mut self, table: &str, column: &str, values: Values) {
        let others = format!(
            "(SELECT o.{column} FROM {table} AS o WHERE o.council_id = :council AND o.{column} IS NOT NULL \
             AND o.{column} IS NOT {table}.{column} ORDER BY o.rowid LIMIT 1)"
        );
        let made_up = format!(
            "CASE WHEN {column} IN (0, 1) THEN 1 - {column} WHEN typeof({column}) = 'integer' THEN {column} + 1 \
             WHEN typeof({column}) = 'blob' THEN zeroblob(length({column}) + 1) \
             WHEN {column} IS NOT NULL THEN {column} || 'x' ELSE \
             (SELECT CASE type WHEN 'INTEGER' THEN 1 WHEN 'BLOB' THEN x'00' ELSE 'x' END \
             FROM pragma_table_info('{table}') WHERE name = '{column}') END"
        );
        let mut values = if values == Values::MadeUp { vec![made_up] } else { vec![others, made_up] };
        // A number that no row has.
        values.push("97".to_owned());
        for value in values {
            let change = format!(
                "UPDATE {table} SET {column} = {value} \
                 WHERE rowid = (SELECT kept_row FROM kept) AND {value} IS NOT NULL"
            );
            // A key that another row has is refused.
            if self.run(&change).await.unwrap_or(0) == 1 {
                return;
            }
        }
        panic!("{table}.{column} was not changed")
    }

    /// Whether it is found that a table's newest row is gone.
    async fn is_loss_noticed(&mut self, site: &Site, table: &str) -> bool {
        let take = format!(
            "CREATE TEMP TABLE kept AS SELECT * FROM {table} \
             WHERE rowid = (SELECT max(rowid) FROM {table} WHERE council_id = :council); \
             DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table} WHERE council_id = :council)"
        );
        self.run(&take).await.expect("a row");
        let noticed = holds(site).await.is_err();
        self.run(&format!("INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept")).await.expect("as it was");
        noticed
    }

    /// Kinds of events in the council's logs.
    async fn kinds(&mut self) -> BTreeSet<String> {
        let kinds = self.names("SELECT DISTINCT kind FROM log_entries WHERE council_id = :council").await;
        kinds.into_iter().collect()
    }
}
