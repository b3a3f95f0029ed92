//! The room: all dossiers of a vote, and what one has read of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::reading::room::{Read, ReadingPoll, ReadingRoom, RoomLine};

#[derive(Template)]
#[template(path = "reading/polls.html")]
struct Polls {
    polls: Vec<ReadingPoll>,
}

#[derive(Template)]
#[template(path = "reading/room.html")]
struct RoomPage {
    room: ReadingRoom,
    form: Form,
}

impl RoomPage {
    /// Caption, id and lines of each table.
    fn tables(&self) -> [(&'static str, &'static str, &[RoomLine]); 2] {
        [
            ("Hồ sơ từng người, theo thứ tự trên phiếu", "officials", &self.room.officials),
            ("Hồ sơ theo lĩnh vực", "fields", &self.room.fields),
        ]
    }

    fn lines(&self) -> impl Iterator<Item = &RoomLine> {
        self.room.officials.iter().chain(&self.room.fields)
    }

    fn total(&self) -> usize {
        self.room.officials.len() + self.room.fields.len()
    }

    fn read(&self) -> usize {
        self.lines().filter(|line| matches!(line.read, Read::Current { .. })).count()
    }

    /// Place of the first dossier that is not read as it is now.
    fn next_unread(&self) -> Option<u32> {
        self.lines().find(|line| !matches!(line.read, Read::Current { .. })).map(|line| line.dossier.position)
    }

    fn released(&self) -> String {
        self.room.release.as_ref().map(|release| release.at.in_vietnam()).unwrap_or_default()
    }
}

/// `GET /doc`: the room of the only vote, or a choice.
pub async fn first(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let polls = site.app.reading_polls(&caller).await?;
    let [only] = polls.as_slice() else { return Ok(Page::new(Polls { polls })) };
    let room = site.app.reading_room(&caller, only.id).await?;
    Ok(Page::new(RoomPage { room, form: Form::default() }))
}

/// `GET /doc/{poll}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let room = site.app.reading_room(&caller, read_poll(&poll)?).await?;
    Ok(Page::new(RoomPage { room, form: Form::default() }))
}
