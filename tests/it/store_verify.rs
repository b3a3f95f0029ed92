//! `tinnhiem verify --db`: what somebody changed past the program is found.

use app::service::keys::Keys;
use std::fs;
use std::path::Path;

use app::trail::verify_db::{Asked, DbFailure, database, database_as};
use domain::audit::Digest;
use domain::audit::merkle::{Frontier, leaf_hash};
use domain::id::CouncilId;
use store::{Target, logs};
use zeroize::Zeroizing;

use crate::site::{Engine, Site, on_both};
use crate::store_log::{append, own_log, past_the_program};

pub fn keys() -> Keys {
    Keys::new(Zeroizing::new([7; 32]))
}

/// A council with some history and a signed head.
async fn council_with_history(engine: Engine) -> (Site, CouncilId) {
    let (site, council) = Site::with_council(engine).await;
    site.signed_in("mau", "quan.tri").await;
    let log = own_log(&site.store, council).await;
    let (app, at) = (site.app.clone(), crate::store_log::now());
    let signed = site.store.write(council, move |tx| Box::pin(async move { app.sign_within(tx, log, None, at).await }));
    assert_eq!(signed.await.expect("checkpoint").size, 3);
    site.signed_in("mau", "quan.tri").await;
    (site, council)
}

/// Lets the story write what the triggers refuse, as an administrator of the database could.
/// What a log's head is made of with these entries, as SQL for the column `peaks`.
pub fn peaks_of<'t>(engine: Engine, texts: impl IntoIterator<Item = &'t String>) -> String {
    let mut frontier = Frontier::default();
    texts.into_iter().for_each(|text| frontier.push(leaf_hash(text.as_bytes())));
    let peaks: String = frontier.peaks().iter().map(ToString::to_string).collect();
    if engine == Engine::Sqlite { format!("x'{peaks}'") } else { format!("'\\x{peaks}'") }
}

pub async fn without_triggers(site: &Site, council: CouncilId, statement: &str) {
    let switches = match site.database.engine {
        Engine::Sqlite => {
            let names = [
                "logs_only_grow",
                "log_entries_stand",
                "log_entries_stay",
                "checkpoints_stand",
                "checkpoints_stay",
                "revisions_stand",
                "revisions_stay",
            ];
            names.map(|name| format!("DROP TRIGGER IF EXISTS {name};")).concat()
        }
        Engine::Postgres => ["logs", "log_entries", "checkpoints", "revisions"]
            .map(|table| format!("ALTER TABLE {table} DISABLE TRIGGER USER;"))
            .concat(),
    };
    past_the_program(&site.database, council, &format!("{switches} {statement}")).await.expect("tampering");
}

pub async fn failure(site: &Site) -> DbFailure {
    let outcome = database(&site.database.target(), Some(&keys())).await.expect("database");
    outcome.expect_err("the tampering is found").first
}

#[test]
fn a_database_that_nobody_touched_holds() {
    on_both(|engine| async move {
        let (site, council) = council_with_history(engine).await;
        let mut tx = site.store.read(council).await.expect("read");
        let own = logs::own(&mut tx).await.expect("log");
        assert_eq!(logs::strays(&mut tx, own).await.expect("rows"), 0);
        drop(tx);
        let report = database(&site.database.target(), Some(&keys())).await.expect("database").expect("holds");
        let text = report.to_string();
        assert_eq!(report.councils.len(), 2);
        assert_eq!(
            (report.councils[0].accounts, report.councils[0].logs[0].entries, report.councils[0].logs[0].heads),
            (1, 4, 1)
        );
        assert!(
            text.starts_with("Hội đồng nhân dân tỉnh Mẫu: 1 tài khoản, 0 thẻ truy cập và 0 bản ghi dữ liệu"),
            "{text}"
        );
        let other = Keys::new(Zeroizing::new([8; 32]));
        let wrong = database(&site.database.target(), Some(&other)).await.expect("database").expect_err("other key");
        assert!(wrong.to_string().contains("không phải của khóa bí mật"), "{wrong}");
    });
}

