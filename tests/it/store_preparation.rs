//! Parts of a preparation and proposals on both databases, with the same expectations.

use domain::id::{AccountId, PollId, ProposalId};
use domain::preparation::Part;
use domain::proposal::{Proposal, ProposalKind, ProposalState, SignOff};
use domain::record::{Action, Subject};
use domain::role::Role;
use jiff::Timestamp;
use store::preparation::{Counts, StoredPart};
use store::{StoreError, preparation};

use crate::site::records::tell_versions;
use crate::site::{Site, on_both};
use crate::store_conformance::write;
use crate::store_log::now;

fn part(part: Part, version: u64, content: &str) -> StoredPart {
    StoredPart { part, content: content.into(), version, changed_at: now(), changed_by: "Lê Văn Phòng".into() }
}

fn proposal(n: u8, poll: PollId, kind: ProposalKind, about: &str) -> Proposal {
    let account = AccountId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
    Proposal {
        id: ProposalId::new(Timestamp::UNIX_EPOCH, &[n; 10]),
        poll,
        kind,
        about: about.into(),
        content: "{\"a\":\"Đề xuất\"}".into(),
        state: ProposalState::Open,
        proposed: SignOff { account, name: "Lê Văn Phòng".into(), role: Role::Clerk, at: now() },
        decided: None,
        note: String::new(),
    }
}

#[test]
fn a_part_is_written_over_the_version_before_its_own_only() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_poll(council).await;
        let deadline = || Part::Deadline("person_report".into());
        let put = |stored: StoredPart| {
            write(&site.store, council, move |tx| {
                Box::pin(async move {
                    preparation::put_part(tx, poll, &stored).await?;
                    let value: serde_json::Value = serde_json::from_str(&stored.content).expect("json");
                    let (record, now) = (stored.part.record(poll), "2026-12-01T01:00:00Z".parse().expect("time"));
                    let version = [(&record, stored.version, &value)];
                    tell_versions(tx, now, (Subject::Preparation, Action::Changed), version.into_iter()).await
                })
            })
        };
        put(part(deadline(), 1, "{}")).await.expect("added");
        put(part(deadline(), 2, "{\"note\":\"đ\"}")).await.expect("changed");
        assert!(matches!(put(part(deadline(), 2, "{}")).await, Err(StoreError::Stale)), "the second of two");
        let mut tx = site.store.read(council).await.expect("read");
        let all = preparation::parts(&mut tx, poll).await.expect("parts");
        assert_eq!(all.iter().map(|stored| stored.part.code()).collect::<Vec<_>>(), ["deadline:person_report", "plan"]);
        let one = preparation::part(&mut tx, poll, &deadline()).await.expect("part");
        assert_eq!(one, Some(part(deadline(), 2, "{\"note\":\"đ\"}")));
        assert_eq!(preparation::part(&mut tx, poll, &Part::Board).await.expect("part"), None);
        let counts = preparation::counts(&mut tx, poll).await.expect("counts");
        assert_eq!(counts, Counts { facts: 0, unverified: 0, releases: 0 });
    });
}

#[test]
fn one_proposal_of_a_kind_about_a_thing_is_open_and_it_is_decided_once() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_poll(council).await;
        let add = |proposal: Proposal| {
            write(&site.store, council, move |tx| {
                Box::pin(async move { preparation::add_proposal(tx, &proposal).await })
            })
        };
        let decide = |proposal: Proposal| {
            write(&site.store, council, move |tx| {
                Box::pin(async move { preparation::decide_proposal(tx, &proposal).await })
            })
        };
        let first = proposal(1, poll, ProposalKind::ListDecided, "");
        add(first.clone()).await.expect("added");
        let again = add(proposal(2, poll, ProposalKind::ListDecided, "")).await;
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        add(proposal(3, poll, ProposalKind::EligibilityOverride, "a")).await.expect("about a");
        add(proposal(4, poll, ProposalKind::EligibilityOverride, "b")).await.expect("about b");
        let account = AccountId::new(Timestamp::UNIX_EPOCH, &[2; 10]);
        let sign_off = SignOff { account, name: "Trần Thường Trực".into(), role: Role::Leader, at: now() };
        let refused =
            Proposal {
                state: ProposalState::Refused, decided: Some(sign_off), note: "sai số".into(), ..first.clone()
            };
        decide(refused.clone()).await.expect("decided");
        assert!(matches!(decide(refused.clone()).await, Err(StoreError::Stale)), "once");
        add(proposal(5, poll, ProposalKind::ListDecided, "")).await.expect("after a refusal");
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(preparation::proposal(&mut tx, first.id).await.expect("one"), Some(refused));
        let all = preparation::proposals(&mut tx, poll).await.expect("all");
        let newest: Vec<ProposalId> = [5, 4, 3, 1].map(|n| proposal(n, poll, ProposalKind::ListDecided, "").id).into();
        assert_eq!(all.iter().map(|found| found.id).collect::<Vec<_>>(), newest);
    });
}
