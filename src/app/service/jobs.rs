//! Background jobs: a form starts one; it goes on when its page is left, says how far it has come, and leaves its
//! result to be looked at. It runs in the process that took the form; when that process ends, the work is found stopped
//! and can be started again: nothing of it is half done, because it writes in one transaction at its end.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::id::{CouncilId, JobId, PollId};
use domain::job::{JobKind, JobState};
use domain::role::Role;
use macros::boxed;
use store::{StoreError, jobs};

pub use store::jobs::Job;

/// Work that says nothing for so long has stopped with its process.
const SILENT_SECONDS: i64 = 30;
/// How often running work says that it goes on.
const BEAT: Duration = Duration::from_millis(500);
/// How often, and how long apart, the end of work is looked for before the page says that it runs.
const SHORT_LOOKS: u32 = 30;
const SHORT_LOOK: Duration = Duration::from_millis(50);
/// Pieces of work that a list shows.
const LISTED: u32 = 50;
/// Pieces of work that run at once in this process; each may hold a whole workbook.
const AT_ONCE: usize = 2;
/// Pieces of work that run or wait in this process.
const MOST: usize = 12;
/// Roles that start background jobs.
pub const WORKERS: &[Role] = &[Role::Clerk, Role::Leader];

const NO_JOB: AppError = AppError::NotFound("việc này");

/// Work that is to begin.
pub(crate) struct NewJob {
    /// Its kind.
    pub kind: JobKind,
    /// The poll that it is for.
    pub poll: Option<PollId>,
    /// What people call it.
    pub title: String,
    /// What it is given.
    pub input: Option<Vec<u8>>,
}

/// How work ended: the state that it leaves, and its result, to be shown on its page.
pub(crate) struct Outcome {
    /// [`JobState::Ready`] or [`JobState::Done`].
    pub state: JobState,
    /// Read by the page of this kind of work.
    pub result: String,
}

/// Where work says how far it has come. A clone says it of the same work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps(Arc<Mutex<(String, u64, u64)>>);

impl Steps {
    /// `done` of `total` parts of `step` are finished; 0 of 0 when they cannot be counted.
    pub(crate) fn set(&self, step: &str, done: usize, total: usize) {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (step.to_owned(), count(done), count(total));
    }

