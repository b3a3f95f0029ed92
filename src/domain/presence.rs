//! Who is in the hall between the opening of the vote and the close of the count.
//!
//! ```text
//! now <= attended <= delegates
//! ```
//!
//! A delegate who comes late receives a ballot, one who leaves may have cast theirs: so ballots are held against everybody
//! who was ever there, and not against those who are there at one moment. One who comes back was counted before.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Figures of the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallFigures {
    /// Delegates who were there at any time: those of the opening and those who came later.
    pub attended: u32,
    /// Delegates who are there at this moment.
    pub now: u32,
    /// Delegates who were there when the vote was opened.
    pub opened: u32,
}

impl HallFigures {
    /// Label and figure, as pages show them.
    pub fn labelled(&self) -> [(&'static str, String); 3] {
        let Self { attended, now, opened } = self;
        [("Có mặt lúc mở bỏ phiếu", opened), ("Tổng số đã có mặt", attended), ("Có mặt lúc này", now)]
            .map(|(label, figure)| (label, figure.to_string()))
    }
}

/// The hall of a council.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    pub delegates: u32,
    pub figures: HallFigures,
}

/// What changes who is in the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceChange {
    /// Delegates who were not there before.
    Arrived,
    Left,
    /// Delegates who had left.
    Returned,
}

/// Figures of a hall that cannot be. One sentence, Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresenceFault {
    #[error("Hãy ghi số đại biểu, từ 1 trở lên.")]
    Nobody,
    #[error("Đã có mặt {attended} đại biểu, thêm {number} thì nhiều hơn tổng số {delegates}; hãy đếm lại.")]
    TooMany { attended: u32, number: u32, delegates: u32 },
    #[error("Trong phòng chỉ có {now} đại biểu; hãy đếm lại số người rời phòng.")]
    TooFew { now: u32 },
    #[error("Chỉ có {away} đại biểu đã rời phòng; người đến lần đầu thì ghi là đến.")]
    NotAway { away: u32 },
    #[error(
        "Số có mặt lúc mở phải từ 1 đến tổng số đã có mặt ({attended}), tổng số đã có mặt không nhiều hơn {delegates} đại biểu, \
         số có mặt lúc này không nhiều hơn tổng số đã có mặt; hãy đếm lại."
    )]
    Figures { attended: u32, delegates: u32 },
}

impl PresenceChange {
    /// All, in the order in which forms offer them.
    pub const ALL: [Self; 3] = [Self::Arrived, Self::Left, Self::Returned];

    /// As forms spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Left => "left",
            Self::Returned => "returned",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.code() == code)
    }

    /// `đến`, `rời phòng`, `trở lại`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Arrived => "đến",
            Self::Left => "rời phòng",
            Self::Returned => "trở lại",
        }
    }
}

impl Presence {
    /// The hall as it is when the vote is opened.
    pub const fn opened(delegates: u32, present: u32) -> Self {
        Self { delegates, figures: HallFigures { attended: present, now: present, opened: present } }
    }

    /// The hall after `number` delegates came or went.
    ///
    /// # Errors
    /// When nobody did, or there are not so many.
    pub fn changed(self, change: PresenceChange, number: u32) -> Result<Self, PresenceFault> {
        let HallFigures { attended, now, opened } = self.figures;
        let delegates = self.delegates;
        if number == 0 {
            return Err(PresenceFault::Nobody);
        }
        let too_many = PresenceFault::TooMany { attended, number, delegates };
        let figures = match change {
            PresenceChange::Arrived => {
                let attended = attended.checked_add(number).filter(|sum| *sum <= delegates).ok_or(too_many)?;
                HallFigures { attended, now: now.saturating_add(number), opened }
            }
            PresenceChange::Left => {
                let now = now.checked_sub(number).ok_or(PresenceFault::TooFew { now })?;
                HallFigures { attended, now, opened }
            }
            PresenceChange::Returned => {
                let away = attended.saturating_sub(now);
                if number > away {
                    return Err(PresenceFault::NotAway { away });
                }
                HallFigures { attended, now: now.saturating_add(number), opened }
            }
        };
        Ok(Self { figures, ..self })
    }

