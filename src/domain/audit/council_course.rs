//! The course of a council as its own log tells it: which event may follow which, and which accounts, slips and polls
//! there must be in the end. [`Course`](super::Course) is the same for a poll.

mod error;

use std::collections::{BTreeMap, BTreeSet};

use super::canonical;
use super::digest::Digest;
use super::event::council::{
    AccountOpened, AccountVouched, CouncilFounded, DatabaseAccepted, PasswordSet, ProposalDecided, ProposalMade,
    RuleAccepted, RuleAdopted, RuleAttested, RuleChanged, RuleDeclined, RuleProposed, SecondFactorSet, SessionStarted,
    SessionsEnded, SignInDelayed, SignInFreed, SlipsIssued, SlipsRevoked,
};
use super::event::{Actor, CouncilEvent};
use super::time::UtcTime;
use crate::id::{AccountId, AttestationId, CouncilId, PollId, ProposalId, SlipId};
use crate::proposal::{ProposalKind, ProposalState, SignOff};
use crate::role::Role;
use crate::rules::{Statement, StatementKind};

pub use error::CouncilCourseError;

/// An account as the entries of the log give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedAccount {
    pub login: String,
    pub name: String,
    pub roles: BTreeSet<Role>,
    pub is_open: bool,
}

/// An access slip as the entries of the log give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedSlip {
    pub account: AccountId,
    pub expires_at: UtcTime,
    /// Revoked, or made void by a later one of the same person.
    pub is_void: bool,
}

/// A proposal as the entries of the log give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedProposal {
    pub poll: PollId,
    pub kind: ProposalKind,
    pub about: String,
    /// SHA-256 of the text that was proposed.
    pub content_sha256: Digest,
    /// Who proposed it, by the entry; `None` where nobody asks who wrote it.
    pub proposed: Option<SignOff>,
    pub decided: Option<SignOff>,
    pub state: ProposalState,
    /// Why, where somebody said so.
    pub note: String,
}

/// What was proposed of rules, as the entries of the log give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedStatement {
    /// SHA-256 of the text that was proposed.
    pub statement_sha256: Digest,
    pub proposed: SignOff,
    pub decided: Option<SignOff>,
    /// Its place among what was decided: 1 for the first.
    pub decided_place: Option<i64>,
    pub state: ProposalState,
    /// Why it was declined.
    pub note: String,
}

/// A council as the entries of the log give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedCouncil {
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// Whether a password alone is not enough.
    pub is_second_factor_required: bool,
}

/// Reads a council's log event by event and refuses what cannot follow.
#[derive(Clone, Debug)]
pub struct CouncilCourse {
    id: CouncilId,
    council: Option<LoggedCouncil>,
    accounts: BTreeMap<AccountId, LoggedAccount>,
    slips: BTreeMap<SlipId, LoggedSlip>,
    polls: BTreeMap<PollId, String>,
    proposals: BTreeMap<ProposalId, LoggedProposal>,
    statements: BTreeMap<AttestationId, LoggedStatement>,
}

impl CouncilCourse {
    /// Nothing read yet of the log of `council`.
    pub const fn new(council: CouncilId) -> Self {
        Self {
            id: council,
            council: None,
            accounts: BTreeMap::new(),
            slips: BTreeMap::new(),
            polls: BTreeMap::new(),
            proposals: BTreeMap::new(),
            statements: BTreeMap::new(),
        }
    }

