//! Pages without a PDF: text, lines and filled areas at integer positions.

mod flow;
mod table;
mod text;

pub use flow::{Piece, keep_together, paginate};
pub use table::table;
pub use text::{BrokenLine, break_evenly, break_lines};

use super::error::PdfError;
use super::fonts::Face;
use super::length::{Length, Points, Rect};
use domain::document::{Align, Span};

/// A4, portrait.
pub const PAGE_WIDTH: Length = Length::mm(210);
/// A4, portrait.
pub const PAGE_HEIGHT: Length = Length::mm(297);

/// Lightness in per cent: 0 is black, 100 is white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grey(pub u8);

pub const BLACK: Grey = Grey(0);

/// Text of one face, size and lightness on one baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRun {
    /// Left end of the text.
    pub x: Length,
    /// Baseline, from the top of the page.
    pub y: Length,
    pub face: Face,
    pub size: Points,
    pub grey: Grey,
    /// Added to every space, so that a justified line reaches the right margin.
    pub stretch: Length,
    /// The text, in NFC, with single spaces.
    pub text: String,
}

/// A straight line between two points.
pub type Segment = ((Length, Length), (Length, Length));

/// A drawn element of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    Text(TextRun),
    /// Straight lines of one thickness.
    Rules {
        segments: Vec<Segment>,
        thickness: Length,
        grey: Grey,
    },
    /// Filled areas of one lightness.
    Fill {
        areas: Vec<Rect>,
        grey: Grey,
    },
    /// An outline; the thickness lies half inside, half outside.
    Frame {
        area: Rect,
        thickness: Length,
        grey: Grey,
    },
}

impl Shape {
    /// Moves the shape right by `dx` and down by `dy`.
    pub fn shift(&mut self, dx: Length, dy: Length) {
        match self {
            Self::Text(run) => {
                run.x += dx;
                run.y += dy;
            }
            Self::Rules { segments, .. } => {
                for ((x0, y0), (x1, y1)) in segments {
                    *x0 += dx;
                    *x1 += dx;
                    *y0 += dy;
                    *y1 += dy;
                }
            }
            Self::Fill { areas, .. } => areas.iter_mut().for_each(|area| shift_rect(area, dx, dy)),
            Self::Frame { area, .. } => shift_rect(area, dx, dy),
        }
    }
}

fn shift_rect(area: &mut Rect, dx: Length, dy: Length) {
    area.x += dx;
    area.y += dy;
}

/// One page, A4, shapes in the order in which they are drawn and read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub shapes: Vec<Shape>,
    /// Its headings, from the top down.
    pub marks: Vec<Mark>,
}

/// A heading and its upper edge on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// 1 is the highest.
    pub level: u8,
    pub text: String,
    pub y: Length,
}

impl Page {
    /// Text runs in reading order.
    pub fn texts(&self) -> impl Iterator<Item = &TextRun> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text(run) => Some(run),
            _ => None,
        })
    }
}

/// Horizontal extent of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub x: Length,
    pub width: Length,
}

impl Column {
    pub fn right(self) -> Length {
        self.x + self.width
    }

    pub fn middle(self) -> Length {
        self.x + self.width / 2
    }

    /// The column narrowed by `by` at both sides.
    #[must_use]
    pub fn inset(self, by: Length) -> Self {
        Self { x: self.x + by, width: self.width - by * 2 }
    }
}

/// Collects shapes from the top down: each text moves [`Self::y`] to its lower edge.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    pub shapes: Vec<Shape>,
    /// Upper edge of the next line.
    pub y: Length,
}

impl Cursor {
    /// A cursor at `y`.
    pub fn at(y: Length) -> Self {
        Self { shapes: Vec::new(), y }
    }

    /// Writes `spans` into `column`, wrapped, centred text in even lines; nothing moves when there is no text.
    ///
    /// # Errors
    /// A character that the print face lacks.
    pub fn text(&mut self, spans: &[Span], size: Points, align: Align, column: Column) -> Result<(), PdfError> {
        let lines = match align {
            Align::Center => break_evenly(spans, size, column.width)?,
            Align::Left | Align::Right | Align::Justify => break_lines(spans, size, column.width, Length::ZERO)?,
        };
        for line in lines {
            line.place(column, self.y + size.baseline(), align, BLACK, &mut self.shapes);
            self.y += size.leading();
        }
        Ok(())
    }

    /// Moves down by `by`.
    pub fn skip(&mut self, by: Length) {
        self.y += by;
    }

    /// A thin horizontal line of `width` around `middle`.
    pub fn rule(&mut self, middle: Length, width: Length) {
        let (left, right) = (middle - width / 2, middle + width / 2);
        self.shapes.push(Shape::Rules {
            segments: vec![((left, self.y), (right, self.y))],
            thickness: THIN,
            grey: BLACK,
        });
    }
}

/// Thickness of table rules and frames.
pub const THIN: Length = Length::thousandths(600);
