//! Backups of a running service: on a schedule, and when an operator asks for one.

use std::fs;
use std::time::Duration;

use super::lock::Lock;
use super::make::{Asked, Made, Place, make_of, outcome_of};
use super::part::{is_part, sweep};
use super::thin::thin;
use crate::service::app::{App, Ask};
use crate::service::backup_plan::Turn;
use crate::service::backups::{self, BackupLine, BackupOutcome, days_between};
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::error::AppError;
use domain::audit::UtcTime;
use domain::role::Role;
use macros::boxed;
use store::{SCHEMA, content::Snapshot};

/// Who sees backups and asks for one.
pub const KEEPERS: &[Role] = &[Role::Operator];
/// What whoever asks for a backup is told where the service makes none.
const NOT_SET: &str =
    "Dịch vụ chưa được đặt nơi sao lưu; hãy thêm --backup-to và --backup-recipient cho «tinnhiem serve» rồi chạy lại.";
/// What whoever asks for a backup is told while one is being made.
const IS_RUNNING: &str = "Một bản sao lưu đang được làm; hãy chờ nó xong rồi làm bản khác nếu còn cần.";
/// Time between two looks at whether one is due.
const PAUSE: Duration = Duration::from_secs(60);
/// Seconds until one is tried again that failed.
const RETRY: i64 = 60 * 60;
/// Lines of the page.
const SHOWN: usize = 30;

/// Backups as an operator sees them.
#[derive(Clone, Debug)]
pub struct BackupsView {
    /// The settings of the service; `None` where it makes none.
    pub plan: Option<PlanView>,
    /// The one that is being made: since when, and bytes that are written.
    pub running: Option<(String, u64)>,
    /// What was made and what failed, the newest first.
    pub lines: Vec<BackupShown>,
    /// Days since the newest that was verified.
    pub days: Option<i64>,
}

/// The settings of the service.
#[derive(Clone, Debug)]
pub struct PlanView {
    /// The folder.
    pub folder: String,
    /// Public keys.
    pub recipients: Vec<String>,
    /// Hours from one to the next.
    pub hours: u64,
}

/// One that was made, or failed.
#[derive(Clone, Debug)]
pub struct BackupShown {
    /// When it began.
    pub at: String,
    /// Days since then.
    pub days: i64,
    /// Where it is, how long, and whether it is still there.
    pub made: Option<(String, u64, bool)>,
    /// Why it failed.
    pub cause: Option<String>,
}

impl BackupShown {
    fn of(line: BackupLine, now: UtcTime) -> Self {
        let (at, days) = (in_vietnam(line.at), days_between(line.at, now));
        let (made, cause) = match line.outcome {
            BackupOutcome::Verified { file, bytes, .. } => {
                let is_there = fs::metadata(&file).is_ok_and(|about| about.len() == bytes);
                (Some((file.display().to_string(), bytes, is_there)), None)
            }
            BackupOutcome::Failed(cause) => (None, Some(cause)),
        };
        Self { at, days, made, cause }
    }
}

impl App {
    /// Makes a backup by the settings of the service, and thins older ones; `None` when one is being made already.
    ///
    /// # Errors
    /// One sentence, which the list of backups has too.
    #[boxed]
    pub async fn back_up(&self) -> Result<Option<Made>, AppError> {
        match self.backup_turn()? {
            Some(turn) => self.back_up_in(turn).await.map(Some),
            None => Ok(None),
        }
    }

    /// Nobody else makes a backup as long as the turn is held; `None` when one is being made already.
    fn backup_turn(&self) -> Result<Option<Turn>, AppError> {
        let plan = self.backups.as_ref().ok_or_else(|| AppError::Input(NOT_SET.to_owned()))?;
        Ok(plan.begin(self.now_text()?))
    }

