//! Opening the vote, the day on which it is, and who is in the hall.

use super::{Course, CourseError, needs, once, until};
use crate::audit::event::Actor;
use crate::audit::event::poll::{PollMoved, PresenceChanged, PresenceCorrected, VotingOpened};
use crate::presence::{HallFigures, Presence};

impl Course {
    pub(super) fn move_day(&mut self, moved: &PollMoved, actor: &Actor, kind: &'static str) -> Result<(), CourseError> {
        needs(self.forms.is_some(), kind, "forms.sealed")?;
        until(self.opened_at.is_some(), kind, "voting.opened")?;
        self.by_two(&moved.proposed_by, actor, &moved.reason, kind)?;
        let follows = self.moved_to.is_none_or(|day| day == moved.before);
        if moved.before == moved.day || !follows {
            let what = format!("ngày bỏ phiếu chuyển từ {} sang {}", moved.before, moved.day);
            return Err(CourseError::Contradiction(what));
        }
        self.moved_to = Some(moved.day);
        Ok(())
    }

    /// A vote without a quorum, or on another day than was planned, needs a reason.
    fn may_open(&self, opened: &VotingOpened) -> Result<(), CourseError> {
        let Some(quorum) = opened.quorum else { return Ok(()) };
        if self.moved_to.is_some() && self.moved_to != opened.planned {
            return Err(CourseError::Contradiction("ngày bỏ phiếu đã định không phải ngày đã chuyển".into()));
        }
        let is_moved = opened.planned.is_some_and(|planned| planned != opened.at.day_in_vietnam());
        let is_told = opened.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        if (is_moved || opened.present < quorum) && !is_told {
            return Err(CourseError::Contradiction(
                "mở bỏ phiếu khi thiếu túc số hoặc khác ngày mà không có lý do".into(),
            ));
        }
        Ok(())
    }

    pub(super) fn open(
        &mut self,
        seq: u64,
        opened: &VotingOpened,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.zero_at.is_some(), kind, "zero.reported")?;
        self.by_others(&opened.proposed_by, actor, kind)?;
        let delegates = self.poll.as_ref().map_or(0, |poll| poll.delegates);
        if opened.present == 0 || opened.present > delegates {
            let what = format!("{} đại biểu có mặt trên tổng số {delegates}", opened.present);
            return Err(CourseError::Contradiction(what));
        }
        self.may_open(opened)?;
        if self.shares.are_too_few() {
            return Err(CourseError::Contradiction("mở bỏ phiếu khi chưa có hai người nhận mảnh khóa".into()));
        }
        (self.hall, self.quorum) = (Some(Presence::opened(delegates, opened.present)), opened.quorum);
        once(&mut self.opened_at, seq, kind)
    }

    /// The hall, from the opening of the vote to the close of the count.
    fn hall(&self, kind: &'static str) -> Result<Presence, CourseError> {
        until(self.closed.is_some(), kind, "counting.closed")?;
        self.hall.ok_or(CourseError::Early { kind, needs: "voting.opened" })
    }

    pub(super) fn change_presence(&mut self, told: &PresenceChanged, kind: &'static str) -> Result<(), CourseError> {
        let wrong = |what: String| Err(CourseError::Contradiction(format!("bản ghi {kind}: {what}")));
        if told.reason.trim().is_empty() {
            return wrong("không có lý do".into());
        }
        match self.hall(kind)?.changed(told.change, told.number) {
            Ok(hall) if (hall.figures.attended, hall.figures.now) == (told.attended, told.present) => {
                self.hall = Some(hall);
                Ok(())
            }
            Ok(hall) => wrong(format!("số sau khi ghi phải là {}", hall.figures)),
            Err(fault) => wrong(fault.to_string()),
        }
    }

    pub(super) fn correct_presence(
        &mut self,
        told: &PresenceCorrected,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        let hall = self.hall(kind)?;
        self.by_two(&told.proposed_by, actor, &told.reason, kind)?;
        let figures = HallFigures { attended: told.attended, now: told.present, opened: told.opened };
        let wrong = |what: String| CourseError::Contradiction(format!("bản ghi {kind}: {what}"));
        let corrected = hall.corrected(figures).map_err(|fault| wrong(fault.to_string()))?;
        let issued = self.forms.iter().flatten().filter_map(super::FormCourse::went_out).max();
        if issued.is_some_and(|issued| issued > told.attended) {
            return Err(wrong(format!("đã phát ra nhiều hơn {} phiếu", told.attended)));
        }
        self.hall = Some(corrected);
        Ok(())
    }
}
