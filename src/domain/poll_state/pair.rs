//! Two people for one step: what cannot be taken back, or bends the straight way, is asked for by one and confirmed by
//! another.

use super::Poll;
use super::refusal::Refusal;
use crate::audit::Actor;
use crate::role::Role;

/// Two different people.
///
/// The one who asked is named in the entry's data; the one who confirmed is its actor, so the person who takes the step
/// must write the entry as [`Self::confirmed_by`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    proposed_by: Actor,
    confirmed_by: Actor,
}

/// Two different people, and why they do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoPeople {
    pair: Pair,
    reason: String,
}

/// Whether one person did the work of two. A rehearsal whose workbook names nobody has only the program for everybody.
pub(crate) fn is_one_person(one: &Actor, other: &Actor, is_rehearsal: bool) -> bool {
    let is_program = one.role == Role::Program && other.role == Role::Program;
    one.account == other.account && !(is_rehearsal && is_program)
}

impl Pair {
    /// The two. Whether they are different people is held against the poll by the step that they take.
    pub const fn new(proposed_by: Actor, confirmed_by: Actor) -> Self {
        Self { proposed_by, confirmed_by }
    }

    /// Who is the actor of the entry.
    pub const fn confirmed_by(&self) -> &Actor {
        &self.confirmed_by
    }

    /// The same two with what moves them.
    pub fn because(self, reason: impl Into<String>) -> TwoPeople {
        TwoPeople { pair: self, reason: reason.into() }
    }

    /// Who asked, for the entry's data.
    pub(super) fn proposer(self, poll: &Poll) -> Result<Actor, Refusal> {
        if is_one_person(&self.proposed_by, &self.confirmed_by, poll.created.rehearsal) {
            return Err(Refusal::OnePerson);
        }
        Ok(self.proposed_by)
    }
}

impl TwoPeople {
    /// Who asked, and why, for the entry's data.
    pub(super) fn into_parts(self, poll: &Poll, doing: &'static str) -> Result<(Actor, String), Refusal> {
        let proposed_by = self.pair.proposer(poll)?;
        if self.reason.trim().is_empty() {
            return Err(Refusal::NoReason(doing));
        }
        Ok((proposed_by, self.reason))
    }
}
