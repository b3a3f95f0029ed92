//! Who is in the hall, between the opening of the vote and the close of the count.

use super::{FormProgress, PollState, Refusal, Transition, TwoPeople};
use crate::audit::event::poll::{PresenceChanged, PresenceCorrected};
use crate::presence::{HallFigures, Presence, PresenceChange};

impl PollState {
    /// Delegates came late, left, or came back; one person writes it down, because it only adds to what the hall saw.
    ///
    /// # Errors
    /// Outside vote and count, without a reason, and when there are not so many delegates.
    pub fn change_presence(self, change: PresenceChange, number: u32, reason: &str) -> Result<Transition, Refusal> {
        let doing = "ghi đại biểu đến, rời phòng họp";
        let Some(hall) = self.hall() else { return self.refuse(doing) };
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Refusal::NoReason(doing));
        }
        let changed = hall.changed(change, number).map_err(Refusal::Hall)?;
        let HallFigures { attended, now: present, .. } = changed.figures;
        let event = PresenceChanged { attended, change, number, present, reason };
        Ok(Transition::quiet(self.with_hall(changed), vec![event.into()]))
    }

    /// The number present was written down wrong: two people put it right.
    ///
    /// # Errors
    /// Outside vote and count, by one person, without a reason, when the figures contradict each other, and when more
    /// ballots of a form were issued than delegates would have been there.
    pub fn correct_presence(self, figures: HallFigures, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "sửa số đại biểu có mặt";
        let Some(hall) = self.hall() else { return self.refuse(doing) };
        let corrected = hall.corrected(figures).map_err(Refusal::Hall)?;
        let over = |progress: &&FormProgress| progress.issued.is_some_and(|issued| issued > figures.attended);
        if let Some(progress) = self.progress().iter().find(over) {
            let (form, issued) = (progress.form.id.clone(), progress.issued.unwrap_or_default());
            return Err(Refusal::AttendedUnderIssued { form, issued, attended: figures.attended });
        }
        let (proposed_by, reason) = two.into_parts(self.poll(), doing)?;
        let HallFigures { attended, now: present, opened } = figures;
        let event = PresenceCorrected { attended, opened, present, proposed_by, reason };
        Ok(Transition::quiet(self.with_hall(corrected), vec![event.into()]))
    }

    /// Who is in the hall, from the opening of the vote to the close of the count.
    pub const fn hall(&self) -> Option<Presence> {
        match self {
            Self::Voting(_, hall, _) | Self::Counting(_, hall, _) => Some(*hall),
            _ => None,
        }
    }

    fn progress(&self) -> &[FormProgress] {
        match self {
            Self::Voting(.., forms) | Self::Counting(.., forms) => forms,
            _ => &[],
        }
    }

    fn with_hall(self, hall: Presence) -> Self {
        match self {
            Self::Voting(poll, _, forms) => Self::Voting(poll, hall, forms),
            Self::Counting(poll, _, forms) => Self::Counting(poll, hall, forms),
            other => other,
        }
    }
}
