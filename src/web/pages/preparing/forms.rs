//! The ballot forms, looked at as the very files that are sealed.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{PDF, answer, failed, file, nobody, proposed, read_poll, tag};
use crate::Site;
use crate::form::Form;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::preparing::{FormsPage, Paper};
use app::service::app::Ask;
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
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let mut page = site.app.forms_page(&caller, read_poll(&poll)?).await?;
        let findings = std::mem::take(&mut page.findings);
        let is_blocked = findings.iter().any(Finding::is_error);
        Ok(Page::new(Show { poll: poll.clone(), page, findings, is_blocked }))
    };
    answer(page.await)
}

/// `GET /ky/{poll}/mau-phieu/{file}`: `F1-3F9A2C.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, name)): Path<(String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let paper = async {
        let form = name.strip_suffix(".pdf").ok_or(AppError::NotFound("mẫu phiếu này"))?;
        site.app.form_paper(&caller, read_poll(&poll)?, form).await
    };
    file(paper.await, PDF)
}

/// `GET /ky/{poll}/mau-phieu/diem-chot.txt`
pub async fn checkpoint(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let head = async { site.app.sealed_head(&caller, read_poll(&poll)?).await };
    let paper = head.await.map(|head| Paper { name: "diem-chot.txt".to_owned(), bytes: head.note.into_bytes() });
    file(paper, "text/plain; charset=utf-8")
}

/// `POST /ky/{poll}/mau-phieu`
pub async fn propose(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done =
        async { site.app.propose_forms(Ask { caller: &caller, request: form.request()? }, read_poll(&poll)?).await };
    proposed(&poll, done.await).unwrap_or_else(|problem| failed(&problem))
}
