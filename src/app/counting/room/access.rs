//! Who may do what in the counting room, and what is missing when an address is wrong.

use crate::service::error::AppError;
use domain::role::Role;

/// Who counts. Somebody who holds both roles acts as either, but never as two of the three people of one batch.
pub const COUNTERS: &[Role] = &[Role::HeadTeller, Role::Teller];
/// Who opens batches, decides, and takes them off the table.
pub const HEADS: &[Role] = &[Role::HeadTeller];
/// Who puts the count on the screen of the hall.
pub const WATCHERS: &[Role] = &[Role::Observer, Role::HeadTeller, Role::Leader, Role::Clerk];

pub(super) const NO_POLL: AppError = AppError::NotFound("cuộc kiểm phiếu");
pub(super) const NO_FORM: AppError = AppError::NotFound("mẫu phiếu này");
pub(super) const NO_BATCH: AppError = AppError::NotFound("tập phiếu này");
