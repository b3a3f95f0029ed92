//! Simulates many whole votes: see `scripts/simulate`. `simulate N [SEED]` runs the votes of the seeds from SEED on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::as_conversions,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program for developers, which says what it expects by stopping there"
)]

#[path = "../tests/it/simulation/mod.rs"]
mod simulation;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use simulation::{Failure, Plan, Vote, runs, shortened};

/// Every so many votes one is run twice: its trace must be the same.
const TWICE: u64 = 10;
/// Progress is told after so many votes.
const TELL: u64 = 500;

/// What the votes so far came to.
#[derive(Default)]
struct Sum {
    votes: u64,
    steps: usize,
    crashes: usize,
    batches: usize,
    cancelled: u64,
    repeated: u64,
    refusals: BTreeMap<String, usize>,
    failures: Vec<Failure>,
}

impl Sum {
    fn add(&mut self, vote: Vote) {
        self.votes += 1;
        self.steps += vote.steps;
        self.crashes += vote.crashes;
        self.batches += vote.batches;
        self.cancelled += u64::from(vote.is_cancelled);
        for (what, times) in vote.refusals {
            *self.refusals.entry(what).or_default() += times;
        }
    }

    fn told(&self) -> String {
        let Self { votes, steps, crashes, batches, cancelled, repeated, failures, .. } = self;
        format!(
            "{votes} votes, {cancelled} of them called off: {steps} steps, {crashes} crashes, {batches} batches; {repeated} \
             run twice; {} failures",
            failures.len()
        )
    }
}

fn one(seed: u64, sum: &Mutex<Sum>) {
    let plan = Plan::of(seed);
    let ran = runs(&plan).and_then(|vote| {
        if seed.is_multiple_of(TWICE) {
            let again = runs(&plan)?;
            if again.trace != vote.trace {
                return Err(Failure { seed, step: 0, what: "the same seed gave another trace".into() });
            }
            sum.lock().expect("sum").repeated += 1;
        }
        Ok(vote)
    });
    let mut sum = sum.lock().expect("sum");
    match ran {
        Ok(vote) => sum.add(vote),
        Err(failure) => {
            sum.votes += 1;
            eprintln!("{failure}");
            sum.failures.push(failure);
        }
    }
    if sum.votes.is_multiple_of(TELL) {
        eprintln!("{}", sum.told());
    }
}

/// A failing seed is kept with what it broke, and its shortest plan is printed as a test.
fn keep(failure: &Failure) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(simulation::SEEDS);
    let kept = std::fs::read_to_string(&path).expect("seeds");
    if !simulation::kept(&kept).contains(&failure.seed) {
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("seeds");
        let first = failure.what.lines().next().unwrap_or_default();
        writeln!(file, "{} # {first}", failure.seed).expect("seeds");
    }
    println!("{}", shortened(&Plan::of(failure.seed)));
}

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let (votes, first) = (numbers.next().unwrap_or(20), numbers.next().unwrap_or(1));
    let (next, sum, begun) = (AtomicU64::new(first), Mutex::new(Sum::default()), Instant::now());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + votes {
                        break;
                    }
                    one(seed, &sum);
                }
            });
        }
    });
    let sum = sum.into_inner().expect("sum");
    for (what, times) in &sum.refusals {
        eprintln!("refused {times} times: {what}");
    }
    eprintln!("{} in {:.0} s", sum.told(), begun.elapsed().as_secs_f64());
    // The first few: one fault breaks many votes.
    sum.failures.iter().take(3).for_each(keep);
    ExitCode::from(u8::from(!sum.failures.is_empty()))
}
