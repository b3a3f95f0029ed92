//! What the office of a council says of the rule sets that it goes by: one person proposes, another confirms, and the
//! council's log tells of both. [`page`] shows each parameter with what was said of it, [`sheet`] is the paper of that
//! page, which stays in the office.
//!
//! What two operators of the installation say in the same way is published to its councils: [`adopt`] lets a council take
//! it over by two people.

pub mod adopt;
pub mod page;
mod propose;
mod published;
mod said;
pub mod sheet;

use domain::role::Role;

pub use propose::TypedStatement;

/// Who sees the rules and proposes what is said of them; operators do so for all councils of the installation.
pub const OFFICE: &[Role] = &[Role::Clerk, Role::Leader, Role::Operator];
/// Who confirms it.
pub const CONFIRMERS: &[Role] = &[Role::Leader, Role::Operator];
/// Who proposes that a council takes over what was published.
pub const ADOPTERS: &[Role] = &[Role::Clerk, Role::Leader];
