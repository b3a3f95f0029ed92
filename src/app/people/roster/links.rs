//! Accounts and people of the same full name, linked in one go.

use serde::Serialize;

use super::{EDITORS, Pen, Roster, RosterEntry};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::account::{Account, AccountState};
use domain::audit::Digest;
use domain::names::person_key;
use domain::record::Action;
use domain::roster::{RosterDelegate, RosterOfficial};
use macros::boxed;
use store::{CouncilTx, accounts};

/// Somebody of the roster and the account of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Id of the person.
    pub person: String,
    /// What the person is.
    pub part: &'static str,
    /// Full name.
    pub name: String,
    /// Id of the account.
    pub account: String,
    /// Its login.
    pub login: String,
}

/// All links that could be made, and what stays open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// One account for one person, by name.
    pub found: Vec<Link>,
    /// Names that several people or several accounts bear: to be linked by hand.
    pub doubtful: Vec<String>,
    /// People without an account of their name.
    pub alone: usize,
}

impl Links {
    /// The hash of what was shown: only that is done.
    pub fn seen(&self) -> String {
        let ids: String = self.found.iter().map(|link| format!("{} {}\n", link.person, link.account)).collect();
        Digest::of(ids.as_bytes()).to_string()
    }

    fn add<E: RosterEntry>(&mut self, roster: &Roster<E>) -> Vec<(E::Id, Account)> {
        let unlinked: Vec<_> = roster.counting().filter(|kept| kept.value.account().is_none()).collect();
        let is_free = |account: &&Account| {
            let taken = roster.counting().any(|kept| kept.value.account() == Some(account.id));
            account.roles.has(E::ROLE) && account.state == AccountState::Open && !taken
        };
        let free: Vec<&Account> = roster.accounts.iter().filter(is_free).collect();
        let mut made = Vec::new();
        for kept in &unlinked {
            let key = person_key(kept.value.name());
            let people = unlinked.iter().filter(|other| person_key(other.value.name()) == key).count();
            let fitting: Vec<&&Account> = free.iter().filter(|account| person_key(&account.name) == key).collect();
            match (fitting.as_slice(), people) {
                ([], _) => self.alone += 1,
                ([account], 1) => {
                    self.found.push(Link {
                        person: kept.id.to_string(),
                        part: E::SUBJECT.label(),
                        name: kept.value.name().to_owned(),
                        account: account.id.to_string(),
                        login: account.login.to_string(),
                    });
                    made.push((kept.id, (**account).clone()));
                }
                _ => {
                    let name = kept.value.name().to_owned();
                    if !self.doubtful.contains(&name) {
                        self.doubtful.push(name);
                    }
                }
            }
        }
        made
    }
}

/// Makes the links of one list, and adds them to what was found.
async fn make<E: RosterEntry>(
    tx: &mut CouncilTx,
    roster: &Roster<E>,
    made: Vec<(E::Id, Account)>,
    pen: &Pen,
) -> Result<(), AppError> {
    let linked = |(id, account): (E::Id, Account)| {
        let kept = roster.all.iter().find(|kept| kept.id == id)?;
        Some(pen.next(kept, kept.value.clone().with_account(Some(account.id))))
    };
    let linked: Vec<_> = made.into_iter().filter_map(linked).collect();
    pen.write(tx, Action::Changed, &linked).await
}

impl App {
    /// Accounts that could be linked to people by their names.
    ///
    /// # Errors
    /// When the caller does not keep the roster.
    #[boxed]
    pub async fn links(&self, caller: &Caller) -> Result<Links, AppError> {
        caller.may(EDITORS)?;
        let mut links = Links::default();
        links.add(&self.roster::<RosterOfficial>(caller).await?);
        links.add(&self.roster::<RosterDelegate>(caller).await?);
        Ok(links)
    }

    /// Makes the links that were `seen`, and says how many; nothing when others would be made by now.
    ///
    /// # Errors
    /// When what would be done is not what was seen.
    #[boxed]
    pub async fn link(&self, ask: Ask<'_>, seen: String) -> Result<usize, AppError> {
        let pen = self.pen(ask)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let accounts = accounts::list(tx).await?;
                let officials = Roster { all: RosterOfficial::all(tx).await?, accounts: accounts.clone() };
                let delegates = Roster { all: RosterDelegate::all(tx).await?, accounts };
                let mut links = Links::default();
                let of_officials = links.add(&officials);
                let of_delegates = links.add(&delegates);
                if links.seen() != seen {
                    let sentence = "Danh sách hoặc tài khoản vừa thay đổi; hãy xem lại các cặp dưới đây rồi xác nhận.";
                    return Err(AppError::Input(sentence.to_owned()));
                }
                make(tx, &officials, of_officials, &pen).await?;
                make(tx, &delegates, of_delegates, &pen).await?;
                Ok(links.found.len())
            })
        })
        .await
    }
}
