//! Opening the vote: quorum and day, and what the papers then tell.

use std::collections::BTreeMap;

use app::polls::CountedBatch;
use app::trail::{BundleKind, verify};
use axum::http::StatusCode;
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::Stage;
use domain::role::Role;
use store::{logs, polls};

use crate::hall::Hall;
use crate::outcome::words;
use crate::poll_state::by_two;
use crate::site::{GOLDEN, Site, golden, on_both};

/// 40 of 60 are a quorum; the sample was planned for 07/12/2023, and nobody opened it then.
#[test]
fn a_vote_without_quorum_or_on_another_day_is_opened_by_two_who_say_why_and_the_minutes_tell_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.passes_deck(council, poll).await;
        let mut hall = Hall::with(site, council, poll).await;

        let zero = hall.path("xac-nhan-bang-0");
        hall.head.opens(&zero).await;
        hall.head.submits(&zero, &[]).await;
        let path = hall.path("buoc/mo-bo-phieu");
        let page = hall.head.opens(&path).await;
        assert!(page.text(".findings").contains("không phải ngày bỏ phiếu đã định (07/12/2023)"), "{}", page.html);
        let refused = hall.head.submits(&path, &[("present", "39")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
        let errors = refused.all("#problems li").join(" ");
        assert!(errors.contains("Có mặt 39 trên 60 đại biểu, chưa đủ ít nhất 2/3"), "{errors}");
        assert!(errors.contains("07/12/2023"), "{errors}");

        // The sitting was put off: two people move the vote, to a day that the plan allows.
        let move_path = hall.path("buoc/chuyen-ngay");
        for (day, reason) in [("07/12/2023", "Bão"), ("08/12/2023", " "), ("01/01/2035", "Bão"), ("mai", "Bão")] {
            hall.head.opens(&move_path).await;
            let wrong = hall.head.submits(&move_path, &[("day", day), ("reason", reason)]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{day} {reason}: {}", wrong.html);
        }
        hall.two("chuyen-ngay", &[("day", "08/12/2023"), ("reason", "Bão số 5")]).await;
        let page = hall.head.opens(&path).await;
        assert!(page.text(".findings").contains("đã định (08/12/2023)"), "{}", page.html);

        // Whoever confirms reads what is missing, the article, and why it is opened all the same.
        let proposal = hall.proposes("mo-bo-phieu", &[("present", "39"), ("reason", "Đường ngập <b>")]).await;
        let seen = hall.leader.opens(&proposal).await.text("main");
        for told in
            ["ít nhất 40 người có mặt", "chưa đủ ít nhất 2/3", "Đường ngập <b>", "Luật số 72/2025/QH15, Điều 34"]
        {
            assert!(seen.contains(told), "{told}: {seen}");
        }
        hall.leader.opens(&proposal).await;
        hall.leader.submits(&format!("{proposal}/khong-chap-nhan"), &[("note", "Chờ đủ người")]).await;
        hall.two("mo-bo-phieu", &[("present", "48"), ("reason", "Kỳ họp lùi ngày")]).await;
        assert_eq!(hall.stage().await, Stage::Voting);
        let late = hall.head.opens(&move_path).await;
        assert!(late.text(".warning").contains("đang bỏ phiếu"), "{}", late.html);

        let mut tx = hall.site.store.read(council).await.expect("read");
        let log = polls::find(&mut tx, poll).await.expect("poll").expect("poll").log;
        let told = logs::of_kinds(&mut tx, log, ["voting.opened", "poll.moved"]).await.expect("log");
        drop(tx);
        assert!(told[0].contains("Bão số 5") && told[1].contains("\"quorum\":40"), "{told:?}");

        // The papers tell the day on which it happened.
        hall.site.counts_all(council, poll, golden).await;
        hall.site.closes_counting(council, poll).await;
        hall.site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        hall.site.declares(council, poll).await;
        let minutes = hall.leader.opens(&hall.path("giay-to/bien-ban-kiem-phieu.pdf")).await;
        let minutes = words(&minutes.bytes);
        for told in [
            "Hôm nay, ngày 01 tháng 12 năm 2026,",
            "Ngày bỏ phiếu được chuyển từ 07/12/2023 sang 08/12/2023. Lý do: Bão số 5.",
            "Vẫn mở bỏ phiếu trong khi ngày bỏ phiếu đã định là 08/12/2023. Lý do: Kỳ họp lùi ngày.",
            "Hai người đọc",
        ] {
            assert!(minutes.contains(told), "{told}: {minutes}");
        }
        assert!(!minutes.contains("ngày 07 tháng 12 năm 2023"), "{minutes}");
        assert_eq!(minutes.matches("47 C; D").count(), 2, "both readers of the one pile of each form: {minutes}");
    });
}

