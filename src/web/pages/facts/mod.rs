//! Facts: the list with its filters, what it is taken away as, and the history of all.

mod edit;
mod queue;
mod show;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use jiff::civil::Date;
use serde::Deserialize;

pub use edit::{enter, new};
pub use queue::{queue, queued, verify_some};
pub use show::{change, reopen, restore, show, verify, withdraw};

use super::read_fact;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::Caller;
use app::facts::entry::{Change, FactFilter, FactList, FactOrder, FileFormat, Paging};
use app::service::clock::in_vietnam;
use domain::audit::UtcTime;
use domain::fact::{Fact, FactKind, FactState};
use domain::id::OfficialId;
use domain::text::date_dmy;

/// The list.
const LIST: &str = "/du-kien";

/// Figures, verdict and due day of a fact in one line.
fn said(fact: &Fact<OfficialId>) -> String {
    domain::document::result_text(fact)
}

/// A moment, for templates, which hand over what they borrow.
fn moment(at: &UtcTime) -> String {
    in_vietnam(*at)
}

/// A day, for templates.
fn day(day: &Date) -> String {
    date_dmy(*day)
}

/// Class of the tag that shows a state.
fn tone(state: &FactState) -> &'static str {
    match state {
        FactState::Entered => "",
        FactState::Verified => " good",
        FactState::Withdrawn => " off",
    }
}

fn kinds(first: &'static str) -> Vec<(&'static str, &'static str)> {
    let kinds = FactKind::ALL.into_iter().map(|kind| (kind.code(), kind.label()));
    std::iter::once(("", first)).chain(kinds).collect()
}

/// What the address of the list asks for; every part may be missing or empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "tim")]
    text: String,
    #[serde(rename = "nguoi")]
    official: String,
    #[serde(rename = "linh-vuc")]
    field: String,
    #[serde(rename = "loai")]
    kind: String,
    #[serde(rename = "nam")]
    year: String,
    #[serde(rename = "trang-thai")]
    state: String,
    #[serde(rename = "ai")]
    by: String,
    #[serde(rename = "xep")]
    order: String,
    #[serde(rename = "trang")]
    page: String,
}

impl Wanted {
    fn filter(&self) -> FactFilter {
        // No name or field has a control character, and PostgreSQL takes no text with a zero in it.
        let given = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty() && !t.contains(char::is_control));
        FactFilter {
            official: self.official.parse().ok(),
            field: given(&self.field),
            kind: FactKind::from_code(&self.kind),
            year: self.year.parse().ok(),
            state: FactState::from_code(&self.state),
            by: given(&self.by),
            text: self.text.clone(),
            waits_for: None,
        }
    }

    fn order(&self) -> FactOrder {
        if self.order == "ngay" { FactOrder::Day } else { FactOrder::Changed }
    }

    fn pairs(&self) -> [(&'static str, &str); 8] {
        [
            ("tim", &self.text),
            ("nguoi", &self.official),
            ("linh-vuc", &self.field),
            ("loai", &self.kind),
            ("nam", &self.year),
            ("trang-thai", &self.state),
            ("ai", &self.by),
            ("xep", &self.order),
        ]
    }

    fn is_filtered(&self) -> bool {
        self.pairs().iter().any(|(name, value)| *name != "xep" && !value.is_empty())
    }

    /// The same filter, as the part of an address behind `?`; without `but`.
    fn query(&self, but: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs().into_iter().filter(|(name, value)| *name != but && !value.is_empty()));
        query.finish()
    }
}

/// A state with how many facts are in it, and where they are listed.
struct StateCount {
    label: &'static str,
    count: u64,
    address: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "facts/list.html")]
struct List {
    list: FactList,
    form: Form,
    states: Vec<StateCount>,
    officials: Vec<(String, String)>,
    fields: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    years: Vec<(String, String)>,
    people: Vec<(String, String)>,
    orders: [(&'static str, &'static str); 2],
    is_filtered: bool,
    query: String,
    may_verify: bool,
}

/// `GET /du-kien`
pub async fn list(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    let page = wanted.page.parse().unwrap_or(1);
    let list = site.app.facts(&caller, &wanted.filter(), wanted.order(), page).await?;
    let may_verify = caller.may(app::facts::entry::VERIFIERS).is_ok();
    Ok(Page::new(shown(list, &wanted, may_verify)))
}

fn shown(list: FactList, wanted: &Wanted, may_verify: bool) -> List {
    let options = |first: &str, values: &mut dyn Iterator<Item = (String, String)>| {
        std::iter::once((String::new(), first.to_owned())).chain(values).collect::<Vec<_>>()
    };
    let same = |text: &String| (text.clone(), text.clone());
    let others = wanted.query("trang-thai");
    let state = |(state, count): &(FactState, u64)| StateCount {
        label: state.label(),
        count: *count,
        address: format!("{LIST}?{others}{}trang-thai={}", if others.is_empty() { "" } else { "&" }, state.code()),
        is_here: wanted.state == state.code(),
    };
    List {
        states: list.states.iter().map(state).collect(),
        officials: options("Mọi người", &mut list.people.iter().map(|p| (p.id.to_string(), p.name.clone()))),
        fields: options("Mọi lĩnh vực", &mut list.choices.fields.iter().map(same)),
        kinds: kinds("Mọi loại"),
        years: options("Mọi năm", &mut list.choices.years.iter().map(|year| same(&year.to_string()))),
        people: options("Bất kỳ ai", &mut list.choices.people.iter().map(same)),
        orders: [("", "Sửa gần nhất trước"), ("ngay", "Ngày của dữ kiện, mới trước")],
        is_filtered: wanted.is_filtered(),
        query: wanted.query(""),
        form: Form::filled(wanted.pairs().map(|(name, value)| (name, value.to_owned()))),
        list,
        may_verify,
    }
}

/// `GET /du-kien/du-kien.csv`
pub async fn csv(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Query(wanted): Query<Wanted>) -> Answer {
    file(&site, &caller, &wanted, FileFormat::Csv).await
}

/// `GET /du-kien/du-kien.xlsx`
pub async fn xlsx(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Query(wanted): Query<Wanted>) -> Answer {
    file(&site, &caller, &wanted, FileFormat::Xlsx).await
}

async fn file(site: &Site, caller: &Caller, wanted: &Wanted, format: FileFormat) -> Answer {
    let bytes = site.app.facts_file(caller, &wanted.filter(), wanted.order(), format).await?;
    let (kind, disposition) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"du-kien.csv\""),
        FileFormat::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "attachment; filename=\"du-kien.xlsx\"",
        ),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// Which page of a list without filters.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WantedPage {
    #[serde(rename = "trang")]
    page: String,
}

impl WantedPage {
    fn number(&self) -> u64 {
        self.page.parse().unwrap_or(1)
    }
}

#[derive(Template)]
#[template(path = "facts/history.html")]
struct History {
    changes: Vec<Change>,
    paging: Paging,
}

/// `GET /du-kien/lich-su`
pub async fn history(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<WantedPage>,
) -> Answer<Page> {
    let (changes, paging) = site.app.facts_history(&caller, wanted.number()).await?;
    Ok(Page::new(History { changes, paging }))
}