    /// Takes the next event, which `by` wrote at `at`.
    ///
    /// # Errors
    /// When it cannot stand there, or not by that person; the course is then of no further use.
    pub fn accept_by(&mut self, by: &Actor, at: UtcTime, event: CouncilEvent) -> Result<(), CouncilCourseError> {
        if self.council.is_none() {
            return self.accept(event);
        }
        match event {
            CouncilEvent::RuleProposed(RuleProposed { attestation, statement_sha256 }) => {
                let told = LoggedStatement {
                    statement_sha256,
                    proposed: sign_off(by, at).ok_or(CouncilCourseError::NotByTwo(attestation))?,
                    decided: None,
                    decided_place: None,
                    state: ProposalState::Open,
                    note: String::new(),
                };
                let before = self.statements.insert(attestation, told);
                before.map_or(Ok(()), |_| Err(CouncilCourseError::StatedTwice(attestation)))
            }
            CouncilEvent::RuleAttested(event) if event.statement.kind == StatementKind::Compared => {
                self.settle(event.attestation, (&event.proposed_by, by), at, &event.statement)
            }
            CouncilEvent::RuleChanged(event) if event.statement.kind.has_value() => {
                self.settle(event.attestation, (&event.proposed_by, by), at, &event.statement)
            }
            CouncilEvent::RuleAccepted(event) if event.statement.kind == StatementKind::Accepted => {
                self.settle(event.attestation, (&event.proposed_by, by), at, &event.statement)
            }
            CouncilEvent::RuleAdopted(event) if event.statement.kind == StatementKind::Adopted => {
                self.settle(event.attestation, (&event.proposed_by, by), at, &event.statement)
            }
            CouncilEvent::RuleDeclined(RuleDeclined { attestation, note, outcome }) => {
                let (confirmer, place) = (self.confirmer(), self.next_place());
                let told = self.open_statement(attestation)?;
                let is_own = by.account == Some(told.proposed.account);
                let may = match outcome {
                    ProposalState::Withdrawn => is_own,
                    ProposalState::Refused => !is_own && by.role == confirmer,
                    ProposalState::Open | ProposalState::Confirmed => false,
                };
                if !may {
                    return Err(CouncilCourseError::NotByTwo(attestation));
                }
                (told.state, told.decided, told.note) = (outcome, sign_off(by, at), note);
                told.decided_place = Some(place);
                Ok(())
            }
            CouncilEvent::ClockConfirmed(confirmed) => {
                let two = [&confirmed.proposed_by, by];
                let are_known = two.iter().all(|one| one.account.is_some_and(|account| self.is_open(account)));
                let may = are_known || self.id.is_installation();
                let is_one = confirmed.proposed_by.account == by.account;
                let is_told = !is_one && may && !confirmed.reason.trim().is_empty();
                if is_told { Ok(()) } else { Err(CouncilCourseError::ClockByOne) }
            }
            CouncilEvent::DatabaseAccepted(accepted) => {
                let two = is_by_two(&accepted, by) && self.id.is_installation();
                if two { Ok(()) } else { Err(CouncilCourseError::DatabaseByOne) }
            }
            CouncilEvent::ProposalMade(made) => {
                let id = made.proposal;
                self.propose(made)?;
                let told = self.proposals.get_mut(&id).ok_or(CouncilCourseError::NotOpen(id))?;
                told.proposed = Some(sign_off(by, at).ok_or(CouncilCourseError::StepByOne(id))?);
                Ok(())
            }
            CouncilEvent::ProposalDecided(decided) => self.decide(decided, sign_off(by, at)),
            other => self.accept(other),
        }
    }

    /// What became of a proposal is decided by another person, or by its author where it is taken back.
    fn decide(&mut self, decided: ProposalDecided, by: Option<SignOff>) -> Result<(), CouncilCourseError> {
        let id = decided.proposal;
        let by = by.ok_or(CouncilCourseError::StepByOne(id))?;
        let open = self.proposals.get_mut(&id).filter(|told| told.state == ProposalState::Open);
        let told = open.ok_or(CouncilCourseError::NotOpen(id))?;
        let is_own = told.proposed.as_ref().is_some_and(|proposed| proposed.account == by.account);
        let may = match decided.outcome {
            ProposalState::Withdrawn => is_own,
            ProposalState::Confirmed | ProposalState::Refused => !is_own,
            ProposalState::Open => false,
        };
        if !may {
            return Err(CouncilCourseError::StepByOne(id));
        }
        (told.state, told.decided, told.note) = (decided.outcome, Some(by), decided.note);
        Ok(())
    }

    fn is_open(&self, account: AccountId) -> bool {
        self.accounts.get(&account).is_some_and(|account| account.is_open)
    }

    /// Who confirms what is said of rules: a leader of a council; in the installation an operator.
    fn confirmer(&self) -> Role {
        if self.id.is_installation() { Role::Operator } else { Role::Leader }
    }

    /// The place of what is decided next.
    fn next_place(&self) -> i64 {
        1 + self.statements.values().filter_map(|told| told.decided_place).max().unwrap_or_default()
    }

    fn open_statement(&mut self, id: AttestationId) -> Result<&mut LoggedStatement, CouncilCourseError> {
        let open = self.statements.get_mut(&id).filter(|told| told.state == ProposalState::Open);
        open.ok_or(CouncilCourseError::NotStated(id))
    }

