//! Every page of the table, looked at by somebody who may see it, and the states that a page can be in.

use axum::http::Method;
use jiff::SignedDuration;
use tinnhiem::domain::id::CouncilId;
use tinnhiem::domain::role::Role;
use tinnhiem::web::{Access, Route, routes};

use super::{Browser, DESKTOP, NARROW, TABLET, in_browser, serve};
use crate::own_account;
use crate::site::{Engine, PASSWORD, SealedPoll, Site};
use crate::slips::{codes, issues};

/// Who looks at a page; nobody in particular where everybody may. A page that none of these may see is looked at by
/// none: then this list is too short.
fn walker(route: &Route) -> Option<Role> {
    if route.access == Access::Anyone {
        return None;
    }
    let closest = match route.path {
        // Shown to somebody without a password only.
        "/da-vao" => Role::Delegate,
        path if path.starts_with("/nhat-ky") => Role::Auditor,
        _ => Role::Admin,
    };
    let walker = [closest, Role::Operator, Role::Clerk].into_iter().find(|role| route.access.allows(Some(&[*role])));
    Some(walker.unwrap_or_else(|| panic!("nobody looks at {}", route.path)))
}

fn is_page(route: &Route) -> bool {
    const FILES: [&str; 9] = ["/tep/", "/healthz", "/readyz", ".jsonl", ".json", ".txt", ".pdf", ".ics", "{file}"];
    let is_file = FILES.iter().any(|part| route.path.contains(part));
    route.method == Method::GET && !is_file
}

/// A council with people, slips and a log; a browser in it; what was found wrong.
struct Gallery {
    site: Site,
    council: CouncilId,
    name_of_council: String,
    /// Of two slips that are still good.
    codes: Vec<String>,
    browser: Browser,
    problems: Vec<String>,
    sealed: SealedPoll,
}

impl Gallery {
    async fn open() -> Self {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let operator = site.actor_of_operator().await;
        site.found(&operator, "ben-kia", "Hội đồng nhân dân thành phố Bến Kia").await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        site.has_account(council, "dich", "Đỗ Quỳnh Nữ", Role::Clerk).await;
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
        let mut good = vec![first[2].clone()];
        good.extend(codes(&issues(&mut admin, &delegates[..1], "3").await.bytes));
        let locked = site.account(council, "db3").await;
        admin.opens(&format!("/tai-khoan/{locked}")).await;
        admin.submits(&format!("/tai-khoan/{locked}/khoa"), &[]).await;
        let sealed = site.has_sealed_poll(council).await;
        let browser = Browser::at(&serve(&site).await, DESKTOP).await;
        let name_of_council = site.name(council).await;
        Self { site, council, name_of_council, codes: good, browser, problems: Vec::new(), sealed }
    }

    async fn enters(&mut self, login: &str) {
        self.browser.signs_in(&self.name_of_council, login, PASSWORD).await;
        self.browser.sees("Chào").await;
    }

    /// Where a page is.
    async fn address(&self, route: &Route) -> String {
        let account = self.site.account(self.council, "dich").await.to_string();
        let log = self.site.own_log(self.council).await.to_string();
        let path = route.path.replace("{account}", &account).replace("{log}", &log).replace("{seq}", "1");
        let path = path.replace("{council}", &self.council.to_string()).replace("{slug}", "mau");
        let path = path.replace("{poll}", &self.sealed.poll.to_string()).replace("{deadline}", "person_report");
        let path = path.replace("{official}", &self.sealed.official.to_string());
        let path = path.replace("{proposal}", &self.sealed.proposal.to_string());
        path.replace("{code}", &self.codes[0]).replace("{token}", "khong-co")
    }

    /// Looks at all pages that fall to this person.
    async fn walks(&mut self, role: Option<Role>) {
        for route in routes().into_iter().filter(|route| is_page(route) && walker(route) == role) {
            let path = self.address(&route).await;
            self.browser.opens(&path).await;
            assert_eq!(self.browser.path().await, path, "it is the page itself that is looked at");
            self.looks(&name(&route, role.map_or("khach", Role::code))).await;
        }
    }

