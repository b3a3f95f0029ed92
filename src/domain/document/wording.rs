//! Pieces that several papers share: heads, names of the body, figures in running text.

use jiff::civil::Date;

use super::model::{Align, Block, LetterHead, Paragraph, Size, Span};
use super::parts::roman;
use crate::domain::council::{Council, CouncilKind};
use crate::domain::poll::PollKind;
use crate::domain::rules::{RuleSet, Side};
use crate::domain::text::date_words;

/// What every paper of a poll knows.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Who votes, when, where.
    pub council: &'a Council,
    /// Under which rules.
    pub rules: &'a RuleSet,
    /// Which vote.
    pub kind: PollKind,
    /// Printed across every page: `DIỄN TẬP`.
    pub watermark: Option<&'a str>,
}

impl Occasion<'_> {
    /// Whether Party layout applies.
    pub fn party(&self) -> bool {
        self.rules.side == Side::Party
    }

    /// `Hội đồng nhân dân tỉnh Mẫu khóa XVII, nhiệm kỳ 2021 - 2026`.
    pub fn body_with_term(&self) -> String {
        let term = &self.council.term;
        format!("{} khóa {}, nhiệm kỳ {}", self.council.name, term.legislature, term.years())
    }

    /// On whom the vote is held, after `đối với`.
    pub fn voted_on(&self) -> String {
        match self.council.kind {
            CouncilKind::NationalAssembly => "người giữ chức vụ do Quốc hội bầu hoặc phê chuẩn".to_owned(),
            CouncilKind::PartyCommittee => "chức danh, chức vụ lãnh đạo, quản lý".to_owned(),
            _ => format!("người giữ chức vụ do {} bầu", self.body_with_term()),
        }
    }

    /// `kỳ họp thứ 13, Hội đồng nhân dân tỉnh Mẫu`.
    pub fn sitting_of_body(&self) -> String {
        format!("{}, {}", lower_first(&self.council.sitting.name), self.council.name)
    }

    /// Head of a paper that `signed_by` issues on `date`: the council itself when `signed_by` is `None`.
    pub fn letterhead(&self, signed_by: Option<&str>, number: &str, date: Date) -> Block {
        let council = self.council.name.to_uppercase();
        let issuer = match signed_by {
            Some(body) => vec![council, body.to_uppercase()],
            None => vec![council],
        };
        Block::LetterHead(LetterHead {
            party: self.party(),
            issuer,
            number: number.to_owned(),
            place_date: format!("{}, {}", self.council.place, date_words(date)),
        })
    }
}

/// `text` with its first letter small, for the middle of a sentence.
pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// `text` with its first letter large, for the start of a sentence.
pub fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A count in running text of state papers: `01`, `09`, `10`, and a plain `0`.
pub fn count_words(count: u32) -> String {
    if (1..10).contains(&count) { format!("{count:02}") } else { count.to_string() }
}

/// A justified paragraph of the body with its first line set in.
pub fn body(text: impl Into<String>) -> Block {
    body_spans(vec![Span::plain(text)])
}

/// The same from runs of text.
pub fn body_spans(spans: Vec<Span>) -> Block {
    Block::Paragraph(Paragraph { spans, align: Align::Justify, first_line_indent: true, ..Paragraph::default() })
}

/// A slanted paragraph of legal grounds: `Căn cứ …;`.
pub fn grounds(text: impl Into<String>) -> Block {
    body_spans(vec![Span::italic(text)])
}

/// A centred bold line: `QUYẾT NGHỊ:`.
pub fn centred(text: impl Into<String>) -> Block {
    let spans = vec![Span::bold(text)];
    Block::Paragraph(Paragraph { spans, align: Align::Center, size: Size::Title, ..Paragraph::default() })
}

/// `I - KHỐI HỘI ĐỒNG NHÂN DÂN TỈNH`: `block` as the `index`-th block's heading.
pub fn block_heading(index: usize, block: &str) -> String {
    let name = block.to_uppercase();
    let name = if name.starts_with("KHỐI") { name } else { format!("KHỐI {name}") };
    format!("{} - {name}", roman(index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_headings_read_as_in_published_resolutions() {
        assert_eq!([0, 1, 9, 10, 78].map(count_words), ["0", "01", "09", "10", "78"]);
        assert_eq!(block_heading(0, "Hội đồng nhân dân tỉnh"), "I - KHỐI HỘI ĐỒNG NHÂN DÂN TỈNH");
        assert_eq!(block_heading(1, "KHỐI ỦY BAN NHÂN DÂN"), "II - KHỐI ỦY BAN NHÂN DÂN");
        assert_eq!(lower_first("Kỳ họp thứ 13"), "kỳ họp thứ 13");
    }
}
