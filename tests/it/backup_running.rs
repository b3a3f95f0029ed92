//! Backups of a running service, the copy before an upgrade, and the way back by the commands of the README alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use app::App;
use app::backup::{self, Asked, Opener, Place};
use app::installation::data_folder::open_app;
use app::installation::doctor::{self, Verdict};
use app::service::backup_plan::BackupPlan;
use app::service::backups::{self, BackupLine};
use app::trail::verify_db::database;
use store::Target;
use store::content::Snapshot;

use crate::backup::cheap;
use crate::serve::{Process, tinnhiem};
use crate::site::{Database, Engine, PASSWORD, Site, Visitor, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::keys;
use crate::two_processes::data_with_key;

async fn opens(site: &Site, data: &Path) -> App {
    open_app(data, Some(site.database.url())).await.unwrap_or_else(|refused| panic!("{refused}"))
}

async fn doctor_says(site: &Site, data: &Path) -> (Verdict, String) {
    let checks = doctor::examine_all(data, Some(site.database.url())).await;
    let found = checks.into_iter().find(|check| check.subject == "backup").expect("a check");
    (found.verdict, found.sentence)
}

/// An operator at the pages of a service.
async fn operator(site: &Site, app: &App) -> Visitor {
    let mut visitor = site.visitor_at(app);
    assert_eq!(visitor.signs_in("he-thong", "he.thong", PASSWORD).await.path, "/");
    visitor
}

/// Opens the page until it says `told`.
async fn sees(visitor: &mut Visitor, told: &str) -> String {
    let begun = Instant::now();
    loop {
        let page = visitor.opens("/sao-luu").await.html;
        if page.contains(told) {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{told}: {page}");
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_service_backs_up_on_schedule_and_by_button_and_tells_how_old_the_last_one_is() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council_now(engine).await;
        let data = data_with_key(&site.database.folder());
        let folder = data.join("sao-luu");
        let key = data.join("khoa.txt");
        let public = backup::new_identity(&key).expect("a key pair");
        let app = opens(&site, &data).await;
        let mut visitor = operator(&site, &app).await;
        let page = visitor.opens("/sao-luu").await.html;
        assert!(page.contains("chưa được đặt lịch") && page.contains("Chưa có bản sao lưu nào"), "{page}");
        assert_eq!(doctor_says(&site, &data).await.0, Verdict::Warning);
        assert!(app.back_up().await.is_err(), "it makes none");

        let plan = BackupPlan::new(folder.clone(), vec![public.clone()], Duration::from_secs(86_400));
        let app = app.with_backups(plan);
        let mut visitor = operator(&site, &app).await;
        // None was ever made: one is due at once, and then not for a day.
        let keeper = tokio::spawn(app.clone().keep_backups());
        sees(&mut visitor, "đã đối chiếu").await;
        // It stands in the list a moment before its turn is over.
        let page = sees(&mut visitor, "Sao lưu ngay").await;
        assert!(page.contains("trong 24 giờ qua") && page.contains(&public) && page.contains("24 giờ"), "{page}");
        let lines = backups::list(&data).expect("list");
        assert_eq!(lines.len(), 1);
        let (verdict, sentence) = doctor_says(&site, &data).await;
        assert!(verdict == Verdict::Good && sentence.contains("đã đọc lại và đối chiếu"), "{sentence}");
        assert_eq!(fs::metadata(data.join("backups.jsonl")).expect("list").permissions().mode() & 0o777, 0o600);
        while app.now().as_second() <= lines[0].at.to_string().parse::<jiff::Timestamp>().expect("time").as_second() {
            tokio::task::yield_now().await;
        }
        let begun = visitor.submits("/sao-luu", &[]).await;
        assert!(begun.html.contains("Đang sao lưu"), "{}", begun.html);
        let begun = Instant::now();
        while backups::list(&data).expect("list").len() < 2 {
            assert!(begun.elapsed() < Duration::from_secs(60), "no second backup");
            tokio::task::yield_now().await;
        }
        sees(&mut visitor, "Sao lưu ngay").await;
        let names = fs::read_dir(&folder).expect("folder").map(|entry| entry.expect("entry").file_name());
        assert_eq!(names.filter(|name| name.to_string_lossy().ends_with(".age")).count(), 2);
        let newest = backups::list(&data).expect("list").pop().expect("a line");
        let backups::BackupOutcome::Verified { file, .. } = &newest.outcome else { panic!("{newest:?}") };
        let (header, rows) = backup::check(file, &Opener::of_file(&key).expect("key")).await.expect("whole");
        assert!(rows > 10 && header.at == newest.at);
        keeper.abort();

        // One that fails is told, and the last good one stays.
        fs::rename(&folder, data.join("elsewhere")).expect("moved");
        fs::write(&folder, "a file").expect("file");
        app.back_up().await.expect_err("no folder");
        let page = sees(&mut visitor, "không thành").await;
        assert!(page.contains("không còn ở đây"), "{page}");
        let (verdict, sentence) = doctor_says(&site, &data).await;
        assert!(verdict == Verdict::Warning && sentence.contains("lần sao lưu sau đó không thành"), "{sentence}");
        app.close().await;
    });
}

/// Takes the newest migration back.
async fn is_of_step_10(site: &Site, council: domain::id::CouncilId) {
    let back = "ALTER TABLE accounts DROP COLUMN tag; ALTER TABLE sessions DROP COLUMN tag; ALTER TABLE slips DROP COLUMN tag; \
                ALTER TABLE logs DROP COLUMN tag; DROP TABLE cosignatures; DELETE FROM schema_steps WHERE version > 10";
    past_the_program(&site.database, council, back).await.expect("an older schema");
}

#[test]
fn a_database_of_an_older_step_is_kept_before_it_is_upgraded() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council_now(engine).await;
        let data = data_with_key(&site.database.folder());
        site.signed_in("mau", "quan.tri").await;
        is_of_step_10(&site, council).await;
        fs::remove_file(data.join("anchors.txt")).expect("no anchors");
        let target = site.database.target();
        let made = |file: &str| {
            let place = Place::File(data.join(file));
            let at = app::service::clock::now_text().expect("time");
            (Asked { place, lock: cheap(), at, least_step: 0 }, at)
        };
        // Whoever lowers the step of a database that was served with tags gets no backup by which rows are tagged anew.
        let (asked, _) = made("lowered.age");
        let lowered = backup::make(&target, Asked { least_step: 15, ..asked }).await.expect_err("lowered").to_string();
        assert!(lowered.contains("bước 10") && lowered.contains("bước 15"), "{lowered}");
        assert!(!data.join("lowered.age").exists());
        // A backup of an older step comes back as it was and is upgraded there.
        let (asked, at) = made("old.age");
        let old = backup::make(&target, asked).await.expect("a backup");
        assert_eq!(old.header.schema, 10);
        let refused = open_app(&data, Some(site.database.url())).await;
        match engine {
            Engine::Sqlite => {
                refused.unwrap_or_else(|refused| panic!("{refused}")).close().await;
                let folder = site.database.folder();
                let names = fs::read_dir(&folder).expect("folder").map(|entry| entry.expect("entry").path());
                let copies: Vec<_> = names.filter(|path| path.to_string_lossy().contains("db.buoc-10-")).collect();
                assert_eq!(copies.len(), 1, "{copies:?}");
                assert_eq!(fs::metadata(&copies[0]).expect("copy").permissions().mode() & 0o777, 0o600);
                let copy = Snapshot::at(&Target::Sqlite(copies[0].clone())).await.expect("the copy");
                assert_eq!(copy.schema(), 10);
            }
            Engine::Postgres => {
                let refused = refused.err().expect("no backup").to_string();
                assert!(refused.contains("bước 10") && refused.contains("tinnhiem backup"), "{refused}");
                assert_eq!(Snapshot::at(&target).await.expect("database").schema(), 10, "nothing was changed");
                backups::add(&data, BackupLine { at, outcome: old.outcome() }).expect("noted");
                opens(&site, &data).await.close().await;
            }
        }
        database(&target, Some(&keys())).await.expect("database").unwrap_or_else(|found| panic!("{found}"));
        let empty = Database::new(engine).await;
        let place = data_with_key(&empty.folder());
        fs::remove_file(place.join("anchors.txt")).expect("an empty machine");
        let opener = Opener::Passphrase("mat khau sao luu".to_owned().into());
        let restored = backup::restore(&old.file, opener, &place, Some(empty.url())).await;
        let restored = restored.unwrap_or_else(|refused| panic!("{refused}"));
        restored.held.unwrap_or_else(|found| panic!("{found}"));
        // Once more nothing is copied and nothing is asked for.
        opens(&site, &data).await.close().await;
        if engine == Engine::Sqlite {
            let names = fs::read_dir(site.database.folder()).expect("folder").map(|entry| entry.expect("entry").path());
            assert_eq!(names.filter(|path| path.to_string_lossy().contains("db.buoc-")).count(), 1);
        }
    });
}

