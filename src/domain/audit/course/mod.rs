//! The course of a poll as its log tells it: which event may follow which, and what the whole log then says.

mod conclude;
mod counting;
mod error;
mod hall;
mod moment;
mod papers;
mod standing;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::digest::Digest;
use super::entry::LogEntry;
use super::event::poll::{
    BallotsReturned, BatchCommitted, BoardAppointed, FormTotals, FormsSealed, ListDecided, PaperIssued, PollAmended,
    PollCreated, RulesFrozen, SealedForm,
};
use super::event::{Actor, LogEvent, PollEvent};
use super::pedersen::BatchCommitments;
use crate::batch::Reader;
use crate::counters::{Counters, ReadersFault, told_readers};
use crate::deck_trials::DeckTrials;
use crate::id::AccountId;
use crate::poll_state::{ClosedCount, is_one_person};
use crate::presence::Presence;
use crate::roster::Teller;
use crate::shares::{Shares, TO_CLOSE};

pub use error::CourseError;
pub use moment::{MOMENTS, Moment};

/// A committed batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub commitment: Digest,
    /// Those that add up; a batch of an older log has none.
    pub commitments: Option<Arc<BatchCommitments>>,
    pub papers: u32,
}

/// What the log says of one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormCourse {
    pub form: SealedForm,
    /// Announced as issued; a log of an older program does not tell it by itself.
    pub issued: Option<u32>,
    pub returned: Option<BallotsReturned>,
    /// Batches in force, by number.
    pub batches: BTreeMap<u32, Committed>,
    /// Those that were counted anew, by number, in the order in which they were reopened.
    pub reopened: Vec<(u32, Committed)>,
}

/// A paper and the entry that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub seq: u64,
    pub leaf: Digest,
    pub paper: PaperIssued,
}

/// Who read a batch, as its entry names them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Readers {
    names: Vec<String>,
    accounts: Option<Vec<AccountId>>,
    earlier: Option<Vec<Reader>>,
}

impl Readers {
    fn are_of(&self, batch: &BatchCommitted) -> bool {
        self.names == batch.readers && self.accounts == batch.accounts && self.earlier == batch.earlier
    }
}

/// Reads a log entry by entry and refuses what cannot follow.
#[derive(Clone, Debug, Default)]
pub struct Course {
    poll: Option<PollCreated>,
    list: Option<ListDecided>,
    board: Option<BoardAppointed>,
    /// Who counts, by the board that was appointed last.
    counters: Counters,
    /// Who holds shares of what the close needs.
    shares: Shares,
    /// Who read the batch before, held against the board: most batches of a pile of work are read by the same people.
    sound_readers: Option<Readers>,
    /// The board chose what a line that is marked wrongly costs.
    has_chosen: bool,
    forms: Option<Vec<FormCourse>>,
    /// What was said of the test decks.
    decks: DeckTrials,
    zero_at: Option<u64>,
    sealed_at: u64,
    opened_at: Option<u64>,
    /// The day to which the vote was moved last.
    moved_to: Option<Date>,
    /// Who is in the hall.
    hall: Option<Presence>,
    /// The smallest number present that was asked for; a log of an older program does not tell it.
    quorum: Option<u32>,
    closed: Option<(u64, Vec<FormTotals>)>,
    /// The totals with the figures of recounted lines.
    counted: Option<ClosedCount>,
    results_sha256: Option<Digest>,
    /// SHA-256 of the proposed minutes, and the person who proposed them.
    proposed: Option<(Digest, Actor)>,
    signed_at: Option<u64>,
    confirmed_at: Option<u64>,
    published_at: Option<u64>,
    archived_at: Option<u64>,
    is_cancelled: bool,
    papers: Vec<Issued>,
}

/// What a finished log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub poll: PollCreated,
    pub list: ListDecided,
    /// In the order of the sealed forms.
    pub forms: Vec<FormCourse>,
    /// As the log closes them; [`super::pedersen::sums`] and [`super::settle`] hold them against the commitments.
    pub totals: Vec<FormTotals>,
    /// The same with the lines that were counted again: what the result is made of.
    pub counted: ClosedCount,
    /// Members of the board are known by their accounts.
    pub is_bound: bool,
    /// Whether the council confirmed the result by a resolution.
    pub is_confirmed: bool,
    /// SHA-256 of results.json.
    pub results_sha256: Digest,
    /// In the order of the log.
    pub papers: Vec<Issued>,
    /// The smallest number present that was asked for when the vote was opened; a log of an older program does not tell
    /// it.
    pub quorum: Option<u32>,
    /// Numbers of the entries that brought each moment, in the order of [`Moment::ALL`]; `None` for one that has not come.
    /// A log ends where its bundle was written: at the earliest with the declared result.
    pub turning_points: [Option<u64>; MOMENTS],
}

