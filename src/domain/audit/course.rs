//! The course of a poll as its log tells it: which event may follow which, and what the whole log then says.

use std::collections::BTreeMap;

use super::digest::Digest;
use super::entry::Entry;
use super::event::poll::{
    BallotsReturned, BatchCommitted, BoardAppointed, CountingClosed, FormTotals, FormsSealed, ListDecided, PaperIssued,
    PollAmended, PollCreated, SealedForm,
};
use super::event::{LogEvent, PollEvent};

/// Moments at which the head of a log goes onto paper, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Chốt mẫu phiếu.
    FormsSealed,
    /// Mở bỏ phiếu.
    VotingOpened,
    /// Đóng kiểm phiếu.
    CountingClosed,
    /// Biên bản: the paper that the tellers sign.
    Minutes,
    /// Công bố: the whole log, with the papers that came after the minutes.
    Published,
}

/// How many moments there are.
pub const MOMENTS: usize = Moment::ALL.len();

impl Moment {
    /// All, in their order.
    pub const ALL: [Self; 5] =
        [Self::FormsSealed, Self::VotingOpened, Self::CountingClosed, Self::Minutes, Self::Published];

    /// As the database spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FormsSealed => "forms_sealed",
            Self::VotingOpened => "voting_opened",
            Self::CountingClosed => "counting_closed",
            Self::Minutes => "minutes",
            Self::Published => "published",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moment| moment.code() == code)
    }

    /// In Vietnamese, as papers and reports name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FormsSealed => "chốt mẫu phiếu",
            Self::VotingOpened => "mở bỏ phiếu",
            Self::CountingClosed => "đóng kiểm phiếu",
            Self::Minutes => "lập biên bản",
            Self::Published => "công bố",
        }
    }
}

/// An event that cannot stand where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourseError {
    /// Before something that must come first.
    #[error("bản ghi {kind} phải đứng sau {needs}")]
    Early {
        /// What came.
        kind: &'static str,
        /// What is missing before it.
        needs: &'static str,
    },
    /// After something that ends its time.
    #[error("bản ghi {kind} không được đứng sau {ended_by}")]
    Late {
        /// What came.
        kind: &'static str,
        /// What had come already.
        ended_by: &'static str,
    },
    /// Said once and for all.
    #[error("bản ghi {kind} chỉ được có một lần")]
    Twice {
        /// What came again.
        kind: &'static str,
    },
    /// Not one of the sealed forms.
    #[error("mẫu phiếu {form} không có trong forms.sealed")]
    UnknownForm {
        /// Its id.
        form: String,
    },
    /// Said twice of one form.
    #[error("mẫu phiếu {form}: {what} bị ghi hai lần")]
    Repeated {
        /// Its id.
        form: String,
        /// What was said twice.
        what: String,
    },
    /// Lists, forms or figures that contradict each other.
    #[error("{0}")]
    Contradiction(String),
    /// The log ends too early.
    #[error("nhật ký chưa có bản ghi {kind}")]
    Unfinished {
        /// What is missing.
        kind: &'static str,
    },
}

/// A committed batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Hides its counts.
    pub commitment: Digest,
    /// Papers in the pile.
    pub papers: u32,
}

/// What the log says of one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormCourse {
    /// The form as sealed.
    pub form: SealedForm,
    /// Out and back.
    pub returned: Option<BallotsReturned>,
    /// By number.
    pub batches: BTreeMap<u32, Committed>,
}

/// A paper and the entry that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Number of the entry.
    pub seq: u64,
    /// Leaf of the entry.
    pub leaf: Digest,
    /// The paper.
    pub paper: PaperIssued,
}

/// Reads a log entry by entry and refuses what cannot follow.
#[derive(Clone, Debug, Default)]
pub struct Course {
    poll: Option<PollCreated>,
    list: Option<ListDecided>,
    board: Option<BoardAppointed>,
    forms: Option<Vec<FormCourse>>,
    sealed_at: u64,
    opened_at: Option<u64>,
    closed: Option<(u64, Vec<FormTotals>)>,
    results_sha256: Option<Digest>,
    papers: Vec<Issued>,
}

