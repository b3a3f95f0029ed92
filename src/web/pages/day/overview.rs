//! Votes that have their day, and one of them step by step.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{read_poll, step_path};
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::live::Live;
use crate::notice::Done;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use crate::{Site, routes};
use app::counting::day::{COUNTERS, DayPage, DayTask, DayTaskId, TaskProgress};
use app::polls::PollSummary;
use app::service::clock::in_vietnam;
use domain::poll_state::Stage;
use domain::proposal::{ProposalKind, SignOff};
use domain::role::Role;

#[derive(Template)]
#[template(path = "day/list.html")]
struct List {
    polls: Vec<PollSummary>,
}

#[derive(Template)]
#[template(path = "day/show.html")]
struct Show {
    poll: String,
    page: DayPage,
    lines: Vec<TaskItem>,
    more: Vec<Link>,
    turns: Vec<TurnLine>,
    /// The forms are not sealed: the day has not begun.
    is_early: bool,
    is_cancelled: bool,
    /// The caller has the papers counted that simulated delegates fill in.
    may_simulate: bool,
    done: Vec<(&'static str, String, String, String)>,
}

impl Show {
    fn when(&self, sign_off: &SignOff) -> String {
        in_vietnam(sign_off.at)
    }
}

/// A step of the day with its links.
struct TaskItem {
    label: &'static str,
    state: &'static str,
    tag: &'static str,
    is_now: bool,
    summary: String,
    /// The people who take it.
    who: &'static str,
    links: Vec<Link>,
}

struct Link {
    label: &'static str,
    path: String,
}

impl Link {
    /// Whether the link leads to a step for two people, which is over once it is taken.
    fn is_step(&self) -> bool {
        self.path.contains("/buoc/")
    }

    /// `None` where there is no such page.
    fn new(label: &'static str, path: String) -> Option<Self> {
        routes::is_page(&path).then_some(Self { label, path })
    }
}

const fn label(id: DayTaskId) -> &'static str {
    match id {
        DayTaskId::Deck => "Kiểm phiếu thử",
        DayTaskId::Zero => "Biên bản xác nhận số liệu trước khi mở bằng 0",
        DayTaskId::Opening => "Mở bỏ phiếu",
        DayTaskId::Issued => "Công bố số phiếu phát ra",
        DayTaskId::Ballots => "Mở hòm phiếu, công bố số phiếu thu về",
        DayTaskId::Batches => "Kiểm phiếu theo tập",
        DayTaskId::Closing => "Đóng kiểm phiếu",
        DayTaskId::Recounts => "Kiểm lại dòng sát ngưỡng",
        DayTaskId::Result => "Ghi kết quả",
        DayTaskId::Minutes => "Biên bản kiểm phiếu",
        DayTaskId::Resolution => "Nghị quyết xác nhận kết quả",
        DayTaskId::Publishing => "Công bố kết quả",
        DayTaskId::Archive => "Lưu trữ",
    }
}

const fn who(id: DayTaskId) -> &'static str {
    match id {
        DayTaskId::Deck | DayTaskId::Batches => "Trưởng ban mở tập, hai thành viên nhập độc lập",
        DayTaskId::Zero | DayTaskId::Issued | DayTaskId::Ballots | DayTaskId::Recounts => "Trưởng Ban kiểm phiếu",
        DayTaskId::Opening | DayTaskId::Closing | DayTaskId::Result => {
            "Trưởng Ban kiểm phiếu đề xuất, Thường trực xác nhận"
        }
        DayTaskId::Minutes => "Trưởng Ban kiểm phiếu trình, Thường trực ghi nhận việc ký",
        DayTaskId::Resolution | DayTaskId::Publishing | DayTaskId::Archive => "Văn phòng đề xuất, Thường trực xác nhận",
    }
}

impl TaskItem {
    /// With the links that the reader, of these roles, may open.
    fn of(poll: &str, task: DayTask, held: &[Role], is_cancelled: bool) -> Self {
        let (state, tag) = match task.progress {
            TaskProgress::Later => ("chưa đến lượt", "tag off"),
            TaskProgress::Now => ("đến lượt", "tag"),
            TaskProgress::Waits => ("chờ xác nhận", "tag bad"),
            TaskProgress::Done => ("xong", "tag good"),
            TaskProgress::Waived => ("đã bỏ qua phiếu thử", "tag bad"),
            TaskProgress::NotNeeded => ("không phải làm", "tag off"),
            TaskProgress::Cancelled => ("không làm nữa", "tag off"),
        };
        let is_now = matches!(task.progress, TaskProgress::Now | TaskProgress::Waits);
        let links = match task.progress {
            TaskProgress::Later | TaskProgress::NotNeeded | TaskProgress::Cancelled => Vec::new(),
            // What was waived is not offered as if it had been done; who wants it all the same finds it in the counting room.
            TaskProgress::Waived => {
                Link::new("Xem phiếu thử", format!("/kiem-phieu/{poll}/phieu-thu")).into_iter().collect()
            }
            TaskProgress::Done => links(poll, task.id).into_iter().filter(|link| !link.is_step()).collect(),
            TaskProgress::Now | TaskProgress::Waits => links(poll, task.id),
        };
        // Of a vote that was called off nothing is left to be counted.
        let is_left = |link: &Link| !is_cancelled || link.path.starts_with("/ky/");
        let links = links.into_iter().filter(|link| routes::opens(held, &link.path) && is_left(link)).collect();
        Self {
            label: label(task.id),
            state,
            tag,
            is_now,
            // A later step has nothing to show yet.
            summary: match task.progress {
                TaskProgress::Later | TaskProgress::Cancelled => String::new(),
                _ => task.summary,
            },
            who: who(task.id),
            links,
        }
    }
}

