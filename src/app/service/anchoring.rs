//! Keeps the anchors of a running service, and the daily signatures of the councils' own logs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::service::anchors::{
    AnchorFile, compare, forged_rows, own, sign, tag_logs_again, tag_older_rows, was_served,
};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::council::AcceptedLog;
use domain::audit::merkle::empty_root;
use domain::audit::row_tag::TaggedTable;
use domain::audit::{Anchors, Tagged, UtcTime};
use domain::id::CouncilId;
use macros::boxed;
use store::{StoreError, log_tags, logs, row_tags};

/// Longest time between two looks at the logs of a running service.
const PAUSE: Duration = Duration::from_secs(60);
/// Seconds: longest time between two writings of the file, and between two signed heads of a council's log that grows.
const DAY: i64 = 24 * 60 * 60;

/// Why a running service stopped writing anchors.
#[derive(Default)]
struct Noticed(Mutex<Option<String>>);

/// The first row of an account, a session or a slip that the program did not write: its table, and login or id.
#[derive(Default)]
struct NoticedRows(Mutex<Option<(TaggedTable, String)>>);

impl App {
    /// The same with a file of anchors, which it keeps.
    pub(crate) fn with_anchors(self, file: AnchorFile) -> Self {
        Self { anchors: Some(Arc::new(file)), ..self }
    }

    /// Writes where the logs stand, if the database has what was anchored before. What it has not is remembered, told by
    /// [`App::check_ready`], and the file stays as it is.
    ///
    /// # Errors
    /// [`AppError::Anchors`], and when file or database do not answer.
    #[boxed]
    pub async fn anchor(&self) -> Result<(), AppError> {
        let Some(file) = &self.anchors else { return Ok(()) };
        let _turn = file.turn.lock().await;
        let outcome = self.anchor_now(file).await;
        let noticed = self.memory.of::<Noticed>();
        let mut noticed = noticed.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &outcome {
            Ok(()) => *noticed = None,
            Err(AppError::Anchors(sentence)) => {
                if noticed.is_none() {
                    tracing::error!(cause = %sentence, "the database is not what the anchors beside the key say");
                }
                *noticed = Some(sentence.clone());
            }
            Err(_) => {}
        }
        outcome
    }

    async fn anchor_now(&self, file: &AnchorFile) -> Result<(), AppError> {
        let before = file.read(&self.keys)?;
        let logs = match compare(&self.store, before.as_ref()).await? {
            Ok(logs) => logs,
            Err(differences) => return Err(AppError::Anchors(differences.sentence(file.path()))),
        };
        let at = self.now_text()?;
        let is_known = |before: Anchors| {
            before.tagged == Tagged::Rows && before.logs == logs && before.at.seconds_until(at).abs() < DAY
        };
        if before.is_some_and(is_known) {
            return Ok(());
        }
        file.sign_and_write(&self.keys, &Anchors { at, tagged: Tagged::Rows, logs })
    }

