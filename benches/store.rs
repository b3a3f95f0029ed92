//! Durable appends per second, by one writer and by forty: each waits for its own before the next, as a request does.
//!
//! Targets with group commit: 1,500 on SQLite, 5,000 on PostgreSQL. "Alone" is one writer, whose every entry is a commit of
//! its own: what there would be without groups, however many write. PostgreSQL is the server of `TINNHIEM_TEST_POSTGRES`;
//! for figures that mean something it must run with `fsync` on, unlike that of `scripts/test`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where it is wrong"
)]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _};
use tinnhiem::domain::audit::event::council::SecondFactorRequired;
use tinnhiem::domain::audit::{Actor, CouncilEvent, KeyName, UtcTime};
use tinnhiem::domain::id::{CouncilId, LogId};
use tinnhiem::domain::role::Role;
use tinnhiem::store::{Store, StoreError, Target, councils, logs};

const LASTS: Duration = Duration::from_secs(5);

fn now() -> UtcTime {
    "2026-12-10T01:00:00Z".parse().expect("moment")
}

/// Appends by `writers` at once for [`LASTS`]; gives how many there were in a second.
async fn rate(store: &Store, council: CouncilId, log: LogId, writers: usize) -> u64 {
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..writers {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let mut done = 0_u64;
            while start.elapsed() < LASTS {
                let work = store.write(council, move |tx| {
                    Box::pin(async move {
                        let actor = Actor { account: None, name: "Nguyễn Thị Kiểm".into(), role: Role::Program };
                        let event = CouncilEvent::from(SecondFactorRequired { required: true });
                        tx.append(log, now(), &actor, &event).await
                    })
                });
                work.await.expect("entry");
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
    for writers in [1, 40, 200] {
        let rate = rate(&store, council, log, writers).await;
        println!("{name}: {writers} writers: {rate} durable appends per second");
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
