//! What whoever confirms sees, step by step: of the preparation, from a verdict to the sealed forms; of the day, from the waived
//! deck to the corrigendum; what is said of a rule; the result as the hall sees it; a rehearsal.

use std::collections::BTreeSet;

use app::Caller;
use app::counting::day::{TypedAccount, TypedStep, proposers};
use app::preparing::{TypedChoice, TypedDecision, TypedPlan};
use app::service::app::Ask;
use domain::ballot_account::IssuedPapers;
use domain::council::CouncilKind;
use domain::id::{CouncilId, DelegateId, PollId, ProposalId};
use domain::poll::LevelCounts;
use domain::proposal::{ProposalKind, ProposalState};
use domain::role::Role;

use super::gallery::Gallery;
use super::in_browser;
use crate::site::{BOARD, GOLDEN, Site, compared, golden, sample_board, sample_plan};

/// The rules of the Party's votes.
const PARTY_RULES: &str = "QD96-TW-2023";

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
    /// Whose pages were looked at.
    seen: Vec<ProposalKind>,
}

impl Walk {
    fn begins(gallery: Gallery, poll: PollId) -> Self {
        Self { council: gallery.council, gallery, poll, seen: Vec::new() }
    }

    /// The walk of the preparation and that of the day are over, each with every kind that is its own.
    fn saw(&self, all: &[ProposalKind]) {
        let seen: BTreeSet<ProposalKind> = self.seen.iter().copied().collect();
        assert_eq!(seen, all.iter().copied().collect());
    }

    /// Looks at a proposal as the leader, and confirms it in the browser.
    async fn confirms(&mut self, kind: ProposalKind, typed: TypedStep) {
        let id = proposed(&self.gallery.site, self.council, self.poll, kind, &typed).await;
        self.confirms_shown(kind, id).await;
    }

    /// The same of a proposal that is there.
    async fn confirms_shown(&mut self, kind: ProposalKind, id: ProposalId) {
        self.seen.push(kind);
        let name = format!("xac-nhan-{:02}-{}", self.seen.len(), kind.code());
        // Whoever has to decide reads the same on the page of all proposals.
        if matches!(kind, ProposalKind::BoardAppointed | ProposalKind::FormsSealed | ProposalKind::ResultDeclared) {
            self.gallery.opens(&format!("/ky/{}/de-xuat", self.poll), &format!("{name}-trong-danh-sach")).await;
        }
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

/// Steps of the preparation, each proposed by the office.
impl Walk {
    fn ask<'a>(&self, caller: &'a Caller) -> Ask<'a> {
        Ask { caller, request: self.gallery.site.app.new_request().expect("request") }
    }

    /// What an office read of the rules is confirmed on a page of its own.
    async fn confirms_a_statement(&mut self, ruleset: &str) {
        let keys = self.gallery.site.open_parameters(self.council, ruleset).await;
        let id = self.gallery.site.proposes_statement(self.council, compared(ruleset, keys)).await;
        self.gallery.opens(&format!("/quy-dinh/de-xuat/{id}"), "xac-nhan-quy-dinh").await;
        self.gallery.browser.presses("Xác nhận").await;
        self.gallery.browser.sees("đã xác nhận").await;
    }

    async fn confirms_the_dossiers(&mut self) {
        let clerk = self.gallery.site.somebody(self.council, Role::Clerk);
        let job = self.gallery.site.has_printed(self.council, self.poll).await;
        let app = &self.gallery.site.app;
        app.propose_release(self.ask(&clerk), self.poll, job).await.expect("dossiers");
        let (_, proposals) = app.proposals(&clerk, self.poll).await.expect("proposals");
        let id = proposals.into_iter().find(|p| p.state == ProposalState::Open).expect("a proposal").id;
        self.confirms_shown(ProposalKind::DossiersReleased, id).await;
    }

    /// The first members have accounts, the others work on paper.
    async fn confirms_the_board(&mut self, delegates: &[DelegateId]) {
        let (site, council, poll) = (&self.gallery.site, self.council, self.poll);
        site.has_board(council).await;
        let clerk = site.somebody(council, Role::Clerk);
        site.app.draft_board(self.ask(&clerk), poll, 0, sample_board(delegates)).await.expect("draft");
        let page = site.app.board_page(&clerk, poll).await.expect("page");
        let members = BOARD.iter().filter(|(_, _, role)| *role != Role::Observer).map(|(login, ..)| *login);
        let mut typed = Vec::new();
        for (seat, login) in page.seats.iter().zip(members.map(Some).chain(std::iter::repeat(None))) {
            let account = match login {
                Some(login) => site.account(council, login).await.to_string(),
                None => String::new(),
            };
            typed.push((seat.delegate.to_string(), account));
        }
        site.app.bind_board(self.ask(&clerk), poll, page.version, typed).await.expect("bound");
        let decision = decided("32/NQ-HĐND", "05/12/2023");
        let id = site.app.propose_board(self.ask(&clerk), poll, None, &decision).await.expect("board");
        self.confirms_shown(ProposalKind::BoardAppointed, id).await;
    }

    /// A leader writes down that everybody on the board signed the minutes on paper.
    async fn records_who_signed(&mut self) {
        let (_, _, board) = self.gallery.site.proposes_minutes(self.council, self.poll).await;
        self.gallery.browser.opens(&format!("/ky/{}/bien-ban", self.poll)).await;
        for teller in board {
            self.gallery.browser.ticks(&teller.name).await;
        }
        self.gallery.browser.presses("Xem lại trước khi ghi").await;
        self.gallery.browser.sees("Đây là điều sẽ được ghi vào nhật ký").await;
        self.gallery.looks("xac-nhan-viec-ky").await;
        self.gallery.browser.presses("Xác nhận đã ký").await;
        self.gallery.browser.sees("Biên bản đã ký và ghi vào nhật ký").await;
    }
}