    /// Tags the logs, and the rows of accounts, sessions and slips, of an older program: of a schema that had no tags before it
    /// was upgraded from step `older`. Where the anchors say that all of them had tags, or one has one, what has none is of no
    /// older program, and stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn tag_older(&self, said: Option<Tagged>, older: Option<i64>) -> Result<(), AppError> {
        let is_before = |since| older.is_some_and(|step| step < since);
        if is_before(log_tags::SINCE) && said.is_none_or(|said| said < Tagged::Logs) {
            self.tag_older_logs().await?;
        }
        if is_before(row_tags::SINCE) && said.is_none_or(|said| said < Tagged::Rows) {
            tag_older_rows(&self.store).await?;
        }
        Ok(())
    }

    async fn tag_older_logs(&self) -> Result<(), AppError> {
        for row in self.store.read_installation().await? {
            let heads = logs::heads(&mut self.store.read(row.id()?).await?).await?;
            if heads.iter().any(|head| head.tag.is_some()) {
                return Ok(());
            }
        }
        tag_logs_again(&self.store).await
    }

    /// What is wrong with the anchors, if anything was noticed.
    pub(crate) fn check_anchors(&self) -> Result<(), AppError> {
        let noticed = self.memory.of::<Noticed>();
        let noticed = noticed.0.lock().unwrap_or_else(PoisonError::into_inner);
        noticed.clone().map_or(Ok(()), |sentence| Err(AppError::Anchors(sentence)))
    }

    /// Looks whether the program wrote every row that lets somebody in. Nobody is let in by another, so that the service goes on;
    /// the log of the service and [`App::check_ready`] tell.
    async fn look_at_rows(&self) -> Result<(), AppError> {
        let mut forged = forged_rows(&self.store).await?.into_iter().flat_map(|council| council.rows);
        let found = forged.next().map(|row| (row.table, row.login.unwrap_or(row.row)));
        let rows = self.memory.of::<NoticedRows>();
        let mut rows = rows.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some((table, row)), None) = (&found, &*rows) {
            let first = format!("{} {row}", table.name());
            tracing::error!(first, more = forged.count(), "there are rows that this program did not write");
        }
        *rows = found;
        Ok(())
    }

    /// What is wrong with the rows that let somebody in, if anything was noticed.
    pub(crate) fn check_rows(&self) -> Result<(), AppError> {
        let rows = self.memory.of::<NoticedRows>();
        let rows = rows.0.lock().unwrap_or_else(PoisonError::into_inner);
        match rows.clone() {
            Some((table, row)) => Err(StoreError::Forged { table, row }.into()),
            None => Ok(()),
        }
    }

    /// Logs that are others than the anchors say; where a database that was served before has no anchors, all of them.
    ///
    /// # Errors
    /// When file or database do not answer.
    pub(crate) async fn logs_to_accept(&self) -> Result<Vec<AcceptedLog>, AppError> {
        let Some(file) = &self.anchors else { return Ok(Vec::new()) };
        if let Some(before) = file.read(&self.keys)? {
            let differences = compare(&self.store, Some(&before)).await?.err();
            return Ok(differences.map(|differences| differences.accepted()).unwrap_or_default());
        }
        let mut all = Vec::new();
        if !was_served(&self.store).await? {
            return Ok(all);
        }
        for row in self.store.read_installation().await? {
            let heads = logs::heads(&mut self.store.read(row.id()?).await?).await?;
            all.extend(heads.into_iter().map(|log| AcceptedLog {
                anchored: 0,
                anchored_root: empty_root(),
                origin: log.head.origin.as_str().to_owned(),
                root: log.head.root,
                size: log.head.size,
            }));
        }
        Ok(all)
    }

    /// Writes where the logs stand, whatever was anchored before.
    ///
    /// # Errors
    /// When file or database do not answer.
    pub(crate) async fn anchor_anew(&self) -> Result<(), AppError> {
        let Some(file) = &self.anchors else { return Ok(()) };
        let _turn = file.turn.lock().await;
        if let Ok(logs) = compare(&self.store, None).await? {
            file.sign_and_write(&self.keys, &Anchors { at: self.now_text()?, tagged: Tagged::Rows, logs })?;
        }
        Ok(())
    }

    /// Signs the own log of every council, and of the installation, that grew since its newest signed head and was not signed
    /// for a day.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn sign_daily(&self) -> Result<(), AppError> {
        let at = self.now_text()?;
        for row in self.store.read_installation().await? {
            let council: CouncilId = row.id()?;
            if !self.is_due(council, at).await? {
                continue;
            }
            let keys = self.keys.clone();
            let signed = self.store.write(council, move |tx| {
                Box::pin(async move {
                    let Some(own) = own(tx, &keys).await? else { return Ok(()) };
                    let head = own.head.clone();
                    sign(tx, &keys, (&own, &head), logs::DAILY, at).await
                })
            });
            signed.await?;
        }
        Ok(())
    }

    async fn is_due(&self, council: CouncilId, at: UtcTime) -> Result<bool, AppError> {
        let mut tx = self.store.read(council).await?;
        let Some(own) = own(&mut tx, &self.keys).await? else { return Ok(false) };
        let (_, newest) = logs::signed(&mut tx).await?.get(&own.log).copied().unwrap_or_default();
        if own.head.size <= newest {
            return Ok(false);
        }
        let rows = logs::checkpoints(&mut tx, own.log).await?;
        let days = rows.iter().filter(|row| row.moment == logs::DAILY);
        let last: Option<UtcTime> = days.filter_map(|row| row.signed_at.parse().ok()).max();
        Ok(last.is_none_or(|last| last.seconds_until(at) >= DAY))
    }

    /// Keeps signatures and anchors while the service runs: after each signed head, and each minute. Never ends by itself.
    pub async fn keep_anchors(self) {
        let mut signed = self.store.signed();
        loop {
            signed.mark_unchanged();
            for kept in [self.sign_daily().await, self.anchor().await, self.look_at_rows().await] {
                match kept {
                    Ok(()) | Err(AppError::Anchors(_)) => {}
                    Err(cause) => tracing::warn!(%cause, "the anchors are not written"),
                }
            }
            if let Ok(Err(_)) = tokio::time::timeout(PAUSE, signed.changed()).await {
                // The writing task has ended: the service is stopping.
                return;
            }
        }
    }
}
