//! The tasks of counting day.

/// The steps of the day, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayTaskId {
    /// The test deck is counted.
    Deck,
    /// The zero report is made.
    Zero,
    /// Delegates receive their ballots.
    Opening,
    /// It is announced what went out.
    Issued,
    /// It is announced what came back.
    Ballots,
    /// Batches are counted.
    Batches,
    /// The count is closed, and its totals are opened.
    Closing,
    /// Lines near a threshold are counted again.
    Recounts,
    /// The result is declared.
    Result,
    /// The minutes are proposed and signed.
    Minutes,
    /// The council confirms the result.
    Resolution,
    /// The result is public.
    Publishing,
    /// The papers are archived.
    Archive,
}
