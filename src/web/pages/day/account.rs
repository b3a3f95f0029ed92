//! Where the papers of each form went.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{read_poll, step_path, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::{AccountPage, TypedAccount};
use app::{AppError, Caller};
use domain::ballot_account::IssuedPapers;
use domain::finding::Finding;
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;

type Figures = &'static [(&'static str, &'static str, &'static str)];

/// Of [`TypedAccount::FIELDS`] those that are announced when the ballots are out.
const ISSUED: usize = 2;

#[derive(Template)]
#[template(path = "day/accounts.html")]
struct List {
    poll: String,
    page: AccountPage,
    correct: String,
    correct_issued: String,
    form: Form,
}

#[derive(Template)]
#[template(path = "day/account.html")]
struct Edit {
    poll: String,
    id: String,
    block: String,
    present: Option<u32>,
    /// As it was announced.
    issued: Option<IssuedPapers>,
    page: AccountPage,
    form: Form,
    figures: Figures,
}

#[derive(Template)]
#[template(path = "day/issued.html")]
struct Announce {
    poll: String,
    id: String,
    block: String,
    present: Option<u32>,
    page: AccountPage,
    form: Form,
    figures: Figures,
}

impl List {
    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

async fn list_page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let page = site.app.account_page(caller, read_poll(poll)?).await?;
    let correct = step_path(poll, ProposalKind::BallotsCorrected);
    let correct_issued = step_path(poll, ProposalKind::IssuedCorrected);
    Ok(Page::new(List { poll: poll.to_owned(), page, correct, correct_issued, form }))
}

/// `GET /ky/{poll}/so-phieu`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(list_page(&site, &caller, &poll, Form::default()).await?)
}

/// `POST /ky/{poll}/phieu-chua-dung`
pub async fn seal_unused(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let (packets, note) = (form.value("packets"), form.value("note"));
    let sealed = site.app.unused_sealed(form.ask(&caller)?, read_poll(&poll)?, packets, note).await;
    form.answered(sealed, |_| saved(&poll), |form| list_page(&site, &caller, &poll, form)).await
}

fn saved(poll: &str) -> Redirect {
    Done::Saved.at(&format!("/ky/{poll}/so-phieu"))
}

async fn announce_page(
    site: &Site,
    caller: &Caller,
    (poll, id): (&str, &str),
    form: Option<Form>,
) -> Result<Page, AppError> {
    let page = site.app.account_page(caller, read_poll(poll)?).await?;
    let line = page.line(id)?;
    let block = line.progress.form.block.clone();
    let stands = line
        .issued
        .map(|papers| Form::filled([("printed", papers.printed.to_string()), ("issued", papers.issued.to_string())]));
    let present = page.attendance.and_then(|attendance| attendance.present);
    let (poll, id) = (poll.to_owned(), id.to_owned());
    let form = form.or(stands).unwrap_or_default();
    let figures = TypedAccount::FIELDS.get(..ISSUED).unwrap_or_default();
    Ok(Page::new(Announce { poll, id, block, present, page, form, figures }))
}

/// `GET /ky/{poll}/so-phieu/{form}/phat-ra`
pub async fn issued(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
) -> Answer<Page> {
    Ok(announce_page(&site, &caller, (&poll, &id), None).await?)
}

/// `POST /ky/{poll}/so-phieu/{form}/phat-ra`
pub async fn announce(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let announced = site.app.announce_issued(form.ask(&caller)?, read_poll(&poll)?, &id, &typed(&form)).await;
    let again = |form| announce_page(&site, &caller, (&poll, &id), Some(form));
    form.answered(announced, |_| saved(&poll), again).await
}

async fn page(site: &Site, caller: &Caller, (poll, id): (&str, &str), form: Option<Form>) -> Result<Page, AppError> {
    let page = site.app.account_page(caller, read_poll(poll)?).await?;
    let line = page.line(id)?;
    let (block, issued) = (line.progress.form.block.clone(), line.issued);
    let stands = line.account.map(|account| {
        let typed = TypedAccount::of(account);
        let figures = TypedAccount::FIELDS.iter().zip(typed.values());
        Form::filled(figures.map(|((field, ..), value)| (*field, value.to_owned())))
    });
    let present = page.attendance.and_then(|attendance| attendance.present);
    let (poll, id) = (poll.to_owned(), id.to_owned());
    let form = form.or(stands).unwrap_or_default();
    let figures = TypedAccount::FIELDS.get(ISSUED..).unwrap_or_default();
    Ok(Page::new(Edit { poll, id, block, present, issued, page, form, figures }))
}

/// `GET /ky/{poll}/so-phieu/{form}`
pub async fn edit(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &id), None).await?)
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
    let recorded = site.app.record_account(form.ask(&caller)?, read_poll(&poll)?, &id, &typed(&form), looked_at).await;
    form.answered(recorded, |_| saved(&poll), |form| page(&site, &caller, (&poll, &id), Some(form))).await
}
