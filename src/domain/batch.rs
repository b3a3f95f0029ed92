//! Tập phiếu: a pile of papers, read twice by two people, the second blind to the first.
//!
//! What leaves this file is the batch's counts. A difference names the paper and the line, never what anybody read there.
//! No type here can be serialized, and none shows a mark in its debug output.
//!
//! # What becomes of marks
//!
//! Guaranteed: the marks of a reading lie in the [`Paper`]s of its [`Entry`] alone, and every `Paper` wipes its marks when
//! it is dropped: when both readings agree, when a reading is refused, when a disputed paper is read again, when a batch
//! is abandoned, and when a panic unwinds. Moving a `Paper` moves a pointer, not the marks. An `Entry` can't be cloned.
//!
//! Not guaranteed: registers and stack of a function that looked at a mark; pages that the system swapped out or dumped;
//! the buffer from which a caller read the marks; a `Vec` of marks that outgrew its allocation while a caller filled it,
//! so whoever makes a `Paper` allocates for all lines at once. A process that is killed wipes nothing: the system clears
//! its pages before it gives them to another.

mod again;
pub mod hand_tally;
mod readers;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::count::BatchCounts;
use super::finding::{Finding, Severity};
use super::marks::{Mark, MarksError, count_marks};
use super::poll::PollKind;

pub use again::{Again, Asked, Reread, Rereading, put_again};
pub use readers::{ReadTwice, Reader};

/// One paper as one teller reads it; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum Paper {
    /// The board found it invalid as a whole, for the reason with this id in the rule set.
    Invalid(String),
    /// One mark per line.
    Marked(Vec<Mark>),
}

impl fmt::Debug for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Paper(…)")
    }
}

/// Lượt nhập: one teller's reading of a whole batch.
pub struct Entry {
    pub teller: String,
    /// Every paper, in the order of the pile.
    pub papers: Vec<Paper>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {} papers)", self.teller, self.papers.len())
    }
}

/// The pile and the form its papers are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Number of the batch on its form, from 1.
    pub number: u32,
    pub kind: PollKind,
    pub lines: usize,
    pub papers: u32,
}

/// Smallest and largest pile. The counts of a batch are published, and those of fewer papers nearly tell a ballot: a rest
/// joins another pile, and only a form with fewer papers in all may have a smaller one. In a larger pile a slip is found
/// late.
pub const PAPERS_PER_BATCH: RangeInclusive<u32> = 10..=50;

/// Papers in a batch when nobody asks for another number.
pub const DEFAULT_PAPERS: u32 = 25;

/// Papers in each pile of a form of which `returned` came back: as few piles of at most [`DEFAULT_PAPERS`] as there can
/// be, as even as they can be, so that none is small beside the others. Only a form of which fewer came back than the
/// smallest pile holds has a smaller pile; its counts are the form's result, which is published anyway.
pub fn pile_sizes(returned: u32) -> Vec<u32> {
    let piles = returned.div_ceil(DEFAULT_PAPERS);
    (0..piles).map(|i| returned / piles + u32::from(i < returned % piles)).collect()
}

/// What an office must know before it holds a vote with `ballots` ballots a form: under the smallest pile, the result
/// itself comes close to telling who marked what.
pub fn secrecy_finding(ballots: u32) -> Option<Finding> {
    let least = *PAPERS_PER_BATCH.start();
    (ballots < least).then(|| {
        let what = format!(
            "Mỗi mẫu phiếu chỉ có {ballots} phiếu, dưới {least}: kết quả công bố gần như cho biết ai ghi mức nào."
        );
        let remedy = "Xin ý kiến cơ quan có thẩm quyền về cách công bố trước khi tổ chức lấy phiếu.";
        Finding::new("BAT-001", Severity::Warning, "Số phiếu", what, remedy)
    })
}

