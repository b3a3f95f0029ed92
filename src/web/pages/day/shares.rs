//! Shares of what the close of a count needs: who holds one, and the page that shows a member's own share once.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use zeroize::Zeroizing;

use super::read_poll;
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::polls::SharesPage;
use app::{AppError, Caller};

#[derive(Template)]
#[template(path = "day/shares.html")]
struct Show {
    poll: String,
    page: SharesPage,
    form: Form,
    /// Whose share was tried, when it is one.
    tried: Option<String>,
}

#[derive(Template)]
#[template(path = "day/share.html")]
struct Taken {
    poll: String,
    sitting: String,
    name: String,
    share: Zeroizing<String>,
}

async fn page(
    site: &Site,
    caller: &Caller,
    poll: &str,
    (form, tried): (Form, Option<String>),
) -> Result<Page, AppError> {
    let page = site.app.shares_page(caller, read_poll(poll)?).await?;
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, tried }))
}

/// `GET /ky/{poll}/manh-khoa`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, (Form::default(), None)).await?)
}

/// `POST /ky/{poll}/manh-khoa`: answers with the share, which is kept nowhere.
pub async fn take(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let taken = site.app.take_share(form.ask(&caller)?, read_poll(&poll)?).await;
    Ok(match form.sent(taken)? {
        Sent::Done(share) => {
            let sitting = site.app.shares_page(&caller, read_poll(&poll)?).await?.sitting;
            Page::new(Taken { poll, sitting, name: caller.account.name.clone(), share }).into_response()
        }
        // Whoever reloads the page of a share that was not written down takes another one.
        Sent::Repeated => page(&site, &caller, &poll, (Form::default(), None)).await?.into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            page(&site, &caller, &poll, (form, None)).await?.with_status(status).into_response()
        }
    })
}

/// `POST /ky/{poll}/manh-khoa/thu`: whose share it is; nothing is written.
pub async fn try_out(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let tried = site.app.try_share(&caller, read_poll(&poll)?, &form.secret("own_secret")).await;
    Ok(match form.sent(tried)? {
        Sent::Done(name) => page(&site, &caller, &poll, (Form::default(), Some(name))).await?.into_response(),
        Sent::Repeated => page(&site, &caller, &poll, (Form::default(), None)).await?.into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            page(&site, &caller, &poll, (form, None)).await?.with_status(status).into_response()
        }
    })
}
