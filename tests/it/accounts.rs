//! Accounts: opened, changed by two at once, disabled, opened by the dozen.

use axum::http::StatusCode;
use domain::id::CouncilId;
use domain::role::Role;

use crate::site::{Site, Visitor, log_of, on_both};

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
            ("<script>alert(1)</script>", "", "clerk", "name"),
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
            assert!(!refused.html.contains("<script>alert"), "what was typed is only text: {}", refused.html);
            assert_eq!(name.starts_with('<'), refused.html.contains("&#60;script&#62;alert"), "{}", refused.html);
        }
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

/// An office opens its whole board at once; each signs in with the paper and chooses a password in one form.
#[test]
fn a_list_with_roles_gives_each_a_first_password_once_and_it_is_changed_where_it_is_used() {
    const OWN: &str = "đò ngang bến cũ sông dài";
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let path = "/tai-khoan/nhieu";
        admin.opens(path).await;
        let wrong = admin.submits(path, &[("names", "Bùi Thị A;;Trưởng ban"), ("step", "open_plain")]).await;
        assert!(wrong.text("tbody .error").starts_with("Không có vai trò này; hãy ghi một trong: Quản trị tài khoản"));
        let many = "Lê Văn Phòng\n".repeat(51);
        let refused = admin.submits(path, &[("names", &many), ("role", "clerk"), ("step", "open_plain")]).await;
        assert!(refused.text("#problems").contains("mỗi lần mở nhiều nhất 50"), "{}", refused.html);
        let list = "Bùi Thị A; truong.ban; TRUONG BAN KIEM PHIEU, đại biểu\nPhan Văn H\nĐỗ Văn B;;Đại biểu";
        admin.opens(path).await;
        let fields = [("names", list), ("role", "teller"), ("step", "open_plain")];
        let again: Vec<_> = admin.hidden_fields(path);
        let sheet = admin.submits(path, &fields).await;
        assert_eq!(sheet.all(".slip h2"), ["Bùi Thị A", "Phan Văn H", "Đỗ Văn B"], "{}", sheet.html);
        assert_eq!(
            sheet.all(".slip dd:nth-of-type(2)")[..2],
            ["Đại biểu, Trưởng Ban kiểm phiếu", "Thành viên Ban kiểm phiếu"]
        );
        let codes = sheet.all(".slip dd.code");
        let [login, password, login_of_h, ..] = codes.as_slice() else { panic!("{codes:?}") };
        assert_eq!((codes.len(), login.as_str(), login_of_h.as_str()), (5, "truong.ban", "h.phan"), "{codes:?}");
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(again).extend_pairs(fields);
        let repeated = admin.sends(axum::http::Method::POST, path, Some(body.finish())).await;
        assert!(repeated.all(".slip").is_empty(), "the passwords were shown once: {}", repeated.html);

        let mut head = site.visitor();
        let typed = |new, again| {
            let known = [("council", "mau"), ("login", "truong.ban"), ("password", password.as_str())];
            [&known[..], &[("new_password", new), ("password_again", again)]].concat()
        };
        for (new, other, sentence) in
            [("ngan", "ngan", "12 ký tự"), (OWN, "khác", "khác nhau"), (password.as_str(), password.as_str(), "trùng")]
        {
            head.opens("/dang-nhap?lan=dau").await;
            let refused = head.submits("/dang-nhap", &typed(new, other)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
            assert!(refused.text("#problems").contains(sentence), "{}", refused.html);
            assert_eq!(head.opens("/").await.path, "/dang-nhap", "nobody stays signed in");
        }
        // A double click sends the form twice at once.
        let mut twin = site.visitor();
        head.opens("/dang-nhap?lan=dau").await;
        twin.opens("/dang-nhap?lan=dau").await;
        let fields = typed(OWN, OWN);
        let (home, twice) = tokio::join!(head.submits("/dang-nhap", &fields), twin.submits("/dang-nhap", &fields));
        assert_eq!((home.path.as_str(), twice.path.as_str()), ("/", "/"), "{}{}", home.html, twice.html);
        // Sent once more, it finds the chosen password in force.
        head.opens("/dang-nhap?lan=dau").await;
        let home = head.submits("/dang-nhap", &typed(OWN, OWN)).await;
        assert_eq!(home.path, "/", "{}", home.html);
        assert!(!home.html.contains("lần gõ sai"), "nothing was typed wrong: {}", home.html);
        assert!(home.text("h1").contains("Bùi Thị A"), "{}", home.html);
        let mut other = site.visitor();
        let old = other.signs_in("mau", "truong.ban", password).await;
        assert!(old.text("#problems").contains("không đúng"), "the paper opens nothing any more: {}", old.html);
        assert_eq!(other.signs_in("mau", "truong.ban", OWN).await.path, "/");
        let kinds: Vec<String> = log_of(&site, council).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "account.opened").count(), 4, "{kinds:?}");
    });
}
