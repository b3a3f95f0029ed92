//! Papers that a step of the day issues.

use crate::counting::outcome::{
    Corrigendum, PrintedPaper, corrigendum_paper, minutes_paper, next_corrigendum, proposed_minutes, resolution_drawn,
    resolution_paper,
};
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use domain::audit::event::poll::PaperIssued;
use domain::day_step::DayStep;
use domain::id::PollId;
use store::CouncilTx;

/// The resolution that confirms the result (nghị quyết xác nhận kết quả).
pub(super) async fn resolution(tx: &mut CouncilTx, poll: PollId, drawn: &Drawn) -> Result<PaperIssued, AppError> {
    Ok(resolution_drawn(tx, poll, drawn).await?.issued)
}

/// The minutes of the count (biên bản kiểm phiếu).
pub(super) async fn minutes(tx: &mut CouncilTx, poll: PollId, copies: u32) -> Result<PaperIssued, AppError> {
    Ok(minutes_paper(tx, poll, copies).await?.issued)
}

/// The paper that corrects another one. Its name has the next free number.
pub(super) async fn corrigendum(
    tx: &mut CouncilTx,
    poll: PollId,
    wish: &Corrigendum,
    drawn: &Drawn,
) -> Result<PaperIssued, AppError> {
    Ok(next_corrigendum(tx, poll, wish, drawn).await?.issued)
}

/// The paper that a step issues or takes back, to the byte as the step names it; `None` for a step that has none.
///
/// # Errors
/// When it does not come out as the step names it.
pub(crate) async fn of_step(
    tx: &mut CouncilTx,
    poll: PollId,
    step: &DayStep,
) -> Result<Option<PrintedPaper>, AppError> {
    let drawn = Drawn::default();
    let (printed, named) = match step {
        DayStep::MinutesReopened { sha256, .. } => (proposed_minutes(tx, poll).await?, sha256),
        DayStep::ResultConfirmed { paper, .. } => (resolution_paper(tx, poll).await?, &paper.sha256),
        DayStep::CorrigendumIssued { corrects, day, paper, reason, right } => {
            let (corrects, wrong, right) = (corrects.clone(), reason.clone(), right.clone());
            let said = Corrigendum { corrects, day: *day, wrong, right };
            (corrigendum_paper(tx, poll, &said, &paper.name, &drawn).await?, &paper.sha256)
        }
        _ => return Ok(None),
    };
    if printed.issued.sha256 == *named {
        return Ok(Some(printed));
    }
    let sentence = "Văn bản nêu trong đề xuất không còn in lại được đúng như khi đề xuất; hãy rút hoặc không chấp nhận đề \
                    xuất này, rồi đề xuất lại.";
    Err(AppError::Input(sentence.to_owned()))
}
