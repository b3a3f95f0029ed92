//! What whoever confirms sees, step by step from the waived deck to the corrigendum; the result as the hall sees it; a
//! rehearsal.

use app::counting::day::{TypedAccount, TypedStep, proposers};
use app::preparing::{TypedDecision, TypedPlan};
use app::service::app::Ask;
use domain::ballot_account::IssuedPapers;
use domain::id::{CouncilId, PollId, ProposalId};
use domain::poll::LevelCounts;
use domain::proposal::ProposalKind;
use domain::role::Role;

use super::gallery::Gallery;
use super::in_browser;
use crate::site::{GOLDEN, Site, golden, sample_plan};

/// Somebody who may propose a step does so.
async fn proposed(site: &Site, council: CouncilId, poll: PollId, kind: ProposalKind, typed: &TypedStep) -> ProposalId {
    let one = site.somebody(council, proposers(kind)[0]);
    let ask = Ask { caller: &one, request: site.app.new_request().expect("request") };
    site.app.propose_step(ask, poll, kind, typed).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"))
}

struct Walk {
    gallery: Gallery,
    council: CouncilId,
    poll: PollId,
    pictures: u32,
}

impl Walk {
    /// Looks at a proposal as the leader, and confirms it in the browser.
    async fn confirms(&mut self, kind: ProposalKind, typed: TypedStep) {
        let id = proposed(&self.gallery.site, self.council, self.poll, kind, &typed).await;
        self.confirms_shown(kind, id).await;
    }

    /// The same of a proposal that is there.
    async fn confirms_shown(&mut self, kind: ProposalKind, id: ProposalId) {
        self.pictures += 1;
        let name = format!("xac-nhan-{:02}-{}", self.pictures, kind.code());
        self.gallery.opens(&format!("/ky/{}/de-xuat/{id}", self.poll), &name).await;
        self.gallery.browser.presses("Xác nhận").await;
        self.gallery.browser.sees("Đã xác nhận").await;
    }

    /// Day and hall and issued ballots are put right on the way to the ballots that are back.
    async fn opens_and_corrects(&mut self, form: &str) {
        let (council, poll) = (self.council, self.poll);
        let reason = "Kỳ họp dời ngày";
        self.confirms(ProposalKind::VotingOpened, TypedStep { present: "48".into(), ..because(reason) }).await;
        let [opened, attended, now] = ["48", "49", "49"].map(str::to_owned);
        let hall = TypedStep { opened, attended, now, ..because("Một đại biểu đến sau khi phát phiếu") };
        self.confirms(ProposalKind::PresenceCorrected, hall).await;
        self.gallery.site.announces(council, poll, IssuedPapers { issued: 48, printed: 60 }).await;
        let out = |issued: &str| {
            let account = TypedAccount { printed: "60".into(), issued: issued.to_owned(), ..TypedAccount::default() };
            TypedStep { about: form.to_owned(), account, ..because("Một đại biểu nhận phiếu sau") }
        };
        self.confirms(ProposalKind::IssuedCorrected, out("49")).await;
        self.gallery.site.two(council, poll, ProposalKind::IssuedCorrected, out("48")).await.expect("as it was");
        self.gallery.site.counts_announced(council, poll, slipped).await;
    }

    /// A line that no rule names is counted again, and one that is due gets another figure.
    async fn counts_again(&mut self, form: &str, line: u32) {
        let other = if line == 1 { 2 } else { 1 };
        let about = format!("{form}/{other}");
        let order = TypedStep { about, ..because("Đại biểu đề nghị kiểm lại") };
        self.confirms(ProposalKind::RecountOrdered, order).await;
        let (site, poll) = (&self.gallery.site, self.poll);
        let mut readers = Vec::new();
        for (login, name) in [("doc.ly", "Lý Văn Đọc"), ("soat.mai", "Mai Thị Soát")] {
            site.has_account(self.council, login, name, Role::Teller).await;
            readers.push(site.account_caller(self.council, login).await);
        }
        let [head, leader] = [Role::HeadTeller, Role::Leader].map(|role| site.somebody(self.council, role));
        let readers = [&readers[0], &readers[1]];
        let page = site.app.recount_page(&head, poll).await.expect("page");
        let as_counted = page.line(form, other).expect("line").counts;
        site.counts_again(&head, poll, (form, other), as_counted, readers).await.expect("the same");
        site.counts_again(&head, poll, (form, line), golden(GOLDEN), readers).await.expect("another figure");
        let (_, proposals) = site.app.proposals(&leader, poll).await.expect("proposals");
        let found = proposals.into_iter().find(|proposal| proposal.kind == ProposalKind::LineRecounted);
        self.confirms_shown(ProposalKind::LineRecounted, found.expect("a proposal").id).await;
    }
}

fn because(reason: &str) -> TypedStep {
    TypedStep { reason: reason.into(), ..TypedStep::default() }
}

