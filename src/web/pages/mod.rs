//! One file per subject: handlers and the structs of their pages.

pub mod accounts;
mod answers;
pub mod assets;
pub mod attachments;
pub mod backups;
pub mod checker;
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
pub mod rules;
pub mod second_factor;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod slips;
pub mod workbooks;

use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::notice::Done;
use app::preparing::Paper;
use app::{AppError, Caller};
use domain::finding::{Finding, Severity};
use domain::id::{FactId, PollId, ProposalId};
use domain::role::Role;

const PDF: &str = "application/pdf";
const ZIP: &str = "application/zip";

/// The poll of an address.
fn read_poll(text: &str) -> Result<PollId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("đợt lấy phiếu"))
}

/// `Ông Nguyễn Văn A`, `Năm 2022` in the middle of a sentence, where the first letter is small. A name keeps its own.
fn within(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    let is_common = ["Ông", "Bà", "Đồng", "Năm"].contains(&word);
    if is_common {
        format!("{}{}", word.to_lowercase(), text.strip_prefix(word).unwrap_or_default())
    } else {
        text.to_owned()
    }
}

/// The fact of an address. A malformed id is reported like a fact of another council.
fn read_fact(text: &str) -> Result<FactId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("dữ kiện"))
}

/// A file: a PDF is shown in the browser, anything else is saved.
fn file(paper: Paper, media: &str) -> Response {
    let head =
        [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition(&paper.name, media))];
    (head, paper.bytes).into_response()
}

/// The header `Content-Disposition` of a file.
fn disposition(name: &str, media: &str) -> String {
    let place = if media == PDF { "inline" } else { "attachment" };
    format!("{place}; filename=\"{name}\"")
}

/// Leads to a new proposal; without one, because the same form was sent before, to all proposals of the poll.
fn proposed(poll: &str, id: Option<ProposalId>) -> Redirect {
    let id = id.map(|id| format!("/{id}")).unwrap_or_default();
    Done::Proposed.at(&format!("/ky/{poll}/de-xuat{id}"))
}

fn is_clerk(caller: &Caller) -> bool {
    caller.account.roles.has(Role::Clerk)
}

/// The class of a finding's mark.
pub(crate) fn finding_tag(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "tag bad",
        Severity::Warning => "tag",
        Severity::Note => "tag off",
    }
}
