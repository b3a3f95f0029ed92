//! Background jobs: those that run, those that wait for a decision, those that are done.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use app::AppError;
use app::service::clock::in_vietnam;
use app::service::jobs::JobView;
use domain::job::{JobKind, JobState};

/// Running work as `jobs/progress.html` shows it; the page that includes it has one as `work`, and refreshes itself with
/// `jobs/refresh.html` in the block `head`.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// What it is doing.
    pub step: String,
    /// Parts of the step that are done.
    pub done: u64,
    /// Parts of the step; 0 when they cannot be counted.
    pub total: u64,
    /// When it began.
    pub started_at: String,
    /// It has been silent for too long: its process ended.
    pub is_stopped: bool,
}

impl Work {
    /// `None` when the work has ended.
    pub(super) fn running(view: &JobView) -> Option<Self> {
        let job = &view.job;
        (job.state == JobState::Running).then(|| Self {
            step: job.step.clone(),
            done: job.done,
            total: job.total,
            started_at: in_vietnam(job.started_at),
            is_stopped: view.is_stopped,
        })
    }
}

/// A line of a list of work.
pub(super) struct JobItem {
    /// Id.
    pub id: String,
    /// Its kind.
    pub kind: &'static str,
    /// What people call it.
    pub title: String,
    /// Name of the person who started it.
    pub by: String,
    /// How far it has come.
    pub state: &'static str,
    /// Class of the tag that shows the state.
    pub tag: &'static str,
    /// When it began.
    pub started_at: String,
}

impl JobItem {
    pub(super) fn of(view: &JobView) -> Self {
        let job = &view.job;
        let (state, tag) = match job.state {
            _ if view.is_stopped => ("dừng giữa chừng", "bad"),
            JobState::Ready => (job.state.label(), ""),
            JobState::Running => (job.state.label(), ""),
            JobState::Done => (job.state.label(), "good"),
            JobState::Failed => (job.state.label(), "bad"),
            JobState::Discarded => (job.state.label(), "off"),
        };
        Self {
            id: job.id.to_string(),
            kind: job.kind.label(),
            title: job.title.clone(),
            by: job.by.clone(),
            state,
            tag,
            started_at: in_vietnam(job.started_at),
        }
    }
}

#[derive(Template)]
#[template(path = "jobs/list.html")]
struct List {
    lines: Vec<JobItem>,
}

/// `GET /viec`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let views = site.app.jobs(&caller).await?;
    Ok(Page::new(List { lines: views.iter().map(JobItem::of).collect() }))
}

/// `GET /viec/{job}`: leads to the page of its kind.
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Answer<Redirect> {
    let id = id.parse().map_err(|_| AppError::NotFound("việc này"))?;
    let JobView { job, .. } = site.app.job(&caller, id).await?;
    let to = match (job.kind, job.poll) {
        (JobKind::Import, _) => format!("/nhap-bang-tinh/{}", job.id),
        (JobKind::Dossiers, Some(poll)) => format!("/ky/{poll}/ho-so/lap/{}", job.id),
        // Dossiers are always of a poll.
        (JobKind::Dossiers, None) => "/viec".to_owned(),
    };
    Ok(Redirect::to(&to))
}
