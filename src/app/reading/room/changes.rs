//! What changed in a dossier since the version that somebody read, fact by fact.

use crate::dossiers::held;
use crate::service::error::AppError;
use domain::document::{Document, text_lines};
use domain::id::PollId;
use domain::release::{About, Change, Stated, compare};
use store::{CouncilTx, releases};

const NO_DOSSIER: AppError = AppError::NotFound("hồ sơ");

/// A fact that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLine {
    /// `Thêm`, `Sửa`, `Bỏ`.
    pub what: &'static str,
    /// Its number in the version that is shown; `None` when it is not there any more.
    pub number: Option<usize>,
    /// What it says now; of one that is gone, what it said.
    pub text: String,
    /// What it said before, when that was something else.
    pub before: String,
}

/// How two versions of a dossier differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Facts, those of the newer version in its reading order first.
    pub facts: Vec<ChangeLine>,
    /// What is stated of the person, the body or the days covered is not as it was.
    pub has_other: bool,
}

/// The document of a released dossier.
pub(super) async fn document(
    tx: &mut CouncilTx,
    poll: PollId,
    release: u32,
    about: &About,
) -> Result<Document, AppError> {
    held::document(tx, poll, release, about).await
}

/// One version: what it states, and the line of each of its facts.
async fn version(
    tx: &mut CouncilTx,
    poll: PollId,
    release: u32,
    about: &About,
) -> Result<(Stated, Vec<String>), AppError> {
    let stated = releases::stated(tx, poll, release, about).await?.ok_or(NO_DOSSIER)?;
    let lines = text_lines(&document(tx, poll, release, about).await?);
    let text = |number: usize| {
        let anchor = format!("dk-{number}");
        lines.iter().find(|line| line.anchor == anchor).map(|line| line.text.clone()).unwrap_or_default()
    };
    let texts = (1..=stated.facts.len()).map(text).collect();
    Ok((stated, texts))
}

/// How a dossier changed from one release to a later one. One that an earlier release did not have is new as a whole, and
/// nothing in it is told apart.
pub(super) async fn between(
    tx: &mut CouncilTx,
    poll: PollId,
    (from, to): (u32, u32),
    about: &About,
) -> Result<Changes, AppError> {
    let (before, old) = match version(tx, poll, from, about).await {
        Err(AppError::NotFound(_)) => return Ok(Changes { facts: Vec::new(), has_other: true }),
        other => other?,
    };
    let (after, new) = version(tx, poll, to, about).await?;
    let told = compare(&before, &after);
    let place = |of: &Stated, fact| of.facts.iter().position(|other| *other == fact);
    let text = |texts: &[String], at: Option<usize>| at.and_then(|at| texts.get(at)).cloned().unwrap_or_default();
    let line = |change: &Change| match *change {
        Change::Added(fact) => {
            let at = place(&after, fact);
            ChangeLine { what: "Thêm", number: at.map(|at| at + 1), text: text(&new, at), before: String::new() }
        }
        Change::Changed { before: was, after: is } => {
            let (now, then) = (place(&after, is), text(&old, place(&before, was)));
            ChangeLine { what: "Sửa", number: now.map(|at| at + 1), text: text(&new, now), before: then }
        }
        Change::Removed(fact) => {
            let was = text(&old, place(&before, fact));
            ChangeLine { what: "Bỏ", number: None, text: was, before: String::new() }
        }
    };
    let has_other = !told.head.0.is_empty() || !told.head.1.is_empty();
    Ok(Changes { facts: told.facts.iter().map(line).collect(), has_other })
}