/// Why a reading is not taken. The batch stays as it was.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The second reader must be somebody else.
    #[error("lượt nhập thứ hai phải do người khác với lượt thứ nhất ({teller}) thực hiện")]
    SameTeller { teller: String },
    /// The reading has another number of papers than the pile.
    #[error("tập {number} có {papers} phiếu nhưng lượt nhập có {read}")]
    Papers { number: u32, papers: u32, read: usize },
    #[error(transparent)]
    Marks(#[from] MarksError),
    /// A paper has another number of lines than the form, or a level of the other vote.
    #[error("phiếu {paper}: số dòng hoặc mức không đúng mẫu phiếu")]
    Form {
        /// Number of the paper in the pile, from 1.
        paper: usize,
    },
    /// A disputed pile is read again by the two who read it.
    #[error("lượt nhập lại phải do chính hai người đã nhập tập này thực hiện")]
    OtherTeller,
    /// Something else was read again than what differs.
    #[error("nhập lại phải đúng các phiếu và các dòng đang lệch, không thừa không thiếu")]
    NotAsked,
}

/// Where the two readings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Number of the paper in the pile, from 1.
    pub paper: usize,
    /// Number of the line, from 1; `None` when one reader found the whole paper invalid, or for another reason.
    pub line: Option<usize>,
}

/// A pile nobody has read yet.
#[derive(Debug)]
pub struct Open(());

/// A pile that one teller has read.
#[derive(Debug)]
pub struct ReadOnce(Entry);

/// A pile on which two tellers differ.
#[derive(Debug)]
pub struct Disputed {
    first: Entry,
    second: Entry,
    differences: Vec<Difference>,
}

/// Tập phiếu in state `S`.
#[derive(Debug)]
pub struct Batch<S> {
    shape: Shape,
    state: S,
}

/// What the second reading gives.
#[derive(Debug)]
pub enum Compared {
    /// Both readings are the same: counts, and the papers are wiped.
    Agreed(BatchCounts),
    /// They differ; the named lines are read again.
    Differs(Batch<Disputed>),
}

/// A pile as it was before a reading that is not taken, and why it is not.
#[derive(Debug)]
pub struct Refused<S> {
    pub batch: Batch<S>,
    pub error: EntryError,
}

impl<S> Batch<S> {
    fn refuse(self, error: EntryError) -> Box<Refused<S>> {
        Box::new(Refused { batch: self, error })
    }
}

impl Batch<Open> {
    /// Opens a pile.
    pub const fn open(shape: Shape) -> Self {
        Self { shape, state: Open(()) }
    }

    /// Takes the first reading.
    ///
    /// # Errors
    /// When the reading does not fit the pile.
    pub fn first(self, entry: Entry) -> Result<Batch<ReadOnce>, Box<Refused<Open>>> {
        match fits(self.shape, &entry) {
            Ok(()) => Ok(Batch { shape: self.shape, state: ReadOnce(entry) }),
            Err(error) => Err(self.refuse(error)),
        }
    }
}

impl Batch<ReadOnce> {
    /// Takes the second reading and compares.
    ///
    /// # Errors
    /// When the same teller reads again, or the reading does not fit.
    pub fn second(self, entry: Entry) -> Result<Compared, Box<Refused<ReadOnce>>> {
        let teller = &self.state.0.teller;
        if *teller == entry.teller {
            let error = EntryError::SameTeller { teller: teller.clone() };
            return Err(self.refuse(error));
        }
        if let Err(error) = fits(self.shape, &entry) {
            return Err(self.refuse(error));
        }
        match agreed(self.shape, &self.state.0, &entry) {
            Ok(agreed) => Ok(compared(self.shape, agreed, self.state.0, entry)),
            Err(error) => Err(self.refuse(error)),
        }
    }
}

impl Batch<Disputed> {
    /// Where the readings differ, in the order of the pile.
    pub fn differences(&self) -> &[Difference] {
        &self.state.differences
    }

