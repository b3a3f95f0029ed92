//! Papers that a step of the day issues.

use super::HALL;
use super::wish::Corrigendum;
use crate::Caller;
use crate::counting::outcome::{minutes_paper, resolution_paper};
use crate::polls::entries;
use crate::preparing::{Paper, PreparedPoll, content};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::audit::event::poll::PaperIssued;
use domain::day_record::DayRecord;
use domain::day_step::DayStep;
use domain::document::{self, Corrected, Frame};
use domain::id::PollId;
use domain::proposal::{ProposalKind, ProposalState};
use macros::boxed;
use pdf::{self, Pdf};
use store::{CouncilTx, polls, preparation};

const NO_PAPER: AppError = AppError::NotFound("văn bản này");

/// The resolution that confirms the result (nghị quyết xác nhận kết quả).
pub(super) async fn resolution(tx: &mut CouncilTx, poll: PollId) -> Result<PaperIssued, AppError> {
    Ok(resolution_paper(tx, poll).await?.issued)
}

/// The minutes of the count (biên bản kiểm phiếu).
pub(super) async fn minutes(tx: &mut CouncilTx, poll: PollId, copies: u32) -> Result<PaperIssued, AppError> {
    Ok(minutes_paper(tx, poll, copies).await?.issued)
}

/// The paper that corrects another one. Its name has the next free number.
pub(super) async fn corrigendum(tx: &mut CouncilTx, poll: PollId, wish: &Corrigendum) -> Result<PaperIssued, AppError> {
    let issued = polls::papers(tx, poll).await?;
    let number = issued.iter().filter(|paper| paper.name.starts_with(CORRIGENDUM)).count() + 1;
    let pdf = print(tx, poll, wish).await?;
    let name = format!("{CORRIGENDUM}{number}.pdf");
    Ok(PaperIssued { name, pages: pdf.pages, sha256: Digest::of(&pdf.bytes) })
}

async fn print(tx: &mut CouncilTx, poll: PollId, wish: &Corrigendum) -> Result<Pdf, AppError> {
    let issued = polls::papers(tx, poll).await?;
    let paper = issued.iter().rfind(|paper| paper.name == wish.corrects).ok_or(NO_PAPER)?;
    let mut prepared = PreparedPoll::load(tx, poll).await?;
    let record = DayRecord::of(&entries(tx, prepared.log).await?);
    let sitting = &mut prepared.poll_book.book.council.sitting;
    sitting.votes_on = record.day(sitting.votes_on);
    let frame = Frame { occasion: prepared.poll_book.occasion(), date: wish.day, foot: None };
    let sha256 = paper.sha256.to_string();
    let corrected = Corrected { paper: &wish.corrects, sha256: &sha256, wrong: &wish.wrong, right: &wish.right };
    pdf::document(&document::corrigendum(&frame, corrected)).map_err(|e| AppError::Input(e.to_string()))
}

impl App {
    /// A corrigendum of this name, as it waits for another person or was issued.
    ///
    /// # Errors
    /// When there is none, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn corrigendum_paper(&self, caller: &Caller, poll: PollId, name: &str) -> Result<Paper, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        for proposal in preparation::proposals(&mut tx, poll).await? {
            let stands = matches!(proposal.state, ProposalState::Open | ProposalState::Confirmed);
            if proposal.kind != ProposalKind::CorrigendumIssued || !stands {
                continue;
            }
            let DayStep::CorrigendumIssued { corrects, day, paper, reason: wrong, right } = content(&proposal.content)?
            else {
                continue;
            };
            if paper.name == name {
                let pdf = print(&mut tx, poll, &Corrigendum { corrects, day, wrong, right }).await?;
                return Ok(Paper { name: paper.name, bytes: pdf.bytes });
            }
        }
        Err(NO_PAPER)
    }
}

/// Start of the file name of every corrigendum.
const CORRIGENDUM: &str = "dinh-chinh-";
