//! The folder that the service keeps: its secret key and, unless `DATABASE_URL` says otherwise, its database.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::polls;
use crate::service::anchors::{self, AnchorFile};
use crate::service::app::App;
use crate::service::backups::{self, BackupLine, BackupOutcome};
use crate::service::clock::{self, Chance, Clock};
use crate::service::demo_folder;
use crate::service::error::AppError;
use crate::service::files;
use crate::service::keys::Keys;
use crate::service::passwords::Cost;
use domain::audit::{Anchors, Tagged};
use macros::boxed;
use store::{Examination, Older, SCHEMA, Store, StoreError, Target, examine, keep_older, logs};

/// Names another file for the key: two machines that share one database need the same.
pub const KEY_FILE_VARIABLE: &str = "TINNHIEM_KEY_FILE";
const KEY_FILE: &str = "secret.key";
/// Bits of a mode that others than the owner have.
const OF_OTHERS: u32 = 0o077;
/// No key file is longer; a larger one is not read.
const MAX_KEY_BYTES: u64 = 200;

/// Opens the service on the database that `database_url` names, or on the SQLite file in `data`. Folder, key and
/// database are made when they are not there. Must run inside tokio.
///
/// # Errors
/// One sentence: what is wrong with folder, key or database and what to do.
#[boxed]
pub async fn open_app(data: &Path, database_url: Option<&str>) -> Result<App, AppError> {
    open(data, &target(data, database_url)?, &key_file(data), Held::ToAnchors).await
}

/// As [`open_app`], on an installation that is there: for commands that act on one. Nothing is made where there is none.
///
/// # Errors
/// As [`open_app`], and when folder, key or database are not there.
#[boxed]
pub async fn open_existing(data: &Path, database_url: Option<&str>) -> Result<App, AppError> {
    let target = target(data, database_url)?;
    check_existing(data, &target).await?;
    open(data, &target, &key_file(data), Held::ToAnchors).await
}

/// As [`open_existing`], on a database that may be other than the anchors say: for two people who want to go on with it.
///
/// # Errors
/// As [`open_existing`].
#[boxed]
pub async fn open_past_anchors(data: &Path, database_url: Option<&str>) -> Result<App, AppError> {
    let target = target(data, database_url)?;
    check_existing(data, &target).await?;
    open(data, &target, &key_file(data), Held::ToNothing).await
}

/// Refuses a place where there is no installation.
async fn check_existing(data: &Path, target: &Target) -> Result<(), AppError> {
    let file = AnchorFile::in_folder(data);
    if !key_file(data).exists() && !file.path().exists() || !data.is_dir() {
        return Err(AppError::Input(format!(
            "{}: ở đây không có hệ thống tinnhiem nào (không thấy khóa bí mật {}); hãy xem lại --data. Chưa tạo gì cả.",
            data.display(),
            key_file(data).display()
        )));
    }
    // A database that is gone beside anchors has its own sentence.
    let is_there = file.path().exists() || examine(target).await?.schema().is_some();
    if is_there { Ok(()) } else { Err(StoreError::Missing(target.to_string()).into()) }
}

/// Opens the service on a folder by itself: with the key and the database in it, whatever the environment says.
///
/// # Errors
/// As [`open_app`].
pub(crate) async fn open_alone(data: &Path) -> Result<App, AppError> {
    open(data, &Target::in_folder(data), &data.join(KEY_FILE), Held::ToAnchors).await
}

/// The key in a folder, whatever the environment says. Folder and key are made when they are not there.
///
/// # Errors
/// As [`open_app`].
pub(crate) fn key_alone(data: &Path) -> Result<Keys, AppError> {
    make_folder(data)?;
    read_or_make(&data.join(KEY_FILE), &Chance::System)
}

/// What a database must be to be opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    ToAnchors,
    ToNothing,
}

/// The key of a folder, or the one that the environment names. Folder and key are made when they are not there.
///
/// # Errors
/// As [`open_app`].
pub(crate) fn key_in(data: &Path) -> Result<Keys, AppError> {
    make_folder(data)?;
    read_or_make(&key_file(data), &Chance::System)
}

async fn open(data: &Path, target: &Target, key: &Path, held: Held) -> Result<App, AppError> {
    make_folder(data)?;
    let file = AnchorFile::in_folder(data);
    if !key.exists() && file.path().exists() {
        return Err(AppError::Anchors(format!(
            "{}: không thấy khóa bí mật đã ký tệp điểm neo {}; hãy chép lại tệp khóa từ nơi cất riêng (bản sao lưu không có khóa).",
            key.display(),
            file.path().display()
        )));
    }
    let keys = read_or_make(key, &Chance::System)?;
    let anchors = file.read(&keys)?;
    if let Some(anchors) = &anchors {
        check_there(target, file.path(), anchors).await?;
    }
    let upgrade = Upgrade::begin(data, keep_older_schema(data, target).await?)?;
    let store = Store::open(target).await?;
    check_logs(&store, &keys, key).await?;
    if held == Held::ToAnchors
        && let Err(refused) = check_anchors(&store, &file, (anchors.as_ref(), upgrade.from)).await
    {
        store.close().await;
        return Err(refused);
    }
    let is_demo = demo_folder::is_marked(data);
    if !is_demo {
        // The votes of a demo were held in other years.
        store.watch_clock(clock::steady());
    }
    let app = App::new(store, Clock::System, Chance::System, keys, Cost::Full).with_anchors(file);
    // Whatever the database is held to: what the anchors know to be tagged is never tagged before two people vouched for it.
    let said = anchors.as_ref().map(|anchors| anchors.tagged);
    app.tag_older(said, upgrade.from).await?;
    if held == Held::ToAnchors && said != Some(Tagged::Rows) {
        // From now on what has no tag is of no older program, and a missing file is no first start.
        app.anchor().await?;
    }
    upgrade.end()?;
    app.seal_plain_openings().await?;
    Ok(if is_demo { app.of_demo() } else { app.telling_program() })
}

