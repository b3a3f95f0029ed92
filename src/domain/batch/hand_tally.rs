//! Đếm tay: a batch counted by hand on two printed tally sheets, by two people who do not see each other's.
//!
//! What is keyed is the figures of a sheet. Where two sheets differ, both are told which rows do, never the other's
//! figures, and key those rows again; where they still differ, a third person keys them from the papers. Until both agree,
//! figures of a pile are as secret as marks: a sheet is wiped when it is dropped and nothing prints it.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::count::BatchCounts;
use crate::poll::{LevelCounts, PollKind};

/// A row of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// Invalid papers by reason, all of them together: one that is put under another reason changes two figures.
    Invalid,
    /// A line of the form, by its number, from 1.
    Line(usize),
}

/// The pile and what its sheet has places for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetShape {
    pub kind: PollKind,
    pub lines: usize,
    pub papers: u32,
    /// Ids of the reasons for which a paper is invalid as a whole. None: only valid papers are counted.
    pub reasons: Vec<String>,
    /// Whether a third person decides what two still count differently; otherwise the two count until they agree.
    pub has_third: bool,
}

impl SheetShape {
    /// All rows, in the order of the sheet.
    pub fn rows(&self) -> Vec<Row> {
        let invalid = (!self.reasons.is_empty()).then_some(Row::Invalid);
        invalid.into_iter().chain((1..=self.lines).map(Row::Line)).collect()
    }

    /// How many figures a row has.
    pub fn places(&self, row: Row) -> usize {
        match row {
            Row::Invalid => self.reasons.len(),
            Row::Line(_) => self.kind.levels().len(),
        }
    }
}

/// The figures of some rows as one person keyed them; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Sheet {
    #[zeroize(skip)]
    rows: Vec<Row>,
    figures: Vec<Vec<u32>>,
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sheet({} rows)", self.rows.len())
    }
}

/// A row that cannot be right, whatever the papers say. It carries no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    #[error("Cộng số phiếu không hợp lệ nhiều hơn số phiếu của tập; hãy đếm lại.")]
    InvalidOver,
    /// More marks on a line than valid papers.
    #[error("Dòng {0}: cộng các mức nhiều hơn số phiếu hợp lệ; hãy đếm lại dòng này.")]
    LineOver(usize),
}

impl SheetFault {
    /// Where.
    pub const fn row(self) -> Row {
        match self {
            Self::InvalidOver => Row::Invalid,
            Self::LineOver(line) => Row::Line(line),
        }
    }
}

/// Why a sheet is not taken. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Faults(Vec<SheetFault>),
    /// Other rows, or other places in them, than the sheet has.
    #[error("phiếu đếm tay không có đúng các dòng phải nhập; hãy tải lại trang rồi nhập lại")]
    NotAsked,
    /// One sheet each.
    #[error("tài khoản này đã nhập phiếu đếm tay của mình; chờ người kia nhập xong")]
    AlreadyEntered,
    /// The person who decides is one of the two readers.
    #[error("người đã nhập phiếu đếm tay không được quyết định chỗ lệch")]
    SamePerson,
    #[error("tập phiếu này không chờ việc đó; hãy tải lại trang")]
    NotNow,
}

impl Sheet {
    /// The figures of `rows`, in their order.
    ///
    /// # Errors
    /// When a row has another number of figures than its place on the sheet.
    pub fn new(shape: &SheetShape, rows: Vec<(Row, Vec<u32>)>) -> Result<Self, SheetError> {
        let fits = |(row, figures): &(Row, Vec<u32>)| {
            let is_there =
                matches!(row, Row::Invalid) || matches!(row, Row::Line(line) if (1..=shape.lines).contains(line));
            is_there && figures.len() == shape.places(*row)
        };
        let all_fit = rows.iter().all(fits);
        let (rows, figures): (Vec<Row>, Vec<Vec<u32>>) = rows.into_iter().unzip();
        let sheet = Self { rows, figures };
        if all_fit { Ok(sheet) } else { Err(SheetError::NotAsked) }
    }

