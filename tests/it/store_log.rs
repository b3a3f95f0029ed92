//! Logs in the database: only ever added to, whoever writes, and whole under forty writers.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::audit::entry::LogEntry;
use domain::audit::event::council::SecondFactorRequired;
use domain::audit::merkle::{Frontier, leaf_hash};
use domain::audit::{Actor, CouncilEvent, LogEvent as _, UtcTime};
use domain::id::{CouncilId, LogId};
use domain::role::Role;
use sqlx::{AssertSqlSafe, Connection as _};
use store::{Store, StoreError, logs};

use crate::site::{Database, Engine, Site, on_both};

pub fn now() -> UtcTime {
    "2026-12-01T01:00:00Z".parse().expect("time")
}

pub fn actor() -> Actor {
    Actor { account: None, name: "Chương trình".into(), role: Role::Program }
}

/// An event that changes no account.
pub fn event(required: bool) -> CouncilEvent {
    SecondFactorRequired { required }.into()
}

pub async fn own_log(store: &Store, council: CouncilId) -> LogId {
    logs::own(&mut store.read(council).await.expect("read")).await.expect("log")
}

pub async fn append(store: &Store, council: CouncilId, log: LogId) -> Result<u64, StoreError> {
    let work =
        store.write(council, move |tx| Box::pin(async move { tx.append(log, now(), &actor(), &event(true)).await }));
    work.await
}

/// A statement of somebody who is not this program, and what the database says.
pub async fn past_the_program(database: &Database, council: CouncilId, statement: &str) -> Result<u64, String> {
    let text = |error: sqlx::Error| error.to_string();
    let sql = AssertSqlSafe(statement.replace(":council", &format!("'{council}'")));
    match database.engine {
        Engine::Sqlite => {
            let mut other = sqlx::SqliteConnection::connect(database.url()).await.map_err(text)?;
            // As another program would: without our settings.
            sqlx::raw_sql("PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = OFF")
                .execute(&mut other)
                .await
                .map_err(text)?;
            sqlx::raw_sql(sql).execute(&mut other).await.map(|done| done.rows_affected()).map_err(text)
        }
        Engine::Postgres => {
            let mut other = sqlx::PgConnection::connect(database.url()).await.map_err(text)?;
            let scope = sqlx::query("SELECT set_config('tinnhiem.council', $1, false)").bind(council.to_string());
            scope.execute(&mut other).await.map_err(text)?;
            sqlx::raw_sql(sql).execute(&mut other).await.map(|done| done.rows_affected()).map_err(text)
        }
    }
}

#[test]
fn nobody_changes_what_a_log_says() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let log = own_log(&site.store, council).await;
        append(&site.store, council, log).await.expect("entry");
        let app = site.app.clone();
        let signed =
            site.store.write(council, move |tx| Box::pin(async move { app.sign_within(tx, log, None, now()).await }));
        assert_eq!(signed.await.expect("checkpoint").size, 3);

        let same = "council_id = :council";
        let columns = "council_id, log_id, seq, at, kind, actor, entry";
        let mut statements = vec![
            format!("UPDATE log_entries SET entry = 'x' WHERE {same} AND seq = 1"),
            format!("UPDATE log_entries SET actor = 'x' WHERE {same}"),
            format!("DELETE FROM log_entries WHERE {same} AND seq = 2"),
            // A gap, a number that is taken, one before the first.
            format!("INSERT INTO log_entries ({columns}) VALUES (:council, '{log}', 4, '', '', '', '')"),
            format!("INSERT INTO log_entries ({columns}) VALUES (:council, '{log}', 2, '', '', '', '')"),
            format!("INSERT INTO log_entries ({columns}) VALUES (:council, '{log}', -1, '', '', '', '')"),
            format!(
                "INSERT INTO log_entries ({columns}) VALUES (:council, '{log}', 2, '', '', '', 'x') \
                 ON CONFLICT (council_id, log_id, seq) DO UPDATE SET entry = 'x'"
            ),
            format!("DELETE FROM logs WHERE {same}"),
            format!("UPDATE logs SET size = 2 WHERE {same}"),
            format!("UPDATE logs SET peaks = last_at::bytea WHERE {same}"),
            format!("UPDATE logs SET origin = 'x' WHERE {same}"),
            format!("UPDATE logs SET public_key = 'x' WHERE {same}"),
            format!("UPDATE logs SET log_id = 'x' WHERE {same}"),
            format!("UPDATE logs SET poll_id = 'x' WHERE {same}"),
            format!("UPDATE checkpoints SET note = 'x' WHERE {same}"),
            format!("DELETE FROM checkpoints WHERE {same}"),
            format!(
                "INSERT INTO checkpoints SELECT council_id, log_id, 4, moment, note, signed_at FROM checkpoints WHERE {same}"
            ),
        ];
        match engine {
            Engine::Sqlite => {
                statements.retain(|statement| !statement.contains("::bytea"));
                statements.extend([
                    format!("UPDATE logs SET peaks = x'00' WHERE {same}"),
                    format!("INSERT OR REPLACE INTO log_entries VALUES (:council, '{log}', 2, '', '', '', 'x')"),
                    format!("INSERT OR REPLACE INTO log_entries VALUES (:council, '{log}', 0, '', '', '', 'x')"),
                    format!("UPDATE OR REPLACE log_entries SET seq = 1 WHERE {same} AND seq = 2"),
                    format!("INSERT OR REPLACE INTO checkpoints SELECT council_id, log_id, size, moment, 'x', signed_at FROM checkpoints WHERE {same}"),
                    format!("INSERT OR REPLACE INTO logs SELECT council_id, log_id, poll_id, origin, public_key, 0, peaks, last_at FROM logs WHERE {same}"),
                ]);
            }
            Engine::Postgres => {
                statements.extend(["log_entries", "checkpoints", "logs CASCADE"].map(|t| format!("TRUNCATE {t}")))
            }
        }
        for statement in statements {
            let answer = past_the_program(&site.database, council, &statement).await;
            assert!(
                answer.as_ref().is_err_and(|no| ["log", "entry", "checkpoint"].iter().any(|w| no.contains(w))),
                "{statement}: {answer:?}"
            );
        }
        let heads = logs::heads(&mut site.store.read(council).await.expect("read")).await.expect("heads");
        assert_eq!(heads[0].head.size, 3);
        append(&site.store, council, log).await.expect("the program goes on");
    });
}

