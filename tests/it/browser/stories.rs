//! What people do at the door, with a mouse or without.

use domain::role::Role;
use fantoccini::key::Key;
use jiff::SignedDuration;

use super::{Browser, DESKTOP, TABLET, in_browser, serve};
use crate::site::{Engine, PASSWORD, Site};
use crate::slips::{codes, issues};

/// What people in these stories choose themselves.
const CHOSEN: &str = "đò ngang bến cũ sông dài";

#[test]
fn somebody_signs_in_and_out_with_the_keyboard_alone() {
    in_browser(async {
        let (site, _) = Site::with_council(Engine::Sqlite).await;
        let mut admin = Browser::at(&serve(&site).await, DESKTOP).await;
        admin.opens("/dang-nhap").await;
        assert_eq!(admin.tabs_to("Đến nội dung chính").await, 1, "the first thing that Tab reaches skips the head");
        admin.keys(&[Key::Enter]).await;
        admin.tabs_to("Cơ quan").await;
        admin.writes("Hội đồng").await;
        admin.tabs_to("Tên đăng nhập").await;
        admin.writes("quan.tri").await;
        admin.tabs_to("Mật khẩu").await;
        admin.writes("sai-mat-khau").await;
        admin.keys(&[Key::Enter]).await;
        admin.sees("Tên đăng nhập hoặc mật khẩu không đúng").await;
        let focus = "return document.activeElement.id;";
        assert_eq!(admin.runs(focus).await, "problems", "the summary is read out first");
        admin.tabs_to("Tên đăng nhập hoặc mật khẩu không đúng; hãy gõ lại.").await;
        admin.keys(&[Key::Enter]).await;
        assert_eq!(admin.runs(focus).await, "password", "and leads to the field");
        admin.writes(PASSWORD).await;
        admin.keys(&[Key::Enter]).await;
        admin.sees("Chào Nguyễn Quản Trị").await;
        admin.tabs_to("Đăng xuất").await;
        let outline = "return getComputedStyle(document.activeElement).outlineWidth;";
        assert_eq!(admin.runs(outline).await, "3px", "where the focus is can be seen");
        admin.keys(&[Key::Enter]).await;
        admin.sees("Đăng nhập").await;
        admin.closes().await;
    });
}

#[test]
fn a_delegate_with_a_tablet_finds_an_honest_first_page() {
    in_browser(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        site.has_account(council, "dai.bieu", "Trần Thị Đại Biểu", Role::Delegate).await;
        let mut delegate = Browser::at(&serve(&site).await, TABLET).await;
        delegate.opens("/").await;
        delegate.chooses("Cơ quan", "Hội đồng nhân dân tỉnh Mẫu").await;
        delegate.types("Tên đăng nhập", "dai.bieu").await;
        delegate.types("Mật khẩu", PASSWORD).await;
        delegate.presses("Đăng nhập").await;
        delegate.sees("Vai trò của bạn").await;
        delegate.presses("Trợ giúp").await;
        delegate.sees("Bằng thẻ truy cập giấy").await;
        assert_eq!(delegate.path().await, "/tro-giup");
        delegate.closes().await;
    });
}

#[test]
fn the_first_start_leads_from_the_link_on_the_console_to_a_council_at_work() {
    in_browser(async {
        let site = Site::empty(Engine::Sqlite).await;
        let mut operator = Browser::at(&serve(&site).await, DESKTOP).await;
        operator.opens("/").await;
        operator.sees("Chưa cài đặt").await;
        let link = site.app.set_up_link().await.expect("link").expect("not set up");
        operator.opens(&link).await;
        operator.types("Họ tên", "Vũ Kỹ Thuật").await;
        operator.types("Tên đăng nhập", "he.thong").await;
        operator.types("Mật khẩu", CHOSEN).await;
        operator.types("Gõ lại mật khẩu", "khác hẳn với trên").await;
        operator.presses("Cài đặt").await;
        operator.sees("Chưa làm được").await;
        operator.types("Mật khẩu", CHOSEN).await;
        operator.types("Gõ lại mật khẩu", CHOSEN).await;
        operator.presses("Cài đặt").await;
        operator.sees("Chào Vũ Kỹ Thuật").await;

        operator.presses("Hội đồng").await;
        operator.sees("Chưa có hội đồng nào").await;
        operator.presses("Lập hội đồng").await;
        operator.types("Tên hội đồng", "Hội đồng nhân dân tỉnh Mẫu").await;
        operator.types("Họ tên", "Nguyễn Thị Quản Trị").await;
        operator.chooses("Loại", "HĐND cấp tỉnh").await;
        operator.presses("Lập hội đồng").await;
        operator.sees("Mật khẩu lần đầu").await;
        let text = |id: &str| format!("return document.getElementById('{id}').innerText;");
        let login = operator.runs(&text("first-login")).await;
        let password = operator.runs(&text("first-password")).await;
        operator.presses("Đã ghi lại, về danh sách").await;
        operator.sees("Hội đồng nhân dân tỉnh Mẫu").await;
        operator.presses("Đăng xuất").await;

        // The administrator, with the paper that the operator handed over.
        let mut admin = operator;
        let said = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        admin.signs_in("Hội đồng nhân dân tỉnh Mẫu", &said(&login), &said(&password)).await;
        admin.sees("Đặt mật khẩu riêng").await;
        admin.opens("/tai-khoan").await;
        assert_eq!(admin.path().await, "/toi/mat-khau", "nothing else answers before");
        admin.types("Mật khẩu hiện nay", &said(&password)).await;
        admin.types("Mật khẩu mới", CHOSEN).await;
        admin.types("Gõ lại mật khẩu mới", CHOSEN).await;
        admin.presses("Lưu mật khẩu").await;
        admin.sees("Chào Nguyễn Thị Quản Trị").await;
        admin.presses("Tài khoản").await;
        admin.sees("1 trên 1 tài khoản").await;
        admin.closes().await;
    });
}

