//! The day in the hall, from the test deck to the close.

use std::sync::Arc;

use super::{ClosedCount, Committed, Course, CourseError, FormCourse, needs, once, until};
use crate::audit::event::poll::{
    BatchCommitted, BatchReopened, CountingClosed, DeckCounted, DeckWaived, FormTotals, ShareTaken, ZeroReported,
};
use crate::audit::event::{Actor, LogEvent, PollEvent};
use crate::audit::pedersen::BatchCommitments;
use crate::count::BatchCounts;
use crate::deck_trials::{self, DeckStanding};
use crate::poll::PollKind;

impl Course {
    /// What Trưởng ban and Thư ký write down, nobody else does once the board names accounts.
    pub(super) fn led(&self, event: &PollEvent, actor: &Actor) -> Result<(), CourseError> {
        let is_led = matches!(
            event,
            PollEvent::DeckCounted(_)
                | PollEvent::ZeroReported(_)
                | PollEvent::BallotsIssued(_)
                | PollEvent::UnusedSealed(_)
                | PollEvent::BallotsReturned(_)
                | PollEvent::MinutesProposed(_)
        );
        if !is_led || self.counters.may_lead(actor.account) {
            return Ok(());
        }
        let what =
            format!("bản ghi {} không do Trưởng ban hay Thư ký Ban kiểm phiếu ghi: {}", event.kind(), actor.name);
        Err(CourseError::Contradiction(what))
    }

    /// Between the sealing of the forms and the zero report.
    fn before_zero(&self, kind: &'static str) -> Result<(), CourseError> {
        needs(self.forms.is_some(), kind, "forms.sealed")?;
        until(self.zero_at.is_some(), kind, "zero.reported")
    }

    /// A member of the board takes a share, where the board was appointed with shares.
    pub(super) fn take_share(
        &mut self,
        taken: &ShareTaken,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.forms.is_some(), kind, "forms.sealed")?;
        until(self.opened_at.is_some(), kind, "voting.opened")?;
        let is_member = actor.account.is_some() && self.counters.may_count(actor.account);
        if !is_member || !self.shares.are_needed() {
            return Err(CourseError::Contradiction(format!("{} không được nhận mảnh khóa", actor.name)));
        }
        self.shares.take(actor, taken);
        Ok(())
    }

    /// No counts, for every sealed form.
    fn zeros(&self) -> impl Iterator<Item = FormTotals> {
        let kind = self.poll.as_ref().map(|poll| poll.kind);
        self.forms.iter().flatten().filter_map(move |course| {
            let lines = usize::try_from(course.form.lines).unwrap_or(usize::MAX);
            let counts = BatchCounts::zero(kind?, lines);
            Some(FormTotals { blindings: None, counts, form: course.form.id.clone(), issued: 0, returned: 0 })
        })
    }

    pub(super) fn test(&mut self, deck: &DeckCounted, kind: &'static str) -> Result<(), CourseError> {
        self.before_zero(kind)?;
        let sealed = self.forms.iter().flatten().map(|course| &course.form);
        let kind_of_vote = self.poll.as_ref().map(|poll| poll.kind);
        let fault = kind_of_vote.and_then(|kind| deck_trials::fault(kind, sealed, &deck.forms));
        if fault.is_some() {
            let what =
                "tập phiếu thử không phải của các mẫu phiếu đã chốt, hoặc số liệu không khớp từng phiếu".to_owned();
            return Err(CourseError::Contradiction(what));
        }
        self.decks.count(deck);
        Ok(())
    }

    pub(super) fn waive(&mut self, waived: &DeckWaived, actor: &Actor, kind: &'static str) -> Result<(), CourseError> {
        self.before_zero(kind)?;
        self.by_two(&waived.proposed_by, actor, &waived.reason, kind)?;
        self.decks.waive();
        Ok(())
    }

    pub(super) fn report_zero(&mut self, seq: u64, zero: &ZeroReported, kind: &'static str) -> Result<(), CourseError> {
        let forms = self.forms.iter().flatten().map(|course| course.form.id.as_str());
        needs(self.decks.standing(forms) != DeckStanding::Open, kind, "deck.counted")?;
        if !self.zeros().eq(zero.forms.iter().cloned()) {
            return Err(CourseError::Contradiction(
                "biên bản xác nhận số liệu bằng 0 có số khác 0, hoặc thiếu mẫu phiếu".into(),
            ));
        }
        once(&mut self.zero_at, seq, kind)
    }

    /// The form that a counting event speaks of, between opening of the vote and closing of the count.
    pub(super) fn counting(&mut self, form: &str, kind: &'static str) -> Result<&mut FormCourse, CourseError> {
        needs(self.opened_at.is_some(), kind, "voting.opened")?;
        until(self.closed.is_some(), kind, "counting.closed")?;
        let mut forms = self.forms.iter_mut().flatten();
        forms.find(|f| f.form.id == form).ok_or_else(|| CourseError::UnknownForm { form: form.to_owned() })
    }

    pub(super) fn commit(&mut self, batch: BatchCommitted, kind: &'static str) -> Result<(), CourseError> {
        self.counting(&batch.form, kind)?;
        needs(self.all_back(), kind, "ballots.returned")?;
        if batch.batch == 0 {
            let what = format!("mẫu phiếu {}: số tập phiếu tính từ 1", batch.form);
            return Err(CourseError::Contradiction(what));
        }
        self.read_batch(&batch)?;
        let kind_of_vote = self.poll.as_ref().map(|poll| poll.kind);
        let course = self.counting(&batch.form, kind)?;
        if let Some(commitments) = &batch.commitments {
            bound(course, kind_of_vote, &batch, commitments)?;
        }
        let (commitment, papers) = (batch.commitment, batch.papers);
        let committed = Committed { commitment, commitments: batch.commitments.map(Arc::new), papers };
        if course.batches.insert(batch.batch, committed).is_some() {
            return Err(CourseError::Repeated {
                form: batch.form, what: format!("tập phiếu số {}", batch.batch)
            });
        }
        Ok(())
    }

    pub(super) fn reopen(
        &mut self,
        reopened: &BatchReopened,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        self.counting(&reopened.form, kind)?;
        self.by_two(&reopened.proposed_by, actor, &reopened.reason, kind)?;
        let course = self.counting(&reopened.form, kind)?;
        let stands = course.batches.get(&reopened.batch).map(|committed| committed.commitment);
        if stands != Some(reopened.commitment) {
            let what = format!("mẫu phiếu {}: không có tập phiếu số {} với cam kết này", reopened.form, reopened.batch);
            return Err(CourseError::Contradiction(what));
        }
        course.reopened.extend(course.batches.remove_entry(&reopened.batch));
        Ok(())
    }

    pub(super) fn close(
        &mut self,
        seq: u64,
        closed: CountingClosed,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.opened_at.is_some(), kind, "voting.opened")?;
        self.by_others(&closed.proposed_by, actor, kind)?;
        for course in self.forms.iter().flatten() {
            let Some(ballots) = &course.returned else {
                return Err(CourseError::Early { kind, needs: "ballots.returned" });
            };
            let papers = course.papers();
            if papers != u64::from(ballots.returned) {
                let (form, returned) = (&course.form.id, ballots.returned);
                let what = format!("mẫu phiếu {form}: thu về {returned} phiếu, các tập phiếu có {papers}");
                return Err(CourseError::Contradiction(what));
            }
        }
        if !self.shares.are_closed_by(closed.shares.as_deref()) {
            let what = "đóng kiểm phiếu không bằng mảnh khóa của hai thành viên đã nhận";
            return Err(CourseError::Contradiction(what.into()));
        }
        let kind_of_vote = self.poll.as_ref().map(|poll| poll.kind);
        for total in &closed.forms {
            let own = self.forms.iter().flatten().find(|course| course.form.id == total.form);
            if own.is_some_and(|course| !course.is_opened_by(kind_of_vote, total)) {
                let what = format!("mẫu phiếu {}: blindings của counting.closed không đúng mẫu", total.form);
                return Err(CourseError::Contradiction(what));
            }
        }
        once(&mut self.counted, ClosedCount::new(closed.forms.clone()), kind)?;
        once(&mut self.closed, (seq, closed.forms), kind)
    }
}