/// An upgrade of an older schema until its rows are tagged. A file in the folder remembers it: a process that ends in between
/// leaves rows that only the next one may tag, and whoever has the database alone cannot write the file.
struct Upgrade {
    file: PathBuf,
    /// Step of the schema before; `None` when nothing is upgraded.
    from: Option<i64>,
}

impl Upgrade {
    fn begin(data: &Path, found: Option<i64>) -> Result<Self, AppError> {
        let file = data.join("upgrade.txt");
        if let Some(step) = found {
            files::write_private(&file, format!("{step}\n").as_bytes())?;
            return Ok(Self { file, from: found });
        }
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Self { file, from: text.trim().parse().ok() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self { file, from: None }),
            Err(error) => Err(AppError::file(&file, error)),
        }
    }

    fn end(self) -> Result<(), AppError> {
        match self.from.map(|_| fs::remove_file(&self.file)) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(AppError::file(&self.file, error)),
        }
    }
}

/// Refuses a database that is other than the anchors say, and one that was served by a program that wrote anchors and has none.
async fn check_anchors(
    store: &Store,
    file: &AnchorFile,
    (anchors, upgraded_from): (Option<&Anchors>, Option<i64>),
) -> Result<(), AppError> {
    if anchors.is_none() && upgraded_from.is_none() && anchors::was_served(store).await? {
        return Err(AppError::Anchors(file.absent()));
    }
    match anchors::compare(store, anchors).await? {
        Ok(_) => Ok(()),
        Err(differences) => Err(AppError::Anchors(differences.sentence(file.path()))),
    }
}

/// Seconds: a backup by which a database on a server may be upgraded is no older.
const FRESH: i64 = 24 * 60 * 60;

/// Before migrations run, what they change is kept: of a file a copy is made, for a server somebody made a backup. Gives the step
/// of the schema that is older.
async fn keep_older_schema(data: &Path, target: &Target) -> Result<Option<i64>, AppError> {
    let found = match keep_older(target).await? {
        Older::No => return Ok(None),
        Older::Copied { found, copy } => {
            tracing::info!(step = found, copy = %copy.display(), "the database was copied before its schema is upgraded");
            return Ok(Some(found));
        }
        Older::OnServer { found } => found,
    };
    let now = clock::now_text()?;
    let is_kept = |line: &BackupLine| match line.outcome {
        BackupOutcome::Verified { schema, .. } => schema == found && line.at.seconds_until(now) <= FRESH,
        BackupOutcome::Failed(_) => false,
    };
    if backups::list(data)?.iter().any(is_kept) {
        return Ok(Some(found));
    }
    Err(AppError::Input(format!(
        "{target}: cơ sở dữ liệu ở lược đồ bước {found}, bản này sẽ nâng lên bước {SCHEMA}; trước khi nâng cấp hãy sao lưu bằng \
         «tinnhiem backup --out TỆP» với cùng --data và DATABASE_URL (trong vòng 24 giờ), rồi chạy lại. Chưa sửa gì cả."
    )))
}

/// Refuses to make an empty database where there was one: the file is gone, and the anchors say what stood in it.
async fn check_there(target: &Target, path: &Path, anchors: &Anchors) -> Result<(), AppError> {
    if anchors.logs.is_empty() || examine(target).await? != Examination::Missing {
        return Ok(());
    }
    Err(AppError::Anchors(format!(
        "{target}: không thấy cơ sở dữ liệu, mà tệp điểm neo {} ghi {} nhật ký có bản ghi; hãy trả tệp cơ sở dữ liệu về chỗ cũ \
         hoặc khôi phục từ bản sao lưu, muốn lập một hệ thống mới thì dùng thư mục dữ liệu khác.",
        path.display(),
        anchors.logs.len()
    )))
}

/// The database that is meant; a variable that is set to nothing counts as not set.
///
/// # Errors
/// When the URL names no database that the program supports.
pub fn target(data: &Path, database_url: Option<&str>) -> Result<Target, AppError> {
    match database_url.map(str::trim).filter(|url| !url.is_empty()) {
        Some(url) => Ok(Target::parse(url)?),
        None => Ok(Target::in_folder(data)),
    }
}

