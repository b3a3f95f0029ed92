//! The delegates' pages: dossiers, search, private notes, questions, discussion in groups.

mod beside;
mod dossier;
mod filter;
mod groups;
mod note_lock;
mod notes;
mod questions;
mod room;
mod search;
mod volume;

pub use beside::beside;
pub use dossier::{ask, mark, pdf, show as dossier, write_note};
pub use groups::{pdf as group_pdf, reopen, report as group_report, save as save_group, show as group};
pub use note_lock::{change, choose, close, forget, show as note_lock, unlock};
pub use notes::{show as notes, text as notes_text};
pub use questions::{forward, give_back, own as own_questions, queue, withdraw};
pub use room::{first, show as room};
pub use search::search;
pub use volume::{archive, pdf as volume};

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::{PDF, read_poll};
use app::AppError;
use domain::question::Due;
use domain::rules::Attested;
use domain::text::date_dmy;

/// A place in the list of dossiers.
fn read_position(text: &str) -> Result<u32, AppError> {
    text.parse().map_err(|_| AppError::NotFound("hồ sơ"))
}

/// A PDF that the browser saves.
fn saved_pdf(name: &str, bytes: Vec<u8>) -> Response {
    saved(name, PDF, bytes)
}

/// A file that the browser saves.
fn saved(name: &str, media: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// A last day with its mark, for a sentence: `08/12/2026 (HD 321, chưa kiểm chứng)`.
fn due_words(due: &Due) -> String {
    let mark = if due.attested == Attested::Verified { String::new() } else { format!(", {}", due.attested.label()) };
    format!("{} ({}{mark})", date_dmy(due.on), due.cite)
}

/// The paragraphs of what somebody typed over several lines.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter(|line| !line.is_empty())
}

/// Where a form leads back to: a page of the reading room, and nothing that a browser takes for another site.
fn back_to(typed: &str) -> &str {
    let is_plain = typed.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && !typed.contains("//");
    if is_plain && typed.starts_with("/doc/") { typed } else { "/doc" }
}

#[cfg(test)]
mod tests {
    use super::back_to;

    #[test]
    fn a_form_leads_back_into_the_reading_room_alone() {
        assert_eq!(back_to("/doc/0190/3"), "/doc/0190/3");
        for other in
            ["", "//example.org", "/doc//example.org", "https://example.org/doc/", "/doc/\\x", "/ky", "/doc/a b"]
        {
            assert_eq!(back_to(other), "/doc", "{other}");
        }
    }
}
