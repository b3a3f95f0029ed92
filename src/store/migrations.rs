//! Migrations: all missing steps run in one transaction, by one process at a time.

use super::db::{Db, Tx};
use super::error::StoreError;
use super::target::{APPLICATION_ID, Target};
use domain::audit::Digest;

/// One step: number, name, text for SQLite, text for PostgreSQL.
type Migration = (i64, &'static str, &'static str, &'static str);

/// In ascending order of their numbers. A released step is never changed; a change of the schema is a new step.
const STEPS: &[Migration] = &[
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
    (
        3,
        "preparing",
        include_str!("../../migrations/sqlite/0003_preparing.sql"),
        include_str!("../../migrations/postgres/0003_preparing.sql"),
    ),
    (
        4,
        "screen",
        include_str!("../../migrations/sqlite/0004_screen.sql"),
        include_str!("../../migrations/postgres/0004_screen.sql"),
    ),
    (
        5,
        "hall",
        include_str!("../../migrations/sqlite/0005_hall.sql"),
        include_str!("../../migrations/postgres/0005_hall.sql"),
    ),
    (
        6,
        "board",
        include_str!("../../migrations/sqlite/0006_board.sql"),
        include_str!("../../migrations/postgres/0006_board.sql"),
    ),
    (
        7,
        "attesting",
        include_str!("../../migrations/sqlite/0007_attesting.sql"),
        include_str!("../../migrations/postgres/0007_attesting.sql"),
    ),
    (
        8,
        "room",
        include_str!("../../migrations/sqlite/0008_room.sql"),
        include_str!("../../migrations/postgres/0008_room.sql"),
    ),
    (
        10,
        "forms",
        include_str!("../../migrations/sqlite/0010_forms.sql"),
        include_str!("../../migrations/postgres/0010_forms.sql"),
    ),
    (
        12,
        "anchors",
        include_str!("../../migrations/sqlite/0012_anchors.sql"),
        include_str!("../../migrations/postgres/0012_anchors.sql"),
    ),
    (
        14,
        "log_tags",
        include_str!("../../migrations/sqlite/0014_log_tags.sql"),
        include_str!("../../migrations/postgres/0014_log_tags.sql"),
    ),
    (
        15,
        "row_tags",
        include_str!("../../migrations/sqlite/0015_row_tags.sql"),
        include_str!("../../migrations/postgres/0015_row_tags.sql"),
    ),
];

/// Number of the newest migration of this program.
pub const SCHEMA: i64 = STEPS[STEPS.len() - 1].0;

/// Advisory lock, so that processes which start at once migrate one after another.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1414285892)";
const TABLE_SQLITE: &str =
    "CREATE TABLE schema_steps (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT";
const TABLE_POSTGRES: &str =
    "CREATE TABLE schema_steps (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)";

/// Number and SHA-256 of each step that a database has; `None` for an empty database.
type AppliedMigrations = Option<Vec<(i64, String)>>;

/// Runs the missing steps.
///
/// # Errors
/// When the database belongs to another program, has steps that this program does not know, or refuses one.
pub(super) async fn bring_up_to_date(db: &Db, target: &Target) -> Result<(), StoreError> {
    let mut tx = db.begin_write().await?;
    if matches!(tx, Tx::Postgres(_)) {
        tx.run(LOCK).await?;
    }
    let found = find(&mut tx, target).await?;
    let done = check(found.as_deref().unwrap_or_default(), &tx)?;
    if found.is_some() && done == STEPS.len() {
        return Ok(());
    }
    if found.is_none() {
        begin(&mut tx).await?;
    }
    run_steps(&mut tx, done, SCHEMA).await?;
    tx.commit().await
}

/// Makes the schema as it was at step `schema` in a database that has nothing, or that schema without a row.
///
/// # Errors
/// [`StoreError::NotEmpty`].
pub(super) async fn make_empty(tx: &mut Tx, target: &Target, schema: i64) -> Result<(), StoreError> {
    if matches!(tx, Tx::Postgres(_)) {
        tx.run(LOCK).await?;
    }
    let Some(found) = find(tx, target).await? else {
        begin(tx).await?;
        return run_steps(tx, 0, schema).await;
    };
    check(&found, tx)?;
    // Every row is of a council, and a council is a row.
    let count = "SELECT count(*) FROM councils";
    let (rows,): (i64,) = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(count).fetch_one(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(count).fetch_one(&mut **tx).await?,
    };
    let is_of_step = found.last().is_some_and(|(version, _)| *version == schema);
    if rows == 0 && is_of_step { Ok(()) } else { Err(StoreError::NotEmpty(target.to_string())) }
}

/// Runs the steps that a database does not have yet.
pub(super) async fn go_on(tx: &mut Tx) -> Result<(), StoreError> {
    let done = check(&steps(tx).await?, tx)?;
    run_steps(tx, done, SCHEMA).await
}

/// Whether a step is one of this program.
///
/// # Errors
/// [`StoreError::NewerSchema`], [`StoreError::BrokenSchema`].
pub(super) fn require_known(schema: i64) -> Result<(), StoreError> {
    match STEPS.iter().any(|step| step.0 == schema) {
        true => Ok(()),
        false if schema > SCHEMA => Err(StoreError::NewerSchema { found: schema, known: SCHEMA }),
        false => Err(StoreError::BrokenSchema(schema)),
    }
}

/// Number of the newest step of a database that may be older than this program.
pub(super) async fn step_of(tx: &mut Tx) -> Result<i64, StoreError> {
    let found = steps(tx).await?;
    check(&found, tx)?;
    Ok(found.last().map_or(0, |(version, _)| *version))
}

/// Checks that a database is one of this program, of whatever step.
///
/// # Errors
/// When it has none, a newer one, or belongs to another program.
pub(super) async fn require_any(db: &Db, target: &Target) -> Result<(), StoreError> {
    let mut tx = db.begin_read().await?;
    let found = find(&mut tx, target).await?.filter(|found| !found.is_empty());
    let found = found.ok_or_else(|| StoreError::Missing(target.to_string()))?;
    check(&found, &tx).map(drop)
}

/// Runs the steps after the first `done`, up to `last`.
async fn run_steps(tx: &mut Tx, done: usize, last: i64) -> Result<(), StoreError> {
    for step in STEPS.iter().skip(done).filter(|step| step.0 <= last) {
        let (version, name, ..) = *step;
        tx.run(text_of(step, tx)).await?;
        let hash = Digest::of(text_of(step, tx).as_bytes()).to_string();
        let insert = "INSERT INTO schema_steps (version, name, sha256) VALUES ($1, $2, $3)";
        match tx {
            Tx::Sqlite(tx) => {
                sqlx::query(insert).bind(version).bind(name).bind(hash).execute(&mut **tx).await.map(drop)?;
            }
            Tx::Postgres(tx) => {
                sqlx::query(insert).bind(version).bind(name).bind(hash).execute(&mut **tx).await.map(drop)?;
            }
        }
    }
    Ok(())
}

/// The first step whose name is not the one that it ran under.
pub(super) async fn misnamed(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    let names = "SELECT version, name FROM schema_steps ORDER BY version";
    let found: Vec<(i64, String)> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(names).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(names).fetch_all(&mut **tx).await?,
    };
    let is_known = |(version, name): &(i64, String)| STEPS.iter().any(|step| step.0 == *version && step.1 == name);
    Ok(found.into_iter().find(|step| !is_known(step)).map(|(version, _)| version))
}

