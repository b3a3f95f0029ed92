//! What an installation knows of its backups: a list in the data folder, one JSON object a line, the newest last.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::service::error::AppError;
use crate::service::files;
use domain::audit::{Digest, UtcTime};

const FILE: &str = "backups.jsonl";
/// Lines that are kept.
const MOST: usize = 200;

/// A backup that was made, or that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupLine {
    /// When it began.
    pub at: UtcTime,
    #[serde(flatten)]
    pub outcome: BackupOutcome,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupOutcome {
    /// It was read back, decrypted and compared.
    Verified {
        /// Where it was put.
        file: PathBuf,
        /// Its length.
        bytes: u64,
        /// Of the encrypted file.
        sha256: Digest,
        /// Rows of all tables.
        rows: u64,
        /// Number of the newest migration of the database.
        schema: i64,
    },
    /// One sentence.
    Failed(String),
}

/// The list of a data folder; empty when there is none.
///
/// # Errors
/// When the file cannot be read.
pub fn list(data: &Path) -> Result<Vec<BackupLine>, AppError> {
    let path = data.join(FILE);
    let text = match fs::read_to_string(&path) {
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|source| AppError::file(&path, source))?,
    };
    // A line of a newer program says nothing to this one.
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Adds a line, durably.
///
/// # Errors
/// When the file cannot be written.
pub fn add(data: &Path, line: BackupLine) -> Result<(), AppError> {
    let path = data.join(FILE);
    let mut lines = list(data)?;
    lines.push(line);
    let mut text = String::new();
    for line in lines.iter().rev().take(MOST).rev() {
        text.push_str(&serde_json::to_string(line).map_err(|e| AppError::internal("ghi danh sách bản sao lưu", e))?);
        text.push('\n');
    }
    files::write_private(&path, text.as_bytes())
}

/// Whole days from one moment to another.
pub fn days_between(from: UtcTime, to: UtcTime) -> i64 {
    from.seconds_until(to) / (24 * 60 * 60)
}

/// The newest that was verified.
pub fn last_verified(lines: &[BackupLine]) -> Option<&BackupLine> {
    lines.iter().rev().find(|line| matches!(line.outcome, BackupOutcome::Verified { .. }))
}