/// All entries of a log, read one by one: numbered without a gap, and their tree is the head.
async fn whole(store: &Store, council: CouncilId, log: LogId) -> u64 {
    let mut tx = store.read(council).await.expect("read");
    let texts = logs::entries(&mut tx, log, 0, 100_000).await.expect("entries");
    let mut frontier = Frontier::default();
    for (place, text) in texts.iter().enumerate() {
        assert_eq!(LogEntry::<CouncilEvent>::parse(text).expect("entry").seq, place as u64);
        frontier.push(leaf_hash(text.as_bytes()));
    }
    let heads = logs::heads(&mut tx).await.expect("heads");
    let head = heads.into_iter().find(|head| head.log == log).expect("head").head;
    assert_eq!((head.size, head.root), (frontier.size(), frontier.root()));
    head.size
}

async fn forty_writers(stores: Vec<Store>, council: CouncilId) {
    const WRITERS: usize = 40;
    const EACH: usize = 15;
    let log = own_log(&stores[0], council).await;
    let before = whole(&stores[0], council, log).await;
    let mut tasks = Vec::new();
    for writer in 0..WRITERS {
        let store = stores[writer % stores.len()].clone();
        tasks.push(tokio::spawn(async move {
            let mut numbers = Vec::new();
            for round in 0..EACH {
                // Every fifth fails after it has appended: its entry must not be there.
                let fails = round % 5 == 4;
                let done = store.write(council, move |tx| {
                    Box::pin(async move {
                        let seq = tx.append(log, now(), &actor(), &event(fails)).await?;
                        if fails { Err(StoreError::Stale) } else { Ok(seq) }
                    })
                });
                match done.await {
                    Ok(seq) => numbers.push(seq),
                    Err(error) => assert!(fails && matches!(error, StoreError::Stale), "{error:?}"),
                }
            }
            numbers
        }));
    }
    let mut told = BTreeSet::new();
    for task in tasks {
        for seq in task.await.expect("writer") {
            assert!(told.insert(seq), "{seq} was given twice");
        }
    }
    assert_eq!(told.len(), WRITERS * EACH / 5 * 4);
    let size = whole(&stores[0], council, log).await;
    assert_eq!(size - before, told.len() as u64, "nothing lost, nothing that was not acknowledged");
    assert_eq!((*told.first().expect("first"), *told.last().expect("last")), (before, size - 1));
    let texts =
        logs::entries(&mut stores[0].read(council).await.expect("read"), log, before, 100_000).await.expect("entries");
    assert!(texts.iter().all(|text| text.contains("\"required\":false")), "an entry of failed work is there");
}

