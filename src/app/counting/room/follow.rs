//! Whoever has a page of a poll open is told when it is out of date: a number that went up, and nothing else.
//!
//! The screen of the hall follows the poll's own steps; the pages of those who work follow also what is proposed and what
//! lies on the table. The database is asked once a second for all who watch the same, and only while somebody does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::access::{COUNTERS, NO_POLL};
use super::table::Lying;
use crate::Caller;
use crate::polls::{FOLLOWERS, actor_in};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::batch::Pile;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Stage;
use macros::boxed;
use store::{polls, screen};

/// How often the database is asked whether a poll has moved on: once for all watchers.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What somebody has before their eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Watched {
    /// The screen of the hall: the poll's steps.
    Screen(PollId),
    /// Room, day and proposals: the same, proposals, and the table of this process.
    Pages(PollId),
}

/// Signals when a page has to be drawn again, until the service stops.
#[derive(Debug)]
pub struct Versions {
    versions: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    is_first: bool,
}

impl Versions {
    /// The version to draw: the current one at once, then each later one. `None` when the service stops.
    #[boxed]
    pub async fn next(&mut self) -> Option<u64> {
        if std::mem::take(&mut self.is_first) {
            return Some(*self.versions.borrow_and_update());
        }
        tokio::select! {
            moved = self.versions.changed() => moved.ok().map(|()| *self.versions.borrow_and_update()),
            _ = self.stopping.wait_for(|is_stopping| *is_stopping) => None,
        }
    }
}

/// What somebody watches, for all pages of this process.
#[derive(Debug, Default)]
struct Streams {
    watched: Mutex<BTreeMap<Watched, watch::Sender<u64>>>,
    stopping: watch::Sender<bool>,
    tables: Mutex<BTreeMap<PollId, (Vec<Lying>, u64)>>,
}

impl App {
    /// The version of the pages of a poll at this moment: whoever draws one asks before loading it.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may open none of its pages.
    #[boxed]
    pub async fn pages_version(&self, caller: &Caller, poll: PollId) -> Result<u64, AppError> {
        let mut tx = self.store.read(caller.council).await?;
        // Whoever follows the day sees its pages; whoever counts sees the room, of the polls whose board they are on.
        if caller.may(FOLLOWERS).is_err() {
            caller.may(COUNTERS)?;
            let stored = polls::find(&mut tx, poll).await?.filter(|stored| stored.state.stage() >= Stage::Sealed);
            actor_in(caller, stored.ok_or(NO_POLL)?.state.poll(), COUNTERS)?;
        }
        let moved = screen::movement(&mut tx, poll).await?.ok_or(NO_POLL)?;
        Ok(moved + self.table_moves(poll))
    }

    /// Signals when the pages of a poll have to be drawn again.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may open none of its pages.
    #[boxed]
    pub async fn follow_pages(&self, caller: &Caller, poll: PollId) -> Result<Versions, AppError> {
        let version = self.pages_version(caller, poll).await?;
        Ok(self.signals(caller.council, Watched::Pages(poll), version))
    }

    /// Ends every wait for a new version, so that the service can stop.
    pub fn stop_following(&self) {
        self.memory.of::<Streams>().stopping.send_replace(true);
    }

    /// Signals from `version` on.
    pub(super) fn signals(&self, council: CouncilId, what: Watched, version: u64) -> Versions {
        let streams = self.memory.of::<Streams>();
        let stopping = streams.stopping.subscribe();
        let mut watched = streams.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = match watched.get(&what) {
            Some(sender) => {
                tell(sender, version);
                sender.subscribe()
            }
            None => {
                let (sender, versions) = watch::channel(version);
                watched.insert(what, sender.clone());
                tokio::spawn(self.clone().look(council, what, sender));
                versions
            }
        };
        Versions { versions, stopping, is_first: true }
    }

    /// Asks the database whether a poll has moved on, as long as somebody watches it.
    async fn look(self, council: CouncilId, what: Watched, sender: watch::Sender<u64>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            {
                let streams: Arc<Streams> = self.memory.of();
                let mut watched = streams.watched.lock().unwrap_or_else(PoisonError::into_inner);
                // Under the lock that new watchers take: none of them subscribes to a sender whose task has ended.
                if sender.receiver_count() == 0 {
                    watched.remove(&what);
                    return;
                }
            }
            let looked = async {
                let mut tx = self.store.read(council).await?;
                match what {
                    Watched::Screen(poll) => polls::version(&mut tx, poll).await,
                    Watched::Pages(poll) => {
                        let moved = screen::movement(&mut tx, poll).await?;
                        Ok(moved.map(|moved| moved + self.table_moves(poll)))
                    }
                }
            };
            // A database that is away for a moment is asked again in a moment.
            if let Ok(Some(version)) = looked.await {
                tell(&sender, version);
            }
        }
    }

    /// What lies on the table of a poll, whichever papers are counted.
    pub(crate) fn on_table(&self, poll: PollId) -> Vec<Lying> {
        let table = self.table();
        [Pile::Deck, Pile::Ballots, Pile::Recount].into_iter().flat_map(|pile| table.of_poll(poll, pile)).collect()
    }

    /// How often what lies on the table of a poll was seen to be other than before. Nothing of what was keyed goes in.
    fn table_moves(&self, poll: PollId) -> u64 {
        let now = self.on_table(poll);
        let streams: Arc<Streams> = self.memory.of();
        let mut tables = streams.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, moves) = tables.entry(poll).or_default();
        if *before != now {
            (*before, *moves) = (now, *moves + 1);
        }
        *moves
    }
}

fn tell(sender: &watch::Sender<u64>, version: u64) {
    sender.send_if_modified(|before| {
        let is_new = *before < version;
        *before = version.max(*before);
        is_new
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_version_is_told_once_and_none_that_is_older() {
        let (sender, versions) = watch::channel(3);
        let stop = watch::Sender::new(false);
        let mut followed = Versions { versions, stopping: stop.subscribe(), is_first: true };
        assert_eq!(followed.next().await, Some(3));
        tell(&sender, 2);
        tell(&sender, 3);
        tell(&sender, 5);
        assert_eq!(followed.next().await, Some(5));
        stop.send_replace(true);
        assert_eq!(followed.next().await, None);
    }
}
