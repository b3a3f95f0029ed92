//! A table of situations with expected answers: every cell is text, read as it was typed.

use domain::finding::{Finding, Severity};
use domain::rule_case::CaseRow;

use super::fields::Fields;
use super::published::first_grid;
use super::report::Report;
use super::schema::{Column, Layout, Need, Schema, Shape};
use super::table::{self, SheetRecord};

const SITUATION: Column = Column::optional("Tình huống", Shape::Text);
const DAY: Column = Column::required("Ngày", Shape::Text).named(&["ngay lay phieu", "ngay bo phieu"]);
const BODY: Column = Column::required("Cơ quan", Shape::Text).named(&["loai va cap"]);
const POLL: Column = Column::required("Cuộc", Shape::Text).named(&["loai cuoc"]);
const QUESTION: Column = Column::required("Hỏi", Shape::Text).named(&["cau hoi"]);
const FACTS: Column = Column::optional("Dữ kiện", Shape::Text);
const EXPECTED: Column = Column::required("Trả lời", Shape::Text).named(&["tra loi dung", "mong doi"]);
const CITE: Column = Column::optional("Căn cứ", Shape::Text).named(&["dieu khoan"]);

const SHEET: Schema = Schema {
    title: "Tình huống và trả lời",
    names: &[],
    need: Need::Required,
    layout: Layout::Table,
    columns: &[SITUATION, DAY, BODY, POLL, QUESTION, FACTS, EXPECTED, CITE],
    help: "",
};

/// See [`super::read_rule_cases`].
pub(super) fn read(bytes: &[u8], file_name: &str) -> Result<(Vec<CaseRow>, Vec<Finding>), Vec<Finding>> {
    let mut report = Report::default();
    let grid = first_grid(bytes, file_name, "Ghi bảng với các cột Ngày; Cơ quan; Cuộc; Hỏi; Trả lời.", &mut report);
    let rows = grid.and_then(|grid| {
        let records = table::records(&grid, &SHEET, &mut report)?;
        Some(records.iter().map(|record| row(record, &mut report)).collect::<Vec<_>>())
    });
    let failed = report.has_errors();
    let mut findings = report.into_findings();
    findings.retain(|finding| finding.severity != Severity::Note);
    match rows {
        Some(rows) if !failed => Ok((rows, findings)),
        _ => Err(findings),
    }
}

fn row(record: &SheetRecord<'_>, report: &mut Report) -> CaseRow {
    let mut fields = Fields::new(record, report);
    let mut text = |column| fields.text(&column).unwrap_or_default();
    CaseRow {
        line: record.line(),
        situation: text(SITUATION),
        day: text(DAY),
        body: text(BODY),
        poll: text(POLL),
        question: text(QUESTION),
        facts: text(FACTS),
        expected: text(EXPECTED),
        cite: text(CITE),
    }
}