    fn get(&self) -> (String, u64, u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Room for work in this process.
struct Room {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(MOST)), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

const NO_ROOM: &str = "Máy chủ đang chạy hoặc chờ chạy quá nhiều việc dài nên chưa bắt đầu việc này; hãy xem trang «Việc đang \
                       chạy», đợi bớt việc rồi gửi lại.";

/// A piece of work for a page.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Its current state.
    pub job: Job,
    /// It calls itself running, but has been silent for too long.
    pub is_stopped: bool,
}

impl App {
    /// Starts work for a form and gives its id at once. The work goes on after the request; what it returns is stored.
    ///
    /// # Errors
    /// When the caller may not, or the same form was sent before.
    pub(crate) async fn start_job<F, W>(&self, ask: Ask<'_>, new: NewJob, work: F) -> Result<JobId, AppError>
    where
        F: FnOnce(App, Steps) -> W + Send + 'static,
        W: Future<Output = Result<Outcome, AppError>> + Send + 'static,
    {
        let actor = ask.caller.may(WORKERS)?;
        let room = self.memory.of::<Room>();
        let place = Arc::clone(&room.places).try_acquire_owned().map_err(|_| AppError::Input(NO_ROOM.to_owned()))?;
        let (at, id) = (self.now_text()?, JobId::new(self.clock.now(), &self.chance.for_id()?));
        let job = Job {
            id,
            kind: new.kind,
            poll: new.poll,
            account: ask.caller.account.id,
            by: actor.name,
            title: new.title,
            state: JobState::Running,
            step: "Bắt đầu".to_owned(),
            done: 0,
            total: 0,
            started_at: at,
            seen_at: at,
            ended_at: None,
        };
        let input = new.input;
        self.write_once(ask, move |tx| Box::pin(async move { Ok(jobs::add(tx, &job, input).await?) })).await?;
        let (app, council) = (self.clone(), ask.caller.council);
        tokio::spawn(async move {
            let steps = Steps::default();
            // A task of its own: when it panics, the one around it still says that the work has ended.
            let (own, said) = (app.clone(), steps.clone());
            let running = tokio::spawn(async move {
                let _place = place;
                if room.turns.available_permits() == 0 {
                    said.set("Đợi việc khác xong", 0, 0);
                }
                let _turn = room.turns.acquire().await.map_err(|e| AppError::internal("đợi việc khác", e))?;
                work(own, said).await
            });
            app.watch_over(council, id, running, steps).await;
        });
        Ok(id)
    }

    /// Says how far the work has come until it ends, and keeps what it gave.
    async fn watch_over(
        &self,
        council: CouncilId,
        id: JobId,
        mut running: JoinHandle<Result<Outcome, AppError>>,
        steps: Steps,
    ) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                ended = &mut running => break ended,
                _ = beat.tick() => {
                    if let Err(cause) = self.beat(council, id, &steps).await {
                        tracing::warn!(%cause, "how far long work has come was not written");
                    }
                }
            }
        };
        let (state, result) = match ended {
            Ok(Ok(outcome)) => (outcome.state, outcome.result),
            Ok(Err(error)) => (JobState::Failed, error.to_string()),
            Err(cause) => {
                tracing::error!(%cause, "long work broke off");
                (JobState::Failed, StoreError::BrokeOff.to_string())
            }
        };
        if let Err(cause) = self.turn_job(council, id, (JobState::Running, state), Some(result)).await {
            tracing::error!(%cause, "the end of long work was not written");
        }
    }

    async fn beat(&self, council: CouncilId, id: JobId, steps: &Steps) -> Result<(), AppError> {
        let ((step, done, total), at) = (steps.get(), self.now_text()?);
        self.store
            .write(council, move |tx| {
                Box::pin(async move { Ok(jobs::advance(tx, id, &step, (done, total), at).await.map(drop)?) })
            })
            .await
    }

    pub(crate) async fn turn_job(
        &self,
        council: CouncilId,
        id: JobId,
        turn: (JobState, JobState),
        result: Option<String>,
    ) -> Result<(), AppError> {
        let at = self.now_text()?;
        self.store
            .write(council, move |tx| Box::pin(async move { Ok(jobs::turn(tx, id, turn, result, at).await?) }))
            .await
    }

    /// One piece of work, for a page.
    ///
    /// # Errors
    /// When there is none, or the caller may not see it.
    #[boxed]
    pub async fn job(&self, caller: &Caller, id: JobId) -> Result<JobView, AppError> {
        caller.may(WORKERS)?;
        let job = jobs::find(&mut self.store.read(caller.council).await?, id).await?.ok_or(NO_JOB)?;
        self.view(job)
    }

    /// Waits a moment for work that may be short: most files are read before a page could say that they are being read.
    ///
    /// # Errors
    /// When there is none, or the caller may not see it.
    #[boxed]
    pub async fn short_job(&self, caller: &Caller, id: JobId) -> Result<(), AppError> {
        for _ in 0..SHORT_LOOKS {
            if self.job(caller, id).await?.job.state != JobState::Running {
                break;
            }
            tokio::time::sleep(SHORT_LOOK).await;
        }
        Ok(())
    }

    /// The newest pieces of work.
    ///
    /// # Errors
    /// When the caller may not see them.
    #[boxed]
    pub async fn jobs(&self, caller: &Caller) -> Result<Vec<JobView>, AppError> {
        caller.may(WORKERS)?;
        let found = jobs::list(&mut self.store.read(caller.council).await?, LISTED).await?;
        found.into_iter().map(|job| self.view(job)).collect()
    }

    /// What work gave.
    ///
    /// # Errors
    /// When the caller may not see it.
    #[boxed]
    pub async fn job_result(&self, caller: &Caller, id: JobId) -> Result<Option<String>, AppError> {
        caller.may(WORKERS)?;
        Ok(jobs::result(&mut self.store.read(caller.council).await?, id).await?)
    }

    /// Throws a result away, or work that stopped with its process.
    ///
    /// # Errors
    /// When there is none, or it goes on.
    #[boxed]
    pub async fn discard_job(&self, ask: Ask<'_>, id: JobId) -> Result<(), AppError> {
        let view = self.job(ask.caller, id).await?;
        if view.job.state == JobState::Running && !view.is_stopped {
            return Err(AppError::Input("Việc này đang chạy; hãy đợi xong rồi bỏ.".to_owned()));
        }
        let (from, at) = (view.job.state, self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move { Ok(jobs::turn(tx, id, (from, JobState::Discarded), None, at).await?) })
        })
        .await
    }

    fn view(&self, job: Job) -> Result<JobView, AppError> {
        let silent = job.seen_at.seconds_until(self.now_text()?);
        Ok(JobView { is_stopped: job.state == JobState::Running && silent > SILENT_SECONDS, job })
    }
}
