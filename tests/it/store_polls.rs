//! Every function of the store about polls on both databases, with the same expectations.

use domain::audit::batches::BatchFault;
use domain::audit::event::poll::{
    BatchCommitted, BatchReopened, CountingClosed, FormTotals, MinutesProposed, PollAmended, PollCreated,
};
use domain::audit::{Actor, Digest, KeyName, Nonce, PollEvent, SealedCounts, canonical};
use domain::counters::Counters;
use domain::id::{CouncilId, LogId, PollId};
use domain::poll_state::{Poll, PollState, Stage};
use domain::presence::{HallFigures, Presence};
use domain::role::Role;
use domain::roster::{Teller, TellerRole};
use domain::shares::Shares;
use jiff::Timestamp;
use store::sealed::SealedPlace;
use store::{Store, StoreError, batches, hall, logs, polls, screen, sealed};

use crate::poll_state::{board, by_two, counts, created, forms, listed, paper};
use crate::site::{Engine, Site, on_both};
use crate::store_conformance::write;
use crate::store_log::now;

/// A poll that is there, with its log.
pub async fn with_poll(engine: Engine) -> (Site, CouncilId, Poll, LogId) {
    let (site, council) = Site::with_council(engine).await;
    let id = PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
    let log = LogId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
    let created = PollCreated { ruleset_sha256: Digest::of(b"id = 'MAU'"), ..created() };
    let counters = Counters::of(&[], created.rehearsal);
    let poll = Poll { id, created, counters, shares: Shares::default() };
    let row = poll.clone();
    let adding = write(&site.store, council, move |tx| {
        Box::pin(async move {
            logs::begin(tx, log, Some(id), &KeyName::new("tinnhiem/dot").expect("name"), "khóa".into()).await?;
            polls::add(tx, &row, log, "id = 'MAU'".into(), now()).await?;
            tx.append(log, now(), &clerk(), &PollEvent::from(row.created)).await.map(drop)
        })
    });
    adding.await.expect("poll");
    (site, council, poll, log)
}

fn clerk() -> Actor {
    Actor { account: None, name: "Văn phòng".into(), role: Role::Clerk }
}

#[test]
fn a_page_is_shown_in_the_hall_and_a_poll_says_whether_it_is_a_rehearsal() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let (store, id) = (&site.store, poll.id);
        let stranger = PollId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(screen::page(&mut tx, id).await.expect("page"), 0);
        assert_eq!(polls::is_rehearsal(&mut tx, id).await.expect("poll"), Some(true));
        assert_eq!(polls::is_rehearsal(&mut tx, stranger).await.expect("none"), None);
        drop(tx);
        let turn = async |poll, page| {
            let name = "turn";
            let turned: Result<(), StoreError> = store
                .write_as(name, council, move |tx| Box::pin(async move { screen::turn_to(tx, poll, page).await }))
                .await;
            turned
        };
        turn(id, 2).await.expect("turned");
        assert!(turn(stranger, 2).await.is_err(), "there is no such poll");
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(screen::page(&mut tx, id).await.expect("page"), 2);
    });
}

/// What the log tells of a batch.
fn committed(opening: &SealedCounts) -> PollEvent {
    BatchCommitted {
        accounts: None,
        batch: opening.batch,
        commitment: opening.commitment().expect("commitment"),
        commitments: None,
        decided: 0,
        earlier: None,
        form: opening.form.clone(),
        papers: opening.counts.papers,
        readers: by_two().readers.map(|reader| reader.name).to_vec(),
        reread: 0,
    }
    .into()
}

fn place(council: CouncilId, poll: PollId, opening: &SealedCounts) -> SealedPlace<'_> {
    let commitment = opening.commitment().expect("commitment");
    SealedPlace { council, poll, form: &opening.form, batch: opening.batch, commitment }
}

/// Stands for encryption, which is no business of this layer.
fn hidden(opening: &SealedCounts) -> String {
    format!("#{}", canonical::to_text(opening).expect("text"))
}

