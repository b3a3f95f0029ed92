//! Delegates of the roster: what is typed of them.

use super::{Around, RosterEntry};
use crate::service::clock::{Chance, Clock};
use crate::service::error::{AppError, FieldError};
use domain::account::full_name;
use domain::id::{AccountId, DelegateId};
use domain::names::person_key;
use domain::record::Subject;
use domain::role::Role;
use domain::roster::{Delegate, RosterDelegate, name_key};
use domain::text::clean;
use domain::words::Words;
use store::roster::{self, StoredDelegate};
use store::{CouncilTx, StoreError};

/// Longest name of a group.
const MAX_GROUP_LETTERS: usize = 120;

/// A delegate as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedDelegate {
    /// Full name.
    pub name: String,
    /// Tổ đại biểu; empty when the council has none.
    pub group: String,
    /// Files the summary of the group's discussion.
    pub is_secretary: bool,
    /// Id of the account.
    pub account: String,
    /// Place in the list, from 1.
    pub place: String,
}

impl RosterEntry for RosterDelegate {
    type Id = DelegateId;
    type Typed = TypedDelegate;

    const SUBJECT: Subject = Subject::Delegate;
    const ROLE: Role = Role::Delegate;

    fn new_id(clock: &Clock, chance: &Chance) -> Result<DelegateId, AppError> {
        Ok(DelegateId::new(clock.now(), &chance.for_id()?))
    }

    async fn all(tx: &mut CouncilTx) -> Result<Vec<StoredDelegate>, StoreError> {
        roster::delegates(tx).await
    }

    async fn put(tx: &mut CouncilTx, kept: &StoredDelegate) -> Result<(), StoreError> {
        roster::put_delegate(tx, kept).await
    }

    fn read(typed: &TypedDelegate, around: Around<'_, Self>) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut say = |field, sentence: String| wrong.push(FieldError { field, sentence });
        let name = full_name(&typed.name).map_err(|e| say("name", e.to_string())).unwrap_or_default();
        let group = Some(clean(&typed.group)).filter(|group| !group.is_empty());
        if group.as_ref().is_some_and(|group| group.chars().count() > MAX_GROUP_LETTERS) {
            say("group", format!("Tên tổ không dài quá {MAX_GROUP_LETTERS} ký tự."));
        }
        let key = |name: &str, group: Option<&String>| (person_key(name), group.map(|group| name_key(group)));
        let own = key(&name, group.as_ref());
        let counting = || around.others.iter().map(|other| &other.value).filter(|other| !other.withdrawn);
        if counting().any(|other| key(&other.delegate.name, other.delegate.group.as_ref()) == own) {
            say(
                "name",
                format!(
                    "Đã có đại biểu {name} trong tổ này; nếu là hai người trùng tên, ghi thêm năm sinh sau họ tên."
                ),
            );
        }
        if typed.is_secretary {
            let of_group =
                |other: &&Self| other.is_secretary && other.delegate.group.as_ref().map(|g| name_key(g)) == own.1;
            if group.is_none() {
                say("group", "Thư ký tổ phải thuộc một tổ; hãy ghi tên tổ.".to_owned());
            } else if let Some(other) = counting().find(of_group) {
                say("group_secretary", format!("Tổ này đã có thư ký là {}; mỗi tổ một thư ký.", other.delegate.name));
            }
        }
        let account = around.account(&typed.account).map_err(|sentence| say("account", sentence));
        if !typed.place.trim().is_empty() && Self::typed_place(typed).is_none() {
            say("rank", "Thứ tự là một số từ 1.".to_owned());
        }
        let withdrawn = around.before.is_some_and(|before| before.withdrawn);
        match account {
            Ok(account) if wrong.is_empty() => {
                let is_secretary = typed.is_secretary;
                Ok(Self { account, delegate: Delegate { name, group }, is_secretary, position: 0, withdrawn })
            }
            _ => Err(wrong),
        }
    }

    fn typed_place(typed: &TypedDelegate) -> Option<usize> {
        typed.place.trim().parse().ok().filter(|place| *place > 0)
    }

    fn name(&self) -> &str {
        &self.delegate.name
    }

    fn account(&self) -> Option<AccountId> {
        self.account
    }

    fn with_account(self, account: Option<AccountId>) -> Self {
        Self { account, ..self }
    }

    fn position(&self) -> u32 {
        self.position
    }

    fn at(self, position: u32) -> Self {
        Self { position, ..self }
    }

    fn is_withdrawn(&self) -> bool {
        self.withdrawn
    }

    fn with_withdrawn(self, withdrawn: bool) -> Self {
        Self { withdrawn, ..self }
    }

    fn words(&self, account: &str) -> Words {
        self.words(account)
    }
}
