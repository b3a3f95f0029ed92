//! Facts: entered by one person, verified by another. What may be done with a fact is decided in
//! [`fact_state`](domain::fact_state); this module loads it, and stores it together with its history.

mod list;
mod view;

use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::in_vietnam;
use crate::service::error::{AppError, Conflict, Difference, FieldError};
use crate::service::records::Revised;
use domain::audit::{Actor, UtcTime};
use domain::fact::{Fact, KeptFact};
use domain::fact_lines;
use domain::fact_state::{By, FactTransition, StepError, TrackedFact};
use domain::fact_typed::{TypedFact, Wrong};
use domain::id::{FactId, OfficialId};
use domain::record::{Action, Subject};
use domain::role::Role;
use macros::boxed;
use store::facts::{self, StoredFact};
use store::{CouncilTx, StoreError};

pub use list::{
    Change, FactChoices, FactFilter, FactLine, FactList, FactOrder, FileFormat, PER_PAGE, Paging, Queue, Queued,
    VerifyingProgress,
};
pub use view::{FactPage, Past, Person};

/// Roles that enter and change facts.
pub const EDITORS: &[Role] = &[Role::Clerk, Role::Leader];
/// Roles that verify facts, and take that back.
pub const VERIFIERS: &[Role] = &[Role::Leader];

pub(crate) const NOT_FOUND: AppError = AppError::NotFound("dữ kiện");

impl App {
    /// Enters a fact that waits for a second person.
    ///
    /// # Errors
    /// When a field is wrong, or the caller enters no facts.
    #[boxed]
    pub async fn enter_fact(&self, ask: Ask<'_>, typed: TypedFact) -> Result<FactId, AppError> {
        let actor = ask.caller.may(EDITORS)?;
        let (id, at) = (self.new_fact_id()?, self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let known = view::people(tx).await?;
                let fact = typed.read(|id| known.may_be_named(id, &[])).map_err(fields)?;
                let step = TrackedFact::entered(fact, by(&actor));
                Ok(put(tx, at, &actor, (id, 0), step).await?.id)
            })
        })
        .await
    }

    /// Changes what a fact states; it waits again for a second person. Its file and the official's reply stay. Nothing
    /// is written when nothing differs.
    ///
    /// # Errors
    /// When a field is wrong, somebody else changed the fact since `version`, or it was withdrawn.
    #[boxed]
    pub async fn change_fact(
        &self,
        ask: Ask<'_>,
        id: FactId,
        version: u64,
        typed: TypedFact,
    ) -> Result<FactId, AppError> {
        let actor = ask.caller.may(EDITORS)?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let stored = facts::find(tx, id).await?.ok_or(NOT_FOUND)?;
                let known = view::people(tx).await?;
                let before = &stored.kept.fact;
                let mut fact = typed.read(|id| known.may_be_named(id, &before.officials)).map_err(fields)?;
                (fact.source.file, fact.reply) = (before.source.file, before.reply.clone());
                if stored.version != version {
                    return Err(AppError::Stale(conflict(&stored, &fact, |id| known.name(id))));
                }
                if same(&fact, before) {
                    return Ok(id);
                }
                let step = tracked(&stored)?.changed(fact, by(&actor))?;
                Ok(put(tx, at, &actor, (id, version), step).await?.id)
            })
        })
        .await
    }

    /// Records that a fact was checked against its source.
    ///
    /// # Errors
    /// When the caller stated it last, or it does not wait, or somebody changed it since `version`.
    #[boxed]
    pub async fn verify_fact(&self, ask: Ask<'_>, id: FactId, version: u64) -> Result<FactId, AppError> {
        let (actor, at) = (ask.caller.may(VERIFIERS)?, self.now_text()?);
        let verifier = by(&actor);
        self.fact_step(ask, actor, (id, version), move |fact| fact.verified(verifier, at)).await
    }

    /// Takes back the check of a fact.
    ///
    /// # Errors
    /// When it was not, or somebody changed it since `version`.
    #[boxed]
    pub async fn reopen_fact(&self, ask: Ask<'_>, id: FactId, version: u64) -> Result<FactId, AppError> {
        let actor = ask.caller.may(VERIFIERS)?;
        self.fact_step(ask, actor, (id, version), TrackedFact::reopened).await
    }

    /// Withdraws a fact, which then no longer counts.
    ///
    /// # Errors
    /// When it is withdrawn already, or somebody changed it since `version`.
    #[boxed]
    pub async fn withdraw_fact(&self, ask: Ask<'_>, id: FactId, version: u64) -> Result<FactId, AppError> {
        let actor = ask.caller.may(EDITORS)?;
        self.fact_step(ask, actor, (id, version), TrackedFact::withdrawn).await
    }

    /// Restores a withdrawn fact, which then waits again for a second person.
    ///
    /// # Errors
    /// When it was not withdrawn, or somebody changed it since `version`.
    #[boxed]
    pub async fn restore_fact(&self, ask: Ask<'_>, id: FactId, version: u64) -> Result<FactId, AppError> {
        let actor = ask.caller.may(EDITORS)?;
        self.fact_step(ask, actor, (id, version), TrackedFact::restored).await
    }

    /// Everything about a fact.
    ///
    /// # Errors
    /// When there is none, or the caller works on no facts.
    #[boxed]
    pub async fn fact(&self, caller: &Caller, id: FactId) -> Result<FactPage, AppError> {
        let actor = caller.may(EDITORS)?;
        let at = self.now_text()?;
        let mut tx = self.store.read(caller.council).await?;
        view::page(&mut tx, id, (at, by(&actor)), caller.may(VERIFIERS).is_ok(), self.today()).await
    }

    /// The id of a fact that is about to be entered.
    pub(crate) fn new_fact_id(&self) -> Result<FactId, AppError> {
        Ok(FactId::new(self.clock.now(), &self.chance.for_id()?))
    }

    async fn fact_step<F>(
        &self,
        ask: Ask<'_>,
        actor: Actor,
        (id, version): (FactId, u64),
        decision: F,
    ) -> Result<FactId, AppError>
    where
        F: FnOnce(TrackedFact) -> Result<FactTransition, StepError> + Send + 'static,
    {
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let stored = load(tx, id, version).await?;
                let step = decision(tracked(&stored)?)?;
                Ok(put(tx, at, &actor, (id, version), step).await?.id)
            })
        })
        .await
    }
}

