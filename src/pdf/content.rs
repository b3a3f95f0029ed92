//! Shapes as the operators of a page's content stream (ISO 32000-1, 8 and 9).

use std::collections::BTreeSet;
use std::io::Write;

use super::error::PdfError;
use super::fonts::{Face, Glyph};
use super::layout::{BLACK, Grey, PAGE_HEIGHT, Page, Shape, TextRun};
use super::length::{Length, Points, Rect};

/// Letters that a file uses of each face, in the order of [`Face::ALL`].
#[derive(Clone, Debug, Default)]
pub struct Letters([BTreeSet<char>; 4]);

impl Letters {
    /// Of all `pages`.
    pub fn of(pages: &[Page]) -> Self {
        let mut letters = Self::default();
        for run in pages.iter().flat_map(Page::texts) {
            let known = &mut letters.0[run.face.index()];
            // A page repeats its letters; a small set answers faster than it inserts.
            run.text.chars().for_each(|c| {
                if !known.contains(&c) {
                    known.insert(c);
                }
            });
        }
        letters
    }

    /// Letters of `face`, sorted.
    pub fn face(&self, face: Face) -> &BTreeSet<char> {
        &self.0[face.index()]
    }
}

/// Number that a glyph of the whole font has in the subset, by face and old number.
#[derive(Clone, Debug, Default)]
pub struct Renumbering(pub [Vec<u16>; 4]);

impl Renumbering {
    fn code(&self, run: &TextRun, character: char) -> Result<(u16, Glyph), PdfError> {
        let missing = || PdfError::MissingGlyph { character, text: run.text.clone() };
        let glyph = run.face.glyph(character)?.ok_or_else(missing)?;
        let code = self.0[run.face.index()].get(usize::from(glyph.id)).copied().filter(|code| *code != 0);
        Ok((code.ok_or_else(missing)?, glyph))
    }
}

/// The content stream of `page`, not compressed.
///
/// # Errors
/// A character that is not in the subset.
pub fn stream(page: &Page, renumbering: &Renumbering) -> Result<Vec<u8>, PdfError> {
    let mut writer = Writer { out: Vec::with_capacity(page.shapes.len() * 64), renumbering, state: State::default() };
    // Lines end half their thickness beyond their ends, so that the corners of a frame close.
    writer.out.extend_from_slice(b"2 J\n");
    for shape in &page.shapes {
        writer.shape(shape)?;
    }
    Ok(writer.out)
}

/// Graphics state of the page so far; only changes are written.
struct State {
    font: Option<(Face, Points)>,
    fill: Grey,
    stroke: Grey,
    thickness: Length,
}

impl Default for State {
    /// As every page begins (ISO 32000-1, table 52).
    fn default() -> Self {
        Self { font: None, fill: BLACK, stroke: BLACK, thickness: Length::pt(1) }
    }
}

struct Writer<'a> {
    out: Vec<u8>,
    renumbering: &'a Renumbering,
    state: State,
}

