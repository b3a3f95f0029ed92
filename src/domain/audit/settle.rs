//! Openings against commitments, and their sums against the totals that the log closes with; without openings, the totals
//! against the batches that were committed. That the commitments themselves add up to the totals is
//! [`super::pedersen::sums`].

use std::collections::{BTreeMap, BTreeSet};

use super::commitment::SealedCounts;
use super::course::{FormCourse, Record};
use super::digest::Digest;
use super::event::poll::FormTotals;
use super::pedersen::{BatchCommitments, Generator};
use crate::batch::PAPERS_PER_BATCH;
use crate::count::{BatchCounts, CountError};

/// What does not settle. Texts name the form and the batch, never a figure of a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// An opening of a batch that was never committed.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: có số liệu mở nhưng nhật ký không có cam kết")]
    NotCommitted { form: String, batch: u32 },
    #[error("mẫu phiếu {form}, tập phiếu {batch}: có cam kết nhưng thiếu số liệu mở")]
    NotOpened { form: String, batch: u32 },
    #[error("mẫu phiếu {form}, tập phiếu {batch}: số liệu mở lặp lại")]
    OpenedTwice { form: String, batch: u32 },
    /// Other counts, another nonce or another number of papers than committed.
    #[error("mẫu phiếu {form}, tập phiếu {batch}: số liệu mở không khớp với cam kết trong nhật ký")]
    Commitment { form: String, batch: u32 },
    #[error("mẫu phiếu {form}, tập phiếu {batch}: {cause}")]
    Counts { form: String, batch: u32, cause: CountError },
    /// The log's totals are not the sums, or not of the sealed forms in their order.
    #[error("mẫu phiếu {form}: tổng các tập phiếu khác với counting.closed")]
    Totals { form: String },
}

impl SettleError {
    /// Whether the log is at fault rather than the openings.
    pub const fn in_log(&self) -> bool {
        matches!(self, Self::Totals { .. })
    }
}

/// The totals of a public bundle, in which no batch is opened: of the forms in their order, with the papers that came back,
/// and such as counts can be.
///
/// # Errors
/// When a form has a batch whose commitment adds up to nothing, so that only its opening shows it, and when the totals
/// cannot be.
pub fn settle_closed(record: &Record) -> Result<Vec<FormTotals>, SettleError> {
    let mut sums = Vec::with_capacity(record.forms.len());
    let mut told = record.totals.iter();
    for course in &record.forms {
        let form = course.form.id.clone();
        if let Some((&batch, _)) = course.batches.iter().find(|(_, batch)| batch.commitments.is_none()) {
            return Err(SettleError::NotOpened { form, batch });
        }
        let counts = told.next().map(|total| &total.counts).filter(|counts| {
            let fits = counts.check().is_ok() && zero(record, course).add(counts).is_ok();
            fits && u64::from(counts.papers) == course.papers()
        });
        sums.push(counts.cloned().ok_or(SettleError::Totals { form })?);
    }
    totals(record, sums)
}

/// Whether an opening is what is bound by a batch of `papers` in the log `origin`: by its commitments, or by the hash of an
/// older batch.
pub fn binds(
    origin: &str,
    opening: &SealedCounts,
    (commitment, commitments): (Digest, Option<&BatchCommitments>),
    papers: u32,
) -> bool {
    let is_bound = match commitments {
        None => opening.commitment().is_ok_and(|own| own == commitment),
        Some(told) => {
            let own = Generator::of(origin, &opening.form).commit(opening, told.reasons());
            own.is_ok_and(|own| own == *told)
        }
    };
    is_bound && opening.counts.papers == papers
}

