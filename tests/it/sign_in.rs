//! Signing in and out, delays after wrong passwords, how long a session lasts, and what survives its end.

use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use jiff::SignedDuration;
use scraper::{Html, Selector};

use crate::site::{Answer, PASSWORD, Site, Visitor, log_of, on_both};

const WRONG: &str = "Tên đăng nhập hoặc mật khẩu không đúng; hãy gõ lại.";
const SETTINGS: &str = "/hoi-dong/cai-dat";

fn later(site: &Site, seconds: i64) {
    site.clock.advance(SignedDuration::from_secs(seconds));
}

async fn guess(visitor: &mut Visitor, login: &str) -> String {
    visitor.signs_in("mau", login, "sai-mat-khau").await.text("#problems li")
}

#[test]
fn an_administrator_signs_in_sees_the_accounts_and_signs_out() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.visitor();
        assert_eq!(admin.opens("/tai-khoan").await.path, "/dang-nhap", "a guest is led to the door");
        let answer = admin.signs_in("mau", "quan.tri", "sai-mat-khau").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.text("#problems li"), WRONG);
        let answer = admin.signs_in("mau", "quan.tri", PASSWORD).await;
        assert_eq!(answer.text(".who"), "Nguyễn Quản Trị · Quản trị tài khoản");
        let accounts = admin.opens("/tai-khoan").await;
        assert_eq!(accounts.all("tbody th"), ["Nguyễn Quản Trị"]);
        assert_eq!(admin.submits("/dang-xuat", &[]).await.path, "/dang-nhap");
        assert_eq!(admin.opens("/tai-khoan").await.path, "/dang-nhap");
    });
}

#[test]
fn wrong_passwords_are_delayed_alike_for_names_that_exist_and_names_that_do_not() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut visitor = site.visitor();
        for login in ["quan.tri", "khong.co", "Không hợp lệ!"] {
            for _ in 0..4 {
                assert_eq!(guess(&mut visitor, login).await, WRONG, "{login}");
            }
            let fifth = "Tên đăng nhập hoặc mật khẩu không đúng; hãy đợi 5 giây rồi gõ lại.";
            assert_eq!(guess(&mut visitor, login).await, fifth, "{login}");
            let refused = visitor.signs_in("mau", login, PASSWORD).await.text("#problems li");
            assert!(refused.starts_with("Đã nhập sai nhiều lần nên phải chờ; hãy đợi 5 giây"), "{login}: {refused}");
        }
        later(&site, 5);
        for (wait, said) in [(10, "10 giây"), (20, "20 giây"), (40, "40 giây"), (80, "2 phút")] {
            assert!(guess(&mut visitor, "quan.tri").await.contains(said));
            later(&site, wait);
        }
        let delayed = || async {
            let log = log_of(&site, council).await;
            log.into_iter().filter(|(kind, _)| kind == "sign_in.delayed").collect::<Vec<_>>()
        };
        let logged = delayed().await;
        assert_eq!(logged.len(), 1, "{logged:?}");
        assert_eq!(logged[0].1["failures"], 9);
        let home = visitor.signs_in("mau", "quan.tri", PASSWORD).await;
        assert!(home.text(".warning").contains("đã có 9 lần gõ sai"), "{}", home.html);
        assert_eq!(guess(&mut site.visitor(), "quan.tri").await, WRONG, "a sign-in starts the count afresh");
    });
}

#[test]
fn many_guesses_at_once_are_no_better_than_one_after_another() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let one = |_| async {
            let mut visitor = site.visitor();
            guess(&mut visitor, "quan.tri").await
        };
        let answers = join_all((0..20).map(one)).await;
        let looked_at = answers.iter().filter(|answer| answer.contains("không đúng")).count();
        assert_eq!(looked_at, 5, "{answers:?}");
    });
}

#[test]
fn an_address_that_tries_many_names_waits_and_others_do_not() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut visitor = site.visitor();
        for number in 0..121 {
            assert_eq!(guess(&mut visitor, &format!("ten.{number}")).await, WRONG);
        }
        assert!(guess(&mut visitor, "quan.tri").await.starts_with("Đã nhập sai nhiều lần"));
        let mut other = site.visitor();
        other.address = "192.0.2.2".parse().expect("address");
        assert_eq!(other.signs_in("mau", "quan.tri", PASSWORD).await.path, "/");
        later(&site, 5);
        assert_eq!(visitor.signs_in("mau", "quan.tri", PASSWORD).await.path, "/");
    });
}

#[test]
fn a_session_ends_unused_after_half_an_hour_and_used_after_twelve() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        for _ in 0..24 {
            later(&site, 29 * 60);
            assert_eq!(admin.opens("/tai-khoan").await.path, "/tai-khoan");
        }
        later(&site, 24 * 60 - 1);
        assert_eq!(admin.opens("/tai-khoan").await.path, "/tai-khoan");
        later(&site, 1);
        assert_eq!(admin.opens("/tai-khoan").await.path, "/dang-nhap", "twelve hours are over");
        let mut admin = site.signed_in("mau", "quan.tri").await;
        later(&site, 30 * 60);
        assert_eq!(admin.opens("/tai-khoan").await.path, "/dang-nhap", "half an hour unused");
    });
}

#[test]
fn signing_in_again_ends_the_session_that_the_browser_had() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let former = admin.cookie.clone();
        admin.signs_in("mau", "quan.tri", PASSWORD).await;
        assert_ne!(admin.cookie, former);
        let mut thief = site.visitor();
        thief.cookie = former;
        assert_eq!(thief.opens("/tai-khoan").await.path, "/dang-nhap");
        assert_eq!(admin.opens("/tai-khoan").await.path, "/tai-khoan");
    });
}

