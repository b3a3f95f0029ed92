//! A poll in a real council, step by step, by people who are signed in.

use std::collections::BTreeMap;

use tinnhiem::app::AppError;
use tinnhiem::app::bundle::{self, Options};
use tinnhiem::app::caller::Caller;
use tinnhiem::app::polls::{CountedBatch, Hand, NewPoll};
use tinnhiem::app::service::Ask;
use tinnhiem::domain::audit::event::poll::PollCreated;
use tinnhiem::domain::audit::{Actor, Course, Digest, Entry, KeyName, Moment};
use tinnhiem::domain::id::{CouncilId, PollId};
use tinnhiem::domain::poll_state::Stage;
use tinnhiem::domain::role::Role;
use tinnhiem::domain::rules::builtin_texts;

use crate::poll_state::{account, board, counts, created, decks, forms, listed, paper};
use crate::site::{Site, on_both, somebody_in};

/// Id and text of the rules that real polls go by: what a step asks of them, it asks here too.
fn rules() -> (&'static str, &'static str) {
    builtin_texts()[0]
}

/// Somebody of a council in one role.
fn somebody(site: &Site, council: CouncilId, role: Role) -> Caller {
    somebody_in(council, role, site.clock.now())
}

fn by<'a>(site: &Site, caller: &'a Caller) -> Hand<'a> {
    Hand::Form(Ask { caller, request: site.app.new_request().expect("request") })
}

fn new_poll(name: &str) -> NewPoll {
    let (ruleset, text) = rules();
    let ruleset_sha256 = Digest::of(text.as_bytes());
    let created = PollCreated { rehearsal: false, ruleset: ruleset.into(), ruleset_sha256, ..created() };
    NewPoll { origin: KeyName::new(name).expect("name"), created, ruleset_text: text.into() }
}

/// A poll whose ballots are out and back: 24 of the first form, none of the second.
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
    let early = app.open_voting(by(site, &leader), poll).await.expect_err("nothing was tested");
    assert!(early.to_string().contains("đã chốt mẫu phiếu"), "{early}");
    app.count_deck(by(site, &head), poll, decks(4)).await.expect("a deck that fails");
    app.report_zero(by(site, &head), poll).await.expect_err("it failed");
    app.count_deck(by(site, &head), poll, decks(5)).await.expect("a deck that passes");
    app.report_zero(by(site, &head), poll).await.expect("zero");
    app.open_voting(by(site, &leader), poll).await.expect("open");
    app.record_ballots(by(site, &head), poll, "F1".into(), account(24)).await.expect("first form");
    app.record_ballots(by(site, &head), poll, "F2".into(), account(0)).await.expect("second form");
    poll
}

fn pile(batch: u32, papers: u32) -> CountedBatch {
    CountedBatch { form: "F1".into(), batch, counts: counts(papers) }
}

#[test]
fn a_poll_goes_its_way_and_its_bundle_verifies() {
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
        let early = app.poll_record(by(&site, &leader), poll).await.expect_err("sealed");
        assert!(early.to_string().contains("Không thể mở số liệu"), "{early}");
        let early = app.close_counting(by(&site, &head), poll).await.expect_err("open");
        assert!(early.to_string().contains("mới đếm 12 trong 24"), "{early}");

        app.commit_batch(by(&site, &teller), poll, pile(2, 12)).await.expect("second batch");
        let closed = app.close_counting(by(&site, &head), poll).await.expect("closed");
        app.declare_result(by(&site, &leader), poll, "{}\n".into()).await.expect("result");
        let minutes = paper("minutes.pdf");
        app.propose_minutes(by(&site, &head), poll, minutes.clone()).await.expect("minutes");
        app.sign_minutes(by(&site, &leader), poll, minutes.sha256, board()).await.expect("signed");
        let early = app.publish(by(&site, &leader), poll).await.expect_err("no resolution");
        assert!(early.to_string().contains("đòi nghị quyết"), "{early}");
        let (resolution, number) = (paper("resolution.pdf"), "35/NQ-HĐND".to_owned());
        app.confirm_result(by(&site, &leader), poll, resolution, number).await.expect("resolution");
        app.publish(by(&site, &leader), poll).await.expect("published");

        let record = app.poll_record(by(&site, &leader), poll).await.expect("record");
        assert_eq!(record.heads.iter().map(|(moment, _)| *moment).collect::<Vec<_>>(), Moment::ALL);
        assert_eq!(closed.head.as_ref(), Some(&record.heads[2].1));
        let mut course = Course::default();
        for text in record.log.entries() {
            course.accept(Entry::parse(text).expect("entry")).expect("course");
        }
        assert_eq!(course.finish().expect("whole").forms[0].batches.len(), 2, "a batch is there once");
        let polls = app.polls(&clerk).await.expect("polls");
        assert_eq!((polls.len(), polls[0].stage), (1, Stage::Published));

        let out = site.database.folder().join("bundle");
        app.write_bundle(by(&site, &clerk), poll, &out, &BTreeMap::new()).await.expect("bundle");
        let report = bundle::verify(&out, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(report.roots[4], record.log.head().root);
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
