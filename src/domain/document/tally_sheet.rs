//! Phiếu đếm tay: a batch that is counted by hand, a line a person. Two tellers count apart from each other, each on a
//! sheet of their own, so that neither sees the other's strokes; the sums of both are keyed.

use super::frame::{Frame, Issue};
use super::parts::{SIGN_AND_NAME, body, heading, signature, small, table};
use super::{Block, Cell, Document, Size, Span, Table};
use crate::ballot::{BallotForm, Line};
use crate::rules::RuleSet;

/// The pile that is counted.
#[derive(Clone, Copy, Debug)]
pub struct Pile<'a> {
    pub form: &'a BallotForm,
    /// Number of the batch on its form, from 1.
    pub number: u32,
    pub papers: u32,
    /// Who counts, in their order; an empty name leaves a place to write it.
    pub tellers: [&'a str; 2],
}

/// Two sheets of one pile, the second on pages of its own.
pub fn tally_sheets(frame: &Frame<'_>, pile: &Pile<'_>) -> Document {
    let mut blocks = sheet(frame, pile, "thứ nhất", pile.tellers[0]);
    blocks.push(Block::PageBreak);
    blocks.extend(sheet(frame, pile, "thứ hai", pile.tellers[1]));
    let title = format!("Phiếu đếm tay, mẫu {}, tập {}", pile.form.id, pile.number);
    frame.document(title, Issue { board: Some("Ban kiểm phiếu"), number: "" }, blocks)
}

fn sheet(frame: &Frame<'_>, pile: &Pile<'_>, which: &str, teller: &str) -> Vec<Block> {
    let form = pile.form;
    let capacity = format!("NGƯỜI ĐẾM {}", which.to_uppercase());
    vec![
        Block::Title {
            kind: "PHIẾU ĐẾM TAY".to_owned(),
            subject: format!("Mẫu {}, tập số {}, người đếm {which}", form.id, pile.number),
        },
        body(format!("{}. Số phiếu trong tập: {}.", form.block.0, pile.papers)),
        small(
            "Mỗi phiếu một vạch ở ô của mức được đánh dấu, đủ năm vạch thì gạch ngang; đếm xong ghi số vào cột “Cộng”. Dòng \
             bỏ trống hoặc đánh dấu từ hai ô trở lên: vạch ở cột “Không tính”. Phiếu không hợp lệ chỉ vạch ở mục 2. Không \
             xem phiếu đếm của người kia.",
        ),
        heading(2, "1. Từng người"),
        people(form),
        heading(2, "2. Phiếu không hợp lệ"),
        invalid(frame.occasion.rules, form.lines.len()),
        small(format!(
            "Kiểm tra: với mỗi người, cộng các mức, “Không tính” và tổng số phiếu không hợp lệ phải bằng {}.",
            pile.papers
        )),
        Block::Signatures(vec![signature(&[&capacity], SIGN_AND_NAME, teller)]),
    ]
}

fn people(form: &BallotForm) -> Block {
    let mut columns = vec![(9, "TT"), (46, "Họ và tên, chức vụ")];
    for level in &form.levels {
        columns.extend([(if form.levels.len() > 2 { 25 } else { 40 }, level.label()), (11, "Cộng")]);
    }
    columns.push((20, "Không tính"));
    let row = |line: &Line| {
        let mut cells = vec![Cell::center(line.number.to_string()), who(line)];
        cells.resize(columns.len(), Cell::default());
        cells
    };
    Block::Table(Table {
        widths: columns.iter().map(|(width, _)| *width).collect(),
        head: vec![columns.iter().map(|(_, title)| Cell::head(*title)).collect()],
        rows: form.lines.iter().map(row).collect(),
        anchor: None,
        size: Size::Tiny,
    })
}

fn who(line: &Line) -> Cell {
    let spans = vec![Span::bold(line.name.as_str()), Span::plain(format!(", {}", line.posts))];
    Cell { spans, ..Cell::default() }
}

fn invalid(rules: &RuleSet, lines: usize) -> Block {
    let row = |text: &str| vec![Cell::left(text), Cell::default(), Cell::default()];
    let mut rows: Vec<Vec<Cell>> = rules.ballot_reasons(lines).map(|reason| row(&reason.text)).collect();
    rows.push(row("Tổng số phiếu không hợp lệ"));
    table(&[(10, "Lý do"), (8, "Vạch đếm"), (2, "Cộng")], rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::poll::{Level, PollKind};

    #[test]
    fn every_line_has_a_box_and_a_sum_for_every_level_and_one_for_what_does_not_count() {
        for kind in PollKind::ALL {
            let Block::Table(table) = people(&fixture::form(kind, 3)) else { panic!("a table") };
            let heads: Vec<String> = table.head[0].iter().map(Cell::text).collect();
            let labels: Vec<&str> = kind.levels().iter().map(|level: &Level| level.label()).collect();
            assert_eq!(heads.iter().filter(|head| labels.contains(&head.as_str())).count(), labels.len());
            assert_eq!(heads.iter().filter(|head| *head == "Cộng").count(), labels.len());
            assert_eq!(heads.last().map(String::as_str), Some("Không tính"));
            assert!(
                table
                    .rows
                    .iter()
                    .all(|row| row.len() == heads.len() && row[2..].iter().all(|cell| cell.text().is_empty()))
            );
        }
    }
}
