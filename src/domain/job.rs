//! Background jobs, which go on when their page is left: an import, the dossiers of a whole council.

/// What sort of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// A workbook is read and compared with what is stored.
    Import,
    Dossiers,
}

impl JobKind {
    /// All.
    pub const ALL: [Self; 2] = [Self::Import, Self::Dossiers];

    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Dossiers => "dossiers",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Vietnamese label shown on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Import => "Đọc bảng tính",
            Self::Dossiers => "Lập hồ sơ",
        }
    }
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    /// Its result waits for somebody to decide on it.
    Ready,
    Done,
    /// It stopped; its result says why, in one sentence.
    Failed,
    /// Its result was discarded by a person.
    Discarded,
}

impl JobState {
    /// All.
    pub const ALL: [Self; 5] = [Self::Running, Self::Ready, Self::Done, Self::Failed, Self::Discarded];

    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Vietnamese label shown on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Running => "đang chạy",
            Self::Ready => "chờ xem và quyết định",
            Self::Done => "đã xong",
            Self::Failed => "không xong",
            Self::Discarded => "đã bỏ",
        }
    }
}