    async fn back_up_in(&self, turn: Turn) -> Result<Made, AppError> {
        let (plan, at) = (turn.plan(), turn.at());
        let asked = Lock::recipients(&plan.recipients).map(|lock| Asked {
            place: Place::Folder(plan.folder.clone()),
            lock,
            at,
            least_step: SCHEMA,
        });
        sweep(&plan.folder);
        let made = match (asked, Snapshot::of(&self.store).await) {
            (Ok(asked), Ok(snapshot)) => make_of(snapshot, asked).await,
            (Err(cause), _) => Err(cause),
            (_, Err(cause)) => Err(cause.into()),
        };
        let outcome = outcome_of(&made);
        if let Some(data) = self.data_folder()
            && let Err(cause) = backups::add(data, BackupLine { at, outcome })
        {
            tracing::error!(%cause, "the list of backups could not be written");
        }
        match &made {
            Ok(made) => {
                tracing::info!(bytes = made.bytes, rows = made.rows, "a backup was made and read back");
                if let Err(cause) = thin(&plan.folder) {
                    tracing::warn!(%cause, "old backups could not be removed");
                }
            }
            Err(cause) => tracing::error!(%cause, "no backup was made"),
        }
        made
    }

    /// Makes backups on schedule while the service runs. Never ends by itself.
    pub async fn keep_backups(self) {
        if self.backups.is_none() {
            return;
        }
        loop {
            if self.is_backup_due() {
                // What went wrong stands in the list and in the service's log.
                drop(self.back_up().await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn is_backup_due(&self) -> bool {
        let (Some(plan), Some(data), Ok(now)) = (&self.backups, self.data_folder(), self.now_text()) else {
            return false;
        };
        let lines = backups::list(data).unwrap_or_default();
        let Some(last) = lines.last() else { return true };
        let every = i64::try_from(plan.every.as_secs()).unwrap_or(i64::MAX);
        let wait = match last.outcome {
            BackupOutcome::Verified { .. } => every,
            BackupOutcome::Failed(_) => every.min(RETRY),
        };
        // A clock that was wrong must not keep the next one away for years.
        last.at.seconds_until(now).abs() >= wait
    }

    /// Begins a backup that goes on when the page is left.
    ///
    /// # Errors
    /// When the caller may not, the form was sent before, the service makes no backups, or one is being made.
    #[boxed]
    pub async fn begin_backup(&self, ask: Ask<'_>) -> Result<(), AppError> {
        ask.caller.may(KEEPERS)?;
        let turn = self.backup_turn()?.ok_or_else(|| AppError::Input(IS_RUNNING.to_owned()))?;
        self.write_once(ask, |_| Box::pin(async { Ok(()) })).await?;
        let app = self.clone();
        tokio::spawn(async move { drop(app.back_up_in(turn).await) });
        Ok(())
    }

    /// What an operator sees.
    ///
    /// # Errors
    /// When the caller may not, or the list cannot be read.
    pub fn backups(&self, caller: &Caller) -> Result<BackupsView, AppError> {
        caller.may(KEEPERS)?;
        let now = self.now_text()?;
        let lines = self.data_folder().map(backups::list).transpose()?.unwrap_or_default();
        let days = backups::last_verified(&lines).map(|line| days_between(line.at, now));
        let plan = self.backups.as_ref().map(|plan| PlanView {
            folder: plan.folder.display().to_string(),
            recipients: plan.recipients.clone(),
            hours: plan.every.as_secs() / 3600,
        });
        let running = self.backups.as_ref().and_then(|plan| Some((in_vietnam(plan.running()?), written(&plan.folder))));
        let lines = lines.into_iter().rev().take(SHOWN).map(|line| BackupShown::of(line, now)).collect();
        Ok(BackupsView { plan, running, lines, days })
    }
}

/// Bytes of what is being written into a folder.
fn written(folder: &std::path::Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let parts = entries.filter(|entry| is_part(&entry.file_name().to_string_lossy()));
    parts.filter_map(|part| part.metadata().ok()).map(|about| about.len()).sum()
}
