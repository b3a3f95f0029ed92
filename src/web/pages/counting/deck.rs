//! The test deck: what had to come out beside what did.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{PDF, ROOM, file, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::room::DeckReport;
use domain::role::Role;

#[derive(Template)]
#[template(path = "counting/deck.html")]
struct Deck {
    poll: String,
    report: DeckReport,
    is_head: bool,
}

/// `GET /kiem-phieu/{poll}/phieu-thu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let report = site.app.deck_report(&caller, read_poll(&poll)?).await?;
    let is_head = caller.account.roles.has(Role::HeadTeller);
    Ok(Page::new(Deck { poll, report, is_head }))
}

/// `POST /kiem-phieu/{poll}/phieu-thu`
pub async fn record(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let recorded = site.app.record_deck(form.ask(&caller)?, read_poll(&poll)?).await;
    redirect(recorded, Done::DeckRecorded, &format!("{ROOM}/{poll}/phieu-thu"))
}

/// `GET /kiem-phieu/{poll}/bao-cao-kiem-thu.pdf`
pub async fn paper(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let paper = site.app.deck_report_paper(&caller, read_poll(&poll)?).await?;
    Ok(file(paper, PDF))
}
