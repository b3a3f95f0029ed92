//! The count: batches of simulated papers, or the figures of a real count.

use std::collections::BTreeMap;

use super::prepare::Plan;
use crate::service::error::AppError;
use domain::ballot::BallotForm;
use domain::book::DeclaredLine;
use domain::count::BatchCounts;
use domain::result::{self, FormCount, PollResult};
use domain::rules::REASON_NOT_GIVEN;
use domain::simulate::{CountedBatch, SeededStream, Voting, count_box, fill_box, turnout, two_tellers};

/// One form, counted.
pub(super) struct CountedForm {
    pub form: FormCount,
    /// In the order in which they were committed; their sum is the form's count.
    pub batches: Vec<CountedBatch>,
}

impl CountedForm {
    /// Lines that were read again.
    pub(super) fn reread(&self) -> u32 {
        self.batches.iter().map(|batch| batch.reread).sum()
    }
}

/// Counts every form of the plan.
pub(super) fn count(plan: &Plan<'_>) -> Result<Vec<CountedForm>, AppError> {
    match &plan.book.declared {
        Some(declared) => plan.forms.iter().map(|form| declared_form(form, declared)).collect(),
        None => simulated_forms(plan),
    }
}

/// Puts what was counted through the rule set.
pub(super) fn decide(plan: &Plan<'_>, counted: &[CountedForm]) -> Result<PollResult, AppError> {
    let forms = counted.iter().map(|c| c.form.clone()).collect();
    let delegates = plan.book.council.delegates_total;
    result::decide(&plan.rules.set, plan.kind, delegates, &plan.list(), forms)
        .map_err(|e| AppError::Input(format!("Không tính được kết quả: {e}. Hãy xem lại số phiếu và bộ quy tắc.")))
}

fn simulated_forms(plan: &Plan<'_>) -> Result<Vec<CountedForm>, AppError> {
    let turnout = turnout(&mut SeededStream::new(plan.seed, "turnout"), plan.issued);
    let rules = &plan.rules.set;
    let general = rules.spoils_ballot.iter().filter(|reason| !reason.is_about_marks());
    let reasons: Vec<&str> = general.map(|reason| reason.id.as_str()).collect();
    let tellers = two_tellers(&plan.book.tellers);
    let last = plan.forms.len().saturating_sub(1);
    let mut counted = Vec::new();
    for (index, form) in plan.forms.iter().enumerate() {
        let mut voters = SeededStream::new(plan.seed, &format!("voters of form {index}"));
        let lines = form.lines.len();
        // One official of the last form is close to one half, so that a rehearsal also shows the bands.
        let troubled = (index == last)
            .then(|| usize::try_from(voters.below(u32::try_from(lines).unwrap_or(1))))
            .and_then(Result::ok);
        let marks_reason = rules.marks_spoil_ballot(lines).map(|reason| reason.id.as_str());
        let invalid_reasons = &reasons;
        let voting = Voting { kind: plan.kind, lines, turnout, troubled, invalid_reasons, marks_reason };
        let filled = fill_box(&mut voters, voting);
        let mut slips = SeededStream::new(plan.seed, &format!("tellers of form {index}"));
        let batches =
            count_box(filled, tellers, &mut slips).map_err(|e| AppError::internal("đếm phiếu mô phỏng", e))?;
        counted.push(sum_up(plan.issued, form, batches)?);
    }
    Ok(counted)
}

fn sum_up(issued: u32, form: &BallotForm, batches: Vec<CountedBatch>) -> Result<CountedForm, AppError> {
    let sum = BatchCounts::sum(form.kind, form.lines.len(), batches.iter().map(|batch| &batch.counts));
    let counts = sum.map_err(|e| AppError::internal("cộng các tập phiếu", e))?;
    Ok(CountedForm { form: count_of(form, issued, counts), batches })
}

fn count_of(form: &BallotForm, issued: u32, counts: BatchCounts) -> FormCount {
    FormCount { form: form.id.clone(), block: form.block.clone(), issued, counts }
}

/// A real count has no batches to tell apart: its figures are committed as one.
fn declared_form(form: &BallotForm, declared: &[DeclaredLine]) -> Result<CountedForm, AppError> {
    let of = |official| declared.iter().find(|line| line.official == official);
    let lines: Option<Vec<&DeclaredLine>> = form.lines.iter().map(|line| of(line.official)).collect();
    let lines = lines.ok_or_else(|| AppError::internal("đọc trang Kết quả", "thiếu dòng"))?;
    let ballots =
        lines.first().map(|line| line.ballots).ok_or_else(|| AppError::internal("đọc trang Kết quả", "trống"))?;
    let invalid = BTreeMap::from([(REASON_NOT_GIVEN.to_owned(), ballots.invalid)]);
    let invalid: BTreeMap<String, u32> = invalid.into_iter().filter(|(_, n)| *n > 0).collect();
    let lines = lines.iter().map(|line| line.counts).collect();
    let counts = BatchCounts { papers: ballots.returned, invalid, lines };
    let batches = vec![CountedBatch { number: 1, counts: counts.clone(), reread: 0 }];
    Ok(CountedForm { form: count_of(form, ballots.issued, counts), batches })
}
