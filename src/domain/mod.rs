//! Pure values and decisions; one file per idea.

pub mod account;
pub mod audit;
pub mod ballot;
pub mod batch;
pub mod book;
pub mod calendar;
pub mod council;
pub mod count;
pub mod deadline;
pub mod decimal;
pub mod document;
pub mod dossier;
pub mod eligibility;
pub mod fact;
pub mod finding;
#[cfg(test)]
pub(crate) mod fixture;
pub mod id;
pub mod marks;
pub mod occasion;
pub mod official;
pub mod poll;
pub mod post_title;
pub mod published;
pub mod ratio;
pub mod readiness;
pub mod recompute;
pub mod result;
pub mod role;
pub mod roster;
pub mod rules;
pub mod simulate;
pub mod tally;
pub mod text;
