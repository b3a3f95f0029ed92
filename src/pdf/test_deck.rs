//! Papers of a test deck: sheets of the form with printed pen marks. Each paper has pages of its own, because its number
//! and marks differ; the sheets of the form are laid out once.

use super::ballot::{Sheet, TickBox, sheets};
use super::error::PdfError;
use super::layout::{BLACK, Column, Cursor, Grey, Page, Segment, Shape, THIN};
use super::length::{Length, Points, Rect};
use domain::ballot::BallotForm;
use domain::document::{Align, Span};
use domain::test_deck::{Look, TestDeck, TestPaper};

/// Heading and watermark of every sheet of a test paper.
pub const TITLE: &str = "PHIẾU THỬ";

/// Thickness of a pen stroke.
const STROKE: Length = Length::thousandths(1_600);
/// Between the frame of a box and the cross in it.
const CROSS_INSET: Length = Length::mm(1);
/// Between the corner squares, above the head of the form.
const LABEL: Column = Column { x: Length::mm(15), width: Length::mm(180) };
const LABEL_TOP: Length = Length::mm(6);
/// Below the table and right of the QR code: free on every sheet.
const WRITTEN_IN: (Column, Length) = (Column { x: Length::mm(44), width: Length::mm(110) }, Length::mm(267));

/// Every sheet of every paper, in the order of their numbers.
///
/// # Errors
/// A line taller than a sheet; a character that the print face lacks.
pub fn pages(form: &BallotForm, deck: &TestDeck) -> Result<Vec<Page>, PdfError> {
    let right = sheets(&BallotForm { watermark: Some(watermark(form)), ..form.clone() })?;
    let wrong = sheets(&other_form(form))?;
    let mut pages = Vec::with_capacity(deck.papers.len() * right.len());
    for paper in &deck.papers {
        let sheets = if paper.look == Look::OtherForm { &wrong } else { &right };
        for sheet in sheets {
            pages.push(marked(sheet, paper, deck.papers.len())?);
        }
    }
    Ok(pages)
}

/// A form that the board did not seal: it differs in title, id and order of levels.
fn other_form(form: &BallotForm) -> BallotForm {
    BallotForm {
        id: "F0-000000".to_owned(),
        title: "PHIẾU LẤY Ý KIẾN".to_owned(),
        levels: form.levels.iter().rev().copied().collect(),
        watermark: Some(watermark(form)),
        ..form.clone()
    }
}

/// A test paper says that it is one, and that of a rehearsal says that too.
fn watermark(form: &BallotForm) -> String {
    form.watermark.as_ref().map_or_else(|| TITLE.to_owned(), |own| format!("{TITLE} – {own}"))
}

fn marked(sheet: &Sheet, paper: &TestPaper, papers: usize) -> Result<Page, PdfError> {
    let mut page = sheet.page.clone();
    page.shapes.append(&mut label(paper, papers)?);
    if paper.look != Look::NoSeal {
        page.shapes.append(&mut seal(sheet.seal)?);
    }
    page.shapes.extend(sheet.boxes.iter().filter(|tick| is_marked(paper, tick)).map(|tick| cross(tick.area)));
    match paper.look {
        Look::NameCrossedOut { line } => {
            let names = sheet.names.iter().filter(|name| place(name.line) == Some(line));
            page.shapes.extend(names.map(|name| crossed_out(name.area)));
        }
        // Written below the last line, so on the last sheet only; the first is the last where there is one.
        Look::NameWrittenIn if is_last(sheet, paper) => page.shapes.append(&mut written_in()?),
        Look::Plain | Look::NameWrittenIn | Look::OtherForm | Look::NoSeal | Look::FromElsewhere => {}
    }
    Ok(page)
}

/// Place (from 0) of the line with this number.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

fn is_marked(paper: &TestPaper, tick: &TickBox) -> bool {
    let boxes = place(tick.line).and_then(|line| paper.boxes.get(line));
    boxes.is_some_and(|boxes| boxes.contains(&tick.level))
}

fn is_last(sheet: &Sheet, paper: &TestPaper) -> bool {
    sheet.names.last().and_then(|name| place(name.line)) == paper.boxes.len().checked_sub(1)
}

/// `PHIẾU THỬ số 12/145`, and what no mark on the paper can show.
fn label(paper: &TestPaper, papers: usize) -> Result<Vec<Shape>, PdfError> {
    let mut cursor = Cursor::at(LABEL_TOP);
    let number = [
        Span::bold(format!("{TITLE} số {}/{papers}", paper.number)),
        Span::plain(" – không phải phiếu của người bỏ phiếu"),
    ];
    cursor.text(&number, Points(12), Align::Center, LABEL)?;
    if paper.look == Look::FromElsewhere {
        let notice = "Tình huống thử: phiếu này không do Ban kiểm phiếu phát ra.";
        cursor.text(&[Span::italic(notice)], Points(10), Align::Center, LABEL)?;
    }
    Ok(cursor.shapes)
}