    fn row(&self, row: Row) -> Option<&[u32]> {
        let place = self.rows.iter().position(|own| *own == row)?;
        self.figures.get(place).map(Vec::as_slice)
    }

    fn sum(&self, row: Row) -> u64 {
        self.row(row).unwrap_or_default().iter().map(|figure| u64::from(*figure)).sum()
    }

    /// Rows that cannot be right: more invalid papers than papers, more levels on a line than valid papers. A sheet of
    /// some rows is looked at as far as it goes.
    pub fn faults(&self, shape: &SheetShape) -> Vec<SheetFault> {
        let Some(valid) = u64::from(shape.papers).checked_sub(self.sum(Row::Invalid)) else {
            return vec![SheetFault::InvalidOver];
        };
        let over = |row: &Row| match row {
            Row::Line(line) if self.sum(*row) > valid => Some(SheetFault::LineOver(*line)),
            _ => None,
        };
        self.rows.iter().filter_map(over).collect()
    }

    /// This sheet with the rows of `again` in the place of its own.
    fn merged(&self, again: &Self) -> Self {
        let figures = |(row, own): (&Row, &Vec<u32>)| again.row(*row).map_or_else(|| own.clone(), <[u32]>::to_vec);
        Self { rows: self.rows.clone(), figures: self.rows.iter().zip(&self.figures).map(figures).collect() }
    }

    fn differing(&self, other: &Self) -> Vec<Row> {
        self.rows.iter().copied().filter(|row| self.row(*row) != other.row(*row)).collect()
    }

    fn counts(&self, shape: &SheetShape) -> BatchCounts {
        let invalid = shape.reasons.iter().cloned().zip(self.row(Row::Invalid).unwrap_or_default().iter().copied());
        let line = |line| match (shape.kind, self.row(Row::Line(line)).unwrap_or_default()) {
            (PollKind::Rating, &[high, medium, low]) => LevelCounts::Rating { high, medium, low },
            (PollKind::Confidence, &[confidence, no_confidence]) => {
                LevelCounts::Confidence { confidence, no_confidence }
            }
            // A sheet is made with as many figures as its shape has places.
            (kind, _) => LevelCounts::zero(kind),
        };
        BatchCounts {
            invalid: invalid.filter(|(_, papers)| *papers > 0).collect(),
            lines: (1..=shape.lines).map(line).collect(),
            papers: shape.papers,
        }
    }
}

/// A sheet with who keyed it.
#[derive(Debug)]
struct Keyed {
    teller: String,
    sheet: Sheet,
}

#[derive(Debug)]
enum State {
    Unread,
    Once(Keyed),
    /// What one keyed again waits for the other.
    Differs {
        first: Keyed,
        second: Keyed,
        rows: Vec<Row>,
        waiting: Option<Keyed>,
    },
    ForThird {
        first: Keyed,
        second: Keyed,
        rows: Vec<Row>,
    },
}

/// A batch counted by hand tally, until both sheets agree.
#[derive(Debug)]
pub struct HandTally {
    shape: SheetShape,
    state: State,
}

/// What a sheet gives.
#[derive(Debug)]
pub enum Outcome {
    Open(Box<HandTally>),
    Agreed(BatchCounts),
}

/// What one person has to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    Rows(Vec<Row>),
    Nothing,
    /// A third person keys these rows.
    Third(Vec<Row>),
}

type Step = Result<Outcome, Box<(HandTally, SheetError)>>;

impl HandTally {
    /// A pile that nobody counted yet.
    pub const fn open(shape: SheetShape) -> Self {
        Self { shape, state: State::Unread }
    }

    /// The pile and its sheet.
    pub const fn shape(&self) -> &SheetShape {
        &self.shape
    }

