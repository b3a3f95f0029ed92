//! One's own account: password, sessions, second factor.

use app::people::councils::{FirstAccount, Founding};
use axum::http::{Method, StatusCode};
use domain::audit::Actor;
use domain::council::CouncilKind;
use domain::role::Role;
use jiff::SignedDuration;
use store::credentials;
use totp_rs::{Builder, Secret};
use web::{Access, routes};
use zeroize::Zeroizing;

use crate::site::{PASSWORD, Site, Visitor, log_of, on_both};

const NEW: &str = "sông dài ruộng lúa";
const COUNCIL: &str = "hội đồng nhân dân tỉnh Mẫu 2026";

async fn change(visitor: &mut Visitor, old: &str, new: &str, again: &str) -> crate::site::Answer {
    visitor.opens("/toi/mat-khau").await;
    let fields = [("old_password", old), ("new_password", new), ("password_again", again)];
    visitor.submits("/toi/mat-khau", &fields).await
}

#[test]
fn a_new_password_ends_all_other_sessions_and_this_one_goes_on_under_another_token() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut here, mut there) = (site.signed_in("mau", "quan.tri").await, site.signed_in("mau", "quan.tri").await);
        for (old, new, again, field, said) in [
            (PASSWORD, "ngắn", "ngắn", "new_password", "ít nhất 12"),
            (PASSWORD, "HĐND tỉnh Mẫu 123", "HĐND tỉnh Mẫu", "password_again", "khác nhau"),
            (PASSWORD, COUNCIL, COUNCIL, "new_password", "tên hội đồng"),
            (PASSWORD, PASSWORD, PASSWORD, "new_password", "trùng"),
            (PASSWORD, NEW, "sông dài ruộng lua", "password_again", "khác nhau"),
            ("sai-mat-khau", NEW, NEW, "old_password", "không đúng"),
        ] {
            let answer = change(&mut here, old, new, again).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text(&format!("#{field}-error")).contains(said), "{}", answer.html);
        }
        let former = here.cookie.clone();
        assert_eq!(change(&mut here, PASSWORD, NEW, NEW).await.text("[role=status]"), "Đã đổi mật khẩu.");
        assert_ne!(here.cookie, former);
        assert_eq!(here.opens("/toi").await.all("tbody th").len(), 1);
        assert_eq!(there.opens("/toi").await.path, "/dang-nhap");
        there.cookie = former;
        assert_eq!(there.opens("/toi").await.path, "/dang-nhap", "the token before is worth nothing");
        assert_eq!(there.signs_in("mau", "quan.tri", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(there.signs_in("mau", "quan.tri", NEW).await.path, "/");
        let log = log_of(&site, council).await;
        assert_eq!(log.iter().filter(|(kind, data)| kind == "password.set" && data["by"] == "owner").count(), 1);
    });
}

/// Both browsers prove the old password before either writes.
#[test]
fn of_two_changes_of_one_password_at_once_one_is_done_and_the_other_is_told() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut here, mut there) = (site.signed_in("mau", "quan.tri").await, site.signed_in("mau", "quan.tri").await);
        let other = "núi cao biển rộng";
        let (first, second) =
            tokio::join!(change(&mut here, PASSWORD, NEW, NEW), change(&mut there, PASSWORD, other, other));
        let is_done = |answer: &crate::site::Answer| answer.html.contains("Đã đổi mật khẩu.");
        assert!(is_done(&first) != is_done(&second), "{}\n{}", first.html, second.html);
        let (stays, password) = if is_done(&first) { (&mut here, NEW) } else { (&mut there, other) };
        assert_eq!(
            stays.opens("/toi").await.all("tbody th").len(),
            1,
            "whoever was told that it is done stays signed in"
        );
        assert_eq!(site.visitor().signs_in("mau", "quan.tri", password).await.path, "/");
        assert_eq!(log_of(&site, council).await.iter().filter(|(kind, _)| kind == "password.set").count(), 1);
    });
}

#[test]
fn whoever_guesses_at_the_old_password_in_an_open_browser_waits_too() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut here = site.signed_in("mau", "quan.tri").await;
        for _ in 0..5 {
            change(&mut here, "sai-mat-khau", NEW, NEW).await;
        }
        let refused = change(&mut here, PASSWORD, NEW, NEW).await;
        assert!(refused.text("#old_password-error").contains("phải chờ"), "{}", refused.html);
    });
}

