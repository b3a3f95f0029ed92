//! A writing task that ends as if its process had been killed: for simulations. No release build has it.

use std::sync::{Arc, Mutex, PoisonError};

/// When the process ends, seen from a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// The transaction is whole, and its commit has not begun: nothing of it stays.
    BeforeCommit,
    /// The commit is on the disk, and nobody has heard of it.
    AfterCommit,
}

#[derive(Debug, Default)]
struct Armed {
    /// Where, and how many commits go well until then.
    crash: Option<(CrashPoint, u32)>,
    has_crashed: bool,
}

/// A crash that is to come. A clone is another handle on the same one.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Armed>>);

impl Faults {
    fn armed(&self) -> std::sync::MutexGuard<'_, Armed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writing task ends at its next commit but `later`.
    pub fn arm(&self, point: CrashPoint, later: u32) {
        self.armed().crash = Some((point, later));
    }

    /// Takes back a crash that has not come.
    pub fn disarm(&self) {
        self.armed().crash = None;
    }

    /// Whether the writing task has ended by a crash: nothing is written any more.
    pub fn has_crashed(&self) -> bool {
        self.armed().has_crashed
    }

    /// Whether the process ends here. Each commit asks at both points.
    pub(super) fn ends_at(&self, point: CrashPoint) -> bool {
        let mut armed = self.armed();
        let Some((wanted, later)) = armed.crash else { return false };
        if later == 0 && wanted == point {
            *armed = Armed { crash: None, has_crashed: true };
            return true;
        }
        if point == CrashPoint::AfterCommit {
            armed.crash = later.checked_sub(1).map(|later| (wanted, later));
        }
        false
    }
}
