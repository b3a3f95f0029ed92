//! Answers to what the reader of a workbook asks: fields beside the findings, and the sheets as they were read.

use std::collections::BTreeMap;

use crate::form::Form;
use domain::import_diff::{Preview, Told};
use domain::text::clean;
use domain::workbook_answer::{AnswerKind, CellUse, GivenAnswers, MAX_ANSWER, Question, SheetPicture, WorkbookAnswer};

/// Names of fields: the number of the finding follows.
const READS: &str = "doc-";
const SKIPS: &str = "bo-";
const DAYS: &str = "ngay-";
/// Numbers of the answers that are taken back.
const BACK: &str = crate::field::ANSWER_BACK.name;

/// A finding as the page shows it, with the fields of its question.
pub(super) struct FindingLine {
    /// In addresses of the page: `ph-3`.
    pub id: String,
    pub told: Told,
    pub question: Option<QuestionFields>,
}

/// Fields of one question.
pub(super) struct QuestionFields {
    pub question: Question,
    pub reads: (String, String),
    pub skips: (String, bool),
    pub days: (String, String),
}

/// An answer that was given.
pub(super) struct AnswerLine {
    pub number: usize,
    pub place: String,
    pub was: String,
    pub says: String,
}

/// A cell of a picture.
pub(super) struct PictureCell {
    pub text: String,
    /// Class of the cell: what became of it, and whether there is a finding.
    pub class: &'static str,
    /// What became of it, for whoever does not see colours; empty for what was read.
    pub mark: &'static str,
    /// The finding at it.
    pub finding: Option<String>,
}

/// A sheet as it was read.
pub(super) struct Picture {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<(u64, Option<String>, Vec<PictureCell>)>,
    pub left_out: usize,
    /// Findings on it.
    pub findings: usize,
}

fn name(prefix: &str, number: usize) -> String {
    format!("{prefix}{number}")
}

/// Findings with their fields, as the form was sent.
pub(super) fn lines(told: &[Told], form: &Form) -> Vec<FindingLine> {
    let fields = |number: usize, question: &Question| {
        let value = |name: String| {
            let value = form.value(&name).to_owned();
            (name, value)
        };
        let skips = name(SKIPS, number);
        QuestionFields {
            question: question.clone(),
            reads: value(name(READS, number)),
            days: value(name(DAYS, number)),
            skips: (skips.clone(), form.has(&skips, "1")),
        }
    };
    let line = |(number, told): (usize, &Told)| FindingLine {
        id: format!("ph-{number}"),
        question: told.question.as_ref().map(|question| fields(number, question)),
        told: told.clone(),
    };
    told.iter().enumerate().map(line).collect()
}

/// What was answered before.
pub(super) fn given(answers: &[WorkbookAnswer]) -> Vec<AnswerLine> {
    let line = |(number, answer): (usize, &WorkbookAnswer)| AnswerLine {
        number,
        place: answer.place.clone(),
        was: answer.was.clone(),
        says: match answer.kind {
            AnswerKind::Reads => format!("đọc là «{}»", answer.says),
            other => other.label().to_owned(),
        },
    };
    answers.iter().enumerate().map(line).collect()
}

/// What was typed; refused when a text is too long, or when nothing is answered.
pub(super) fn typed(told: &[Told], form: &Form) -> Result<GivenAnswers, &'static str> {
    let mut answers = Vec::new();
    for (number, told) in told.iter().enumerate() {
        let Some(question) = &told.question else { continue };
        let answer = |kind, says: String| {
            let (place, was) = (told.place.clone(), question.was.clone());
            WorkbookAnswer { kind, place, says, was }
        };
        let says = clean(form.value(&name(READS, number)));
        if says.chars().count() > MAX_ANSWER {
            return Err("Một trả lời dài quá 2.000 ký tự; hãy rút ngắn hoặc sửa trong bảng tính.");
        }
        match form.value(&name(DAYS, number)) {
            "doi" if question.is_of_days => answers.push(answer(AnswerKind::SwapsDays, String::new())),
            "giu" if question.is_of_days => answers.push(answer(AnswerKind::KeepsDays, String::new())),
            _ => {}
        }
        if form.has(&name(SKIPS, number), "1") {
            answers.push(answer(AnswerKind::Skips, String::new()));
        } else if !says.is_empty() && !question.is_row {
            answers.push(answer(AnswerKind::Reads, says));
        }
    }
    let back: Vec<usize> = form.all(BACK).iter().filter_map(|number| number.parse().ok()).collect();
    if answers.is_empty() && back.is_empty() {
        return Err("Chưa trả lời gì; hãy ghi ít nhất một trả lời ở các phát hiện dưới đây rồi gửi.");
    }
    Ok(GivenAnswers { answers, back })
}

/// The sheets with the findings at their cells.
pub(super) fn pictures(preview: &Preview) -> Vec<Picture> {
    let mut at: BTreeMap<&str, (String, &str)> = BTreeMap::new();
    for (number, told) in preview.findings.iter().enumerate() {
        at.entry(&told.place).or_insert_with(|| (format!("ph-{number}"), told.severity.as_str()));
    }
    preview.pictures.iter().map(|sheet| picture(sheet, &at)).collect()
}

fn picture(sheet: &SheetPicture, at: &BTreeMap<&str, (String, &str)>) -> Picture {
    let mut findings = 0;
    let rows = sheet.rows.iter().map(|row| {
        let found: BTreeMap<Option<usize>, &(String, &str)> =
            row.findings.iter().filter_map(|(cell, place)| Some((*cell, at.get(place.as_str())?))).collect();
        findings += found.len();
        let cells = row.cells.iter().enumerate();
        let cells = cells.map(|(cell, drawn)| picture_cell(drawn.as_ref(), found.get(&Some(cell)).copied()));
        (row.number, found.get(&None).map(|(id, _)| id.clone()), cells.collect())
    });
    let rows = rows.collect();
    Picture { title: sheet.title.clone(), columns: sheet.columns.clone(), rows, left_out: sheet.left_out, findings }
}

fn picture_cell(cell: Option<&(String, CellUse)>, found: Option<&(String, &str)>) -> PictureCell {
    let (text, cell_use) = cell.map_or(("", None), |(text, cell_use)| (text.as_str(), Some(*cell_use)));
    let (class, mark) = match (found.map(|(_, severity)| *severity), cell_use) {
        (Some("LỖI"), _) => ("wrong", "lỗi"),
        (Some("CẢNH BÁO"), _) => ("doubted", "cảnh báo"),
        (_, Some(CellUse::Head)) => ("head", "tiêu đề"),
        (_, Some(CellUse::Read)) => ("read", ""),
        (_, Some(CellUse::Unread)) => ("unread", "không đọc"),
        (_, None) => ("", ""),
    };
    PictureCell { text: text.to_owned(), class, mark, finding: found.map(|(id, _)| id.clone()) }
}
