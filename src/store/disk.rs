//! The file of a SQLite database, and the disk that it is on: whether it is still the file that was opened, and whether the last
//! thing that was written got there.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::StoreError;

/// Bytes that must be free for the service to call itself ready: the log of a few hundred writes.
const LEAST_FREE: u64 = 8 * 1024 * 1024;

/// Mode of a file that its owner alone reads and writes.
const PRIVATE: u32 = 0o600;
/// Bits of a mode that others than the owner have.
const OF_OTHERS: u32 = 0o077;

/// A database file by its place and by what the system knows it by.
///
/// A file that is renamed under a running program stays open: every write would be acknowledged, into a file that nobody
/// finds, and a new connection would open whatever lies in the old place. So the place is looked at before each transaction
/// and before each commit. What was acknowledged before somebody renamed the file is in that file.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    /// Device and number of the file.
    id: (u64, u64),
    is_there: AtomicBool,
}

impl DatabaseFile {
    /// The file that lies at `path` now.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), id: id_of(path)?, is_there: AtomicBool::new(true) })
    }

    /// Whether it still lies there.
    ///
    /// # Errors
    /// [`StoreError::Moved`].
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let is_there = id_of(&self.path).is_ok_and(|id| id == self.id);
        match (self.is_there.swap(is_there, Ordering::Relaxed), is_there) {
            (true, false) => {
                tracing::error!("the database file was renamed, removed or replaced: nothing is read or written")
            }
            (false, true) => tracing::info!("the database file is in its place again"),
            _ => {}
        }
        if is_there { Ok(()) } else { Err(StoreError::Moved(self.path.clone())) }
    }

    /// Whether there is room for what comes next.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub(super) fn check_room(&self) -> Result<(), StoreError> {
        let Ok(about) = rustix::fs::statvfs(&self.path) else { return Ok(()) };
        if about.f_bavail.saturating_mul(about.f_frsize) < LEAST_FREE {
            return Err(StoreError::DiskFull(sqlx::Error::Io(io::ErrorKind::StorageFull.into())));
        }
        Ok(())
    }
}

/// Makes a database file for its owner alone where there is none, and takes the rights of others away from one that is
/// there and from the files beside it, whatever the folder's mode is. SQLite makes its own files with the mode of the
/// database.
pub(super) fn keep_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        Ok(_) => return Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
        Err(cause) => return Err(cause),
    }
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        let Ok(about) = std::fs::metadata(&file) else { continue };
        if !about.is_file() || about.mode() & OF_OTHERS == 0 {
            continue;
        }
        // A file of another user is read and written by its rights; nobody but its owner can change these.
        if let Err(cause) = std::fs::set_permissions(&file, Permissions::from_mode(PRIVATE)) {
            tracing::warn!(file = %file.display(), %cause, "other users of this machine may read the database");
        }
    }
    Ok(())
}

/// The file beside a database whose name ends in `end`.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn id_of(path: &Path) -> io::Result<(u64, u64)> {
    let about = std::fs::metadata(path)?;
    Ok((about.dev(), about.ino()))
}

/// What the disk said of the last transaction; nothing when it was written.
#[derive(Clone, Debug, Default)]
pub(super) struct LastWrite(Arc<Mutex<Option<Arc<StoreError>>>>);

impl LastWrite {
    /// Remembers how a transaction ended. An error that is not of the disk says nothing about it.
    pub(super) fn ended(&self, outcome: Result<(), &Arc<StoreError>>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) => *last = None,
            Err(error) if error.is_of_disk() => *last = Some(Arc::clone(error)),
            Err(_) => {}
        }
    }

    /// What the disk refused last, if nothing was written since.
    pub(super) fn trouble(&self) -> Option<Arc<StoreError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
