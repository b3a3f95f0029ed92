//! Pages looked at by a browser: by axe-core, at three sizes, and as pictures that people look at.

use std::collections::BTreeSet;

use axum::http::Method;
use domain::id::CouncilId;
use domain::role::Role;
use serde_json::Value;
use web::{Access, Route, routes};

use super::{Browser, DESKTOP, NARROW, TABLET, serve};
use crate::reviewed::{assert_uncovered, uncovered};
use crate::site::{Engine, PASSWORD, Site};
use crate::slips::{codes, issues};

/// Who looks at a page; nobody in particular where everybody may. A page that none of these may see is looked at by
/// none: then this list is too short.
fn walker(route: &Route) -> Option<Role> {
    const OWNERS: &[(&str, Role)] = &[
        ("/doc", Role::Delegate),
        ("/thao-luan", Role::Delegate),
        ("/toi/ghi-chu", Role::Delegate),
        ("/nhat-ky", Role::Auditor),
        ("/cua-toi", Role::Official),
        ("/quy-dinh", Role::Clerk),
        ("/du-kien/tham-tra", Role::Leader),
        ("/kiem-phieu", Role::HeadTeller),
        ("/may-chieu", Role::Observer),
    ];
    // What everybody may see of a result is there only where somebody published one.
    if route.path.starts_with("/cong-bo/") {
        return Some(Role::Clerk);
    }
    if route.access == Access::Anyone {
        return None;
    }
    let owner = OWNERS.iter().find(|(start, _)| route.path.starts_with(start));
    let closest = owner.map_or(Role::Admin, |(_, role)| *role);
    let walker = [closest, Role::Operator, Role::Clerk].into_iter().find(|role| route.access.allows(Some(&[*role])));
    Some(walker.unwrap_or_else(|| panic!("nobody looks at {}", route.path)))
}

/// Whether a route answers with a page, not with a file.
fn answers_with_page(route: &Route) -> bool {
    const FILES: &[&str] = &["/tep/", "/tep-nguon/", "/healthz", "/readyz", "/pdf", "{file}"];
    const KINDS: &[&str] = &[".jsonl", ".json", ".txt", ".pdf", ".ics", ".csv", ".xlsx", ".zip"];
    route.method == Method::GET && !FILES.iter().chain(KINDS).any(|part| route.path.contains(part))
}

/// Whether a walk opens a route: it answers with a page, and is not listed as one that is looked at elsewhere.
fn is_page(route: &Route) -> bool {
    answers_with_page(route) && !uncovered(UNWALKED).contains_key(route.path)
}

/// Heading in `tests/reviewed/uncovered.txt`.
const UNWALKED: &str = "pages that no walk opens";

/// A council with people, slips and a log; a browser in it; what was found wrong.
pub struct Gallery {
    pub site: Site,
    pub council: CouncilId,
    pub name_of_council: String,
    pub browser: Browser,
    problems: Vec<String>,
    /// What stands for each placeholder of an address.
    pub places: Vec<(&'static str, String)>,
    /// Sorts of elements that were seen on a narrow screen.
    sorts: BTreeSet<String>,
}

impl Gallery {
    pub async fn open() -> Self {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let operator = site.actor_of_operator().await;
        site.found(&operator, "ben-kia", "Hội đồng nhân dân thành phố Bến Kia").await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        let clerk = site.has_account(council, "dich", "Đỗ Quỳnh Nữ", Role::Clerk).await;
        site.has_account_that(council, "moi", "Tôn Nữ Thị Mới", Role::Leader, true).await;
        let mut delegates = Vec::new();
        for (number, name) in
            ["Hoàng Văn Thụ", "Nguyễn Thị Minh Khai", "Phạm Hồng Thái", "Đặng Thùy Trâm"].iter().enumerate()
        {
            delegates.push(site.has_account(council, &format!("db{number}"), name, Role::Delegate).await);
        }
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let first = codes(&issues(&mut admin, &delegates[..3], "7").await.bytes);
        // One is used, one made void by a newer one, two are good.
        let mut guest = site.visitor();
        guest.opens("/phieu/mau").await;
        guest.submits("/phieu/mau", &[("code", &first[1])]).await;
        issues(&mut admin, &delegates[..1], "3").await;
        let locked = site.account(council, "db3").await;
        admin.opens(&format!("/tai-khoan/{locked}")).await;
        admin.submits(&format!("/tai-khoan/{locked}/khoa"), &[]).await;
        let browser = Browser::at(&serve(&site).await, DESKTOP).await;
        let name_of_council = site.name(council).await;
        let places = vec![
            ("{account}", clerk.to_string()),
            ("{log}", site.own_log(council).await.to_string()),
            ("{seq}", "1".into()),
            ("{council}", council.to_string()),
            ("{slug}", "mau".into()),
            ("{code}", first[2].clone()),
            ("{token}", "khong-co".into()),
        ];
        Self { site, council, name_of_council, browser, problems: Vec::new(), places, sorts: BTreeSet::new() }
    }

    pub async fn enters(&mut self, login: &str) {
        self.browser.signs_in(&self.name_of_council, login, PASSWORD).await;
        self.browser.sees("Chào").await;
    }