    /// A statement stands: it is the text that was proposed, and another person confirmed it.
    fn settle(
        &mut self,
        id: AttestationId,
        (proposed_by, by): (&Actor, &Actor),
        at: UtcTime,
        statement: &Statement,
    ) -> Result<(), CouncilCourseError> {
        let (confirmer, place) = (self.confirmer(), self.next_place());
        let told = self.open_statement(id)?;
        let text = canonical::to_text(statement).unwrap_or_default();
        if told.statement_sha256 != Digest::of(text.as_bytes()) || Some(told.proposed.account) != proposed_by.account {
            return Err(CouncilCourseError::NotStated(id));
        }
        if by.account.is_none() || by.account == Some(told.proposed.account) || by.role != confirmer {
            return Err(CouncilCourseError::NotByTwo(id));
        }
        (told.state, told.decided) = (ProposalState::Confirmed, sign_off(by, at));
        told.decided_place = Some(place);
        Ok(())
    }

    /// Takes the next event where nobody asks who wrote it: what takes two people has no place there.
    ///
    /// # Errors
    /// When it cannot stand there; the course is then of no further use.
    pub fn accept(&mut self, event: CouncilEvent) -> Result<(), CouncilCourseError> {
        if let CouncilEvent::CouncilFounded(founded) = event {
            return self.found(founded);
        }
        let council = self.council.as_mut().ok_or(CouncilCourseError::Unfounded)?;
        match event {
            CouncilEvent::CouncilRenamed(renamed) => (council.name, council.slug) = (renamed.name, renamed.slug),
            CouncilEvent::SecondFactorRequired(rule) => council.is_second_factor_required = rule.required,
            CouncilEvent::AccountOpened(opened) => self.open(opened)?,
            CouncilEvent::AccountChanged(changed) => {
                let account = self.known(changed.account)?;
                account.name = changed.name;
                account.roles = changed.roles.into_iter().collect();
            }
            CouncilEvent::AccountDisabled(event) => self.turn(event.account, false)?,
            CouncilEvent::AccountEnabled(event) => self.turn(event.account, true)?,
            CouncilEvent::PasswordSet(PasswordSet { account, .. })
            | CouncilEvent::SecondFactorSet(SecondFactorSet { account, .. })
            | CouncilEvent::AccountVouched(AccountVouched { account, .. })
            | CouncilEvent::SessionStarted(SessionStarted { account, .. })
            | CouncilEvent::SessionsEnded(SessionsEnded { account })
            | CouncilEvent::SignInFreed(SignInFreed { account })
            | CouncilEvent::SignInDelayed(SignInDelayed { account, .. }) => {
                self.known(account)?;
            }
            CouncilEvent::SlipsIssued(issued) => self.issue(issued)?,
            CouncilEvent::SlipsRevoked(revoked) => self.revoke(revoked)?,
            CouncilEvent::PollBegun(begun) => {
                if self.polls.insert(begun.poll, begun.origin).is_some() {
                    return Err(CouncilCourseError::BegunTwice(begun.poll));
                }
            }
            CouncilEvent::ImportAnswered(_) | CouncilEvent::RecordsRevised(_) => {}
            CouncilEvent::ProposalMade(made) => self.propose(made)?,
            CouncilEvent::ProposalDecided(decided) => {
                let open = self.proposals.get_mut(&decided.proposal).filter(|told| told.state == ProposalState::Open);
                open.ok_or(CouncilCourseError::NotOpen(decided.proposal))?.state = decided.outcome;
            }
            CouncilEvent::RuleProposed(RuleProposed { attestation, .. })
            | CouncilEvent::RuleAttested(RuleAttested { attestation, .. })
            | CouncilEvent::RuleChanged(RuleChanged { attestation, .. })
            | CouncilEvent::RuleAccepted(RuleAccepted { attestation, .. })
            | CouncilEvent::RuleAdopted(RuleAdopted { attestation, .. })
            | CouncilEvent::RuleDeclined(RuleDeclined { attestation, .. }) => {
                return Err(CouncilCourseError::NotByTwo(attestation));
            }
            CouncilEvent::CouncilFounded(_) => return Err(CouncilCourseError::FoundedTwice),
            CouncilEvent::ClockConfirmed(_) => return Err(CouncilCourseError::ClockByOne),
            CouncilEvent::DatabaseAccepted(_) => return Err(CouncilCourseError::DatabaseByOne),
        }
        Ok(())
    }

