//! Papers of counting day that need no count: test decks and sheets for counting by hand.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::{PDF, file, form_of_file, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use app::preparing::{DeckOfForm, DeckPage, TypedPile};
use domain::rules::RuleSet;
use domain::test_deck::{TestDeck, TestPaper, grouped, keys};

#[derive(Template)]
#[template(path = "preparing/decks.html")]
struct Show {
    poll: String,
    sitting: String,
    decks: Vec<DeckOfForm>,
    rules: Arc<RuleSet>,
}

impl Show {
    /// What a careful teller keys of a paper.
    fn keys(&self, deck: &TestDeck, paper: &TestPaper) -> String {
        grouped(&keys(&paper.reading(), deck.kind, &deck.reasons))
    }
}

/// Which pile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "tap")]
    number: String,
    #[serde(rename = "so")]
    papers: String,
}

/// `GET /ky/{poll}/phieu-thu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let DeckPage { sitting, decks, rules } = site.app.deck_page(&caller, read_poll(&poll)?).await?;
    Ok(Page::new(Show { poll, sitting, decks, rules }))
}

/// `GET /ky/{poll}/phieu-thu/{file}`: `F1-3F9A2C.pdf`
pub async fn deck(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, name)): Path<(String, String)>,
) -> Answer {
    let paper = site.app.deck_paper(&caller, read_poll(&poll)?, form_of_file(&name)?).await?;
    Ok(file(paper, PDF))
}

/// `GET /ky/{poll}/phieu-dem-tay/{file}?tap=3&so=25`
pub async fn tally(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, name)): Path<(String, String)>,
    Query(Wanted { number, papers }): Query<Wanted>,
) -> Answer {
    let typed = TypedPile { number, papers };
    let paper = site.app.tally_paper(&caller, read_poll(&poll)?, form_of_file(&name)?, &typed).await?;
    Ok(file(paper, PDF))
}
