//! Use cases: load, let the domain decide, write. The only layer that touches files.
//!
//! One folder per subject, from the lowest to the highest; a subject uses lower ones only. `tests/it/architecture.rs`
//! names the arrows that are allowed.
//!
//! | subject | what it holds |
//! |---|---|
//! | [`service`] | what every use case uses: [`App`], who calls, clock, keys, errors, background jobs, memory |
//! | [`rules`] | rule sets as the program finds them, and published tables recomputed by them |
//! | [`people`] | accounts, signing in, access slips, councils, the roster |
//! | [`polls`] | the steps of a poll: decided by the domain, written with their log entries in one transaction |
//! | [`facts`] | facts, attached papers, workbooks |
//! | [`attesting`] | what an office says of the rule sets that it goes by |
//! | [`preparing`] | a vote from the first day to its sealed forms |
//! | [`dossiers`] | dossiers compiled, printed, released |
//! | [`reading`] | delegates read, note and ask; groups summarise; officials see their own |
//! | [`counting`] | the day of the vote: its steps, the counting room, result and papers |
//! | [`again`] | a cancelled vote begun again with what was prepared for it |
//! | [`confirm`] | what one person proposed and another confirms, of every subject below |
//! | [`installation`] | the data folder, and whether this machine can run the program |
//! | [`trail`] | logs, bundles, and their verification |
//! | [`backup`] | everything in one encrypted file, back from it, and from one database into another |
//! | [`rehearse`] | the whole job from a workbook |
//! | [`demo`] | a sample council, the whole job, and accounts to try it with |

pub mod again;
pub mod attesting;
pub mod backup;
pub mod confirm;
pub mod counting;
pub mod demo;
pub mod dossiers;
pub mod facts;
pub mod installation;
pub mod people;
pub mod polls;
pub mod preparing;
pub mod reading;
pub mod rehearse;
pub mod rules;
pub mod service;
pub mod trail;

pub use service::app::App;
pub use service::caller::{Caller, Pending};
pub use service::error::AppError;
