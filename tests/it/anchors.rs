//! The anchors beside the key: a database that was put back, cut, rewritten or taken away is refused wherever it matters,
//! and two people can let the service go on with it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use app::installation::data_folder::{open_app, open_past_anchors};
use app::installation::doctor::{self, Verdict};
use app::people::clock::Proof;
use app::service::anchors::AnchorFile;
use app::trail::verify_db::{self, Asked};
use app::{App, AppError};
use domain::audit::merkle::leaf_hash;
use domain::audit::{Anchors, Tagged};
use domain::id::CouncilId;
use domain::role::Role;
use store::logs;

use crate::doctor::examines;
use crate::forged::ask;
use crate::serve::{Process, tinnhiem};
use crate::site::{Engine, PASSWORD, Site, log_of, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::{keys, peaks_of, without_triggers};
use crate::two_processes::{anchors_of, data_with_key, puts_key};

/// A council with a leader, and the data folder of a service on its database that anchored it once.
async fn anchored(engine: Engine) -> (Site, CouncilId, PathBuf) {
    let (site, council) = Site::with_council_now(engine).await;
    site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
    let data = data_with_key(&site.database.folder());
    let app = opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}"));
    app.sign_daily().await.expect("signed");
    app.close().await;
    (site, council, data)
}

async fn opens(site: &Site, data: &Path) -> Result<App, AppError> {
    open_app(data, Some(site.database.url())).await
}

async fn refusal(site: &Site, data: &Path) -> String {
    match opens(site, data).await {
        Ok(_) => panic!("it was opened"),
        Err(refused) => refused.to_string(),
    }
}

/// Everything that does not hold by `verify --db`; empty when all does.
async fn found(site: &Site, data: &Path) -> String {
    let outcome = verify_db::of_folder(data, Some(site.database.url()), &Asked::default()).await.expect("database");
    outcome.map_or_else(|found| found.to_string(), |_| String::new())
}

async fn doctor_says(site: &Site, data: &Path) -> (Verdict, String) {
    let checks = doctor::examine_all(data, Some(site.database.url())).await;
    let found = checks.into_iter().find(|check| check.subject == "anchors").expect("a check");
    (found.verdict, found.sentence)
}

/// Rewrites the council's own log as somebody with the database can: with all hashes, without the key, and without the heads
/// that were signed. It keeps `left` entries, the first of them changed by `change`.
async fn rewrites(site: &Site, council: CouncilId, left: usize, change: (&str, &str)) {
    let mut tx = site.store.read(council).await.expect("read");
    let log = logs::own(&mut tx).await.expect("log");
    let texts = logs::entries(&mut tx, log, 0, 1_000).await.expect("entries");
    drop(tx);
    let rewritten: Vec<String> = texts.iter().take(left).map(|text| text.replace(change.0, change.1)).collect();
    let bytes = peaks_of(site.database.engine, &rewritten);
    let (old, new) = change;
    let statement = format!(
        "DELETE FROM log_entries WHERE council_id = :council AND log_id = '{log}' AND seq >= {left}; \
         UPDATE log_entries SET entry = replace(entry, '{old}', '{new}') WHERE council_id = :council AND log_id = '{log}'; \
         UPDATE log_entries SET actor = replace(actor, '{old}', '{new}') WHERE council_id = :council AND log_id = '{log}'; \
         DELETE FROM checkpoints WHERE council_id = :council AND log_id = '{log}'; \
         UPDATE logs SET size = {left}, peaks = {bytes}, last_at = (SELECT max(at) FROM log_entries \
         WHERE council_id = :council AND log_id = '{log}') WHERE council_id = :council AND log_id = '{log}'"
    );
    without_triggers(site, council, &statement).await;
}

fn proofs(first: &str, second: &str) -> (Proof, Proof) {
    let proof = |login: &str| Proof::new(login.to_owned(), format!("{PASSWORD}\n"));
    (proof(first), proof(second))
}

