//! The roles of the counting room, and the errors for an address that names nothing.

use crate::service::error::AppError;
use domain::role::Role;

/// Roles that count. Somebody who has both acts as either, but never as two of the three people of one batch.
pub const COUNTERS: &[Role] = &[Role::HeadTeller, Role::Teller];
/// Roles that open batches, decide, and take them off the table.
pub const HEADS: &[Role] = &[Role::HeadTeller];
/// Roles that put the count on the screen of the hall.
pub const WATCHERS: &[Role] = &[Role::Observer, Role::HeadTeller, Role::Leader, Role::Clerk];
/// Roles that have pages of a vote open while it is prepared and counted.
pub const AT_WORK: &[Role] = &[Role::HeadTeller, Role::Teller, Role::Leader, Role::Clerk];

pub(super) const NO_POLL: AppError = AppError::NotFound("cuộc kiểm phiếu");
pub(super) const NO_FORM: AppError = AppError::NotFound("mẫu phiếu này");
pub(super) const NO_BATCH: AppError = AppError::NotFound("tập phiếu này");
