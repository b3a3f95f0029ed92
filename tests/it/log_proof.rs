//! Reading a log, and proving one entry to somebody who holds a signed head.

use app::trail::logs::{LogFilter, PAGE};
use app::{AppError, Caller};
use domain::audit::merkle::{leaf_hash, verify_inclusion};
use domain::audit::{Checkpoint, KeyName, VerifierKey};
use domain::id::{CouncilId, LogId, PollId};
use domain::role::Role;
use jiff::Timestamp;
use store::{StoreError, logs};

use crate::site::{Site, on_both, somebody_in};
use crate::store_log::{append, own_log};

fn caller(council: CouncilId, role: Role) -> Caller {
    somebody_in(council, role, Timestamp::UNIX_EPOCH)
}

#[test]
fn an_auditor_reads_page_by_page_and_by_filter() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (auditor, log) = (caller(council, Role::Auditor), own_log(&site.store, council).await);
        for _ in 0..PAGE {
            append(&site.store, council, log).await.expect("entry");
        }
        let read = async |filter: LogFilter| site.app.log_entries(&auditor, log, &filter).await.expect("page");
        let first = read(LogFilter::default()).await;
        assert_eq!((first.found, first.page, first.pages, first.entries.len()), (52, 1, 2, 50));
        assert_eq!((first.entries[0].seq, first.entries[49].seq), (51, 2));
        assert_eq!(first.entries[0].data, r#"{"required":true}"#);
        let last = read(LogFilter { page: 99, ..LogFilter::default() }).await;
        assert_eq!(last.entries.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 0]);
        assert_eq!((last.page, last.kinds.len(), last.actors.len()), (2, 3, 2));
        let opened = read(LogFilter { kind: Some("account.opened".into()), ..LogFilter::default() }).await;
        assert_eq!((opened.found, opened.entries[0].actor.as_str()), (1, "Người Vận Hành"));
        // One in the morning, UTC, is eight in Vietnam: the same day.
        let (day, before) = (jiff::civil::date(2026, 12, 1), jiff::civil::date(2026, 11, 30));
        assert_eq!(read(LogFilter { from: Some(day), to: Some(day), ..LogFilter::default() }).await.found, 52);
        assert_eq!(read(LogFilter { to: Some(before), ..LogFilter::default() }).await.found, 0);
        assert_eq!(read(LogFilter { to: Some(before), ..LogFilter::default() }).await.pages, 1);
    });
}

#[test]
fn a_proof_leads_from_the_entry_to_the_newest_signed_head() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (auditor, log) = (caller(council, Role::Auditor), own_log(&site.store, council).await);
        append(&site.store, council, log).await.expect("entry");
        let signed = site.app.sign_checkpoint(&auditor, log).await.expect("checkpoint");
        assert_eq!(site.app.sign_checkpoint(&auditor, log).await.expect("again").note, signed.note);
        assert_eq!(site.app.checkpoints(&auditor, log).await.expect("list"), [signed]);
        for _ in 0..4 {
            append(&site.store, council, log).await.expect("entry");
        }
        for seq in 0..7 {
            let proof = site.app.log_proof(&auditor, log, seq).await.expect("proof");
            let is_signed = seq < 3;
            assert_eq!((proof.head.size, proof.note.is_some()), (if is_signed { 3 } else { 7 }, is_signed));
            assert_eq!(proof.leaf, leaf_hash(proof.entry.text.as_bytes()));
            assert!(verify_inclusion(proof.leaf, seq, proof.head.size, &proof.hashes, proof.head.root));
            if let Some(note) = proof.note {
                let key = VerifierKey::parse(&proof.log.public_key).expect("key");
                assert_eq!(Checkpoint::open(&note, &key), Ok(proof.head));
            } else {
                assert_eq!(proof.head, proof.log.head);
            }
        }
        let none = site.app.log_proof(&auditor, log, 7).await;
        assert!(matches!(none, Err(AppError::NotFound(_))), "{none:?}");
    });
}

#[test]
fn logs_of_polls_are_for_auditors_and_no_log_is_for_others() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let own = own_log(&site.store, council).await;
        let log = LogId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
        let begun = site.store.write(council, move |tx| {
            Box::pin(async move {
                let (poll, origin) = (PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]), KeyName::new("dot").expect("name"));
                logs::begin(tx, log, Some(poll), &origin, "khóa".into()).await?;
                Ok::<_, StoreError>(())
            })
        });
        begun.await.expect("log");
        let filter = LogFilter::default();
        for (role, seen) in [(Role::Auditor, vec![own, log]), (Role::Admin, vec![own])] {
            let who = caller(council, role);
            let heads = site.app.logs(&who).await.expect("logs");
            assert_eq!(heads.iter().map(|head| head.log).collect::<Vec<_>>(), seen, "{role:?}");
            assert_eq!(site.app.log_entries(&who, log, &filter).await.is_ok(), seen.contains(&log));
        }
        for role in [Role::Clerk, Role::Leader, Role::Delegate, Role::Teller, Role::Observer] {
            let who = caller(council, role);
            assert!(matches!(site.app.logs(&who).await, Err(AppError::Forbidden)));
            assert!(matches!(site.app.log_entries(&who, own, &filter).await, Err(AppError::Forbidden)));
            assert!(matches!(site.app.log_proof(&who, own, 0).await, Err(AppError::Forbidden)));
            assert!(matches!(site.app.sign_checkpoint(&who, own).await, Err(AppError::Forbidden)));
            assert!(matches!(site.app.checkpoints(&who, own).await, Err(AppError::Forbidden)));
        }
        let stranger = caller(CouncilId::INSTALLATION, Role::Auditor);
        let crossed = site.app.log_entries(&stranger, own, &filter).await;
        assert!(matches!(crossed, Err(AppError::NotFound(_))), "another council's id");
        // A log that began with another key is not signed with this one.
        let foreign = site.app.sign_checkpoint(&caller(council, Role::Auditor), log).await;
        assert!(matches!(foreign, Err(AppError::Input(_))), "{foreign:?}");
    });
}