impl Course {
    /// Takes the next entry.
    ///
    /// # Errors
    /// When its event cannot stand there; the course is then of no further use.
    pub fn accept(&mut self, entry: LogEntry) -> Result<(), CourseError> {
        let (seq, leaf, kind) = (entry.seq, entry.leaf, entry.event.kind());
        if self.poll.is_none() && !matches!(entry.event, PollEvent::PollCreated(_)) {
            return Err(CourseError::Early { kind, needs: "poll.created" });
        }
        if self.is_cancelled {
            return Err(CourseError::Late { kind, ended_by: "poll.cancelled" });
        }
        let actor = &entry.actor;
        self.led(&entry.event, actor)?;
        match entry.event {
            PollEvent::PollCreated(poll) => once(&mut self.poll, poll, kind),
            PollEvent::PollAmended(amended) => self.amend(amended, kind),
            PollEvent::RulesFrozen(frozen) => self.freeze(&frozen, actor, kind),
            PollEvent::ListDecided(list) => once(&mut self.list, list, kind),
            PollEvent::BoardAppointed(board) => self.appoint(board, kind),
            PollEvent::DossiersReleased(_) => until(self.opened_at.is_some(), kind, "voting.opened"),
            PollEvent::FormsSealed(forms) => self.seal(seq, forms, kind),
            PollEvent::DeckCounted(deck) => self.test(&deck, kind),
            PollEvent::DeckWaived(waived) => self.waive(&waived, actor, kind),
            PollEvent::ShareTaken(taken) => self.take_share(&taken, actor, kind),
            PollEvent::ZeroReported(zero) => self.report_zero(seq, &zero, kind),
            PollEvent::PollMoved(moved) => self.move_day(&moved, actor, kind),
            PollEvent::VotingOpened(opened) => self.open(seq, &opened, actor, kind),
            PollEvent::PresenceChanged(changed) => self.change_presence(&changed, kind),
            PollEvent::PresenceCorrected(corrected) => self.correct_presence(&corrected, actor, kind),
            PollEvent::BallotsIssued(issued) => self.issue(&issued, kind),
            PollEvent::IssuedCorrected(corrected) => self.correct_issued(&corrected, actor, kind),
            PollEvent::UnusedSealed(sealed) => self.seal_unused(&sealed, kind),
            PollEvent::BallotsReturned(ballots) => self.take_back(ballots, kind),
            PollEvent::BallotsCorrected(corrected) => self.correct(corrected, actor, kind),
            PollEvent::BatchCommitted(batch) => self.commit(batch, kind),
            PollEvent::BatchReopened(batch) => self.reopen(&batch, actor, kind),
            PollEvent::CountingClosed(closed) => self.close(seq, closed, actor, kind),
            PollEvent::RecountOrdered(line) => self.order(&line, actor, kind),
            PollEvent::LineRecounted(line) => self.recount(&line, actor, kind),
            PollEvent::ResultDeclared(result) => self.declare(&result, actor, kind),
            PollEvent::MinutesProposed(minutes) => self.propose(&minutes, actor, kind),
            PollEvent::MinutesSigned(minutes) => self.sign(seq, &minutes, actor, kind),
            PollEvent::MinutesReopened(reopened) => self.reopen_minutes(&reopened, actor, kind),
            PollEvent::BallotsHandedOver(handed) => self.hand_over(&handed, kind),
            PollEvent::ResultConfirmed(confirmed) => self.confirm(seq, &confirmed, actor, kind),
            PollEvent::ResultPublished(published) => {
                needs(self.signed_at.is_some(), kind, "minutes.signed")?;
                self.by_others(&published.proposed_by, actor, kind)?;
                once(&mut self.published_at, seq, kind)
            }
            PollEvent::CorrigendumIssued(corrigendum) => self.put_right(&corrigendum, actor, kind),
            PollEvent::PollArchived(archived) => {
                needs(self.published_at.is_some(), kind, "result.published")?;
                self.by_others(&archived.proposed_by, actor, kind)?;
                once(&mut self.archived_at, seq, kind)
            }
            PollEvent::PollCancelled(cancelled) => self.cancel(&cancelled, actor, kind),
            PollEvent::ClockConfirmed(confirmed) => self.by_two(&confirmed.proposed_by, actor, &confirmed.reason, kind),
            PollEvent::CouncilLogNoted(_) => Ok(()),
            PollEvent::PaperIssued(paper) => {
                self.papers.push(Issued { seq, leaf, paper });
                Ok(())
            }
        }
    }