/// 48 opened the vote, a 49th comes late and takes a ballot: no false figure, and no vote that is called off.
#[test]
fn who_comes_late_takes_a_ballot_and_a_wrong_number_is_put_right_by_two() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let mut hall = Hall::with(site, council, poll).await;
        let page = hall.path("co-mat");
        assert!(hall.clerk.opens(&page).await.text(".empty").contains("mở bỏ phiếu"));
        hall.site.opens_the_vote(council, poll).await;

        let (change, reason) = (("change", "arrived"), ("reason", "Đại biểu A đến muộn <b>"));
        for wrong in [
            [change, ("number", "13"), reason],
            [change, ("number", "0"), reason],
            [change, ("number", "1"), ("reason", " ")],
        ] {
            hall.clerk.opens(&page).await;
            let refused = hall.clerk.submits(&page, &wrong).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}: {}", refused.html);
            assert_eq!(refused.all("#problems li").len(), 1, "{wrong:?}: {}", refused.html);
        }
        hall.clerk.opens(&page).await;
        let saved = hall.clerk.submits(&page, &[change, ("number", "1"), reason]).await;
        assert_eq!(saved.text(".notice"), "Đã lưu.", "{}", saved.html);
        assert!(saved.text(".facts").contains("49 trên 60"), "{}", saved.html);
        assert!(saved.text("tbody").contains("muộn <b>") && !saved.html.contains("muộn <b>"), "{}", saved.html);
        // The chair reads it, and writes nothing down there.
        let seen = hall.leader.opens(&page).await;
        assert!(seen.all("form[action$=co-mat]").is_empty(), "{}", seen.html);
        assert_eq!(hall.leader.submits(&page, &[]).await.status, StatusCode::FORBIDDEN);
        hall.head.opens(&page).await;
        hall.head.submits(&page, &[("change", "left"), ("number", "1"), ("reason", "Ốm")]).await;

        // The number at the opening was typed wrong by one: nobody puts that right alone.
        let step = hall.path("buoc/sua-so-co-mat");
        let typed = hall.head.opens(&step).await;
        for (field, stands) in [("opened", "48"), ("attended", "49"), ("now", "48")] {
            let filled = typed.all(&format!("input[name={field}][value='{stands}']"));
            assert_eq!(filled.len(), 1, "{field}: {}", typed.html);
        }
        let wrong = [("opened", "50"), ("attended", "49"), ("now", "48"), ("reason", "Đếm nhầm")];
        let refused = hall.head.submits(&step, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
        let right = [("opened", "47"), ("attended", "48"), ("now", "47"), ("reason", "Đếm nhầm một người")];
        let proposal = hall.proposes("sua-so-co-mat", &right).await;
        let shown = hall.leader.opens(&proposal).await;
        let [before, after] = [shown.all("del"), shown.all("ins")];
        assert_eq!(before, ["48", "49", "48"], "{}", shown.html);
        assert_eq!(after, ["47", "48", "47"], "{}", shown.html);
        hall.confirms(&proposal).await;
        hall.site.counts_all(council, poll, golden).await;
        hall.site.closes_counting(council, poll).await;
        hall.site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        hall.site.declares(council, poll).await;
        let minutes = words(&hall.leader.opens(&hall.path("giay-to/bien-ban-kiem-phieu.pdf")).await.bytes);
        for told in [
            "tổng số đại biểu đã có mặt là 48, số có mặt khi kiểm phiếu xong là 47",
            "1 đại biểu đến",
            "Đại biểu A đến muộn",
            "1 đại biểu rời phòng",
            "Đếm nhầm một người. Người đề",
        ] {
            assert!(minutes.contains(told), "{told}: {minutes}");
        }
        let closed = hall.head.opens(&page).await;
        assert!(closed.text(".notice").contains("Đã đóng kiểm phiếu"), "{}", closed.html);
    });
}

