//! Ruled tables: one piece a row, and a head that comes back on every page.

use std::rc::Rc;

use super::{BLACK, BrokenLine, Column, Length, Piece, Segment, Shape, THIN, break_lines};
use crate::error::PdfError;
use crate::length::Points;
use domain::document::{Align, Cell, Span, Table};

/// Between a rule and the text beside it.
const PADDING_X: Length = Length::tenths_mm(13);
/// Between a rule and the text below or above it.
const PADDING_Y: Length = Length::tenths_mm(9);
/// Lines of one part of a row that is taller than a page.
const PART_LINES: usize = 6;

/// `table` in a text area of `width`, as pieces for pages of `page_height`.
///
/// A row taller than a page under its head is split between lines, as a last resort: into parts of a few lines without
/// a rule between them, so that it begins under its heading and fills every page. Nothing is lost.
///
/// # Errors
/// A row with more or fewer cells than columns; a character that the print face lacks.
pub fn table(table: &Table, size: Points, width: Length, page_height: Length) -> Result<Vec<Piece>, PdfError> {
    let grid = Grid::new(&table.widths, size, width);
    let mut head = Piece::default();
    for row in &table.head {
        let row = grid.row(row)?;
        let piece = grid.piece(row, VerticalAlign::Middle, Edges::CLOSED);
        let at = head.height;
        head.height += piece.height;
        head.shapes.extend(piece.shapes.into_iter().map(|mut shape| {
            shape.shift(Length::ZERO, at);
            shape
        }));
    }
    // A head that would take half of every page is printed once.
    let repeated = (head.height > Length::ZERO && head.height * 2 < page_height).then(|| Rc::new(head.clone()));
    let room = page_height - repeated.as_ref().map_or(Length::ZERO, |head| head.height);

    let mut pieces = Vec::with_capacity(table.rows.len() + 1);
    if head.height > Length::ZERO {
        pieces.push(Piece { keep_with_next: !table.rows.is_empty(), ..head });
    }
    for row in &table.rows {
        for (part, edges) in grid.split(grid.row(row)?, room) {
            pieces.push(Piece { head: repeated.clone(), ..grid.piece(part, VerticalAlign::Top, edges) });
        }
    }
    Ok(pieces)
}

/// Alignment and lines of each cell.
type Row = Vec<(Align, Vec<BrokenLine>)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum VerticalAlign {
    Top,
    Middle,
}

/// Whether a row has a rule at its top and its bottom; a row that is split has none where it continues.
#[derive(Clone, Copy)]
struct Edges {
    top: bool,
    bottom: bool,
}

impl Edges {
    const CLOSED: Self = Self { top: true, bottom: true };
}

/// Columns of a table.
struct Grid {
    columns: Vec<Column>,
    size: Points,
}

impl Grid {
    /// Shares of `width`; every edge is computed from the left margin, so that rounding never adds up.
    fn new(widths: &[u16], size: Points, width: Length) -> Self {
        let total: i64 = widths.iter().map(|w| i64::from(*w)).sum();
        let mut before = 0;
        let columns = widths
            .iter()
            .map(|w| {
                let x = width.share(before, total);
                before += i64::from(*w);
                Column { x, width: width.share(before, total) - x }
            })
            .collect();
        Self { columns, size }
    }

    fn row(&self, cells: &[Cell]) -> Result<Row, PdfError> {
        if cells.len() != self.columns.len() {
            let text = |cell: &Cell| cell.spans.iter().map(|span: &Span| span.text.as_str()).collect();
            let row = cells.first().map(text).unwrap_or_default();
            return Err(PdfError::RaggedRow { columns: self.columns.len(), cells: cells.len(), row });
        }
        let lines = |(cell, column): (&Cell, &Column)| {
            let width = column.inset(PADDING_X).width;
            Ok((cell.align, break_lines(&cell.spans, self.size, width, Length::ZERO)?))
        };
        cells.iter().zip(&self.columns).map(lines).collect()
    }

    /// `row` whole if it fits into `room`, else in parts of [`PART_LINES`].
    fn split(&self, row: Row, room: Length) -> Vec<(Row, Edges)> {
        if self.size.leading().times(tallest(&row)) + PADDING_Y * 2 <= room {
            return vec![(row, Edges::CLOSED)];
        }
        let mut parts = Vec::new();
        let mut rest = row;
        while tallest(&rest) > PART_LINES {
            let mut part = Row::with_capacity(rest.len());
            for (align, lines) in &mut rest {
                let tail = lines.split_off(lines.len().min(PART_LINES));
                part.push((*align, std::mem::replace(lines, tail)));
            }
            parts.push((part, Edges { top: parts.is_empty(), bottom: false }));
        }
        parts.push((rest, Edges { top: parts.is_empty(), bottom: true }));
        parts
    }

