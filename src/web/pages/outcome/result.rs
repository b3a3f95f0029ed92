//! The result, official by official, and whether everybody may see it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{answer, failed, file_of, is_clerk, nobody, read_poll};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::counting::outcome::{RECOUNT_PATH, ResultLine, ResultPage};
use app::service::app::Ask;
use domain::finding::{Finding, Severity};
use domain::role::Role;
use domain::text::upper_first;

#[derive(Template)]
#[template(path = "outcome/list.html")]
struct List {
    lines: Vec<ResultLine>,
}

impl List {
    fn title(&self, line: &ResultLine) -> String {
        upper_first(line.kind)
    }
}

#[derive(Template)]
#[template(path = "outcome/show.html")]
struct Show {
    page: ResultPage,
    is_leader: bool,
    is_clerk: bool,
    /// Where lines are counted again, for those who do it.
    recount: Option<&'static str>,
}

impl Show {
    fn tag(&self, finding: &Finding) -> &'static str {
        match finding.severity {
            Severity::Error => "tag bad",
            Severity::Warning => "tag",
            Severity::Note => "tag off",
        }
    }
}

/// `GET /ket-qua`
pub async fn list(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    answer(site.app.result_lines(&caller).await.map(|lines| Page::new(List { lines })))
}

/// `GET /ky/{poll}/ket-qua`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let page = site.app.result_page(&caller, read_poll(&poll)?).await?;
        let (is_leader, is_clerk) = (caller.account.roles.has(Role::Leader), is_clerk(&caller));
        Ok(Page::new(Show { page, is_leader, is_clerk, recount: RECOUNT_PATH }))
    };
    answer(page.await)
}

/// `GET /ky/{poll}/ket-qua/{file}`: `ket-qua.csv`
pub async fn file(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, name)): Path<(String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let file = async { site.app.result_file(&caller, read_poll(&poll)?, &name).await };
    file_of(file.await)
}

/// `POST /ky/{poll}/cong-khai`
pub async fn expose(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let is_exposed = form.value("exposed") == "yes";
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.expose_result(ask, read_poll(&poll)?, form.version()?, is_exposed).await
    };
    let said = if is_exposed { Done::ResultExposed } else { Done::ResultHidden };
    match done.await {
        Ok(()) | Err(AppError::AlreadyDone) => said.at(&format!("/ky/{poll}/ket-qua")).into_response(),
        Err(problem) => failed(&problem),
    }
}
