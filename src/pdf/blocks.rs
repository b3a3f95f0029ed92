//! The blocks of a document as pieces for pages.

use std::rc::Rc;

use super::chart::chart;
use super::error::PdfError;
use super::fonts::Face;
use super::layout::{
    BLACK, BrokenLine, Column, Cursor, Grey, Piece, Shape, THIN, break_evenly, break_lines, keep_together, table,
};
use super::length::{Length, Points, Rect};
use super::letterhead::letterhead;
use super::qr;
use domain::document::{Align, Block, Chart, CheckpointBox, Paragraph, Signature, Size, Span, Statement};

/// Sizes of Nghị định 30/2020/NĐ-CP for titles and body; tables and notes are smaller.
pub const fn points(size: Size) -> Points {
    match size {
        Size::Title => Points(14),
        Size::Body => Points(13),
        Size::Small => Points(11),
        Size::Compact => Points(10),
        Size::Tiny => Points(9),
    }
}

/// Indent of first lines: 1 or 1.27 cm (Nghị định 30/2020/NĐ-CP, Phụ lục I).
const FIRST_LINE: Length = Length::tenths_mm(127);
/// One step of [`Paragraph::indent`].
const STEP: Length = Length::mm(6);
/// Room for a hand-written signature.
const SIGNING_ROOM: Length = Length::mm(20);
/// Signatures in one row.
const ABREAST: usize = 3;
/// Between the frame of a note and its text.
const NOTE_PADDING: Length = Length::mm(2);

/// Pieces of a document, top to bottom.
pub struct Stack {
    /// The pieces so far.
    pub pieces: Vec<Piece>,
    width: Length,
    page_height: Length,
    break_next: bool,
}

impl Stack {
    /// An empty stack for a text area of this size.
    pub const fn new(width: Length, page_height: Length) -> Self {
        Self { pieces: Vec::new(), width, page_height, break_next: false }
    }

    /// Adds `blocks` in order. A single signature and the recipients beside it share a row, as on every official paper.
    ///
    /// # Errors
    /// A character that the print face lacks, a ragged table row, a QR text that is too long.
    pub fn add(&mut self, blocks: &[Block]) -> Result<(), PdfError> {
        let mut rest = blocks;
        while let Some((block, after)) = rest.split_first() {
            rest = match (block, after.first()) {
                (Block::Recipients(list), Some(Block::Signatures(signatures)))
                | (Block::Signatures(signatures), Some(Block::Recipients(list)))
                    if signatures.len() == 1 =>
                {
                    let piece = self.closing(list, signatures)?;
                    self.push([piece]);
                    after.get(1..).unwrap_or_default()
                }
                (Block::Chart(left), Some(Block::Chart(right))) if left.half && right.half => {
                    let piece = self.charts(left, right)?;
                    self.push([piece]);
                    after.get(1..).unwrap_or_default()
                }
                _ => {
                    self.block(block)?;
                    after
                }
            };
        }
        Ok(())
    }

    fn push(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        for mut piece in pieces {
            piece.break_before |= std::mem::take(&mut self.break_next);
            self.pieces.push(piece);
        }
    }

    fn block(&mut self, block: &Block) -> Result<(), PdfError> {
        match block {
            Block::LetterHead(head) => {
                let piece = letterhead(head, self.width)?;
                self.push([piece]);
            }
            Block::Title { kind, subject } => self.title(kind, subject)?,
            Block::Heading { level, text } => self.heading(*level, text)?,
            Block::Paragraph(model) => {
                let pieces = paragraph(model, self.width)?;
                self.push(pieces);
            }
            Block::Table(model) => {
                let mut pieces = table(model, points(model.size), self.width, self.page_height)?;
                if let Some(first) = pieces.first_mut() {
                    first.space_before = Length::mm(2);
                }
                self.push(pieces);
            }
            Block::Chart(model) => {
                let width = if model.half { self.charts_width() } else { self.width };
                let pieces = chart(model, width)?;
                self.push(pieces);
            }
            Block::Statement(told) => self.statement(told)?,
            Block::Signatures(signatures) => self.signatures(signatures)?,
            Block::Recipients(list) => {
                let piece = self.closing(list, &[])?;
                self.push([piece]);
            }
            Block::Checkpoint(model) => {
                let piece = checkpoint(model, self.width)?;
                self.push([piece]);
            }
            Block::Notice { title, lines } => {
                let mut pieces = notice(title, lines, self.width)?;
                // A short note moves as one; a long one would leave half a page white.
                keep_together(&mut pieces, self.page_height / 3);
                self.push(pieces);
            }
            Block::Together(blocks) => {
                let start = self.pieces.len();
                self.add(blocks)?;
                keep_together(self.pieces.get_mut(start..).unwrap_or_default(), self.page_height);
            }
            Block::PageBreak => self.break_next = true,
        }
        Ok(())
    }

