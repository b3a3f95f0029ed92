//! The day in the hall: test deck, zero report, ballots out and back, batches, the close.

use jiff::civil::Date;

use super::papers::find;
use super::{ClosedCount, FormProgress, MayOpen, Pair, Poll, PollState, Refusal, Transition, TwoPeople};
use crate::audit::event::poll::{
    BatchCommitted, BatchReopened, CountingClosed, DeckCounted, DeckForm, DeckWaived, FormTotals, PollMoved,
    SealedForm, VotingOpened, ZeroReported,
};
use crate::audit::{Digest, Moment, SealedCounts};
use crate::batch::ReadTwice;
use crate::count::BatchCounts;
use crate::counters::accounts_of;
use crate::opening::Opening;
use crate::presence::Presence;
use crate::rules::RuleSet;

/// A batch as it was committed, which is to be counted anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingBatch {
    pub form: String,
    pub batch: u32,
    pub commitment: Digest,
    pub papers: u32,
}

/// A count that is about to be closed: complete, but with its totals still sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    poll: Poll,
    forms: Vec<FormProgress>,
}

impl PollState {
    /// A test deck was counted, a deck for each sealed form in their order. A deck that came out otherwise leaves its
    /// trace and takes the poll back before the test: whatever made it fail has to be found first.
    ///
    /// # Errors
    /// Before the forms are sealed, after the zero report, and when there is no deck of some form.
    pub fn count_deck(self, decks: Vec<DeckForm>) -> Result<Transition, Refusal> {
        let (poll, forms) = self.before_zero("kiểm phiếu thử")?;
        let kind = poll.created.kind;
        for (place, form) in forms.iter().enumerate() {
            let zero = BatchCounts::zero(kind, lines(form));
            let is_whole = decks.get(place).is_some_and(|deck| {
                let fits = |counts: &BatchCounts| counts.check().is_ok() && zero.add(counts).is_ok();
                deck.form == form.id && deck.expected.papers > 0 && fits(&deck.expected) && fits(&deck.counted)
            });
            if !is_whole {
                return Err(Refusal::Deck(form.id.clone()));
            }
        }
        if let Some(extra) = decks.get(forms.len()) {
            return Err(Refusal::UnknownForm(extra.form.clone()));
        }
        let has_passed = decks.iter().all(|deck| deck.counted == deck.expected);
        let state = if has_passed { Self::tested(poll, forms) } else { Self::Sealed(poll, forms) };
        Ok(Transition::quiet(state, vec![DeckCounted { forms: decks }.into()]))
    }

    /// Two people let the vote go on without a test deck that passed; the minutes print why.
    ///
    /// # Errors
    /// Before the forms are sealed, after the zero report, by one person, and without a reason.
    pub fn waive_deck(self, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "bỏ qua việc kiểm phiếu thử";
        let (poll, forms) = self.before_zero(doing)?;
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        Ok(Transition::quiet(Self::tested(poll, forms), vec![DeckWaived { proposed_by, reason }.into()]))
    }

    fn before_zero(self, doing: &'static str) -> Result<(Poll, Vec<SealedForm>), Refusal> {
        match self {
            Self::Sealed(poll, forms) => Ok((poll, forms)),
            Self::Tested(poll, forms) => Ok((poll, forms.into_iter().map(|progress| progress.form).collect())),
            other => other.refuse(doing),
        }
    }

    fn tested(poll: Poll, forms: Vec<SealedForm>) -> Self {
        Self::Tested(poll, begun(forms))
    }

    /// Nothing is counted: everybody sees the table of the result with a zero in every place.
    ///
    /// # Errors
    /// Before a test deck passed or was waived, a second time, and when something is stored of a form.
    pub fn report_zero(self) -> Result<Transition, Refusal> {
        let Self::Tested(poll, forms) = self else {
            return self.refuse("xác nhận số liệu trước khi mở bằng 0");
        };
        let stored = |form: &&FormProgress| {
            form.issued.is_some() || form.ballots.is_some() || form.batches > 0 || form.papers > 0
        };
        if let Some(stored) = forms.iter().find(stored) {
            return Err(Refusal::NotZero(stored.form.id.clone()));
        }
        let kind = poll.created.kind;
        let zero = |progress: &FormProgress| FormTotals {
            counts: BatchCounts::zero(kind, lines(&progress.form)),
            form: progress.form.id.clone(),
            issued: 0,
            returned: 0,
        };
        let events = vec![ZeroReported { forms: forms.iter().map(zero).collect() }.into()];
        let forms = forms.into_iter().map(|progress| progress.form).collect();
        Ok(Transition::quiet(Self::Zeroed(poll, forms), events))
    }

