//! Checks commitments from a log alone: every point is one, every line adds up to its papers, and the sums over the standing
//! batches are the totals with which counting closed.
//!
//! The points of a large count take most of the time of a verification, so the work comes in pieces that can be done side
//! by side; every point is decompressed once.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;

use super::make::Generator;
use super::{BatchCommitments, Cell, FormBlindings, Hex32, line_cells};
use crate::audit::course::{Committed, FormCourse};
use crate::audit::event::poll::FormTotals;

/// Batches of one piece.
const PIECE: usize = 16;

/// What does not hold, never with a figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SumFault {
    #[error(
        "mẫu phiếu {form}, tập phiếu {batch}: cam kết của {cell} không phải cách viết chuẩn của một điểm ristretto255"
    )]
    Point { form: String, batch: u32, cell: String },
    /// The commitments of a line are not together one to the papers of the batch.
    #[error("mẫu phiếu {form}, tập phiếu {batch}, dòng {line}: các cam kết cộng lại không bằng số phiếu của tập")]
    Line { form: String, batch: u32, line: usize },
    #[error("mẫu phiếu {form}: blindings của {cell} không phải cách viết chuẩn của một số")]
    Scalar { form: String, cell: String },
    /// The totals of the close are not what was committed.
    #[error("mẫu phiếu {form}, {cell}: tổng các cam kết khác với tổng số trong counting.closed")]
    Total { form: String, cell: String },
}

/// A batch that has commitments, and whether it stands.
type Bound<'c> = (u32, &'c Committed, &'c BatchCommitments, bool);

/// A form with what the close says of it.
struct Side<'c> {
    form: &'c str,
    generator: Generator,
    closed: Option<(&'c FormTotals, &'c FormBlindings)>,
}

/// The check of a poll's commitments, in pieces.
pub struct SumsCheck<'c> {
    sides: Vec<Side<'c>>,
    pieces: Vec<(usize, Vec<Bound<'c>>)>,
}

/// The sums of some batches of one form, cell by cell.
pub struct PieceSums {
    side: usize,
    cells: Vec<RistrettoPoint>,
}

impl<'c> SumsCheck<'c> {
    /// Of the forms of the poll whose log is `origin`; `totals` are those of the close, none before it.
    pub fn of(origin: &str, forms: &'c [FormCourse], totals: &'c [FormTotals]) -> Self {
        let (mut sides, mut pieces) = (Vec::with_capacity(forms.len()), Vec::new());
        for (index, course) in forms.iter().enumerate() {
            let form = course.form.id.as_str();
            let closed = totals.iter().find(|total| total.form == form);
            let closed = closed.and_then(|total| Some((total, total.blindings.as_ref()?)));
            sides.push(Side { form, generator: Generator::of(origin, form), closed });
            let standing = course.batches.iter().map(|(batch, committed)| (*batch, committed, true));
            let reopened = course.reopened.iter().map(|(batch, committed)| (*batch, committed, false));
            let bound: Vec<Bound<'c>> = standing
                .chain(reopened)
                .filter_map(|(batch, told, stands)| Some((batch, told, told.commitments.as_deref()?, stands)))
                .collect();
            pieces.extend(bound.chunks(PIECE).map(|piece| (index, piece.to_vec())));
        }
        Self { sides, pieces }
    }

    /// How many pieces there are.
    pub const fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Batches that have commitments, standing or not.
    pub fn batches(&self) -> usize {
        self.pieces.iter().map(|(_, piece)| piece.len()).sum()
    }

    /// Does piece `index`, from 0.
    ///
    /// # Errors
    /// The first batch of it whose commitments cannot be.
    pub fn piece(&self, index: usize) -> Result<PieceSums, SumFault> {
        let Some((side, piece)) = self.pieces.get(index) else {
            return Ok(PieceSums { side: 0, cells: Vec::new() });
        };
        let mut sums = PieceSums { side: *side, cells: Vec::new() };
        if let Some(of) = self.sides.get(*side) {
            for bound in piece {
                let cells = of.batch(bound)?;
                if bound.3 {
                    sums.add(&cells);
                }
            }
        }
        Ok(sums)
    }

