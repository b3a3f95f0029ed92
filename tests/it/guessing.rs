//! Guessing at somebody's password keeps out the guesser, not the person.

use app::people::accounts::Manager;
use axum::http::StatusCode;
use domain::id::CouncilId;
use jiff::SignedDuration;

use crate::site::{Answer, Engine, PASSWORD, Site, Visitor, log_of, on_both};

const WAITS: &str = "Đã nhập sai nhiều lần";

fn at(site: &Site, last: u8) -> Visitor {
    let mut visitor = site.visitor();
    visitor.address = [198, 51, 100, last].into();
    visitor
}

async fn guesses(site: &Site, login: &str, addresses: std::ops::Range<u8>, times: u8) {
    for last in addresses {
        let mut guesser = at(site, last);
        for _ in 0..times {
            guesser.signs_in("mau", login, "sai-mat-khau").await;
        }
    }
}

fn is_kept_out(answer: &Answer) -> bool {
    answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text("#problems li").starts_with(WAITS)
}

#[test]
fn guesses_from_elsewhere_keep_nobody_out_and_many_addresses_no_browser_that_is_known() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut own = site.signed_in("mau", "quan.tri").await;
        own.submits("/dang-xuat", &[]).await;
        guesses(&site, "quan.tri", 1..2, 20).await;
        let mut new = site.visitor();
        assert_eq!(new.signs_in("mau", "quan.tri", PASSWORD).await.path, "/", "one who guesses keeps nobody else out");

        guesses(&site, "quan.tri", 10..25, 4).await;
        let mut stranger = at(&site, 200);
        assert!(is_kept_out(&stranger.signs_in("mau", "quan.tri", PASSWORD).await), "forty guesses were made");
        assert_eq!(own.signs_in("mau", "quan.tri", PASSWORD).await.path, "/", "its browser is known");

        // Everybody at the address of that browser is kept out, and it is not.
        own.submits("/dang-xuat", &[]).await;
        let mut neighbour = site.visitor();
        for number in 0..125 {
            neighbour.signs_in("mau", &format!("ten.{number}"), "sai-mat-khau").await;
        }
        let mut unknown = site.visitor();
        assert!(is_kept_out(&unknown.signs_in("mau", "quan.tri", PASSWORD).await));
        assert_eq!(own.signs_in("mau", "quan.tri", PASSWORD).await.path, "/");
        // To know a browser is no licence to guess.
        own.submits("/dang-xuat", &[]).await;
        for _ in 0..5 {
            own.signs_in("mau", "quan.tri", "sai-mat-khau").await;
        }
        assert!(is_kept_out(&own.signs_in("mau", "quan.tri", PASSWORD).await));
        assert!(!own.known.is_empty(), "it still is");
    });
}

async fn kept_out(site: &Site, login: &str, first: u8) {
    guesses(site, login, first..first + 15, 4).await;
    assert!(is_kept_out(&at(site, 201).signs_in("mau", login, PASSWORD).await));
}

#[test]
fn an_administrator_a_reset_and_the_command_line_let_somebody_in_again() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let id = site.has_account(council, "kp.an", "Kiểm Phiếu An", domain::role::Role::Teller).await;
        let page = format!("/tai-khoan/{id}");
        let mut admin = site.signed_in("mau", "quan.tri").await;
        assert!(!admin.opens(&page).await.html.contains("Mở khóa đăng nhập"), "there is nothing to free");
        kept_out(&site, "kp.an", 30).await;
        let shown = admin.opens(&page).await;
        assert!(
            shown.html.contains("đã có 40 lần gõ sai") || shown.html.contains("đã có 41 lần gõ sai"),
            "{}",
            shown.html
        );
        let freed = admin.submits(&format!("{page}/mo-dang-nhap"), &[]).await;
        assert_eq!(freed.text("[role=status]"), "Đã mở khóa đăng nhập; người này không phải chờ nữa.");
        // From the very address that guessed, too.
        assert_eq!(at(&site, 30).signs_in("mau", "kp.an", PASSWORD).await.path, "/");
        let log = log_of(&site, council).await;
        assert_eq!(log.iter().filter(|(kind, _)| kind == "sign_in.freed").count(), 1);

        // Another process, with a memory of its own: the one that serves sees that the row was cleared.
        guesses(&site, "kp.an", 31..32, 6).await;
        site.clock.advance(SignedDuration::from_secs(1));
        assert!(is_kept_out(&at(&site, 31).signs_in("mau", "kp.an", PASSWORD).await));
        site.clock.advance(SignedDuration::from_secs(11));
        kept_out(&site, "kp.an", 60).await;
        let line = Site::on(site.database.clone()).await;
        line.app.free_sign_in(Manager::at_command_line(council), id).await.expect("freed");
        site.clock.advance(SignedDuration::from_secs(11));
        assert_eq!(at(&site, 31).signs_in("mau", "kp.an", PASSWORD).await.path, "/");

        kept_out(&site, "kp.an", 90).await;
        let reset = line.app.reset_password(Manager::at_command_line(council), id).await.expect("reset");
        let answer = at(&site, 32).signs_in("mau", "kp.an", &reset.password).await;
        assert_eq!(answer.path, "/toi/mat-khau", "{}", answer.html);
    });
}

#[test]
fn failures_from_a_clock_that_was_ahead_are_over() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let year = SignedDuration::from_hours(400 * 24);
        site.clock.advance(year);
        let mut visitor = site.visitor();
        for _ in 0..6 {
            visitor.signs_in("mau", "quan.tri", "sai-mat-khau").await;
        }
        assert!(is_kept_out(&visitor.signs_in("mau", "quan.tri", PASSWORD).await));
        site.clock.advance(-year);
        assert_eq!(visitor.signs_in("mau", "quan.tri", PASSWORD).await.path, "/");
    });
}

#[test]
fn names_that_nobody_has_write_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let (site, _): (Site, CouncilId) = Site::with_council(Engine::Sqlite).await;
        let log = site.database.folder().join("tinnhiem.db-wal");
        let written = || {
            let about = std::fs::metadata(&log).expect("log");
            (about.len(), about.modified().expect("time"))
        };
        let before = written();
        guesses(&site, "khong.co.ai", 1..30, 6).await;
        let mut guest = site.visitor();
        guest.opens("/phieu/mau").await;
        for _ in 0..3 {
            let refused = guest.submits("/phieu/mau", &[("code", "7KQ2-M4XT-9BHC-W0RP")]).await;
            assert!(refused.text("#code-error").contains("không đúng"), "{}", refused.html);
        }
        assert_eq!(written(), before);
        guesses(&site, "quan.tri", 1..2, 1).await;
        assert_ne!(written(), before, "those of an account do");
    });
}
