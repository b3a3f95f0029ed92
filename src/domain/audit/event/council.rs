//! What a council's own log can say: that it was founded, who may sign in and who did, and which polls it began.
//!
//! An account is told by its id; names stand only where they are given or changed.

use serde::{Deserialize, Serialize};

use super::declare::events;
use super::{Actor, EventError, EventRow, FieldRow, LogEvent};
use crate::audit::canonical::{self, ReadError};
use crate::audit::digest::Digest;
use crate::audit::time::UtcTime;
use crate::council::CouncilKind;
use crate::id::{AccountId, AttestationId, CouncilId, PollId, ProposalId, SlipId};
use crate::proposal::{ProposalKind, ProposalState};
use crate::record::{Action, Subject};
use crate::role::Role;
use crate::rules::Statement;
use crate::workbook_answer::WorkbookAnswer;

/// Who set a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordBy {
    /// Its owner.
    Owner,
    /// An administrator, for its owner to change at the next sign-in; or the demo, whose passwords stay as printed.
    Admin,
}

/// By what it is known that the right person holds an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VouchedBy {
    /// An administrator who did not reset it says so.
    Admin,
    /// Its owner showed the second factor that the reset left alone.
    SecondFactor,
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInBy {
    /// Password alone.
    Password,
    /// Password and a code of the authenticator app.
    SecondFactor,
    /// An access slip, used up by it.
    Slip,
    /// The link that the console shows at the first start.
    SetUpLink,
}

/// A slip and whom it lets in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedSlip {
    /// Whom it lets in.
    pub account: AccountId,
    /// The slip; its code stands nowhere but on its paper.
    pub slip: SlipId,
}

/// A log as the anchors have it, and as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedLog {
    /// Entries that were anchored.
    pub anchored: u64,
    /// Root over them.
    pub anchored_root: Digest,
    /// Name of the log.
    pub origin: String,
    /// Root over the entries that it has.
    pub root: Digest,
    /// Entries that it has; 0 where there is no such log.
    pub size: u64,
}

/// An account whose row the program did not write, and that two people vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedAccount {
    /// Whose row it is.
    pub account: AccountId,
    /// The council of the account.
    pub council: CouncilId,
    /// The name to sign in with.
    pub login: String,
}

