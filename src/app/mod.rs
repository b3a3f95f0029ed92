//! Use cases: load, let the domain decide, write. The only layer that touches files.

pub mod bundle;
pub mod clock;
mod columns;
pub mod error;
pub mod files;
mod parallel;
pub mod progress;
pub mod rehearse;
pub mod results;
pub mod rules;
mod sample;
pub mod tally;
pub mod template;
pub mod verify;

pub use error::AppError;
