//! Counts of commits and errors since the start of the process. They are global, not per [`Store`](super::Store), because
//! an error is counted where it is converted, which knows no store.

use std::sync::atomic::{AtomicU64, Ordering};

static COMMITS: AtomicU64 = AtomicU64::new(0);
static COMMITTED: AtomicU64 = AtomicU64::new(0);
static ERRORS: AtomicU64 = AtomicU64::new(0);

/// Counts since the start of the process, and the current queue length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Commits of the writer.
    pub commits: u64,
    /// Jobs in those commits; divided by the commits, the mean size of a group.
    pub committed: u64,
    /// Errors of the database that no input explains.
    pub errors: u64,
    /// Jobs that wait for the writer.
    pub waiting: usize,
}

pub(super) fn figures(waiting: usize) -> Figures {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    Figures { commits: read(&COMMITS), committed: read(&COMMITTED), errors: read(&ERRORS), waiting }
}

/// Counts one commit of `group` jobs.
pub(super) fn count_commit(group: usize) {
    COMMITS.fetch_add(1, Ordering::Relaxed);
    COMMITTED.fetch_add(u64::try_from(group).unwrap_or(0), Ordering::Relaxed);
}

/// Counts an error of the database that no input explains.
pub(super) fn count_error() {
    ERRORS.fetch_add(1, Ordering::Relaxed);
}
