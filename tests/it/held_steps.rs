//! Somebody who can write to the database alone changes what a step of two rests on, or what is written again: the step is not
//! taken, so that no later entry of a log makes the change good.

use app::counting::day::{TypedStep, proposers};
use app::service::app::Ask;
use domain::id::{CouncilId, PollId, ProposalId};
use domain::proposal::ProposalKind;
use domain::role::Role;
use store::roster;

use crate::site::{Engine, Site, log_of, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::without_triggers;
use crate::tampering::found;

/// A council whose head of the board proposes to waive the test deck.
struct Hall {
    site: Site,
    council: CouncilId,
    poll: PollId,
}

impl Hall {
    async fn of((site, council): (Site, CouncilId)) -> Self {
        let poll = site.has_sealed_poll(council).await.poll;
        Self { site, council, poll }
    }

    async fn proposes(&self) -> Result<ProposalId, String> {
        let kind = ProposalKind::DeckWaived;
        let one = self.site.somebody(self.council, proposers(kind)[0]);
        let ask = Ask { caller: &one, request: self.site.app.new_request().expect("request") };
        let typed = TypedStep { reason: "Máy in hỏng".into(), ..TypedStep::default() };
        self.site.app.propose_step(ask, self.poll, kind, &typed).await.map_err(|refused| refused.to_string())
    }

    /// What the leader reads when he or she confirms; `Ok` when the step is taken.
    async fn confirms(&self, id: ProposalId) -> Result<(), String> {
        let leader = self.site.somebody(self.council, Role::Leader);
        let ask = Ask { caller: &leader, request: self.site.app.new_request().expect("request") };
        self.site.app.confirm(ask, self.poll, id).await.map(drop).map_err(|refused| refused.to_string())
    }

    async fn tampers(&self, statement: &str) {
        let done = past_the_program(&self.site.database, self.council, statement).await.expect("written");
        assert!(done > 0, "{statement}");
    }

    async fn entries(&self) -> usize {
        log_of(&self.site, self.council).await.len()
    }
}

/// A proposal that was withdrawn is opened again in its row: the log says that it was decided.
#[test]
fn a_proposal_that_was_withdrawn_is_not_confirmed_whatever_its_row_says() {
    on_both(|engine| async move {
        let hall = Hall::of(Site::with_council(engine).await).await;
        let id = hall.proposes().await.expect("proposed");
        let head = hall.site.somebody(hall.council, proposers(ProposalKind::DeckWaived)[0]);
        let ask = Ask { caller: &head, request: hall.site.app.new_request().expect("request") };
        hall.site.app.withdraw(ask, hall.poll, id).await.expect("withdrawn");
        let entries = hall.entries().await;
        hall.tampers(&format!(
            "UPDATE proposals SET state = 'open', decided_at = NULL, decided_account = NULL, decided_by = NULL, decided_role = NULL, \
             note = NULL WHERE council_id = :council AND proposal_id = '{id}'"
        ))
        .await;
        let refused = hall.confirms(id).await.expect_err("not open by the log");
        assert!(refused.contains("bảng proposals") && refused.contains("tinnhiem verify --db"), "{refused}");
        assert_eq!(hall.entries().await, entries, "nothing is written");
        assert!(found(&hall.site).await.concat().contains("bảng proposals"));
    });
}

/// Rows before the first entry of a log are of nobody: no reader takes them, no step is taken beside them, and they are named.
#[test]
fn a_row_before_the_first_entry_of_a_log_is_refused_and_named() {
    on_both(|engine| async move {
        let hall = Hall::of(Site::with_council(engine).await).await;
        let id = hall.proposes().await.expect("proposed");
        let copy = "INSERT INTO log_entries (council_id, log_id, seq, at, kind, actor, entry) SELECT council_id, log_id, -1, at, kind, \
                    actor, entry FROM log_entries WHERE council_id = :council AND seq = 0 AND log_id = (SELECT log_id FROM logs WHERE \
                    council_id = :council AND poll_id IS NULL)";
        let first = match hall.site.database.engine {
            Engine::Sqlite => "DROP TRIGGER IF EXISTS log_entries_continue;",
            Engine::Postgres => "",
        };
        without_triggers(&hall.site, hall.council, &format!("{first} {copy}")).await;
        let refused = hall.confirms(id).await.expect_err("a stray row");
        assert!(refused.contains("đã bị sửa từ bên ngoài"), "{refused}");
        assert!(found(&hall.site).await.concat().contains("đứng trước bản ghi đầu tiên"));
    });
}

/// Rules that nobody proposed or confirmed: no vote begins with them, and no step is taken beside them.
#[test]
fn a_statement_about_rules_that_no_log_tells_of_begins_no_vote() {
    on_both(|engine| async move {
        let hall = Hall::of(Site::with_council(engine).await).await;
        let id = hall.proposes().await.expect("proposed");
        let people = "01940000-0000-7000-8000-000000000001";
        hall.tampers(&format!(
            "INSERT INTO rule_statements (council_id, attestation_id, ruleset, content, state, proposed_at, proposed_account, \
             proposed_by, proposed_role, decided_at, decided_account, decided_by, decided_role, note, decided_place) VALUES (:council, \
             '{people}', 'NQ96-2023-QH15', '{{}}', 'refused', '2023-12-01T01:00:00Z', '{people}', 'A', 'clerk', \
             '2023-12-01T01:01:00Z', '{people}', 'B', 'leader', '', 999)"
        ))
        .await;
        let refused = hall.confirms(id).await.expect_err("a statement of nobody");
        assert!(refused.contains("bảng rule_statements"), "{refused}");
        assert!(found(&hall.site).await.concat().contains("bảng rule_statements"));
    });
}

/// A changed row is not made good by somebody who changes the same record: neither the click nor a later one writes over it.
#[test]
fn a_record_that_was_changed_past_the_program_is_not_written_over() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let official = site.has_official(council, "Trần Văn Bình").await;
        let fact = site.has_waiting_fact(council, official, "Hoàn thành 14 trên 16 chỉ tiêu").await;
        let entries = log_of(&site, council).await.len();
        for (table, key, id, before, after) in [
            ("officials", "official_id", official.to_string(), "Trần Văn Bình", "Trần Văn Bính"),
            ("facts", "fact_id", fact.to_string(), "14 trên 16", "16 trên 16"),
        ] {
            let change = format!(
                "UPDATE {table} SET content = replace(content, '{before}', '{after}') WHERE council_id = :council AND {key} = '{id}'"
            );
            assert_eq!(past_the_program(&site.database, council, &change).await, Ok(1));
        }
        let moved = site.store.write(council, move |tx| {
            Box::pin(async move {
                let mut kept = roster::official(tx, official).await?.expect("an official");
                kept.version += 1;
                roster::put_official(tx, &kept).await
            })
        });
        let refused = moved.await.expect_err("another content than its version");
        assert!(refused.is_tampering() && refused.to_string().contains("đã bị sửa từ bên ngoài"), "{refused}");
        let stated = site.store.write(council, move |tx| {
            Box::pin(async move {
                let mut kept = store::facts::find(tx, fact).await?.expect("a fact");
                kept.version += 1;
                store::facts::put(tx, &[kept]).await
            })
        });
        assert!(stated.await.expect_err("another content than its version").is_tampering());
        assert_eq!(log_of(&site, council).await.len(), entries);
        let named = found(&site).await.concat();
        assert!(named.contains("bảng officials") && named.contains("bảng facts"), "{named}");
    });
}

