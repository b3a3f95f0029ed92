//! Every route with who may call it: one table, walked by a test for every role.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};

use super::pages::{accounts, assets, error, home, sign_in};
use super::session::Visitor;
use super::{Site, form};
use crate::domain::role::Role;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who is signed in, also while a first password still has to be changed.
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
            (Self::Own, Some(_)) => true,
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

/// All routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Access::Own, || get(home::show)),
        Route::get("/dang-nhap", Access::Anyone, || get(sign_in::show)),
        Route::post("/dang-nhap", Access::Anyone, || post(sign_in::submit)),
        Route::post("/dang-xuat", Access::Own, || post(sign_in::sign_out)),
        Route::get("/tai-khoan", MANAGERS, || get(accounts::list)),
        Route::get("/tro-giup", Access::Anyone, || get(home::help)),
        Route::get("/tep/{*name}", Access::Anyone, || get(assets::serve)),
    ]
}

/// Lets through who may call the route, and checks that a form was made for this session.
pub(super) async fn check_access(State(access): State<Access>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    let roles = visitor.caller.as_ref().map(|caller| caller.account.roles.iter().collect::<Vec<_>>());
    if !access.allows(roles.as_deref()) {
        let is_guest = roles.is_none();
        return if is_guest { sign_in::first(&request) } else { error::forbidden().into_response() };
    }
    if request.method() == Method::POST && visitor.caller.is_some() {
        return form::check_token(&visitor, request, next).await;
    }
    next.run(request).await
}
