//! Whom roles of the count admit: roles are given by an administrator alone, the board is appointed by two. Once a board
//! names the accounts of its members, the roles of everybody else reach no step of its poll.

use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::audit::Actor;
use domain::counters::Counters;
use domain::poll_state::{Poll, Refusal};
use domain::role::Role;

/// Refuses whoever acts in a role of the count without being of the board; what `roles` leave to tellers every member does,
/// everything else Trưởng ban and Thư ký.
///
/// # Errors
/// [`Refusal::NotOnBoard`] or [`Refusal::NotLeading`].
pub(crate) fn admit(counters: &Counters, actor: &Actor, roles: &[Role]) -> Result<(), Refusal> {
    if !matches!(actor.role, Role::HeadTeller | Role::Teller) {
        return Ok(());
    }
    if !counters.may_count(actor.account) {
        return Err(Refusal::NotOnBoard(actor.name.clone()));
    }
    if !roles.contains(&Role::Teller) && !counters.may_lead(actor.account) {
        return Err(Refusal::NotLeading(actor.name.clone()));
    }
    Ok(())
}

/// The actor of a step of this poll, in the first of `roles` that the caller holds and that reaches it.
///
/// # Errors
/// [`AppError::Forbidden`] when the caller holds none of them, a sentence when the board leaves the caller out.
pub(crate) fn actor_in(caller: &Caller, poll: &Poll, roles: &[Role]) -> Result<Actor, AppError> {
    let mut actor = caller.may(roles)?;
    let Err(refusal) = admit(&poll.counters, &actor, roles) else { return Ok(actor) };
    let other = |role: &Role| !matches!(role, Role::HeadTeller | Role::Teller) && caller.account.roles.has(*role);
    match roles.iter().copied().find(other) {
        Some(role) => {
            actor.role = role;
            Ok(actor)
        }
        None => Err(refusal.into()),
    }
}
