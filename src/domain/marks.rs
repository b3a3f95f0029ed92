//! From marks on paper to counts per line. Marks are looked at and forgotten: nothing here keeps a ballot, and no error
//! says what stood on one.

use std::fmt;

use zeroize::DefaultIsZeroes;

use super::poll::{Level, LevelCounts, PollKind};

/// The mark on one line of one ballot. One byte; its debug output hides it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
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
    /// What a key of the keying page writes: `1` and on for the levels, `0` for no mark, `9` for a double mark.
    pub fn of_key(kind: PollKind, key: char) -> Option<Self> {
        match key {
            '0' => Some(Self::None),
            '9' => Some(Self::Multiple),
            _ => {
                let place = usize::try_from(key.to_digit(10)?).ok()?.checked_sub(1)?;
                kind.levels().get(place).copied().map(Self::Level)
            }
        }
    }

    /// The key that writes it, the other way round; `?` for a level of the other vote.
    pub fn key(self, kind: PollKind) -> char {
        match self {
            Self::None => '0',
            Self::Multiple => '9',
            Self::Level(level) => {
                ('1'..).zip(kind.levels()).find(|(_, other)| **other == level).map_or('?', |(key, _)| key)
            }
        }
    }

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

/// Why marks give no counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// A ballot has another number of lines than the form.
    #[error("mẫu phiếu có {form} dòng nhưng phiếu có {found} dòng")]
    OtherForm { form: usize, found: usize },
    #[error("có dấu không thuộc loại phiếu {}", kind.label())]
    OtherVote { kind: PollKind },
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
) -> Result<Vec<LevelCounts>, MarksError> {
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
    counted.into_iter().map(|slots| levels(kind, slots)).collect()
}

/// The levels alone: blank and double marks are the ballots that no level has, whatever the reason.
fn levels(kind: PollKind, slots: Slots) -> Result<LevelCounts, MarksError> {
    let [high, medium, low, confidence, no_confidence, _no_mark, _multiple] = slots;
    match kind {
        PollKind::Rating if confidence == 0 && no_confidence == 0 => Ok(LevelCounts::Rating { high, medium, low }),
        PollKind::Confidence if high == 0 && medium == 0 && low == 0 => {
            Ok(LevelCounts::Confidence { confidence, no_confidence })
        }
        _ => Err(MarksError::OtherVote { kind }),
    }
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
        let first = LevelCounts::Rating { high: 1, medium: 0, low: 0 };
        let second = LevelCounts::Rating { high: 1, medium: 0, low: 2 };
        assert_eq!(counted, [first, second]);
    }

    #[test]
    fn a_ballot_of_another_form_or_another_vote_is_refused_without_saying_what_stood_on_it() {
        let short: [&[Mark]; 1] = [&[L]];
        let other = count_marks(PollKind::Rating, 2, short).expect_err("one line short");
        assert_eq!(other.to_string(), "mẫu phiếu có 2 dòng nhưng phiếu có 1 dòng");
        let vote = count_marks(PollKind::Confidence, 1, short).expect_err("a rating mark");
        assert_eq!(vote, MarksError::OtherVote { kind: PollKind::Confidence });
    }

    #[test]
    fn a_key_is_a_mark_of_its_vote() {
        let of = |kind, keys: &str| keys.chars().map(|key| Mark::of_key(kind, key)).collect::<Vec<_>>();
        let levels = [Level::High, Level::Medium, Level::Low].map(|level| Some(Mark::Level(level)));
        assert!(of(PollKind::Rating, "123") == levels);
        assert!(of(PollKind::Rating, "0948x") == [Some(Mark::None), Some(Mark::Multiple), None, None, None]);
        assert!(of(PollKind::Confidence, "23") == [Some(Mark::Level(Level::NoConfidence)), None]);
    }

    #[test]
    fn a_mark_takes_one_byte() {
        assert_eq!(size_of::<Mark>(), 1);
    }
}
