//! Access slips: printed and made void by an administrator, used by a delegate.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect};

use crate::Site;
use crate::address::Sender;
use crate::answer::{Answer, Sent, SignedIn};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session;
use app::people::sign_in::Door;
use app::people::slips::SlipLine;
use app::{AppError, Caller};
use domain::slip::{DEFAULT_DAYS, SlipCode, SlipState};

const LIST: &str = "/phieu-truy-cap";
/// Where a slip leads.
const ENTERED: &str = "/da-vao";

#[derive(Template)]
#[template(path = "slips/list.html")]
struct List {
    lines: Vec<SlipLine>,
    /// Id and name of each delegate.
    delegates: Vec<(String, String)>,
    form: Form,
}

#[derive(Template)]
#[template(path = "slips/again.html")]
struct Again {
    sentence: String,
}

#[derive(Template)]
#[template(path = "slips/enter.html")]
struct Enter {
    door: Door,
    form: Form,
    /// The code came with the address: one button is enough.
    is_scanned: bool,
}

#[derive(Template)]
#[template(path = "slips/doors.html")]
struct Doors {
    doors: Vec<Door>,
}

#[derive(Template)]
#[template(path = "slips/entered.html")]
struct Entered {
    login: String,
}

async fn list_page(site: &Site, caller: &Caller, form: Option<Form>) -> Result<Page, AppError> {
    let slips = site.app.slips(caller).await?;
    let form = form.unwrap_or_else(|| {
        let without = slips.delegates.iter().filter(|(_, holds)| !holds);
        let ticked = without.map(|(account, _)| ("accounts", account.id.to_string()));
        Form::filled(ticked.chain([(field::DAYS.name, DEFAULT_DAYS.to_string())]))
    });
    let words = |holds: bool| if holds { " – đang có thẻ còn hiệu lực" } else { "" };
    let delegate = |(account, holds): &(domain::account::Account, bool)| {
        (account.id.to_string(), format!("{} ({}){}", account.name, account.login, words(*holds)))
    };
    Ok(Page::new(List { delegates: slips.delegates.iter().map(delegate).collect(), lines: slips.lines, form }))
}

/// `GET /phieu-truy-cap`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(list_page(&site, &caller, None).await?)
}

/// `POST /phieu-truy-cap`: answers with the slips. They are kept nowhere.
pub async fn issue(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let ask = form.ask(&caller)?;
    let issued = site.app.issue_slips(ask, form.all("accounts"), form.value(field::DAYS.name), &site.public_url).await;
    Ok(match form.sent(issued)? {
        Sent::Done(pdf) => {
            let headers = [
                (CONTENT_TYPE, "application/pdf"),
                (CONTENT_DISPOSITION, "attachment; filename=\"phieu-truy-cap.pdf\""),
            ];
            (headers, pdf.bytes).into_response()
        }
        Sent::Repeated => Page::new(Again { sentence: AppError::AlreadyDone.to_string() }).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            list_page(&site, &caller, Some(form)).await?.with_status(status).into_response()
        }
    })
}

/// `POST /phieu-truy-cap/huy`
pub async fn revoke(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let revoked = site.app.revoke_slips(form.ask(&caller)?, form.all("slips")).await;
    Ok(match form.sent(revoked)? {
        Sent::Done(_) | Sent::Repeated => Done::SlipsRevoked.at(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            // The page also has the form that issues slips, with its default number of days.
            let form = form.also_filled([(field::DAYS.name, DEFAULT_DAYS.to_string())]);
            list_page(&site, &caller, Some(form)).await?.with_status(status).into_response()
        }
    })
}

/// The page for a name in addresses that no council has: it lists those that there are.
async fn doors(site: &Site) -> Result<Page, AppError> {
    let doors = site.app.doors().await?;
    Ok(Page::new(Doors { doors }).with_status(StatusCode::NOT_FOUND))
}

async fn enter_page(site: &Site, slug: &str, form: Form, is_scanned: bool) -> Result<Option<Page>, AppError> {
    Ok(site.app.door(slug).await?.map(|door| Page::new(Enter { door, form, is_scanned })))
}

/// `GET /phieu/{slug}`
pub async fn enter(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Answer<Page> {
    Ok(match enter_page(&site, &slug, Form::default(), false).await? {
        Some(page) => page,
        None => doors(&site).await?,
    })
}

/// `GET /phieu/{slug}/{code}`, the address in the QR code. It only shows a button: browsers open addresses on their
/// own to look ahead, and that must not use a slip up.
pub async fn scanned(State(site): State<Arc<Site>>, Path((slug, code)): Path<(String, String)>) -> Answer<Page> {
    let is_whole = code.parse::<SlipCode>().is_ok();
    Ok(match enter_page(&site, &slug, Form::filled([("code", code)]), is_whole).await? {
        Some(page) => page,
        None => doors(&site).await?,
    })
}

/// `POST /phieu/{slug}`: uses the slip up.
pub async fn submit(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    Sender(device): Sender,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let problem = match site.app.enter_by_slip(&slug, form.value("code"), device).await {
        Ok(token) => return Ok(session::welcome(&site, &headers, &token, None, ENTERED).await),
        // No council has this name.
        Err(AppError::NotFound(_)) => return Ok(doors(&site).await?.into_response()),
        Err(problem) => problem,
    };
    Ok(match enter_page(&site, &slug, form.with_errors(problem)?, false).await? {
        Some(page) => page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response(),
        None => doors(&site).await?.into_response(),
    })
}

/// `GET /da-vao`: offers a password of one's own to who came in by a slip and has none.
pub async fn entered(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer {
    Ok(if site.app.has_password(&caller).await? {
        Redirect::to("/").into_response()
    } else {
        Page::new(Entered { login: caller.account.login.to_string() }).into_response()
    })
}
