//! Somebody who can write to the database, and has no key, rewrites a log together with the head over it. The tag beside the head
//! is not theirs to make, so no step goes by such a log and nothing is added to it.

use app::counting::day::TypedStep;
use domain::id::{CouncilId, LogId, PollId};
use domain::proposal::ProposalKind;
use domain::role::Role;
use store::{log_tags, logs};

use crate::forged::{ask, counted};
use crate::site::{RETURNED, Site, on_both};
use crate::store_verify::{peaks_of, without_triggers};
use crate::tampering::found;

const TOLD: &str = "đã bị sửa từ bên ngoài chương trình";

async fn log_of(site: &Site, council: CouncilId, poll: Option<PollId>) -> LogId {
    let mut tx = site.store.read(council).await.expect("read");
    match poll {
        Some(poll) => logs::of_poll(&mut tx, poll).await.expect("log").expect("a log"),
        None => logs::own(&mut tx).await.expect("log"),
    }
}

/// SQL that changes the last entry with `from` in it; with the head over all entries, where `heads` says so.
async fn rewriting(
    site: &Site,
    (council, log): (CouncilId, LogId),
    (from, to): (&str, &str),
    heads: bool,
) -> (String, String) {
    let mut tx = site.store.read(council).await.expect("read");
    let mut texts = logs::entries(&mut tx, log, 0, 10_000).await.expect("entries");
    drop(tx);
    let statements = |texts: &[String], seq: usize| {
        let entry = format!(
            "UPDATE log_entries SET entry = '{}' WHERE council_id = :council AND log_id = '{log}' AND seq = {seq}",
            texts[seq].replace('\'', "''")
        );
        let bytes = peaks_of(site.database.engine, texts);
        let head = format!("; UPDATE logs SET peaks = {bytes} WHERE council_id = :council AND log_id = '{log}'");
        if heads { entry + &head } else { entry }
    };
    let seq = texts.iter().rposition(|text| text.contains(from)).expect("an entry");
    let back = statements(&texts, seq);
    texts[seq] = texts[seq].replacen(from, to, 1);
    (statements(&texts, seq), back)
}

/// What `verify --db` finds, but for the triggers that this test takes away.
async fn finds(site: &Site) -> String {
    found(site).await.concat()
}

#[test]
fn no_count_is_closed_by_a_log_that_was_rewritten_with_its_head_or_without() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        let log = log_of(&site, council, Some(counting.poll)).await;
        for heads in [true, false] {
            let change = ("\"reread\":1", "\"reread\":2");
            let (change, back) = rewriting(&site, (council, log), change, heads).await;
            without_triggers(&site, council, &change).await;
            let closed = site.two(council, counting.poll, ProposalKind::CountingClosed, TypedStep::default()).await;
            let refused = closed.expect_err("a rewritten log").to_string();
            assert!(refused.contains(TOLD), "{heads}: {refused}");
            let said = finds(&site).await;
            assert!(said.contains(if heads { "cột tag" } else { "mã gốc" }), "{heads}: {said}");
            without_triggers(&site, council, &back).await;
        }
        let closed = site.two(council, counting.poll, ProposalKind::CountingClosed, TypedStep::default()).await;
        closed.expect("closed");
        assert_eq!(finds(&site).await, "", "holds again");

        // What the close wrote is rewritten: no result, no bundle, no paper.
        let change = (&*format!("\"high\":{RETURNED}"), &*format!("\"high\":{}", RETURNED - 1));
        let (change, _) = rewriting(&site, (council, log), change, false).await;
        without_triggers(&site, council, &change).await;
        let declared = site.two(council, counting.poll, ProposalKind::ResultDeclared, TypedStep::default()).await;
        let refused = declared.expect_err("a rewritten log").to_string();
        assert!(refused.contains(TOLD), "{refused}");
    });
}

/// The entry that says who proposed is changed with the row, so that one leader is two people.
#[test]
fn nobody_confirms_alone_by_rewriting_who_proposed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        let (leader, other) = (site.somebody(council, Role::Leader), site.somebody(council, Role::HeadTeller));
        let (poll, kind) = (counting.poll, ProposalKind::CountingClosed);
        let proposed = site.app.propose_step(ask(&site, &leader), poll, kind, &TypedStep::default()).await;
        let proposal = proposed.expect("proposed");
        let log = log_of(&site, council, None).await;
        let row = format!(
            "; UPDATE proposals SET proposed_account = '{}' WHERE council_id = :council AND proposal_id = '{proposal}'",
            other.account.id
        );
        for heads in [true, false] {
            let accounts = (&*leader.account.id.to_string(), &*other.account.id.to_string());
            let (change, back) = rewriting(&site, (council, log), accounts, heads).await;
            without_triggers(&site, council, &(change + &row)).await;
            let refused = site.app.confirm(ask(&site, &leader), poll, proposal).await.expect_err("one person");
            assert!(refused.to_string().contains(TOLD), "{heads}: {refused}");
            assert_ne!(finds(&site).await, "", "{heads}");
            without_triggers(&site, council, &back).await;
        }
    });
}

/// Logs of an older program have no tags; its successor tags them once. A tag that is taken away later is missed.
#[test]
fn logs_of_an_older_program_are_tagged_once() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_poll(council).await;
        let untagged = "UPDATE logs SET tag = NULL WHERE council_id = :council";
        without_triggers(&site, council, untagged).await;
        let own = log_of(&site, council, None).await;
        let mut tx = site.store.read(council).await.expect("read");
        let head = logs::head_of(&mut tx, own).await.expect("head").expect("a log");
        assert_eq!(head.tag, None);
        assert!(tx.check_tag(&head).is_err());
        assert!(log_tags::check_whole(&mut tx, own).await.is_err());
        drop(tx);
        assert!(finds(&site).await.contains("cột tag"));
        let tagged = site.store.write(council, |tx| Box::pin(log_tags::tag_again(tx))).await;
        assert_eq!(tagged.expect("tagged"), 2);
        let again = site.store.write(council, |tx| Box::pin(log_tags::tag_again(tx))).await;
        assert_eq!(again.expect("tagged"), 0);
        let mut tx = site.store.read(council).await.expect("read");
        let (head, texts) = log_tags::whole(&mut tx, own).await.expect("whole");
        assert_eq!(u64::try_from(texts.len()).expect("size"), head.head.size);
        assert_eq!(finds(&site).await, "");
    });
}
