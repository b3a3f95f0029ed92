//! The roster: officials and delegates of a council, kept for the whole term. Both are lists in an order of their own
//! whose entries are added, changed, moved, withdrawn and restored; what differs between them is in `officials` and
//! `delegates`.

mod delegates;
mod history;
mod links;
mod officials;

use std::fmt::Display;
use std::future::Future;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::{Chance, Clock, in_vietnam};
use crate::service::error::{AppError, Conflict, Difference, FieldError};
use crate::service::records::Revised;
use domain::account::{Account, AccountState};
use domain::audit::{Actor, UtcTime};
use domain::id::AccountId;
use domain::record::{Action, Subject};
use domain::role::Role;
use domain::text::fold;
use domain::words::{Words, differences};
use store::{CouncilTx, StoreError, accounts};

pub use delegates::TypedDelegate;
pub use history::{Past, told_accounts};
pub use links::{Link, Links};
pub use officials::{TypedOfficial, TypedPost};
pub use store::StoredRecord;
pub use store::roster::{StoredDelegate, StoredOfficial};

/// Roles that edit the roster.
pub const EDITORS: &[Role] = &[Role::Clerk, Role::Leader];

/// Somebody of the roster: an official or a delegate.
pub trait RosterEntry: Clone + Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static {
    /// Its id.
    type Id: Copy + Eq + Ord + Display + FromStr + Serialize + Send + Sync + 'static;
    /// As it was typed.
    type Typed: Send + 'static;

    /// What its record is of.
    const SUBJECT: Subject;
    /// The role of those who may sign in as such a person.
    const ROLE: Role;

    /// A new id.
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    fn new_id(clock: &Clock, chance: &Chance) -> Result<Self::Id, AppError>;

    /// All, in their order.
    fn all(tx: &mut CouncilTx) -> impl Future<Output = Result<Vec<StoredRecord<Self::Id, Self>>, StoreError>> + Send;

    /// Adds one, or writes it over the version before its own.
    fn put(
        tx: &mut CouncilTx,
        kept: &StoredRecord<Self::Id, Self>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What was typed, over what is stored.
    ///
    /// # Errors
    /// All that is wrong with it.
    fn read(typed: &Self::Typed, around: Around<'_, Self>) -> Result<Self, Vec<FieldError>>;

    /// The place in the list that was typed, from 1; `None` leaves it.
    fn typed_place(typed: &Self::Typed) -> Option<usize>;

    /// Full name.
    fn name(&self) -> &str;
    /// Whom the person signs in as.
    fn account(&self) -> Option<AccountId>;
    /// The same person, signing in as another account.
    #[must_use]
    fn with_account(self, account: Option<AccountId>) -> Self;
    /// Number in the order of the list.
    fn position(&self) -> u32;
    /// The same at another number.
    #[must_use]
    fn at(self, position: u32) -> Self;
    /// Whether it is withdrawn, and no longer counts.
    fn is_withdrawn(&self) -> bool;
    /// The same, withdrawn or not.
    #[must_use]
    fn with_withdrawn(self, withdrawn: bool) -> Self;
    /// In words.
    fn words(&self, account: &str) -> Words;
}

/// What an entry that was typed has to fit to.
#[derive(Debug)]
pub struct Around<'a, E: RosterEntry> {
    /// As it is stored; `None` for a new one.
    pub before: Option<&'a E>,
    /// All others.
    pub others: &'a [StoredRecord<E::Id, E>],
    /// Accounts of the council.
    pub accounts: &'a [Account],
}

impl<E: RosterEntry> Around<'_, E> {
    /// The account of this id in text, when nobody else of the list signs in as it.
    ///
    /// # Errors
    /// One sentence for the field `account`.
    fn account(&self, text: &str) -> Result<Option<AccountId>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let found = self.accounts.iter().find(|account| account.id.to_string() == text);
        let Some(account) = found.filter(|account| account.roles.has(E::ROLE)) else {
            return Err(format!("Hãy chọn một tài khoản có vai trò {} trong danh sách.", E::ROLE.label()));
        };
        let taken =
            |other: &&StoredRecord<E::Id, E>| other.value.account() == Some(account.id) && !other.value.is_withdrawn();
        match self.others.iter().find(taken) {
            Some(other) => {
                let name = other.value.name();
                Err(format!("Tài khoản «{}» đã gắn với {name}; mỗi tài khoản chỉ gắn với một người.", account.login))
            }
            None => Ok(Some(account.id)),
        }
    }
}