    /// Two people put the vote off, or bring it forward, from the day `before` to `day`. The forms stay as they were
    /// printed.
    ///
    /// # Errors
    /// Before the forms are sealed, when it is the same day, once voting is open, by one person, and without a reason.
    pub fn move_day(self, before: Date, day: Date, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "chuyển ngày bỏ phiếu";
        if !matches!(self, Self::Sealed(..) | Self::Tested(..) | Self::Zeroed(..)) {
            return self.refuse(doing);
        }
        if before == day {
            return Err(Refusal::SameDay);
        }
        let (proposed_by, reason) = two.into_parts(self.poll(), doing)?;
        Ok(Transition::quiet(self, vec![PollMoved { before, day, proposed_by, reason }.into()]))
    }

    /// Delegates receive their ballots. `rules` are the poll's: they say how many must be there.
    ///
    /// # Errors
    /// Before the zero report, a second time, by one person, by other rules, when nobody or more than all delegates are
    /// there, and when quorum or day stand against it and no reason is given.
    pub fn open_voting(self, rules: &RuleSet, opening: Opening, pair: Pair) -> Result<Transition, Refusal> {
        let Self::Zeroed(poll, forms) = self else { return self.refuse("mở bỏ phiếu") };
        let created = &poll.created;
        if created.ruleset != rules.id {
            return Err(Refusal::Rules { expected: created.ruleset.clone(), found: rules.id.clone() });
        }
        let (delegates, present) = (created.delegates, opening.present);
        if present == 0 || present > delegates {
            return Err(Refusal::Present { present, delegates });
        }
        let faults = opening.faults(rules, delegates);
        let Opening { at, planned, reason, .. } = opening;
        let reason = (!faults.is_empty()).then(|| reason.trim().to_owned());
        if reason.as_ref().is_some_and(String::is_empty) {
            return Err(Refusal::Opening(faults));
        }
        let proposed_by = pair.proposer(&poll)?;
        let quorum = Some(rules.quorum.value.least(delegates));
        let state = Self::Voting(poll, Presence::opened(delegates, present), begun(forms));
        let opened = VotingOpened { at, planned, present, proposed_by, quorum, reason };
        Ok(Transition::signed(state, vec![opened.into()], Moment::VotingOpened))
    }

    /// Two tellers agree on a batch whose number is not taken yet; `opening` goes under seal, the log gets the
    /// `commitment` to it and who read.
    ///
    /// # Errors
    /// Outside the count, when not two people of the board read, when its figures cannot be right, and when the batches would
    /// hold more papers than came back.
    pub fn commit_batch(
        self,
        opening: &SealedCounts,
        commitment: Digest,
        read: ReadTwice,
    ) -> Result<Transition, Refusal> {
        let Self::Counting(poll, hall, mut forms) = self else { return self.refuse("chốt tập phiếu") };
        let fault = poll.counters.fault(&read.readers);
        if let Some(fault) = fault.or_else(|| poll.counters.fault_of_earlier(&read.readers, &read.earlier)) {
            return Err(Refusal::of_readers(fault, Refusal::BatchReaders));
        }
        let (form, batch) = (opening.form.clone(), opening.batch);
        let progress = find(&mut forms, &form)?;
        let Some((_, returned)) = progress.ballots else { return Err(Refusal::NotReturned(form)) };
        let zero = BatchCounts::zero(poll.created.kind, lines(&progress.form));
        let fits = opening.counts.check().and_then(|()| zero.add(&opening.counts).map(drop));
        fits.map_err(|cause| Refusal::Counts { form: form.clone(), batch, cause })?;
        let papers = progress.papers + u64::from(opening.counts.papers);
        if papers > u64::from(returned) {
            return Err(Refusal::PapersOver { form, papers, returned });
        }
        (progress.papers, progress.batches) = (papers, progress.batches + 1);
        let ReadTwice { readers, earlier, reread, decided } = read;
        let earlier = (!earlier.is_empty()).then_some(earlier);
        let accounts = accounts_of(&readers);
        let readers = readers.map(|reader| reader.name).to_vec();
        let papers = opening.counts.papers;
        let committed = BatchCommitted { accounts, batch, commitment, decided, earlier, form, papers, readers, reread };
        Ok(Transition::quiet(Self::Counting(poll, hall, forms), vec![committed.into()]))
    }

