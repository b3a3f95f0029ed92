//! Questions: a delegate's own and all that were answered; the queue of the Standing Committee.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::{failed, nobody, read_poll, refused};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::reading::questions::{Asked, Questions};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::id::{PollId, QuestionId};
use domain::role::Role;

/// Questions on a page.
const A_PAGE: usize = 50;

/// `?trang=2`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    trang: String,
}

#[derive(Template)]
#[template(path = "reading/questions.html")]
struct OwnPage {
    poll: PollId,
    found: Questions,
}

impl OwnPage {
    fn own(&self) -> Vec<&Asked> {
        self.found.asked.iter().filter(|asked| asked.is_own).collect()
    }

    fn others(&self) -> Vec<&Asked> {
        self.found.asked.iter().filter(|asked| !asked.is_own).collect()
    }
}

#[derive(Template)]
#[template(path = "reading/queue.html")]
struct QueuePage {
    poll: PollId,
    found: Questions,
    form: Form,
    may_forward: bool,
    /// From 1.
    page: usize,
    pages: usize,
}

impl QueuePage {
    fn shown(&self) -> impl Iterator<Item = &Asked> {
        self.found.asked.iter().skip((self.page - 1) * A_PAGE).take(A_PAGE)
    }

    fn waiting(&self) -> usize {
        self.found.asked.iter().filter(|asked| asked.question.is_waiting()).count()
    }

    fn late(&self) -> usize {
        self.found.asked.iter().filter(|asked| asked.is_late).count()
    }

    /// The form that was refused is this question's.
    fn is_refused(&self, asked: &Asked) -> bool {
        self.form.value("question_id") == asked.id.to_string()
    }
}

fn read_question(text: &str) -> Result<QuestionId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("câu hỏi"))
}

/// `GET /doc/{poll}/cau-hoi`
pub async fn own(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async {
        let poll = read_poll(&poll)?;
        Ok((poll, site.app.questions_for_delegate(&caller, poll).await?))
    };
    match found.await {
        Ok((poll, found)) => Page::new(OwnPage { poll, found }).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /doc/{poll}/cau-hoi/{question}/rut`
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, question)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.withdraw_question(ask, read_question(&question)?, form.version()?).await
    };
    match done.await {
        Ok(()) | Err(AppError::AlreadyDone) => {
            Done::QuestionWithdrawn.at(&format!("/doc/{poll}/cau-hoi")).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

async fn queue_page(site: &Site, caller: &Caller, poll: &str, page: &str, form: Form) -> Result<Page, AppError> {
    let poll = read_poll(poll)?;
    let found = site.app.question_queue(caller, poll).await?;
    let pages = found.asked.len().div_ceil(A_PAGE).max(1);
    let page = page.parse().unwrap_or(1_usize).clamp(1, pages);
    let may_forward = caller.account.roles.has(Role::Leader);
    Ok(Page::new(QueuePage { poll, found, form, may_forward, page, pages }))
}

/// `GET /ky/{poll}/cau-hoi`
pub async fn queue(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    match queue_page(&site, &caller, &poll, &wanted.trang, Form::default()).await {
        Ok(page) => page.into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/{poll}/cau-hoi/{question}/chuyen`
pub async fn forward(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, question)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.forward_question(ask, read_question(&question)?, form.version()?).await
    };
    match done.await {
        Ok(()) | Err(AppError::AlreadyDone) => {
            Done::QuestionForwarded.at(&format!("/ky/{poll}/cau-hoi")).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/{poll}/cau-hoi/{question}/tra-lai`
pub async fn give_back(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, question)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.return_question(ask, read_question(&question)?, form.version()?, form.value("reason")).await
    };
    let problem = match done.await {
        Ok(()) | Err(AppError::AlreadyDone) => {
            return Done::QuestionReturned.at(&format!("/ky/{poll}/cau-hoi")).into_response();
        }
        Err(problem) => problem,
    };
    let is_conflict = matches!(problem, AppError::Stale(_));
    let shown = async { queue_page(&site, &caller, &poll, "", form.with_errors(problem)?).await };
    match shown.await {
        Ok(page) => refused(page, is_conflict),
        Err(problem) => failed(&problem),
    }
}
