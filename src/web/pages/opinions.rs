//! What voters said, as the Fatherland Front collected it: filed by the office and sent on to the official.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::official::{Shown, again, fact_id, failed, is_done, nobody};
use super::read_poll;
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use crate::upload::Upload;
use app::reading::official::{DueLine, Opinions, TypedOpinion};
use app::service::app::Ask;
use domain::id::PollId;
use domain::rules::Attested;

struct OpinionItem {
    fact: Shown,
    officials: String,
    came_late_days: i32,
    sent_late_days: i32,
    standing: String,
}

#[derive(Template)]
#[template(path = "opinions/list.html")]
struct List {
    poll: PollId,
    sitting: String,
    lines: Vec<OpinionItem>,
    officials: Vec<(String, String)>,
    front: Option<DueLine>,
    person: Option<DueLine>,
    form: Form,
}

fn page(found: Opinions, form: Form) -> Page {
    let line = |one: app::reading::official::Opinion| OpinionItem {
        fact: Shown::from(&one.fact),
        officials: one.officials,
        came_late_days: one.came_late_days,
        sent_late_days: one.sent_late_days,
        standing: one.standing,
    };
    let mut officials = vec![(String::new(), "Chọn người được lấy phiếu".to_owned())];
    officials.extend(found.officials);
    Page::new(List {
        poll: found.poll,
        sitting: found.sitting,
        lines: found.opinions.into_iter().map(line).collect(),
        officials,
        front: found.front,
        person: found.person,
        form,
    })
}

/// `GET /ky/{poll}/y-kien-cu-tri`
pub async fn list(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async { site.app.opinions(&caller, read_poll(&poll)?).await };
    match found.await {
        Ok(found) => page(found, Form::default()).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/{poll}/y-kien-cu-tri`
pub async fn file(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    Upload { form, file }: Upload,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async { site.app.opinions(&caller, read_poll(&poll)?).await };
    let found = match found.await {
        Ok(found) => found,
        Err(problem) => return failed(&problem),
    };
    let value = |field: &str| form.value(field).to_owned();
    let typed = TypedOpinion {
        official: value("official"),
        text: value("text"),
        received_on: value("received_on"),
        number: value("number"),
        dated: value("dated"),
        issuer: value("issuer"),
    };
    let filed = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.file_opinion(ask, &typed, file.transpose()?).await
    };
    let outcome = filed.await;
    if is_done(&outcome) {
        return Done::OpinionFiled.at(&format!("/ky/{poll}/y-kien-cu-tri")).into_response();
    }
    let Err(problem) = outcome else { return nobody() };
    match form.with_errors(problem) {
        Ok(form) => again(page(found, form), false),
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/{poll}/y-kien-cu-tri/{fact}/gui`
pub async fn send(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, fact)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let sent = async {
        let (_, fact) = (read_poll(&poll)?, fact_id(&fact)?);
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.send_opinion(ask, fact, form.version()?).await
    };
    let outcome = sent.await;
    if is_done(&outcome) {
        return Done::OpinionSent.at(&format!("/ky/{poll}/y-kien-cu-tri")).into_response();
    }
    outcome.err().map_or_else(nobody, |problem| failed(&problem))
}
