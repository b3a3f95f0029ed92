//! What this process did with its database, counted since its start. Of the process, not of a [`Store`](super::Store):
//! an error is counted where it is read, which knows no store.

use std::sync::atomic::{AtomicU64, Ordering};

static COMMITS: AtomicU64 = AtomicU64::new(0);
static COMMITTED: AtomicU64 = AtomicU64::new(0);
static ERRORS: AtomicU64 = AtomicU64::new(0);

/// Counts since the start of the process, and what waits now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Commits of the writer.
    pub commits: u64,
    /// Pieces of work in them: divided by the commits, the mean size of a group.
    pub committed: u64,
    /// Errors of the database that no input explains.
    pub errors: u64,
    /// Pieces of work that wait for the writer.
    pub waiting: usize,
}

pub(super) fn figures(waiting: usize) -> Figures {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    Figures { commits: read(&COMMITS), committed: read(&COMMITTED), errors: read(&ERRORS), waiting }
}

/// One commit made the work of `group` askers durable.
pub(super) fn count_commit(group: usize) {
    COMMITS.fetch_add(1, Ordering::Relaxed);
    COMMITTED.fetch_add(u64::try_from(group).unwrap_or(0), Ordering::Relaxed);
}

/// The database reported an error that no input explains.
pub(super) fn count_error() {
    ERRORS.fetch_add(1, Ordering::Relaxed);
}
