//! Papers as values: what stands on them, in which order, without a page or a millimetre. `pdf` turns them into bytes.

mod announcement;
mod corrigendum;
mod discussion;
mod dossier;
mod frame;
mod lines;
mod list;
mod minutes;
mod model;
mod notice;
mod parts;
mod report;
mod resolution;
mod slips;
mod tally_sheet;
mod test_deck;
mod zero;

pub use announcement::announcement;
pub use corrigendum::{Corrected, corrigendum};
pub use discussion::{Discussion, GroupOpinion, OfficialOpinions, discussion_report};
pub use dossier::result_text;
pub use dossier::{dossier_document, field_document};
pub use frame::Frame;
pub use lines::heading_anchor;
pub use lines::{TextLine, text_lines};
pub use list::{deadline_table, officials_list};
pub use minutes::{CountingMode, MinutesParts, margins, minutes};
pub use model::*;
pub use notice::{notice, notices};
pub use report::person_report;
pub use resolution::resolution;
pub use slips::{SlipPaper, SlipSheet};
pub use tally_sheet::{Pile, tally_sheets};
pub use test_deck::{DeckCount, test_deck_report};
pub use zero::{EmptyForm, NotZero, zero_report};
