//! Databases that cannot be used: one clear sentence each, and nothing half done.

use std::fs;
use std::path::Path;

use domain::id::CouncilId;
use sqlx::{AssertSqlSafe, Connection as _};
use store::{Store, StoreError, Target, councils};

use crate::site::{Database, Engine, Site, on_both};
use crate::store_log::{append, own_log};

async fn refused(url: &str) -> StoreError {
    let target = match Target::parse(url) {
        Ok(target) => target,
        Err(error) => return error,
    };
    match Store::open(&target).await {
        Ok(_) => panic!("{url} opened"),
        Err(error) => error,
    }
}

async fn raw(database: &Database, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    match database.engine {
        Engine::Sqlite => {
            let url = format!("{}?mode=rwc", database.url());
            let mut other = sqlx::SqliteConnection::connect(&url).await.expect("connection");
            sqlx::raw_sql(sql).execute(&mut other).await.map(drop).expect("statement");
        }
        Engine::Postgres => {
            let mut other = sqlx::PgConnection::connect(database.url()).await.expect("connection");
            sqlx::raw_sql(sql).execute(&mut other).await.map(drop).expect("statement");
        }
    }
}

fn file(database: &Database) -> std::path::PathBuf {
    database.folder().join("tinnhiem.db")
}

#[test]
fn a_database_of_another_program_is_left_as_it_is() {
    on_both(|engine| async move {
        let database = Database::new(engine).await;
        raw(&database, "CREATE TABLE kho (hang TEXT)").await;
        let read = || (engine == Engine::Sqlite).then(|| fs::read(file(&database)).expect("file"));
        let before = read();
        let error = refused(database.url()).await;
        assert!(matches!(error, StoreError::NotOurs(_)), "{error:?}");
        assert!(error.to_string().contains("của chương trình khác"), "{error}");
        // Bytes 18 and 19 say whether the file has a write-ahead log.
        assert!(before == read(), "the file was written");
        raw(&database, "DROP TABLE kho").await;
    });
}

#[test]
fn a_schema_that_this_program_does_not_know_is_refused() {
    on_both(|engine| async move {
        let database = Database::new(engine).await;
        Store::open(&database.target()).await.expect("store").close().await;
        raw(&database, "INSERT INTO schema_steps (version, name, sha256) VALUES (99, 'later', 'x')").await;
        let error = refused(database.url()).await;
        assert!(matches!(error, StoreError::NewerSchema { found: 99, .. }), "{error:?}");
        let Err(error) = Store::open_to_look(&database.target()).await else { panic!("opened") };
        assert!(error.to_string().contains("hãy cài bản mới hơn"), "{error}");
        raw(&database, "DELETE FROM schema_steps WHERE version = 99; UPDATE schema_steps SET sha256 = 'x'").await;
        let error = refused(database.url()).await;
        assert!(matches!(error, StoreError::BrokenSchema(1)), "{error:?}");
        raw(&database, "DELETE FROM schema_steps").await;
        let Err(error) = Store::open_to_look(&database.target()).await else { panic!("opened") };
        assert!(matches!(error, StoreError::OlderSchema { found: 0, .. }), "{error:?}");
    });
}

/// The step stops in its middle, at a table that is there already: nothing of it stays.
#[test]
fn a_migration_that_fails_leaves_nothing_half_done() {
    on_both(|engine| async move {
        let database = Database::new(engine).await;
        Store::open(&database.target()).await.expect("store").close().await;
        let tables = ["checkpoints", "log_entries", "logs", "slips", "sessions", "accounts", "councils"];
        let (before, cascade, functions) = match engine {
            Engine::Sqlite => ("PRAGMA foreign_keys = OFF;", "", ""),
            Engine::Postgres => (
                "",
                "CASCADE",
                "DROP FUNCTION refuse, refuse_unless_begun_empty, refuse_unless_growing, refuse_unless_next, \
                 refuse_unless_covered, current_council CASCADE;",
            ),
        };
        let drops: String = tables.iter().map(|table| format!("DROP TABLE {table} {cascade};")).collect();
        raw(&database, &format!("{before} DELETE FROM schema_steps; {drops} {functions}")).await;
        for _ in 0..2 {
            let error = refused(database.url()).await;
            assert!(matches!(error, StoreError::Other(_)), "{error:?}");
        }
        // Were a table of the step left, this would fail.
        raw(&database, "CREATE TABLE sessions (x TEXT)").await;
    });
}