#[test]
fn a_database_that_is_behind_is_refused_and_two_people_let_it_go_on() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        let file = data.join("anchors.txt");
        assert_eq!(fs::metadata(&file).expect("file").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data).expect("folder").count(), 2, "the key and the anchors");
        assert_eq!(found(&site, &data).await, "", "holds, the daily heads too");
        // A log that grew since begins with what was anchored; the file follows it.
        site.signed_in("mau", "quan.tri").await;
        let before = fs::read(&file).expect("file");
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        assert_ne!(fs::read(&file).expect("file"), before);
        assert_eq!(doctor_says(&site, &data).await.0, Verdict::Good);

        let mut tx = site.store.read(council).await.expect("read");
        let whole = logs::heads(&mut tx).await.expect("heads").remove(0).head;
        drop(tx);
        rewrites(&site, council, 2, ("không có gì", "")).await;
        let refused = refusal(&site, &data).await;
        let behind = format!("chỉ có 2 bản ghi, thiếu {} bản ghi so với {}", whole.size - 2, whole.size);
        for told in [whole.origin.as_str(), behind.as_str(), "«tinnhiem anchor"] {
            assert!(refused.contains(told), "{told}: {refused}");
        }
        let (verdict, sentence) = doctor_says(&site, &data).await;
        assert!(verdict == Verdict::Error && sentence.contains(&behind), "{sentence}");
        let named = found(&site, &data).await;
        assert!(named.contains("thiếu") && named.contains("tệp điểm neo ghi"), "{named}");

        let app =
            open_past_anchors(&data, Some(site.database.url())).await.unwrap_or_else(|refused| panic!("{refused}"));
        for (first, second, reason, why) in [
            ("lanh.dao", "lanh.dao", "Mất ổ đĩa", "hai tài khoản khác nhau"),
            ("lanh.dao", "quan.tri", " ", "lý do"),
            ("lanh.dao", "ai.do", "Mất ổ đĩa", "không đúng"),
        ] {
            let said =
                app.accept_database(council, proofs(first, second), reason).await.expect_err("refused").to_string();
            assert!(said.contains(why), "{why}: {said}");
        }
        app.accept_database(council, proofs("lanh.dao", "quan.tri"), "Mất ổ đĩa").await.expect("accepted");
        app.close().await;
        let (kind, data_of) = log_of(&site, CouncilId::INSTALLATION).await.pop().expect("an entry");
        assert_eq!(kind, "database.accepted");
        let told = (data_of["logs"][0]["anchored"].as_u64(), data_of["logs"][0]["size"].as_u64());
        assert_eq!(told, (Some(whole.size), Some(2)), "{data_of}");
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        assert_eq!(doctor_says(&site, &data).await.0, Verdict::Good);
        // A process that served the log as it was does not go on with it; one that starts now does.
        let adds = ["user", "add", "Đỗ Quỳnh Nữ", "--role", "clerk", "--council", "mau", "--data"];
        let added = tinnhiem().args(adds).arg(&data).env("DATABASE_URL", site.database.url()).output().expect("run");
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    });
}

/// The first start after an upgrade tags every log; once the anchors say so, a log whose tag is gone is no older one.
#[test]
fn logs_are_tagged_at_the_first_start_and_never_again() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        let untagged = "UPDATE logs SET tag = NULL WHERE council_id = :council";
        without_triggers(&site, council, untagged).await;
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        let said = found(&site, &data).await;
        assert!(said.contains("bảng logs, cột tag"), "{said}");

        // An upgrade that ended before its rows were tagged; without its file nobody knows it from rows that somebody else wrote.
        fs::remove_file(data.join("anchors.txt")).expect("anchors of an older program");
        without_triggers(&site, CouncilId::INSTALLATION, untagged).await;
        rows_are_untagged(&site, council).await;
        let refused = refusal(&site, &data).await;
        assert!(refused.contains("không thấy tệp điểm neo"), "{refused}");
        fs::write(data.join("upgrade.txt"), "13\n").expect("file");
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        let said = found(&site, &data).await;
        assert!(!said.contains("cột tag") && !data.join("upgrade.txt").exists(), "{said}");
        site.has_account(council, "van.phong", "Đỗ Quỳnh Nữ", Role::Clerk).await;
    });
}

/// Accounts, sessions and slips as an older program left them.
async fn rows_are_untagged(site: &Site, council: CouncilId) {
    for body in [council, CouncilId::INSTALLATION] {
        for table in ["accounts", "sessions", "slips"] {
            let untagged = format!("UPDATE {table} SET tag = NULL WHERE council_id = :council");
            past_the_program(&site.database, body, &untagged).await.expect("an older program");
        }
    }
}

fn anchors_in(data: &Path) -> Anchors {
    let file = AnchorFile::in_folder(data);
    file.read(&keys()).unwrap_or_else(|refused| panic!("{refused}")).expect("a file")
}

