//! The list of who is voted on.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{PDF, answer, failed, file, nobody, proposed, read_poll, refused, tag};
use crate::Site;
use crate::form::Form;
use crate::render::Page;
use crate::session::Visitor;
use app::preparing::{ListPage, TypedDecision};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::finding::Finding;

#[derive(Template)]
#[template(path = "preparing/listing.html")]
struct Show {
    poll: String,
    page: ListPage,
    findings: Vec<Finding>,
    form: Form,
}

impl Show {
    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let mut page = site.app.list_page(caller, read_poll(poll)?).await?;
    let findings = std::mem::take(&mut page.findings);
    Ok(Page::new(Show { poll: poll.to_owned(), page, findings, form }))
}

/// What was typed of a decision.
pub(super) fn decision(form: &Form) -> TypedDecision {
    TypedDecision { number: form.value("number").to_owned(), day: form.value("day").to_owned() }
}

/// `GET /ky/{poll}/danh-sach`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    answer(page(&site, &caller, &poll, Form::default()).await)
}

/// `GET /ky/{poll}/danh-sach/danh-sach.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let paper = async { site.app.list_paper(&caller, read_poll(&poll)?).await };
    file(paper.await, PDF)
}

/// `POST /ky/{poll}/danh-sach`
pub async fn propose(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.propose_list(ask, read_poll(&poll)?, &decision(&form)).await
    };
    let problem = match proposed(&poll, done.await) {
        Ok(answer) => return answer,
        Err(problem) => problem,
    };
    let again = async { page(&site, &caller, &poll, form.with_errors(problem)?).await };
    match again.await {
        Ok(page) => refused(page, false),
        Err(problem) => failed(&problem),
    }
}