#[test]
fn a_first_password_must_be_changed_before_any_other_page_answers() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let password = Zeroizing::new(PASSWORD.to_owned());
        let first = FirstAccount { name: "Lê Thị Mới".into(), login: "moi".into(), password, must_change: true };
        let kind = Some(CouncilKind::ProvinceCouncil);
        let founding = Founding { name: "Hội đồng Mới".into(), slug: "moi".into(), kind, first };
        let operator = Actor { account: None, name: "A".into(), role: Role::Operator };
        site.app.found_council(operator, founding).await.expect("council");
        let mut admin = site.visitor();
        assert_eq!(admin.signs_in("moi", "moi", PASSWORD).await.path, "/toi/mat-khau");
        let guarded = routes().into_iter().filter(|route| !matches!(route.access, Access::Anyone | Access::Pending));
        let mut seen = 0;
        for route in guarded {
            let path = route.path.replace(['{', '}', '*'], "x");
            let body = (route.method == Method::POST).then(String::new);
            assert_eq!(admin.sends(route.method, &path, body).await.path, "/toi/mat-khau", "{path}");
            seen += 1;
        }
        assert!(seen > 5);
        assert_eq!(change(&mut admin, PASSWORD, NEW, NEW).await.text("h1"), "Chào Lê Thị Mới");
        assert_eq!(admin.opens("/tai-khoan").await.path, "/tai-khoan");
    });
}

#[test]
fn one_sees_where_one_is_signed_in_and_ends_one_or_all() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut desk = site.visitor();
        desk.agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36";
        desk.signs_in("mau", "quan.tri", PASSWORD).await;
        site.clock.advance(SignedDuration::from_mins(2));
        let mut phone = site.visitor();
        phone.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1";
        let home = phone.signs_in("mau", "quan.tri", PASSWORD).await;
        assert_eq!(home.text(".last-sign-in"), "Lần đăng nhập trước: 08:00 ngày 01/12/2026.");
        let own = phone.opens("/toi").await;
        assert_eq!(own.all("tbody th"), ["Safari trên iPhone thiết bị này", "Chrome trên Windows"]);
        assert_eq!(own.all("tbody tr td:nth-child(3)"), ["08:02 ngày 01/12/2026", "08:00 ngày 01/12/2026"]);
        assert_eq!(phone.submits("/toi/phien", &[]).await.all("tbody th").len(), 1);
        assert_eq!(desk.opens("/toi").await.path, "/dang-nhap");
        desk.signs_in("mau", "quan.tri", PASSWORD).await;
        phone.opens("/toi").await;
        assert_eq!(phone.submits("/toi/dang-xuat-moi-noi", &[]).await.path, "/dang-nhap?xong=da-thoat-moi-noi");
        assert_eq!(desk.opens("/toi").await.path, "/dang-nhap");
        assert_eq!(phone.opens("/toi").await.path, "/dang-nhap");
        assert!(log_of(&site, council).await.iter().any(|(kind, _)| kind == "sessions.ended"));
    });
}

/// The code that the app on the phone shows now.
pub fn code(site: &Site, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).expect("secret");
    let second = u64::try_from(site.clock.now().as_second()).expect("time");
    Builder::new().with_secret(secret).build().expect("factor").generate(second).to_string()
}

/// Sets up the second factor; gives its secret.
async fn sets_up(site: &Site, visitor: &mut Visitor) -> String {
    let page = visitor.opens("/toi/ma-xac-thuc").await;
    let secret = page.text("#secret");
    let wrong = visitor.submits("/toi/ma-xac-thuc", &[("code", "000000")]).await;
    assert!(wrong.text("#code-error").contains("Mã không đúng"), "{}", wrong.html);
    assert_eq!(wrong.text("#secret"), secret, "the same code, once scanned, stays good");
    let right = code(site, &secret);
    let on = visitor.submits("/toi/ma-xac-thuc", &[("code", &right)]).await;
    assert_eq!(on.text("[role=status]"), "Đã bật xác thực hai lớp.", "{}", on.html);
    secret
}