    fn found(&mut self, founded: CouncilFounded) -> Result<(), CouncilCourseError> {
        if founded.council != self.id {
            return Err(CouncilCourseError::OtherCouncil(founded.council));
        }
        let told = LoggedCouncil { name: founded.name, slug: founded.slug, is_second_factor_required: false };
        if self.council.replace(told).is_some() {
            return Err(CouncilCourseError::FoundedTwice);
        }
        Ok(())
    }

    fn open(&mut self, opened: AccountOpened) -> Result<(), CouncilCourseError> {
        if self.accounts.values().any(|account| account.login == opened.login) {
            return Err(CouncilCourseError::LoginTaken(opened.login));
        }
        let roles = opened.roles.into_iter().collect();
        let told = LoggedAccount { login: opened.login, name: opened.name, roles, is_open: true };
        if self.accounts.insert(opened.account, told).is_some() {
            return Err(CouncilCourseError::OpenedTwice(opened.account));
        }
        Ok(())
    }

    fn known(&mut self, account: AccountId) -> Result<&mut LoggedAccount, CouncilCourseError> {
        self.accounts.get_mut(&account).ok_or(CouncilCourseError::UnknownAccount(account))
    }

    fn turn(&mut self, id: AccountId, open: bool) -> Result<(), CouncilCourseError> {
        let account = self.known(id)?;
        if account.is_open == open {
            return Err(CouncilCourseError::SameState(id));
        }
        account.is_open = open;
        Ok(())
    }

    fn issue(&mut self, issued: SlipsIssued) -> Result<(), CouncilCourseError> {
        for slip in issued.slips {
            self.known(slip.account)?;
            for earlier in self.slips.values_mut().filter(|earlier| earlier.account == slip.account) {
                earlier.is_void = true;
            }
            let told = LoggedSlip { account: slip.account, expires_at: issued.expires_at, is_void: false };
            if self.slips.insert(slip.slip, told).is_some() {
                return Err(CouncilCourseError::IssuedTwice(slip.slip));
            }
        }
        Ok(())
    }

    fn revoke(&mut self, revoked: SlipsRevoked) -> Result<(), CouncilCourseError> {
        for id in revoked.slips {
            let slip = self.slips.get_mut(&id).filter(|slip| !slip.is_void);
            slip.ok_or(CouncilCourseError::NoSuchSlip(id))?.is_void = true;
        }
        Ok(())
    }

    fn propose(&mut self, made: ProposalMade) -> Result<(), CouncilCourseError> {
        if !self.polls.contains_key(&made.poll) {
            return Err(CouncilCourseError::UnknownPoll(made.poll));
        }
        let ProposalMade { about, content_sha256, kind, poll, proposal } = made;
        let (state, note) = (ProposalState::Open, String::new());
        let told = LoggedProposal { poll, kind, about, content_sha256, proposed: None, decided: None, state, note };
        if self.proposals.insert(proposal, told).is_some() {
            return Err(CouncilCourseError::MadeTwice(proposal));
        }
        Ok(())
    }

    /// Proposals by id.
    pub const fn proposals(&self) -> &BTreeMap<ProposalId, LoggedProposal> {
        &self.proposals
    }

    /// What was proposed of rules, by id.
    pub const fn statements(&self) -> &BTreeMap<AttestationId, LoggedStatement> {
        &self.statements
    }

    /// The council; `None` before its first entry.
    pub const fn council(&self) -> Option<&LoggedCouncil> {
        self.council.as_ref()
    }

    /// Accounts by id.
    pub const fn accounts(&self) -> &BTreeMap<AccountId, LoggedAccount> {
        &self.accounts
    }

    /// Slips by id.
    pub const fn slips(&self) -> &BTreeMap<SlipId, LoggedSlip> {
        &self.slips
    }

    /// Polls that were begun, with the origin of their log.
    pub const fn polls(&self) -> &BTreeMap<PollId, String> {
        &self.polls
    }
}

/// Whether two accounts and a reason stand behind a database that was accepted.
fn is_by_two(accepted: &DatabaseAccepted, by: &Actor) -> bool {
    let (first, second) = (accepted.proposed_by.account, by.account);
    let are_two = first.is_some() && second.is_some() && first != second;
    let is_about = !accepted.logs.is_empty() || accepted.accounts.as_ref().is_some_and(|accounts| !accounts.is_empty());
    are_two && is_about && !accepted.reason.trim().is_empty()
}

