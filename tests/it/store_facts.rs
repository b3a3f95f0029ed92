//! Facts on both databases: kept, filtered, counted; and how long that takes with a term's worth of them.

use std::time::Instant;

use domain::fact::{FactKind, FactState, KeptFact, Period};
use domain::fact_state::By;
use domain::id::{AccountId, CouncilId, FactId, OfficialId};
use domain::official::Field;
use domain::record::{Action, Subject};
use domain::release::About;
use jiff::Timestamp;
use store::fact_lists::{self, FactFilter, FactOrder};
use store::facts::{self, StoredFact};
use store::{Store, StoreError, revisions};

use crate::site::records::tell_versions;
use crate::site::{Site, fact, on_both};
use crate::store_conformance::write;
use crate::store_log::now;

fn account(n: u8) -> AccountId {
    AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10])
}

fn stored(official: OfficialId, n: u16, text: &str) -> StoredFact {
    let [high, low] = n.to_be_bytes();
    StoredFact {
        id: FactId::new(Timestamp::UNIX_EPOCH, &[0, 0, 0, 0, 0, 0, 0, 0, high, low]),
        kept: KeptFact::new(fact(official, text), FactState::Entered),
        entered: By { account: Some(account(1)), name: "Bà Lan".into() },
        verified: None,
        version: 1,
        changed_at: now(),
        changed_by: "Bà Lan".into(),
    }
}

fn verified(fact: &StoredFact) -> StoredFact {
    let kept = KeptFact { state: FactState::Verified, ..fact.kept.clone() };
    let by = By { account: Some(account(2)), name: "Ông Ba".into() };
    StoredFact {
        kept,
        verified: Some((by, now())),
        version: fact.version + 1,
        changed_by: "Ông Ba".into(),
        ..fact.clone()
    }
}

/// Facts with their versions, as use cases write them.
async fn put(store: &Store, council: CouncilId, facts: Vec<StoredFact>) -> Result<(), StoreError> {
    write(store, council, move |tx| {
        Box::pin(async move {
            facts::put(tx, &facts).await?;
            let versions = facts.iter().map(|fact| (&fact.id, fact.version, &fact.kept));
            tell_versions(tx, "2026-12-01T01:00:00Z".parse().expect("time"), (Subject::Fact, Action::Changed), versions)
                .await
        })
    })
    .await
}

#[test]
fn facts_are_kept_over_the_version_before_and_found_by_what_they_say() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (one, two) = (site.has_official(council, "A").await, site.has_official(council, "B").await);
        let mut shared = stored(one, 1, "Thu ngân sách");
        shared.kept.fact.officials = vec![one, two];
        let mut award = stored(two, 2, "Bằng khen");
        award.kept.fact.kind = FactKind::Award;
        award.kept.fact.field = Field("Y tế".into());
        award.kept.fact.period = Period::Year(2024);
        let both = vec![shared.clone(), award.clone()];
        put(&site.store, council, both).await.expect("put");
        let checked = verified(&shared);
        for is_first in [true, false] {
            let next = vec![checked.clone()];
            let put = put(&site.store, council, next).await;
            assert!(if is_first { put.is_ok() } else { matches!(put, Err(StoreError::Stale)) }, "{put:?}");
        }
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(facts::find(&mut tx, shared.id).await.expect("find"), Some(checked.clone()));
        assert_eq!(facts::all(&mut tx).await.expect("all"), [checked.clone(), award.clone()]);
        assert_eq!(facts::verified(&mut tx).await.expect("verified"), [checked.clone().into()]);
        let mut waiting = facts::waiting(&mut tx).await.expect("waiting");
        waiting.sort_unstable();
        assert_eq!(waiting, [(About::Official(two), 1), (About::Field(Field("Y tế".into())), 1)]);
        assert_eq!(
            fact_lists::some(&mut tx, &[award.id, FactId::new(Timestamp::UNIX_EPOCH, &[9; 10])]).await.expect("some"),
            [award.clone()]
        );
        let filters = [
            (FactFilter::default(), vec![&award, &checked]),
            (FactFilter { official: Some(one), ..FactFilter::default() }, vec![&checked]),
            (FactFilter { official: Some(two), ..FactFilter::default() }, vec![&award, &checked]),
            (FactFilter { field: Some("Y tế".into()), ..FactFilter::default() }, vec![&award]),
            (FactFilter { kind: Some(FactKind::Target), ..FactFilter::default() }, vec![&checked]),
            (FactFilter { year: Some(2024), ..FactFilter::default() }, vec![&award]),
            (FactFilter { state: Some(FactState::Verified), ..FactFilter::default() }, vec![&checked]),
            (FactFilter { by: Some("Ông Ba".into()), ..FactFilter::default() }, vec![&checked]),
            (FactFilter { text: "BANG  khen".into(), ..FactFilter::default() }, vec![&award]),
            (FactFilter { text: "%".into(), ..FactFilter::default() }, vec![&award, &checked]),
            (FactFilter { waits_for: Some(account(1)), ..FactFilter::default() }, vec![]),
            (FactFilter { waits_for: Some(account(2)), ..FactFilter::default() }, vec![&award]),
        ];
        for (filter, expected) in filters {
            let found = fact_lists::page(&mut tx, &filter, FactOrder::Changed, 0, 50).await.expect("page");
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
        }
        let by_day = fact_lists::page(&mut tx, &FactFilter::default(), FactOrder::Day, 0, 1).await.expect("page");
        assert_eq!(by_day, [checked], "2025 is newer than 2024");
        let states = fact_lists::states(&mut tx, &FactFilter::default()).await.expect("states");
        assert_eq!(states.map(|(_, count)| count), [1, 1, 0]);
        let choices = fact_lists::choices(&mut tx).await.expect("choices");
        assert_eq!(
            (choices.fields.len(), choices.years, choices.people),
            (2, vec![2025, 2024], vec!["Bà Lan".to_owned(), "Ông Ba".to_owned()])
        );
        let around = fact_lists::neighbours(&mut tx, account(2), shared.id).await.expect("neighbours");
        assert_eq!(around, (None, Some(award.id)));
    });
}

