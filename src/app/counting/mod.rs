//! The day of the vote: its steps, the counting room, and what comes of the count.

pub mod day;
pub mod outcome;
pub mod room;
pub mod turns;
