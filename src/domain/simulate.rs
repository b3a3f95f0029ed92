//! Simulated delegates for a rehearsal: papers, slips of tellers, nonces, all from one seed. The same seed gives the
//! same everything. Never used in a real poll.
//!
//! Nothing here is secret: the minutes print the seed, and from it anybody can simulate every paper again. Papers are
//! handled and wiped as [`batch`](super::batch) says all the same, because a rehearsal has to go the way of a real count:
//! here a pile stands for the paper on the table, and each reading is a copy of its own, as two tellers make two.

use std::collections::VecDeque;

use super::audit::Digest;
use super::batch::{Batch, Compared, Entry, EntryError, Paper, Shape, pile_sizes};
use super::count::BatchCounts;
use super::marks::Mark;
use super::poll::PollKind;
use super::roster::{Teller, TellerRole};

/// Endless bytes from a seed and a purpose: SHA-256 of both and a counter.
pub struct SeededStream {
    key: Digest,
    counter: u64,
    ready: VecDeque<u8>,
}

impl SeededStream {
    /// Streams of one seed and different purposes have nothing in common.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let key = Digest::of_parts(&[b"tinnhiem rehearsal\0", &seed.to_be_bytes(), purpose.as_bytes()]);
        Self { key, counter: 0, ready: VecDeque::new() }
    }

    /// The next 32 bytes.
    pub fn block(&mut self) -> [u8; 32] {
        let block = Digest::of_parts(&[self.key.as_bytes(), &self.counter.to_be_bytes()]);
        self.counter += 1;
        *block.as_bytes()
    }

    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        for byte in &mut bytes {
            if self.ready.is_empty() {
                self.ready = self.block().into();
            }
            *byte = self.ready.pop_front().unwrap_or_default();
        }
        u32::from_be_bytes(bytes)
    }

    /// A whole number below `bound`, each as likely as the next; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        let fair = u32::MAX - u32::MAX % bound;
        loop {
            let n = self.next_u32();
            if n < fair {
                return n % bound;
            }
        }
    }
}

/// Out of a thousand voters, how many mark what on one line; the rest mark nothing or too much.
#[derive(Clone, Copy, Debug)]
struct Leaning {
    /// One per level, in ballot order.
    levels: [u32; 3],
    multiple: u32,
}

impl Leaning {
    /// Most people are well thought of; `troubled` is at the edge of one half.
    fn draw(stream: &mut SeededStream, kind: PollKind, troubled: bool) -> Self {
        let worst = if troubled { 480 + stream.below(140) } else { stream.below(120) };
        let multiple = stream.below(4);
        let blank = stream.below(12);
        let rest = 1000 - worst - multiple - blank;
        let levels = match kind {
            PollKind::Rating => {
                let medium = stream.below(rest / 2);
                [rest - medium, medium, worst]
            }
            PollKind::Confidence => [rest, worst, 0],
        };
        Self { levels, multiple }
    }

    fn mark(self, stream: &mut SeededStream, kind: PollKind) -> Mark {
        let mut n = stream.below(1000);
        for (level, weight) in kind.levels().iter().zip(self.levels) {
            if n < weight {
                return Mark::Level(*level);
            }
            n -= weight;
        }
        if n < self.multiple { Mark::Multiple } else { Mark::None }
    }
}

/// What happens to the ballots of a simulated poll; the same for every form, because a voter hands in all or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turnout {
    pub returned: u32,
    pub invalid: u32,
}

/// A few voters keep their ballots, a few spoil them.
pub fn turnout(stream: &mut SeededStream, issued: u32) -> Turnout {
    let kept = stream.below(issued / 40 + 1);
    let returned = issued - kept;
    Turnout { returned, invalid: stream.below(returned / 30 + 1) }
}

/// One form's papers as the voters leave them, in the order of the box.
#[derive(Debug)]
pub struct BallotBox {
    kind: PollKind,
    lines: usize,
    papers: VecDeque<Paper>,
}

/// One batch, counted.
#[derive(Debug)]
pub struct CountedBatch {
    /// Number on its form, from 1.
    pub number: u32,
    pub counts: BatchCounts,
    /// Lines on which the first two readings differed.
    pub reread: u32,
}

