//! Heads of official papers: state papers after Nghị định 30/2020/NĐ-CP, Phụ lục I; Party papers after Hướng dẫn
//! 36-HD/VPTW of 3/4/2018.

use super::error::PdfError;
use super::fonts::Face;
use super::layout::{Column, Cursor, Piece};
use super::length::{Length, Points};
use domain::document::{Align, LetterHead, Span};

const NATION: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
const PARTY: &str = "ĐẢNG CỘNG SẢN VIỆT NAM";

/// Between the issuing body and the state's name.
const GUTTER: Length = Length::mm(4);
/// Between a line of text and the rule under it.
const RULE_GAP: Length = Length::mm(1);

/// `head` across `width`.
///
/// # Errors
/// A character that the print face lacks.
pub fn letterhead(head: &LetterHead, width: Length) -> Result<Piece, PdfError> {
    let sizes = Sizes::of(head.party);
    let date_width = Face::Italic.width(&head.place_date, sizes.date)?;
    let mut cursor = Cursor::default();
    let (left, right) = names(&head.issuer, head.party, Column { x: Length::ZERO, width }, date_width, &mut cursor)?;

    // Number and date stand on one line, under whichever side is the higher. The blank in `Số:     /NQ-HĐND` is kept:
    // the number is written into it by hand.
    cursor.skip(Length::mm(2));
    let top = cursor.y;
    let number = head.number.replace(' ', "\u{A0}");
    cursor.text(&[Span::plain(number)], sizes.number, Align::Center, left)?;
    let number_end = std::mem::replace(&mut cursor.y, top);
    cursor.text(&[Span::italic(head.place_date.as_str())], sizes.date, Align::Center, right)?;
    let height = cursor.y.max(number_end) + Length::mm(3);
    Ok(Piece { height, shapes: cursor.shapes, keep_with_next: true, ..Piece::default() })
}

/// Issuing body on the left of `across`; on the right, at least `right_min` wide, the state's name and motto or the
/// Party's name. Returns both columns and leaves the cursor below the taller side.
///
/// # Errors
/// A character that the print face lacks.
pub fn names(
    issuer: &[String],
    party: bool,
    across: Column,
    right_min: Length,
    cursor: &mut Cursor,
) -> Result<(Column, Column), PdfError> {
    let sizes = Sizes::of(party);
    let lines: &[(&str, Points)] =
        if party { &[(PARTY, sizes.name)] } else { &[(NATION, sizes.name), (MOTTO, sizes.motto)] };
    let mut right_width = right_min;
    let mut last_width = Length::ZERO;
    for (text, size) in lines {
        last_width = Face::Bold.width(text, *size)?;
        right_width = right_width.max(last_width);
    }
    right_width += Length::pt(1);
    let right = Column { x: across.right() - right_width, width: right_width };
    let left = Column { x: across.x, width: across.width - right_width - GUTTER };

    let top = cursor.y;
    issuing_body(issuer, party, sizes.issuer, left, cursor)?;
    let left_end = std::mem::replace(&mut cursor.y, top);
    for (text, size) in lines {
        cursor.text(&[Span::bold(*text)], *size, Align::Center, right)?;
    }
    // A solid rule as long as the line above it.
    cursor.skip(RULE_GAP);
    cursor.rule(right.middle(), last_width);
    cursor.y = cursor.y.max(left_end);
    Ok((left, right))
}

fn issuing_body(
    issuer: &[String],
    party: bool,
    size: Points,
    column: Column,
    cursor: &mut Cursor,
) -> Result<(), PdfError> {
    let Some((body, parents)) = issuer.split_last() else { return Ok(()) };
    for parent in parents {
        cursor.text(&[Span::plain(parent.as_str())], size, Align::Center, column)?;
    }
    cursor.text(&[Span::bold(body.as_str())], size, Align::Center, column)?;
    if party {
        cursor.text(&[Span::plain("*")], size, Align::Center, column)?;
    } else {
        // A third to a half of the name's length.
        let length = Face::Bold.width(body, size)?.min(column.width).share(2, 5);
        cursor.skip(RULE_GAP);
        cursor.rule(column.middle(), length);
    }
    Ok(())
}

struct Sizes {
    name: Points,
    motto: Points,
    issuer: Points,
    number: Points,
    date: Points,
}

impl Sizes {
    const STATE: Self =
        Self { name: Points(12), motto: Points(13), issuer: Points(12), number: Points(13), date: Points(13) };
    const PARTY: Self =
        Self { name: Points(15), motto: Points(15), issuer: Points(14), number: Points(14), date: Points(14) };

    const fn of(party: bool) -> &'static Self {
        if party { &Self::PARTY } else { &Self::STATE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Shape, TextRun};

    const WIDTH: Length = Length::mm(165);

    fn runs(head: &LetterHead) -> Vec<TextRun> {
        let piece = letterhead(head, WIDTH).expect("letters");
        let text = |shape| if let Shape::Text(run) = shape { Some(run) } else { None };
        piece.shapes.into_iter().filter_map(text).collect()
    }

    fn state() -> LetterHead {
        LetterHead {
            party: false,
            issuer: vec!["HỘI ĐỒNG NHÂN DÂN".into(), "TỈNH MẪU".into()],
            number: "Số:      /NQ-HĐND".into(),
            place_date: "Tỉnh Mẫu, ngày 13 tháng 12 năm 2023".into(),
        }
    }

    #[test]
    fn a_state_paper_names_the_state_on_the_right_and_its_issuer_on_the_left() {
        let runs = runs(&state());
        let run = |text: &str| runs.iter().find(|run| run.text == text).unwrap_or_else(|| panic!("{text}: {runs:?}"));
        assert!(run("HỘI ĐỒNG NHÂN DÂN").x < run(NATION).x);
        assert_eq!(run("HỘI ĐỒNG NHÂN DÂN").y, run(NATION).y);
        assert_eq!((run("TỈNH MẪU").face, run(NATION).face, run(MOTTO).size), (Face::Bold, Face::Bold, Points(13)));
        assert_eq!(run("Số:      /NQ-HĐND").y, run("Tỉnh Mẫu, ngày 13 tháng 12 năm 2023").y);
    }

    #[test]
    fn a_party_paper_names_the_party_and_stars_its_issuer() {
        let place_date = "Thành phố Hồ Chí Minh, ngày 13 tháng 12 năm 2023".into();
        let runs = runs(&LetterHead { party: true, place_date, ..state() });
        let texts: Vec<&str> = runs.iter().map(|run| run.text.as_str()).collect();
        assert!(texts.contains(&PARTY) && texts.contains(&"*"), "{texts:?}");
        assert!(!texts.contains(&NATION));
        assert!(texts.contains(&"Thành phố Hồ Chí Minh, ngày 13 tháng 12 năm 2023"), "on one line: {texts:?}");
    }
}
