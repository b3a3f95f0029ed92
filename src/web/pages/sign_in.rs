//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::error;
use crate::Site;
use crate::address::Sender;
use crate::answer::Answer;
use crate::carry::Carried;
use crate::field;
use crate::form::Form;
use crate::render::Page;
use crate::session::{self, Visitor};
use app::AppError;
use app::people::councils::INSTALLATION_SLUG;
use app::people::own_account::NewPassword;
use app::people::sign_in::SignInStep;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    /// Name in addresses and name.
    doors: Vec<(String, String)>,
    /// The same, of those that give out access slips.
    by_slip: Vec<(String, String)>,
    form: Form,
    /// A form that goes on afterwards.
    carried: Vec<(String, String)>,
    /// Somebody with a first password, who chooses their own here.
    is_first: bool,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct Code {
    /// Shows that the password was right.
    passed: String,
    form: Form,
    carried: Vec<(String, String)>,
}

/// Where somebody signs in with a first password, as it is printed beside it.
pub(super) const FIRST: &str = "/dang-nhap?lan=dau";

/// The door that a link names, and whether it is for a first password: `/dang-nhap?hoi-dong=vinh-phuc&lan=dau`.
#[derive(Deserialize)]
pub struct Link {
    #[serde(rename = "hoi-dong", default)]
    council: String,
    #[serde(rename = "lan", default)]
    time: String,
}

fn hidden(carried: Option<&Carried>) -> Vec<(String, String)> {
    let hidden = carried.map(Carried::hidden).unwrap_or_default();
    hidden.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

async fn page(site: &Site, form: Form, carried: Option<&Carried>, status: StatusCode) -> Answer<Page> {
    let doors = site.app.doors().await?;
    // The installation itself is a door from its first set-up on.
    if doors.is_empty() {
        return Ok(error::not_set_up());
    }
    let doors: Vec<_> = doors.into_iter().map(|door| (door.slug, door.name)).collect();
    let is_first = form.has("first", "1");
    let by_slip = doors.iter().filter(|(slug, _)| slug != INSTALLATION_SLUG).cloned().collect();
    Ok(Page::new(SignIn { doors, by_slip, form, carried: hidden(carried), is_first }).with_status(status))
}

/// Leads a guest to the page to sign in.
pub fn first() -> Response {
    Redirect::to("/dang-nhap").into_response()
}

/// Asks a guest to sign in before the form that they sent goes on.
pub async fn before(site: &Site, carried: Carried) -> Response {
    page(site, Form::default(), Some(&carried), StatusCode::UNAUTHORIZED).await.into_response()
}

/// `GET /dang-nhap`
pub async fn show(State(site): State<Arc<Site>>, Query(link): Query<Link>) -> Answer<Page> {
    let first = (link.time == "dau").then(|| ("first", "1".to_owned()));
    page(&site, Form::filled([("council", link.council)].into_iter().chain(first)), None, StatusCode::OK).await
}

/// `POST /dang-nhap`
pub async fn submit(State(site): State<Arc<Site>>, Sender(device): Sender, headers: HeaderMap, form: Form) -> Answer {
    let carried = Carried::resumed(&form);
    let (council, login, password) = (form.value("council"), form.value(field::LOGIN.name), form.secret("password"));
    let signed_in = if form.has("first", "1") {
        let chosen = NewPassword { new: form.secret("new_password"), again: form.secret("password_again") };
        site.app.sign_in_first(council, login, password, chosen, device).await
    } else {
        site.app.sign_in(council, login, password, device).await
    };
    Ok(match signed_in {
        Ok(SignInStep::Done(token)) => session::welcome(&site, &headers, &token, carried, "/").await,
        Ok(SignInStep::Code(passed)) => ask_code((*passed).clone(), Form::default(), carried.as_ref()).into_response(),
        Err(problem) => refuse(&site, form, problem, carried.as_ref()).await?.into_response(),
    })
}

/// `POST /dang-nhap/ma`
pub async fn submit_code(
    State(site): State<Arc<Site>>,
    Sender(device): Sender,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let carried = Carried::resumed(&form);
    let passed = form.value("passed").to_owned();
    let problem = match site.app.sign_in_by_code(&passed, form.value("code"), device).await {
        Ok(token) => return Ok(session::welcome(&site, &headers, &token, carried, "/").await),
        Err(problem) => problem,
    };
    let is_about_code =
        matches!(&problem, AppError::Fields { fields } if fields.iter().all(|field| field.field == "code"));
    let page = if is_about_code {
        let page = ask_code(passed, form.with_errors(problem)?, carried.as_ref());
        page.with_status(StatusCode::UNPROCESSABLE_ENTITY)
    } else {
        refuse(&site, form, problem, carried.as_ref()).await?
    };
    Ok(page.into_response())
}

fn ask_code(passed: String, form: Form, carried: Option<&Carried>) -> Page {
    Page::new(Code { passed, form, carried: hidden(carried) })
}

async fn refuse(site: &Site, form: Form, problem: AppError, carried: Option<&Carried>) -> Answer<Page> {
    page(site, form.with_errors(problem)?, carried, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// `POST /dang-xuat`
pub async fn sign_out(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Answer {
    if let Some(caller) = &visitor.caller {
        site.app.sign_out(caller).await?;
    }
    let mut answer = Redirect::to("/dang-nhap").into_response();
    let forget = [session::forget_cookie(site.settings), session::forget_note_cookie(site.settings)];
    forget.into_iter().flatten().for_each(|cookie| {
        answer.headers_mut().append(SET_COOKIE, cookie);
    });
    Ok(answer)
}
