//! What the anchors beside the key are made of: signed heads of logs, counted, and told once they are committed.

use store::{cosignatures, logs};

use crate::site::{Site, on_both};
use crate::store_log::{now, own_log, past_the_program};

#[test]
fn signed_heads_are_counted_and_told_when_they_are_on_the_disk() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let log = own_log(&site.store, council).await;
        let mut told = site.store.signed();
        told.mark_unchanged();
        site.signed_in("mau", "quan.tri").await;
        assert!(!told.has_changed().expect("open"), "an entry alone is no head");
        let work = site.store.write(council, move |tx| {
            Box::pin(async move {
                logs::add_checkpoint_as(tx, log, 1, logs::DAILY, "một", now()).await?;
                logs::add_checkpoint_as(tx, log, 2, logs::NOTED, "hai", now()).await?;
                // The same once more is the same.
                logs::add_checkpoint_as(tx, log, 2, logs::NOTED, "hai", now()).await
            })
        });
        work.await.expect("two heads");
        told.changed().await.expect("told");
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(logs::signed(&mut tx).await.expect("heads").get(&log), Some(&(2, 2)));
        let heads = logs::heads(&mut tx).await.expect("heads");
        assert_eq!((heads[0].frontier.size(), heads[0].frontier.root()), (heads[0].head.size, heads[0].head.root));
    });
}

#[test]
fn what_witnesses_said_is_kept_once_and_never_changes() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let log = own_log(&site.store, council).await;
        let at = now();
        for line in ["một", "hai"] {
            let work = site.store.write(council, move |tx| {
                Box::pin(async move { cosignatures::add(tx, log, 1, ("khoa", line), at).await })
            });
            work.await.expect("kept");
        }
        let mut tx = site.store.read(council).await.expect("read");
        let rows = cosignatures::list(&mut tx, log).await.expect("rows");
        assert_eq!(rows.iter().map(|row| (row.size, row.line.as_str())).collect::<Vec<_>>(), [(1, "một")]);
        drop(tx);
        for statement in ["UPDATE cosignatures SET line = 'x'", "DELETE FROM cosignatures"] {
            let refused = past_the_program(&site.database, council, statement).await;
            assert!(refused.is_err_and(|no| no.contains("cosignature")), "{statement}");
        }
    });
}
