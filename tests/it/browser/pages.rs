//! Every page that a role may open, looked at.

use axum::http::Method;
use tinnhiem::domain::id::CouncilId;
use tinnhiem::domain::role::Role;
use tinnhiem::web::{Access, Route, routes};

use super::{Browser, DESKTOP, NARROW, TABLET, in_browser, serve};
use crate::site::{Engine, PASSWORD, Site};

/// Where a page of the table is, for somebody of this council; `None` for what is no page.
async fn address(site: &Site, council: CouncilId, route: &Route) -> Option<String> {
    let account = site.account(council, "dich").await.to_string();
    let log = site.own_log(council).await.to_string();
    let path = route.path.replace("{account}", &account).replace("{log}", &log).replace("{seq}", "0");
    let path = path.replace("{slug}", "mau").replace("{code}", "khong-co").replace("{token}", "khong-co");
    let is_file = ["/tep/", "/healthz", "/metrics", ".jsonl", ".json", ".txt"].iter().any(|part| path.contains(part));
    (route.method == Method::GET && !is_file).then_some(path)
}

/// A name for the pictures of an address without ids: `tai-khoan-account`.
fn name(route: &Route, who: &str) -> String {
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let path: String = route.path.trim_matches('/').chars().map(letters).collect();
    let path = path.replace("--", "-").replace("--", "-");
    format!("{who}-{}", if path.is_empty() { "trang-dau" } else { path.trim_matches('-') })
}

async fn sign_in(browser: &mut Browser, council: &str, login: &str) {
    browser.opens("/dang-nhap").await;
    browser.chooses("Cơ quan", council).await;
    browser.types("Tên đăng nhập", login).await;
    browser.types("Mật khẩu", PASSWORD).await;
    browser.presses("Đăng nhập").await;
    browser.sees("Chào").await;
}

/// Looks at the page that is open, at every size, and keeps pictures.
async fn look(browser: &mut Browser, name: &str, problems: &mut Vec<String>) {
    for screen in [DESKTOP, TABLET, NARROW] {
        browser.screenshot(screen, name).await;
        problems
            .extend(browser.overflowing().await.into_iter().map(|what| format!("{name} {}: wide {what}", screen.name)));
        problems.extend(browser.axe().await.into_iter().map(|what| format!("{name} {}: {what}", screen.name)));
    }
    problems.extend(browser.small_targets().await.into_iter().map(|what| format!("{name}: small {what}")));
    browser.turns_to(DESKTOP).await;
    browser.prints(name).await;
}

#[test]
fn every_page_is_accessible_fits_every_screen_and_has_its_picture_taken() {
    in_browser(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        site.has_account(council, "dai.bieu", "Trần Thị Đại Biểu", Role::Delegate).await;
        for (number, name) in ["Hoàng Văn Thụ", "Nguyễn Thị Minh Khai", "Phạm Hồng Thái"].iter().enumerate()
        {
            site.has_account(council, &format!("db{number}"), name, Role::Delegate).await;
        }
        site.has_account(council, "dich", "Đỗ Quỳnh Nữ", Role::Clerk).await;
        site.has_account(CouncilId::INSTALLATION, "dich", "Vũ Kỹ Thuật", Role::Operator).await;
        let installation = site.name(CouncilId::INSTALLATION).await;
        let address_of_site = serve(&site).await;
        let mut problems = Vec::new();
        let people = [
            (None, council, String::new(), ""),
            (Some(Role::Operator), CouncilId::INSTALLATION, installation, "he.thong"),
            (Some(Role::Admin), council, site.name(council).await, "quan.tri"),
            (Some(Role::Auditor), council, site.name(council).await, "giam.sat"),
            (Some(Role::Delegate), council, site.name(council).await, "dai.bieu"),
        ];
        for (role, body, name_of_body, login) in people {
            let mut browser = Browser::at(&address_of_site, DESKTOP).await;
            let who = role.map_or("khach", Role::code);
            if role.is_some() {
                sign_in(&mut browser, &name_of_body, login).await;
            }
            for route in routes() {
                // A page that everybody sees is looked at once.
                let is_new = (route.access == Access::Anyone) == role.is_none();
                let roles = role.map(|role| [role]);
                let may = route.access.allows(roles.as_ref().map(|roles| &roles[..]));
                let Some(path) = address(&site, body, &route).await.filter(|_| is_new && may) else { continue };
                browser.opens(&path).await;
                look(&mut browser, &name(&route, who), &mut problems).await;
            }
            if role.is_none() {
                browser.opens("/khong-co-trang-nay").await;
                look(&mut browser, "khach-404", &mut problems).await;
                browser.opens("/dang-nhap").await;
                browser.presses("Đăng nhập").await;
                look(&mut browser, "khach-dang-nhap-sai", &mut problems).await;
            }
            browser.closes().await;
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    });
}