#[test]
fn every_kind_of_tampering_is_found_with_its_place() {
    // What is done, at which entry it is found, and a word of the sentence.
    let cases: &[(&str, Option<u64>, &str)] = &[
        (
            "UPDATE log_entries SET entry = replace(entry, 'Nguyễn Quản Trị', 'Người Khác') WHERE council_id = :council AND seq = 1",
            Some(2),
            "mã gốc",
        ),
        (
            "UPDATE log_entries SET entry = replace(entry, '\"seq\":3', '\"seq\":4') WHERE council_id = :council AND seq = 3",
            Some(3),
            "mang số",
        ),
        (
            "UPDATE log_entries SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE council_id = :council AND seq = 0",
            Some(0),
            "",
        ),
        (
            "UPDATE log_entries SET entry = replace(entry, '2026-12-01T', '2026-11-01T') WHERE council_id = :council AND seq = 3",
            Some(3),
            "sớm hơn",
        ),
        ("UPDATE log_entries SET actor = 'Người Khác' WHERE council_id = :council AND seq = 3", Some(3), "chép đúng"),
        ("DELETE FROM log_entries WHERE council_id = :council AND seq = 3", None, "bảng logs ghi 4 bản ghi"),
        ("DELETE FROM log_entries WHERE council_id = :council AND seq = 1", Some(1), "mang số"),
        ("UPDATE logs SET size = 3 WHERE council_id = :council", None, "không đúng mẫu"),
        ("UPDATE checkpoints SET note = replace(note, '3', '4') WHERE council_id = :council", None, "điểm chốt"),
        ("UPDATE checkpoints SET size = 2 WHERE council_id = :council", None, "điểm chốt 2"),
        ("UPDATE logs SET public_key = 'x+00000000+AA==' WHERE council_id = :council", None, "khóa"),
        ("UPDATE accounts SET roles = 'admin,auditor' WHERE council_id = :council", None, "vai trò"),
        ("UPDATE accounts SET name = 'Người Khác' WHERE council_id = :council", None, "họ tên"),
        ("UPDATE accounts SET login = 'khac' WHERE council_id = :council", None, "tên đăng nhập"),
        ("UPDATE accounts SET state = 'disabled' WHERE council_id = :council", None, "trạng thái"),
        ("UPDATE councils SET name = 'Hội đồng khác' WHERE council_id = :council", None, "bảng councils"),
        ("UPDATE councils SET second_factor_required = TRUE WHERE council_id = :council", None, "bảng councils"),
        (
            "INSERT INTO slips (council_id, slip_id, account_id, code_sha256, issued_at, expires_at) \
          SELECT council_id, account_id, account_id, token_sha256, started_at, started_at FROM sessions \
          WHERE council_id = :council LIMIT 1",
            None,
            "không ghi đã in",
        ),
    ];
    on_both(|engine| async move {
        for (statement, seq, word) in cases {
            let (site, council) = council_with_history(engine).await;
            without_triggers(&site, council, statement).await;
            let found = failure(&site).await;
            assert_eq!(found.seq, *seq, "{statement}: {found}");
            let text = found.to_string();
            assert!(text.contains(word), "{statement}: {text}");
            let name = if statement.contains("councils SET name") {
                "Hội đồng khác"
            } else {
                "Hội đồng nhân dân tỉnh Mẫu"
            };
            assert!(text.starts_with(&format!("KHÔNG KHỚP: {name}")), "{text}");
        }
    });
}

/// Every reader takes 2 for true, so that a tag made of truth values holds; SQLite parses no CHECK of a file that it only reads.
#[test]
fn a_truth_value_that_is_neither_true_nor_false_is_found() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        for (table, column) in
            [("accounts", "must_change_password"), ("accounts", "keeps_factor"), ("councils", "second_factor_required")]
        {
            let (site, council) = council_with_history(Engine::Sqlite).await;
            let changes = format!("UPDATE {table} SET {column} = 2 WHERE council_id = :council");
            past_the_program(&site.database, council, &format!("PRAGMA ignore_check_constraints = ON; {changes}"))
                .await
                .expect("tampering");
            let found = match database(&site.database.target(), Some(&keys())).await {
                Ok(outcome) => outcome.expect_err("the tampering is found").to_string(),
                Err(refused) => refused.to_string(),
            };
            assert!(found.contains("2 không phải đúng (1) hay sai (0)"), "{column}: {found}");
        }
    });
}

