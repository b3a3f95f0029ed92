//! One's own account: sessions, password.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::{self, Visitor};
use app::people::own_account::PasswordChange;
use app::people::sign_in::OwnSession;
use app::service::app::Ask;
use app::{AppError, Caller, Pending};
use domain::role::Role;

#[derive(Template)]
#[template(path = "own/show.html")]
struct Own {
    caller: Caller,
    previous: Option<String>,
    failures_before: u32,
    sessions: Vec<OwnSession>,
    has_password: bool,
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
pub async fn show(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let found =
        async { Ok::<_, AppError>((site.app.own_sessions(&caller).await?, site.app.has_password(&caller).await?)) };
    match found.await {
        Ok((sessions, has_password)) => {
            let previous = caller.previous_sign_in.map(|at| at.in_vietnam());
            Page::new(Own { previous, failures_before: caller.failures_before, caller, sessions, has_password })
                .into_response()
        }
        Err(problem) => error::of(&problem).into_response(),
    }
}

async fn password_page(site: &Site, caller: &Caller, form: Form, status: StatusCode) -> Response {
    match site.app.has_password(caller).await {
        Ok(has_password) => {
            let is_first = caller.pending == Some(Pending::FirstPassword);
            Page::new(OwnPassword { form, is_first, has_password }).with_status(status).into_response()
        }
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `GET /toi/mat-khau`
pub async fn password(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    password_page(&site, &caller, Form::default(), StatusCode::OK).await
}

/// `POST /toi/mat-khau`
pub async fn change_password(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let change = PasswordChange {
        old: form.secret("old_password"),
        new: form.secret("new_password"),
        again: form.secret("password_again"),
    };
    let changed = match form.request() {
        Ok(request) => site.app.change_password(Ask { caller: &caller, request }, change).await,
        Err(problem) => Err(problem),
    };
    let problem = match changed {
        Ok(token) => {
            let to = if caller.pending.is_some() { "/" } else { "/toi" };
            let cookie = session::set_cookie(site.settings, &token).map(|cookie| [(SET_COOKIE, cookie)]);
            return (cookie, Done::PasswordSet.at(to)).into_response();
        }
        Err(AppError::AlreadyDone) => return Done::PasswordSet.at("/toi").into_response(),
        Err(problem) => problem,
    };
    match form.with_errors(problem) {
        Ok(form) => password_page(&site, &caller, form, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `POST /toi/phien`
pub async fn end_session(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let ended = async {
        let session = form.value("session").parse().map_err(|_| AppError::NotFound("phiên đăng nhập này"))?;
        site.app.end_session(Ask { caller: &caller, request: form.request()? }, session).await
    };
    match ended.await {
        Ok(()) | Err(AppError::AlreadyDone) => Done::Saved.at("/toi").into_response(),
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `POST /toi/dang-xuat-moi-noi`
pub async fn end_all(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let ended = async { site.app.end_all_sessions(Ask { caller: &caller, request: form.request()? }).await };
    match ended.await {
        Ok(()) | Err(AppError::AlreadyDone) => {
            let cookie = session::forget_cookie(site.settings).map(|cookie| [(SET_COOKIE, cookie)]);
            (cookie, Done::SignedOutEverywhere.at("/dang-nhap")).into_response()
        }
        Err(problem) => error::of(&problem).into_response(),
    }
}