/// A log that is put back while it is served, with the head and the tag that it had: the process knows what it committed.
#[test]
fn a_log_that_is_put_back_while_it_is_served_is_not_written_on() {
    on_both(|engine| async move {
        let hall = Hall::of(Site::with_council(engine).await).await;
        let own = "(SELECT log_id FROM logs WHERE council_id = :council AND poll_id IS NULL)";
        let keeps = format!("CREATE TABLE kept AS SELECT * FROM logs WHERE council_id = :council AND log_id = {own}");
        past_the_program(&hall.site.database, hall.council, &keeps).await.expect("kept");
        let id = hall.proposes().await.expect("proposed");
        let back = format!(
            "DELETE FROM log_entries WHERE council_id = :council AND log_id = {own} AND seq >= (SELECT size FROM kept); UPDATE logs \
             SET size = (SELECT size FROM kept), peaks = (SELECT peaks FROM kept), last_at = (SELECT last_at FROM kept), tag = \
             (SELECT tag FROM kept) WHERE council_id = :council AND log_id = {own}; DELETE FROM proposals WHERE council_id = :council \
             AND proposal_id = '{id}'; DROP TABLE kept"
        );
        without_triggers(&hall.site, hall.council, &back).await;
        let refused = hall.proposes().await.expect_err("put back");
        assert!(refused.contains("đã bị sửa từ bên ngoài"), "{refused}");
    });
}
