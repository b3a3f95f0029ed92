//! A head teller opens a batch.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::{ROOM, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::room::{EVERY_DECK, OpenPage, TypedBatch};
use app::{AppError, Caller};
use domain::batch::Mode;
use domain::id::AccountId;

#[derive(Template)]
#[template(path = "counting/open.html")]
struct Open {
    poll: String,
    page: OpenPage,
    form: Form,
    forms: Vec<(String, String)>,
    tellers: Vec<(String, String)>,
    modes: Vec<(&'static str, &'static str)>,
    /// Papers are left for more than one batch.
    has_more: bool,
}

/// For which form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "mau")]
    form: String,
}

async fn page(site: &Site, caller: &Caller, poll: &str, wanted: &str, form: Option<Form>) -> Result<Page, AppError> {
    let page = site.app.open_page(caller, read_poll(poll)?, wanted).await?;
    let form = form.unwrap_or_else(|| {
        let TypedBatch { form, number, papers, mode, first, second } = page.proposed.clone();
        Form::filled([
            ("form", form),
            ("number", number),
            ("papers", papers),
            ("mode", mode),
            ("first", first),
            ("second", second),
        ])
    });
    let left = |(id, block, left): &(String, String, u32)| (id.clone(), format!("{block} ({id}), còn {left} phiếu"));
    let every = (page.decks > 1).then(|| (EVERY_DECK.to_owned(), format!("Cả {} mẫu, mỗi mẫu một tập", page.decks)));
    Ok(Page::new(Open {
        poll: poll.to_owned(),
        forms: every.into_iter().chain(page.forms.iter().map(left)).collect(),
        tellers: teller_choices(&page.tellers),
        modes: mode_choices(page.is_deck),
        has_more: !page.is_deck && page.batches_left > 1,
        form,
        page,
    }))
}

/// The people to choose from, before them nobody.
pub(super) fn teller_choices(tellers: &[(AccountId, String)]) -> Vec<(String, String)> {
    let nobody = (String::new(), "Chưa chọn".to_owned());
    std::iter::once(nobody).chain(tellers.iter().map(|(id, name)| (id.to_string(), name.clone()))).collect()
}

/// The ways to count a pile: test papers are compared one by one, so that they are keyed one by one.
pub(super) fn mode_choices(is_deck: bool) -> Vec<(&'static str, &'static str)> {
    let by_keys = (Mode::Marks.code(), "Nhập từng phiếu bằng bàn phím hoặc chạm");
    let by_hand = (Mode::HandTally.code(), "Đếm tay: hai người đếm trên phiếu đếm tay rồi nhập số");
    if is_deck { vec![by_keys] } else { vec![by_keys, by_hand] }
}

/// `GET /kiem-phieu/{poll}/mo-tap?mau=F1-3F9A2C`
pub async fn new(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, &wanted.form, None).await?)
}

/// `POST /kiem-phieu/{poll}/mo-tap`
pub async fn open(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let value = |field: &str| form.value(field).trim().to_owned();
    let typed = TypedBatch {
        form: value("form"),
        number: value("number"),
        papers: value("papers"),
        mode: value("mode"),
        first: value("first"),
        second: value("second"),
    };
    let opened = site.app.open_batch(form.ask(&caller)?, read_poll(&poll)?, &typed).await;
    let then = if form.has("next", "1") { "/mo-tap" } else { "" };
    let next = |_| Done::BatchOpened.at(&format!("{ROOM}/{poll}{then}"));
    form.answered(opened, next, |form| page(&site, &caller, &poll, &typed.form, Some(form))).await
}
