//! Files of papers and the facts behind them, on both databases.

use domain::fact::FactKind;
use domain::role::Role;
use store::{attachments, facts};

use crate::site::{Site, on_both};
use crate::store_conformance::write;

#[test]
fn a_file_is_kept_once_in_chunks_and_known_to_those_whom_it_concerns() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let account = site.has_account(council, "tran.b", "Trần Văn B", Role::Official).await;
        let other = site.has_account(council, "le.c", "Lê Thị C", Role::Official).await;
        let official = site.has_linked_official(council, account, "Trần Văn B").await;
        site.has_linked_official(council, other, "Lê Thị C").await;
        let (id, award) = site.has_fact_with_file(council, official, FactKind::Award, "khen").await;
        let (_, opinion) = site.has_fact_with_file(council, official, FactKind::VotersOpinion, "cử tri").await;

        let mut tx = site.store.read(council).await.expect("read");
        let kept = attachments::find(&mut tx, award).await.expect("find").expect("file");
        assert_eq!((kept.name.as_str(), kept.sha256), ("nguon.pdf", award));
        let counts = attachments::chunk_counts(&mut tx).await.expect("counts");
        assert!(counts.contains(&(award.to_string(), 1)), "{counts:?}");
        let sizes = attachments::sizes(&mut tx).await.expect("sizes");
        assert!(sizes.contains(&(award.to_string(), i64::try_from(kept.size).expect("small"))), "{sizes:?}");
        let bytes = attachments::chunk(&mut tx, award, 0).await.expect("chunk").expect("bytes");
        assert_eq!(u64::try_from(bytes.len()), Ok(kept.size));
        assert_eq!(attachments::chunk(&mut tx, award, 1).await.expect("chunk"), None);
        for (file, who, concerns) in [(award, account, true), (award, other, false), (opinion, account, false)] {
            assert_eq!(attachments::concerns(&mut tx, file, who).await.expect("concerns"), concerns);
        }
        assert!(!attachments::is_released(&mut tx, award).await.expect("released"));
        let about = facts::about(&mut tx, official).await.expect("about");
        assert_eq!(about.len(), 2);
        let of_kind = facts::of_kind(&mut tx, FactKind::Award).await.expect("kind");
        assert_eq!(of_kind.iter().map(|fact| fact.id).collect::<Vec<_>>(), [id]);
        let found = facts::find(&mut tx, id).await.expect("find").expect("fact");
        assert_eq!(Some(&found), of_kind.first());
        assert!(facts::all(&mut tx).await.expect("all").contains(&found));
        drop(tx);

        let again = write(&site.store, council, move |tx| Box::pin(async move { attachments::add(tx, &kept).await }));
        assert!(!again.await.expect("again"), "the same bytes are kept once");
        let twice = write(&site.store, council, move |tx| Box::pin(attachments::add_chunk(tx, award, 0, vec![1])));
        assert!(twice.await.is_err(), "a chunk never changes");
        // The opinion concerns the person once it was sent on.
        let sent = write(&site.store, council, move |tx| {
            Box::pin(async move {
                let mut fact = facts::of_kind(tx, FactKind::VotersOpinion).await?.remove(0);
                fact.kept.sent_on = Some("2026-12-01".parse().expect("day"));
                fact.version += 1;
                facts::put(tx, &[fact]).await?;
                attachments::concerns(tx, opinion, account).await
            })
        });
        assert!(sent.await.expect("sent"));
    });
}
