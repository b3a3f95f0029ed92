//! The first page, by role, and the page of help.

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::domain::role::Role;
use crate::web::render::Page;
use crate::web::session::Visitor;

/// A role and what its holder does.
type Duty = (&'static str, &'static str);

fn duty(role: Role) -> Duty {
    (role.label(), role.duty())
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    name: String,
    roles: Vec<Duty>,
    must_change_password: bool,
    /// When they signed in before this time.
    previous: Option<String>,
    failures_before: u32,
    /// One of the roles works on votes, and there are no pages for that yet.
    awaits_votes: bool,
}

/// Whose work begins when a vote is prepared.
const fn works_on_votes(role: Role) -> bool {
    match role {
        Role::Clerk
        | Role::Leader
        | Role::Delegate
        | Role::Official
        | Role::HeadTeller
        | Role::Teller
        | Role::Observer => true,
        Role::Operator | Role::Admin | Role::Auditor | Role::Program => false,
    }
}

/// `GET /`
pub async fn show(Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let account = caller.account;
    let home = Home {
        roles: account.roles.iter().map(duty).collect(),
        awaits_votes: !account.must_change_password && account.roles.iter().any(works_on_votes),
        must_change_password: account.must_change_password,
        name: account.name,
        previous: caller.previous_sign_in.map(|at| at.in_vietnam()),
        failures_before: caller.failures_before,
    };
    Page::new(home).into_response()
}

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    roles: Vec<Duty>,
}

/// `GET /tro-giup`
pub async fn help() -> Page {
    Page::new(Help { roles: Role::OF_COUNCIL.into_iter().chain([Role::Operator]).map(duty).collect() })
}
