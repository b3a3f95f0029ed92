//! A reading while it grows: papers arrive one by one, may be keyed anew, put in where one was skipped, and taken out.
//!
//! It is the teller's own work until it is finished: nothing is compared before, and nothing of it goes back to a page.

use std::collections::BTreeMap;
use std::fmt;

use super::{
    Again, Asked, Batch, Disputed, Entry, EntryError, PAPERS_PER_BATCH, Paper, ReadOnce, Reread, Rereading, Shape,
    is_of,
};

/// Papers that a reading may hold beyond the largest pile, until it is clear which of them does not exist.
const SPARE: usize = 10;

/// What a teller does with one paper of a reading.
#[derive(Debug, PartialEq, Eq)]
pub enum ReadingStep {
    /// The paper as it is read: the next one, or one before it once more.
    Put(Paper),
    /// A paper that was skipped: the one that had this number, and all after it, move on by one.
    Insert(Paper),
    /// There is no such paper: all after it move back by one.
    Remove,
}

/// One teller's papers so far, in the order of the pile.
#[derive(Default)]
pub struct Reading {
    papers: Vec<Paper>,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reading({} papers)", self.papers.len())
    }
}

impl Reading {
    /// Papers that were read so far.
    pub const fn len(&self) -> usize {
        self.papers.len()
    }

    /// Whether no paper was read yet.
    pub const fn is_empty(&self) -> bool {
        self.papers.is_empty()
    }

    /// Takes a step on `paper` (from 1). A refused one changes nothing.
    ///
    /// # Errors
    /// When the paper is not of this form, is beyond the next one, or there would be more papers than a pile can have.
    pub fn take(&mut self, shape: Shape, paper: usize, step: ReadingStep) -> Result<(), EntryError> {
        let next = self.papers.len() + 1;
        let gap = EntryError::Gap { paper, next };
        let place = paper.checked_sub(1).filter(|_| paper <= next).ok_or(gap)?;
        match step {
            ReadingStep::Remove if paper == next => Err(EntryError::Gap { paper, next }),
            ReadingStep::Remove => {
                drop(self.papers.remove(place));
                Ok(())
            }
            ReadingStep::Put(read) | ReadingStep::Insert(read) if !is_of(shape, &read) => {
                Err(EntryError::Form { paper })
            }
            ReadingStep::Put(read) if paper < next => {
                if let Some(earlier) = self.papers.get_mut(place) {
                    *earlier = read;
                }
                Ok(())
            }
            ReadingStep::Put(_) | ReadingStep::Insert(_) if next > most() => {
                Err(EntryError::Papers { number: shape.number, papers: shape.papers, read: next })
            }
            ReadingStep::Put(read) | ReadingStep::Insert(read) => {
                self.papers.insert(place, read);
                Ok(())
            }
        }
    }

    /// The whole reading, once it has as many papers as the pile.
    ///
    /// # Errors
    /// The unchanged reading, when it has more or fewer.
    pub fn finish(self, shape: Shape, teller: String) -> Result<Entry, (Self, EntryError)> {
        if u32::try_from(self.papers.len()) == Ok(shape.papers) {
            return Ok(Entry { teller, papers: self.papers });
        }
        let error = EntryError::Papers { number: shape.number, papers: shape.papers, read: self.papers.len() };
        Err((self, error))
    }
}

fn most() -> usize {
    usize::try_from(*PAPERS_PER_BATCH.end()).unwrap_or(usize::MAX).saturating_add(SPARE)
}

impl From<Entry> for Reading {
    fn from(entry: Entry) -> Self {
        Self { papers: entry.papers }
    }
}

/// What one person read again so far, by the number of the paper.
#[derive(Default)]
pub struct RereadingSoFar {
    papers: BTreeMap<usize, Again>,
}

impl fmt::Debug for RereadingSoFar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RereadingSoFar({} papers)", self.papers.len())
    }
}

