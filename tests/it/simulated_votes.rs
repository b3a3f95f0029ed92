//! Whole votes out of seeds: a few on every run, `scripts/simulate` runs many.

use std::fs;
use std::path::Path;

use crate::simulation::{Plan, SEEDS, Vote, kept, runs, shortened};

/// Votes that the suite simulates, besides the seeds that failed once.
const VOTES: u64 = 4;

fn holds(plan: &Plan) -> Vote {
    runs(plan).unwrap_or_else(|failure| panic!("{failure}\n{}", shortened(plan)))
}

#[test]
fn simulated_votes_keep_every_promise_and_a_seed_repeats_itself() {
    let kept = kept(&fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SEEDS)).expect("seeds"));
    let (mut steps, mut crashes, mut batches) = (0, 0, 0);
    for seed in kept.into_iter().chain(1..=VOTES) {
        let plan = Plan::of(seed);
        let (first, second) = (holds(&plan), holds(&plan));
        assert_eq!(first.trace, second.trace, "seed {seed} does not repeat itself");
        let Vote { steps: taken, crashes: died, batches: counted, is_cancelled, refusals, .. } = first;
        assert!(is_cancelled || counted > 0, "seed {seed} counted nothing");
        eprintln!(
            "seed {seed}: {taken} steps, {died} crashes, {counted} batches, {} kinds of refusals",
            refusals.len()
        );
        (steps, crashes, batches) = (steps + taken, crashes + died, batches + counted);
    }
    assert!(steps > 0 && crashes > 0 && batches > 0, "{steps} steps, {crashes} crashes, {batches} batches");
}
