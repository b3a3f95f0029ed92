//! Proposals: what exactly would change, and the decision of another person.

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
use app::confirm::{ProposalPage, Shown};
use app::preparing::OFFICE;
use app::service::app::Ask;
use app::service::clock::in_vietnam;
use app::{AppError, Caller};
use domain::id::ProposalId;
use domain::proposal::{Proposal, ProposalState, SignOff};

#[derive(Template)]
#[template(path = "preparing/proposals.html")]
struct List {
    poll: String,
    sitting: String,
    proposals: Vec<Proposal>,
    /// The caller prepares votes, and did not come from the hall.
    is_office: bool,
}

#[derive(Template)]
#[template(path = "preparing/proposal.html")]
struct Show {
    poll: String,
    page: ProposalPage,
    form: Form,
}

fn state_tag(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => "tag bad",
        ProposalState::Confirmed => "tag good",
        ProposalState::Refused | ProposalState::Withdrawn => "tag off",
    }
}

impl List {
    fn tag(&self, proposal: &Proposal) -> &'static str {
        state_tag(proposal.state)
    }

    fn when(&self, sign_off: &SignOff) -> String {
        in_vietnam(sign_off.at)
    }
}

impl Show {
    fn tag(&self) -> &'static str {
        state_tag(self.page.proposal.state)
    }

    fn when(&self, sign_off: &SignOff) -> String {
        in_vietnam(sign_off.at)
    }
}

/// `GET /ky/{poll}/de-xuat`
pub async fn list(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let (sitting, proposals) = site.app.proposals(&caller, read_poll(&poll)?).await?;
        Ok(Page::new(List { poll: poll.clone(), sitting, proposals, is_office: caller.may(OFFICE).is_ok() }))
    };
    answer(page.await)
}

fn read_proposal(text: &str) -> Result<ProposalId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("đề xuất này"))
}

async fn page(site: &Site, caller: &Caller, (poll, id): (&str, &str), form: Form) -> Result<Page, AppError> {
    let page = site.app.proposal(caller, read_poll(poll)?, read_proposal(id)?).await?;
    Ok(Page::new(Show { poll: poll.to_owned(), page, form }))
}

/// `GET /ky/{poll}/de-xuat/{proposal}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, id)): Path<(String, String)>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    answer(page(&site, &caller, (&poll, &id), Form::default()).await)
}

/// `POST /ky/{poll}/de-xuat/{proposal}/xac-nhan`
pub async fn confirm(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.confirm(ask, read_poll(&poll)?, read_proposal(&id)?).await
    };
    back(&poll, &id, Done::Confirmed, done.await)
}

/// `POST /ky/{poll}/de-xuat/{proposal}/khong-chap-nhan`
pub async fn refuse(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.refuse(ask, read_poll(&poll)?, read_proposal(&id)?, form.value("note")).await
    };
    let problem = match done.await {
        Err(problem @ AppError::Fields { .. }) => problem,
        other => return back(&poll, &id, Done::Refused, other),
    };
    let again = async { page(&site, &caller, (&poll, &id), form.with_errors(problem)?).await };
    match again.await {
        Ok(page) => refused(page, false),
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/{poll}/de-xuat/{proposal}/rut`
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.withdraw(ask, read_poll(&poll)?, read_proposal(&id)?).await
    };
    back(&poll, &id, Done::Withdrawn, done.await)
}

/// The proposal's page with what was done, also when the same form did it before.
fn back(poll: &str, id: &str, done: Done, outcome: Result<(), AppError>) -> Response {
    match outcome {
        Ok(()) | Err(AppError::AlreadyDone) => done.at(&format!("{LIST}/{poll}/de-xuat/{id}")).into_response(),
        Err(problem) => failed(&problem),
    }
}
