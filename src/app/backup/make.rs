//! Makes a backup while the service goes on: one read transaction, one encrypted file, read back before it gets its name.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::beside::{self, Files};
use super::format::{self, FORMAT, Header, TableSum, Writer};
use super::lock::{Lock, Sealing, open};
use super::part::{Hashed, Part, of_disk};
use crate::service::backup_error::BackupError;
use crate::service::backups::BackupOutcome;
use crate::service::error::AppError;
use domain::audit::{Digest, UtcTime};
use macros::boxed;
use store::Target;
use store::content::Snapshot;

/// Parts that wait to be written.
pub(super) const QUEUE: usize = 4;

/// Where a backup goes.
pub enum Place {
    /// One new file with everything in it.
    File(PathBuf),
    /// A folder of backups, with attached files in a folder beside them.
    Folder(PathBuf),
}

/// What is asked for.
pub struct Asked {
    /// Where it goes.
    pub place: Place,
    /// What it is encrypted to.
    pub lock: Lock,
    /// The moment that it says.
    pub at: UtcTime,
    /// A database of an older step of the schema is not backed up: its step was written by somebody else.
    pub least_step: i64,
}

/// A backup that was read back.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it lies.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of the encrypted file.
    pub sha256: Digest,
    /// What it says of itself.
    pub header: Header,
    /// Rows of all tables.
    pub rows: u64,
    /// Files beside it; none where they are inside.
    pub files: Files,
}

/// As the list of backups has it.
pub fn outcome_of(made: &Result<Made, AppError>) -> BackupOutcome {
    match made {
        Ok(made) => made.outcome(),
        Err(cause) => BackupOutcome::Failed(cause.to_string()),
    }
}

impl Made {
    /// As the list of backups has it.
    pub fn outcome(&self) -> BackupOutcome {
        BackupOutcome::Verified {
            file: std::path::absolute(&self.file).unwrap_or_else(|_| self.file.clone()),
            bytes: self.bytes,
            sha256: self.sha256,
            rows: self.rows,
            schema: self.header.schema,
        }
    }
}

/// Makes a backup of the database behind `target`, whose schema may be older than this program.
///
/// # Errors
/// One sentence; then no backup was made, and nothing is left of it.
#[boxed]
pub async fn make(target: &Target, asked: Asked) -> Result<Made, AppError> {
    make_of(Snapshot::at(target).await?, asked).await
}

/// Makes a backup of a snapshot.
///
/// # Errors
/// As [`make`].
#[boxed]
pub async fn make_of(snapshot: Snapshot, asked: Asked) -> Result<Made, AppError> {
    let handle = Handle::current();
    let made = tokio::task::spawn_blocking(move || run(snapshot, asked, &handle));
    made.await.map_err(|e| AppError::internal("sao lưu", e))?
}

fn run(mut snapshot: Snapshot, asked: Asked, handle: &Handle) -> Result<Made, AppError> {
    let Asked { place, lock, at, least_step } = asked;
    if snapshot.schema() < least_step {
        return Err(BackupError::StepLowered { found: snapshot.schema(), least: least_step }.into());
    }
    let sealing = Sealing::new(lock);
    let (file, beside) = match &place {
        Place::File(file) => (file.clone(), None),
        Place::Folder(folder) => {
            let name = sealing.lock().folder().ok_or(BackupError::FolderNeedsRecipient)?;
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| of_disk(folder, e))?;
            (folder.join(name_at(at)), Some((folder.join(&name), name)))
        }
    };
    if file.exists() {
        return Err(BackupError::Exists(file).into());
    }
    let files = match &beside {
        Some((folder, _)) => beside::write(&mut snapshot, handle, folder, &sealing)?,
        None => Files::default(),
    };
    let header = Header {
        tinnhiem_backup: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: snapshot.schema(),
        at,
        councils: snapshot.councils(),
        logs: handle.block_on(snapshot.logs())?.into_iter().map(Into::into).collect(),
        files: beside.map(|(_, name)| name),
    };
    let (part, out) = Part::begin(&file)?;
    let (tables, sha256, bytes) = write(snapshot, &header, &sealing, (&file, out), handle)?;
    let again = format::read(part.path(), open(part.path(), &sealing.opener())?, &mut |_| Ok(()))?;
    if again.header != header || again.tables != tables {
        return Err(BackupError::NotTheSame(file).into());
    }
    part.place(&file)?;
    Ok(Made { rows: again.rows(), file, bytes, sha256, header, files })
}

/// `tinnhiem-20261201T010000Z.age`: names sort as their moments do.
fn name_at(at: UtcTime) -> String {
    let digits: String = at.as_str().chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    format!("tinnhiem-{digits}.age")
}

/// Writes text and end, encrypted, onto the disk.
fn write(
    mut snapshot: Snapshot,
    header: &Header,
    sealing: &Sealing,
    (path, out): (&Path, File),
    handle: &Handle,
) -> Result<(BTreeMap<String, TableSum>, Digest, u64), AppError> {
    let on_disk = |e| of_disk(path, e);
    let (sender, mut receiver) = mpsc::channel(QUEUE);
    let is_inside = header.files.is_none();
    let sending = handle.spawn(async move { snapshot.send(is_inside, &sender).await });
    let to = sealing.writer(Hashed::new(out))?.map_err(on_disk)?;
    let mut writer = Writer::begin(to, header)?.map_err(on_disk)?;
    while let Some(piece) = receiver.blocking_recv() {
        writer.put(&piece)?.map_err(on_disk)?;
    }
    handle.block_on(sending).map_err(|e| AppError::internal("sao lưu", e))??;
    let (to, tables) = writer.end()?.map_err(on_disk)?;
    let (out, sha256, bytes) = to.finish().map_err(on_disk)?.end();
    out.sync_all().map_err(on_disk)?;
    Ok((tables, sha256, bytes))
}
