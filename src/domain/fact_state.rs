//! The way of a fact into a dossier: one person enters it, another checks it against its source.
//!
//! ```text
//!            ┌───── reopened, changed ─────┐
//!            ▼                             │
//! entered ─ Entered ──── verified ────► Verified
//!            ▲   └─ withdrawn ─┐           │ withdrawn
//!            │                 ▼           │
//!            └── restored ─ Withdrawn ◄────┘
//! ```
//!
//! Each transition consumes the fact as it was and gives the fact as it is now together with the [`Action`] that its
//! history tells: what was done cannot be kept without being told. A fact has a verifier exactly while it is verified.

use jiff::civil::Date;

use super::audit::UtcTime;
use super::fact::{Fact, FactState, KeptFact};
use super::id::{AccountId, OfficialId};
use super::record::Action;

/// Somebody who entered or checked a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Account; `None` is the program itself.
    pub account: Option<AccountId>,
    pub name: String,
}

/// A fact with the hands through which it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedFact {
    kept: KeptFact,
    entered: By,
    verified: Option<(By, UtcTime)>,
}

/// What a transition gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactTransition {
    pub fact: TrackedFact,
    pub action: Action,
}

/// Why a fact does not go on. One sentence, Vietnamese, that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Who stated it may not be the one who checks it.
    #[error(
        "Bạn là người nhập hoặc sửa dữ kiện này lần cuối nên không tự đối chiếu được; hãy nhờ một người khác có vai trò Thường trực."
    )]
    Own,
    #[error("Dữ kiện này đã đối chiếu rồi.")]
    AlreadyVerified,
    #[error("Dữ kiện này đang chờ đối chiếu, chưa có gì để bỏ.")]
    NotVerified,
    /// Withdrawn; it no longer counts.
    #[error("Dữ kiện này đã rút; hãy khôi phục rồi làm tiếp.")]
    Withdrawn,
    #[error("Dữ kiện này không bị rút nên không có gì để khôi phục.")]
    NotWithdrawn,
}

impl TrackedFact {
    /// A fact that somebody states for the first time.
    pub const fn entered(fact: Fact<OfficialId>, by: By) -> FactTransition {
        let kept = KeptFact::new(fact, FactState::Entered);
        FactTransition { fact: Self { kept, entered: by, verified: None }, action: Action::Added }
    }

    /// A fact out of the database. `None` when its state and its verifier do not fit each other.
    pub fn restore(kept: KeptFact, entered: By, verified: Option<(By, UtcTime)>) -> Option<Self> {
        let fits = verified.is_some() == (kept.state == FactState::Verified);
        fits.then_some(Self { kept, entered, verified })
    }

    /// What it says, and how far it has come.
    pub const fn kept(&self) -> &KeptFact {
        &self.kept
    }

    /// How far it has come.
    pub const fn state(&self) -> FactState {
        self.kept.state
    }

    /// Its parts: the fact, who stated it last, who checked it and when.
    pub fn into_parts(self) -> (KeptFact, By, Option<(By, UtcTime)>) {
        (self.kept, self.entered, self.verified)
    }

    /// Replaces the statement or its source. A check of the old text does not hold for the new one: the fact waits
    /// again. The official's reply stays.
    ///
    /// # Errors
    /// When it was withdrawn.
    pub fn changed(self, fact: Fact<OfficialId>, by: By) -> Result<FactTransition, StepError> {
        if self.state() == FactState::Withdrawn {
            return Err(StepError::Withdrawn);
        }
        let fact = Fact { reply: self.kept.fact.reply, ..fact };
        let kept = KeptFact { fact, sent_on: self.kept.sent_on, state: FactState::Entered };
        Ok(FactTransition { fact: Self { kept, entered: by, verified: None }, action: Action::Changed })
    }

    /// A second person checked it against its source.
    ///
    /// # Errors
    /// When `by` is the one who stated it last, or it does not wait.
    pub fn verified(self, by: By, at: UtcTime) -> Result<FactTransition, StepError> {
        match self.state() {
            FactState::Verified => Err(StepError::AlreadyVerified),
            FactState::Withdrawn => Err(StepError::Withdrawn),
            // Two people without an account cannot be told apart.
            FactState::Entered if self.entered.account == by.account => Err(StepError::Own),
            FactState::Entered => {
                let fact = Self { verified: Some((by, at)), ..self.at(FactState::Verified) };
                Ok(FactTransition { fact, action: Action::Verified })
            }
        }
    }

