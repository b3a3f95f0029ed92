//! The parts that a paper is made of. A paper that was released is kept as the canonical text of its [`Document`], so
//! that the page and the print stay the same for good: what is left at its default is left out of that text.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::fact::{FactKind, Status};

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Name of the paper, for the PDF's title and its running foot: `Biên bản kiểm phiếu`.
    pub title: String,
    /// Issuing body, for the PDF's author.
    pub author: String,
    /// Day of the paper, for the PDF's creation date; there is no "now".
    pub date: Date,
    /// Printed across every page: `DIỄN TẬP`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub watermark: Option<String>,
    /// Small print at the foot of every page beside `Trang k/n`, such as the hash of a dossier's version.
    #[serde(default, skip_serializing_if = "is_default")]
    pub foot: Option<String>,
    /// Set on a long paper in which people look for something. A paper that was kept before there was one has none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guide: Option<Guide>,
    pub blocks: Vec<Block>,
}

/// By what a reader finds the way in a long paper: its PDF has bookmarks, and its page shows some of its facts on demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// The part in which a volume of several papers has it: `Khối Ủy ban nhân dân`.
    pub part: String,
    /// What its facts are, in the order of their numbers from 1.
    pub facts: Vec<FactMark>,
}

/// By what a fact is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactMark {
    pub kind: FactKind,
    /// Year under which it is counted.
    pub year: i16,
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: Option<Status>,
}

/// One run of text in one face.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// NFC text; spaces separate words.
    pub text: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub bold: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub italic: bool,
}

impl Span {
    /// Upright and light.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Upright and bold.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), bold: true, italic: false }
    }

    /// Slanted and light.
    pub fn italic(text: impl Into<String>) -> Self {
        Self { text: text.into(), bold: false, italic: true }
    }
}

/// Alignment of a line of text between its margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
    /// Both margins; the last line at the left.
    Justify,
}

/// Sizes of text; `pdf` knows the points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// Titles: 14 pt.
    Title,
    /// Body of official papers: 13 pt.
    #[default]
    Body,
    /// Tables and dossiers: 11 pt.
    Small,
    /// Tables of hundreds of rows: 10 pt.
    Compact,
    /// Sources, notes: 9 pt.
    Tiny,
}

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paragraph {
    pub spans: Vec<Span>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub align: Align,
    /// Size of all runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: Size,
    /// First line set in by 1.27 cm.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_line_indent: bool,
    /// Indent of all lines, in steps of 6 mm.
    #[serde(default, skip_serializing_if = "is_default")]
    pub indent: u8,
}

/// Head of an official paper (Nghị định 30/2020/NĐ-CP, Phụ lục I; Hướng dẫn 36-HD/VPTW).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterHead {
    /// State: Quốc hiệu and tiêu ngữ on the right. Party: `ĐẢNG CỘNG SẢN VIỆT NAM` on the right.
    pub party: bool,
    /// Issuing body on the left, capitals made by the caller; the last line is bold and underlined by a short rule.
    pub issuer: Vec<String>,
    /// `Số:     /NQ-HĐND`; empty when the paper has none.
    pub number: String,
    /// `Vĩnh Phúc, ngày 13 tháng 12 năm 2023`; empty when the paper has none.
    pub place_date: String,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Text in runs; wrapped in its column.
    pub spans: Vec<Span>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub align: Align,
}

impl Cell {
    /// Left, light.
    pub fn left(text: impl Into<String>) -> Self {
        Self { spans: vec![Span::plain(text)], align: Align::Left }
    }

    /// Centred, light.
    pub fn center(text: impl Into<String>) -> Self {
        Self { spans: vec![Span::plain(text)], align: Align::Center }
    }

    /// Right, light: figures.
    pub fn right(text: impl Into<String>) -> Self {
        Self { spans: vec![Span::plain(text)], align: Align::Right }
    }

    /// Centred, bold: column heads.
    pub fn head(text: impl Into<String>) -> Self {
        Self { spans: vec![Span::bold(text)], align: Align::Center }
    }
}

/// A ruled table. Its head is repeated on every page and no row is split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Relative widths, one per column; the table fills the text width.
    pub widths: Vec<u16>,
    /// Rows of the head; each as many cells as columns.
    #[serde(default, skip_serializing_if = "is_default")]
    pub head: Vec<Vec<Cell>>,
    pub rows: Vec<Vec<Cell>>,
    /// Before the number in a row's first cell makes the name by which a page leads to that row: `dk` makes `dk-12`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub anchor: Option<String>,
    /// Size of all text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: Size,
}

/// Planned and actual values of one target over the years, drawn as pairs of bars with their figures in text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// `Tỷ lệ giải ngân vốn đầu tư công (%)`.
    pub title: String,
    /// One pair of bars a year, in order.
    pub points: Vec<ChartPoint>,
    /// Takes half of the width: two that follow each other stand side by side.
    #[serde(default, skip_serializing_if = "is_default")]
    pub half: bool,
}

/// One year of a [`Chart`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartPoint {
    /// `2023`.
    pub label: String,
    /// Kế hoạch.
    #[serde(default, skip_serializing_if = "is_default")]
    pub planned: Option<Decimal>,
    /// Thực hiện.
    #[serde(default, skip_serializing_if = "is_default")]
    pub actual: Option<Decimal>,
}

/// A section of somebody's report: text in the full width, under a lead with the number of the fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Number of the fact; a page leads to `dk-12`.
    pub number: usize,
    /// What the section is about.
    pub title: String,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// The paper that proves it.
    pub source: String,
}

impl Statement {
    /// Name of its place on the page.
    pub fn anchor(&self) -> String {
        format!("dk-{}", self.number)
    }
}

/// Who signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Capitals, line by line: `TM. BAN KIỂM PHIẾU`, `TRƯỞNG BAN`.
    pub capacity: Vec<String>,
    /// `(Ký, ghi rõ họ tên)`.
    pub hint: String,
    /// Printed name; empty leaves a line to write on.
    pub name: String,
}

/// The head of a log on paper: what the machine cannot take back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointBox {
    /// `Điểm chốt khi đóng kiểm phiếu, 41 bản ghi`.
    pub caption: String,
    /// The root as 16 groups of 4 hex digits.
    pub groups: Vec<String>,
    /// Fingerprint of the key that signs the heads, as 16 groups in one line: a file made anew has another.
    pub key: String,
    pub qr: String,
}

/// A part of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Head of an official paper; first block if any.
    LetterHead(LetterHead),
    /// Centred bold lines: `NGHỊ QUYẾT`, then the subject, with a short rule under it.
    Title {
        /// `NGHỊ QUYẾT`.
        kind: String,
        subject: String,
    },
    /// Bold line of a section, never last on a page. Level 1 is the largest.
    Heading {
        /// 1, 2 or 3.
        level: u8,
        text: String,
    },
    Paragraph(Paragraph),
    Table(Table),
    Chart(Chart),
    /// Running text that a page can lead to.
    Statement(Statement),
    /// Two or three signatures side by side, never split from each other.
    Signatures(Vec<Signature>),
    /// `Nơi nhận:` with its list, at the left.
    Recipients(Vec<String>),
    /// Checkpoint with its QR code.
    Checkpoint(CheckpointBox),
    /// A framed note: warnings, doubts about a rule.
    Notice {
        /// Bold first line.
        title: String,
        /// One paragraph each.
        lines: Vec<String>,
    },
    /// Blocks that stay on one page if they fit on one.
    Together(Vec<Block>),
    PageBreak,
}
