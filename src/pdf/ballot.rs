//! Ballots: sheets of one form. The layout of a sheet depends on the form alone, so that all copies are equal and an
//! optical reader finds each box at the area that [`sheets`] returns.

use super::error::PdfError;
use super::layout::{BLACK, BrokenLine, Column, Cursor, Grey, PAGE_HEIGHT, PAGE_WIDTH, Page, Shape, THIN, break_lines};
use super::length::{Length, Points, Rect};
use super::letterhead::names;
use super::page_frame::{put_behind, watermark};
use super::qr;
use domain::ballot::{BallotForm, Line};
use domain::document::{Align, Span};
use domain::poll::Level;

/// Side of the black squares in the corners of a sheet.
pub const CORNER_SIDE: Length = Length::mm(6);
/// From the edges of the paper to the corner squares: no office printer leaves more than 5 mm white.
pub const CORNER_INSET: Length = Length::mm(7);
/// Side of a tick box.
pub const BOX_SIDE: Length = Length::mm(6);
/// Rows are multiples of this high, so that boxes lie on a grid.
pub const ROW_STEP: Length = Length::mm(2);
/// No row is lower: boxes of neighbours stay 4 mm apart.
pub const ROW_MIN: Length = Length::mm(10);

const TEXT: Column = Column { x: Length::mm(18), width: Length::mm(174) };
const TOP: Length = Length::mm(16);
/// Lower edge of the table area; below are the QR code, the form's id and the sheet number.
const TABLE_BOTTOM: Length = Length::mm(266);
const QR: Rect = Rect::square(Length::mm(18), Length::mm(268), Length::mm(20));
const SEAL: (Length, Length) = (Length::mm(40), Length::mm(36));
const NUMBER_WIDTH: Length = Length::mm(10);
const PADDING: Length = Length::tenths_mm(13);
const NAME_SIZE: Points = Points(12);
const POST_SIZE: Points = Points(11);

/// One sheet of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Number of the sheet, from 1.
    pub number: u32,
    pub page: Page,
    /// Tick boxes, by line, then by level.
    pub boxes: Vec<TickBox>,
    /// Areas of the printed names, in the order of the lines.
    pub names: Vec<NameArea>,
    pub seal: Rect,
}

/// The printed name of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameArea {
    /// Number of the line on the form.
    pub line: u32,
    /// As wide as the column, as high as the name's lines.
    pub area: Rect,
}

/// One tick box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickBox {
    /// Number of the line on the form.
    pub line: u32,
    /// Level that a mark in the box means.
    pub level: Level,
    /// Area of the box, to the middle of the frame's stroke.
    pub area: Rect,
}

/// The sheets of `form`: as many as its lines need, each with its own head, corner squares and `Tờ k/n`. No name is cut
/// and no line is split. Lines are equally high where that costs no further sheet, and the last sheet never holds
/// a single line of several, which a voter could overlook.
///
/// # Errors
/// A line taller than a sheet; a character that the print face lacks.
pub fn sheets(form: &BallotForm) -> Result<Vec<Sheet>, PdfError> {
    let grid = Grid::new(form)?;
    let mut rows = form.lines.iter().map(|line| grid.row(line)).collect::<Result<Vec<_>, _>>()?;
    let room = Room { first: TABLE_BOTTOM - grid.new_sheet(true)?.y, next: TABLE_BOTTOM - grid.new_sheet(false)?.y };
    for (i, row) in rows.iter().enumerate() {
        if row.height > if i == 0 { room.first } else { room.next } {
            let (form, name) = (form.id.clone(), row.line.name.clone());
            return Err(PdfError::LineTooTall { form, number: row.line.number, name });
        }
    }
    even_out(&mut rows, room);
    let counts = room.lines_per_sheet(&rows.iter().map(|row| row.height).collect::<Vec<_>>());
    let mut rows = rows.into_iter();
    let mut drafts: Vec<Draft> = Vec::with_capacity(counts.len());
    for count in counts {
        let mut draft = grid.new_sheet(drafts.is_empty())?;
        rows.by_ref().take(count).for_each(|row| grid.draw(row, &mut draft));
        drafts.push(draft);
    }
    finish(form, drafts)
}

