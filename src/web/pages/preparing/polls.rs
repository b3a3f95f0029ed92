//! All polls, and one of them with what is to be done next.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{failed, nobody, read_poll};
use crate::app::preparing::{Overview, PollLine};
use crate::domain::role::Role;
use crate::domain::text::date_dmy;
use crate::web::Site;
use crate::web::render::Page;
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "preparing/list.html")]
struct List {
    lines: Vec<PollLine>,
    may_begin: bool,
}

#[derive(Template)]
#[template(path = "preparing/show.html")]
struct Show {
    poll: Overview,
    opens_on: String,
    votes_on: String,
}

impl List {
    fn day(&self, line: &PollLine) -> String {
        line.plan.as_ref().map_or_else(|| "–".to_owned(), |plan| date_dmy(plan.council.sitting.votes_on))
    }
}

/// `GET /ky`
pub async fn list(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let may_begin = caller.account.roles.has(Role::Clerk);
    match site.app.poll_lines(&caller).await {
        Ok(lines) => Page::new(List { lines, may_begin }).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `GET /ky/{poll}`
pub async fn show(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async { site.app.poll_overview(&caller, read_poll(&poll)?).await };
    match found.await {
        Ok(poll) => {
            let sitting = &poll.plan.council.sitting;
            let (opens_on, votes_on) = (date_dmy(sitting.opens_on), date_dmy(sitting.votes_on));
            Page::new(Show { poll, opens_on, votes_on }).into_response()
        }
        Err(problem) => failed(&problem),
    }
}