fn decided(number: &str, day: &str) -> TypedDecision {
    TypedDecision { number: number.into(), day: day.into() }
}

fn slipped(name: &str) -> LevelCounts {
    match name {
        GOLDEN => LevelCounts::Rating { high: 20, medium: 2, low: 24 },
        other => golden(other),
    }
}

#[test]
fn every_confirming_page_is_looked_at_by_who_confirms() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        let council = gallery.council;
        gallery.site.has_account(council, "lanh.dao", "Lê Thường Trực", Role::Leader).await;
        let poll = gallery.site.has_sealed_poll(council).await.poll;
        gallery.enters("lanh.dao").await;
        let mut walk = Walk { gallery, council, poll, pictures: 0 };
        let moved =
            TypedStep { decision: decided("", "08/12/2023"), ..because("Bão số 9, kỳ họp lùi một ngày") };
        walk.confirms(ProposalKind::PollMoved, moved).await;
        walk.confirms(ProposalKind::DeckWaived, because("Máy in hỏng, không in được bộ phiếu thử")).await;
        let site = &walk.gallery.site;
        let head = site.somebody(council, Role::HeadTeller);
        site.app.report_zero(site.hand(&head), poll).await.expect("zero");
        let (form, line) = walk.gallery.site.line(council, poll, GOLDEN).await;
        walk.opens_and_corrects(&form).await;
        let reopened =
            TypedStep { about: format!("{form}/1"), ..because("Tập bị lẫn một phiếu của mẫu kia") };
        walk.confirms(ProposalKind::BatchReopened, reopened).await;
        let figures = ["60", "48", "2", "10", "47", "1"].map(str::to_owned);
        let [printed, issued, exchanged, unused, returned, not_returned] = figures;
        let account = TypedAccount { printed, issued, exchanged, unused, returned, not_returned };
        let corrected = TypedStep { about: form.clone(), account, ..because("Ghi sót một phiếu đổi") };
        walk.confirms(ProposalKind::BallotsCorrected, corrected).await;
        walk.gallery.site.counts_one(council, poll, &form, slipped).await;
        walk.confirms(ProposalKind::CountingClosed, TypedStep::default()).await;
        walk.counts_again(&form, line).await;
        walk.confirms(ProposalKind::ResultDeclared, TypedStep::default()).await;
        walk.gallery.site.signs_minutes(council, poll).await;
        walk.confirms(ProposalKind::MinutesReopened, because("Ghi sai tên thư ký")).await;
        walk.gallery.site.signs_minutes(council, poll).await;
        let decision = TypedStep { decision: decided("52/NQ-HĐND", "08/12/2023"), ..TypedStep::default() };
        walk.confirms(ProposalKind::ResultConfirmed, decision).await;
        walk.confirms(ProposalKind::ResultPublished, TypedStep::default()).await;
        let wrong = TypedStep {
            corrects: "minutes.pdf".into(),
            right: "Ban kiểm phiếu gồm 9 thành viên".into(),
            decision: decided("", "10/12/2023"),
            ..because("Ban kiểm phiếu gồm 8 thành viên")
        };
        walk.confirms(ProposalKind::CorrigendumIssued, wrong).await;
        let place = TypedStep { place: "Kho lưu trữ Văn phòng, hộp 12".into(), ..TypedStep::default() };
        walk.confirms(ProposalKind::PollArchived, place).await;
        let mut gallery = walk.gallery;
        gallery.opens(&format!("/ky/{poll}/giay-to"), "xac-nhan-giay-to").await;
        gallery.opens(&format!("/ky/{poll}/ket-qua"), "xac-nhan-ket-qua").await;
        gallery.browser.presses("Bật trang công khai").await;
        gallery.browser.sees("Đã bật").await;
        gallery.opens(&format!("/cong-bo/mau/{poll}"), "xac-nhan-cong-bo").await;

        // A step that another one made impossible, and a vote that is a rehearsal.
        gallery.site.has_account(council, "van.phong", "Đỗ Quỳnh Nữ", Role::Clerk).await;
        let clerk = gallery.site.somebody(council, Role::Clerk);
        let ask = Ask { caller: &clerk, request: gallery.site.app.new_request().expect("request") };
        let plan = TypedPlan { purpose: "rehearsal".into(), ..sample_plan() };
        let trial = gallery.site.app.begin_preparation(ask, plan).await.expect("begun").poll;
        gallery.opens(&format!("/ky/{trial}"), "dien-tap-ky").await;
        let cancelling =
            proposed(&gallery.site, council, trial, ProposalKind::PollCancelled, &because("Nhập thử")).await;
        gallery.opens(&format!("/ky/{trial}/de-xuat/{cancelling}"), "xac-nhan-huy").await;
        gallery.browser.presses("Đăng xuất").await;
        gallery.enters("van.phong").await;
        gallery.opens("/ky/moi", "dien-tap-ky-moi").await;
        gallery.closes().await;
    });
}
