//! The test deck: what had to come out beside what did.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{PDF, ROOM, answer, failed, file, nobody, read_poll};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::counting::room::DeckReport;
use app::service::app::Ask;
use domain::role::Role;

#[derive(Template)]
#[template(path = "counting/deck.html")]
struct Deck {
    poll: String,
    report: DeckReport,
    is_head: bool,
}

/// `GET /kiem-phieu/{poll}/phieu-thu`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let report = site.app.deck_report(&caller, read_poll(&poll)?).await?;
        let is_head = caller.account.roles.has(Role::HeadTeller);
        Ok(Page::new(Deck { poll: poll.clone(), report, is_head }))
    };
    answer(page.await)
}

/// `POST /kiem-phieu/{poll}/phieu-thu`
pub async fn record(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.record_deck(ask, read_poll(&poll)?).await
    };
    match done.await {
        Ok(()) | Err(AppError::AlreadyDone) => {
            Done::DeckRecorded.at(&format!("{ROOM}/{poll}/phieu-thu")).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `GET /kiem-phieu/{poll}/bao-cao-kiem-thu.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let paper = async { site.app.deck_report_paper(&caller, read_poll(&poll)?).await };
    file(paper.await, PDF)
}
