//! Files of papers: put to the source of a fact, taken away from it, handed out.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse as _;

use super::official::Shown;
use super::read_fact;
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::upload::Upload;
use app::{AppError, Caller};
use domain::id::FactId;

/// What a browser that opens a file instead of keeping it may do with it: show it, nothing else.
const CAGE: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// `GET /tep-nguon/{sha256}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(sha256): Path<String>) -> Answer {
    let sha256 = sha256.parse().map_err(|_| AppError::NotFound("tệp nguồn"))?;
    let download = site.app.download(&caller, sha256).await?;
    let file = &download.attachment;
    let head = [
        (CONTENT_TYPE, file.kind.media_type().to_owned()),
        (CONTENT_LENGTH, file.size.to_string()),
        (CONTENT_DISPOSITION, file.disposition()),
        (CONTENT_SECURITY_POLICY, CAGE.to_owned()),
    ];
    Ok((head, Body::from_stream(download.chunks())).into_response())
}

#[derive(Template)]
#[template(path = "facts/attach.html")]
struct FilePage {
    fact: Shown,
    form: Form,
}

async fn file_page(site: &Site, caller: &Caller, id: FactId, form: Form) -> Result<Page, AppError> {
    let stored = site.app.fact_of_file(caller, id).await?;
    Ok(Page::new(FilePage { fact: Shown::from(&stored), form }))
}

/// `GET /du-kien/{fact}/tep`
pub async fn file(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    Ok(file_page(&site, &caller, read_fact(&id)?, Form::default()).await?)
}

/// `POST /du-kien/{fact}/tep`: puts a file to the source, in place of the one before.
pub async fn attach(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    Upload { form, file }: Upload,
) -> Answer {
    let id = read_fact(&id)?;
    site.app.fact_of_file(&caller, id).await?;
    let (ask, version) = (form.ask(&caller)?, form.version()?);
    let attached = match Upload::required(file) {
        Ok(file) => site.app.set_file(ask, id, version, Some(file)).await,
        Err(problem) => Err(problem),
    };
    sent(&site, &caller, id, form, Done::FileAttached, attached).await
}

/// `POST /du-kien/{fact}/tep/bo`: takes the file away from the source.
pub async fn detach(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    site.app.fact_of_file(&caller, id).await?;
    let detached = site.app.set_file(form.ask(&caller)?, id, form.version()?, None).await;
    sent(&site, &caller, id, form, Done::FileDetached, detached).await
}

async fn sent(
    site: &Site,
    caller: &Caller,
    id: FactId,
    form: Form,
    done: Done,
    outcome: Result<(), AppError>,
) -> Answer {
    Ok(match form.sent(outcome)? {
        Sent::Done(()) | Sent::Repeated => done.at(&format!("/du-kien/{id}")).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            file_page(site, caller, id, form).await?.with_status(status).into_response()
        }
    })
}