/// What a finished log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The poll.
    pub poll: PollCreated,
    /// Who was voted on.
    pub list: ListDecided,
    /// In the order of the sealed forms.
    pub forms: Vec<FormCourse>,
    /// As the log closes them; [`super::settle::settle`] holds them against the openings.
    pub totals: Vec<FormTotals>,
    /// SHA-256 of results.json.
    pub results_sha256: Digest,
    /// In the order of the log.
    pub papers: Vec<Issued>,
    /// Numbers of the entries that seal the forms, open the voting and close the counting.
    pub turning_points: [u64; 3],
}

impl Course {
    /// Takes the next entry.
    ///
    /// # Errors
    /// When its event cannot stand there; the course is then of no further use.
    pub fn accept(&mut self, entry: Entry) -> Result<(), CourseError> {
        let (seq, leaf, kind) = (entry.seq, entry.leaf, entry.event.kind());
        if self.poll.is_none() && !matches!(entry.event, PollEvent::PollCreated(_)) {
            return Err(CourseError::Early { kind, needs: "poll.created" });
        }
        match entry.event {
            PollEvent::PollCreated(poll) => once(&mut self.poll, poll, kind),
            PollEvent::PollAmended(amended) => self.amend(amended, kind),
            PollEvent::ListDecided(list) => once(&mut self.list, list, kind),
            PollEvent::BoardAppointed(board) => self.appoint(board, kind),
            PollEvent::DossiersReleased(_) if self.opened_at.is_some() => {
                Err(CourseError::Late { kind, ended_by: "voting.opened" })
            }
            PollEvent::DossiersReleased(_) => Ok(()),
            PollEvent::FormsSealed(forms) => self.seal(seq, forms, kind),
            PollEvent::VotingOpened(_) => {
                needs(self.forms.is_some(), kind, "forms.sealed")?;
                once(&mut self.opened_at, seq, kind)
            }
            PollEvent::BallotsReturned(ballots) => self.take_back(ballots, kind),
            PollEvent::BatchCommitted(batch) => self.commit(batch, kind),
            PollEvent::CountingClosed(closed) => self.close(seq, closed, kind),
            PollEvent::ResultDeclared(result) => {
                needs(self.closed.is_some(), kind, "counting.closed")?;
                once(&mut self.results_sha256, result.results_sha256, kind)
            }
            PollEvent::CouncilLogNoted(_) => Ok(()),
            PollEvent::PaperIssued(paper) => {
                self.papers.push(Issued { seq, leaf, paper });
                Ok(())
            }
        }
    }

    /// The poll, once its first entry was taken.
    pub const fn poll(&self) -> Option<&PollCreated> {
        self.poll.as_ref()
    }

    fn amend(&mut self, amended: PollAmended, kind: &'static str) -> Result<(), CourseError> {
        self.before_sealing(kind)?;
        if let Some(poll) = &mut self.poll {
            poll.delegates = amended.delegates;
            poll.sitting = amended.sitting;
        }
        Ok(())
    }

    fn appoint(&mut self, board: BoardAppointed, kind: &'static str) -> Result<(), CourseError> {
        needs(self.list.is_some(), kind, "list.decided")?;
        self.before_sealing(kind)?;
        self.board = Some(board);
        Ok(())
    }

    const fn before_sealing(&self, kind: &'static str) -> Result<(), CourseError> {
        if self.forms.is_some() { Err(CourseError::Late { kind, ended_by: "forms.sealed" }) } else { Ok(()) }
    }

