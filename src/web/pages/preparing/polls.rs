//! All polls, and one of them with what is to be done next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{LIST, is_clerk, read_poll};
use crate::address::open_rules_of;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use crate::{Site, routes};
use app::preparing::{Overview, PollLine};
use domain::id::PollId;
use domain::poll_state::Stage;
use domain::rules::Attested;
use domain::task::{Remedy, Task, TaskId, TaskState};
use domain::text::date_dmy;

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
    lines: Vec<TaskLine>,
    is_sealed: bool,
    is_cancelled: bool,
    /// The cancelled vote in whose place this one was begun.
    again_of: Option<PollId>,
}

/// A task with its links.
pub struct TaskLine {
    /// What it is called.
    pub label: &'static str,
    /// Where it is worked on; `None` where no page of this version does it.
    pub path: Option<String>,
    /// How far it has come.
    pub state: &'static str,
    /// Class of its mark.
    pub tag: &'static str,
    /// What is there.
    pub summary: String,
    /// What is missing, with where it is put right.
    pub lacks: Vec<(String, Option<String>)>,
    /// The article, with its mark where it is not verified.
    pub law: String,
}

impl TaskLine {
    /// The line of a task of `poll`.
    pub fn of(poll: PollId, task: Task) -> Self {
        let law = task.law.map_or_else(String::new, |(cite, attested)| match attested {
            Attested::Verified => cite,
            other => format!("{cite} [{}]", other.label()),
        });
        let lacks = task.lacks.into_iter().map(|lack| (lack.sentence, path(poll, lack.remedy)));
        Self {
            label: task.id.label(),
            path: path(poll, home(task.id)),
            state: task.state.label(),
            tag: match task.state {
                TaskState::NotBegun => "tag off",
                TaskState::UnderWay => "tag",
                TaskState::NeedsCare => "tag bad",
                TaskState::Done => "tag good",
            },
            summary: task.summary,
            lacks: lacks.collect(),
            law,
        }
    }
}

const fn home(task: TaskId) -> Remedy {
    match task {
        TaskId::Sitting => Remedy::Plan,
        TaskId::Roster => Remedy::Officials,
        TaskId::Eligibility => Remedy::Eligibility,
        TaskId::Deadlines => Remedy::Deadlines,
        TaskId::Facts => Remedy::Facts,
        TaskId::Dossiers => Remedy::Dossiers,
        TaskId::List => Remedy::List,
        TaskId::Board => Remedy::Board,
        TaskId::Forms => Remedy::Forms,
    }
}

/// Where it is put right, if there is such a page.
fn path(poll: PollId, remedy: Remedy) -> Option<String> {
    let of_poll = |page: &str| format!("{LIST}/{poll}/{page}");
    let path = match remedy {
        Remedy::Plan => of_poll("ky-hop"),
        Remedy::Officials => "/can-bo".to_owned(),
        Remedy::Delegates => "/dai-bieu".to_owned(),
        Remedy::Eligibility => of_poll("doi-tuong"),
        Remedy::Deadlines => of_poll("thoi-han"),
        Remedy::Facts => "/du-kien".to_owned(),
        Remedy::Dossiers => of_poll("ho-so"),
        Remedy::List => of_poll("danh-sach"),
        Remedy::Board => of_poll("ban-kiem-phieu"),
        Remedy::Forms => of_poll("mau-phieu"),
        Remedy::Proposals => of_poll("de-xuat"),
        Remedy::BadLine => of_poll("dong-ghi-sai"),
        Remedy::Rules => return Some(open_rules_of(poll)),
    };
    routes::is_page(&path).then_some(path)
}

impl List {
    fn day(&self, line: &PollLine) -> String {
        line.plan.as_ref().map_or_else(|| "–".to_owned(), |plan| date_dmy(plan.council.sitting.votes_on))
    }
}

/// `GET /ky`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let lines = site.app.poll_lines(&caller).await?;
    Ok(Page::new(List { lines, may_begin: is_clerk(&caller) }))
}

/// `GET /ky/{poll}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let mut poll = site.app.poll_overview(&caller, read_poll(&poll)?).await?;
    let sitting = &poll.plan.council.sitting;
    let (opens_on, votes_on) = (date_dmy(sitting.opens_on), date_dmy(sitting.votes_on));
    let lines = std::mem::take(&mut poll.tasks).into_iter().map(|task| TaskLine::of(poll.id, task)).collect();
    Ok(Page::new(Show {
        is_sealed: poll.stage.is_sealed(),
        is_cancelled: poll.stage == Stage::Cancelled,
        again_of: site.app.again_of(&caller, poll.id).await?,
        poll,
        opens_on,
        votes_on,
        lines,
    }))
}