/// Height for lines on the first sheet, which has the whole head, and on each other sheet.
#[derive(Clone, Copy)]
struct Room {
    first: Length,
    next: Length,
}

impl Room {
    /// How many lines of these heights go on each sheet.
    fn lines_per_sheet(self, heights: &[Length]) -> Vec<usize> {
        let mut counts: Vec<usize> = Vec::new();
        let mut left = Length::ZERO;
        for height in heights {
            match counts.last_mut() {
                Some(count) if *height <= left => *count += 1,
                _ => {
                    left = if counts.is_empty() { self.first } else { self.next };
                    counts.push(1);
                }
            }
            left = left - *height;
        }
        if let [.., before, last] = counts.as_mut_slice()
            && *last == 1
            && *before > 2
        {
            (*before, *last) = (*before - 1, 2);
        }
        counts
    }
}

/// Raises rows to the greatest common height that needs no further sheet, so that boxes have equal distances and all
/// officials equal room where possible.
fn even_out(rows: &mut [Row<'_>], room: Room) {
    let heights = |common: Length| rows.iter().map(|row| row.height.max(common)).collect::<Vec<_>>();
    let sheets = room.lines_per_sheet(&heights(ROW_MIN)).len();
    let tallest = rows.iter().map(|row| row.height).max().unwrap_or(ROW_MIN);
    let mut common = tallest;
    while common > ROW_MIN && room.lines_per_sheet(&heights(common)).len() > sheets {
        common = common - ROW_STEP;
    }
    rows.iter_mut().for_each(|row| row.height = row.height.max(common));
}

fn finish(form: &BallotForm, drafts: Vec<Draft>) -> Result<Vec<Sheet>, PdfError> {
    let count = drafts.len();
    let marks = form.watermark.as_deref().map(watermark).transpose()?;
    let finished = |(number, mut draft): (u32, Draft)| {
        foot(form, number, count, &mut draft.page)?;
        if let Some(marks) = &marks {
            put_behind(marks, &mut draft.page);
        }
        Ok(Sheet { number, page: draft.page, boxes: draft.boxes, names: draft.names, seal: draft.seal })
    };
    (1..).zip(drafts).map(finished).collect()
}

fn foot(form: &BallotForm, number: u32, count: usize, page: &mut Page) -> Result<(), PdfError> {
    page.shapes.push(qr::code(&format!("{}/{number}", form.id), QR)?);
    let mut cursor = Cursor::at(Length::mm(277));
    cursor.text(&[Span::plain(format!("Mẫu {}", form.id))], Points(9), Align::Center, TEXT)?;
    cursor.y = Length::mm(276);
    let sheet = [Span::bold(format!("Tờ {number}/{count}"))];
    cursor.text(&sheet, NAME_SIZE, Align::Right, TEXT.inset(Length::mm(4)))?;
    page.shapes.append(&mut cursor.shapes);
    Ok(())
}

/// A sheet that is being filled.
struct Draft {
    page: Page,
    boxes: Vec<TickBox>,
    names: Vec<NameArea>,
    seal: Rect,
    y: Length,
}

/// A line of the form, measured.
struct Row<'a> {
    line: &'a Line,
    number: Vec<BrokenLine>,
    name: Vec<BrokenLine>,
    posts: Vec<BrokenLine>,
    height: Length,
}

/// Columns of the table; the same on every sheet.
struct Grid<'a> {
    form: &'a BallotForm,
    number: Column,
    name: Column,
    posts: Column,
    levels: Vec<(Level, Column)>,
}

impl<'a> Grid<'a> {
    fn new(form: &'a BallotForm) -> Result<Self, PdfError> {
        let level_width = Length::mm(if form.levels.len() > 2 { 20 } else { 32 });
        let levels_width = level_width.times(form.levels.len());
        let rest = TEXT.width - NUMBER_WIDTH - levels_width;
        let number = Column { x: TEXT.x, width: NUMBER_WIDTH };
        let name = Column { x: number.right(), width: rest.share(43, 100) };
        let posts = Column { x: name.right(), width: rest - name.width };
        let mut x = posts.right();
        let levels = form
            .levels
            .iter()
            .map(|level| {
                let column = Column { x, width: level_width };
                x = column.right();
                (*level, column)
            })
            .collect();
        Ok(Self { form, number, name, posts, levels })
    }

