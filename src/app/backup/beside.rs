//! Attached files in a folder beside backups: each is written once, and is in no backup itself.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use super::lock::{Opener, Sealing, faulty, open};
use super::part::{Hashed, Part, hash_of, of_disk};
use crate::service::backup_error::BackupError;
use crate::service::error::AppError;
use domain::audit::Digest;
use store::attachments::CHUNK_BYTES;
use store::content::{FileHeld, Snapshot};

/// Digits of SHA-256 of the encrypted file that stand in its name.
const DIGITS: usize = 16;

/// How many files a backup needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Written now.
    pub new: usize,
    /// There already, as they were written.
    pub kept: usize,
}

/// Writes what is not in the folder yet; every file of the snapshot is there in the end.
pub(super) fn write(
    snapshot: &mut Snapshot,
    handle: &Handle,
    folder: &Path,
    sealing: &Sealing,
) -> Result<Files, AppError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| of_disk(folder, e))?;
    let there = list(folder)?;
    let held: BTreeMap<Digest, FileHeld> =
        handle.block_on(snapshot.files())?.into_iter().map(|file| (file.sha256, file)).collect();
    let mut files = Files::default();
    for (sha256, file) in &held {
        match there.get(&sha256.to_string()) {
            Some(path) if is_whole(path)? => files.kept += 1,
            damaged => {
                write_one(snapshot, handle, (folder, file), sealing)?;
                if let Some(path) = damaged {
                    drop(fs::remove_file(path));
                }
                files.new += 1;
            }
        }
    }
    Ok(files)
}

/// The encrypted files of a folder, by SHA-256 of what they hold.
pub(super) fn list(folder: &Path) -> Result<BTreeMap<String, PathBuf>, AppError> {
    let failed = |e| AppError::file(folder, e);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let [sha256, _, "age"] = name.split('.').collect::<Vec<_>>().as_slice() {
            found.insert((*sha256).to_owned(), path);
        }
    }
    Ok(found)
}

/// Whether a file is as it was written: its name has the beginning of its hash.
fn is_whole(path: &Path) -> Result<bool, AppError> {
    let hash: String = hash_of(path).map_err(|e| AppError::file(path, e))?.to_string().chars().take(DIGITS).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(name.split('.').nth(1) == Some(hash.as_str()))
}

fn write_one(
    snapshot: &mut Snapshot,
    handle: &Handle,
    (folder, file): (&Path, &FileHeld),
    sealing: &Sealing,
) -> Result<(), AppError> {
    let named = folder.join(format!("{}.age", file.sha256));
    let (part, out) = Part::begin(&named)?;
    let on_disk = |e| of_disk(&named, e);
    let mut to = sealing.writer(Hashed::new(out))?.map_err(on_disk)?;
    let mut hash = Sha256::new();
    let mut number = 0;
    while let Some(bytes) = handle.block_on(snapshot.chunk(file, number))? {
        hash.update(&bytes);
        to.write_all(&bytes).map_err(on_disk)?;
        number += 1;
    }
    if Digest::from_bytes(hash.finalize().into()) != file.sha256 {
        return Err(BackupError::DamagedFile(file.sha256.to_string()).into());
    }
    let (out, encrypted, _) = to.finish().map_err(on_disk)?.end();
    out.sync_all().map_err(on_disk)?;
    read_to(part.path(), file.sha256, &sealing.opener(), &mut |_, _| Ok(()))?;
    let digits: String = encrypted.to_string().chars().take(DIGITS).collect();
    part.place(&folder.join(format!("{}.{digits}.age", file.sha256)))
}

/// Reads a file in chunks as they are stored, numbered from 0. It is the file that its name says.
pub(super) fn read_to(
    path: &Path,
    sha256: Digest,
    opener: &Opener,
    each: &mut dyn FnMut(u32, Vec<u8>) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let mut text = open(path, opener)?;
    let mut hash = Sha256::new();
    let mut number = 0;
    loop {
        let mut chunk = Vec::new();
        let longest = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
        text.by_ref().take(longest).read_to_end(&mut chunk).map_err(|cause| faulty(path, cause))?;
        if chunk.is_empty() {
            break;
        }
        hash.update(&chunk);
        each(number, chunk)?;
        number += 1;
    }
    let is_same = Digest::from_bytes(hash.finalize().into()) == sha256;
    if is_same { Ok(()) } else { Err(BackupError::Changed(path.to_owned()).into()) }
}
