//! The roster and long work on both databases, with the same expectations.

use domain::id::{AccountId, CouncilId, DelegateId, JobId, OfficialId};
use domain::job::{JobKind, JobState};
use domain::official::{Birth, Block, Field, Honorific, Official, Post, RetirementNotice};
use domain::record::{Action, Subject};
use domain::role::Role;
use domain::roster::{Delegate, FormerPost, RosterDelegate, RosterOfficial};
use jiff::Timestamp;
use store::jobs::Job;
use store::roster::{StoredDelegate, StoredOfficial};
use store::{Store, StoreError, jobs, roster};

use crate::site::records::tell;
use crate::site::{Site, on_both};
use crate::store_conformance::write;
use crate::store_log::now;

fn official(n: u8, position: u32, account: Option<AccountId>) -> StoredOfficial {
    let day = jiff::civil::date(2021, 6, 29);
    let value = RosterOfficial {
        account,
        former_posts: vec![FormerPost { elected_on: None, left_on: day, title: "Trưởng \"Ban\"".into() }],
        official: Official {
            name: format!("Nguyễn Văn <{n}>"),
            honorific: Honorific::Comrade,
            birth: Some(Birth::Year(1965)),
            posts: vec![Post { title: "Chủ tịch".into(), elected_on: Some(day) }],
            block: Block("UBND".into()),
            fields: vec![Field("Y tế".into())],
            retirement_notice: Some(RetirementNotice { text: "12/TB".into() }),
        },
        position,
        withdrawn: false,
    };
    let id = OfficialId::new(Timestamp::UNIX_EPOCH, &[n; 10]);
    StoredOfficial { id, value, version: 1, changed_at: now(), changed_by: "Người Lập".into() }
}

fn delegate(n: u8, position: u32, account: Option<AccountId>) -> StoredDelegate {
    let delegate = Delegate { name: format!("Đại biểu {n}"), group: None };
    let value = RosterDelegate { account, delegate, is_secretary: true, position, withdrawn: false };
    let id = DelegateId::new(Timestamp::UNIX_EPOCH, &[n; 10]);
    StoredDelegate { id, value, version: 1, changed_at: now(), changed_by: "Người Lập".into() }
}

async fn put_official(store: &Store, council: CouncilId, kept: StoredOfficial) -> Result<(), StoreError> {
    write(store, council, move |tx| {
        Box::pin(async move {
            roster::put_official(tx, &kept).await?;
            tell(tx, "2026-12-01T01:00:00Z".parse().expect("time"), (Subject::Official, Action::Changed), &[kept]).await
        })
    })
    .await
}

async fn put_delegate(store: &Store, council: CouncilId, kept: StoredDelegate) -> Result<(), StoreError> {
    write(store, council, move |tx| {
        Box::pin(async move {
            roster::put_delegate(tx, &kept).await?;
            tell(tx, "2026-12-01T01:00:00Z".parse().expect("time"), (Subject::Delegate, Action::Changed), &[kept]).await
        })
    })
    .await
}

