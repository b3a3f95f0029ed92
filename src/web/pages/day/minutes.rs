//! The minutes of the count: proposed by the head teller, signed on paper, recorded as signed by somebody else.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::MinutesPage;
use app::{AppError, Caller};
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "day/minutes.html")]
struct Show {
    poll: String,
    page: MinutesPage,
    form: Form,
    signers: Vec<(String, String)>,
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let page = site.app.minutes_page(caller, read_poll(poll)?).await?;
    let signer =
        |teller: &domain::roster::Teller| (teller.name.clone(), format!("{}: {}", teller.name, teller.role.label()));
    let signers = page.tellers.iter().map(signer).collect();
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, signers }))
}

/// `GET /ky/{poll}/bien-ban`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, Form::default()).await?)
}

/// `POST /ky/{poll}/bien-ban/trinh`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let proposed = site.app.put_minutes(form.ask(&caller)?, read_poll(&poll)?).await;
    redirect(proposed, Done::Saved, &path(&poll))
}

/// `POST /ky/{poll}/bien-ban/ky`
pub async fn sign(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let (ask, id) = (form.ask(&caller)?, read_poll(&poll)?);
    let signed = site.app.minutes_signed(ask, id, form.value("sha256"), form.all("signers")).await;
    form.answered(signed, |_| Done::Saved.at(&path(&poll)), |form| page(&site, &caller, &poll, form)).await
}

fn path(poll: &str) -> String {
    format!("/ky/{poll}/bien-ban")
}