    /// Puts in what both tellers read on the disputed papers with the paper in hand, and compares again. `read` gives,
    /// for a disputed paper (from 1), the first and the second teller's new reading of it.
    ///
    /// # Errors
    /// When a new reading does not fit.
    pub fn read_again(
        mut self,
        mut read: impl FnMut(usize) -> (Paper, Paper),
    ) -> Result<Compared, Box<Refused<Disputed>>> {
        let mut disputed: Vec<usize> = self.state.differences.iter().map(|d| d.paper).collect();
        disputed.dedup();
        let again: Vec<(usize, Paper, Paper)> = disputed
            .into_iter()
            .map(|paper| {
                let (one, two) = read(paper);
                (paper, one, two)
            })
            .collect();
        // All are looked at before the first is put in: a refused batch is the batch as it was.
        let wrong = again.iter().find(|(_, one, two)| !is_of(self.shape, one) || !is_of(self.shape, two));
        if let Some(&(paper, ..)) = wrong {
            return Err(self.refuse(EntryError::Form { paper }));
        }
        for (paper, one, two) in again {
            self.state.first.replace(paper, one);
            self.state.second.replace(paper, two);
        }
        match agreed(self.shape, &self.state.first, &self.state.second) {
            Ok(agreed) => Ok(compared(self.shape, agreed, self.state.first, self.state.second)),
            Err(error) => Err(self.refuse(error)),
        }
    }
}

impl Entry {
    /// Puts in `paper` (from 1) as it was read again; the earlier reading of it is wiped.
    fn replace(&mut self, paper: usize, read: Paper) {
        if let Some(earlier) = paper.checked_sub(1).and_then(|index| self.papers.get_mut(index)) {
            *earlier = read;
        }
    }
}

fn fits(shape: Shape, entry: &Entry) -> Result<(), EntryError> {
    if u32::try_from(entry.papers.len()) != Ok(shape.papers) {
        let (number, papers, read) = (shape.number, shape.papers, entry.papers.len());
        return Err(EntryError::Papers { number, papers, read });
    }
    let wrong = entry.papers.iter().position(|paper| !is_of(shape, paper));
    wrong.map_or(Ok(()), |index| Err(EntryError::Form { paper: index + 1 }))
}

/// Whether `paper` can be a reading of this form in this vote.
fn is_of(shape: Shape, paper: &Paper) -> bool {
    let levels = shape.kind.levels();
    let known = |mark: &Mark| !matches!(mark, Mark::Level(level) if !levels.contains(level));
    match paper {
        Paper::Invalid(_) => true,
        Paper::Marked(marks) => marks.len() == shape.lines && marks.iter().all(known),
    }
}

/// The counts if both readings are the same, the differences if not.
fn agreed(shape: Shape, first: &Entry, second: &Entry) -> Result<Result<BatchCounts, Vec<Difference>>, EntryError> {
    let differences = differences(first, second);
    if differences.is_empty() {
        Ok(Ok(count_papers(shape.kind, shape.lines, &first.papers)?))
    } else {
        Ok(Err(differences))
    }
}

fn compared(shape: Shape, agreed: Result<BatchCounts, Vec<Difference>>, first: Entry, second: Entry) -> Compared {
    match agreed {
        Ok(counts) => Compared::Agreed(counts),
        Err(differences) => Compared::Differs(Batch { shape, state: Disputed { first, second, differences } }),
    }
}

fn differences(first: &Entry, second: &Entry) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (index, (a, b)) in first.papers.iter().zip(&second.papers).enumerate() {
        let paper = index + 1;
        match (a, b) {
            (Paper::Marked(a), Paper::Marked(b)) => {
                let lines = a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b);
                differences.extend(lines.map(|(line, _)| Difference { paper, line: Some(line + 1) }));
            }
            (a, b) if a != b => differences.push(Difference { paper, line: None }),
            _ => {}
        }
    }
    differences
}

