//! Papers of a rehearsal: built by the domain, rendered by `pdf`, put into the folder.

use std::collections::BTreeMap;

use super::Progress;
use super::counting::CountedForm;
use super::prepare::Plan;
use crate::polls::results;
use crate::service::drawn;
use crate::service::error::AppError;
use crate::service::files::OutFolder;
use crate::service::parallel::in_parallel;
use domain::audit::Digest;
use domain::day_record::DayRecord;
use domain::document::{
    self, CheckpointBox, CountingMode, Document, MinutesParts, deadline_table, dossier_document, field_document,
    officials_list,
};
use domain::dossier::{canonical_field_text, canonical_text, compile, compile_field};
use domain::official::Field;
use domain::result::PollResult;
use domain::signing::usual_copies;
use domain::text::slug;
use import;
use pdf::{self, Pdf};

/// A paper with its name inside the folder.
pub(super) struct NamedPdf {
    pub name: String,
    pub pdf: Pdf,
}

/// A ballot form as printed.
pub(super) struct PrintedForm {
    /// One copy; all copies are the same.
    pub single: Pdf,
    /// The file with all copies.
    pub name: String,
}

/// Danh sách and thời hạn.
pub(super) fn list(plan: &Plan<'_>, folder: &OutFolder) -> Result<(), AppError> {
    let list = officials_list(plan.book, &plan.standings, &plan.frame(None));
    folder.put("list.pdf", &render(&list)?.bytes)?;
    let deadlines = deadline_table(&plan.deadlines, &BTreeMap::new(), &plan.frame(None));
    folder.put("deadlines.pdf", &render(&deadlines)?.bytes)
}

/// A dossier per listed person and per field, on all cores.
pub(super) fn dossiers(
    plan: &Plan<'_>,
    folder: &OutFolder,
    progress: &mut Progress<'_>,
) -> Result<Vec<NamedPdf>, AppError> {
    let fields = plan.book.fields_with_facts();
    let people = plan.listed.len();
    let total = people + fields.len();
    let make = |index: usize| if index < people { person(plan, index) } else { field(plan, index - people, &fields) };
    let papers = in_parallel(total, make, |done| progress.step("Hồ sơ", done, total))?;
    for paper in &papers {
        folder.put(&paper.name, &paper.pdf.bytes)?;
    }
    Ok(papers)
}

fn person(plan: &Plan<'_>, index: usize) -> Result<NamedPdf, AppError> {
    let id = plan.listed[index];
    let compiled =
        compile(plan.book, id, plan.days).ok_or_else(|| AppError::internal("lập hồ sơ", "không có người này"))?;
    let version = version(&canonical_text(&compiled));
    let document = dossier_document(&compiled, &plan.dossier_frame(version));
    let name = format!("dossiers/officials/{:02}-{}.pdf", index + 1, slug(&compiled.official.name));
    Ok(NamedPdf { name, pdf: render(&document)? })
}

fn field(plan: &Plan<'_>, index: usize, fields: &[&Field]) -> Result<NamedPdf, AppError> {
    let compiled = compile_field(plan.book, fields[index], plan.days);
    let version = version(&canonical_field_text(&compiled));
    let document = field_document(&compiled, &plan.dossier_frame(version));
    let name = format!("dossiers/fields/{:02}-{}.pdf", index + 1, slug(&fields[index].0));
    Ok(NamedPdf { name, pdf: render(&document)? })
}

/// The forms with all their copies; sealed by the hash of one copy.
pub(super) fn ballots(
    plan: &Plan<'_>,
    folder: &OutFolder,
    progress: &mut Progress<'_>,
) -> Result<Vec<PrintedForm>, AppError> {
    let day = plan.book.council.sitting.votes_on;
    let print = |form, copies| pdf::ballots(form, copies, day).map_err(|e| paper_error(&e));
    let mut printed = Vec::new();
    for (index, form) in plan.forms.iter().enumerate() {
        let name = format!("ballots/{}-{}.pdf", index + 1, slug(&form.block.0));
        folder.put(&name, &print(form, plan.issued)?.bytes)?;
        printed.push(PrintedForm { single: print(form, 1)?, name });
        progress.step("Mẫu phiếu", index + 1, plan.forms.len());
    }
    Ok(printed)
}

/// Biên bản kiểm phiếu with the head of the log when counting closed.
pub(super) fn minutes(
    plan: &Plan<'_>,
    counted: &[CountedForm],
    result: &PollResult,
    (day, checkpoint): (&DayRecord, CheckpointBox),
) -> Result<NamedPdf, AppError> {
    let sum = |part: fn(&CountedForm) -> u32| counted.iter().map(part).sum();
    let counting = if plan.provenance.simulated {
        let batches = sum(|c| u32::try_from(c.batches.len()).unwrap_or(u32::MAX));
        CountingMode::Simulated { seed: Some(plan.seed), batches, reread: sum(CountedForm::reread) }
    } else {
        CountingMode::Declared
    };
    let council = &plan.book.council;
    let parts = MinutesParts {
        tellers: &plan.book.tellers,
        delegates: council.delegates_total,
        counting,
        day,
        copies: Some(usual_copies(&plan.rules.set)),
        checkpoint,
    };
    let pdf = render(&document::minutes(&plan.frame(None), result, parts))?;
    Ok(NamedPdf { name: "minutes.pdf".to_owned(), pdf })
}

/// Nghị quyết xác nhận kết quả with the head of the log after the minutes.
pub(super) fn resolution(
    plan: &Plan<'_>,
    result: &PollResult,
    checkpoint: CheckpointBox,
) -> Result<NamedPdf, AppError> {
    let pdf = render(&document::resolution(&plan.frame(None), result, checkpoint))?;
    Ok(NamedPdf { name: "resolution.pdf".to_owned(), pdf })
}

/// `results.json`, `.csv`, `.xlsx`: the same figures three times.
pub(super) fn results(plan: &Plan<'_>, result: &PollResult, json: &str, folder: &OutFolder) -> Result<(), AppError> {
    let sheet = results::sheet(&plan.occasion(), plan.provenance, result);
    folder.put("results.json", json.as_bytes())?;
    folder.put("results.csv", &import::sheet_csv(&sheet))?;
    folder.put("results.xlsx", &import::sheet_xlsx(&sheet).map_err(|e| AppError::internal("ghi results.xlsx", e))?)
}

/// The text at the foot of every page of a dossier's version.
fn version(canonical: &str) -> String {
    format!("SHA-256 nội dung: {}", Digest::of(canonical.as_bytes()))
}

fn render(document: &Document) -> Result<Pdf, AppError> {
    drawn::document(document).map_err(|e| AppError::Input(format!("{}: {e}.", document.title)))
}

fn paper_error(error: &pdf::PdfError) -> AppError {
    AppError::Input(format!("Không in được mẫu phiếu: {error}."))
}