    /// What `teller` has to do.
    pub fn due(&self, teller: &str) -> Due {
        match &self.state {
            State::Unread => Due::Rows(self.shape.rows()),
            State::Once(first) if first.teller == teller => Due::Nothing,
            State::Once(_) => Due::Rows(self.shape.rows()),
            State::Differs { waiting: Some(waiting), .. } if waiting.teller == teller => Due::Nothing,
            State::Differs { rows, .. } => Due::Rows(rows.clone()),
            State::ForThird { rows, .. } => Due::Third(rows.clone()),
        }
    }

    /// How far it is: sheets that are in, and rows that differ.
    pub fn sheets(&self) -> (usize, usize) {
        match &self.state {
            State::Unread => (0, 0),
            State::Once(_) => (1, 0),
            State::Differs { rows, .. } | State::ForThird { rows, .. } => (2, rows.len()),
        }
    }

    /// Whether a third person has to decide.
    pub const fn is_for_third(&self) -> bool {
        matches!(self.state, State::ForThird { .. })
    }

    /// Takes what `teller` keyed: the whole sheet, or the rows that differ.
    ///
    /// # Errors
    /// When it is not this person's turn, the rows are not those that are asked for, or they cannot be right.
    pub fn key(self, teller: &str, sheet: Sheet) -> Step {
        let keyed = Keyed { teller: teller.to_owned(), sheet };
        let Self { shape, state } = self;
        let refuse = |state, error| Err(Box::new((Self { shape: shape.clone(), state }, error)));
        match state {
            State::Unread => match whole(&shape, &keyed.sheet) {
                Ok(()) => Ok(Outcome::Open(Box::new(Self { shape, state: State::Once(keyed) }))),
                Err(error) => refuse(State::Unread, error),
            },
            State::Once(first) if first.teller == teller => refuse(State::Once(first), SheetError::AlreadyEntered),
            State::Once(first) => match whole(&shape, &keyed.sheet) {
                Ok(()) => Ok(compared(shape, first, keyed, false)),
                Err(error) => refuse(State::Once(first), error),
            },
            State::Differs { first, second, rows, waiting } => {
                let is_own = first.teller == teller || second.teller == teller;
                let before = if first.teller == teller { &first.sheet } else { &second.sheet };
                let problem = match &waiting {
                    _ if !is_own => Some(SheetError::NotNow),
                    Some(waiting) if waiting.teller == teller => Some(SheetError::AlreadyEntered),
                    _ => some_rows(&shape, before, &rows, &keyed.sheet).err(),
                };
                if let Some(error) = problem {
                    return refuse(State::Differs { first, second, rows, waiting }, error);
                }
                let Some(other) = waiting else {
                    let state = State::Differs { first, second, rows, waiting: Some(keyed) };
                    return Ok(Outcome::Open(Box::new(Self { shape, state })));
                };
                let again = |before: Keyed| {
                    let new = if before.teller == keyed.teller { &keyed.sheet } else { &other.sheet };
                    Keyed { sheet: before.sheet.merged(new), teller: before.teller }
                };
                Ok(compared(shape, again(first), again(second), true))
            }
            State::ForThird { first, second, rows } => {
                refuse(State::ForThird { first, second, rows }, SheetError::NotNow)
            }
        }
    }

    /// Takes the rows that a third person keyed from the papers: they stand.
    ///
    /// # Errors
    /// When nothing is to be decided, by one of the two, and when the rows are not those or cannot be right.
    pub fn decide(self, third: &str, sheet: &Sheet) -> Step {
        let Self { shape, state } = self;
        let State::ForThird { first, second, rows } = state else {
            return Err(Box::new((Self { shape, state }, SheetError::NotNow)));
        };
        let problem = if first.teller == third || second.teller == third {
            Some(SheetError::SamePerson)
        } else {
            some_rows(&shape, &first.sheet, &rows, sheet).err()
        };
        match problem {
            None => Ok(Outcome::Agreed(first.sheet.merged(sheet).counts(&shape))),
            Some(error) => Err(Box::new((Self { shape, state: State::ForThird { first, second, rows } }, error))),
        }
    }
}

