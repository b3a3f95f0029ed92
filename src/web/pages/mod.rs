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

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::render::Page;
use app::AppError;
use app::preparing::Paper;
use domain::finding::{Finding, Severity};
use domain::id::{FactId, PollId};

/// The poll of an address.
fn read_poll(text: &str) -> Result<PollId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("kỳ lấy phiếu"))
}

/// The fact of an address. A malformed id is reported like a fact of another council.
fn read_fact(text: &str) -> Result<FactId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("dữ kiện"))
}

fn failed(problem: &AppError) -> Response {
    error::of(problem).into_response()
}

/// For a route that lets nobody in who is not signed in.
fn nobody() -> Response {
    error::forbidden().into_response()
}

/// The page, or what stands in its way.
fn answer(page: Result<Page, AppError>) -> Response {
    match page {
        Ok(page) => page.into_response(),
        Err(problem) => failed(&problem),
    }
}

/// A paper that is looked at in the browser, or that calendar programs take over.
fn file(paper: Result<Paper, AppError>, kind: &'static str) -> Response {
    let Paper { name, bytes } = match paper {
        Ok(paper) => paper,
        Err(problem) => return failed(&problem),
    };
    let place = if kind == PDF { "inline" } else { "attachment" };
    let place = format!("{place}; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, place)], bytes).into_response()
}

const PDF: &str = "application/pdf";

/// The class of a finding's mark.
fn finding_tag(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "tag bad",
        Severity::Warning => "tag",
        Severity::Note => "tag off",
    }
}
