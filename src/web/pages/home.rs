//! The first page, by role, and the page of help.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;

use super::preparing::TaskLine;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::live::Live;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use app::counting::day::HALL;
use app::counting::room::AT_WORK;
use app::people::accounts::Filter;
use app::people::councils::CouncilLine;
use app::polls::PollSummary;
use app::preparing::{OFFICE, Overview, PREPARERS};
use app::{AppError, Caller};
use domain::poll_state::Stage;
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
    /// The vote that has its day, for those who take part in it.
    day: Option<DayNow>,
    /// What has to be done before anybody else can work, with where; for those who open councils and accounts.
    first: Vec<(String, Option<&'static str>)>,
}

/// The vote that has its day, or had it last.
struct DayNow {
    path: String,
    title: String,
    stage: &'static str,
    turns: Vec<TurnLine>,
    /// Where its result is, once there is one.
    result: Option<String>,
    /// Asked before the rest was loaded.
    live: Live,
}

impl DayNow {
    /// The newest vote that is under way; else the newest that came to its end.
    async fn of(site: &Site, caller: &Caller) -> Result<Option<Self>, AppError> {
        if caller.may(AT_WORK).is_err() {
            return Ok(None);
        }
        let follows = caller.may(HALL).is_ok();
        let polls: Vec<PollSummary> = site.app.polls(caller).await?;
        let is_of_day = |poll: &&PollSummary| poll.stage.is_sealed() && poll.stage != Stage::Cancelled;
        let running = polls.iter().filter(is_of_day).find(|poll| poll.stage < Stage::Archived);
        let Some(poll) = running.or_else(|| polls.iter().find(is_of_day)) else { return Ok(None) };
        let live = match Live::of(site, caller, poll.id).await {
            Ok(live) => live,
            // Another board counts it.
            Err(AppError::Forbidden | AppError::Input(_) | AppError::NotFound(_)) => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let turns = turn::lines(site, caller, poll.id).await?;
        let id = poll.id;
        Ok(Some(Self {
            path: if follows { format!("/ky/{id}/ngay-bo-phieu") } else { format!("/kiem-phieu/{id}") },
            title: format!("{}, {}", poll.sitting, poll.kind.label()),
            stage: poll.stage.label(),
            turns,
            live,
            result: (follows && poll.stage >= Stage::Closed).then(|| format!("/ky/{id}/ket-qua")),
        }))
    }
}

/// What those who open councils and accounts do first.
async fn first_steps(site: &Site, caller: &Caller) -> Result<Vec<(String, Option<&'static str>)>, AppError> {
    if caller.may(&[Role::Operator]).is_ok() {
        let councils = site.app.councils(caller).await?;
        if councils.is_empty() {
            return Ok(vec![("Lập hội đồng cùng người quản trị đầu tiên của nó".to_owned(), Some("/hoi-dong/moi"))]);
        }
        let alone = councils.into_iter().filter(|council| council.accounts <= 1);
        let sentence = |council: CouncilLine| {
            let CouncilLine { name, slug, .. } = council;
            format!(
                "{name}: người quản trị tài khoản đăng nhập với mã hội đồng «{slug}», rồi mở tài khoản cho Văn phòng, Thường \
                 trực và Ban kiểm phiếu."
            )
        };
        return Ok(alone.map(|council| (sentence(council), None)).collect());
    }
    if caller.may(&[Role::Admin]).is_err() {
        return Ok(Vec::new());
    }
    let all = site.app.accounts(caller, &Filter::default()).await?.accounts;
    let missing = [Role::Clerk, Role::Leader].into_iter().filter(|role| !all.iter().any(|one| one.roles.has(*role)));
    let sentence =
        |role: Role| (format!("Mở tài khoản cho người có vai trò {}", role.label()), Some("/tai-khoan/nhieu"));
    Ok(missing.map(sentence).collect())
}

/// The vote that is being prepared.
struct Next {
    path: String,
    title: String,
    lines: Vec<TaskLine>,
    left: usize,
    /// Proposals that wait for the reader.
    yours: usize,
}

/// Tasks that the first page names.
const NEXT_TASKS: usize = 3;

impl Next {
    fn of(poll: Overview) -> Self {
        let sitting = &poll.plan.council.sitting;
        let title = format!("{}, {}", sitting.name, poll.plan.kind.label());
        let yours = poll.yours;
        let mut left: Vec<Task> = poll.tasks.into_iter().filter(|task| task.state != TaskState::Done).collect();
        // What somebody must look at comes first; the rest stays in its order.
        left.sort_by_key(|task| task.state != TaskState::NeedsCare);
        let (count, id) = (left.len(), poll.id);
        let lines = left.into_iter().take(NEXT_TASKS).map(|task| TaskLine::of(id, task)).collect();
        Self { path: format!("/ky/{id}"), title, lines, left: count, yours }
    }
}

/// `GET /`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let is_preparing = caller.may(OFFICE).is_ok();
    let poll = if is_preparing { site.app.current_poll(&caller).await?.map(Next::of) } else { None };
    let day = DayNow::of(&site, &caller).await?;
    let first = first_steps(&site, &caller).await?;
    let may_begin = poll.is_none() && day.is_none() && caller.may(PREPARERS).is_ok();
    let clock_problem = site.app.clock_problem(&caller).await?;
    let live = day.as_ref().map(|day| day.live.clone());
    let account = caller.account;
    let page = Page::new(Home {
        roles: account.roles.iter().map(duty).collect(),
        poll,
        clock_problem,
        may_begin,
        day,
        first,
        must_change_password: account.must_change_password,
        name: account.name,
        previous: caller.previous_sign_in.map(|at| at.in_vietnam()),
        failures_before: caller.failures_before,
    });
    Ok(match live {
        Some(live) => page.live(live),
        None => page,
    })
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