fn runs(arguments: &[&str], folder: &Path, database: Option<&str>, stdin: &str) -> Output {
    use std::io::Write as _;
    let mut command = tinnhiem();
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    let mut child = command.spawn().expect("program");
    child.stdin.take().expect("stdin").write_all(stdin.as_bytes()).expect("written");
    child.wait_with_output().expect("ended")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What README says, on a machine that has the program, one file, and the key that was kept apart.
#[test]
fn a_newcomer_restores_one_file_by_the_readme_alone() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README");
    for command in
        ["backup --new-key", "backup --out", "restore sao-luu.age --identity", "verify --db", "tinnhiem transfer"]
    {
        assert!(readme.contains(command), "README does not say {command}");
    }
    on_both(|engine| async move {
        let (site, _) = Site::with_council_now(engine).await;
        let folder = site.database.folder();
        let data = data_with_key(&folder);
        let url = Some(site.database.url());
        let mut service = Process::start(&data, &[], &[("DATABASE_URL", site.database.url())]);
        let new_key = runs(&["backup", "--new-key", "khoa-sao-luu.txt"], &folder, url, "");
        let public = String::from_utf8_lossy(&new_key.stdout).trim().to_owned();
        assert!(public.starts_with("age1"), "{}", said(&new_key));
        let by_key = runs(&["backup", "--out", "sao-luu.age", "--recipient", &public], &folder, url, "");
        assert!(by_key.status.success() && said(&by_key).contains("không nằm trong bản sao lưu"), "{}", said(&by_key));
        let by_phrase = runs(&["backup", "--out", "mat-khau.age"], &folder, url, "mật khẩu rất dài\n");
        assert!(by_phrase.status.success(), "{}", said(&by_phrase));
        // The service goes on and anchors what it does; then the machine is lost.
        site.signed_in("mau", "quan.tri").await;
        service.signal("TERM");
        assert_eq!(service.ends().0.code(), Some(0));

        let fresh = |name: &str| {
            let machine = folder.join(name);
            fs::create_dir_all(machine.join("data")).expect("folder");
            for file in ["sao-luu.age", "mat-khau.age", "khoa-sao-luu.txt"] {
                fs::copy(folder.join(file), machine.join(file)).expect("copy");
            }
            fs::copy(data.join("secret.key"), machine.join("data/secret.key")).expect("key");
            machine
        };
        let machine = fresh("may-moi");
        let restored = runs(&["restore", "sao-luu.age", "--identity", "khoa-sao-luu.txt"], &machine, None, "");
        assert!(restored.status.success() && said(&restored).contains("KHỚP"), "{}", said(&restored));
        let held = runs(&["verify", "--db"], &machine, None, "");
        assert!(held.status.success() && said(&held).contains("KHỚP"), "{}", said(&held));
        let service = Process::start(&machine.join("data"), &[], &[]);
        assert!(service.gets("/readyz").ends_with("ok\n"), "{}", service.printed());
        drop(service);

        // With the anchors that were kept beside the key, an older copy is not taken in silence.
        let machine = fresh("may-cu-hon");
        fs::copy(data.join("anchors.txt"), machine.join("data/anchors.txt")).expect("anchors");
        let behind = runs(&["restore", "mat-khau.age"], &machine, None, "mật khẩu rất dài\n");
        assert!(behind.status.code() == Some(1) && said(&behind).contains("KHỚP"), "{}", said(&behind));
        assert!(said(&behind).contains("chỉ có") && said(&behind).contains("tinnhiem anchor"), "{}", said(&behind));
        let refused = runs(&["serve", "--listen", "127.0.0.1:0"], &machine, None, "");
        assert!(refused.status.code() == Some(2) && said(&refused).contains("điểm neo"), "{}", said(&refused));
        let checked = runs(&["restore", "mat-khau.age", "--check"], &machine, None, "sai mật khẩu rồi\n");
        assert!(checked.status.code() == Some(2) && said(&checked).contains("không đúng"), "{}", said(&checked));
    });
}
