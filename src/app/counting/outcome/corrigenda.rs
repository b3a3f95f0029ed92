//! Đính chính: papers that put a published paper right. What they say is kept with the proposal that two people confirmed;
//! the log has their hashes and what was wrong.

use jiff::civil::Date;

use super::day_data::DayData;
use super::printed::{PrintedPaper, notice_titles, one_notice};
use crate::preparing::content;
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use domain::audit::event::poll::PaperIssued;
use domain::audit::{Digest, PollEvent};
use domain::day_step::DayStep;
use domain::document::{self, Corrected, Frame};
use domain::id::PollId;
use domain::paper_title::{corrigendum_name, is_corrigendum, paper_title};
use domain::proposal::{ProposalKind, ProposalState};
use store::{CouncilTx, polls};

const NO_PAPER: AppError = AppError::NotFound("văn bản này");

/// What a corrigendum puts right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrigendum {
    /// Name of the paper that is wrong.
    pub corrects: String,
    /// Day of the paper that puts it right.
    pub day: Date,
    /// What it says.
    pub wrong: String,
    /// What is right.
    pub right: String,
}

/// A corrigendum that was issued.
#[derive(Clone, Debug)]
pub struct Correction {
    /// `08:05 ngày 01/12/2026`.
    pub at: String,
    /// Title of the paper that it puts right; empty where that is not known.
    pub of: String,
    /// What was wrong.
    pub wrong: String,
    /// What is right; empty where the paper alone says it.
    pub right: String,
    /// The paper, as the log has it.
    pub paper: PaperIssued,
    /// Its title.
    pub title: String,
}

/// The corrigenda that were issued, the oldest first.
///
/// # Errors
/// When a proposal does not read.
pub(super) fn issued(day_data: &DayData) -> Result<Vec<Correction>, AppError> {
    let is_party = day_data.occasion().is_party();
    let mut corrections = Vec::new();
    for entry in &day_data.entries {
        let PollEvent::CorrigendumIssued(told) = &entry.event else { continue };
        let pages = day_data.entries.iter().find_map(|entry| match &entry.event {
            PollEvent::PaperIssued(paper) if paper.sha256 == told.sha256 => Some(paper.pages),
            _ => None,
        });
        let said = confirmed(day_data, told.sha256)?;
        corrections.push(Correction {
            at: entry.at.in_vietnam(),
            of: said.as_ref().map(|said| title(day_data, &said.corrects)).unwrap_or_default(),
            wrong: told.reason.clone(),
            right: said.map(|said| said.right).unwrap_or_default(),
            title: paper_title(&told.name, is_party),
            paper: PaperIssued { name: told.name.clone(), pages: pages.unwrap_or_default(), sha256: told.sha256 },
        });
    }
    Ok(corrections)
}

/// What the confirmed corrigendum of this hash says.
fn confirmed(day_data: &DayData, sha256: Digest) -> Result<Option<Corrigendum>, AppError> {
    for proposal in &day_data.prepared.proposals {
        let is_confirmed = proposal.state == ProposalState::Confirmed;
        if proposal.kind != ProposalKind::CorrigendumIssued || !is_confirmed {
            continue;
        }
        if let DayStep::CorrigendumIssued { corrects, day, paper, reason: wrong, right } = content(&proposal.content)?
            && paper.sha256 == sha256
        {
            return Ok(Some(Corrigendum { corrects, day, wrong, right }));
        }
    }
    Ok(None)
}

/// Papers that a corrigendum may put right, by name and title: those that the log issued, and the notices to single
/// officials, which follow from the result.
fn titles(day_data: &DayData) -> Vec<(String, String)> {
    let is_party = day_data.occasion().is_party();
    let mut titles: Vec<(String, String)> = Vec::new();
    for entry in &day_data.entries {
        if let PollEvent::PaperIssued(paper) = &entry.event
            && titles.iter().all(|(name, _)| *name != paper.name)
        {
            titles.push((paper.name.clone(), paper_title(&paper.name, is_party)));
        }
    }
    titles.extend(notice_titles(day_data));
    titles
}

fn title(day_data: &DayData, name: &str) -> String {
    let known = titles(day_data).into_iter().find(|(known, _)| known == name);
    known.map_or_else(|| paper_title(name, day_data.occasion().is_party()), |(_, title)| title)
}

/// Papers of a poll that a corrigendum may put right, by name and title.
///
/// # Errors
/// When there is no such poll.
pub async fn correctable_papers(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<(String, String)>, AppError> {
    Ok(titles(&DayData::load(tx, poll).await?))
}

/// The corrigendum that would be issued now. Its name follows from how many there are.
///
/// # Errors
/// When the paper that it corrects was not issued.
pub(crate) async fn next_corrigendum(
    tx: &mut CouncilTx,
    poll: PollId,
    said: &Corrigendum,
    drawn: &Drawn,
) -> Result<PrintedPaper, AppError> {
    let before = polls::papers(tx, poll).await?.iter().filter(|paper| is_corrigendum(&paper.name)).count();
    corrigendum_paper(tx, poll, said, &corrigendum_name(before + 1), drawn).await
}

/// A corrigendum of this name.
///
/// # Errors
/// When the paper that it corrects was not issued.
pub(crate) async fn corrigendum_paper(
    tx: &mut CouncilTx,
    poll: PollId,
    said: &Corrigendum,
    name: &str,
    drawn: &Drawn,
) -> Result<PrintedPaper, AppError> {
    let day_data = DayData::load(tx, poll).await?;
    let issued = polls::papers(tx, poll).await?;
    let found = issued.iter().rfind(|paper| paper.name == said.corrects).map(|paper| paper.sha256);
    let wrong = match found {
        Some(sha256) => sha256,
        None => Digest::of(&one_notice(&day_data, &said.corrects, drawn).await?.bytes),
    };
    let document = {
        let frame = Frame { occasion: day_data.occasion(), date: said.day, foot: None };
        let (title, sha256) = (title(&day_data, &said.corrects), wrong.to_string());
        let corrected = Corrected { paper: &title, sha256: &sha256, wrong: &said.wrong, right: &said.right };
        document::corrigendum(&frame, corrected)
    };
    let pdf = drawn.document(document).await?;
    Ok(PrintedPaper::new(name, pdf))
}

/// A corrigendum that was issued under this name, to the byte.
///
/// # Errors
/// When there is none, or it does not come out again as the log has it.
pub(super) async fn printed(
    tx: &mut CouncilTx,
    poll: PollId,
    day_data: &DayData,
    name: &str,
    drawn: &Drawn,
) -> Result<PrintedPaper, AppError> {
    let issued = issued(day_data)?.into_iter().rfind(|correction| correction.paper.name == name).ok_or(NO_PAPER)?;
    let said = confirmed(day_data, issued.paper.sha256)?.ok_or(NO_PAPER)?;
    let printed = corrigendum_paper(tx, poll, &said, name, drawn).await?;
    if printed.issued.sha256 == issued.paper.sha256 {
        Ok(printed)
    } else {
        Err(AppError::internal("in lại văn bản đính chính", "bản in lại khác bản đã phát hành"))
    }
}
