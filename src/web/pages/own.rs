//! One's own account: sessions, password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Redirect};

use crate::Site;
use crate::answer::{Answer, Sent, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session;
use app::people::own_account::NewPassword;
use app::people::sign_in::OwnSession;
use app::{AppError, Caller, Pending};
use domain::reset::Reset;
use domain::role::Role;

#[derive(Template)]
#[template(path = "own/show.html")]
struct Own {
    caller: Caller,
    previous: Option<String>,
    failures_before: u32,
    sessions: Vec<OwnSession>,
    has_password: bool,
    reset: Option<Reset>,
    form: Form,
}

#[derive(Template)]
#[template(path = "own/password.html")]
struct OwnPassword {
    form: Form,
    is_first: bool,
    has_password: bool,
}

/// Where somebody is led who must do something first.
pub const fn first(pending: Pending) -> &'static str {
    match pending {
        Pending::FirstPassword => "/toi/mat-khau",
        Pending::SecondFactor => "/toi/ma-xac-thuc",
    }
}

/// `GET /toi`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(own_page(&site, &caller, Form::default()).await?)
}

/// `POST /toi/dung-nguoi`: somebody whose password was reset shows the second factor from before.
pub async fn vouch(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let code = form.secret(field::CODE.name);
    let vouched = site.app.vouch_for_own(form.ask(&caller)?, &code).await;
    form.answered(vouched, |_| Done::Vouched.at("/toi"), |form| own_page(&site, &caller, form)).await
}

async fn own_page(site: &Site, caller: &Caller, form: Form) -> Result<Page, AppError> {
    let caller = caller.clone();
    let reset = site.app.own_reset(&caller).await?;
    let sessions = site.app.own_sessions(&caller).await?;
    let has_password = site.app.has_password(&caller).await?;
    let previous = caller.previous_sign_in.map(|at| at.in_vietnam());
    let failures_before = caller.failures_before;
    Ok(Page::new(Own { previous, failures_before, caller, sessions, has_password, reset, form }))
}

async fn password_page(site: &Site, caller: &Caller, form: Form) -> Result<Page, AppError> {
    let has_password = site.app.has_password(caller).await?;
    let is_first = caller.pending == Some(Pending::FirstPassword);
    Ok(Page::new(OwnPassword { form, is_first, has_password }))
}

/// `GET /toi/mat-khau`
pub async fn password(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(password_page(&site, &caller, Form::default()).await?)
}

/// `POST /toi/mat-khau`
pub async fn change_password(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let chosen = NewPassword { new: form.secret("new_password"), again: form.secret("password_again") };
    let changed = site.app.change_password(form.ask(&caller)?, form.secret("old_password"), chosen).await;
    Ok(match form.sent(changed)? {
        Sent::Done(token) => {
            let to = if caller.pending.is_some() { "/" } else { "/toi" };
            let cookie = session::set_cookie(site.settings, &token).map(|cookie| [(SET_COOKIE, cookie)]);
            (cookie, Done::PasswordSet.at(to)).into_response()
        }
        Sent::Repeated => Done::PasswordSet.at("/toi").into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            password_page(&site, &caller, form).await?.with_status(status).into_response()
        }
    })
}

/// `POST /toi/phien`
pub async fn end_session(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer<Redirect> {
    let session = form.value("session").parse().map_err(|_| AppError::NotFound("phiên đăng nhập này"))?;
    redirect(site.app.end_session(form.ask(&caller)?, session).await, Done::Saved, "/toi")
}

/// `POST /toi/dang-xuat-moi-noi`
pub async fn end_all(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let ended = site.app.end_all_sessions(form.ask(&caller)?).await;
    let to = redirect(ended, Done::SignedOutEverywhere, "/dang-nhap")?;
    let cookie = session::forget_cookie(site.settings).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((cookie, to).into_response())
}
