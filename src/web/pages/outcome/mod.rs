//! The result of a closed count, its papers and what follows.

mod confidence;
mod follow_up;
mod papers;
mod public;
mod result;

pub use confidence::{ask as confidence, begin as begin_confidence};
pub use follow_up::{ask as follow_up, mark as mark_follow_up};
pub use papers::{paper, show as papers};
pub use public::{file as public_file, list as public_list, show as public_result};
pub use result::{expose, file, list, show};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::{answer, failed, nobody, read_poll};
use crate::render::Page;
use app::preparing::Paper;
use app::{AppError, Caller};
use domain::role::Role;

/// Where the list of results is.
const LIST: &str = "/ket-qua";

/// A page that shows a form again: 409 after a conflict, 422 when something in it is wrong.
fn refused(page: Page, is_conflict: bool) -> Response {
    let status = if is_conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page.with_status(status).into_response()
}

/// A file, shown in the browser where it can.
fn file_of(paper: Result<Paper, AppError>) -> Response {
    let Paper { name, bytes } = match paper {
        Ok(paper) => paper,
        Err(problem) => return failed(&problem),
    };
    let (media, place) = media(&name);
    let place = format!("{place}; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, place)], bytes).into_response()
}

/// Media type and disposition of a file, by its name.
fn media(name: &str) -> (&'static str, &'static str) {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "pdf" => ("application/pdf", "inline"),
        "csv" => ("text/csv; charset=utf-8", "attachment"),
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
        "json" => ("application/json", "attachment"),
        _ => ("text/plain; charset=utf-8", "attachment"),
    }
}

fn is_clerk(caller: &Caller) -> bool {
    caller.account.roles.has(Role::Clerk)
}
