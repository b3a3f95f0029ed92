//! What the hall sees: papers out and back, batches done. No level before the result is declared, because a line near a
//! threshold may still change in its recount; then page by page, as the head of the board turns them.

use super::access::WATCHERS;
use super::counting_room::CountingRoom;
pub use super::follow::Versions;
use super::follow::Watched;
use crate::Caller;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::poll::FormTotals;
use domain::id::PollId;
use domain::poll::{Level, PollKind};
use domain::poll_state::{ClosedCount, Stage};
use domain::recount;
use domain::result::{FormCount, Listed, OfficialResult, decide};
use domain::text::upper_first;
use macros::boxed;
use store::{polls, screen};

const NO_SCREEN: AppError = AppError::NotFound("cuộc bỏ phiếu này");

/// Papers of one form.
#[derive(Clone, Debug)]
pub struct ScreenForm {
    /// Khối.
    pub block: String,
    /// Phát ra, once it is announced.
    pub issued: Option<u32>,
    /// Ballots issued and returned, once they are recorded.
    pub ballots: Option<(u32, u32)>,
    /// Committed batches.
    pub batches: u32,
    /// Papers in them.
    pub papers: u32,
}

/// One level of one official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenLevel {
    /// The level.
    pub level: Level,
    /// Ballots.
    pub count: u32,
    /// Its share as text; a dash where it has none.
    pub share: String,
    /// Length of its bar in hundredths of a percent of the whole.
    pub length: u32,
}

/// One official's result.
#[derive(Clone, Debug)]
pub struct ScreenOfficial {
    /// Number on the form.
    pub number: usize,
    /// Full name.
    pub name: String,
    /// Posts in one line.
    pub posts: String,
    /// In ballot order.
    pub levels: Vec<ScreenLevel>,
    /// The band that was reached, in words; empty for none.
    pub band: String,
}

/// Results of one form.
#[derive(Clone, Debug)]
pub struct ScreenResults {
    /// Khối.
    pub block: String,
    /// Ballots issued, returned, valid, invalid.
    pub ballots: [u32; 4],
    /// In ballot order; of a page, those that stand on it.
    pub officials: Vec<ScreenOfficial>,
}

/// A page of the result on the screen.
#[derive(Clone, Debug)]
pub struct ScreenPage {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// A part of one form.
    pub results: ScreenResults,
}

/// The screen of one poll.
#[derive(Clone, Debug)]
pub struct Screen {
    /// Its poll.
    pub poll: PollId,
    /// Name of the sitting.
    pub sitting: String,
    /// Rating or confidence vote.
    pub kind: PollKind,
    /// How far it is.
    pub stage: Stage,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// Number of all delegates.
    pub delegates: u32,
    /// Goes up with everything that happens.
    pub version: u64,
    /// One for each form.
    pub forms: Vec<ScreenForm>,
    /// Lines that still have to be counted again before there is a result.
    pub due: usize,
    /// The page of the result that the head of the board shows.
    pub page: Option<ScreenPage>,
}

/// Officials on a page: what the last row of a hall still reads.
const OFFICIALS_ON_A_PAGE: usize = 4;

/// The result as pages: a page has officials of one form only.
pub(super) fn pages(room: &CountingRoom, counted: &ClosedCount) -> Vec<ScreenResults> {
    let mut pages = Vec::new();
    for ScreenResults { block, ballots, officials } in results(room, counted) {
        for part in officials.chunks(OFFICIALS_ON_A_PAGE) {
            pages.push(ScreenResults { block: block.clone(), ballots, officials: part.to_vec() });
        }
    }
    pages
}

