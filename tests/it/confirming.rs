//! What whoever confirms a step sees above the button: the thing itself, and no button where it is not there any more.

use app::counting::day::{TypedStep, proposers};
use app::preparing::TypedDecision;
use app::service::app::Ask;
use axum::http::StatusCode;
use domain::audit::Digest;
use domain::id::{CouncilId, PollId};
use domain::poll::LevelCounts;
use domain::proposal::ProposalKind;
use domain::role::Role;

use crate::outcome::{has, words};
use crate::site::{Answer, GOLDEN, Site, Visitor, golden, on_both};
use crate::store_verify::without_triggers;

/// Keyed one ballot off.
fn slipped(name: &str) -> LevelCounts {
    match name {
        GOLDEN => LevelCounts::Rating { high: 20, medium: 2, low: 24 },
        other => golden(other),
    }
}

/// A leader who reads proposals.
struct Reader {
    site: Site,
    council: CouncilId,
    poll: PollId,
    leader: Visitor,
}

impl Reader {
    async fn of(site: Site, council: CouncilId) -> Self {
        site.has_account(council, "thuong.truc", "Lê Thường Trực", Role::Leader).await;
        let poll = site.has_sealed_poll(council).await.poll;
        let leader = site.signed_in("mau", "thuong.truc").await;
        Self { site, council, poll, leader }
    }

    /// Somebody proposes a step; its address.
    async fn proposed(&self, kind: ProposalKind, typed: &TypedStep) -> String {
        let one = self.site.somebody(self.council, proposers(kind)[0]);
        let ask = Ask { caller: &one, request: self.site.app.new_request().expect("request") };
        let id = self.site.app.propose_step(ask, self.poll, kind, typed).await.expect("proposed");
        format!("/ky/{}/de-xuat/{id}", self.poll)
    }

    async fn confirms(&mut self, proposal: &str) {
        self.leader.opens(proposal).await;
        let done = self.leader.submits(&format!("{proposal}/xac-nhan"), &[]).await;
        assert_eq!(done.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.", "{}", done.html);
    }

    async fn two(&self, kind: ProposalKind, typed: TypedStep) {
        self.site.two(self.council, self.poll, kind, typed).await.expect("taken");
    }
}

fn may_confirm(page: &Answer) -> bool {
    !page.all("form[action$=xac-nhan]").is_empty()
}

/// The page of a result says what the result page says.
fn shows_the_result(page: &Answer) {
    let rows = page.all("table.result tbody tr");
    let row = rows.iter().find(|row| row.contains("Bà Bùi Thị H")).unwrap_or_else(|| panic!("{}", page.html));
    has(
        row,
        &["Chủ tịch UBND tỉnh", "19 40,43%", "2 4,26%", "25 53,19%", "quá nửa đến dưới hai phần ba", "vượt 1 phiếu"],
    );
    let told = page.text("main");
    has(&told, &["sát mức “quá nửa” (vừa đủ)", "Tín nhiệm cao: 20 → 19", "Tín nhiệm thấp: 24 → 25", "Lấy số kiểm lại"]);
    has(&told, &["Bỏ qua việc kiểm phiếu thử", "Máy in hỏng", "Mở lại tập 1", "Tập bị lẫn phiếu", "DIS-001"]);
    has(&told, &["Mở bỏ phiếu khi khác ngày đã định 07/12/2023", "Kỳ họp dời ngày"]);
    assert!(!page.html.contains("resolution.pdf") && !page.html.contains("minutes.pdf"), "{}", page.html);
}

#[test]
fn whoever_confirms_sees_forms_result_and_papers_and_not_their_hashes_alone() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut reader = Reader::of(site, council).await;
        let (council, poll) = (reader.council, reader.poll);
        reader.two(ProposalKind::DeckWaived, TypedStep { reason: "Máy in hỏng".into(), ..TypedStep::default() }).await;
        let head = reader.site.somebody(council, Role::HeadTeller);
        reader.site.app.report_zero(reader.site.hand(&head), poll).await.expect("zero");
        let reason = "Kỳ họp dời ngày".to_owned();
        reader
            .two(ProposalKind::VotingOpened, TypedStep { present: "48".into(), reason, ..TypedStep::default() })
            .await;
        reader.site.counts_all(council, poll, slipped).await;
        let (form, _) = reader.site.line(council, poll, GOLDEN).await;
        let batch =
            TypedStep { about: format!("{form}/1"), reason: "Tập bị lẫn phiếu".into(), ..TypedStep::default() };
        let reopening = reader.proposed(ProposalKind::BatchReopened, &batch).await;
        let page = reader.leader.opens(&reopening).await;
        has(&page.text("main"), &["Tập bị lẫn phiếu", "Hai người đã nhập", "C; D"]);
        reader.confirms(&reopening).await;
        reader.site.counts_one(council, poll, &form, slipped).await;

        let closing = reader.proposed(ProposalKind::CountingClosed, &TypedStep::default()).await;
        let page = reader.leader.opens(&closing).await;
        assert_eq!(page.all("table tbody tr").len(), 2, "{}", page.html);
        let rows = page.all("table tbody tr");
        let row = rows.iter().find(|row| row.contains(&form)).expect("the form");
        has(row, &["48", "47", "1 tập: tập 1 có 47 phiếu"]);
        reader.confirms(&closing).await;
        reader.site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;

        let declaring = reader.proposed(ProposalKind::ResultDeclared, &TypedStep::default()).await;
        let page = reader.leader.opens(&declaring).await;
        shows_the_result(&page);
        assert!(may_confirm(&page) && page.all("small .hash").len() == 1, "{}", page.html);
        reader.confirms(&declaring).await;
        shows_the_result(&reader.leader.opens(&declaring).await);
        reader.site.signs_minutes(council, poll).await;

