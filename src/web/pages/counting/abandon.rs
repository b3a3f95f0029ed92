//! A head teller takes a batch off the table.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{ROOM, read_number, read_poll, stage_words};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::notice::Done;
use crate::render::Page;
use app::counting::room::BatchPage;

#[derive(Template)]
#[template(path = "counting/abandon.html")]
struct Abandon {
    poll: String,
    page: BatchPage,
}

impl Abandon {
    fn stage(&self) -> String {
        self.page.watched.as_ref().map(|(stage, _)| stage_words(*stage).0).unwrap_or_default()
    }
}

/// `GET /kiem-phieu/{poll}/{form}/{batch}/bo-tap`
pub async fn ask(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form, batch)): Path<(String, String, String)>,
) -> Answer<Page> {
    let page = site.app.batch_page(&caller, read_poll(&poll)?, &form, read_number(&batch)?).await?;
    Ok(Page::new(Abandon { poll, page }))
}

/// `POST /kiem-phieu/{poll}/{form}/{batch}/bo-tap`
pub async fn abandon(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form, batch)): Path<(String, String, String)>,
) -> Answer<Redirect> {
    site.app.abandon_batch(&caller, read_poll(&poll)?, &form, read_number(&batch)?).await?;
    Ok(Done::BatchAbandoned.at(&format!("{ROOM}/{poll}")))
}
