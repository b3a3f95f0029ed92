//! What the office of a council says of the rule sets that it goes by: one person proposes, another confirms, and the
//! council's log tells of both. [`page`] shows each parameter with what was said of it, [`sheet`] is the paper of that
//! page, which stays in the office.

pub mod page;
mod propose;
pub mod sheet;

use domain::role::Role;

pub use propose::TypedStatement;

/// Who sees the rules and proposes what is said of them.
pub const OFFICE: &[Role] = &[Role::Clerk, Role::Leader];
/// Who confirms it.
pub const CONFIRMERS: &[Role] = &[Role::Leader];