    /// The board that was appointed last; nobody before that.
    pub fn board(&self) -> &[Teller] {
        self.board.as_ref().map_or(&[], |board| &board.tellers)
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

    fn freeze(&mut self, frozen: &RulesFrozen, actor: &Actor, kind: &'static str) -> Result<(), CourseError> {
        self.before_sealing(kind)?;
        self.by_others(&frozen.proposed_by, actor, kind)?;
        if frozen.bad_line.is_some() {
            needs(self.board.is_some(), kind, "board.appointed")?;
            if std::mem::replace(&mut self.has_chosen, true) {
                return Err(CourseError::Twice { kind });
            }
        }
        if let Some(poll) = &mut self.poll {
            poll.ruleset_sha256 = frozen.ruleset_sha256;
        }
        Ok(())
    }

    fn appoint(&mut self, board: BoardAppointed, kind: &'static str) -> Result<(), CourseError> {
        needs(self.list.is_some(), kind, "list.decided")?;
        self.before_sealing(kind)?;
        let accounts: Vec<AccountId> = board.tellers.iter().filter_map(|teller| teller.account).collect();
        if (1..).zip(&accounts).any(|(next, account)| accounts.iter().skip(next).any(|other| other == account)) {
            return Err(CourseError::Contradiction("một tài khoản đứng hai lần trong Ban kiểm phiếu".into()));
        }
        if board.shares.is_some_and(|shares| shares != TO_CLOSE) || board.shares.is_some() && accounts.len() < 2 {
            return Err(CourseError::Contradiction(
                "mảnh khóa của Ban kiểm phiếu không phải hai trong số thành viên".into(),
            ));
        }
        self.shares = Shares::chosen(&board);
        self.counters = Counters::of(&board.tellers, self.is_rehearsal());
        self.sound_readers = None;
        self.board = Some(board);
        Ok(())
    }

    fn is_rehearsal(&self) -> bool {
        self.poll.as_ref().is_some_and(|poll| poll.rehearsal)
    }

    /// Two people of the board read papers.
    fn read_by_two(&self, names: &[String], accounts: Option<&[AccountId]>, what: &str) -> Result<(), CourseError> {
        let fault = match told_readers(names, accounts) {
            Some(readers) => self.counters.fault(&readers),
            None => Some(ReadersFault::NotTwo),
        };
        no_fault(fault, what)
    }

    /// Two people of the board read a batch; those whose readings they took over are of the board, and none of the two.
    fn read_batch(&mut self, batch: &BatchCommitted) -> Result<(), CourseError> {
        if self.sound_readers.as_ref().is_some_and(|readers| readers.are_of(batch)) {
            return Ok(());
        }
        let what = format!("mẫu phiếu {}: tập phiếu số {}", batch.form, batch.batch);
        self.read_by_two(&batch.readers, batch.accounts.as_deref(), &what)?;
        let readers = told_readers(&batch.readers, batch.accounts.as_deref());
        let earlier = batch.earlier.as_deref().unwrap_or_default();
        no_fault(readers.and_then(|readers| self.counters.fault_of_earlier(&readers, earlier)), &what)?;
        let BatchCommitted { readers, accounts, earlier, .. } = batch.clone();
        self.sound_readers = Some(Readers { names: readers, accounts, earlier });
        Ok(())
    }

    fn before_sealing(&self, kind: &'static str) -> Result<(), CourseError> {
        until(self.forms.is_some(), kind, "forms.sealed")
    }

    /// The person who proposed and the actor of the entry must be two people.
    fn by_others(&self, proposed_by: &Actor, actor: &Actor, kind: &'static str) -> Result<(), CourseError> {
        let is_rehearsal = self.poll.as_ref().is_some_and(|poll| poll.rehearsal);
        let is_one = is_one_person(proposed_by, actor, is_rehearsal);
        if is_one { Err(CourseError::OnePerson { kind }) } else { Ok(()) }
    }

    /// The same, and the entry says why.
    fn by_two(&self, proposed_by: &Actor, actor: &Actor, reason: &str, kind: &'static str) -> Result<(), CourseError> {
        self.by_others(proposed_by, actor, kind)?;
        if reason.trim().is_empty() {
            return Err(CourseError::Contradiction(format!("bản ghi {kind} không có lý do")));
        }
        Ok(())
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
            forms.push(FormCourse {
                form,
                issued: None,
                returned: None,
                batches: BTreeMap::new(),
                reopened: Vec::new(),
            });
        }
        if let Some(left_out) = list.officials.iter().find(|o| forms.iter().all(|f| f.form.block != o.block)) {
            let what = format!("khối \"{}\" không có mẫu phiếu", left_out.block);
            return Err(CourseError::Contradiction(what));
        }
        self.sealed_at = seq;
        once(&mut self.forms, forms, kind)
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
        let counted = self.counted.ok_or(unfinished("counting.closed"))?;
        let results_sha256 = self.results_sha256.ok_or(unfinished("result.declared"))?;
        let turning_points =
            [Some(self.sealed_at), Some(opened_at), Some(closed_at), self.signed_at, self.published_at];
        Ok(Record {
            poll,
            list,
            forms,
            totals,
            counted,
            is_bound: self.counters.are_bound(),
            is_confirmed: self.confirmed_at.is_some(),
            results_sha256,
            papers: self.papers,
            quorum: self.quorum,
            turning_points,
        })
    }
}

