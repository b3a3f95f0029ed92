//! What every use case uses, whatever its subject.

pub mod app;
pub(crate) mod bounded;
pub mod caller;
pub mod clock;
pub mod demo_folder;
pub(crate) mod drawn;
pub mod error;
pub mod files;
pub mod jobs;
pub mod keys;
pub mod memory;
pub mod metrics;
pub(crate) mod parallel;
pub mod passwords;
pub mod progress;
pub(crate) mod records;
mod running;
pub(crate) mod seal;
pub mod upload;
