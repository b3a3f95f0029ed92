//! Pieces that several papers share.

use jiff::civil::Date;

use super::{Align, Block, Cell, Document, LetterHead, Paragraph, Size, Span, Table};
use crate::domain::council::Council;
use crate::domain::rules::{Attested, RuleSet, Side};
use crate::domain::text::date_words;

/// What surrounds the content of a paper.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Rule set of the vote: decides between State and Party layout and gives the articles.
    pub rules: &'a RuleSet,
    /// Day of the paper.
    pub date: Date,
    /// Small print at the foot of every page, such as the hash of a dossier's version.
    pub foot: Option<String>,
    /// Printed across every page: `DIỄN TẬP`.
    pub watermark: Option<String>,
}

impl Frame<'_> {
    pub(super) fn is_party(&self) -> bool {
        self.rules.side == Side::Party
    }

    /// A paper of `council` that begins with its letterhead.
    pub(super) fn document(&self, title: String, council: &Council, content: Vec<Block>) -> Document {
        let head = Block::LetterHead(LetterHead {
            party: self.is_party(),
            issuer: vec![council.name.to_uppercase()],
            number: String::new(),
            place_date: format!("{}, {}", council.place, date_words(self.date)),
        });
        Document {
            title,
            author: council.name.clone(),
            date: self.date,
            watermark: self.watermark.clone(),
            foot: self.foot.clone(),
            blocks: std::iter::once(head).chain(content).collect(),
        }
    }
}

/// `Kỳ họp thứ 17, Hội đồng nhân dân tỉnh Mẫu khóa XVIII, nhiệm kỳ 2021 - 2026`.
pub(super) fn occasion(council: &Council) -> String {
    let term = &council.term;
    format!("{}, {} khóa {}, nhiệm kỳ {}", council.sitting.name, council.name, term.legislature, term.years())
}

/// The article, with its mark unless it was read on two pages: what is not verified shows beside what it decides.
pub(super) fn cite_text(cite: &str, attested: Attested) -> String {
    match attested {
        Attested::Verified => cite.to_owned(),
        Attested::Single | Attested::Unverified => format!("{cite} [{}]", attested.label()),
    }
}

pub(super) fn heading(level: u8, text: impl Into<String>) -> Block {
    Block::Heading { level, text: text.into() }
}

pub(super) fn centered_italic(text: impl Into<String>) -> Block {
    Block::Paragraph(Paragraph {
        spans: vec![Span::italic(text)],
        align: Align::Center,
        size: Size::Small,
        ..Paragraph::default()
    })
}

pub(super) fn small(text: impl Into<String>) -> Block {
    Block::Paragraph(Paragraph {
        spans: vec![Span::plain(text)],
        align: Align::Justify,
        size: Size::Small,
        ..Paragraph::default()
    })
}

/// A small table with one row of column heads; `columns` are widths and titles.
pub(super) fn table(columns: &[(u16, &str)], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table(Table {
        widths: columns.iter().map(|(width, _)| *width).collect(),
        head: vec![columns.iter().map(|(_, title)| Cell::head(*title)).collect()],
        rows,
        size: Size::Small,
    })
}

/// Names at the left, what they hold at the right, without column heads.
pub(super) fn properties(rows: Vec<(&str, String)>) -> Block {
    let row = |(name, value): (&str, String)| {
        vec![Cell { spans: vec![Span::bold(name)], align: Align::Left }, Cell::left(value)]
    };
    Block::Table(Table {
        widths: vec![26, 74],
        head: Vec::new(),
        rows: rows.into_iter().map(row).collect(),
        size: Size::Small,
    })
}

/// Lines that a framed note may hold, so that it still fits on one page.
const NOTICE_LINES: usize = 12;

/// Framed notes with `lines`; none for none.
pub(super) fn notices(title: &str, lines: &[String]) -> Vec<Block> {
    let titled = |part: usize| if part == 0 { title.to_owned() } else { format!("{title} (tiếp theo)") };
    let notice = |(part, lines): (usize, &[String])| Block::Notice { title: titled(part), lines: lines.to_vec() };
    lines.chunks(NOTICE_LINES).enumerate().map(notice).collect()
}

/// `I`, `II`, `III` … for the few sections of a paper.
pub(super) fn roman(number: usize) -> String {
    const STEPS: [(usize, &str); 5] = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let (mut rest, mut text) = (number, String::new());
    for (value, letters) in STEPS {
        while rest >= value {
            text.push_str(letters);
            rest -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_count_in_roman_numerals() {
        let texts: Vec<_> = [1, 4, 9, 14, 26].map(roman).into();
        assert_eq!(texts, ["I", "IV", "IX", "XIV", "XXVI"]);
    }

    #[test]
    fn a_long_note_is_parted_and_no_line_is_lost() {
        let lines: Vec<String> = (0..25).map(|i| i.to_string()).collect();
        let parts = notices("Cần làm rõ", &lines);
        let held: Vec<usize> = parts
            .iter()
            .map(|block| match block {
                Block::Notice { lines, .. } => lines.len(),
                _ => 0,
            })
            .collect();
        assert_eq!(held, [12, 12, 1]);
        assert!(notices("Cần làm rõ", &[]).is_empty());
    }
}