fn links(poll: &str, id: DayTaskId) -> Vec<Link> {
    let of_poll = |page: &str| format!("/ky/{poll}/{page}");
    let step = |kind| step_path(poll, kind);
    let links = match id {
        DayTaskId::Deck => vec![
            Link::new("In bộ phiếu thử", of_poll("phieu-thu")),
            Link::new("Nhập phiếu thử", format!("/kiem-phieu/{poll}/phieu-thu")),
            Link::new("Bỏ qua phiếu thử", step(ProposalKind::DeckWaived)),
        ],
        DayTaskId::Zero => vec![Link::new("Biên bản số liệu bằng 0", of_poll("xac-nhan-bang-0"))],
        DayTaskId::Opening => vec![
            Link::new("Mở bỏ phiếu", step(ProposalKind::VotingOpened)),
            Link::new("Đại biểu có mặt", of_poll("co-mat")),
        ],
        DayTaskId::Issued | DayTaskId::Ballots => vec![Link::new("Số phiếu từng mẫu", of_poll("so-phieu"))],
        DayTaskId::Batches => vec![
            Link::new("Phòng kiểm phiếu", format!("/kiem-phieu/{poll}")),
            Link::new("Mở lại một tập", step(ProposalKind::BatchReopened)),
            Link::new("Màn chiếu", format!("/may-chieu/{poll}")),
        ],
        DayTaskId::Closing => vec![Link::new("Đóng kiểm phiếu", step(ProposalKind::CountingClosed))],
        DayTaskId::Recounts => vec![Link::new("Kiểm lại", of_poll("kiem-lai"))],
        DayTaskId::Result => vec![
            Link::new("Xem kết quả", of_poll("ket-qua")),
            Link::new("Ghi kết quả", step(ProposalKind::ResultDeclared)),
        ],
        DayTaskId::Minutes => {
            vec![
                Link::new("Biên bản", of_poll("bien-ban")),
                Link::new("Bàn giao phiếu", of_poll("ban-giao")),
                Link::new("Giấy tờ", of_poll("giay-to")),
            ]
        }
        DayTaskId::Resolution => vec![Link::new("Ghi nghị quyết", step(ProposalKind::ResultConfirmed))],
        DayTaskId::Publishing => vec![Link::new("Công bố", step(ProposalKind::ResultPublished))],
        DayTaskId::Archive => vec![Link::new("Lưu trữ", step(ProposalKind::PollArchived))],
    };
    links.into_iter().flatten().collect()
}

/// What bends the way, where it can be taken.
fn more(poll: &str, stage: Stage) -> Vec<Link> {
    let step = |label, kind| Link::new(label, step_path(poll, kind));
    let is_public = matches!(stage, Stage::Published | Stage::Archived);
    let is_sealed = matches!(stage, Stage::Sealed | Stage::Tested | Stage::Waived | Stage::Zeroed);
    let links = [
        is_sealed.then(|| step("Chuyển ngày bỏ phiếu", ProposalKind::PollMoved)),
        matches!(stage, Stage::Voting | Stage::Counting)
            .then(|| Link::new("Đại biểu đến, rời phòng họp", format!("/ky/{poll}/co-mat"))),
        (stage == Stage::Counting).then(|| step("Sửa số phiếu phát ra, thu về", ProposalKind::BallotsCorrected)),
        (stage == Stage::Minuted).then(|| step("Hủy việc ký biên bản", ProposalKind::MinutesReopened)),
        is_public.then(|| step("Đính chính một văn bản", ProposalKind::CorrigendumIssued)),
        (stage < Stage::Declared && stage != Stage::Cancelled)
            .then(|| step("Hủy cuộc bỏ phiếu", ProposalKind::PollCancelled)),
    ];
    links.into_iter().flatten().flatten().collect()
}

/// `POST /ky/{poll}/mo-phong`
pub async fn simulate(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let counted = site.app.simulate_count(form.ask(&caller)?, read_poll(&poll)?).await;
    redirect(counted, Done::Saved, &format!("/ky/{poll}/ngay-bo-phieu"))
}

/// `GET /ngay-bo-phieu`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let mut polls = site.app.polls(&caller).await?;
    polls.retain(|poll| poll.stage >= Stage::Sealed);
    Ok(Page::new(List { polls }))
}

/// `GET /ky/{poll}/ngay-bo-phieu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let id = read_poll(&poll)?;
    let live = Live::of(&site, &caller, id).await?;
    let mut page = site.app.day_page(&caller, id).await?;
    let turns = turn::lines(&site, &caller, id).await?;
    let held: Vec<Role> = caller.account.roles.iter().collect();
    let is_cancelled = page.stage == Stage::Cancelled;
    let tasks = std::mem::take(&mut page.tasks);
    let done = std::mem::take(&mut page.done).into_iter();
    let done = done.map(|(kind, by, agreed, at)| (kind.label(), by, agreed, in_vietnam(at)));
    let turns_pages = page.stage.has_result() && caller.may(COUNTERS).is_ok();
    let item = |task: DayTask| {
        let is_result = task.id == DayTaskId::Result;
        let mut item = TaskItem::of(&poll, task, &held, is_cancelled);
        if is_result && turns_pages {
            item.links.extend(Link::new("Chiếu kết quả", format!("/kiem-phieu/{poll}/chieu-ket-qua")));
        }
        item
    };
    Ok(Page::new(Show {
        lines: tasks.into_iter().map(item).collect(),
        more: more(&poll, page.stage),
        is_early: page.stage < Stage::Sealed,
        is_cancelled,
        turns,
        may_simulate: page.simulated && page.stage == Stage::Counting && caller.may(COUNTERS).is_ok(),
        done: done.collect(),
        page,
        poll,
    })
    .live(live))
}