async fn doctor_of_rows(site: &Site, data: &Path) -> Verdict {
    let checks = doctor::examine_all(data, Some(site.database.url())).await;
    checks.into_iter().find(|check| check.subject == "rows").expect("a check").verdict
}

/// The first start after an upgrade tags every account; once the anchors say so, one whose tag is gone is no older one.
#[test]
fn rows_are_tagged_at_the_first_start_and_never_again() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        assert_eq!(doctor_of_rows(&site, &data).await, Verdict::Good);
        rows_are_untagged(&site, council).await;
        let older = Anchors { tagged: Tagged::Logs, ..anchors_in(&data) };
        anchors_of(&data, &older);
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        assert_eq!(doctor_of_rows(&site, &data).await, Verdict::Error, "the schema was not older");
        anchors_of(&data, &older);
        fs::write(data.join("upgrade.txt"), "14\n").expect("file");
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        assert_eq!(found(&site, &data).await, "");
        assert_eq!(anchors_in(&data).tagged, Tagged::Rows, "told at once");
        site.signed_in("mau", "lanh.dao").await;

        rows_are_untagged(&site, council).await;
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        let said = found(&site, &data).await;
        assert!(said.contains("bảng accounts") && said.contains("cột tag"), "{said}");
        assert_eq!(doctor_of_rows(&site, &data).await, Verdict::Error);
        let refused = site.visitor().signs_in("mau", "lanh.dao", PASSWORD).await;
        assert!(refused.html.contains("đã bị sửa từ bên ngoài chương trình"), "{}", refused.html);

        // Where one has a tag, the others are not of an older program either, whatever the anchors say.
        site.has_account(council, "van.phong", "Đỗ Quỳnh Nữ", Role::Clerk).await;
        anchors_of(&data, &Anchors { tagged: Tagged::Logs, ..anchors_in(&data) });
        fs::write(data.join("upgrade.txt"), "14\n").expect("file");
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        assert!(found(&site, &data).await.contains("cột tag"));
    });
}

/// A process of an older program wrote an account into the database of a newer one, or somebody with a write to it did.
#[test]
fn an_account_that_the_program_did_not_write_is_named_and_two_others_vouch_for_it() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        site.has_account(council, "van.phong", "Đỗ Quỳnh Nữ", Role::Clerk).await;
        // One more role, another password: whoever vouched for the row as it stands would let the thief in.
        let writes = "UPDATE accounts SET tag = NULL, roles = 'admin', password = (SELECT password FROM accounts WHERE \
                      council_id = :council AND login = 'lanh.dao') WHERE council_id = :council AND login = 'van.phong'";
        past_the_program(&site.database, council, writes).await.expect("written");
        let mut manager = site.signed_in("mau", "quan.tri").await;
        let list = manager.opens("/tai-khoan").await;
        assert!(
            list.text("main .notice").contains("van.phong") && list.text("main table").contains("quan.tri"),
            "{}",
            list.html
        );
        let asks = |args: &[&str]| {
            tinnhiem()
                .args(args)
                .arg("--data")
                .arg(&data)
                .env("DATABASE_URL", site.database.url())
                .output()
                .expect("run")
        };
        let told = asks(&["anchor"]);
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.status.code() == Some(1) && text.contains("van.phong"), "{text}");

        let app =
            open_past_anchors(&data, Some(site.database.url())).await.unwrap_or_else(|refused| panic!("{refused}"));
        let itself =
            app.accept_database(council, proofs("van.phong", "quan.tri"), "Bản cũ ghi").await.expect_err("forged");
        assert!(itself.to_string().contains("bị sửa từ bên ngoài"), "{itself}");
        app.accept_database(council, proofs("lanh.dao", "quan.tri"), "Bản cũ ghi").await.expect("vouched");
        app.close().await;
        let (kind, told) = log_of(&site, CouncilId::INSTALLATION).await.pop().expect("an entry");
        assert_eq!(
            (kind.as_str(), &told["accounts"][0]["login"]),
            ("database.accepted", &"van.phong".into()),
            "{told}"
        );
        assert_eq!(told["accounts"].as_array().map(Vec::len), Some(1), "{told}");
        let mut tx = site.store.read(council).await.expect("read");
        let account = store::accounts::by_login(&mut tx, &"van.phong".parse().expect("login")).await.expect("row");
        let account = account.expect("an account that the program wrote");
        assert!(account.roles.iter().eq([Role::Clerk]), "what the log says: {account:?}");
        assert_eq!(store::accounts::password(&mut tx, account.id).await.expect("row"), None);
        drop(tx);
        assert_eq!(found(&site, &data).await, "");
        assert_eq!(asks(&["anchor"]).status.code(), Some(0));
        let reset = asks(&["user", "reset", "van.phong", "--council", "mau"]);
        assert!(reset.status.success(), "{}", String::from_utf8_lossy(&reset.stderr));

        // A row that the log does not know: nobody is let in by it, whoever vouches, and its login stays taken.
        let adds = "INSERT INTO accounts (council_id, account_id, login, name, roles, state, password, must_change_password, \
                    second_factor_step, failures, version, changed_at, changed_by) SELECT council_id, \
                    '01940000-0000-7000-8000-00000000abcd', 'la.mat', name, roles, state, password, must_change_password, 0, 0, 1, \
                    changed_at, changed_by FROM accounts WHERE council_id = :council AND login = 'lanh.dao'";
        past_the_program(&site.database, council, adds).await.expect("written");
        let told = asks(&["anchor"]);
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(text.contains("nhật ký không có tài khoản la.mat"), "{text}");
        let mut manager = site.signed_in("mau", "quan.tri").await;
        manager.opens("/tai-khoan/moi").await;
        let typed = [("name", "Người Mới"), ("login", "la.mat"), ("roles", "clerk")];
        let answer = manager.submits("/tai-khoan/moi", &typed).await;
        assert!(answer.html.contains("«la.mat» đã là của"), "{}", answer.html);
    });
}