    fn row<'l>(&self, line: &'l Line) -> Result<Row<'l>, PdfError> {
        let in_column = |text: &str, bold: bool, size, column: Column| {
            let span = if bold { Span::bold(text) } else { Span::plain(text) };
            break_lines(&[span], size, column.inset(PADDING).width, Length::ZERO)
        };
        let name = in_column(&line.name, true, NAME_SIZE, self.name)?;
        let posts = in_column(&line.posts, false, POST_SIZE, self.posts)?;
        let text = height_of(&name, NAME_SIZE).max(height_of(&posts, POST_SIZE));
        let height = (text + PADDING * 2).max(ROW_MIN).round_up_to(ROW_STEP);
        let number = in_column(&line.number.to_string(), false, NAME_SIZE, self.number)?;
        Ok(Row { line, number, name, posts, height })
    }

    fn new_sheet(&self, first: bool) -> Result<Draft, PdfError> {
        let mut cursor = Cursor::at(TOP);
        cursor.shapes.push(corners());
        if first {
            names(&self.form.issuer, self.form.party, TEXT, Length::ZERO, &mut cursor)?;
            cursor.skip(Length::mm(3));
        }
        let seal = self.subject(first, &mut cursor)?;
        if first {
            for instruction in &self.form.instructions {
                cursor.text(&[Span::italic(instruction.as_str())], POST_SIZE, Align::Justify, TEXT)?;
            }
            cursor.skip(Length::mm(2));
        }
        // The table begins on the grid of the corner squares, whatever stands above it.
        cursor.y = (cursor.y - CORNER_INSET).round_up_to(ROW_STEP) + CORNER_INSET;
        self.table_head(&mut cursor)?;
        Ok(Draft {
            page: Page { shapes: cursor.shapes, ..Page::default() },
            boxes: Vec::new(),
            names: Vec::new(),
            seal,
            y: cursor.y,
        })
    }

    /// Room for the seal on the left (a ballot without it is not valid), and beside it what the vote is about.
    fn subject(&self, first: bool, cursor: &mut Cursor) -> Result<Rect, PdfError> {
        let seal = Rect { x: TEXT.x, y: cursor.y, width: SEAL.0, height: SEAL.1 };
        cursor.shapes.push(Shape::Frame { area: seal, thickness: THIN, grey: Grey(70) });
        let note = Span::italic(if self.form.party { "(Dấu treo)" } else { "(Đóng dấu)" });
        let note = break_lines(&[note], POST_SIZE, seal.width, Length::ZERO)?;
        let middle = Column { x: seal.x, width: seal.width };
        for line in note {
            line.place(middle, seal.y + seal.height / 2, Align::Center, Grey(60), &mut cursor.shapes);
        }

        let form = self.form;
        let column = Column { x: seal.right() + Length::mm(4), width: TEXT.right() - seal.right() - Length::mm(4) };
        let title = if first { form.title.clone() } else { format!("{} (tiếp theo)", form.title) };
        cursor.skip(Length::mm(if first { 4 } else { 2 }));
        if !first {
            let issuer = form.issuer.last().map_or("", String::as_str);
            cursor.text(&[Span::bold(issuer)], POST_SIZE, Align::Center, column)?;
        }
        cursor.text(&[Span::bold(title)], Points(15), Align::Center, column)?;
        cursor.skip(Length::mm(1));
        cursor.text(&[Span::bold(form.subject.as_str())], NAME_SIZE, Align::Center, column)?;
        cursor.text(&[Span::plain(form.occasion.as_str())], NAME_SIZE, Align::Center, column)?;
        cursor.y = cursor.y.max(seal.bottom()) + Length::mm(3);
        Ok(seal)
    }

    fn table_head(&self, cursor: &mut Cursor) -> Result<(), PdfError> {
        let words = [("TT", self.number), ("Họ và tên", self.name), ("Chức vụ", self.posts)];
        let levels = self.levels.iter().map(|(level, column)| (level.label(), *column));
        let mut cells = Vec::new();
        for (text, column) in words.into_iter().chain(levels) {
            let lines = break_lines(&[Span::bold(text)], POST_SIZE, column.inset(PADDING).width, Length::ZERO)?;
            cells.push((lines, column));
        }
        let inner = cells.iter().map(|(lines, _)| height_of(lines, POST_SIZE)).max().unwrap_or_default();
        let height = (inner + PADDING * 2).max(ROW_MIN).round_up_to(ROW_STEP);
        cursor.shapes.push(self.rules(cursor.y, height));
        for (lines, column) in cells {
            let spare = (height - height_of(&lines, POST_SIZE)) / 2;
            write(lines, POST_SIZE, Align::Center, column, cursor.y + spare, &mut cursor.shapes);
        }
        cursor.skip(height);
        Ok(())
    }

    fn draw(&self, row: Row<'_>, draft: &mut Draft) {
        let (y, height) = (draft.y, row.height);
        let shapes = &mut draft.page.shapes;
        shapes.push(self.rules(y, height));
        let top_of = |lines: &[BrokenLine], size| y + (height - height_of(lines, size)) / 2;
        let tops = [top_of(&row.number, NAME_SIZE), top_of(&row.name, NAME_SIZE), top_of(&row.posts, POST_SIZE)];
        let name = self.name.inset(PADDING);
        let area = Rect { x: name.x, y: tops[1], width: name.width, height: height_of(&row.name, NAME_SIZE) };
        draft.names.push(NameArea { line: row.line.number, area });
        write(row.number, NAME_SIZE, Align::Center, self.number, tops[0], shapes);
        write(row.name, NAME_SIZE, Align::Left, name, tops[1], shapes);
        write(row.posts, POST_SIZE, Align::Left, self.posts.inset(PADDING), tops[2], shapes);
        for (level, column) in &self.levels {
            let area = Rect::square(column.middle() - BOX_SIDE / 2, y + (height - BOX_SIDE) / 2, BOX_SIDE);
            // White inside: a watermark never looks like a mark.
            shapes.push(Shape::Fill { areas: vec![area], grey: Grey(100) });
            shapes.push(Shape::Frame { area, thickness: Length::pt(1), grey: BLACK });
            draft.boxes.push(TickBox { line: row.line.number, level: *level, area });
        }
        draft.y += height;
    }

    fn rules(&self, y: Length, height: Length) -> Shape {
        let bottom = y + height;
        let mut segments = vec![((TEXT.x, y), (TEXT.right(), y)), ((TEXT.x, bottom), (TEXT.right(), bottom))];
        let columns = [self.number, self.name, self.posts].into_iter().chain(self.levels.iter().map(|(_, c)| *c));
        let edges = columns.map(|column| column.x).chain([TEXT.right()]);
        segments.extend(edges.map(|x| ((x, y), (x, bottom))));
        Shape::Rules { segments, thickness: THIN, grey: BLACK }
    }
}

