//! Accounts: opened, changed by two at once, disabled, opened by the dozen.

use axum::http::StatusCode;
use domain::id::CouncilId;
use domain::role::Role;

use crate::site::{Site, Visitor, on_both};

async fn opens_account(admin: &mut Visitor, name: &str, roles: &[&str]) -> (String, String) {
    admin.opens("/tai-khoan/moi").await;
    let mut fields = vec![("name", name), ("login", "")];
    fields.extend(roles.iter().map(|role| ("roles", *role)));
    let shown = admin.submits("/tai-khoan/moi", &fields).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    (shown.text("#first-login"), shown.text("#first-password"))
}

async fn link(admin: &mut Visitor, name: &str) -> String {
    let list = admin.opens("/tai-khoan").await;
    let table = list.html.find("<tbody>").expect("table");
    let at = list.html[table..].find(&format!(">{name}</a>")).map(|at| table + at);
    let at = at.unwrap_or_else(|| panic!("no {name} in {}", list.html));
    let from = list.html[..at].rfind("href=\"").expect("link") + 6;
    list.html[from..].split('"').next().expect("link").to_owned()
}

#[test]
fn a_first_password_is_shown_once_and_lets_its_owner_in() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let (login, password) = opens_account(&mut admin, "Trần Văn Hai", &["clerk", "teller"]).await;
        assert_eq!((login.as_str(), password.len()), ("hai.tran", 24));
        let list = admin.opens("/tai-khoan").await;
        assert!(list.html.contains("Trần Văn Hai") && !list.html.contains(&password));
        let mut clerk = site.visitor();
        clerk.signs_in("mau", &login, &password).await;
        assert!(clerk.cookie.is_some());

        let path = link(&mut admin, "Trần Văn Hai").await;
        admin.opens(&path).await;
        let reset = admin.submits(&format!("{path}/mat-khau"), &[]).await;
        assert_ne!(reset.text("#first-password"), password);
        assert_eq!(clerk.opens("/").await.path, "/dang-nhap", "a reset ends the sessions");
        let mut again = site.visitor();
        again.signs_in("mau", &login, &password).await;
        assert!(again.cookie.is_none(), "the old password is gone");
    });
}

#[test]
fn a_form_that_is_sent_twice_opens_one_account() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        admin.opens("/tai-khoan/moi").await;
        let hidden = admin.hidden_fields("/tai-khoan/moi");
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(hidden).extend_pairs([("name", "Trần Văn Hai"), ("roles", "clerk")]);
        let body = body.finish();
        let send = |body: String| (axum::http::Method::POST, "/tai-khoan/moi", Some(body));
        let (method, path, form) = send(body.clone());
        assert_eq!(admin.sends(method, path, form).await.all("#first-password").len(), 1);
        let (method, path, form) = send(body);
        let second = admin.sends(method, path, form).await;
        assert_eq!((second.status, second.text("h1").as_str()), (StatusCode::OK, "Đã làm rồi"));
        assert_eq!(admin.opens("/tai-khoan").await.all("tbody th"), ["Trần Văn Hai", "Nguyễn Quản Trị"]);
    });
}

#[test]
fn the_second_of_two_editors_is_told_what_differs_and_may_save_on_top() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "hai", "Trần Văn Hai", Role::Clerk).await;
        site.has_account(council, "ba", "Lê Thị Ba", Role::Admin).await;
        let mut first = site.signed_in("mau", "quan.tri").await;
        let mut second = site.signed_in("mau", "ba").await;
        let path = link(&mut first, "Trần Văn Hai").await;
        first.opens(&path).await;
        second.opens(&path).await;
        let saved = first.submits(&path, &[("name", "Trần Văn Hải"), ("roles", "clerk")]).await;
        assert!(saved.path.starts_with("/tai-khoan?"), "{}", saved.html);
        let stale = second.submits(&path, &[("name", "Trần Văn Hai"), ("roles", "clerk"), ("roles", "teller")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(
            stale.text("#conflict p").starts_with("Nguyễn Quản Trị vừa sửa tài khoản này lúc 08:00 ngày 01/12/2026")
        );
        assert_eq!(
            stale.all("#conflict td"),
            ["Trần Văn Hải", "Trần Văn Hai", "Văn phòng", "Văn phòng, Thành viên Ban kiểm phiếu"]
        );
        let on_top = second.submits(&path, &[("name", "Trần Văn Hai"), ("roles", "clerk"), ("roles", "teller")]).await;
        assert!(on_top.path.starts_with("/tai-khoan?"), "{}", on_top.html);
        assert!(second.opens("/tai-khoan").await.html.contains("Văn phòng, Thành viên Ban kiểm phiếu"));
    });
}

