//! A vote as an office prepares it, from the first day to the sealed forms.
//!
//! What belongs to one poll is kept as [parts](crate::domain::preparation::Part), each a record with its versions; the
//! roster and the facts belong to the council. What cannot be taken back goes through [proposals](super::proposals).

mod overview;
mod plan;

pub use overview::{Overview, PollLine};
pub use plan::{Begun, PlanOffer, PlanPage, RulesChoice, TypedPlan};

use super::error::AppError;
use crate::domain::role::Role;

/// Who sees how a vote is prepared.
pub const OFFICE: &[Role] = &[Role::Clerk, Role::Leader];
/// Who prepares it.
pub const PREPARERS: &[Role] = &[Role::Clerk];

pub(in crate::app) const NO_POLL: AppError = AppError::NotFound("kỳ lấy phiếu");
