//! One duty that follows from a result, and what was done of it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{LIST, answer, failed, is_clerk, nobody, read_poll, refused};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::counting::outcome::{FollowUpLine, TypedFollowUp};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::id::OfficialId;

#[derive(Template)]
#[template(path = "outcome/follow_up.html")]
struct Edit {
    poll: String,
    sitting: String,
    line: FollowUpLine,
    form: Form,
    may_mark: bool,
}

impl Edit {
    const fn list(&self) -> &'static str {
        LIST
    }
}

fn read_official(text: &str) -> Result<OfficialId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("việc này"))
}

async fn page(
    site: &Site,
    caller: &Caller,
    (poll, official, duty): (&str, &str, &str),
    form: Option<Form>,
) -> Result<Page, AppError> {
    let about = (read_official(official)?, duty);
    let (sitting, line) = site.app.follow_up(caller, read_poll(poll)?, about).await?;
    let stored = || {
        let done_on = line.done.done_on.map(|day| day.to_string()).unwrap_or_default();
        Form::filled([("version", line.version.to_string()), ("done_on", done_on), ("note", line.done.note.clone())])
    };
    let form = form.unwrap_or_else(stored);
    Ok(Page::new(Edit { poll: poll.to_owned(), sitting, line, form, may_mark: is_clerk(caller) }))
}

/// `GET /ky/{poll}/viec-sau/{official}/{duty}`
pub async fn ask(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, official, duty)): Path<(String, String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    answer(page(&site, &caller, (&poll, &official, &duty), None).await)
}

/// `POST /ky/{poll}/viec-sau/{official}/{duty}`
pub async fn mark(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, official, duty)): Path<(String, String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        let typed = TypedFollowUp { done_on: form.value("done_on").to_owned(), note: form.value("note").to_owned() };
        let about = (read_official(&official)?, duty.clone());
        site.app.mark_follow_up(ask, read_poll(&poll)?, about, form.version()?, typed).await
    };
    let problem = match done.await {
        Ok(()) | Err(AppError::AlreadyDone) => return Done::Saved.at(&format!("/ky/{poll}/ket-qua")).into_response(),
        Err(problem) => problem,
    };
    let is_conflict = matches!(problem, AppError::Stale(_));
    let again = async { page(&site, &caller, (&poll, &official, &duty), Some(form.with_errors(problem)?)).await };
    match again.await {
        Ok(page) => refused(page, is_conflict),
        Err(problem) => failed(&problem),
    }
}
