//! The roster: officials and delegates. What both have in common is here; their forms are in [`officials`] and
//! [`delegates`].

mod delegates;
pub mod links;
mod officials;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect};
use serde::Deserialize;

use crate::Site;
use crate::answer::{Answer, Sent, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::people::roster::{Past, Roster, RosterEntry, RosterFilter, StoredRecord, is_found};
use app::service::clock::in_vietnam;
use app::{AppError, Caller};

/// Lines of one page of a list.
const LINES: usize = 50;

/// A list of the roster as pages show it.
pub trait Listed: RosterEntry {
    /// Where the list is.
    const LIST: &'static str;
    /// What the list is called.
    const TITLE: &'static str;

    /// The block of an official, the group of a delegate; empty for none.
    fn part(&self) -> &str;
    /// Texts that the search compares.
    fn searched(&self) -> Vec<&str>;
    /// The page of the list.
    fn list(roster: &Roster<Self>, wanted: &Wanted) -> Page;
    /// What was typed.
    fn typed(form: &Form) -> Self::Typed;
    /// What is stored, as a form.
    fn form(kept: &StoredRecord<Self::Id, Self>, place: Option<usize>) -> Form;
    /// The page of one, or of a new one.
    fn page(roster: &Roster<Self>, kept: Option<&StoredRecord<Self::Id, Self>>, form: Form) -> Page;
}

/// What the address of a list asks for: `/can-bo?tim=lan&phan=UBND&trang-thai=rut&trang=2`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "tim")]
    text: String,
    #[serde(rename = "phan")]
    part: String,
    #[serde(rename = "trang-thai")]
    state: String,
    #[serde(rename = "trang")]
    page: String,
}

impl Wanted {
    fn filter(&self) -> RosterFilter {
        RosterFilter { text: self.text.clone(), part: self.part.clone(), withdrawn: self.state == "rut" }
    }

    fn is_filtered(&self) -> bool {
        !self.text.is_empty() || !self.part.is_empty() || !self.state.is_empty()
    }

    /// The same list on another of its pages; the number is still to be added.
    fn address(&self, list: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("tim", &self.text), ("phan", &self.part), ("trang-thai", &self.state)]);
        format!("{list}?{}", query.finish())
    }

    fn form(&self) -> Form {
        let fields = [("tim", &self.text), ("phan", &self.part), ("trang-thai", &self.state)];
        Form::filled(fields.map(|(field, value)| (field, value.clone())))
    }
}

/// One page of a long list.
pub(super) struct Pages {
    /// From 1.
    pub page: usize,
    /// How many there are, at least one.
    pub pages: usize,
    /// All lines.
    pub total: usize,
    /// Where the list is; the number is still to be added.
    pub address: String,
}

impl Pages {
    /// The lines of the page that was asked for, and where it stands.
    pub(super) fn cut<T>(mut lines: Vec<T>, asked: &str, address: String) -> (Vec<T>, Self) {
        let total = lines.len();
        let pages = total.div_ceil(LINES).max(1);
        let page = asked.parse().unwrap_or(1).clamp(1, pages);
        let mut shown = lines.split_off(((page - 1) * LINES).min(total));
        shown.truncate(LINES);
        (shown, Self { page, pages, total, address })
    }
}

/// The records that pass the filter, cut to the requested page.
fn listed<'r, E: Listed>(roster: &'r Roster<E>, wanted: &Wanted) -> (Vec<&'r StoredRecord<E::Id, E>>, Pages) {
    let filter = wanted.filter();
    let keeps = |kept: &&StoredRecord<E::Id, E>| {
        kept.value.is_withdrawn() == filter.withdrawn
            && (filter.part.is_empty() || kept.value.part() == filter.part)
            && is_found(&filter.text, kept.value.searched().into_iter())
    };
    Pages::cut(roster.all.iter().filter(keeps).collect(), &wanted.page, wanted.address(E::LIST))
}

/// The place in the list; empty for a withdrawn record.
fn place<E: Listed>(roster: &Roster<E>, id: E::Id) -> String {
    roster.place(id).map_or_else(String::new, |place| place.to_string())
}

/// When and by whom the record was changed last; empty for a new record.
fn changed<E: Listed>(kept: Option<&StoredRecord<E::Id, E>>) -> String {
    kept.map_or_else(String::new, |kept| format!("{}, {}", in_vietnam(kept.changed_at), kept.changed_by))
}

/// Names of blocks or groups for a filter, in the order in which they are met.
fn parts<E: Listed>(roster: &Roster<E>, all: &str) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), all.to_owned())];
    for name in roster.counting().map(|kept| kept.value.part()) {
        if !name.is_empty() && !options.iter().any(|(value, _)| value == name) {
            options.push((name.to_owned(), name.to_owned()));
        }
    }
    options
}

