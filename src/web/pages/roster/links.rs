//! Accounts linked to people of the same name, all at once.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
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
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(page(site.app.links(&caller).await?, String::new()))
}

/// `POST /can-bo/gan-tai-khoan`
pub async fn confirm(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    // When the form has no id, that is also shown above the pairs.
    let linked = async { site.app.link(form.ask(&caller)?, form.value("seen").to_owned()).await };
    let sentence = match linked.await {
        Ok(_) | Err(AppError::AlreadyDone) => {
            return Ok(Done::AccountsLinked.at("/can-bo/gan-tai-khoan").into_response());
        }
        Err(AppError::Input(sentence)) => sentence,
        Err(problem) => return Err(problem.into()),
    };
    let page = page(site.app.links(&caller).await?, sentence);
    Ok(page.with_status(StatusCode::CONFLICT).into_response())
}
