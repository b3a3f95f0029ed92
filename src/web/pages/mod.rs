//! One file per subject: handlers and the structs of their pages.

pub mod accounts;
pub mod assets;
pub mod attachments;
pub mod councils;
pub mod counting;
pub mod day;
pub mod document;
pub mod dossiers;
pub mod error;
pub mod facts;
pub mod health;
pub mod home;
pub mod jobs;
pub mod log;
pub mod official;
pub mod opinions;
pub mod outcome;
pub mod own;
pub mod own_dossier;
pub mod preparing;
pub mod reading;
pub mod roster;
pub mod second_factor;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod slips;
pub mod workbooks;

use crate::app::AppError;
use crate::domain::id::PollId;

/// The poll of an address.
fn read_poll(text: &str) -> Result<PollId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("kỳ lấy phiếu"))
}
