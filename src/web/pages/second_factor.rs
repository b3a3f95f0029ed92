//! One's own second factor: set up by a QR code, confirmed by a code; moved to another phone or switched off by the password and a
//! code of the one in use.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse as _;

use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::people::second_factor::{NewFactor, OwnerProof};
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
    factor: NewFactor,
    is_required: bool,
}

/// The page of a caller, with or without a factor; `sealed` is a new one that was shown before.
async fn page(site: &Site, caller: &Caller, form: Form) -> Result<Page, AppError> {
    let factor = match form.value("sealed") {
        "" => site.app.new_second_factor(caller)?,
        shown => site.app.same_second_factor(caller, shown)?,
    };
    if caller.account.has_second_factor {
        let is_required = site.app.is_second_factor_required(caller).await?;
        return Ok(Page::new(SwitchOff { form, factor, is_required }));
    }
    let is_required = caller.pending == Some(Pending::SecondFactor);
    Ok(Page::new(SetUp { form, factor, is_required }))
}

fn owner(form: &Form) -> OwnerProof {
    OwnerProof { password: form.secret("password"), code: form.secret("old_code") }
}

/// `GET /toi/ma-xac-thuc`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(page(&site, &caller, Form::default()).await?)
}

/// `POST /toi/ma-xac-thuc`
pub async fn confirm(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let ask = form.ask(&caller)?;
    let confirmed = site.app.confirm_second_factor(ask, form.value("sealed"), form.value("code"), owner(&form)).await;
    Ok(match form.sent(confirmed)? {
        Sent::Done(()) | Sent::Repeated => {
            let to = if caller.pending.is_some() { "/" } else { "/toi" };
            Done::SecondFactorOn.at(to).into_response()
        }
        Sent::Refused(form) => {
            let status = form.refused_status();
            page(&site, &caller, form).await?.with_status(status).into_response()
        }
    })
}

/// `POST /toi/ma-xac-thuc/tat`
pub async fn drop_own(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let dropped = site.app.drop_second_factor(form.ask(&caller)?, owner(&form)).await;
    Ok(match form.sent(dropped)? {
        Sent::Done(()) | Sent::Repeated => Done::SecondFactorOff.at("/toi").into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            page(&site, &caller, form).await?.with_status(status).into_response()
        }
    })
}