    fn title(&mut self, kind: &str, subject: &str) -> Result<(), PdfError> {
        let column = self.whole();
        let mut cursor = Cursor::default();
        cursor.text(&[Span::bold(kind)], points(Size::Title), Align::Center, column)?;
        cursor.text(&[Span::bold(subject)], points(Size::Title), Align::Center, column.inset(Length::mm(10)))?;
        cursor.skip(Length::mm(1));
        cursor.rule(column.middle(), Length::mm(40));
        cursor.skip(Length::mm(2));
        self.push([Piece {
            space_before: Length::mm(4),
            height: cursor.y,
            shapes: cursor.shapes,
            keep_with_next: true,
            ..Piece::default()
        }]);
        Ok(())
    }

    /// The lead, its paragraphs, and the source in small print.
    fn statement(&mut self, told: &Statement) -> Result<(), PdfError> {
        self.heading(3, &format!("{}. {}", told.number, told.title))?;
        let lines = told.lines.iter().map(|line| Paragraph {
            spans: vec![Span::plain(line.as_str())],
            align: Align::Justify,
            size: Size::Small,
            first_line_indent: true,
            ..Paragraph::default()
        });
        let source =
            Paragraph { spans: vec![Span::italic(told.source.as_str())], size: Size::Tiny, ..Paragraph::default() };
        for model in lines.chain([source]) {
            let pieces = paragraph(&model, self.width)?;
            self.push(pieces);
        }
        Ok(())
    }

    fn heading(&mut self, level: u8, text: &str) -> Result<(), PdfError> {
        let (size, span, above) = match level {
            0 | 1 => (Points(14), Span::bold(text), Length::mm(5)),
            2 => (Points(13), Span::bold(text), Length::mm(4)),
            _ => (Points(12), Span { italic: true, ..Span::bold(text) }, Length::mm(3)),
        };
        let mut cursor = Cursor::default();
        cursor.text(&[span], size, Align::Left, self.whole())?;
        self.push([Piece {
            space_before: above,
            height: cursor.y,
            shapes: cursor.shapes,
            keep_with_next: true,
            mark: Some((level.max(1), text.to_owned())),
            ..Piece::default()
        }]);
        Ok(())
    }

    fn signatures(&mut self, signatures: &[Signature]) -> Result<(), PdfError> {
        let row = |row: &[Signature]| signature_row(row, &self.columns(row.len()));
        let mut rows = signatures.chunks(ABREAST).map(row).collect::<Result<Vec<_>, _>>()?;
        keep_together(&mut rows, self.page_height);
        self.push(rows);
        Ok(())
    }

    /// Two charts side by side. A chart of half the width has few years, so it is one piece.
    fn charts(&self, left: &Chart, right: &Chart) -> Result<Piece, PdfError> {
        let (width, mut row) = (self.charts_width(), Piece::default());
        for (model, dx) in [(left, Length::ZERO), (right, self.width - width)] {
            for piece in chart(model, width)? {
                row.space_before = piece.space_before;
                row.height = row.height.max(piece.height);
                row.shapes.extend(piece.shapes.into_iter().map(|mut shape| {
                    shape.shift(dx, Length::ZERO);
                    shape
                }));
            }
        }
        Ok(row)
    }

    /// Width of one of two charts side by side.
    fn charts_width(&self) -> Length {
        (self.width - Length::mm(6)) / 2
    }

    /// Columns for so many signatures; a single one stands on the right.
    fn columns(&self, count: usize) -> Vec<Column> {
        if count == 1 {
            return vec![self.half(1)];
        }
        let count = i64::try_from(count).unwrap_or(1);
        (0..count)
            .map(|i| {
                let x = self.width.share(i, count);
                Column { x, width: self.width.share(i + 1, count) - x }.inset(Length::mm(2))
            })
            .collect()
    }

