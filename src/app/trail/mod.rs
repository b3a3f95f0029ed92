//! Logs, bundles, and their verification.

pub mod bundle;
mod log_texts;
pub mod logs;
mod poll_bundle;
mod poll_zip;
pub mod scenarios;
mod sums;
pub mod verify;
pub mod verify_db;
pub mod witnessing;

pub use poll_bundle::{BundleKind, PollRecord};
pub use poll_zip::{BUNDLE_FILE, BUNDLERS, SEALED_FILE, UNSEALERS};
