//! Accounts of the council.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::error;
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::people::accounts::{Filter, Manager, Typed, WithPassword};
use app::people::many_accounts::Preview;
use app::service::app::Ask;
use app::service::clock::in_vietnam;
use app::{AppError, Caller};
use domain::account::{Account, AccountState};
use domain::audit::Digest;
use domain::id::{AccountId, CouncilId};
use domain::role::Role;

const LIST: &str = "/tai-khoan";

/// What the address of the list asks for: `/tai-khoan?tim=lan&vai-tro=clerk&trang-thai=open`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "tim")]
    text: String,
    #[serde(rename = "vai-tro")]
    role: String,
    #[serde(rename = "trang-thai")]
    state: String,
}

impl Wanted {
    fn filter(&self) -> Filter {
        let state = match self.state.as_str() {
            "open" => Some(AccountState::Open),
            "disabled" => Some(AccountState::Disabled),
            _ => None,
        };
        Filter { text: self.text.clone(), role: Role::from_code(&self.role), state }
    }
}

/// A line of the list.
struct AccountItem {
    account: Account,
    last_sign_in: String,
}

#[derive(Template)]
#[template(path = "accounts/list.html")]
struct List {
    lines: Vec<AccountItem>,
    total: usize,
    form: Form,
    roles: Vec<(&'static str, String)>,
    states: [(&'static str, &'static str); 3],
    is_filtered: bool,
    is_council: bool,
}

#[derive(Template)]
#[template(path = "accounts/new.html")]
struct New {
    form: Form,
    roles: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "accounts/edit.html")]
struct Edit {
    account: Account,
    form: Form,
    roles: Vec<(&'static str, String)>,
    last_sign_in: String,
    changed_at: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "accounts/password.html")]
pub(super) struct FirstPassword {
    title: &'static str,
    council: String,
    shown: WithPassword,
    /// Where to sign in: the page is printed and handed over.
    address: String,
    back: &'static str,
}

impl FirstPassword {
    /// The page that shows a first password, once.
    pub(super) fn page(
        site: &Site,
        title: &'static str,
        council: String,
        shown: WithPassword,
        back: &'static str,
    ) -> Page {
        let address = format!("{}/dang-nhap", site.public_url);
        Page::new(Self { title, council, shown, address, back })
    }
}

#[derive(Template)]
#[template(path = "accounts/again.html")]
struct Again {
    sentence: String,
}

#[derive(Template)]
#[template(path = "accounts/many.html")]
struct Many {
    form: Form,
    preview: Option<Preview>,
    /// Hash of the list that the preview shows: another one is looked at first, too.
    seen: String,
}

/// Roles that the body has, each with what its holder does.
fn offered(council: CouncilId) -> Vec<(&'static str, String)> {
    let roles: &[Role] = if council.is_installation() { &Role::OF_INSTALLATION } else { &Role::OF_COUNCIL };
    roles.iter().map(|role| (role.code(), format!("{}: {}", role.label(), role.duty()))).collect()
}

fn refused(page: Page) -> Response {
    page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

pub(super) fn failed(problem: &AppError) -> Response {
    error::of(problem).into_response()
}

fn nobody() -> Response {
    error::forbidden().into_response()
}

fn typed(form: &Form) -> Typed {
    Typed { name: form.value("name").into(), login: form.value("login").into(), roles: form.all("roles").to_vec() }
}

fn manager(caller: &Caller, form: &Form) -> Result<Manager, AppError> {
    Manager::try_from(Ask { caller, request: form.request()? })
}

/// `GET /tai-khoan`
pub async fn list(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = match site.app.accounts(&caller, &wanted.filter()).await {
        Ok(found) => found,
        Err(problem) => return failed(&problem),
    };
    let line = |account: Account| AccountItem {
        last_sign_in: account.last_sign_in_at.map_or_else(String::new, in_vietnam),
        account,
    };
    let mut roles = vec![("", "Mọi vai trò".to_owned())];
    let all: &[Role] = if caller.council.is_installation() { &Role::OF_INSTALLATION } else { &Role::OF_COUNCIL };
    roles.extend(all.iter().map(|role| (role.code(), role.label().to_owned())));
    let is_filtered = !(wanted.text.is_empty() && wanted.role.is_empty() && wanted.state.is_empty());
    Page::new(List {
        lines: found.accounts.into_iter().map(line).collect(),
        total: found.total,
        form: Form::filled([("tim", wanted.text), ("vai-tro", wanted.role), ("trang-thai", wanted.state)]),
        roles,
        states: [("", "Mọi trạng thái"), ("open", "Đang dùng"), ("disabled", "Đã khóa")],
        is_filtered,
        is_council: !caller.council.is_installation(),
    })
    .into_response()
}

/// `GET /tai-khoan/moi`
pub async fn new(Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    Page::new(New { form: Form::default(), roles: offered(caller.council) }).into_response()
}

/// `POST /tai-khoan/moi`: answers with the password, the one time that it is shown.
pub async fn open(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let opened = match manager(&caller, &form) {
        Ok(manager) => site.app.open_account(manager, typed(&form)).await,
        Err(problem) => Err(problem),
    };
    match opened.map_err(|problem| again(problem, form)) {
        Ok(shown) => FirstPassword::page(&site, "Đã mở tài khoản", caller.council_name, shown, LIST).into_response(),
        Err(Ok(form)) => refused(Page::new(New { form, roles: offered(caller.council) })),
        Err(Err(answer)) => *answer,
    }
}

/// The form with what is wrong in it, or the answer to a problem that is no matter of its fields. A form that was sent
/// twice leads to where the first one led, as far as it can: a password is shown once.
fn again(problem: AppError, form: Form) -> Result<Form, Box<Response>> {
    if matches!(problem, AppError::AlreadyDone) {
        return Err(Box::new(Page::new(Again { sentence: problem.to_string() }).into_response()));
    }
    form.with_errors(problem).map_err(|problem| Box::new(failed(&problem)))
}

fn edit_page(caller: &Caller, account: Account, form: Form) -> Page {
    Page::new(Edit {
        roles: offered(caller.council),
        last_sign_in: account.last_sign_in_at.map_or_else(String::new, in_vietnam),
        changed_at: in_vietnam(account.changed_at),
        is_own: caller.account.id == account.id,
        account,
        form,
    })
}

fn stored_form(account: &Account) -> Form {
    let roles = account.roles.iter().map(|role| ("roles", role.code().to_owned()));
    let others = [("name", account.name.clone()), ("version", account.version.to_string())];
    Form::filled(others.into_iter().chain(roles))
}

/// An account's id in an address; one that is none is as unknown as one of another council.
fn read_id(text: &str) -> Result<AccountId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("tài khoản"))
}

