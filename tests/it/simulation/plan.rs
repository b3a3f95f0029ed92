//! The plan of a simulated vote: what is tried, step by step, all of it drawn from the seed before the vote begins.

use std::fmt;

use domain::simulate::SeededStream;
use store::faults::CrashPoint;

use super::world::SHAPES;

/// What somebody tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// What the vote needs next: a step, a proposal, its confirmation, the next papers of a pile.
    Next,
    /// A message that was on its way arrives.
    Late,
    /// A head teller takes a pile off the table.
    Abandon,
    /// A teller takes back a reading that had ended.
    TakeBack,
    /// A pile gets another teller.
    ChangeTeller,
    /// Two people send a committed batch back.
    ReopenBatch,
    /// Two people have a line counted again that is not near a threshold.
    OrderRecount,
    /// Two people undo the signing of the minutes.
    ReopenMinutes,
    /// A proposal is refused or withdrawn.
    Refuse,
    /// Somebody confirms what they proposed themselves.
    ConfirmOwn,
    /// Somebody without the role tries what the vote needs next.
    Stranger,
    /// Everybody looks for a total before the count is closed.
    Peek,
    /// The program is stopped in order and started again.
    Restart,
    /// Two people call the vote off.
    Cancel,
}

/// What the network does to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Net {
    Good,
    /// It never arrives.
    LosesRequest,
    /// It is done, and nobody hears of it: the same message is sent again.
    LosesAnswer,
    /// It arrives twice.
    Doubles,
    /// It arrives at a later step, or never.
    Delays,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    /// Which of the things that the act could be about.
    pub dice: u32,
    pub net: Net,
    /// The process dies at a commit of this step, after as many others as are named.
    pub crash: Option<(CrashPoint, u32)>,
    /// By how much the clock moves before it, in seconds.
    pub clock: i64,
}

/// A whole vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    pub shape: usize,
    pub steps: Vec<Step>,
}

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = SeededStream::new(seed, "plan of a simulated vote");
        let shape = pick(&mut dice, SHAPES.len());
        // One plan in eight calls the vote off, so that the others go to their end.
        let may_cancel = dice.below(8) == 0;
        let steps = 30 + dice.below(60);
        let steps = (0..steps).map(|_| step(&mut dice, may_cancel)).collect();
        Self { seed, shape, steps }
    }
}

/// One of `length` places, each as likely as the next.
pub fn pick(dice: &mut SeededStream, length: usize) -> usize {
    usize::try_from(dice.below(u32::try_from(length).expect("few"))).expect("few")
}

fn step(dice: &mut SeededStream, may_cancel: bool) -> Step {
    let act = match dice.below(100) {
        0..65 => Act::Next,
        65..71 => Act::Late,
        71..75 => Act::Abandon,
        75..78 => Act::TakeBack,
        78..81 => Act::ChangeTeller,
        81..85 => Act::ReopenBatch,
        85..87 => Act::OrderRecount,
        87..89 => Act::ReopenMinutes,
        89..91 => Act::Refuse,
        91..94 => Act::ConfirmOwn,
        94..96 => Act::Stranger,
        96..98 => Act::Peek,
        98 => Act::Restart,
        _ if may_cancel => Act::Cancel,
        _ => Act::Next,
    };
    let net = match dice.below(20) {
        0 => Net::LosesRequest,
        1..3 => Net::LosesAnswer,
        3 => Net::Doubles,
        4 => Net::Delays,
        _ => Net::Good,
    };
    let later = u32::from(dice.below(4) == 0);
    let crash = match dice.below(14) {
        0 => Some((CrashPoint::BeforeCommit, later)),
        1 => Some((CrashPoint::AfterCommit, later)),
        _ => None,
    };
    let clock = match dice.below(30) {
        // Another machine, or a clock that is set: less than what the program takes for a wrong clock.
        0 => -i64::from(dice.below(500)),
        1 => i64::from(dice.below(4 * 3600)),
        _ => i64::from(dice.below(60)),
    };
    Step { act, dice: dice.below(u32::MAX), net, crash, clock }
}

impl fmt::Display for Plan {
    /// As a test that can be pasted into `simulated_votes.rs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "#[test]\nfn seed_{}() {{", self.seed)?;
        writeln!(f, "    holds(&Plan {{ seed: {}, shape: {}, steps: vec![", self.seed, self.shape)?;
        for Step { act, dice, net, crash, clock } in &self.steps {
            let crash =
                crash.map_or_else(|| "None".to_owned(), |(at, later)| format!("Some((CrashPoint::{at:?}, {later}))"));
            writeln!(
                f,
                "        Step {{ act: Act::{act:?}, dice: {dice}, net: Net::{net:?}, crash: {crash}, clock: {clock} }},"
            )?;
        }
        write!(f, "    ]}});\n}}")
    }
}
