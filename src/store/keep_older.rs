//! What is kept of a database before its schema is upgraded.

use std::path::{Path, PathBuf};

use sqlx::SqlitePool;

use super::db::Db;
use super::disk::{beside, keep_private};
use super::error::StoreError;
use super::migrations::{self, SCHEMA};
use super::target::Target;
use macros::boxed;

/// What a database with an older schema needs before [`crate::Store::open`] upgrades it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Older {
    /// Nothing: there is none, it is empty, or its schema is this program's.
    No,
    /// A copy of the file of step `found` lies beside it.
    Copied {
        /// Number of its newest migration.
        found: i64,
        /// The copy.
        copy: PathBuf,
    },
    /// It is on a server: whoever runs it makes a backup.
    OnServer {
        /// Number of its newest migration.
        found: i64,
    },
}

/// Copies the file of a database whose schema is older, for its owner alone; the copy is named by step and moment.
///
/// # Errors
/// When the database cannot be read, or the copy not be written; then there is none, and the database is as it was.
#[boxed]
pub async fn keep_older(target: &Target) -> Result<Older, StoreError> {
    if target.file().is_some_and(|file| std::fs::metadata(file).map_or(0, |about| about.len()) == 0) {
        return Ok(Older::No);
    }
    let db = Db::connect(target).await?;
    let kept = keep(&db, target).await;
    db.close().await;
    kept
}

async fn keep(db: &Db, target: &Target) -> Result<Older, StoreError> {
    let found = migrations::newest(&mut db.begin_read().await?, target).await?;
    let Some(found) = found.filter(|found| *found < SCHEMA) else { return Ok(Older::No) };
    match (db, target.file()) {
        (Db::Sqlite { writer, .. }, Some(file)) => {
            Ok(Older::Copied { found, copy: copy_of(writer, file, found).await? })
        }
        _ => Ok(Older::OnServer { found }),
    }
}

async fn copy_of(writer: &SqlitePool, file: &Path, found: i64) -> Result<PathBuf, StoreError> {
    let cannot = |cause: std::io::Error| StoreError::CannotOpen(file.to_owned(), cause.into());
    let (at,): (String,) = sqlx::query_as("SELECT strftime('%Y%m%dT%H%M%SZ', 'now')").fetch_one(writer).await?;
    let copy = beside(file, &format!(".buoc-{found}-{at}"));
    let part = beside(file, &format!(".part-{}", std::process::id()));
    drop(std::fs::remove_file(&part));
    keep_private(&part).map_err(cannot)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(part.to_string_lossy().into_owned()).execute(writer).await;
    let placed = copied.map_err(StoreError::from).and_then(|_| {
        std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(cannot)?;
        std::fs::rename(&part, &copy).map_err(cannot)
    });
    if let Err(cause) = placed {
        drop(std::fs::remove_file(&part));
        return Err(cause);
    }
    Ok(copy)
}
