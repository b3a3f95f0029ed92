//! Puts a backup back into an empty database: the whole file is read and checked before anything is written, and what is
//! written is one transaction.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::sync::mpsc;

use super::beside;
use super::format::{self, Counted, Header};
use super::lock::{Opener, faulty, open};
use super::make::QUEUE;
use crate::installation::data_folder::{key_file, make_folder, read_key, target};
use crate::service::anchors::{AnchorFile, compare, tag_logs_again, tag_older_rows};
use crate::service::backup_error::BackupError;
use crate::service::clock;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use crate::trail::verify_db::{Asked, DbFindings, DbReport, database_as};
use domain::audit::{Anchors, Digest, KeyName, Tagged, UtcTime};
use domain::id::CouncilId;
use macros::boxed;
use store::content::{FILES, Filler, Piece};
use store::{Store, Target, log_tags, row_tags};

/// How a database that was put back stands to the anchors beside the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchored {
    /// There was no file of anchors, and one was written: nobody can say whether something newer existed.
    NoFile,
    /// It has what was anchored then, and perhaps more.
    Holds(UtcTime),
    /// It has not; one sentence says how far it is behind and what to do.
    Differs(String),
}

/// A backup that was put back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub header: Header,
    /// Rows of all tables.
    pub rows: u64,
    /// What `verify --db` says.
    pub held: Result<DbReport, DbFindings>,
    /// What the anchors say.
    pub anchored: Anchored,
}

/// A part on its way into a database.
enum Part {
    Piece(Piece),
    Chunk((CouncilId, Digest), u32, Vec<u8>),
}

/// Reads a whole backup and everything beside it, and says what it holds.
///
/// # Errors
/// The first fault.
#[boxed]
pub async fn check(file: &Path, opener: &Opener) -> Result<(Header, u64), AppError> {
    let counted = counted(file, opener).await?;
    Ok((counted.header.clone(), counted.rows()))
}

async fn counted(file: &Path, opener: &Opener) -> Result<Counted, AppError> {
    let (file, opener) = (file.to_owned(), opener.clone());
    let checked = tokio::task::spawn_blocking(move || read_all(&file, &opener, &mut |_| Ok(())));
    checked.await.map_err(|e| AppError::internal("đọc bản sao lưu", e))?
}

/// Writes what stands in a backup, decrypted.
///
/// # Errors
/// The first fault of the file, and what the receiver refuses.
pub fn copy_plain(file: &Path, opener: &Opener, to: &mut dyn Write) -> Result<(), AppError> {
    let mut text = open(file, opener)?;
    io::copy(&mut text, to).map(drop).map_err(|cause| faulty(file, cause))
}

/// Puts a backup into the database of a data folder, or the one that `database_url` names.
///
/// # Errors
/// One sentence; then the database is as it was.
#[boxed]
pub async fn restore(
    file: &Path,
    opener: Opener,
    data: &Path,
    database_url: Option<&str>,
) -> Result<Restored, AppError> {
    let target = target(data, database_url)?;
    let key = key_file(data);
    let keys = match read_key(&key) {
        Err(AppError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::NoKey(key).into());
        }
        read => read?,
    };
    let anchor_file = AnchorFile::in_folder(data);
    let anchors = anchor_file.read(&keys)?;
    let checked = counted(file, &opener).await?;
    check_key(&checked.header, &keys, &key)?;
    make_folder(data)?;
    fill(file, opener, &target, &checked).await?;
    // What the anchors know to have tags is of no older program, whatever the backup says of its step.
    let step = checked.header.schema.max(step_known(anchors.as_ref()));
    tag_older(&target, &keys, step).await?;
    let held = database_as(&target, Some(&keys), &Asked::default()).await?;
    let anchored = match anchors {
        None => {
            anchor_first(&target, &keys, &anchor_file).await?;
            Anchored::NoFile
        }
        Some(anchors) => {
            let store = Store::open_to_look(&target).await?;
            let compared = compare(&store, Some(&anchors)).await;
            store.close().await;
            match compared? {
                Ok(_) => Anchored::Holds(anchors.at),
                Err(differences) => Anchored::Differs(differences.sentence(anchor_file.path())),
            }
        }
    };
    Ok(Restored { rows: checked.rows(), header: checked.header, held, anchored })
}

