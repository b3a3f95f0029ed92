//! The log, its tree, its proofs and its signed heads.

pub mod canonical;
pub mod checkpoint;
pub mod commitment;
pub mod course;
pub mod digest;
pub mod entry;
pub mod event;
pub mod log;
pub mod merkle;
pub mod note;
pub mod replay;
pub mod settle;
pub mod time;

pub use checkpoint::Checkpoint;
pub use commitment::{Nonce, Opening};
pub use course::{Course, MOMENTS, Moment, Record};
pub use digest::Digest;
pub use entry::Entry;
pub use event::{Actor, Event, Role};
pub use log::Log;
pub use note::{KeyName, Signer, VerifierKey};
pub use replay::Replay;
pub use time::UtcTime;
