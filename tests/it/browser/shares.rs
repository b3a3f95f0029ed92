//! The shares of a board: a member takes one, and two give theirs at the close.

use app::counting::day::TypedStep;
use domain::proposal::ProposalKind;

use super::{Browser, DESKTOP, NARROW, TABLET, in_browser, serve};
use crate::board::LEADER;
use crate::shares::{batch, opens, takes, zeroed};
use crate::site::{Engine, PASSWORD};

/// The page that is open fits every screen, and everybody can use it.
async fn looks(browser: &mut Browser, name: &str) {
    for screen in [NARROW, TABLET, DESKTOP] {
        browser.turns_to(screen).await;
        assert!(browser.overflowing().await.is_empty(), "{name} {}: {:?}", screen.name, browser.overflowing().await);
        browser.screenshot(screen, name).await;
    }
    assert!(browser.axe().await.is_empty(), "{name}: {:?}", browser.axe().await);
}

#[test]
fn a_share_is_taken_written_down_and_given_at_the_close() {
    in_browser(async {
        let board = zeroed(Engine::Sqlite).await;
        let (poll, name) = (board.poll, board.site.name(board.council).await);
        let address = serve(&board.site).await;
        let mut member = Browser::at(&address, DESKTOP).await;
        member.signs_in(&name, "kp.an", PASSWORD).await;
        member.sees("Chào").await;
        let path = format!("/ky/{poll}/manh-khoa");
        member.opens(&path).await;
        looks(&mut member, "manh-khoa-1-chua-nhan").await;
        member.presses("Nhận mảnh khóa").await;
        member.sees("Mảnh khóa dưới đây chỉ hiện một lần").await;
        let own = member.runs("return document.querySelector('#own-share').textContent.trim();").await;
        let own = own.as_str().expect("a share").to_owned();
        looks(&mut member, "manh-khoa-2-da-nhan").await;
        member.opens(&path).await;
        looks(&mut member, "manh-khoa-3-thu").await;
        member.closes().await;

        let other = takes(&board, "kp.binh").await.expect("a share");
        opens(&board).await.expect("opened");
        let head = board.caller("truong.ban").await;
        for (form, lines) in &board.site.takes_ballots_back_as(&head, poll).await.forms {
            board.commits("kp.an", batch(&board, form, *lines, 3).await).await.expect("a batch");
        }
        let (app, kind) = (&board.site.app, ProposalKind::CountingClosed);
        let id = app.propose_step(board.ask(&head), poll, kind, &TypedStep::default()).await.expect("close");
        let mut leader = Browser::at(&address, DESKTOP).await;
        leader.signs_in(&name, LEADER, PASSWORD).await;
        leader.sees("Chào").await;
        leader.opens(&format!("/ky/{poll}/de-xuat/{id}")).await;
        leader.types("Mảnh khóa thứ nhất", &own).await;
        leader.types("Mảnh khóa thứ hai", &own).await;
        leader.presses("Xác nhận").await;
        leader.sees("hãy nhập mảnh của một thành viên khác").await;
        looks(&mut leader, "manh-khoa-4-dong").await;
        leader.types("Mảnh khóa thứ nhất", &own).await;
        leader.types("Mảnh khóa thứ hai", &other).await;
        leader.presses("Xác nhận").await;
        leader.sees("Đã xác nhận").await;
        leader.closes().await;
    });
}
