//! Where the papers of each form went.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{read_poll, step_path, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::{AccountPage, TypedAccount};
use app::{AppError, Caller};
use domain::finding::Finding;
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;

#[derive(Template)]
#[template(path = "day/accounts.html")]
struct List {
    poll: String,
    page: AccountPage,
    correct: String,
}

#[derive(Template)]
#[template(path = "day/account.html")]
struct Edit {
    poll: String,
    id: String,
    block: String,
    present: Option<u32>,
    page: AccountPage,
    form: Form,
    figures: [(&'static str, &'static str, &'static str); 6],
}

impl List {
    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

/// `GET /ky/{poll}/so-phieu`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.account_page(&caller, read_poll(&poll)?).await?;
    let correct = step_path(&poll, ProposalKind::BallotsCorrected);
    Ok(Page::new(List { poll, page, correct }))
}

async fn page(site: &Site, caller: &Caller, (poll, id): (&str, &str), form: Form) -> Result<Page, AppError> {
    let page = site.app.account_page(caller, read_poll(poll)?).await?;
    let block = page.line(id)?.progress.form.block.clone();
    let present = page.attendance.and_then(|attendance| attendance.present);
    let (poll, id) = (poll.to_owned(), id.to_owned());
    Ok(Page::new(Edit { poll, id, block, present, page, form, figures: TypedAccount::FIELDS }))
}

/// `GET /ky/{poll}/so-phieu/{form}`
pub async fn edit(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &id), Form::default()).await?)
}

/// The six figures of a form.
pub(super) fn typed(form: &Form) -> TypedAccount {
    let text = |field: &str| form.value(field).to_owned();
    TypedAccount {
        printed: text("printed"),
        issued: text("issued"),
        exchanged: text("exchanged"),
        unused: text("unused"),
        returned: text("returned"),
        not_returned: text("not_returned"),
    }
}

/// `POST /ky/{poll}/so-phieu/{form}`
pub async fn save(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let looked_at = form.has("looked_at", "1");
    let saved = site.app.record_account(form.ask(&caller)?, read_poll(&poll)?, &id, &typed(&form), looked_at).await;
    let next = |_| Done::Saved.at(&format!("/ky/{poll}/so-phieu"));
    form.answered(saved, next, |form| page(&site, &caller, (&poll, &id), form)).await
}
