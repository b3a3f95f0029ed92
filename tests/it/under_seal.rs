//! Counts under seal: whoever reads the database, its write-ahead log or a copy of it while a count is in progress learns
//! nothing of the count, and a value that is moved to another row does not open.

use std::collections::BTreeMap;

use app::counting::day::TypedStep;
use app::installation::data_folder::open_app;
use app::polls::CountedBatch;
use app::service::keys::Keys;
use app::trail::BundleKind;
use app::trail::verify_db::database;
use domain::audit::{Actor, Nonce, PollEvent, SealedCounts, UtcTime, canonical};
use domain::count::BatchCounts;
use domain::id::{CouncilId, PollId};
use domain::poll::LevelCounts;
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;
use domain::role::Role;
use store::sealed::SealedPlace;
use store::{logs, polls, sealed};
use zeroize::Zeroizing;

use crate::bundle_story::committed;
use crate::forged::opening;
use crate::poll_state::by_two;
use crate::site::{CountingPoll, Engine, RETURNED, Site, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::keys;
use crate::two_processes::data_with_key;

/// Figures that stand nowhere by chance.
const HIGH: u32 = RETURNED - 8;

fn counts(lines: usize) -> BatchCounts {
    let lines = vec![LevelCounts::Rating { high: HIGH, medium: 4, low: 3 }; lines];
    BatchCounts { papers: RETURNED, invalid: BTreeMap::from([("no_seal".into(), 1)]), lines }
}

async fn counted(site: &Site, council: CouncilId) -> CountingPoll {
    let counting = site.has_counting_poll(council).await;
    for (form, lines) in &counting.forms {
        let batch = CountedBatch { form: form.clone(), batch: 1, counts: counts(*lines), read: by_two() };
        site.commits(council, counting.poll, batch).await;
    }
    counting
}

async fn opening_of(site: &Site, council: CouncilId, form: &str) -> String {
    opening(&site.database, council, form).await
}

async fn closes(site: &Site, council: CouncilId, poll: PollId) -> Result<(), String> {
    let closed = site.two(council, poll, ProposalKind::CountingClosed, TypedStep::default()).await;
    closed.map_err(|refused| refused.to_string())
}

/// What would tell of a batch: a line of its counts, one figure of them, its nonce's key.
fn telling() -> Vec<String> {
    let line = format!(r#"{{"high":{HIGH},"low":3,"medium":4}}"#);
    vec![line, format!(r#""high":{HIGH}"#), r#""nonce""#.into()]
}

fn finds(bytes: &[u8]) -> Option<String> {
    telling().into_iter().find(|text| memchr::memmem::find(bytes, text.as_bytes()).is_some())
}

#[test]
fn neither_the_file_nor_its_log_nor_a_copy_of_a_count_in_progress_tells_a_figure() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        if engine == Engine::Sqlite {
            let file = site.database.target().file().expect("file").to_owned();
            let copy = site.database.folder().join("copy.db");
            let vacuum = sqlx::AssertSqlSafe(format!("VACUUM INTO '{}'", copy.display()));
            let mut other =
                <sqlx::SqliteConnection as sqlx::Connection>::connect(site.database.url()).await.expect("file");
            sqlx::query(vacuum).execute(&mut other).await.expect("copy");
            let mut read = 0;
            for end in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(end);
                let bytes = std::fs::read(&name).expect("file");
                assert_eq!(finds(&bytes), None, "in the database{end}");
                read += bytes.len();
            }
            assert_eq!(finds(&std::fs::read(copy).expect("copy")), None, "in a copy");
            assert!(read > 100_000, "{read} bytes");
        }
        // What a dump has of it.
        for (form, _) in &counting.forms {
            let text = opening_of(&site, council, form).await;
            assert_eq!(finds(text.as_bytes()), None, "{text}");
            assert!(text.len() > 2_000 && !text.contains('"'), "{text}");
        }
        // The control: it is there, and the close opens it.
        closes(&site, council, counting.poll).await.expect("closed");
        let mut tx = site.store.read(council).await.expect("read");
        let log = logs::of_poll(&mut tx, counting.poll).await.expect("log").expect("log");
        let entries = logs::entries(&mut tx, log, 0, 1_000).await.expect("entries");
        drop(tx);
        let close = entries.iter().find(|entry| entry.contains("counting.closed")).expect("close");
        assert!(finds(close.as_bytes()).is_some() && close.contains("blindings"), "{close}");
        database(&site.database.target(), Some(&keys())).await.expect("database").expect("holds with the key");
        let report = database(&site.database.target(), None).await.expect("database").expect("holds without it");
        let told = format!("{} tập phiếu niêm phong chưa mở ra so với nhật ký", counting.forms.len());
        assert!(report.to_string().contains(&told), "{report}");
    });
}