    fn piece(&self, row: Row, vertical: VerticalAlign, edges: Edges) -> Piece {
        let leading = self.size.leading();
        let inner = leading.times(tallest(&row));
        let padding = |closed: bool| if closed { PADDING_Y } else { Length::ZERO };
        let height = padding(edges.top) + inner + padding(edges.bottom);
        let mut shapes = vec![self.rules(height, edges)];
        for ((align, lines), column) in row.into_iter().zip(&self.columns) {
            let spare =
                if vertical == VerticalAlign::Middle { (inner - leading.times(lines.len())) / 2 } else { Length::ZERO };
            let mut y = padding(edges.top) + spare + self.size.baseline();
            for line in lines {
                line.place(column.inset(PADDING_X), y, align, BLACK, &mut shapes);
                y += leading;
            }
        }
        Piece { height, shapes, ..Piece::default() }
    }

    /// The closed ends of a row and every edge of its columns. Neighbouring rows draw their common edge at the same
    /// place, so a row needs not know whether it is the first on its page.
    fn rules(&self, height: Length, ends: Edges) -> Shape {
        let right = self.columns.last().map_or(Length::ZERO, |column| column.right());
        let across = |y| ((Length::ZERO, y), (right, y));
        let mut segments: Vec<Segment> = Vec::with_capacity(self.columns.len() + 3);
        segments.extend(ends.top.then(|| across(Length::ZERO)));
        segments.extend(ends.bottom.then(|| across(height)));
        let edges = self.columns.iter().map(|column| column.x).chain([right]);
        segments.extend(edges.map(|x| ((x, Length::ZERO), (x, height))));
        Shape::Rules { segments, thickness: THIN, grey: BLACK }
    }
}

/// Lines of the cell with most lines; an empty row is one line high.
fn tallest(row: &Row) -> usize {
    row.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Page, paginate};
    use crate::length::Rect;
    use domain::document::Size;

    const AREA: Rect = Rect { x: Length::mm(30), y: Length::mm(20), width: Length::mm(165), height: Length::mm(257) };

    fn pages(rows: Vec<Vec<Cell>>) -> Vec<Page> {
        let head = vec![vec![Cell::head("TT"), Cell::head("Nội dung")]];
        let model = Table { widths: vec![1, 9], head, rows, anchor: None, size: Size::Small };
        paginate(table(&model, Points(11), AREA.width, AREA.height).expect("a table"), AREA)
    }

    fn words(page: &Page) -> Vec<&str> {
        page.texts().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn the_head_comes_back_on_every_page_and_no_row_is_lost() {
        let rows = (1..=150).map(|n| vec![Cell::center(n.to_string()), Cell::left("Chỉ tiêu")]).collect();
        let pages = pages(rows);
        assert!(pages.len() >= 3, "{}", pages.len());
        let mut numbers = Vec::new();
        for page in &pages {
            assert_eq!(words(page)[..2], ["TT", "Nội dung"]);
            numbers.extend(words(page)[2..].chunks(2).map(|row| row[0].parse::<u32>().expect("a number")));
            assert!(page.texts().all(|run| run.y < AREA.bottom()));
        }
        assert_eq!(numbers, (1..=150).collect::<Vec<_>>());
    }

    #[test]
    fn a_row_taller_than_a_page_goes_on_between_its_lines() {
        let letters: Vec<String> = (0..4000).map(|n| format!("k{n}")).collect();
        let pages = pages(vec![vec![Cell::center("1"), Cell::left(letters.join(" "))]]);
        assert!(pages.len() > 1);
        // Under its head, and down to the foot of every page but the last.
        let lowest = |page: &Page| page.texts().map(|run| run.y).max().expect("text");
        assert!(pages[..pages.len() - 1].iter().all(|page| AREA.bottom() - lowest(page) < Length::mm(40)));
        let found: Vec<String> = pages
            .iter()
            .flat_map(|page| page.texts().flat_map(|run| run.text.split(' ')))
            .filter(|word| word.starts_with('k'))
            .map(str::to_owned)
            .collect();
        assert_eq!(found, letters);
        assert!(pages.iter().all(|page| page.texts().all(|run| run.y < AREA.bottom())));
    }

    #[test]
    fn a_row_that_would_lose_a_cell_is_refused() {
        let model = Table {
            widths: vec![1, 1],
            head: Vec::new(),
            rows: vec![vec![Cell::left("Lẻ")]],
            anchor: None,
            size: Size::Small,
        };
        let refused = table(&model, Points(11), AREA.width, AREA.height).expect_err("one cell is missing");
        assert!(matches!(refused, PdfError::RaggedRow { columns: 2, cells: 1, .. }), "{refused}");
    }
}
