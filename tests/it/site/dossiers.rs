//! Facts and released dossiers that are simply there, for stories about something else.

use app::service::app::Ask;
use domain::fact_typed::TypedFact;
use domain::id::{CouncilId, FactId, JobId, OfficialId, PollId};
use domain::job::JobState;
use domain::role::Role;

use super::{Site, somebody_in};

/// A task of 2023, as a clerk types it.
pub fn typed_task(officials: &[OfficialId], text: &str) -> TypedFact {
    TypedFact {
        officials: officials.iter().map(ToString::to_string).collect(),
        field: "Y tế".into(),
        kind: "assigned_task".into(),
        period: "day".into(),
        from: "2023-05-01".into(),
        text: text.into(),
        source_number: "12/BC-UBND".into(),
        source_date: "2023-11-01".into(),
        source_issuer: "UBND tỉnh Mẫu".into(),
        ..TypedFact::default()
    }
}

impl Site {
    /// A fact that a clerk entered; with `is_verified` a leader checked it.
    pub async fn has_fact(&self, council: CouncilId, typed: TypedFact, is_verified: bool) -> FactId {
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| somebody_in(council, role, self.clock.now()));
        let request = || self.app.new_request().expect("request");
        let id = self.app.enter_fact(Ask { caller: &clerk, request: request() }, typed).await.expect("entered");
        if is_verified {
            self.app.verify_fact(Ask { caller: &leader, request: request() }, id, 1).await.expect("verified");
        }
        id
    }

    /// Prints all dossiers of a poll, and waits until that is done.
    pub async fn has_printed(&self, council: CouncilId, poll: PollId) -> JobId {
        let clerk = somebody_in(council, Role::Clerk, self.clock.now());
        let ask = Ask { caller: &clerk, request: self.app.new_request().expect("request") };
        let job = self.app.print_release(ask, poll).await.expect("started");
        loop {
            let work = self.app.release_work(&clerk, poll, job).await.expect("work");
            match work.view.job.state {
                JobState::Running => tokio::task::yield_now().await,
                JobState::Ready => return job,
                other => panic!("{other:?}: {}", work.failure),
            }
        }
    }

    /// Releases all dossiers of a poll as they stand; the long work that printed them.
    pub async fn has_release(&self, council: CouncilId, poll: PollId) -> JobId {
        let job = self.has_printed(council, poll).await;
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| somebody_in(council, role, self.clock.now()));
        let request = || self.app.new_request().expect("request");
        self.app.propose_release(Ask { caller: &clerk, request: request() }, poll, job).await.expect("proposed");
        let desk = self.app.dossier_desk(&leader, poll).await.expect("desk");
        let offer = desk.offer.expect("offer").proposal;
        let ask = Ask { caller: &leader, request: request() };
        self.app.confirm_release(ask, poll, offer).await.expect("released");
        job
    }
}
