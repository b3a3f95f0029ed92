//! Records with all their versions, on both databases; and what somebody changed in them past the program.

use app::trail::verify_db::database;
use domain::audit::CouncilEvent;
use domain::audit::canonical::to_text;
use domain::audit::event::council::RecordsRevised;
use domain::id::{CouncilId, DelegateId};
use domain::record::{Action, Revision, Subject, digest};
use domain::roster::{Delegate, RosterDelegate};
use jiff::Timestamp;
use store::roster::StoredDelegate;
use store::tables::{Table, lines};
use store::{CouncilTx, StoreError, checks, logs, revisions, roster};

use crate::site::{Engine, Site, on_both};
use crate::store_conformance::write;
use crate::store_log::{actor, now};
use crate::store_verify::{failure, keys, without_triggers};

fn delegate(n: u8, name: &str, version: u64) -> StoredDelegate {
    let delegate = Delegate { name: name.into(), group: Some("Tổ 1".into()) };
    let value = RosterDelegate { account: None, delegate, is_secretary: n == 1, position: n.into(), withdrawn: false };
    let id = DelegateId::new(Timestamp::UNIX_EPOCH, &[n; 10]);
    StoredDelegate { id, value, version, changed_at: now(), changed_by: actor().name }
}

fn revision(kept: &StoredDelegate, action: Action) -> Revision {
    let content = to_text(&kept.value).expect("canonical");
    Revision { subject: Subject::Delegate, record: kept.id.to_string(), version: kept.version, action, content }
}

/// Rows, versions and entry of what was done to some delegates.
async fn put(tx: &mut CouncilTx, action: Action, delegates: Vec<StoredDelegate>) -> Result<(), StoreError> {
    let versions: Vec<Revision> = delegates.iter().map(|kept| revision(kept, action)).collect();
    for kept in &delegates {
        roster::put_delegate(tx, kept).await?;
    }
    let sha256 = digest(versions.iter().map(|r| (r.record.as_str(), r.version, r.content.as_str())));
    let records = u64::try_from(versions.len()).expect("few");
    let event = RecordsRevised { action, record: None, records, sha256, subject: Subject::Delegate };
    let log = logs::own(tx).await?;
    let seq = tx.append(log, now(), &actor(), &CouncilEvent::from(event)).await?;
    revisions::add(tx, seq, now(), &actor(), &versions).await
}

async fn with_records(engine: Engine) -> (Site, CouncilId) {
    let (site, council) = Site::with_council(engine).await;
    let both = vec![delegate(1, "Trần Văn \"B\"", 1), delegate(2, "Lê Thị <C>", 1)];
    write(&site.store, council, move |tx| Box::pin(put(tx, Action::Added, both))).await.expect("added");
    let renamed = vec![delegate(2, "Lê Thị D", 2)];
    write(&site.store, council, move |tx| Box::pin(put(tx, Action::Changed, renamed))).await.expect("changed");
    (site, council)
}

#[test]
fn every_version_stays_and_the_log_tells_of_it() {
    on_both(|engine| async move {
        let (site, council) = with_records(engine).await;
        let mut tx = site.store.read(council).await.expect("read");
        let id = delegate(2, "", 1).id.to_string();
        let history = revisions::of_record(&mut tx, Subject::Delegate, &id).await.expect("history");
        let told: Vec<_> = history.iter().map(|past| (past.revision.version, past.revision.action)).collect();
        assert_eq!(told, [(2, Action::Changed), (1, Action::Added)]);
        assert!(history[1].revision.content.contains("Lê Thị <C>"));
        assert_eq!((history[0].by.as_str(), history[0].at), (actor().name.as_str(), now()));
        assert_eq!(revisions::of_entries(&mut tx, 0, 100).await.expect("versions").len(), 3);
        assert_eq!(checks::revisions(&mut tx).await.expect("count"), 3);
        let mut newest = checks::newest_versions(&mut tx).await.expect("newest");
        newest.sort_by(|a, b| a.record_id.cmp(&b.record_id));
        let stored = lines(&mut tx, Table::Delegates).await.expect("rows");
        assert_eq!((newest.len(), stored.len()), (2, 2));
        assert_eq!(checks::newest_facts_of(&mut tx, ["added"; 3]).await.expect("facts"), [], "no fact is there");
        drop(tx);
        // A version that does not continue its record, or is there already.
        for version in [2, 4] {
            let wrong = revision(&delegate(2, "Lê Thị E", version), Action::Changed);
            let refused = write(&site.store, council, move |tx| {
                Box::pin(async move { revisions::add(tx, 9, now(), &actor(), &[wrong]).await })
            });
            assert!(matches!(refused.await, Err(StoreError::Refused(_))), "version {version}");
        }
        let report = database(&site.database.target(), Some(&keys())).await.expect("database").expect("holds");
        assert_eq!(report.councils[0].records, 2);
    });
}

#[test]
fn a_record_that_was_changed_past_the_program_is_found() {
    let cases: &[(&str, &str)] = &[
        (
            "UPDATE delegates SET content = replace(content, 'Lê Thị D', 'Lê Thị E') WHERE council_id = :council",
            "cột content",
        ),
        ("UPDATE delegates SET version = 3 WHERE council_id = :council AND name = 'Lê Thị D'", "cột version"),
        ("DELETE FROM delegates WHERE council_id = :council AND name = 'Lê Thị D'", "bảng delegates thiếu dòng"),
        (
            "UPDATE revisions SET content = replace(content, 'Tổ 1', 'Tổ 2') WHERE council_id = :council AND version = 1",
            "mã băm",
        ),
        ("UPDATE revisions SET seq = 900 WHERE council_id = :council AND version = 2", "bảng revisions có 0"),
        ("DELETE FROM revisions WHERE council_id = :council AND version = 2", "bảng revisions có 0"),
        ("UPDATE revisions SET action = 'withdrawn' WHERE council_id = :council AND version = 2", "loại khác"),
    ];
    on_both(|engine| async move {
        for (statement, word) in cases {
            let (site, council) = with_records(engine).await;
            without_triggers(&site, council, statement).await;
            let found = failure(&site).await;
            assert!(found.cause.to_string().contains(word), "{statement}: {found}");
        }
    });
}
