//! A vote as an office prepares it, from the first day to the sealed forms.
//!
//! What belongs to one poll is stored as [parts](domain::preparation::Part), each a record with its versions; the
//! roster and the facts belong to the council. What cannot be taken back goes through a proposal.

pub(crate) mod bad_line;
pub(crate) mod board;
mod day_papers;
mod deadlines;
pub(crate) mod forms;
pub(crate) mod listing;
pub(crate) mod overview;
mod plan;
pub(crate) mod poll_book;
pub(crate) mod prepared;
pub(crate) mod rules;
mod seats;
pub(crate) mod verdicts;

pub use bad_line::{BadLinePage, TypedChoice};
pub use board::{BoardPage, BoardSeat, TypedBoard};
pub(crate) use day_papers::sealed_forms;
pub use day_papers::{DeckOfForm, DeckPage, TypedPile};
pub use deadlines::{DeadlineLine, DeadlinePage, TypedMark};
pub use forms::{FormsPage, SealedHead};
pub use listing::{ListPage, Paper, TypedDecision};
pub use overview::{Overview, PollLine};
pub use plan::{Begun, PlanOffer, PlanPage, Purpose, RulesChoice, TypedPlan};
pub(crate) use plan::{new_poll, put as put_part, read as read_plan};
pub(crate) use prepared::{PreparedPoll, content, text_of};
pub use verdicts::{VerdictLine, Verdicts};

use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::{Actor, UtcTime};
use domain::role::Role;

/// Roles that see how a vote is prepared, and propose its steps.
pub const OFFICE: &[Role] = &[Role::Clerk, Role::Leader];
/// Roles that prepare it.
pub const PREPARERS: &[Role] = &[Role::Clerk];
/// Roles that confirm its steps.
pub const LEADERS: &[Role] = &[Role::Leader];

pub(crate) const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");

/// With what a confirmed step is taken.
#[derive(Clone)]
pub(crate) struct Confirmation {
    /// When.
    pub at: UtcTime,
    /// The person who confirmed it.
    pub actor: Actor,
    /// Sign the head, where one is due.
    pub keys: Keys,
    /// What was made for it before the transaction.
    pub drawn: Drawn,
}
