//! The rules that a poll froze are held against the hash in its log each time they are read: one changed row stops that poll,
//! with a sentence, and the doctor names it.

use app::polls::CountedBatch;
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::proposal::ProposalKind;
use domain::role::Role;

use crate::doctor::examines;
use crate::poll_state::by_two;
use crate::site::{Site, on_both};
use crate::store_log::past_the_program;

#[test]
fn one_edited_row_stops_the_poll_that_froze_it_and_no_other() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_board(council).await;
        let edited = site.has_sealed_day(council, "mot", PollKind::Rating, &[2]).await;
        let other = site.has_sealed_day(council, "hai", PollKind::Rating, &[2]).await;
        for day in [&edited, &other] {
            site.counts(day, &[12]).await;
            let line = LevelCounts::Rating { high: 10, medium: 2, low: 0 };
            let counts = BatchCounts { papers: 12, lines: vec![line; 2], ..BatchCounts::default() };
            let batch = CountedBatch { form: day.forms[0].0.clone(), batch: 1, counts, read: by_two() };
            site.commits(council, day.poll, batch).await;
            site.closes(day).await;
        }
        let folder = site.database.folder().join("doctor");
        let look = || examines(&folder, Some(site.database.url()));
        let well = look().1;
        assert!(well.iter().any(|check| check == "frozen_rules good"), "{well:?}");

        // Over half becomes over a third, in the one place where the running poll keeps its rules.
        let change = "UPDATE polls SET ruleset_text = replace(ruleset_text, '\"1/2\"', '\"1/3\"') \
                      WHERE council_id = :council AND poll_id = ";
        let statement = format!("{change}'{}'", edited.poll);
        assert_eq!(past_the_program(&site.database, council, &statement).await, Ok(1));

        let declare = |poll| site.two(council, poll, ProposalKind::ResultDeclared, Default::default());
        let stopped = declare(edited.poll).await.expect_err("other rules than those that were frozen");
        assert!(stopped.to_string().contains("không còn đúng bản đã chốt"), "{stopped}");
        declare(other.poll).await.expect("the other poll goes on");
        let (code, checks) = look();
        assert_eq!(code, Some(1), "{checks:?}");
        assert!(checks.iter().any(|check| check == "frozen_rules error"), "{checks:?}");
    });
}

/// Whoever opens a page of the poll reads why it stands still, not that something unknown failed.
#[test]
fn a_page_of_a_poll_with_changed_rules_says_why_it_stops() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let sealed = site.has_sealed_poll(council).await;
        site.has_account(council, "truong.doan", "Nguyễn Trưởng Đoàn", Role::Clerk).await;
        let mut clerk = site.signed_in("mau", "truong.doan").await;
        let address = format!("/ky/{}", sealed.poll);
        assert_eq!(clerk.opens(&address).await.status, 200);
        let statement = format!(
            "UPDATE polls SET ruleset_text = ruleset_text || ' ' WHERE council_id = :council AND poll_id = '{}'",
            sealed.poll
        );
        assert_eq!(past_the_program(&site.database, council, &statement).await, Ok(1));
        let page = clerk.opens(&address).await;
        assert_eq!(page.status, 500);
        assert!(page.text("main").contains("SHA-256 của văn bản trong cơ sở dữ liệu khác với số ghi trong nhật ký"));
    });
}
