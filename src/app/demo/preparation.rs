//! What the office of the demo has prepared: the sample's roster and facts, a poll, and dossiers that its delegates can
//! read. Everything goes through the use cases that the pages use; clerk and leader are the demo's own.

use std::time::Duration;

use crate::demo::fill::Links;
use crate::preparing::TypedPlan;
use crate::rehearse::sample;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::account::{Account, AccountState};
use domain::council::Council;
use domain::id::{CouncilId, PollId, SessionId};
use domain::job::JobState;
use domain::proposal::{ProposalKind, ProposalState};
use domain::role::Role;
use import;
use store::{accounts, councils, roster};

/// How often it is looked whether the dossiers are printed.
const PAUSE: Duration = Duration::from_millis(50);

impl App {
    /// Prepares a poll in a council of the demo, once.
    ///
    /// # Errors
    /// When the sample cannot be read, or the database refuses.
    pub(super) async fn prepare_sample(&self, council: CouncilId) -> Result<(), AppError> {
        let mut tx = self.store.read(council).await?;
        if !roster::officials(&mut tx).await?.is_empty() {
            return Ok(());
        }
        let name = councils::own(&mut tx).await?.map(|row| row.name).unwrap_or_default();
        let people = accounts::list(&mut tx).await?;
        drop(tx);
        let book = import::read_csv_folder(sample::files()).book;
        let book = book.ok_or_else(|| AppError::internal("đọc hội đồng mẫu", "bảng tính mẫu có lỗi"))?;
        let somebody = |role| {
            let open = |account: &&Account| account.state == AccountState::Open && account.roles.has(role);
            people.iter().find(open).cloned()
        };
        let account = |role| somebody(role).map(|account| account.id);
        let links = Links { officials: vec![account(Role::Official)], delegates: vec![account(Role::Delegate)] };
        self.fill(council, &book, &links).await?;
        let (Some(clerk), Some(leader)) = (somebody(Role::Clerk), somebody(Role::Leader)) else { return Ok(()) };
        let clerk = self.acting(council, &name, clerk)?;
        let leader = self.acting(council, &name, leader)?;
        let begun = self.begin_preparation(self.asking(&clerk)?, typed(&book.council)).await?;
        self.release_sample(&clerk, &leader, begun.poll).await
    }

    /// The first release: printed and proposed by the clerk, confirmed by the leader.
    async fn release_sample(&self, clerk: &Caller, leader: &Caller, poll: PollId) -> Result<(), AppError> {
        let job = self.print_release(self.asking(clerk)?, poll).await?;
        loop {
            match self.job(clerk, job).await?.job.state {
                JobState::Running => tokio::time::sleep(PAUSE).await,
                JobState::Ready => break,
                JobState::Done | JobState::Failed | JobState::Discarded => {
                    let cause = self.job_result(clerk, job).await?.unwrap_or_default();
                    return Err(AppError::internal("lập hồ sơ mẫu", cause));
                }
            }
        }
        self.propose_release(self.asking(clerk)?, poll, job).await?;
        let (_, proposals) = self.proposals(clerk, poll).await?;
        let open = proposals
            .iter()
            .find(|proposal| proposal.kind == ProposalKind::DossiersReleased && proposal.state == ProposalState::Open);
        if let Some(open) = open {
            self.confirm_release(self.asking(leader)?, poll, open.id).await?;
        }
        Ok(())
    }

    /// Somebody of the demo at work, without a session that anybody holds.
    fn acting(&self, council: CouncilId, name: &str, account: Account) -> Result<Caller, AppError> {
        Ok(Caller {
            council,
            council_name: name.to_owned(),
            session: SessionId::new(self.now(), &self.chance.for_id()?),
            account,
            pending: None,
            previous_sign_in: None,
            failures_before: 0,
        })
    }

    fn asking<'c>(&self, caller: &'c Caller) -> Result<Ask<'c>, AppError> {
        Ok(Ask { caller, request: self.new_request()? })
    }
}

/// The sample's sitting, as a clerk would type it.
fn typed(council: &Council) -> TypedPlan {
    TypedPlan {
        kind: "rating".to_owned(),
        ruleset: council.ruleset.clone(),
        legislature: council.term.legislature.clone(),
        term_from: council.term.from.to_string(),
        term_to: council.term.to.to_string(),
        sitting: council.sitting.name.clone(),
        opens_on: council.sitting.opens_on.to_string(),
        votes_on: council.sitting.votes_on.to_string(),
        delegates: council.delegates_total.to_string(),
        place: council.place.clone(),
        chair: council.chair.clone(),
        secretary: council.secretary.clone(),
        basis: String::new(),
        // Ballots of the half-prepared vote are printed and counted by whoever looks around.
        purpose: String::new(),
    }
}
