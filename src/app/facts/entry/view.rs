//! A fact as its page shows it.

use jiff::civil::Date;

use super::{NOT_FOUND, tracked};
use crate::service::error::AppError;
use domain::audit::UtcTime;
use domain::fact::KeptFact;
use domain::fact_doubts::doubts;
use domain::fact_lines::{self, LineChange};
use domain::fact_state::{By, FactTransition, StepError};
use domain::id::{FactId, OfficialId};
use domain::record::{Action, Subject};
use store::facts::{self, StoredFact};
use store::{CouncilTx, revisions, roster};

/// An official whom facts may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Id of the official.
    pub id: OfficialId,
    /// Full name.
    pub name: String,
    /// Posts in one line.
    pub posts: String,
    /// Block of the ballot.
    pub block: String,
    /// Left out of what is prepared from now on: no new fact names them.
    pub withdrawn: bool,
}

/// Officials of the roster in the order of the list.
#[derive(Clone, Debug)]
pub(super) struct People(pub(super) Vec<Person>);

impl People {
    fn find(&self, id: OfficialId) -> Option<&Person> {
        self.0.iter().find(|person| person.id == id)
    }

    /// Full name; with the posts where another one has the same name.
    pub(super) fn name(&self, id: OfficialId) -> String {
        let Some(person) = self.find(id) else { return "người không còn trong danh sách".to_owned() };
        let is_one = self.0.iter().filter(|other| other.name == person.name).count() == 1;
        if is_one { person.name.clone() } else { format!("{} ({})", person.name, person.posts) }
    }

    /// Whether a fact that names `before` may name `id`.
    pub(super) fn may_be_named(&self, id: OfficialId, before: &[OfficialId]) -> bool {
        self.find(id).is_some_and(|person| !person.withdrawn || before.contains(&id))
    }
}

/// All officials of the roster.
pub(super) async fn people(tx: &mut CouncilTx) -> Result<People, AppError> {
    let person = |kept: roster::StoredOfficial| Person {
        id: kept.id,
        posts: kept.value.official.posts_text(),
        name: kept.value.official.name,
        block: kept.value.official.block.0,
        withdrawn: kept.value.withdrawn,
    };
    Ok(People(roster::officials(tx).await?.into_iter().map(person).collect()))
}

/// One version in a fact's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// From 1.
    pub version: u64,
    /// What was done.
    pub action: Action,
    /// When.
    pub at: UtcTime,
    /// Full name of the person who did it.
    pub by: String,
    /// What it changed in the version before.
    pub changes: Vec<LineChange>,
}

/// Everything about a fact.
#[derive(Clone, Debug)]
pub struct FactPage {
    /// The fact.
    pub stored: StoredFact,
    /// Whom it is about.
    pub officials: Vec<Person>,
    /// Its history, the newest version first.
    pub history: Vec<Past>,
    /// Why the caller may not verify it; `None` when that is possible.
    pub cannot_verify: Option<String>,
    /// Whether the caller verifies facts at all.
    pub is_verifier: bool,
    /// What a second person is asked about it.
    pub doubts: Vec<String>,
}

/// Reads the page of a fact for a person who is about to do something with it.
pub(super) async fn page(
    tx: &mut CouncilTx,
    id: FactId,
    (at, person): (UtcTime, By),
    is_verifier: bool,
    today: Date,
) -> Result<FactPage, AppError> {
    let stored = facts::find(tx, id).await?.ok_or(NOT_FOUND)?;
    let people = people(tx).await?;
    let past = revisions::of_record(tx, Subject::Fact, &id.to_string()).await?;
    let reason = |tried: Result<FactTransition, StepError>| tried.err().map(|error| error.to_string());
    let cannot_verify = if is_verifier {
        reason(tracked(&stored)?.verified(person, at))
    } else {
        Some("Việc đối chiếu dành cho vai trò Thường trực.".to_owned())
    };
    let officials = stored.kept.fact.officials.iter().filter_map(|id| people.find(*id).cloned()).collect();
    let doubts = doubts(&stored.kept.fact, today);
    Ok(FactPage { officials, history: history(past, &people)?, stored, cannot_verify, is_verifier, doubts })
}

fn history(past: Vec<revisions::Past>, people: &People) -> Result<Vec<Past>, AppError> {
    let read = |past: revisions::Past| {
        let kept = serde_json::from_str::<KeptFact>(&past.revision.content);
        kept.map(|kept| (past, kept)).map_err(|e| AppError::internal("đọc lịch sử", e))
    };
    let versions = past.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let before = versions.iter().skip(1).map(|(_, kept)| Some(&kept.fact)).chain([None]);
    let told = versions.iter().zip(before).map(|((past, kept), before)| Past {
        version: past.revision.version,
        action: past.revision.action,
        at: past.at,
        by: past.by.clone(),
        changes: before.map_or_else(Vec::new, |before| fact_lines::changes(before, &kept.fact, |id| people.name(id))),
    });
    Ok(told.collect())
}
