//! What surrounds the content of a paper: its head, its day, its foot.

use jiff::civil::Date;

use super::{Block, Document, LetterHead};
use crate::occasion::Occasion;
use crate::text::date_words;

/// The frame of one paper.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    pub occasion: Occasion<'a>,
    pub date: Date,
    /// Small print at the foot of every page, such as the hash of a dossier's version.
    pub foot: Option<String>,
}

/// Who issues a paper, and under which number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Issue<'a> {
    /// Body of the council that issues it, such as `Ban kiểm phiếu`; the council itself when `None`.
    pub board: Option<&'a str>,
    /// `Số:     /NQ-HĐND`; empty when the paper has none.
    pub number: &'a str,
}

impl Frame<'_> {
    /// A paper that begins with the letterhead of who issues it.
    pub(super) fn document(&self, title: impl Into<String>, issue: Issue<'_>, content: Vec<Block>) -> Document {
        let council = &self.occasion.council;
        let issuer = std::iter::once(council.name.as_str()).chain(issue.board).map(str::to_uppercase);
        let head = Block::LetterHead(LetterHead {
            party: self.occasion.is_party(),
            issuer: issuer.collect(),
            number: issue.number.to_owned(),
            place_date: format!("{}, {}", council.place, date_words(self.date)),
        });
        Document {
            title: title.into(),
            author: issue.board.map_or_else(|| council.name.clone(), |board| format!("{board}, {}", council.name)),
            date: self.date,
            watermark: self.occasion.watermark.map(str::to_owned),
            foot: self.foot.clone(),
            guide: None,
            blocks: std::iter::once(head).chain(content).collect(),
        }
    }
}
