//! Access slips: printed and made void by an administrator, used by a delegate.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::accounts::failed;
use super::error;
use crate::Site;
use crate::address::Sender;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::{self, Visitor};
use app::people::sign_in::Door;
use app::people::slips::SlipLine;
use app::service::app::Ask;
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
        Form::filled(ticked.chain([("days", DEFAULT_DAYS.to_string())]))
    });
    let words = |holds: bool| if holds { " – đang có thẻ còn hiệu lực" } else { "" };
    let delegate = |(account, holds): &(domain::account::Account, bool)| {
        (account.id.to_string(), format!("{} ({}){}", account.name, account.login, words(*holds)))
    };
    Ok(Page::new(List { delegates: slips.delegates.iter().map(delegate).collect(), lines: slips.lines, form }))
}

/// `GET /phieu-truy-cap`
pub async fn list(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    list_page(&site, &caller, None).await.map_or_else(|problem| failed(&problem), Page::into_response)
}

async fn list_again(site: &Site, caller: &Caller, form: Form, problem: AppError) -> Response {
    let shown = async { list_page(site, caller, Some(form.with_errors(problem)?)).await };
    match shown.await {
        Ok(page) => page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /phieu-truy-cap`: answers with the slips. They are kept nowhere.
pub async fn issue(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let issued = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.issue_slips(ask, form.all("accounts"), form.value("days"), &site.public_url).await
    };
    match issued.await {
        Ok(pdf) => {
            let headers = [
                (CONTENT_TYPE, "application/pdf"),
                (CONTENT_DISPOSITION, "attachment; filename=\"phieu-truy-cap.pdf\""),
            ];
            (headers, pdf.bytes).into_response()
        }
        Err(problem @ AppError::AlreadyDone) => Page::new(Again { sentence: problem.to_string() }).into_response(),
        Err(problem) => list_again(&site, &caller, form, problem).await,
    }
}

/// `POST /phieu-truy-cap/huy`
pub async fn revoke(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let revoked =
        async { site.app.revoke_slips(Ask { caller: &caller, request: form.request()? }, form.all("slips")).await };
    match revoked.await {
        Ok(_) | Err(AppError::AlreadyDone) => Done::SlipsRevoked.at(LIST).into_response(),
        Err(problem) => match list_page(&site, &caller, None).await {
            Ok(_) => list_again(&site, &caller, Form::filled([("days", DEFAULT_DAYS.to_string())]), problem).await,
            Err(other) => failed(&other),
        },
    }
}

/// The page for a name in addresses that no council has: it lists those that there are.
async fn doors(site: &Site) -> Response {
    match site.app.doors().await {
        Ok(doors) => Page::new(Doors { doors }).with_status(StatusCode::NOT_FOUND).into_response(),
        Err(problem) => failed(&problem),
    }
}

async fn enter_page(site: &Site, slug: &str, form: Form, is_scanned: bool) -> Result<Option<Page>, AppError> {
    Ok(site.app.door(slug).await?.map(|door| Page::new(Enter { door, form, is_scanned })))
}

/// `GET /phieu/{slug}`
pub async fn enter(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Response {
    match enter_page(&site, &slug, Form::default(), false).await {
        Ok(Some(page)) => page.into_response(),
        Ok(None) => doors(&site).await,
        Err(problem) => failed(&problem),
    }
}

/// `GET /phieu/{slug}/{code}`, the address in the QR code. It only shows a button: browsers open addresses on their
/// own to look ahead, and that must not use a slip up.
pub async fn scanned(State(site): State<Arc<Site>>, Path((slug, code)): Path<(String, String)>) -> Response {
    let is_whole = code.parse::<SlipCode>().is_ok();
    match enter_page(&site, &slug, Form::filled([("code", code)]), is_whole).await {
        Ok(Some(page)) => page.into_response(),
        Ok(None) => doors(&site).await,
        Err(problem) => failed(&problem),
    }
}

/// `POST /phieu/{slug}`: uses the slip up.
pub async fn submit(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    Sender(device): Sender,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let problem = match site.app.enter_by_slip(&slug, form.value("code"), device).await {
        Ok(token) => return session::welcome(&site, &headers, &token, None, ENTERED).await,
        Err(problem) => problem,
    };
    let shown = async { enter_page(&site, &slug, form.with_errors(problem)?, false).await };
    match shown.await {
        Ok(Some(page)) => page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response(),
        Ok(None) | Err(AppError::NotFound(_)) => doors(&site).await,
        Err(problem) => failed(&problem),
    }
}

/// `GET /da-vao`: offers a password of one's own to who came in by a slip and has none.
pub async fn entered(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    match site.app.has_password(&caller).await {
        Ok(false) => Page::new(Entered { login: caller.account.login.to_string() }).into_response(),
        Ok(true) => Redirect::to("/").into_response(),
        Err(problem) => failed(&problem),
    }
}
