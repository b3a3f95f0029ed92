//! Nhập lại: what is read again of a disputed pile is the lines that differ and nothing else; where two readings still
//! differ, a third person reads the paper and decides.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Batch, Compared, Disputed, EntryError, Paper, Refused};
use crate::marks::Mark;
use crate::poll::PollKind;

/// What is keyed of one paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Number of the paper in the pile, from 1.
    pub paper: usize,
    /// Numbers of its lines, from 1, in the order of keying.
    pub lines: Vec<usize>,
}

/// What somebody reads again on one paper; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum Again {
    /// The paper is invalid as a whole, for the reason with this id in the rule set.
    Invalid(String),
    /// The lines that were asked for, by number.
    Lines(Vec<(usize, Mark)>),
}

impl fmt::Debug for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Again(…)")
    }
}

/// One paper that is read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// Number of the paper in the pile, from 1.
    pub paper: usize,
    pub again: Again,
}

/// One person's second look at everything that differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Rereading {
    pub teller: String,
    /// Every disputed paper, in the order of the pile.
    pub papers: Vec<Reread>,
}

impl fmt::Debug for Rereading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rereading({}, {} papers)", self.teller, self.papers.len())
    }
}

impl Batch<Disputed> {
    /// What is read again: the lines that differ, and every line of a paper that one reader found invalid.
    pub fn asked(&self) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        for difference in self.differences() {
            let lines = || (1..=self.shape.lines).collect();
            match (asked.last_mut(), difference.line) {
                (Some(last), Some(line)) if last.paper == difference.paper => last.lines.push(line),
                (_, Some(line)) => asked.push(Asked { paper: difference.paper, lines: vec![line] }),
                (_, None) => asked.push(Asked { paper: difference.paper, lines: lines() }),
            }
        }
        asked
    }

    /// Puts in what both tellers, in any order, read again, and compares.
    ///
    /// # Errors
    /// When it is not these two, or not exactly what was asked.
    pub fn read_lines_again(self, one: &Rereading, two: &Rereading) -> Result<Compared, Box<Refused<Disputed>>> {
        let (first, second) = match (&self.state.first.teller, &self.state.second.teller) {
            (first, second) if *first == one.teller && *second == two.teller => (one, two),
            (first, second) if *first == two.teller && *second == one.teller => (two, one),
            _ => return Err(self.refuse(EntryError::OtherTeller)),
        };
        self.put_in(first, second)
    }

    /// Puts in what a third person read with the paper in hand: it stands for both readings, so they agree.
    ///
    /// # Errors
    /// When it is one of the two tellers, or not exactly what was asked.
    pub fn decide(self, third: &Rereading) -> Result<Compared, Box<Refused<Disputed>>> {
        if [&self.state.first.teller, &self.state.second.teller].contains(&&third.teller) {
            let teller = third.teller.clone();
            return Err(self.refuse(EntryError::SameTeller { teller }));
        }
        self.put_in(third, third)
    }

    /// Whether `read` is exactly what was asked, with marks of this vote.
    pub fn is_as_asked(&self, read: &Rereading) -> bool {
        is_as_asked(self.shape.kind, &self.asked(), read)
    }

    fn put_in(self, first: &Rereading, second: &Rereading) -> Result<Compared, Box<Refused<Disputed>>> {
        if !self.is_as_asked(first) || !self.is_as_asked(second) {
            return Err(self.refuse(EntryError::NotAsked));
        }
        let lines = self.shape.lines;
        let read = |earlier: &[Paper], again: &Reread| {
            let earlier = again.paper.checked_sub(1).and_then(|place| earlier.get(place));
            merged(earlier, &again.again, lines)
        };
        let (one, two) = (&self.state.first.papers, &self.state.second.papers);
        let papers = first.papers.iter().zip(&second.papers).map(|(a, b)| (read(one, a), read(two, b)));
        let mut papers = papers.collect::<Vec<(Paper, Paper)>>().into_iter();
        // As many as are asked for, and in that order: that was looked at above.
        let none = || (Paper::Marked(Vec::new()), Paper::Marked(Vec::new()));
        self.read_again(|_| papers.next().unwrap_or_else(none))
    }
}

