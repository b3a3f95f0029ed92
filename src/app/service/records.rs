//! Every change of a record leaves its version and an entry of the council's log, in the transaction of the change.

use crate::service::error::AppError;
use domain::audit::canonical::to_text;
use domain::audit::event::council::RecordsRevised;
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::record::{Action, Revision, Subject, digest};
use store::{CouncilTx, logs, revisions};

/// What was done to records of one kind, recorded by one log entry.
#[derive(Debug)]
pub(crate) struct Revised {
    subject: Subject,
    action: Action,
    revisions: Vec<Revision>,
}

impl Revised {
    /// Nothing yet.
    pub(crate) const fn new(subject: Subject, action: Action) -> Self {
        Self { subject, action, revisions: Vec::new() }
    }

    /// One record, which is `value` now.
    ///
    /// # Errors
    /// When the value has no canonical text.
    pub(crate) fn one(
        subject: Subject,
        action: Action,
        record: impl ToString,
        version: u64,
        value: &impl serde::Serialize,
    ) -> Result<Self, AppError> {
        let mut revised = Self::new(subject, action);
        revised.add(record, version, value)?;
        Ok(revised)
    }

    /// One more record, which is `value` now.
    ///
    /// # Errors
    /// When the value has no canonical text.
    pub(crate) fn add(
        &mut self,
        record: impl ToString,
        version: u64,
        value: &impl serde::Serialize,
    ) -> Result<(), AppError> {
        let content = to_text(value).map_err(|e| AppError::internal("ghi lịch sử", e))?;
        let record = record.to_string();
        self.revisions.push(Revision { subject: self.subject, record, version, action: self.action, content });
        Ok(())
    }

    /// Writes versions and entry; nothing when there is no record.
    ///
    /// # Errors
    /// When a version does not continue its record, or the database refuses.
    pub(crate) async fn write(self, tx: &mut CouncilTx, at: UtcTime, actor: &Actor) -> Result<(), AppError> {
        let Self { subject, action, revisions } = self;
        if revisions.is_empty() {
            return Ok(());
        }
        let sha256 = digest(revisions.iter().map(|r| (r.record.as_str(), r.version, r.content.as_str())));
        let record = match revisions.as_slice() {
            [one] => Some(one.record.clone()),
            _ => None,
        };
        let records = u64::try_from(revisions.len()).unwrap_or(u64::MAX);
        let event = RecordsRevised { action, record, records, sha256, subject };
        let log = logs::own(tx).await?;
        let seq = tx.append(log, at, actor, &CouncilEvent::from(event)).await?;
        Ok(revisions::add(tx, seq, at, actor, &revisions).await?)
    }
}
