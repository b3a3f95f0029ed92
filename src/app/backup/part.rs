//! Files that appear whole or not at all, and are hashed while they are written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::service::backup_error::BackupError;
use crate::service::error::AppError;
use domain::audit::Digest;

/// What the system refused of a file that is written.
pub(super) fn of_disk(path: &Path, source: io::Error) -> AppError {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BackupError::DiskFull(path.to_owned()).into(),
        _ => AppError::file(path, source),
    }
}

/// A file under construction to which nothing was written for so long is nobody's any more.
const LEFT: Duration = Duration::from_secs(60 * 60);

/// A file under construction, for its owner alone; dropped, it is gone.
pub(super) struct Part {
    path: PathBuf,
    is_placed: bool,
}

impl Part {
    /// Begins what will lie in the folder of `target`.
    pub fn begin(target: &Path) -> Result<(Self, File), AppError> {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".part-{}", std::process::id()));
        let path = target.with_file_name(name);
        // One of the same process id, from before a restart.
        drop(fs::remove_file(&path));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|e| of_disk(target, e))?;
        Ok((Self { path, is_placed: false }, file))
    }

    /// Where it lies until it is placed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, durably.
    pub fn place(mut self, target: &Path) -> Result<(), AppError> {
        fs::rename(&self.path, target).map_err(|e| of_disk(target, e))?;
        self.is_placed = true;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| of_disk(target, e))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_placed {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Whether a name is that of a file under construction.
pub(super) fn is_part(name: &str) -> bool {
    name.starts_with('.') && name.contains(".part-")
}

/// Removes from a folder of backups what processes left that were killed while they wrote.
pub(super) fn sweep(folder: &Path) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("tep-") {
            sweep(&path);
        }
        let written = fs::metadata(&path).and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok());
        if is_part(&name) && written.is_some_and(|ago| ago > LEFT) {
            drop(fs::remove_file(&path));
        }
    }
}

/// Hashes and counts what is written.
pub(super) struct Hashed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W> Hashed<W> {
    pub fn new(to: W) -> Self {
        Self { to, hash: Sha256::new(), bytes: 0 }
    }

    /// What was written to, SHA-256 of it, and its length.
    pub fn end(self) -> (W, Digest, u64) {
        (self.to, Digest::from_bytes(self.hash.finalize().into()), self.bytes)
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.hash.update(bytes.get(..length).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// SHA-256 of a file as it lies on the disk.
pub(super) fn hash_of(path: &Path) -> io::Result<Digest> {
    let mut hashed = Hashed::new(io::sink());
    io::copy(&mut File::open(path)?, &mut hashed)?;
    Ok(hashed.end().1)
}