    /// The hall with other figures.
    ///
    /// # Errors
    /// When they contradict each other or the number of delegates.
    pub fn corrected(self, figures: HallFigures) -> Result<Self, PresenceFault> {
        let HallFigures { attended, now, opened } = figures;
        let delegates = self.delegates;
        let holds = (1..=attended).contains(&opened) && attended <= delegates && now <= attended;
        if holds { Ok(Self { figures, ..self }) } else { Err(PresenceFault::Figures { attended, delegates }) }
    }
}

impl fmt::Display for HallFigures {
    /// `lúc mở 58; đã có mặt 59; lúc này 58`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attended, now, opened } = self;
        write!(f, "lúc mở {opened}; đã có mặt {attended}; lúc này {now}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_comes_late_may_have_a_ballot_and_who_comes_back_has_had_one() {
        let hall = Presence::opened(60, 58);
        let left = hall.changed(PresenceChange::Left, 1).expect("one of 58");
        let later = left.changed(PresenceChange::Arrived, 1).expect("the 59th");
        assert_eq!(later.figures, HallFigures { attended: 59, now: 58, opened: 58 });
        let back = later.changed(PresenceChange::Returned, 1).expect("who left");
        assert_eq!(back.figures, HallFigures { attended: 59, now: 59, opened: 58 });
        assert_eq!(back.changed(PresenceChange::Returned, 1), Err(PresenceFault::NotAway { away: 0 }));
        let full = back.changed(PresenceChange::Arrived, 2);
        assert_eq!(full, Err(PresenceFault::TooMany { attended: 59, number: 2, delegates: 60 }));
        assert_eq!(hall.changed(PresenceChange::Left, 59), Err(PresenceFault::TooFew { now: 58 }));
        assert_eq!(hall.changed(PresenceChange::Left, 0), Err(PresenceFault::Nobody));
    }

    #[test]
    fn figures_that_contradict_each_other_are_no_correction() {
        let hall = Presence::opened(60, 58);
        let figures = |opened, attended, now| HallFigures { attended, now, opened };
        assert!(hall.corrected(figures(57, 59, 55)).is_ok() && hall.corrected(figures(60, 60, 0)).is_ok());
        for wrong in [figures(0, 58, 58), figures(59, 58, 58), figures(58, 61, 58), figures(58, 58, 59)] {
            assert!(hall.corrected(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        /// Against a hall of named people: whoever was in it once is in `attended`, whoever is in it now is in `now`.
        #[test]
        fn the_figures_are_those_of_named_people(
            delegates in 1_u32..40, first in 1_u32..40, steps in prop::collection::vec((0_usize..3, 0_u32..6), 0..30),
        ) {
            let first = first.min(delegates);
            let mut hall = Presence::opened(delegates, first);
            let mut inside: BTreeSet<u32> = (0..first).collect();
            let mut ever = inside.clone();
            for (which, number) in steps {
                let change = PresenceChange::ALL[which];
                let pool: Vec<u32> = match change {
                    PresenceChange::Arrived => (0..delegates).filter(|who| !ever.contains(who)).collect(),
                    PresenceChange::Left => inside.iter().copied().collect(),
                    PresenceChange::Returned => ever.difference(&inside).copied().collect(),
                };
                let number_of = usize::try_from(number).expect("small");
                let may = number > 0 && pool.len() >= number_of;
                let changed = hall.changed(change, number);
                prop_assert_eq!(changed.is_ok(), may, "{:?} {}", change, number);
                let Ok(changed) = changed else { continue };
                hall = changed;
                for who in pool.into_iter().take(number_of) {
                    if change == PresenceChange::Left { inside.remove(&who); } else { inside.insert(who); }
                    ever.insert(who);
                }
                let figure = |set: &BTreeSet<u32>| u32::try_from(set.len()).expect("small");
                prop_assert_eq!((hall.figures.now, hall.figures.attended), (figure(&inside), figure(&ever)));
                prop_assert!(hall.corrected(hall.figures).is_ok());
            }
        }
    }
}
