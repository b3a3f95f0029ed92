//! The minutes of the count: put on the table by the head teller, signed on paper, written down as signed by another.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{again, answer, failed, nobody, read_poll};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::counting::day::MinutesPage;
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "day/minutes.html")]
struct Show {
    poll: String,
    page: MinutesPage,
    form: Form,
    signers: Vec<(String, String)>,
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let page = site.app.minutes_page(caller, read_poll(poll)?).await?;
    let signer =
        |teller: &domain::roster::Teller| (teller.name.clone(), format!("{}: {}", teller.name, teller.role.label()));
    let signers = page.tellers.iter().map(signer).collect();
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, signers }))
}

/// `GET /ky/{poll}/bien-ban`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    answer(page(&site, &caller, &poll, Form::default()).await)
}

/// `POST /ky/{poll}/bien-ban/trinh`
pub async fn propose(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.put_minutes(ask, read_poll(&poll)?).await
    };
    back(&poll, done.await)
}

/// `POST /ky/{poll}/bien-ban/ky`
pub async fn sign(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.minutes_signed(ask, read_poll(&poll)?, form.value("sha256"), form.all("signers")).await
    };
    match done.await {
        Err(problem @ AppError::Fields { .. }) => match form.with_errors(problem) {
            Ok(form) => again(page(&site, &caller, &poll, form).await),
            Err(problem) => failed(&problem),
        },
        other => back(&poll, other),
    }
}

fn back(poll: &str, outcome: Result<(), AppError>) -> Response {
    match outcome {
        Ok(()) | Err(AppError::AlreadyDone) => Done::Saved.at(&format!("/ky/{poll}/bien-ban")).into_response(),
        Err(problem) => failed(&problem),
    }
}