/// Texts of all steps for SQLite, in their order.
pub(super) fn of_sqlite() -> impl Iterator<Item = &'static str> {
    std::iter::once(TABLE_SQLITE).chain(STEPS.iter().map(|step| step.2))
}

/// Checks that a database has exactly the schema of this program.
///
/// # Errors
/// When it has none, an older or a newer one, or belongs to another program.
pub(super) async fn require(db: &Db, target: &Target) -> Result<(), StoreError> {
    let mut tx = db.begin_read().await?;
    let found = find(&mut tx, target).await?;
    let found = found.ok_or_else(|| StoreError::Missing(target.to_string()))?;
    let done = check(&found, &tx)?;
    if done == STEPS.len() {
        return Ok(());
    }
    Err(StoreError::OlderSchema { found: found.last().map_or(0, |(version, _)| *version), known: SCHEMA })
}

/// Checks that the database answers and that no newer program has upgraded its schema.
///
/// # Errors
/// [`StoreError::NewerSchema`].
pub(super) async fn check_not_newer(db: &Db) -> Result<(), StoreError> {
    let newest = "SELECT max(version) FROM schema_steps";
    let (found,): (i64,) = match db {
        Db::Sqlite { readers, .. } => sqlx::query_as(newest).fetch_one(readers).await?,
        Db::Postgres(pool) => sqlx::query_as(newest).fetch_one(pool).await?,
    };
    if found > SCHEMA { Err(StoreError::NewerSchema { found, known: SCHEMA }) } else { Ok(()) }
}

