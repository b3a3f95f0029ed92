//! Files of papers: put to the source of a fact, taken away from it, handed out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::official::{Shown, again, fact_id, failed, is_done, nobody};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use crate::upload::Upload;
use app::service::app::Ask;
use app::{AppError, Caller};

/// What a browser that opens a file instead of keeping it may do with it: show it, nothing else.
const CAGE: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// `GET /tep-nguon/{sha256}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(sha256): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let download = async {
        let sha256 = sha256.parse().map_err(|_| AppError::NotFound("tệp nguồn"))?;
        site.app.download(&caller, sha256).await
    };
    let download = match download.await {
        Ok(download) => download,
        Err(problem) => return failed(&problem),
    };
    let file = &download.attachment;
    let head = [
        (CONTENT_TYPE, file.kind.media_type().to_owned()),
        (CONTENT_LENGTH, file.size.to_string()),
        (CONTENT_DISPOSITION, file.disposition()),
        (CONTENT_SECURITY_POLICY, CAGE.to_owned()),
    ];
    (head, Body::from_stream(download.chunks())).into_response()
}

#[derive(Template)]
#[template(path = "facts/attach.html")]
struct FilePage {
    fact: Shown,
    form: Form,
}

async fn file_page(site: &Site, caller: &Caller, id: &str, form: Form) -> Result<Page, AppError> {
    let stored = site.app.fact_of_file(caller, fact_id(id)?).await?;
    Ok(Page::new(FilePage { fact: Shown::from(&stored), form }))
}

/// `GET /du-kien/{fact}/tep`
pub async fn file(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    match file_page(&site, &caller, &id, Form::default()).await {
        Ok(page) => page.into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /du-kien/{fact}/tep`: puts a file to the source, in place of the one before.
pub async fn attach(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Upload { form, file }: Upload,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let attached = async {
        let fact = fact_id(&id)?;
        site.app.fact_of_file(&caller, fact).await?;
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.set_file(ask, fact, form.version()?, Some(Upload::required(file)?)).await
    };
    answer(&site, &caller, &id, Done::FileAttached, attached.await, form).await
}

/// `POST /du-kien/{fact}/tep/bo`: takes the file away from the source.
pub async fn detach(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let detached = async {
        let fact = fact_id(&id)?;
        site.app.fact_of_file(&caller, fact).await?;
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.set_file(ask, fact, form.version()?, None).await
    };
    answer(&site, &caller, &id, Done::FileDetached, detached.await, form).await
}

async fn answer(
    site: &Site,
    caller: &Caller,
    id: &str,
    done: Done,
    outcome: Result<(), AppError>,
    form: Form,
) -> Response {
    if is_done(&outcome) {
        return done.at(&format!("/du-kien/{id}")).into_response();
    }
    let Err(problem) = outcome else { return nobody() };
    let is_conflict = matches!(problem, AppError::Stale(_));
    let shown = async { file_page(site, caller, id, form.with_errors(problem)?).await };
    match shown.await {
        Ok(page) => again(page, is_conflict),
        Err(problem) => failed(&problem),
    }
}