#[test]
fn the_history_of_one_sort_of_record_is_paged() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let official = site.has_official(council, "A").await;
        let first = site.has_waiting_fact(council, official, "Một").await;
        let second = site.has_waiting_fact(council, official, "Hai").await;
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(revisions::count(&mut tx, Subject::Fact).await.expect("count"), 2);
        let all = revisions::newest(&mut tx, Subject::Fact, 0, 10).await.expect("newest");
        let mut records: Vec<String> = all.iter().map(|past| past.revision.record.clone()).collect();
        records.sort();
        assert_eq!(records, [first.to_string(), second.to_string()]);
        assert_eq!(revisions::newest(&mut tx, Subject::Fact, 1, 10).await.expect("newest"), all[1..]);
    });
}

/// Prints times; asserts only that all is there. In release each page of a list takes less than 100 ms.
#[test]
fn eight_thousand_facts_are_written_and_listed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut officials = Vec::new();
        for number in 0..40 {
            officials.push(site.has_official(council, &format!("Người {number}")).await);
        }
        let number = |n: u16| {
            let mut fact = stored(
                officials[usize::from(n) % 40],
                n,
                &format!("Chỉ tiêu số {n} về thu ngân sách và an sinh xã hội"),
            );
            fact.kept.fact.period = Period::Year(2021 + i16::try_from(n % 5).expect("small"));
            if n.is_multiple_of(3) { StoredFact { version: 1, ..verified(&fact) } } else { fact }
        };
        let all: Vec<StoredFact> = (0..8_000).map(number).collect();
        let start = Instant::now();
        write(&site.store, council, move |tx| Box::pin(async move { facts::put(tx, &all).await })).await.expect("put");
        eprintln!("  8,000 facts written in one transaction: {} ms", start.elapsed().as_millis());
        let mut tx = site.store.read(council).await.expect("read");
        let filters = [
            ("all", FactFilter::default()),
            ("one official", FactFilter { official: Some(officials[7]), ..FactFilter::default() }),
            ("text", FactFilter { text: "số 79".into(), ..FactFilter::default() }),
            ("waiting", FactFilter { waits_for: Some(account(2)), ..FactFilter::default() }),
        ];
        for (name, filter) in filters {
            let start = Instant::now();
            let states = fact_lists::states(&mut tx, &filter).await.expect("states");
            let found: u64 = states.iter().map(|(_, count)| count).sum();
            let last = found.saturating_sub(1) / 50 * 50;
            assert!(!fact_lists::page(&mut tx, &filter, FactOrder::Day, last, 50).await.expect("page").is_empty());
            fact_lists::choices(&mut tx).await.expect("choices");
            eprintln!("  last page of {name} ({found}), with counts and choices: {} ms", start.elapsed().as_millis());
        }
    });
}
