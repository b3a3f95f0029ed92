//! Somebody who can write to the database, and to nothing else, changes what two people counted or decided: no step goes by
//! it, and `verify --db` names the row.

use app::Caller;
use app::counting::day::TypedStep;
use app::polls::CountedBatch;
use app::service::app::Ask;
use app::trail::verify_db::database;
use domain::audit::{Nonce, SealedCounts, canonical};
use domain::count::BatchCounts;
use domain::id::{CouncilId, PollId};
use domain::poll::{LevelCounts, PollKind};
use domain::proposal::ProposalKind;
use domain::release::About;
use domain::role::Role;
use store::logs;

use crate::poll_state::by_two;
use crate::site::{CountingPoll, Database, Engine, RETURNED, Site, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::{peaks_of, without_triggers};

/// A counting poll whose batches are all in: of every form one, in which everybody marked the highest level.
pub async fn counted(site: &Site, council: CouncilId) -> CountingPoll {
    let counting = site.has_counting_poll(council).await;
    for (form, lines) in &counting.forms {
        let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, *lines) };
        counts.lines.fill(LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 });
        site.commits(council, counting.poll, CountedBatch { form: form.clone(), batch: 1, counts, read: by_two() })
            .await;
    }
    counting
}

/// The opening of one batch as it lies in the database: not in plain text.
pub async fn opening(database: &Database, council: CouncilId, form: &str) -> String {
    let select = format!("SELECT opening FROM sealed_batches WHERE council_id = '{council}' AND form_id = '{form}'");
    let sql = sqlx::AssertSqlSafe(select);
    let (text,): (String,) = match database.engine {
        Engine::Sqlite => {
            let mut other = <sqlx::SqliteConnection as sqlx::Connection>::connect(database.url()).await.expect("file");
            sqlx::query_as(sql).fetch_one(&mut other).await.expect("opening")
        }
        Engine::Postgres => {
            let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(database.url()).await.expect("server");
            let scope = sqlx::query("SELECT set_config('tinnhiem.council', $1, false)").bind(council.to_string());
            scope.execute(&mut other).await.expect("scope");
            sqlx::query_as(sql).fetch_one(&mut other).await.expect("opening")
        }
    };
    text
}

async fn closes(site: &Site, council: CouncilId, poll: PollId) -> Result<(), String> {
    let closed = site.two(council, poll, ProposalKind::CountingClosed, TypedStep::default()).await;
    closed.map_err(|refused| refused.to_string())
}

async fn failure(site: &Site) -> String {
    let outcome = database(&site.database.target(), None).await.expect("database");
    outcome.expect_err("the change is found").to_string()
}

/// What `attack/forge_counts.py` does: counts and the commitment beside them, changed together.
#[test]
fn counts_that_were_changed_together_with_their_commitment_close_no_count() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        let form = counting.forms[0].0.clone();
        let lies = opening(&site.database, council, &form).await;
        assert!(!lies.contains("high") && !lies.contains('{'), "{lies}");
        let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, counting.forms[0].1) };
        counts.lines.fill(LevelCounts::Rating { high: RETURNED - 2, medium: 0, low: 2 });
        let forged = SealedCounts { batch: 1, counts, form: form.clone(), nonce: Nonce::from_bytes([9; 32]) };
        let (text, commitment) = (canonical::to_text(&forged).expect("text"), forged.commitment().expect("commitment"));
        let changes = format!(
            "UPDATE sealed_batches SET opening = '{text}' WHERE council_id = :council AND form_id = '{form}'; \
             UPDATE batches SET commitment = '{commitment}' WHERE council_id = :council AND form_id = '{form}'"
        );
        past_the_program(&site.database, council, &changes).await.expect("forged");

        let refused = closes(&site, council, counting.poll).await.expect_err("forged counts");
        for told in ["tập phiếu số 1", form.as_str(), "không khớp cam kết mà nhật ký đã ghi", "đếm lại từ giấy"]
        {
            assert!(refused.contains(told), "{told}: {refused}");
        }
        assert!(!refused.contains("45") && !refused.contains("low"), "no figure is told: {refused}");
        let found = failure(&site).await;
        assert!(found.contains("tập phiếu số 1") && found.contains(&form), "{found}");

        // The paper is still there: the batch is reopened by what the log says of it, and counted again.
        let reason = "Số liệu niêm phong bị sửa từ bên ngoài".to_owned();
        let typed = TypedStep { about: format!("{form}/1"), reason, ..TypedStep::default() };
        site.two(council, counting.poll, ProposalKind::BatchReopened, typed).await.expect("reopened");
        let lines = counting.forms[0].1;
        let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, lines) };
        counts.lines.fill(LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 });
        site.commits(council, counting.poll, CountedBatch { form, batch: 1, counts, read: by_two() }).await;
        closes(&site, council, counting.poll).await.expect("closed");
        database(&site.database.target(), None).await.expect("database").expect("holds again");
    });
}

/// A change, how it is taken back, and what tells of it.
const CHANGES: &[(&str, &str, &str, &str)] = &[
    ("poll_officials", "name = name || 'ZZ'", "name = replace(name, 'ZZ', '')", "cột name"),
    ("poll_tellers", "name = name || 'ZZ'", "name = replace(name, 'ZZ', '')", "cột name"),
    (
        "poll_forms",
        "issued = issued - 1, returned = returned - 1",
        "issued = issued + 1, returned = returned + 1",
        "cột",
    ),
    ("polls", "delegates = delegates + 1", "delegates = delegates - 1", "cột delegates"),
    ("batches", "papers = papers + 1", "papers = papers - 1", "cột papers"),
];