#[test]
fn two_processes_start_at_once() {
    on_both(|engine| async move {
        for _ in 0..5 {
            let database = Database::new(engine).await;
            let mut starts = Vec::new();
            for _ in 0..4 {
                let target = database.target();
                starts.push(tokio::spawn(async move { Store::open(&target).await }));
            }
            for start in starts {
                let store = start.await.expect("task").expect("store");
                assert!(store.read_installation().await.expect("list").is_empty());
            }
        }
    });
}

/// SQLite waits for most locks, but refuses at once to switch a file to a write-ahead log while another process writes it.
#[test]
fn a_file_that_another_process_is_just_creating_is_waited_for() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("tinnhiem.db");
        fs::write(&path, "").expect("file");
        let url = format!("sqlite:{}", path.display());
        let mut other = sqlx::SqliteConnection::connect(&url).await.expect("connection");
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.expect("lock");
        let target = Target::parse(&url).expect("target");
        let start = tokio::spawn(async move { Store::open(&target).await });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("unlock");
        start.await.expect("task").expect("store").close().await;
    });
}

#[test]
fn what_is_no_database_is_told_in_one_sentence() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("folder");
        let at = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        fs::write(folder.path().join("thu.txt"), "đây là thư, không phải cơ sở dữ liệu. ".repeat(100)).expect("file");
        fs::create_dir(folder.path().join("thu-muc")).expect("folder");
        for (url, sentence) in [
            ("mysql://an:bi-mat@db/x".to_owned(), "«mysql:»"),
            ("tinnhiem.db".to_owned(), "chỉ dùng được sqlite: hoặc postgres:"),
            ("postgres://db:port/x".to_owned(), "viết chưa đúng mẫu"),
            (at("thu.txt"), "không phải tệp cơ sở dữ liệu SQLite"),
            (at("thu-muc"), "Không mở hay tạo được"),
            (at("thu.txt/tinnhiem.db"), "Không mở hay tạo được"),
            ("postgres://an:bi-mat@127.0.0.1:1/x".to_owned(), "Không kết nối được cơ sở dữ liệu"),
        ] {
            let error = refused(&url).await;
            let text = error.to_string();
            assert!(text.contains(sentence) && !text.contains("bi-mat"), "{url}: {text}");
            assert!(text.trim_end_matches('.').matches(". ").count() <= 1, "{text}");
            assert!(!format!("{error:?}").contains("bi-mat"), "{error:?}");
        }
        let Err(error) = Store::open_to_look(&Target::parse(&at("khong-co.db")).expect("target")).await else {
            panic!("opened")
        };
        assert!(matches!(error, StoreError::Missing(_)), "{error:?}");
        assert!(!folder.path().join("khong-co.db").exists(), "looking makes nothing");
    });
}

#[test]
fn another_process_that_holds_the_write_lock_is_waited_for_and_then_told() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let log = own_log(&site.store, council).await;
        let mut other = sqlx::SqliteConnection::connect(site.database.url()).await.expect("connection");
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.expect("lock");
        let error = append(&site.store, council, log).await.expect_err("busy");
        assert!(error.to_string().contains("đang bận"), "{error}");
        assert!(councils::own(&mut site.store.read(council).await.expect("read")).await.expect("own").is_some());
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("unlock");
        assert_eq!(append(&site.store, council, log).await.expect("entry"), 2);
    });
}

