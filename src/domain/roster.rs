//! Who votes and who counts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::id::AccountId;
use super::official::{Birth, Official, Post};
use super::text::date_dmy;
use super::words::Words;

/// A post that somebody held and holds no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerPost {
    pub elected_on: Option<Date>,
    pub left_on: Date,
    pub title: String,
}

/// An official of the roster: the record that is kept for the whole term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterOfficial {
    /// Account with which the person signs in.
    pub account: Option<AccountId>,
    /// Posts that were held before.
    pub former_posts: Vec<FormerPost>,
    /// The person, with the posts that are held.
    pub official: Official,
    /// Place in the order of the list, from 1.
    pub position: u32,
    /// Left out of everything that is prepared from now on.
    pub withdrawn: bool,
}

/// A delegate of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterDelegate {
    /// Account with which the person signs in.
    pub account: Option<AccountId>,
    pub delegate: Delegate,
    /// Files the summary of the group's discussion.
    pub is_secretary: bool,
    /// Place in the order of the sheet, from 1.
    pub position: u32,
    /// The delegate left the council.
    pub withdrawn: bool,
}

/// The key under which a person is known by name: case and blanks do not count, accents do. Verifiers of a log compare readers by
/// it, so it is the same with every version of Unicode: only a name of Latin letters, accents and punctuation is composed and
/// lowered.
pub fn name_key(name: &str) -> String {
    let seen: String = name.chars().filter(|c| !matches!(c, '\u{200B}'..='\u{200D}' | '\u{FEFF}')).collect();
    let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_latin = |c| matches!(c, '\0'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{2027}');
    if seen.chars().all(is_latin) { seen.nfc().collect::<String>().to_lowercase() } else { seen }
}

const fn standing(withdrawn: bool) -> &'static str {
    if withdrawn { "đã rút" } else { "trong danh sách" }
}

impl RosterOfficial {
    /// The record in words; `account` is who the person signs in as, for people.
    pub fn words(&self, account: &str) -> Words {
        let official = &self.official;
        let mut words = official.words();
        let former: Vec<String> = self.former_posts.iter().map(FormerPost::text).collect();
        words.extend([
            ("Chức vụ trước đây", former.join("; ")),
            ("Tài khoản", account.to_owned()),
            ("Thứ tự", self.position.to_string()),
            ("Tình trạng", standing(self.withdrawn).to_owned()),
        ]);
        words
    }
}

impl FormerPost {
    /// `Trưởng Ban Pháp chế (29/06/2021 - 10/12/2023)`.
    pub fn text(&self) -> String {
        let from = self.elected_on.map_or_else(|| "đến".to_owned(), |day| format!("{} -", date_dmy(day)));
        format!("{} ({from} {})", self.title, date_dmy(self.left_on))
    }
}

impl Official {
    /// The person in words.
    pub fn words(&self) -> Words {
        let posts: Vec<String> = self.posts.iter().map(Post::text).collect();
        let fields: Vec<&str> = self.fields.iter().map(|field| field.0.as_str()).collect();
        let notice = self.retirement_notice.as_ref().map(|notice| notice.text.clone());
        vec![
            ("Xưng hô", self.honorific.label().to_owned()),
            ("Họ tên", self.name.clone()),
            ("Ngày sinh", self.birth.map(Birth::text).unwrap_or_default()),
            ("Chức vụ", posts.join("; ")),
            ("Khối", self.block.0.clone()),
            ("Lĩnh vực", fields.join("; ")),
            ("Thông báo nghỉ hưu", notice.unwrap_or_default()),
        ]
    }
}

impl Post {
    /// `Chủ tịch UBND tỉnh (bầu 29/06/2021)`.
    pub fn text(&self) -> String {
        let since = self.elected_on.map_or_else(String::new, |day| format!(" (bầu {})", date_dmy(day)));
        format!("{}{since}", self.title)
    }
}

impl Birth {
    /// `19/08/1965`, or the year alone.
    pub fn text(self) -> String {
        match self {
            Self::Day(day) => date_dmy(day),
            Self::Year(year) => year.to_string(),
        }
    }

    /// The year.
    pub fn year(self) -> i16 {
        match self {
            Self::Day(day) => day.year(),
            Self::Year(year) => year,
        }
    }

    /// Whether these can be of one person.
    pub fn agrees(self, other: Self) -> bool {
        match (self, other) {
            (Self::Day(one), Self::Day(other)) => one == other,
            _ => self.year() == other.year(),
        }
    }
}

impl RosterDelegate {
    /// The record in words; `account` is who the person signs in as, for people.
    pub fn words(&self, account: &str) -> Words {
        let secretary = if self.is_secretary { "có" } else { "không" };
        vec![
            ("Họ tên", self.delegate.name.clone()),
            ("Tổ đại biểu", self.delegate.group.clone().unwrap_or_default()),
            ("Thư ký tổ", secretary.to_owned()),
            ("Tài khoản", account.to_owned()),
            ("Thứ tự", self.position.to_string()),
            ("Tình trạng", standing(self.withdrawn).to_owned()),
        ]
    }
}

/// Đại biểu: who votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    pub name: String,
    /// Tổ đại biểu, when the sheet names one.
    pub group: Option<String>,
}

/// Part that a member plays on the board of tellers (HD 883/HD-UBTVQH14, point 5a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TellerRole {
    /// Trưởng ban.
    Head,
    /// Thư ký.
    Secretary,
    /// Ủy viên.
    Member,
}

impl TellerRole {
    /// All roles, head first.
    pub const ALL: [Self; 3] = [Self::Head, Self::Secretary, Self::Member];

    /// Code stored in the database and written to the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Secretary => "secretary",
            Self::Member => "member",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The role in Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Head => "Trưởng ban",
            Self::Secretary => "Thư ký",
            Self::Member => "Ủy viên",
        }
    }
}

/// Thành viên Ban kiểm phiếu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teller {
    /// With which the member counts. `None` works on paper alone; so does everybody in the log of an older program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    pub name: String,
    pub role: TellerRole,
}

#[cfg(test)]
mod tests {
    use super::name_key;

    #[test]
    fn a_name_is_the_same_however_it_is_spelled_and_with_every_version_of_unicode() {
        assert_eq!(name_key(" LÊ\u{A0} Thị\u{200B} Ấ"), name_key("lê thi\u{323} a\u{302}\u{301}"));
        assert_ne!(name_key("Lê Thị Ấ"), name_key("Lê Thị Â"));
        // Unicode 16 made the first the capital of the second.
        assert_ne!(name_key("\u{A7DC}"), name_key("\u{19B}"));
    }
}
