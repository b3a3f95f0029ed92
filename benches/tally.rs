//! How long counting takes. Targets: 1,000,000 ballots of 30 lines from counts per batch in 50 ms, from single marks
//! in 1 s, on one core.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench says what it expects by stopping there")]

use divan::{Bencher, black_box};
use domain::count::BatchCounts;
use domain::marks::{Mark, count_marks};
use domain::poll::{BallotTotals, Level, LevelCounts, PollKind};
use domain::rules::builtin;
use domain::tally::{base_of, tally_line};

const BALLOTS: u32 = 1_000_000;
const LINES: usize = 30;
const BATCH: u32 = 50;

fn main() {
    divan::main();
}

/// A fixed stream of numbers that looks random enough to keep the branch predictor honest.
fn noise(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed | 1), |&x| {
        let x = x ^ (x << 13);
        let x = x ^ (x >> 7);
        Some(x ^ (x << 17))
    })
}

fn marks() -> Vec<Mark> {
    let of = |n: u64| match n % 100 {
        0 => Mark::None,
        1 => Mark::Multiple,
        2..10 => Mark::Level(Level::Low),
        10..40 => Mark::Level(Level::Medium),
        _ => Mark::Level(Level::High),
    };
    noise(47).map(of).take(usize::try_from(BALLOTS).expect("fits") * LINES).collect()
}

/// Counts of `n` batches of 50 ballots.
fn batches(n: u32) -> Vec<BatchCounts> {
    let of = |n: u64| {
        let low = u32::try_from(n % 20).expect("small");
        LevelCounts::Rating { high: BATCH - low - 1, medium: 0, low }
    };
    let mut lines = noise(80).map(of);
    let mut batch = || BatchCounts { papers: BATCH, invalid: [].into(), lines: lines.by_ref().take(LINES).collect() };
    (0..n).map(|_| batch()).collect()
}

fn sum(batches: &[BatchCounts]) -> BatchCounts {
    BatchCounts::sum(PollKind::Rating, LINES, black_box(batches)).expect("sums")
}

fn decide(lines: &[LevelCounts]) -> usize {
    let rules = builtin().expect("carried sets").remove(0);
    let base = base_of(&rules, BALLOTS, None).expect("base");
    let ballots = BallotTotals { issued: BALLOTS, returned: BALLOTS, valid: BALLOTS, invalid: 0 };
    let tally = |&line: &LevelCounts| tally_line(&rules, PollKind::Rating, base, ballots, line).expect("tally");
    lines.iter().map(tally).filter(|line| line.margin.half >= Some(0)).count()
}

#[divan::bench]
fn one_thousand_batch_sums(bencher: Bencher) {
    let batches = batches(1_000);
    bencher.bench(|| sum(&batches));
}

#[divan::bench]
fn one_million_ballots_from_batch_counts(bencher: Bencher) {
    let batches = batches(BALLOTS / BATCH);
    bencher.bench(|| decide(&sum(&batches).lines));
}

#[divan::bench(sample_count = 10)]
fn one_million_ballots_from_single_marks(bencher: Bencher) {
    let marks = marks();
    bencher.bench(|| {
        let lines = count_marks(PollKind::Rating, LINES, black_box(&marks).chunks(LINES)).expect("counts");
        decide(&lines)
    });
}
