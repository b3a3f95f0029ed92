//! Counting day as the head of the board sees it, page by page.

use domain::poll::LevelCounts;
use domain::role::Role;

use super::gallery::Gallery;
use super::in_browser;

#[test]
fn the_day_is_looked_at_from_the_test_deck_to_the_minutes() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        let council = gallery.council;
        gallery.site.has_account(council, "truong.ban", "Trần Trưởng Ban", Role::HeadTeller).await;
        gallery.site.has_account(council, "lanh.dao", "Lê Thường Trực", Role::Leader).await;
        let poll = gallery.site.has_sealed_poll(council).await.poll;
        let at = |page: &str| format!("/ky/{poll}/{page}");
        gallery.enters("truong.ban").await;
        for (page, name) in [
            ("ngay-bo-phieu", "ngay-1-da-chot"),
            ("buoc/bo-qua-phieu-thu", "ngay-2-bo-qua-phieu-thu"),
            ("buoc/mo-bo-phieu", "ngay-3-chua-den-luot"),
            ("buoc/huy", "ngay-4-huy"),
        ] {
            gallery.opens(&at(page), name).await;
        }
        let waiver = gallery.site.proposes_a_waiver(council, poll).await;
        gallery.opens(&at("ngay-bo-phieu"), "ngay-5-cho-xac-nhan").await;
        gallery.opens(&at(&format!("de-xuat/{waiver}")), "ngay-6-de-xuat").await;
        gallery.site.opens_the_vote(council, poll).await;
        gallery.opens(&at("so-phieu"), "ngay-7-so-phieu").await;
        let head = gallery.site.somebody(council, Role::HeadTeller);
        let forms = gallery.site.app.account_page(&head, poll).await.expect("forms").lines;
        let form = forms[0].progress.form.id.clone();
        gallery.opens(&at("co-mat"), "ngay-7-co-mat").await;
        gallery.opens(&at(&format!("so-phieu/{form}/phat-ra")), "ngay-8-phat-ra").await;
        gallery.submits("Ghi số phiếu phát ra", &[("Đã in", "60"), ("Phát ra", "61")]).await;
        gallery.browser.sees("Chưa làm được").await;
        gallery.looks("ngay-8-phat-ra-sai").await;
        gallery.submits("Ghi số phiếu phát ra", &[("Phát ra", "47")]).await;
        gallery.opens(&at("so-phieu"), "ngay-8-da-cong-bo").await;
        gallery.browser.opens(&at(&format!("so-phieu/{form}"))).await;
        let wrong = [("Đổi", "1"), ("Chưa dùng", "12"), ("Thu về", "46"), ("Không thu về", "0")];
        gallery.submits("Ghi số phiếu thu về", &wrong).await;
        gallery.browser.sees("Chưa làm được").await;
        gallery.looks("ngay-8-so-phieu-sai").await;
        let counting = gallery.site.takes_announced_back(&head, poll).await;
        gallery.opens(&at("ngay-bo-phieu"), "ngay-9-dang-kiem").await;
        gallery.opens(&at(&format!("buoc/sua-so-phieu?ve={form}")), "ngay-10-sua-so-phieu").await;
        let low = LevelCounts::Rating { high: 19, medium: 3, low: 24 };
        gallery.site.closes_the_count(council, &counting, low).await;
        for (page, name) in [
            ("kiem-lai", "ngay-11-kiem-lai"),
            ("buoc/ghi-ket-qua", "ngay-12-ghi-ket-qua"),
            ("bien-ban", "ngay-13-bien-ban"),
            ("xac-nhan-bang-0", "ngay-14-xac-nhan-bang-0"),
        ] {
            gallery.opens(&at(page), name).await;
        }
        gallery.opens(&at(&format!("kiem-lai/{form}/1")), "ngay-15-kiem-lai-mot-dong").await;
        gallery.closes().await;
    });
}
