//! What promises leave uncovered, computed and held against `tests/reviewed/uncovered.txt`.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use domain::audit::{CouncilEvent, LogEvent as _, PollEvent};
use domain::role::Role;
use web::{Access, Route, Takes, routes};

use crate::architecture::untested_codes;
use crate::reviewed::{assert_all_uncovered, assert_uncovered, uncovered};
use crate::routes::World;
use crate::site::{Engine, PASSWORD, Site, Visitor};
use crate::tampering::{Column, Tampering, found};

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

/// A council with all that a poll leaves in a database. Whatever is changed there past the program, `verify --db` finds, and
/// names the table.
#[test]
fn verify_db_finds_what_was_changed_in_any_column() {
    alone(async {
        let (of_sqlite, missing) = uncovered_on(Engine::Sqlite).await;
        assert_all_uncovered(&[
            ("what verify --db does not compare", of_sqlite),
            ("events that are not in the database of that test", missing),
        ]);
    });
}

/// Tables in which the two databases read differently: truth values, bytes, and the rows of a count. All others are read and
/// compared by the same lines.
const ON_POSTGRES: [&str; 8] =
    ["accounts", "attachment_chunks", "batches", "councils", "poll_forms", "polls", "proposals", "sealed_batches"];

/// The same on PostgreSQL, with the same list.
#[test]
fn verify_db_finds_the_same_on_postgresql() {
    alone(async {
        let (of_postgres, _) = uncovered_on(Engine::Postgres).await;
        let is_of = |line: &String| ON_POSTGRES.contains(&line.split(['.', ':']).next().unwrap_or_default());
        let listed: BTreeSet<String> =
            uncovered("what verify --db does not compare").into_keys().filter(is_of).collect();
        assert_eq!(of_postgres, listed);
    });
}

/// What is not noticed, and which kinds of events the story has not.
async fn uncovered_on(engine: Engine) -> (BTreeSet<String>, BTreeSet<String>) {
    let world = World::new(engine).await;
    let council = world.own.council;
    world.has_papers_and_slips().await;
    assert_eq!(found(&world.site).await, Vec::<String>::new(), "nothing was changed yet");
    let mut tampering = Tampering::begin(&world.site, council).await;
    let mut unnoticed = BTreeSet::new();
    let tables = tampering.tables().await;
    assert!(tables.len() > 30, "{tables:?}");
    let is_walked = |table: &&String| engine == Engine::Sqlite || ON_POSTGRES.contains(&table.as_str());
    for table in tables.iter().filter(is_walked) {
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
                unnoticed.insert(format!("{table}.{}", column.name));
            }
        }
        if !tampering.is_loss_noticed(&world.site, table).await {
            unnoticed.insert(format!("{table}: a row that is gone"));
        }
    }
    assert_eq!(found(&world.site).await, Vec::<String>::new(), "everything is as it was");
    let kinds = tampering.kinds().await;
    let all = CouncilEvent::TABLE.iter().chain(PollEvent::TABLE).map(|row| row.kind.to_owned());
    (unnoticed, all.filter(|kind| !kinds.contains(kind)).collect())
}

/// What takes the place of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// The value of another row where there is one: nothing is wrong with it but that it is another's.
    OfOthers,
    /// A value that no row has.
    MadeUp,
}

impl Tampering {
    /// Keeps one row of a table aside and says where it lies.
    async fn keeps(&mut self, table: &str, first: &str) -> String {
        let place = self.place();
        let row = format!(
            "SELECT CAST({place} AS TEXT) FROM {table} WHERE council_id = :council \
             ORDER BY {first} IS NULL, {place} DESC LIMIT 1"
        );
        let row = self.names(&row).await.remove(0);
        let take = format!("CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE {place} = '{row}'");
        self.run(&take).await.expect("a copy");
        row
    }

    /// Whether a change of these columns of one row is found.
    async fn is_noticed(&mut self, site: &Site, table: &str, columns: &[Column], values: Values) -> bool {
        let mut row = self.keeps(table, &columns[0].name).await;
        for column in columns {
            row = self.changes((table, &row), column, values).await;
        }
        let told = found(site).await;
        let held: Vec<String> = columns.iter().map(|c| format!("{0} = (SELECT {0} FROM kept)", c.name)).collect();
        let back = format!("UPDATE {table} SET {} WHERE {} = '{row}'", held.join(", "), self.place());
        assert_eq!(self.run(&back).await.expect("as it was"), 1);
        self.run("DROP TABLE kept").await.expect("forgotten");
        !told.is_empty()
    }

    /// Puts another value in the place of one; says where the row lies now.
    async fn changes(&mut self, (table, row): (&str, &str), Column { name, kind }: &Column, values: Values) -> String {
        let place = self.place();
        let others = format!(
            "(SELECT o.{name} FROM {table} AS o WHERE o.council_id = :council AND o.{name} IS NOT NULL \
             AND (o.{name} <> {table}.{name} OR {table}.{name} IS NULL) ORDER BY o.{place} LIMIT 1)"
        );
        let made_up = match kind.as_str() {
            "INTEGER" | "bigint" => {
                format!("coalesce(CASE WHEN {name} IN (0, 1) THEN 1 - {name} ELSE {name} + 1 END, 1)")
            }
            "boolean" => format!("NOT {name}"),
            "BLOB" => format!("zeroblob(coalesce(length({name}), 0) + 1)"),
            "bytea" => format!("coalesce({name}, '') || '\\x00'::bytea"),
            _ => format!("coalesce({name}, '') || 'x'"),
        };
        let mut values = if values == Values::MadeUp { vec![made_up] } else { vec![others, made_up] };
        // A number that no row has.
        values.push(if matches!(kind.as_str(), "boolean" | "bytea") { "NULL" } else { "97" }.to_owned());
        for value in values {
            let change = format!(
                "UPDATE {table} SET {name} = {value} WHERE {place} = '{row}' AND ({value}) IS NOT NULL \
                 RETURNING CAST({place} AS TEXT), ''"
            );
            // A key that another row has is refused.
            if let Ok(changed) = self.pairs(&change).await
                && let Some((row, _)) = changed.into_iter().next()
            {
                return row;
            }
        }
        panic!("{table}.{name} was not changed")
    }

    /// Whether it is found that a table's newest row is gone.
    async fn is_loss_noticed(&mut self, site: &Site, table: &str) -> bool {
        let row = self.keeps(table, "council_id").await;
        self.run(&format!("DELETE FROM {table} WHERE {} = '{row}'", self.place())).await.expect("gone");
        let told = found(site).await;
        let (keys, others) = self.columns(table).await;
        let mut columns: Vec<&str> = keys.iter().chain(&others).map(|column| column.name.as_str()).collect();
        columns.push("council_id");
        if self.is_sqlite() && table == "search_lines" {
            columns.push("line_id");
        }
        let columns = columns.join(", ");
        let back = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM kept; DROP TABLE kept");
        self.run(&back).await.expect("as it was");
        !told.is_empty()
    }

    /// Kinds of events in the council's logs.
    async fn kinds(&mut self) -> BTreeSet<String> {
        let kinds = self.names("SELECT DISTINCT kind FROM log_entries WHERE council_id = :council").await;
        kinds.into_iter().collect()
    }
}