/// A database that was served has anchors; without them nobody knows whether it is an old one.
#[test]
fn anchors_that_are_gone_are_refused_and_two_people_let_it_go_on() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        fs::remove_file(data.join("anchors.txt")).expect("gone");
        let refused = refusal(&site, &data).await;
        assert!(refused.contains("không thấy tệp điểm neo") && refused.contains("«tinnhiem anchor"), "{refused}");
        assert!(!data.join("anchors.txt").exists(), "none is made");
        let (verdict, sentence) = doctor_says(&site, &data).await;
        assert!(verdict == Verdict::Error && sentence.contains("không thấy tệp điểm neo"), "{sentence}");
        assert!(found(&site, &data).await.contains("không thấy tệp điểm neo"));

        let app =
            open_past_anchors(&data, Some(site.database.url())).await.unwrap_or_else(|refused| panic!("{refused}"));
        app.accept_database(council, proofs("lanh.dao", "quan.tri"), "Mất ổ đĩa").await.expect("accepted");
        app.close().await;
        let (kind, told) = log_of(&site, CouncilId::INSTALLATION).await.pop().expect("an entry");
        assert_eq!((kind.as_str(), told["logs"][0]["anchored"].as_u64()), ("database.accepted", Some(0)), "{told}");
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        assert_eq!(doctor_says(&site, &data).await.0, Verdict::Good);
        assert_eq!(found(&site, &data).await, "");
    });
}

/// While the database is known to be behind, nobody adds to it, and the service says that it is not ready.
#[test]
fn nothing_is_written_while_the_database_is_behind_its_anchors() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        let app = opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}"));
        let mut visitor = site.visitor_at(&app);
        let leader = site.somebody(council, Role::Leader);
        let honest = anchors_in(&data);
        let mut newer = honest.clone();
        let own = newer.logs.iter_mut().find(|(origin, _)| origin.as_str().contains("/mau/")).expect("a log").1;
        own.frontier.push(leaf_hash(b"an entry that this database has not"));
        anchors_of(&data, &newer);
        app.anchor().await.expect_err("behind");

        let size = log_of(&site, council).await.len();
        let refused = app.end_all_sessions(ask(&site, &leader)).await.expect_err("nothing is written");
        assert!(matches!(&refused, AppError::Anchors(said) if said.contains("thiếu 1 bản ghi")), "{refused}");
        assert_eq!(log_of(&site, council).await.len(), size);
        let ready = visitor.opens("/readyz").await;
        assert_eq!((ready.status.as_u16(), ready.html.as_str()), (503, "anchors\n"));

        // The right file, or the right database, is back.
        anchors_of(&data, &honest);
        app.anchor().await.expect("holds");
        app.end_all_sessions(ask(&site, &leader)).await.expect("written");
        assert_eq!(log_of(&site, council).await.len(), size + 1);
        assert_eq!(visitor.opens("/readyz").await.status.as_u16(), 200);
        app.close().await;
    });
}

