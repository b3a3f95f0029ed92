//! The body whose members vote, its term and the sitting at which they do.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Which body votes; decides who is subject to the vote and how large the board of tellers must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouncilKind {
    /// Quốc hội.
    NationalAssembly,
    /// Hội đồng nhân dân cấp tỉnh.
    ProvinceCouncil,
    /// Hội đồng nhân dân cấp huyện (level ended on 30/6/2025).
    DistrictCouncil,
    /// Hội đồng nhân dân cấp xã.
    CommuneCouncil,
    /// Cấp ủy, tập thể lãnh đạo.
    PartyCommittee,
}

impl CouncilKind {
    /// All kinds, in the order in which forms offer them.
    pub const ALL: [Self; 5] = [
        Self::NationalAssembly,
        Self::ProvinceCouncil,
        Self::DistrictCouncil,
        Self::CommuneCouncil,
        Self::PartyCommittee,
    ];

    /// The kind in Vietnamese, as workbooks and pages show it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NationalAssembly => "Quốc hội",
            Self::ProvinceCouncil => "HĐND cấp tỉnh",
            Self::DistrictCouncil => "HĐND cấp huyện",
            Self::CommuneCouncil => "HĐND cấp xã",
            Self::PartyCommittee => "Cấp ủy, tập thể lãnh đạo",
        }
    }
}

/// Nhiệm kỳ: `from` and `to` inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Number of the legislature as papers write it: `XVII`.
    pub legislature: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Term {
    /// `2021 - 2026`.
    pub fn years(&self) -> String {
        format!("{} - {}", self.from.year(), self.to.year())
    }
}

/// Kỳ họp (state) or hội nghị (Party) at which the vote is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// As papers write it: `Kỳ họp thứ 13`.
    pub name: String,
    /// State deadlines are counted back from this day.
    pub opens_on: Date,
    /// Party deadlines are counted back from this day; dossiers end on it.
    pub votes_on: Date,
}

/// Hội đồng: who votes, when, where, under which rule set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Council {
    /// `Hội đồng nhân dân tỉnh Vĩnh Phúc`.
    pub name: String,
    /// Kind and level.
    pub kind: CouncilKind,
    /// Term in which the officials serve.
    pub term: Term,
    /// Sitting of the vote.
    pub sitting: Sitting,
    /// All delegates of the council, present or not.
    pub delegates_total: u32,
    /// Id of the rule set, `NQ96-2023-QH15`.
    pub ruleset: String,
    /// Where papers are signed: `Vĩnh Phúc`.
    pub place: String,
    /// Who chairs the sitting and signs the resolution.
    pub chair: String,
    /// Secretary of the sitting.
    pub secretary: String,
}
