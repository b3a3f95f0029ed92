//! A paper as it comes out, and the notices to single officials, which no entry of the log issues.

use super::day_data::DayData;
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::audit::event::poll::PaperIssued;
use domain::decided::DecidedOfficial;
use domain::document::{self, Document};
use domain::poll_state::{Refusal, Stage};
use domain::text::slug;
use pdf::Pdf;

const NO_PAPER: AppError = AppError::NotFound("giấy tờ này");

/// A paper that is to be issued: its file, and what the log says of it.
#[derive(Debug)]
pub struct PrintedPaper {
    /// As the log names it.
    pub issued: PaperIssued,
    /// The file.
    pub pdf: Pdf,
}

impl PrintedPaper {
    pub(super) fn new(name: &str, pdf: Pdf) -> Self {
        Self { issued: PaperIssued { name: name.to_owned(), pages: pdf.pages, sha256: Digest::of(&pdf.bytes) }, pdf }
    }
}

/// The notices: name of the file, and to whom it goes. None before they can be printed.
pub(super) fn notice_titles(day_data: &DayData) -> Vec<(String, String)> {
    if !notices_are_ready(day_data) {
        return Vec::new();
    }
    let title = |(place, person): (usize, &DecidedOfficial)| {
        let to = format!("{} {}", person.honorific.label(), person.name);
        (notice_file(place, &person.name), format!("Thông báo kết quả gửi {to}"))
    };
    day_data.list.iter().enumerate().map(title).collect()
}

/// Whether the board has signed: before that nobody is told their result.
pub(super) fn notices_are_ready(day_data: &DayData) -> bool {
    day_data.stage() >= Stage::Minuted && day_data.stage() != Stage::Cancelled
}

/// `thong-bao-01-nguyen-van-a.pdf`
pub(super) fn notice_file(place: usize, name: &str) -> String {
    format!("thong-bao-{:02}-{}.pdf", place + 1, slug(name))
}

/// The notice to one official, by the name of its file.
///
/// # Errors
/// When there is none of this name, or it can't be printed yet.
pub(super) async fn one_notice(day_data: &DayData, file: &str, drawn: &Drawn) -> Result<Pdf, AppError> {
    let notice = notice_of(day_data, file)?;
    drawn.document(notice).await
}

fn notice_of(day_data: &DayData, file: &str) -> Result<Document, AppError> {
    let place = day_data.list.iter().enumerate().position(|(place, person)| notice_file(place, &person.name) == file);
    let place = place.ok_or(NO_PAPER)?;
    if !notices_are_ready(day_data) {
        return Err(Refusal::NotNow { doing: "in giấy tờ này", stage: day_data.stage() }.into());
    }
    let result = day_data.result()?;
    let mut lines = result.forms.iter().flat_map(|form| form.officials.iter().map(move |official| (form, official)));
    let (form, official) = lines.nth(place).ok_or(NO_PAPER)?;
    Ok(document::notice(&day_data.frame(), form, official))
}
