//! Durable appends per second, by one writer and by forty: each waits for its own before the next, as a request does.
//!
//! Targets with group commit and forty writers: 1,500 on SQLite, 5,000 on PostgreSQL. "One after another" is the same
//! without groups: every entry is a commit of its own, and the next waits for it. PostgreSQL is the server of
//! `TINNHIEM_TEST_POSTGRES`; for figures that mean something it must run with `fsync` on, unlike that of `scripts/test`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where it is wrong"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::audit::event::council::SecondFactorRequired;
use domain::audit::{Actor, CouncilEvent, KeyName, UtcTime};
use domain::id::{CouncilId, LogId};
use domain::role::Role;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _};
use store::{Store, StoreError, Target, councils, logs};
use tokio::sync::Semaphore;

const LASTS: Duration = Duration::from_secs(5);

fn now() -> UtcTime {
    "2026-12-10T01:00:00Z".parse().expect("moment")
}

/// Appends by `writers` at once for [`LASTS`], of which `at_once` are let through to the store; gives how many there were
/// in a second.
async fn rate(store: &Store, council: CouncilId, log: LogId, writers: usize, at_once: usize) -> u64 {
    let door = Arc::new(Semaphore::new(at_once));
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..writers {
        let (store, door) = (store.clone(), Arc::clone(&door));
        tasks.push(tokio::spawn(async move {
            let mut done = 0_u64;
            while start.elapsed() < LASTS {
                let turn = door.acquire().await.expect("door");
                let work = store.write(council, move |tx| {
                    Box::pin(async move {
                        let actor = Actor { account: None, name: "Nguyễn Thị Kiểm".into(), role: Role::Program };
                        let event = CouncilEvent::from(SecondFactorRequired { required: true });
                        tx.append(log, now(), &actor, &event).await
                    })
                });
                work.await.expect("entry");
                drop(turn);
                done += 1;
            }
            done
        }));
    }
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("writer");
    }
    done * 1_000 / u64::try_from(start.elapsed().as_millis()).expect("time")
}

async fn on(name: &str, target: &Target) {
    let store = Store::open(target).await.expect("store");
    let council = CouncilId::new(Timestamp::now(), &[1; 10]);
    let log = LogId::new(Timestamp::now(), &[2; 10]);
    let founded = store.write(council, move |tx| {
        Box::pin(async move {
            councils::add(tx, "mau", "Hội đồng nhân dân tỉnh Mẫu", None, now()).await?;
            logs::begin(tx, log, None, &KeyName::new("tinnhiem/mau").expect("name"), "khóa".into()).await?;
            Ok::<_, StoreError>(())
        })
    });
    founded.await.expect("council");
    for (writers, at_once, how) in [(1, 1, "alone"), (40, 1, "one after another"), (40, 40, "in groups")] {
        let before = store.figures();
        let rate = rate(&store, council, log, writers, at_once).await;
        let after = store.figures();
        let group = (after.committed - before.committed) / (after.commits - before.commits).max(1);
        println!("{name}: {writers} writers {how}: {rate} durable appends per second, {group} to a commit");
    }
    store.close().await;
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("folder");
        on("SQLite", &Target::in_folder(folder.path())).await;
        let Ok(server) = std::env::var("TINNHIEM_TEST_POSTGRES") else {
            println!("PostgreSQL: TINNHIEM_TEST_POSTGRES is not set, not measured");
            return;
        };
        let mut raw = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.expect("server");
        let (fsync,): (String,) = sqlx::query_as("SHOW fsync").fetch_one(&mut raw).await.expect("setting");
        let name = format!("bench_{}", std::process::id());
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut raw).await.expect("database");
        let target = Target::parse(&format!("{server}/{name}")).expect("target");
        on(&format!("PostgreSQL (fsync {fsync})"), &target).await;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name}"))).execute(&mut raw).await.expect("database");
    });
}
