//! Rule sets as the program finds them, and published tables recomputed by them.

pub(crate) mod attested;
mod columns;
pub(crate) mod parsed;
pub mod sets;
pub mod tally;