#[test]
fn an_account_is_disabled_at_once_and_opened_again_but_never_the_last_administrator() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "hai", "Trần Văn Hai", Role::Clerk).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let mut clerk = site.signed_in("mau", "hai").await;
        let path = link(&mut admin, "Trần Văn Hai").await;
        admin.opens(&path).await;
        admin.submits(&format!("{path}/khoa"), &[]).await;
        assert_eq!(clerk.opens("/").await.path, "/dang-nhap");
        assert_eq!(admin.opens("/tai-khoan?trang-thai=disabled").await.all("tbody th"), ["Trần Văn Hai"]);
        admin.opens(&path).await;
        admin.submits(&format!("{path}/mo"), &[]).await;
        assert_eq!(clerk.opens("/").await.path, "/dang-nhap", "an old session stays ended");
        site.signed_in("mau", "hai").await;

        let own = link(&mut admin, "Nguyễn Quản Trị").await;
        admin.opens(&own).await;
        let refused = admin.submits(&own, &[("name", "Nguyễn Quản Trị"), ("roles", "clerk")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text("#roles-error").contains("người quản trị tài khoản cuối cùng"));
    });
}

#[test]
fn what_is_wrong_stands_at_its_field_and_hostile_input_is_only_text() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let long = "a".repeat(5_000);
        for (name, login, role, field) in [
            (long.as_str(), "", "clerk", "name"),
            ("Hai", "quan.tri", "clerk", "login"),
            ("Hai", "<b>", "clerk", "login"),
            ("Hai", "", "king", "roles"),
            ("Hai", "", "operator", "roles"),
            ("Hai", "", "program", "roles"),
        ] {
            admin.opens("/tai-khoan/moi").await;
            let fields = [("name", name), ("login", login), ("roles", role)];
            let refused = admin.submits("/tai-khoan/moi", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{login} {role}");
            assert_eq!(refused.all(".error").len(), 1, "{login} {role}");
            assert_eq!(refused.all(&format!("#{field}-error")).len(), 1, "{login} {role}");
        }
        opens_account(&mut admin, "<script>alert(1)</script>", &["clerk"]).await;
        let list = admin.opens("/tai-khoan").await;
        assert!(!list.html.contains("<script") && list.html.contains("&#60;script"), "{}", list.html);
    });
}

#[test]
fn another_councils_account_is_unknown_here() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let operator = site.account(CouncilId::INSTALLATION, "he.thong").await;
        site.has_account(council, "hai", "Trần Văn Hai", Role::Delegate).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        assert_eq!(admin.opens(&format!("/tai-khoan/{operator}")).await.status, StatusCode::NOT_FOUND);
        let own = link(&mut admin, "Trần Văn Hai").await;
        admin.opens(&own).await;
        let token = admin.hidden_fields(&own);
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(token).extend_pairs([("name", "X"), ("roles", "admin")]);
        let foreign = format!("/tai-khoan/{operator}");
        let answer = admin.sends(axum::http::Method::POST, &foreign, Some(body.finish())).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_pasted_list_is_looked_at_first_and_opened_whole_or_not_at_all() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        admin.opens("/tai-khoan/nhieu").await;
        let list = "Nguyễn Thị Lan\n\nTrần Văn Hai; quan.tri\n李明\nNguyễn Thị Lan";
        let preview = admin.submits("/tai-khoan/nhieu", &[("names", list), ("step", "preview")]).await;
        assert_eq!(preview.all("tbody th"), ["Nguyễn Thị Lan", "Trần Văn Hai", "李明", "Nguyễn Thị Lan"]);
        assert_eq!(preview.all("tbody .error").len(), 2, "all findings at once: {}", preview.html);
        let refused = admin.submits("/tai-khoan/nhieu", &[("names", list), ("step", "open")]).await;
        assert_eq!(refused.all("#findings").len(), 1);
        let mended = "Nguyễn Thị Lan\nTrần Văn Hai; hai\nNguyễn Thị Lan";
        let unseen = admin.submits("/tai-khoan/nhieu", &[("names", mended), ("step", "open")]).await;
        assert_eq!(unseen.all("tbody th").len(), 3, "a list that was not looked at is shown first");
        assert_eq!(admin.opens("/tai-khoan").await.all("tbody th").len(), 1);
        admin.opens("/tai-khoan/nhieu").await;
        admin.submits("/tai-khoan/nhieu", &[("names", mended), ("step", "preview")]).await;
        let opened = admin.submits("/tai-khoan/nhieu", &[("names", mended), ("step", "open")]).await;
        assert_eq!(opened.all("tbody tr td:nth-child(2)").len(), 3, "{}", opened.html);
        let mut logins = opened.all("tbody tr td:nth-child(2)");
        logins.sort();
        assert_eq!(logins, ["hai", "lan.nguyen", "lan.nguyen2"]);
    });
}
