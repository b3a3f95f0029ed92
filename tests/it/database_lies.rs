//! `tinnhiem scenarios` tells lies to a database, too: each script changes what its sheet says, and `verify --db` names it.

use std::fs;
use std::path::Path;

use app::demo::lies::{self, FOLDER, LIES};
use app::trail::verify_db::{self, Asked, DbFindings, DbReport};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let entry = entry.expect("file");
        fs::copy(entry.path(), to.path().join(entry.file_name())).expect("copied");
    }
    to
}

/// Runs a script as SQLite's own shell does, on a connection of its own.
async fn runs(data: &Path, script: &str) {
    let url = format!("sqlite:{}", data.join("tinnhiem.db").display());
    let mut raw = SqliteConnection::connect(&url).await.expect("connection");
    sqlx::raw_sql(AssertSqlSafe(script.to_owned())).execute(&mut raw).await.expect("statements");
    raw.close().await.expect("closed");
}

async fn checked(data: &Path) -> Result<DbReport, DbFindings> {
    verify_db::of_folder(data, None, &Asked::default()).await.expect("checked")
}

#[test]
fn every_lie_to_a_database_is_found_and_named() {
    let out = tempfile::tempdir().expect("folder");
    assert_eq!(lies::write(out.path(), 2026).expect("written"), LIES.len());
    assert!(lies::write(out.path(), 2026).is_err(), "nothing is written over");
    let folder = out.path().join(FOLDER);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    runtime.block_on(async {
        let honest = folder.join("nguyen-ven");
        checked(&honest).await.expect("nothing was changed");
        for (number, lie) in (1..).zip(LIES) {
            let data = copy(&honest);
            let script = fs::read_to_string(folder.join(lies::file(number))).expect("script");
            runs(data.path(), &script).await;
            let said = checked(data.path()).await.expect_err(lie.what).to_string();
            assert!(said.contains(lie.names), "{}: {said}", lie.what);
            assert!(!said.contains("lược đồ"), "the schema is as it was: {said}");
        }
    });
}