const fn text_of(step: &Migration, tx: &Tx) -> &'static str {
    match tx {
        Tx::Sqlite(_) => step.2,
        Tx::Postgres(_) => step.3,
    }
}

/// Marks the database as one of this program.
async fn begin(tx: &mut Tx) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(connection) => {
            let mark = sqlx::AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION_ID}"));
            sqlx::raw_sql(mark).execute(&mut **connection).await?;
            tx.run(TABLE_SQLITE).await
        }
        Tx::Postgres(_) => tx.run(TABLE_POSTGRES).await,
    }
}

/// Number of steps that have run, after checking that they are the first steps of this program.
fn check(found: &[(i64, String)], tx: &Tx) -> Result<usize, StoreError> {
    for (place, (version, hash)) in found.iter().enumerate() {
        match STEPS.get(place) {
            None if *version > SCHEMA => return Err(StoreError::NewerSchema { found: *version, known: SCHEMA }),
            Some(step) if step.0 == *version && Digest::of(text_of(step, tx).as_bytes()).to_string() == *hash => {}
            _ => return Err(StoreError::BrokenSchema(*version)),
        }
    }
    Ok(found.len())
}

/// Reads which steps are done. A database that holds something, but no steps, is another program's.
async fn find(tx: &mut Tx, target: &Target) -> Result<AppliedMigrations, StoreError> {
    match tx {
        Tx::Sqlite(tx) => {
            let count = "SELECT count(*), coalesce(sum(name = 'schema_steps'), 0) FROM sqlite_schema \
                         WHERE type = 'table'";
            let (tables, ours): (i64, i64) = sqlx::query_as(count).fetch_one(&mut **tx).await?;
            let (id,): (i32,) = sqlx::query_as("PRAGMA application_id").fetch_one(&mut **tx).await?;
            match (tables, ours, id) {
                (0, _, 0) => return Ok(None),
                (_, 1, APPLICATION_ID) => {}
                _ => return Err(StoreError::NotOurs(target.to_string())),
            }
        }
        Tx::Postgres(tx) => {
            let count = "SELECT count(*), count(*) FILTER (WHERE table_name = 'schema_steps') \
                         FROM information_schema.tables WHERE table_schema = current_schema()";
            let (tables, ours): (i64, i64) = sqlx::query_as(count).fetch_one(&mut **tx).await?;
            match (tables, ours) {
                (0, _) => return Ok(None),
                (_, 1) => {}
                _ => return Err(StoreError::NotOurs(target.to_string())),
            }
        }
    }
    steps(tx).await.map(Some)
}

/// Number of the newest step of whatever the target holds; `None` where it holds nothing.
pub(super) async fn newest(tx: &mut Tx, target: &Target) -> Result<Option<i64>, StoreError> {
    let found = find(tx, target).await?;
    Ok(found.and_then(|found| found.last().map(|(version, _)| *version)))
}

/// Number and SHA-256 of each step that ran.
async fn steps(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    let steps = "SELECT version, sha256 FROM schema_steps ORDER BY version";
    Ok(match tx {
        Tx::Sqlite(tx) => sqlx::query_as(steps).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(steps).fetch_all(&mut **tx).await?,
    })
}
