//! Where the papers of each form went.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{read_poll, step_path, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::live::Live;
use crate::notice::Done;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use app::counting::day::{AccountLine, AccountPage, TypedAccount};
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
    /// Those that are written down next.
    figures: Figures,
    turns: Vec<TurnLine>,
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
    /// Other forms of which nothing is announced yet.
    others: usize,
}

impl List {
    fn is_next(&self, line: &AccountLine) -> bool {
        self.page.next().is_some_and(|next| next.progress.form.id == line.progress.form.id)
    }

    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

async fn list_page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let id = read_poll(poll)?;
    let live = Live::of(site, caller, id).await?;
    let page = site.app.account_page(caller, id).await?;
    let turns = turn::elsewhere(site, caller, id, &format!("/ky/{poll}/so-phieu")).await?;
    let correct = step_path(poll, ProposalKind::BallotsCorrected);
    let correct_issued = step_path(poll, ProposalKind::IssuedCorrected);
    let figures = if page.may_issue { TypedAccount::FIELDS.get(..ISSUED) } else { TypedAccount::FIELDS.get(ISSUED..) };
    let figures = figures.unwrap_or_default();
    let form = if page.may_issue { form.also_filled([("others", "1".to_owned())]) } else { form };
    Ok(Page::new(List { poll: poll.to_owned(), page, correct, correct_issued, form, figures, turns }).live(live))
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
    let form = form.or(stands).unwrap_or_else(|| Form::filled([("others", "1".to_owned())]));
    let figures = TypedAccount::FIELDS.get(..ISSUED).unwrap_or_default();
    let others = page.not_issued(&id).count();
    Ok(Page::new(Announce { poll, id, block, present, page, form, figures, others }))
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
    let which = (id.as_str(), form.has("others", "1"));
    let announced = site.app.announce_issued(form.ask(&caller)?, read_poll(&poll)?, which, &typed(&form)).await;
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
