//! The result as the office looks at it.

use super::READERS;
use super::confidence;
use super::day_data::DayData;
use super::exposure::{self, ExposureState};
use super::figures::Figures;
use super::follow_up::{self, FollowUpLine};
use crate::Caller;
use crate::polls::results;
use crate::preparing::Paper;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::id::PollId;
use domain::poll::PollKind;
use domain::poll_state::{Refusal, Stage};
use domain::preparation::Part;
use domain::rules::Caution;
use import;
use macros::boxed;
use store::{polls, preparation};

/// A poll in the list of results.
#[derive(Clone, Debug)]
pub struct ResultLine {
    /// Its id.
    pub id: PollId,
    /// Lấy phiếu or bỏ phiếu.
    pub kind: &'static str,
    /// Name of the sitting.
    pub sitting: String,
    /// How far it has come.
    pub stage: Stage,
    /// Whether its result may be seen.
    pub is_open: bool,
}

/// The result of a poll.
#[derive(Clone, Debug)]
pub struct ResultPage {
    /// Its id.
    pub poll: PollId,
    /// Name of the sitting.
    pub sitting: String,
    /// Which vote.
    pub kind: PollKind,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// `None` before the count is closed.
    pub view: Option<ResultView>,
}

/// Figures, and what follows from them.
#[derive(Clone, Debug)]
pub struct ResultView {
    /// The result, and how it came about.
    pub figures: Figures,
    /// What decides figures and was not read on two pages.
    pub cautions: Vec<String>,
    /// What has to be done, and what was.
    pub follow_ups: Vec<FollowUpLine>,
    /// Whether somebody on the list brings a Confidence poll.
    pub brings_confidence_poll: bool,
    /// Confidence polls that were begun from this result, with their sittings.
    pub confidence_polls: Vec<(PollId, String)>,
    /// Whether the text of these very figures was declared; `None` before the result is.
    pub is_as_declared: Option<bool>,
    /// What everybody may see.
    pub exposure: ExposureState,
}

/// Files with the figures.
const FILES: &str = "ket-qua";

impl App {
    /// All polls of the caller's council that have a plan, the newest first.
    ///
    /// # Errors
    /// When the caller may not see results.
    #[boxed]
    pub async fn result_lines(&self, caller: &Caller) -> Result<Vec<ResultLine>, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let mut lines = Vec::new();
        for poll in polls::list(&mut tx).await? {
            if preparation::part(&mut tx, poll.id, &Part::Plan).await?.is_some() {
                let (kind, is_open) = (poll.kind.label(), poll.stage.is_open());
                lines.push(ResultLine { id: poll.id, kind, sitting: poll.sitting, stage: poll.stage, is_open });
            }
        }
        Ok(lines)
    }

    /// The result of a poll; without any figure before its count is closed.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may not see its result.
    #[boxed]
    pub async fn result_page(&self, caller: &Caller, poll: PollId) -> Result<ResultPage, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        let view = if day_data.stage().is_open() {
            let declared = polls::results(&mut tx, poll).await?;
            let marks = follow_up::marks(&preparation::parts(&mut tx, poll).await?)?;
            let exposure = exposure::state(&mut tx, &day_data, poll).await?;
            let begun = confidence::begun(&mut tx, poll).await?;
            Some(ResultView { confidence_polls: begun, ..view(&day_data, declared.as_deref(), &marks, exposure)? })
        } else {
            None
        };
        Ok(ResultPage {
            poll,
            sitting: day_data.prepared.poll_book.book.council.sitting.name.clone(),
            kind: day_data.prepared.poll_book.plan.kind,
            stage: day_data.stage(),
            rehearsal: day_data.is_rehearsal(),
            view,
        })
    }

    /// The result as a file: `ket-qua.csv`, `.xlsx` or `.json`.
    ///
    /// # Errors
    /// Before the result is declared, and when there is no such file: a file goes further than a page, and figures of which
    /// a line still waits for its recount are no result.
    #[boxed]
    pub async fn result_file(&self, caller: &Caller, poll: PollId, name: &str) -> Result<Paper, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        if !day_data.stage().has_result() {
            return Err(Refusal::NotNow { doing: "tải kết quả", stage: day_data.stage() }.into());
        }
        let extension = name.strip_prefix(FILES).and_then(|rest| rest.strip_prefix('.'));
        let bytes = file(&day_data, extension.unwrap_or_default())?;
        Ok(Paper { name: name.to_owned(), bytes })
    }
}

fn view(
    day_data: &DayData,
    declared: Option<&str>,
    marks: &follow_up::Marks,
    exposure: ExposureState,
) -> Result<ResultView, AppError> {
    let result = day_data.result()?;
    let figures = Figures::of(day_data)?;
    let follow_ups = follow_up::lines(day_data, &result, marks);
    Ok(ResultView {
        cautions: day_data.prepared.poll_book.rules.cautions(result.kind).iter().map(Caution::to_string).collect(),
        brings_confidence_poll: follow_ups.iter().any(|line| line.confidence_poll),
        confidence_polls: Vec::new(),
        follow_ups,
        is_as_declared: declared.map(|declared| Digest::of(declared.as_bytes()) == figures.results_sha256),
        figures,
        exposure,
    })
}

/// The current figures, as `csv`, `xlsx` or `json`.
///
/// # Errors
/// Before the count is closed, and for another extension.
pub(super) fn file(day_data: &DayData, extension: &str) -> Result<Vec<u8>, AppError> {
    let result = day_data.result()?;
    let sheet = || results::sheet(&day_data.occasion(), day_data.provenance(), &result);
    match extension {
        "json" => {
            Ok(results::json_text(&day_data.prepared.poll_book.rules, day_data.provenance(), &result)?.into_bytes())
        }
        "csv" => Ok(import::sheet_csv(&sheet())),
        "xlsx" => import::sheet_xlsx(&sheet()).map_err(|e| AppError::internal("ghi kết quả", e)),
        _ => Err(AppError::NotFound("tệp này")),
    }
}
