//! When the head of a poll's log goes onto paper.

/// Moments at which the head of a log goes onto paper, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Chốt mẫu phiếu.
    FormsSealed,
    /// Mở bỏ phiếu.
    VotingOpened,
    /// Đóng kiểm phiếu.
    CountingClosed,
    /// Biên bản: the tellers signed it.
    Minutes,
    /// Công bố: the whole log, with the papers that came after the minutes; signed again with every entry that is made
    /// later.
    Published,
}

/// How many moments there are.
pub const MOMENTS: usize = Moment::ALL.len();

impl Moment {
    /// All, in their order.
    pub const ALL: [Self; 5] =
        [Self::FormsSealed, Self::VotingOpened, Self::CountingClosed, Self::Minutes, Self::Published];

    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FormsSealed => "forms_sealed",
            Self::VotingOpened => "voting_opened",
            Self::CountingClosed => "counting_closed",
            Self::Minutes => "minutes",
            Self::Published => "published",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moment| moment.code() == code)
    }

    /// In Vietnamese, as papers and reports name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FormsSealed => "chốt mẫu phiếu",
            Self::VotingOpened => "mở bỏ phiếu",
            Self::CountingClosed => "đóng kiểm phiếu",
            Self::Minutes => "ký biên bản",
            Self::Published => "công bố",
        }
    }
}
