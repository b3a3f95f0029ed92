//! One's own second factor: set up by a QR code, confirmed by a code, switched off by the password.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::people::second_factor::NewFactor;
use app::service::app::Ask;
use app::{AppError, Caller, Pending};

#[derive(Template)]
#[template(path = "own/second_factor.html")]
struct SetUp {
    form: Form,
    factor: NewFactor,
    is_required: bool,
}

#[derive(Template)]
#[template(path = "own/second_factor_off.html")]
struct SwitchOff {
    form: Form,
    is_required: bool,
}

fn set_up(caller: &Caller, form: Form, factor: Result<NewFactor, AppError>, status: StatusCode) -> Response {
    match factor {
        Ok(factor) => {
            let is_required = caller.pending == Some(Pending::SecondFactor);
            Page::new(SetUp { form, factor, is_required }).with_status(status).into_response()
        }
        Err(problem) => error::of(&problem).into_response(),
    }
}

async fn switch_off(site: &Site, caller: &Caller, form: Form, status: StatusCode) -> Response {
    match site.app.is_second_factor_required(caller).await {
        Ok(is_required) => Page::new(SwitchOff { form, is_required }).with_status(status).into_response(),
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `GET /toi/ma-xac-thuc`
pub async fn show(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    if caller.account.has_second_factor {
        return switch_off(&site, &caller, Form::default(), StatusCode::OK).await;
    }
    set_up(&caller, Form::default(), site.app.new_second_factor(&caller), StatusCode::OK)
}

/// `POST /toi/ma-xac-thuc`
pub async fn confirm(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let confirmed = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.confirm_second_factor(ask, form.value("sealed"), form.value("code")).await
    };
    let problem = match confirmed.await {
        Ok(()) | Err(AppError::AlreadyDone) => {
            let to = if caller.pending.is_some() { "/" } else { "/toi" };
            return Done::SecondFactorOn.at(to).into_response();
        }
        Err(problem) => problem,
    };
    let factor = site.app.same_second_factor(&caller, form.value("sealed"));
    match form.with_errors(problem) {
        Ok(form) => set_up(&caller, form, factor, StatusCode::UNPROCESSABLE_ENTITY),
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `POST /toi/ma-xac-thuc/tat`
pub async fn drop_own(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let dropped = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.drop_second_factor(ask, form.secret("password")).await
    };
    let problem = match dropped.await {
        Ok(()) | Err(AppError::AlreadyDone) => return Done::SecondFactorOff.at("/toi").into_response(),
        Err(problem) => problem,
    };
    match form.with_errors(problem) {
        Ok(form) => switch_off(&site, &caller, form, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(problem) => error::of(&problem).into_response(),
    }
}
