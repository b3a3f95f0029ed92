//! The ballot forms, looked at as the very files that are sealed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{PDF, file, form_of_file, proposed, read_poll, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::AppError;
use app::preparing::{FormsPage, Paper};
use domain::finding::Finding;

#[derive(Template)]
#[template(path = "preparing/forms.html")]
struct Show {
    poll: String,
    page: FormsPage,
    findings: Vec<Finding>,
    is_blocked: bool,
}

impl Show {
    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

/// `GET /ky/{poll}/mau-phieu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let mut page = site.app.forms_page(&caller, read_poll(&poll)?).await?;
    let findings = std::mem::take(&mut page.findings);
    let is_blocked = findings.iter().any(Finding::is_error);
    Ok(Page::new(Show { poll, page, findings, is_blocked }))
}

/// `GET /ky/{poll}/mau-phieu/{file}`: `F1-3F9A2C.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, name)): Path<(String, String)>,
) -> Answer {
    let form = form_of_file(&name)?;
    Ok(file(site.app.form_paper(&caller, read_poll(&poll)?, form).await?, PDF))
}

/// `GET /ky/{poll}/mau-phieu/diem-chot.txt`
pub async fn checkpoint(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let head = site.app.sealed_head(&caller, read_poll(&poll)?).await?;
    let paper = Paper { name: "diem-chot.txt".to_owned(), bytes: head.note.into_bytes() };
    Ok(file(paper, "text/plain; charset=utf-8"))
}

/// `POST /ky/{poll}/mau-phieu`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    match site.app.propose_forms(form.ask(&caller)?, read_poll(&poll)?).await {
        Ok(id) => Ok(proposed(&poll, Some(id))),
        Err(AppError::AlreadyDone) => Ok(proposed(&poll, None)),
        Err(problem) => Err(problem.into()),
    }
}