/// What the simulated voters of one form hold in hand.
#[derive(Clone, Copy, Debug)]
pub struct Voting<'a> {
    pub kind: PollKind,
    pub lines: usize,
    /// What becomes of its ballots.
    pub turnout: Turnout,
    /// Line (from 0) of the person who is at the edge of one half.
    pub troubled: Option<usize>,
    /// Ids of the reasons for which some ballots are invalid.
    pub invalid_reasons: &'a [&'a str],
    /// Id of the reason for which a blank or doubly marked ballot is invalid as a whole, where the rule set has one for
    /// this form; such ballots come on top of the turnout's.
    pub marks_reason: Option<&'a str>,
}

/// Simulates the voters of one form.
pub fn fill_box(stream: &mut SeededStream, voting: Voting<'_>) -> BallotBox {
    let Voting { kind, lines, turnout, troubled, invalid_reasons, marks_reason } = voting;
    let leanings: Vec<Leaning> = (0..lines).map(|i| Leaning::draw(stream, kind, troubled == Some(i))).collect();
    let mut vote = || {
        let paper = Paper::Marked(leanings.iter().map(|l| l.mark(stream, kind)).collect());
        match marks_reason {
            Some(reason) if !every_line_counts(&paper) => Paper::Invalid(reason.to_owned()),
            _ => paper,
        }
    };
    let mut papers: VecDeque<Paper> = (0..turnout.returned).map(|_| vote()).collect();
    let marked = papers.iter().filter(|p| matches!(p, Paper::Marked(_))).count();
    let spoil = turnout.invalid.min(u32::try_from(marked).unwrap_or(u32::MAX));
    let mut spoiled = 0;
    while spoiled < spoil && !invalid_reasons.is_empty() {
        let which = usize::try_from(stream.below(turnout.returned)).unwrap_or_default();
        let reason = usize::try_from(stream.below(u32::try_from(invalid_reasons.len()).unwrap_or(u32::MAX)));
        if let (Some(paper @ Paper::Marked(_)), Ok(reason)) = (papers.get_mut(which), reason) {
            *paper = Paper::Invalid(invalid_reasons[reason].to_owned());
            spoiled += 1;
        }
    }
    BallotBox { kind, lines, papers }
}

fn every_line_counts(paper: &Paper) -> bool {
    matches!(paper, Paper::Marked(marks) if marks.iter().all(|mark| matches!(mark, Mark::Level(_))))
}

/// The two readers: the first two members of different names who do not chair the board, because a batch tells its
/// readers apart by name; placeholders when the board is too small, which the findings already say.
pub fn two_tellers(tellers: &[Teller]) -> [&str; 2] {
    let mut readers = tellers.iter().filter(|t| t.role != TellerRole::Head).map(|t| t.name.as_str());
    let first = readers.next().unwrap_or("Thành viên thứ nhất");
    [first, readers.find(|name| *name != first).unwrap_or("Thành viên thứ hai")]
}

/// Counts a box pile by pile, each pile read by two tellers, the first of whom slips now and then. Papers are wiped as
/// soon as both readings agree.
///
/// # Errors
/// When the simulation itself is wrong; returned as a value so that no caller can panic.
pub fn count_box(
    mut papers: BallotBox,
    tellers: [&str; 2],
    stream: &mut SeededStream,
) -> Result<Vec<CountedBatch>, EntryError> {
    let returned = u32::try_from(papers.papers.len()).unwrap_or(u32::MAX);
    let mut counted = Vec::new();
    for (number, size) in (1..).zip(pile_sizes(returned)) {
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(papers.papers.len());
        let pile: Vec<Paper> = papers.papers.drain(..size).collect();
        let papers_in_pile = u32::try_from(pile.len()).unwrap_or(u32::MAX);
        let shape = Shape { number, kind: papers.kind, lines: papers.lines, papers: papers_in_pile };
        counted.push(count_pile(shape, pile, tellers, stream)?);
    }
    Ok(counted)
}

