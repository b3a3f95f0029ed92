//! Pages that draw themselves anew in a real browser: what stands on them changes without a reload, nobody's typing is lost,
//! and the head of the board hears whose turn it is.

use app::counting::day::TypedStep;
use app::service::app::Ask;
use domain::proposal::ProposalKind;
use domain::role::Role;
use serde_json::json;

use super::{Browser, DESKTOP, NARROW, TABLET, in_browser, serve};
use crate::counting::{Hall, pile};
use crate::site::{Engine, PASSWORD};

const COUNCIL: &str = "Hội đồng nhân dân tỉnh Mẫu";

/// Counts tones in place of playing them; asked before the first key, when the page makes its sounds.
const LISTENS: &str = "window.tones = 0; window.kept = true; window.AudioContext = class { currentTime = 0; \
     createOscillator() { return { frequency: {}, connect() {}, start() { window.tones += 1; }, stop() {} }; } };";

async fn sits_down(address: &str, login: &str, path: &str) -> Browser {
    let mut browser = Browser::at(address, DESKTOP).await;
    browser.signs_in(COUNCIL, login, PASSWORD).await;
    browser.sees("Chào").await;
    browser.opens(path).await;
    browser
}

#[test]
fn the_room_follows_the_table_and_calls_the_head() {
    in_browser(async {
        let mut hall = Hall::counting(Engine::Sqlite, &[3], &[10]).await;
        let address = serve(&hall.site).await;
        let (room, batch) = (hall.room(), hall.batch(1));
        let mut head = sits_down(&address, "truong.ban", &room).await;
        let mut an = sits_down(&address, "kp.an", &room).await;
        for browser in [&mut head, &mut an] {
            browser.runs(LISTENS).await;
            browser.keys_to_page("x").await;
        }
        an.sees("Chờ Trưởng ban mở tập để kiểm").await;
        hall.opens("1", "10", "marks").await;
        an.sees("Nhập tập 1").await;
        head.sees("Chờ Kiểm Phiếu An và Kiểm Phiếu Bình nhập tập 1").await;
        an.screenshot(DESKTOP, "song-1-phong-thanh-vien").await;
        head.screenshot(DESKTOP, "song-2-phong-truong-ban").await;
        head.screenshot(NARROW, "song-2-phong-truong-ban").await;
        head.turns_to(DESKTOP).await;

        let good = ["120"; 10];
        let mut other = good;
        other[6] = "110";
        hall.an.keys(&batch, "entry", &pile(&good)).await;
        head.sees("Chờ Kiểm Phiếu Bình nhập tập 1").await;
        hall.binh.keys(&batch, "entry", &pile(&other)).await;
        let line = |keys: &str| json!([{ "paper": 7, "reason": null, "lines": [2], "keys": keys }]);
        hall.an.keys(&batch, "again", &line("2")).await;
        hall.binh.keys(&batch, "again", &line("1")).await;
        head.sees("Quyết định phiếu số 7 của tập 1").await;
        head.screenshot(DESKTOP, "song-3-den-luot-truong-ban").await;
        assert_eq!(head.runs("return [window.tones, window.kept];").await, json!([1, true]), "one tone, and no reload");
        assert_eq!(an.runs("return [window.tones, window.kept];").await, json!([0, true]), "a teller's room is silent");
        assert!(head.axe().await.is_empty(), "{:?}", head.axe().await);

        // A line that breaks is opened again, and what happened meanwhile is there.
        head.goes_offline(true).await;
        hall.head.keys(&batch, "decide", &line("2")).await;
        head.goes_offline(false).await;
        head.sees("Đề xuất đóng kiểm phiếu").await;
        assert_eq!(head.runs("return window.kept;").await, true);
        for browser in [head, an] {
            browser.closes().await;
        }
    });
}

#[test]
fn whoever_types_keeps_what_they_typed_and_is_told_that_there_is_something_new() {
    in_browser(async {
        let hall = Hall::counting(Engine::Sqlite, &[3], &[10]).await;
        let (site, council, poll) = (&hall.site, hall.council, hall.day.poll);
        site.has_account(council, "lanh.dao", "Lê Thường Trực", Role::Leader).await;
        let head = site.account_caller(council, "truong.ban").await;
        let proposes = async |kind| {
            let ask = Ask { caller: &head, request: site.app.new_request().expect("request") };
            let typed = TypedStep { reason: "Mất điện".into(), ..TypedStep::default() };
            site.app.propose_step(ask, poll, kind, &typed).await.expect("proposed")
        };
        let address = serve(site).await;
        let mut list = sits_down(&address, "lanh.dao", &format!("/ky/{poll}/de-xuat")).await;
        let proposal = proposes(ProposalKind::PollCancelled).await;
        list.sees("Xác nhận đề xuất «Hủy cuộc bỏ phiếu»").await;
        list.sees("Xác nhận đúng nội dung hiện ở trên").await;
        list.screenshot(DESKTOP, "song-4-de-xuat").await;

        let mut page = sits_down(&address, "lanh.dao", &format!("/ky/{poll}/de-xuat/{proposal}")).await;
        page.types("Lý do không chấp nhận", "Chưa hỏi").await;
        let ask = Ask { caller: &head, request: site.app.new_request().expect("request") };
        site.app.withdraw(ask, poll, proposal).await.expect("withdrawn");
        page.waits_for("return document.querySelector('[data-changed]').textContent === 'Có thay đổi: tải lại';").await;
        let typed = page.runs("return document.querySelector('textarea').value;").await;
        assert_eq!(typed, "Chưa hỏi");
        page.screenshot(TABLET, "song-5-co-thay-doi").await;
        page.presses("tải lại").await;
        page.sees("đã rút").await;
        list.sees("đã rút").await;
        for browser in [list, page] {
            browser.closes().await;
        }
    });
}
