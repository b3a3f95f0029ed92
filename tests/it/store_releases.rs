//! Every function of the store about releases on both databases, with the same expectations.

use domain::audit::Digest;
use domain::document::TextLine;
use domain::id::{FactId, OfficialId, PollId};
use domain::official::Field;
use domain::record::Subject;
use domain::release::{About, FrozenFact, Stated};
use jiff::Timestamp;
use store::releases::{Frozen, Release, ReleasedDossier};
use store::{StoreError, facts, releases, revisions};

use crate::site::{Site, on_both, typed_task};
use crate::store_conformance::write;
use crate::store_log::now;
use crate::store_polls::with_poll;

fn person() -> About {
    About::Official(OfficialId::new(Timestamp::UNIX_EPOCH, &[1; 10]))
}

fn field() -> About {
    About::Field(Field("Y tế, dân số".into()))
}

fn release(number: u32) -> Release {
    Release { number, at: now(), by: "Trần Thường Trực".into(), dossiers: 2 }
}

fn frozen(position: u32, about: About, text: &str) -> Frozen {
    let pdf = vec![0, 159, 146, 150, u8::try_from(position).expect("small")];
    let fact = FrozenFact {
        fact: FactId::new(Timestamp::UNIX_EPOCH, &[1; 10]),
        sha256: Digest::of(text.as_bytes()),
        version: 2,
    };
    Frozen {
        dossier: ReleasedDossier {
            position,
            about,
            name: format!("v1/{position}.pdf"),
            title: "Ông Nguyễn Văn A".into(),
            subtitle: "Giám đốc Sở Y tế".into(),
            sha256: Digest::of(text.as_bytes()),
            pages: 3,
            pdf_sha256: Digest::of(&pdf),
        },
        stated: Stated { canonical: text.into(), facts: vec![fact] },
        document: format!("{{\"title\":\"{text}\"}}"),
        pdf,
        lines: vec![TextLine { anchor: "dk-1".into(), text: text.into() }],
        files: Vec::new(),
    }
}

#[test]
fn a_release_is_kept_whole_and_never_changes() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let poll = poll.id;
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(releases::newest(&mut tx, poll).await.expect("newest"), None);
        assert_eq!(releases::list(&mut tx, poll).await.expect("list"), []);
        let basis = releases::basis(&mut tx, poll).await.expect("basis");
        assert_eq!(basis, 0, "nothing is compiled from nothing");
        drop(tx);

        let both = || vec![frozen(1, person(), "xây trạm y tế"), frozen(2, field(), "lĩnh vực")];
        for number in [1, 2] {
            let added = write(&site.store, council, move |tx| {
                Box::pin(async move { releases::add(tx, poll, &release(number), &both()).await })
            });
            added.await.expect("release");
        }
        let again = write(&site.store, council, move |tx| {
            Box::pin(async move { releases::add(tx, poll, &release(2), &[]).await })
        });
        assert!(matches!(again.await, Err(StoreError::Refused(_))), "a release is made once");

        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(releases::newest(&mut tx, poll).await.expect("newest"), Some(2));
        assert_eq!(releases::list(&mut tx, poll).await.expect("list"), [release(2), release(1)]);
        let listed: Vec<ReleasedDossier> = both().into_iter().map(|one| one.dossier).collect();
        assert_eq!(releases::dossiers(&mut tx, poll, 1).await.expect("dossiers"), listed);
        assert_eq!(releases::dossiers(&mut tx, poll, 3).await.expect("dossiers"), []);
        for one in both() {
            let about = &one.dossier.about;
            assert_eq!(releases::stated(&mut tx, poll, 2, about).await.expect("stated"), Some(one.stated));
            assert_eq!(releases::document(&mut tx, poll, 2, about).await.expect("document"), Some(one.document));
            assert_eq!(releases::pdf(&mut tx, poll, 2, about).await.expect("file"), Some(one.pdf));
            assert_eq!(releases::pdf(&mut tx, poll, 3, about).await.expect("file"), None);
        }
        let lines = releases::search_lines(&mut tx, poll, 2).await.expect("lines");
        let told = |line: &(i64, String, String, String)| (line.0, line.1.clone(), line.3.clone());
        let expected = [(1, "dk-1".to_owned(), "xay tram y te".to_owned()), (2, "dk-1".into(), "linh vuc".into())];
        assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), expected);
        let elsewhere = PollId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        assert_eq!(releases::document(&mut tx, elsewhere, 1, &person()).await.expect("document"), None);
    });
}

#[test]
fn facts_of_a_field_and_versions_of_records_are_found_and_no_others() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let official = site.has_official(council, "Trần Văn B").await;
        let id = site.has_fact(council, typed_task(&[official], "xây trạm y tế"), true).await;
        let mut elsewhere = typed_task(&[official], "đo đạc đất");
        elsewhere.field = "Đất đai".into();
        site.has_fact(council, elsewhere, false).await;
        let mut tx = site.store.read(council).await.expect("read");
        let found = facts::of_field(&mut tx, &Field("Y tế".into())).await.expect("facts");
        assert_eq!(found.iter().map(|fact| (fact.id, fact.version)).collect::<Vec<_>>(), [(id, 2)]);
        let wanted = [(id.to_string(), 1), (id.to_string(), 2), (id.to_string(), 3), ("khác".to_owned(), 1)];
        let texts = revisions::of_versions(&mut tx, Subject::Fact, &wanted).await.expect("texts");
        let keys: Vec<u64> = texts.keys().map(|(_, version)| *version).collect();
        assert_eq!(keys, [1, 2]);
        assert!(texts.values().all(|text| text.contains("xây trạm y tế")), "{texts:?}");
    });
}
