//! Mẫu phiếu: the layout-free content of a ballot paper. Every copy of a form is the same; nothing on it names a voter.

use serde::Serialize;

use super::official::{Block, OfficialId};
use super::poll::{Level, PollKind};

/// One official on a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Number on the form, from 1.
    pub number: u32,
    /// Which official.
    #[serde(skip)]
    pub official: OfficialId,
    /// `Ông Nguyễn Văn A`.
    pub name: String,
    /// All posts.
    pub posts: String,
}

/// Mẫu phiếu of one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BallotForm {
    /// Goes into the QR code together with the sheet number, and nothing else: `F1-3F9A2C`.
    pub id: String,
    /// Which vote.
    pub kind: PollKind,
    /// Which block.
    pub block: Block,
    /// Head on the left, line by line: issuing body.
    pub issuer: Vec<String>,
    /// Whether the state's name and motto head the paper (state) or the Party's name (Party).
    pub party: bool,
    /// `PHIẾU TÍN NHIỆM`.
    pub title: String,
    /// `đối với người giữ chức vụ … khối Ủy ban nhân dân tỉnh`.
    pub subject: String,
    /// `Kỳ họp thứ 13, ngày 13 tháng 12 năm 2023`.
    pub occasion: String,
    /// What the voter does, one sentence each.
    pub instructions: Vec<String>,
    /// Levels in order, as column heads.
    pub levels: Vec<Level>,
    /// Officials in ballot order.
    pub lines: Vec<Line>,
    /// Printed across every sheet: `DIỄN TẬP`.
    pub watermark: Option<String>,
}
