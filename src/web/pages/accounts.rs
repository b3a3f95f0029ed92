//! Accounts of the council.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::Site;
use crate::answer::{Answer, Sent, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::people::accounts::{Filter, Manager, Typed, WithPassword};
use app::people::many_accounts::{OpenedAccount, Preview};
use app::people::resets::OpenReset;
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
    /// Names to sign in with of accounts that nobody can use.
    forged: Vec<String>,
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
    reset: Option<OpenReset>,
    /// Wrong passwords in a row.
    failures: u32,
}

impl Edit {
    fn reset_at(&self, open: &OpenReset) -> String {
        in_vietnam(open.reset.at)
    }
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
        let address = first_address(site);
        Page::new(Self { title, council, shown, address, back })
    }
}

#[derive(Template)]
#[template(path = "accounts/again.html")]
struct Again {
    sentence: String,
}

impl Again {
    /// The page after a repeated form: the password was shown once and is not shown again.
    fn page() -> Page {
        Page::new(Self { sentence: AppError::AlreadyDone.to_string() })
    }
}

#[derive(Template)]
#[template(path = "accounts/many.html")]
struct Many {
    form: Form,
    preview: Option<Preview>,
    /// Hash of the list that the preview shows: another one is looked at first, too.
    seen: String,
    roles: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "accounts/passwords.html")]
struct FirstPasswords {
    council: String,
    opened: Vec<OpenedAccount>,
    /// Where to sign in for the first time: the page is printed, cut, and handed over.
    address: String,
}

impl FirstPasswords {
    fn page(site: &Site, caller: &Caller, opened: Vec<OpenedAccount>) -> Page {
        let address = first_address(site);
        Page::new(Self { council: caller.council_name.clone(), opened, address })
    }
}

/// Where somebody signs in with a first password and chooses their own.
fn first_address(site: &Site) -> String {
    format!("{}{}", site.public_url, super::sign_in::FIRST)
}

/// Roles that the body has, each with what its holder does.
fn offered(council: CouncilId) -> Vec<(&'static str, String)> {
    let roles: &[Role] = if council.is_installation() { &Role::OF_INSTALLATION } else { &Role::OF_COUNCIL };
    roles.iter().map(|role| (role.code(), format!("{}: {}", role.label(), role.duty()))).collect()
}

fn typed(form: &Form) -> Typed {
    Typed {
        name: form.value(field::NAME.name).into(),
        login: form.value(field::LOGIN.name).into(),
        roles: form.all(field::ROLES.name).to_vec(),
    }
}

fn manager(caller: &Caller, form: &Form) -> Result<Manager, AppError> {
    Manager::try_from(form.ask(caller)?)
}

/// `GET /tai-khoan`
pub async fn list(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    let found = site.app.accounts(&caller, &wanted.filter()).await?;
    let line = |account: Account| AccountItem {
        last_sign_in: account.last_sign_in_at.map_or_else(String::new, in_vietnam),
        account,
    };
    let mut roles = vec![("", "Mọi vai trò".to_owned())];
    let all: &[Role] = if caller.council.is_installation() { &Role::OF_INSTALLATION } else { &Role::OF_COUNCIL };
    roles.extend(all.iter().map(|role| (role.code(), role.label().to_owned())));
    let is_filtered = !(wanted.text.is_empty() && wanted.role.is_empty() && wanted.state.is_empty());
    Ok(Page::new(List {
        lines: found.accounts.into_iter().map(line).collect(),
        total: found.total,
        forged: found.forged,
        form: Form::filled([("tim", wanted.text), ("vai-tro", wanted.role), ("trang-thai", wanted.state)]),
        roles,
        states: [("", "Mọi trạng thái"), ("open", "Đang dùng"), ("disabled", "Đã khóa")],
        is_filtered,
        is_council: !caller.council.is_installation(),
    }))
}

/// `GET /tai-khoan/moi`
pub async fn new(SignedIn(caller): SignedIn) -> Page {
    Page::new(New { form: Form::default(), roles: offered(caller.council) })
}

/// `POST /tai-khoan/moi`: answers with the password, the one time that it is shown.
pub async fn open(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer<Page> {
    let opened = site.app.open_account(manager(&caller, &form)?, typed(&form)).await;
    Ok(match form.sent(opened)? {
        Sent::Done(shown) => FirstPassword::page(&site, "Đã mở tài khoản", caller.council_name, shown, LIST),
        Sent::Repeated => Again::page(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            Page::new(New { form, roles: offered(caller.council) }).with_status(status)
        }
    })
}

async fn edit_page(site: &Site, caller: &Caller, account: Account, form: Form) -> Result<Page, AppError> {
    let reset = site.app.open_reset(caller, account.id).await?;
    let failures = site.app.failures_of(caller, account.id).await?;
    Ok(Page::new(Edit {
        roles: offered(caller.council),
        last_sign_in: account.last_sign_in_at.map_or_else(String::new, in_vietnam),
        changed_at: in_vietnam(account.changed_at),
        is_own: caller.account.id == account.id,
        account,
        form,
        reset,
        failures,
    }))
}

fn stored_form(account: &Account) -> Form {
    let roles = account.roles.iter().map(|role| (field::ROLES.name, role.code().to_owned()));
    let others = [(field::NAME.name, account.name.clone()), ("version", account.version.to_string())];
    Form::filled(others.into_iter().chain(roles))
}

/// An account's id in an address; one that is none is as unknown as one of another council.
fn read_id(text: &str) -> Result<AccountId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("tài khoản"))
}

