//! What a key press did, for eyes and ears.

/// What a key press did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A new task begins.
    Begun,
    Marked,
    /// A paper is finished, and another waits.
    NextPaper,
    /// The last paper is finished.
    Finished,
    /// All papers are finished, and they are more than the pile has.
    Over,
    Undone,
    AskedReason,
    Spoiled,
    /// Another line of the same paper.
    Moved,
    /// Another paper, without anything being finished.
    Opened,
    AskedPaper,
    /// A digit of the number of a paper.
    Typed,
    Inserted,
    AskedRemoval,
    Removed,
    Send,
    Refused(Refusal),
}

/// Why a key does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    UnknownKey,
    /// The browser does not tell which key it was.
    UnreadKey,
    /// A new task begins with Enter.
    NotBegun,
    /// Bỏ phiếu has two levels.
    NoSuchLevel,
    /// Enter was pressed before every line was marked.
    LinesLeft,
    PaperFull,
    PaperInvalid,
    NoSuchReason,
    /// No paper of this number, or one behind the first that is not finished.
    NoSuchPaper,
    /// The paper at hand is not finished, so that none after it is opened.
    PaperOpen,
    /// Nothing is keyed before or after the line.
    NoLine,
    NothingToUndo,
    /// Papers are inserted and removed while the whole pile is read.
    OnlyInWhole,
    /// The paper at hand is blank: what was skipped is keyed here.
    BlankHere,
    /// The last paper is blank and belongs to the pile by its size.
    BelongsToPile,
    /// What asks whether a paper is removed takes Enter or Backspace.
    NoAnswer,
    PapersLeft,
    /// Everything is keyed, and another key than Enter sends.
    SendsByPlus,
    /// Everything is keyed; a paper that is left means that the pile is larger than was said.
    AllKeyed,
    TooMany,
}

/// A sound; each differs from the others in height and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    Refused,
    Paper,
    Pile,
}

impl Signal {
    /// As the page's module spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Marked => "marked",
            Self::NextPaper => "next_paper",
            Self::Finished => "finished",
            Self::Over => "over",
            Self::Undone => "undone",
            Self::AskedReason => "asked_reason",
            Self::Spoiled => "spoiled",
            Self::Moved => "moved",
            Self::Opened => "opened",
            Self::AskedPaper => "asked_paper",
            Self::Typed => "typed",
            Self::Inserted => "inserted",
            Self::AskedRemoval => "asked_removal",
            Self::Removed => "removed",
            Self::Send => "send",
            Self::Refused(why) => why.code(),
        }
    }

    /// The sound to play. An accepted mark makes none: with sixty papers it would be constant noise.
    pub const fn sound(self) -> Option<Sound> {
        match self {
            Self::Refused(_) | Self::Over => Some(Sound::Refused),
            Self::NextPaper => Some(Sound::Paper),
            Self::Finished => Some(Sound::Pile),
            _ => None,
        }
    }
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "refused_unknown_key",
            Self::UnreadKey => "refused_unread_key",
            Self::NotBegun => "refused_not_begun",
            Self::NoSuchLevel => "refused_no_such_level",
            Self::LinesLeft => "refused_lines_left",
            Self::PaperFull => "refused_paper_full",
            Self::PaperInvalid => "refused_paper_invalid",
            Self::NoSuchReason => "refused_no_such_reason",
            Self::NoSuchPaper => "refused_no_such_paper",
            Self::PaperOpen => "refused_paper_open",
            Self::NoLine => "refused_no_line",
            Self::NothingToUndo => "refused_nothing_to_undo",
            Self::OnlyInWhole => "refused_only_in_whole",
            Self::BlankHere => "refused_blank_here",
            Self::BelongsToPile => "refused_belongs_to_pile",
            Self::NoAnswer => "refused_no_answer",
            Self::PapersLeft => "refused_papers_left",
            Self::SendsByPlus => "refused_sends_by_plus",
            Self::AllKeyed => "refused_all_keyed",
            Self::TooMany => "refused_too_many",
        }
    }
}
