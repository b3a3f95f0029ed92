//! Đợt lấy phiếu as papers name it: who votes, at which sitting, under which rules, on whom.

use super::council::{Council, CouncilKind};
use super::poll::PollKind;
use super::rules::{RuleSet, Side};
use super::text::lower_first;

/// Printed across every page of every paper of a rehearsal.
pub const REHEARSAL: &str = "DIỄN TẬP";

/// What every paper of a poll knows.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    pub council: &'a Council,
    /// Under which rules; they decide between State and Party layout and give the articles.
    pub rules: &'a RuleSet,
    pub kind: PollKind,
    /// Legal basis that the office stated for a body that the rule set leaves out; papers name it among their grounds.
    pub basis: Option<&'a str>,
    /// Printed across every page: [`REHEARSAL`].
    pub watermark: Option<&'a str>,
}

impl Occasion<'_> {
    /// Whether Party layout applies.
    pub fn is_party(&self) -> bool {
        self.rules.side == Side::Party
    }

    /// `Hội đồng nhân dân tỉnh Mẫu khóa XVII, nhiệm kỳ 2021 - 2026`.
    pub fn body_with_term(&self) -> String {
        let term = &self.council.term;
        format!("{} khóa {}, nhiệm kỳ {}", self.council.name, term.legislature, term.years())
    }

    /// `Kỳ họp thứ 13, Hội đồng nhân dân tỉnh Mẫu khóa XVII, nhiệm kỳ 2021 - 2026`.
    pub fn sitting_with_term(&self) -> String {
        format!("{}, {}", self.council.sitting.name, self.body_with_term())
    }

    /// `kỳ họp thứ 13, Hội đồng nhân dân tỉnh Mẫu`, for the middle of a sentence.
    pub fn sitting_of_body(&self) -> String {
        format!("{}, {}", lower_first(&self.council.sitting.name), self.council.name)
    }

    /// What the people on the list are: `được lấy phiếu tín nhiệm`, `được đưa ra bỏ phiếu tín nhiệm`.
    pub const fn who_are(&self) -> &'static str {
        match self.kind {
            PollKind::Rating => "được lấy phiếu tín nhiệm",
            PollKind::Confidence => "được đưa ra bỏ phiếu tín nhiệm",
        }
    }

    /// `kỳ họp` of a council, `hội nghị` of a Party committee.
    pub const fn meeting(&self) -> &'static str {
        match self.council.kind {
            CouncilKind::PartyCommittee => "hội nghị",
            _ => "kỳ họp",
        }
    }

    /// `đại biểu` of a council; the Party's text speaks of those who were summoned.
    pub const fn voters(&self) -> &'static str {
        match self.council.kind {
            CouncilKind::PartyCommittee => "người được triệu tập",
            _ => "đại biểu",
        }
    }

    /// How somebody signs for a body: `TM.` in papers of the State, `T/M` in those of the Party (Hướng dẫn 36-HD/VPTW).
    pub const fn on_behalf(&self) -> &'static str {
        match self.rules.side {
            Side::State => "TM.",
            Side::Party => "T/M",
        }
    }

    /// On whom the vote is held, after `đối với`, when `body` elects them: `người giữ chức vụ do … bầu`.
    pub fn voted_on(&self, body: &str) -> String {
        match self.council.kind {
            CouncilKind::NationalAssembly => "người giữ chức vụ do Quốc hội bầu hoặc phê chuẩn".to_owned(),
            CouncilKind::PartyCommittee => "cán bộ giữ chức danh, chức vụ lãnh đạo, quản lý".to_owned(),
            CouncilKind::ProvinceCouncil | CouncilKind::DistrictCouncil | CouncilKind::CommuneCouncil => {
                format!("người giữ chức vụ do {body} bầu")
            }
        }
    }
}