impl Record {
    /// Number of the entry that brought a moment; `None` while it has not come.
    pub fn came_at(&self, moment: Moment) -> Option<u64> {
        Moment::ALL.into_iter().zip(self.turning_points).find(|(other, _)| *other == moment).and_then(|(_, at)| at)
    }

    /// The first head that does not stand at its moment in a log of `size` entries: each covers its own turning point and
    /// not the next, none goes back, and the one of the publication covers all.
    pub fn misplaced(&self, heads: &[(Moment, u64)], size: u64) -> Option<Moment> {
        let until = |next: Moment| self.came_at(next).unwrap_or(size);
        let is_misplaced = |moment: Moment, at: u64| {
            let Some(came) = self.came_at(moment) else { return true };
            let (from, to) = match moment {
                Moment::FormsSealed => (came + 1, until(Moment::VotingOpened)),
                Moment::VotingOpened => (came + 1, until(Moment::CountingClosed)),
                Moment::CountingClosed => (came + 1, until(Moment::Minutes)),
                Moment::Minutes => (came + 1, size),
                Moment::Published => (size, size),
            };
            at < from || at > to
        };
        heads.iter().find(|(moment, at)| is_misplaced(*moment, *at)).map(|(moment, _)| *moment)
    }
}

fn needs(holds: bool, kind: &'static str, needs: &'static str) -> Result<(), CourseError> {
    if holds { Ok(()) } else { Err(CourseError::Early { kind, needs }) }
}

/// Refuses what comes after `ended_by`.
fn until(has_ended: bool, kind: &'static str, ended_by: &'static str) -> Result<(), CourseError> {
    if has_ended { Err(CourseError::Late { kind, ended_by }) } else { Ok(()) }
}

fn once<T>(slot: &mut Option<T>, value: T, kind: &'static str) -> Result<(), CourseError> {
    if slot.is_some() {
        return Err(CourseError::Twice { kind });
    }
    *slot = Some(value);
    Ok(())
}

fn no_fault(fault: Option<ReadersFault>, what: &str) -> Result<(), CourseError> {
    let wrong = match fault {
        None => return Ok(()),
        Some(ReadersFault::NotTwo) => format!("{what} không phải do hai người đọc"),
        Some(ReadersFault::Stranger(name)) => format!("{what} do người ngoài Ban kiểm phiếu đọc: {name}"),
    };
    Err(CourseError::Contradiction(wrong))
}

#[cfg(test)]
mod tests;
