//! The counted ballots under seal, and who received them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::{HandOverPage, TypedHandOver};
use app::{AppError, Caller};
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "day/hand_over.html")]
struct Show {
    poll: String,
    page: HandOverPage,
    form: Form,
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let page = site.app.hand_over_page(caller, read_poll(poll)?).await?;
    Ok(Page::new(Show { poll: poll.to_owned(), page, form }))
}

/// `GET /ky/{poll}/ban-giao`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, Form::default()).await?)
}

/// `POST /ky/{poll}/ban-giao`
pub async fn record(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let text = |field: &str| form.value(field).to_owned();
    let typed = TypedHandOver {
        sealed_by: text("sealed_by"),
        packets: text("packets"),
        received_by: text("received_by"),
        note: text("note"),
    };
    let recorded = site.app.record_hand_over(form.ask(&caller)?, read_poll(&poll)?, &typed).await;
    let next = |_| Done::Saved.at(&format!("/ky/{poll}/ban-giao"));
    form.answered(recorded, next, |form| page(&site, &caller, &poll, form)).await
}