/// A printed stand-in for the seal, without which the paper would be invalid.
fn seal(area: Rect) -> Result<Vec<Shape>, PdfError> {
    let inset = Length::mm(8);
    let column = Column { x: area.x, width: area.width }.inset(inset);
    let frame = Rect { x: column.x, y: area.bottom() - Length::mm(14), width: column.width, height: Length::mm(9) };
    let mut cursor = Cursor::at(frame.y + Length::mm(2));
    cursor.shapes.push(Shape::Frame { area: frame, thickness: STROKE, grey: Grey(30) });
    cursor.text(&[Span::bold("DẤU THỬ")], Points(12), Align::Center, column)?;
    Ok(cursor.shapes)
}

fn cross(area: Rect) -> Shape {
    let (left, right) = (area.x + CROSS_INSET, area.right() - CROSS_INSET);
    let (top, bottom) = (area.y + CROSS_INSET, area.bottom() - CROSS_INSET);
    strokes(vec![((left, top), (right, bottom)), ((left, bottom), (right, top))])
}

/// A crossed-out name: a stroke through each line and one across the whole.
fn crossed_out(area: Rect) -> Shape {
    let line = Points(12).leading();
    let middles = (0..6).map(|n| area.y + line / 2 + line.times(n)).take_while(|y| *y < area.bottom());
    let mut segments: Vec<Segment> = middles.map(|y| ((area.x, y), (area.right(), y))).collect();
    segments.push(((area.x, area.bottom()), (area.right(), area.y)));
    strokes(segments)
}

fn strokes(segments: Vec<Segment>) -> Shape {
    Shape::Rules { segments, thickness: STROKE, grey: BLACK }
}

/// A further name with a mark beside it, as a voter writes it below the list.
fn written_in() -> Result<Vec<Shape>, PdfError> {
    let (column, top) = WRITTEN_IN;
    let mut cursor = Cursor::at(top);
    cursor.text(&[Span::italic("Ông Trần Văn Viết Thêm")], Points(14), Align::Left, column)?;
    let under = ((column.x, cursor.y), (column.right(), cursor.y));
    cursor.shapes.push(Shape::Rules { segments: vec![under], thickness: THIN, grey: BLACK });
    let side = Length::mm(5);
    cursor.shapes.push(cross(Rect::square(column.right() - side, top, side)));
    Ok(cursor.shapes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::fixture;
    use domain::poll::{Level, PollKind};
    use domain::rules::builtin;

    #[test]
    fn a_mark_lies_in_the_box_of_its_line_and_level_on_whichever_sheet_that_is() {
        let form = fixture::form(PollKind::Rating, 40);
        let deck = TestDeck::of(&form, &builtin().expect("carried").remove(0));
        let pages = pages(&form, &deck).expect("pages");
        let plain = sheets(&BallotForm { watermark: Some(TITLE.to_owned()), ..form.clone() }).expect("sheets");
        assert!(plain.len() > 1 && pages.len() == plain.len() * deck.papers.len());
        let paper = deck.papers.iter().position(|paper| paper.look == Look::Plain).expect("plain");
        let mut crosses = 0;
        for (page, sheet) in pages[paper * plain.len()..].iter().zip(&plain) {
            for tick in &sheet.boxes {
                let drawn = page.shapes.contains(&cross(tick.area));
                assert_eq!(drawn, is_marked(&deck.papers[paper], tick), "{tick:?}");
                crosses += usize::from(drawn);
            }
        }
        let boxes: usize = deck.papers[paper].boxes.iter().map(Vec::len).sum();
        assert_eq!(crosses, boxes);
    }

    #[test]
    fn every_sheet_says_what_it_is_and_a_paper_of_another_form_has_its_marks_at_the_level_they_mean() {
        let form = BallotForm { watermark: Some("DIỄN TẬP".into()), ..fixture::form(PollKind::Rating, 8) };
        let deck = TestDeck::of(&form, &builtin().expect("carried").remove(0));
        let pages = pages(&form, &deck).expect("pages");
        for (paper, page) in deck.papers.iter().zip(&pages) {
            let texts: String = page.texts().map(|run| run.text.as_str()).collect::<Vec<_>>().join(" ");
            assert!(texts.contains(&format!("{TITLE} số {}/{}", paper.number, deck.papers.len())), "{texts}");
            assert!(texts.starts_with(&format!("{TITLE} – DIỄN TẬP")), "{texts}");
            assert_eq!(texts.contains("DẤU THỬ"), paper.look != Look::NoSeal);
            assert_eq!(texts.contains("Viết Thêm"), paper.look == Look::NameWrittenIn);
            assert_eq!(texts.contains("không do Ban kiểm phiếu"), paper.look == Look::FromElsewhere);
            let other = paper.look == Look::OtherForm;
            assert_eq!((texts.contains("F0-000000"), texts.contains("F1-3F9A2C")), (other, !other));
        }
        assert_eq!(other_form(&form).levels, [Level::Low, Level::Medium, Level::High]);
    }
}