/// Counts per line and level, and invalid papers by reason.
///
/// # Errors
/// When a paper is of another form or another vote.
pub fn count_papers(kind: PollKind, lines: usize, read: &[Paper]) -> Result<BatchCounts, MarksError> {
    let marked = read.iter().filter_map(|paper| match paper {
        Paper::Marked(marks) => Some(marks.as_slice()),
        Paper::Invalid(_) => None,
    });
    let lines = count_marks(kind, lines, marked)?;
    let mut invalid: BTreeMap<String, u32> = BTreeMap::new();
    for paper in read {
        if let Paper::Invalid(reason) = paper {
            *invalid.entry(reason.clone()).or_default() += 1;
        }
    }
    let papers = u32::try_from(read.len()).map_err(|_| MarksError::TooMany)?;
    Ok(BatchCounts { papers, invalid, lines })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::{Level, LevelCounts};

    const HIGH: Mark = Mark::Level(Level::High);
    const LOW: Mark = Mark::Level(Level::Low);

    fn shape(papers: u32) -> Shape {
        Shape { number: 1, kind: PollKind::Rating, lines: 2, papers }
    }

    fn reading(teller: &str, papers: &[[Mark; 2]]) -> Entry {
        Entry { teller: teller.to_owned(), papers: papers.iter().map(|p| Paper::Marked(p.to_vec())).collect() }
    }

    #[test]
    fn two_equal_readings_become_counts() {
        let papers = [[HIGH, LOW], [LOW, Mark::None], [HIGH, Mark::Multiple]];
        let batch = Batch::open(shape(3)).first(reading("A", &papers)).expect("first");
        let Ok(Compared::Agreed(counts)) = batch.second(reading("B", &papers)) else { panic!("equal readings") };
        assert_eq!(counts.lines[0], LevelCounts::Rating { high: 2, medium: 0, low: 1 });
        assert_eq!(counts.lines[1], LevelCounts::Rating { high: 0, medium: 0, low: 1 });
        assert_eq!((counts.papers, counts.check()), (3, Ok(())));
    }

    #[test]
    fn a_difference_names_paper_and_line_and_is_read_again() {
        let truth = [[HIGH, LOW], [LOW, LOW]];
        let slips = [[HIGH, LOW], [HIGH, HIGH]];
        let batch = Batch::open(shape(2)).first(reading("A", &truth)).expect("first");
        let Ok(Compared::Differs(disputed)) = batch.second(reading("B", &slips)) else { panic!("two slips") };
        assert_eq!(disputed.differences(), [1, 2].map(|line| Difference { paper: 2, line: Some(line) }));
        assert!(!format!("{disputed:?}").contains("Low"), "debug output shows a mark");

        let again = |_| (Paper::Marked(vec![LOW, LOW]), Paper::Marked(vec![LOW, LOW]));
        let Ok(Compared::Agreed(counts)) = disputed.read_again(again) else { panic!("read again") };
        assert_eq!(counts.lines[1], LevelCounts::Rating { high: 0, medium: 0, low: 2 });
    }

    #[test]
    fn an_invalid_paper_counts_on_no_line_and_needs_both_readers() {
        let invalid = || Paper::Invalid("no_seal".to_owned());
        let first = Entry { teller: "A".to_owned(), papers: vec![invalid()] };
        let batch = Batch::open(shape(1)).first(first).expect("first");
        let Ok(Compared::Differs(disputed)) = batch.second(reading("B", &[[HIGH, HIGH]])) else { panic!("differs") };
        assert_eq!(disputed.differences(), [Difference { paper: 1, line: None }]);
        let other_reason = || Paper::Invalid("not_prescribed_form".to_owned());
        let Ok(Compared::Differs(disputed)) = disputed.read_again(|_| (invalid(), other_reason())) else {
            panic!("one paper, two reasons")
        };
        let Ok(Compared::Agreed(counts)) = disputed.read_again(|_| (invalid(), invalid())) else { panic!("agreed") };
        assert_eq!((counts.papers, counts.invalid_total()), (1, 1));
        assert_eq!(counts.lines, [LevelCounts::zero(PollKind::Rating); 2]);
    }

    #[test]
    fn one_person_cannot_read_twice_and_a_reading_must_fit() {
        let papers = [[HIGH, LOW]];
        let batch = Batch::open(shape(1)).first(reading("A", &papers)).expect("first");
        let Err(refused) = batch.second(reading("A", &papers)) else { panic!("same teller") };
        assert_eq!(refused.error, EntryError::SameTeller { teller: "A".to_owned() });
        let Err(refused) = refused.batch.second(reading("B", &[[HIGH, Mark::Level(Level::Confidence)]])) else {
            panic!("a level of the other vote")
        };
        assert_eq!(refused.error, EntryError::Form { paper: 1 });
        let Err(refused) = refused.batch.second(reading("B", &[[HIGH, LOW], [HIGH, LOW]])) else {
            panic!("two papers")
        };
        assert_eq!(refused.error, EntryError::Papers { number: 1, papers: 1, read: 2 });
        assert!(matches!(refused.batch.second(reading("B", &papers)), Ok(Compared::Agreed(_))), "nothing was lost");
    }

    #[test]
    fn papers_read_again_count_only_when_both_readers_agree_and_the_others_stay() {
        let first = [[HIGH, LOW], [LOW, LOW], [HIGH, HIGH]];
        let second = [[HIGH, HIGH], [LOW, LOW], [LOW, HIGH]];
        let batch = Batch::open(shape(3)).first(reading("A", &first)).expect("first");
        let Ok(Compared::Differs(disputed)) = batch.second(reading("B", &second)) else { panic!("two slips") };

        let other_form = |_| (Paper::Marked(vec![LOW, LOW]), Paper::Marked(vec![LOW]));
        let Err(refused) = disputed.read_again(other_form) else { panic!("one line short") };
        assert_eq!(refused.error, EntryError::Form { paper: 1 });
        let still =
            |paper| (Paper::Marked(vec![HIGH, LOW]), Paper::Marked(vec![HIGH, if paper == 3 { HIGH } else { LOW }]));
        let Ok(Compared::Differs(disputed)) = refused.batch.read_again(still) else { panic!("paper 3 differs") };
        assert_eq!(disputed.differences(), [Difference { paper: 3, line: Some(2) }]);

        let mut asked = Vec::new();
        let agree = |paper| {
            asked.push(paper);
            (Paper::Marked(vec![HIGH, HIGH]), Paper::Marked(vec![HIGH, HIGH]))
        };
        let Ok(Compared::Agreed(counts)) = disputed.read_again(agree) else { panic!("agreed") };
        assert_eq!(asked, [3], "only the disputed paper is read again");
        let lines = [(2, 1), (1, 2)].map(|(high, low)| LevelCounts::Rating { high, medium: 0, low });
        assert_eq!(counts.lines, lines);
    }

    #[test]
    fn a_paper_wipes_its_marks() {
        fn wiped_when_dropped<T: ZeroizeOnDrop>() {}
        wiped_when_dropped::<Paper>();
        let mut paper = Paper::Marked(vec![HIGH, LOW]);
        paper.zeroize();
        assert!(paper == Paper::Marked(Vec::new()));
    }

    #[test]
    fn piles_hold_every_paper_and_only_a_tiny_form_has_a_tiny_pile() {
        for returned in 0..300 {
            let sizes = pile_sizes(returned);
            assert_eq!(sizes.iter().sum::<u32>(), returned);
            assert!(returned < 10 || sizes.iter().all(|n| PAPERS_PER_BATCH.contains(n)), "{returned}: {sizes:?}");
        }
        assert_eq!((pile_sizes(25), pile_sizes(26), pile_sizes(59)), (vec![25], vec![13, 13], vec![20, 20, 19]));
        assert_eq!((secrecy_finding(9).map(|f| f.code), secrecy_finding(10)), (Some("BAT-001"), None));
    }
}
