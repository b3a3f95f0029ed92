//! After the close: recounts, the result, minutes, resolution, publication, archive; and calling it off.

use super::{Pair, PollState, ProposedMinutes, Refusal, Transition, TwoPeople, is_one_person};
use crate::audit::event::poll::{
    BallotsHandedOver, CorrigendumIssued, LineRecounted, MinutesProposed, MinutesReopened, MinutesSigned, PaperIssued,
    PollArchived, PollCancelled, RecountOrdered, ResultConfirmed, ResultDeclared, ResultPublished, Stands,
};
use crate::audit::{Actor, Digest, Moment, UtcTime};
use crate::batch::Reader;
use crate::counters::accounts_of;
use crate::poll::LevelCounts;
use crate::recount;
use crate::roster::Teller;
use crate::rules::RuleSet;
use crate::signing::Signatures;

/// A line that two people counted again from paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRecount {
    pub form: String,
    /// Number of the line on the form, from 1.
    pub line: u32,
    pub counts: LevelCounts,
    /// Which figure is valid; without effect where both are equal.
    pub stands: Stands,
    /// Why that one; needed where the two differ.
    pub reason: String,
    pub readers: [Reader; 2],
}

impl PollState {
    /// Two people have a line counted again that the rule set does not name.
    ///
    /// # Errors
    /// Outside the time between close and result, when there is no such line, by one person, and without a reason.
    pub fn order_recount(self, form: String, line: u32, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "cho kiểm lại một dòng";
        let Self::Closed(poll, mut counted) = self else { return self.refuse(doing) };
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        if !counted.order(&form, line) {
            return Err(Refusal::Line { form, line });
        }
        let events = vec![RecountOrdered { form, line, proposed_by, reason }.into()];
        Ok(Transition::quiet(Self::Closed(poll, counted), events))
    }

    /// Two people counted a line again that is due by `rules`, the poll's, or was ordered; both figures go to the log, and
    /// the valid one into the result. Another figure than the one that stands needs `pair`: one of the two who brings it
    /// and somebody who did not count the line again.
    ///
    /// # Errors
    /// Outside the time between close and result, when the line is neither due nor ordered, has not that figure or cannot
    /// have the new one, when not two people of the board counted, and when the figures differ without a reason or without
    /// the third person.
    pub fn recount_line(self, rules: &RuleSet, found: LineRecount, pair: Option<Pair>) -> Result<Transition, Refusal> {
        let doing = "kiểm lại một dòng";
        let Self::Closed(poll, mut counted) = self else { return self.refuse(doing) };
        let LineRecount { form, line, counts, stands, reason, readers } = found;
        if let Some(fault) = poll.counters.fault(&readers) {
            return Err(Refusal::of_readers(fault, Refusal::Readers));
        }
        let before = counted.line(&form, line).ok_or_else(|| Refusal::Line { form: form.clone(), line })?;
        let due = recount::due(rules, &poll.created, counted.forms()).map_err(Refusal::Tally)?;
        if !due.iter().any(|due| due.form == form && due.line == line) && !counted.is_ordered(&form, line) {
            return Err(Refusal::NotOrdered { form, line });
        }
        if before != counts && reason.trim().is_empty() {
            return Err(Refusal::NoReason("nói vì sao lấy số này"));
        }
        if before != counts && pair.is_none() {
            return Err(Refusal::Differs { form, line });
        }
        let has_read = |actor: &Actor| readers.iter().any(|r| r.account.is_some() && r.account == actor.account);
        if pair.as_ref().is_some_and(|pair| has_read(pair.confirmed_by())) {
            return Err(Refusal::OnePerson);
        }
        let proposed_by = pair.map(|pair| pair.proposer(&poll)).transpose()?;
        let accounts = accounts_of(&readers);
        let readers = readers.map(|reader| reader.name).to_vec();
        let event = LineRecounted {
            accounts,
            counted: before,
            form,
            line,
            proposed_by,
            readers,
            reason,
            recounted: counts,
            stands,
        };
        if !counted.take(&event) {
            return Err(Refusal::Line { form: event.form, line });
        }
        Ok(Transition::quiet(Self::Closed(poll, counted), vec![event.into()]))
    }