/// Where the key is.
pub fn key_file(data: &Path) -> PathBuf {
    let named = std::env::var_os(KEY_FILE_VARIABLE).filter(|path| !path.is_empty());
    named.map_or_else(|| data.join(KEY_FILE), PathBuf::from)
}

pub(crate) fn make_folder(data: &Path) -> Result<(), AppError> {
    if data.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|e| AppError::file(data, e))
}

fn read_or_make(path: &Path, chance: &Chance) -> Result<Keys, AppError> {
    match read_key(path) {
        Err(AppError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            make_key(path, chance)?;
            read_key(path)
        }
        read => read,
    }
}

/// The key in a file.
///
/// # Errors
/// When it is not there, others may read it, or it is no key.
pub fn read_key(path: &Path) -> Result<Keys, AppError> {
    let about = fs::metadata(path).map_err(|e| AppError::file(path, e))?;
    if about.permissions().mode() & OF_OTHERS != 0 {
        return Err(AppError::Input(format!(
            "{}: người dùng khác trên máy đọc được khóa bí mật; hãy chạy «chmod 600 {0}» rồi chạy lại.",
            path.display()
        )));
    }
    let wrong = || {
        AppError::Input(format!(
            "{}: không phải tệp khóa của tinnhiem (một dòng base64 của 32 byte); hãy chép lại tệp từ nơi cất riêng (bản sao lưu không có khóa).",
            path.display()
        ))
    };
    if !about.is_file() || about.len() > MAX_KEY_BYTES {
        return Err(wrong());
    }
    let text = Zeroizing::new(fs::read(path).map_err(|e| AppError::file(path, e))?);
    let bytes = Zeroizing::new(STANDARD.decode(text.trim_ascii()).map_err(|_| wrong())?);
    let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong())?;
    Ok(Keys::new(Zeroizing::new(secret)))
}

/// Puts a new key in place whole. When another process was faster, its key stays.
fn make_key(path: &Path, chance: &Chance) -> Result<(), AppError> {
    let secret = Zeroizing::new(chance.block()?);
    let line = Zeroizing::new(format!("{}\n", STANDARD.encode(*secret)));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".part-{}", std::process::id()));
    let part = path.with_file_name(name);
    let failed = |e| AppError::file(path, e);
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(failed)?;
    let written = file
        .set_permissions(Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(line.as_bytes()))
        .and_then(|()| file.sync_all())
        // A link, unlike a rename, never replaces what is there.
        .and_then(|()| match fs::hard_link(&part, path) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
    drop(fs::remove_file(&part));
    written.and_then(|()| sync_folder(path)).map_err(failed)
}

/// A key that signed something must be there after a power cut too.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Refuses a key that is not the one behind the logs: its checkpoints would not verify.
async fn check_logs(store: &Store, keys: &Keys, path: &Path) -> Result<(), AppError> {
    match foreign_log(store, keys).await? {
        None => Ok(()),
        Some(origin) => Err(AppError::Input(format!(
            "{}: khóa bí mật này không phải khóa đã lập nhật ký «{origin}» trong cơ sở dữ liệu; hãy dùng đúng tệp khóa \
             của cơ sở dữ liệu này (chép từ máy kia hoặc từ bản sao lưu, rồi đặt {KEY_FILE_VARIABLE}). Chưa ghi gì vào \
             cơ sở dữ liệu.",
            path.display()
        ))),
    }
}

/// The first log that another key signs. The log of a rehearsed poll may have one of its own: see [`Keys`].
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn foreign_log(store: &Store, keys: &Keys) -> Result<Option<String>, AppError> {
    for row in store.read_installation().await? {
        let mut tx = store.read(row.id()?).await?;
        for log in logs::heads(&mut tx).await? {
            if !keys.began(&log) && !polls::is_rehearsal(&mut tx, log.poll).await? {
                return Ok(Some(log.head.origin.as_str().to_owned()));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::audit::KeyName;

    fn signs_as(keys: &Keys) -> String {
        keys.signer(&KeyName::new("tinnhiem/thu").expect("name")).verifier().to_text()
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let home = tempfile::tempdir().expect("folder");
        let path = home.path().join(KEY_FILE);
        let first = read_or_make(&path, &Chance::System).expect("made");
        assert_eq!(fs::metadata(&path).expect("file").permissions().mode() & 0o777, 0o600);
        make_key(&path, &Chance::System).expect("a second process");
        assert_eq!(signs_as(&read_or_make(&path, &Chance::System).expect("read")), signs_as(&first));
        assert_eq!(fs::read_dir(home.path()).expect("list").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_key_that_others_read_or_that_is_none_is_refused() {
        let home = tempfile::tempdir().expect("folder");
        let path = home.path().join(KEY_FILE);
        read_or_make(&path, &Chance::System).expect("made");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("mode");
        let refused = read_or_make(&path, &Chance::System).map(|_| ()).expect_err("readable by the group");
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
        fs::write(&path, "khong phai khoa").expect("write");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("mode");
        let refused = read_or_make(&path, &Chance::System).map(|_| ()).expect_err("no key");
        assert!(refused.to_string().contains("không phải tệp khóa"), "{refused}");
    }
}
