//! Diễn tập in the service: a vote that is begun as one says so on every page and on every paper, goes the whole way, and is
//! never public.

use app::preparing::TypedPlan;
use app::service::app::Ask;
use app::trail::{verify, verify_db};
use axum::http::StatusCode;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Stage;
use domain::role::Role;
use store::polls;

use crate::office::{Office, pages};
use crate::outcome::has;
use crate::site::{Engine, RETURNED, Site, Visitor, on_both, sample_plan};
use crate::store_verify::keys;

/// Every page of this paper says what it is.
fn says_rehearsal(name: &str, pdf: &[u8]) {
    assert!(pdf.starts_with(b"%PDF"), "{name}");
    let office = Office::new();
    let file = office.path("paper.pdf");
    std::fs::write(&file, pdf).expect("file");
    for (number, page) in (1..).zip(pages(&file)) {
        assert!(page.contains("DIỄN TẬP"), "{name}, page {number}: {page}");
    }
}

async fn begun(site: &Site, council: CouncilId, purpose: &str) -> PollId {
    let clerk = site.somebody(council, Role::Clerk);
    let ask = Ask { caller: &clerk, request: site.app.new_request().expect("request") };
    let plan = TypedPlan { purpose: purpose.to_owned(), ..sample_plan() };
    site.app.begin_preparation(ask, plan).await.expect("begun").poll
}

async fn opens_all(visitor: &mut Visitor, poll: PollId, paths: &[&str]) {
    for path in paths {
        let page = visitor.opens(&path.replace("{poll}", &poll.to_string())).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
        assert!(page.text("p.trial").starts_with("DIỄN TẬP"), "{path}: {}", page.html);
    }
}

#[test]
fn a_rehearsal_says_so_on_every_page_and_paper_and_its_delegates_may_be_simulated() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        for (login, name, role) in [
            ("van.phong", "Đỗ Quỳnh Nữ", Role::Clerk),
            ("lanh.dao", "Phạm Thường Trực", Role::Leader),
            ("truong.ban", "Ngô Trưởng Ban", Role::HeadTeller),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let (_, delegates) = site.has_sample_roster(council).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        let offer = clerk.opens("/ky/moi").await;
        assert_eq!(offer.all("#purpose label").len(), 3, "{}", offer.html);
        let poll = begun(&site, council, "simulated").await;
        site.seals(council, poll, &delegates).await;
        let preparing = ["", "/danh-sach", "/ban-kiem-phieu", "/mau-phieu", "/thoi-han", "/doi-tuong", "/de-xuat"];
        let preparing: Vec<String> = preparing.iter().map(|page| format!("/ky/{{poll}}{page}")).collect();
        opens_all(&mut clerk, poll, &preparing.iter().map(String::as_str).collect::<Vec<_>>()).await;

        site.opens_the_vote(council, poll).await;
        let counting = site.takes_ballots_back(council, poll).await;
        let mut head = site.signed_in("mau", "truong.ban").await;
        let day = head.opens(&format!("/ky/{poll}/ngay-bo-phieu")).await;
        assert_eq!(day.all("form[action$=mo-phong] button"), ["Mô phỏng kiểm phiếu"], "{}", day.html);
        let done = head.submits(&format!("/ky/{poll}/mo-phong"), &[]).await;
        assert_eq!(done.text(".notice"), "Đã lưu.", "{}", done.html);
        site.closes_counting(council, poll).await;
        site.declares(council, poll).await;
        let minutes = site.signs_minutes(council, poll).await;
        has(&crate::outcome::words(&minutes), &["phiếu do chương trình mô phỏng", "không ký, không công bố"]);
        site.publishes(council, poll).await;
        opens_all(&mut head, poll, &["/ky/{poll}/ngay-bo-phieu", "/ky/{poll}/ket-qua", "/ky/{poll}/giay-to"]).await;
        opens_all(&mut head, poll, &["/kiem-phieu/{poll}", "/kiem-phieu/{poll}/chieu-ket-qua", "/may-chieu/{poll}"])
            .await;

        let form = &counting.forms[0].0;
        for paper in [
            "danh-sach/danh-sach.pdf".to_owned(),
            "thoi-han/thoi-han.pdf".to_owned(),
            format!("mau-phieu/{form}.pdf"),
            format!("phieu-thu/{form}.pdf"),
            format!("phieu-dem-tay/{form}.pdf"),
            "giay-to/bao-cao-kiem-thu.pdf".to_owned(),
            "giay-to/bien-ban-so-lieu-bang-0.pdf".to_owned(),
            "giay-to/bien-ban-kiem-phieu.pdf".to_owned(),
            "giay-to/cong-bo-ket-qua.pdf".to_owned(),
            "giay-to/nghi-quyet.pdf".to_owned(),
            "giay-to/thong-bao.pdf".to_owned(),
        ] {
            let answer = clerk.opens(&format!("/ky/{poll}/{paper}")).await;
            says_rehearsal(&paper, &answer.bytes);
        }

        // Nobody outside ever sees it; the bundle says what it is, and the log has two readers for every pile.
        let mut leader = site.signed_in("mau", "lanh.dao").await;
        let page = leader.opens(&format!("/ky/{poll}/ket-qua")).await;
        assert!(page.all("form[action$=cong-khai]").is_empty(), "{}", page.html);
        let zip = leader.opens(&format!("/ky/{poll}/giay-to/goi-kiem-chung.zip")).await.bytes;
        let file = site.database.folder().join("dien-tap.zip");
        std::fs::write(&file, zip).expect("file");
        let report = verify::bundle(&file, None).expect("a bundle").unwrap_or_else(|e| panic!("{e}")).to_string();
        has(&report, &["gói DIỄN TẬP", &format!("tổng {} phiếu thu về", RETURNED * 2)]);
        assert!(!report.contains("hạt giống công khai"), "{report}");
        verify_db::database(&site.database.target(), Some(&keys())).await.expect("read").expect("the records hold");
    });
}

