//! Every route with who may call it: one table, walked by a test for every role. Its parts stand by subject.

mod backbone;
mod counting;
mod day;
mod dossiers;
mod facts;
mod official;
mod outcome;
mod preparing;
mod reading;
mod roster;
mod rules;

use std::sync::{Arc, LazyLock};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::MethodRouter;

use super::form::Instead;
use super::pages::{error, own, sign_in};
use super::session::Visitor;
use super::{Site, form};
use domain::role::Role;

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
    /// What it takes.
    pub takes: Takes,
    /// What answers.
    pub(super) handler: fn() -> MethodRouter<Arc<Site>>,
}

/// What a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or the fields of a form.
    Fields,
    /// Fields and a file, read by `Upload`, which checks the form's token itself: it comes
    /// before the file, and the file is too long to be read twice.
    File,
    /// What a script of ours sends as JSON; its handler checks the token in it and answers with JSON.
    Json,
}

impl Route {
    const fn get(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<Site>>) -> Self {
        Self { method: Method::GET, path, access, takes: Takes::Fields, handler }
    }

    const fn post(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<Site>>) -> Self {
        Self { method: Method::POST, path, access, takes: Takes::Fields, handler }
    }

    const fn json(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<Site>>) -> Self {
        Self { method: Method::POST, path, access, takes: Takes::Json, handler }
    }

    const fn upload(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<Site>>) -> Self {
        Self { method: Method::POST, path, access, takes: Takes::File, handler }
    }
}

/// All routes.
pub fn routes() -> Vec<Route> {
    let parts = [
        backbone::routes(),
        roster::routes(),
        facts::routes(),
        official::routes(),
        preparing::routes(),
        rules::routes(),
        day::routes(),
        counting::routes(),
        dossiers::routes(),
        reading::routes(),
        outcome::routes(),
    ];
    parts.into_iter().flatten().collect()
}

/// Whether an address is one of a pattern: `/ky/{poll}`.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(part)) if expected == part => {}
            (Some(expected), Some(part)) if expected.starts_with('{') && !part.is_empty() => {}
            _ => return false,
        }
    }
}

/// The table, made once for those who look links up in it.
static TABLE: LazyLock<Vec<Route>> = LazyLock::new(routes);

/// The page at `path`; of two patterns that fit, the one that says more.
fn page_at(path: &str) -> Option<&'static Route> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let of_path = TABLE.iter().filter(|route| route.method == Method::GET && fits(route.path, path));
    of_path.min_by_key(|route| route.path.matches('{').count())
}

/// Whether there is a page at `path`: a link leads to nothing else.
pub(super) fn is_page(path: &str) -> bool {
    page_at(path).is_some()
}

/// Whether somebody of these roles may open the page at `path`.
pub(super) fn opens(roles: &[Role], path: &str) -> bool {
    page_at(path).is_some_and(|route| route.access.allows(Some(roles)))
}

/// Whether a form of somebody who is signed in is sent to `path`.
pub(super) fn is_form(path: &str) -> bool {
    // A browser takes a backslash for a slash, and drops control characters.
    let is_plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_plain
        && routes().iter().any(|route| {
            let takes_fields = route.method == Method::POST && route.takes == Takes::Fields;
            takes_fields && route.access != Access::Anyone && fits(route.path, path)
        })
}

/// Lets through who may call the route, and checks that a form was made for this session.
pub(super) async fn check_access(
    State((access, takes, site)): State<(Access, Takes, Arc<Site>)>,
    request: Request,
    next: Next,
) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    if access == Access::Anyone {
        return next.run(request).await;
    }
    let is_form = request.method() == Method::POST && takes == Takes::Fields;
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
    if is_form { form::check_token(&site, &visitor, request, next).await } else { next.run(request).await }
}
