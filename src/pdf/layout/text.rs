//! Lines of text: measured, broken between words, and inside a word only when it is wider than its column.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Column, Grey, Shape, TextRun};
use crate::error::PdfError;
use crate::fonts::Face;
use crate::length::{Length, Points};
use domain::document::{Align, Span};

/// A line of text after breaking: its runs at their positions for left alignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLine {
    runs: Vec<Run>,
    size: Points,
    width: Length,
    spaces: i64,
    indent: Length,
    last: bool,
}

/// Part of a line in one face.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    face: Face,
    text: String,
    x: Length,
    /// Spaces of the line to the left of the run; justifying moves it by that many stretches.
    spaces_before: i64,
}

impl BrokenLine {
    /// Width of its text without stretch or indent.
    pub fn width(&self) -> Length {
        self.width
    }

    /// The text of all runs.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// Writes the line on the baseline `y` of `column`.
    pub fn place(self, column: Column, y: Length, align: Align, grey: Grey, out: &mut Vec<Shape>) {
        let slack = column.width - self.indent - self.width;
        let justified = align == Align::Justify && !self.last && self.spaces > 0;
        let stretch = if justified { slack / self.spaces } else { Length::ZERO };
        let x = column.x
            + match align {
                Align::Left | Align::Justify => self.indent,
                Align::Center => slack / 2,
                Align::Right => slack,
            };
        out.extend(self.runs.into_iter().map(|run| {
            Shape::Text(TextRun {
                x: x + run.x + stretch * run.spaces_before,
                y,
                face: run.face,
                size: self.size,
                grey,
                stretch,
                text: run.text,
            })
        }));
    }
}

/// The gap between a fragment and the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// No gap: the same word continues in another face.
    Glued,
    /// A space of this width.
    Space(Length),
    /// No gap, but a possible line break: the first word, and parts of a word wider than its column.
    Torn,
}

/// A word, or the part of a word in one face.
#[derive(Clone, Copy)]
struct Fragment<'a> {
    face: Face,
    text: &'a str,
    width: Length,
    gap: Gap,
}

/// Breaks `spans` into lines no wider than `width`, the first one set in by `indent`. Every run of white space is one
/// space; a no-break space holds its words together. No text gives no line.
///
/// # Errors
/// A character that the print face lacks.
pub fn break_lines(spans: &[Span], size: Points, width: Length, indent: Length) -> Result<Vec<BrokenLine>, PdfError> {
    let texts = in_faces(spans);
    let fragments = tear_wide_words(fragments(&texts, size)?, size, width - indent)?;

    let mut lines = Vec::new();
    let mut open = OpenLine::new(size, indent);
    let mut rest = fragments.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        let glued = tail.iter().take_while(|fragment| fragment.gap == Gap::Glued).count();
        let (word, after) = rest.split_at(glued + 1);
        let word_width: Length = word.iter().map(|fragment| fragment.width).sum();
        let space = match first.gap {
            Gap::Space(space) if !open.runs.is_empty() => space,
            _ => Length::ZERO,
        };
        if !open.runs.is_empty() && open.indent + open.width + space + word_width > width {
            lines.push(open.close(false));
            open = OpenLine::new(size, Length::ZERO);
        }
        word.iter().for_each(|fragment| open.push(fragment));
        rest = after;
    }
    if !open.runs.is_empty() {
        lines.push(open.close(true));
    }
    Ok(lines)
}

/// As [`break_lines`], for centred text: as few lines as `width` asks for, and those as equal as its words allow, so
/// that no word stands alone under a full line.
///
/// # Errors
/// A character that the print face lacks.
pub fn break_evenly(spans: &[Span], size: Points, width: Length) -> Result<Vec<BrokenLine>, PdfError> {
    let mut lines = break_lines(spans, size, width, Length::ZERO)?;
    if lines.len() < 2 {
        return Ok(lines);
    }
    // Not below the widest word: it would be torn.
    let (mut too_narrow, mut enough) = (widest_word(spans, size)?.min(width) - Length::thousandths(1), width);
    while enough - too_narrow > Length::pt(1) {
        let middle = too_narrow + (enough - too_narrow) / 2;
        let narrower = break_lines(spans, size, middle, Length::ZERO)?;
        if narrower.len() > lines.len() {
            too_narrow = middle;
        } else {
            (enough, lines) = (middle, narrower);
        }
    }
    Ok(lines)
}

