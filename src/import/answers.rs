//! Answers of a person, put into what was read before values are made of it; and what can be asked at the places of findings.

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::{Finding, Severity};
use domain::text::date_dmy;
use domain::workbook_answer::{AnswerKind, Question, WorkbookAnswer};
use jiff::civil::Date;

use super::grid::{Cell, Doubt, Grid, Placed, Spot, Target};
use super::report::{self, Report};

/// Reads the cells, rows and columns of the answers as these say. An answer that does not fit the file is an error: it was given
/// to another one.
pub(super) fn apply(answers: &[WorkbookAnswer], grids: &mut [Grid], report: &mut Report) {
    for answer in answers {
        let found = grids.iter_mut().find_map(|grid| grid.target(&answer.place).map(|target| (grid, target)));
        let Some((grid, target)) = found else {
            let what = format!("Trả lời cho «{}» không khớp tệp này: không có chỗ đó.", answer.place);
            report.add(report::ANSWER_UNFIT, &answer.place, what, UNFIT);
            continue;
        };
        let is = stands(grid, target);
        if is != answer.was {
            let what = format!("Trả lời này dành cho nội dung «{}», mà ở đây đang ghi «{is}».", answer.was);
            report.add(report::ANSWER_UNFIT, &answer.place, what, UNFIT);
            continue;
        }
        match answered(answer, grid, target) {
            Some(what) => report.add(report::ANSWERED, &answer.place, what, "Theo trả lời của người nhập."),
            None => {
                let what = format!("Không trả lời «{}» được ở đây.", answer.kind.label());
                report.add(report::ANSWER_UNFIT, &answer.place, what, UNFIT);
            }
        }
    }
}

const UNFIT: &str = "Bỏ trả lời này, hoặc dùng lại đúng tệp mà nó được ghi cho.";

/// What stands at a place, as questions and answers name it.
fn stands(grid: &Grid, target: Target) -> String {
    match target {
        Target::Cell(spot) => grid.at(spot).map(|placed| placed.cell.shown()).unwrap_or_default(),
        Target::Row(row) => grid.row_text(row),
    }
}

/// Changes the sheet, and says what is read now; `None` when the kind of the answer does not go with its place.
fn answered(answer: &WorkbookAnswer, grid: &mut Grid, target: Target) -> Option<String> {
    let (kind, row) = match target {
        Target::Cell((row, _)) | Target::Row(row) => (answer.kind, row),
    };
    match (kind, target) {
        (AnswerKind::Reads, Target::Cell(spot)) => {
            read_as(grid, spot, Cell::Text(answer.says.clone()));
            Some(format!("Đọc là «{}», không phải «{}».", answer.says, answer.was))
        }
        (AnswerKind::Skips, _) => {
            grid.rows.remove(&row)?;
            grid.struck.retain(|spot| spot.0 != row);
            grid.comments.retain(|spot| spot.0 != row);
            Some(format!("Bỏ qua dòng này: «{}».", answer.was))
        }
        (AnswerKind::SwapsDays, Target::Cell((_, column))) => {
            let days = settle_days(grid, column, swapped);
            Some(format!("Đổi lại ngày và tháng của {days} ô trong cột này."))
        }
        (AnswerKind::KeepsDays, Target::Cell((_, column))) => {
            let days = settle_days(grid, column, Some);
            Some(format!("Giữ nguyên ngày và tháng của {days} ô trong cột này."))
        }
        (_, Target::Row(_)) => None,
    }
}

/// Puts a cell without doubts; a text of nothing takes it away.
fn read_as(grid: &mut Grid, spot: Spot, cell: Cell) {
    if let Some(cells) = grid.rows.get_mut(&spot.0) {
        cells.remove(&spot.1);
    }
    grid.struck.remove(&spot);
    grid.comments.retain(|other| *other != spot);
    grid.put(spot, cell);
}

/// Reads every stored day of a column as `settled` says; how many there are.
fn settle_days(grid: &mut Grid, column: u32, settled: fn(Date) -> Option<Date>) -> usize {
    let day = |placed: &Placed| if let Cell::Date(day) = placed.cell { settled(day) } else { None };
    let days: Vec<(Spot, Date)> =
        grid.rows.iter().filter_map(|(row, cells)| Some(((*row, column), day(cells.get(&column)?)?))).collect();
    for (spot, day) in &days {
        let others = grid.at(*spot).into_iter().flat_map(|placed| placed.doubts.clone());
        let others: Vec<Doubt> = others.filter(|doubt| !matches!(doubt, Doubt::MonthFirst { .. })).collect();
        // As text, it is no stored day about which anybody asks again.
        read_as(grid, *spot, Cell::Text(date_dmy(*day)));
        grid.doubt(*spot, others);
    }
    days.len()
}

/// `None` where there is no such day.
fn swapped(day: Date) -> Option<Date> {
    Date::new(day.year(), day.day(), day.month()).ok()
}

/// Most places at which something is asked.
const MOST_ASKED: usize = 500;

/// What can be answered at the places of errors and warnings, by place.
pub(super) fn questions(grids: &[Grid], report: &Report) -> BTreeMap<String, Question> {
    let mut asked = BTreeMap::new();
    let doubtful = report.findings().iter().filter(|finding| finding.severity != Severity::Note);
    for finding in doubtful.filter(|finding| finding.code != report::ANSWER_UNFIT.id()) {
        if asked.len() >= MOST_ASKED {
            break;
        }
        let Some((grid, target)) = grids.iter().find_map(|grid| Some((grid, grid.target(&finding.place)?))) else {
            continue;
        };
        let question = asked.entry(finding.place.clone()).or_insert_with(|| Question {
            was: stands(grid, target),
            is_row: matches!(target, Target::Row(_)),
            is_of_days: false,
            choices: report.choices(&finding.place).to_vec(),
        });
        question.is_of_days |= report::is_of_days(finding);
    }
    asked
}

/// Rows with findings, by sheet: they are drawn first.
pub(super) fn rows_of(findings: &[Finding], grid: &Grid) -> BTreeSet<u32> {
    let row = |finding: &Finding| match grid.target(&finding.place)? {
        Target::Cell((row, _)) | Target::Row(row) => Some(row),
    };
    findings.iter().filter_map(row).collect()
}