impl App {
    /// Polls that a hall may look at, the newest first: id, name of the sitting, stage.
    ///
    /// # Errors
    /// When the caller has no role of [`WATCHERS`].
    #[boxed]
    pub async fn screens(&self, caller: &Caller) -> Result<Vec<(PollId, String, Stage)>, AppError> {
        caller.may(WATCHERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let found = polls::list(&mut tx).await?.into_iter().filter(|poll| poll.stage >= Stage::Sealed);
        Ok(found.map(|poll| (poll.id, poll.sitting, poll.stage)).collect())
    }

    /// The screen of a poll as it is now.
    ///
    /// # Errors
    /// When the caller has no role of [`WATCHERS`], or there is no such poll with sealed forms.
    #[boxed]
    pub async fn screen(&self, caller: &Caller, poll: PollId) -> Result<Screen, AppError> {
        caller.may(WATCHERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let version = polls::version(&mut tx, poll).await?.ok_or(NO_SCREEN)?;
        let stored = polls::find(&mut tx, poll).await?.ok_or(NO_SCREEN)?;
        if stored.state.stage() < Stage::Sealed {
            return Err(NO_SCREEN);
        }
        let counted = polls::closed_count(&mut tx, &stored).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        let shown = if room.stage().has_result() { screen::page(&mut tx, poll).await? } else { 0 };
        let progress = polls::forms(&mut tx, poll).await?;
        drop(tx);
        let form = |form: domain::poll_state::FormProgress| ScreenForm {
            block: form.form.block,
            issued: form.issued,
            ballots: form.ballots,
            batches: form.batches,
            papers: u32::try_from(form.papers).unwrap_or(u32::MAX),
        };
        let created = &room.state.poll().created;
        Ok(Screen {
            poll,
            sitting: created.sitting.clone(),
            kind: created.kind,
            stage: room.stage(),
            rehearsal: created.rehearsal,
            delegates: created.delegates,
            version,
            forms: progress.into_iter().map(form).collect(),
            due: counted.as_ref().map_or(0, |counted| due(&room, counted)),
            page: counted.and_then(|counted| page(&room, &counted, shown)),
        })
    }

    /// Signals when the screen of a poll has to be drawn again.
    ///
    /// # Errors
    /// When the caller has no role of [`WATCHERS`], or there is no such poll.
    #[boxed]
    pub async fn follow_screen(&self, caller: &Caller, poll: PollId) -> Result<Versions, AppError> {
        caller.may(WATCHERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let version = polls::version(&mut tx, poll).await?.ok_or(NO_SCREEN)?;
        drop(tx);
        Ok(self.signals(caller.council, Watched::Screen(poll), version))
    }
}

/// Lines that still have to be counted again.
fn due(room: &CountingRoom, counted: &ClosedCount) -> usize {
    if room.stage() != Stage::Closed {
        return 0;
    }
    let due = recount::due(&room.rules, &room.state.poll().created, counted.forms()).unwrap_or_default();
    counted.left(&due).len()
}

/// The page of this number; `None` for 0, and for one that there is not.
fn page(room: &CountingRoom, counted: &ClosedCount, number: u32) -> Option<ScreenPage> {
    let pages = pages(room, counted);
    let of = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    Some(ScreenPage { number, of, results: pages.into_iter().nth(place)? })
}

fn results(room: &CountingRoom, counted: &ClosedCount) -> Vec<ScreenResults> {
    let form = |total: &FormTotals| {
        let form = room.form(&total.form).ok()?;
        let count = FormCount::of(total, &form.form.block);
        let list: Vec<Listed> = form.lines.iter().map(Listed::from).collect();
        let created = &room.state.poll().created;
        // A form of which nothing came back has no shares; its zeros are shown all the same.
        let decided = decide(&room.rules, created.kind, created.delegates, &list, vec![count]).ok();
        let base = decided.as_ref().and_then(|result| result.forms.first()).map(|form| form.base.value);
        let mut tallies = decided.iter().flat_map(|result| result.officials());
        let lines = form.lines.iter().zip(&total.counts.lines).enumerate();
        let officials = lines.map(|(place, (official, counts))| {
            let tally = tallies.next();
            let levels = counts.each().into_iter().enumerate().map(|(at, (level, count))| ScreenLevel {
                level,
                count,
                share: tally
                    .and_then(|tally| tally.tally.percents.get(at))
                    .map_or("–".into(), |share| format!("{}%", share.text)),
                length: base.map_or(0, |base| length(count, base)),
            });
            ScreenOfficial {
                number: place + 1,
                name: official.name.clone(),
                posts: official.posts.clone(),
                levels: levels.collect(),
                band: tally.map(|tally| band(room, tally)).unwrap_or_default(),
            }
        });
        let counts = &total.counts;
        let figure = |figure: u64| u32::try_from(figure).unwrap_or(u32::MAX);
        Some(ScreenResults {
            block: form.form.block.clone(),
            ballots: [total.issued, total.returned, figure(counts.valid()), figure(counts.invalid_total())],
            officials: officials.collect(),
        })
    };
    counted.forms().iter().filter_map(form).collect()
}

/// Hundredths of a percent of the width, rounded down; a drawing, not a share.
fn length(count: u32, base: u32) -> u32 {
    let length = (u64::from(count) * 10_000).checked_div(u64::from(base)).unwrap_or(0);
    u32::try_from(length.min(10_000)).unwrap_or(10_000)
}

/// `Quá nửa tổng số phiếu: tín nhiệm thấp`
fn band(room: &CountingRoom, official: &OfficialResult) -> String {
    let decisive = match room.kind() {
        PollKind::Rating => Level::Low,
        PollKind::Confidence => Level::NoConfidence,
    };
    let rule = official.tally.band.rule(&room.rules);
    rule.map_or_else(String::new, |rule| upper_first(&format!("{} phiếu «{}»", rule.words(), decisive.label())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_longer_than_the_whole() {
        assert_eq!(
            [length(1, 3), length(0, 60), length(60, 60), length(61, 60), length(5, 0)],
            [3333, 0, 10_000, 10_000, 0]
        );
    }
}