#[test]
fn a_real_vote_has_no_made_up_ballots_and_a_rehearsal_with_paper_neither() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "truong.ban", "Ngô Trưởng Ban", Role::HeadTeller).await;
        let (_, delegates) = site.has_sample_roster(council).await;
        let mut head = site.signed_in("mau", "truong.ban").await;
        site.attests_all(council, &sample_plan().ruleset).await;
        for purpose in ["", "real", "rehearsal"] {
            let poll = begun(&site, council, purpose).await;
            site.seals(council, poll, &delegates).await;
            site.opens_the_vote(council, poll).await;
            site.takes_ballots_back(council, poll).await;
            let day = head.opens(&format!("/ky/{poll}/ngay-bo-phieu")).await;
            assert_eq!(day.all("p.trial").len(), usize::from(purpose == "rehearsal"), "{}", day.html);
            assert!(day.all("form[action$=mo-phong]").is_empty());
            let caller = site.somebody(council, Role::HeadTeller);
            let ask = Ask { caller: &caller, request: site.app.new_request().expect("request") };
            let refused = site.app.simulate_count(ask, poll).await.expect_err("people vote here").to_string();
            assert!(refused.contains("đại biểu mô phỏng"), "{refused}");
        }
    });
}

/// In the database of a demo nothing begins that could pass for a real vote.
#[tokio::test]
async fn in_a_demo_every_vote_is_a_rehearsal() {
    let (site, council) = Site::with_council(Engine::Sqlite).await;
    let clerk = site.somebody(council, Role::Clerk);
    let demo = site.app.clone().of_demo();
    let offer = demo.plan_offer(&clerk).await.expect("offer");
    assert_eq!(offer.purposes.iter().map(|purpose| purpose.code()).collect::<Vec<_>>(), ["rehearsal", "simulated"]);
    for purpose in ["", "real", "rehearsal", "simulated"] {
        let ask = Ask { caller: &clerk, request: demo.new_request().expect("request") };
        let plan = TypedPlan { purpose: purpose.to_owned(), ..sample_plan() };
        let poll = demo.begin_preparation(ask, plan).await.expect("begun").poll;
        let mut tx = site.store.read(council).await.expect("read");
        let stored = polls::find(&mut tx, poll).await.expect("poll").expect("poll");
        let created = &stored.state.poll().created;
        assert_eq!((created.rehearsal, created.simulated), (true, purpose == "simulated"), "{purpose}");
        assert_eq!(stored.state.stage(), Stage::Created);
    }
}
