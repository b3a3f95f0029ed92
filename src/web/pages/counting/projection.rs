//! The head of the board turns the pages of the result in the hall.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{ROOM, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::AppError;
use app::counting::room::Projection;

#[derive(Template)]
#[template(path = "counting/projection.html")]
struct Show {
    poll: String,
    page: Projection,
}

impl Show {
    fn last(&self) -> u32 {
        self.page.pages.last().map_or(0, |page| page.number)
    }

    /// The page after the one that is shown; the first where none is.
    fn next(&self) -> Option<u32> {
        Some(self.page.shown + 1).filter(|next| *next <= self.last())
    }

    fn previous(&self) -> Option<u32> {
        self.page.shown.checked_sub(1).filter(|previous| *previous > 0)
    }
}

/// `GET /kiem-phieu/{poll}/chieu-ket-qua`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.projection(&caller, read_poll(&poll)?).await?;
    Ok(Page::new(Show { poll, page }))
}

/// `POST /kiem-phieu/{poll}/chieu-ket-qua`
pub async fn turn(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let page = form.value("page").parse().map_err(|_| AppError::NotFound("trang kết quả này"))?;
    site.app.project(form.ask(&caller)?, read_poll(&poll)?, page).await?;
    Ok(Redirect::to(&format!("{ROOM}/{poll}/chieu-ket-qua")))
}