/// Whoever rewrites the newest entries and the head with them is found by a head that was signed before.
#[test]
fn a_log_that_was_cut_off_is_shorter_than_its_signed_head() {
    on_both(|engine| async move {
        let (site, council) = council_with_history(engine).await;
        let log = own_log(&site.store, council).await;
        append(&site.store, council, log).await.expect("entry");
        // Down to two entries: the head of two is the one node over both.
        let mut tx = site.store.read(council).await.expect("read");
        let texts = logs::entries(&mut tx, log, 0, 2).await.expect("entries");
        drop(tx);
        let bytes = peaks_of(engine, &texts);
        let cut = format!(
            "DELETE FROM log_entries WHERE council_id = :council AND seq > 1; \
             UPDATE logs SET size = 2, peaks = {bytes} WHERE council_id = :council"
        );
        without_triggers(&site, council, &cut).await;
        let found = failure(&site).await;
        assert!(found.cause.to_string().contains("có điểm chốt của 3 bản ghi, mà nhật ký chỉ còn 2"), "{found}");
    });
}

/// Names, sizes and hashes of the files of a folder.
fn files(folder: &Path) -> Vec<(String, Digest)> {
    let read = |file: fs::DirEntry| {
        let bytes = fs::read(file.path()).expect("bytes");
        (file.file_name().to_string_lossy().into_owned(), Digest::of(&bytes))
    };
    let mut files: Vec<_> = fs::read_dir(folder).expect("folder").map(|file| read(file.expect("file"))).collect();
    files.sort();
    files
}

/// A copy that was taken while the service ran, with the write-ahead log and without it: looking changes no byte, and what
/// stands in the log alone is seen.
#[test]
fn looking_changes_no_byte() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, _) = council_with_history(Engine::Sqlite).await;
        let (own, copy) = (site.database.folder(), tempfile::tempdir().expect("folder"));
        for name in ["tinnhiem.db", "tinnhiem.db-wal"] {
            fs::copy(own.join(name), copy.path().join(name)).expect("copy");
        }
        let target = Target::in_folder(copy.path());
        let before = files(copy.path());
        assert_eq!(before.len(), 2);
        let report = database(&target, Some(&keys())).await.expect("database").expect("holds");
        assert_eq!(report.councils[0].logs[0].entries, 4, "the newest entries are in the log of the file");
        assert_eq!(files(copy.path()), before);

        site.signed_in("mau", "quan.tri").await;
        site.store.close().await;
        let before = files(&own);
        assert!(before.iter().all(|(name, _)| !name.ends_with("-wal")), "{before:?}");
        let report = database(&site.database.target(), Some(&keys())).await.expect("database").expect("holds");
        assert_eq!(report.councils[0].logs[0].entries, 5);
        assert_eq!(files(&own), before);
    });
}

/// A root on paper is looked for at any size, one council is looked at alone, and it is said how long it took.
#[test]
fn a_root_on_paper_is_found_at_its_size() {
    on_both(|engine| async move {
        let (site, council) = council_with_history(engine).await;
        let mut tx = site.store.read(council).await.expect("read");
        let log = logs::own(&mut tx).await.expect("log");
        let texts = logs::entries(&mut tx, log, 0, 2).await.expect("entries");
        drop(tx);
        let mut frontier = Frontier::default();
        texts.iter().for_each(|text| frontier.push(leaf_hash(text.as_bytes())));
        let target = site.database.target();
        let asks =
            |council: &str, root| Asked { council: Some(council.to_owned()), root: Some(root), ..Asked::default() };
        let report = database_as(&target, None, &asks("mau", frontier.root())).await.expect("database").expect("holds");
        assert_eq!((report.councils.len(), report.councils[0].logs[0].on_paper), (1, Some(2)));
        let text = report.to_string();
        for told in
            ["mã gốc trên giấy là của nhật ký này khi có 2 bản ghi", "Đã kiểm trong 0,", "khớp với mã gốc trên giấy."]
        {
            assert!(text.contains(told), "{told}: {text}");
        }
        let other = database_as(&target, None, &asks("mau", Digest::of(b"x"))).await.expect("database");
        let other = other.expect_err("no log had it").to_string();
        assert!(other.contains("không nhật ký nào từng có mã gốc trên giấy"), "{other}");
        let nobody = database_as(&target, None, &asks("khong-co", frontier.root())).await;
        assert!(nobody.expect_err("no council").to_string().contains("--council"));
    });
}
