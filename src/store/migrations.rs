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
    for step in STEPS.iter().skip(done) {
        let (version, name, ..) = *step;
        tx.run(text_of(step, &tx)).await?;
        let hash = Digest::of(text_of(step, &tx).as_bytes()).to_string();
        let insert = "INSERT INTO schema_steps (version, name, sha256) VALUES ($1, $2, $3)";
        match &mut tx {
            Tx::Sqlite(tx) => {
                sqlx::query(insert).bind(version).bind(name).bind(hash).execute(&mut **tx).await.map(drop)?;
            }
            Tx::Postgres(tx) => {
                sqlx::query(insert).bind(version).bind(name).bind(hash).execute(&mut **tx).await.map(drop)?;
            }
        }
    }
    tx.commit().await
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
    let steps = "SELECT version, sha256 FROM schema_steps ORDER BY version";
    match tx {
        Tx::Sqlite(tx) => {
            let count = "SELECT count(*), coalesce(sum(name = 'schema_steps'), 0) FROM sqlite_schema \
                         WHERE type = 'table'";
            let (tables, ours): (i64, i64) = sqlx::query_as(count).fetch_one(&mut **tx).await?;
            let (id,): (i32,) = sqlx::query_as("PRAGMA application_id").fetch_one(&mut **tx).await?;
            match (tables, ours, id) {
                (0, _, 0) => Ok(None),
                (_, 1, APPLICATION_ID) => Ok(Some(sqlx::query_as(steps).fetch_all(&mut **tx).await?)),
                _ => Err(StoreError::NotOurs(target.to_string())),
            }
        }
        Tx::Postgres(tx) => {
            let count = "SELECT count(*), count(*) FILTER (WHERE table_name = 'schema_steps') \
                         FROM information_schema.tables WHERE table_schema = current_schema()";
            let (tables, ours): (i64, i64) = sqlx::query_as(count).fetch_one(&mut **tx).await?;
            match (tables, ours) {
                (0, _) => Ok(None),
                (_, 1) => Ok(Some(sqlx::query_as(steps).fetch_all(&mut **tx).await?)),
                _ => Err(StoreError::NotOurs(target.to_string())),
            }
        }
    }
}