impl RereadingSoFar {
    /// Papers that were read again so far.
    pub fn len(&self) -> usize {
        self.papers.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.papers.is_empty()
    }

    /// Takes what was read again on one of the papers that are asked for.
    ///
    /// # Errors
    /// When exactly this paper's lines were not asked for.
    pub fn put(&mut self, batch: &Batch<Disputed>, read: Reread) -> Result<(), EntryError> {
        let asked: Vec<Asked> = batch.asked().into_iter().filter(|asked| asked.paper == read.paper).collect();
        let paper = read.paper;
        if asked.is_empty() || !batch.are_as_asked(&asked, std::slice::from_ref(&read)) {
            return Err(EntryError::NotAsked);
        }
        drop(self.papers.insert(paper, read.again));
        Ok(())
    }

    /// All that was read again, in the order of the pile.
    pub fn finish(self, teller: String) -> Rereading {
        let papers = self.papers.into_iter().map(|(paper, again)| Reread { paper, again }).collect();
        Rereading { teller, papers }
    }
}

impl Batch<ReadOnce> {
    /// Whose reading it is.
    pub fn reader(&self) -> &str {
        &self.state.0.teller
    }

    /// Gives the reading back to its teller, who goes on with it.
    pub fn reopen(self) -> (Batch<super::Open>, Entry) {
        let is_test = self.is_test;
        (Batch { shape: self.shape, is_test, state: super::Open(()) }, self.state.0)
    }

    /// Another teller takes the reading over from `teller`.
    pub fn hand_over(&mut self, teller: &str, to: &str) {
        hand_over(&mut self.state.0, teller, to);
    }
}

impl Batch<Disputed> {
    /// Gives both readings back to their tellers, who go on with them.
    pub fn reopen(self) -> (Batch<super::Open>, [Entry; 2]) {
        let is_test = self.is_test;
        (Batch { shape: self.shape, is_test, state: super::Open(()) }, [self.state.first, self.state.second])
    }

    /// Another teller takes the reading over from `teller`.
    pub fn hand_over(&mut self, teller: &str, to: &str) {
        hand_over(&mut self.state.first, teller, to);
        hand_over(&mut self.state.second, teller, to);
    }

    /// The number of the paper from which one reading is probably the other one moved by a paper: somebody skipped a paper
    /// there, or keyed one that does not exist. `None` where that explains no more than slips do. It does not say who did.
    pub fn moved_from(&self) -> Option<usize> {
        let (first, second) = (&self.state.first.papers, &self.state.second.papers);
        let as_they_are = self.state.differences.len();
        let least =
            moved(first, second).into_iter().chain(moved(second, first)).min_by_key(|(cost, paper)| (*cost, *paper));
        // A paper that is missing makes most lines of all papers after it differ; a slip makes one.
        least
            .filter(|(cost, _)| cost * 2 < as_they_are && as_they_are - cost >= LINES_TO_SUGGEST)
            .map(|(_, paper)| paper)
    }
}

/// Lines that a moved paper must explain before it is suggested.
const LINES_TO_SUGGEST: usize = 5;

fn hand_over(entry: &mut Entry, teller: &str, to: &str) {
    if entry.teller == teller {
        to.clone_into(&mut entry.teller);
    }
}

/// Papers of a run that must differ less one paper further on before a run that ends within the pile is suggested.
const PAPERS_TO_SUGGEST: usize = 2;

