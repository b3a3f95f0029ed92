//! Accounts of the council.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::domain::account::{Account, AccountState};
use crate::web::Site;
use crate::web::render::Page;
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "accounts/list.html")]
struct List {
    accounts: Vec<Account>,
}

/// `GET /tai-khoan`
pub async fn list(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    match site.app.accounts(&caller).await {
        Ok(accounts) => Page::new(List { accounts }).into_response(),
        Err(problem) => error::of(&problem).into_response(),
    }
}
