//! Access slips: eight on a sheet, with lines to cut along.

use super::error::PdfError;
use super::layout::{Column, Cursor, Grey, PAGE_HEIGHT, PAGE_WIDTH, Page, Shape, THIN};
use super::length::{Length, Points, Rect};
use super::qr;
use domain::document::{Align, SlipPaper, SlipSheet, Span};

const COLUMNS: usize = 2;
const ROWS: usize = 4;
const PADDING: Length = Length::mm(8);
const QR_SIDE: Length = Length::mm(31);
const GAP: Length = Length::mm(2);
/// Longest name, in characters, in large letters; a longer one is set smaller, so that the slip stays within its lines.
const LONG_NAME: usize = 45;

/// The sheets of slips.
///
/// # Errors
/// A character that the print face lacks; an address too long for a QR code.
pub fn sheets(sheet: &SlipSheet) -> Result<Vec<Page>, PdfError> {
    let (width, height) = (PAGE_WIDTH / 2, PAGE_HEIGHT / 4);
    let mut pages = Vec::new();
    for slips in sheet.slips.chunks(COLUMNS * ROWS) {
        let mut page = Page { shapes: vec![cuts()], ..Page::default() };
        for (place, slip) in slips.iter().enumerate() {
            let (column, row) = (place % COLUMNS, place / COLUMNS);
            let mut shapes = one(sheet, slip, width)?;
            for shape in &mut shapes {
                shape.shift(width.times(column), height.times(row));
            }
            page.shapes.append(&mut shapes);
        }
        pages.push(page);
    }
    Ok(pages)
}

/// The cutting lines.
fn cuts() -> Shape {
    let middle = PAGE_WIDTH / 2;
    let mut segments = vec![((middle, Length::ZERO), (middle, PAGE_HEIGHT))];
    for row in 1..ROWS {
        let y = (PAGE_HEIGHT / 4).times(row);
        segments.push(((Length::ZERO, y), (PAGE_WIDTH, y)));
    }
    Shape::Rules { segments, thickness: THIN, grey: Grey(60) }
}

/// One slip in the upper left corner: name and QR code side by side, the code to type below.
fn one(sheet: &SlipSheet, slip: &SlipPaper, width: Length) -> Result<Vec<Shape>, PdfError> {
    let whole = Column { x: PADDING, width: width - PADDING * 2 };
    let left = Column { x: whole.x, width: whole.width - QR_SIDE - GAP };
    let mut cursor = Cursor::at(Length::mm(6));
    cursor.text(&[Span::bold(sheet.council.as_str())], Points(9), Align::Left, whole)?;
    cursor.skip(Length::mm(1));
    let code_area = Rect::square(left.right() + GAP, cursor.y, QR_SIDE);
    cursor.text(&[Span::bold("THẺ TRUY CẬP")], Points(12), Align::Left, left)?;
    cursor.text(&[Span::plain("để đọc hồ sơ lấy phiếu tín nhiệm")], Points(9), Align::Left, left)?;
    cursor.skip(Length::mm(1));
    let size = if slip.name.chars().count() > LONG_NAME { Points(9) } else { Points(13) };
    cursor.text(&[Span::bold(slip.name.as_str())], size, Align::Left, left)?;
    cursor.y = cursor.y.max(code_area.bottom()) + Length::mm(1);
    cursor.text(&[Span::bold(slip.code.as_str())], Points(15), Align::Left, whole)?;
    let how = format!("Quét mã, hoặc mở {} rồi gõ mã trên.", sheet.door);
    cursor.text(&[Span::plain(how)], Points(8), Align::Left, whole)?;
    let until = format!("Dùng một lần, trước {}. Không đưa cho người khác.", sheet.until);
    cursor.text(&[Span::plain(until)], Points(8), Align::Left, whole)?;
    cursor.shapes.push(qr::code(&sheet.address(slip), code_area)?);
    Ok(cursor.shapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(names: &[&str], council: &str) -> SlipSheet {
        SlipSheet {
            council: council.into(),
            until: "08:00 ngày 08/12/2026".into(),
            day: jiff::civil::date(2026, 12, 1),
            door: "https://tin-nhiem.hdnd-tinh-vinh-phuc.example/phieu/hdnd-tinh-vinh-phuc".into(),
            slips: names
                .iter()
                .map(|name| SlipPaper { name: (*name).into(), code: "7KQ2-M4XT-9BHC-W0RP".to_owned().into() })
                .collect(),
        }
    }

    #[test]
    fn eight_slips_share_a_sheet_and_the_ninth_begins_another() {
        let pages = sheets(&sheet(&["Nguyễn Thị Lan"; 9], "Hội đồng nhân dân tỉnh Mẫu")).expect("sheets");
        let count = |page: &Page| page.texts().filter(|run| run.text == "7KQ2-M4XT-9BHC-W0RP").count();
        assert_eq!(pages.iter().map(count).collect::<Vec<_>>(), [8, 1]);
    }

    #[test]
    fn the_longest_names_keep_inside_the_lines() {
        let (name, council) = ("Nguyễn ".repeat(17), "Hội đồng nhân dân ".repeat(9));
        let pages = sheets(&sheet(&[name.as_str(); 8], council.trim())).expect("sheets");
        let slip = PAGE_HEIGHT / 4;
        let lowest = pages[0].texts().filter(|run| run.y < slip + Length::mm(3)).map(|run| run.y).max();
        assert!(lowest.expect("text") < slip - Length::mm(3), "{lowest:?}");
    }
}