fn whole(shape: &SheetShape, sheet: &Sheet) -> Result<(), SheetError> {
    if sheet.rows != shape.rows() {
        return Err(SheetError::NotAsked);
    }
    sound(shape, sheet)
}

/// Whether `again` holds exactly `rows`, and `before` with them can be right.
fn some_rows(shape: &SheetShape, before: &Sheet, rows: &[Row], again: &Sheet) -> Result<(), SheetError> {
    if again.rows != rows {
        return Err(SheetError::NotAsked);
    }
    sound(shape, &before.merged(again))
}

fn sound(shape: &SheetShape, sheet: &Sheet) -> Result<(), SheetError> {
    let faults = sheet.faults(shape);
    if faults.is_empty() { Ok(()) } else { Err(SheetError::Faults(faults)) }
}

fn compared(shape: SheetShape, first: Keyed, second: Keyed, is_last: bool) -> Outcome {
    let rows = first.sheet.differing(&second.sheet);
    let state = match (rows.is_empty(), is_last) {
        (true, _) => return Outcome::Agreed(first.sheet.counts(&shape)),
        (false, false) => State::Differs { first, second, rows, waiting: None },
        (false, true) if shape.has_third => State::ForThird { first, second, rows },
        (false, true) => State::Differs { first, second, rows, waiting: None },
    };
    Outcome::Open(Box::new(HandTally { shape, state }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> SheetShape {
        let reasons = vec!["no_seal".into(), "other".into()];
        SheetShape { kind: PollKind::Rating, lines: 2, papers: 12, reasons, has_third: true }
    }

    fn sheet(invalid: [u32; 2], lines: [[u32; 3]; 2]) -> Sheet {
        let lines = (1..).zip(lines).map(|(line, figures)| (Row::Line(line), figures.to_vec()));
        Sheet::new(&shape(), std::iter::once((Row::Invalid, invalid.to_vec())).chain(lines).collect()).expect("sheet")
    }

    fn rows(rows: &[(Row, &[u32])]) -> Sheet {
        Sheet::new(&shape(), rows.iter().map(|(row, figures)| (*row, figures.to_vec())).collect()).expect("rows")
    }

    fn open(outcome: Outcome) -> HandTally {
        match outcome {
            Outcome::Open(tally) => *tally,
            Outcome::Agreed(_) => panic!("agreed"),
        }
    }

    fn right() -> Sheet {
        sheet([1, 0], [[5, 4, 2], [0, 11, 0]])
    }

    /// B read line 1 otherwise.
    fn differing() -> HandTally {
        let once = open(HandTally::open(shape()).key("A", right()).expect("first"));
        open(once.key("B", sheet([1, 0], [[5, 3, 2], [0, 11, 0]])).expect("second"))
    }

    #[test]
    fn two_equal_sheets_are_counts() {
        let once = open(HandTally::open(shape()).key("A", right()).expect("first"));
        assert_eq!((once.due("A"), once.due("B")), (Due::Nothing, Due::Rows(shape().rows())));
        let Outcome::Agreed(counts) = once.key("B", right()).expect("second") else { panic!("equal sheets") };
        assert_eq!((counts.papers, counts.invalid_total(), counts.check()), (12, 1, Ok(())));
        assert_eq!(counts.invalid.get("other"), None, "a reason that no paper has is no figure");
        assert_eq!(counts.lines[0], LevelCounts::Rating { high: 5, medium: 4, low: 2 });
    }

    #[test]
    fn only_rows_that_differ_are_keyed_again_and_then_a_third_person_decides() {
        let tally = differing();
        assert_eq!((tally.due("A"), tally.sheets()), (Due::Rows(vec![Row::Line(1)]), (2, 1)));
        let tally = open(tally.key("A", rows(&[(Row::Line(1), &[5, 4, 2])])).expect("again"));
        assert_eq!(tally.due("A"), Due::Nothing);
        let tally = open(tally.key("B", rows(&[(Row::Line(1), &[4, 4, 2])])).expect("again"));
        assert_eq!(tally.due("B"), Due::Third(vec![Row::Line(1)]));
        let (tally, error) = *tally.decide("A", &rows(&[(Row::Line(1), &[5, 4, 2])])).expect_err("a teller");
        assert_eq!(error, SheetError::SamePerson);
        let decided = tally.decide("C", &rows(&[(Row::Line(1), &[5, 4, 1])])).expect("decided");
        let Outcome::Agreed(counts) = decided else { panic!("decided") };
        assert_eq!(counts.lines[0].sum(), 10);

        let tally = open(differing().key("B", rows(&[(Row::Line(1), &[5, 4, 2])])).expect("again"));
        let agreed = tally.key("A", rows(&[(Row::Line(1), &[5, 4, 2])])).expect("again");
        assert!(matches!(agreed, Outcome::Agreed(_)), "in any order");
    }

    #[test]
    fn without_a_third_person_two_count_until_they_agree() {
        let shape = SheetShape { kind: PollKind::Rating, lines: 1, papers: 11, reasons: Vec::new(), has_third: false };
        let line = |figures: [u32; 3]| Sheet::new(&shape, vec![(Row::Line(1), figures.to_vec())]).expect("sheet");
        assert_eq!(shape.rows(), [Row::Line(1)], "only valid papers are counted");
        let mut tally = open(HandTally::open(shape.clone()).key("A", line([5, 4, 2])).expect("first"));
        tally = open(tally.key("B", line([5, 3, 2])).expect("second"));
        tally = open(tally.key("B", line([5, 3, 2])).expect("again"));
        tally = open(tally.key("A", line([5, 4, 2])).expect("again"));
        assert_eq!((tally.due("A"), tally.is_for_third()), (Due::Rows(vec![Row::Line(1)]), false));
        tally = open(tally.key("A", line([5, 4, 2])).expect("once more"));
        assert!(matches!(tally.key("B", line([5, 4, 2])), Ok(Outcome::Agreed(_))));
    }

    #[test]
    fn what_cannot_be_right_or_was_not_asked_is_refused_and_nothing_is_lost() {
        let faults = |sheet: Sheet| match HandTally::open(shape()).key("A", sheet).map_err(|refused| refused.1) {
            Err(SheetError::Faults(faults)) => faults,
            other => panic!("{other:?}"),
        };
        assert_eq!(faults(sheet([7, 6], [[0; 3]; 2])), [SheetFault::InvalidOver]);
        assert_eq!(faults(sheet([1, 0], [[5, 5, 2], [12, 0, 0]])), [SheetFault::LineOver(1), SheetFault::LineOver(2)]);
        assert_eq!(
            Sheet::new(&shape(), vec![(Row::Line(3), vec![0, 0, 0])]).expect_err("no such line"),
            SheetError::NotAsked
        );
        for wrong in [rows(&[]), rows(&[(Row::Line(2), &[0, 1, 0])]), right()] {
            let (tally, error) = *differing().key("A", wrong).expect_err("not asked");
            assert_eq!((error, tally.sheets()), (SheetError::NotAsked, (2, 1)));
        }
        let (_, error) = *differing().key("A", rows(&[(Row::Line(1), &[12, 0, 0])])).expect_err("over");
        assert_eq!(error, SheetError::Faults(vec![SheetFault::LineOver(1)]));
        let (_, error) = *differing().key("C", rows(&[(Row::Line(1), &[5, 4, 2])])).expect_err("a stranger");
        assert_eq!(error, SheetError::NotNow);
    }

    #[test]
    fn a_sheet_is_wiped_and_nothing_prints_a_figure() {
        fn wiped_when_dropped<T: ZeroizeOnDrop>() {}
        wiped_when_dropped::<Sheet>();
        let text = format!("{:?}", differing());
        assert!(text.contains("Sheet(3 rows)") && !text.contains("11"), "{text}");
    }
}