#[test]
fn a_second_factor_is_asked_for_and_each_code_is_good_once() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let secret = sets_up(&site, &mut admin).await;
        let used = code(&site, &secret);
        let mut phone = site.visitor();
        assert_eq!(phone.signs_in("mau", "quan.tri", PASSWORD).await.text("h1"), "Nhập mã xác thực");
        assert_eq!(phone.opens("/toi").await.path, "/dang-nhap", "a password alone is not enough");
        phone.signs_in("mau", "quan.tri", PASSWORD).await;
        let again = phone.submits("/dang-nhap/ma", &[("code", &used)]).await;
        assert!(again.text("#code-error").contains("không đúng"), "it confirmed the set-up and is used up");
        site.clock.advance(SignedDuration::from_secs(30));
        let next = code(&site, &secret);
        assert_eq!(phone.submits("/dang-nhap/ma", &[("code", &next)]).await.path, "/");
        let mut thief = site.visitor();
        thief.signs_in("mau", "quan.tri", PASSWORD).await;
        assert!(thief.submits("/dang-nhap/ma", &[("code", &next)]).await.text("#code-error").contains("không đúng"));
        site.clock.advance(SignedDuration::from_secs(5 * 60));
        let late = code(&site, &secret);
        let begin = thief.submits("/dang-nhap/ma", &[("code", &late)]).await;
        assert!(begin.text("#password-error").contains("quá 5 phút"), "{}", begin.html);

        let account = admin_id(&site, council).await;
        let mut tx = site.store.read(council).await.expect("read");
        let kept = credentials::second_factor(&mut tx, account).await.expect("answer").expect("sealed");
        assert!(!kept.contains(&secret.replace(' ', "")), "the database does not know the secret");
        drop(tx);

        for (password, code, field) in
            [("sai-mat-khau", late.as_str(), "password"), (PASSWORD, "", "old_code"), (PASSWORD, "000000", "old_code")]
        {
            admin.opens("/toi/ma-xac-thuc").await;
            let refused = admin.submits("/toi/ma-xac-thuc/tat", &[("password", password), ("old_code", code)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text(&format!("#{field}-error")).contains("không đúng"), "{}", refused.html);
        }
        admin.opens("/toi/ma-xac-thuc").await;
        let off = admin.submits("/toi/ma-xac-thuc/tat", &[("password", PASSWORD), ("old_code", &late)]).await;
        assert_eq!(off.text("[role=status]"), "Đã tắt xác thực hai lớp.", "{}", off.html);
        let on_off: Vec<bool> =
            log_of(&site, council).await.iter().filter_map(|(_, data)| data["on"].as_bool()).collect();
        assert_eq!(on_off, [true, false]);
    });
}

#[test]
fn what_the_password_opened_is_used_once_and_ends_with_that_password() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let id = site.has_account(council, "hoa", "Lê Thị Hoa", Role::Clerk).await;
        let mut hoa = site.signed_in("mau", "hoa").await;
        let secret = sets_up(&site, &mut hoa).await;
        let (mut phone, mut thief) = (site.visitor(), site.visitor());
        phone.signs_in("mau", "hoa", PASSWORD).await;
        let passed = phone.hidden_fields("/dang-nhap/ma");
        let send = |code: String| {
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(&passed).append_pair("code", &code);
            body.finish()
        };
        site.clock.advance(SignedDuration::from_secs(30));
        let body = send(code(&site, &secret));
        assert_eq!(phone.sends(Method::POST, "/dang-nhap/ma", Some(body)).await.path, "/");
        site.clock.advance(SignedDuration::from_secs(30));
        let body = send(code(&site, &secret));
        let again = thief.sends(Method::POST, "/dang-nhap/ma", Some(body)).await;
        assert!(again.text("#password-error").contains("đã dùng rồi"), "{}", again.html);

        thief.signs_in("mau", "hoa", PASSWORD).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let path = format!("/tai-khoan/{id}");
        admin.opens(&path).await;
        admin.submits(&format!("{path}/mat-khau"), &[]).await;
        site.clock.advance(SignedDuration::from_secs(30));
        let late = thief.submits("/dang-nhap/ma", &[("code", &code(&site, &secret))]).await;
        assert!(late.text("#password-error").contains("vừa được đổi"), "{}", late.html);
    });
}