    /// The result as it will be published, by the hash of its text. `rules` are the poll's: they say which lines had to
    /// be counted again. In a rehearsal there is no paper to do it from, see [the module](super).
    ///
    /// # Errors
    /// Before counting is closed, a second time, by one person, by other rules, and as long as a line that is due or ordered
    /// was not counted again.
    pub fn declare_result(self, rules: &RuleSet, results_sha256: Digest, pair: Pair) -> Result<Transition, Refusal> {
        let Self::Closed(poll, counted) = self else { return self.refuse("ghi kết quả") };
        let created = &poll.created;
        if created.ruleset != rules.id {
            return Err(Refusal::Rules { expected: created.ruleset.clone(), found: rules.id.clone() });
        }
        let due = recount::due(rules, created, counted.forms()).map_err(Refusal::Tally)?;
        let missing = due.into_iter().find(|due| !counted.is_recounted(&due.form, due.line));
        if let Some(due) = missing.filter(|_| !created.rehearsal) {
            let why = due.why();
            return Err(Refusal::RecountDue { form: due.form, line: due.line, why });
        }
        if let Some((form, line)) = counted.awaited().next().filter(|_| !created.rehearsal) {
            return Err(Refusal::RecountAwaited { form: form.to_owned(), line });
        }
        let proposed_by = pair.proposer(&poll)?;
        Ok(Transition::quiet(Self::Declared(poll), vec![ResultDeclared { proposed_by, results_sha256 }.into()]))
    }

    /// Proposes the minutes of the count, by `by`; new ones replace those before.
    ///
    /// # Errors
    /// Before there is a result, and once minutes are signed.
    pub fn propose_minutes(self, paper: PaperIssued, copies: u32, by: Actor) -> Result<Transition, Refusal> {
        let poll = match self {
            Self::Declared(poll) | Self::Proposed(poll, _) => poll,
            other => return other.refuse("trình biên bản kiểm phiếu"),
        };
        if copies == 0 {
            return Err(Refusal::NoCopies);
        }
        let (name, sha256) = (paper.name.clone(), paper.sha256);
        let events = vec![paper.into(), MinutesProposed { copies: Some(copies), name, sha256 }.into()];
        Ok(Transition::quiet(Self::Proposed(poll, ProposedMinutes { by, sha256 }), events))
    }

    /// The tellers signed the minutes of hash `sha256` on paper; `by` saw it, and is not the one who proposed them. In
    /// a rehearsal there may be no board to sign.
    ///
    /// # Errors
    /// Before minutes are proposed, a second time, of other minutes, by the same person, and when nobody signed.
    pub fn sign_minutes(
        self,
        board: &[Teller],
        sha256: Digest,
        signatures: Signatures,
        by: &Actor,
    ) -> Result<Transition, Refusal> {
        let Self::Proposed(poll, proposed) = self else { return self.refuse("ghi nhận việc ký biên bản") };
        if proposed.sha256 != sha256 {
            return Err(Refusal::OtherMinutes);
        }
        if is_one_person(&proposed.by, by, poll.created.rehearsal) {
            return Err(Refusal::OnePerson);
        }
        if let Some(fault) = signatures.fault(board) {
            return Err(Refusal::Signatures(fault));
        }
        let Signatures { signed: tellers, missing } = signatures;
        if tellers.is_empty() && !poll.created.rehearsal {
            return Err(Refusal::NoSigners);
        }
        let events = vec![MinutesSigned { missing: Some(missing), sha256, tellers }.into()];
        Ok(Transition::signed(Self::Minuted(poll), events, Moment::Minutes))
    }

    /// Two people undo the signing of the minutes, which can then be proposed and signed again.
    ///
    /// # Errors
    /// Before minutes are signed, once the result is confirmed or published, by one person, and without a reason.
    pub fn reopen_minutes(self, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "hủy việc ký biên bản";
        let Self::Minuted(poll) = self else { return self.refuse(doing) };
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        Ok(Transition::quiet(Self::Declared(poll), vec![MinutesReopened { proposed_by, reason }.into()]))
    }

