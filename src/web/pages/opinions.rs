//! What voters said, as the Fatherland Front collected it: filed by the office and sent on to the official.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};

use super::official::Shown;
use super::{read_fact, read_poll};
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::upload::Upload;
use app::reading::official::{DueLine, Opinions, TypedOpinion};
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
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let found = site.app.opinions(&caller, read_poll(&poll)?).await?;
    Ok(page(found, Form::default()))
}

/// `POST /ky/{poll}/y-kien-cu-tri`
pub async fn file(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    Upload { form, file }: Upload,
) -> Answer {
    let found = site.app.opinions(&caller, read_poll(&poll)?).await?;
    let value = |field: &str| form.value(field).to_owned();
    let typed = TypedOpinion {
        official: value("official"),
        text: value(field::TEXT.name),
        received_on: value("received_on"),
        number: value(field::NUMBER.name),
        dated: value("dated"),
        issuer: value("issuer"),
    };
    let ask = form.ask(&caller)?;
    let filed = match file.transpose() {
        Ok(file) => site.app.file_opinion(ask, &typed, file).await,
        Err(problem) => Err(problem),
    };
    Ok(match form.sent(filed)? {
        Sent::Done(_) | Sent::Repeated => Done::OpinionFiled.at(&format!("/ky/{poll}/y-kien-cu-tri")).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            page(found, form).with_status(status).into_response()
        }
    })
}

/// `POST /ky/{poll}/y-kien-cu-tri/{fact}/gui`
pub async fn send(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, fact)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let (_, fact) = (read_poll(&poll)?, read_fact(&fact)?);
    let sent = site.app.send_opinion(form.ask(&caller)?, fact, form.version()?).await;
    redirect(sent, Done::OpinionSent, &format!("/ky/{poll}/y-kien-cu-tri"))
}
