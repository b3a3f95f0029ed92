//! What people do at the door, with a mouse or without.

use fantoccini::key::Key;
use tinnhiem::domain::role::Role;

use super::{Browser, DESKTOP, TABLET, in_browser, serve};
use crate::site::{Engine, PASSWORD, Site};

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
        delegate.sees("Chưa có kỳ lấy phiếu nào").await;
        delegate.presses("Trợ giúp").await;
        delegate.sees("Bằng thẻ truy cập giấy").await;
        assert_eq!(delegate.path().await, "/tro-giup");
        delegate.closes().await;
    });
}
