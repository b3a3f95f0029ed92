//! Pieces that several papers share.

use super::{Align, Block, Cell, Paragraph, Signature, Size, Span, Table};
use crate::occasion::Occasion;
use crate::roster::{Teller, TellerRole};
use crate::rules::{article, is_doubtful};

/// Text printed under the place of a signature.
pub(super) const SIGN_AND_NAME: &str = "(Ký, ghi rõ họ tên)";

/// The article alone. How well it was read stands on the screen and on the sheet of the office
/// ([`rules_sheet`](super::rules_sheet())), never on a paper that others get.
pub(super) fn cite_text(cite: &str) -> String {
    article(cite)
}

/// `text`, or `plain` where it says that something was not read.
pub(super) fn without_doubt(text: &str, plain: &str) -> String {
    if is_doubtful(text) { plain.to_owned() } else { text.to_owned() }
}

pub(super) fn heading(level: u8, text: impl Into<String>) -> Block {
    Block::Heading { level, text: text.into() }
}

pub(super) fn centered_italic(text: impl Into<String>) -> Block {
    small_paragraph(Span::italic(text), Align::Center)
}

pub(super) fn small(text: impl Into<String>) -> Block {
    small_paragraph(Span::plain(text), Align::Justify)
}

fn small_paragraph(span: Span, align: Align) -> Block {
    Block::Paragraph(Paragraph { spans: vec![span], align, size: Size::Small, ..Paragraph::default() })
}

/// A small table with one row of column heads; `columns` are widths and titles.
pub(super) fn table(columns: &[(u16, &str)], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table(Table {
        widths: columns.iter().map(|(width, _)| *width).collect(),
        head: vec![columns.iter().map(|(_, title)| Cell::head(*title)).collect()],
        rows,
        anchor: None,
        size: Size::Small,
    })
}

/// The same table in the size of those with hundreds of rows.
pub(super) fn compact(block: Block) -> Block {
    match block {
        Block::Table(table) => Block::Table(Table { size: Size::Compact, ..table }),
        other => other,
    }
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
        anchor: None,
        size: Size::Small,
    })
}

/// A framed note with `lines`; none for none.
pub(super) fn notice(title: &str, lines: Vec<String>) -> Option<Block> {
    (!lines.is_empty()).then(|| Block::Notice { title: title.to_owned(), lines })
}

/// A count in running text of state papers: `01`, `09`, `10`, and a plain `0`.
pub(super) fn count_words(count: u32) -> String {
    if (1..10).contains(&count) { format!("{count:02}") } else { count.to_string() }
}

/// A justified paragraph of the body with its first line set in.
pub(super) fn body(text: impl Into<String>) -> Block {
    body_spans(vec![Span::plain(text)])
}

/// The same from runs of text.
pub(super) fn body_spans(spans: Vec<Span>) -> Block {
    Block::Paragraph(Paragraph { spans, align: Align::Justify, first_line_indent: true, ..Paragraph::default() })
}

/// A slanted paragraph of legal grounds: `Căn cứ …;`.
pub(super) fn grounds(text: impl Into<String>) -> Block {
    body_spans(vec![Span::italic(text)])
}

/// A centred bold line: `QUYẾT NGHỊ:`.
pub(super) fn centred(text: impl Into<String>) -> Block {
    let spans = vec![Span::bold(text)];
    Block::Paragraph(Paragraph { spans, align: Align::Center, size: Size::Title, ..Paragraph::default() })
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

/// `I - KHỐI HỘI ĐỒNG NHÂN DÂN TỈNH`: `block` as the `index`-th block's heading.
pub(super) fn block_heading(index: usize, block: &str) -> String {
    let name = block.to_uppercase();
    let name = if name.starts_with("KHỐI") { name } else { format!("KHỐI {name}") };
    format!("{} - {name}", roman(index + 1))
}

/// Who signs; `capacity` line by line.
pub(super) fn signature(capacity: &[&str], hint: &str, name: impl Into<String>) -> Signature {
    Signature { capacity: capacity.iter().map(|&line| line.to_owned()).collect(), hint: hint.into(), name: name.into() }
}

/// Secretary and head of the board of tellers, who sign its papers.
pub(super) fn board_signatures(occasion: &Occasion<'_>, tellers: &[Teller]) -> Block {
    let board = format!("{} BAN KIỂM PHIẾU", occasion.on_behalf());
    let by_role =
        |role: TellerRole| tellers.iter().find(|t| t.role == role).map(|t| t.name.clone()).unwrap_or_default();
    Block::Signatures(vec![
        signature(&["THƯ KÝ"], SIGN_AND_NAME, by_role(TellerRole::Secretary)),
        signature(&[&board, "TRƯỞNG BAN"], SIGN_AND_NAME, by_role(TellerRole::Head)),
    ])
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
    fn counts_and_headings_read_as_in_published_resolutions() {
        assert_eq!([0, 1, 9, 10, 78].map(count_words), ["0", "01", "09", "10", "78"]);
        assert_eq!(block_heading(0, "Hội đồng nhân dân tỉnh"), "I - KHỐI HỘI ĐỒNG NHÂN DÂN TỈNH");
        assert_eq!(block_heading(1, "KHỐI ỦY BAN NHÂN DÂN"), "II - KHỐI ỦY BAN NHÂN DÂN");
    }
}
