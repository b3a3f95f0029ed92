//! The first entry of a poll says which program began it, and the papers of the day say it too.

use app::trail::verify_db::database;
use domain::audit::event::poll::PollCreated;
use domain::audit::{LogEntry, PollEvent};
use domain::role::Role;
use store::logs;

use crate::live_bundle::{bundle, holds, kept};
use crate::outcome::words;
use crate::site::{Engine, Site};
use crate::store_verify::without_triggers;

#[test]
fn a_poll_says_which_program_and_which_rules_it_was_begun_with() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let (mut site, council) = Site::with_council(Engine::Sqlite).await;
        site.app = site.app.clone().telling_program();
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.has_published_poll(council, poll).await;
        let mut tx = site.store.read(council).await.expect("read");
        let log = logs::of_poll(&mut tx, poll).await.expect("read").expect("log");
        let first = logs::entries(&mut tx, log, 0, 1).await.expect("entries").remove(0);
        drop(tx);
        let PollEvent::PollCreated(PollCreated { program, ruleset_sha256, .. }) =
            LogEntry::<PollEvent>::parse(&first).expect("entry").event
        else {
            panic!("{first}")
        };
        let program = program.expect("a program");
        let own = std::fs::read(std::env::current_exe().expect("path")).expect("this program");
        assert_eq!(program.sha256, domain::audit::Digest::of(&own));
        assert_eq!(program.version, env!("CARGO_PKG_VERSION"));

        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let (_, bytes) = bundle(&mut auditor, poll).await;
        holds(&kept(&site, "goi.zip", &bytes));
        for paper in ["bien-ban-kiem-phieu.pdf", "bien-ban-so-lieu-bang-0.pdf"] {
            let answer = auditor.opens(&format!("/ky/{poll}/giay-to/{paper}")).await;
            let text = words(&answer.bytes);
            for told in [program.sha256.grouped(), ruleset_sha256.grouped()] {
                assert!(text.contains(&told), "{paper}: {text}");
            }
        }
        let target = site.database.target();
        database(&target, None).await.expect("database").expect("holds");
        // A program that names itself signs each head of the council's log that a poll's log notes.
        let gone = "DELETE FROM checkpoints WHERE council_id = :council AND moment = 'noted'";
        without_triggers(&site, council, gone).await;
        let found = database(&target, None).await.expect("database").expect_err("found").to_string();
        assert!(found.contains("thiếu điểm chốt của nhật ký hội đồng"), "{found}");
    });
}