/// A command that acts on an installation makes none where somebody mistyped the folder.
#[test]
fn commands_on_a_wrong_folder_say_so_and_leave_it_untouched() {
    let home = tempfile::tempdir().expect("folder");
    let (absent, empty) = (home.path().join("sai"), home.path().join("trong"));
    fs::create_dir(&empty).expect("folder");
    let keyed = home.path().join("co-khoa");
    fs::create_dir(&keyed).expect("folder");
    puts_key(&keyed);
    let public = app::backup::new_identity(&home.path().join("khoa.txt")).expect("a key pair");
    let poll = "01940000-0000-7000-8000-000000000001";
    let file = home.path().join("ra").display().to_string();
    let head = home.path().join("dau.txt").display().to_string();
    fs::write(&head, "không phải điểm chốt").expect("written");
    for arguments in [
        &["anchor"][..],
        &["anchor", "--first", "a", "--second", "b", "--reason", "x"],
        &["head", "--council", "mau", "--out", &file],
        &["clock"],
        &["user", "list"],
        &["user", "add", "Lê Thị Ba", "--role", "operator", "--council", "he-thong"],
        &["bundle", "--poll", poll, "--out", &file],
        &["bundle"],
        &["witness", &head, "--name", "tinh.example.gov.vn/chung", "--out", &file],
        &["witness", &head, "--name", "tinh.example.gov.vn/chung", "--out", &file, "--log-key", "x"],
        &["verify", "--db"],
        &["backup", "--out", &file, "--recipient", &public],
    ] {
        // What a backup became is noted where there is a key.
        let with_key = (arguments[0] != "backup").then_some((&keyed, 1));
        for (data, names) in [(&absent, 0), (&empty, 0)].into_iter().chain(with_key) {
            let output = tinnhiem().args(arguments).arg("--data").arg(data).output().expect("program");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            let found = fs::read_dir(data).map(Iterator::count).unwrap_or_default();
            assert_eq!((found, data.exists()), (names, data != &absent), "{arguments:?}");
            let is_ours = matches!(arguments[0], "verify" | "backup" | "witness");
            assert!(is_ours || said.contains("hãy xem lại --data"), "{arguments:?}: {said}");
        }
    }
}

/// The council's log, written anew in the database without the key.
#[test]
fn a_log_that_was_rewritten_without_the_key_is_named_and_told_while_it_is_served() {
    on_both(|engine| async move {
        let (site, council, data) = anchored(engine).await;
        let app = opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}"));
        let mut visitor = site.visitor_at(&app);
        assert_eq!(visitor.opens("/readyz").await.status.as_u16(), 200);
        let size = log_of(&site, council).await.len();
        rewrites(&site, council, size, ("Phạm Thường Trực", "Phạm Thường Khác")).await;
        let noticed = app.anchor().await.expect_err("noticed at the next writing").to_string();
        assert!(noticed.contains("đã bị viết lại") || noticed.contains("thiếu 1 điểm chốt"), "{noticed}");
        let ready = visitor.opens("/readyz").await;
        assert_eq!((ready.status.as_u16(), ready.html.as_str()), (503, "anchors\n"));
        app.close().await;
        let named = found(&site, &data).await;
        assert!(named.contains("đã bị viết lại") && named.contains("bảng checkpoints có 0 điểm chốt"), "{named}");
        assert!(refusal(&site, &data).await.contains("tinnhiem/mau/"));
        assert_eq!(doctor_says(&site, &data).await.0, Verdict::Error);

        // Somebody who puts the heads back has still written another log.
        let note = "INSERT INTO checkpoints (council_id, log_id, size, moment, note, signed_at) SELECT council_id, log_id, \
                    size, 'daily', 'x', last_at FROM logs WHERE council_id = :council AND poll_id IS NULL";
        past_the_program(&site.database, council, note).await.expect("a head");
        assert!(refusal(&site, &data).await.contains("đã bị viết lại"));
    });
}

