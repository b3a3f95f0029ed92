//! Lập kỳ bỏ phiếu tín nhiệm from a result.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{LIST, answer, failed, nobody, read_poll, refused};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::counting::outcome::{ConfidenceOffer, TypedConfidence};
use app::service::app::Ask;
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
pub async fn ask(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    answer(page(&site, &caller, &poll, None).await)
}

/// `POST /ky/{poll}/bo-phieu-tin-nhiem`
pub async fn begin(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let begun = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        let value = |field: &str| form.value(field).to_owned();
        let typed = TypedConfidence {
            officials: form.all("officials").to_vec(),
            sitting: value("sitting"),
            opens_on: value("opens_on"),
            votes_on: value("votes_on"),
        };
        site.app.begin_confidence(ask, read_poll(&poll)?, typed).await
    };
    let problem = match begun.await {
        Ok(begun) => return Done::ConfidencePollBegun.at(&format!("/ky/{}", begun.poll)).into_response(),
        Err(AppError::AlreadyDone) => {
            return Done::ConfidencePollBegun.at(&format!("/ky/{poll}/ket-qua")).into_response();
        }
        Err(problem) => problem,
    };
    let again = async { page(&site, &caller, &poll, Some(form.with_errors(problem)?)).await };
    match again.await {
        Ok(page) => refused(page, false),
        Err(problem) => failed(&problem),
    }
}