#[test]
fn people_are_kept_in_their_order_and_the_second_of_two_editors_is_told() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let store = &site.store;
        let own = site.has_account(council, "can.bo", "Nguyễn Văn", Role::Official).await;
        let (first, second) = (official(1, 2, Some(own)), official(2, 1, None));
        let (here, away) = (delegate(1, 2, Some(own)), delegate(2, 1, None));
        for kept in [first.clone(), second.clone()] {
            put_official(store, council, kept).await.expect("added");
        }
        for kept in [here.clone(), away.clone()] {
            put_delegate(store, council, kept).await.expect("added");
        }
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(roster::officials(&mut tx).await.expect("list"), [second, first.clone()]);
        assert_eq!(roster::official(&mut tx, first.id).await.expect("find"), Some(first.clone()));
        assert_eq!(roster::official(&mut tx, official(9, 1, None).id).await.expect("find"), None);
        assert_eq!(roster::official_of(&mut tx, own).await.expect("own"), Some(first.clone()));
        assert_eq!(roster::delegates(&mut tx).await.expect("list"), [away, here.clone()]);
        assert_eq!(roster::delegate(&mut tx, here.id).await.expect("find"), Some(here.clone()));
        assert_eq!(roster::delegate_of(&mut tx, own).await.expect("own"), Some(here.clone()));
        drop(tx);

        let mut gone = StoredOfficial { version: 2, ..first.clone() };
        gone.value.withdrawn = true;
        let mut left = StoredDelegate { version: 2, ..here.clone() };
        left.value.withdrawn = true;
        for is_first in [true, false] {
            let done =
                [put_official(store, council, gone.clone()).await, put_delegate(store, council, left.clone()).await];
            for done in done {
                assert!(if is_first { done.is_ok() } else { matches!(done, Err(StoreError::Stale)) }, "{done:?}");
            }
        }
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(roster::official(&mut tx, first.id).await.expect("find"), Some(gone));
        assert_eq!(roster::official_of(&mut tx, own).await.expect("own"), None, "who was withdrawn signs in as nobody");
        assert_eq!(roster::delegate_of(&mut tx, own).await.expect("own"), None);
        drop(tx);
        let nobody = AccountId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        let refused = put_official(store, council, official(3, 3, Some(nobody))).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    });
}

fn job(n: u8) -> Job {
    Job {
        id: JobId::new(Timestamp::UNIX_EPOCH, &[n; 10]),
        kind: JobKind::Import,
        poll: None,
        account: AccountId::new(Timestamp::UNIX_EPOCH, &[1; 10]),
        by: "Văn phòng".into(),
        title: format!("tệp {n}.xlsx"),
        state: JobState::Running,
        step: "Bắt đầu".into(),
        done: 0,
        total: 0,
        started_at: now(),
        seen_at: now(),
        ended_at: None,
    }
}

#[test]
fn work_says_how_far_it_is_and_keeps_its_input_while_somebody_has_to_decide() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (store, later) = (&site.store, "2026-12-01T01:09:00Z".parse().expect("time"));
        for n in [1, 2] {
            let row = job(n);
            let added = write(store, council, move |tx| {
                Box::pin(async move { jobs::add(tx, &row, Some(vec![0, 255, n])).await })
            });
            added.await.expect("added");
        }
        let id = job(1).id;
        let steps = move || {
            write(store, council, move |tx| Box::pin(async move { jobs::advance(tx, id, "Đọc", (3, 8), later).await }))
        };
        assert!(steps().await.expect("advanced"));
        let mut tx = store.read(council).await.expect("read");
        let found = jobs::find(&mut tx, id).await.expect("find").expect("job");
        assert_eq!((found.step.as_str(), found.done, found.total, found.seen_at), ("Đọc", 3, 8, later));
        let listed: Vec<JobId> = jobs::list(&mut tx, 1).await.expect("list").into_iter().map(|job| job.id).collect();
        assert_eq!(listed, [job(2).id], "the newest first, no more than asked for");
        assert_eq!(jobs::input(&mut tx, id).await.expect("input"), Some(vec![0, 255, 1]));
        drop(tx);

        let turn = move |from, to, result: &'static str| {
            write(store, council, move |tx| {
                Box::pin(async move { jobs::turn(tx, id, (from, to), Some(result.to_owned()), later).await })
            })
        };
        turn(JobState::Running, JobState::Ready, "{}").await.expect("ready");
        assert!(!steps().await.expect("advanced"), "it does not run any more");
        let stale = turn(JobState::Running, JobState::Failed, "").await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
        let mut tx = store.read(council).await.expect("read");
        assert!(jobs::input(&mut tx, id).await.expect("input").is_some());
        assert_eq!(jobs::result(&mut tx, id).await.expect("result").as_deref(), Some("{}"));
        drop(tx);
        turn(JobState::Ready, JobState::Done, "[]").await.expect("done");
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(jobs::input(&mut tx, id).await.expect("input"), None, "what was decided on is thrown away");
        let found = jobs::find(&mut tx, id).await.expect("find").expect("job");
        assert_eq!((found.state, found.ended_at), (JobState::Done, Some(later)));
    });
}