/// The person of an actor, as a fact names them.
pub(crate) fn by(actor: &Actor) -> By {
    By { account: actor.account, name: actor.name.clone() }
}

/// Loads a fact, if it is still at the version that the caller saw.
///
/// # Errors
/// When there is none, or it is at another version by now.
pub(crate) async fn load(tx: &mut CouncilTx, id: FactId, version: u64) -> Result<StoredFact, AppError> {
    let stored = facts::find(tx, id).await?.ok_or(NOT_FOUND)?;
    if stored.version != version {
        return Err(AppError::Stale(conflict(&stored, &stored.kept.fact, |id| id.to_string())));
    }
    Ok(stored)
}

/// A stored fact, for the domain to decide on.
///
/// # Errors
/// When its columns contradict each other.
pub(crate) fn tracked(stored: &StoredFact) -> Result<TrackedFact, AppError> {
    let tracked = TrackedFact::restore(stored.kept.clone(), stored.entered.clone(), stored.verified.clone());
    tracked.ok_or_else(|| StoreError::Corrupt("facts.verified_at".to_owned()).into())
}

/// Writes a step of one fact over the version `before` (0 for a new fact): its row, its version and the log entry.
///
/// # Errors
/// When it is no longer at that version.
pub(crate) async fn put(
    tx: &mut CouncilTx,
    at: UtcTime,
    actor: &Actor,
    (id, before): (FactId, u64),
    step: FactTransition,
) -> Result<StoredFact, AppError> {
    let FactTransition { fact, action } = step;
    let mut kept = put_many(tx, at, actor, action, vec![(id, before, fact)]).await?;
    kept.pop().ok_or_else(|| AppError::internal("ghi dữ kiện", "nothing was kept"))
}

/// Writes the same step of any number of facts, each over its version before: all of them or none, with one log entry.
///
/// # Errors
/// When one is no longer at its version.
pub(crate) async fn put_many(
    tx: &mut CouncilTx,
    at: UtcTime,
    actor: &Actor,
    action: Action,
    taken: Vec<(FactId, u64, TrackedFact)>,
) -> Result<Vec<StoredFact>, AppError> {
    let mut revised = Revised::new(Subject::Fact, action);
    let mut stored = Vec::with_capacity(taken.len());
    for (id, before, fact) in taken {
        let (kept, entered, verified) = fact.into_parts();
        let version = before.saturating_add(1);
        revised.add(id, version, &kept)?;
        let changed_by = actor.name.clone();
        stored.push(StoredFact { id, kept, entered, verified, version, changed_at: at, changed_by });
    }
    facts::put(tx, &stored).await?;
    revised.write(tx, at, actor).await?;
    Ok(stored)
}

/// The error for fields that were typed wrong.
pub(crate) fn fields(wrong: Vec<Wrong>) -> AppError {
    let field = |Wrong { field, sentence }| FieldError { field, sentence };
    AppError::Fields { fields: wrong.into_iter().map(field).collect() }
}

/// Whether two facts say the same; the order of their officials does not matter.
fn same(one: &Fact<OfficialId>, other: &Fact<OfficialId>) -> bool {
    let sorted = |fact: &Fact<OfficialId>| {
        let mut officials = fact.officials.clone();
        officials.sort_unstable();
        fact.clone().about(officials)
    };
    sorted(one) == sorted(other)
}

fn conflict(stored: &StoredFact, typed: &Fact<OfficialId>, name: impl Fn(OfficialId) -> String) -> Conflict {
    let KeptFact { fact, .. } = &stored.kept;
    let difference =
        |change: fact_lines::LineChange| Difference { label: change.label, stored: change.before, typed: change.after };
    Conflict {
        what: "dữ kiện",
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: fact_lines::changes(fact, typed, name).into_iter().map(difference).collect(),
    }
}

impl From<StepError> for AppError {
    fn from(error: StepError) -> Self {
        Self::Input(error.to_string())
    }
}
