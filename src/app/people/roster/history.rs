//! What became of an entry of the roster: every version with who made it, when, and what it changed.

use super::{EDITORS, RosterEntry, missing};
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::error::AppError;
use domain::account::Account;
use domain::id::AccountId;
use domain::words::{FieldChange, Words, differences, filled};
use store::{accounts, revisions};

/// One version of an entry.
#[derive(Clone, Debug)]
pub struct Past {
    /// From 1.
    pub version: u64,
    /// What was done: `sửa`.
    pub action: &'static str,
    /// When, as pages write it.
    pub at: String,
    /// Who.
    pub by: String,
    /// What differs from the version before; of the first version all that it says.
    pub changes: Vec<FieldChange>,
}

/// Name and login of an account, for people; empty for none.
pub fn told_accounts(accounts: &[Account], id: Option<AccountId>) -> String {
    let found = id.and_then(|id| accounts.iter().find(|account| account.id == id));
    found.map_or_else(String::new, |account| format!("{} ({})", account.name, account.login))
}

impl App {
    /// Every version of an entry, the newest first.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn entry_history<E: RosterEntry>(&self, caller: &Caller, id: E::Id) -> Result<Vec<Past>, AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        let accounts = accounts::list(&mut tx).await?;
        let mut found = revisions::of_record(&mut tx, E::SUBJECT, &id.to_string()).await?;
        if found.is_empty() {
            return Err(missing::<E>());
        }
        found.reverse();
        let mut before: Option<Words> = None;
        let mut told = Vec::with_capacity(found.len());
        for past in found {
            let value: E =
                serde_json::from_str(&past.revision.content).map_err(|e| AppError::internal("đọc lịch sử", e))?;
            let words = value.words(&told_accounts(&accounts, value.account()));
            told.push(Past {
                version: past.revision.version,
                action: past.revision.action.label(),
                at: in_vietnam(past.at),
                by: past.by,
                changes: before.as_ref().map_or_else(|| filled(&words), |before| differences(before, &words)),
            });
            before = Some(words);
        }
        told.reverse();
        Ok(told)
    }
}
