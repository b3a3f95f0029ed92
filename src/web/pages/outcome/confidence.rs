//! Lập kỳ bỏ phiếu tín nhiệm from a result.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{LIST, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::outcome::{ConfidenceOffer, TypedConfidence};
use app::preparing::Begun;
use app::{AppError, Caller};

#[derive(Template)]
#[template(path = "outcome/confidence.html")]
struct Begin {
    poll: String,
    offer: ConfidenceOffer,
    people: Vec<(String, String)>,
    form: Form,
}

impl Begin {
    const fn list(&self) -> &'static str {
        LIST
    }
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Option<Form>) -> Result<Page, AppError> {
    let offer = site.app.confidence_offer(caller, read_poll(poll)?).await?;
    let stored = || {
        let TypedConfidence { officials, sitting, opens_on, votes_on } = &offer.typed;
        let people = officials.iter().map(|id| ("officials", id.clone()));
        let rest = [("sitting", sitting.clone()), ("opens_on", opens_on.clone()), ("votes_on", votes_on.clone())];
        Form::filled(people.chain(rest))
    };
    let form = form.unwrap_or_else(stored);
    let people = offer.people.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    Ok(Page::new(Begin { poll: poll.to_owned(), offer, people, form }))
}

/// `GET /ky/{poll}/bo-phieu-tin-nhiem`
pub async fn ask(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, None).await?)
}

/// `POST /ky/{poll}/bo-phieu-tin-nhiem`
pub async fn begin(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let value = |field: &str| form.value(field).to_owned();
    let typed = TypedConfidence {
        officials: form.all("officials").to_vec(),
        sitting: value("sitting"),
        opens_on: value("opens_on"),
        votes_on: value("votes_on"),
    };
    let begun = site.app.begin_confidence(form.ask(&caller)?, read_poll(&poll)?, typed).await;
    let next = |begun: Option<Begun>| {
        let path = begun.map_or_else(|| format!("/ky/{poll}/ket-qua"), |begun| format!("/ky/{}", begun.poll));
        Done::ConfidencePollBegun.at(&path)
    };
    form.answered(begun, next, |form| page(&site, &caller, &poll, Some(form))).await
}