/// On the day the only official of a block withdrew, and nobody received that block's ballot.
#[test]
fn a_form_that_nobody_received_is_void_and_the_other_forms_have_their_result() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.opens_the_vote(council, poll).await;
        let mut hall = Hall::with(site, council, poll).await;
        let site = &hall.site;
        let head = site.somebody(council, Role::HeadTeller);
        let forms = polls::forms(&mut site.store.read(council).await.expect("read"), poll).await.expect("forms");
        let [first, second] = forms.as_slice() else { panic!("two forms") };
        for (progress, issued) in [(first, 0), (second, 47)] {
            let papers = IssuedPapers { issued, printed: 60 };
            let id = progress.form.id.clone();
            site.app.issue_ballots(site.hand(&head), poll, id, papers).await.expect("issued");
        }
        for (progress, returned) in [(first, 0), (second, 47)] {
            let account = BallotAccount::plain(60, returned, returned);
            let id = progress.form.id.clone();
            site.app.record_ballots(site.hand(&head), poll, id, account).await.expect("ballots");
        }
        let lines = usize::try_from(second.form.lines).expect("few");
        let mut counts = BatchCounts { papers: 47, ..BatchCounts::zero(PollKind::Rating, lines) };
        counts.lines.fill(LevelCounts::Rating { high: 40, medium: 7, low: 0 });
        let batch = CountedBatch { form: second.form.id.clone(), batch: 1, counts, read: by_two() };
        site.commits(council, poll, batch).await;

        let closing = hall.proposes("dong-kiem-phieu", &[]).await;
        assert!(hall.leader.opens(&closing).await.text("main").contains("không có phiếu nào thu về"));
        hall.confirms(&closing).await;
        hall.two("ghi-ket-qua", &[]).await;
        let void = "Không có phiếu nào được phát; mẫu phiếu này không có kết quả.";
        let page = hall.clerk.opens(&hall.path("ket-qua")).await;
        assert_eq!(page.all("section > p.notice"), [void], "{}", page.html);
        assert_eq!(page.all("table.result").len(), 1, "{}", page.html);
        let minutes = words(&hall.leader.opens(&hall.path("giay-to/bien-ban-kiem-phieu.pdf")).await.bytes);
        assert_eq!(minutes.matches(void).count(), 1, "{minutes}");
        let json = hall.clerk.opens(&hall.path("ket-qua/ket-qua.json")).await.html;
        assert_eq!(
            (json.matches("\"void\": true").count(), json.matches("\"band\": \"none\"").count()),
            (1, lines),
            "{json}"
        );

        // The papers of those who withdrew say the same, and the bundle recomputes the result.
        hall.site.signs_minutes(council, poll).await;
        let notices = words(&hall.leader.opens(&hall.path("giay-to/thong-bao.pdf")).await.bytes);
        assert_eq!(notices.matches(void).count(), usize::try_from(first.form.lines).expect("few"), "{notices}");
        let resolution = words(&hall.leader.opens(&hall.path("giay-to/nghi-quyet.pdf")).await.bytes);
        assert!(resolution.contains(void), "{resolution}");
        hall.site.publishes(council, poll).await;
        let out = hall.site.database.folder().join("bundle");
        let clerk = hall.site.somebody(council, Role::Clerk);
        hall.site
            .app
            .write_bundle(hall.site.hand(&clerk), (poll, BundleKind::Public), &out, &BTreeMap::new())
            .await
            .expect("bundle");
        verify::bundle(&out, None).expect("a bundle").unwrap_or_else(|e| panic!("{e}"));
    });
}