    fn seal(&mut self, seq: u64, sealed: FormsSealed, kind: &'static str) -> Result<(), CourseError> {
        let Some(list) = &self.list else { return Err(CourseError::Early { kind, needs: "list.decided" }) };
        // A rehearsal may have nobody to count.
        let is_rehearsal = self.poll.as_ref().is_some_and(|poll| poll.rehearsal);
        needs(self.board.is_some() || is_rehearsal, kind, "board.appointed")?;
        let mut forms: Vec<FormCourse> = Vec::with_capacity(sealed.forms.len());
        for form in sealed.forms {
            if forms.iter().any(|other| other.form.id == form.id || other.form.block == form.block) {
                return Err(CourseError::Repeated { form: form.id, what: "mã phiếu hoặc khối".into() });
            }
            let listed = list.officials.iter().filter(|o| o.block == form.block).count();
            if u32::try_from(listed) != Ok(form.lines) || listed == 0 {
                let what = format!("mẫu phiếu {} có {} dòng, khối có {listed} người", form.id, form.lines);
                return Err(CourseError::Contradiction(what));
            }
            forms.push(FormCourse { form, returned: None, batches: BTreeMap::new() });
        }
        if let Some(left_out) = list.officials.iter().find(|o| forms.iter().all(|f| f.form.block != o.block)) {
            let what = format!("khối \"{}\" không có mẫu phiếu", left_out.block);
            return Err(CourseError::Contradiction(what));
        }
        self.sealed_at = seq;
        once(&mut self.forms, forms, kind)
    }

    /// The form that a counting event speaks of, between opening of the vote and closing of the count.
    fn counting(&mut self, form: &str, kind: &'static str) -> Result<&mut FormCourse, CourseError> {
        needs(self.opened_at.is_some(), kind, "voting.opened")?;
        if self.closed.is_some() {
            return Err(CourseError::Late { kind, ended_by: "counting.closed" });
        }
        let mut forms = self.forms.iter_mut().flatten();
        forms.find(|f| f.form.id == form).ok_or_else(|| CourseError::UnknownForm { form: form.to_owned() })
    }

    fn take_back(&mut self, ballots: BallotsReturned, kind: &'static str) -> Result<(), CourseError> {
        let course = self.counting(&ballots.form, kind)?;
        let BallotsReturned { issued, returned, .. } = ballots;
        if returned > issued {
            let what = format!("mẫu phiếu {}: thu về {returned} nhiều hơn phát ra {issued}", ballots.form);
            return Err(CourseError::Contradiction(what));
        }
        if course.returned.is_some() {
            return Err(CourseError::Repeated { form: ballots.form, what: kind.into() });
        }
        course.returned = Some(ballots);
        Ok(())
    }

    fn commit(&mut self, batch: BatchCommitted, kind: &'static str) -> Result<(), CourseError> {
        let course = self.counting(&batch.form, kind)?;
        needs(course.returned.is_some(), kind, "ballots.returned")?;
        let committed = Committed { commitment: batch.commitment, papers: batch.papers };
        if course.batches.insert(batch.batch, committed).is_some() {
            return Err(CourseError::Repeated {
                form: batch.form, what: format!("tập phiếu số {}", batch.batch)
            });
        }
        Ok(())
    }

    fn close(&mut self, seq: u64, closed: CountingClosed, kind: &'static str) -> Result<(), CourseError> {
        needs(self.opened_at.is_some(), kind, "voting.opened")?;
        for course in self.forms.iter().flatten() {
            let Some(ballots) = &course.returned else {
                return Err(CourseError::Early { kind, needs: "ballots.returned" });
            };
            let papers: u64 = course.batches.values().map(|batch| u64::from(batch.papers)).sum();
            if papers != u64::from(ballots.returned) {
                let (form, returned) = (&course.form.id, ballots.returned);
                let what = format!("mẫu phiếu {form}: thu về {returned} phiếu, các tập phiếu có {papers}");
                return Err(CourseError::Contradiction(what));
            }
        }
        once(&mut self.closed, (seq, closed.forms), kind)
    }

