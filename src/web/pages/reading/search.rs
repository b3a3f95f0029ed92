//! Search in dossiers.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::reading::room::{Hit, SearchResult};
use domain::id::PollId;

/// Lines on a page.
const A_PAGE: usize = 50;

/// `?q=trạm y tế&trang=2`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: String,
    trang: String,
}

#[derive(Template)]
#[template(path = "reading/search.html")]
struct Search {
    poll: PollId,
    sitting: String,
    form: Form,
    found: SearchResult,
    /// From 1.
    page: usize,
    pages: usize,
    total: usize,
}

impl Search {
    fn typed(&self) -> &str {
        self.form.value("q")
    }

    /// Hits of this page by dossier.
    fn by_dossier(&self) -> Vec<(u32, &str, Vec<&Hit>)> {
        let mut all: Vec<(u32, &str, Vec<&Hit>)> = Vec::new();
        for hit in &self.found.hits {
            match all.last_mut() {
                Some((position, _, hits)) if *position == hit.position => hits.push(hit),
                _ => all.push((hit.position, &hit.title, vec![hit])),
            }
        }
        all
    }
}

/// `GET /doc/{poll}/tim`
pub async fn search(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    let poll = read_poll(&poll)?;
    let (summary, _) = site.app.dossier_titles(&caller, poll).await?;
    let mut found = site.app.search_dossiers(&caller, poll, &wanted.q).await?;
    let total = found.hits.len();
    let pages = total.div_ceil(A_PAGE).max(1);
    let page = wanted.trang.parse().unwrap_or(1_usize).clamp(1, pages);
    found.hits = found.hits.into_iter().skip((page - 1) * A_PAGE).take(A_PAGE).collect();
    let form = Form::filled([("q", wanted.q)]);
    Ok(Page::new(Search { poll, sitting: summary.sitting, form, found, page, pages, total }))
}