        let wrong = TypedStep { reason: "Ghi sai tên thư ký".into(), ..TypedStep::default() };
        let reopening = reader.proposed(ProposalKind::MinutesReopened, &wrong).await;
        let page = reader.leader.opens(&reopening).await;
        has(&page.text("main"), &["Biên bản đã ký sẽ bị mở lại: Biên bản kiểm phiếu", "Ghi sai tên thư ký"]);
        let signed = reader.leader.opens(&format!("{reopening}/ban-in.pdf")).await;
        assert_eq!(signed.status, StatusCode::OK, "{}", signed.html);
        reader.confirms(&reopening).await;
        reader.site.signs_minutes(council, poll).await;

        let decision = TypedDecision { number: "52/NQ-HĐND".into(), day: "08/12/2023".into() };
        let confirming =
            reader.proposed(ProposalKind::ResultConfirmed, &TypedStep { decision, ..TypedStep::default() }).await;
        let page = reader.leader.opens(&confirming).await;
        shows_the_result(&page);
        assert_eq!(page.all(&format!("a[href='{confirming}/ban-in.pdf']")), ["Nghị quyết xác nhận kết quả (PDF)"]);
        let paper = reader.leader.opens(&format!("{confirming}/ban-in.pdf")).await;
        has(&words(&paper.bytes), &["NGHỊ QUYẾT", "25 phiếu (chiếm 53,19%"]);
        has(&page.text("small .hash"), &[&Digest::of(&paper.bytes).to_string()]);
        reader.confirms(&confirming).await;

        let publishing = reader.proposed(ProposalKind::ResultPublished, &TypedStep::default()).await;
        let page = reader.leader.opens(&publishing).await;
        shows_the_result(&page);
        assert_eq!(page.all(&format!("a[href='/ky/{poll}/ket-qua#dieu-lo-ra']")).len(), 1);
        reader.confirms(&publishing).await;
        let nothing = reader.leader.opens(&format!("{publishing}/ban-in.pdf")).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND, "a step that issues no paper");

        reader.leader.opens(&format!("/ky/{poll}/buoc/dinh-chinh")).await;
        let wrong = TypedStep {
            corrects: "resolution.pdf".into(),
            reason: "Ngày họp 06/12/2023".into(),
            right: "Ngày họp 07/12/2023".into(),
            decision: TypedDecision { number: String::new(), day: "10/12/2023".into() },
            ..TypedStep::default()
        };
        let correcting = reader.proposed(ProposalKind::CorrigendumIssued, &wrong).await;
        let page = reader.leader.opens(&correcting).await;
        has(&page.text("main"), &["Đính chính văn bản", "Nghị quyết xác nhận kết quả"]);
        assert_eq!((page.text("del"), page.text("ins")), ("Ngày họp 06/12/2023".into(), "Ngày họp 07/12/2023".into()));
        let paper = reader.leader.opens(&format!("{correcting}/ban-in.pdf")).await;
        has(&words(&paper.bytes), &["ĐÍNH CHÍNH", "Nghị quyết xác nhận kết quả", "Ngày họp 07/12/2023"]);
        has(&page.text("small .hash"), &[&Digest::of(&paper.bytes).to_string()]);
        reader.confirms(&correcting).await;
    });
}

#[test]
fn what_is_not_there_any_more_is_said_and_has_no_button() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut reader = Reader::of(site, council).await;
        let (council, poll) = (reader.council, reader.poll);
        reader.site.opens_the_vote(council, poll).await;
        reader.site.counts_all(council, poll, slipped).await;
        reader.site.closes_counting(council, poll).await;
        reader.site.recounts(council, poll, GOLDEN, slipped(GOLDEN)).await;
        let declaring = reader.proposed(ProposalKind::ResultDeclared, &TypedStep::default()).await;
        assert!(may_confirm(&reader.leader.opens(&declaring).await));
        // Somebody counts the line again and finds other figures: the proposal names a result that there is not.
        reader.site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        let page = reader.leader.opens(&declaring).await;
        has(&page.text(".warning"), &["khác với kết quả tính lại bây giờ"]);
        assert!(!may_confirm(&page) && page.all("table.result").is_empty(), "{}", page.html);

        // Rows are swapped behind the program: the result would be declared for somebody else than the page shows.
        let other = reader.site.somebody(council, Role::Leader);
        let again = Ask { caller: &other, request: reader.site.app.new_request().expect("id") };
        let id = declaring.rsplit('/').next().expect("id").parse().expect("id");
        reader.site.app.refuse(again, poll, id, "Số đã đổi").await.expect("refused");
        let declaring = reader.proposed(ProposalKind::ResultDeclared, &TypedStep::default()).await;
        reader.leader.opens(&declaring).await;
        let swap = "UPDATE poll_officials SET name = 'Người Khác' WHERE position = 1;";
        without_triggers(&reader.site, council, swap).await;
        let sent = reader.leader.submits(&format!("{declaring}/xac-nhan"), &[]).await;
        assert_eq!(sent.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", sent.html);
        has(&sent.text("main"), &["bảng poll_officials, dòng 1: cột name khác nhật ký"]);
        let page = reader.leader.opens(&declaring).await;
        has(&page.text("main"), &["bảng poll_officials, dòng 1: cột name khác nhật ký"]);
        assert!(!may_confirm(&page), "{}", page.html);
    });
}
