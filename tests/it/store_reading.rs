//! Every function of the store about reading, notes, questions and groups on both databases, with the same expectations.

use domain::audit::Digest;
use domain::document::TextLine;
use domain::group_summary::{Content, GroupSummary, SummaryState};
use domain::id::{OfficialId, PollId, QuestionId, SummaryId};
use domain::official::Field;
use domain::question::{Question, Stamp, State};
use domain::record::{Action, Subject};
use domain::release::{About, Stated};
use domain::role::Role;
use domain::text::fold;
use jiff::Timestamp;
use store::group_summaries::StoredSummary;
use store::notes::{NoteKeyRow, SealedNote};
use store::questions::StoredQuestion;
use store::reading::ReadMark;
use store::releases::{Frozen, Release, ReleasedDossier};
use store::{StoreError, group_summaries, notes, questions, reading, releases};

use crate::site::on_both;
use crate::site::records::tell;
use crate::store_conformance::write;
use crate::store_log::now;
use crate::store_polls::with_poll;

fn field(name: &str) -> About {
    About::Field(Field(name.into()))
}

#[test]
fn questions_are_found_by_poll_by_official_and_once_they_went_on() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let (officials, _) = site.has_sample_roster(council).await;
        let account = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        let hand = || Stamp { at: now(), by: "Nguyễn Thị Lan".into() };
        let kept = |n: u8, official: OfficialId| StoredQuestion {
            id: QuestionId::new(Timestamp::UNIX_EPOCH, &[n; 10]),
            value: Question {
                account,
                asked: hand(),
                official,
                poll: poll.id,
                state: State::Asked,
                text: format!("Câu {n}"),
            },
            version: 1,
            changed_at: now(),
            changed_by: "Nguyễn Thị Lan".into(),
        };
        let (first, second) = (kept(1, officials[0]), kept(2, officials[1]));
        let forwarded = first.value.clone().forward(hand(), None).expect("forwarded").0;
        let forwarded = StoredQuestion { value: forwarded, version: 2, ..first.clone() };
        let all = [first.clone(), second.clone(), forwarded.clone()];
        let written = write(&site.store, council, move |tx| {
            Box::pin(async move {
                for kept in &all {
                    questions::put(tx, kept).await?;
                    let told = (Subject::Question, Action::Changed);
                    tell(tx, "2026-12-01T01:00:00Z".parse().expect("time"), told, std::slice::from_ref(kept)).await?;
                }
                Ok(())
            })
        });
        written.await.expect("questions");
        let stale = first.clone();
        let again = write(&site.store, council, move |tx| {
            Box::pin(async move { questions::put(tx, &StoredQuestion { version: 2, ..stale }).await })
        });
        assert!(matches!(again.await, Err(StoreError::Stale)), "the second of two editors is told");

        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(questions::find(&mut tx, first.id).await.expect("find"), Some(forwarded.clone()));
        assert_eq!(questions::of_poll(&mut tx, poll.id).await.expect("poll"), [forwarded.clone(), second.clone()]);
        assert_eq!(questions::about(&mut tx, poll.id, officials[1]).await.expect("about"), [second]);
        assert_eq!(questions::to_official(&mut tx, officials[0]).await.expect("official"), [forwarded]);
        assert_eq!(questions::to_official(&mut tx, officials[1]).await.expect("official"), [], "not before it went on");
    });
}

#[test]
fn a_group_has_one_summary_before_a_vote() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let kept = |n: u8, group: &str| StoredSummary {
            id: SummaryId::new(Timestamp::UNIX_EPOCH, &[n; 10]),
            value: GroupSummary {
                content: Content { general: "Nhất trí.".into(), remarks: Vec::new() },
                group: group.into(),
                poll: poll.id,
                state: SummaryState::Draft,
            },
            version: 1,
            changed_at: now(),
            changed_by: "Thư ký".into(),
        };
        let put = |kept: StoredSummary| {
            write(&site.store, council, move |tx| {
                Box::pin(async move {
                    group_summaries::put(tx, &kept).await?;
                    tell(
                        tx,
                        "2026-12-01T01:00:00Z".parse().expect("time"),
                        (Subject::GroupSummary, Action::Changed),
                        &[kept],
                    )
                    .await
                })
            })
        };
        let (second, first) = (kept(1, "Tổ 2"), kept(2, "Tổ 1"));
        put(second.clone()).await.expect("summary");
        put(first.clone()).await.expect("summary");
        assert!(matches!(put(kept(3, "Tổ 1")).await, Err(StoreError::Refused(_))));
        let mut filed = StoredSummary { version: 2, ..first.clone() };
        filed.value.state = SummaryState::Filed;
        put(filed.clone()).await.expect("filed");
        assert!(matches!(put(filed.clone()).await, Err(StoreError::Stale)));

        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(group_summaries::of_group(&mut tx, poll.id, "Tổ 1").await.expect("group"), Some(filed.clone()));
        assert_eq!(group_summaries::of_group(&mut tx, poll.id, "Tổ 9").await.expect("group"), None);
        assert_eq!(group_summaries::find(&mut tx, second.id).await.expect("find"), Some(second.clone()));
        assert_eq!(group_summaries::of_poll(&mut tx, poll.id).await.expect("poll"), [filed, second]);
    });
}