fn widest_word(spans: &[Span], size: Points) -> Result<Length, PdfError> {
    let texts = in_faces(spans);
    let (mut widest, mut word) = (Length::ZERO, Length::ZERO);
    for fragment in fragments(&texts, size)? {
        word = if fragment.gap == Gap::Glued { word + fragment.width } else { fragment.width };
        widest = widest.max(word);
    }
    Ok(widest)
}

fn in_faces(spans: &[Span]) -> Vec<(Face, Cow<'_, str>)> {
    spans.iter().map(|span| (Face::of(span.bold, span.italic), composed(&span.text))).collect()
}

/// NFC, as the face has precomposed letters only.
fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

const NO_BREAK_SPACE: char = '\u{A0}';

fn breaks(c: char) -> bool {
    c.is_whitespace() && c != NO_BREAK_SPACE
}

fn fragments<'a>(texts: &'a [(Face, Cow<'a, str>)], size: Points) -> Result<Vec<Fragment<'a>>, PdfError> {
    let mut fragments: Vec<Fragment<'a>> = Vec::new();
    let mut space = None;
    for (face, text) in texts {
        let space_width = face.width(" ", size)?;
        let mut rest = text.as_ref();
        while !rest.is_empty() {
            let word = rest.trim_start_matches(breaks);
            if word.len() < rest.len() {
                space = Some(space_width);
            }
            let end = word.find(breaks).unwrap_or(word.len());
            let (word, after) = word.split_at(end);
            if !word.is_empty() {
                let gap = match space.take() {
                    _ if fragments.is_empty() => Gap::Torn,
                    Some(width) => Gap::Space(width),
                    None => Gap::Glued,
                };
                fragments.push(Fragment { face: *face, text: word, width: face.width(word, size)?, gap });
            }
            rest = after;
        }
    }
    Ok(fragments)
}

/// Cuts every word that is wider than `width` into parts that are not, each part at least one letter: behind a stroke or
/// hyphen where there is one, as in `321/HD-` `UBTVQH14`.
fn tear_wide_words(fragments: Vec<Fragment<'_>>, size: Points, width: Length) -> Result<Vec<Fragment<'_>>, PdfError> {
    if fragments.iter().all(|fragment| fragment.gap != Gap::Glued && fragment.width <= width) {
        return Ok(fragments);
    }
    let mut out: Vec<Fragment<'_>> = Vec::with_capacity(fragments.len());
    let mut word = Length::ZERO;
    for fragment in fragments {
        if fragment.gap != Gap::Glued {
            word = Length::ZERO;
        }
        if word + fragment.width <= width {
            word += fragment.width;
            out.push(fragment);
            continue;
        }
        let (mut start, mut part, mut gap) = (0, Length::ZERO, fragment.gap);
        // Behind the last stroke of the part: where, and how wide the part is up to there.
        let mut seam: Option<(usize, Length)> = None;
        for (at, letter) in fragment.text.char_indices() {
            let advance = fragment.face.width(letter.encode_utf8(&mut [0; 4]), size)?;
            while at > start && word + part + advance > width {
                let (cut, before) = seam.take().unwrap_or((at, part));
                out.push(Fragment { text: &fragment.text[start..cut], width: before, gap, ..fragment });
                (start, part, word, gap) = (cut, part - before, Length::ZERO, Gap::Torn);
            }
            if at == start && word + advance > width && word > Length::ZERO {
                (word, gap) = (Length::ZERO, Gap::Torn);
            }
            part += advance;
            if matches!(letter, '/' | '-') {
                seam = Some((at + letter.len_utf8(), part));
            }
        }
        out.push(Fragment { text: &fragment.text[start..], width: part, gap, ..fragment });
        word += part;
    }
    Ok(out)
}

struct OpenLine {
    runs: Vec<Run>,
    size: Points,
    width: Length,
    spaces: i64,
    indent: Length,
}

impl OpenLine {
    fn new(size: Points, indent: Length) -> Self {
        Self { runs: Vec::new(), size, width: Length::ZERO, spaces: 0, indent }
    }

    fn push(&mut self, fragment: &Fragment<'_>) {
        let spaced = matches!(fragment.gap, Gap::Space(_)) && !self.runs.is_empty();
        if let (Gap::Space(space), true) = (fragment.gap, spaced) {
            self.width += space;
            self.spaces += 1;
            if let Some(run) = self.runs.last_mut() {
                run.text.push(' ');
            }
        }
        match self.runs.last_mut() {
            Some(run) if run.face == fragment.face => push_word(&mut run.text, fragment.text),
            _ => {
                let mut text = String::new();
                push_word(&mut text, fragment.text);
                self.runs.push(Run { face: fragment.face, text, x: self.width, spaces_before: self.spaces });
            }
        }
        self.width += fragment.width;
        self.spaces += count_i64(fragment.text.chars().filter(|c| *c == NO_BREAK_SPACE));
    }

    fn close(self, last: bool) -> BrokenLine {
        let Self { runs, size, width, spaces, indent } = self;
        BrokenLine { runs, size, width, spaces, indent, last }
    }
}

/// Appends `word` with plain spaces for no-break ones: once the line is broken only searching and copying matter.
fn push_word(text: &mut String, word: &str) {
    if word.contains(NO_BREAK_SPACE) {
        text.extend(word.chars().map(|c| if c == NO_BREAK_SPACE { ' ' } else { c }));
    } else {
        text.push_str(word);
    }
}

fn count_i64(items: impl Iterator) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Points = Points(13);

    fn lines(spans: &[Span], width: Length) -> Vec<BrokenLine> {
        break_lines(spans, SIZE, width, Length::ZERO).expect("letters of the face")
    }

    #[test]
    fn words_go_to_the_next_line_and_none_is_lost() {
        let text = "Căn cứ Nghị quyết số 96/2023/QH15 ngày 23 tháng 6 năm 2023 của Quốc hội";
        let broken = lines(&[Span::plain(text)], Length::mm(40));
        assert!(broken.len() > 2);
        assert!(broken.iter().all(|line| line.width() <= Length::mm(40)));
        let joined: Vec<String> = broken.iter().map(|line| line.text().trim_end().to_owned()).collect();
        assert_eq!(joined.join(" "), text);
    }

    #[test]
    fn a_word_wider_than_its_column_is_torn_not_cut() {
        let digest = "3f9a2c".repeat(20);
        let spans = [Span::plain("SHA-256:"), Span::bold(digest.clone())];
        let broken = lines(&spans, Length::mm(30));
        assert!(broken.iter().all(|line| line.width() <= Length::mm(30)));
        assert_eq!(broken.iter().map(BrokenLine::text).collect::<String>(), format!("SHA-256:{digest}"));
    }

    #[test]
    fn a_long_number_is_torn_behind_its_strokes() {
        let broken = lines(&[Span::plain("321/HD-UBTVQH14-ĐBQH")], Length::mm(28));
        assert_eq!(broken.iter().map(BrokenLine::text).collect::<Vec<_>>(), ["321/HD-", "UBTVQH14-", "ĐBQH"]);
    }

    #[test]
    fn a_column_narrower_than_a_letter_still_keeps_every_letter() {
        let broken = lines(&[Span::plain("Ưu điểm")], Length::pt(1));
        assert_eq!(broken.iter().map(BrokenLine::text).collect::<String>().replace(' ', ""), "Ưuđiểm");
    }

    #[test]
    fn punctuation_after_a_bold_word_stays_at_the_word() {
        let spans = [Span::plain("Xác nhận "), Span::bold("Điều 2"), Span::plain(", như sau:")];
        let broken = lines(&spans, Length::mm(160));
        assert_eq!(broken.len(), 1);
        assert_eq!(broken[0].text(), "Xác nhận Điều 2, như sau:");
    }

    #[test]
    fn justified_lines_end_at_the_margin_and_the_last_does_not() {
        let text = "Tổng số phiếu được sử dụng làm căn cứ để tính tỷ lệ là tổng số phiếu thu về";
        let column = Column { x: Length::mm(30), width: Length::mm(60) };
        for line in lines(&[Span::plain(text)], column.width) {
            let (width, spaces, last) = (line.width(), line.spaces, line.last);
            let mut shapes = Vec::new();
            line.place(column, Length::ZERO, Align::Justify, super::super::BLACK, &mut shapes);
            let [Shape::Text(run)] = shapes.as_slice() else { panic!("one run") };
            let short_by = column.width - width - run.stretch * spaces;
            assert_eq!(last, run.stretch == Length::ZERO);
            assert!(last || short_by < Length::thousandths(spaces), "{short_by:?}");
        }
    }

    #[test]
    fn centred_lines_are_as_few_as_before_and_nearly_equal() {
        let text = "đối với người giữ chức vụ do Hội đồng nhân dân bầu, khối Hội đồng nhân dân";
        let spans = [Span::bold(text)];
        let width = Length::mm(130);
        let (full, even) = (lines(&spans, width), break_evenly(&spans, SIZE, width).expect("letters"));
        assert_eq!((full.len(), even.len()), (2, 2));
        assert!(full[1].width() * 4 < full[0].width(), "a word or two alone: {}", full[1].text());
        assert!(even[1].width() * 4 > even[0].width() * 3, "{} / {}", even[0].text(), even[1].text());
    }

    #[test]
    fn a_word_is_never_torn_to_make_lines_equal() {
        let even = break_evenly(&[Span::plain("Chủ-nhiệm-Ủy-ban-Tư-pháp Hà")], SIZE, Length::mm(60)).expect("letters");
        let texts: Vec<String> = even.iter().map(|line| line.text().trim_end().to_owned()).collect();
        assert!(texts.concat().starts_with("Chủ-nhiệm-Ủy-ban-Tư-pháp"), "{texts:?}");
        assert!(texts[0] == "Chủ-nhiệm-Ủy-ban-Tư-pháp" || texts.len() == 1, "{texts:?}");
    }

    #[test]
    fn decomposed_text_is_composed_and_no_break_spaces_hold() {
        let broken = lines(&[Span::plain("Nguye\u{302}\u{303}n Va\u{306}n\u{A0}A")], Length::mm(17));
        let texts: Vec<String> = broken.iter().map(|line| line.text().trim_end().to_owned()).collect();
        assert_eq!(texts, ["Nguyễn", "Văn A"]);
    }

    proptest::proptest! {
        /// Whatever the words, faces, width and indent: no letter is lost or doubled, and no line leaves its column.
        #[test]
        fn breaking_keeps_every_letter_inside_the_column(
            spans in proptest::collection::vec(("[ a-zàảãạđưửễộỢW,/0-9-\u{A0}]{0,60}", proptest::bool::ANY, proptest::bool::ANY), 0..6),
            width_mm in 12_i64..170,
            indent_mm in 0_i64..6,
        ) {
            let spans: Vec<Span> =
                spans.into_iter().map(|(text, bold, italic)| Span { text, bold, italic }).collect();
            let (width, indent) = (Length::mm(width_mm), Length::mm(indent_mm));
            let lines = break_lines(&spans, SIZE, width, indent).expect("letters of the face");
            let letters = |text: String| text.replace([' ', NO_BREAK_SPACE], "");
            let before: String = spans.iter().map(|span| span.text.as_str()).collect();
            let after: String = lines.iter().map(BrokenLine::text).collect();
            proptest::prop_assert_eq!(letters(composed(&before).into_owned()), letters(after));
            for line in lines {
                proptest::prop_assert!(line.indent + line.width <= width, "{:?}", line);
                for align in [Align::Left, Align::Center, Align::Right, Align::Justify] {
                    let mut shapes = Vec::new();
                    let column = Column { x: Length::ZERO, width };
                    line.clone().place(column, Length::ZERO, align, super::super::BLACK, &mut shapes);
                    for shape in shapes {
                        let Shape::Text(run) = shape else { continue };
                        let spaces = i64::try_from(run.text.trim_end().matches(' ').count()).expect("few");
                        let end = run.x + run.face.width(run.text.trim_end(), run.size).expect("letters") + run.stretch * spaces;
                        proptest::prop_assert!(run.x >= Length::ZERO && end <= width, "{:?}", run);
                    }
                }
            }
        }
    }
}
