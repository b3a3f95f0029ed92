//! Whose turn it is, as lines of a page: own ones lead to where it is done.

use super::Site;
use app::counting::turns::Turns;
use app::{AppError, Caller};
use domain::id::PollId;
use domain::task::TaskId;
use domain::text::upper_first;
use domain::turn::{DayTaskId, Doing, Turn};

/// A line of `counting/turn.html`.
#[derive(Clone, Debug)]
pub struct TurnLine {
    /// It is the reader's.
    pub is_own: bool,
    /// `Chờ Kiểm Phiếu An nhập tập 3`
    pub sentence: String,
    /// `Nhập tập 3`, on the button of the reader's own.
    pub words: String,
    /// Where it is done, where that is the reader's.
    pub path: Option<String>,
}

impl TurnLine {
    /// Whether the reader's own line leads to this path.
    pub fn leads_to(&self, path: &str) -> bool {
        self.path.as_deref() == Some(path)
    }
}

/// The lines of a poll for the caller.
///
/// # Errors
/// When the caller may open no page of this poll that tells them.
pub async fn lines(site: &Site, caller: &Caller, poll: PollId) -> Result<Vec<TurnLine>, AppError> {
    let Turns { list, reader } = site.app.turns(caller, poll).await?;
    let line = |turn: &Turn| {
        let is_own = turn.is_of(&reader);
        let path = is_own.then(|| path(poll, &turn.doing));
        TurnLine { is_own, sentence: turn.sentence(&reader), words: upper_first(&turn.words()), path }
    };
    Ok(list.iter().map(line).collect())
}

/// The same without what is done on the page of this path, for that page itself.
///
/// # Errors
/// See [`lines`].
pub async fn elsewhere(site: &Site, caller: &Caller, poll: PollId, path: &str) -> Result<Vec<TurnLine>, AppError> {
    let mut all = lines(site, caller, poll).await?;
    all.retain(|turn| !turn.leads_to(path));
    Ok(all)
}

fn path(poll: PollId, doing: &Doing) -> String {
    match doing {
        Doing::Decide { proposal, .. } => format!("/ky/{poll}/de-xuat#dx-{proposal}"),
        Doing::Key { pile, .. } | Doing::Settle { pile, .. } => {
            format!("/kiem-phieu/{poll}/{}/{}", pile.form, pile.number)
        }
        Doing::Day(task, _) => of_day(poll, *task),
        Doing::Prepare(task) => of_preparation(poll, *task),
    }
}

fn of_day(poll: PollId, task: DayTaskId) -> String {
    let page = match task {
        DayTaskId::Deck | DayTaskId::Batches => return format!("/kiem-phieu/{poll}"),
        DayTaskId::Zero => "xac-nhan-bang-0",
        DayTaskId::Opening => "buoc/mo-bo-phieu",
        DayTaskId::Issued | DayTaskId::Ballots => "so-phieu",
        DayTaskId::Closing => "buoc/dong-kiem-phieu",
        DayTaskId::Recounts => "kiem-lai",
        DayTaskId::Result => "buoc/ghi-ket-qua",
        DayTaskId::Minutes => "bien-ban",
        DayTaskId::Resolution => "buoc/ghi-nghi-quyet",
        DayTaskId::Publishing => "buoc/cong-bo",
        DayTaskId::Archive => "buoc/luu-tru",
    };
    format!("/ky/{poll}/{page}")
}

fn of_preparation(poll: PollId, task: TaskId) -> String {
    let page = match task {
        TaskId::Roster => return "/can-bo".to_owned(),
        TaskId::Facts => return "/du-kien".to_owned(),
        TaskId::Sitting => "ky-hop",
        TaskId::Eligibility => "doi-tuong",
        TaskId::Deadlines => "thoi-han",
        TaskId::Dossiers => "ho-so",
        TaskId::List => "danh-sach",
        TaskId::Board => "ban-kiem-phieu",
        TaskId::Forms => "mau-phieu",
    };
    format!("/ky/{poll}/{page}")
}
