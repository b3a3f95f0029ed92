//! All of one's own notes on one sheet, and as a file to take along.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect};

use super::{read_poll, saved};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use crate::session;
use app::reading::notes::{Lock, Note};
use app::reading::room::ReadingPoll;
use app::{AppError, Caller};
use domain::release::About;

/// A note with the dossier that it is about.
struct NoteLine {
    position: Option<u32>,
    title: String,
    note: Note,
}

#[derive(Template)]
#[template(path = "reading/notes.html")]
struct NotesPage {
    poll: ReadingPoll,
    lock: Lock,
    lines: Vec<NoteLine>,
    total: usize,
}

impl NotesPage {
    /// The notes as plain text, a heading over each. What nobody can open any more is named and left empty.
    fn text(&self) -> String {
        let one = |line: &NoteLine| {
            let text = line.note.text.as_ref().map_or("(ghi chú này không mở được)", |text| text.as_str());
            format!("\r\n== {} ==\r\n{}\r\n", line.title, text.replace("\r\n", "\n").replace('\n', "\r\n"))
        };
        let notes: String = self.lines.iter().map(one).collect();
        format!("Ghi chú riêng, {}\r\n{notes}", self.poll.sitting)
    }
}

/// `GET /doc/{poll}/ghi-chu`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    headers: HeaderMap,
) -> Answer<Page> {
    Ok(Page::new(sheet(&site, &caller, &poll, &headers).await?))
}

/// `GET /doc/{poll}/ghi-chu.txt`: notes that are locked are opened first.
pub async fn text(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let sheet = sheet(&site, &caller, &poll, &headers).await?;
    if sheet.lock != Lock::Open {
        return Ok(Redirect::to(&format!("/doc/{poll}/ghi-chu")).into_response());
    }
    Ok(saved("ghi-chu.txt", "text/plain; charset=utf-8", sheet.text().into_bytes()))
}

async fn sheet(site: &Site, caller: &Caller, poll: &str, headers: &HeaderMap) -> Result<NotesPage, AppError> {
    let id = read_poll(poll)?;
    let (poll, titles) = site.app.dossier_titles(caller, id).await?;
    let key = session::note_key(site.settings, headers);
    let found = site.app.notes(caller, key.as_ref(), id).await?;
    // An emptied note keeps its place and says nothing.
    let is_shown = |note: &Note| note.text.as_ref().is_none_or(|text| !text.is_empty());
    let line = |note: Note| {
        let place = titles.iter().enumerate().find(|(_, (about, ..))| *about == note.about);
        let (position, title) = match (&note.about, place) {
            (_, Some((_, (_, position, title)))) => (*position, title.clone()),
            (About::Field(field), None) => (None, field.0.clone()),
            (About::Official(_), None) => (None, "Người không còn trong danh sách".to_owned()),
        };
        (place.map_or(usize::MAX, |(at, _)| at), NoteLine { position, title, note })
    };
    let mut lines: Vec<_> = found.notes.into_iter().filter(is_shown).map(line).collect();
    lines.sort_by_key(|(at, _)| *at);
    let lines = lines.into_iter().map(|(_, line)| line).collect();
    Ok(NotesPage { poll, lock: found.lock, lines, total: found.total })
}
