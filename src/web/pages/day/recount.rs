//! Lines that are counted again from paper.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::day::{RecountLine, RecountPage, TypedRecount};
use app::{AppError, Caller};
use domain::audit::event::poll::Stands;
use domain::poll::LevelCounts;
use domain::poll_state::Stage;

#[derive(Template)]
#[template(path = "day/recounts.html")]
struct List {
    poll: String,
    page: RecountPage,
}

#[derive(Template)]
#[template(path = "day/recount.html")]
struct Edit {
    poll: String,
    line: RecountLine,
    page: RecountPage,
    form: Form,
    readers: Vec<(String, String)>,
}

const STANDS: [(&str, &str); 2] = [("recounted", "Lấy số kiểm lại"), ("counted", "Giữ số đã kiểm")];

/// `Tín nhiệm cao 19, Tín nhiệm 2, Tín nhiệm thấp 25`.
fn words(counts: LevelCounts) -> String {
    let level = |(level, count): (domain::poll::Level, u32)| format!("{} {count}", level.label());
    counts.each().into_iter().map(level).collect::<Vec<_>>().join(", ")
}

impl List {
    fn words(&self, counts: &LevelCounts) -> String {
        words(*counts)
    }

    fn stands(&self, stands: &Stands) -> &'static str {
        match stands {
            Stands::Counted => "giữ số đã kiểm",
            Stands::Recounted => "lấy số kiểm lại",
        }
    }
}

impl Edit {
    /// Levels with the fields of both readers.
    fn levels(&self) -> Vec<(&'static str, u32, String, String)> {
        let each = self.line.counts.each().into_iter().zip(1..);
        let row = |((level, count), place): ((domain::poll::Level, u32), u32)| {
            (level.label(), count, format!("one_{place}"), format!("two_{place}"))
        };
        each.map(row).collect()
    }
}

/// `GET /ky/{poll}/kiem-lai`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let page = site.app.recount_page(&caller, read_poll(&poll)?).await?;
    Ok(Page::new(List { poll, page }))
}

async fn page(
    site: &Site,
    caller: &Caller,
    (poll, id, line): (&str, &str, &str),
    form: Form,
) -> Result<Page, AppError> {
    let page = site.app.recount_page(caller, read_poll(poll)?).await?;
    let line = page.line(id, read_line(line)?)?.clone();
    let mut readers = vec![(String::new(), "Chọn một người".to_owned())];
    readers.extend(line.board.members.iter().map(|name| (name.clone(), name.clone())));
    Ok(Page::new(Edit { poll: poll.to_owned(), line, page, form, readers }))
}

fn read_line(text: &str) -> Result<u32, AppError> {
    text.parse().map_err(|_| AppError::NotFound("dòng này"))
}

/// `GET /ky/{poll}/kiem-lai/{form}/{line}`
pub async fn edit(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id, line)): Path<(String, String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &id, &line), Form::default()).await?)
}

fn typed(form: &Form) -> TypedRecount {
    let text = |field: &str| form.value(field).to_owned();
    let found = |reader: &str| ["1", "2", "3"].map(|place| text(&format!("{reader}_{place}"))).to_vec();
    TypedRecount {
        readers: [text("reader_one"), text("reader_two")],
        found: [found("one"), found("two")],
        stands: text("stands"),
        reason: text("reason"),
    }
}

/// `POST /ky/{poll}/kiem-lai/{form}/{line}`
pub async fn save(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id, line)): Path<(String, String, String)>,
    form: Form,
) -> Answer {
    let saved =
        site.app.record_recount(form.ask(&caller)?, read_poll(&poll)?, (&id, read_line(&line)?), &typed(&form)).await;
    let next = |_| Done::Saved.at(&format!("/ky/{poll}/kiem-lai"));
    form.answered(saved, next, |form| page(&site, &caller, (&poll, &id, &line), form)).await
}