/// Hidden fields of the form that goes to `path`, with those that are typed, as a browser would send them.
fn body(fields: &[(String, String)], typed: &[(&str, &str)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields).extend_pairs(typed);
    body.finish()
}

fn hidden(answer: &Answer, path: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(&answer.html);
    let inputs = Selector::parse(&format!("form[action='{path}'] input[type=hidden]")).expect("selector");
    let pair = |input: scraper::ElementRef<'_>| {
        (input.attr("name").unwrap_or_default().to_owned(), input.attr("value").unwrap_or_default().to_owned())
    };
    page.select(&inputs).map(pair).collect()
}

fn request_id(fields: &[(String, String)]) -> String {
    fields.iter().find(|(name, _)| name == "request_id").map(|(_, id)| id.clone()).expect("request_id")
}

#[test]
fn what_was_typed_survives_the_end_of_the_session_and_goes_on_once_as_the_same_account() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let request = request_id(&hidden(&admin.opens(SETTINGS).await, SETTINGS));
        later(&site, 31 * 60);
        let asked = admin.submits(SETTINGS, &[("required", "yes"), ("new_password", "bí mật")]).await;
        assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
        assert!(!asked.html.contains("bí mật"), "a password is left behind");
        assert!(asked.text(".warning").contains("vẫn còn"), "{}", asked.html);

        let carried = hidden(&asked, "/dang-nhap");
        let sign_in = |door: &'static str, login: &'static str, password: &'static str| {
            body(&carried, &[("council", door), ("login", login), ("password", password)])
        };
        let mut other = site.visitor();
        let refused = other.sends(Method::POST, "/dang-nhap", Some(sign_in("he-thong", "he.thong", PASSWORD))).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(refused.text("h1"), "Biểu mẫu của tài khoản khác");

        let again = admin.sends(Method::POST, "/dang-nhap", Some(sign_in("mau", "quan.tri", "sai-mat-khau"))).await;
        assert_eq!(hidden(&again, "/dang-nhap").len(), carried.len(), "it survives a wrong password too");
        let asks = admin.sends(Method::POST, "/dang-nhap", Some(sign_in("mau", "quan.tri", PASSWORD))).await;
        assert_eq!(asks.text("h1"), "Gửi tiếp những gì đã nhập");
        assert_eq!(asks.all(".typed dt"), ["Yêu cầu mã xác thực"]);
        assert_eq!(asks.text(".who"), "Nguyễn Quản Trị · Quản trị tài khoản");
        assert_eq!(request_id(&hidden(&asks, SETTINGS)), request, "the same form: done once, whatever happens");
        let goes_on = body(&hidden(&asks, SETTINGS), &[]);
        for _ in 0..2 {
            let saved = admin.sends(Method::POST, SETTINGS, Some(goes_on.clone())).await;
            assert_eq!(saved.path, "/toi/ma-xac-thuc", "it is required from now on: {}", saved.html);
        }
        let kinds = log_of(&site, council).await;
        assert_eq!(kinds.iter().filter(|(kind, _)| kind == "second_factor.required").count(), 1);
    });
}

#[test]
fn a_form_without_anything_typed_just_leads_to_the_door() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        admin.opens("/toi/mat-khau").await;
        later(&site, 31 * 60);
        let answer = admin.submits("/toi/mat-khau", &[("new_password", "con mèo trèo cây")]).await;
        assert_eq!(answer.path, "/dang-nhap");
        let stranger = "form_token=x.y&request_id=z&carried_path=//example.org/&tiep.name=a";
        let answer = site.visitor().sends(Method::POST, "/khong-co-trang", Some(stranger.to_owned())).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_form_from_before_signing_in_again_in_another_window_goes_on_too() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let page = admin.opens(SETTINGS).await;
        let old = body(&hidden(&page, SETTINGS), &[("required", "yes")]);
        admin.signs_in("mau", "quan.tri", PASSWORD).await;
        let asks = admin.sends(Method::POST, SETTINGS, Some(old)).await;
        assert_eq!((asks.status, asks.text("h1").as_str()), (StatusCode::CONFLICT, "Gửi tiếp những gì đã nhập"));
        let goes_on = body(&hidden(&asks, SETTINGS), &[]);
        let saved = admin.sends(Method::POST, SETTINGS, Some(goes_on)).await;
        assert_eq!(saved.path, "/toi/ma-xac-thuc");
        let forged = "form_token=x.0000&request_id=z&required=yes";
        let mut operator = site.signed_in("he-thong", "he.thong").await;
        let refused = operator.sends(Method::POST, "/toi/phien", Some(forged.to_owned())).await;
        assert_eq!(
            (refused.status, refused.text("h1").as_str()),
            (StatusCode::FORBIDDEN, "Biểu mẫu của tài khoản khác")
        );
    });
}

#[test]
fn what_was_typed_survives_a_database_that_is_away() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let page = admin.opens(SETTINGS).await;
        let sent = hidden(&page, SETTINGS);
        site.store.close().await;
        let away = admin.sends(Method::POST, SETTINGS, Some(body(&sent, &[("required", "yes")]))).await;
        assert_eq!((away.status, away.text("h1").as_str()), (StatusCode::SERVICE_UNAVAILABLE, "Chưa gửi được"));
        let kept = hidden(&away, SETTINGS);
        assert!(sent.iter().all(|field| kept.contains(field)), "the same form, to be done once: {kept:?}");
        assert!(kept.contains(&("required".to_owned(), "yes".to_owned())));
    });
}
