//! Polls as an office prepares them.

mod again;
mod bad_line;
mod board;
mod day_papers;
mod deadlines;
mod forms;
mod listing;
mod plan;
mod polls;
mod proposals;
mod verdicts;

pub use again::{begin as begin_again, show as again};
pub use bad_line::{propose as propose_bad_line, show as bad_line};
pub use board::{bind as bind_board, draft as draft_board, propose as propose_board, show as board};
pub use day_papers::{deck, show as decks, tally};
pub use deadlines::{calendar, edit as deadline, list as deadlines, mark, paper as deadline_paper};
pub use forms::{checkpoint, paper as form_paper, propose as propose_forms, show as forms};
pub use listing::{paper as list_paper, propose as propose_list, show as listing};
pub use plan::{begin, edit, new, save};
pub use polls::{TaskLine, list, show};
pub use proposals::{
    confirm, decided_by, list as proposals, paper as proposal_paper, refuse, show as proposal, withdraw,
};
pub use verdicts::{ask as verdict, list as verdicts, propose as propose_verdict};

use super::{PDF, file, finding_tag as tag, is_clerk, proposed, read_poll};
use app::AppError;
use domain::id::OfficialId;

/// Where the list of polls is.
pub(super) const LIST: &str = "/ky";

/// The form of which a file is named: `F1-3F9A2C.pdf`.
fn form_of_file(name: &str) -> Result<&str, AppError> {
    name.strip_suffix(".pdf").ok_or(AppError::NotFound("mẫu phiếu này"))
}

fn read_official(text: &str) -> Result<OfficialId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("người này"))
}