#[test]
fn no_result_goes_by_a_list_a_board_a_form_or_a_figure_that_is_not_in_the_log() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        closes(&site, council, counting.poll).await.expect("closed");
        for (table, change, back, told) in CHANGES {
            let runs = |set: &str| format!("UPDATE {table} SET {set} WHERE council_id = :council");
            past_the_program(&site.database, council, &runs(change)).await.expect("changed");
            let declared = site.two(council, counting.poll, ProposalKind::ResultDeclared, TypedStep::default()).await;
            let refused = declared.expect_err("not what the log says").to_string();
            assert!(refused.contains(&format!("bảng {table}")) && refused.contains(told), "{table}: {refused}");
            let found = failure(&site).await;
            assert!(found.contains(&format!("bảng {table}")) && found.contains(told), "{table}: {found}");
            let head = site.somebody(council, Role::HeadTeller);
            let page = site.app.step_page(&head, counting.poll, ProposalKind::ResultDeclared).await;
            let page = page.expect_err("the page says why").to_string();
            assert!(page.contains(&format!("bảng {table}")), "{page}");
            past_the_program(&site.database, council, &runs(back)).await.expect("taken back");
        }
        database(&site.database.target(), None).await.expect("database").expect("holds again");
    });
}

pub fn ask<'a>(site: &Site, caller: &'a Caller) -> Ask<'a> {
    Ask { caller, request: site.app.new_request().expect("request") }
}

/// One leader proposes a step, puts somebody else's account beside it, and confirms.
#[test]
fn nobody_confirms_alone_by_changing_who_proposed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        let leader = site.somebody(council, Role::Leader);
        let (poll, kind) = (counting.poll, ProposalKind::CountingClosed);
        let proposed = site.app.propose_step(ask(&site, &leader), poll, kind, &TypedStep::default()).await;
        let proposal = proposed.expect("proposed");
        let other = site.somebody(council, Role::HeadTeller).account.id;
        assert_ne!(other, leader.account.id);
        let change = format!(
            "UPDATE proposals SET proposed_account = '{other}', proposed_by = 'Người Khác' \
             WHERE council_id = :council AND proposal_id = '{proposal}'"
        );
        past_the_program(&site.database, council, &change).await.expect("changed");
        let refused = site.app.confirm(ask(&site, &leader), poll, proposal).await.expect_err("one person").to_string();
        assert!(refused.contains("bảng proposals") && refused.contains("cột proposed_account"), "{refused}");
        assert!(failure(&site).await.contains("bảng proposals"));
    });
}

/// A dossier whose text on pages was changed: PDF and hash stay right.
#[test]
fn no_delegate_reads_another_dossier_than_the_one_that_was_released() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (officials, _) = site.has_sample_roster(council).await;
        let poll = site.has_poll(council).await;
        site.has_release(council, poll).await;
        let clerk = site.somebody(council, Role::Clerk);
        let about = About::Official(officials[0]);
        site.app.released(&clerk, poll, 1, &about).await.expect("as it was released");
        let change = "UPDATE dossiers SET document = replace(document, 'Ông', 'Bà') WHERE council_id = :council";
        let change = match engine {
            Engine::Sqlite => format!("DROP TRIGGER dossiers_stand; {change}"),
            Engine::Postgres => format!("ALTER TABLE dossiers DISABLE TRIGGER USER; {change}"),
        };
        past_the_program(&site.database, council, &change).await.expect("changed");
        let refused = site.app.released(&clerk, poll, 1, &about).await.expect_err("another text").to_string();
        assert!(refused.contains("bảng dossiers") && refused.contains("cột document"), "{refused}");
        let found = failure(&site).await;
        assert!(found.contains("cột document: in lại không ra tệp PDF") && found.contains("trigger"), "{found}");
    });
}

/// The council's log is rewritten from its second entry on, with its head, and its signed heads are gone: the poll's log
/// remembers.
#[test]
fn a_head_of_the_councils_log_that_a_poll_noted_holds_the_council() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_sealed_poll(council).await;
        let mut tx = site.store.read(council).await.expect("read");
        let log = logs::own(&mut tx).await.expect("log");
        let mut texts = logs::entries(&mut tx, log, 0, 10_000).await.expect("entries");
        drop(tx);
        let before = texts[1].clone();
        texts[1] = before.replacen("Nguyễn Quản Trị", "Nguyễn Quản Tri", 1);
        assert_ne!(texts[1], before, "{before}");
        let bytes = peaks_of(engine, &texts);
        let change = format!(
            "UPDATE log_entries SET entry = '{}' WHERE council_id = :council AND log_id = '{log}' AND seq = 1; \
             UPDATE accounts SET name = 'Nguyễn Quản Tri' WHERE council_id = :council AND name = 'Nguyễn Quản Trị'; \
             UPDATE logs SET peaks = {bytes} WHERE council_id = :council AND log_id = '{log}'; \
             DELETE FROM checkpoints WHERE council_id = :council AND log_id = '{log}'",
            texts[1]
        );
        without_triggers(&site, council, &change).await;
        let found = failure(&site).await;
        assert!(found.contains("điểm của nhật ký hội đồng ghi ở đây không còn đúng"), "{found}");
    });
}

#[test]
fn a_signed_head_that_the_course_implies_is_missed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_sealed_poll(council).await;
        without_triggers(&site, council, "DELETE FROM checkpoints WHERE council_id = :council").await;
        let found = failure(&site).await;
        assert!(found.contains("bảng checkpoints thiếu điểm chốt khi chốt mẫu phiếu"), "{found}");
    });
}