    const fn whole(&self) -> Column {
        Column { x: Length::ZERO, width: self.width }
    }

    /// The left (0) or right (1) half.
    fn half(&self, which: i64) -> Column {
        Column { x: self.width.share(which, 2), width: self.width / 2 }
    }

    /// `Nơi nhận:` on the left, the signature if any on the right.
    fn closing(&self, recipients: &[String], signatures: &[Signature]) -> Result<Piece, PdfError> {
        let mut cursor = Cursor::default();
        let column = self.half(0).inset(Length::pt(1));
        cursor.text(&[Span { italic: true, ..Span::bold("Nơi nhận:") }], Points(12), Align::Left, column)?;
        for recipient in recipients {
            let dashed = if recipient.starts_with('-') { recipient.clone() } else { format!("- {recipient}") };
            cursor.text(&[Span::plain(dashed)], points(Size::Small), Align::Left, column)?;
        }
        let signature = signature_row(signatures, &[self.half(1)])?;
        let height = cursor.y.max(signature.height);
        let mut shapes = cursor.shapes;
        shapes.extend(signature.shapes);
        Ok(Piece { space_before: Length::mm(6), height, shapes, ..Piece::default() })
    }
}

/// Lines of `model`; neither its first nor its last line stands alone on a page, and a line that ends in a colon goes
/// along with what it announces.
fn paragraph(model: &Paragraph, width: Length) -> Result<Vec<Piece>, PdfError> {
    let size = points(model.size);
    // However far a caller sets text in, half of the width is left to it.
    let set_in = (STEP * i64::from(model.indent)).min(width / 2);
    let column = Column { x: set_in, width: width - set_in };
    let first_line = if model.first_line_indent { FIRST_LINE } else { Length::ZERO };
    let lines = match model.align {
        Align::Center => break_evenly(&model.spans, size, column.width)?,
        Align::Left | Align::Right | Align::Justify => break_lines(&model.spans, size, column.width, first_line)?,
    };
    let count = lines.len();
    let announces =
        model.spans.iter().rev().find(|s| !s.text.trim().is_empty()).is_some_and(|s| s.text.trim_end().ends_with(':'));
    let gap = match model.size {
        Size::Title | Size::Body => Length::pt(6),
        Size::Small => Length::pt(4),
        Size::Compact => Length::pt(3),
        Size::Tiny => Length::pt(2),
    };
    let piece = |(i, line): (usize, BrokenLine)| {
        let mut shapes = Vec::with_capacity(1);
        line.place(column, size.baseline(), model.align, BLACK, &mut shapes);
        let last = i + 1 == count;
        Piece {
            space_before: if i == 0 { gap } else { Length::ZERO },
            height: size.leading(),
            shapes,
            keep_with_next: if last { announces } else { i == 0 || i + 2 == count },
            ..Piece::default()
        }
    };
    Ok(lines.into_iter().enumerate().map(piece).collect())
}

fn signature_row(signatures: &[Signature], columns: &[Column]) -> Result<Piece, PdfError> {
    let mut shapes = Vec::new();
    let mut heads = Vec::with_capacity(signatures.len());
    for (signature, column) in signatures.iter().zip(columns) {
        let mut cursor = Cursor::default();
        for line in &signature.capacity {
            cursor.text(&[Span::bold(line.as_str())], points(Size::Body), Align::Center, *column)?;
        }
        cursor.text(&[Span::italic(signature.hint.as_str())], Points(12), Align::Center, *column)?;
        heads.push(cursor.y);
        shapes.append(&mut cursor.shapes);
    }
    // Names stand on one line whatever stands above them.
    let names = heads.into_iter().max().map_or(Length::ZERO, |head| head + SIGNING_ROOM);
    let mut height = names;
    for (signature, column) in signatures.iter().zip(columns) {
        let mut cursor = Cursor::at(names);
        if signature.name.is_empty() {
            cursor.skip(points(Size::Body).baseline());
            cursor.rule(column.middle(), column.width.share(2, 3));
            cursor.skip(Length::mm(1));
        } else {
            cursor.text(&[Span::bold(signature.name.as_str())], points(Size::Body), Align::Center, *column)?;
        }
        height = height.max(cursor.y);
        shapes.append(&mut cursor.shapes);
    }
    Ok(Piece { space_before: Length::mm(6), height, shapes, ..Piece::default() })
}