    /// What stands for a placeholder.
    pub fn place(&self, what: &str) -> &str {
        &self.places.iter().find(|(placeholder, _)| *placeholder == what).expect("a placeholder").1
    }

    /// Where a page is. What comes after a count is looked at in a poll that was counted.
    fn address(&self, route: &Route) -> String {
        const AFTER: &[&str] = &["/ket-qua", "/giay-to", "/viec-sau/", "/bo-phieu-tin-nhiem", "/cong-bo/"];
        let mut path = route.path.to_owned();
        if AFTER.iter().any(|part| route.path.contains(part)) && route.path.contains("{poll}") {
            path = path.replace("{poll}", self.place("{counted}")).replace("{official}", self.place("{brought}"));
        }
        let path = self.places.iter().fold(path, |path, (what, with)| path.replace(what, with));
        assert!(!path.contains('{'), "tests/it/browser does not know what stands in {path}");
        path
    }

    /// Looks at all pages that fall to this person.
    pub async fn walks(&mut self, role: Option<Role>) {
        for route in routes().into_iter().filter(|route| is_page(route) && walker(route) == role) {
            let path = self.address(&route);
            self.browser.opens(&path).await;
            assert_eq!(self.browser.path().await, path, "it is the page itself that is looked at");
            let status = "return performance.getEntriesByType('navigation')[0].responseStatus;";
            let is_there = self.browser.runs(status).await == 200;
            assert!(is_there || path.contains("khong-co"), "{path}: {}", self.browser.text().await);
            self.looks(&name(&route, role.map_or("khach", Role::code))).await;
        }
    }

    pub async fn opens(&mut self, path: &str, name: &str) {
        self.browser.opens(path).await;
        self.looks(name).await;
    }

    /// Types into the fields of these labels and presses a button.
    pub async fn submits(&mut self, button: &str, fields: &[(&str, &str)]) {
        for (label, text) in fields {
            self.browser.types(label, text).await;
        }
        self.browser.presses(button).await;
    }

    /// Looks at the page that is open, at every size, and keeps pictures.
    pub async fn looks(&mut self, name: &str) {
        for screen in [NARROW, TABLET, DESKTOP] {
            self.browser.turns_to(screen).await;
            let wide = self.browser.overflowing().await;
            self.problems.extend(wide.into_iter().map(|what| format!("{name} {}: wide {what}", screen.name)));
            if screen != NARROW {
                self.browser.screenshot(screen, name).await;
            }
            // A narrow screen differs where rows of a table become blocks: each sort of element is looked at once.
            if screen == DESKTOP || (screen == NARROW && self.is_new_in_kind().await) {
                let found = self.browser.axe().await;
                self.problems.extend(found.into_iter().map(|what| format!("{name} {}: {what}", screen.name)));
            }
        }
        let small = self.browser.small_targets().await;
        self.problems.extend(small.into_iter().map(|what| format!("{name}: small {what}")));
    }

    /// Whether the page has a sort of element within a table, or a table, that no page before it had.
    async fn is_new_in_kind(&mut self) -> bool {
        let script = "return [...new Set([...document.querySelectorAll('table, table *')] \
                      .map(e => e.tagName + ' ' + e.className))];";
        let sorts = self.browser.runs(script).await;
        let sorts = sorts.as_array().into_iter().flatten().filter_map(Value::as_str);
        let before = self.sorts.len();
        self.sorts.extend(sorts.map(str::to_owned));
        self.sorts.len() > before
    }

    /// Looks at a page that differs from others by a few words.
    pub async fn glances(&mut self, name: &str) {
        self.browser.screenshot(DESKTOP, name).await;
        self.problems.extend(self.browser.axe().await.into_iter().map(|what| format!("{name}: {what}")));
    }

    pub async fn closes(self) {
        self.browser.closes().await;
        assert!(self.problems.is_empty(), "{}", self.problems.join("\n"));
    }
}

/// A name for the pictures of an address without ids: `admin-tai-khoan-account`.
fn name(route: &Route, who: &str) -> String {
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let path: String = route.path.trim_matches('/').chars().map(letters).collect();
    let path = path.replace("--", "-").replace("--", "-");
    format!("{who}-{}", if path.is_empty() { "trang-dau" } else { path.trim_matches('-') })
}

/// Roles whose pages are looked at by the tests of these files.
const WALKED: &[Option<Role>] = &[
    None,
    Some(Role::Admin),
    Some(Role::Operator),
    Some(Role::Auditor),
    Some(Role::Clerk),
    Some(Role::Leader),
    Some(Role::Delegate),
    Some(Role::Official),
    Some(Role::HeadTeller),
    Some(Role::Observer),
];

#[test]
fn every_page_is_looked_at_by_somebody() {
    for route in routes().iter().filter(|route| is_page(route)) {
        assert!(WALKED.contains(&walker(route)), "nobody looks at {}", route.path);
    }
    // A page that is listed and not there any more is taken from the list.
    let left =
        routes().into_iter().filter(|route| answers_with_page(route) && !is_page(route)).map(|r| r.path.to_owned());
    assert_uncovered(UNWALKED, &left.collect());
}