/// Which entries a list shows.
#[derive(Clone, Debug, Default)]
pub struct RosterFilter {
    /// Part of a name or a post, whatever its accents.
    pub text: String,
    /// The block of an official, the group of a delegate.
    pub part: String,
    /// Those that were withdrawn, instead of those that count.
    pub withdrawn: bool,
}

/// A list of the roster with what its pages need.
#[derive(Clone, Debug)]
pub struct Roster<E: RosterEntry> {
    /// All, in their order.
    pub all: Vec<StoredRecord<E::Id, E>>,
    /// Accounts of the council.
    pub accounts: Vec<Account>,
}

impl<E: RosterEntry> Roster<E> {
    /// Those that count, in their order.
    pub fn counting(&self) -> impl Iterator<Item = &StoredRecord<E::Id, E>> {
        self.all.iter().filter(|kept| !kept.value.is_withdrawn())
    }

    /// The place of one in the list, from 1; `None` when it was withdrawn.
    pub fn place(&self, id: E::Id) -> Option<usize> {
        self.counting().position(|kept| kept.id == id).map(|at| at + 1)
    }

    /// Name and login of an account; empty for none.
    pub fn account_text(&self, account: Option<AccountId>) -> String {
        told_accounts(&self.accounts, account)
    }

    /// Accounts that somebody of this list may sign in as: id and name. Those that others have are left out.
    pub fn offered(&self, of: Option<E::Id>) -> Vec<(String, String)> {
        let taken = |account: &Account| {
            self.counting().any(|kept| Some(kept.id) != of && kept.value.account() == Some(account.id))
        };
        let own = of.and_then(|id| self.all.iter().find(|kept| kept.id == id)?.value.account());
        let open = |account: &&Account| {
            let fits = account.roles.has(E::ROLE) && account.state == AccountState::Open && !taken(account);
            fits || own == Some(account.id)
        };
        let offer = |account: &Account| (account.id.to_string(), format!("{} ({})", account.name, account.login));
        std::iter::once((String::new(), "Chưa có tài khoản".to_owned()))
            .chain(self.accounts.iter().filter(open).map(offer))
            .collect()
    }
}

/// Whether a filter's text is found in any of these.
pub fn is_found<'t>(wanted: &str, mut texts: impl Iterator<Item = &'t str>) -> bool {
    let wanted = fold(wanted);
    wanted.is_empty() || texts.any(|text| fold(text).contains(&wanted))
}

fn missing<E: RosterEntry>() -> AppError {
    AppError::NotFound(E::SUBJECT.label())
}

/// Puts one of a list at a place (from 1) among those that count. They share out the numbers that they have, so that
/// only those who really move are changed. Gives the new numbers of all that change.
fn moved<I: Copy + Eq>(counting: &[(I, u32)], who: I, to: usize) -> Vec<(I, u32)> {
    let mut order: Vec<I> = counting.iter().map(|(id, _)| *id).filter(|id| *id != who).collect();
    order.insert(to.saturating_sub(1).min(order.len()), who);
    let numbers = counting.iter().map(|(_, number)| *number);
    let placed = order.into_iter().zip(numbers);
    placed.filter(|place| !counting.contains(place)).collect()
}

/// Writes roster entries as one person at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Pen {
    pub actor: Actor,
    pub at: UtcTime,
}

impl Pen {
    /// The next version of an entry.
    pub(crate) fn next<E: RosterEntry>(&self, kept: &StoredRecord<E::Id, E>, value: E) -> StoredRecord<E::Id, E> {
        self.kept(kept.id, value, kept.version + 1)
    }

    /// An entry at a version.
    pub(crate) fn kept<E: RosterEntry>(&self, id: E::Id, value: E, version: u64) -> StoredRecord<E::Id, E> {
        StoredRecord { id, value, version, changed_at: self.at, changed_by: self.actor.name.clone() }
    }

