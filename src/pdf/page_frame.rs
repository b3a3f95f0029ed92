//! The frame of a printed page: its foot with page number and running title, and its watermark.

use super::blocks::Stack;
use super::error::PdfError;
use super::fonts::Face;
use super::layout::{BLACK, Column, Grey, PAGE_HEIGHT, PAGE_WIDTH, Page, Shape, break_lines, paginate};
use super::length::{Length, Points, Rect};
use domain::document::{Align, Document, Span};

/// Nghị định 30/2020/NĐ-CP, Phụ lục I: top and bottom 20 to 25 mm, left 30 to 35, right 15 to 20.
const TEXT_AREA: Rect = Rect { x: Length::mm(30), y: Length::mm(20), width: Length::mm(165), height: Length::mm(257) };
/// Upper edge of the foot, inside the lower margin.
const FOOT_Y: Length = Length::mm(281);
const FOOT_SIZE: Points = Points(9);

/// Lightness of a watermark: legible, and light enough that text on it stays legible in print and copies.
const WATERMARK: Grey = Grey(88);
/// Sizes of a watermark; the largest that fits is used.
const WATERMARK_SIZES: [Points; 5] = [Points(84), Points(64), Points(48), Points(32), Points(16)];
/// Baselines of a watermark's repeats, in hundredths of the page's height, with their alignment.
const WATERMARK_PLACES: [(i64, Align); 3] = [(28, Align::Left), (55, Align::Center), (82, Align::Right)];

/// Lays `doc` out on pages, each with its foot and watermark.
///
/// # Errors
/// As [`super::document`].
pub fn pages(doc: &Document) -> Result<Vec<Page>, PdfError> {
    let mut pages = bare_pages(doc)?;
    finish(doc, &mut pages, None)?;
    Ok(pages)
}

/// The same without feet and watermarks.
///
/// # Errors
/// As [`pages`].
pub fn bare_pages(doc: &Document) -> Result<Vec<Page>, PdfError> {
    let mut stack = Stack::new(TEXT_AREA.width, TEXT_AREA.height);
    stack.add(&doc.blocks)?;
    Ok(paginate(stack.pieces, TEXT_AREA))
}

/// Adds feet and watermarks to the pages of `doc`; in a volume, with how many pages come before and how many it has.
///
/// # Errors
/// As [`pages`].
pub fn finish(doc: &Document, pages: &mut [Page], volume: Option<(usize, usize)>) -> Result<(), PdfError> {
    let count = pages.len();
    for (number, page) in (1..).zip(&mut *pages) {
        let numbering = match volume {
            Some((before, whole)) => format!("Trang {number}/{count} · tập {}/{whole}", before + number),
            None => format!("Trang {number}/{count}"),
        };
        foot(doc, &numbering, page)?;
    }
    if let Some(text) = &doc.watermark {
        let marks = watermark(text)?;
        pages.iter_mut().for_each(|page| put_behind(&marks, page));
    }
    Ok(())
}

fn foot(doc: &Document, numbering: &str, page: &mut Page) -> Result<(), PdfError> {
    let room = Face::Regular.width(numbering, FOOT_SIZE)? + Length::mm(5);
    let left = Column { x: TEXT_AREA.x, width: TEXT_AREA.width - room };
    let right = Column { x: left.right(), width: room };
    let mut y = FOOT_Y + FOOT_SIZE.baseline();
    for line in break_lines(&[Span::plain(numbering)], FOOT_SIZE, right.width, Length::ZERO)? {
        line.place(right, y, Align::Right, BLACK, &mut page.shapes);
    }
    let words = match &doc.foot {
        Some(foot) => format!("{} · {foot}", doc.title),
        None => doc.title.clone(),
    };
    for line in break_lines(&[Span::italic(words)], FOOT_SIZE, left.width, Length::ZERO)? {
        line.place(left, y, Align::Left, BLACK, &mut page.shapes);
        y += FOOT_SIZE.leading();
    }
    Ok(())
}

/// `text` three times down the page, large and light. It is horizontal, because PDF readers find and copy slanted text
/// badly.
///
/// # Errors
/// A character that the print face lacks.
pub fn watermark(text: &str) -> Result<Vec<Shape>, PdfError> {
    let column = Column { x: Length::ZERO, width: PAGE_WIDTH }.inset(Length::mm(20));
    let spans = [Span::bold(text)];
    let mut shapes = Vec::new();
    let size = fitting(text, column.width)?;
    for (place, align) in WATERMARK_PLACES {
        let mut y = PAGE_HEIGHT.share(place, 100);
        for line in break_lines(&spans, size, column.width, Length::ZERO)? {
            line.place(column, y, align, WATERMARK, &mut shapes);
            y += size.leading();
        }
    }
    Ok(shapes)
}

/// The largest size at which `text` takes one line, at most three quarters of it so that the repeats can be staggered.
fn fitting(text: &str, width: Length) -> Result<Points, PdfError> {
    for size in WATERMARK_SIZES {
        if Face::Bold.width(text, size)? <= width.share(3, 4) {
            return Ok(size);
        }
    }
    Ok(Points(9))
}

/// Draws `marks` behind all other shapes of `page`.
pub fn put_behind(marks: &[Shape], page: &mut Page) {
    page.shapes.splice(0..0, marks.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::{Block, Cell, Paragraph, Size, Table};

    fn document(blocks: Vec<Block>) -> Document {
        Document {
            title: "Biên bản kiểm phiếu".into(),
            author: "Ban kiểm phiếu".into(),
            date: jiff::civil::date(2023, 12, 13),
            watermark: Some("DIỄN TẬP".into()),
            foot: Some("SHA-256 3f9a 2c41".into()),
            guide: None,
            blocks,
        }
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.texts().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn every_page_says_which_it_is_of_how_many_and_that_it_is_a_rehearsal() {
        let rows = (0..100).map(|n| vec![Cell::left(format!("Hàng {n}"))]).collect();
        let table =
            Table { widths: vec![1], head: vec![vec![Cell::head("Hàng")]], rows, anchor: None, size: Size::Body };
        let pages = pages(&document(vec![Block::Table(table)])).expect("letters");
        assert!(pages.len() > 2);
        for (number, page) in (1..).zip(&pages) {
            let texts = texts(page);
            assert!(texts.contains(&format!("Trang {number}/{}", pages.len()).as_str()));
            assert!(texts.contains(&"Biên bản kiểm phiếu · SHA-256 3f9a 2c41"));
            assert_eq!(texts.iter().filter(|t| **t == "DIỄN TẬP").count(), 3);
            assert_eq!(texts[0], "DIỄN TẬP", "behind the text");
        }
    }

    #[test]
    fn a_heading_is_never_the_last_line_of_a_page() {
        let line =
            |n| Block::Paragraph(Paragraph { spans: vec![Span::plain(format!("Dòng {n}"))], ..Paragraph::default() });
        for before in 30..45 {
            let mut blocks: Vec<Block> = (0..before).map(line).collect();
            blocks.push(Block::Heading { level: 2, text: "II. KẾT QUẢ".into() });
            blocks.extend((0..4).map(line));
            for page in pages(&document(blocks)).expect("letters") {
                let texts = texts(&page);
                let body: Vec<&&str> = texts.iter().filter(|t| t.starts_with("Dòng") || t.starts_with("II.")).collect();
                assert_ne!(body.last(), Some(&&"II. KẾT QUẢ"));
            }
        }
    }

    #[test]
    fn an_empty_document_is_one_page() {
        assert_eq!(pages(&document(Vec::new())).expect("letters").len(), 1);
    }
}
