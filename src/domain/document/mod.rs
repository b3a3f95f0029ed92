//! Papers as values: what stands on them, in which order, without a page or a millimetre. `pdf` turns them into bytes.

mod dossier;
mod list;
mod model;
mod parts;

pub use dossier::{dossier_document, field_document};
pub use list::{deadline_table, officials_list};
pub use model::*;
pub use parts::Frame;
