//! What a person says of a workbook where its reader asked. An answer changes what is read, never the file; it names what stood
//! there, so that it does not fit another file by chance.

use serde::{Deserialize, Serialize};

/// Most answers to one workbook.
pub const MAX_ANSWERS: usize = 500;
/// Longest text of an answer, in characters.
pub const MAX_ANSWER: usize = 2_000;

/// What is done with a cell, a row or a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// The cell is read as if the text of the answer had been typed into it.
    Reads,
    /// The row is not read.
    Skips,
    /// In the whole column of the cell, day and month of stored days change places.
    SwapsDays,
    /// The stored days of the whole column are right.
    KeepsDays,
}

impl AnswerKind {
    /// All, in the order in which people are offered them.
    pub const ALL: [Self; 4] = [Self::Reads, Self::Skips, Self::SwapsDays, Self::KeepsDays];

    /// As a file of answers and the log's page write it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reads => "đọc là",
            Self::Skips => "bỏ dòng",
            Self::SwapsDays => "đổi ngày tháng",
            Self::KeepsDays => "giữ ngày tháng",
        }
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkbookAnswer {
    pub kind: AnswerKind,
    /// As the finding names it: `Dữ kiện!C14`, `du-kien.csv, dòng 14, cột C`; of a row `Dữ kiện, dòng 14`.
    pub place: String,
    /// What the cell is read as; empty for other kinds, and for a cell that is read as empty.
    pub says: String,
    /// What stands there: the cell as it is shown, of a row its texts.
    pub was: String,
}

/// What the reader asks at the place of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What stands there, as [`WorkbookAnswer::was`].
    pub was: String,
    /// A whole row.
    pub is_row: bool,
    /// A column whose days and months may have changed places.
    pub is_of_days: bool,
    /// Who or what may be meant.
    pub choices: Vec<String>,
}

/// What a cell of the picture of a sheet became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellUse {
    /// It names a column, or a line of a form.
    Head,
    /// It was read.
    Read,
    /// It stands in a row or column that is not read.
    Unread,
}

/// A row of a sheet as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureRow {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Text and use of the cell of each column; `None` where there is none.
    pub cells: Vec<Option<(String, CellUse)>>,
    /// The places of findings in this row, with the place of their cell among `cells`; `None` for the row as a whole.
    #[serde(default)]
    pub findings: Vec<(Option<usize>, String)>,
}

/// A sheet as it was read, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetPicture {
    pub title: String,
    /// Letters of the columns.
    pub columns: Vec<String>,
    pub rows: Vec<PictureRow>,
    /// Rows of the sheet that are not drawn.
    pub left_out: usize,
}

/// What somebody answers in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenAnswers {
    pub answers: Vec<WorkbookAnswer>,
    /// Places, among the answers of before, of those that are taken back.
    pub back: Vec<usize>,
}

impl GivenAnswers {
    /// All answers after these, where `before` were given: the newer one of a place counts, and what stood there first.
    pub fn after(self, before: &[WorkbookAnswer]) -> Vec<WorkbookAnswer> {
        let kept = before.iter().enumerate().filter(|(number, _)| !self.back.contains(number));
        merged(kept.map(|(_, answer)| answer.clone()).collect(), self.answers)
    }
}

fn merged(mut all: Vec<WorkbookAnswer>, now: Vec<WorkbookAnswer>) -> Vec<WorkbookAnswer> {
    for answer in now {
        match all.iter_mut().find(|earlier| earlier.place == answer.place && may_replace(earlier.kind, answer.kind)) {
            Some(earlier) => (earlier.kind, earlier.says) = (answer.kind, answer.says),
            None => all.push(answer),
        }
    }
    all
}

/// Of one place a cell has a text, and its column an order of days.
fn may_replace(earlier: AnswerKind, now: AnswerKind) -> bool {
    let is_of_days = |kind| matches!(kind, AnswerKind::SwapsDays | AnswerKind::KeepsDays);
    is_of_days(earlier) == is_of_days(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_answer_of_a_place_counts_and_what_stood_there_first_is_kept() {
        let answer = |kind, says: &str, was: &str| WorkbookAnswer {
            kind,
            place: "Dữ kiện!C14".into(),
            says: says.into(),
            was: was.into(),
        };
        let before = [answer(AnswerKind::Reads, "Hung", "Hứng"), answer(AnswerKind::KeepsDays, "", "Hứng")];
        let now = |back| GivenAnswers { answers: vec![answer(AnswerKind::Reads, "Hùng", "Hung")], back };
        let (kept, first) = (answer(AnswerKind::KeepsDays, "", "Hứng"), answer(AnswerKind::Reads, "Hùng", "Hứng"));
        assert_eq!(now(vec![]).after(&before), [first, kept.clone()]);
        assert_eq!(now(vec![0]).after(&before), [kept, answer(AnswerKind::Reads, "Hùng", "Hung")]);
    }
}
