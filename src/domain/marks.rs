//! From marks on paper to counts per line, and from counts per batch to counts per form. Marks are looked at and
//! forgotten: nothing here keeps a ballot, and no error says what stood on one.

use std::fmt;

use zeroize::DefaultIsZeroes;

use super::poll::{Level, LevelCounts, PollKind};

/// What stands on one line of one ballot. One byte; its debug output says nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// One box marked.
    Level(Level),
    /// No box marked: the line does not count.
    #[default]
    None,
    /// Two or more boxes marked: the line does not count.
    Multiple,
}

impl DefaultIsZeroes for Mark {}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(…)")
    }
}

impl Mark {
    /// Each mark's place in [`Slots`].
    const fn slot(self) -> usize {
        match self {
            Self::Level(Level::High) => 0,
            Self::Level(Level::Medium) => 1,
            Self::Level(Level::Low) => 2,
            Self::Level(Level::Confidence) => 3,
            Self::Level(Level::NoConfidence) => 4,
            Self::None => 5,
            Self::Multiple => 6,
        }
    }
}

/// How often each mark stood on one line, by [`Mark::slot`].
type Slots = [u32; 7];

/// What was counted on one line of the valid ballots of a batch or of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineCount {
    /// Per level.
    pub counts: LevelCounts,
    /// Lines without a mark.
    pub no_mark: u32,
    /// Lines with two or more marks.
    pub multiple: u32,
}

/// Why marks or batches give no counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// A ballot or batch has another number of lines than the form.
    #[error("mẫu phiếu có {form} dòng nhưng dữ liệu có {found} dòng")]
    OtherForm {
        /// Lines of the form.
        form: usize,
        /// Lines found.
        found: usize,
    },
    /// A level of the other vote.
    #[error("có dấu hoặc số đếm không thuộc loại phiếu {}", kind.label())]
    OtherVote {
        /// The vote counted.
        kind: PollKind,
    },
    /// Beyond what a count can hold.
    #[error("số phiếu vượt quá giới hạn {} phiếu", u32::MAX)]
    TooMany,
}

/// Counts ballots of a form of `lines` lines, one slice of marks in line order per ballot.
///
/// # Errors
/// When a ballot has another number of lines, a mark is of the other vote, or there are over `u32::MAX` ballots.
pub fn count_marks<'a>(
    kind: PollKind,
    lines: usize,
    ballots: impl IntoIterator<Item = &'a [Mark]>,
) -> Result<Vec<LineCount>, MarksError> {
    let mut counted: Vec<Slots> = vec![[0; 7]; lines];
    let mut seen: u32 = 0;
    for ballot in ballots {
        if ballot.len() != lines {
            return Err(MarksError::OtherForm { form: lines, found: ballot.len() });
        }
        // No slot can hold more than the ballots seen, so the sums below cannot overflow.
        seen = seen.checked_add(1).ok_or(MarksError::TooMany)?;
        for (slots, mark) in counted.iter_mut().zip(ballot) {
            slots[mark.slot()] += 1;
        }
    }
    counted.into_iter().map(|slots| line_count(kind, slots)).collect()
}

fn line_count(kind: PollKind, slots: Slots) -> Result<LineCount, MarksError> {
    let [high, medium, low, confidence, no_confidence, no_mark, multiple] = slots;
    let counts = match kind {
        PollKind::Rating if confidence == 0 && no_confidence == 0 => LevelCounts::Rating { high, medium, low },
        PollKind::Confidence if high == 0 && medium == 0 && low == 0 => {
            LevelCounts::Confidence { confidence, no_confidence }
        }
        _ => return Err(MarksError::OtherVote { kind }),
    };
    Ok(LineCount { counts, no_mark, multiple })
}

/// Adds up the line counts of the batches of one form.
///
/// # Errors
/// When a batch has another number of lines, counts of the other vote, or a sum is over `u32::MAX`.
pub fn sum_batches<'a>(
    kind: PollKind,
    lines: usize,
    batches: impl IntoIterator<Item = &'a [LineCount]>,
) -> Result<Vec<LineCount>, MarksError> {
    let none = LineCount { counts: LevelCounts::zero(kind), no_mark: 0, multiple: 0 };
    let mut total = vec![none; lines];
    for batch in batches {
        if batch.len() != lines {
            return Err(MarksError::OtherForm { form: lines, found: batch.len() });
        }
        for (sum, line) in total.iter_mut().zip(batch) {
            *sum = add(kind, *sum, *line)?;
        }
    }
    Ok(total)
}

fn add(kind: PollKind, a: LineCount, b: LineCount) -> Result<LineCount, MarksError> {
    let plus = |x: u32, y: u32| x.checked_add(y).ok_or(MarksError::TooMany);
    let counts = match (a.counts, b.counts) {
        (
            LevelCounts::Rating { high, medium, low },
            LevelCounts::Rating { high: more_high, medium: more_medium, low: more_low },
        ) => LevelCounts::Rating {
            high: plus(high, more_high)?,
            medium: plus(medium, more_medium)?,
            low: plus(low, more_low)?,
        },
        (
            LevelCounts::Confidence { confidence, no_confidence },
            LevelCounts::Confidence { confidence: more, no_confidence: more_without },
        ) => LevelCounts::Confidence {
            confidence: plus(confidence, more)?,
            no_confidence: plus(no_confidence, more_without)?,
        },
        _ => return Err(MarksError::OtherVote { kind }),
    };
    Ok(LineCount { counts, no_mark: plus(a.no_mark, b.no_mark)?, multiple: plus(a.multiple, b.multiple)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: Mark = Mark::Level(Level::High);
    const L: Mark = Mark::Level(Level::Low);

    #[test]
    fn a_spoiled_line_is_lost_for_its_official_alone() {
        let pile: [&[Mark]; 3] = [&[H, L], &[Mark::Multiple, L], &[Mark::None, H]];
        let counted = count_marks(PollKind::Rating, 2, pile).expect("counts");
        let first = LineCount { counts: LevelCounts::Rating { high: 1, medium: 0, low: 0 }, no_mark: 1, multiple: 1 };
        let second = LineCount { counts: LevelCounts::Rating { high: 1, medium: 0, low: 2 }, no_mark: 0, multiple: 0 };
        assert_eq!(counted, [first, second]);
        let twice = sum_batches(PollKind::Rating, 2, [counted.as_slice(), &counted]).expect("sum");
        assert_eq!(twice, count_marks(PollKind::Rating, 2, pile.into_iter().chain(pile)).expect("counts"));
    }

    #[test]
    fn a_ballot_of_another_form_or_another_vote_is_refused_without_saying_what_stood_on_it() {
        let short: [&[Mark]; 1] = [&[L]];
        let other = count_marks(PollKind::Rating, 2, short).expect_err("one line short");
        assert_eq!(other.to_string(), "mẫu phiếu có 2 dòng nhưng dữ liệu có 1 dòng");
        let vote = count_marks(PollKind::Confidence, 1, short).expect_err("a rating mark");
        assert_eq!(vote, MarksError::OtherVote { kind: PollKind::Confidence });
    }

    #[test]
    fn a_mark_takes_one_byte() {
        assert_eq!(size_of::<Mark>(), 1);
    }
}
