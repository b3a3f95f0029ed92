//! Where and how often a running service makes backups, and whether it is making one.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::audit::UtcTime;

/// The settings of `serve`.
#[derive(Debug)]
pub struct BackupPlan {
    /// The folder of backups.
    pub folder: PathBuf,
    /// Public keys, each `age1…`.
    pub recipients: Vec<String>,
    /// Time from one to the next.
    pub every: Duration,
    /// When the one began that is being made.
    running: Mutex<Option<UtcTime>>,
}

impl BackupPlan {
    /// Nothing is being made yet.
    pub fn new(folder: PathBuf, recipients: Vec<String>, every: Duration) -> Self {
        Self { folder, recipients, every, running: Mutex::default() }
    }

    /// When the one began that is being made.
    pub(crate) fn running(&self) -> Option<UtcTime> {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one, unless one is being made; it ends when the value is dropped.
    pub(crate) fn begin(self: &Arc<Self>, at: UtcTime) -> Option<Turn> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return None;
        }
        *running = Some(at);
        Some(Turn { plan: Arc::clone(self), at })
    }
}

/// A backup that is being made.
pub(crate) struct Turn {
    plan: Arc<BackupPlan>,
    at: UtcTime,
}

impl Turn {
    /// The settings by which it is made.
    pub(crate) fn plan(&self) -> &BackupPlan {
        &self.plan
    }

    /// When it began.
    pub(crate) fn at(&self) -> UtcTime {
        self.at
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.plan.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_backup_is_made_at_a_time() {
        let at: UtcTime = "2026-11-30T08:00:00Z".parse().expect("time");
        let plan = Arc::new(BackupPlan::new("sao-luu".into(), Vec::new(), Duration::from_secs(60)));
        let turn = plan.begin(at).expect("nobody makes one");
        assert_eq!(plan.running(), Some(at));
        assert!(plan.begin(at).is_none(), "a second beside it");
        drop(turn);
        assert!(plan.running().is_none() && plan.begin(at).is_some());
    }
}
