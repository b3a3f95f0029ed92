//! Papers of the forms: announced as issued, sealed where nobody used them, returned, put right.

use super::{BallotsReturned, Course, CourseError, FormCourse, needs, until};
use crate::audit::event::Actor;
use crate::audit::event::poll::{BallotsCorrected, BallotsIssued, IssuedCorrected, UnusedSealed};
use crate::ballot_account::{AccountFault, Attendance, BallotAccount, IssuedPapers};

impl Course {
    /// It is told of every form what went out.
    fn all_issued(&self) -> bool {
        self.forms.iter().flatten().all(|course| course.issued.is_some())
    }

    fn attendance(&self) -> Attendance {
        let delegates = self.poll.as_ref().map_or(0, |poll| poll.delegates);
        self.hall.map_or(Attendance { delegates, present: None }, Attendance::from)
    }

    /// What went out of a form, when nothing contradicts it.
    fn announced(&self, form: &str, papers: IssuedPapers) -> Result<Option<u32>, CourseError> {
        match papers.fault(self.attendance()) {
            Some(fault) => Err(contradicted(form, fault)),
            None => Ok(Some(papers.issued)),
        }
    }

    pub(super) fn issue(&mut self, told: &BallotsIssued, kind: &'static str) -> Result<(), CourseError> {
        self.counting(&told.form, kind)?;
        until(self.all_issued(), kind, "ballots.issued")?;
        let &BallotsIssued { issued, printed, .. } = told;
        self.counting(&told.form, kind)?.issued = self.announced(&told.form, IssuedPapers { issued, printed })?;
        Ok(())
    }

    pub(super) fn correct_issued(
        &mut self,
        told: &IssuedCorrected,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        self.counting(&told.form, kind)?;
        needs(self.all_issued(), kind, "ballots.issued")?;
        until(self.all_back(), kind, "ballots.returned")?;
        self.by_two(&told.proposed_by, actor, &told.reason, kind)?;
        let &IssuedCorrected { issued, printed, .. } = told;
        let issued = self.announced(&told.form, IssuedPapers { issued, printed })?;
        let course = self.counting(&told.form, kind)?;
        (course.issued, course.returned) = (issued, None);
        Ok(())
    }

    pub(super) fn seal_unused(&mut self, told: &UnusedSealed, kind: &'static str) -> Result<(), CourseError> {
        needs(self.forms.is_some() && self.all_issued(), kind, "ballots.issued")?;
        let is_open = self.forms.iter().flatten().any(|course| course.returned.is_some());
        until(is_open, kind, "ballots.returned")?;
        if told.packets == 0 {
            return Err(CourseError::Contradiction("niêm phong phiếu chưa dùng mà không có gói nào".into()));
        }
        Ok(())
    }

    /// The papers of every form are accounted for.
    pub(super) fn all_back(&self) -> bool {
        self.forms.iter().flatten().all(|course| course.returned.is_some())
    }

    /// Figures in which nothing contradicts anything.
    fn sound(&self, ballots: &BallotsReturned) -> Result<(), CourseError> {
        let fault = BallotAccount::from(ballots).blocked(self.attendance());
        fault.map_or(Ok(()), |fault| Err(contradicted(&ballots.form, fault)))
    }

    /// A log that tells its quorum tells also what went out before the box was opened; an older one tells both at once,
    /// and once.
    pub(super) fn take_back(&mut self, ballots: BallotsReturned, kind: &'static str) -> Result<(), CourseError> {
        self.sound(&ballots)?;
        let tells_both = self.quorum.is_none();
        let is_over = self.all_back();
        self.counting(&ballots.form, kind)?;
        needs(tells_both || self.all_issued(), kind, "ballots.issued")?;
        let course = self.counting(&ballots.form, kind)?;
        if is_over || (tells_both && course.returned.is_some()) {
            return Err(CourseError::Repeated { form: ballots.form, what: kind.into() });
        }
        if course.issued.is_some_and(|issued| issued != ballots.issued) {
            let what = format!("mẫu phiếu {}: phát ra khác số đã công bố", ballots.form);
            return Err(CourseError::Contradiction(what));
        }
        course.returned = Some(ballots);
        Ok(())
    }

    pub(super) fn correct(
        &mut self,
        corrected: BallotsCorrected,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        let BallotsCorrected { ballots, proposed_by, reason } = corrected;
        self.counting(&ballots.form, kind)?;
        needs(self.all_back(), kind, "ballots.returned")?;
        self.by_two(&proposed_by, actor, &reason, kind)?;
        self.sound(&ballots)?;
        let course = self.counting(&ballots.form, kind)?;
        let papers = course.papers();
        if papers > u64::from(ballots.returned) {
            let what = format!("mẫu phiếu {}: các tập phiếu đã có {papers} phiếu", ballots.form);
            return Err(CourseError::Contradiction(what));
        }
        (course.issued, course.returned) = (Some(ballots.issued), Some(ballots));
        Ok(())
    }
}

impl FormCourse {
    /// Ballots that went out, as far as the log tells it.
    pub fn went_out(&self) -> Option<u32> {
        self.issued.or_else(|| self.returned.as_ref().map(|told| told.issued))
    }
}

fn contradicted(form: &str, fault: AccountFault) -> CourseError {
    CourseError::Contradiction(format!("mẫu phiếu {form}: {fault}"))
}
