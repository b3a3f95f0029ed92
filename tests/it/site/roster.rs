//! People of the roster who are simply there, for stories about something else.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::id::{AccountId, CouncilId, DelegateId, JobId, OfficialId};
use domain::job::{JobKind, JobState};
use domain::official::{Block, Honorific, Official, Post};
use domain::record::{Action, Subject};
use domain::roster::{Delegate, RosterDelegate, RosterOfficial};
use store::StoreError;
use store::StoredRecord;
use store::jobs::{self, Job};
use store::roster;

use super::Site;
use super::records::tell;

/// Ten bytes that no other id has.
pub fn chance() -> [u8; 10] {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let [a, b, c, d, e, f, g, h] = NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    [1, 0, a, b, c, d, e, f, g, h]
}

impl Site {
    /// An official of one post, who stands last in the order.
    pub async fn has_official(&self, council: CouncilId, name: &str) -> OfficialId {
        let id = OfficialId::new(self.clock.now(), &chance());
        let official = Official {
            name: name.to_owned(),
            honorific: Honorific::Mr,
            birth: None,
            posts: vec![Post { title: "Chủ tịch UBND tỉnh".into(), elected_on: None }],
            block: Block("Ủy ban nhân dân".into()),
            fields: Vec::new(),
            retirement_notice: None,
        };
        let all = roster::officials(&mut self.store.read(council).await.expect("read")).await.expect("officials");
        let position = all.iter().map(|kept| kept.value.position).max().unwrap_or(0) + 1;
        let value = RosterOfficial { account: None, former_posts: Vec::new(), official, position, withdrawn: false };
        let kept = self.kept(id, value);
        let now = self.clock.now();
        let written: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    roster::put_official(tx, &kept).await?;
                    tell(tx, now, (Subject::Official, Action::Added), &[kept]).await
                })
            })
            .await;
        written.expect("official");
        id
    }

    /// A delegate, who stands last in the order.
    pub async fn has_delegate(&self, council: CouncilId, name: &str, group: Option<&str>) -> DelegateId {
        let id = DelegateId::new(self.clock.now(), &chance());
        let delegate = Delegate { name: name.to_owned(), group: group.map(str::to_owned) };
        let all = roster::delegates(&mut self.store.read(council).await.expect("read")).await.expect("delegates");
        let position = all.iter().map(|kept| kept.value.position).max().unwrap_or(0) + 1;
        let value = RosterDelegate { account: None, delegate, is_secretary: false, position, withdrawn: false };
        let kept = self.kept(id, value);
        let now = self.clock.now();
        let written: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    roster::put_delegate(tx, &kept).await?;
                    tell(tx, now, (Subject::Delegate, Action::Added), &[kept]).await
                })
            })
            .await;
        written.expect("delegate");
        id
    }

    /// An import that somebody threw away.
    pub async fn has_job(&self, council: CouncilId, account: AccountId, title: &str) -> JobId {
        let at = self.clock.now().try_into().expect("time");
        let job = Job {
            id: JobId::new(self.clock.now(), &chance()),
            kind: JobKind::Import,
            poll: None,
            account,
            by: "Văn phòng".into(),
            title: title.to_owned(),
            state: JobState::Discarded,
            step: String::new(),
            done: 0,
            total: 0,
            started_at: at,
            seen_at: at,
            ended_at: None,
        };
        let id = job.id;
        let added: Result<(), StoreError> =
            self.store.write(council, move |tx| Box::pin(async move { jobs::add(tx, &job, None).await })).await;
        added.expect("job");
        id
    }

    fn kept<I, T>(&self, id: I, value: T) -> StoredRecord<I, T> {
        let changed_at = self.clock.now().try_into().expect("time");
        StoredRecord { id, value, version: 1, changed_at, changed_by: "Văn phòng".into() }
    }
}
