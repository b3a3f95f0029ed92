//! The passphrase of private notes: chosen, typed, changed, thrown away.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use super::back_to;
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session;
use app::reading::notes::{Chosen, Lock, NoteKey};
use app::{AppError, Caller};

/// Where to go on afterwards: `?ve=/doc/…`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    ve: String,
}

#[derive(Template)]
#[template(path = "reading/note_lock.html")]
struct LockPage {
    lock: Lock,
    form: Form,
}

async fn page(site: &Site, caller: &Caller, headers: &HeaderMap, form: Form) -> Result<Page, AppError> {
    let key = session::note_key(site.settings, headers);
    let lock = site.app.note_lock(caller, key.as_ref()).await?;
    Ok(Page::new(LockPage { lock, form }))
}

/// `GET /toi/ghi-chu`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Answer<Page> {
    let form = Form::filled([("back", back_to(&wanted.ve).to_owned())]);
    Ok(page(&site, &caller, &headers, form).await?)
}

/// The answer with a cookie for the browser, or the page with what is wrong.
async fn answer(
    site: &Site,
    caller: &Caller,
    headers: &HeaderMap,
    form: Form,
    outcome: Result<(Done, Option<HeaderValue>), AppError>,
) -> Answer {
    let back = back_to(form.value("back")).to_owned();
    match form.sent(outcome)? {
        Sent::Done((done, cookie)) => {
            let mut answer = done.at(&back).into_response();
            cookie.into_iter().for_each(|cookie| {
                answer.headers_mut().append(SET_COOKIE, cookie);
            });
            Ok(answer)
        }
        // The key of the first sending went with its answer: there is no cookie to set.
        Sent::Repeated => Err(AppError::AlreadyDone.into()),
        Sent::Refused(form) => Ok(form.again(|form| page(site, caller, headers, form)).await?.into_response()),
    }
}

fn chosen(form: &Form) -> Chosen {
    Chosen { passphrase: form.secret("note_passphrase"), again: form.secret("note_passphrase_again") }
}

fn with_key(site: &Site, done: Done, key: &NoteKey) -> (Done, Option<HeaderValue>) {
    (done, session::set_note_cookie(site.settings, key))
}

/// `POST /toi/ghi-chu/dat`
pub async fn choose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let chosen = site.app.choose_note_passphrase(form.ask(&caller)?, chosen(&form)).await;
    let outcome = chosen.map(|key| with_key(&site, Done::NotesOpened, &key));
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/mo`
pub async fn unlock(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let opened = site.app.unlock_notes(&caller, form.secret("note_passphrase")).await;
    let outcome = opened.map(|key| with_key(&site, Done::NotesOpened, &key));
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/doi`
pub async fn change(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let old = form.secret("old_note_passphrase");
    let changed = site.app.change_note_passphrase(form.ask(&caller)?, old, chosen(&form)).await;
    let outcome = changed.map(|key| with_key(&site, Done::NotePassphraseChanged, &key));
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/khoa`: this browser forgets the key now.
pub async fn close(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let outcome = Ok((Done::NotesClosed, session::forget_note_cookie(site.settings)));
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/xoa`
pub async fn forget(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let outcome = match site.app.forget_notes(form.ask(&caller)?, form.has("confirmed", "yes")).await {
        Ok(()) | Err(AppError::AlreadyDone) => Ok((Done::NotesForgotten, session::forget_note_cookie(site.settings))),
        Err(problem) => Err(problem),
    };
    answer(&site, &caller, &headers, form, outcome).await
}
