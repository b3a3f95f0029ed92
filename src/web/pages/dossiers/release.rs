//! Releases: printed, proposed, confirmed, and read.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::super::document::{self, Drawn};
use super::{about_path, failed, nobody, pdf_file, read_about, read_poll};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::dossiers::{OFFICE, OfferedDossier, Release, ReleaseWork, ReleasedDossier, ReleasedPage, VersionChanges};
use app::service::app::Ask;
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

fn read_number(text: &str) -> Result<u32, AppError> {
    text.parse().map_err(|_| AppError::NotFound("bản phát hành này"))
}

fn read_job(text: &str) -> Result<JobId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("việc này"))
}

/// `POST /ky/{poll}/ho-so/lap`: starts to print all dossiers.
pub async fn print(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let started = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.print_release(ask, read_poll(&poll)?).await
    };
    match started.await {
        Ok(job) => Redirect::to(&format!("/ky/{poll}/ho-so/lap/{job}")).into_response(),
        Err(AppError::AlreadyDone) => Redirect::to(&format!("/ky/{poll}/ho-so")).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}/ho-so/lap/{job}`
pub async fn work(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, job)): Path<(String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async { site.app.release_work(&caller, read_poll(&poll)?, read_job(&job)?).await };
    let work = match found.await {
        Ok(work) => work,
        Err(problem) => return failed(&problem),
    };
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
    if is_running { ([(REFRESH, AGAIN)], page).into_response() } else { page.into_response() }
}

/// `POST /ky/{poll}/ho-so/lap/{job}`: proposes what was printed.
pub async fn propose(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, job)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let proposed = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.propose_release(ask, read_poll(&poll)?, read_job(&job)?).await
    };
    match proposed.await {
        Ok(()) | Err(AppError::AlreadyDone) => Done::ReleaseProposed.at(&format!("/ky/{poll}/ho-so")).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}/ho-so/phat-hanh`
pub async fn releases(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    match async { site.app.releases(&caller, read_poll(&poll)?).await }.await {
        Ok(found) => {
            let releases = found.into_iter().map(|(release, _)| (release.clone(), in_vietnam(release.at))).collect();
            let is_office = OFFICE.iter().any(|role| caller.account.roles.has(*role));
            Page::new(ReleasesPage { poll, is_office, releases }).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}`
pub async fn show_release(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, release)): Path<(String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async {
        let number = read_number(&release)?;
        let all = site.app.releases(&caller, read_poll(&poll)?).await?;
        let found = all.into_iter().find(|(release, _)| release.number == number);
        found.ok_or(AppError::NotFound("bản phát hành này"))
    };
    match found.await {
        Ok((release, dossiers)) => {
            Page::new(ReleasePage { poll, at: in_vietnam(release.at), release, dossiers }).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}`
pub async fn released(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, release, kind, about)): Path<(String, String, String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async {
        let about = read_about(&kind, &about)?;
        let page = site.app.released(&caller, read_poll(&poll)?, read_number(&release)?, &about).await?;
        let drawn = document::draw(&page.document).map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
        Ok::<_, AppError>(DossierPage { poll, path: about_path(&about), at: in_vietnam(page.release.at), page, drawn })
    };
    match found.await {
        Ok(page) => Page::new(page).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}/pdf`
pub async fn released_pdf(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, release, kind, about)): Path<(String, String, String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async {
        let about = read_about(&kind, &about)?;
        site.app.released_pdf(&caller, read_poll(&poll)?, read_number(&release)?, &about).await
    };
    match found.await {
        Ok((name, bytes)) => pdf_file(&name, bytes),
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}/ho-so/phat-hanh/{release}/{kind}/{about}/thay-doi`
pub async fn changes(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, release, kind, about)): Path<(String, String, String, String)>,
    Query(from): Query<From>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async {
        let about = read_about(&kind, &about)?;
        let to = read_number(&release)?;
        let from = from.version.unwrap_or(to.saturating_sub(1)).max(1);
        let changes = site.app.release_changes(&caller, read_poll(&poll)?, &about, (from, to)).await?;
        Ok::<_, AppError>(ChangesPage { poll, path: about_path(&about), from, to, changes })
    };
    match found.await {
        Ok(page) => Page::new(page).into_response(),
        Err(problem) => failed(&problem),
    }
}
