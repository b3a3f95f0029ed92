//! Papers that a step of the day issues.

use crate::app::error::AppError;
use crate::app::outcome::{minutes_paper, resolution_paper};
use crate::app::preparing::Desk;
use crate::domain::audit::Digest;
use crate::domain::audit::event::poll::PaperIssued;
use crate::domain::document::{Corrected, Document, Frame, corrigendum as corrigendum_of};
use crate::domain::id::PollId;
use crate::pdf;
use crate::store::{CouncilTx, polls};

const NO_PAPER: AppError = AppError::NotFound("văn bản này");

/// Nghị quyết xác nhận kết quả.
pub(super) async fn resolution(tx: &mut CouncilTx, poll: PollId) -> Result<PaperIssued, AppError> {
    Ok(resolution_paper(tx, poll).await?.issued)
}

/// Biên bản kiểm phiếu.
pub(super) async fn minutes(tx: &mut CouncilTx, poll: PollId) -> Result<PaperIssued, AppError> {
    Ok(minutes_paper(tx, poll).await?.issued)
}

/// The paper that puts `corrects` right. Its name follows from how many there are.
pub(super) async fn corrigendum(
    tx: &mut CouncilTx,
    poll: PollId,
    corrects: &str,
    wrong: &str,
    right: &str,
) -> Result<PaperIssued, AppError> {
    let (document, name) = corrigendum_document(tx, poll, corrects, wrong, right).await?;
    let pdf = pdf::document(&document).map_err(|e| AppError::Input(e.to_string()))?;
    Ok(PaperIssued { name, pages: pdf.pages, sha256: Digest::of(&pdf.bytes) })
}

async fn corrigendum_document(
    tx: &mut CouncilTx,
    poll: PollId,
    corrects: &str,
    wrong: &str,
    right: &str,
) -> Result<(Document, String), AppError> {
    let issued = polls::papers(tx, poll).await?;
    let paper = issued.iter().rfind(|paper| paper.name == corrects).ok_or(NO_PAPER)?;
    let number = issued.iter().filter(|paper| paper.name.starts_with(CORRIGENDUM)).count() + 1;
    let desk = Desk::load(tx, poll).await?;
    let date = desk.shelf.book.council.sitting.votes_on;
    let frame = Frame { occasion: desk.shelf.occasion(), date, foot: None };
    let sha256 = paper.sha256.to_string();
    let corrected = Corrected { paper: corrects, sha256: &sha256, wrong, right };
    Ok((corrigendum_of(&frame, corrected), format!("{CORRIGENDUM}{number}.pdf")))
}

/// How the names of such papers begin.
const CORRIGENDUM: &str = "dinh-chinh-";