const STATES: [(&str, &str); 2] = [("", "Trong danh sách"), ("rut", "Đã rút")];

fn read_id<E: RosterEntry>(text: &str) -> Result<E::Id, AppError> {
    text.parse().map_err(|_| AppError::NotFound(E::SUBJECT.label()))
}

/// `GET <list>`
pub async fn list<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    Ok(E::list(&site.app.roster::<E>(&caller).await?, &wanted))
}

/// `GET <list>/moi`
pub async fn new<E: Listed>(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let roster = site.app.roster::<E>(&caller).await?;
    Ok(E::page(&roster, None, Form::default()))
}

/// `POST <list>/moi`
pub async fn add<E: Listed>(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let added = site.app.add_entry::<E>(form.ask(&caller)?, E::typed(&form)).await;
    Ok(match form.sent(added)? {
        Sent::Done(id) => Done::EntryAdded.at(&format!("{}/{id}", E::LIST)).into_response(),
        Sent::Repeated => Done::EntryAdded.at(E::LIST).into_response(),
        Sent::Refused(form) => refused::<E>(&site, &caller, None, form).await?.into_response(),
    })
}

/// `GET <list>/{id}`
pub async fn show<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Answer<Page> {
    let (id, roster) = (read_id::<E>(&id)?, site.app.roster::<E>(&caller).await?);
    let kept = found(&roster, id)?;
    Ok(E::page(&roster, Some(kept), E::form(kept, roster.place(id))))
}

fn found<E: RosterEntry>(roster: &Roster<E>, id: E::Id) -> Result<&StoredRecord<E::Id, E>, AppError> {
    roster.all.iter().find(|kept| kept.id == id).ok_or(AppError::NotFound(E::SUBJECT.label()))
}

/// The form again with what is wrong in it.
async fn refused<E: Listed>(site: &Site, caller: &Caller, id: Option<E::Id>, form: Form) -> Result<Page, AppError> {
    let status = form.refused_status();
    let roster = site.app.roster::<E>(caller).await?;
    let kept = id.map(|id| found(&roster, id)).transpose()?;
    Ok(E::page(&roster, kept, form).with_status(status))
}

/// `POST <list>/{id}`
pub async fn change<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_id::<E>(&id)?;
    let (ask, version) = (form.ask(&caller)?, form.version()?);
    let changed = site.app.change_entry::<E>(ask, id, version, E::typed(&form)).await;
    Ok(match form.sent(changed)? {
        Sent::Done(()) | Sent::Repeated => Done::Saved.at(&format!("{}/{id}", E::LIST)).into_response(),
        Sent::Refused(form) => refused::<E>(&site, &caller, Some(id), form).await?.into_response(),
    })
}

async fn moved<E: Listed>(site: &Site, caller: &Caller, id: &str, form: &Form, is_up: bool) -> Answer<Redirect> {
    let moved = site.app.move_entry::<E>(form.ask(caller)?, read_id::<E>(id)?, is_up).await;
    let back = form.value("back");
    let to = if back.starts_with(&format!("{}?", E::LIST)) { back } else { E::LIST };
    redirect(moved, Done::EntryMoved, to)
}

/// `POST <list>/{id}/len`
pub async fn raise<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    moved::<E>(&site, &caller, &id, &form, true).await
}

/// `POST <list>/{id}/xuong`
pub async fn lower<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    moved::<E>(&site, &caller, &id, &form, false).await
}

/// `POST <list>/{id}/rut`
pub async fn withdraw<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let withdrawn = site.app.set_withdrawn::<E>(form.ask(&caller)?, read_id::<E>(&id)?, true).await;
    redirect(withdrawn, Done::EntryWithdrawn, &format!("{}/{id}", E::LIST))
}

/// `POST <list>/{id}/khoi-phuc`
pub async fn restore<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let restored = site.app.set_withdrawn::<E>(form.ask(&caller)?, read_id::<E>(&id)?, false).await;
    redirect(restored, Done::EntryRestored, &format!("{}/{id}", E::LIST))
}

#[derive(Template)]
#[template(path = "roster/history.html")]
struct History {
    list: &'static str,
    title: &'static str,
    id: String,
    name: String,
    history: Vec<Past>,
}

/// `GET <list>/{id}/lich-su`
pub async fn history<E: Listed>(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Answer<Page> {
    let id = read_id::<E>(&id)?;
    let history = site.app.entry_history::<E>(&caller, id).await?;
    let roster = site.app.roster::<E>(&caller).await?;
    let name = found(&roster, id)?.value.name().to_owned();
    Ok(Page::new(History { list: E::LIST, title: E::TITLE, id: id.to_string(), name, history }))
}