    /// What the log says when nothing more follows.
    ///
    /// # Errors
    /// When an event that every poll has is missing.
    pub fn finish(self) -> Result<Record, CourseError> {
        let unfinished = |kind| CourseError::Unfinished { kind };
        let poll = self.poll.ok_or(unfinished("poll.created"))?;
        let list = self.list.ok_or(unfinished("list.decided"))?;
        let forms = self.forms.ok_or(unfinished("forms.sealed"))?;
        let opened_at = self.opened_at.ok_or(unfinished("voting.opened"))?;
        let (closed_at, totals) = self.closed.ok_or(unfinished("counting.closed"))?;
        let results_sha256 = self.results_sha256.ok_or(unfinished("result.declared"))?;
        let turning_points = [self.sealed_at, opened_at, closed_at];
        Ok(Record { poll, list, forms, totals, results_sha256, papers: self.papers, turning_points })
    }
}

impl Record {
    /// Whether the checkpoint sizes stand at their moments: each covers its own turning point and not the next, none
    /// goes back, and the last covers all `size` entries. The first moment that does not.
    pub fn misplaced(&self, sizes: [u64; MOMENTS], size: u64) -> Option<Moment> {
        let [sealed, opened, closed] = self.turning_points;
        let [_, _, _, minutes, _] = sizes;
        let windows = [
            (sealed + 1, opened),
            (opened + 1, closed),
            (closed + 1, minutes.min(size)),
            (closed + 1, size),
            (size, size),
        ];
        let all = Moment::ALL.into_iter().zip(sizes).zip(windows);
        all.filter(|&((_, at), (from, to))| at < from || at > to).map(|((moment, _), _)| moment).next()
    }
}

fn needs(holds: bool, kind: &'static str, needs: &'static str) -> Result<(), CourseError> {
    if holds { Ok(()) } else { Err(CourseError::Early { kind, needs }) }
}