events! {
    /// One thing that happened in a council, outside its polls.
    CouncilEvent;

    /// The council exists in this installation.
    "council.founded" CouncilFounded by "operator" when "first entry of the log" {
        /// Its id.
        council: CouncilId,
        /// Kind and level; `null` for the installation itself.
        kind: Option<CouncilKind>,
        /// Its name.
        name: String,
        /// Its name in addresses.
        slug: String,
    }
    /// The council's name or its name in addresses changed.
    "council.renamed" CouncilRenamed by "operator" when "any time" {
        /// Its new name.
        name: String,
        /// Its new name in addresses.
        slug: String,
    }
    /// Whether everybody who signs in by password must have a second factor.
    "second_factor.required" SecondFactorRequired by "admin" when "any time" {
        /// From now on.
        required: bool,
    }
    /// Somebody may sign in.
    "account.opened" AccountOpened by "admin" when "any time" {
        /// Its id.
        account: AccountId,
        /// Name to sign in with.
        login: String,
        /// Full name.
        name: String,
        /// What its holder may do.
        roles: Vec<Role>,
    }
    /// Name or roles are different now.
    "account.changed" AccountChanged by "admin" when "any time after the account was opened" {
        /// Whose.
        account: AccountId,
        /// Full name.
        name: String,
        /// What its holder may do now.
        roles: Vec<Role>,
    }
    /// Nobody may sign in as this account any more.
    "account.disabled" AccountDisabled by "admin" when "while the account is open" {
        /// Whose.
        account: AccountId,
    }
    /// A disabled account is open again.
    "account.enabled" AccountEnabled by "admin" when "while the account is disabled" {
        /// Whose.
        account: AccountId,
    }
    /// There is a new password; what was signed in before is signed out.
    "password.set" PasswordSet by "admin" when "any time after the account was opened; by its owner too" {
        /// Whose.
        account: AccountId,
        /// Who chose it.
        by: PasswordBy,
    }
    /// The owner's authenticator app was added or taken away.
    "second_factor.set" SecondFactorSet by "admin" when "any time; switched on by its owner alone" {
        /// Whose.
        account: AccountId,
        /// From now on.
        on: bool,
    }
    /// The right person holds an account whose proof somebody else had in hand.
    "account.vouched" AccountVouched by "admin" when "after the proof was set by somebody else; by a third person or by the owner's old second factor" {
        /// Whose.
        account: AccountId,
        /// By what it is known.
        by: VouchedBy,
    }
    /// Somebody signed in.
    "session.started" SessionStarted by "all" when "any time" {
        /// Who.
        account: AccountId,
        /// By which proof.
        by: SignInBy,
    }
    /// All sessions of an account ended at once.
    "sessions.ended" SessionsEnded by "all" when "any time" {
        /// Whose.
        account: AccountId,
    }
    /// Wrong passwords brought a delay of a minute or longer.
    "sign_in.delayed" SignInDelayed by "program" when "once per delay" {
        /// Whose password was tried.
        account: AccountId,
        /// Wrong ones in a row.
        failures: u32,
    }
    /// Wrong passwords that were counted for an account were forgotten, so that its owner need not wait.
    "sign_in.freed" SignInFreed by "admin" when "any time after the account was opened" {
        /// Whose.
        account: AccountId,
    }
    /// Two people confirmed that the clock of the machine is right and that the time of the entry before is not to be gone by: the time of this entry may be earlier.
    "clock.confirmed" ClockConfirmed by "admin" when "any time after the first entry; by two people, in the installation's own log by one and the command line" {
        /// Time of the entry before.
        last: UtcTime,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Two people let the service go on with a database that is not what the anchors beside the key say: one that was put back, or whose logs are others.
    "database.accepted" DatabaseAccepted by "admin" when "any time after the first entry, in the installation's own log; by two people" {
        /// Accounts whose rows the program did not write, in the order of their councils and names; in entries before the program knew them there are none.
        accounts: Option<Vec<AcceptedAccount>>,
        /// Logs that are others than the anchors say, in the order of their names.
        logs: Vec<AcceptedLog>,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Access slips were printed.
    "slips.issued" SlipsIssued by "admin" when "any time; earlier slips of the same people are void" {
        /// They end at this moment.
        expires_at: UtcTime,
        /// One for each person.
        slips: Vec<IssuedSlip>,
    }
    /// Access slips that nobody used are void.
    "slips.revoked" SlipsRevoked by "admin" when "any time" {
        /// Which.
        slips: Vec<SlipId>,
    }
    /// A poll began, with a log of its own.
    "poll.begun" PollBegun by "clerk" when "any time; the poll's own log begins with it" {
        /// Name of the poll's log.
        origin: String,
        /// The poll.
        poll: PollId,
    }
    /// What somebody said that cells of a workbook mean, before its records were written.
    "import.answered" ImportAnswered by "clerk" when "with an import, before the records that it brings" {
        /// What was said, in the order in which it was.
        answers: Vec<WorkbookAnswer>,
        /// Name of the file.
        file: String,
        /// Over the bytes of the file.
        file_sha256: Digest,
    }
    /// Records are different now; what they say stands in the database, by hash.
    "records.revised" RecordsRevised by "clerk" when "any time; an import tells of all its records at once" {
        /// What was done to them.
        action: Action,
        /// Id of the record, when it is one.
        record: Option<String>,
        /// How many.
        records: u64,
        /// Over ids, versions and contents, see `domain::record::digest`.
        sha256: Digest,
        /// What they are of.
        subject: Subject,
    }
    /// Somebody proposed a step that another has to confirm.
    "proposal.made" ProposalMade by "clerk" when "any time before its step is taken" {
        /// What it concerns within the poll; empty when it is the poll itself.
        about: String,
        /// SHA-256 of the text that is proposed.
        content_sha256: Digest,
        /// Which step.
        kind: ProposalKind,
        /// Of which poll.
        poll: PollId,
        /// Its id.
        proposal: ProposalId,
    }
    /// Somebody else confirmed or refused what was proposed, or its author took it back.
    "proposal.decided" ProposalDecided by "leader" when "once, after it was made" {
        /// Why, where somebody said so.
        note: String,
        /// What became of it.
        outcome: ProposalState,
        /// Which.
        proposal: ProposalId,
    }
    /// Somebody proposed what the office says of parameters of a rule set.
    "rule.proposed" RuleProposed by "clerk" when "any time" {
        /// Its id.
        attestation: AttestationId,
        /// SHA-256 of the text that is proposed.
        statement_sha256: Digest,
    }
    /// Parameters were compared with the official text: article, page, day, person, file.
    "rule.attested" RuleAttested by "leader" when "once, after it was proposed; by two people" {
        /// Which proposal.
        attestation: AttestationId,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// The text that was proposed.
        statement: Statement,
    }
    /// A parameter has another value from a day on, or the value that the council's own rules give it.
    "rule.changed" RuleChanged by "leader" when "once, after it was proposed; by two people" {
        /// Which proposal.
        attestation: AttestationId,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// The text that was proposed.
        statement: Statement,
    }
    /// Parameters are taken as they are, with a reason, although nobody compared them.
    "rule.accepted" RuleAccepted by "leader" when "once, after it was proposed; by two people" {
        /// Which proposal.
        attestation: AttestationId,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// The text that was proposed.
        statement: Statement,
    }
    /// The council goes by what the overseer's installation published of parameters.
    "rule.adopted" RuleAdopted by "leader" when "once, after it was proposed; by two people" {
        /// Which proposal.
        attestation: AttestationId,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// The text that was proposed.
        statement: Statement,
    }
    /// Somebody else refused what was proposed of a rule, or its author took it back.
    "rule.declined" RuleDeclined by "leader" when "once, after it was proposed; by its author too" {
        /// Which proposal.
        attestation: AttestationId,
        /// Why, where somebody said so.
        note: String,
        /// What became of it.
        outcome: ProposalState,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_names_one_event_in_one_log_and_its_fields_are_in_canonical_order() {
        let rows = || CouncilEvent::TABLE.iter().chain(crate::audit::PollEvent::TABLE);
        let mut kinds: Vec<&str> = rows().map(|row| row.kind).collect();
        for row in rows() {
            assert!(row.fields.is_sorted_by_key(|f| f.name), "{}", row.kind);
        }
        kinds.sort_unstable();
        let twice: Vec<&str> = kinds.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert_eq!(twice, ["clock.confirmed"], "every log has times, and what confirms them is the same event in each");
    }
}