    /// Adds up all pieces and holds the sums against the close.
    ///
    /// # Errors
    /// The first total that is not what was committed.
    pub fn finish(&self, pieces: impl IntoIterator<Item = PieceSums>) -> Result<(), SumFault> {
        let mut sums: Vec<PieceSums> =
            (0..self.sides.len()).map(|side| PieceSums { side, cells: Vec::new() }).collect();
        for piece in pieces {
            if let Some(sum) = sums.get_mut(piece.side) {
                sum.add(&piece.cells);
            }
        }
        self.sides.iter().zip(&sums).try_for_each(|(side, sum)| side.close(&sum.cells))
    }

    /// The whole check on this thread.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn run(&self) -> Result<(), SumFault> {
        let pieces: Vec<PieceSums> = (0..self.pieces()).map(|index| self.piece(index)).collect::<Result<_, _>>()?;
        self.finish(pieces)
    }
}

impl PieceSums {
    /// All batches of a form have the same cells in the same order: held when they were taken from the log.
    fn add(&mut self, cells: &[RistrettoPoint]) {
        if self.cells.is_empty() {
            self.cells = cells.to_vec();
        } else {
            self.cells.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
        }
    }
}

impl Side<'_> {
    /// The points of a batch: reasons, then the levels of every line.
    fn batch(&self, &(batch, committed, told, _): &Bound<'_>) -> Result<Vec<RistrettoPoint>, SumFault> {
        let point = |bytes: Hex32, cell: &dyn Fn() -> String| {
            let form = self.form.to_owned();
            CompressedRistretto(bytes.0).decompress().ok_or_else(|| SumFault::Point { form, batch, cell: cell() })
        };
        let mut cells = Vec::with_capacity(told.invalid.len() + 3 * told.lines.len());
        for (reason, bytes) in &told.invalid {
            cells.push(point(*bytes, &|| Cell::Invalid(reason).to_string())?);
        }
        let papers = self.generator.value * Scalar::from(committed.papers);
        for (line, points) in (1..).zip(&told.lines) {
            let mut sum = point(points.not_counted, &|| format!("{line}/not_counted"))?;
            for (level, bytes) in points.levels.kind().levels().iter().zip(points.levels.values()) {
                let level = point(*bytes, &|| Cell::Line { line, level: *level }.to_string())?;
                sum += level;
                cells.push(level);
            }
            if sum != papers {
                return Err(SumFault::Line { form: self.form.to_owned(), batch, line });
            }
        }
        Ok(cells)
    }

    /// Each sum of commitments is one to the total of its cell, with the blinding of the close.
    fn close(&self, sums: &[RistrettoPoint]) -> Result<(), SumFault> {
        let Some((total, blindings)) = self.closed else { return Ok(()) };
        let unlike = |cell: String| SumFault::Total { form: self.form.to_owned(), cell };
        let counts = &total.counts;
        if let Some(reason) = counts.invalid.keys().find(|reason| !blindings.invalid.contains_key(*reason)) {
            return Err(unlike(Cell::Invalid(reason).to_string()));
        }
        // Where no batch stands, the sums are those of nothing.
        let mut sums = sums.iter().copied().chain(std::iter::repeat_with(RistrettoPoint::identity));
        for (reason, blinding) in &blindings.invalid {
            let count = counts.invalid.get(reason).copied().unwrap_or_default();
            self.cell(Cell::Invalid(reason), count, *blinding, sums.next())?;
        }
        for (line, (levels, blindings)) in (1..).zip(counts.lines.iter().zip(&blindings.lines)) {
            if levels.kind() != blindings.0.kind() {
                return Err(unlike(line.to_string()));
            }
            for ((cell, count), blinding) in line_cells(line, *levels).zip(blindings.0.values()) {
                self.cell(cell, count, *blinding, sums.next())?;
            }
        }
        if counts.lines.len() == blindings.lines.len() { Ok(()) } else { Err(unlike("các dòng".to_owned())) }
    }

    fn cell(&self, cell: Cell<'_>, count: u32, blinding: Hex32, sum: Option<RistrettoPoint>) -> Result<(), SumFault> {
        let (form, cell) = (self.form.to_owned(), cell.to_string());
        let Some(blinding) = Option::<Scalar>::from(Scalar::from_canonical_bytes(blinding.0)) else {
            return Err(SumFault::Scalar { form, cell });
        };
        let value = &Scalar::from(count);
        let told = RistrettoPoint::vartime_double_scalar_mul_basepoint(value, &self.generator.value, &blinding);
        if sum == Some(told) { Ok(()) } else { Err(SumFault::Total { form, cell }) }
    }
}
