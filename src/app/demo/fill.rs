//! Writes a whole book into a council at once, without forms: for the demo, and as data for benches.

use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::records::Revised;
use domain::audit::{Actor, UtcTime};
use domain::book::Book;
use domain::fact::{FactState, KeptFact};
use domain::fact_state::By;
use domain::id::{AccountId, CouncilId, DelegateId, FactId, OfficialId};
use domain::record::{Action, Subject};
use domain::role::Role;
use domain::roster::{RosterDelegate, RosterOfficial};
use macros::boxed;
use store::StoredRecord;
use store::facts::StoredFact;
use store::roster::{StoredDelegate, StoredOfficial};
use store::{CouncilTx, facts, roster};

/// Accounts of the people in a book, by their places in it.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// Of officials.
    pub officials: Vec<Option<AccountId>>,
    /// Of delegates.
    pub delegates: Vec<Option<AccountId>>,
}

/// Ids of what was filled in, by places in the book.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Of officials.
    pub officials: Vec<OfficialId>,
    /// Of delegates.
    pub delegates: Vec<DelegateId>,
    /// Of facts.
    pub facts: Vec<FactId>,
}

/// One fact in this many is left unverified, so that there is something to check.
const WAITING: usize = 25;

/// Everything that is to be written.
struct Records {
    officials: Vec<StoredOfficial>,
    delegates: Vec<StoredDelegate>,
    facts: Vec<StoredFact>,
}

impl App {
    /// Writes roster and facts of `book` into a council that has none, as the program itself.
    ///
    /// # Errors
    /// When the database refuses.
    #[boxed]
    pub async fn fill(&self, council: CouncilId, book: &Book, links: &Links) -> Result<Filled, AppError> {
        let at = self.now_text()?;
        let actor = Actor { account: None, name: "tinnhiem".to_owned(), role: Role::Program };
        let officials = self.officials_of(book, links, at, &actor)?;
        let ids: Vec<OfficialId> = officials.iter().map(|kept| kept.id).collect();
        let records = Records {
            delegates: self.delegates_of(book, links, at, &actor)?,
            facts: self.facts_of(book, &ids, at, &actor)?,
            officials,
        };
        let filled = Filled {
            officials: ids,
            delegates: records.delegates.iter().map(|kept| kept.id).collect(),
            facts: records.facts.iter().map(|fact| fact.id).collect(),
        };
        self.store.write(council, move |tx| Box::pin(async move { write(tx, &records, at, &actor).await })).await?;
        Ok(filled)
    }

    /// `count` ids in ascending order: rows that are listed by id then keep the order of the book.
    fn ascending<I: Ord>(
        &self,
        count: usize,
        new: impl Fn(jiff::Timestamp, &[u8; 10]) -> I,
    ) -> Result<Vec<I>, AppError> {
        let now = self.clock.now();
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            ids.push(new(now, &self.chance.for_id()?));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    fn officials_of(
        &self,
        book: &Book,
        links: &Links,
        at: UtcTime,
        actor: &Actor,
    ) -> Result<Vec<StoredOfficial>, AppError> {
        let ids = self.ascending(book.officials.len(), OfficialId::new)?;
        let kept = |((place, official), id)| {
            let value = RosterOfficial {
                account: links.officials.get(place).copied().flatten(),
                former_posts: Vec::new(),
                official: Clone::clone(official),
                position: u32::try_from(place + 1).unwrap_or(u32::MAX),
                withdrawn: false,
            };
            StoredRecord { id, value, version: 1, changed_at: at, changed_by: actor.name.clone() }
        };
        Ok(book.officials.iter().enumerate().zip(ids).map(kept).collect())
    }

    fn delegates_of(
        &self,
        book: &Book,
        links: &Links,
        at: UtcTime,
        actor: &Actor,
    ) -> Result<Vec<StoredDelegate>, AppError> {
        let ids = self.ascending(book.delegates.len(), DelegateId::new)?;
        let kept = |((place, delegate), id): ((usize, &domain::roster::Delegate), _)| {
            // The first delegate of each group is its secretary.
            let earlier = book.delegates.iter().take(place);
            let is_first = earlier.filter(|other| other.group == delegate.group).count() == 0;
            let value = RosterDelegate {
                account: links.delegates.get(place).copied().flatten(),
                is_secretary: is_first && delegate.group.is_some(),
                delegate: delegate.clone(),
                position: u32::try_from(place + 1).unwrap_or(u32::MAX),
                withdrawn: false,
            };
            StoredRecord { id, value, version: 1, changed_at: at, changed_by: actor.name.clone() }
        };
        Ok(book.delegates.iter().enumerate().zip(ids).map(kept).collect())
    }

    fn facts_of(
        &self,
        book: &Book,
        officials: &[OfficialId],
        at: UtcTime,
        actor: &Actor,
    ) -> Result<Vec<StoredFact>, AppError> {
        let ids = self.ascending(book.facts.len(), FactId::new)?;
        let by = || By { account: actor.account, name: actor.name.clone() };
        let stored = |((place, fact), id): ((usize, &domain::fact::Fact), FactId)| {
            let about = fact.officials.iter().filter_map(|no| officials.get(no.0).copied()).collect();
            let is_checked = place % WAITING != WAITING - 1;
            let state = if is_checked { FactState::Verified } else { FactState::Entered };
            StoredFact {
                id,
                kept: KeptFact { fact: fact.clone().about(about), sent_on: None, state },
                entered: by(),
                verified: is_checked.then(|| (by(), at)),
                version: 1,
                changed_at: at,
                changed_by: actor.name.clone(),
            }
        };
        Ok(book.facts.iter().enumerate().zip(ids).map(stored).collect())
    }
}

async fn write(tx: &mut CouncilTx, records: &Records, at: UtcTime, actor: &Actor) -> Result<(), AppError> {
    let mut officials = Revised::new(Subject::Official, Action::Added);
    for kept in &records.officials {
        roster::put_official(tx, kept).await?;
        officials.add(kept.id, kept.version, &kept.value)?;
    }
    officials.write(tx, at, actor).await?;
    let mut delegates = Revised::new(Subject::Delegate, Action::Added);
    for kept in &records.delegates {
        roster::put_delegate(tx, kept).await?;
        delegates.add(kept.id, kept.version, &kept.value)?;
    }
    delegates.write(tx, at, actor).await?;
    let mut told = Revised::new(Subject::Fact, Action::Added);
    for fact in &records.facts {
        told.add(fact.id, fact.version, &fact.kept)?;
    }
    facts::put(tx, &records.facts).await?;
    told.write(tx, at, actor).await
}
