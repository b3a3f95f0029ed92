//! Accounts linked to people of the same name, all at once.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{ask, failed, nobody};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::people::roster::Links;

#[derive(Template)]
#[template(path = "roster/links.html")]
struct Shown {
    links: Links,
    seen: String,
    problem: String,
}

fn page(links: Links, problem: String) -> Page {
    Page::new(Shown { seen: links.seen(), links, problem })
}

/// `GET /can-bo/gan-tai-khoan`
pub async fn show(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    match site.app.links(&caller).await {
        Ok(links) => page(links, String::new()).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /can-bo/gan-tai-khoan`
pub async fn confirm(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async { site.app.link(ask(&caller, &form)?, form.value("seen").to_owned()).await };
    let sentence = match done.await {
        Ok(_) | Err(AppError::AlreadyDone) => return Done::AccountsLinked.at("/can-bo/gan-tai-khoan").into_response(),
        Err(AppError::Input(sentence)) => sentence,
        Err(problem) => return failed(&problem),
    };
    match site.app.links(&caller).await {
        Ok(links) => page(links, sentence).with_status(StatusCode::CONFLICT).into_response(),
        Err(problem) => failed(&problem),
    }
}
