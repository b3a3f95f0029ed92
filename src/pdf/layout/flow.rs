//! Pieces onto pages: nothing is split here, what belongs together stays together, table heads come back.

use std::rc::Rc;

use super::{Length, Mark, Page, Rect, Shape};

/// A unit that is not split between pages: a line of text, a row, a chart. Its shapes are relative to its top left
/// corner.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// Space above the piece, dropped at the top of a page.
    pub space_before: Length,
    pub height: Length,
    pub shapes: Vec<Shape>,
    /// No page break follows: a heading, the first line of a paragraph.
    pub keep_with_next: bool,
    pub break_before: bool,
    /// Drawn above the piece when it starts a page: the head of its table.
    pub head: Option<Rc<Piece>>,
    /// Level and text of a heading, to be found by.
    pub mark: Option<(u8, String)>,
}

impl Piece {
    fn head_height(&self) -> Length {
        self.head.as_ref().map_or(Length::ZERO, |head| head.height)
    }
}

/// Links `pieces` so that no page break falls between them, if they fit on one page of `height`.
pub fn keep_together(pieces: &mut [Piece], height: Length) {
    if block_height(pieces) > height || pieces.iter().skip(1).any(|piece| piece.break_before) {
        return;
    }
    if let Some((_, linked)) = pieces.split_last_mut() {
        linked.iter_mut().for_each(|piece| piece.keep_with_next = true);
    }
}

/// Height at the top of a page.
fn block_height(pieces: &[Piece]) -> Length {
    let inner: Length = pieces.iter().map(|piece| piece.space_before + piece.height).sum();
    pieces.first().map_or(Length::ZERO, |first| inner - first.space_before + first.head_height())
}

/// Puts `pieces` on pages with the text area `area`; at least one page.
///
/// A piece taller than a page starts one and runs over its foot: those who make pieces split them (tables do) or know
/// them small.
pub fn paginate(pieces: Vec<Piece>, area: Rect) -> Vec<Page> {
    let places = places(&pieces, area);
    let mut pages = vec![Page::default()];
    for (piece, PiecePosition { turns, y }) in pieces.into_iter().zip(places) {
        if turns {
            let mut page = Page::default();
            if let Some(head) = &piece.head {
                put(head.shapes.clone(), area.x, area.y, &mut page);
            }
            pages.push(page);
        }
        if let Some(page) = pages.last_mut() {
            page.marks.extend(piece.mark.map(|(level, text)| Mark { level, text, y }));
            put(piece.shapes, area.x, y, page);
        }
    }
    pages
}

/// Position of a piece.
struct PiecePosition {
    /// Whether the piece starts a new page.
    turns: bool,
    /// Upper edge.
    y: Length,
}

fn places(pieces: &[Piece], area: Rect) -> Vec<PiecePosition> {
    let mut places = Vec::with_capacity(pieces.len());
    let mut y = area.y;
    let mut linked = false;
    for (i, piece) in pieces.iter().enumerate() {
        let fits =
            |block: &[Piece]| y + block.iter().map(|p| p.space_before + p.height).sum::<Length>() <= area.bottom();
        let chain = pieces.get(i..i + chain_length(&pieces[i..])).unwrap_or_default();
        let chain_moves = !linked && !fits(chain) && block_height(chain) <= area.height;
        let turns = i > 0 && (piece.break_before || chain_moves || !fits(std::slice::from_ref(piece)));
        y = match (i, turns) {
            (0, _) => area.y,
            (_, true) => area.y + piece.head_height(),
            (_, false) => y + piece.space_before,
        };
        places.push(PiecePosition { turns, y });
        y += piece.height;
        linked = piece.keep_with_next;
    }
    places
}

/// Pieces from the first one on that no page break may part.
fn chain_length(pieces: &[Piece]) -> usize {
    pieces.iter().take_while(|piece| piece.keep_with_next).count() + 1
}

fn put(shapes: Vec<Shape>, dx: Length, dy: Length, page: &mut Page) {
    page.shapes.extend(shapes.into_iter().map(|mut shape| {
        shape.shift(dx, dy);
        shape
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::BLACK;

    const AREA: Rect = Rect { x: Length::mm(30), y: Length::mm(20), width: Length::mm(100), height: Length::mm(100) };

    /// A filled area as high as the piece, so that a page shows which pieces it holds.
    fn piece(height_mm: i64) -> Piece {
        let area = Rect { x: Length::ZERO, y: Length::ZERO, width: AREA.width, height: Length::mm(height_mm) };
        let shapes = vec![Shape::Fill { areas: vec![area], grey: BLACK }];
        Piece { height: area.height, shapes, ..Piece::default() }
    }

    fn linked(height_mm: i64) -> Piece {
        Piece { keep_with_next: true, ..piece(height_mm) }
    }

    /// Top and height of every piece on every page, in millimetres.
    fn laid(pieces: Vec<Piece>) -> Vec<Vec<(i64, i64)>> {
        let mm = |length: Length| (length.in_thousandths() * 127 + 180_000) / 360_000;
        let of = |shape: &Shape| match shape {
            Shape::Fill { areas, .. } => (mm(areas[0].y), mm(areas[0].height)),
            other => panic!("only areas here: {other:?}"),
        };
        paginate(pieces, AREA).iter().map(|page| page.shapes.iter().map(of).collect()).collect()
    }

    #[test]
    fn a_heading_goes_along_with_the_first_line_after_it() {
        let pages = laid(vec![piece(80), linked(10), piece(20)]);
        assert_eq!(pages, [vec![(20, 80)], vec![(20, 10), (30, 20)]]);
    }

    #[test]
    fn space_above_is_dropped_at_the_top_of_a_page() {
        let spaced = |height| Piece { space_before: Length::mm(5), ..piece(height) };
        assert_eq!(laid(vec![spaced(60), spaced(20), spaced(30)]), [vec![(20, 60), (85, 20)], vec![(20, 30)]]);
    }

    #[test]
    fn a_table_head_comes_back_above_the_row_that_turns_the_page() {
        let head = Rc::new(piece(8));
        let row = || Piece { head: Some(Rc::clone(&head)), ..piece(30) };
        let pages = laid(vec![linked(8), row(), row(), row(), row()]);
        assert_eq!(pages, [vec![(20, 8), (28, 30), (58, 30), (88, 30)], vec![(20, 8), (28, 30)]]);
    }

    #[test]
    fn what_stays_together_moves_as_one_unless_it_cannot_fit() {
        let mut block = vec![piece(20), piece(20), piece(20)];
        keep_together(&mut block, AREA.height);
        let mut pieces = vec![piece(50)];
        pieces.extend(block);
        assert_eq!(laid(pieces), [vec![(20, 50)], vec![(20, 20), (40, 20), (60, 20)]]);

        let mut huge = vec![piece(60), piece(60)];
        keep_together(&mut huge, AREA.height);
        assert_eq!(laid(huge), [vec![(20, 60)], vec![(20, 60)]]);
    }

    #[test]
    fn a_page_break_starts_a_page_and_never_an_empty_one() {
        let broken = || Piece { break_before: true, ..piece(10) };
        assert_eq!(laid(vec![broken(), broken()]), [vec![(20, 10)], vec![(20, 10)]]);
    }
}