    /// Takes back that it was checked.
    ///
    /// # Errors
    /// When it was not.
    pub fn reopened(self) -> Result<FactTransition, StepError> {
        match self.state() {
            FactState::Verified => Ok(FactTransition { fact: self.at(FactState::Entered), action: Action::Reopened }),
            FactState::Entered => Err(StepError::NotVerified),
            FactState::Withdrawn => Err(StepError::Withdrawn),
        }
    }

    /// Lets it count no more.
    ///
    /// # Errors
    /// When it counts no more already.
    pub fn withdrawn(self) -> Result<FactTransition, StepError> {
        match self.state() {
            FactState::Withdrawn => Err(StepError::Withdrawn),
            FactState::Entered | FactState::Verified => {
                Ok(FactTransition { fact: self.at(FactState::Withdrawn), action: Action::Withdrawn })
            }
        }
    }

    /// Lets it wait again for being checked, whatever it was before it was withdrawn.
    ///
    /// # Errors
    /// When it was not withdrawn.
    pub fn restored(self) -> Result<FactTransition, StepError> {
        match self.state() {
            FactState::Withdrawn => Ok(FactTransition { fact: self.at(FactState::Entered), action: Action::Restored }),
            FactState::Entered | FactState::Verified => Err(StepError::NotWithdrawn),
        }
    }

    /// What the official answers; `None` takes an answer back. That changes nothing of what is stated, so a fact that
    /// was checked stays checked.
    ///
    /// # Errors
    /// When it was withdrawn.
    pub fn replied(self, reply: Option<String>) -> Result<FactTransition, StepError> {
        if self.state() == FactState::Withdrawn {
            return Err(StepError::Withdrawn);
        }
        let KeptFact { fact, sent_on, state } = self.kept;
        let kept = KeptFact { fact: Fact { reply, ..fact }, sent_on, state };
        Ok(FactTransition { fact: Self { kept, ..self }, action: Action::Replied })
    }

    /// It was sent to the official on that day, where the law has it sent. A fact that was checked stays checked.
    ///
    /// # Errors
    /// When it was withdrawn.
    pub fn forwarded(self, on: Date) -> Result<FactTransition, StepError> {
        if self.state() == FactState::Withdrawn {
            return Err(StepError::Withdrawn);
        }
        let kept = KeptFact { sent_on: Some(on), ..self.kept };
        Ok(FactTransition { fact: Self { kept, ..self }, action: Action::Forwarded })
    }

