//! Which papers a pile on the table is of, and how it is counted.

/// Which papers a batch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pile {
    /// The test deck: nobody's ballots.
    Deck,
    Ballots,
    /// Valid ballots of a form, of which one line is counted again; the line's number is that of the batch.
    Recount,
}

impl Pile {
    /// As the database spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deck => "deck",
            Self::Ballots => "ballots",
            Self::Recount => "recount",
        }
    }

    /// The one that the database spells so.
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Deck, Self::Ballots, Self::Recount].into_iter().find(|pile| pile.code() == code)
    }
}

/// How a batch is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Mark by mark, with the keys.
    Marks,
    /// By hand on two printed sheets, of which the figures are keyed.
    HandTally,
    /// By hand, a single line once more: no third person decides what two still count differently.
    Recount,
}

impl Mode {
    /// As the database and forms spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Marks => "marks",
            Self::HandTally => "hand",
            Self::Recount => "recount",
        }
    }

    /// The one that is spelt so.
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Marks, Self::HandTally, Self::Recount].into_iter().find(|mode| mode.code() == code)
    }
}
