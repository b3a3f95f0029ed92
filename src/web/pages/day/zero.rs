//! The zero report: nothing is counted yet.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::read_poll;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::live::Live;
use crate::notice::Done;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use crate::{Site, routes};
use app::counting::day::ZeroPage;
use app::polls::Requester;
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "day/zero.html")]
struct Show {
    poll: String,
    page: ZeroPage,
    /// Where the paper is, where there is such a page.
    papers: Option<String>,
    turns: Vec<TurnLine>,
}

/// `GET /ky/{poll}/xac-nhan-bang-0`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let id = read_poll(&poll)?;
    let live = Live::of(&site, &caller, id).await?;
    let page = site.app.zero_page(&caller, id).await?;
    let turns = turn::elsewhere(&site, &caller, id, &format!("/ky/{poll}/xac-nhan-bang-0")).await?;
    let papers = format!("/ky/{poll}/giay-to");
    let papers = routes::is_page(&papers).then_some(papers);
    Ok(Page::new(Show { poll, page, papers, turns }).live(live))
}

/// `POST /ky/{poll}/xac-nhan-bang-0`
pub async fn report(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let reported = site.app.report_zero(Requester::Form(form.ask(&caller)?), read_poll(&poll)?).await;
    redirect(reported, Done::Saved, &format!("/ky/{poll}/xac-nhan-bang-0"))
}
