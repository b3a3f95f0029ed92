//! What every use case uses, whatever its subject.

mod anchoring;
pub mod anchors;
pub mod app;
pub mod backup_error;
pub mod backup_plan;
pub mod backups;
pub(crate) mod bounded;
pub mod caller;
pub mod clock;
pub mod demo_folder;
pub(crate) mod drawn;
pub mod error;
pub mod files;
pub mod forms;
pub mod held;
pub mod jobs;
pub mod keys;
pub mod memory;
pub mod metrics;
pub(crate) mod parallel;
pub mod passwords;
mod program;
pub mod progress;
pub(crate) mod records;
mod running;
pub(crate) mod seal;
pub mod upload;
