//! A table of answers to a workbook, for the command line: every cell is text, read as it was typed.

use domain::finding::Finding;
use domain::text::fold;
use domain::workbook_answer::{AnswerKind, MAX_ANSWER, MAX_ANSWERS, WorkbookAnswer};

use super::fields::Fields;
use super::published::first_grid;
use super::report::{self, Report};
use super::schema::{Column, Layout, Need, Schema, Shape};
use super::table::{self, SheetRecord};

const PLACE: Column =
    Column::required("Nơi", Shape::Text).named(&["o", "cho"]).help("như phát hiện ghi, ví dụ Dữ kiện!C14.");
const WAS: Column = Column::optional("Đang ghi", Shape::Text);
const ANSWER: Column =
    Column::required("Trả lời", Shape::Text).help("đọc là, bỏ dòng, đổi ngày tháng hoặc giữ ngày tháng.");
const SAYS: Column = Column::optional("Nội dung", Shape::Text);

const SHEET: Schema = Schema {
    title: "Trả lời",
    names: &[],
    need: Need::Required,
    layout: Layout::Table,
    columns: &[PLACE, WAS, ANSWER, SAYS],
    help: "",
};

/// See [`super::read_answers`].
pub(super) fn read(bytes: &[u8], file_name: &str) -> Result<Vec<WorkbookAnswer>, Vec<Finding>> {
    let mut report = Report::default();
    let grid = first_grid(bytes, file_name, "Ghi bảng với các cột Nơi; Đang ghi; Trả lời; Nội dung.", &mut report);
    let answers = grid.and_then(|grid| {
        let records = table::records(&grid, &SHEET, &mut report)?;
        if records.len() > MAX_ANSWERS {
            let what = format!("Có {} trả lời, nhiều hơn {MAX_ANSWERS}.", records.len());
            report.add(report::TOO_LARGE, file_name, what, "Sửa trong bảng tính rồi trả lời phần còn lại.");
        }
        Some(records.iter().filter_map(|record| answer(record, &mut report)).collect::<Vec<_>>())
    });
    match answers {
        Some(answers) if !report.has_errors() => Ok(answers),
        _ => Err(report.into_findings()),
    }
}

fn answer(record: &SheetRecord<'_>, report: &mut Report) -> Option<WorkbookAnswer> {
    let mut fields = Fields::new(record, report);
    let (place, was) = (fields.text(&PLACE)?, fields.text(&WAS).unwrap_or_default());
    let (typed, says) = (fields.text(&ANSWER)?, fields.text(&SAYS).unwrap_or_default());
    let kind = AnswerKind::ALL.into_iter().find(|kind| fold(kind.label()) == fold(&typed));
    if kind.is_none() {
        let known = AnswerKind::ALL.map(AnswerKind::label).join("; ");
        fields.find(
            report::BAD_CHOICE,
            &ANSWER,
            format!("Không có cách trả lời «{typed}»."),
            format!("Ghi một trong: {known}."),
        );
    }
    if says.chars().count() > MAX_ANSWER {
        let what = format!("Nội dung dài hơn {MAX_ANSWER} ký tự.");
        fields.find(report::TOO_LARGE, &SAYS, what, "Sửa trong bảng tính.");
    }
    Some(WorkbookAnswer { kind: kind?, place, says, was })
}
