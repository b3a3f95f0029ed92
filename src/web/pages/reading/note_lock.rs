//! The passphrase of private notes: chosen, typed, changed, thrown away.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::{back_to, failed, nobody, refused};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::{self, Visitor};
use app::reading::notes::{Chosen, Lock, NoteKey};
use app::service::app::Ask;
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
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let form = Form::filled([("back", back_to(&wanted.ve).to_owned())]);
    match page(&site, &caller, &headers, form).await {
        Ok(page) => page.into_response(),
        Err(problem) => failed(&problem),
    }
}

/// The answer with a cookie for the browser, or the page with what is wrong.
async fn answer(
    site: &Site,
    caller: &Caller,
    headers: &HeaderMap,
    form: Form,
    outcome: Result<(Done, Option<HeaderValue>), AppError>,
) -> Response {
    let problem = match outcome {
        Ok((done, cookie)) => {
            let mut answer = done.at(back_to(form.value("back"))).into_response();
            cookie.into_iter().for_each(|cookie| {
                answer.headers_mut().append(SET_COOKIE, cookie);
            });
            return answer;
        }
        Err(problem) => problem,
    };
    let shown = async { page(site, caller, headers, form.with_errors(problem)?).await };
    match shown.await {
        Ok(page) => refused(page, false),
        Err(problem) => failed(&problem),
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
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let outcome = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        let key = site.app.choose_note_passphrase(ask, chosen(&form)).await?;
        Ok(with_key(&site, Done::NotesOpened, &key))
    };
    let outcome = outcome.await;
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/mo`
pub async fn unlock(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let opened = site.app.unlock_notes(&caller, form.secret("note_passphrase")).await;
    let outcome = opened.map(|key| with_key(&site, Done::NotesOpened, &key));
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/doi`
pub async fn change(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let outcome = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        let old = form.secret("old_note_passphrase");
        let key = site.app.change_note_passphrase(ask, old, chosen(&form)).await?;
        Ok(with_key(&site, Done::NotePassphraseChanged, &key))
    };
    let outcome = outcome.await;
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/khoa`: this browser forgets the key now.
pub async fn close(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let outcome = Ok((Done::NotesClosed, session::forget_note_cookie(site.settings)));
    answer(&site, &caller, &headers, form, outcome).await
}

/// `POST /toi/ghi-chu/xoa`
pub async fn forget(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let outcome = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        match site.app.forget_notes(ask, form.has("confirmed", "yes")).await {
            Ok(()) | Err(AppError::AlreadyDone) => {
                Ok((Done::NotesForgotten, session::forget_note_cookie(site.settings)))
            }
            Err(problem) => Err(problem),
        }
    };
    let outcome = outcome.await;
    answer(&site, &caller, &headers, form, outcome).await
}