fn shown(_: SealedPlace<'_>, text: &str) -> Option<SealedCounts> {
    canonical::from_text(text.strip_prefix('#')?).ok()
}

/// A row that an older program wrote is read as it is, and sealed for its place once.
async fn plain_rows_are_sealed(store: &Store, council: CouncilId, poll: PollId, opening: &SealedCounts) {
    let count = async || sealed::plain(&mut store.read(council).await.expect("read")).await.expect("rows");
    assert_eq!(count().await, 0);
    let text = canonical::to_text(opening).expect("text");
    let written = write(store, council, move |tx| {
        Box::pin(async move { sealed::seal_plain(tx, &|_, _| None).await.map(|sealed| assert_eq!(sealed, 0)) })
    });
    written.await.expect("nothing to do");
    let plainly = opening.clone();
    let row = write(store, council, move |tx| {
        Box::pin(async move {
            sealed::withdraw(tx, poll, "F1", 1).await?;
            let place = place(council, poll, &plainly);
            sealed::add(tx, place, plainly.counts.papers, &text, &by_two().readers, &[]).await
        })
    });
    row.await.expect("plain");
    let mut tx = store.read(council).await.expect("read");
    assert_eq!(sealed::same(&mut tx, poll, opening, &|_, _| None).await.expect("same"), Some(true), "it is read");
    drop(tx);
    assert_eq!(count().await, 1);
    let sealed = write(store, council, move |tx| {
        let seal = |place: SealedPlace<'_>, text: &str| (place.batch == 1).then(|| format!("#{text}"));
        Box::pin(async move { sealed::seal_plain(tx, &seal).await })
    });
    assert_eq!((sealed.await.expect("sealed"), count().await), (1, 0));
    let mut tx = store.read(council).await.expect("read");
    assert_eq!(sealed::same(&mut tx, poll, opening, &shown).await.expect("same"), Some(true));
}

fn totals() -> Vec<FormTotals> {
    vec![FormTotals { blindings: None, counts: counts(20), form: "F1".into(), issued: 24, returned: 20 }]
}

async fn state(store: &Store, council: CouncilId, poll: PollId) -> PollState {
    let mut tx = store.read(council).await.expect("read");
    polls::find(&mut tx, poll).await.expect("find").expect("poll").state
}

/// 22 of 25 opened the vote, one came later, two left.
const HALL: Presence = Presence { delegates: 25, figures: HallFigures { attended: 23, now: 21, opened: 22 } };

