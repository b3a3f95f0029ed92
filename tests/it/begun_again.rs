//! A vote that was cancelled begins again with what was prepared for it.

use app::counting::day::TypedStep;
use app::preparing::TypedMark;
use axum::http::StatusCode;
use domain::id::PollId;
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;
use store::{logs, polls, releases};

use crate::board::{Board, CLERK, LEADER};
use crate::site::{on_both, typed_task};

/// A misprint is found after the forms are sealed: the vote is called off, begun again, and its forms are sealed again,
/// with nothing typed a second time.
#[test]
fn a_cancelled_vote_begins_again_with_list_board_dossiers_and_dates() {
    on_both(|engine| async move {
        let board = Board::sealed(engine).await;
        let (council, old) = (board.council, board.poll);
        board.site.has_fact(council, typed_task(&board.officials[..1], "Xây trạm y tế"), true).await;
        board.site.has_release(council, old).await;
        let (clerk, leader) = (board.caller(CLERK).await, board.caller(LEADER).await);
        let app = &board.site.app;
        let early = app.begin_again(board.ask(&clerk), old).await.expect_err("not cancelled");
        assert!(early.to_string().contains("chỉ cuộc đã hủy mới bắt đầu lại được"), "{early}");
        let mark = TypedMark { done_on: "2023-11-20".into(), note: "Công văn 12".into() };
        app.mark_deadline(board.ask(&clerk), old, "person_report".into(), 0, mark).await.expect("marked");
        let head = board.caller("truong.ban").await;
        let reason = TypedStep { reason: "Máy in hỏng".into(), ..TypedStep::default() };
        board.two(&head, &leader, ProposalKind::DeckWaived, reason.clone()).await.expect("waived");
        board.two(&clerk, &leader, ProposalKind::PollCancelled, reason).await.expect("cancelled");

        let mut office = board.site.signed_in("mau", CLERK).await;
        let mut chair = board.site.signed_in("mau", LEADER).await;
        let day = office.opens(&format!("/ky/{old}/ngay-bo-phieu")).await;
        assert!(day.text(".warning").contains("đã bị hủy"), "{}", day.html);
        let steps = day.all("ol.tasks h3");
        assert_eq!(steps[0], "Kiểm phiếu thử đã bỏ qua phiếu thử");
        assert!(steps[1..].iter().all(|step| step.ends_with("không làm nữa")), "{steps:?}");
        assert!(day.all("li[aria-current=step]").is_empty() && day.all("ol.tasks a[href*='/buoc/']").is_empty());

        let path = format!("/ky/{old}/bat-dau-lai");
        for page in [format!("/ky/{old}"), format!("/ky/{old}/ngay-bo-phieu")] {
            assert_eq!(office.opens(&page).await.all(&format!("a[href='{path}']")).len(), 1, "{page}");
        }
        let looked = chair.opens(&path).await;
        assert!(looked.all("main form").is_empty(), "the office begins: {}", looked.html);
        assert_eq!(chair.submits(&path, &[]).await.status, StatusCode::FORBIDDEN);
        let page = office.opens(&path).await;
        for told in
            ["Ban kiểm phiếu 7 người", "Danh sách", "in lại và so từng byte", "Mẫu phiếu: chốt lại", "1 việc đã ghi"]
        {
            assert!(page.text("main").contains(told), "{told}: {}", page.text("main"));
        }
        let begun = office.submits(&path, &[]).await;
        assert!(begun.text(".notice").starts_with("Đã bắt đầu lại"), "{}", begun.html);
        let new: PollId = begun.path.split(['/', '?']).nth(2).expect("id").parse().expect("poll");
        assert!(begun.text("main").contains("3 đề xuất đang chờ người khác xác nhận"), "{}", begun.text("main"));
        assert_eq!(begun.all(&format!("main a[href='/ky/{old}']")).len(), 1, "{}", begun.html);

        // The leader confirms what was decided before, one after the other, led from each to the next.
        let mut page = chair.opens(&format!("/ky/{new}/de-xuat")).await;
        for what in ["Phát hành hồ sơ", "Chốt danh sách", "Lập Ban kiểm phiếu"] {
            let own = page.all(".turns .own a");
            assert_eq!(own[0], format!("Xác nhận đề xuất «{what}»"), "{}", page.html);
            let to = page
                .html
                .split("class=\"own\" data-turn")
                .nth(1)
                .expect("own")
                .split('"')
                .find(|part| part.starts_with('/'));
            // The link leads to the proposal on the page of all; it has a page of its own too.
            let proposal = to.expect("a link").replace("#dx-", "/");
            chair.opens(&proposal).await;
            page = chair.submits(&format!("{proposal}/xac-nhan"), &[]).await;
            assert_eq!(page.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.", "{what}: {}", page.html);
        }
        let forms = format!("/ky/{new}/mau-phieu");
        office.opens(&forms).await;
        let proposed = office.submits(&forms, &[]).await;
        let proposal = proposed.path.split('?').next().expect("path").to_owned();
        chair.opens(&proposal).await;
        let sealed = chair.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        assert!(sealed.all(".turns li")[0].contains("kiểm phiếu thử"), "{}", sealed.html);

        let again = app.begin_again(board.ask(&clerk), old).await.expect_err("once");
        assert!(again.to_string().contains("đã được bắt đầu lại"), "{again}");
        assert_eq!(office.opens(&path).await.all(&format!("main a[href='/ky/{new}']")).len(), 1);
        let mut tx = board.site.store.read(council).await.expect("read");
        let [before, after] = [old, new].map(|poll| async move { poll });
        let (before, after) = (before.await, after.await);
        let of = polls::find(&mut tx, after).await.expect("poll").expect("poll");
        assert_eq!(of.state.stage(), Stage::Sealed);
        assert_eq!(
            polls::tellers(&mut tx, after).await.expect("board"),
            polls::tellers(&mut tx, before).await.expect("board")
        );
        let first = logs::of_kinds(&mut tx, of.log, ["poll.created", "poll.created"]).await.expect("log").remove(0);
        let heads = logs::heads(&mut tx).await.expect("heads");
        let origin = heads.iter().find(|log| log.poll == Some(before)).expect("log").head.origin.as_str().to_owned();
        assert!(first.contains(&format!("\"again_of\":\"{origin}\"")), "{first}");
        let hashes = async |tx: &mut store::CouncilTx, poll| {
            let all = releases::dossiers(tx, poll, 1).await.expect("release");
            all.into_iter().map(|dossier| dossier.pdf_sha256).collect::<Vec<_>>()
        };
        let released = hashes(&mut tx, after).await;
        assert!(!released.is_empty());
        assert_eq!(released, hashes(&mut tx, before).await, "the same dossiers, byte for byte");
        drop(tx);
        board.is_held().await;
    });
}

/// What is no longer as it was decided is not proposed as if it were: it is said, and done anew.
#[test]
fn what_has_changed_since_is_not_taken_over_silently() {
    on_both(|engine| async move {
        let board = Board::sealed(engine).await;
        let (clerk, leader) = (board.caller(CLERK).await, board.caller(LEADER).await);
        board.site.has_official(board.council, "Người Mới").await;
        let reason = TypedStep { reason: "In sai".into(), ..TypedStep::default() };
        board.two(&clerk, &leader, ProposalKind::PollCancelled, reason).await.expect("cancelled");
        let page = board.site.app.again_page(&clerk, board.poll).await.expect("page");
        assert!(page.anew.iter().any(|line| line.starts_with("Danh sách: đề xuất lại")), "{page:?}");
        assert!(!page.proposed.iter().any(|line| line.starts_with("Danh sách")), "{page:?}");
        let other = board.caller("kp.an").await;
        assert!(board.site.app.begin_again(board.ask(&other), board.poll).await.is_err());
    });
}
