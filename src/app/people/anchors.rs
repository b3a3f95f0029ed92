//! A database that is not what the anchors beside the key say, or that has none, and two people who let the service go on with it.

use crate::people::clock::Proof;
use crate::service::anchors::{tag_logs_again, tag_rows_again};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::CouncilEvent;
use domain::audit::event::council::DatabaseAccepted;
use domain::id::CouncilId;
use domain::text::clean;
use macros::boxed;
use store::logs;

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

impl App {
    /// Writes into the installation's log that two people of `council` let the service go on with this database, and anchors
    /// it as it is. They vouch for all of it: also for the accounts, sessions and slips as they stand.
    ///
    /// # Errors
    /// When they are not two people of the office with the right passwords, there is no reason, or the database is what the
    /// anchors say.
    #[boxed]
    pub async fn accept_database(
        &self,
        council: CouncilId,
        (first, second): (Proof, Proof),
        reason: &str,
    ) -> Result<(), AppError> {
        let reason = clean(reason);
        if reason.is_empty() || reason.chars().count() > MAX_REASON {
            return Err(AppError::Input(format!("Hãy ghi lý do, không dài quá {MAX_REASON} ký tự.")));
        }
        let logs = self.logs_to_accept().await?;
        if logs.is_empty() {
            return Err(AppError::Input("Cơ sở dữ liệu khớp với điểm neo; không có gì phải xác nhận.".to_owned()));
        }
        let by = self.proved(council, first).await?;
        let proposed_by = self.proved(council, second).await?;
        if proposed_by.account == by.account {
            return Err(AppError::Input("Hai người phải là hai tài khoản khác nhau.".to_owned()));
        }
        let at = self.now_text()?;
        let told = CouncilEvent::from(DatabaseAccepted { logs, proposed_by, reason });
        self.store
            .write(CouncilId::INSTALLATION, move |tx| {
                Box::pin(async move {
                    let log = logs::own(tx).await?;
                    tx.append(log, at, &by, &told).await.map(drop)
                })
            })
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?;
        tag_logs_again(&self.store).await?;
        tag_rows_again(&self.store).await?;
        self.anchor_anew().await
    }
}
