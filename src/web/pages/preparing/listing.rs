//! The list of who is voted on.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{PDF, file, proposed, read_poll, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::preparing::{ListPage, TypedDecision};
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
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, Form::default()).await?)
}

/// `GET /ky/{poll}/danh-sach/danh-sach.pdf`
pub async fn paper(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let paper = site.app.list_paper(&caller, read_poll(&poll)?).await?;
    Ok(file(paper, PDF))
}

/// `POST /ky/{poll}/danh-sach`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let outcome = site.app.propose_list(form.ask(&caller)?, read_poll(&poll)?, &decision(&form)).await;
    form.answered(outcome, |id| proposed(&poll, id), |form| page(&site, &caller, &poll, form)).await
}
