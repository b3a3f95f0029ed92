//! Papers of the day.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{file_of, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use app::counting::outcome::PapersPage;
use app::trail::{BUNDLERS, UNSEALERS};
use domain::role::Role;

#[derive(Template)]
#[template(path = "outcome/papers.html")]
struct Show {
    poll: String,
    page: PapersPage,
    /// Takes the bundle, once there is a result.
    has_bundle: bool,
    /// Takes the bundle that has the counts of each batch.
    has_sealed: bool,
    /// May also see the papers that a board takes with it into the day.
    is_office: bool,
}

/// `GET /ky/{poll}/giay-to`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.papers_page(&caller, read_poll(&poll)?).await?;
    let is_office = [Role::Clerk, Role::Leader].iter().any(|role| caller.account.roles.has(*role));
    let has_bundle = page.has_result && caller.may(BUNDLERS).is_ok();
    let has_sealed = page.has_result && caller.may(UNSEALERS).is_ok();
    Ok(Page::new(Show { poll, page, has_bundle, has_sealed, is_office }))
}

/// `GET /ky/{poll}/giay-to/goi-kiem-chung.zip`
pub async fn bundle(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let bundle = site.app.bundle_file(&caller, read_poll(&poll)?).await?;
    Ok(file_of(bundle))
}

/// `GET /ky/{poll}/giay-to/goi-niem-phong.zip`
pub async fn sealed_bundle(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
) -> Answer {
    let bundle = site.app.sealed_bundle_file(&caller, read_poll(&poll)?).await?;
    Ok(file_of(bundle))
}

/// `GET /ky/{poll}/giay-to/{file}`: `bien-ban-kiem-phieu.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, name)): Path<(String, String)>,
) -> Answer {
    let paper = site.app.day_paper(&caller, read_poll(&poll)?, &name).await?;
    Ok(file_of(paper))
}
