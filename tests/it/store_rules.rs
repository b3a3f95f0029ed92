//! What an office says of rules, and the rules of a poll, on both databases, with the same expectations.

use domain::audit::Digest;
use domain::id::{AccountId, AttestationId};
use domain::proposal::{ProposalState, SignOff};
use domain::role::Role;
use domain::rule_proposal::RuleProposal;
use domain::rules::{Statement, StatementKind};
use jiff::Timestamp;
use store::tables::{self, Cell, Table};
use store::{StoreError, checks, polls, rule_statements};

use crate::site::on_both;
use crate::store_conformance::write;
use crate::store_log::now;
use crate::store_polls::with_poll;

fn by(n: u8) -> SignOff {
    let account = AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10]);
    SignOff { account, name: format!("Người {n}"), role: Role::Leader, at: now() }
}

fn proposal(n: u8) -> RuleProposal {
    let statement = Statement {
        document: "Công báo".into(),
        file: None,
        from: None,
        kind: StatementKind::Accepted,
        page: String::new(),
        parameters: Vec::new(),
        read_by: String::new(),
        read_on: None,
        reason: "Lý do".into(),
        ruleset: "MAU".into(),
    };
    RuleProposal {
        id: AttestationId::new(Timestamp::UNIX_EPOCH, &[n; 10]),
        statement,
        state: ProposalState::Open,
        proposed: by(1),
        decided: None,
        note: String::new(),
    }
}

/// Decided at one moment, they stand in the order of the decisions all the same; what is open stands last.
#[test]
fn statements_stand_in_the_order_in_which_they_were_decided() {
    on_both(|engine| async move {
        let (site, council, poll, log) = with_poll(engine).await;
        let decide = async |n: u8, to| {
            let decided = proposal(n).decide(to, by(2), "Ghi chú".into()).expect("another person");
            write(&site.store, council, move |tx| Box::pin(async move { rule_statements::decide(tx, &decided).await }))
                .await
        };
        for n in [1, 2, 3] {
            let one = proposal(n);
            let added =
                write(&site.store, council, move |tx| Box::pin(async move { rule_statements::add(tx, &one).await }));
            added.await.expect("added");
        }
        decide(3, ProposalState::Confirmed).await.expect("decided");
        decide(1, ProposalState::Refused).await.expect("decided");
        assert!(matches!(decide(3, ProposalState::Confirmed).await, Err(StoreError::Stale)), "decided before");
        let mut tx = site.store.read(council).await.expect("read");
        let all = rule_statements::all(&mut tx).await.expect("all");
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [3, 1, 2].map(|n| proposal(n).id));
        let found = rule_statements::find(&mut tx, proposal(1).id).await.expect("find").expect("one");
        assert_eq!((found.state, found.note.as_str()), (ProposalState::Refused, "Ghi chú"));
        assert_eq!(found.decided, Some(by(2)));
        assert_eq!(rule_statements::find(&mut tx, proposal(9).id).await.expect("find"), None);
        let rows = checks::statements(&mut tx).await.expect("rows");
        assert_eq!(rows.iter().map(|row| row.decided_place).collect::<Vec<_>>(), [Some(2), None, Some(1)]);

        let row = tables::lines_of_poll(&mut tx, Table::Polls, poll.id).await.expect("rows").remove(0).0;
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!((&row["log_id"], &row["ruleset_text"]), (&text(&log.to_string()), &text("id = 'MAU'")));
        assert_eq!(
            (&row["rehearsal"], &row["present"]),
            (&Cell::Integer(1), &Cell::Null),
            "the same from both databases"
        );
        assert_eq!(tables::lines_of_poll(&mut tx, Table::Councils, poll.id).await.expect("rows"), [], "no poll's rows");
        assert_eq!(tables::lines(&mut tx, Table::Councils).await.expect("rows").len(), 1);
        drop(tx);
        let frozen = write(&site.store, council, move |tx| {
            Box::pin(async move { polls::freeze_rules(tx, poll.id, "id = 'KHAC'".into()).await })
        });
        frozen.await.expect("frozen");
        let mut tx = site.store.read(council).await.expect("read");
        let row = tables::lines_of_poll(&mut tx, Table::Polls, poll.id).await.expect("rows").remove(0).0;
        assert_eq!(row["ruleset_sha256"], text(&Digest::of(b"id = 'KHAC'").to_string()));
        // The log did not tell of it: nobody decides by that text.
        assert!(matches!(polls::ruleset_text(&mut tx, poll.id).await, Err(StoreError::ChangedRules)));
    });
}