#[test]
fn notes_are_kept_sealed_rewrapped_and_forgotten_with_their_key() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let account = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        let poll = poll.id;
        let key = NoteKeyRow { salt: vec![0, 1], wrapped: vec![2], key_check: vec![3] };
        let note = |version: u64| SealedNote {
            about: field("Y tế"),
            sealed: vec![0, 255, u8::try_from(version).expect("small")],
            version,
            changed_at: now(),
        };
        let first = key.clone();
        let written = write(&site.store, council, move |tx| {
            Box::pin(async move {
                notes::add_key(tx, account, &first, now()).await?;
                notes::put(tx, poll, account, &note(1)).await?;
                notes::put(tx, poll, account, &note(2)).await
            })
        });
        written.await.expect("notes");
        let stale = write(&site.store, council, move |tx| {
            Box::pin(async move { notes::put(tx, poll, account, &note(2)).await })
        });
        assert!(matches!(stale.await, Err(StoreError::Stale)));
        let other = NoteKeyRow { key_check: vec![9], ..key.clone() };
        let stale = write(&site.store, council, move |tx| {
            Box::pin(async move { notes::rewrap_key(tx, account, &other).await })
        });
        assert!(matches!(stale.await, Err(StoreError::Stale)), "another key is not put in its place");
        let rewrapped = NoteKeyRow { salt: vec![7], wrapped: vec![8], ..key };
        let row = rewrapped.clone();
        write(&site.store, council, move |tx| Box::pin(async move { notes::rewrap_key(tx, account, &row).await }))
            .await
            .expect("rewrapped");

        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(notes::key(&mut tx, account).await.expect("key"), Some(rewrapped));
        assert_eq!(notes::find(&mut tx, poll, account, &field("Y tế")).await.expect("find"), Some(note(2)));
        assert_eq!(notes::find(&mut tx, poll, account, &field("Đất đai")).await.expect("find"), None);
        assert_eq!(notes::of_account(&mut tx, poll, account).await.expect("all"), [note(2)]);
        drop(tx);
        let gone = write(&site.store, council, move |tx| Box::pin(async move { notes::forget(tx, account).await }));
        assert_eq!(gone.await.expect("forgotten"), 1);
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(notes::key(&mut tx, account).await.expect("key"), None);
        assert_eq!(notes::of_account(&mut tx, poll, account).await.expect("all"), []);
    });
}

#[test]
fn a_read_mark_goes_forward_only() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let account = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        for release in [2, 1] {
            let mark = ReadMark { about: field("Y tế"), release, at: now() };
            let marked = write(&site.store, council, move |tx| {
                Box::pin(async move { reading::mark(tx, poll.id, account, &mark).await })
            });
            marked.await.expect("marked");
        }
        let mut tx = site.store.read(council).await.expect("read");
        let marks = reading::marks(&mut tx, poll.id, account).await.expect("marks");
        assert_eq!(marks, [ReadMark { about: field("Y tế"), release: 2, at: now() }]);
        let stranger = PollId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        assert_eq!(reading::marks(&mut tx, stranger, account).await.expect("marks"), []);
    });
}

#[test]
fn both_engines_find_the_same_lines_and_stumble_over_nothing() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let lines = ["xây trạm y tế xã Đồng Tâm", "trạm bơm và trạm y tế", "giải ngân 95,5% or vốn"];
        let line = |text: &str| TextLine { anchor: "dk-1".into(), text: text.into() };
        for number in [1, 2] {
            let frozen = Frozen {
                dossier: ReleasedDossier {
                    position: 1,
                    about: field("Y tế"),
                    name: "v1/fields/01.pdf".into(),
                    title: "Y tế".into(),
                    subtitle: String::new(),
                    sha256: Digest::of(b"x"),
                    pages: 1,
                    pdf_sha256: Digest::of(b"y"),
                },
                stated: Stated { canonical: String::new(), facts: Vec::new() },
                document: "{}".into(),
                pdf: vec![1],
                lines: lines.map(line).to_vec(),
                files: Vec::new(),
            };
            let release = Release { number, at: now(), by: "A".into(), dossiers: 1 };
            let added = write(&site.store, council, move |tx| {
                Box::pin(async move { releases::add(tx, poll.id, &release, &[frozen]).await })
            });
            added.await.expect("release");
        }
        let mut tx = site.store.read(council).await.expect("read");
        for (query, expected) in [
            ("\"tram\"", vec![lines[0], lines[1]]),
            ("\"tram\" \"xa\"", vec![lines[0]]),
            ("\"tram y te\"", vec![lines[0], lines[1]]),
            ("\"y tram\"", vec![]),
            ("\"or\"", vec![lines[2]]),
            ("\"95\" \"5\"", vec![lines[2]]),
            ("\"near\" \"and\"", vec![]),
            (&format!("\"{}\"", fold("Đồng Tâm")), vec![lines[0]]),
        ] {
            let found = reading::search(&mut tx, poll.id, 2, query).await.expect(query);
            let texts: Vec<&str> = found.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(texts, expected, "{query}: the lines of one release, once each");
            assert!(found.iter().all(|line| (line.position, line.anchor.as_str()) == (1, "dk-1")));
        }
    });
}
