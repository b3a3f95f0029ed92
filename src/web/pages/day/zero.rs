//! The zero report: nothing is counted yet.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{answer, failed, nobody, read_poll};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use crate::{Site, routes};
use app::AppError;
use app::counting::day::ZeroPage;
use app::polls::Hand;
use app::service::app::Ask;
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "day/zero.html")]
struct Show {
    poll: String,
    page: ZeroPage,
    /// Where the paper is, where there is such a page.
    papers: Option<String>,
}

/// `GET /ky/{poll}/bao-cao-khong`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let page = site.app.zero_page(&caller, read_poll(&poll)?).await?;
        let papers = format!("/ky/{poll}/giay-to");
        let papers = routes::is_page(&papers).then_some(papers);
        Ok(Page::new(Show { poll: poll.clone(), page, papers }))
    };
    answer(page.await)
}

/// `POST /ky/{poll}/bao-cao-khong`
pub async fn report(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.report_zero(Hand::Form(ask), read_poll(&poll)?).await
    };
    match done.await {
        Ok(_) | Err(AppError::AlreadyDone) => Done::Saved.at(&format!("/ky/{poll}/bao-cao-khong")).into_response(),
        Err(problem) => failed(&problem),
    }
}
