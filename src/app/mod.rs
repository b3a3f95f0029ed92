//! Use cases: load, let the domain decide, write. The only layer that touches files.

pub mod accounts;
pub mod bundle;
pub mod caller;
pub mod clock;
mod columns;
pub mod councils;
pub mod data_folder;
pub mod doctor;
pub mod error;
pub mod files;
pub mod keys;
pub mod many_accounts;
pub mod metrics;
pub mod own_account;
mod parallel;
pub mod passwords;
pub mod polls;
pub mod progress;
pub mod rehearse;
pub mod results;
pub mod rules;
mod running;
mod sample;
mod seal;
pub mod second_factor;
pub mod service;
pub mod set_up;
pub mod sign_in;
pub mod slips;
pub mod tally;
pub mod template;
pub mod verify;

pub use caller::{Caller, Pending};
pub use error::AppError;
pub use service::App;