    async fn opens(&mut self, path: &str, name: &str) {
        self.browser.opens(path).await;
        self.looks(name).await;
    }

    /// Looks at the page that is open, at every size, and keeps pictures.
    async fn looks(&mut self, name: &str) {
        let Self { browser, problems, .. } = self;
        for screen in [NARROW, TABLET, DESKTOP] {
            browser.turns_to(screen).await;
            let wide =
                browser.overflowing().await.into_iter().map(|what| format!("{name} {}: wide {what}", screen.name));
            problems.extend(wide);
            if screen != NARROW {
                browser.screenshot(screen, name).await;
            }
            // What differs on other screens is that a table's rows become blocks on a narrow one.
            let has_table = "return document.querySelector('table') !== null;";
            if screen == DESKTOP || (screen == NARROW && browser.runs(has_table).await == true) {
                let found = browser.axe().await.into_iter().map(|what| format!("{name} {}: {what}", screen.name));
                problems.extend(found);
            }
        }
        problems.extend(browser.small_targets().await.into_iter().map(|what| format!("{name}: small {what}")));
    }

    /// Looks at a page that differs from others by a few words.
    async fn glances(&mut self, name: &str) {
        self.browser.screenshot(DESKTOP, name).await;
        self.problems.extend(self.browser.axe().await.into_iter().map(|what| format!("{name}: {what}")));
    }

    async fn closes(self) {
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

#[test]
fn what_a_guest_sees_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut guest = Gallery::open().await;
        guest.walks(None).await;
        guest.opens("/khong-co-trang-nay", "khach-404").await;
        guest.opens("/phieu/khong-co", "khach-hoi-dong-khong-co").await;
        guest.browser.opens("/phieu/mau").await;
        guest.browser.types("Mã trên thẻ", "1234").await;
        guest.browser.presses("Vào bằng thẻ này").await;
        guest.looks("khach-ma-the-sai").await;
        guest.browser.opens("/dang-nhap").await;
        guest.browser.presses("Đăng nhập").await;
        guest.looks("khach-dang-nhap-sai").await;
        guest.closes().await;
    });
}

#[test]
fn the_first_set_up_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        let empty = Site::empty(Engine::Sqlite).await;
        let link = empty.app.set_up_link().await.expect("link").expect("not set up");
        let at = serve(&empty).await;
        let council = std::mem::replace(&mut gallery.browser, Browser::at(&at, DESKTOP).await);
        gallery.opens("/", "cai-dat-chua").await;
        gallery.opens(&link, "cai-dat-lan-dau").await;
        gallery.browser.types("Tên hội đồng", "Hội đồng nhân dân tỉnh Mẫu").await;
        gallery.browser.presses("Cài đặt").await;
        gallery.looks("cai-dat-sai").await;
        council.closes().await;
        gallery.closes().await;
    });
}

#[test]
fn what_a_clerk_sees_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut clerk = Gallery::open().await;
        clerk.enters("dich").await;
        clerk.walks(Some(Role::Clerk)).await;
        // The same pages before anything is decided.
        let poll = clerk.site.has_poll(clerk.council).await;
        clerk.opens("/", "clerk-trang-dau").await;
        for page in ["", "/ky-hop", "/doi-tuong", "/danh-sach", "/ban-kiem-phieu", "/mau-phieu", "/de-xuat"] {
            clerk.opens(&format!("/ky/{poll}{page}"), &format!("clerk-moi{}", page.replace('/', "-"))).await;
        }
        let official = clerk.sealed.official;
        clerk.opens(&format!("/ky/{poll}/doi-tuong/{official}"), "clerk-xet-lai").await;
        clerk.browser.presses("Gửi đề xuất").await;
        clerk.looks("clerk-xet-lai-sai").await;
        clerk.browser.opens("/ky/moi").await;
        clerk.browser.presses("Lập kỳ lấy phiếu").await;
        clerk.looks("clerk-lap-ky-sai").await;
        clerk.closes().await;
    });
}

