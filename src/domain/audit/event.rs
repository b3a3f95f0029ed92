//! What a poll's log can say. Each event is declared once, here; its type, its kind, its reader and its line in the
//! table of events come from that one declaration.
//!
//! No event has room for a mark, a selection or the value of a single ballot: the finest figure before counting closes
//! is the number of papers in a batch, beside a commitment that hides its counts.
//!
//! Fields stand in canonical order (sorted), so that what serde writes is canonical as it is.

use serde::{Deserialize, Serialize};

use super::canonical::{self, ReadError};
use super::digest::Digest;
use super::time::UtcTime;
use crate::domain::count::BatchCounts;
use crate::domain::poll::PollKind;

/// In which capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Thư ký, văn phòng: prepares lists, facts and papers.
    Clerk,
    /// Thường trực, chủ tọa: verifies and confirms.
    Leader,
    /// Thành viên Ban kiểm phiếu: keys a batch.
    Teller,
    /// Trưởng Ban kiểm phiếu: opens and closes batches.
    HeadTeller,
    /// The program itself, in a rehearsal that nobody attends.
    Program,
}

/// Who did what an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Full name.
    pub name: String,
    /// In which capacity.
    pub role: Role,
}

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

/// A field in the table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRow {
    /// Key in `data`.
    pub name: &'static str,
    /// What it holds.
    pub doc: &'static str,
}

/// A line in the table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// `batch.committed`.
    pub kind: &'static str,
    /// What happened.
    pub doc: &'static str,
    /// Who writes it.
    pub who: &'static str,
    /// When in the course of a poll.
    pub when: &'static str,
    /// Keys of `data`, in their order.
    pub fields: &'static [FieldRow],
}

macro_rules! events {
    ($(
        #[doc = $doc:literal]
        $kind:literal $name:ident by $who:literal when $when:literal {
            $( #[doc = $field_doc:literal] $field:ident: $type:ty, )+
        }
    )+) => {
        $(
            #[doc = $doc]
            #[doc = ""]
            #[doc = concat!("Kind `", $kind, "`. Who: ", $who, ". When: ", $when, ".")]
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $( #[doc = $field_doc] pub $field: $type, )+
            }

            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )+

        /// One thing that happened in a poll.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $( #[doc = $doc] $name($name), )+
        }

        impl Event {
            /// Every event that there is, in the order in which a poll meets them.
            pub const TABLE: &[EventRow] = &[$(EventRow {
                kind: $kind,
                doc: $doc,
                who: $who,
                when: $when,
                fields: &[$(FieldRow { name: stringify!($field), doc: $field_doc }),+],
            }),+];

            /// Dotted words: `batch.committed`.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $( Self::$name(_) => $kind, )+
                }
            }

            /// Canonical text of `data`.
            ///
            /// # Errors
            /// When a figure is beyond what canonical JSON holds.
            pub fn data_text(&self) -> Result<String, ReadError> {
                match self {
                    $( Self::$name(event) => canonical::to_text(event), )+
                }
            }

            /// Reads `data`, a text that was found canonical, as an event of `kind`.
            ///
            /// # Errors
            /// When the kind is not known, or `data` is not exactly of its shape.
            pub(super) fn from_canonical(kind: &str, data: &str) -> Result<Self, EventError> {
                match kind {
                    $( $kind => canonical::from_canonical(data).map(Self::$name).map_err(EventError::Data), )+
                    _ => Err(EventError::Kind(kind.to_owned())),
                }
            }
        }
    };
}

/// `kind` and `data` are no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Written by a newer program, or by nobody of ours.
    #[error("loại bản ghi \"{0}\" không có trong danh mục")]
    Kind(String),
    /// Not the fields of that kind.
    #[error("phần data không đúng mẫu: {0}")]
    Data(ReadError),
}

events! {
    /// The poll exists: who votes, on what occasion, under which rules.
    "poll.created" PollCreated by "clerk" when "first entry of the log" {
        /// Name of the council.
        council: String,
        /// All delegates of the council: the base of shares where the rule set says so.
        delegates: u32,
        /// Lấy phiếu or bỏ phiếu.
        kind: PollKind,
        /// Officials on the list.
        officials: u32,
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
    /// Who is voted on, in ballot order.
    "list.decided" ListDecided by "leader" when "once, before forms are sealed" {
        /// In the order of the list.
        officials: Vec<ListedOfficial>,
    }
    /// Dossiers went to the delegates; a later version is a new entry.
    "dossiers.released" DossiersReleased by "leader" when "any time after the list is decided" {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is the promise to a stranger's verifier: fields in canonical order, kinds unique.
    #[test]
    fn the_table_of_events_is_in_canonical_order() {
        let mut kinds: Vec<&str> = Event::TABLE.iter().map(|row| row.kind).collect();
        for row in Event::TABLE {
            assert!(row.fields.is_sorted_by_key(|f| f.name), "{}", row.kind);
        }
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), Event::TABLE.len());
    }

    #[test]
    fn data_is_read_to_the_letter() {
        let digest = Digest::of(b"paper");
        let event = Event::from(PaperIssued { name: "minutes.pdf".into(), pages: 3, sha256: digest });
        let text = event.data_text().expect("text");
        assert_eq!(Event::from_canonical("paper.issued", &text).expect("event"), event);
        for (kind, wrong) in [
            ("paper.issued", text.replace("\"pages\":3", "\"pages\":-3")),
            ("paper.issued", text.replace("\"pages\":3", "\"mark\":1,\"pages\":3")),
            ("paper.issued", text.replace("\"pages\":3,", "")),
            ("paper.issued", format!("[\"minutes.pdf\",3,\"{digest}\"]")),
            ("paper.issued", text.replace(&digest.to_string(), &digest.to_string().to_uppercase())),
            ("ballot.cast", text.clone()),
        ] {
            assert!(Event::from_canonical(kind, &wrong).is_err(), "{kind} {wrong}");
        }
    }

    /// `LevelCounts` tells its two shapes apart by their keys; neither may carry the other's, or anything else.
    #[test]
    fn totals_have_no_room_for_more_than_counts() {
        let totals = |line: &str| {
            let counts = format!(r#"{{"invalid":{{}},"lines":[{line}],"papers":5}}"#);
            format!(r#"{{"forms":[{{"counts":{counts},"form":"F1","issued":5,"returned":5}}]}}"#)
        };
        let read = |line: &str| Event::from_canonical("counting.closed", &totals(line));
        assert!(read(r#"{"high":1,"low":2,"medium":2}"#).is_ok());
        assert!(read(r#"{"confidence":1,"high":1,"low":2,"medium":2}"#).is_err());
        assert!(read(r#"{"ballots":["high"],"high":1,"low":2,"medium":2}"#).is_err());
    }
}
