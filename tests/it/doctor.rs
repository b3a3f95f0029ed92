//! `tinnhiem doctor` on services that are well and on some that are not.

use std::path::Path;

use crate::serve::{Process, tinnhiem};
use crate::site::{Database, Engine, on_both};

/// Exit status, and `subject verdict` of every line.
pub fn examines(data: &Path, url: Option<&str>) -> (Option<i32>, Vec<String>) {
    let mut command = tinnhiem();
    command.args(["doctor", "--json", "--data"]).arg(data);
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().expect("program");
    let checks: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    let line = |check: &serde_json::Value| {
        format!("{} {}", check["subject"].as_str().expect("subject"), check["verdict"].as_str().expect("verdict"))
    };
    (output.status.code(), checks.as_array().expect("list").iter().map(line).collect())
}

#[test]
fn a_service_that_is_well_has_no_error_and_one_with_a_broken_file_has() {
    let home = tempfile::tempdir().expect("folder");
    let data = home.path().join("data");
    let (code, checks) = examines(&data, None);
    assert_eq!(code, Some(0), "before the first start: {checks:?}");
    assert_eq!(checks.first().map(String::as_str), Some("folder warning"), "{checks:?}");
    assert!(!data.exists(), "looking makes nothing");
    drop(Process::start(&data, &[], &[]));
    let (code, checks) = examines(&data, None);
    assert_eq!(code, Some(0), "{checks:?}");
    for expected in ["key good", "database good", "schema good", "clock good", "fonts good"] {
        assert!(checks.iter().any(|check| check == expected), "{expected}: {checks:?}");
    }
    std::fs::write(data.join("secret.key"), "hỏng").expect("write");
    let (code, checks) = examines(&data, None);
    assert_eq!(code, Some(1));
    assert!(checks.iter().any(|check| check == "key error"), "{checks:?}");
}

/// Whatever the folder lets others do, and whatever was done to the file before, its owner alone reads it.
#[test]
fn the_database_is_its_owners_alone_and_an_open_folder_is_told() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().expect("folder");
    let data = home.path().join("data");
    std::fs::create_dir(&data).expect("folder");
    set_permissions(&data, Permissions::from_mode(0o755)).expect("mode");
    let mode = |file: &str| metadata(data.join(file)).expect("file").permissions().mode() & 0o777;
    let running = Process::start(&data, &[], &[]);
    for file in ["tinnhiem.db", "tinnhiem.db-wal", "tinnhiem.db-shm"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    for file in ["tinnhiem.db", "tinnhiem.db-wal", "tinnhiem.db-shm"] {
        set_permissions(data.join(file), Permissions::from_mode(0o644)).expect("mode");
    }
    let (code, checks) = examines(&data, None);
    assert!(code == Some(1) && checks.iter().any(|check| check == "rights error"), "{checks:?}");
    // Another process repairs what lies there, also while this one runs.
    drop(Process::start(&data, &[], &[]));
    for file in ["tinnhiem.db", "tinnhiem.db-wal", "tinnhiem.db-shm"] {
        assert!(!data.join(file).exists() || mode(file) == 0o600, "{file}");
    }
    drop(running);
    let (_, checks) = examines(&data, None);
    assert!(checks.iter().any(|check| check == "rights warning"), "{checks:?}");
    set_permissions(&data, Permissions::from_mode(0o700)).expect("mode");
    let (_, checks) = examines(&data, None);
    assert!(checks.iter().any(|check| check == "rights good"), "{checks:?}");
}

#[test]
fn another_key_than_the_one_behind_the_logs_is_found_and_refused() {
    on_both(|engine| async move {
        let (site, _) = crate::site::Site::with_council(engine).await;
        let data = site.database.folder().join("another");
        std::fs::create_dir(&data).expect("folder");
        let database: &Database = &site.database;
        let output = tinnhiem()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("DATABASE_URL", database.url())
            .output()
            .expect("program");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.contains("không phải khóa đã lập nhật ký")), (Some(2), true), "{said}");
        let (code, checks) = examines(&data, Some(database.url()));
        assert_eq!(code, Some(1));
        assert!(checks.iter().any(|check| check == "key error"), "{checks:?}");
        if engine == Engine::Postgres {
            // The cluster of the tests runs without fsync; a real one must not.
            assert!(checks.iter().any(|check| check == "database error"), "{checks:?}");
        }
    });
}
