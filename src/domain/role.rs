//! Vai trò: in which capacity somebody acts. A person may hold several, all in one council.

use serde::{Deserialize, Serialize};

/// In which capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Quản trị hệ thống: founds councils; an account of the installation, not of a council.
    Operator,
    /// Quản trị tài khoản: accounts and backups; sees no votes.
    Admin,
    /// Văn phòng: roster, facts, papers.
    Clerk,
    /// Thường trực, chủ tọa: verifies and confirms.
    Leader,
    /// Đại biểu: reads, notes, asks.
    Delegate,
    /// Người được lấy phiếu: own report and replies.
    Official,
    /// Trưởng Ban kiểm phiếu: opens and closes batches, proposes minutes.
    HeadTeller,
    /// Thành viên Ban kiểm phiếu: keys a batch.
    Teller,
    /// Màn chiếu: sees what everybody in the meeting room sees.
    Observer,
    /// Giám sát: reads log and bundles.
    Auditor,
    /// The program itself: nobody signs in as it.
    Program,
}

impl Role {
    /// Roles that a person may hold in a council, in the order in which pages list them.
    pub const OF_COUNCIL: [Self; 9] = [
        Self::Admin,
        Self::Clerk,
        Self::Leader,
        Self::Delegate,
        Self::Official,
        Self::HeadTeller,
        Self::Teller,
        Self::Observer,
        Self::Auditor,
    ];

    /// Roles that a person may hold in the installation.
    pub const OF_INSTALLATION: [Self; 2] = [Self::Operator, Self::Auditor];

    /// All, those of a person first.
    pub const ALL: [Self; 11] = [
        Self::Operator,
        Self::Admin,
        Self::Clerk,
        Self::Leader,
        Self::Delegate,
        Self::Official,
        Self::HeadTeller,
        Self::Teller,
        Self::Observer,
        Self::Auditor,
        Self::Program,
    ];

    /// Whether its holder decides about a vote or counts it. Whoever opens and resets accounts holds none of these: alone he
    /// or she would be several people.
    pub const fn is_of_vote(self) -> bool {
        matches!(self, Self::Leader | Self::HeadTeller | Self::Teller)
    }

    /// The role in Vietnamese, as pages name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Operator => "Quản trị hệ thống",
            Self::Admin => "Quản trị tài khoản",
            Self::Clerk => "Văn phòng",
            Self::Leader => "Thường trực",
            Self::Delegate => "Đại biểu",
            Self::Official => "Người được lấy phiếu",
            Self::HeadTeller => "Trưởng Ban kiểm phiếu",
            Self::Teller => "Thành viên Ban kiểm phiếu",
            Self::Observer => "Màn chiếu",
            Self::Auditor => "Giám sát",
            Self::Program => "Chương trình",
        }
    }

    /// What its holder does here, in one sentence for the page of accounts.
    pub const fn duty(self) -> &'static str {
        match self {
            Self::Operator => "Lập hội đồng trong hệ thống; không xem được dữ liệu của hội đồng.",
            Self::Admin => "Mở, sửa, khóa tài khoản, in thẻ truy cập; không xem được phiếu.",
            Self::Clerk => "Nhập danh sách, dữ kiện và in giấy tờ.",
            Self::Leader => "Đối chiếu, xác nhận và quyết định.",
            Self::Delegate => "Đọc hồ sơ, ghi chú riêng và đặt câu hỏi.",
            Self::Official => "Nộp báo cáo của mình và trả lời câu hỏi.",
            Self::HeadTeller => "Mở, đóng tập phiếu và trình biên bản.",
            Self::Teller => "Nhập phiếu khi kiểm phiếu.",
            Self::Observer => "Xem màn chiếu tại hội trường.",
            Self::Auditor => "Đọc nhật ký và hồ sơ kiểm chứng.",
            Self::Program => "Việc do chương trình tự làm trong buổi diễn tập.",
        }
    }

    /// As the database, the log and the command line spell it: `head_teller`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Clerk => "clerk",
            Self::Leader => "leader",
            Self::Delegate => "delegate",
            Self::Official => "official",
            Self::HeadTeller => "head_teller",
            Self::Teller => "teller",
            Self::Observer => "observer",
            Self::Auditor => "auditor",
            Self::Program => "program",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_spelling_everywhere() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_string(&role).expect("json"), format!("\"{}\"", role.code()));
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("Admin"), None);
    }
}
