//! Rule sets as the program finds them, published tables recomputed by them, and situations that they answer.

pub(crate) mod attested;
pub mod cases;
mod columns;
pub(crate) mod parsed;
pub mod sets;
pub mod tally;