/// The real program on a backup that somebody put back, on none at all, and with another key.
#[test]
fn an_old_copy_an_empty_place_and_a_lost_key_are_refused_by_the_program() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (data, council) = runtime.block_on(async {
        let (site, council, data) = anchored(Engine::Sqlite).await;
        let old = data.join("old.db");
        let copy = format!("VACUUM INTO '{}'", old.display());
        past_the_program(&site.database, council, &copy).await.expect("a copy");
        site.signed_in("mau", "quan.tri").await;
        opens(&site, &data).await.unwrap_or_else(|refused| panic!("{refused}")).close().await;
        let newest = data.join("newest.db");
        let copy = format!("VACUUM INTO '{}'", newest.display());
        past_the_program(&site.database, council, &copy).await.expect("a copy");
        // The folder of the site goes away with it.
        let kept = tempfile::tempdir().expect("folder").keep();
        for name in ["secret.key", "anchors.txt", "old.db", "newest.db"] {
            fs::copy(data.join(name), kept.join(name)).expect("copy");
        }
        (kept, council)
    });
    let serves = || {
        let output =
            tinnhiem().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).output().expect("program");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let puts = |name: &str| {
        for end in ["", "-wal", "-shm"] {
            drop(fs::remove_file(data.join(format!("tinnhiem.db{end}"))));
        }
        fs::copy(data.join(name), data.join("tinnhiem.db")).expect("put back");
    };
    let (code, said) = serves();
    assert!(code == Some(2) && said.contains("không thấy cơ sở dữ liệu"), "{code:?} {said}");
    assert!(!data.join("tinnhiem.db").exists(), "no empty database is made beside an old key");
    puts("old.db");
    let (code, said) = serves();
    assert!(
        code == Some(2) && said.contains("thiếu 1 bản ghi") && said.contains(&council.to_string()),
        "{code:?} {said}"
    );
    let (code, checks) = examines(&data, None);
    assert!(code == Some(1) && checks.iter().any(|check| check == "anchors error"), "{checks:?}");
    let asks = |arguments: &[&str]| {
        let output = tinnhiem().args(arguments).arg("--data").arg(&data).output().expect("program");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    assert!(matches!(asks(&["anchor"]), (Some(1), said) if said.contains("thiếu 1 bản ghi")));
    assert!(matches!(asks(&["verify", "--db"]), (Some(1), said) if said.contains("tệp điểm neo ghi")));
    fs::rename(data.join("secret.key"), data.join("moved.key")).expect("moved");
    let (code, said) = serves();
    assert!(code == Some(2) && said.contains("không thấy khóa bí mật"), "{code:?} {said}");
    fs::rename(data.join("moved.key"), data.join("secret.key")).expect("back");
    puts("newest.db");
    let mut service = Process::start(&data, &[], &[]);
    assert!(service.gets("/readyz").ends_with("ok\n"));
    service.signal("TERM");
    assert_eq!(service.ends().0.code(), Some(0));
    assert_eq!(asks(&["anchor"]).0, Some(0));
    assert!(matches!(asks(&["verify", "--db"]), (Some(0), said) if said.contains("tệp điểm neo ghi lúc")));
    drop(fs::remove_dir_all(&data));
}

#[test]
fn a_councils_log_is_signed_once_a_day_and_where_a_polls_log_notes_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let signed = |moment: &'static str| {
            let store = site.store.clone();
            async move {
                let mut tx = store.read(council).await.expect("read");
                let own = logs::own(&mut tx).await.expect("log");
                let rows = logs::checkpoints(&mut tx, own).await.expect("heads");
                rows.into_iter().filter(|row| row.moment == moment).map(|row| row.size).collect::<Vec<_>>()
            }
        };
        let mut tx = site.store.read(council).await.expect("read");
        let log = logs::of_poll(&mut tx, poll).await.expect("read").expect("log");
        let noted = logs::of_kinds(&mut tx, log, ["council_log.noted", "council_log.noted"]).await.expect("entries");
        drop(tx);
        let sizes = noted.iter().map(|text| serde_json::from_str::<serde_json::Value>(text).expect("entry"));
        let mut sizes: Vec<i64> = sizes.map(|entry| entry["data"]["size"].as_i64().expect("size")).collect();
        sizes.dedup();
        assert!(!sizes.is_empty());
        assert_eq!(signed(logs::NOTED).await, sizes);

        let days = || async {
            site.app.sign_daily().await.expect("signed");
            signed(logs::DAILY).await.len()
        };
        site.signed_in("mau", "quan.tri").await;
        assert_eq!(days().await, 1);
        site.signed_in("mau", "quan.tri").await;
        assert_eq!(days().await, 1, "once a day");
        site.clock.advance(jiff::SignedDuration::from_hours(25));
        assert_eq!(days().await, 2, "it grew since");
        site.clock.advance(jiff::SignedDuration::from_hours(25));
        assert_eq!(days().await, 2, "nothing new");
        verify_db::database(&site.database.target(), None).await.expect("database").expect("holds");
    });
}
