//! Questions: a delegate's own and all that were answered; the queue of the Standing Committee.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::reading::questions::{Asked, Questions};
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
pub async fn own(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let poll = read_poll(&poll)?;
    Ok(Page::new(OwnPage { poll, found: site.app.questions_for_delegate(&caller, poll).await? }))
}

/// `POST /doc/{poll}/cau-hoi/{question}/rut`
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, question)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let outcome = site.app.withdraw_question(form.ask(&caller)?, read_question(&question)?, form.version()?).await;
    redirect(outcome, Done::QuestionWithdrawn, &format!("/doc/{poll}/cau-hoi"))
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
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    Ok(queue_page(&site, &caller, &poll, &wanted.trang, Form::default()).await?)
}

/// `POST /ky/{poll}/cau-hoi/{question}/chuyen`
pub async fn forward(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, question)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let outcome = site.app.forward_question(form.ask(&caller)?, read_question(&question)?, form.version()?).await;
    redirect(outcome, Done::QuestionForwarded, &format!("/ky/{poll}/cau-hoi"))
}

/// `POST /ky/{poll}/cau-hoi/{question}/tra-lai`
pub async fn give_back(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, question)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (ask, id, version) = (form.ask(&caller)?, read_question(&question)?, form.version()?);
    let returned = site.app.return_question(ask, id, version, form.value("reason")).await;
    let next = |_| Done::QuestionReturned.at(&format!("/ky/{poll}/cau-hoi"));
    form.answered(returned, next, |form| queue_page(&site, &caller, &poll, "", form)).await
}