fn count_pile(
    shape: Shape,
    pile: Vec<Paper>,
    tellers: [&str; 2],
    stream: &mut SeededStream,
) -> Result<CountedBatch, EntryError> {
    let [hurried, careful] = tellers.map(str::to_owned);
    let first = Entry { teller: hurried, papers: pile.iter().map(|paper| slip(paper, shape.kind, stream)).collect() };
    let second = Entry { teller: careful, papers: pile.clone() };
    let number = shape.number;
    let read_once = Batch::open(shape).first(first).map_err(|refused| refused.error)?;
    let mut reread: u32 = 0;
    let mut compared = read_once.second(second).map_err(|refused| refused.error)?;
    loop {
        compared = match compared {
            Compared::Agreed(agreed) => return Ok(CountedBatch { number, counts: agreed.counts, reread }),
            Compared::Differs(disputed) => {
                reread = reread.saturating_add(u32::try_from(disputed.differences().len()).unwrap_or(u32::MAX));
                let truth = |paper: usize| (pile[paper - 1].clone(), pile[paper - 1].clone());
                disputed.read_again(truth).map_err(|refused| refused.error)?
            }
        };
    }
}

/// The paper as a hurried teller reads it: one mark in four hundred is taken for its neighbour.
fn slip(paper: &Paper, kind: PollKind, stream: &mut SeededStream) -> Paper {
    let mut read = paper.clone();
    if let Paper::Marked(marks) = &mut read {
        for mark in marks {
            if stream.below(400) == 0 {
                let level = kind.levels()[usize::from(*mark == Mark::Level(kind.levels()[0]))];
                *mark = Mark::Level(level);
            }
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::count_papers;

    #[test]
    fn two_members_of_one_name_do_not_read_the_same_batch() {
        let teller = |name: &str, role| Teller { account: None, name: name.into(), role };
        let (head, member) = (TellerRole::Head, TellerRole::Member);
        let board = [("A", head), ("Bình", member), ("Bình", member), ("Cúc", member)].map(|(n, r)| teller(n, r));
        assert_eq!(two_tellers(&board), ["Bình", "Cúc"]);
        assert_eq!(two_tellers(&board[..3]), ["Bình", "Thành viên thứ hai"]);
        assert_eq!(two_tellers(&[]), ["Thành viên thứ nhất", "Thành viên thứ hai"]);
    }

    #[test]
    fn a_seed_repeats_itself_and_purposes_differ() {
        let first = |seed, purpose| SeededStream::new(seed, purpose).block();
        assert_eq!(first(1, "a"), first(1, "a"));
        assert!(first(1, "a") != first(2, "a") && first(1, "a") != first(1, "b"));
    }

    fn voting(lines: usize) -> Voting<'static> {
        let turnout = Turnout { returned: 60, invalid: 2 };
        let invalid_reasons = &["no_seal"];
        Voting { kind: PollKind::Rating, lines, turnout, troubled: Some(0), invalid_reasons, marks_reason: None }
    }

    #[test]
    fn a_blank_ballot_of_one_name_is_invalid_where_the_rules_say_so() {
        let turnout = Turnout { returned: 5_000, invalid: 2 };
        let count = |marks_reason| {
            let mut filled = fill_box(&mut SeededStream::new(7, "one"), Voting { turnout, marks_reason, ..voting(1) });
            count_papers(PollKind::Rating, 1, filled.papers.make_contiguous()).expect("one form")
        };
        let (line, ballot) = (count(None), count(Some("single_name_marks")));
        assert_eq!(line.invalid_total(), 2);
        assert!(ballot.invalid["single_name_marks"] > 0, "5,000 voters without a blank one");
        assert_eq!(ballot.valid(), ballot.lines[0].sum(), "every valid ballot counts");
    }

    #[test]
    fn two_readings_with_slips_still_count_what_the_voters_left() {
        let turnout = Turnout { returned: 60, invalid: 2 };
        let mut stream = SeededStream::new(7, "test");
        let filled = fill_box(&mut stream, Voting { turnout, ..voting(30) });
        let papers: Vec<Paper> = filled.papers.iter().cloned().collect();
        let truth = count_papers(PollKind::Rating, 30, &papers).expect("one form");

        let counted = count_box(filled, ["A", "B"], &mut stream).expect("count");
        let sum = BatchCounts::sum(PollKind::Rating, 30, counted.iter().map(|batch| &batch.counts));
        assert_eq!(sum.expect("one form"), truth);
        assert_eq!(truth.invalid_total(), 2);
        assert!(counted.iter().any(|b| b.reread > 0), "60 x 30 marks without one slip");
    }
}