impl FormCourse {
    /// Papers in the batches that stand.
    pub(in crate::audit) fn papers(&self) -> u64 {
        self.batches.values().map(|batch| u64::from(batch.papers)).sum()
    }

    /// Commitments of all batches, also of those that were counted anew; none of older batches.
    pub fn commitments(&self) -> impl Iterator<Item = &BatchCommitments> {
        let all = self.batches.values().chain(self.reopened.iter().map(|(_, committed)| committed));
        all.filter_map(|committed| committed.commitments.as_deref())
    }

    /// Whether every batch that stands has commitments that add up; so it is where none stands.
    pub fn adds_up(&self) -> bool {
        self.batches.values().all(|batch| batch.commitments.is_some())
    }

    /// Whether the blindings of a close are of the shape of the commitments, and there exactly where these add up. An older
    /// log has none of a form without batches.
    fn is_opened_by(&self, kind: Option<PollKind>, total: &FormTotals) -> bool {
        let Some(blindings) = &total.blindings else { return !self.adds_up() || self.batches.is_empty() };
        let lines = usize::try_from(self.form.lines).unwrap_or(usize::MAX);
        let reasons = self.batches.values().find_map(|batch| batch.commitments.as_deref());
        self.adds_up()
            && blindings.lines.len() == lines
            && blindings.lines.iter().all(|line| Some(line.0.kind()) == kind)
            && reasons.is_none_or(|told| told.invalid.keys().eq(blindings.invalid.keys()))
    }
}

/// Holds commitments against their form, their name, and those of the form's other batches.
fn bound(
    course: &FormCourse,
    kind: Option<PollKind>,
    batch: &BatchCommitted,
    commitments: &BatchCommitments,
) -> Result<(), CourseError> {
    let wrong = |sentence: &str| {
        let what = format!("mẫu phiếu {}: tập phiếu số {}: {sentence}", batch.form, batch.batch);
        Err(CourseError::Contradiction(what))
    };
    let lines = usize::try_from(course.form.lines).unwrap_or(usize::MAX);
    if !kind.is_some_and(|kind| commitments.fits(kind, lines)) {
        return wrong("cam kết không đúng số dòng hoặc các mức của mẫu phiếu");
    }
    if course.commitments().any(|other| !other.reasons().eq(commitments.reasons())) {
        return wrong("cam kết không có cùng các lý do không hợp lệ với tập phiếu khác của mẫu");
    }
    if commitments.name().ok() != Some(batch.commitment) {
        return wrong("commitment không phải mã băm của commitments");
    }
    Ok(())
}
