//! What a line that is marked wrongly costs, where the board of tellers chooses.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{proposed, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::field;
use crate::form::Form;
use crate::render::Page;
use app::preparing::{BadLinePage, TypedChoice};
use app::{AppError, Caller};
use domain::rules::BadLineCosts;

#[derive(Template)]
#[template(path = "preparing/bad_line.html")]
struct Show {
    poll: String,
    page: BadLinePage,
    form: Form,
    choices: Vec<(&'static str, &'static str)>,
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let page = site.app.bad_line_page(caller, read_poll(poll)?).await?;
    let choices = BadLineCosts::ALL.map(|costs| (costs.code(), costs.label())).into();
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, choices }))
}

/// `GET /ky/{poll}/dong-ghi-sai`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, Form::default()).await?)
}

/// `POST /ky/{poll}/dong-ghi-sai`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let text = |field: field::Field<'_>| form.value(field.name).to_owned();
    let typed = TypedChoice { costs: text(field::COSTS), decision: text(field::DECISION) };
    let outcome = site.app.propose_bad_line(form.ask(&caller)?, read_poll(&poll)?, typed).await;
    form.answered(outcome, |id| proposed(&poll, id), |form| page(&site, &caller, &poll, form)).await
}