/// Lines that differ when `late` is one paper behind `early` from a paper on, with the number of that paper: to the end of
/// the pile, or to a paper that is in `early` only, as where one paper was skipped and a later one was read twice.
fn moved(early: &[Paper], late: &[Paper]) -> Vec<(usize, usize)> {
    let papers = early.len().min(late.len());
    let differing =
        |one: Option<&Paper>, two: Option<&Paper>| one.zip(two).map_or(0, |(one, two)| lines_apart(one, two));
    let straight: Vec<usize> = (0..papers).map(|at| differing(early.get(at), late.get(at))).collect();
    let behind: Vec<usize> = (0..papers).map(|at| differing(early.get(at), late.get(at + 1))).collect();
    let sum = |lines: &[usize], from: usize, to: usize| -> usize { lines.iter().take(to).skip(from).sum() };
    let mut all = Vec::new();
    for from in 0..papers.saturating_sub(1) {
        all.push((sum(&straight, 0, from) + sum(&behind, from, papers), from + 1));
        let mut better = 0;
        for to in from + 1..papers {
            better += usize::from(straight.get(to - 1) > behind.get(to - 1));
            if better >= PAPERS_TO_SUGGEST {
                let cost = sum(&straight, 0, from) + sum(&behind, from, to) + sum(&straight, to + 1, papers);
                all.push((cost, from + 1));
            }
        }
    }
    all
}

