//! Makes commitments out of counts, and the blindings of their sums.

use std::collections::BTreeMap;

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;
use sha2::{Digest as _, Sha512};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::{BatchCommitments, Cell, FormBlindings, Hex32, Levels, LinePoints, LineScalars, line_cells};
use crate::audit::canonical::ReadError;
use crate::audit::commitment::SealedCounts;
use crate::audit::digest::Digest;
use crate::count::{BatchCounts, CountError};
use crate::poll::PollKind;

const VALUE_TAG: &[u8] = b"tinnhiem count value v2\n";
const BLINDING_TAG: &[u8] = b"tinnhiem count blinding v2\n";

/// Papers up to which multiples of the generator are kept in a table. A larger pile is no pile of a day; its commitments
/// take longer and are the same.
const TABLE: u32 = 64;

/// Why counts cannot be committed to.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(transparent)]
    Counts(#[from] CountError),
    /// A reason that the rule set has not.
    #[error("lý do không hợp lệ \"{0}\" không có trong bộ quy tắc")]
    Reason(String),
    /// More lines than can be numbered, or levels of another kind of vote than their line.
    #[error("số liệu không đúng mẫu của phiếu")]
    Shape,
    #[error(transparent)]
    Text(#[from] ReadError),
}

/// The commitment of a batch as its entry carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The hash by which it is named.
    pub commitment: Digest,
    /// What it is the hash of; `None` of the older kind, which is a hash of the counts.
    pub commitments: Option<BatchCommitments>,
}

impl Binding {
    /// The commitments to `opening`, in the log `origin`, by the reasons of the poll's rule set.
    ///
    /// # Errors
    /// When its counts cannot be right, or name a reason that is none of `reasons`.
    pub fn of<'r>(
        origin: &str,
        opening: &SealedCounts,
        reasons: impl IntoIterator<Item = &'r str>,
    ) -> Result<Self, MakeError> {
        let commitments = Generator::of(origin, &opening.form).commit(opening, reasons)?;
        Ok(Self { commitment: commitments.name()?, commitments: Some(commitments) })
    }
}

/// Length as 4 bytes, then the bytes: no two lists of texts give the same bytes.
fn frame(hasher: &mut Sha512, text: &str) {
    // No name is that long: entries are shorter.
    hasher.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    hasher.update(text.as_bytes());
}

/// The generator of values of one form of one poll. Nobody knows its logarithm, so nobody can open a commitment to two
/// values; a commitment of another poll or form does not open with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generator {
    pub(super) value: RistrettoPoint,
    origin: String,
    form: String,
}

impl Generator {
    /// Of `form` in the poll whose log is `origin`.
    pub fn of(origin: &str, form: &str) -> Self {
        let mut hasher = Sha512::new();
        hasher.update(VALUE_TAG);
        frame(&mut hasher, origin);
        frame(&mut hasher, form);
        let value = RistrettoPoint::from_uniform_bytes(&hasher.finalize().into());
        Self { value, origin: origin.to_owned(), form: form.to_owned() }
    }

