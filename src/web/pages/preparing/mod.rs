//! Polls as an office prepares them.

mod plan;
mod polls;

pub use plan::{begin, edit, new, save};
pub use polls::{list, show};

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::app::AppError;
use crate::domain::id::PollId;
use crate::web::render::Page;

/// Where the list of polls is.
pub(super) const LIST: &str = "/ky";

fn failed(problem: &AppError) -> Response {
    error::of(problem).into_response()
}

fn nobody() -> Response {
    error::forbidden().into_response()
}

/// A page that shows a form again: 409 after a conflict, 422 when something in it is wrong.
fn refused(page: Page, is_conflict: bool) -> Response {
    let status = if is_conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page.with_status(status).into_response()
}

/// A poll's id in an address; one that is none is as unknown as one of another council.
fn read_poll(text: &str) -> Result<PollId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("kỳ lấy phiếu"))
}