/// Whether exactly what was asked is read, with marks of this vote.
fn is_as_asked(kind: PollKind, asked: &[Asked], read: &Rereading) -> bool {
    let known = |mark: &Mark| !matches!(mark, Mark::Level(level) if !kind.levels().contains(level));
    let fits = |(asked, read): (&Asked, &Reread)| match &read.again {
        Again::Invalid(_) => asked.paper == read.paper,
        Again::Lines(lines) => {
            let same_lines = lines.iter().map(|(line, _)| line).eq(&asked.lines);
            asked.paper == read.paper && same_lines && lines.iter().all(|(_, mark)| known(mark))
        }
    };
    asked.len() == read.papers.len() && asked.iter().zip(&read.papers).all(fits)
}

/// Puts what was read again into the papers of a pile.
pub fn put_again(papers: &mut [Paper], read: &Rereading, lines: usize) {
    for again in &read.papers {
        if let Some(paper) = again.paper.checked_sub(1).and_then(|place| papers.get_mut(place)) {
            *paper = merged(Some(paper), &again.again, lines);
        }
    }
}

/// The earlier reading of a paper with the lines that were read again put in.
fn merged(earlier: Option<&Paper>, again: &Again, lines: usize) -> Paper {
    match again {
        Again::Invalid(reason) => Paper::Invalid(reason.clone()),
        Again::Lines(read) => {
            let mut marks = Vec::with_capacity(lines);
            match earlier {
                Some(Paper::Marked(earlier)) => marks.extend_from_slice(earlier),
                Some(Paper::Invalid(_)) | None => marks.resize(lines, Mark::None),
            }
            for (line, mark) in read {
                if let Some(place) = line.checked_sub(1).and_then(|place| marks.get_mut(place)) {
                    *place = *mark;
                }
            }
            Paper::Marked(marks)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Shape};
    use super::*;
    use crate::poll::{Level, LevelCounts};

    const HIGH: Mark = Mark::Level(Level::High);
    const LOW: Mark = Mark::Level(Level::Low);

    fn entry(teller: &str, papers: &[[Mark; 3]]) -> Entry {
        Entry { teller: teller.into(), papers: papers.iter().map(|marks| Paper::Marked(marks.to_vec())).collect() }
    }

    fn rereading(teller: &str, papers: &[(usize, Again)]) -> Rereading {
        let reread = |(paper, again): &(usize, Again)| Reread { paper: *paper, again: again.clone() };
        Rereading { teller: teller.into(), papers: papers.iter().map(reread).collect() }
    }

    fn lines(read: &[(usize, Mark)]) -> Again {
        Again::Lines(read.to_vec())
    }

    /// Two papers; B slipped on lines 1 and 3 of the second.
    fn disputed() -> Batch<Disputed> {
        let shape = Shape { number: 1, kind: PollKind::Rating, lines: 3, papers: 2 };
        let first = Batch::open(shape).first(entry("A", &[[HIGH; 3], [LOW, HIGH, LOW]])).expect("first");
        match first.second(entry("B", &[[HIGH; 3], [HIGH, HIGH, HIGH]])) {
            Ok(Compared::Differs(batch)) => batch,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_the_lines_that_differ_are_read_again_and_the_order_of_the_tellers_does_not_count() {
        let batch = disputed();
        assert_eq!(batch.asked(), [Asked { paper: 2, lines: vec![1, 3] }]);
        let (a, b) = ([(2, lines(&[(1, LOW), (3, LOW)]))], [(2, lines(&[(1, LOW), (3, LOW)]))]);
        let compared = batch.read_lines_again(&rereading("B", &b), &rereading("A", &a)).expect("as asked");
        let Compared::Agreed(counts) = compared else { panic!("agreed") };
        let line = |high, low| LevelCounts::Rating { high, medium: 0, low };
        assert_eq!(counts.lines, [line(1, 1), line(2, 0), line(1, 1)]);
    }

    #[test]
    fn what_still_differs_is_decided_by_a_third_person_and_by_nobody_else() {
        let again = |mark| [(2, lines(&[(1, mark), (3, LOW)]))];
        let compared = disputed().read_lines_again(&rereading("A", &again(LOW)), &rereading("B", &again(HIGH)));
        let Ok(Compared::Differs(batch)) = compared else { panic!("line 1 still differs") };
        assert_eq!(batch.asked(), [Asked { paper: 2, lines: vec![1] }]);
        let Err(refused) = batch.decide(&rereading("B", &[(2, lines(&[(1, LOW)]))])) else { panic!("a teller") };
        assert_eq!(refused.error, EntryError::SameTeller { teller: "B".into() });
        let decided = refused.batch.decide(&rereading("C", &[(2, lines(&[(1, Mark::Multiple)]))]));
        let Ok(Compared::Agreed(counts)) = decided else { panic!("decided") };
        assert_eq!(counts.lines[0].sum(), 1, "the double mark counts for nobody");
    }

    #[test]
    fn a_paper_that_one_finds_invalid_is_read_whole() {
        let again = [(2, Again::Invalid("no_seal".into()))];
        let kept = [(2, lines(&[(1, LOW), (3, LOW)]))];
        let compared = disputed().read_lines_again(&rereading("A", &again), &rereading("B", &kept));
        let Ok(Compared::Differs(batch)) = compared else { panic!("one finds it invalid") };
        assert_eq!(batch.asked(), [Asked { paper: 2, lines: vec![1, 2, 3] }]);
        let whole = [(2, lines(&[(1, LOW), (2, Mark::None), (3, LOW)]))];
        let Ok(Compared::Agreed(counts)) = batch.decide(&rereading("C", &whole)) else { panic!("decided") };
        assert_eq!((counts.invalid_total(), counts.lines[1].sum()), (0, 1));
    }

    #[test]
    fn what_was_not_asked_or_comes_from_somebody_else_is_refused_and_nothing_is_lost() {
        let right = [(2, lines(&[(1, LOW), (3, LOW)]))];
        let good = rereading("A", &right);
        let mut batch = disputed();
        for wrong in [
            vec![],
            vec![(1, lines(&[(1, LOW), (3, LOW)]))],
            vec![(2, lines(&[(1, LOW)]))],
            vec![(2, lines(&[(1, LOW), (2, LOW), (3, LOW)]))],
            vec![(2, lines(&[(1, LOW), (3, Mark::Level(Level::Confidence))]))],
        ] {
            let Err(refused) = batch.read_lines_again(&good, &rereading("B", &wrong)) else { panic!("{wrong:?}") };
            assert_eq!(refused.error, EntryError::NotAsked);
            batch = refused.batch;
        }
        let Err(refused) = batch.read_lines_again(&good, &rereading("C", &right)) else { panic!("C did not read") };
        assert_eq!(refused.error, EntryError::OtherTeller);
        let agreed = refused.batch.read_lines_again(&good, &rereading("B", &right));
        assert!(matches!(agreed, Ok(Compared::Agreed(_))));
    }

    #[test]
    fn nothing_prints_a_mark_and_what_is_read_again_is_wiped() {
        fn wiped_when_dropped<T: ZeroizeOnDrop>() {}
        wiped_when_dropped::<Again>();
        let read = rereading("A", &[(2, lines(&[(1, LOW)]))]);
        assert_eq!(
            format!("{read:?} {:?}", read.papers[0]),
            "Rereading(A, 1 papers) Reread { paper: 2, again: Again(…) }"
        );
    }
}
