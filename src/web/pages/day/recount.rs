//! Lines that are counted again from paper.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{read_poll, step_path};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::pages::counting::stage_words;
use crate::render::Page;
use app::counting::day::{RecountLine, RecountPage};
use app::counting::room::{OpenRecount, RecountOffer, TypedRecount};
use app::{AppError, Caller};
use domain::audit::event::poll::Stands;
use domain::poll::LevelCounts;
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;

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
    /// Whom the caller may choose from; `None` while nobody is to be chosen.
    offer: Option<RecountOffer>,
    readers: Vec<(String, String)>,
    order: String,
}

/// `Tín nhiệm cao 19, Tín nhiệm 2, Tín nhiệm thấp 25`.
fn words(counts: LevelCounts) -> String {
    let level = |(level, count): (domain::poll::Level, u32)| format!("{} {count}", level.label());
    counts.each().into_iter().map(level).collect::<Vec<_>>().join(", ")
}

fn stage(open: &OpenRecount) -> String {
    stage_words(open.stage).0
}

impl List {
    fn words(&self, counts: &LevelCounts) -> String {
        words(*counts)
    }

    fn stage(&self, open: &OpenRecount) -> String {
        stage(open)
    }

    fn stands(&self, stands: &Stands) -> &'static str {
        match stands {
            Stands::Counted => "giữ số đã kiểm",
            Stands::Recounted => "lấy số kiểm lại",
        }
    }
}

impl Edit {
    fn stage(&self, open: &OpenRecount) -> String {
        stage(open)
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
    let offer = if page.may_open && line.is_to_be_counted() {
        Some(site.app.recount_offer(caller, read_poll(poll)?, id).await?)
    } else {
        None
    };
    let mut readers = vec![(String::new(), "Chọn một người".to_owned())];
    if let Some(offer) = &offer {
        let is_mixed = offer.board.fresh < 2;
        readers.extend(offer.board.members.iter().map(|member| {
            let mark = if is_mixed && member.is_fresh { ", chưa đọc tập nào của mẫu này" } else { "" };
            (member.account.to_string(), format!("{}{mark}", member.name))
        }));
    }
    let order = format!("{}?ve={id}/{}", step_path(poll, ProposalKind::RecountOrdered), line.line);
    Ok(Page::new(Edit { poll: poll.to_owned(), line, page, form, offer, readers, order }))
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

/// `POST /ky/{poll}/kiem-lai/{form}/{line}`: two people are to count the line again.
pub async fn open(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, id, line)): Path<(String, String, String)>,
    form: Form,
) -> Answer {
    let typed = TypedRecount { first: form.value("first").to_owned(), second: form.value("second").to_owned() };
    let opened = site.app.open_recount(form.ask(&caller)?, read_poll(&poll)?, (&id, read_line(&line)?), &typed).await;
    let next = |_| Done::RecountOpened.at(&format!("/ky/{poll}/kiem-lai"));
    form.answered(opened, next, |form| page(&site, &caller, (&poll, &id, &line), form)).await
}
