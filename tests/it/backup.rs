//! Backups: made while a count is in progress, put back into an empty place on either database, and refused when anything
//! in them is not what was written.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use app::AppError;
use app::backup::{self, Anchored, Asked, Lock, Made, Opener, Place};
use app::polls::CountedBatch;
use app::service::backup_error::BackupError;
use app::trail::verify_db::database;
use domain::count::BatchCounts;
use domain::fact::FactKind;
use domain::id::CouncilId;
use domain::poll::LevelCounts;
use domain::role::Role;
use store::content::{Filler, Snapshot};
use store::{Store, StoreError, Target, logs};
use zeroize::Zeroizing;

use crate::poll_state::by_two;
use crate::serve::tinnhiem;
use crate::site::{Database, Engine, RETURNED, Site, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::keys;
use crate::two_processes::data_with_key;

const PASSPHRASE: &str = "mat khau sao luu";
const AT: &str = "2026-12-01T02:03:04Z";
/// A figure that stands nowhere by chance.
const HIGH: u32 = RETURNED - 8;

/// A passphrase that costs little to try.
pub fn cheap() -> Lock {
    Lock::Passphrase(Zeroizing::new(PASSPHRASE.to_owned()), 4)
}

pub fn opener() -> Opener {
    Opener::Passphrase(Zeroizing::new(PASSPHRASE.to_owned()))
}

pub async fn makes(target: &Target, place: Place, lock: Lock) -> Result<Made, AppError> {
    backup::make(target, Asked { place, lock, at: AT.parse().expect("time"), least_step: 0 }).await
}

/// A key pair in a folder: the lock, and what opens it.
fn pair(folder: &Path, name: &str) -> (Lock, Opener) {
    let file = folder.join(name);
    let public = backup::new_identity(&file).expect("a key pair");
    (Lock::recipients(&[public]).expect("a public key"), Opener::of_file(&file).expect("a secret key"))
}

/// The text of a backup of a database, as it stands before encryption.
async fn text_of(target: &Target) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let made = makes(target, Place::File(folder.path().join("a.age")), cheap()).await.expect("a backup");
    let mut text = Vec::new();
    backup::copy_plain(&made.file, &opener(), &mut text).expect("text");
    String::from_utf8(text).expect("text")
}

/// Every entry of every log, by name.
async fn entries_of(target: &Target) -> BTreeMap<String, Vec<String>> {
    let store = Store::open_to_look(target).await.expect("database");
    let mut found = BTreeMap::new();
    for row in store.read_installation().await.expect("councils") {
        let mut tx = store.read(row.id().expect("id")).await.expect("read");
        for head in logs::heads(&mut tx).await.expect("heads") {
            let texts = logs::entries(&mut tx, head.log, 0, 10_000).await.expect("entries");
            found.insert(head.head.origin.as_str().to_owned(), texts);
        }
    }
    store.close().await;
    found
}

/// A council in the middle of a count, with files and released dossiers.
async fn counted(engine: Engine) -> (Site, CouncilId) {
    let (site, council) = Site::with_council(engine).await;
    let counting = site.has_counting_poll(council).await;
    for (form, lines) in &counting.forms {
        let lines = vec![LevelCounts::Rating { high: HIGH, medium: 4, low: 3 }; *lines];
        let counts = BatchCounts { papers: RETURNED, invalid: BTreeMap::from([("no_seal".into(), 1)]), lines };
        let batch = CountedBatch { form: form.clone(), batch: 1, counts, read: by_two() };
        site.commits(council, counting.poll, batch).await;
    }
    has_files(&site, council, &["khen", "chữ lạ: \u{1F9FE} \\ \" \u{2028} \n cuối"]).await;
    let other = site.has_unattested_poll(council).await;
    site.has_release(council, other).await;
    site.signed_in("mau", "quan.tri").await;
    (site, council)
}

async fn has_files(site: &Site, council: CouncilId, marks: &[&str]) {
    for mark in marks {
        let login = format!("nguoi.{}", mark.len());
        let account = site.has_account(council, &login, "Trần Văn B", Role::Official).await;
        let official = site.has_linked_official(council, account, "Trần Văn B").await;
        site.has_fact_with_file(council, official, FactKind::Award, mark).await;
    }
}

/// A folder with the installation's key for a database elsewhere.
pub fn place_with_key() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("folder");
    let data = data_with_key(home.path());
    fs::remove_file(data.join("anchors.txt")).expect("no anchors");
    (home, data)
}

pub async fn restores(
    file: &Path,
    opener: Opener,
    data: &Path,
    database: &Database,
) -> Result<backup::Restored, AppError> {
    backup::restore(file, opener, data, Some(database.url())).await
}

