//! Whole votes, simulated out of one seed: clock, chance, people, network and crashes. After every step everything that
//! is promised has to hold.
//!
//! A [`Plan`] is drawn from the seed before the vote begins: who tries what, what the network does to the message, at which
//! commit the process dies, how far the clock moves. Every operation is awaited before the next begins, on a runtime of one
//! thread, so the order is the plan's alone; ids, nonces and times come from the seed too. When the plan is at its end, people
//! go on without disturbance until the result is published, or the vote is called off. The parts are the real ones: use
//! cases, store and a SQLite file. Only HTTP is left out (`under_fire.rs` kills the real program over HTTP).
//!
//! **What the same seed gives again**: the plan, the answers, and every entry and signed head of every log, byte for byte;
//! a hash of all heads after every step is compared.
//!
//! **What is not deterministic, and is not compared**: which thread of the database's driver runs when (each operation waits
//! for it); how long anything takes; salts and hashes of the passwords of the council, which is founded once for each
//! process; the names of temporary folders; the bytes of the file of the database. On how many cores votes run side by
//! side changes nothing: each has its own folder, runtime, clock and chance.
//!
//! **What is no failure**: a refusal with a sentence (a message that came too late or twice, a proposal that is out of date, a
//! teller who may not read for the other, a clock that is behind), because nothing was written then; a request that the
//! network or a crash lost; readings that are gone from the table after a crash, which the tellers key again; a message that
//! was delayed and never came. A failure is a promise of [`invariants`] that does not hold, an error without a sentence for
//! its user, a panic, and a vote that comes to no end.
//!
//! **What it does not try**: PostgreSQL; two processes on one database; a disk that loses what it acknowledged; a crash within
//! SQLite's own commit (`under_fire.rs` has it); votes of confidence; the steps before the forms are sealed.
//! A vote that is called off takes two rare draws, and hardly ever comes.
//!
//! `scripts/simulate N` runs many votes; a seed that failed is kept in `tests/fixtures/simulation_seeds.txt`, and the suite
//! runs all of them.

mod hands;
mod invariants;
mod keying;
mod papers;
mod plan;
mod sending;
mod vote;
mod world;

pub use plan::Plan;
pub use vote::{Failure, Vote, shortened};

/// Seeds that failed once.
pub const SEEDS: &str = "tests/fixtures/simulation_seeds.txt";

/// Runs a plan.
///
/// # Errors
/// At which step which promise does not hold.
pub fn runs(plan: &Plan) -> Result<Vote, Failure> {
    vote::runs(plan)
}

/// Seeds of a file: one a line, with why behind `#`.
pub fn kept(text: &str) -> Vec<u64> {
    let seed = |line: &str| line.split('#').next().unwrap_or_default().trim().parse().ok();
    text.lines().filter_map(seed).collect()
}