fn once<T>(slot: &mut Option<T>, value: T, kind: &'static str) -> Result<(), CourseError> {
    if slot.is_some() {
        return Err(CourseError::Twice { kind });
    }
    *slot = Some(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::event::Actor;
    use super::super::event::poll::{BallotsReturned, BatchCommitted, ListedOfficial, ResultDeclared, VotingOpened};
    use super::*;
    use crate::domain::count::BatchCounts;
    use crate::domain::poll::PollKind;
    use crate::domain::role::Role;
    use crate::domain::roster::Teller;
    use crate::domain::roster::TellerRole;

    fn poll() -> PollEvent {
        let digest = Digest::of(b"");
        let (council, ruleset, sitting) = ("Hội đồng".into(), "MAU".into(), "Kỳ họp".into());
        let (delegates, kind) = (3, PollKind::Confidence);
        let (rehearsal, simulated, ruleset_sha256) = (false, false, digest);
        PollCreated { council, delegates, kind, rehearsal, ruleset, ruleset_sha256, simulated, sitting }.into()
    }

    fn list() -> PollEvent {
        let official = ListedOfficial { block: "Khối".into(), name: "A".into(), posts: "B".into() };
        ListDecided { officials: vec![official], resolution: "31/NQ-HĐND".into() }.into()
    }

    fn board() -> PollEvent {
        let head = Teller { name: "C".into(), role: TellerRole::Head };
        BoardAppointed { resolution: "32/NQ-HĐND".into(), tellers: vec![head] }.into()
    }

    /// What was expected of the sitting may change until the forms are sealed; the last word counts.
    #[test]
    fn a_poll_is_amended_before_its_forms_are_sealed() {
        let amended: PollEvent = PollAmended { delegates: 4, sitting: "Kỳ họp thứ 14".into() }.into();
        let mut events = whole();
        events.insert(1, amended.clone());
        let record = told(events).expect("record");
        assert_eq!((record.poll.delegates, record.poll.sitting.as_str()), (4, "Kỳ họp thứ 14"));
        let mut late = whole();
        late.insert(4, amended);
        assert_eq!(told(late), Err(CourseError::Late { kind: "poll.amended", ended_by: "forms.sealed" }));
    }

    fn forms(lines: u32) -> PollEvent {
        let form = SealedForm { block: "Khối".into(), id: "F1".into(), lines, sha256: Digest::of(b""), sheets: 1 };
        FormsSealed { forms: vec![form] }.into()
    }

    fn voting() -> PollEvent {
        VotingOpened { at: "2026-12-10T01:00:00Z".parse().expect("time") }.into()
    }

    fn ballots(issued: u32, returned: u32) -> PollEvent {
        BallotsReturned { form: "F1".into(), issued, returned }.into()
    }

    fn batch(form: &str, batch: u32, papers: u32) -> PollEvent {
        BatchCommitted { batch, commitment: Digest::of(b""), form: form.into(), papers }.into()
    }

    fn closing() -> PollEvent {
        let counts = BatchCounts::zero(PollKind::Confidence, 1);
        CountingClosed { forms: vec![FormTotals { counts, form: "F1".into(), issued: 3, returned: 3 }] }.into()
    }

    fn result() -> PollEvent {
        ResultDeclared { results_sha256: Digest::of(b"") }.into()
    }

    fn told(events: Vec<PollEvent>) -> Result<Record, CourseError> {
        let actor = std::sync::Arc::new(Actor { account: None, name: "A".into(), role: Role::Program });
        let at = "2026-12-10T01:00:00Z".parse().expect("time");
        let mut course = Course::default();
        for (seq, event) in (0..).zip(events) {
            course.accept(Entry { seq, at, actor: actor.clone(), event, leaf: Digest::of(b"") })?;
        }
        course.finish()
    }

    fn whole() -> Vec<PollEvent> {
        vec![poll(), list(), board(), forms(1), voting(), ballots(3, 3), batch("F1", 1, 3), closing(), result()]
    }

    #[test]
    fn a_poll_told_in_order_is_a_record() {
        let record = told(whole()).expect("record");
        assert_eq!(record.turning_points, [3, 4, 7]);
        assert_eq!(record.misplaced([4, 5, 8, 9, 9], 9), None);
        assert_eq!(record.misplaced([5, 5, 8, 9, 9], 9), Some(Moment::FormsSealed));
        assert_eq!(record.misplaced([4, 8, 8, 9, 9], 9), Some(Moment::VotingOpened));
        assert_eq!(record.misplaced([4, 5, 9, 8, 9], 9), Some(Moment::CountingClosed));
        assert_eq!(record.misplaced([4, 5, 8, 10, 9], 9), Some(Moment::Minutes));
        assert_eq!(record.misplaced([4, 5, 8, 8, 8], 9), Some(Moment::Published));
    }

    /// Leaving out, repeating or moving forward any event of the whole story breaks it.
    #[test]
    fn every_event_has_one_place() {
        let events = whole();
        for place in 0..events.len() {
            let mut without = events.clone();
            without.remove(place);
            assert!(told(without).is_err(), "without {}", events[place].kind());
            let mut twice = events.clone();
            twice.push(events[place].clone());
            assert!(told(twice).is_err(), "{} again at the end", events[place].kind());
            if place > 0 {
                let mut early = events.clone();
                early.swap(place - 1, place);
                assert!(told(early).is_err(), "{} one place early", events[place].kind());
            }
        }
    }

    #[test]
    fn figures_that_contradict_each_other_are_refused_where_they_stand() {
        let with = |place: usize, event: PollEvent| {
            let mut events = whole();
            events[place] = event;
            told(events)
        };
        assert!(matches!(with(3, forms(2)), Err(CourseError::Contradiction(_))));
        assert!(matches!(with(5, ballots(2, 3)), Err(CourseError::Contradiction(_))));
        assert!(matches!(with(6, batch("F1", 1, 2)), Err(CourseError::Contradiction(_))));
        assert_eq!(with(6, batch("F2", 1, 3)), Err(CourseError::UnknownForm { form: "F2".into() }));
    }
}