#[test]
fn a_backup_of_a_count_in_progress_comes_back_byte_for_byte_on_either_database() {
    on_both(|engine| async move {
        let (site, council) = counted(engine).await;
        let target = site.database.target();
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a.age");
        let made = makes(&target, Place::File(file.clone()), cheap()).await.expect("a backup");
        assert_eq!(fs::metadata(&file).expect("file").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing is left beside it");
        assert!(made.rows > 100 && made.header.logs.len() == 4, "{made:?}");
        let text = text_of(&target).await;

        // Counts lie under seal inside too, and the key that opens them is not there.
        let line = format!(r#"{{"high":{HIGH},"low":3,"medium":4}}"#);
        let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [7; 32]);
        for telling in [line.as_str(), &format!(r#"\"high\":{HIGH}"#), r#"\"nonce\""#, &secret] {
            assert!(!text.contains(telling), "{telling}");
        }
        let sealed = text.split(r#"{"table":"sealed_batches""#).nth(1).expect("the table");
        assert!(sealed.lines().nth(1).is_some_and(|row| row.len() > 2_000), "sealed counts are there");
        assert!(!text.contains(r#"{"table":"sessions""#), "a session that ended does not live again");
        assert!(text.contains(r#"{"table":"search_lines""#) && text.contains(r#"{"table":"attachment_chunks""#));

        let told = entries_of(&target).await;
        assert!(told.len() == 4 && told.values().map(Vec::len).sum::<usize>() > 40, "{:?}", told.keys());
        for other in [Engine::Sqlite, Engine::Postgres] {
            let (_home, data) = place_with_key();
            let empty = Database::new(other).await;
            let restored = restores(&file, opener(), &data, &empty).await.unwrap_or_else(|refused| panic!("{refused}"));
            let report = restored.held.unwrap_or_else(|found| panic!("{found}"));
            assert!(report.to_string().contains("KHỚP"), "{report}");
            assert_eq!((restored.anchored, restored.rows), (Anchored::NoFile, made.rows));
            assert_eq!(entries_of(&empty.target()).await, told, "logs are the same byte for byte");
            assert!(text_of(&empty.target()).await == text, "the same content gives the same bytes");
            // The search finds what it found: its words are made anew.
            let store = Store::open(&empty.target()).await.expect("store");
            assert_eq!(store.schema_differences().await.expect("schema"), []);
            store.close().await;
            // And nothing is ever put over what is there.
            let refused = restores(&file, opener(), &data, &empty).await.expect_err("not empty");
            assert!(matches!(&refused, AppError::Store(StoreError::NotEmpty(_))), "{refused}");
            assert!(text_of(&empty.target()).await == text);
        }
        database(&target, Some(&keys())).await.expect("database").expect("the one that was copied holds as before");
        drop((site, council));
    });
}

#[test]
fn everything_goes_from_one_database_into_the_other_and_back() {
    on_both(|engine| async move {
        let (site, _) = counted(engine).await;
        let (text, told) = (text_of(&site.database.target()).await, entries_of(&site.database.target()).await);
        let other = if engine == Engine::Sqlite { Engine::Postgres } else { Engine::Sqlite };
        let (there, back) = (Database::new(other).await, Database::new(engine).await);
        let over = backup::transfer(&site.database.target(), &there.target()).await.expect("over");
        backup::transfer(&there.target(), &back.target()).await.expect("back");
        assert_eq!(over.logs.len(), 4);
        for database in [&there, &back] {
            assert!(text_of(&database.target()).await == text, "the same bytes before encryption");
            assert_eq!(entries_of(&database.target()).await, told);
            let held = app::trail::verify_db::database(&database.target(), Some(&keys())).await.expect("database");
            held.unwrap_or_else(|found| panic!("{found}"));
        }
        let refused = backup::transfer(&site.database.target(), &there.target()).await.expect_err("not empty");
        assert!(refused.to_string().contains("không ghi đè"), "{refused}");
    });
}

/// The database is written between the rows that are read: a backup is of one moment.
#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut snapshot = Snapshot::of(&site.store).await.expect("snapshot");
        let before = snapshot.logs().await.expect("logs");
        site.signed_in("mau", "quan.tri").await;
        let folder = tempfile::tempdir().expect("folder");
        let asked = Asked {
            place: Place::File(folder.path().join("a.age")),
            lock: cheap(),
            at: AT.parse().expect("time"),
            least_step: 0,
        };
        let made = backup::make_of(snapshot, asked).await.expect("a backup");
        let sizes: Vec<u64> = made.header.logs.iter().map(|log| log.size).collect();
        assert_eq!(sizes, before.iter().map(|log| log.head.size).collect::<Vec<_>>());
        let empty = Database::new(Engine::Sqlite).await;
        let (_home, data) = place_with_key();
        let restored =
            restores(&made.file, opener(), &data, &empty).await.unwrap_or_else(|refused| panic!("{refused}"));
        restored.held.unwrap_or_else(|found| panic!("{found}"));
    });
}

async fn refusal(file: &Path, opener: Opener, data: &Path) -> String {
    let database = data.join("tinnhiem.db");
    let refused = match backup::restore(file, opener, data, None).await {
        Ok(_) => panic!("{} was put back", file.display()),
        Err(refused) => refused.to_string(),
    };
    assert!(!database.exists(), "nothing is left: {refused}");
    refused
}

#[test]
fn a_backup_with_a_changed_byte_a_missing_end_or_another_lock_is_refused() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        has_files(&site, council, &["khen"]).await;
        let (home, data) = place_with_key();
        let (lock, key) = pair(home.path(), "khoa.txt");
        let made =
            makes(&site.database.target(), Place::File(home.path().join("a.age")), lock).await.expect("a backup");
        let whole = fs::read(&made.file).expect("file");
        let other = home.path().join("b.age");
        let places = (0..whole.len()).step_by(1 + whole.len() / 150).chain([whole.len() - 1]);
        for place in places {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&other, &changed).expect("file");
            let refused = refusal(&other, key.clone(), &data).await;
            let is_told = ["đã bị sửa", "không phải bản sao lưu", "cắt cụt"].iter().any(|told| refused.contains(told));
            assert!(is_told, "byte {place}: {refused}");
        }
        for left in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
            fs::write(&other, &whole[..left]).expect("file");
            let refused = refusal(&other, key.clone(), &data).await;
            assert!(refused.contains("cắt cụt") || refused.contains("không phải"), "{left} bytes: {refused}");
        }
        fs::write(&other, [whole.as_slice(), b"x"].concat()).expect("file");
        refusal(&other, key.clone(), &data).await;
        fs::write(&other, b"PK not a backup").expect("file");
        assert!(refusal(&other, key.clone(), &data).await.contains("không phải bản sao lưu"));

        // Keys and passphrases that are not the right ones.
        let stranger = pair(home.path(), "khac.txt").1;
        assert!(refusal(&made.file, stranger, &data).await.contains("khóa giải mã này không mở được"));
        assert!(refusal(&made.file, opener(), &data).await.contains("--identity"));
        let by_phrase =
            makes(&site.database.target(), Place::File(home.path().join("c.age")), cheap()).await.expect("a backup");
        let wrong = Opener::Passphrase(Zeroizing::new("mat khau khac han".to_owned()));
        assert!(refusal(&by_phrase.file, wrong, &data).await.contains("mật khẩu của bản sao lưu không đúng"));
        assert!(refusal(&by_phrase.file, key.clone(), &data).await.contains("bỏ --identity"));
        let short = Lock::passphrase(Zeroizing::new("ngan".to_owned())).err().expect("short").to_string();
        assert!(short.contains("ít nhất 12 ký tự"), "{short}");
        let unknown = Lock::recipients(&["age1xyz".to_owned()]).err().expect("no key").to_string();
        assert!(unknown.contains("«age1xyz»"), "{unknown}");

        // Without the installation's key, and with another.
        let secret = data.join("secret.key");
        let (right, elsewhere) = (fs::read(&secret).expect("key"), data.join("elsewhere"));
        fs::rename(&secret, &elsewhere).expect("moved");
        assert!(refusal(&made.file, key.clone(), &data).await.contains("không bao giờ nằm trong bản sao lưu"));
        let foreign = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [8; 32]);
        fs::write(&secret, foreign).expect("key");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("mode");
        assert!(refusal(&made.file, key.clone(), &data).await.contains("không phải khóa đã lập nhật ký"));
        fs::write(&secret, right).expect("key");
        // The control: the file that nobody changed comes back.
        let restored =
            backup::restore(&made.file, key, &data, None).await.unwrap_or_else(|refused| panic!("{refused}"));
        restored.held.unwrap_or_else(|found| panic!("{found}"));
        assert_eq!(fs::metadata(data.join("tinnhiem.db")).expect("file").mode() & 0o777, 0o600);
        let again = makes(&site.database.target(), Place::File(made.file.clone()), cheap()).await.expect_err("there");
        assert!(matches!(again, AppError::Backup(BackupError::Exists(_))), "{again}");
    });
}

