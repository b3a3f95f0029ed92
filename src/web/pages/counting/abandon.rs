//! A head teller takes a batch off the table.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{ROOM, read_number, read_poll, stage_words};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::AppError;
use app::counting::room::BatchPage;
use domain::id::RequestId;

#[derive(Template)]
#[template(path = "counting/abandon.html")]
struct Abandon {
    poll: String,
    page: BatchPage,
}

impl Abandon {
    fn opened(&self) -> String {
        self.page.follow.opened.map(|opened| opened.to_string()).unwrap_or_default()
    }

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

/// `POST /kiem-phieu/{poll}/{form}/{batch}/bo-tap`: of the opening that the page showed, so that a page of ten minutes ago
/// takes off nothing that was opened since.
pub async fn abandon(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form_id, batch)): Path<(String, String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let opened = form.value("opened").parse::<RequestId>().map_err(|_| AppError::NotFound("tập phiếu này"))?;
    let batch = (form_id.as_str(), read_number(&batch)?);
    let abandoned = site.app.abandon_batch(form.ask(&caller)?, read_poll(&poll)?, batch, opened).await;
    redirect(abandoned, Done::BatchAbandoned, &format!("{ROOM}/{poll}"))
}
