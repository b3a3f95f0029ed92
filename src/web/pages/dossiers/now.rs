//! What would stand in dossiers today.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::super::document::{self, Drawn};
use super::{about_path, pdf_file, read_about, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use app::AppError;
use app::dossiers::{Desk, DossierItem, Standing, Wanted};
use app::service::clock::in_vietnam;
use domain::release::About;

/// What the address asks for: `?nam=2025&gom=tat-ca`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    #[serde(rename = "nam")]
    year: String,
    #[serde(rename = "gom")]
    which: String,
}

impl Asked {
    fn wanted(&self) -> Wanted {
        Wanted { with_waiting: self.which == "tat-ca", year: self.year.parse().ok() }
    }
}

#[derive(Template)]
#[template(path = "dossiers/desk.html")]
struct DeskPage {
    poll: String,
    desk: Desk,
    people: Vec<DossierItem>,
    fields: Vec<DossierItem>,
    released_at: String,
    offered_at: String,
    /// Something differs from the newest release.
    is_changed: bool,
}

impl DeskPage {
    fn path(line: &DossierItem) -> String {
        about_path(&line.about)
    }

    /// The list of facts, of whom or what the line is about alone.
    fn facts(line: &DossierItem) -> String {
        let filter = match &line.about {
            About::Official(id) => ("nguoi", id.to_string()),
            About::Field(field) => ("linh-vuc", field.0.clone()),
        };
        let query = form_urlencoded::Serializer::new(String::new()).append_pair(filter.0, &filter.1).finish();
        format!("/du-kien?{query}")
    }
}

#[derive(Template)]
#[template(path = "dossiers/now.html")]
struct NowPage {
    poll: String,
    path: String,
    sitting: String,
    title: String,
    drawn: Drawn,
    wanted: Wanted,
    facts: Vec<Choice>,
    years: Vec<Choice>,
    waiting: usize,
    query: String,
}

/// One of several choices; `None` leads nowhere because it is the one taken.
struct Choice {
    label: String,
    to: Option<String>,
}

fn choices(base: &str, wanted: Wanted, years: &[i16]) -> (Vec<Choice>, Vec<Choice>) {
    let choice = |label: String, other: Wanted| Choice {
        label,
        to: (other != wanted).then(|| format!("{base}{}", query(other))),
    };
    let facts = vec![
        choice("Chỉ dữ kiện đã đối chiếu".to_owned(), Wanted { with_waiting: false, ..wanted }),
        choice("Mọi dữ kiện đã nhập".to_owned(), Wanted { with_waiting: true, ..wanted }),
    ];
    let all = choice("Mọi năm".to_owned(), Wanted { year: None, ..wanted });
    let of_year = |year: &i16| choice(year.to_string(), Wanted { year: Some(*year), ..wanted });
    (facts, std::iter::once(all).chain(years.iter().map(of_year)).collect())
}

fn query(wanted: Wanted) -> String {
    let year = wanted.year.map(|year| format!("nam={year}"));
    let which = wanted.with_waiting.then(|| "gom=tat-ca".to_owned());
    let parts: Vec<String> = year.into_iter().chain(which).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// `GET /ky/{poll}/ho-so`
pub async fn desk(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let desk = site.app.dossier_desk(&caller, read_poll(&poll)?).await?;
    let is_person = |line: &DossierItem| matches!(line.about, About::Official(_));
    let (people, fields): (Vec<DossierItem>, Vec<DossierItem>) = desk.lines.iter().cloned().partition(is_person);
    let is_same = desk.lines.iter().all(|line| line.standing == Standing::Same) && desk.dropped.is_empty();
    Ok(Page::new(DeskPage {
        poll,
        people,
        fields,
        released_at: desk.newest.as_ref().map_or_else(String::new, |release| in_vietnam(release.at)),
        offered_at: desk.offer.as_ref().map_or_else(String::new, |offer| in_vietnam(offer.at)),
        is_changed: !is_same,
        desk,
    }))
}

/// `GET /ky/{poll}/ho-so/{kind}/{about}`
pub async fn now(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, kind, about)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<Page> {
    let (about, wanted) = (read_about(&kind, &about)?, asked.wanted());
    let compiled = site.app.dossier_now(&caller, read_poll(&poll)?, &about, wanted).await?;
    let drawn = document::draw(&compiled.document).map_err(|e| AppError::internal("vẽ hồ sơ", e))?;
    let path = about_path(&about);
    let (facts, years) = choices(&format!("/ky/{poll}/ho-so/{path}"), wanted, &compiled.years);
    Ok(Page::new(NowPage {
        path,
        poll,
        sitting: compiled.sitting,
        title: compiled.title,
        drawn,
        wanted,
        facts,
        years,
        waiting: compiled.waiting,
        query: query(wanted),
    }))
}

/// `GET /ky/{poll}/ho-so/{kind}/{about}/pdf`
pub async fn now_pdf(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, kind, about)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let about = read_about(&kind, &about)?;
    let (name, bytes) = site.app.dossier_now_pdf(&caller, read_poll(&poll)?, &about, asked.wanted()).await?;
    Ok(pdf_file(&name, bytes))
}
