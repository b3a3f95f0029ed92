//! What is read before a vote: delegates read dossiers, note and ask; groups summarise; officials see their own.

pub mod groups;
pub mod notes;
pub mod official;
pub mod questions;
pub mod room;
