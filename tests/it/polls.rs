//! A poll in a real council, step by step, by people who are signed in.

use app::AppError;
use app::counting::day::TypedStep;
use app::polls::{CountedBatch, NewPoll, Requester};
use app::service::app::Ask;
use app::service::caller::Caller;
use app::trail::BundleKind;
use domain::audit::event::poll::PollCreated;
use domain::audit::{Actor, Course, Digest, KeyName, LogEntry, Moment, PollEvent};
use domain::ballot_account::IssuedPapers;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;
use domain::role::Role;

use crate::poll_state::{account, board, by_two, counts, created, decks, forms, listed, paper};
use crate::site::{Site, attested_rules, on_both, somebody_in};

/// Id and text of the rules that real polls go by: what a step asks of them, it asks here too.
fn rules() -> (String, String) {
    let rules = attested_rules();
    (rules.set.id, rules.source.text)
}

/// Somebody of a council in one role.
fn somebody(site: &Site, council: CouncilId, role: Role) -> Caller {
    somebody_in(council, role, site.clock.now())
}

fn by<'a>(site: &Site, caller: &'a Caller) -> Requester<'a> {
    Requester::Form(Ask { caller, request: site.app.new_request().expect("request") })
}

fn new_poll(name: &str) -> NewPoll {
    let (ruleset, text) = rules();
    let ruleset_sha256 = Digest::of(text.as_bytes());
    let created = PollCreated { rehearsal: false, ruleset, ruleset_sha256, ..created() };
    NewPoll { origin: KeyName::new(name).expect("name"), created, ruleset_text: text }
}

/// A poll whose ballots are out and back: 24 of each form.
async fn voting(site: &Site, council: CouncilId) -> PollId {
    let [clerk, leader, head] = [Role::Clerk, Role::Leader, Role::HeadTeller].map(|r| somebody(site, council, r));
    let app = &site.app;
    let poll = app.begin_poll(by(site, &clerk), new_poll("tinnhiem/mau/mot")).await.expect("begun");
    app.decide_list(by(site, &leader), poll, listed(), "31/NQ-HĐND".into()).await.expect("list");
    app.release_dossiers(by(site, &leader), poll, Vec::new()).await.expect("dossiers");
    let early = app.seal_forms(by(site, &leader), poll, forms()).await.expect_err("nobody counts");
    assert!(early.to_string().contains("Chưa có Ban kiểm phiếu"), "{early}");
    app.appoint_board(by(site, &leader), poll, board(), "32/NQ-HĐND".into()).await.expect("board");
    app.seal_forms(by(site, &leader), poll, forms()).await.expect("sealed");
    let present = || TypedStep { present: "24".into(), ..TypedStep::default() };
    let open = || site.two(council, poll, ProposalKind::VotingOpened, present());
    let early = open().await.expect_err("nothing was tested");
    assert!(early.to_string().contains("đã chốt mẫu phiếu"), "{early}");
    app.count_deck(by(site, &head), poll, decks(4)).await.expect("a deck that fails");
    app.report_zero(by(site, &head), poll).await.expect_err("it failed");
    app.count_deck(by(site, &head), poll, decks(5)).await.expect("a deck that passes");
    app.report_zero(by(site, &head), poll).await.expect("zero");
    open().await.expect("open");
    for form in ["F1", "F2"] {
        let papers = IssuedPapers { issued: 24, printed: 30 };
        app.issue_ballots(by(site, &head), poll, form.into(), papers).await.expect("issued");
    }
    app.record_ballots(by(site, &head), poll, "F1".into(), account(24)).await.expect("first form");
    app.record_ballots(by(site, &head), poll, "F2".into(), account(24)).await.expect("second form");
    poll
}

fn pile(batch: u32, papers: u32) -> CountedBatch {
    CountedBatch { form: "F1".into(), batch, counts: counts(papers), read: by_two() }
}

