//! Polls as an office prepares them.

mod board;
mod day_papers;
mod deadlines;
mod forms;
mod listing;
mod plan;
mod polls;
mod proposals;
mod verdicts;

pub use board::{draft as draft_board, propose as propose_board, show as board};
pub use day_papers::{deck, show as decks, tally};
pub use deadlines::{calendar, edit as deadline, list as deadlines, mark, paper as deadline_paper};
pub use forms::{checkpoint, paper as form_paper, propose as propose_forms, show as forms};
pub use listing::{paper as list_paper, propose as propose_list, show as listing};
pub use plan::{begin, edit, new, save};
pub use polls::{TaskLine, list, show};
pub use proposals::{confirm, list as proposals, refuse, show as proposal, withdraw};
pub use verdicts::{ask as verdict, list as verdicts, propose as propose_verdict};

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{PDF, answer, failed, file, finding_tag as tag, nobody, read_poll};
use crate::notice::Done;
use crate::render::Page;
use app::{AppError, Caller};
use domain::id::{OfficialId, ProposalId};
use domain::role::Role;

/// Where the list of polls is.
pub(super) const LIST: &str = "/ky";

/// A page that shows a form again: 409 after a conflict, 422 when something in it is wrong.
fn refused(page: Page, is_conflict: bool) -> Response {
    let status = if is_conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page.with_status(status).into_response()
}

/// Where a step leads that was proposed just now; the same form sent again leads to all that wait.
fn proposed(poll: &str, outcome: Result<ProposalId, AppError>) -> Result<Response, AppError> {
    let path = format!("{LIST}/{poll}/de-xuat");
    match outcome {
        Ok(id) => Ok(Done::Proposed.at(&format!("{path}/{id}")).into_response()),
        Err(AppError::AlreadyDone) => Ok(Done::Proposed.at(&path).into_response()),
        Err(problem) => Err(problem),
    }
}

/// A poll's id in an address; one that is none is as unknown as one of another council.
fn read_official(text: &str) -> Result<OfficialId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("người này"))
}

fn is_clerk(caller: &Caller) -> bool {
    caller.account.roles.has(Role::Clerk)
}
