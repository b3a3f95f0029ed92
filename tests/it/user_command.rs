//! `tinnhiem user`, beside a service that runs on the same database.

use std::process::{Command, Output};

use app::installation::data_folder::open_app;

use crate::site::{Database, Engine, Site, first, on_both};
use crate::two_processes::puts_key;

fn user(database: &Database, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tinnhiem"))
        .arg("user")
        .args(arguments)
        .arg("--data")
        .arg(database.folder())
        .env("DATABASE_URL", database.url())
        .env_remove("TINNHIEM_KEY_FILE")
        .output()
        .expect("tinnhiem")
}

fn said(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A service whose key is the one in its data folder.
async fn service(engine: Engine) -> Site {
    let site = Site::empty_now(engine).await;
    let database = &site.database;
    puts_key(&database.folder());
    let app = open_app(&database.folder(), Some(database.url())).await.expect("app");
    app.set_up(first("Người Vận Hành", "he.thong")).await.expect("set-up");
    let operator = site.actor_of_operator().await;
    let founding = app::people::councils::Founding {
        name: "Hội đồng nhân dân tỉnh Mẫu".into(),
        slug: "mau".into(),
        kind: Some(domain::council::CouncilKind::ProvinceCouncil),
        first: first("Nguyễn Quản Trị", "quan.tri"),
    };
    app.found_council(operator, founding).await.expect("council");
    site
}

#[test]
fn accounts_are_managed_from_the_machine_while_the_service_runs() {
    on_both(|engine| async move {
        let site = service(engine).await;
        let database = &site.database;
        let added = user(database, &["add", "Lê Thị Ba", "--role", "clerk"]);
        let (stdout, stderr) = said(&added);
        assert!(added.status.success(), "{stderr}");
        let (login, password) = stdout.trim().split_once('\t').expect("login and password");
        assert_eq!((login, password.len()), ("ba.le", 24));
        assert!(!stderr.contains(password), "a password goes to stdout alone");
        let mut clerk = site.visitor();
        clerk.signs_in("mau", login, password).await;
        assert!(clerk.cookie.is_some(), "the running service knows it");

        let disabled = user(database, &["disable", "ba.le", "--council", "mau"]);
        assert!(disabled.status.success(), "{}", said(&disabled).1);
        assert_eq!(clerk.opens("/").await.path, "/dang-nhap");
        assert!(said(&user(database, &["list"])).0.contains("ba.le\tLê Thị Ba\tVăn phòng\tđã khóa"));
        assert!(user(database, &["enable", "ba.le"]).status.success());
        let reset = said(&user(database, &["reset", "ba.le"])).0;
        let mut again = site.visitor();
        again.signs_in("mau", "ba.le", reset.trim().split_once('\t').expect("password").1).await;
        assert!(again.cookie.is_some());

        for (wrong, says) in [
            (vec!["disable", "quan.tri"], "người quản trị tài khoản cuối cùng"),
            (vec!["reset", "khong.co"], "Không tìm thấy tài khoản"),
            (vec!["add", "Ba", "--role", "king"], "ít nhất một vai trò"),
            (vec!["list", "--council", "khong-co"], "đang có: mau, he-thong"),
        ] {
            let refused = user(database, &wrong);
            assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
            assert!(said(&refused).1.contains(says), "{wrong:?}: {}", said(&refused).1);
        }
    });
}
