//! Every route with who may call it: one table, walked by a test for every role.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};

use super::form::Instead;
use super::pages::{
    accounts, assets, councils, error, health, home, log, own, second_factor, set_up, settings, sign_in, slips,
};
use super::session::Visitor;
use super::{Site, form};
use crate::app::logs;
use crate::domain::role::Role;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who is signed in, also while something is pending that they must do first: only what they
    /// need for doing it.
    Pending,
    /// Everybody who is signed in.
    Own,
    /// Who holds one of these roles.
    Roles(&'static [Role]),
}

impl Access {
    /// Whether somebody of these roles may; `None` is nobody in particular.
    pub fn allows(self, roles: Option<&[Role]>) -> bool {
        match (self, roles) {
            (Self::Anyone, _) => true,
            (_, None) => false,
            (Self::Pending | Self::Own, Some(_)) => true,
            (Self::Roles(allowed), Some(held)) => held.iter().any(|role| allowed.contains(role)),
        }
    }
}

/// One line of the table.
pub struct Route {
    /// GET or POST.
    pub method: Method,
    /// As axum writes it: `/tai-khoan/{account}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What answers.
    pub(super) handler: fn() -> MethodRouter<Arc<Site>>,
}

impl Route {
    const fn get(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<Site>>) -> Self {
        Self { method: Method::GET, path, access, handler }
    }

    const fn post(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<Site>>) -> Self {
        Self { method: Method::POST, path, access, handler }
    }
}

/// Who manages accounts.
const MANAGERS: Access = Access::Roles(&[Role::Admin, Role::Operator]);
/// Who manages the accounts of a council.
const ADMIN: Access = Access::Roles(&[Role::Admin]);
/// Who founds councils.
const OPERATOR: Access = Access::Roles(&[Role::Operator]);

/// Who reads logs.
const READERS: Access = Access::Roles(logs::READERS);

