//! Papers of the day.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{answer, file_of, nobody, read_poll};
use crate::Site;
use crate::render::Page;
use crate::session::Visitor;
use app::counting::outcome::PapersPage;
use domain::role::Role;

#[derive(Template)]
#[template(path = "outcome/papers.html")]
struct Show {
    poll: String,
    page: PapersPage,
    /// May also see the papers that a board takes with it into the day.
    is_office: bool,
}

/// `GET /ky/{poll}/giay-to`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let page = site.app.papers_page(&caller, read_poll(&poll)?).await?;
        let is_office = [Role::Clerk, Role::Leader].iter().any(|role| caller.account.roles.has(*role));
        Ok(Page::new(Show { poll: poll.clone(), page, is_office }))
    };
    answer(page.await)
}

/// `GET /ky/{poll}/giay-to/{file}`: `bien-ban-kiem-phieu.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, name)): Path<(String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let paper = async { site.app.day_paper(&caller, read_poll(&poll)?, &name).await };
    file_of(paper.await)
}
