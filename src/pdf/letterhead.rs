//! Heads of official papers: state papers after Nghị định 30/2020/NĐ-CP, Phụ lục I; Party papers after Hướng dẫn
//! 36-HD/VPTW of 3/4/2018.

use super::PdfError;
use super::fonts::Face;
use super::layout::{Column, Pen, Piece};
use super::length::{Length, Points};
use crate::domain::document::{Align, LetterHead, Span};

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
    let sizes = if head.party { &Sizes::PARTY } else { &Sizes::STATE };
    let right_text = if head.party { PARTY } else { NATION };
    let right_width = Face::Bold.width(right_text, sizes.name)? + Length::pt(1);
    let left = Column { x: Length::ZERO, width: width - right_width - GUTTER };
    let right = Column { x: width - right_width, width: right_width };

    let mut issuer = Pen::default();
    issuing_body(head, sizes, left, &mut issuer)?;
    let mut name = Pen::default();
    if head.party {
        name.text(&[Span::bold(PARTY)], sizes.name, Align::Center, right)?;
        name.skip(RULE_GAP);
        name.rule(right.middle(), right.width);
    } else {
        name.text(&[Span::bold(NATION)], sizes.name, Align::Center, right)?;
        name.text(&[Span::bold(MOTTO)], sizes.motto, Align::Center, right)?;
        name.skip(RULE_GAP);
        name.rule(right.middle(), Face::Bold.width(MOTTO, sizes.motto)?);
    }

    // Number and date stand on one line, under whichever side is the higher.
    let y = issuer.y.max(name.y) + Length::mm(2);
    (issuer.y, name.y) = (y, y);
    issuer.text(&[Span::plain(head.number.as_str())], sizes.number, Align::Center, left)?;
    name.text(&[Span::italic(head.place_date.as_str())], sizes.place_date, Align::Center, right)?;

    let height = issuer.y.max(name.y) + Length::mm(3);
    issuer.shapes.append(&mut name.shapes);
    Ok(Piece { height, shapes: issuer.shapes, keep_with_next: true, ..Piece::default() })
}

fn issuing_body(head: &LetterHead, sizes: &Sizes, column: Column, pen: &mut Pen) -> Result<(), PdfError> {
    let Some((body, parents)) = head.issuer.split_last() else { return Ok(()) };
    for parent in parents {
        pen.text(&[Span::plain(parent.as_str())], sizes.issuer, Align::Center, column)?;
    }
    pen.text(&[Span::bold(body.as_str())], sizes.issuer, Align::Center, column)?;
    if head.party {
        pen.text(&[Span::plain("*")], sizes.issuer, Align::Center, column)?;
    } else {
        // A third to a half of the name's length.
        let length = Face::Bold.width(body, sizes.issuer)?.min(column.width).share(2, 5);
        pen.skip(RULE_GAP);
        pen.rule(column.middle(), length);
    }
    Ok(())
}

struct Sizes {
    name: Points,
    motto: Points,
    issuer: Points,
    number: Points,
    place_date: Points,
}

impl Sizes {
    const STATE: Self =
        Self { name: Points(12), motto: Points(13), issuer: Points(12), number: Points(13), place_date: Points(13) };
    const PARTY: Self =
        Self { name: Points(15), motto: Points(15), issuer: Points(14), number: Points(14), place_date: Points(14) };
}
