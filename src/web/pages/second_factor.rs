//! One's own second factor: set up by a QR code, confirmed by a code, switched off by the password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse as _;

use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::people::second_factor::NewFactor;
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

fn set_up(caller: &Caller, form: Form, factor: NewFactor) -> Page {
    let is_required = caller.pending == Some(Pending::SecondFactor);
    Page::new(SetUp { form, factor, is_required })
}

async fn switch_off(site: &Site, caller: &Caller, form: Form) -> Result<Page, AppError> {
    let is_required = site.app.is_second_factor_required(caller).await?;
    Ok(Page::new(SwitchOff { form, is_required }))
}

/// `GET /toi/ma-xac-thuc`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    if caller.account.has_second_factor {
        return Ok(switch_off(&site, &caller, Form::default()).await?);
    }
    Ok(set_up(&caller, Form::default(), site.app.new_second_factor(&caller)?))
}

/// `POST /toi/ma-xac-thuc`
pub async fn confirm(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let ask = form.ask(&caller)?;
    let confirmed = site.app.confirm_second_factor(ask, form.value("sealed"), form.value("code")).await;
    Ok(match form.sent(confirmed)? {
        Sent::Done(()) | Sent::Repeated => {
            let to = if caller.pending.is_some() { "/" } else { "/toi" };
            Done::SecondFactorOn.at(to).into_response()
        }
        Sent::Refused(form) => {
            let status = form.refused_status();
            let factor = site.app.same_second_factor(&caller, form.value("sealed"))?;
            set_up(&caller, form, factor).with_status(status).into_response()
        }
    })
}

/// `POST /toi/ma-xac-thuc/tat`
pub async fn drop_own(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let dropped = site.app.drop_second_factor(form.ask(&caller)?, form.secret("password")).await;
    Ok(match form.sent(dropped)? {
        Sent::Done(()) | Sent::Repeated => Done::SecondFactorOff.at("/toi").into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            switch_off(&site, &caller, form).await?.with_status(status).into_response()
        }
    })
}
