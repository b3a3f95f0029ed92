//! Who was let in by somebody else: whose password or second factor another person set, until a second person says that it
//! is still the right one.
//!
//! Steps of two rest on two people. Whoever sets another's password can sign in as that person, so what was reset since a
//! poll began counts as nobody's in that poll until somebody besides the one who reset it vouches for it, or its owner shows
//! the second factor that the reset left alone.

use std::collections::BTreeSet;

use super::audit::event::council::PasswordBy;
use super::audit::{Actor, CouncilEvent, UtcTime};
use super::id::AccountId;
use super::role::Role;

/// The last time that somebody else had the proof of an account in hand, and nobody vouched for it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    pub at: UtcTime,
    /// Full name of who did it.
    pub by: String,
    /// Their account; `None` for whoever runs the program on the machine itself.
    pub account: Option<AccountId>,
    /// The owner's second factor is the one from before.
    pub keeps_factor: bool,
}

/// What a council's log says of the proofs of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs {
    pub roles: BTreeSet<Role>,
    pub has_factor: bool,
    pub reset: Option<Reset>,
}

/// Whether a role takes part in steps of two, or lets others take part. No slip signs somebody in who has one.
pub const fn matters(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Clerk | Role::Leader | Role::HeadTeller | Role::Teller)
}

impl Proofs {
    /// Takes an event that is about this account.
    pub fn take(&mut self, event: &CouncilEvent, actor: &Actor, at: UtcTime) {
        match event {
            CouncilEvent::AccountOpened(opened) => {
                self.roles = opened.roles.iter().copied().collect();
                // Whoever founds a council or runs the program on the machine hands out the first accounts.
                if actor.role == Role::Admin && self.matter() {
                    self.mark(actor, at, false);
                }
            }
            CouncilEvent::AccountChanged(changed) => {
                let roles: BTreeSet<Role> = changed.roles.iter().copied().collect();
                let is_new_leader = roles.contains(&Role::Leader) && !self.roles.contains(&Role::Leader);
                self.roles = roles;
                if actor.role == Role::Admin && is_new_leader {
                    let keeps = self.has_factor;
                    self.mark(actor, at, keeps);
                }
            }
            CouncilEvent::PasswordSet(set) if set.by == PasswordBy::Admin && actor.account != Some(set.account) => {
                let keeps = self.has_factor;
                self.mark(actor, at, keeps);
            }
            CouncilEvent::SecondFactorSet(set) => {
                self.has_factor = set.on;
                if actor.account != Some(set.account) {
                    self.mark(actor, at, false);
                } else if let Some(reset) = &mut self.reset {
                    reset.keeps_factor = false;
                }
            }
            CouncilEvent::AccountVouched(_) => self.reset = None,
            _ => {}
        }
    }

    fn matter(&self) -> bool {
        self.roles.iter().copied().any(matters)
    }

    fn mark(&mut self, actor: &Actor, at: UtcTime, keeps_factor: bool) {
        // A factor that was set up after an earlier reset is nobody's proof.
        let kept = self.reset.as_ref().is_none_or(|earlier| earlier.keeps_factor);
        let (by, account) = (actor.name.clone(), actor.account);
        self.reset = Some(Reset { at, by, account, keeps_factor: keeps_factor && kept });
    }
}

/// The account that an event about proofs is about.
pub fn of_account(event: &CouncilEvent) -> Option<AccountId> {
    match event {
        CouncilEvent::AccountOpened(event) => Some(event.account),
        CouncilEvent::AccountChanged(event) => Some(event.account),
        CouncilEvent::PasswordSet(event) => Some(event.account),
        CouncilEvent::SecondFactorSet(event) => Some(event.account),
        CouncilEvent::AccountVouched(event) => Some(event.account),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::event::council::{
        AccountChanged, AccountOpened, AccountVouched, PasswordSet, SecondFactorSet, VouchedBy,
    };

    fn account(number: u8) -> AccountId {
        AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10])
    }

    fn actor(number: u8, role: Role) -> Actor {
        Actor { account: Some(account(number)), name: format!("Người {number}"), role }
    }

    /// What is left after these events about account 1.
    fn after(events: Vec<(CouncilEvent, Actor)>) -> Option<Reset> {
        let mut proofs = Proofs::default();
        for (minute, (event, actor)) in (10..).zip(events) {
            proofs.take(&event, &actor, format!("2026-12-01T01:{minute}:00Z").parse().expect("time"));
        }
        proofs.reset
    }

    fn opened(roles: &[Role], by: Actor) -> (CouncilEvent, Actor) {
        let (login, name) = ("a.b".into(), "Người 1".into());
        (AccountOpened { account: account(1), login, name, roles: roles.to_vec() }.into(), by)
    }

    fn password(by: Actor) -> (CouncilEvent, Actor) {
        (PasswordSet { account: account(1), by: PasswordBy::Admin }.into(), by)
    }

    fn factor(on: bool, by: Actor) -> (CouncilEvent, Actor) {
        (SecondFactorSet { account: account(1), on }.into(), by)
    }

    #[test]
    fn whoever_sets_anothers_proof_is_named_until_somebody_vouches() {
        let (own, admin) = (|| actor(1, Role::Leader), || actor(2, Role::Admin));
        let founded =
            || opened(&[Role::Leader], Actor { account: None, name: "dòng lệnh".into(), role: Role::Program });
        assert_eq!(after(vec![founded(), factor(true, own())]), None);
        assert!(after(vec![opened(&[Role::Leader], admin())]).is_some(), "the first password is known to two");
        assert_eq!(after(vec![opened(&[Role::Delegate], admin())]), None);
        let reset = after(vec![founded(), factor(true, own()), password(admin())]).expect("reset");
        assert_eq!((reset.by.as_str(), reset.account, reset.keeps_factor), ("Người 2", Some(account(2)), true));
        let taken = after(vec![founded(), factor(true, own()), factor(false, admin())]).expect("reset");
        assert!(!taken.keeps_factor);
        let vouched = AccountVouched { account: account(1), by: VouchedBy::Admin };
        assert_eq!(after(vec![founded(), password(admin()), (vouched.into(), actor(3, Role::Admin))]), None);
    }

    #[test]
    fn a_factor_that_came_after_a_reset_proves_nothing() {
        let (own, admin) = (|| actor(1, Role::Leader), || actor(2, Role::Admin));
        let events = vec![password(admin()), factor(true, own()), password(admin())];
        assert!(!after(events).expect("reset").keeps_factor);
        let replaced = vec![factor(true, own()), password(admin()), factor(true, own())];
        assert!(!after(replaced).expect("reset").keeps_factor);
    }

    #[test]
    fn a_new_leader_counts_and_a_new_name_does_not() {
        let admin = || actor(2, Role::Admin);
        let founder = Actor { account: None, name: "dòng lệnh".into(), role: Role::Program };
        let change = |roles: &[Role]| -> (CouncilEvent, Actor) {
            (AccountChanged { account: account(1), name: "Tên mới".into(), roles: roles.to_vec() }.into(), admin())
        };
        let clerk = || opened(&[Role::Clerk], founder.clone());
        assert_eq!(after(vec![clerk(), change(&[Role::Clerk])]), None, "another name is nobody else");
        assert!(after(vec![clerk(), change(&[Role::Clerk, Role::Leader])]).is_some());
    }
}
