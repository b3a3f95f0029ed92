//! A cancelled vote begun again: what is kept, what waits for another person, and the button.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{LIST, is_clerk, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::AppError;
use app::again::AgainPage;

#[derive(Template)]
#[template(path = "preparing/again.html")]
struct Show {
    poll: String,
    page: AgainPage,
    may_begin: bool,
}

/// `GET /ky/{poll}/bat-dau-lai`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.again_page(&caller, read_poll(&poll)?).await?;
    Ok(Page::new(Show { poll, page, may_begin: is_clerk(&caller) }))
}

/// `POST /ky/{poll}/bat-dau-lai`
pub async fn begin(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    match site.app.begin_again(form.ask(&caller)?, read_poll(&poll)?).await {
        Ok(begun) => Ok(Done::PollBegunAgain.at(&format!("{LIST}/{begun}"))),
        Err(AppError::AlreadyDone) => Ok(Done::PollBegunAgain.at(LIST)),
        Err(problem) => Err(problem.into()),
    }
}
