//! The first pages of a volume of several papers: what it is, and where each begins.

use jiff::civil::Date;

use super::parts::{centered_italic, heading, table};
use super::{Block, Cell, Document};

/// What a volume is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The council.
    pub author: String,
    /// `Hồ sơ lấy phiếu tín nhiệm, Kỳ họp thứ 17`.
    pub title: String,
    /// `Bản phát hành 2`.
    pub edition: String,
    pub date: Date,
    /// Across its first pages, as across those of its papers.
    pub watermark: Option<String>,
}

/// One paper of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeLine {
    /// Heading under which it stands; those of one part follow each other.
    pub part: String,
    pub title: String,
    /// Page of the volume on which it begins, from 1.
    pub page: usize,
}

/// The contents of a volume: its papers by part.
#[must_use]
pub fn contents(volume: &Volume, lines: &[VolumeLine]) -> Document {
    let mut blocks = vec![
        Block::Title { kind: "TẬP HỒ SƠ".into(), subject: volume.title.clone() },
        centered_italic(format!("({}, {} hồ sơ)", volume.edition, lines.len())),
    ];
    let mut number = 0;
    for part in lines.chunk_by(|a, b| a.part == b.part) {
        let Some(first) = part.first() else { continue };
        let row = |line: &VolumeLine| {
            number += 1;
            let cells = [Cell::left(&line.title), Cell::right(line.page.to_string())];
            std::iter::once(Cell::center(number.to_string())).chain(cells).collect()
        };
        let rows = part.iter().map(row).collect();
        blocks.push(heading(2, &first.part));
        blocks.push(table(&[(12, "TT"), (132, "Hồ sơ"), (20, "Trang của tập")], rows));
    }
    Document {
        title: volume.title.clone(),
        author: volume.author.clone(),
        date: volume.date,
        watermark: volume.watermark.clone(),
        foot: Some(volume.edition.clone()),
        guide: None,
        blocks,
    }
}