#[test]
fn a_poll_is_read_back_at_every_stage_as_it_was_written() {
    on_both(|engine| async move {
        let (site, council, poll, log) = with_poll(engine).await;
        let (store, id) = (&site.store, poll.id);
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(polls::ruleset_text(&mut tx, id).await.expect("text").as_deref(), Some("id = 'MAU'"));
        assert_eq!(polls::officials(&mut tx, id).await.expect("list"), []);
        let stranger = PollId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        assert_eq!(polls::find(&mut tx, stranger).await.expect("find"), None);
        assert_eq!(polls::ruleset_text(&mut tx, stranger).await.expect("text"), None);
        let summary = polls::list(&mut tx).await.expect("list").remove(0);
        assert_eq!(
            (summary.id, summary.log, summary.stage, summary.kind),
            (id, log, Stage::Created, poll.created.kind)
        );
        assert_eq!((summary.officials, summary.rehearsal, summary.changed_at), (0, true, now()));
        drop(tx);
        assert_eq!(state(store, council, id).await, PollState::Created(poll.clone()));

        let filled = write(store, council, move |tx| {
            Box::pin(async move {
                polls::add_officials(tx, id, &listed()).await?;
                polls::add_forms(tx, id, &forms()).await
            })
        });
        filled.await.expect("list and forms");
        // A board takes the place of the one before, and the sitting turns out otherwise.
        let amended = PollAmended { delegates: 25, sitting: "Kỳ họp khác".into() };
        let (told, before) =
            (amended.clone(), vec![Teller { account: None, name: "E".into(), role: TellerRole::Head }]);
        let changed = write(store, council, move |tx| {
            Box::pin(async move {
                polls::set_tellers(tx, id, &before).await?;
                polls::set_tellers(tx, id, &board()).await?;
                hall::set(tx, id, HallFigures { attended: 22, now: 22, opened: 22 }).await?;
                hall::change(tx, id, 23, 21).await?;
                polls::amend(tx, id, &told).await
            })
        });
        changed.await.expect("board and sitting");
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(polls::tellers(&mut tx, id).await.expect("board"), board());
        assert_eq!(polls::list(&mut tx).await.expect("list").remove(0).officials, 2);
        drop(tx);
        let PollAmended { delegates, sitting } = amended;
        let poll = Poll { created: PollCreated { delegates, sitting, ..poll.created }, ..poll };
        let again = write(store, council, move |tx| Box::pin(async move { polls::add_forms(tx, id, &forms()).await }));
        assert!(matches!(again.await, Err(StoreError::Refused(_))), "a form is sealed once");
        // What no table has of a closed count and of minutes is read from the log.
        let said = write(store, council, move |tx| {
            Box::pin(async move {
                let (name, sha256) = ("minutes.pdf".to_owned(), Digest::of(b"mau"));
                let [closed, minutes]: [PollEvent; 2] = [
                    CountingClosed { forms: totals(), proposed_by: clerk(), shares: None }.into(),
                    MinutesProposed { copies: None, name, sha256 }.into(),
                ];
                tx.append(log, now(), &clerk(), &closed).await?;
                tx.append(log, now(), &clerk(), &minutes).await
            })
        });
        said.await.expect("entries");
        let mut last_version = 0;
        for stage in Stage::ALL {
            write(store, council, move |tx| Box::pin(polls::reach(tx, id, stage, now()))).await.expect("reached");
            let found = state(store, council, id).await;
            assert_eq!((found.stage(), found.poll()), (stage, &poll));
            let mut tx = store.read(council).await.expect("read");
            let version = polls::version(&mut tx, id).await.expect("version").expect("a poll");
            assert!(std::mem::replace(&mut last_version, version) < version, "every step moves it on");
            let stored = polls::find(&mut tx, id).await.expect("poll").expect("poll");
            let open = polls::closed_count(&mut tx, &stored).await.expect("count");
            assert_eq!(open.map(|counted| counted.forms().to_vec()), stage.is_open().then(totals), "{stage:?}");
            drop(tx);
            match found {
                PollState::Listed(_, list, tellers) => assert_eq!((list, tellers), (listed(), board())),
                PollState::Sealed(_, sealed, _) => assert_eq!(sealed, forms()),
                PollState::Zeroed(_, sealed) => assert_eq!(sealed, forms()),
                PollState::Closed(_, counted) => assert_eq!(counted.forms(), totals()),
                PollState::Proposed(_, minutes) => {
                    assert_eq!((minutes.by, minutes.sha256), (clerk(), Digest::of(b"mau")));
                }
                PollState::Tested(_, progress, _)
                | PollState::Waived(_, progress, _)
                | PollState::Voting(_, HALL, progress)
                | PollState::Counting(_, HALL, progress) => {
                    assert_eq!(
                        progress.into_iter().map(|p| (p.form, p.ballots, p.batches, p.papers)).collect::<Vec<_>>(),
                        forms().into_iter().map(|form| (form, None, 0, 0)).collect::<Vec<_>>()
                    );
                }
                _ => {}
            }
        }
        let lost = write(store, council, move |tx| Box::pin(polls::reach(tx, stranger, Stage::Closed, now()))).await;
        assert!(matches!(lost, Err(StoreError::Stale)));
    });
}