fn lines_apart(one: &Paper, two: &Paper) -> usize {
    match (one, two) {
        (Paper::Marked(one), Paper::Marked(two)) => one.iter().zip(two).filter(|(one, two)| one != two).count(),
        (one, two) => usize::from(one != two),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Compared, Mark, PollKind};
    use super::*;
    use crate::poll::Level;
    use proptest::prelude::*;

    const SHAPE: Shape = Shape { number: 1, kind: PollKind::Rating, lines: 6, papers: 12 };

    fn paper(seed: u64) -> Paper {
        let mark = |line: u64| match (((seed * 8 + line + 1) * 2_654_435_761) >> 7) % 4 {
            0 => Mark::Level(Level::High),
            1 => Mark::Level(Level::Medium),
            2 => Mark::Level(Level::Low),
            _ => Mark::None,
        };
        Paper::Marked((0..6).map(mark).collect())
    }

    fn grown(seeds: impl IntoIterator<Item = u64>) -> Reading {
        let mut reading = Reading::default();
        for (number, seed) in (1..).zip(seeds) {
            reading.take(SHAPE, number, ReadingStep::Put(paper(seed))).expect("next paper");
        }
        reading
    }

    fn disputed(one: Reading, two: Reading) -> Batch<Disputed> {
        let entry = |reading: Reading, teller: &str| reading.finish(SHAPE, teller.to_owned()).expect("whole");
        let once = Batch::open(SHAPE).first(entry(one, "A")).expect("first");
        match once.second(entry(two, "B")).expect("second") {
            Compared::Differs(batch) => batch,
            Compared::Agreed(_) => panic!("they differ"),
        }
    }

    #[test]
    fn a_paper_skipped_and_another_read_twice_are_a_run_that_ends_within_the_pile() {
        let whole = || grown(0..12);
        for (skipped, twice) in [(0, 2), (2, 8), (4, 9), (6, 10)] {
            let read =
                (0..12).filter(|seed| *seed != skipped).flat_map(|seed| vec![seed; 1 + usize::from(seed == twice)]);
            let batch = disputed(grown(read), whole());
            assert_eq!(batch.moved_from(), Some(usize::try_from(skipped).expect("small") + 1), "{skipped} {twice}");
        }
    }

    #[test]
    fn a_skipped_paper_is_put_in_and_one_too_many_taken_out() {
        let mut reading = grown([0, 1, 3, 4]);
        reading.take(SHAPE, 3, ReadingStep::Insert(paper(2))).expect("skipped");
        reading.take(SHAPE, 6, ReadingStep::Put(paper(5))).expect("next");
        reading.take(SHAPE, 1, ReadingStep::Remove).expect("too many");
        let refused = reading.take(SHAPE, 7, ReadingStep::Put(paper(9)));
        assert_eq!(refused, Err(EntryError::Gap { paper: 7, next: 6 }));
        assert_eq!(reading.take(SHAPE, 6, ReadingStep::Remove), Err(EntryError::Gap { paper: 6, next: 6 }));
        let short = Paper::Marked(vec![Mark::None; 5]);
        assert_eq!(reading.take(SHAPE, 6, ReadingStep::Put(short)), Err(EntryError::Form { paper: 6 }));
        assert!(reading.papers.iter().eq((1..6).map(paper).collect::<Vec<_>>().iter()));
        let (reading, error) = reading.finish(SHAPE, "A".to_owned()).expect_err("five of twelve");
        assert_eq!((reading.len(), error), (5, EntryError::Papers { number: 1, papers: 12, read: 5 }));
        assert_eq!(format!("{reading:?}"), "Reading(5 papers)");
    }

    #[test]
    fn a_reading_never_outgrows_the_largest_pile_by_much() {
        let mut reading = grown(0..60);
        assert!(reading.take(SHAPE, 61, ReadingStep::Put(paper(1))).is_err());
        assert!(reading.take(SHAPE, 1, ReadingStep::Insert(paper(1))).is_err());
        reading.take(SHAPE, 60, ReadingStep::Put(paper(1))).expect("keyed anew");
    }

    #[test]
    fn both_readings_go_back_to_their_tellers_and_on_to_others() {
        let mut batch = disputed(grown(0..12), grown((0..12).map(|seed| if seed == 4 { 40 } else { seed })));
        batch.hand_over("B", "C");
        let (open, [one, two]) = batch.reopen();
        assert_eq!((one.teller.as_str(), two.teller.as_str()), ("A", "C"));
        let mut reading = Reading::from(two);
        reading.take(SHAPE, 5, ReadingStep::Put(paper(4))).expect("corrected");
        let once = open.first(one).expect("first");
        assert_eq!(once.reader(), "A");
        let entry = reading.finish(SHAPE, "C".to_owned()).expect("whole");
        assert!(matches!(once.second(entry), Ok(Compared::Agreed(_))));
    }

    #[test]
    fn a_rereading_takes_only_what_is_asked_for() {
        let batch = disputed(grown(0..12), grown((0..12).map(|seed| if seed == 4 { 40 } else { seed })));
        let asked = batch.asked();
        let read = |paper, lines: &[usize]| Reread {
            paper,
            again: Again::Lines(lines.iter().map(|line| (*line, Mark::None)).collect()),
        };
        let mut so_far = RereadingSoFar::default();
        assert_eq!(so_far.put(&batch, read(4, &asked[0].lines)), Err(EntryError::NotAsked));
        assert_eq!(so_far.put(&batch, read(5, &[])), Err(EntryError::NotAsked));
        so_far.put(&batch, read(5, &asked[0].lines)).expect("asked");
        assert_eq!(so_far.len(), asked.len());
        assert!(batch.is_as_asked(&so_far.finish("A".to_owned())));
    }

    proptest! {
        /// One reading skipped a paper and keyed another one at the end; both have slips besides.
        #[test]
        fn a_moved_reading_is_noticed_where_it_begins(from in 0_usize..9, slip in 0_usize..12, turned: bool) {
            let mut seeds: Vec<u64> = (0..12).collect();
            seeds.remove(from);
            seeds.push(77);
            if let Some(seed) = seeds.get_mut(slip) {
                *seed += 100;
            }
            let (one, two) = (grown(0..12), grown(seeds));
            let batch = if turned { disputed(two, one) } else { disputed(one, two) };
            let found = batch.moved_from().expect("moved");
            prop_assert!(found.abs_diff(from + 1) <= 1, "{found} for {}", from + 1);
        }

        #[test]
        fn slips_alone_suggest_nothing(slips in proptest::collection::btree_set((0_usize..12, 0_usize..6), 1..12)) {
            let mut two = grown(0..12);
            for (place, line) in slips {
                if let Some(Paper::Marked(marks)) = two.papers.get_mut(place) {
                    marks[line] = Mark::Multiple;
                }
            }
            prop_assert_eq!(disputed(grown(0..12), two).moved_from(), None);
        }
    }
}