    /// Writes entries with their versions and one entry of the log.
    pub(crate) async fn write<E: RosterEntry>(
        &self,
        tx: &mut CouncilTx,
        action: Action,
        entries: &[StoredRecord<E::Id, E>],
    ) -> Result<(), AppError> {
        let mut revised = Revised::new(E::SUBJECT, action);
        for kept in entries {
            E::put(tx, kept).await?;
            revised.add(kept.id, kept.version, &kept.value)?;
        }
        revised.write(tx, self.at, &self.actor).await
    }
}

fn conflict<E: RosterEntry>(stored: &StoredRecord<E::Id, E>, typed: &E, accounts: &[Account]) -> Conflict {
    let words = |value: &E| value.words(&told_accounts(accounts, value.account()));
    let told = |change: domain::words::FieldChange| {
        let label = words(typed).iter().map(|(label, _)| *label).find(|label| *label == change.label);
        Difference { label: label.unwrap_or_default(), stored: change.before, typed: change.after }
    };
    Conflict {
        what: E::SUBJECT.label(),
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: differences(&words(&stored.value), &words(typed)).into_iter().map(told).collect(),
    }
}

/// Numbers of those that count.
fn counting<E: RosterEntry>(all: &[StoredRecord<E::Id, E>]) -> Vec<(E::Id, u32)> {
    let kept = all.iter().filter(|kept| !kept.value.is_withdrawn());
    kept.map(|kept| (kept.id, kept.value.position())).collect()
}

/// The next number of a list.
fn last<E: RosterEntry>(all: &[StoredRecord<E::Id, E>]) -> u32 {
    all.iter().map(|kept| kept.value.position()).max().unwrap_or(0)
}

/// The entries that get new numbers, in their next version.
fn renumbered<E: RosterEntry>(
    all: &[StoredRecord<E::Id, E>],
    numbers: &[(E::Id, u32)],
    pen: &Pen,
) -> Vec<StoredRecord<E::Id, E>> {
    let next = |(id, number): &(E::Id, u32)| {
        let kept = all.iter().find(|kept| kept.id == *id)?;
        Some(pen.next(kept, kept.value.clone().at(*number)))
    };
    numbers.iter().filter_map(next).collect()
}

impl App {
    fn pen(&self, ask: Ask<'_>) -> Result<Pen, AppError> {
        Ok(Pen { actor: ask.caller.may(EDITORS)?, at: self.now_text()? })
    }

    /// A list of the roster.
    ///
    /// # Errors
    /// When the caller does not keep it.
    pub async fn roster<E: RosterEntry>(&self, caller: &Caller) -> Result<Roster<E>, AppError> {
        caller.may(EDITORS)?;
        let mut tx = self.store.read(caller.council).await?;
        Ok(Roster { all: E::all(&mut tx).await?, accounts: accounts::list(&mut tx).await? })
    }