/// Sealed counts of one form in the place of another's: only with the key it is seen, and the close sees it.
#[test]
fn a_sealed_value_that_was_moved_to_another_row_does_not_open() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = counted(&site, council).await;
        let [first, second] = [&counting.forms[0].0, &counting.forms[1].0];
        let moved = opening_of(&site, council, second).await;
        let own = opening_of(&site, council, first).await;
        let put = |text: &str| {
            format!("UPDATE sealed_batches SET opening = '{text}' WHERE council_id = :council AND form_id = '{first}'")
        };
        past_the_program(&site.database, council, &put(&moved)).await.expect("moved");
        let refused = closes(&site, council, counting.poll).await.expect_err("moved");
        for told in ["tập phiếu số 1", first.as_str(), "không mở được", "tệp khóa"] {
            assert!(refused.contains(told), "{told}: {refused}");
        }
        let found = database(&site.database.target(), Some(&keys())).await.expect("database");
        let found = found.expect_err("moved").to_string();
        assert!(found.contains("sealed_batches") && found.contains("không mở được bằng khóa bí mật"), "{found}");
        past_the_program(&site.database, council, &put(&own)).await.expect("put back");

        // A backup that is restored without the key: its check says so, and one sentence says what is missing.
        let other = Keys::new(Zeroizing::new([8; 32]));
        let found = database(&site.database.target(), Some(&other)).await.expect("database");
        assert!(found.expect_err("another key").to_string().contains("không mở được bằng khóa bí mật"));
        closes(&site, council, counting.poll).await.expect("closed");
    });
}

/// A batch as an older program committed it: its commitment is a hash, its opening plain text.
async fn tells_of_an_older_batch(site: &Site, council: CouncilId, poll: PollId, opening: SealedCounts) {
    let commitment = opening.commitment().expect("commitment");
    let told: PollEvent = committed(1, commitment, &opening.form, opening.counts.papers).into();
    let at = UtcTime::try_from(site.clock.now()).expect("time");
    let actor = Actor { account: None, name: "C".into(), role: Role::Teller };
    let written = site.store.write(council, move |tx| {
        Box::pin(async move {
            let log = logs::of_poll(tx, poll).await?.expect("log");
            tx.append(log, at, &actor, &told).await?;
            let place = SealedPlace { council, poll, form: &opening.form, batch: 1, commitment };
            let text = canonical::to_text(&opening).expect("text");
            sealed::add(tx, place, opening.counts.papers, &text, &by_two().readers, &[]).await?;
            polls::reach(tx, poll, Stage::Counting, at).await
        })
    });
    written.await.expect("written");
}

/// A count that an older program left half done: its openings are sealed at the next start, and the count goes on to its
/// close. Its bundle has the openings, because nothing else shows the totals of the form.
#[test]
fn a_count_that_an_older_program_began_is_sealed_at_the_next_start_and_closes() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = site.has_counting_poll(council).await;
        for (place, (form, lines)) in counting.forms.iter().enumerate() {
            let (form, counts) = (form.clone(), counts(*lines));
            if place == 0 {
                let nonce = Nonce::from_bytes([5; 32]);
                let opening = SealedCounts { batch: 1, counts, form: form.clone(), nonce };
                tells_of_an_older_batch(&site, council, counting.poll, opening).await;
                let text = opening_of(&site, council, &form).await;
                assert!(finds(text.as_bytes()).is_some(), "{text}");
            } else {
                let batch = CountedBatch { form, batch: 1, counts, read: by_two() };
                site.commits(council, counting.poll, batch).await;
            }
        }
        let data = data_with_key(&site.database.folder());
        drop(open_app(&data, Some(site.database.url())).await.expect("the next start"));
        let form = &counting.forms[0].0;
        let text = opening_of(&site, council, form).await;
        assert!(finds(text.as_bytes()).is_none() && text.len() > 2_000, "{text}");
        if engine == Engine::Sqlite {
            let bytes = std::fs::read(site.database.target().file().expect("file")).expect("file");
            assert_eq!(finds(&bytes), None, "what was there is overwritten");
        }
        database(&site.database.target(), Some(&keys())).await.expect("database").expect("holds");
        closes(&site, council, counting.poll).await.expect("closed");
        let leader = site.somebody(council, Role::Leader);
        let record = site.app.poll_record(site.hand(&leader), counting.poll, BundleKind::Public).await;
        assert!(record.expect("record").openings.is_some(), "an older batch shows its counts by its opening alone");
    });
}
