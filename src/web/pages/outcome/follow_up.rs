//! One duty that follows from a result, and what was done about it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{LIST, is_clerk, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::outcome::{FollowUpLine, TypedFollowUp};
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
    SignedIn(caller): SignedIn,
    Path((poll, official, duty)): Path<(String, String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &official, &duty), None).await?)
}

/// `POST /ky/{poll}/viec-sau/{official}/{duty}`
pub async fn mark(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, official, duty)): Path<(String, String, String)>,
    form: Form,
) -> Answer {
    let ask = form.ask(&caller)?;
    let typed = TypedFollowUp { done_on: form.value("done_on").to_owned(), note: form.value("note").to_owned() };
    let about = (read_official(&official)?, duty.clone());
    let marked = site.app.mark_follow_up(ask, read_poll(&poll)?, about, form.version()?, typed).await;
    let next = |_| Done::Saved.at(&format!("/ky/{poll}/ket-qua"));
    form.answered(marked, next, |form| page(&site, &caller, (&poll, &official, &duty), Some(form))).await
}