#[test]
fn content_of_another_schema_is_refused_before_anything_is_written() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let empty = Database::new(engine).await;
        let newer = Filler::begin(&empty.target(), 99).await.err().expect("newer");
        assert!(matches!(newer, StoreError::NewerSchema { found: 99, .. }), "{newer}");
        // An older step is made as it was; what goes into it must be of that step.
        let filler = Filler::begin(&empty.target(), 8).await.expect("step 8");
        filler.give_up().await;
        let newer = "INSERT INTO schema_steps (version, name, sha256) VALUES (99, 'x', 'x')";
        past_the_program(&site.database, council, newer).await.expect("a step");
        let folder = tempfile::tempdir().expect("folder");
        let place = Place::File(folder.path().join("a.age"));
        let refused = makes(&site.database.target(), place, cheap()).await.expect_err("newer").to_string();
        assert!(
            refused.contains("bản mới hơn") && fs::read_dir(folder.path()).expect("list").count() == 0,
            "{refused}"
        );
    });
}

/// Name and what the system knows of every file below a folder.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, (u64, i64)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            let about = fs::metadata(&path).expect("file");
            found.insert(path, (about.ino(), about.mtime_nsec()));
        }
    }
    found
}

#[test]
fn a_folder_of_backups_holds_every_file_once() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        has_files(&site, council, &["khen", "cử tri"]).await;
        let (home, data) = place_with_key();
        let folder = home.path().join("sao-luu");
        let key = home.path().join("khoa.txt");
        let public = backup::new_identity(&key).expect("a key pair");
        let opener = Opener::of_file(&key).expect("a secret key");
        let target = site.database.target();
        let asked = |at: &str| Asked {
            place: Place::Folder(folder.clone()),
            lock: Lock::recipients(std::slice::from_ref(&public)).expect("a public key"),
            at: at.parse().expect("time"),
            least_step: 0,
        };
        let made = backup::make(&target, asked("2026-12-01T01:00:00Z")).await.expect("first");
        assert_eq!((made.files.new, made.files.kept), (2, 0));
        let first = files_below(&folder);
        assert!(first.keys().all(|file| fs::metadata(file).expect("file").mode() & 0o777 == 0o600));
        has_files(&site, council, &["một tệp nữa"]).await;
        let made = backup::make(&target, asked("2026-12-02T01:00:00Z")).await.expect("second");
        assert_eq!((made.files.new, made.files.kept), (1, 2));
        let second = files_below(&folder);
        assert_eq!(second.len(), first.len() + 2, "one backup and one file: {second:?}");
        assert!(first.iter().all(|(file, about)| second.get(file) == Some(about)), "no file is written again");

        // One that was damaged on the disk is seen and written anew.
        let damaged = first.keys().find(|file| !file.ends_with("tinnhiem-20261201T010000Z.age")).expect("a file");
        let damaged = if damaged.parent() == Some(&folder) { first.keys().last().expect("a file") } else { damaged };
        let mut bytes = fs::read(damaged).expect("file");
        *bytes.last_mut().expect("a byte") ^= 1;
        fs::write(damaged, bytes).expect("damage");
        let made = backup::make(&target, asked("2026-12-03T01:00:00Z")).await.expect("third");
        assert_eq!((made.files.new, made.files.kept), (1, 2));

        let empty = Database::new(engine).await;
        let restored =
            restores(&made.file, opener.clone(), &data, &empty).await.unwrap_or_else(|refused| panic!("{refused}"));
        let report = restored.held.unwrap_or_else(|found| panic!("{found}"));
        assert!(report.to_string().contains("3 tệp nguồn đúng mã băm"), "{report}");
        assert!(text_of(&empty.target()).await == text_of(&target).await);
        // A passphrase would be asked for with every file.
        let place = Place::Folder(folder.clone());
        let refused = makes(&target, place, cheap()).await.expect_err("passphrase");
        assert!(matches!(refused, AppError::Backup(BackupError::FolderNeedsRecipient)), "{refused}");
        let alone = home.path().join("alone.age");
        fs::copy(&made.file, &alone).expect("copy");
        let other = Database::new(engine).await;
        let refused = restores(&alone, opener, &data, &other).await.expect_err("without its files").to_string();
        assert!(refused.contains("thiếu tệp đính kèm"), "{refused}");
    });
}

#[test]
fn a_full_disk_leaves_no_half_backup_and_the_service_goes_on() {
    let may = Command::new("unshare").args(["-Urm", "true"]).stderr(Stdio::null()).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("a full disk is not tried: this system gives no mount of its own to whoever runs the tests");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (site, _) = runtime.block_on(counted(Engine::Sqlite));
    let home = tempfile::tempdir().expect("folder");
    let public = backup::new_identity(&home.path().join("khoa.txt")).expect("a key pair");
    let small = home.path().join("small");
    fs::create_dir(&small).expect("folder");
    let script = "mount -t tmpfs -o size=64k none \"$0\" && \"$@\" --out \"$0/a.age\"; echo left: $(ls -A \"$0\")";
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", script]).arg(&small).arg(tinnhiem().get_program());
    command.args(["backup", "--recipient", &public, "--data"]).arg(home.path());
    command.env("DATABASE_URL", site.database.url()).env_remove("TINNHIEM_KEY_FILE");
    let output = command.output().expect("program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("ổ đĩa đã đầy nên bản sao lưu này bị bỏ"), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), "left:");
    runtime.block_on(site.signed_in("mau", "quan.tri"));
}
