//! Openings against commitments, and their sums against the totals that the log closes with.

use std::collections::{BTreeMap, BTreeSet};

use super::commitment::Opening;
use super::course::{FormCourse, Record};
use super::event::FormTotals;
use crate::domain::batch::PAPERS_PER_BATCH;
use crate::domain::count::{BatchCounts, CountError};

/// What does not settle. Texts name the form and the batch, never a figure of a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// An opening of a batch that was never committed.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: có số liệu mở nhưng nhật ký không có cam kết")]
    NotCommitted {
        /// Id of the form.
        form: String,
        /// Number of the batch.
        batch: u32,
    },
    /// A committed batch that stays closed.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: có cam kết nhưng thiếu số liệu mở")]
    NotOpened {
        /// Id of the form.
        form: String,
        /// Number of the batch.
        batch: u32,
    },
    /// Opened twice.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: số liệu mở lặp lại")]
    OpenedTwice {
        /// Id of the form.
        form: String,
        /// Number of the batch.
        batch: u32,
    },
    /// Other counts, another nonce or another number of papers than committed.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: số liệu mở không khớp với cam kết trong nhật ký")]
    Commitment {
        /// Id of the form.
        form: String,
        /// Number of the batch.
        batch: u32,
    },
    /// Counts that cannot be right.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: {cause}")]
    Counts {
        /// Id of the form.
        form: String,
        /// Number of the batch.
        batch: u32,
        /// Which identity fails.
        cause: CountError,
    },
    /// The log's totals are not the sums, or not of the sealed forms in their order.
    #[error("mẫu phiếu {form}: tổng các tập phiếu khác với counting.closed")]
    Totals {
        /// Id of the form.
        form: String,
    },
}

impl SettleError {
    /// Whether the log is at fault rather than the openings.
    pub const fn in_log(&self) -> bool {
        matches!(self, Self::Totals { .. })
    }
}

/// Holds every opening against its commitment, adds them up by form and compares with the totals in the log.
///
/// # Errors
/// The first thing that does not hold.
pub fn settle(record: &Record, openings: &[Opening]) -> Result<Vec<FormTotals>, SettleError> {
    let mut sums: Vec<BatchCounts> = record.forms.iter().map(|form| zero(record, form)).collect();
    let mut opened = BTreeSet::new();
    for opening in openings {
        let (form, batch) = (opening.form.clone(), opening.batch);
        let mut courses = record.forms.iter().zip(&mut sums);
        let Some((course, sum)) = courses.find(|(course, _)| course.form.id == form) else {
            return Err(SettleError::NotCommitted { form, batch });
        };
        let Some(committed) = course.batches.get(&batch) else {
            return Err(SettleError::NotCommitted { form, batch });
        };
        if !opened.insert((&opening.form, batch)) {
            return Err(SettleError::OpenedTwice { form, batch });
        }
        let binds = opening.commitment().is_ok_and(|commitment| commitment == committed.commitment);
        if !binds || opening.counts.papers != committed.papers {
            return Err(SettleError::Commitment { form, batch });
        }
        let added = opening.counts.check().and_then(|()| sum.add(&opening.counts));
        *sum = added.map_err(|cause| SettleError::Counts { form, batch, cause })?;
    }
    for course in &record.forms {
        let form = &course.form.id;
        if let Some(&batch) = course.batches.keys().find(|&&batch| !opened.contains(&(form, batch))) {
            return Err(SettleError::NotOpened { form: form.clone(), batch });
        }
    }
    totals(record, sums)
}

/// Batches whose counts nearly tell a ballot: fewer valid papers than the smallest pile may have, while the form has more
/// of them elsewhere. The counts of a whole form are the published result, however few its ballots.
pub fn thin_batches(openings: &[Opening]) -> impl Iterator<Item = &Opening> {
    let mut of_form: BTreeMap<&str, u64> = BTreeMap::new();
    for opening in openings {
        *of_form.entry(&opening.form).or_default() += opening.counts.valid();
    }
    let fewest = u64::from(*PAPERS_PER_BATCH.start());
    openings.iter().filter(move |opening| {
        let valid = opening.counts.valid();
        valid < fewest && of_form.get(opening.form.as_str()).is_some_and(|&all| valid < all)
    })
}

fn zero(record: &Record, course: &FormCourse) -> BatchCounts {
    // A form has as many lines as its block has officials: held when forms were sealed.
    let lines = record.list.officials.iter().filter(|o| o.block == course.form.block).count();
    BatchCounts::zero(record.poll.kind, lines)
}

fn totals(record: &Record, sums: Vec<BatchCounts>) -> Result<Vec<FormTotals>, SettleError> {
    let mut totals = Vec::with_capacity(sums.len());
    let mut told = record.totals.iter();
    for (course, counts) in record.forms.iter().zip(sums) {
        let form = course.form.id.clone();
        let (issued, returned) = course.returned.as_ref().map_or((0, 0), |b| (b.issued, b.returned));
        let total = FormTotals { counts, form, issued, returned };
        // Papers of the sum are those returned: held when counting closed.
        if told.next() != Some(&total) {
            return Err(SettleError::Totals { form: total.form });
        }
        totals.push(total);
    }
    match told.next() {
        Some(extra) => Err(SettleError::Totals { form: extra.form.clone() }),
        None => Ok(totals),
    }
}