impl Writer<'_> {
    fn shape(&mut self, shape: &Shape) -> Result<(), PdfError> {
        match shape {
            Shape::Text(run) => self.text(run)?,
            Shape::Rules { segments, thickness, grey } => {
                self.stroke(*grey, *thickness);
                for ((x0, y0), (x1, y1)) in segments {
                    self.point(*x0, *y0, b"m ");
                    self.point(*x1, *y1, b"l ");
                }
                self.out.extend_from_slice(b"S\n");
            }
            Shape::Fill { areas, grey } => {
                self.fill(*grey);
                areas.iter().for_each(|area| self.rect(*area));
                self.out.extend_from_slice(b"f\n");
            }
            Shape::Frame { area, thickness, grey } => {
                self.stroke(*grey, *thickness);
                self.rect(*area);
                self.out.extend_from_slice(b"S\n");
            }
        }
        Ok(())
    }

    fn text(&mut self, run: &TextRun) -> Result<(), PdfError> {
        self.fill(run.grey);
        self.out.extend_from_slice(b"BT ");
        if self.state.font != Some((run.face, run.size)) {
            self.state.font = Some((run.face, run.size));
            self.print(format_args!("/{} {} Tf ", run.face.resource(), run.size.0));
        }
        self.point(run.x, run.y, b"Td ");
        if run.stretch == Length::ZERO {
            self.string(run, &run.text)?;
            self.out.extend_from_slice(b"Tj ET\n");
        } else {
            self.stretched(run)?;
        }
        Ok(())
    }

    /// A justified line. Word spacing (`Tw`) does nothing for two-byte codes, so each space is followed by a move, in
    /// thousandths of an em to the left.
    fn stretched(&mut self, run: &TextRun) -> Result<(), PdfError> {
        self.out.push(b'[');
        for (i, part) in run.text.split_inclusive(' ').enumerate() {
            if i > 0 {
                number(&mut self.out, Length::ZERO - run.stretch * 1000 / i64::from(run.size.0));
            }
            self.string(run, part)?;
        }
        self.out.extend_from_slice(b"] TJ ET\n");
        Ok(())
    }

    /// Two bytes a glyph as a literal string, half as long as the hexadecimal form.
    fn string(&mut self, run: &TextRun, text: &str) -> Result<(), PdfError> {
        self.out.push(b'(');
        for character in text.chars() {
            let (code, _) = self.renumbering.code(run, character)?;
            for byte in code.to_be_bytes() {
                match byte {
                    b'(' | b')' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                    b'\r' => self.out.extend_from_slice(b"\\r"),
                    _ => self.out.push(byte),
                }
            }
        }
        self.out.push(b')');
        Ok(())
    }

    fn rect(&mut self, area: Rect) {
        self.point(area.x, area.bottom(), b"");
        number(&mut self.out, area.width);
        number(&mut self.out, area.height);
        self.out.extend_from_slice(b"re ");
    }

    /// A point; PDF counts upwards from the foot of the page.
    fn point(&mut self, x: Length, y: Length, operator: &[u8]) {
        number(&mut self.out, x);
        number(&mut self.out, PAGE_HEIGHT - y);
        self.out.extend_from_slice(operator);
    }

    fn fill(&mut self, grey: Grey) {
        if self.state.fill != grey {
            self.state.fill = grey;
            number(&mut self.out, lightness(grey));
            self.out.extend_from_slice(b"g\n");
        }
    }

    fn stroke(&mut self, grey: Grey, thickness: Length) {
        if self.state.stroke != grey {
            self.state.stroke = grey;
            number(&mut self.out, lightness(grey));
            self.out.extend_from_slice(b"G\n");
        }
        if self.state.thickness != thickness {
            self.state.thickness = thickness;
            number(&mut self.out, thickness);
            self.out.extend_from_slice(b"w\n");
        }
    }

    fn print(&mut self, text: std::fmt::Arguments<'_>) {
        print(&mut self.out, text);
    }
}

/// A percentage as a number from 0 to 1, in the form that [`number`] writes.
fn lightness(grey: Grey) -> Length {
    Length::thousandths(i64::from(grey.0) * 10)
}

/// `length` in points with at most three decimals, and a space.
fn number(out: &mut Vec<u8>, length: Length) {
    let thousandths = length.in_thousandths();
    let (whole, rest) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    if thousandths < 0 {
        out.push(b'-');
    }
    match rest {
        0 => print(out, format_args!("{whole} ")),
        rest if rest % 100 == 0 => print(out, format_args!("{whole}.{} ", rest / 100)),
        rest if rest % 10 == 0 => print(out, format_args!("{whole}.{:02} ", rest / 10)),
        rest => print(out, format_args!("{whole}.{rest:03} ")),
    }
}

/// Writing to memory cannot fail.
fn print(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_short() {
        for (thousandths, written) in
            [(0, "0 "), (1_000, "1 "), (-1_500, "-1.5 "), (595_276, "595.276 "), (-7, "-0.007 "), (20_040, "20.04 ")]
        {
            let mut out = Vec::new();
            number(&mut out, Length::thousandths(thousandths));
            assert_eq!(String::from_utf8_lossy(&out), written);
        }
    }
}
