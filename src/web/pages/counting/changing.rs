//! A head teller changes an open batch: its size, who reads it, how it is counted.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::opening::{mode_choices, teller_choices};
use super::{ROOM, read_number, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::counting::room::{ChangePage, TypedChange};
use app::{AppError, Caller};

#[derive(Template)]
#[template(path = "counting/change.html")]
struct Change {
    poll: String,
    form_id: String,
    number: u32,
    page: ChangePage,
    form: Form,
    tellers: Vec<(String, String)>,
    modes: Vec<(&'static str, &'static str)>,
    begins: Vec<(&'static str, &'static str)>,
}

impl Change {
    fn papers_help(&self) -> String {
        format!("Đếm lại tập giấy trước khi sửa. Mẫu này có {} phiếu không thuộc tập nào khác.", self.page.left)
    }
}

/// Papers that the room proposes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "phieu")]
    papers: String,
}

async fn page(
    site: &Site,
    caller: &Caller,
    (poll, form_id, number): (&str, &str, u32),
    papers: &str,
    form: Option<Form>,
) -> Result<Page, AppError> {
    let page = site.app.change_page(caller, read_poll(poll)?, (form_id, number)).await?;
    let form = form.unwrap_or_else(|| {
        let now = page.now.clone();
        let papers = if papers.is_empty() { now.papers } else { papers.to_owned() };
        Form::filled([
            ("opened", now.opened),
            ("papers", papers),
            ("mode", now.mode),
            ("first", now.first),
            ("second", now.second),
            ("begin", "on".to_owned()),
        ])
    });
    Ok(Page::new(Change {
        poll: poll.to_owned(),
        form_id: form_id.to_owned(),
        number,
        tellers: teller_choices(&page.offered),
        modes: mode_choices(page.is_deck),
        begins: vec![("on", "Nhập tiếp từ chỗ người trước dừng"), ("anew", "Nhập lại từ phiếu 1")],
        form,
        page,
    }))
}

/// `GET /kiem-phieu/{poll}/{form}/{batch}/sua?phieu=29`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form, batch)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &form, read_number(&batch)?), &wanted.papers, None).await?)
}

/// `POST /kiem-phieu/{poll}/{form}/{batch}/sua`
pub async fn change(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form_id, batch)): Path<(String, String, String)>,
    form: Form,
) -> Answer {
    let value = |field: &str| form.value(field).trim().to_owned();
    let typed = TypedChange {
        opened: value("opened"),
        papers: value("papers"),
        mode: value("mode"),
        first: value("first"),
        second: value("second"),
        begins_anew: value("begin") == "anew",
    };
    let number = read_number(&batch)?;
    let ask = form.ask(&caller)?;
    let changed = site.app.change_batch(ask, read_poll(&poll)?, (form_id.as_str(), number), &typed).await;
    let next = |_| Done::BatchChanged.at(&format!("{ROOM}/{poll}"));
    form.answered(changed, next, |form| page(&site, &caller, (&poll, &form_id, number), "", Some(form))).await
}