/// Holds every opening against its commitment, adds them up by form and compares with the totals in the log, whose name is
/// `origin`.
///
/// # Errors
/// The first thing that does not hold.
pub fn settle(record: &Record, origin: &str, openings: &[SealedCounts]) -> Result<Vec<FormTotals>, SettleError> {
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
        let bound = (committed.commitment, committed.commitments.as_deref());
        if !binds(origin, opening, bound, committed.papers) {
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

/// Batches whose counts nearly disclose a ballot: fewer valid papers than the smallest pile may have, while the form
/// has more of them elsewhere. The counts of a whole form are the published result, however few its ballots.
pub fn thin_batches(openings: &[SealedCounts]) -> impl Iterator<Item = &SealedCounts> {
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
        let closed = told.next();
        let blindings = closed.and_then(|closed| closed.blindings.clone());
        let total = FormTotals { blindings, counts, form, issued, returned };
        // Papers of the sum are those returned: held when counting closed.
        if closed != Some(&total) {
            return Err(SettleError::Totals { form: total.form });
        }
        totals.push(total);
    }
    match told.next() {
        Some(extra) => Err(SettleError::Totals { form: extra.form.clone() }),
        None => Ok(totals),
    }
}

#[cfg(test)]
mod tests {
    use super::super::commitment::Nonce;
    use super::super::course::Committed;
    use super::super::event::poll::{ListDecided, ListedOfficial, PollCreated, SealedForm};
    use super::*;
    use crate::ballot_account::BallotAccount;
    use crate::poll::{LevelCounts, PollKind};
    use crate::poll_state::ClosedCount;

    /// What was counted in a batch of 10 papers of the one form, which has one line.
    fn opening(batch: u32, low: u32) -> SealedCounts {
        let lines = vec![LevelCounts::Rating { high: 10 - low, medium: 0, low }];
        let counts = BatchCounts { papers: 10, lines, ..BatchCounts::default() };
        SealedCounts { batch, counts, form: "F1".into(), nonce: Nonce::from_bytes([1; 32]) }
    }

    fn committed(opening: &SealedCounts) -> Committed {
        let commitment = opening.commitment().expect("commitment");
        Committed { commitment, commitments: None, papers: opening.counts.papers }
    }

    /// A log that commits `openings` and closes with their sum.
    fn record(openings: &[SealedCounts]) -> Record {
        let official = ListedOfficial { block: "Khối".into(), name: "A".into(), posts: "B".into() };
        let digest = Digest::of(b"");
        let form = SealedForm { block: "Khối".into(), id: "F1".into(), lines: 1, sha256: digest, sheets: 1 };
        let sum = BatchCounts::sum(PollKind::Rating, 1, openings.iter().map(|o| &o.counts)).expect("one form");
        let (form_id, issued, returned) = ("F1".to_owned(), 30, sum.papers);
        let course = FormCourse {
            form,
            issued: None,
            returned: Some(BallotAccount::plain(30, issued, returned).told(form_id.clone())),
            batches: openings.iter().map(|o| (o.batch, committed(o))).collect(),
            reopened: Vec::new(),
        };
        let totals = vec![FormTotals { blindings: None, counts: sum, form: form_id, issued, returned }];
        Record {
            quorum: None,
            poll: PollCreated {
                again_of: None,
                program: None,
                council: "Hội đồng".into(),
                delegates: 30,
                kind: PollKind::Rating,
                rehearsal: true,
                ruleset: "MAU".into(),
                ruleset_sha256: digest,
                simulated: true,
                sitting: "Kỳ họp".into(),
            },
            list: ListDecided { officials: vec![official], resolution: String::new() },
            forms: vec![course],
            totals: totals.clone(),
            counted: ClosedCount::new(totals),
            is_bound: false,
            is_confirmed: true,
            results_sha256: digest,
            papers: Vec::new(),
            turning_points: [Some(0); 5],
        }
    }

    fn at(batch: u32) -> (String, u32) {
        ("F1".into(), batch)
    }

    #[test]
    fn openings_that_bind_add_up_to_the_totals_of_the_log() {
        let openings = [opening(1, 2), opening(2, 7)];
        let settled = settle(&record(&openings), "L", &openings).expect("settles");
        assert_eq!(settled[0].counts.lines, [LevelCounts::Rating { high: 11, medium: 0, low: 9 }]);
    }

    #[test]
    fn every_batch_is_opened_once_and_none_that_was_not_committed() {
        let openings = [opening(1, 2), opening(2, 7)];
        let record = record(&openings);
        let of = |opened: &[SealedCounts]| settle(&record, "L", opened).expect_err("does not settle");
        let ((form, batch), third) = (at(2), opening(3, 0));
        assert_eq!(of(&openings[..1]), SettleError::NotOpened { form, batch });
        let (form, batch) = at(1);
        assert_eq!(of(&[openings[0].clone(), openings[0].clone()]), SettleError::OpenedTwice { form, batch });
        let (form, batch) = at(3);
        assert_eq!(of(&[third]), SettleError::NotCommitted { form, batch });
        let stranger = SealedCounts { form: "F9".into(), ..opening(1, 2) };
        assert_eq!(of(&[stranger]), SettleError::NotCommitted { form: "F9".into(), batch: 1 });
    }

    #[test]
    fn other_counts_another_nonce_or_another_number_of_papers_do_not_bind() {
        let told = [opening(1, 2)];
        let record = record(&told);
        let (form, batch) = at(1);
        let refused = Err(SettleError::Commitment { form, batch });
        assert_eq!(settle(&record, "L", &[opening(1, 3)]), refused);
        let other = SealedCounts { nonce: Nonce::from_bytes([2; 32]), ..opening(1, 2) };
        assert_eq!(settle(&record, "L", &[other]), refused);

        // The log says 9 papers of a batch whose committed counts say 10.
        let mut lying = record.clone();
        if let Some(batch) = lying.forms[0].batches.get_mut(&1) {
            batch.papers = 9;
        }
        assert_eq!(settle(&lying, "L", &told), refused);
    }

    #[test]
    fn counts_that_cannot_be_are_refused_though_they_bind() {
        let mut impossible = opening(1, 2);
        impossible.counts.papers = 9;
        let told = [impossible];
        let (form, batch) = at(1);
        let cause = CountError::LevelsOverValid { line: 1, sum: 10, valid: 9 };
        assert_eq!(settle(&record(&told), "L", &told), Err(SettleError::Counts { form, batch, cause }));
    }

    #[test]
    fn totals_are_the_sums_of_the_sealed_forms_and_of_no_other() {
        let told = [opening(1, 2)];
        let honest = record(&told);
        let refused = |form: &str| Err(SettleError::Totals { form: form.into() });
        let mut more = honest.clone();
        more.totals[0].counts.lines = vec![LevelCounts::Rating { high: 7, medium: 0, low: 3 }];
        assert_eq!(settle(&more, "L", &told), refused("F1"));
        let mut extra = honest.clone();
        extra.totals.push(FormTotals { form: "F9".into(), ..honest.totals[0].clone() });
        assert_eq!(settle(&extra, "L", &told), refused("F9"));
        let mut none = honest;
        none.totals.clear();
        assert_eq!(settle(&none, "L", &told), refused("F1"));
    }
}