#[test]
fn a_delegate_comes_in_by_the_address_on_the_slip_and_the_one_button() {
    in_browser(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let lan = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let code = codes(&issues(&mut admin, &[lan], "7").await.bytes).remove(0);
        let address = format!("/phieu/mau/{}", code.replace('-', ""));
        let at = serve(&site).await;
        let mut delegate = Browser::at(&at, TABLET).await;
        delegate.opens(&address).await;
        delegate.sees("Hội đồng nhân dân tỉnh Mẫu").await;
        let buttons = delegate.runs("return document.querySelectorAll('main button').length;").await;
        assert_eq!(buttons, 1, "there is one thing to press");
        delegate.presses("Vào bằng thẻ này").await;
        delegate.sees("Chào Nguyễn Thị Lan").await;
        // The same paper in other hands.
        let mut thief = Browser::at(&at, TABLET).await;
        thief.opens(&address).await;
        thief.presses("Vào bằng thẻ này").await;
        thief.sees("đã được dùng một lần").await;
        thief.opens("/").await;
        thief.sees("Đăng nhập").await;
        thief.closes().await;
        delegate.closes().await;
    });
}

#[test]
fn a_new_password_counts_from_the_next_door_on() {
    in_browser(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let name = site.name(council).await;
        let mut admin = Browser::at(&serve(&site).await, DESKTOP).await;
        admin.signs_in(&name, "quan.tri", PASSWORD).await;
        admin.presses("Nguyễn Quản Trị").await;
        admin.presses("Đổi mật khẩu").await;
        admin.types("Mật khẩu hiện nay", "sai-mat-khau").await;
        admin.types("Mật khẩu mới", CHOSEN).await;
        admin.types("Gõ lại mật khẩu mới", CHOSEN).await;
        admin.presses("Lưu mật khẩu").await;
        admin.sees("Chưa làm được").await;
        admin.types("Mật khẩu hiện nay", PASSWORD).await;
        admin.types("Mật khẩu mới", CHOSEN).await;
        admin.types("Gõ lại mật khẩu mới", CHOSEN).await;
        admin.presses("Lưu mật khẩu").await;
        admin.sees("Đã đổi mật khẩu.").await;
        admin.presses("Đăng xuất").await;
        admin.signs_in(&name, "quan.tri", PASSWORD).await;
        admin.sees("Tên đăng nhập hoặc mật khẩu không đúng").await;
        admin.signs_in(&name, "quan.tri", CHOSEN).await;
        admin.sees("lần gõ sai mật khẩu").await;
        admin.closes().await;
    });
}

#[test]
fn guessing_makes_everybody_wait_and_the_wait_ends() {
    in_browser(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let name = site.name(council).await;
        let mut admin = Browser::at(&serve(&site).await, DESKTOP).await;
        for _ in 0..5 {
            admin.signs_in(&name, "quan.tri", "sai-mat-khau").await;
            admin.sees("Tên đăng nhập hoặc mật khẩu không đúng").await;
        }
        admin.sees("hãy đợi 5 giây rồi gõ lại").await;
        admin.signs_in(&name, "quan.tri", PASSWORD).await;
        admin.sees("Đã nhập sai nhiều lần nên phải chờ").await;
        site.clock.advance(SignedDuration::from_secs(5));
        admin.signs_in(&name, "quan.tri", PASSWORD).await;
        admin.sees("Chào Nguyễn Quản Trị").await;
        admin.sees("lần gõ sai mật khẩu").await;
        admin.closes().await;
    });
}

#[test]
fn signing_out_everywhere_ends_the_session_in_the_other_browser() {
    in_browser(async {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        let name = site.name(council).await;
        let at = serve(&site).await;
        let mut left_open = Browser::at(&at, TABLET).await;
        left_open.signs_in(&name, "quan.tri", PASSWORD).await;
        left_open.sees("Chào").await;
        let mut desk = Browser::at(&at, DESKTOP).await;
        desk.signs_in(&name, "quan.tri", PASSWORD).await;
        desk.presses("Nguyễn Quản Trị").await;
        let devices = desk.runs("return document.querySelectorAll('main tbody tr').length;").await;
        assert_eq!(devices, 2);
        desk.presses("Đăng xuất mọi nơi, kể cả thiết bị này").await;
        desk.sees("Đã đăng xuất khỏi mọi thiết bị.").await;
        left_open.opens("/tai-khoan").await;
        left_open.sees("Tên đăng nhập").await;
        assert_eq!(left_open.path().await, "/dang-nhap");
        left_open.closes().await;
        desk.closes().await;
    });
}
