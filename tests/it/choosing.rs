//! What a line that is marked wrongly costs in a vote of the Party: the text can be read two ways, and the board of tellers
//! chooses before the forms are sealed, once, by two people.

use app::preparing::{TypedChoice, TypedPlan};
use app::service::app::Ask;
use app::trail::verify_db::database;
use axum::http::StatusCode;
use domain::council::CouncilKind;
use domain::id::{CouncilId, PollId};
use domain::poll::LevelCounts;
use domain::role::Role;
use domain::rules::{BadLineCosts, load};
use store::polls;

use crate::paper_text::words;
use crate::site::{RETURNED, Site, on_both, sample_board, sample_plan};
use crate::store_verify::keys;

const RULES: &str = "QD96-TW-2023";

/// Counted to the end, with no line near a threshold: what was chosen stands in the minutes.
async fn the_minutes_print_it(site: &Site, council: CouncilId, poll: PollId) {
    site.opens_the_vote(council, poll).await;
    site.counts_all(council, poll, |_| LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 }).await;
    site.closes_counting(council, poll).await;
    site.declares(council, poll).await;
    let minutes = words(&site.proposes_minutes(council, poll).await.1);
    let told = "Ban kiểm phiếu chọn trước khi kiểm phiếu; áp dụng cho cả cuộc: dòng bỏ trống hoặc đánh dấu từ hai ô trở lên: cả \
                phiếu không hợp lệ (";
    assert!(minutes.contains(told), "{minutes}");
}

#[test]
fn the_board_of_a_party_vote_chooses_how_a_spoiled_line_is_read_before_its_forms_are_sealed() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let operator = site.actor_of_operator().await;
        let council = site.found_of(&operator, "dang", "Đảng bộ tỉnh Mẫu", CouncilKind::PartyCommittee).await;
        for (login, name, role) in [
            ("van.phong", "Đỗ Quỳnh Nữ", Role::Clerk),
            ("thuong.truc", "Phạm Thường Trực", Role::Leader),
            ("truong.ban", "Trần Trưởng Ban", Role::HeadTeller),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let (_, delegates) = site.has_sample_roster(council).await;
        site.attests_all(council, RULES).await;
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| site.somebody(council, role));
        let ask = |caller| Ask { caller, request: site.app.new_request().expect("request") };
        let plan = TypedPlan { ruleset: RULES.into(), ..sample_plan() };
        let poll = site.app.begin_preparation(ask(&clerk), plan).await.expect("begun").poll;
        let early = TypedChoice { costs: "ballot".into(), decision: "Biên bản họp".into() };
        let refused = site.app.propose_bad_line(ask(&clerk), poll, early.clone()).await.expect_err("no board");
        assert!(refused.to_string().contains("Ban kiểm phiếu"), "{refused}");
        site.lists_and_appoints(council, poll, sample_board(&delegates)).await;

        // Everything is attested, and still the forms wait for the board.
        let refused = site.app.propose_forms(ask(&clerk), poll).await.expect_err("no choice").to_string();
        assert!(refused.contains("Ban kiểm phiếu chưa chọn"), "{refused}");
        let choice = format!("/ky/{poll}/dong-ghi-sai");
        let mut office = site.signed_in("dang", "van.phong").await;
        let forms = office.opens(&format!("/ky/{poll}/mau-phieu")).await;
        assert!(forms.html.contains(&choice) && forms.text(".warning").contains("chưa chọn"), "{}", forms.html);
        let overview = office.opens(&format!("/ky/{poll}")).await;
        assert!(overview.html.contains(&choice), "{}", overview.html);

        let mut head = site.signed_in("dang", "truong.ban").await;
        let page = head.opens(&choice).await;
        assert!(page.text("main").contains("Điều 6.3"), "{}", page.html);
        let bare = head.submits(&choice, &[]).await;
        assert_eq!((bare.status, bare.all(".problems li").len()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
        let decision = "Biên bản họp Ban kiểm phiếu ngày 06/12/2023";
        let sent = head.submits(&choice, &[("costs", "ballot"), ("decision", decision)]).await;
        let proposal = sent.path.split('?').next().expect("a path").to_owned();
        assert_eq!(sent.all("main form button"), ["Rút đề xuất"], "nobody chooses alone: {}", sent.html);
        assert!(head.opens(&choice).await.text(".notice").contains("đang chờ xác nhận"));
        let mut other = site.signed_in("dang", "thuong.truc").await;
        let page = other.opens(&proposal).await;
        let text = page.text("main");
        assert!(text.contains("cả phiếu không hợp lệ") && text.contains(decision), "{text}");
        let done = other.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.html);
        let page = head.opens(&choice).await;
        assert!(page.text(".notice").contains("Ban kiểm phiếu đã chọn: cả phiếu không hợp lệ"), "{}", page.html);
        let again = site.app.propose_bad_line(ask(&clerk), poll, early).await.expect_err("chosen").to_string();
        assert!(again.contains("chỉ chọn một lần"), "{again}");

        // What the office says of a rule later leaves the choice as it is.
        site.accepts(council, RULES, "percent").await;
        site.takes_rules_over(council, poll).await;
        let text = polls::ruleset_text(&mut site.store.read(council).await.expect("read"), poll).await.expect("text");
        let frozen = load("ruleset.toml", &text.expect("text")).expect("rules");
        let reading = frozen.bad_line.as_ref().expect("a rule").value;
        assert_eq!((reading.costs, reading.is_chosen), (BadLineCosts::Ballot, true));
        let form = site.app.forms_page(&clerk, poll).await.expect("forms").forms.remove(0);
        let paper = site.app.form_paper(&clerk, poll, &form.id).await.expect("a form");
        assert!(words(&paper.bytes).contains("đánh dấu từ hai ô trở lên là phiếu không hợp lệ"));
        let sealing = site.app.propose_forms(ask(&clerk), poll).await.expect("proposed");
        site.app.confirm(ask(&leader), poll, sealing).await.expect("sealed");
        the_minutes_print_it(&site, council, poll).await;
        let report = database(&site.database.target(), Some(&keys())).await.expect("database");
        report.unwrap_or_else(|e| panic!("{e}"));
    });
}
