//! The first page, by role, and the page of help.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;

use super::preparing::TaskLine;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use app::preparing::{OFFICE, Overview, PREPARERS};
use domain::role::Role;
use domain::task::{Task, TaskState};

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
    /// Why nothing can be written: the clock of the machine is wrong. For the office.
    clock_problem: Option<String>,
    /// When they signed in before this time.
    previous: Option<String>,
    failures_before: u32,
    /// The vote that is being prepared, for those who prepare it: where, what, its next tasks.
    poll: Option<Next>,
    /// Prepares votes, and none is being prepared.
    may_begin: bool,
}

/// The vote that is being prepared.
struct Next {
    path: String,
    title: String,
    lines: Vec<TaskLine>,
    left: usize,
}

/// Tasks that the first page names.
const NEXT_TASKS: usize = 3;

impl Next {
    fn of(poll: Overview) -> Self {
        let sitting = &poll.plan.council.sitting;
        let title = format!("{}, {}", sitting.name, poll.plan.kind.label());
        let mut left: Vec<Task> = poll.tasks.into_iter().filter(|task| task.state != TaskState::Done).collect();
        // What somebody must look at comes first; the rest stays in its order.
        left.sort_by_key(|task| task.state != TaskState::NeedsCare);
        let (count, id) = (left.len(), poll.id);
        let lines = left.into_iter().take(NEXT_TASKS).map(|task| TaskLine::of(id, task)).collect();
        Self { path: format!("/ky/{id}"), title, lines, left: count }
    }
}

/// `GET /`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let is_preparing = caller.may(OFFICE).is_ok();
    let poll = if is_preparing { site.app.current_poll(&caller).await?.map(Next::of) } else { None };
    let may_begin = poll.is_none() && caller.may(PREPARERS).is_ok();
    let clock_problem = site.app.clock_problem(&caller).await?;
    let account = caller.account;
    Ok(Page::new(Home {
        roles: account.roles.iter().map(duty).collect(),
        poll,
        clock_problem,
        may_begin,
        must_change_password: account.must_change_password,
        name: account.name,
        previous: caller.previous_sign_in.map(|at| at.in_vietnam()),
        failures_before: caller.failures_before,
    }))
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