/// A frame with the QR code on the left, the caption and the root in four rows of four groups on the right.
fn checkpoint(model: &CheckpointBox, width: Length) -> Result<Piece, PdfError> {
    let side = Length::mm(32);
    let mut cursor = Cursor::at(NOTE_PADDING);
    let text = Column { x: side + NOTE_PADDING, width: width - side - NOTE_PADDING * 2 };
    cursor.text(&[Span::bold(model.caption.as_str())], points(Size::Small), Align::Left, text)?;
    cursor.skip(Length::mm(1));
    let mut step = Length::ZERO;
    for group in &model.groups {
        step = step.max(Face::Regular.width(group, points(Size::Body))? + Length::mm(5));
    }
    for row in model.groups.chunks(4) {
        let y = cursor.y;
        let mut x = text.x;
        for group in row {
            let column = Column { x, width: step };
            cursor.y = y;
            cursor.text(&[Span::plain(group.as_str())], points(Size::Body), Align::Left, column)?;
            x += step;
        }
    }
    cursor.skip(Length::mm(1));
    let key = format!("Dấu vân tay của khóa ký: {}", model.key);
    cursor.text(&[Span::plain(key)], points(Size::Tiny), Align::Left, text)?;
    let height = (cursor.y + NOTE_PADDING).max(side);
    let frame = Rect { x: Length::ZERO, y: Length::ZERO, width, height };
    let mut shapes = vec![Shape::Frame { area: frame, thickness: THIN, grey: BLACK }];
    shapes.push(qr::code(&model.qr, Rect::square(Length::ZERO, (height - side) / 2, side))?);
    shapes.append(&mut cursor.shapes);
    Ok(Piece { space_before: Length::mm(4), height, shapes, ..Piece::default() })
}

/// A framed note on light grey, line by line; a long one goes on on the next page under its title.
fn notice(title: &str, lines: &[String], width: Length) -> Result<Vec<Piece>, PdfError> {
    let size = points(Size::Small);
    let room = Column { x: Length::ZERO, width }.inset(NOTE_PADDING * 2).width;
    let broken = |span: Span| break_lines(&[span], size, room, Length::ZERO);
    let titled = |text: &str| {
        Ok::<_, PdfError>(framed(broken(Span::bold(text))?, size, width, Ends { first: true, last: false }))
    };
    let head = Rc::new(titled(&format!("{title} (tiếp theo)"))?);

    let mut pieces = vec![Piece { space_before: Length::mm(4), keep_with_next: true, ..titled(title)? }];
    for line in lines {
        pieces.extend(
            broken(Span::plain(line.as_str()))?
                .into_iter()
                .map(|line| Piece { head: Some(Rc::clone(&head)), ..framed(vec![line], size, width, Ends::default()) }),
        );
    }
    let foot = framed(Vec::new(), size, width, Ends { first: false, last: true });
    if let Some(last) = pieces.last_mut() {
        last.keep_with_next = true;
    }
    pieces.push(foot);
    Ok(pieces)
}

/// Ends of a frame that a piece of it draws.
#[derive(Clone, Copy, Default)]
struct Ends {
    first: bool,
    last: bool,
}

/// `lines` on light grey between the sides of a frame.
fn framed(lines: Vec<BrokenLine>, size: Points, width: Length, ends: Ends) -> Piece {
    let above = if ends.first { NOTE_PADDING } else { Length::ZERO };
    let below = if ends.last { NOTE_PADDING } else { Length::ZERO };
    let height = above + size.leading().times(lines.len()) + below;
    let area = Rect { x: Length::ZERO, y: Length::ZERO, width, height };
    let across = |y| ((area.x, y), (area.right(), y));
    let down = |x| ((x, area.y), (x, area.bottom()));
    let mut segments = vec![down(area.x), down(area.right())];
    segments.extend(ends.first.then(|| across(area.y)));
    segments.extend(ends.last.then(|| across(area.bottom())));
    let mut shapes = vec![
        Shape::Fill { areas: vec![area], grey: Grey(95) },
        Shape::Rules { segments, thickness: THIN, grey: BLACK },
    ];
    let column = Column { x: Length::ZERO, width }.inset(NOTE_PADDING * 2);
    let mut y = above + size.baseline();
    for line in lines {
        line.place(column, y, Align::Left, BLACK, &mut shapes);
        y += size.leading();
    }
    Piece { height, shapes, ..Piece::default() }
}