/// `GET /tai-khoan/{account}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    let account = site.app.account(&caller, read_id(&id)?).await?;
    let form = stored_form(&account);
    Ok(edit_page(&site, &caller, account, form).await?)
}

/// `POST /tai-khoan/{account}`
pub async fn change(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let version = form.version()?;
    let (manager, id) = (manager(&caller, &form)?, read_id(&id)?);
    let changed = site.app.change_account(manager, id, version, typed(&form)).await;
    Ok(match form.sent(changed)? {
        Sent::Done(_) | Sent::Repeated => Done::Saved.at(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            let account = site.app.account(&caller, id).await?;
            edit_page(&site, &caller, account, form).await?.with_status(status).into_response()
        }
    })
}

/// `POST /tai-khoan/{account}/khoa`
pub async fn disable(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let disabled = site.app.disable_account(manager(&caller, &form)?, read_id(&id)?).await;
    redirect(disabled, Done::AccountDisabled, &format!("{LIST}/{id}"))
}

/// `POST /tai-khoan/{account}/mo`
pub async fn enable(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let enabled = site.app.enable_account(manager(&caller, &form)?, read_id(&id)?).await;
    redirect(enabled, Done::AccountEnabled, &format!("{LIST}/{id}"))
}

/// `POST /tai-khoan/{account}/bo-hai-lop`: for somebody who lost the phone.
pub async fn remove_second_factor(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let removed = site.app.remove_second_factor(form.ask(&caller)?, read_id(&id)?).await;
    redirect(removed, Done::SecondFactorOff, &format!("{LIST}/{id}"))
}

/// `POST /tai-khoan/{account}/mat-khau`: answers with the password, the one time that it is shown.
pub async fn reset(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Page> {
    match site.app.reset_password(manager(&caller, &form)?, read_id(&id)?).await {
        Ok(shown) => Ok(FirstPassword::page(&site, "Đã đặt lại mật khẩu", caller.council_name, shown, LIST)),
        Err(AppError::AlreadyDone) => Ok(Again::page()),
        Err(problem) => Err(problem.into()),
    }
}

/// `POST /tai-khoan/{account}/mo-dang-nhap`: for somebody who has to wait because of wrong passwords.
pub async fn free(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let freed = site.app.free_sign_in(manager(&caller, &form)?, read_id(&id)?).await;
    redirect(freed, Done::SignInFreed, &format!("{LIST}/{id}"))
}

/// `POST /tai-khoan/{account}/dung-nguoi`: a second administrator says that the right person holds the account.
pub async fn vouch(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let vouched = site.app.vouch(form.ask(&caller)?, read_id(&id)?).await;
    redirect(vouched, Done::Vouched, &format!("{LIST}/{id}"))
}

/// `GET /tai-khoan/nhieu`
pub async fn many(SignedIn(caller): SignedIn) -> Page {
    let form = Form::filled([(field::ROLE.name, Role::Delegate.code().to_owned())]);
    many_page(&caller, form, None, String::new())
}

fn many_page(caller: &Caller, form: Form, preview: Option<Preview>, seen: String) -> Page {
    Page::new(Many { form, preview, seen, roles: offered(caller.council) })
}

/// `POST /tai-khoan/nhieu`: shows what the list would open; with another button opens it, and answers with the first
/// passwords, the one time that they are shown.
pub async fn open_many(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let (names, role) = (form.value(field::NAMES.name).to_owned(), form.value(field::ROLE.name).to_owned());
    let seen = Digest::of(format!("{role}\n{names}").as_bytes()).to_string();
    let preview = match site.app.preview_accounts(&caller, &names, &role).await {
        Ok(preview) => preview,
        Err(problem) => {
            let page = many_page(&caller, form.with_errors(problem)?, None, seen);
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let is_wanted = match form.value("step") {
        "open" => form.value("seen") == seen,
        "open_plain" => preview.is_plain(),
        _ => false,
    };
    if !is_wanted {
        return Ok(many_page(&caller, form, Some(preview), seen).into_response());
    }
    match site.app.open_accounts(form.ask(&caller)?, &names, &role).await {
        Ok(opened) if opened.iter().all(|one| one.password.is_none()) => Ok(opened_delegates()),
        Ok(opened) => Ok(FirstPasswords::page(&site, &caller, opened).into_response()),
        Err(AppError::AlreadyDone) if preview.lines.iter().all(|line| !line.has_password()) => Ok(opened_delegates()),
        Err(AppError::AlreadyDone) => Ok(Again::page().into_response()),
        // The preview shows line by line what stopped it.
        Err(AppError::Fields { .. }) => Ok(many_page(&caller, form, Some(preview), seen).into_response()),
        Err(problem) => Err(problem.into()),
    }
}

fn opened_delegates() -> Response {
    Done::AccountOpened.at("/tai-khoan?vai-tro=delegate").into_response()
}