#[test]
fn forty_writers_on_one_log_leave_no_gap_and_lose_nothing() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        forty_writers(vec![site.store.clone()], council).await;
    });
}

#[test]
fn two_processes_share_one_log() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let other = Site::on(Arc::clone(&site.database)).await;
        forty_writers(vec![site.store.clone(), other.store.clone()], council).await;
    });
}

#[test]
fn work_of_one_group_fails_alone_and_each_sees_its_own_council() {
    on_both(|engine| async move {
        let (site, first) = Site::with_council(engine).await;
        let operator = Actor { account: None, name: "Người Vận Hành".into(), role: Role::Operator };
        let second = site.found(&operator, "khac", "Hội đồng nhân dân tỉnh Khác").await;
        let store = site.store.clone();
        let mut tasks = Vec::new();
        for round in 0..60 {
            let (store, council) = (store.clone(), if round % 2 == 0 { first } else { second });
            tasks.push(tokio::spawn(async move {
                let log = own_log(&store, council).await;
                let work = store.write(council, move |tx| {
                    Box::pin(async move {
                        tx.append(log, now(), &actor(), &event(true)).await?;
                        // Reads what was appended before it, so that it is written inside this piece of work.
                        let head = logs::heads(tx).await?.remove(0);
                        assert_eq!(head.log, log, "the own council's log");
                        assert!(round % 6 != 1, "breaks off");
                        if round % 6 == 2 { Err(StoreError::Stale) } else { Ok(head.head.size) }
                    })
                });
                (council, work.await)
            }));
        }
        let mut kept = (0, 0);
        for task in tasks {
            match task.await.expect("task") {
                (council, Ok(_)) if council == first => kept.0 += 1,
                (_, Ok(_)) => kept.1 += 1,
                (_, Err(StoreError::Stale | StoreError::BrokeOff)) => {}
                (_, Err(other)) => panic!("{other:?}"),
            }
        }
        assert_eq!(kept, (20, 20));
        for council in [first, second] {
            assert_eq!(whole(&store, council, own_log(&store, council).await).await, 2 + 20);
        }
    });
}

#[test]
fn work_that_was_handed_in_is_finished_before_the_store_closes() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let log = own_log(&site.store, council).await;
        let (store, mut tasks) = (site.store.clone(), Vec::new());
        for _ in 0..200 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move { append(&store, council, log).await }));
        }
        // The first is durable: the others are on their way.
        append(&store, council, log).await.expect("entry");
        store.close().await;
        let mut done = 1;
        for task in tasks {
            match task.await.expect("task") {
                Ok(_) => done += 1,
                Err(error) => assert!(matches!(error, StoreError::Stopping), "{error:?}"),
            }
        }
        assert!(matches!(append(&store, council, log).await, Err(StoreError::Stopping)));
        let again = Store::open(&site.database.target()).await.expect("store");
        assert_eq!(whole(&again, council, log).await, 2 + done);
    });
}

#[test]
fn who_stops_waiting_does_not_stop_the_work() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let log = own_log(&site.store, council).await;
        let store = site.store.clone();
        let (started, gate) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (says, waits) = (Arc::clone(&started), Arc::clone(&gate));
        let asker = tokio::spawn(async move {
            let work = store.write(council, move |tx| {
                Box::pin(async move {
                    tx.append(log, now(), &actor(), &event(true)).await?;
                    says.notify_one();
                    waits.notified().await;
                    Ok::<_, StoreError>(())
                })
            });
            work.await
        });
        started.notified().await;
        asker.abort();
        gate.notify_one();
        // The next piece of work comes after it.
        assert_eq!(append(&site.store, council, log).await.expect("entry"), 3);
        assert_eq!(whole(&site.store, council, log).await, 4);
    });
}

#[test]
fn entries_of_a_kind_are_found_in_their_order_and_no_others() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let log = own_log(&site.store, council).await;
        for _ in 0..2 {
            append(&site.store, council, log).await.expect("entry");
        }
        let mut tx = site.store.read(council).await.expect("read");
        let all = logs::entries(&mut tx, log, 0, 100).await.expect("entries");
        let kind = |text: &String| LogEntry::<CouncilEvent>::parse(text).expect("entry").event.kind();
        let wanted = ["second_factor.required", "council.founded"];
        let found = logs::of_kinds(&mut tx, log, wanted).await.expect("entries");
        let expected: Vec<String> = all.into_iter().filter(|text| wanted.contains(&kind(text))).collect();
        assert_eq!((found.len(), found), (3, expected));
    });
}