/// `GET /tai-khoan/{account}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let account = match read_id(&id) {
        Ok(id) => site.app.account(&caller, id).await,
        Err(problem) => Err(problem),
    };
    match account {
        Ok(account) => edit_page(&caller, account.clone(), stored_form(&account)).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /tai-khoan/{account}`
pub async fn change(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let changed = async {
        let version = form.version()?;
        site.app.change_account(manager(&caller, &form)?, read_id(&id)?, version, typed(&form)).await
    };
    let problem = match changed.await {
        Ok(_) | Err(AppError::AlreadyDone) => return Done::Saved.at(LIST).into_response(),
        Err(problem) => problem,
    };
    let is_conflict = matches!(problem, AppError::Stale(_));
    let shown =
        async { Ok::<_, AppError>((form.with_errors(problem)?, site.app.account(&caller, read_id(&id)?).await?)) };
    match shown.await {
        Ok((form, account)) => {
            let status = if is_conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            edit_page(&caller, account, form).with_status(status).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `POST /tai-khoan/{account}/khoa`
pub async fn disable(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async { site.app.disable_account(manager(&caller, &form)?, read_id(&id)?).await };
    back_to(&id, Done::AccountDisabled, done.await)
}

/// `POST /tai-khoan/{account}/mo`
pub async fn enable(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async { site.app.enable_account(manager(&caller, &form)?, read_id(&id)?).await };
    back_to(&id, Done::AccountEnabled, done.await)
}

/// `POST /tai-khoan/{account}/bo-hai-lop`: for somebody who lost the phone.
pub async fn remove_second_factor(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.remove_second_factor(ask, read_id(&id)?).await
    };
    back_to(&id, Done::SecondFactorOff, done.await)
}

/// The account's page with what was done, also when the same form did it before.
fn back_to<T>(id: &str, done: Done, outcome: Result<T, AppError>) -> Response {
    match outcome {
        Ok(_) | Err(AppError::AlreadyDone) => done.at(&format!("{LIST}/{id}")).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /tai-khoan/{account}/mat-khau`: answers with the password, the one time that it is shown.
pub async fn reset(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let reset = async { site.app.reset_password(manager(&caller, &form)?, read_id(&id)?).await };
    match reset.await {
        Ok(shown) => {
            FirstPassword::page(&site, "Đã đặt lại mật khẩu", caller.council_name, shown, LIST).into_response()
        }
        Err(problem @ AppError::AlreadyDone) => Page::new(Again { sentence: problem.to_string() }).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /tai-khoan/nhieu`
pub async fn many() -> Page {
    Page::new(Many { form: Form::default(), preview: None, seen: String::new() })
}

/// `POST /tai-khoan/nhieu`: shows what the list would open; with the second button opens it.
pub async fn open_many(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let names = form.value("names").to_owned();
    let seen = Digest::of(names.as_bytes()).to_string();
    if form.value("step") == "open" && form.value("seen") == seen {
        let opened = async { site.app.open_delegates(Ask { caller: &caller, request: form.request()? }, &names).await };
        match opened.await {
            Ok(_) | Err(AppError::AlreadyDone) => {
                return Done::AccountOpened.at("/tai-khoan?vai-tro=delegate").into_response();
            }
            // The preview below shows line by line what stopped it.
            Err(AppError::Fields { .. }) => {}
            Err(problem) => return failed(&problem),
        }
    }
    match site.app.preview_delegates(&caller, &names).await {
        Ok(preview) => Page::new(Many { form, preview: Some(preview), seen }).into_response(),
        Err(problem) => match form.with_errors(problem) {
            Ok(form) => refused(Page::new(Many { form, preview: None, seen })),
            Err(problem) => failed(&problem),
        },
    }
}
