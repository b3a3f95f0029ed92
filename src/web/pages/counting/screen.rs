//! The screen of the hall: drawn whole each time; a small script draws it anew when something has happened.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Redirect};
use futures_util::stream::{Stream, unfold};

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::pages::assets;
use crate::render::Page;
use app::counting::room::screen::{Screen, ScreenForm, ScreenLevel, Versions};
use domain::id::PollId;
use domain::poll::Level;
use domain::poll_state::Stage;

/// Between two signs of life on a line on which nothing happens: a proxy closes one that is silent for a minute.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

#[derive(Template)]
#[template(path = "counting/screens.html")]
struct List {
    polls: Vec<(PollId, String, Stage)>,
}

#[derive(Template)]
#[template(path = "counting/screen.html")]
struct Show {
    screen: Screen,
    script: String,
}

impl Show {
    /// What the hall waits for, in a sentence.
    fn now(&self) -> String {
        let words = match self.screen.stage {
            Stage::Created | Stage::Listed | Stage::Sealed | Stage::Tested | Stage::Waived => "Chuẩn bị bỏ phiếu",
            Stage::Zeroed => "Sắp mở bỏ phiếu",
            Stage::Voting => "Đang bỏ phiếu",
            Stage::Counting => "Đang kiểm phiếu",
            Stage::Closed if self.screen.due > 0 => {
                return format!("Đã đóng kiểm phiếu, đang kiểm lại {} dòng", self.screen.due);
            }
            Stage::Closed => "Đã đóng kiểm phiếu, đang lập kết quả",
            Stage::Declared
            | Stage::Proposed
            | Stage::Minuted
            | Stage::Confirmed
            | Stage::Published
            | Stage::Archived => {
                if self.screen.page.is_some() {
                    "Kết quả kiểm phiếu"
                } else {
                    "Đã có kết quả kiểm phiếu"
                }
            }
            Stage::Cancelled => "Cuộc bỏ phiếu đã bị hủy",
        };
        words.to_owned()
    }

    fn is_cancelled(&self) -> bool {
        self.screen.stage == Stage::Cancelled
    }

    /// Length of the bar of what is counted, of what came back.
    fn done(&self, form: &ScreenForm) -> String {
        let returned = form.ballots.map_or(0, |(_, returned)| returned);
        let hundredths = (u64::from(form.papers) * 10_000).checked_div(u64::from(returned)).unwrap_or(0);
        percent(u32::try_from(hundredths.min(10_000)).unwrap_or(10_000))
    }

    fn bar(&self, level: &ScreenLevel) -> String {
        percent(level.length)
    }

    /// Bars differ in their pattern, not in colour alone.
    fn class(&self, level: &ScreenLevel) -> &'static str {
        match level.level {
            Level::High | Level::Confidence => "high",
            Level::Medium => "medium",
            Level::Low | Level::NoConfidence => "low",
        }
    }
}

/// `33.33%`, as a picture writes it.
fn percent(hundredths: u32) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// `GET /may-chieu`: where there is one poll only, that is it.
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer {
    let polls = site.app.screens(&caller).await?;
    Ok(match polls.as_slice() {
        [(only, ..)] => Redirect::to(&format!("/may-chieu/{only}")).into_response(),
        _ => Page::new(List { polls }).into_response(),
    })
}

/// `GET /may-chieu/{poll}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let screen = site.app.screen(&caller, read_poll(&poll)?).await?;
    Ok(Page::new(Show { screen, script: assets::address("projector.mjs") }).with_script())
}

/// `GET /may-chieu/{poll}/dong.txt`: an event with the version that is to be drawn, as soon as there is another one.
pub async fn follow(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let versions = site.app.follow_screen(&caller, read_poll(&poll)?).await?;
    Ok(Sse::new(events(versions)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response())
}

/// `GET /ky/{poll}/dong.txt`: the same for the pages of those who prepare and count.
pub async fn follow_pages(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
) -> Answer {
    let versions = site.app.follow_pages(&caller, read_poll(&poll)?).await?;
    Ok(Sse::new(events(versions)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response())
}

fn events(versions: Versions) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(versions, |mut versions| async move {
        let version = versions.next().await?;
        let event = Event::default().event("version").retry(Duration::from_secs(1)).data(version.to_string());
        Some((Ok(event), versions))
    })
}