/// All routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Access::Own, || get(home::show)),
        Route::get("/dang-nhap", Access::Anyone, || get(sign_in::show)),
        Route::post("/dang-nhap", Access::Anyone, || post(sign_in::submit)),
        Route::post("/dang-nhap/ma", Access::Anyone, || post(sign_in::submit_code)),
        Route::get("/cai-dat/{token}", Access::Anyone, || get(set_up::show)),
        Route::post("/cai-dat/{token}", Access::Anyone, || post(set_up::submit)),
        Route::get("/toi", Access::Own, || get(own::show)),
        Route::get("/toi/mat-khau", Access::Pending, || get(own::password)),
        Route::post("/toi/mat-khau", Access::Pending, || post(own::change_password)),
        Route::get("/toi/ma-xac-thuc", Access::Pending, || get(second_factor::show)),
        Route::post("/toi/ma-xac-thuc", Access::Pending, || post(second_factor::confirm)),
        Route::post("/toi/ma-xac-thuc/tat", Access::Own, || post(second_factor::drop_own)),
        Route::post("/toi/phien", Access::Own, || post(own::end_session)),
        Route::post("/toi/dang-xuat-moi-noi", Access::Own, || post(own::end_all)),
        Route::get("/hoi-dong/cai-dat", Access::Roles(&[Role::Admin]), || get(settings::show)),
        Route::post("/hoi-dong/cai-dat", Access::Roles(&[Role::Admin]), || post(settings::save)),
        Route::post("/dang-xuat", Access::Pending, || post(sign_in::sign_out)),
        Route::get("/tai-khoan", MANAGERS, || get(accounts::list)),
        Route::get("/tai-khoan/moi", MANAGERS, || get(accounts::new)),
        Route::post("/tai-khoan/moi", MANAGERS, || post(accounts::open)),
        Route::get("/tai-khoan/nhieu", ADMIN, || get(accounts::many)),
        Route::post("/tai-khoan/nhieu", ADMIN, || post(accounts::open_many)),
        Route::get("/tai-khoan/{account}", MANAGERS, || get(accounts::show)),
        Route::post("/tai-khoan/{account}", MANAGERS, || post(accounts::change)),
        Route::post("/tai-khoan/{account}/khoa", MANAGERS, || post(accounts::disable)),
        Route::post("/tai-khoan/{account}/mo", MANAGERS, || post(accounts::enable)),
        Route::post("/tai-khoan/{account}/mat-khau", MANAGERS, || post(accounts::reset)),
        Route::post("/tai-khoan/{account}/bo-hai-lop", MANAGERS, || post(accounts::remove_second_factor)),
        Route::get("/phieu-truy-cap", ADMIN, || get(slips::list)),
        Route::post("/phieu-truy-cap", ADMIN, || post(slips::issue)),
        Route::post("/phieu-truy-cap/huy", ADMIN, || post(slips::revoke)),
        Route::get("/phieu/{slug}", Access::Anyone, || get(slips::enter)),
        Route::post("/phieu/{slug}", Access::Anyone, || post(slips::submit)),
        Route::get("/phieu/{slug}/{code}", Access::Anyone, || get(slips::scanned)),
        Route::get("/da-vao", Access::Own, || get(slips::entered)),
        Route::get("/hoi-dong", OPERATOR, || get(councils::list)),
        Route::get("/hoi-dong/moi", OPERATOR, || get(councils::new)),
        Route::post("/hoi-dong/moi", OPERATOR, || post(councils::found)),
        Route::get("/hoi-dong/{council}", OPERATOR, || get(councils::show)),
        Route::post("/hoi-dong/{council}", OPERATOR, || post(councils::rename)),
        Route::get("/nhat-ky", READERS, || get(log::list)),
        Route::get("/nhat-ky/{log}", READERS, || get(log::entries)),
        Route::get("/nhat-ky/{log}/nhat-ky.jsonl", READERS, || get(log::entries_file)),
        Route::get("/nhat-ky/{log}/diem-chot.txt", READERS, || get(log::checkpoint)),
        Route::post("/nhat-ky/{log}/diem-chot", READERS, || post(log::sign)),
        Route::get("/nhat-ky/{log}/{seq}", READERS, || get(log::entry)),
        Route::get("/nhat-ky/{log}/{seq}/chung-minh.json", READERS, || get(log::proof_file)),
        Route::get("/tro-giup", Access::Anyone, || get(home::help)),
        Route::get("/healthz", Access::Anyone, || get(health::up)),
        Route::get("/readyz", Access::Anyone, || get(health::ready)),
        Route::get("/tep/{*name}", Access::Anyone, || get(assets::serve)),
    ]
}

/// Whether a form of somebody who is signed in is sent to `path`.
pub(super) fn is_form(path: &str) -> bool {
    let fits = |pattern: &str| {
        let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
        loop {
            match (pattern.next(), path.next()) {
                (None, None) => return true,
                (Some(expected), Some(part)) if expected == part => {}
                (Some(expected), Some(part)) if expected.starts_with('{') && !part.is_empty() => {}
                _ => return false,
            }
        }
    };
    // A browser takes a backslash for a slash, and drops control characters.
    let is_plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_plain
        && routes()
            .iter()
            .any(|route| route.method == Method::POST && route.access != Access::Anyone && fits(route.path))
}

/// Lets through who may call the route, and checks that a form was made for this session.
pub(super) async fn check_access(
    State((access, site)): State<(Access, Arc<Site>)>,
    request: Request,
    next: Next,
) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    if access == Access::Anyone {
        return next.run(request).await;
    }
    let is_form = request.method() == Method::POST;
    if let Some(problem) = &visitor.trouble {
        let kept = if is_form { form::keep(&site, Instead::Unknown, request).await } else { None };
        return kept.unwrap_or_else(|| error::of(problem).into_response());
    }
    let Some(caller) = &visitor.caller else {
        let kept = if is_form { form::keep(&site, Instead::Guest, request).await } else { None };
        return kept.unwrap_or_else(sign_in::first);
    };
    if let Some(pending) = caller.pending.filter(|_| access != Access::Pending) {
        return Redirect::to(own::first(pending)).into_response();
    }
    if !access.allows(Some(&caller.account.roles.iter().collect::<Vec<_>>())) {
        return error::forbidden().into_response();
    }
    if is_form { form::check_token(&visitor, request, next).await } else { next.run(request).await }
}