/// Who did it, if it was a person.
fn sign_off(by: &Actor, at: UtcTime) -> Option<SignOff> {
    Some(SignOff { account: by.account?, name: by.name.clone(), role: by.role, at })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::event::council::{AccountChanged, AccountDisabled, AccountEnabled, IssuedSlip, PollBegun};
    use super::*;

    fn account(n: u8) -> AccountId {
        AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10])
    }

    fn slip(n: u8) -> SlipId {
        SlipId::new(Timestamp::UNIX_EPOCH, &[n; 10])
    }

    fn founded() -> CouncilEvent {
        let council = CouncilId::INSTALLATION;
        CouncilFounded { council, kind: None, name: "Hệ thống".into(), slug: "he-thong".into() }.into()
    }

    fn opened(n: u8) -> CouncilEvent {
        let (login, roles) = (format!("nguoi.{n}"), vec![Role::Operator]);
        AccountOpened { account: account(n), login, name: "Người".into(), roles }.into()
    }

    fn issued(slips: &[(u8, u8)]) -> CouncilEvent {
        let slips = slips.iter().map(|&(a, s)| IssuedSlip { account: account(a), slip: slip(s) }).collect();
        SlipsIssued { expires_at: "2026-12-01T01:00:00Z".parse().expect("time"), slips }.into()
    }

    fn course(events: impl IntoIterator<Item = CouncilEvent>) -> Result<CouncilCourse, CouncilCourseError> {
        let mut course = CouncilCourse::new(CouncilId::INSTALLATION);
        events.into_iter().try_for_each(|event| course.accept(event))?;
        Ok(course)
    }

    #[test]
    fn a_log_tells_the_accounts_and_slips_that_there_are() {
        let changed = AccountChanged { account: account(1), name: "Bà Lan".into(), roles: vec![Role::Auditor] };
        let told = course([
            founded(),
            opened(1),
            opened(2),
            changed.into(),
            AccountDisabled { account: account(2) }.into(),
            issued(&[(1, 1), (2, 2)]),
            issued(&[(1, 3)]),
            SlipsRevoked { slips: vec![slip(2)] }.into(),
        ])
        .expect("course");
        let first = &told.accounts()[&account(1)];
        assert_eq!((first.name.as_str(), first.is_open), ("Bà Lan", true));
        assert_eq!(first.roles, BTreeSet::from([Role::Auditor]));
        assert!(!told.accounts()[&account(2)].is_open);
        let void: Vec<bool> = [1, 2, 3].map(|n| told.slips()[&slip(n)].is_void).into();
        assert_eq!(void, [true, true, false]);
    }

    #[test]
    fn what_cannot_follow_is_refused() {
        use CouncilCourseError as No;
        let begun =
            || CouncilEvent::from(PollBegun { origin: "x".into(), poll: PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]) });
        let same_login = match opened(1) {
            CouncilEvent::AccountOpened(event) => AccountOpened { account: account(9), ..event },
            _ => unreachable!(),
        };
        let disabled = || CouncilEvent::from(AccountDisabled { account: account(1) });
        for (events, error) in [
            (vec![opened(1)], No::Unfounded),
            (vec![founded(), founded()], No::FoundedTwice),
            (vec![founded(), opened(1), same_login.into()], No::LoginTaken("nguoi.1".into())),
            (vec![founded(), SessionsEnded { account: account(1) }.into()], No::UnknownAccount(account(1))),
            (vec![founded(), opened(1), disabled(), disabled()], No::SameState(account(1))),
            (vec![founded(), opened(1), AccountEnabled { account: account(1) }.into()], No::SameState(account(1))),
            (vec![founded(), opened(1), issued(&[(1, 1)]), issued(&[(1, 1)])], No::IssuedTwice(slip(1))),
            (vec![founded(), SlipsRevoked { slips: vec![slip(1)] }.into()], No::NoSuchSlip(slip(1))),
            (vec![founded(), begun(), begun()], No::BegunTwice(PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]))),
        ] {
            assert_eq!(course(events).expect_err("refused"), error);
        }
        let elsewhere = CouncilId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
        let refused = CouncilCourse::new(elsewhere).accept(founded());
        assert_eq!(refused, Err(No::OtherCouncil(CouncilId::INSTALLATION)));
    }

    #[test]
    fn a_step_is_confirmed_by_another_and_taken_back_by_its_author() {
        let (id, poll) =
            (ProposalId::new(Timestamp::UNIX_EPOCH, &[1; 10]), PollId::new(Timestamp::UNIX_EPOCH, &[1; 10]));
        let at: UtcTime = "2026-12-01T01:00:00Z".parse().expect("time");
        let by = |n: u8| Actor { account: Some(account(n)), name: format!("Người {n}"), role: Role::Leader };
        let told = |decides: u8, outcome| {
            let mut course = course([founded()]).expect("founded");
            course.accept(PollBegun { origin: "x".into(), poll }.into()).expect("begun");
            let (about, content_sha256, kind) = (String::new(), Digest::of(b"x"), ProposalKind::ListDecided);
            let made = ProposalMade { about, content_sha256, kind, poll, proposal: id };
            course.accept_by(&by(1), at, made.into()).expect("made");
            let decided = ProposalDecided { note: String::new(), outcome, proposal: id };
            course.accept_by(&by(decides), at, decided.into()).map(|()| course.proposals()[&id].state)
        };
        let by_one = Err(CouncilCourseError::StepByOne(id));
        assert_eq!(told(2, ProposalState::Confirmed), Ok(ProposalState::Confirmed));
        assert_eq!(told(1, ProposalState::Confirmed), by_one);
        assert_eq!(told(1, ProposalState::Refused), by_one);
        assert_eq!(told(2, ProposalState::Withdrawn), by_one);
        assert_eq!(told(1, ProposalState::Withdrawn), Ok(ProposalState::Withdrawn));
    }

    #[test]
    fn what_is_said_of_a_rule_takes_two_people_and_is_what_was_proposed() {
        let id = AttestationId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
        let at: UtcTime = "2026-12-01T01:00:00Z".parse().expect("time");
        let by = |n: u8, role| Actor { account: Some(account(n)), name: format!("Người {n}"), role };
        let statement = |reason: &str| Statement {
            document: String::new(),
            file: None,
            from: None,
            kind: StatementKind::Accepted,
            page: String::new(),
            parameters: Vec::new(),
            read_by: String::new(),
            read_on: None,
            reason: reason.into(),
            ruleset: "NQ96-2023-QH15".into(),
        };
        let sha256 = Digest::of(canonical::to_text(&statement("có lý do")).expect("text").as_bytes());
        let proposed = || CouncilEvent::from(RuleProposed { attestation: id, statement_sha256: sha256 });
        let accepted = |by: Actor, reason: &str| {
            CouncilEvent::from(RuleAccepted { attestation: id, proposed_by: by, statement: statement(reason) })
        };
        let clerk = || by(1, Role::Clerk);
        let told = |confirms: Actor, event: CouncilEvent| {
            let council = CouncilId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
            let named = CouncilFounded { council, kind: None, name: "Hội đồng".into(), slug: "mau".into() };
            let mut course = CouncilCourse::new(council);
            course.accept(named.into()).expect("founded");
            course.accept_by(&clerk(), at, proposed()).expect("proposed");
            course.accept_by(&confirms, at, event).map(|()| course.statements()[&id].state)
        };
        assert_eq!(told(by(2, Role::Leader), accepted(clerk(), "có lý do")), Ok(ProposalState::Confirmed));
        let not_by_two = Err(CouncilCourseError::NotByTwo(id));
        assert_eq!(told(by(1, Role::Leader), accepted(clerk(), "có lý do")), not_by_two);
        assert_eq!(told(by(2, Role::Clerk), accepted(clerk(), "có lý do")), not_by_two);
        let other = Err(CouncilCourseError::NotStated(id));
        assert_eq!(told(by(2, Role::Leader), accepted(clerk(), "lý do khác")), other);
        assert_eq!(told(by(2, Role::Leader), accepted(by(3, Role::Clerk), "có lý do")), other);
        let attested = RuleAttested { attestation: id, proposed_by: clerk(), statement: statement("có lý do") };
        assert_eq!(told(by(2, Role::Leader), attested.into()), not_by_two);
        let declined = |outcome| CouncilEvent::from(RuleDeclined { attestation: id, note: "sai".into(), outcome });
        assert_eq!(told(clerk(), declined(ProposalState::Withdrawn)), Ok(ProposalState::Withdrawn));
        assert_eq!(told(by(2, Role::Leader), declined(ProposalState::Withdrawn)), not_by_two);
        assert_eq!(told(clerk(), declined(ProposalState::Refused)), not_by_two);
    }
}
