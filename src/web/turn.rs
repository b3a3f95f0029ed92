//! Whose turn it is, as lines of a page: own ones lead to where it is done.

use super::Site;
use super::pages::{day, preparing};
use super::routes;
use app::counting::turns::Turns;
use app::{AppError, Caller};
use domain::id::PollId;
use domain::text::upper_first;
use domain::turn::{Doing, Turn};

/// A line of `counting/turn.html`.
#[derive(Clone, Debug)]
pub struct TurnLine {
    /// It is the reader's.
    pub is_own: bool,
    /// `Chờ Kiểm Phiếu An nhập tập 3`
    pub sentence: String,
    /// `Nhập tập 3`, on the button of the reader's own.
    pub words: String,
    /// Where the reader does it.
    pub path: Option<String>,
}

/// The lines of a poll for the caller.
///
/// # Errors
/// When the caller may open no page of this poll that tells them.
pub async fn lines(site: &Site, caller: &Caller, poll: PollId) -> Result<Vec<TurnLine>, AppError> {
    let Turns { list, reader } = site.app.turns(caller, poll).await?;
    let held: Vec<_> = caller.account.roles.iter().collect();
    let line = |turn: &Turn| {
        let is_own = turn.is_of(&reader);
        let path = path(poll, &turn.doing).filter(|path| is_own && routes::opens(&held, path));
        TurnLine { is_own, sentence: turn.sentence(&reader), words: upper_first(&turn.words()), path }
    };
    Ok(list.iter().map(line).collect())
}

fn path(poll: PollId, doing: &Doing) -> Option<String> {
    Some(match doing {
        Doing::Decide { proposal, .. } => format!("/ky/{poll}/de-xuat/{proposal}"),
        Doing::Key { pile, .. } | Doing::Settle { pile, .. } => {
            format!("/kiem-phieu/{poll}/{}/{}", pile.form, pile.number)
        }
        Doing::Day(task, _) => day::path_of(&poll.to_string(), *task)?,
        Doing::Prepare(task) => preparing::path_of(poll, *task)?,
    })
}
