//! Người được lấy phiếu: who is voted on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Position of an official in [`Book::officials`](super::book::Book::officials).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfficialNo(pub usize);

/// Ông / Bà (state papers), Đồng chí (Party papers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Honorific {
    /// Ông.
    Mr,
    /// Bà.
    Ms,
    /// Đồng chí.
    Comrade,
}

impl Honorific {
    /// All, in the order in which drop-downs offer them.
    pub const ALL: [Self; 3] = [Self::Mr, Self::Ms, Self::Comrade];

    /// The word in Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mr => "Ông",
            Self::Ms => "Bà",
            Self::Comrade => "Đồng chí",
        }
    }

    /// As the database and forms spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mr => "mr",
            Self::Ms => "ms",
            Self::Comrade => "comrade",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|honorific| honorific.code() == code)
    }
}

/// Khối: officials on one ballot form. Blocks are ordered by their first official.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Block(pub String);

/// Lĩnh vực công tác: `Y tế`, `Đất đai`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Field(pub String);

/// Chức vụ, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// As papers print it: `Chủ tịch Ủy ban nhân dân tỉnh`.
    pub title: String,
    /// Day of election or approval; `None` when the sheet does not say.
    pub elected_on: Option<Date>,
}

/// Thông báo nghỉ công tác chờ nghỉ hưu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetirementNotice {
    /// What the sheet says: number, date or a plain `có`.
    pub text: String,
}

/// Người được lấy phiếu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Official {
    pub name: String,
    pub honorific: Honorific,
    /// Birth date; sheets often give the year only, which is then 1 January with `birth_year_only`.
    pub birth: Option<Birth>,
    /// One or more; one line on the ballot covers them all (NQ 96/2023/QH15, Điều 2.4).
    pub posts: Vec<Post>,
    pub block: Block,
    /// Fields of work; a fact outside them is still the person's.
    pub fields: Vec<Field>,
    /// Set when the person has had notice of retirement leave (NQ 96/2023/QH15, Điều 2.5).
    pub retirement_notice: Option<RetirementNotice>,
}

/// What is known of a birth date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Birth {
    Day(Date),
    /// The year alone.
    Year(i16),
}

impl Official {
    /// `Ông Nguyễn Văn A`.
    pub fn addressed(&self) -> String {
        format!("{} {}", self.honorific.label(), self.name)
    }

    /// All posts in one line: `Phó Chủ tịch HĐND tỉnh, Trưởng Ban Pháp chế`.
    pub fn posts_text(&self) -> String {
        let titles: Vec<&str> = self.posts.iter().map(|p| p.title.as_str()).collect();
        titles.join(", ")
    }

    /// Day of the earliest post, from which a dossier of somebody who came after the term's start begins.
    pub fn serves_since(&self) -> Option<Date> {
        self.posts.iter().filter_map(|p| p.elected_on).min()
    }
}
