//! Officials: the list in ballot order, and the page of each.

use askama::Template;

use super::{Listed, Pages, STATES, Wanted, changed, listed, parts, place};
use crate::field::{self, Field};
use crate::form::Form;
use crate::render::Page;
use app::people::roster::{Roster, StoredOfficial, StoredRecord, TypedOfficial, TypedPost};
use domain::id::OfficialId;
use domain::official::{Birth, Honorific};
use domain::roster::RosterOfficial;

/// A line of the list.
struct OfficialItem {
    id: OfficialId,
    /// Place among those that count; empty for who was withdrawn.
    place: String,
    name: String,
    posts: Vec<String>,
    block: String,
    fields: String,
    account: String,
    withdrawn: bool,
}

#[derive(Template)]
#[template(path = "roster/officials.html")]
struct List {
    lines: Vec<OfficialItem>,
    pages: Pages,
    total: usize,
    form: Form,
    blocks: Vec<(String, String)>,
    states: [(&'static str, &'static str); 2],
    is_filtered: bool,
}

/// A line of the table of posts.
struct PostRow {
    number: usize,
    title: String,
    elected_on: String,
    left_on: String,
    is_removed: bool,
}

#[derive(Template)]
#[template(path = "roster/official.html")]
struct Edit {
    id: Option<OfficialId>,
    title: String,
    withdrawn: bool,
    changed: String,
    form: Form,
    honorifics: Vec<(&'static str, &'static str)>,
    accounts: Vec<(String, String)>,
    posts: Vec<PostRow>,
    blocks: Vec<String>,
}

fn typed_posts(form: &Form) -> Vec<TypedPost> {
    let at = |field: Field<'_>, index: usize| form.all(field.name).get(index).cloned().unwrap_or_default();
    let post = |index: usize| TypedPost {
        title: at(field::POST_TITLE, index),
        elected_on: at(field::POST_FROM, index),
        left_on: at(field::POST_UNTIL, index),
        is_removed: form.has(field::POST_REMOVE.name, &(index + 1).to_string()),
    };
    (0..form.all(field::POST_TITLE.name).len()).map(post).collect()
}

/// Lines of the form, and one empty one more than there are.
fn post_rows(form: &Form) -> Vec<PostRow> {
    let is_filled =
        |post: &TypedPost| !(post.title.is_empty() && post.elected_on.is_empty() && post.left_on.is_empty());
    let mut posts: Vec<TypedPost> = typed_posts(form).into_iter().filter(is_filled).collect();
    posts.push(TypedPost::default());
    let row = |(number, post): (usize, TypedPost)| PostRow {
        number,
        title: post.title,
        elected_on: post.elected_on,
        left_on: post.left_on,
        is_removed: post.is_removed,
    };
    (1..).zip(posts).map(row).collect()
}

impl Listed for RosterOfficial {
    const LIST: &'static str = "/can-bo";
    const TITLE: &'static str = "Người được lấy phiếu";

    fn part(&self) -> &str {
        &self.official.block.0
    }

    fn searched(&self) -> Vec<&str> {
        let posts = self.official.posts.iter().map(|post| post.title.as_str());
        std::iter::once(self.official.name.as_str()).chain(posts).collect()
    }

    fn list(roster: &Roster<Self>, wanted: &Wanted) -> Page {
        let line = |kept: &StoredOfficial| {
            let official = &kept.value.official;
            let fields: Vec<&str> = official.fields.iter().map(|field| field.0.as_str()).collect();
            OfficialItem {
                id: kept.id,
                place: place(roster, kept.id),
                name: official.addressed(),
                posts: official.posts.iter().map(domain::official::Post::text).collect(),
                block: official.block.0.clone(),
                fields: fields.join("; "),
                account: roster.account_text(kept.value.account),
                withdrawn: kept.value.withdrawn,
            }
        };
        let (kept, pages) = listed(roster, wanted);
        Page::new(List {
            lines: kept.into_iter().map(line).collect(),
            pages,
            total: roster.all.len(),
            form: wanted.form(),
            blocks: parts(roster, "Mọi khối"),
            states: STATES,
            is_filtered: wanted.is_filtered(),
        })
    }

    fn typed(form: &Form) -> TypedOfficial {
        let value = |field: Field<'_>| form.value(field.name).to_owned();
        TypedOfficial {
            honorific: value(field::HONORIFIC),
            name: value(field::NAME),
            birth: value(field::BIRTH),
            posts: typed_posts(form),
            block: value(field::BLOCK),
            fields: value(field::FIELDS),
            retirement: value(field::RETIREMENT),
            account: value(field::ACCOUNT),
            place: value(field::RANK),
        }
    }

    fn form(kept: &StoredOfficial, place: Option<usize>) -> Form {
        let value = &kept.value;
        let official = &value.official;
        let fields: Vec<&str> = official.fields.iter().map(|field| field.0.as_str()).collect();
        let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
        let mut filled = vec![
            ("version", kept.version.to_string()),
            (field::HONORIFIC.name, official.honorific.code().to_owned()),
            (field::NAME.name, official.name.clone()),
            (field::BIRTH.name, official.birth.map(Birth::text).unwrap_or_default()),
            (field::BLOCK.name, official.block.0.clone()),
            (field::FIELDS.name, fields.join("\n")),
            (
                field::RETIREMENT.name,
                official.retirement_notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default(),
            ),
            (field::ACCOUNT.name, value.account.map(|id| id.to_string()).unwrap_or_default()),
            (field::RANK.name, place.map(|place| place.to_string()).unwrap_or_default()),
        ];
        let held = official.posts.iter().map(|post| (&post.title, post.elected_on, None));
        let former = value.former_posts.iter().map(|post| (&post.title, post.elected_on, Some(post.left_on)));
        for (title, from, until) in held.chain(former) {
            filled.extend([
                (field::POST_TITLE.name, title.clone()),
                (field::POST_FROM.name, day(from)),
                (field::POST_UNTIL.name, day(until)),
            ]);
        }
        Form::filled(filled)
    }

    fn page(roster: &Roster<Self>, kept: Option<&StoredRecord<OfficialId, Self>>, form: Form) -> Page {
        let mut blocks: Vec<String> = Vec::new();
        for kept in roster.counting() {
            if !blocks.contains(&kept.value.official.block.0) {
                blocks.push(kept.value.official.block.0.clone());
            }
        }
        Page::new(Edit {
            id: kept.map(|kept| kept.id),
            title: kept.map_or_else(|| "Thêm người được lấy phiếu".to_owned(), |kept| kept.value.official.addressed()),
            withdrawn: kept.is_some_and(|kept| kept.value.withdrawn),
            changed: changed(kept),
            honorifics: Honorific::ALL.iter().map(|honorific| (honorific.code(), honorific.label())).collect(),
            accounts: roster.offered(kept.map(|kept| kept.id)),
            posts: post_rows(&form),
            blocks,
            form,
        })
    }
}
