//! Every page of the table, looked at by somebody who may see it, and the states that a page can be in.

use domain::id::CouncilId;
use domain::role::Role;
use jiff::SignedDuration;

use super::gallery::Gallery;
use super::{Browser, DESKTOP, in_browser, serve};
use crate::own_account;
use crate::site::{Engine, PASSWORD, Site};
use crate::slips::{codes, issues};

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
        gallery.opens("/da-vao", "delegate-da-vao").await;
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