fn height_of(lines: &[BrokenLine], size: Points) -> Length {
    size.leading().times(lines.len())
}

fn write(lines: Vec<BrokenLine>, size: Points, align: Align, column: Column, top: Length, shapes: &mut Vec<Shape>) {
    let mut y = top + size.baseline();
    for line in lines {
        line.place(column, y, align, BLACK, shapes);
        y += size.leading();
    }
}

/// Four black squares by which an optical reader aligns a sheet.
fn corners() -> Shape {
    let far = |edge: Length| edge - CORNER_INSET - CORNER_SIDE;
    let (left, top, right, bottom) = (CORNER_INSET, CORNER_INSET, far(PAGE_WIDTH), far(PAGE_HEIGHT));
    let areas = [(left, top), (right, top), (left, bottom), (right, bottom)];
    Shape::Fill { areas: areas.map(|(x, y)| Rect::square(x, y, CORNER_SIDE)).to_vec(), grey: BLACK }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::official::{Block, OfficialNo};
    use domain::poll::PollKind;

    fn form(lines: u32, post: &str) -> BallotForm {
        let line =
            |number| Line { number, official: OfficialNo(0), name: "Ông Nguyễn Văn A".into(), posts: post.into() };
        BallotForm {
            id: "F1-3F9A2C".into(),
            kind: PollKind::Rating,
            block: Block("Khối Ủy ban nhân dân tỉnh".into()),
            issuer: vec!["HỘI ĐỒNG NHÂN DÂN".into(), "TỈNH MẪU".into()],
            party: false,
            title: "PHIẾU TÍN NHIỆM".into(),
            subject: "đối với người giữ chức vụ".into(),
            occasion: "Kỳ họp thứ 13".into(),
            instructions: Vec::new(),
            levels: PollKind::Rating.levels().to_vec(),
            lines: (1..=lines).map(line).collect(),
            watermark: None,
        }
    }

    #[test]
    fn the_code_on_a_sheet_holds_form_and_sheet_number_and_nothing_else() {
        for sheet in sheets(&form(60, "Giám đốc Sở")).expect("a form") {
            let code = qr::code(&format!("F1-3F9A2C/{}", sheet.number), QR).expect("short");
            assert!(sheet.page.shapes.contains(&code), "sheet {}", sheet.number);
        }
    }

    #[test]
    fn every_sheet_has_its_corners_its_head_and_keeps_inside_them() {
        let sheets = sheets(&form(60, "Giám đốc Sở")).expect("a form");
        assert!(sheets.len() > 2);
        for sheet in &sheets {
            assert_eq!(sheet.page.shapes.first(), Some(&corners()));
            let texts: Vec<&str> = sheet.page.texts().map(|run| run.text.as_str()).collect();
            for expected in
                ["(Đóng dấu)", "Họ và tên", "Chức vụ", "Tín nhiệm", &format!("Tờ {}/{}", sheet.number, sheets.len())]
            {
                assert!(texts.contains(&expected), "{expected}: {texts:?}");
            }
            assert!(sheet.boxes.iter().all(|tick| tick.area.bottom() < TABLE_BOTTOM));
        }
    }

    #[test]
    fn lines_are_equally_high_where_that_costs_no_sheet() {
        let heights = |form: &BallotForm| {
            let sheets = sheets(form).expect("a form");
            let tops = |sheet: &Sheet| sheet.boxes.iter().step_by(3).map(|tick| tick.area.y).collect::<Vec<_>>();
            let steps = |tops: Vec<Length>| tops.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
            (sheets.len(), sheets.iter().flat_map(|sheet| steps(tops(sheet))).collect::<Vec<_>>())
        };
        let mut form = form(9, "Giám đốc Sở");
        form.lines[4].posts = "Phó Chủ tịch Thường trực Hội đồng nhân dân tỉnh kiêm Trưởng Ban Pháp chế".into();
        let (sheets, steps) = heights(&form);
        assert_eq!(sheets, 1);
        assert!(steps.iter().all(|step| *step == steps[0] && *step > ROW_MIN), "{steps:?}");

        form.lines[4].posts = "Ủy viên ".repeat(60);
        let (sheets, steps) = heights(&form);
        assert_eq!(sheets, 1, "one tall line makes no second sheet");
        assert!(steps.iter().any(|step| *step != steps[0]), "{steps:?}");
    }

    #[test]
    fn no_line_stands_alone_on_the_last_sheet() {
        for lines in 2..60 {
            let sheets = sheets(&form(lines, "Giám đốc Sở")).expect("a form");
            let on = |sheet: &Sheet| sheet.boxes.len() / 3;
            assert!(
                sheets.iter().all(|sheet| on(sheet) > 1),
                "{lines}: {:?}",
                sheets.iter().map(on).collect::<Vec<_>>()
            );
            assert_eq!(sheets.iter().map(on).sum::<usize>(), usize::try_from(lines).expect("few"));
        }
    }

    #[test]
    fn a_line_that_no_sheet_can_hold_is_refused_by_number_and_name() {
        let refused = sheets(&form(1, &"Ủy viên ".repeat(600))).expect_err("taller than a sheet");
        assert!(matches!(refused, PdfError::LineTooTall { number: 1, .. }), "{refused}");
    }
}