    /// Adds somebody at the end of the list, or at the place that was typed.
    ///
    /// # Errors
    /// When fields are wrong.
    pub async fn add_entry<E: RosterEntry>(&self, ask: Ask<'_>, typed: E::Typed) -> Result<E::Id, AppError> {
        let (pen, id) = (self.pen(ask)?, E::new_id(&self.clock, &self.chance)?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let (all, accounts) = (E::all(tx).await?, accounts::list(tx).await?);
                let around = Around { before: None, others: &all, accounts: &accounts };
                let value = E::read(&typed, around).map_err(|fields| AppError::Fields { fields })?;
                let number = last(&all).saturating_add(1);
                let mut numbers = counting(&all);
                numbers.push((id, number));
                let to = E::typed_place(&typed).unwrap_or(numbers.len());
                let mut numbers = moved(&numbers, id, to);
                let own = numbers.iter().position(|(other, _)| *other == id).map(|at| numbers.swap_remove(at));
                let added = pen.kept(id, value.at(own.map_or(number, |(_, number)| number)), 1);
                pen.write(tx, Action::Added, &[added]).await?;
                pen.write(tx, Action::Changed, &renumbered(&all, &numbers, &pen)).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Writes what was typed over what is stored. Nothing is written when nothing differs.
    ///
    /// # Errors
    /// When fields are wrong, or somebody else changed the entry since `version`.
    pub async fn change_entry<E: RosterEntry>(
        &self,
        ask: Ask<'_>,
        id: E::Id,
        version: u64,
        typed: E::Typed,
    ) -> Result<(), AppError> {
        let pen = self.pen(ask)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let (mut others, accounts) = (E::all(tx).await?, accounts::list(tx).await?);
                let all = others.clone();
                let at = others.iter().position(|kept| kept.id == id).ok_or_else(missing::<E>)?;
                let before = others.remove(at);
                let around = Around { before: Some(&before.value), others: &others, accounts: &accounts };
                let value = E::read(&typed, around).map_err(|fields| AppError::Fields { fields })?;
                let mut numbers = match E::typed_place(&typed) {
                    Some(to) if !before.value.is_withdrawn() => moved(&counting(&all), id, to),
                    _ => Vec::new(),
                };
                let own = numbers.iter().position(|(other, _)| *other == id).map(|at| numbers.swap_remove(at));
                let value = value.at(own.map_or(before.value.position(), |(_, number)| number));
                if before.version != version {
                    return Err(AppError::Stale(conflict(&before, &value, &accounts)));
                }
                let mut changed = renumbered(&all, &numbers, &pen);
                if value != before.value {
                    changed.push(pen.next(&before, value));
                }
                pen.write(tx, Action::Changed, &changed).await
            })
        })
        .await
    }

    /// Moves somebody one place up or down the list.
    ///
    /// # Errors
    /// When there is nobody of that id, or the person was withdrawn.
    pub async fn move_entry<E: RosterEntry>(&self, ask: Ask<'_>, id: E::Id, is_up: bool) -> Result<(), AppError> {
        let pen = self.pen(ask)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let all = E::all(tx).await?;
                let numbers = counting(&all);
                let place = numbers.iter().position(|(other, _)| *other == id).ok_or_else(missing::<E>)? + 1;
                let to = if is_up { place.saturating_sub(1).max(1) } else { place + 1 };
                pen.write(tx, Action::Changed, &renumbered(&all, &moved(&numbers, id, to), &pen)).await
            })
        })
        .await
    }

    /// Takes somebody out of all that is prepared from now on, or back in.
    ///
    /// # Errors
    /// When there is nobody of that id.
    pub async fn set_withdrawn<E: RosterEntry>(
        &self,
        ask: Ask<'_>,
        id: E::Id,
        withdrawn: bool,
    ) -> Result<(), AppError> {
        let pen = self.pen(ask)?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let all = E::all(tx).await?;
                let kept = all.iter().find(|kept| kept.id == id).ok_or_else(missing::<E>)?;
                if kept.value.is_withdrawn() == withdrawn {
                    return Ok(());
                }
                let taken = |other: &StoredRecord<E::Id, E>| {
                    other.value.account() == kept.value.account() && !other.value.is_withdrawn()
                };
                let mut value = kept.value.clone().with_withdrawn(withdrawn);
                // While the person was away, somebody else may have come to sign in as that account.
                if !withdrawn && value.account().is_some() && all.iter().any(taken) {
                    value = value.with_account(None);
                }
                let action = if withdrawn { Action::Withdrawn } else { Action::Restored };
                pen.write(tx, action, &[pen.next(kept, value)]).await
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_moves_shares_out_the_numbers_of_those_that_count() {
        // Number 3 belongs to somebody who was withdrawn.
        let list = [('a', 1), ('b', 2), ('c', 4), ('d', 5)];
        assert_eq!(moved(&list, 'c', 2), [('c', 2), ('b', 4)]);
        assert_eq!(moved(&list, 'a', 4), [('b', 1), ('c', 2), ('d', 4), ('a', 5)]);
        assert_eq!(moved(&list, 'b', 2), []);
        assert_eq!(moved(&list, 'd', 99), []);
        assert_eq!(moved(&list, 'b', 0), [('b', 1), ('a', 2)]);
    }
}
