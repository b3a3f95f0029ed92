//! All that a database holds, as lines of text that are the same whatever database they come from: what backups are made of,
//! and what goes from one database into another.
//!
//! Tables come parents first, then by name; rows by primary key, texts in the order of their bytes; the columns of a row by
//! name, the council's first. A row is a line of JSON: `["0191…",null,3,"text",{"base64":"AAEC"}]`, a truth value is 0 or 1. What
//! a database derives for itself (numbers of lines, words of the search) is not read, and is made anew where rows are put in.
//! Sessions stay behind: with an older copy those that were ended since would live again.

mod filler;
mod line;
mod shape;
mod snapshot;

pub use filler::Filler;
pub use snapshot::{FileHeld, LogStand, Snapshot};

/// The table whose rows are the bytes of files.
pub const CHUNKS: &str = "attachment_chunks";
/// The table that describes files.
pub const FILES: &str = "attachments";

/// A part of the content, in the order in which it is read and put in. What the rows say is shown by no `Debug`.
pub enum Piece {
    /// The rows that follow are of this table.
    Table {
        /// Its name.
        name: String,
        /// Names of the columns, in the order of the values of each row.
        columns: Vec<String>,
    },
    /// Whole lines, each with its end.
    Rows(Vec<u8>),
}
