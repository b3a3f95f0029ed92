//! Use cases: load, let the domain decide, write. The only layer that touches files.

pub mod clock;
pub mod error;
pub mod files;
pub mod progress;

pub use error::AppError;
//! Use cases; the only layer that touches files.

pub mod bundle;
//! app

mod columns;
pub mod rules;
pub mod tally;
