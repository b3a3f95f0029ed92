//! Proposals: what exactly would change, and the decision of another person.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};

use super::{LIST, PDF, file, is_clerk, read_poll, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::live::Live;
use crate::notice::Done;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use app::confirm::{ProposalPage, Shown};
use app::polls::SHARE_FIELDS;
use app::preparing::OFFICE;
use app::service::clock::in_vietnam;
use app::{AppError, Caller};
use domain::finding::Finding;
use domain::id::ProposalId;
use domain::proposal::{Proposal, ProposalKind, ProposalState, SignOff};
use domain::roster::Teller;

#[derive(Template)]
#[template(path = "preparing/proposals.html")]
struct List {
    poll: String,
    sitting: String,
    proposals: Vec<Proposal>,
    /// Those that wait for the caller's decision, the oldest first, as their own pages show them.
    waiting: Vec<ProposalPage>,
    /// Whether the caller prepares votes, and does not only follow the count.
    is_office: bool,
    turns: Vec<TurnLine>,
}

#[derive(Template)]
#[template(path = "preparing/proposal.html")]
struct Show {
    poll: String,
    page: ProposalPage,
    form: Form,
    /// What comes next once it is decided; before that, whom it waits for is said beside the decision.
    turns: Vec<TurnLine>,
    is_clerk: bool,
}

/// What the other person, or the same one, did.
pub const fn decided_by(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Confirmed => "Người xác nhận",
        ProposalState::Refused => "Người không chấp nhận",
        ProposalState::Withdrawn => "Người rút",
        ProposalState::Open => "Người quyết định",
    }
}

fn state_tag(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => "tag bad",
        ProposalState::Confirmed => "tag good",
        ProposalState::Refused | ProposalState::Withdrawn => "tag off",
    }
}

/// What both pages say of a proposal.
trait Proposed {
    /// Proposals of the page.
    fn pages(&self) -> &[ProposalPage];

    /// The account of a member of the board that one of them appoints.
    fn account(&self, teller: &Teller) -> String {
        let boards = self.pages().iter().filter_map(|page| match &page.shown {
            Shown::Board(board, _) => Some(board),
            _ => None,
        });
        let own = boards.into_iter().find(|board| board.tellers.contains(teller));
        own.map(|board| super::board::account_words(&board.accounts, teller)).unwrap_or_default()
    }

    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }

    fn when(&self, sign_off: &SignOff) -> String {
        in_vietnam(sign_off.at)
    }
}

impl Proposed for List {
    fn pages(&self) -> &[ProposalPage] {
        &self.waiting
    }
}

impl Proposed for Show {
    fn pages(&self) -> &[ProposalPage] {
        std::slice::from_ref(&self.page)
    }
}

impl List {
    fn state_tag(&self, proposal: &Proposal) -> &'static str {
        state_tag(proposal.state)
    }
}

impl Show {
    /// The step that can be prepared once this one is confirmed, for those who prepare it.
    fn follows(&self) -> Option<(&'static str, &'static str)> {
        let confirmed = self.is_clerk && self.page.proposal.state == ProposalState::Confirmed;
        match self.page.proposal.kind {
            ProposalKind::ListDecided if confirmed => Some(("ban-kiem-phieu", "Ban kiểm phiếu")),
            ProposalKind::BoardAppointed if confirmed => Some(("mau-phieu", "Chốt mẫu phiếu")),
            _ => None,
        }
    }

    const fn decided_by(&self) -> &'static str {
        decided_by(self.page.proposal.state)
    }

    fn state_tag(&self) -> &'static str {
        state_tag(self.page.proposal.state)
    }
}

/// `GET /ky/{poll}/de-xuat`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let id = read_poll(&poll)?;
    let live = Live::of(&site, &caller, id).await?;
    let (sitting, proposals) = site.app.proposals(&caller, id).await?;
    let waiting = site.app.to_decide(&caller, id, &proposals).await?;
    let turns = turn::lines(&site, &caller, id).await?;
    Ok(Page::new(List { poll, sitting, proposals, waiting, is_office: caller.may(OFFICE).is_ok(), turns }).live(live))
}

fn read_proposal(text: &str) -> Result<ProposalId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("đề xuất này"))
}

async fn page(site: &Site, caller: &Caller, (poll, id): (&str, &str), form: Form) -> Result<Page, AppError> {
    let of_poll = read_poll(poll)?;
    let live = Live::of(site, caller, of_poll).await?;
    let page = site.app.proposal(caller, of_poll, read_proposal(id)?).await?;
    let is_open = page.proposal.state == ProposalState::Open;
    let turns = if is_open { Vec::new() } else { turn::lines(site, caller, of_poll).await? };
    let is_clerk = is_clerk(caller);
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, turns, is_clerk }).live(live))
}

/// `GET /ky/{poll}/de-xuat/{proposal}`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &id), Form::default()).await?)
}

/// `GET /ky/{poll}/de-xuat/{proposal}/ban-in.pdf`
pub async fn paper(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
) -> Answer {
    let paper = site.app.proposal_paper(&caller, read_poll(&poll)?, read_proposal(&id)?).await?;
    Ok(file(paper, PDF))
}

/// `POST /ky/{poll}/de-xuat/{proposal}/xac-nhan`
pub async fn confirm(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let [first, second] = SHARE_FIELDS;
    if !form.all(first).is_empty() {
        let (first, second) = (form.secret(first), form.secret(second));
        let (ask, of_poll, of) = (form.ask(&caller)?, read_poll(&poll)?, read_proposal(&id)?);
        let closed = site.app.confirm_with_shares(ask, of_poll, of, [&first, &second]).await;
        let next = |_| Done::Confirmed.at(&path(&poll, &id));
        return form.answered(closed, next, |form| page(&site, &caller, (&poll, &id), form)).await;
    }
    let outcome = site.app.confirm(form.ask(&caller)?, read_poll(&poll)?, read_proposal(&id)?).await;
    let from_list = form.has("from_list", "1");
    let next = if from_list { format!("{LIST}/{poll}/de-xuat") } else { path(&poll, &id) };
    Ok(redirect(outcome, Done::Confirmed, &next)?.into_response())
}

/// `POST /ky/{poll}/de-xuat/{proposal}/khong-chap-nhan`
pub async fn refuse(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let refused = site.app.refuse(form.ask(&caller)?, read_poll(&poll)?, read_proposal(&id)?, form.value("note")).await;
    let next = |_| Done::Refused.at(&path(&poll, &id));
    form.answered(refused, next, |form| page(&site, &caller, (&poll, &id), form)).await
}

/// `POST /ky/{poll}/de-xuat/{proposal}/rut`
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let outcome = site.app.withdraw(form.ask(&caller)?, read_poll(&poll)?, read_proposal(&id)?).await;
    redirect(outcome, Done::Withdrawn, &path(&poll, &id))
}

fn path(poll: &str, id: &str) -> String {
    format!("{LIST}/{poll}/de-xuat/{id}")
}
