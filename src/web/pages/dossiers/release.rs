//! Releases: printed, proposed, confirmed, and read.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::response::{IntoResponse as _, Redirect};
use serde::Deserialize;

use super::super::document::{self, Drawn};
use super::{about_path, pdf_file, read_about, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::AppError;
use app::dossiers::{OFFICE, OfferedDossier, Release, ReleaseWork, ReleasedDossier, ReleasedPage, VersionChanges};
use app::service::clock::in_vietnam;
use domain::id::JobId;
use domain::job::JobState;
use domain::release::About;

/// Seconds after which a page about running work looks again.
const AGAIN: HeaderValue = HeaderValue::from_static("2");

/// One dossier beside the one that the newest release has.
struct Offered {
    dossier: OfferedDossier,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "dossiers/work.html")]
struct WorkPage {
    poll: String,
    job: String,
    work: ReleaseWork,
    offered: Vec<Offered>,
    dropped: Vec<String>,
}

#[derive(Template)]
#[template(path = "dossiers/releases.html")]
struct ReleasesPage {
    poll: String,
    /// An auditor has no way to what the office prepares.
    is_office: bool,
    releases: Vec<(Release, String)>,
}

#[derive(Template)]
#[template(path = "dossiers/release.html")]
struct ReleasePage {
    poll: String,
    release: Release,
    at: String,
    dossiers: Vec<ReleasedDossier>,
}

impl ReleasePage {
    fn path(about: &About) -> String {
        about_path(about)
    }
}

#[derive(Template)]
#[template(path = "dossiers/released.html")]
struct DossierPage {
    poll: String,
    path: String,
    page: ReleasedPage,
    at: String,
    drawn: Drawn,
}

#[derive(Template)]
#[template(path = "dossiers/changes.html")]
struct ChangesPage {
    poll: String,
    path: String,
    from: u32,
    to: u32,
    changes: VersionChanges,
}

/// Which version a comparison begins with: `?tu=1`; the one before when it is left out.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    #[serde(rename = "tu")]
    version: Option<u32>,
}

pub(super) fn read_number(text: &str) -> Result<u32, AppError> {
    text.parse().map_err(|_| AppError::NotFound("bản phát hành này"))
}

fn read_job(text: &str) -> Result<JobId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("việc này"))
}

/// `POST /ky/{poll}/ho-so/lap`: starts to print all dossiers.
pub async fn print(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    match site.app.print_release(form.ask(&caller)?, read_poll(&poll)?).await {
        Ok(job) => Ok(Redirect::to(&format!("/ky/{poll}/ho-so/lap/{job}"))),
        Err(AppError::AlreadyDone) => Ok(Redirect::to(&format!("/ky/{poll}/ho-so"))),
        Err(problem) => Err(problem.into()),
    }
}

/// `GET /ky/{poll}/ho-so/lap/{job}`
pub async fn work(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, job)): Path<(String, String)>,
) -> Answer {
    let work = site.app.release_work(&caller, read_poll(&poll)?, read_job(&job)?).await?;
    let state_of = |dossier: &OfferedDossier| match work.before.iter().find(|old| old.about == dossier.about) {
        None => "mới",
        Some(old) if old.sha256 == dossier.sha256 => "như bản trước",
        Some(_) => "có thay đổi",
    };
    let offered: Vec<Offered> =
        work.dossiers.iter().map(|dossier| Offered { state: state_of(dossier), dossier: dossier.clone() }).collect();
    let is_gone = |old: &&ReleasedDossier| work.dossiers.iter().all(|new| new.about != old.about);
    let dropped = work.before.iter().filter(is_gone).map(|old| old.title.clone()).collect();
    let is_running = work.view.job.state == JobState::Running && !work.view.is_stopped;
    let page = Page::new(WorkPage { poll, job, work, offered, dropped });
    Ok(if is_running { ([(REFRESH, AGAIN)], page).into_response() } else { page.into_response() })
}

/// `POST /ky/{poll}/ho-so/lap/{job}`: proposes what was printed.
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, job)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let proposed = site.app.propose_release(form.ask(&caller)?, read_poll(&poll)?, read_job(&job)?).await;
    redirect(proposed, Done::ReleaseProposed, &format!("/ky/{poll}/ho-so"))
}

/// `GET /ky/{poll}/ho-so/phat-hanh`
pub async fn releases(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
) -> Answer<Page> {
    let found = site.app.releases(&caller, read_poll(&poll)?).await?;
    let releases = found.into_iter().map(|(release, _)| (release.clone(), in_vietnam(release.at))).collect();
    let is_office = OFFICE.iter().any(|role| caller.account.roles.has(*role));
    Ok(Page::new(ReleasesPage { poll, is_office, releases }))
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}`
pub async fn show_release(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, release)): Path<(String, String)>,
) -> Answer<Page> {
    let number = read_number(&release)?;
    let all = site.app.releases(&caller, read_poll(&poll)?).await?;
    let found = all.into_iter().find(|(release, _)| release.number == number);
    let (release, dossiers) = found.ok_or(AppError::NotFound("bản phát hành này"))?;
    Ok(Page::new(ReleasePage { poll, at: in_vietnam(release.at), release, dossiers }))
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}`
pub async fn released(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, release, kind, about)): Path<(String, String, String, String)>,
) -> Answer<Page> {
    let about = read_about(&kind, &about)?;
    let page = site.app.released(&caller, read_poll(&poll)?, read_number(&release)?, &about).await?;
    let drawn = document::draw(&page.document).map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
    let (path, at) = (about_path(&about), in_vietnam(page.release.at));
    Ok(Page::new(DossierPage { poll, path, at, page, drawn }))
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}/pdf`
pub async fn released_pdf(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, release, kind, about)): Path<(String, String, String, String)>,
) -> Answer {
    let about = read_about(&kind, &about)?;
    let (name, bytes) = site.app.released_pdf(&caller, read_poll(&poll)?, read_number(&release)?, &about).await?;
    Ok(pdf_file(&name, bytes))
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}/thay-doi`
pub async fn changes(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, release, kind, about)): Path<(String, String, String, String)>,
    Query(from): Query<From>,
) -> Answer<Page> {
    let about = read_about(&kind, &about)?;
    let to = read_number(&release)?;
    let from = from.version.unwrap_or(to.saturating_sub(1)).max(1);
    let changes = site.app.release_changes(&caller, read_poll(&poll)?, &about, (from, to)).await?;
    Ok(Page::new(ChangesPage { poll, path: about_path(&about), from, to, changes }))
}
