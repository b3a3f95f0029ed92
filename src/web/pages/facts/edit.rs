//! The form in which a fact is entered and changed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use super::{LIST, kinds, read_fact};
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::field::{self, Field};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::facts::entry::{FactChoices, Person};
use app::{AppError, Caller};
use domain::fact::{Fact, Status};
use domain::fact_typed::TypedFact;
use domain::id::OfficialId;

/// Officials of one block, to tick.
pub(super) struct BlockOfPeople {
    pub block: String,
    pub people: Vec<Person>,
}

/// What the fields of the form can choose from.
pub(super) struct Choices {
    pub blocks: Vec<BlockOfPeople>,
    pub fields: Vec<String>,
    pub kinds: Vec<(&'static str, &'static str)>,
    pub periods: [(&'static str, &'static str); 3],
    pub statuses: Vec<(&'static str, &'static str)>,
}

impl Choices {
    /// Of officials who were left out, those alone whom the fact names already.
    pub(super) fn new((choices, people): (FactChoices, Vec<Person>), named: &[OfficialId]) -> Self {
        let mut blocks: Vec<BlockOfPeople> = Vec::new();
        for person in people.into_iter().filter(|person| !person.withdrawn || named.contains(&person.id)) {
            match blocks.iter_mut().find(|block| block.block == person.block) {
                Some(block) => block.people.push(person),
                None => blocks.push(BlockOfPeople { block: person.block.clone(), people: vec![person] }),
            }
        }
        let statuses = Status::ALL.into_iter().map(|status| (status.code(), status.label()));
        Self {
            blocks,
            fields: choices.fields,
            kinds: kinds("Chọn loại"),
            periods: [("year", "Cả một năm"), ("day", "Một ngày"), ("span", "Từ ngày đến ngày")],
            statuses: std::iter::once(("", "Không có")).chain(statuses).collect(),
        }
    }
}

/// What was typed.
/// Value of the box of [`field::LOWER`].
const LOWER: &str = "1";

pub(super) fn typed(form: &Form) -> TypedFact {
    let text = |field: Field<'_>| form.value(field.name).to_owned();
    TypedFact {
        officials: form.all(field::OFFICIALS.name).to_vec(),
        field: text(field::FIELD),
        kind: text(field::KIND),
        period: text(field::PERIOD),
        year: text(field::YEAR),
        from: text(field::FROM),
        to: text(field::TO),
        text: text(field::TEXT),
        planned: text(field::PLANNED),
        actual: text(field::ACTUAL),
        unit: text(field::UNIT),
        lower_is_better: form.has(field::LOWER.name, LOWER),
        status: text(field::STATUS),
        due: text(field::DUE),
        source_number: text(field::SOURCE_NUMBER),
        source_date: text(field::SOURCE_DATE),
        source_issuer: text(field::SOURCE_ISSUER),
        source_page: text(field::SOURCE_PAGE),
    }
}

fn filled(typed: TypedFact, version: Option<u64>) -> Form {
    let officials = typed.officials.into_iter().map(|id| (field::OFFICIALS.name, id));
    let others = [
        (field::FIELD.name, typed.field),
        (field::KIND.name, typed.kind),
        (field::PERIOD.name, typed.period),
        (field::YEAR.name, typed.year),
        (field::FROM.name, typed.from),
        (field::TO.name, typed.to),
        (field::TEXT.name, typed.text),
        (field::PLANNED.name, typed.planned),
        (field::ACTUAL.name, typed.actual),
        (field::UNIT.name, typed.unit),
        (field::STATUS.name, typed.status),
        (field::DUE.name, typed.due),
        (field::SOURCE_NUMBER.name, typed.source_number),
        (field::SOURCE_DATE.name, typed.source_date),
        (field::SOURCE_ISSUER.name, typed.source_issuer),
        (field::SOURCE_PAGE.name, typed.source_page),
    ];
    let lower = typed.lower_is_better.then(|| (field::LOWER.name, LOWER.to_owned()));
    let version = version.map(|version| ("version", version.to_string()));
    Form::filled(officials.chain(others).chain(lower).chain(version))
}

/// The form of a fact that is there, at its version.
pub(super) fn stored_form(fact: &Fact<OfficialId>, version: u64) -> Form {
    filled(TypedFact::of(fact), Some(version))
}

#[derive(Template)]
#[template(path = "facts/new.html")]
struct New {
    form: Form,
    choices: Choices,
}

async fn new_page(site: &Site, caller: &Caller, form: Form) -> Result<Page, AppError> {
    let choices = Choices::new(site.app.fact_choices(caller).await?, &[]);
    Ok(Page::new(New { form, choices }))
}

/// `/du-kien/moi?tu=<fact>`: what the next fact out of the same paper has in common with that one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Like {
    #[serde(rename = "tu")]
    fact: String,
}

/// `GET /du-kien/moi`
pub async fn new(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Query(like): Query<Like>) -> Answer<Page> {
    let form = if like.fact.is_empty() {
        Form::filled([("period", "year".to_owned())])
    } else {
        let page = site.app.fact(&caller, read_fact(&like.fact)?).await?;
        filled(TypedFact::of(&page.stored.kept.fact).next(), None)
    };
    Ok(new_page(&site, &caller, form).await?)
}

/// `POST /du-kien/moi`: with the second button leads to the form again, for the next fact out of the same paper.
pub async fn enter(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let wants_another = form.value("then") == "another";
    let entered = site.app.enter_fact(form.ask(&caller)?, typed(&form)).await;
    Ok(match form.sent(entered)? {
        Sent::Done(id) if wants_another => Done::FactEntered.at(&format!("{LIST}/moi?tu={id}")).into_response(),
        Sent::Done(id) => Done::FactEntered.at(&format!("{LIST}/{id}")).into_response(),
        Sent::Repeated => Done::FactEntered.at(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            new_page(&site, &caller, form).await?.with_status(status).into_response()
        }
    })
}