    /// Two people have a batch counted anew. Its commitment stays in the log, superseded, and is never opened: the
    /// difference between two countings of one pile speaks of single papers.
    ///
    /// # Errors
    /// Outside the count, when there is no such batch, by one person, and without a reason.
    pub fn reopen_batch(self, batch: StandingBatch, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "mở lại tập phiếu";
        let Self::Counting(poll, hall, mut forms) = self else { return self.refuse(doing) };
        let StandingBatch { form, batch, commitment, papers } = batch;
        let progress = find(&mut forms, &form)?;
        let left = (progress.batches.checked_sub(1), progress.papers.checked_sub(u64::from(papers)));
        let (Some(batches), Some(papers)) = left else { return Err(Refusal::NoBatch { form, batch }) };
        (progress.batches, progress.papers) = (batches, papers);
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        let events = vec![BatchReopened { batch, commitment, form, proposed_by, reason }.into()];
        Ok(Transition::quiet(Self::Counting(poll, hall, forms), events))
    }

    /// The count is complete and may be opened.
    ///
    /// # Errors
    /// Outside the count, and as long as a returned paper of any form is in no batch.
    pub fn close(self) -> Result<Closing, Refusal> {
        let Self::Counting(poll, _, forms) = self else { return self.refuse("đóng kiểm phiếu") };
        for FormProgress { form, ballots, papers, .. } in &forms {
            match ballots {
                None => return Err(Refusal::NotReturned(form.id.clone())),
                Some((_, returned)) if u64::from(*returned) != *papers => {
                    let (form, papers, returned) = (form.id.clone(), *papers, *returned);
                    return Err(Refusal::Unfinished { form, papers, returned });
                }
                Some(_) => {}
            }
        }
        Ok(Closing { poll, forms })
    }
}

impl Closing {
    /// Leave to read the sealed figures, so that their sums can be said.
    pub const fn may_open(&self) -> MayOpen {
        MayOpen(self.poll.id)
    }

    /// Adds up what was sealed and closes the count.
    ///
    /// # Errors
    /// When `openings` are not those of the batches that were committed, and by one person.
    pub fn total(self, openings: &[SealedCounts], pair: Pair) -> Result<Transition, Refusal> {
        let proposed_by = pair.proposer(&self.poll)?;
        let mut totals = Vec::with_capacity(self.forms.len());
        for progress in &self.forms {
            let FormProgress { form, ballots, batches, .. } = progress;
            let own: Vec<&BatchCounts> = openings.iter().filter(|o| o.form == form.id).map(|o| &o.counts).collect();
            let sealed = || Refusal::Sealed(form.id.clone());
            let whole = u32::try_from(own.len()) == Ok(*batches);
            let counts = BatchCounts::sum(self.poll.created.kind, lines(form), own).map_err(|_| sealed())?;
            let (issued, returned) = ballots.filter(|(_, back)| whole && *back == counts.papers).ok_or_else(sealed)?;
            totals.push(FormTotals { counts, form: form.id.clone(), issued, returned });
        }
        let events = vec![CountingClosed { forms: totals.clone(), proposed_by }.into()];
        Ok(Transition::signed(PollState::Closed(self.poll, ClosedCount::new(totals)), events, Moment::CountingClosed))
    }
}

fn begun(forms: Vec<SealedForm>) -> Vec<FormProgress> {
    forms.into_iter().map(|form| FormProgress { form, issued: None, ballots: None, batches: 0, papers: 0 }).collect()
}

fn lines(form: &SealedForm) -> usize {
    usize::try_from(form.lines).unwrap_or(usize::MAX)
}
