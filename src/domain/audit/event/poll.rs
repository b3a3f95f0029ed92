//! What a poll's log can say.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Actor;
use super::declare::events;
use super::{EventError, EventRow, FieldRow, LogEvent};
use crate::audit::canonical::{self, ReadError};
use crate::audit::digest::Digest;
use crate::audit::pedersen::{BatchCommitments, FormBlindings};
use crate::audit::time::UtcTime;
use crate::batch::Reader;
use crate::count::BatchCounts;
use crate::id::AccountId;
use crate::poll::{LevelCounts, PollKind};
use crate::presence::PresenceChange;
use crate::roster::Teller;
use crate::rules::BadLineCosts;
use crate::share_lock::ShareKey;
use crate::signing::MissingSignature;

/// One official on the list that was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedOfficial {
    /// Khối, as the ballot form names it.
    pub block: String,
    /// Full name.
    pub name: String,
    /// All posts in one line.
    pub posts: String,
}

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// Name of the file, without folder.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// A ballot form as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedForm {
    /// Khối.
    pub block: String,
    /// Id on the form: `F1-3F9A2C`.
    pub id: String,
    /// Officials on it.
    pub lines: u32,
    /// SHA-256 of one copy as printed; all copies are the same bytes.
    pub sha256: Digest,
    /// Sheets of paper of one ballot.
    pub sheets: u32,
}

/// All that was counted of one form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormTotals {
    /// What opens the sums of the form's commitments; absent where a batch has none that add up, in older logs, and in a
    /// zero report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blindings: Option<FormBlindings>,
    /// Sum over all its batches.
    pub counts: BatchCounts,
    /// Id of the form.
    pub form: String,
    /// Phát ra.
    pub issued: u32,
    /// Thu về.
    pub returned: u32,
}

/// What a test deck gave on one form. Its papers were marked beforehand and are nobody's ballots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeckForm {
    /// What came out.
    pub counted: BatchCounts,
    /// What had to come out.
    pub expected: BatchCounts,
    /// Id of the form.
    pub form: String,
    /// Paper by paper, in the order of the deck; absent in older logs, in which totals were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers: Option<Vec<DeckPaper>>,
}

/// One paper of a test deck: a key for every line (`1` and on for the levels, `0` no mark, `9` double mark), or `-2` for a
/// paper that is invalid for the second reason that the rule set has for its form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeckPaper {
    /// What stands on it.
    pub expected: String,
    /// What both tellers read.
    pub read: String,
}

/// Which figure of a line stands after a recount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// The one before the recount.
    Counted,
    /// The one of the recount.
    Recounted,
}

/// A program by what can be known of it while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// SHA-256 of the file that runs.
    pub sha256: Digest,
    /// As it names itself.
    pub version: String,
}

