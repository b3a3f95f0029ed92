//! The result as the closed count gives it, and the exact text that is declared.

use super::acts::rules_of;
use crate::polls::results::{self, Provenance};
use crate::service::error::AppError;
use domain::audit::event::poll::{FormTotals, PollCreated, SealedForm};
use domain::id::PollId;
use domain::poll_state::{ClosedCount, Poll};
use domain::result::{self, FormCount, Listed, PollResult};
use domain::rules::RuleSet;
use store::{CouncilTx, polls};

/// The result of a closed count, as the rule set decides it.
///
/// # Errors
/// When the counts do not fit the list, the forms or the rules.
pub(crate) fn decide_result(
    rules: &RuleSet,
    created: &PollCreated,
    list: &[Listed],
    sealed: &[SealedForm],
    counted: &ClosedCount,
) -> Result<PollResult, AppError> {
    let form = |total: &FormTotals| {
        let sealed = sealed.iter().find(|form| form.id == total.form)?;
        Some(FormCount::of(total, &sealed.block))
    };
    let forms: Option<Vec<FormCount>> = counted.forms().iter().map(form).collect();
    let forms = forms.ok_or_else(|| AppError::internal("tính kết quả", "không có mẫu phiếu đã chốt"))?;
    result::decide(rules, created.kind, created.delegates, list, forms)
        .map_err(|e| AppError::Input(format!("Không tính được kết quả: {e}. Hãy xem lại số phiếu và bộ quy tắc.")))
}

/// The exact text of results.json for a closed count, with the lines that were counted again.
///
/// # Errors
/// When the counts do not fit the list or the rules.
pub(crate) async fn results_text(tx: &mut CouncilTx, poll: &Poll, counted: &ClosedCount) -> Result<String, AppError> {
    let (id, created): (PollId, _) = (poll.id, &poll.created);
    let rules = rules_of(tx, id).await?;
    let list: Vec<Listed> = polls::officials(tx, id).await?.iter().map(Listed::from).collect();
    let sealed: Vec<SealedForm> = polls::forms(tx, id).await?.into_iter().map(|progress| progress.form).collect();
    let result = decide_result(&rules, created, &list, &sealed, counted)?;
    let provenance = Provenance { rehearsal: created.rehearsal, simulated: created.simulated };
    results::json_text(&rules, provenance, &result)
}
