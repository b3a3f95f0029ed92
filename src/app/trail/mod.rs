//! Logs, bundles, and their verification.

pub mod bundle;
mod log_texts;
pub mod logs;
mod poll_bundle;
pub mod verify;
pub mod verify_db;
mod verify_records;
mod verify_releases;

pub use poll_bundle::PollRecord;