#[test]
fn papers_come_back_in_the_order_of_the_log_and_a_result_is_declared_once() {
    on_both(|engine| async move {
        let (site, council, poll, _) = with_poll(engine).await;
        let (store, id) = (&site.store, poll.id);
        for (seq, name) in [(9, "bien-ban.pdf"), (4, "danh-sach.pdf")] {
            let added = write(store, council, move |tx| {
                Box::pin(async move { polls::add_paper(tx, id, seq, &paper(name)).await })
            });
            added.await.expect("paper");
        }
        let twice =
            write(store, council, move |tx| Box::pin(async move { polls::add_paper(tx, id, 9, &paper("x")).await }));
        assert!(matches!(twice.await, Err(StoreError::Refused(_))));
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(polls::papers(&mut tx, id).await.expect("papers"), [paper("danh-sach.pdf"), paper("bien-ban.pdf")]);
        assert_eq!(polls::results(&mut tx, id).await.expect("results"), None);
        drop(tx);
        for is_first in [true, false] {
            let added = write(store, council, move |tx| Box::pin(polls::add_results(tx, id, "{}".into()))).await;
            assert!(if is_first { added.is_ok() } else { matches!(added, Err(StoreError::Refused(_))) }, "{added:?}");
        }
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(polls::results(&mut tx, id).await.expect("results").as_deref(), Some("{}"));
    });
}

