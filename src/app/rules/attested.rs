//! The rule set of a council: the text of the program and what the council's office said of it.

use crate::rules::sets;
use crate::service::council_log;
use crate::service::error::AppError;
use domain::council::CouncilKind;
use domain::id::PollId;
use domain::poll::PollKind;
use domain::rules::{Confirmed, LoadedRules, RuleError, RuleSet, effective};
use jiff::civil::Date;
use store::{CouncilTx, StoreError, councils, rule_statements};

/// Everything that two people of the council stand for, in the order of confirmation.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn confirmed(tx: &mut CouncilTx) -> Result<Vec<Confirmed>, StoreError> {
    Ok(rule_statements::all(tx).await?.iter().filter_map(domain::rule_proposal::RuleProposal::confirmed).collect())
}

/// The rule set that the council goes by on `day`, for a vote that begins with it: what was confirmed is what the log says.
///
/// # Errors
/// When what was confirmed is refused by the rules of this program, or is other than the council's log says.
pub(crate) async fn on(tx: &mut CouncilTx, base: &LoadedRules, day: Date) -> Result<LoadedRules, AppError> {
    council_log::hold_steps(tx).await?;
    let said = confirmed(tx).await?;
    effective(base, &said, day).map_err(refused)
}

/// What holds of a rule set after everything that was confirmed, whatever its day.
///
/// # Errors
/// When what was confirmed is refused by the rules of this program.
pub(crate) fn latest(base: &LoadedRules, said: &[Confirmed]) -> Result<LoadedRules, AppError> {
    effective(base, said, Date::MAX).map_err(refused)
}

/// What was confirmed under an earlier program and is no rule file any more.
pub(crate) fn refused(error: RuleError) -> AppError {
    AppError::Input(format!(
        "Giá trị đã thay trong bộ quy tắc không dùng được với phiên bản chương trình này: {error}. Hãy mở trang «Quy định \
         áp dụng» và đề xuất lại giá trị đó."
    ))
}

/// The rule set that the program carries under the id of a poll's set.
///
/// # Errors
/// When it carries none.
pub(crate) fn carried(id: &str) -> Result<LoadedRules, AppError> {
    Ok(sets::find(&sets::available(None)?, id)?.clone())
}

/// The kind of the council of this transaction; `None` for the installation itself.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn own_kind(tx: &mut CouncilTx) -> Result<Option<CouncilKind>, StoreError> {
    let own = councils::own(tx).await?;
    Ok(own.and_then(|row| row.kind).and_then(|code| CouncilKind::from_code(&code)))
}

/// Forms of a poll that is no rehearsal are sealed only when an office has said something of every parameter that
/// decides in it on the `day` of its vote, and when its board made the choice that the rules leave to it.
///
/// # Errors
/// [`AppError::Unattested`] and [`AppError::Unchosen`], each of which leads to the page where it is said.
pub(crate) async fn gate(
    tx: &mut CouncilTx,
    poll: PollId,
    rules: &RuleSet,
    kind: PollKind,
    day: Date,
) -> Result<(), AppError> {
    let Some(body) = own_kind(tx).await? else { return Ok(()) };
    let open = rules.unattested(kind, body, day);
    match open.first() {
        None if rules.awaits_choice() => Err(AppError::Unchosen { poll }),
        None => Ok(()),
        Some(first) => Err(AppError::Unattested { poll, count: open.len(), first: first.what.clone() }),
    }
}