/// The disk of `path`, when this test may make one: 1 MiB that fills up.
fn small_disk(path: &Path, options: &str) -> bool {
    let mut mount = std::process::Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(path);
    mount.output().is_ok_and(|output| output.status.success())
}

fn unmount(path: &Path) {
    let done = std::process::Command::new("umount").arg("-l").arg(path).status();
    assert!(done.expect("umount").success());
}

#[test]
fn a_full_disk_loses_nothing_and_is_told() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let log = own_log(&site.store, council).await;
        site.store.close().await;
        let disk = tempfile::tempdir().expect("folder");
        if !small_disk(disk.path(), "size=1m") {
            eprintln!("a_full_disk_loses_nothing_and_is_told: no right to mount a small disk here, nothing tried");
            return;
        }
        let path = disk.path().join("tinnhiem.db");
        fs::copy(file(&site.database), &path).expect("copy");
        let store = Store::open(&Target::Sqlite(path.clone())).await.expect("store");
        let mut done = 2;
        let error = loop {
            match append(&store, council, log).await {
                Ok(_) => done += 1,
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("Ổ đĩa của cơ sở dữ liệu đã đầy"), "{error:?}");
        let mut tx = store.read(council).await.expect("read");
        let texts = store::logs::entries(&mut tx, log, 0, 100_000).await.expect("entries");
        assert_eq!(texts.len(), done, "every entry that was acknowledged, and no other");
        drop(tx);
        store.close().await;
        unmount(disk.path());
    });
}

#[test]
fn a_disk_that_can_only_be_read_is_told() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let log = own_log(&site.store, council).await;
        site.store.close().await;
        let disk = tempfile::tempdir().expect("folder");
        if !small_disk(disk.path(), "size=4m") {
            eprintln!("a_disk_that_can_only_be_read_is_told: no right to mount a disk here, nothing tried");
            return;
        }
        let path = disk.path().join("tinnhiem.db");
        fs::copy(file(&site.database), &path).expect("copy");
        let remount = std::process::Command::new("mount").args(["-o", "remount,ro"]).arg(disk.path()).status();
        assert!(remount.expect("remount").success());
        let error = match Store::open(&Target::Sqlite(path)).await {
            Ok(store) => append(&store, council, log).await.expect_err("read-only"),
            Err(error) => error,
        };
        unmount(disk.path());
        let text = error.to_string();
        assert!(text.contains("chỉ cho đọc") || text.contains("Không mở hay tạo được"), "{error:?}");
    });
}

/// PostgreSQL restarts, or somebody ends our sessions: what was on its way is told as not done, what comes next works.
#[test]
fn a_server_that_goes_away_and_comes_back_costs_one_group_at_most() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council(Engine::Postgres).await;
        let log = own_log(&site.store, council).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()";
        raw(&site.database, end).await;
        // Between two pieces of work: the pool finds out by itself.
        assert_eq!(append(&site.store, council, log).await.expect("entry"), 2);

        // In the middle of one, with another in the same group.
        let database = site.database.clone();
        let lost = site.store.write(council, move |tx| {
            Box::pin(async move {
                tx.append(log, crate::store_log::now(), &crate::store_log::actor(), &crate::store_log::event(true))
                    .await?;
                raw(&database, end).await;
                Ok::<_, StoreError>(())
            })
        });
        let (lost, beside) = tokio::join!(lost, append(&site.store, council, log));
        let error = lost.expect_err("lost");
        assert!(error.is_passing(), "{error:?}");
        let mut done = 3;
        if let Ok(seq) = beside {
            assert_eq!(seq, 3);
            done += 1;
        }
        assert_eq!(append(&site.store, council, log).await.expect("entry"), done);
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(store::logs::entries(&mut tx, log, 0, 100).await.expect("entries").len() as u64, done + 1);
        assert!(site.store.read(CouncilId::INSTALLATION).await.is_ok());
    });
}
