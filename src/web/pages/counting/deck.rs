//! The test decks: what stands on their papers beside what was read.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{PDF, ROOM, file, read_poll, stage_words};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::HALL;
use app::counting::room::table::BatchStage;
use app::counting::room::{DeckReport, FormDeck};

#[derive(Template)]
#[template(path = "counting/deck.html")]
struct Deck {
    poll: String,
    report: DeckReport,
    /// Whether the caller may open the pages of the day.
    follows_day: bool,
}

impl Deck {
    /// How far the deck of a form is, and the class of its mark.
    fn state(&self, deck: &FormDeck) -> (String, &'static str) {
        match (&deck.agreed, deck.pile, &deck.recorded) {
            (Some(trial), ..) if trial.has_passed => ("khớp, chờ ghi kết quả: đạt".to_owned(), "tag"),
            (Some(trial), ..) => (format!("lệch {} chỗ, chờ ghi kết quả", trial.differences.len()), "tag bad"),
            (None, Some((_, stage)), _) => stage_words(stage),
            (None, None, Some(_)) if deck.has_passed() => ("đạt".to_owned(), "tag good"),
            (None, None, _) if self.report.waived.is_some() => ("đã bỏ qua phiếu thử".to_owned(), "tag bad"),
            (None, None, Some(_)) => ("không đạt, phải kiểm lại".to_owned(), "tag bad"),
            (None, None, None) => ("chưa kiểm".to_owned(), "tag off"),
        }
    }

    fn is_keyed(&self, deck: &FormDeck) -> bool {
        deck.pile.is_some_and(|(_, stage)| stage != BatchStage::Agreed)
    }
}

/// `GET /kiem-phieu/{poll}/phieu-thu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let report = site.app.deck_report(&caller, read_poll(&poll)?).await?;
    let follows_day = caller.may(HALL).is_ok();
    Ok(Page::new(Deck { poll, report, follows_day }))
}

/// `POST /kiem-phieu/{poll}/phieu-thu`, of the form that it names or of all that both tellers agree on.
pub async fn record(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let only = form.value(field::FORM.name).trim().to_owned();
    let only = (!only.is_empty()).then_some(only.as_str());
    let recorded = site.app.record_deck(form.ask(&caller)?, read_poll(&poll)?, only).await;
    redirect(recorded, Done::DeckRecorded, &format!("{ROOM}/{poll}/phieu-thu"))
}

/// `GET /kiem-phieu/{poll}/bao-cao-kiem-thu.pdf`
pub async fn paper(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let paper = site.app.deck_report_paper(&caller, read_poll(&poll)?).await?;
    Ok(file(paper, PDF))
}
