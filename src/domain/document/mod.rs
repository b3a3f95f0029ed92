//! Papers as values: what stands on them, in which order, without a page or a millimetre. `pdf` turns them into bytes.

mod model;

pub use model::*;