#[test]
fn what_an_administrator_sees_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut admin = Gallery::open().await;
        admin.enters("quan.tri").await;
        admin.walks(Some(Role::Admin)).await;
        admin.opens("/tai-khoan?tim=khong-ai-ten-the", "admin-tai-khoan-loc-rong").await;
        let locked = admin.site.account(admin.council, "db3").await;
        admin.opens(&format!("/tai-khoan/{locked}"), "admin-tai-khoan-da-khoa").await;
        admin.browser.opens("/tai-khoan/nhieu").await;
        admin.browser.types("Danh sách", "Nguyễn Thị Lan\nTrần Văn Hai; hai.tran\nLê; trùng!").await;
        admin.browser.presses("Xem trước").await;
        admin.looks("admin-tai-khoan-nhieu-sai").await;
        admin.browser.types("Danh sách", "Nguyễn Thị Lan\nTrần Văn Hai; hai.tran").await;
        admin.browser.presses("Xem trước lại").await;
        admin.looks("admin-tai-khoan-nhieu-xem-truoc").await;
        admin.browser.opens("/tai-khoan/moi").await;
        admin.browser.presses("Mở tài khoản").await;
        admin.looks("admin-tai-khoan-moi-sai").await;
        admin.browser.types("Họ tên", "Lê Văn Tám").await;
        admin.browser.ticks("Văn phòng").await;
        admin.browser.presses("Mở tài khoản").await;
        admin.browser.sees("Mật khẩu lần đầu").await;
        admin.looks("admin-mat-khau-lan-dau").await;
        admin.browser.prints("admin-mat-khau-lan-dau").await;
        two_editors(&mut admin).await;
        admin.opens("/hoi-dong", "admin-khong-co-quyen").await;
        end_in_mid_form(&mut admin).await;
        admin.closes().await;
    });
}

/// What the second of two editors sees.
async fn two_editors(admin: &mut Gallery) {
    let account = admin.site.account(admin.council, "dich").await;
    let path = format!("/tai-khoan/{account}");
    admin.browser.opens(&path).await;
    let mut other = admin.site.signed_in("mau", "quan.tri").await;
    other.opens(&path).await;
    other.submits(&path, &[("name", "Đỗ Quỳnh Nga"), ("roles", "clerk")]).await;
    admin.browser.types("Họ tên", "Đỗ Thị Quỳnh Nữ").await;
    admin.browser.presses("Lưu").await;
    admin.browser.sees("Có người vừa sửa").await;
    admin.looks("admin-co-nguoi-vua-sua").await;
}

/// The session ends while a form is open: what was typed is still there after signing in again.
async fn end_in_mid_form(admin: &mut Gallery) {
    admin.browser.opens("/tai-khoan/moi").await;
    admin.browser.types("Họ tên", "Phan Đình Giót").await;
    admin.browser.ticks("Đại biểu").await;
    admin.site.clock.advance(SignedDuration::from_hours(13));
    admin.browser.presses("Mở tài khoản").await;
    admin.browser.sees("Phiên đăng nhập đã hết hạn").await;
    admin.looks("khach-het-phien").await;
    admin.browser.chooses("Cơ quan", &admin.name_of_council).await;
    admin.browser.types("Tên đăng nhập", "quan.tri").await;
    admin.browser.types("Mật khẩu", PASSWORD).await;
    admin.browser.presses("Đăng nhập").await;
    admin.browser.sees("Phan Đình Giót").await;
    admin.looks("admin-gui-tiep").await;
}

