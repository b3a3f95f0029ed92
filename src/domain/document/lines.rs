//! A paper as lines of text to search in, each with the place on its page.

use super::{Block, Cell, Document, Table};

/// One line of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine {
    /// Name of its place on the page: `dk-12`, `muc-3`; empty is the top.
    pub anchor: String,
    /// What it says, the cells of a row apart by ` · `.
    pub text: String,
}

/// The name of the `number`-th heading of a paper, from 1.
pub fn heading_anchor(number: usize) -> String {
    format!("muc-{number}")
}

impl Table {
    /// The name of a row's place; `None` when a page does not lead to it.
    pub fn row_anchor(&self, row: &[Cell]) -> Option<String> {
        let number = row.first().map(Cell::text).filter(|number| !number.is_empty())?;
        self.anchor.as_ref().map(|prefix| format!("{prefix}-{number}"))
    }
}

impl Cell {
    /// Its text without faces.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// What somebody may look for in `document`: its title, rows that state something, notes. Tables of figures and what
/// stands on every paper alike are left out.
pub fn text_lines(document: &Document) -> Vec<TextLine> {
    let (mut lines, mut headings, mut place) = (Vec::new(), 0, String::new());
    collect(&document.blocks, &mut headings, &mut place, &mut lines);
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn collect(blocks: &[Block], headings: &mut usize, place: &mut String, lines: &mut Vec<TextLine>) {
    for block in blocks {
        match block {
            Block::Title { subject, .. } => lines.push(TextLine { anchor: String::new(), text: subject.clone() }),
            Block::Heading { .. } => {
                *headings += 1;
                *place = heading_anchor(*headings);
            }
            Block::Notice { lines: texts, .. } => {
                lines.extend(texts.iter().map(|text| TextLine { anchor: place.clone(), text: text.clone() }));
            }
            Block::Table(table) if table.anchor.is_some() || table.head.is_empty() => rows(table, place, lines),
            // The lead stands first: it is what a list of changes tells of the whole section.
            Block::Statement(told) => {
                let texts = std::iter::once(&told.title).chain(&told.lines);
                lines.extend(texts.map(|text| TextLine { anchor: told.anchor(), text: text.clone() }));
            }
            Block::Together(inner) => collect(inner, headings, place, lines),
            Block::LetterHead(_)
            | Block::Paragraph(_)
            | Block::Table(_)
            | Block::Chart(_)
            | Block::Signatures(_)
            | Block::Recipients(_)
            | Block::Checkpoint(_)
            | Block::PageBreak => {}
        }
    }
}

/// A row without a number of its own (a reply) stands at the row above it.
fn rows(table: &Table, place: &str, lines: &mut Vec<TextLine>) {
    let mut here = place.to_owned();
    for row in &table.rows {
        let anchor = table.row_anchor(row);
        // The number says nothing to look for.
        let told = row.iter().skip(usize::from(anchor.is_some())).map(Cell::text).filter(|text| !text.is_empty());
        let text = told.collect::<Vec<_>>().join(" · ");
        here = anchor.unwrap_or(here);
        lines.push(TextLine { anchor: here.clone(), text });
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::document::{Size, Span};

    fn document(blocks: Vec<Block>) -> Document {
        Document {
            title: "Hồ sơ".into(),
            author: "HĐND".into(),
            date: date(2023, 12, 7),
            watermark: None,
            foot: None,
            guide: None,
            blocks,
        }
    }

    #[test]
    fn every_statement_is_found_at_its_row_and_a_reply_at_its_statement() {
        let table = |anchor: Option<&str>, head: Vec<Vec<Cell>>, rows| {
            let widths = vec![1, 1, 1];
            Block::Table(Table { widths, head, rows, anchor: anchor.map(str::to_owned), size: Size::Small })
        };
        let heading = |text: &str| Block::Heading { level: 1, text: text.into() };
        let cells = |texts: [&str; 3]| texts.map(Cell::left).to_vec();
        let lines = text_lines(&document(vec![
            Block::Title { kind: "HỒ SƠ".into(), subject: "Ông A".into() },
            table(None, Vec::new(), vec![cells(["Khối", "UBND", ""])]),
            heading("I"),
            Block::Notice { title: "1 nội dung".into(), lines: vec!["Chưa có báo cáo.".into()] },
            table(None, vec![cells(["Năm", "Đạt", "Chậm"])], vec![cells(["2022", "1", "0"])]),
            Block::Together(vec![heading("II")]),
            table(
                Some("dk"),
                vec![cells(["TT", "Nội dung", "Nguồn"])],
                vec![cells(["1", "xây trạm", "12/BC"]), cells(["", "Trả lời", "xong"])],
            ),
        ]));
        let found: Vec<_> = lines.iter().map(|line| (line.anchor.as_str(), line.text.as_str())).collect();
        assert_eq!(
            found,
            [
                ("", "Ông A"),
                ("", "Khối · UBND"),
                ("muc-1", "Chưa có báo cáo."),
                ("dk-1", "xây trạm · 12/BC"),
                ("dk-1", "Trả lời · xong"),
            ]
        );
    }

    #[test]
    fn a_paper_is_read_back_from_its_canonical_text_as_it_was() {
        use crate::audit::canonical::{from_text, to_text};
        let paper = document(vec![
            Block::Heading { level: 2, text: "Chỉ tiêu".into() },
            Block::Paragraph(crate::document::Paragraph {
                spans: vec![Span::bold("đậm"), Span::plain("thường")],
                ..Default::default()
            }),
            Block::PageBreak,
        ]);
        let text = to_text(&paper).expect("canonical");
        assert_eq!(from_text::<Document>(&text).expect("read"), paper);
        assert!(!text.contains("italic"), "defaults are left out: {text}");
    }
}
