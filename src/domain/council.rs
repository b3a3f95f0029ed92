//! The body whose members vote, its term and the sitting at which they do.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text::{clean, date_dmy, slug};
use super::words::Words;

/// Longest name of a body.
const MAX_NAME_LETTERS: usize = 160;
/// Longest name in addresses, and its shortest.
const SLUG_LETTERS: std::ops::RangeInclusive<usize> = 2..=40;
/// Words that addresses use for something else, or that would pass for the program's own.
const RESERVED_SLUGS: [&str; 14] = [
    "admin",
    "api",
    "cai-dat",
    "dang-nhap",
    "dang-xuat",
    "he-thong",
    "hoi-dong",
    "mat-khau",
    "moi",
    "phieu",
    "tai-khoan",
    "tep",
    "toi",
    "tro-giup",
];

/// What is wrong with what somebody typed about a council. One sentence, for beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CouncilError {
    /// Empty or too long.
    #[error("Tên hội đồng không được để trống và không dài quá 160 ký tự.")]
    Name,
    /// Other letters, too few or too many.
    #[error(
        "Mã hội đồng gồm 2 đến 40 chữ cái thường không dấu, chữ số và gạch ngang ở giữa, ví dụ «hdnd-tinh-vinh-phuc»."
    )]
    Slug,
    #[error("Mã này dành cho chương trình; hãy chọn mã khác, ví dụ thêm tên tỉnh.")]
    Reserved,
    #[error("Hãy chọn loại hội đồng.")]
    Kind,
}

/// A body's name that was typed, cleaned.
///
/// # Errors
/// When it is empty or over 160 letters.
pub fn council_name(text: &str) -> Result<String, CouncilError> {
    let name = clean(text);
    if name.is_empty() || name.chars().count() > MAX_NAME_LETTERS { Err(CouncilError::Name) } else { Ok(name) }
}

/// A council's name in addresses: `hdnd-tinh-vinh-phuc`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CouncilSlug(String);

impl CouncilSlug {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From the council's name, its first words short. `None` when nothing that fits is left of it.
    pub fn suggest(name: &str) -> Option<Self> {
        const SHORT: [(&str, &str); 4] =
            [("hoi-dong-nhan-dan", "hdnd"), ("ban-chap-hanh", "bch"), ("ban-thuong-vu", "btv"), ("thanh-pho", "tp")];
        let mut text: String = slug(name).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        for (long, short) in SHORT {
            text = text.replace(long, short);
        }
        let cut: String = text.chars().take(*SLUG_LETTERS.end()).collect();
        cut.trim_matches('-').parse().ok()
    }
}

impl FromStr for CouncilSlug {
    type Err = CouncilError;

    /// Upper-case letters and blanks at the ends are forgiven.
    fn from_str(text: &str) -> Result<Self, CouncilError> {
        let slug = text.trim().to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let joined = slug.starts_with('-') || slug.ends_with('-') || slug.contains("--");
        if joined || !SLUG_LETTERS.contains(&slug.len()) || !slug.chars().all(allowed) {
            return Err(CouncilError::Slug);
        }
        if RESERVED_SLUGS.contains(&slug.as_str()) { Err(CouncilError::Reserved) } else { Ok(Self(slug)) }
    }
}

impl fmt::Display for CouncilSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

    /// As the database and forms spell it: `province_council`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NationalAssembly => "national_assembly",
            Self::ProvinceCouncil => "province_council",
            Self::DistrictCouncil => "district_council",
            Self::CommuneCouncil => "commune_council",
            Self::PartyCommittee => "party_committee",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Nhiệm kỳ: `from` and `to` inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Number of the legislature as papers write it: `XVII`.
    pub legislature: String,
    pub from: Date,
    pub to: Date,
}

impl Term {
    /// `2021 - 2026`.
    pub fn years(&self) -> String {
        format!("{} - {}", self.from.year(), self.to.year())
    }
}

/// Kỳ họp (state) or hội nghị (Party) at which the vote is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sitting {
    /// As papers write it: `Kỳ họp thứ 13`.
    pub name: String,
    /// State deadlines are counted back from this day.
    pub opens_on: Date,
    /// Party deadlines are counted back from this day; dossiers end on it.
    pub votes_on: Date,
}

/// Hội đồng: who votes, when, where, under which rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Council {
    /// `Hội đồng nhân dân tỉnh Vĩnh Phúc`.
    pub name: String,
    pub kind: CouncilKind,
    /// Term in which the officials serve.
    pub term: Term,
    pub sitting: Sitting,
    /// All delegates of the council, present or not.
    pub delegates_total: u32,
    /// Id of the rule set, `NQ96-2023-QH15`.
    pub ruleset: String,
    /// Where papers are signed: `Vĩnh Phúc`.
    pub place: String,
    /// Who chairs the sitting and signs the resolution.
    pub chair: String,
    pub secretary: String,
}

impl Council {
    /// In words.
    pub fn words(&self) -> Words {
        vec![
            ("Tên cơ quan", self.name.clone()),
            ("Loại và cấp", self.kind.label().to_owned()),
            ("Khóa", self.term.legislature.clone()),
            ("Ngày bắt đầu nhiệm kỳ", date_dmy(self.term.from)),
            ("Ngày kết thúc nhiệm kỳ", date_dmy(self.term.to)),
            ("Kỳ họp", self.sitting.name.clone()),
            ("Ngày khai mạc", date_dmy(self.sitting.opens_on)),
            ("Ngày lấy phiếu", date_dmy(self.sitting.votes_on)),
            ("Tổng số đại biểu", self.delegates_total.to_string()),
            ("Bộ quy tắc", self.ruleset.clone()),
            ("Địa danh", self.place.clone()),
            ("Chủ tọa", self.chair.clone()),
            ("Thư ký", self.secretary.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_spelling_everywhere() {
        for kind in CouncilKind::ALL {
            assert_eq!(serde_json::to_string(&kind).expect("json"), format!("\"{}\"", kind.code()));
            assert_eq!(CouncilKind::from_code(kind.code()), Some(kind));
        }
    }

    #[test]
    fn a_name_in_addresses_is_short_plain_and_not_the_programs_own() {
        let suggested = CouncilSlug::suggest("Hội đồng nhân dân tỉnh Vĩnh Phúc").expect("slug");
        assert_eq!(suggested.as_str(), "hdnd-tinh-vinh-phuc");
        assert_eq!(CouncilSlug::suggest("人民"), None);
        assert!(CouncilSlug::suggest(&"Hội đồng ".repeat(30)).expect("slug").as_str().len() <= 40);
        assert_eq!(" HDND-Mau ".parse::<CouncilSlug>().expect("slug").as_str(), "hdnd-mau");
        for wrong in ["", "a", "-a", "a-", "a--b", "hđnd", "a/b", "a b", "<b>"] {
            assert_eq!(wrong.parse::<CouncilSlug>(), Err(CouncilError::Slug), "{wrong}");
        }
        assert_eq!("He-Thong".parse::<CouncilSlug>(), Err(CouncilError::Reserved));
    }
}