#[test]
fn what_an_operator_and_an_auditor_see_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        let installation = gallery.site.name(CouncilId::INSTALLATION).await;
        gallery.browser.signs_in(&installation, "he.thong", PASSWORD).await;
        gallery.browser.sees("Chào").await;
        gallery.walks(Some(Role::Operator)).await;
        let nobody = gallery.site.account(gallery.council, "dich").await;
        gallery.opens(&format!("/hoi-dong/{nobody}"), "operator-hoi-dong-khong-co").await;
        gallery.opens("/", "nha-operator").await;
        gallery.browser.presses("Đăng xuất").await;

        gallery.enters("giam.sat").await;
        let log = gallery.site.own_log(gallery.council).await;
        gallery.browser.opens(&format!("/nhat-ky/{log}")).await;
        gallery.browser.presses("Ký điểm chốt bây giờ").await;
        gallery.browser.sees("Đã ký điểm chốt.").await;
        gallery.walks(Some(Role::Auditor)).await;
        gallery.browser.prints("auditor-nhat-ky-log-seq").await;
        gallery.opens(&format!("/nhat-ky/{log}?tu=2020-01-01&den=2020-01-02"), "auditor-nhat-ky-loc-rong").await;
        gallery.opens(&format!("/nhat-ky/{log}?tu=2020-13-41"), "auditor-nhat-ky-loc-sai").await;
        gallery.closes().await;
    });
}

#[test]
fn what_everybody_else_sees_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        gallery.browser.opens("/phieu/mau").await;
        let mut admin = gallery.site.signed_in("mau", "quan.tri").await;
        admin.opens("/tai-khoan/nhieu").await;
        admin.submits("/tai-khoan/nhieu", &[("names", "Nguyễn Thị Lan"), ("step", "preview")]).await;
        admin.submits("/tai-khoan/nhieu", &[("names", "Nguyễn Thị Lan"), ("step", "open")]).await;
        let lan = gallery.site.account(gallery.council, "lan.nguyen").await;
        let code = codes(&issues(&mut admin, &[lan], "7").await.bytes).remove(0);
        gallery.browser.types("Mã trên thẻ", &code).await;
        gallery.browser.presses("Vào bằng thẻ này").await;
        gallery.browser.sees("Bạn đã vào bằng thẻ").await;
        gallery.walks(Some(Role::Delegate)).await;
        gallery.opens("/", "delegate-trang-dau").await;
        gallery.opens("/toi/mat-khau", "delegate-dat-mat-khau").await;
        gallery.browser.presses("Đăng xuất").await;

        gallery.browser.signs_in(&gallery.name_of_council, "moi", PASSWORD).await;
        gallery.looks("leader-mat-khau-rieng").await;
        gallery.browser.presses("Đăng xuất").await;

        for role in Role::OF_COUNCIL {
            let login = format!("nha.{}", role.code().replace('_', "."));
            gallery.site.has_account(gallery.council, &login, "Võ Thị Sáu", role).await;
            gallery.enters(&login).await;
            gallery.glances(&format!("nha-{}", role.code())).await;
            gallery.browser.presses("Đăng xuất").await;
        }
        second_factor(&mut gallery).await;
        gallery.closes().await;
    });
}

async fn second_factor(gallery: &mut Gallery) {
    gallery.enters("giam.sat").await;
    gallery.browser.opens("/toi/ma-xac-thuc").await;
    let secret = gallery.browser.runs("return document.getElementById('secret').innerText;").await;
    let secret = secret.as_str().expect("secret").to_owned();
    gallery.browser.types("Mã 6 chữ số", &own_account::code(&gallery.site, &secret)).await;
    gallery.browser.presses("Bật").await;
    gallery.browser.sees("Đã bật xác thực hai lớp.").await;
    gallery.opens("/toi/ma-xac-thuc", "auditor-tat-ma-xac-thuc").await;
    gallery.browser.presses("Đăng xuất").await;
    gallery.browser.signs_in(&gallery.name_of_council, "giam.sat", PASSWORD).await;
    gallery.browser.sees("Nhập mã xác thực").await;
    gallery.looks("khach-ma-xac-thuc").await;
}