    /// The counted ballots are sealed and handed over.
    ///
    /// # Errors
    /// Before there is a result, once the poll is archived, without a packet, and when a name is missing.
    pub fn hand_over(self, handed: BallotsHandedOver) -> Result<Transition, Refusal> {
        let may = matches!(
            self,
            Self::Declared(_) | Self::Proposed(..) | Self::Minuted(_) | Self::Confirmed(_) | Self::Published(_)
        );
        if !may {
            return self.refuse("ghi bàn giao phiếu đã niêm phong");
        }
        if handed.packets == 0 {
            return Err(Refusal::NoPackets);
        }
        if handed.sealed_by.trim().is_empty() || handed.received_by.trim().is_empty() {
            return Err(Refusal::NoHands);
        }
        let events = vec![handed.into()];
        // Each entry after publication is covered by the head over the whole log.
        let is_published = matches!(self, Self::Published(_));
        let moment = is_published.then_some(Moment::Published);
        Ok(Transition { state: self, events, moment })
    }

    /// The council confirmed the result by the resolution `paper`, whose number and day are `resolution`.
    ///
    /// # Errors
    /// Before minutes are signed, a second time, and by one person.
    pub fn confirm_result(self, paper: PaperIssued, resolution: String, pair: Pair) -> Result<Transition, Refusal> {
        let Self::Minuted(poll) = self else { return self.refuse("ghi nghị quyết xác nhận kết quả") };
        let (sha256, proposed_by) = (paper.sha256, pair.proposer(&poll)?);
        let events = vec![paper.into(), ResultConfirmed { proposed_by, resolution, sha256 }.into()];
        Ok(Transition::quiet(Self::Confirmed(poll), events))
    }

    /// The result is public; the head covers the whole log. Where `rules`, which are the poll's, know no resolution, as
    /// for a Party vote, the signed minutes are enough.
    ///
    /// # Errors
    /// Before minutes are signed, before the resolution that the rules ask for, a second time, and by one person.
    pub fn publish(self, rules: &RuleSet, at: UtcTime, pair: Pair) -> Result<Transition, Refusal> {
        let poll = match self {
            Self::Confirmed(poll) => poll,
            Self::Minuted(poll) if rules.id != poll.created.ruleset => {
                return Err(Refusal::Rules { expected: poll.created.ruleset, found: rules.id.clone() });
            }
            Self::Minuted(_) if rules.resolution.is_some() => return Err(Refusal::NoResolution(rules.short.clone())),
            Self::Minuted(poll) => poll,
            other => return other.refuse("công bố kết quả"),
        };
        let proposed_by = pair.proposer(&poll)?;
        let events = vec![ResultPublished { at, proposed_by }.into()];
        Ok(Transition::signed(Self::Published(poll), events, Moment::Published))
    }

    /// A paper that was published is wrong: two people issue one that says what is right. The result that was declared
    /// stays in the log as it was.
    ///
    /// # Errors
    /// Before the result is public, by one person, and without a reason.
    pub fn issue_corrigendum(self, paper: PaperIssued, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "đính chính";
        if !matches!(self, Self::Published(_) | Self::Archived(_)) {
            return self.refuse(doing);
        }
        let (proposed_by, reason) = two.into_parts(self.poll(), doing)?;
        let (name, sha256) = (paper.name.clone(), paper.sha256);
        let events = vec![paper.into(), CorrigendumIssued { name, proposed_by, reason, sha256 }.into()];
        Ok(Transition::signed(self, events, Moment::Published))
    }

    /// The papers are sealed and archived in `place`.
    ///
    /// # Errors
    /// Before the result is public, a second time, and by one person.
    pub fn archive(self, place: String, pair: Pair) -> Result<Transition, Refusal> {
        let Self::Published(poll) = self else { return self.refuse("lưu trữ") };
        let events = vec![PollArchived { place, proposed_by: pair.proposer(&poll)? }.into()];
        Ok(Transition::signed(Self::Archived(poll), events, Moment::Published))
    }

    /// Two people call the vote off. What was sealed stays closed for good.
    ///
    /// # Errors
    /// Once the result is declared, by one person, and without a reason.
    pub fn cancel(self, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "hủy cuộc bỏ phiếu";
        let poll = match self {
            Self::Created(poll)
            | Self::Listed(poll, ..)
            | Self::Sealed(poll, ..)
            | Self::Tested(poll, ..)
            | Self::Waived(poll, ..)
            | Self::Zeroed(poll, _)
            | Self::Voting(poll, ..)
            | Self::Counting(poll, ..)
            | Self::Closed(poll, _) => poll,
            other => return other.refuse(doing),
        };
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        Ok(Transition::quiet(Self::Cancelled(poll), vec![PollCancelled { proposed_by, reason }.into()]))
    }
}