#[test]
fn what_is_sealed_tells_only_whether_it_is_the_same_until_the_count_is_whole() {
    on_both(|engine| async move {
        let (site, council, poll, log) = with_poll(engine).await;
        let (store, id) = (&site.store, poll.id);
        let opening = |batch, papers| SealedCounts {
            batch,
            counts: counts(papers),
            form: "F1".into(),
            nonce: Nonce::from_bytes([u8::try_from(batch).expect("small"); 32]),
        };
        let (first, second) = (opening(1, 12), opening(2, 8));
        let sealed_second = second.clone();
        let sealed_both = [second.clone(), first.clone()];
        let filled = write(store, council, move |tx| {
            Box::pin(async move {
                polls::add_forms(tx, id, &forms()).await?;
                hall::set(tx, id, HallFigures { attended: 24, now: 24, opened: 24 }).await?;
                polls::set_issued(tx, id, "F1", 24).await?;
                polls::set_returned(tx, id, "F1", 24, 20).await?;
                polls::set_returned(tx, id, "F2", 24, 0).await?;
                for opening in &sealed_both {
                    let (place, text) = (place(council, id, opening), hidden(opening));
                    sealed::add(tx, place, opening.counts.papers, &text, &by_two().readers, &[]).await?;
                    tx.append(log, now(), &clerk(), &committed(opening)).await?;
                }
                polls::reach(tx, id, Stage::Counting, now()).await
            })
        });
        filled.await.expect("batches");
        let foreign = write(store, council, move |tx| Box::pin(polls::set_returned(tx, id, "F3", 24, 24))).await;
        assert!(matches!(foreign, Err(StoreError::Stale)), "no such form");
        let taken = second.clone();
        let taken = write(store, council, move |tx| {
            Box::pin(async move { sealed::add(tx, place(council, id, &taken), 8, "", &by_two().readers, &[]).await })
        });
        assert!(matches!(taken.await, Err(StoreError::Refused(_))));

        let mut tx = store.read(council).await.expect("read");
        for (sent, same) in [(&first, Some(true)), (&opening(2, 9), Some(false)), (&opening(3, 12), None)] {
            assert_eq!(sealed::same(&mut tx, id, sent, &shown).await.expect("same"), same, "{}", sent.batch);
        }
        let rows = batches::list(&mut tx, id).await.expect("batches");
        let seen = rows.iter().map(|row| (row.form.as_str(), row.number, row.papers, row.commitment));
        let expected = [&first, &second].map(|o| ("F1", o.batch, o.counts.papers, o.commitment().expect("digest")));
        assert_eq!(seen.collect::<Vec<_>>(), expected);
        assert!(rows.iter().all(|row| row.readers == by_two().readers), "{rows:?}");
        let progress = polls::forms(&mut tx, id).await.expect("forms");
        assert_eq!(
            progress.iter().map(|form| (form.ballots, form.batches, form.papers)).collect::<Vec<_>>(),
            [(Some((24, 20)), 2, 20), (Some((24, 0)), 0, 0)]
        );
        let named = logs::of_kind_with(&mut tx, log, "batch.committed", "\"batch\":2").await.expect("entries");
        assert_eq!(named.len(), 1, "{named:?}");
        assert_eq!(logs::of_poll(&mut tx, id).await.expect("log"), Some(log));
        let told = sealed::told(&mut tx, id).await.expect("told");
        assert_eq!(
            told.keys().map(|(form, batch)| (form.as_str(), *batch)).collect::<Vec<_>>(),
            [("F1", 1), ("F1", 2)]
        );
        assert_eq!(sealed::fault(&mut tx, id, &told, Some(&shown)).await.expect("seal"), None);
        assert_eq!(sealed::fault(&mut tx, id, &told, None).await.expect("seal"), None, "they are there");
        let locked = sealed::fault(&mut tx, id, &told, Some(&|_, _| None)).await.expect("seal");
        assert_eq!(locked, Some(("F1".to_owned(), 1, BatchFault::Locked)));
        assert_eq!(logs::origin(&mut tx, log).await.expect("origin"), "tinnhiem/dot");
        let untold = sealed::fault(&mut tx, id, &Default::default(), None).await.expect("seal");
        assert_eq!(untold, Some(("F1".to_owned(), 1, BatchFault::Untold)));
        let standing = batches::standing(&mut tx, id).await.expect("batches");
        assert_eq!(standing.iter().map(|batch| (batch.batch, batch.papers)).collect::<Vec<_>>(), [(1, 12), (2, 8)]);
        drop(tx);
        let leave = state(store, council, id).await.close().expect("whole").may_open();
        let mut tx = store.read(council).await.expect("read");
        assert!(
            sealed::openings(&mut tx, leave, &shown).await.expect("openings") == [first.clone(), second],
            "by form and number"
        );
        let locked = sealed::openings(&mut tx, leave, &|_, _| None).await;
        assert!(matches!(locked, Err(StoreError::LockedBatch { batch: 1, .. })), "{locked:?}");
        for (batch, is_there) in [(1, true), (3, false)] {
            assert_eq!(sealed::is_there(&mut tx, id, "F1", batch).await.expect("batch"), is_there);
        }
        drop(tx);
        let again = write(store, council, move |tx| {
            Box::pin(async move {
                let refused = sealed::seal_again(tx, leave, &|_, _| None).await;
                assert!(matches!(refused, Err(StoreError::LockedBatch { batch: 1, .. })), "{refused:?}");
                sealed::seal_again(tx, leave, &|_, text| Some(text.to_owned())).await
            })
        });
        again.await.expect("sealed again");

        let superseded = sealed_second.commitment().expect("commitment");
        // Other figures take the place of those before, and a batch that is counted anew leaves nothing under seal.
        let withdrawn = write(store, council, move |tx| {
            Box::pin(async move {
                polls::set_returned(tx, id, "F1", 23, 21).await?;
                polls::set_issued(tx, id, "F2", 22).await?;
                let (form, commitment) = ("F1".to_owned(), superseded);
                let reason = "Đếm lại".to_owned();
                let reopened = BatchReopened { batch: 2, commitment, form, proposed_by: clerk(), reason };
                tx.append(log, now(), &clerk(), &PollEvent::from(reopened)).await?;
                sealed::withdraw(tx, id, "F1", 2).await
            })
        });
        withdrawn.await.expect("withdrawn");
        let gone = write(store, council, move |tx| Box::pin(sealed::withdraw(tx, id, "F1", 2))).await;
        assert!(matches!(gone, Err(StoreError::Stale)));
        let mut tx = store.read(council).await.expect("read");
        let progress = polls::forms(&mut tx, id).await.expect("forms");
        assert_eq!((progress[0].ballots, progress[0].batches, progress[0].papers), (Some((23, 21)), 1, 12));
        assert_eq!((progress[1].issued, progress[1].ballots), (Some(22), None), "to be written down again");
        assert!(
            sealed::openings(&mut tx, leave, &shown).await.expect("openings") == [first.clone()],
            "the other one stays"
        );
        drop(tx);
        plain_rows_are_sealed(store, council, id, &first).await;
    });
}
