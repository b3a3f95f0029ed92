//! The room at a glance.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect};
use serde::Deserialize;

use super::{ROOM, mode_words, read_poll, stage_words};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::live::Live;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use app::counting::room::table::BatchProgress;
use app::counting::room::{OpenBatch, RoomForm, RoomPage, RoomPoll};
use domain::batch::{Pile, Reader};
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "counting/rooms.html")]
struct List {
    polls: Vec<RoomPoll>,
}

/// `GET /kiem-phieu`: where there is one count only, that is it.
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer {
    let polls = site.app.counting_polls(&caller).await?;
    Ok(match polls.as_slice() {
        [only] => Redirect::to(&format!("{ROOM}/{}", only.id)).into_response(),
        _ => Page::new(List { polls }).into_response(),
    })
}

#[derive(Template)]
#[template(path = "counting/room.html")]
struct Show {
    room: RoomPage,
    turns: Vec<TurnLine>,
}

impl Show {
    fn is_deck(&self) -> bool {
        self.room.pile == Some(Pile::Deck)
    }

    /// Two people let the vote go on without a test deck.
    fn is_waived(&self) -> bool {
        self.room.stage == Stage::Waived
    }

    /// Nothing has to be opened for this form: its deck passed, or was waived.
    fn is_tried(&self, form: &RoomForm) -> bool {
        self.is_deck() && (form.has_passed || self.is_waived())
    }

    /// Forms whose deck this reader opens next.
    fn decks_left(&self) -> usize {
        let waits = |form: &&RoomForm| self.is_deck() && form.can_open && !self.is_tried(form);
        self.room.forms.iter().filter(waits).count()
    }

    fn is_recount(&self) -> bool {
        self.room.pile == Some(Pile::Recount)
    }

    fn stage(&self, batch: &OpenBatch) -> String {
        stage_words(batch.stage).0
    }

    fn tag(&self, batch: &OpenBatch) -> &'static str {
        stage_words(batch.stage).1
    }

    fn mode(&self, batch: &OpenBatch) -> &'static str {
        mode_words(batch.mode)
    }

    fn address(&self, batch: &OpenBatch) -> String {
        format!("{ROOM}/{}/{}/{}", self.room.poll, batch.form, batch.number)
    }

    /// What a teller does with a batch of theirs; `None` while others are at it.
    fn own_work(&self, batch: &OpenBatch) -> Option<&'static str> {
        match batch.own.as_ref()? {
            BatchProgress::Key | BatchProgress::KeyRows(_) if self.is_recount() => Some("Kiểm lại dòng"),
            BatchProgress::Key | BatchProgress::KeyRows(_) => Some("Nhập tập"),
            BatchProgress::KeyAgain(_) => Some("Nhập lại chỗ lệch"),
            BatchProgress::Waiting
            | BatchProgress::Decide(_)
            | BatchProgress::DecideRows(_)
            | BatchProgress::Agreed
            | BatchProgress::Taken => None,
        }
    }

    fn sizes(&self, form: &RoomForm) -> String {
        form.suggested.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn is_ballots(&self) -> bool {
        self.room.pile == Some(Pile::Ballots)
    }

    /// Whom an open batch waits for; empty when it is the caller.
    fn waits(&self, batch: &OpenBatch) -> String {
        super::batch::waits_words(&batch.waits)
    }

    /// `Lê Thị C và Trần Văn D (nhập tiếp phần của Phạm Thị E)`
    fn readers(&self, batch: &app::counting::room::CommittedBatch) -> String {
        let names = |readers: &[Reader], and: &str| {
            readers.iter().map(|reader| reader.name.as_str()).collect::<Vec<_>>().join(and)
        };
        let both = names(&batch.readers, " và ");
        if batch.earlier.is_empty() {
            return both;
        }
        format!("{both} (nhập tiếp phần của {})", names(&batch.earlier, ", "))
    }
}

/// What the address asks for: `?tiep=1` leads a teller who has ended a batch to the next one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "tiep")]
    next: String,
}

/// `GET /kiem-phieu/{poll}`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let id = read_poll(&poll)?;
    let live = Live::of(&site, &caller, id).await?;
    let room = site.app.counting_room(&caller, id).await?;
    let live = live.with_sound(room.is_head);
    let page = Show { turns: turn::lines(&site, &caller, id).await?, room };
    let next = page.room.own.iter().find(|batch| page.own_work(batch).is_some());
    if let Some(batch) = next.filter(|_| !wanted.next.is_empty()) {
        return Ok(Redirect::to(&page.address(batch)).into_response());
    }
    Ok(Page::new(page).live(live).into_response())
}