/// A step that another one made impossible, and a vote that is a rehearsal.
async fn looks_at_a_rehearsal(walk: &mut Walk) {
    let council = walk.council;
    walk.gallery.site.has_account(council, "van.phong", "Đỗ Quỳnh Nữ", Role::Clerk).await;
    let clerk = walk.gallery.site.somebody(council, Role::Clerk);
    let plan = TypedPlan { purpose: "rehearsal".into(), ..sample_plan() };
    let trial = walk.gallery.site.app.begin_preparation(walk.ask(&clerk), plan).await.expect("begun").poll;
    walk.gallery.opens(&format!("/ky/{trial}"), "dien-tap-ky").await;
    let kind = ProposalKind::PollCancelled;
    let cancelling = proposed(&walk.gallery.site, council, trial, kind, &because("Nhập thử")).await;
    walk.gallery.opens(&format!("/ky/{trial}/de-xuat/{cancelling}"), "xac-nhan-huy").await;
    walk.seen.push(kind);
    walk.gallery.browser.presses("Đăng xuất").await;
    walk.gallery.enters("van.phong").await;
    walk.gallery.opens("/ky/moi", "dien-tap-ky-moi").await;
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
        let mut walk = Walk::begins(gallery, poll);
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
        walk.records_who_signed().await;
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
        let gallery = &mut walk.gallery;
        gallery.opens(&format!("/ky/{poll}/giay-to"), "xac-nhan-giay-to").await;
        gallery.opens(&format!("/ky/{poll}/ket-qua"), "xac-nhan-ket-qua").await;
        gallery.browser.presses("Bật trang công khai").await;
        gallery.browser.sees("Đã bật").await;
        gallery.opens(&format!("/cong-bo/mau/{poll}"), "xac-nhan-cong-bo").await;
        looks_at_a_rehearsal(&mut walk).await;
        walk.saw(&ProposalKind::OF_DAY);
        walk.gallery.closes().await;
    });
}

#[test]
fn every_confirming_page_of_the_preparation_is_looked_at_by_who_confirms() {
    in_browser(async {
        let mut gallery = Gallery::open().await;
        let council = gallery.council;
        gallery.site.has_account(council, "lanh.dao", "Lê Thường Trực", Role::Leader).await;
        let (officials, delegates) = gallery.site.has_sample_roster(council).await;
        let poll = gallery.site.has_unattested_poll(council).await;
        gallery.enters("lanh.dao").await;
        let mut walk = Walk::begins(gallery, poll);
        let clerk = walk.gallery.site.somebody(council, Role::Clerk);
        let app = &walk.gallery.site.app;
        let basis = "Quyết định cử đi biệt phái số 12/QĐ";
        let id = app.propose_verdict(walk.ask(&clerk), poll, officials[1], "exempt", basis).await.expect("verdict");
        walk.confirms_shown(ProposalKind::EligibilityOverride, id).await;
        let app = &walk.gallery.site.app;
        let decision = decided("31/NQ-HĐND", "05/12/2023");
        let id = app.propose_list(walk.ask(&clerk), poll, &decision).await.expect("list");
        walk.confirms_shown(ProposalKind::ListDecided, id).await;
        walk.confirms_a_statement(&sample_plan().ruleset).await;
        let id = walk.gallery.site.app.propose_rules(walk.ask(&clerk), poll).await.expect("rules");
        walk.confirms_shown(ProposalKind::RulesFrozen, id).await;
        walk.confirms_the_dossiers().await;
        walk.confirms_the_board(&delegates).await;
        let id = walk.gallery.site.app.propose_forms(walk.ask(&clerk), poll).await.expect("forms");
        walk.confirms_shown(ProposalKind::FormsSealed, id).await;

        // The board of a Party vote chooses how a text is read that can be read two ways.
        let Walk { mut gallery, seen, .. } = walk;
        let operator = gallery.site.actor_of_operator().await;
        let party = CouncilKind::PartyCommittee;
        gallery.council = gallery.site.found_of(&operator, "dang", "Đảng bộ tỉnh Mẫu", party).await;
        gallery.name_of_council = gallery.site.name(gallery.council).await;
        let (site, council) = (&gallery.site, gallery.council);
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        let (_, delegates) = site.has_sample_roster(council).await;
        site.attests_all(council, PARTY_RULES).await;
        let clerk = site.somebody(council, Role::Clerk);
        let plan = TypedPlan { ruleset: PARTY_RULES.into(), ..sample_plan() };
        let ask = || Ask { caller: &clerk, request: site.app.new_request().expect("request") };
        let poll = site.app.begin_preparation(ask(), plan).await.expect("begun").poll;
        site.lists_and_appoints(council, poll, sample_board(&delegates)).await;
        let decision = "Biên bản họp Ban kiểm phiếu ngày 06/12/2023".to_owned();
        let choice = TypedChoice { costs: "ballot".into(), decision };
        let id = site.app.propose_bad_line(ask(), poll, choice).await.expect("a choice");
        gallery.browser.presses("Đăng xuất").await;
        gallery.enters("lanh.dao").await;
        let mut walk = Walk { seen, ..Walk::begins(gallery, poll) };
        walk.confirms_shown(ProposalKind::BadLineChosen, id).await;
        walk.saw(&ProposalKind::OF_PREPARATION);
        walk.gallery.closes().await;
    });
}
