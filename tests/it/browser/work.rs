//! The pages of a vote that is prepared and read, looked at by those whose work they are.

use domain::role::Role;

use super::gallery::Gallery;
use super::in_browser;

#[test]
fn what_a_clerk_sees_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let (mut clerk, sealed) = Gallery::furnished().await;
        clerk.enters("dich").await;
        clerk.walks(Some(Role::Clerk)).await;
        for page in ["", "/thoi-han", "/thao-luan"] {
            clerk.browser.opens(&format!("/ky/{sealed}{page}")).await;
            clerk.browser.prints(&format!("clerk-ky{}", page.replace('/', "-"))).await;
        }
        let (counted, slug) = (clerk.place("{counted}").to_owned(), clerk.place("{slug}").to_owned());
        for (path, name) in [
            (format!("/ky/{counted}/ket-qua"), "clerk-ket-qua"),
            (format!("/cong-bo/{slug}/{counted}"), "khach-cong-bo"),
        ] {
            clerk.browser.opens(&path).await;
            clerk.browser.prints(name).await;
        }
        clerk.opens(&format!("/ky/{sealed}/ket-qua"), "clerk-ket-qua-chua-co").await;
        clerk.opens(&format!("/ky/{sealed}/giay-to"), "clerk-giay-to-chua-co").await;
        let begin = format!("/ky/{counted}/bo-phieu-tin-nhiem");
        clerk.browser.opens(&begin).await;
        clerk.browser.types("Kỳ họp", " ").await;
        clerk.browser.presses("Lập kỳ bỏ phiếu").await;
        clerk.looks("clerk-bo-phieu-tin-nhiem-sai").await;
        // The same pages before anything is decided.
        let poll = clerk.site.has_poll(clerk.council).await;
        clerk.opens("/", "clerk-trang-dau").await;
        for page in ["", "/doi-tuong", "/danh-sach", "/ban-kiem-phieu", "/mau-phieu", "/de-xuat", "/ho-so", "/cau-hoi"]
        {
            clerk.opens(&format!("/ky/{poll}{page}"), &format!("clerk-moi{}", page.replace('/', "-"))).await;
        }
        let official = clerk.place("{official}").to_owned();
        clerk.opens(&format!("/ky/{poll}/doi-tuong/{official}"), "clerk-xet-lai").await;
        clerk.browser.presses("Gửi đề xuất").await;
        clerk.looks("clerk-xet-lai-sai").await;
        clerk.browser.opens("/ky/moi").await;
        clerk.browser.presses("Lập đợt lấy phiếu").await;
        clerk.looks("clerk-lap-ky-sai").await;
        clerk.closes().await;
    });
}

#[test]
fn what_a_leader_a_delegate_and_an_official_see_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let (mut gallery, poll) = Gallery::furnished().await;
        gallery.enters("lanh.dao").await;
        gallery.walks(Some(Role::Leader)).await;
        gallery.opens("/", "leader-trang-dau").await;
        gallery.opens(&format!("/ky/{poll}/cau-hoi"), "leader-cau-hoi").await;
        let counted = gallery.place("{counted}").to_owned();
        gallery.opens(&format!("/ky/{counted}/ket-qua"), "leader-ket-qua").await;
        gallery.browser.presses("Đăng xuất").await;

        gallery.enters("lan").await;
        gallery.opens("/toi/ghi-chu", "delegate-dat-ma-khoa").await;
        gallery.browser.types("Mã khóa ghi chú", "cau tre lac leo").await;
        gallery.browser.types("Gõ lại mã khóa", "cau tre lac leo").await;
        gallery.browser.presses("Đặt mã khóa").await;
        gallery.browser.opens(&format!("/doc/{poll}/1")).await;
        gallery.browser.types("Chỉ mình bạn đọc được", "Hỏi thêm về tiến độ năm 2023 trước khi ghi phiếu.").await;
        gallery.browser.presses("Lưu ghi chú").await;
        gallery.walks(Some(Role::Delegate)).await;
        gallery.opens(&format!("/doc/{poll}/tim?q=nghi+quyet+chuyen+de"), "delegate-tim").await;
        for page in ["1", "ghi-chu"] {
            gallery.browser.opens(&format!("/doc/{poll}/{page}")).await;
            gallery.browser.prints(&format!("delegate-doc-{page}")).await;
        }
        gallery.browser.presses("Đăng xuất").await;

        gallery.enters("chu.tich").await;
        gallery.walks(Some(Role::Official)).await;
        gallery.closes().await;
    });
}

#[test]
fn what_the_board_of_tellers_and_the_hall_see_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        let (site, council) = (&gallery.site, gallery.council);
        site.has_board(council).await;
        let sealed = site.has_sealed_poll(council).await;
        let poll = sealed.poll;
        site.passes_deck(council, poll).await;
        let form = site.has_deck_batch(council, poll, "kp.an").await;
        let places = [("{poll}", poll.to_string()), ("{form}", form.clone()), ("{batch}", "1".into())];
        gallery.places.extend(places);
        gallery.enters("truong.ban").await;
        gallery.walks(Some(Role::HeadTeller)).await;
        gallery.browser.opens(&format!("/kiem-phieu/{poll}/mo-tap")).await;
        gallery.browser.chooses("Người nhập thứ nhất", "Kiểm Phiếu An").await;
        gallery.browser.chooses("Người nhập thứ hai", "Kiểm Phiếu An").await;
        gallery.browser.presses("Mở tập").await;
        gallery.looks("head_teller-mo-tap-sai").await;
        gallery.browser.chooses("Người nhập thứ hai", "Kiểm Phiếu Bình").await;
        gallery.browser.presses("Mở tập").await;
        gallery.browser.sees("Đã mở tập").await;
        gallery.looks("head_teller-phong").await;
        gallery.browser.presses("Đăng xuất").await;

        gallery.enters("kp.an").await;
        gallery.opens(&format!("/kiem-phieu/{poll}"), "teller-phong").await;
        gallery.opens(&format!("/kiem-phieu/{poll}/{form}/1"), "teller-nhap-phieu").await;
        gallery.browser.presses("Đăng xuất").await;

        gallery.enters("chieu").await;
        gallery.walks(Some(Role::Observer)).await;
        gallery.closes().await;
    });
}
