//! Papers as values: what stands on them, in which order, without a page or a millimetre. `pdf` turns them into bytes.

mod dossier;
mod list;
mod minutes;
mod model;
mod parts;
mod resolution;
mod wording;

pub use dossier::{dossier_document, field_document};
pub use list::{deadline_table, officials_list};
pub use minutes::{Counting, MinutesParts, margins, minutes};
pub use model::*;
pub use parts::Frame;
pub use resolution::resolution;
pub use wording::Occasion;