#[test]
fn a_poll_goes_its_way_step_by_step() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = voting(&site, council).await;
        let [clerk, leader, head, teller] =
            [Role::Clerk, Role::Leader, Role::HeadTeller, Role::Teller].map(|role| somebody(&site, council, role));
        let app = &site.app;

        app.commit_batch(by(&site, &teller), poll, pile(1, 12)).await.expect("first batch");
        // Sent again after a restart, as another form: done already. With other figures: refused.
        app.commit_batch(by(&site, &teller), poll, pile(1, 12)).await.expect("the same batch");
        let other = app.commit_batch(by(&site, &teller), poll, pile(1, 11)).await.expect_err("another batch");
        assert!(other.to_string().contains("đã chốt với số liệu khác"), "{other}");

        // Half is counted: nobody may look, and the count cannot be closed.
        let early = app.poll_record(by(&site, &leader), poll, BundleKind::Sealed).await.expect_err("sealed");
        assert!(early.to_string().contains("Không thể mở số liệu"), "{early}");
        let two = |kind| site.two(council, poll, kind, TypedStep::default());
        let early = two(ProposalKind::CountingClosed).await.expect_err("open");
        assert!(early.to_string().contains("mới đếm 12 trong 24"), "{early}");

        app.commit_batch(by(&site, &teller), poll, pile(2, 12)).await.expect("second batch");
        let other = CountedBatch { form: "F2".into(), ..pile(1, 24) };
        app.commit_batch(by(&site, &teller), poll, other).await.expect("the other form");
        two(ProposalKind::CountingClosed).await.expect("closed");
        two(ProposalKind::ResultDeclared).await.expect("result");
        let minutes = paper("minutes.pdf");
        app.propose_minutes(by(&site, &head), poll, minutes.clone(), 3).await.expect("minutes");
        app.sign_minutes(by(&site, &leader), poll, minutes.sha256, board().into()).await.expect("signed");
        let early = two(ProposalKind::ResultPublished).await.expect_err("no resolution");
        assert!(early.to_string().contains("đòi nghị quyết"), "{early}");
        let early = two(ProposalKind::PollArchived).await.expect_err("not public");
        assert!(early.to_string().contains("nơi lưu trữ"), "{early}");

        let record = app.poll_record(by(&site, &leader), poll, BundleKind::Sealed).await.expect("record");
        assert_eq!(record.heads.iter().map(|(moment, _)| *moment).collect::<Vec<_>>(), Moment::ALL[..4]);
        let mut course = Course::default();
        let mut committed = 0;
        for text in record.log.entries() {
            let entry: LogEntry = LogEntry::parse(text).expect("entry");
            committed += u32::from(matches!(entry.event, PollEvent::BatchCommitted(_)));
            course.accept(entry).expect("course");
        }
        assert_eq!(committed, 3, "a batch is there once");
        let polls = app.polls(&clerk).await.expect("polls");
        assert_eq!((polls.len(), polls[0].stage), (1, Stage::Minuted));
    });
}

#[test]
fn a_step_belongs_to_its_role_and_a_poll_to_its_council() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = voting(&site, council).await;
        for role in Role::OF_COUNCIL {
            let caller = somebody(&site, council, role);
            let counts = [Role::HeadTeller, Role::Teller].contains(&role);
            let taken = site.app.commit_batch(by(&site, &caller), poll, pile(1, 12)).await;
            assert_eq!(taken.is_ok(), counts, "{role:?}: {taken:?}");
            assert!(counts || matches!(taken, Err(AppError::Forbidden)), "{role:?}: {taken:?}");
        }
        let operator = Actor { account: None, name: "Người Vận Hành".into(), role: Role::Operator };
        let other = site.found(&operator, "khac", "Hội đồng nhân dân tỉnh Khác").await;
        let stranger = somebody(&site, other, Role::Teller);
        let taken = site.app.commit_batch(by(&site, &stranger), poll, pile(2, 12)).await;
        assert!(matches!(taken, Err(AppError::NotFound(_))), "{taken:?}");
    });
}
