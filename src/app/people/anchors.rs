//! A database that is not what the anchors beside the key say, or that has none, and two people who let the service go on with it.

use crate::people::clock::Proof;
use crate::service::anchors::{
    ForgedRows, LoggedAccounts, forged_rows, logged_accounts, tag_logs_again, vouch_for_rows,
};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::CouncilEvent;
use domain::audit::event::council::{AcceptedAccount, DatabaseAccepted};
use domain::id::{AccountId, CouncilId};
use domain::text::clean;
use macros::boxed;
use store::row_tags::ForgedRow;
use store::{StoreError, logs};

/// Accounts of a council whose rows the program did not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgedAccounts {
    /// Name of the council.
    pub council: String,
    /// Two people can have them put back to what the log says.
    pub accounts: Vec<AcceptedAccount>,
    /// Logins that the log does not know, or not by this account's id: nobody can vouch for them.
    pub strange: Vec<String>,
}

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

impl App {
    /// Writes into the installation's log that two people of `council` let the service go on with this database, and anchors
    /// it as it is. Accounts that the program did not write are put back to what their council's log says and lose their passwords;
    /// each is named in the entry. Sessions and slips that the program did not write are gone.
    ///
    /// # Errors
    /// When they are not two people of the office with the right passwords, there is no reason, the database is what the
    /// anchors say and the program wrote its rows, or a log that says what an account was cannot be read.
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
        let (logs, forged) = (self.logs_to_accept().await?, forged_rows(&self.store).await?);
        if logs.is_empty() && forged.is_empty() {
            let nothing = "Cơ sở dữ liệu khớp với điểm neo và mọi dòng do chương trình ghi; không có gì phải xác nhận.";
            return Err(AppError::Input(nothing.to_owned()));
        }
        let logged = logged_accounts(&self.store, &forged).await?;
        let accounts = forged.iter().map(|of| Ok(accounts_of(of, &logged)?.accounts));
        let accounts: Vec<AcceptedAccount> = accounts.collect::<Result<Vec<_>, AppError>>()?.concat();
        let by = self.proved(council, first).await?;
        let proposed_by = self.proved(council, second).await?;
        if proposed_by.account == by.account {
            return Err(AppError::Input("Hai người phải là hai tài khoản khác nhau.".to_owned()));
        }
        let at = self.now_text()?;
        if !(logs.is_empty() && accounts.is_empty()) {
            let accounts = Some(accounts).filter(|accounts| !accounts.is_empty());
            let told = CouncilEvent::from(DatabaseAccepted { accounts, logs, proposed_by, reason });
            let written = self.store.write(CouncilId::INSTALLATION, move |tx| {
                Box::pin(async move {
                    let log = logs::own(tx).await?;
                    tx.append(log, at, &by, &told).await.map(drop)
                })
            });
            written.await.map_err(|error: StoreError| AppError::from(error))?;
        }
        tag_logs_again(&self.store).await?;
        vouch_for_rows(&self.store, logged).await?;
        self.anchor_anew().await
    }

    /// Accounts whose rows the program did not write, by council: nobody signs in with them, and two people can vouch for them.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn forged_accounts(&self) -> Result<Vec<ForgedAccounts>, AppError> {
        let forged = forged_rows(&self.store).await?;
        let logged = logged_accounts(&self.store, &forged).await?;
        let mut found = forged.iter().map(|of| accounts_of(of, &logged)).collect::<Result<Vec<_>, _>>()?;
        found.retain(|of| !(of.accounts.is_empty() && of.strange.is_empty()));
        Ok(found)
    }
}

/// The accounts among rows that the program did not write, by their names to sign in with.
fn accounts_of(
    ForgedRows { council, name, rows }: &ForgedRows,
    logged: &LoggedAccounts,
) -> Result<ForgedAccounts, AppError> {
    let mut found = ForgedAccounts { council: name.clone(), accounts: Vec::new(), strange: Vec::new() };
    for ForgedRow { row, login, .. } in rows {
        let Some(login) = login.clone() else { continue };
        let account: AccountId = row.parse().map_err(|e| AppError::internal("đọc tài khoản", e))?;
        let said = logged.get(council).and_then(|accounts| accounts.get(&account));
        if said.is_some_and(|said| said.login == login) {
            found.accounts.push(AcceptedAccount { account, council: *council, login });
        } else {
            found.strange.push(login);
        }
    }
    found.accounts.sort_by(|one, other| one.login.cmp(&other.login));
    found.strange.sort();
    Ok(found)
}
