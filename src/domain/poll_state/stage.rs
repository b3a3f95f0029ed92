//! The names of the states.

use crate::batch::Pile;

/// The names of the states, in the order of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Created,
    Listed,
    Sealed,
    /// The last test deck of every form came out as it had to.
    Tested,
    /// Two people let the vote go on without.
    Waived,
    Zeroed,
    /// Ballots are issued and being returned.
    Voting,
    /// The papers of every form are accounted for; batches are counted.
    Counting,
    /// Every batch is in; lines near a threshold are counted again.
    Closed,
    Declared,
    /// Minutes are proposed and not signed yet.
    Proposed,
    Minuted,
    Confirmed,
    Published,
    Archived,
    /// Called off. Last, so that nothing which waits for an earlier stage waits for it.
    Cancelled,
}

impl Stage {
    /// All, in their order.
    pub const ALL: [Self; 16] = [
        Self::Created,
        Self::Listed,
        Self::Sealed,
        Self::Tested,
        Self::Waived,
        Self::Zeroed,
        Self::Voting,
        Self::Counting,
        Self::Closed,
        Self::Declared,
        Self::Proposed,
        Self::Minuted,
        Self::Confirmed,
        Self::Published,
        Self::Archived,
        Self::Cancelled,
    ];

    /// Which papers are counted now.
    pub const fn pile(self) -> Option<Pile> {
        match self {
            Self::Sealed | Self::Tested | Self::Waived => Some(Pile::Deck),
            Self::Counting => Some(Pile::Ballots),
            Self::Closed => Some(Pile::Recount),
            _ => None,
        }
    }

    /// Whether papers of `pile` are never counted again.
    pub fn is_past(self, pile: Pile) -> bool {
        self >= match pile {
            Pile::Deck => Self::Zeroed,
            Pile::Ballots => Self::Closed,
            Pile::Recount => Self::Declared,
        }
    }

    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Listed => "listed",
            Self::Sealed => "sealed",
            Self::Tested => "tested",
            Self::Waived => "waived",
            Self::Zeroed => "zeroed",
            Self::Voting => "voting",
            Self::Counting => "counting",
            Self::Closed => "closed",
            Self::Declared => "declared",
            Self::Proposed => "proposed",
            Self::Minuted => "minuted",
            Self::Confirmed => "confirmed",
            Self::Published => "published",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// In Vietnamese, as pages and refusals name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Created => "mới lập",
            Self::Listed => "đã chốt danh sách",
            Self::Sealed => "đã chốt mẫu phiếu",
            Self::Tested => "đã kiểm phiếu thử",
            Self::Waived => "đã bỏ qua phiếu thử",
            Self::Zeroed => "đã xác nhận số liệu trước khi mở bằng 0",
            Self::Voting => "đang bỏ phiếu",
            Self::Counting => "đang kiểm phiếu",
            Self::Closed => "đã đóng kiểm phiếu",
            Self::Declared => "đã có kết quả",
            Self::Proposed => "đang trình ký biên bản",
            Self::Minuted => "đã ký biên bản",
            Self::Confirmed => "đã được nghị quyết xác nhận",
            Self::Published => "đã công bố",
            Self::Archived => "đã lưu trữ",
            Self::Cancelled => "đã hủy",
        }
    }

    /// Whether the result was declared: two people stand behind the figures, and every line that was due was counted again.
    /// From here on the hall may see levels and bands.
    pub const fn has_result(self) -> bool {
        self.is_open() && !matches!(self, Self::Closed)
    }

    /// Whether the totals of the count are known: they are from the close on, and never of a vote that was called off.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Closed
            | Self::Declared
            | Self::Proposed
            | Self::Minuted
            | Self::Confirmed
            | Self::Published
            | Self::Archived => true,
            Self::Created
            | Self::Listed
            | Self::Sealed
            | Self::Tested
            | Self::Waived
            | Self::Zeroed
            | Self::Voting
            | Self::Counting
            | Self::Cancelled => false,
        }
    }

    /// Whether there are final forms to show. A vote that was called off may never have had any.
    pub fn is_sealed(self) -> bool {
        self >= Self::Sealed && self != Self::Cancelled
    }

    /// Whether the test decks have to be keyed no more, and nothing came after them.
    pub const fn is_after_deck(self) -> bool {
        matches!(self, Self::Tested | Self::Waived)
    }

    /// Whether the vote goes its way: it neither arrived nor was called off.
    pub const fn is_under_way(self) -> bool {
        !matches!(self, Self::Published | Self::Archived | Self::Cancelled)
    }
}
