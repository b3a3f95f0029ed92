//! Logs, bundles, and their verification.

pub mod bundle;
mod log_texts;
pub mod logs;
mod poll_bundle;
mod poll_zip;
pub mod verify;
pub mod verify_db;
mod verify_records;
mod verify_releases;

pub use poll_bundle::PollRecord;
pub use poll_zip::{BUNDLE_FILE, BUNDLERS};