    fn blinding(&self, opening: &SealedCounts, cell: Cell<'_>) -> Zeroizing<Scalar> {
        let mut hasher = Sha512::new();
        hasher.update(BLINDING_TAG);
        hasher.update(opening.nonce.as_bytes());
        frame(&mut hasher, &self.origin);
        frame(&mut hasher, &self.form);
        hasher.update(opening.batch.to_be_bytes());
        frame(&mut hasher, &cell.to_string());
        let wide = Zeroizing::new(<[u8; 64]>::from(hasher.finalize()));
        Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide))
    }

    /// The commitments to a batch of this form.
    ///
    /// # Errors
    /// When its counts cannot be right, or name a reason that is none of `reasons`.
    pub fn commit<'r>(
        &self,
        opening: &SealedCounts,
        reasons: impl IntoIterator<Item = &'r str>,
    ) -> Result<BatchCommitments, MakeError> {
        let counts = &opening.counts;
        counts.check()?;
        let multiples = Multiples::of(self.value, counts.papers);
        let point = |cell: Cell<'_>, count: u32| {
            multiples.times(count) + RistrettoPoint::mul_base(&self.blinding(opening, cell))
        };
        let mut invalid = BTreeMap::new();
        for reason in reasons {
            let count = counts.invalid.get(reason).copied().unwrap_or_default();
            invalid.insert(reason.to_owned(), hex(point(Cell::Invalid(reason), count)));
        }
        if let Some(unknown) = counts.invalid.keys().find(|reason| !invalid.contains_key(*reason)) {
            return Err(MakeError::Reason(unknown.clone()));
        }
        let papers = multiples.times(counts.papers);
        let mut lines = Vec::with_capacity(counts.lines.len());
        for (line, levels) in (1..).zip(&counts.lines) {
            let points: Vec<RistrettoPoint> = line_cells(line, *levels).map(|(cell, n)| point(cell, n)).collect();
            // What is not counted has the rest of the papers, and takes the blindings away again.
            let not_counted = hex(papers - points.iter().sum::<RistrettoPoint>());
            let points: Vec<Hex32> = points.into_iter().map(hex).collect();
            let levels = Levels::of(levels.kind(), &points).ok_or(MakeError::Shape)?;
            lines.push(LinePoints { levels, not_counted });
        }
        Ok(BatchCommitments { invalid, lines })
    }

    /// The sums of the blindings of `openings`, which are all standing batches of this form of `lines` lines.
    ///
    /// # Errors
    /// When one of them is of another shape.
    pub fn blindings<'o, 'r>(
        &self,
        (kind, lines): (PollKind, usize),
        openings: impl IntoIterator<Item = &'o SealedCounts>,
        reasons: impl IntoIterator<Item = &'r str>,
    ) -> Result<FormBlindings, MakeError> {
        let mut invalid: BTreeMap<&str, Zeroizing<Scalar>> =
            reasons.into_iter().map(|reason| (reason, Zeroizing::new(Scalar::ZERO))).collect();
        let mut sums = vec![Zeroizing::new(Scalar::ZERO); lines * kind.levels().len()];
        let zero = BatchCounts::zero(kind, lines);
        for opening in openings {
            zero.add(&opening.counts)?;
            for (reason, sum) in &mut invalid {
                **sum += *self.blinding(opening, Cell::Invalid(reason));
            }
            let cells = (1..).zip(&zero.lines).flat_map(|(line, levels)| line_cells(line, *levels));
            for ((cell, _), sum) in cells.zip(&mut sums) {
                **sum += *self.blinding(opening, cell);
            }
        }
        let of_line = |sums: &[Zeroizing<Scalar>]| {
            let sums: Vec<Hex32> = sums.iter().map(|sum| Hex32(sum.to_bytes())).collect();
            Levels::of(kind, &sums).map(LineScalars).ok_or(MakeError::Shape)
        };
        Ok(FormBlindings {
            invalid: invalid.into_iter().map(|(reason, sum)| (reason.to_owned(), Hex32(sum.to_bytes()))).collect(),
            lines: sums.chunks(kind.levels().len()).map(of_line).collect::<Result<_, _>>()?,
        })
    }
}

fn hex(point: RistrettoPoint) -> Hex32 {
    Hex32(point.compress().to_bytes())
}

/// Multiples of a generator, from none to the papers of a pile. Which one is taken shows in no time and in no access to
/// memory: every one is looked at.
struct Multiples {
    value: RistrettoPoint,
    table: Vec<RistrettoPoint>,
}

impl Multiples {
    fn of(value: RistrettoPoint, papers: u32) -> Self {
        let mut table = vec![RistrettoPoint::identity()];
        for _ in 0..papers.min(TABLE) {
            let next = table.last().map_or(value, |last| last + value);
            table.push(next);
        }
        Self { value, table }
    }

    fn times(&self, count: u32) -> RistrettoPoint {
        if u32::try_from(self.table.len()).is_ok_and(|held| count >= held) {
            return self.value * Scalar::from(count);
        }
        let mut found = RistrettoPoint::identity();
        for (index, multiple) in (0_u32..).zip(&self.table) {
            found.conditional_assign(multiple, index.ct_eq(&count));
        }
        found
    }
}