#[test]
fn a_factor_is_moved_to_another_phone_by_password_and_old_code() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let old = sets_up(&site, &mut admin).await;
        site.clock.advance(SignedDuration::from_secs(30));
        let page = admin.opens("/toi/ma-xac-thuc").await;
        let new = page.text("#secret");
        assert_ne!(new, old);
        let (of_new, of_old) = (code(&site, &new), code(&site, &old));
        for (password, old_code, field) in
            [("", of_old.as_str(), "password"), (PASSWORD, of_new.as_str(), "old_code"), (PASSWORD, "", "old_code")]
        {
            let fields = [("code", of_new.as_str()), ("old_code", old_code), ("password", password)];
            let refused = admin.submits("/toi/ma-xac-thuc", &fields).await;
            assert!(refused.text(&format!("#{field}-error")).contains("không đúng"), "{}", refused.html);
            assert_eq!(refused.text("#secret"), new, "the code, once scanned, stays good");
        }
        let fields = [("code", of_new.as_str()), ("old_code", of_old.as_str()), ("password", PASSWORD)];
        let moved = admin.submits("/toi/ma-xac-thuc", &fields).await;
        assert_eq!(moved.text("[role=status]"), "Đã bật xác thực hai lớp.", "{}", moved.html);
        site.clock.advance(SignedDuration::from_secs(30));
        let mut phone = site.visitor();
        phone.signs_in("mau", "quan.tri", PASSWORD).await;
        assert!(phone.submits("/dang-nhap/ma", &[("code", &code(&site, &old))]).await.html.contains("không đúng"));
        assert_eq!(phone.submits("/dang-nhap/ma", &[("code", &code(&site, &new))]).await.path, "/");
        let on: Vec<bool> = log_of(&site, council).await.iter().filter_map(|(_, data)| data["on"].as_bool()).collect();
        assert_eq!(on, [true, true]);
    });
}

#[test]
fn somebody_who_lost_the_phone_is_helped_by_the_administrator() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let id = site.has_account(council, "hoa", "Lê Thị Hoa", Role::Clerk).await;
        let mut hoa = site.signed_in("mau", "hoa").await;
        sets_up(&site, &mut hoa).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let path = format!("/tai-khoan/{id}");
        admin.opens(&path).await;
        let off = admin.submits(&format!("{path}/bo-hai-lop"), &[]).await;
        assert_eq!(off.text("[role=status]"), "Đã tắt xác thực hai lớp.");
        assert!(!off.html.contains("bo-hai-lop"), "there is nothing left to switch off");
        assert_eq!(site.visitor().signs_in("mau", "hoa", PASSWORD).await.path, "/");
    });
}

async fn admin_id(site: &Site, council: domain::id::CouncilId) -> domain::id::AccountId {
    let opened = log_of(site, council).await.into_iter().find(|(kind, _)| kind == "account.opened").expect("opened");
    opened.1["account"].as_str().expect("id").parse().expect("id")
}

#[test]
fn wrong_codes_are_delayed_like_wrong_passwords() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let secret = sets_up(&site, &mut admin).await;
        site.clock.advance(SignedDuration::from_secs(60));
        let mut phone = site.visitor();
        phone.signs_in("mau", "quan.tri", PASSWORD).await;
        for _ in 0..5 {
            phone.submits("/dang-nhap/ma", &[("code", "000000")]).await;
        }
        let right = code(&site, &secret);
        let refused = phone.submits("/dang-nhap/ma", &[("code", &right)]).await;
        assert!(refused.text("#code-error").contains("phải chờ"), "{}", refused.html);
        site.clock.advance(SignedDuration::from_secs(5));
        assert_eq!(phone.submits("/dang-nhap/ma", &[("code", &right)]).await.path, "/");
    });
}

#[test]
fn a_council_may_require_a_second_factor_of_everybody_with_a_password() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        admin.opens("/hoi-dong/cai-dat").await;
        let next = admin.submits("/hoi-dong/cai-dat", &[("required", "yes")]).await;
        assert!(next.path.starts_with("/toi/ma-xac-thuc"), "{}", next.path);
        assert_eq!(admin.opens("/tai-khoan").await.path, "/toi/ma-xac-thuc", "nothing else answers until then");
        sets_up(&site, &mut admin).await;
        assert_eq!(admin.opens("/tai-khoan").await.path, "/tai-khoan");
        let page = admin.opens("/toi/ma-xac-thuc").await;
        assert!(page.text("main").contains("không tắt được"), "{}", page.html);
        // Somebody who sends the form all the same, with the tokens of another form.
        admin.opens("/toi").await;
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(admin.hidden_fields("/toi/dang-xuat-moi-noi"))
            .append_pair("password", PASSWORD)
            .append_pair("old_code", "000000");
        let off = admin.sends(Method::POST, "/toi/ma-xac-thuc/tat", Some(body.finish())).await;
        assert_eq!(off.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", off.html);
        assert!(admin.opens("/toi").await.text("main").contains("Đang bật"));
    });
}
