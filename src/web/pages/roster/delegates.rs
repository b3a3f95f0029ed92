//! Delegates: the list in the order of the sheet, and the page of each.

use askama::Template;

use super::{Listed, Pages, STATES, Wanted, changed, listed, parts, place};
use crate::field::{self, Field};
use crate::form::Form;
use crate::render::Page;
use app::people::roster::{Roster, StoredDelegate, StoredRecord, TypedDelegate};
use domain::id::DelegateId;
use domain::roster::RosterDelegate;

/// A line of the list.
struct DelegateItem {
    id: DelegateId,
    /// Place among those that count; empty for who left.
    place: String,
    name: String,
    group: String,
    is_secretary: bool,
    account: String,
    withdrawn: bool,
}

#[derive(Template)]
#[template(path = "roster/delegates.html")]
struct List {
    lines: Vec<DelegateItem>,
    pages: Pages,
    total: usize,
    form: Form,
    groups: Vec<(String, String)>,
    states: [(&'static str, &'static str); 2],
    is_filtered: bool,
}

#[derive(Template)]
#[template(path = "roster/delegate.html")]
struct Edit {
    id: Option<DelegateId>,
    title: String,
    withdrawn: bool,
    changed: String,
    form: Form,
    accounts: Vec<(String, String)>,
    groups: Vec<String>,
}

impl Listed for RosterDelegate {
    const LIST: &'static str = "/dai-bieu";
    const TITLE: &'static str = "Đại biểu";

    fn part(&self) -> &str {
        self.delegate.group.as_deref().unwrap_or_default()
    }

    fn searched(&self) -> Vec<&str> {
        vec![&self.delegate.name]
    }

    fn list(roster: &Roster<Self>, wanted: &Wanted) -> Page {
        let line = |kept: &StoredDelegate| DelegateItem {
            id: kept.id,
            place: place(roster, kept.id),
            name: kept.value.delegate.name.clone(),
            group: kept.value.part().to_owned(),
            is_secretary: kept.value.is_secretary,
            account: roster.account_text(kept.value.account),
            withdrawn: kept.value.withdrawn,
        };
        let (kept, pages) = listed(roster, wanted);
        Page::new(List {
            lines: kept.into_iter().map(line).collect(),
            pages,
            total: roster.all.len(),
            form: wanted.form(),
            groups: parts(roster, "Mọi tổ"),
            states: STATES,
            is_filtered: wanted.is_filtered(),
        })
    }

    fn typed(form: &Form) -> TypedDelegate {
        let value = |field: Field<'_>| form.value(field.name).to_owned();
        TypedDelegate {
            name: value(field::NAME),
            group: value(field::GROUP),
            is_secretary: form.has(field::GROUP_SECRETARY.name, "yes"),
            account: value(field::ACCOUNT),
            place: value(field::RANK),
        }
    }

    fn form(kept: &StoredDelegate, place: Option<usize>) -> Form {
        let mut filled = vec![
            ("version", kept.version.to_string()),
            (field::NAME.name, kept.value.delegate.name.clone()),
            (field::GROUP.name, kept.value.part().to_owned()),
            (field::ACCOUNT.name, kept.value.account.map(|id| id.to_string()).unwrap_or_default()),
            (field::RANK.name, place.map(|place| place.to_string()).unwrap_or_default()),
        ];
        if kept.value.is_secretary {
            filled.push((field::GROUP_SECRETARY.name, "yes".to_owned()));
        }
        Form::filled(filled)
    }

    fn page(roster: &Roster<Self>, kept: Option<&StoredRecord<DelegateId, Self>>, form: Form) -> Page {
        let named = parts(roster, "");
        Page::new(Edit {
            id: kept.map(|kept| kept.id),
            title: kept.map_or_else(|| "Thêm đại biểu".to_owned(), |kept| kept.value.delegate.name.clone()),
            withdrawn: kept.is_some_and(|kept| kept.value.withdrawn),
            changed: changed(kept),
            accounts: roster.offered(kept.map(|kept| kept.id)),
            groups: named.into_iter().map(|(name, _)| name).filter(|name| !name.is_empty()).collect(),
            form,
        })
    }
}