/// The earliest step of the schema that the database of a folder may have, by the anchors in it; 0 where they say nothing.
///
/// # Errors
/// When key or anchors cannot be read.
pub fn least_step(data: &Path) -> Result<i64, AppError> {
    match read_key(&key_file(data)) {
        Ok(keys) => Ok(step_known(AnchorFile::in_folder(data).read(&keys)?.as_ref())),
        Err(AppError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(other) => Err(other),
    }
}

fn step_known(anchors: Option<&Anchors>) -> i64 {
    match anchors.map(|anchors| anchors.tagged) {
        Some(Tagged::Rows) => row_tags::SINCE,
        Some(Tagged::Logs) => log_tags::SINCE,
        Some(Tagged::Nothing) | None => 0,
    }
}

/// Tags what had no tags in an older program, from which this backup is.
async fn tag_older(target: &Target, keys: &Keys, schema: i64) -> Result<(), AppError> {
    if schema >= row_tags::SINCE {
        return Ok(());
    }
    let store = Store::open(target).await?;
    store.tag_with(keys.tag_keys());
    let logs = if schema < log_tags::SINCE { tag_logs_again(&store).await } else { Ok(()) };
    let tagged = match logs {
        Ok(()) => tag_older_rows(&store).await,
        refused => refused,
    };
    store.close().await;
    tagged
}

/// Anchors what was put back into a folder without anchors: whoever restores decides that the service goes on with it.
async fn anchor_first(target: &Target, keys: &Keys, file: &AnchorFile) -> Result<(), AppError> {
    let store = Store::open_to_look(target).await?;
    let compared = compare(&store, None).await;
    store.close().await;
    match compared? {
        Ok(logs) => file.sign_and_write(keys, &Anchors { at: clock::now_text()?, tagged: Tagged::Rows, logs }),
        Err(differences) => Err(AppError::Anchors(differences.sentence(file.path()))),
    }
}

/// Refuses a key that did not begin the councils' own logs.
fn check_key(header: &Header, keys: &Keys, path: &Path) -> Result<(), AppError> {
    for log in header.logs.iter().filter(|log| log.own) {
        let origin = KeyName::new(log.origin.clone()).map_err(|e| AppError::internal("đọc bản sao lưu", e))?;
        if keys.signer(&origin).verifier().to_text() != log.key {
            return Err(BackupError::OtherKey { path: path.to_owned(), origin: log.origin.clone() }.into());
        }
    }
    Ok(())
}

async fn fill(file: &Path, opener: Opener, target: &Target, checked: &Counted) -> Result<(), AppError> {
    let mut filler = Filler::begin(target, checked.header.schema).await?;
    let (sender, mut receiver) = mpsc::channel(QUEUE);
    let path = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        read_all(&path, &opener, &mut |part| {
            // Nobody receives once the database refused something, which says why.
            sender.blocking_send(part).map_err(|_| AppError::internal("khôi phục", "dừng giữa chừng"))
        })
    });
    while let Some(part) = receiver.recv().await {
        let put = match part {
            Part::Piece(piece) => filler.put(piece).await,
            Part::Chunk(of, number, bytes) => filler.put_chunk(of, number, bytes).await,
        };
        if let Err(cause) = put {
            drop(receiver);
            filler.give_up().await;
            return Err(cause.into());
        }
    }
    let again = reading.await.map_err(|e| AppError::internal("khôi phục", e)).and_then(|read| read);
    match again {
        Ok(again) if again == *checked => Ok(filler.finish().await?),
        Ok(_) => {
            filler.give_up().await;
            Err(BackupError::Changed(file.to_owned()).into())
        }
        Err(cause) => {
            filler.give_up().await;
            Err(cause)
        }
    }
}

/// Reads a backup and the files beside it.
fn read_all(
    file: &Path,
    opener: &Opener,
    each: &mut dyn FnMut(Part) -> Result<(), AppError>,
) -> Result<Counted, AppError> {
    let mut described = Described::default();
    let counted = format::read(file, open(file, opener)?, &mut |piece| {
        described.note(&piece).ok_or_else(|| AppError::from(BackupError::Changed(file.to_owned())))?;
        each(Part::Piece(piece))
    })?;
    if let Some(name) = &counted.header.files {
        // A name of a folder, and no way out of it.
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let folder = file.parent().unwrap_or(Path::new("")).join(name);
        if !is_plain {
            return Err(BackupError::Changed(file.to_owned()).into());
        }
        let there = if described.files.is_empty() { BTreeMap::new() } else { listed(&folder, &described)? };
        for (council, sha256) in described.files {
            let path = there.get(&sha256.to_string()).ok_or_else(|| missing(&folder, sha256))?;
            beside::read_to(path, sha256, opener, &mut |number, bytes| {
                each(Part::Chunk((council, sha256), number, bytes))
            })?;
        }
    }
    Ok(counted)
}

fn listed(folder: &Path, described: &Described) -> Result<BTreeMap<String, PathBuf>, AppError> {
    match (beside::list(folder), described.files.first()) {
        (Err(AppError::File { source, .. }), Some((_, sha256))) if source.kind() == io::ErrorKind::NotFound => {
            Err(missing(folder, *sha256))
        }
        (listed, _) => listed,
    }
}

fn missing(folder: &Path, sha256: Digest) -> AppError {
    BackupError::MissingFile { folder: folder.to_owned(), sha256: sha256.to_string() }.into()
}

/// The files that the rows describe.
#[derive(Default)]
struct Described {
    /// Where council and hash stand in the rows that come now, if they are those of files.
    places: Option<(usize, usize)>,
    files: Vec<(CouncilId, Digest)>,
}

impl Described {
    fn note(&mut self, piece: &Piece) -> Option<()> {
        match piece {
            Piece::Table { name, columns } => {
                let place = |column: &str| columns.iter().position(|one| one == column);
                self.places = if name == FILES { Some((place("council_id")?, place("sha256")?)) } else { None };
            }
            Piece::Rows(lines) => {
                let Some((council, sha256)) = self.places else { return Some(()) };
                for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    let row: Vec<Value> = serde_json::from_slice(line).ok()?;
                    let text = |place: usize| row.get(place).and_then(Value::as_str);
                    self.files.push((text(council)?.parse().ok()?, text(sha256)?.parse().ok()?));
                }
            }
        }
        Some(())
    }
}