    /// The same fact in a state in which nobody has checked it.
    fn at(self, state: FactState) -> Self {
        Self { kept: KeptFact { state, ..self.kept }, entered: self.entered, verified: None }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::fact::{FactKind, Period, Source};
    use super::super::official::Field;
    use super::*;

    fn by(n: u8) -> By {
        By { account: Some(AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10])), name: format!("Người {n}") }
    }

    fn at() -> UtcTime {
        "2026-12-01T01:00:00Z".parse().expect("time")
    }

    fn stated(text: &str) -> Fact<OfficialId> {
        Fact {
            officials: vec![OfficialId::new(Timestamp::UNIX_EPOCH, &[1; 10])],
            field: Field("Y tế".into()),
            kind: FactKind::Target,
            period: Period::Year(2025),
            text: text.into(),
            figures: None,
            status: None,
            due: None,
            source: Source {
                number: "12/BC-UBND".into(),
                date: date(2025, 12, 5),
                issuer: "UBND tỉnh".into(),
                page: None,
                file: None,
            },
            reply: None,
        }
    }

    #[test]
    fn a_fact_is_checked_by_another_person_than_the_one_who_stated_it_last() {
        let fact = TrackedFact::entered(stated("A"), by(1)).fact;
        assert_eq!(fact.clone().verified(by(1), at()), Err(StepError::Own));
        // Whoever corrected it stated it.
        let corrected = fact.changed(stated("B"), by(2)).expect("changed").fact;
        assert_eq!(corrected.clone().verified(by(2), at()), Err(StepError::Own));
        let step = corrected.verified(by(1), at()).expect("verified");
        assert_eq!((step.fact.state(), step.action), (FactState::Verified, Action::Verified));
        assert_eq!(step.fact.verified(by(3), at()), Err(StepError::AlreadyVerified));
    }

    #[test]
    fn another_statement_waits_again_and_a_reply_does_not() {
        let fact = TrackedFact::entered(stated("A"), by(1)).fact.verified(by(2), at()).expect("verified").fact;
        let answered = fact.replied(Some("Đã khắc phục".into())).expect("replied").fact;
        assert_eq!(answered.state(), FactState::Verified);
        let changed = answered.changed(stated("B"), by(1)).expect("changed").fact;
        assert_eq!(changed.state(), FactState::Entered);
        assert_eq!(changed.kept().fact.reply.as_deref(), Some("Đã khắc phục"), "the reply is the official's");
    }

    /// State, transition, what comes of it: every pair.
    #[test]
    fn every_transition_from_every_state() {
        let entered = TrackedFact::entered(stated("A"), by(1)).fact;
        let verified = entered.clone().verified(by(2), at()).expect("verified").fact;
        let withdrawn = verified.clone().withdrawn().expect("withdrawn").fact;
        type Go = fn(TrackedFact) -> Result<FactTransition, StepError>;
        let change: Go = |fact| fact.changed(stated("B"), by(3));
        let verify: Go = |fact| fact.verified(by(3), at());
        let reply: Go = |fact| fact.replied(None);
        use FactState::{Entered, Verified, Withdrawn};
        for (go, from_entered, from_verified, from_withdrawn) in [
            (change, Ok(Entered), Ok(Entered), Err(StepError::Withdrawn)),
            (verify, Ok(Verified), Err(StepError::AlreadyVerified), Err(StepError::Withdrawn)),
            (TrackedFact::reopened, Err(StepError::NotVerified), Ok(Entered), Err(StepError::Withdrawn)),
            (TrackedFact::withdrawn, Ok(Withdrawn), Ok(Withdrawn), Err(StepError::Withdrawn)),
            (TrackedFact::restored, Err(StepError::NotWithdrawn), Err(StepError::NotWithdrawn), Ok(Entered)),
            (reply, Ok(Entered), Ok(Verified), Err(StepError::Withdrawn)),
        ] {
            let to = |fact: &TrackedFact| go(fact.clone()).map(|step| step.fact.state());
            assert_eq!(to(&entered), from_entered);
            assert_eq!(to(&verified), from_verified);
            assert_eq!(to(&withdrawn), from_withdrawn);
        }
    }

    proptest! {
        /// Whatever people do in whatever order: nobody checks what they stated, and a verifier is known exactly while
        /// the fact is verified.
        #[test]
        fn no_order_of_steps_lets_one_person_alone_verify(steps in prop::collection::vec((0_u8..6, 1_u8..4), 0..40)) {
            let mut fact = TrackedFact::entered(stated("A"), by(1)).fact;
            let mut stated_last = by(1);
            for (number, (step, who)) in steps.into_iter().enumerate() {
                let before = fact.clone();
                let after = match step {
                    0 => fact.clone().changed(stated(&format!("Lần {number}")), by(who)),
                    1 => fact.clone().verified(by(who), at()),
                    2 => fact.clone().reopened(),
                    3 => fact.clone().withdrawn(),
                    4 => fact.clone().restored(),
                    _ => fact.clone().replied(Some(format!("Lần {number}"))),
                };
                if let Ok(after) = after {
                    if after.action == Action::Changed {
                        stated_last = by(who);
                    }
                    if after.fact.kept().fact.text != before.kept().fact.text {
                        prop_assert_eq!(after.fact.state(), FactState::Entered);
                    }
                    fact = after.fact;
                }
                let (kept, entered, verified) = fact.clone().into_parts();
                prop_assert_eq!(&entered, &stated_last);
                prop_assert!(verified.as_ref().is_none_or(|(verifier, _)| verifier.account != entered.account));
                prop_assert_eq!(TrackedFact::restore(kept, entered, verified), Some(fact.clone()));
            }
        }
    }
}