events! {
    /// One thing that happened in a poll.
    PollEvent;

    /// The poll exists: who votes, on what occasion, under which rules.
    "poll.created" PollCreated by "clerk" when "first entry of the log" {
        /// Name of the log of the cancelled vote in whose place this one was begun; absent of any other.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_of: Option<String>,
        /// Name of the council.
        council: String,
        /// All delegates of the council: the base of shares where the rule set says so.
        delegates: u32,
        /// Lấy phiếu or bỏ phiếu.
        kind: PollKind,
        /// The program that began the poll; absent in logs of older programs, and of rehearsals at the command line, which come out the same on every machine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<Program>,
        /// Diễn tập: the papers carry no legal weight.
        rehearsal: bool,
        /// Id of the rule set.
        ruleset: String,
        /// SHA-256 of the rule set's text.
        ruleset_sha256: Digest,
        /// Ballots were drawn by the program, not cast by people.
        simulated: bool,
        /// Name of the sitting.
        sitting: String,
    }
    /// What was expected of the sitting when the poll was created is different now.
    "poll.amended" PollAmended by "clerk" when "any time before forms are sealed" {
        /// All delegates of the council.
        delegates: u32,
        /// Name of the sitting.
        sitting: String,
    }
    /// The poll goes by another text of its rule set: what the office attested since, or what its board chose.
    "rules.frozen" RulesFrozen by "leader" when "any time before forms are sealed; by two people; a choice of the board once, after it is appointed" {
        /// What a line that is marked wrongly costs, where the board of tellers chose it; absent otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bad_line: Option<BadLineCosts>,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// SHA-256 of the rule set's text from now on.
        ruleset_sha256: Digest,
    }
    /// Who is voted on, in ballot order.
    "list.decided" ListDecided by "leader" when "once, before forms are sealed" {
        /// In the order of the list.
        officials: Vec<ListedOfficial>,
        /// Number and day of the decision; empty in a rehearsal.
        resolution: String,
    }
    /// Who counts; a later one takes its place.
    "board.appointed" BoardAppointed by "leader" when "after the list is decided, before forms are sealed" {
        /// Number and day of the decision; empty in a rehearsal.
        resolution: String,
        /// Members whose shares the close needs: 2, where the council chose it; absent otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shares: Option<u32>,
        /// Head first.
        tellers: Vec<Teller>,
    }
    /// Dossiers went to the delegates; a later version is a new entry.
    "dossiers.released" DossiersReleased by "leader" when "any time before voting opens" {
        /// One per dossier.
        files: Vec<FileHash>,
    }
    /// Ballot forms are final: one per block.
    "forms.sealed" FormsSealed by "leader" when "once, after the list is decided; checkpoint 1 follows" {
        /// In the order of blocks.
        forms: Vec<SealedForm>,
    }
    /// Test decks were keyed like ballots; a form passed where every paper was read as it is marked.
    "deck.counted" DeckCounted by "head_teller" when "any number of times, after forms are sealed, before the zero report" {
        /// One or more of the sealed forms, in their order.
        forms: Vec<DeckForm>,
    }
    /// The vote goes on without a test deck that passed.
    "deck.waived" DeckWaived by "leader" when "after forms are sealed, before the zero report; by two people" {
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why, as the minutes print it.
        reason: String,
    }
    /// A member of the board, who writes the entry, took a share of what the close needs; a later one of the same account takes its place.
    "share.taken" ShareTaken by "teller" when "after forms are sealed, before voting opens; where the board was appointed with shares" {
        /// By which the share is known; the share itself is on paper.
        public_key: ShareKey,
    }
    /// Nothing is counted yet: the table that closes the count, with a zero in every place.
    "zero.reported" ZeroReported by "head_teller" when "once, after the last test deck of every form passed or the test was waived" {
        /// One per form, in the order of the sealed forms.
        forms: Vec<FormTotals>,
    }
    /// The vote is held on another day than the one that was planned.
    "poll.moved" PollMoved by "leader" when "after forms are sealed, before voting opens; by two people" {
        /// The day before.
        #[serde(deserialize_with = "crate::audit::day::read")]
        before: Date,
        /// The day on which it will be.
        #[serde(deserialize_with = "crate::audit::day::read")]
        day: Date,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why, as the minutes print it.
        reason: String,
    }
    /// Delegates receive their ballots.
    "voting.opened" VotingOpened by "leader" when "once, after the zero report; by two people; checkpoint 2 follows" {
        /// When the chair opened it.
        at: UtcTime,
        /// The day that was planned, or to which it was moved last; absent where none was, and in older logs.
        #[serde(default, deserialize_with = "crate::audit::day::read_some", skip_serializing_if = "Option::is_none")]
        planned: Option<Date>,
        /// Delegates in the hall, as the board counted them.
        present: u32,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// The smallest number present that the rule set asks for; absent in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quorum: Option<u32>,
        /// Why it was opened without a quorum or on another day; absent where neither was so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }
    /// Delegates came to the hall or left it.
    "presence.changed" PresenceChanged by "head_teller, clerk" when "after voting opened, before counting closes" {
        /// Delegates who were there at any time, after it.
        attended: u32,
        /// Came for the first time, left, or came back.
        change: PresenceChange,
        /// How many.
        number: u32,
        /// Delegates who are there, after it.
        present: u32,
        /// Why.
        reason: String,
    }
    /// The number present was written down wrong; these figures take the place of the ones before.
    "presence.corrected" PresenceCorrected by "leader" when "after voting opened, before counting closes; by two people" {
        /// Delegates who were there at any time: no more ballots are issued of a form.
        attended: u32,
        /// Delegates who were there when the vote was opened.
        opened: u32,
        /// Delegates who are there now.
        present: u32,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Ballots of one form are out: what was announced stands from the last form's on.
    "ballots.issued" BallotsIssued by "head_teller" when "per form, after voting opened; again until the last form's" {
        /// Id of the form.
        form: String,
        /// Phát ra: one for each delegate who took one.
        issued: u32,
        /// Đã in.
        printed: u32,
    }
    /// The announced number of issued ballots of a form is corrected; its returned ballots have to be recorded again.
    "issued.corrected" IssuedCorrected by "leader" when "after the last form's ballots.issued, before counting begins; by two people" {
        /// Id of the form.
        form: String,
        /// Phát ra.
        issued: u32,
        /// Đã in.
        printed: u32,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Papers that nobody used, and spoiled ones, are under seal before the box is opened.
    "unused.sealed" UnusedSealed by "head_teller" when "after the last form's ballots.issued, before the first ballots.returned" {
        /// What is in them, where they lie.
        note: String,
        /// Packets.
        packets: u32,
    }
    /// Papers of one form, each figure counted by itself.
    "ballots.returned" BallotsReturned by "head_teller" when "per form, after every form's ballots.issued; again until the last form's, with which counting begins" {
        /// Đổi: spoiled before casting, taken back and destroyed; not among those issued.
        exchanged: u32,
        /// Id of the form.
        form: String,
        /// Phát ra: one for each delegate who took one.
        issued: u32,
        /// Không thu về.
        not_returned: u32,
        /// Đã in.
        printed: u32,
        /// Thu về.
        returned: u32,
        /// Chưa dùng.
        unused: u32,
    }
    /// The papers of a form were written down wrong; these figures take the place of the ones before.
    "ballots.corrected" BallotsCorrected by "leader" when "after the last form's ballots.returned, before counting closes; by two people" {
        /// All figures anew.
        ballots: BallotsReturned,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Two tellers agree on a batch; its counts are bound but not shown.
    "batch.committed" BatchCommitted by "teller" when "once per batch, after the ballots of all forms are back; again after it was reopened" {
        /// Their accounts, in the order of `readers`; absent where the program read for somebody, and in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accounts: Option<Vec<AccountId>>,
        /// Number of the batch within its form, from 1.
        batch: u32,
        /// Hiding commitment to its counts: the hash of `commitments`, or of the counts in older logs.
        commitment: Digest,
        /// Commitments that add up, one for each cell; absent in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commitments: Option<BatchCommitments>,
        /// Lines, and papers as a whole, on which the head teller decided with the paper in hand.
        decided: u32,
        /// Whose reading one of the two took over; absent where each read the whole pile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earlier: Option<Vec<Reader>>,
        /// Id of the form.
        form: String,
        /// Papers in the pile.
        papers: u32,
        /// Who read it, in the order of the two readings.
        readers: Vec<String>,
        /// Lines, and papers as a whole, on which the two differed at first and read again.
        reread: u32,
    }
    /// A batch is counted anew; its commitment is superseded and stays closed for good.
    "batch.reopened" BatchReopened by "leader" when "after the batch was committed, before counting closes; by two people" {
        /// Number of the batch within its form.
        batch: u32,
        /// The commitment that no longer counts.
        commitment: Digest,
        /// Id of the form.
        form: String,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Every batch is in; totals become public.
    "counting.closed" CountingClosed by "leader" when "once, after the last batch; by two people; checkpoint 3 follows" {
        /// One per form, in the order of the sealed forms.
        forms: Vec<FormTotals>,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// The two whose shares closed it, in the order in which they gave them; absent where the board was appointed without shares.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shares: Option<Vec<Reader>>,
    }
    /// Two people have a line counted again that the rule does not name.
    "recount.ordered" RecountOrdered by "leader" when "after counting closed, before the result; by two people" {
        /// Id of the form.
        form: String,
        /// Number of the line on the form, from 1.
        line: u32,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why, as the minutes print it.
        reason: String,
    }
    /// The papers were counted again for one line.
    "line.recounted" LineRecounted by "teller" when "after counting closed, before the result; every line that is due or ordered; by two people where the figures differ" {
        /// Accounts of the two, in the order of `readers`; absent in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accounts: Option<Vec<AccountId>>,
        /// The figure that stood before.
        counted: LevelCounts,
        /// Id of the form.
        form: String,
        /// Number of the line on the form, from 1.
        line: u32,
        /// Which of the two brought the other figure; whoever wrote the entry agreed. Absent where both figures are the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed_by: Option<Actor>,
        /// The two who counted again.
        readers: Vec<String>,
        /// Why that figure stands; said where the two differ.
        reason: String,
        /// What the recount gave.
        recounted: LevelCounts,
        /// Which of the two stands.
        stands: Stands,
    }
    /// The result as published.
    "result.declared" ResultDeclared by "leader" when "once, after counting closed and every line that is due was recounted; by two people" {
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// SHA-256 of results.json.
        results_sha256: Digest,
    }
    /// The minutes lie on the table to be signed; a later one takes their place.
    "minutes.proposed" MinutesProposed by "head_teller" when "after the result, before minutes are signed; a paper.issued names the paper before it" {
        /// Copies in which they are made, as the paper says it; absent in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copies: Option<u32>,
        /// Name of the file, without folder.
        name: String,
        /// SHA-256 of its bytes.
        sha256: Digest,
    }
    /// The tellers signed the minutes on paper.
    "minutes.signed" MinutesSigned by "leader" when "after minutes were proposed, by somebody else; again after they were reopened; checkpoint 4 follows" {
        /// Members of the board who did not sign, with the reason; absent in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missing: Option<Vec<MissingSignature>>,
        /// SHA-256 of the paper that they signed.
        sha256: Digest,
        /// Who signed.
        tellers: Vec<Teller>,
    }
    /// The signing of the minutes is undone; minutes are proposed and signed again.
    "minutes.reopened" MinutesReopened by "leader" when "after minutes are signed, before the result is confirmed or published; by two people" {
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why, as the next minutes print it.
        reason: String,
    }
    /// The counted ballots are sealed and handed over; a later entry takes the place of an earlier one.
    "ballots.handed_over" BallotsHandedOver by "head_teller" when "after the result, before the poll is archived; after publication checkpoint 5 is signed again" {
        /// What is in the packets, and where they are kept.
        note: String,
        /// Packets.
        packets: u32,
        /// Who received them.
        received_by: String,
        /// Who sealed them.
        sealed_by: String,
    }
    /// The council confirmed the result by a resolution.
    "result.confirmed" ResultConfirmed by "leader" when "once, after minutes are signed, where the rule set asks for a resolution; by two people" {
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Number and day of the resolution; empty in a rehearsal.
        resolution: String,
        /// SHA-256 of the paper.
        sha256: Digest,
    }
    /// The result is public.
    "result.published" ResultPublished by "leader" when "once, after minutes are signed and the result is confirmed; by two people; checkpoint 5 follows" {
        /// When.
        at: UtcTime,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
    }
    /// A published paper was wrong; this one says what is right.
    "corrigendum.issued" CorrigendumIssued by "leader" when "after the result is published; by two people; checkpoint 5 is signed again" {
        /// Name of the file, without folder.
        name: String,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// What was wrong.
        reason: String,
        /// SHA-256 of its bytes.
        sha256: Digest,
    }
    /// The papers of the vote are sealed and put away.
    "poll.archived" PollArchived by "leader" when "once, after the result is published; by two people; checkpoint 5 is signed again" {
        /// Where they lie.
        place: String,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
    }
    /// The vote is called off; nothing follows, and what was sealed stays closed.
    "poll.cancelled" PollCancelled by "leader" when "once, before the result is declared; by two people" {
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// A paper left the program; a corrected paper of the same name is a new entry.
    "paper.issued" PaperIssued by "clerk" when "any time until the result is published; after that with a corrigendum" {
        /// Name of the file, without folder.
        name: String,
        /// Pages.
        pages: u32,
        /// SHA-256 of its bytes.
        sha256: Digest,
    }
    /// Two people confirmed that the clock of the machine is right and that the time of the entry before is not to be gone by: the time of this entry may be earlier.
    "clock.confirmed" ClockConfirmed by "leader" when "any time after the first entry; by two people" {
        /// Time of the entry before.
        last: UtcTime,
        /// Who asked for it; whoever wrote the entry agreed.
        proposed_by: Actor,
        /// Why.
        reason: String,
    }
    /// Where the council's own log stood, so that neither can be rewritten without the other.
    "council_log.noted" CouncilLogNoted by "leader" when "any time; with each release of dossiers, and before forms are sealed" {
        /// Name of the council's log.
        origin: String,
        /// Root over its first `size` entries.
        root: Digest,
        /// Its entries.
        size: u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_read_to_the_letter() {
        let digest = Digest::of(b"paper");
        let event = PollEvent::from(PaperIssued { name: "minutes.pdf".into(), pages: 3, sha256: digest });
        let text = event.data_text().expect("text");
        assert_eq!(PollEvent::from_canonical("paper.issued", &text).expect("event"), event);
        for (kind, wrong) in [
            ("paper.issued", text.replace("\"pages\":3", "\"pages\":-3")),
            ("paper.issued", text.replace("\"pages\":3", "\"mark\":1,\"pages\":3")),
            ("paper.issued", text.replace("\"pages\":3,", "")),
            ("paper.issued", format!("[\"minutes.pdf\",3,\"{digest}\"]")),
            ("paper.issued", text.replace(&digest.to_string(), &digest.to_string().to_uppercase())),
            ("ballot.cast", text.clone()),
        ] {
            assert!(PollEvent::from_canonical(kind, &wrong).is_err(), "{kind} {wrong}");
        }
    }

    /// `LevelCounts` tells its two shapes apart by their keys; neither may carry the other's, or anything else.
    #[test]
    fn totals_have_no_room_for_more_than_counts() {
        let totals = |line: &str| {
            let counts = format!(r#"{{"invalid":{{}},"lines":[{line}],"papers":5}}"#);
            let form = format!(r#"{{"counts":{counts},"form":"F1","issued":5,"returned":5}}"#);
            let by = r#"{"account":null,"name":"Trưởng ban","role":"head_teller"}"#;
            format!(r#"{{"forms":[{form}],"proposed_by":{by}}}"#)
        };
        let read = |line: &str| PollEvent::from_canonical("counting.closed", &totals(line));
        assert!(read(r#"{"high":1,"low":2,"medium":2}"#).is_ok());
        assert!(read(r#"{"confidence":1,"high":1,"low":2,"medium":2}"#).is_err());
        assert!(read(r#"{"ballots":["high"],"high":1,"low":2,"medium":2}"#).is_err());
    }
}
