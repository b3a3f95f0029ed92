//! What a poll's log can say.

use serde::{Deserialize, Serialize};

use super::declare::events;
use super::{EventError, EventRow, FieldRow, LogEvent};
use crate::domain::audit::canonical::{self, ReadError};
use crate::domain::audit::digest::Digest;
use crate::domain::audit::time::UtcTime;
use crate::domain::count::BatchCounts;
use crate::domain::poll::PollKind;
use crate::domain::roster::Teller;

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
    /// Sum over all its batches.
    pub counts: BatchCounts,
    /// Id of the form.
    pub form: String,
    /// Phát ra.
    pub issued: u32,
    /// Thu về.
    pub returned: u32,
}

events! {
    /// One thing that happened in a poll.
    PollEvent;

    /// The poll exists: who votes, on what occasion, under which rules.
    "poll.created" PollCreated by "clerk" when "first entry of the log" {
        /// Name of the council.
        council: String,
        /// All delegates of the council: the base of shares where the rule set says so.
        delegates: u32,
        /// Lấy phiếu or bỏ phiếu.
        kind: PollKind,
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
    /// Delegates receive their ballots.
    "voting.opened" VotingOpened by "leader" when "once, after forms are sealed; checkpoint 2 follows" {
        /// When the chair opened it.
        at: UtcTime,
    }
    /// Ballots of one form, out and back.
    "ballots.returned" BallotsReturned by "head_teller" when "once per form, after voting opened, before its batches" {
        /// Id of the form.
        form: String,
        /// Phát ra.
        issued: u32,
        /// Thu về.
        returned: u32,
    }
    /// Two tellers agree on a batch; its counts are bound but not shown.
    "batch.committed" BatchCommitted by "teller" when "once per batch, after its form's ballots are back" {
        /// Number of the batch within its form, from 1.
        batch: u32,
        /// Hiding commitment to its counts.
        commitment: Digest,
        /// Id of the form.
        form: String,
        /// Papers in the pile.
        papers: u32,
    }
    /// Every batch is in; totals become public.
    "counting.closed" CountingClosed by "head_teller" when "once, after the last batch; checkpoint 3 follows" {
        /// One per form, in the order of the sealed forms.
        forms: Vec<FormTotals>,
    }
    /// The result as published.
    "result.declared" ResultDeclared by "leader" when "once, after counting closed" {
        /// SHA-256 of results.json.
        results_sha256: Digest,
    }
    /// A paper left the program; a corrected paper of the same name is a new entry.
    "paper.issued" PaperIssued by "clerk" when "any time after the poll exists; checkpoint 4 follows the minutes, checkpoint 5 the last paper" {
        /// Name of the file, without folder.
        name: String,
        /// Pages.
        pages: u32,
        /// SHA-256 of its bytes.
        sha256: Digest,
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
            format!(r#"{{"forms":[{{"counts":{counts},"form":"F1","issued":5,"returned":5}}]}}"#)
        };
        let read = |line: &str| PollEvent::from_canonical("counting.closed", &totals(line));
        assert!(read(r#"{"high":1,"low":2,"medium":2}"#).is_ok());
        assert!(read(r#"{"confidence":1,"high":1,"low":2,"medium":2}"#).is_err());
        assert!(read(r#"{"ballots":["high"],"high":1,"low":2,"medium":2}"#).is_err());
    }
}
