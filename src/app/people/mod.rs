//! Accounts, signing in, access slips, councils, and the roster of officials and delegates.

pub mod accounts;
pub mod anchors;
pub mod clock;
pub mod councils;
pub mod many_accounts;
pub mod own_account;
pub(crate) mod reset_mark;
pub mod resets;
pub mod roster;
pub mod second_factor;
pub mod set_up;
pub mod sign_in;
pub mod slips;
