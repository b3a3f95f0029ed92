//! The day in the hall: test deck, zero report, ballots out and back, batches, the close.

use jiff::civil::Date;

use super::papers::find;
use super::{ClosedCount, FormProgress, MayOpen, Pair, Poll, PollState, Refusal, Transition, TwoPeople};
use crate::audit::course::FormCourse;
use crate::audit::event::poll::{
    BatchCommitted, BatchReopened, CountingClosed, DeckCounted, DeckForm, DeckWaived, FormTotals, PollMoved,
    SealedForm, ShareTaken, VotingOpened, ZeroReported,
};
use crate::audit::pedersen::sums::SumsCheck;
use crate::audit::pedersen::{Binding, Generator};
use crate::audit::{Actor, Digest, Moment, SealedCounts};
use crate::batch::ReadTwice;
use crate::count::BatchCounts;
use crate::counters::accounts_of;
use crate::deck_trials::{self, DeckFault, DeckStanding, DeckTrials};
use crate::opening::Opening;
use crate::presence::Presence;
use crate::rules::RuleSet;
use crate::share_lock::ShareKey;
use crate::shares::{Closers, ShareFault, Shares};

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

/// A count whose sums are known and hold against its log: all that takes time of a close. It has no `Debug`, because nobody
/// sees the sums before the count is closed.
#[derive(Clone)]
pub struct AddedUp {
    closing: Closing,
    origin: String,
    forms: Vec<FormCourse>,
    reasons: Vec<String>,
    totals: Vec<FormTotals>,
}

/// What a close needs of the poll's log.
#[derive(Clone, Copy, Debug)]
pub struct CountLog<'l> {
    /// Its name.
    pub origin: &'l str,
    /// What it says of each form.
    pub forms: &'l [FormCourse],
    /// Ids of the reasons of the poll's rule set for which a ballot is invalid.
    pub reasons: &'l [&'l str],
}

impl PollState {
    /// Test decks of some of the sealed forms were keyed, in their order. A deck that came out otherwise leaves its trace and
    /// takes the poll back before the test: whatever made it fail has to be found first.
    ///
    /// # Errors
    /// Before the forms are sealed, after the zero report, without a deck, and with a deck that is of no sealed form or cannot
    /// have such figures.
    pub fn count_deck(self, decks: Vec<DeckForm>) -> Result<Transition, Refusal> {
        let (poll, forms, mut trials) = self.before_zero("kiểm phiếu thử")?;
        match deck_trials::fault(poll.created.kind, &forms, &decks) {
            None => {}
            Some(DeckFault::Unknown(form)) => return Err(Refusal::UnknownForm(form)),
            Some(DeckFault::Form(form)) => return Err(Refusal::Deck(form)),
            Some(DeckFault::Nothing) => return Err(Refusal::NoDeck),
        }
        let told = DeckCounted { forms: decks };
        trials.count(&told);
        Ok(Transition::quiet(Self::tried(poll, forms, trials), vec![told.into()]))
    }

    /// Two people let the vote go on without a test deck that passed; the minutes print why.
    ///
    /// # Errors
    /// Before the forms are sealed, after the zero report, by one person, and without a reason.
    pub fn waive_deck(self, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "bỏ qua việc kiểm phiếu thử";
        let (poll, forms, mut trials) = self.before_zero(doing)?;
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        trials.waive();
        Ok(Transition::quiet(Self::tried(poll, forms, trials), vec![DeckWaived { proposed_by, reason }.into()]))
    }

    fn before_zero(self, doing: &'static str) -> Result<(Poll, Vec<SealedForm>, DeckTrials), Refusal> {
        match self {
            Self::Sealed(poll, forms, trials) => Ok((poll, forms, trials)),
            Self::Tested(poll, forms, trials) | Self::Waived(poll, forms, trials) => {
                Ok((poll, forms.into_iter().map(|progress| progress.form).collect(), trials))
            }
            other => other.refuse(doing),
        }
    }

    /// Where a poll stands after these trials.
    fn tried(poll: Poll, forms: Vec<SealedForm>, trials: DeckTrials) -> Self {
        match trials.standing(forms.iter().map(|form| form.id.as_str())) {
            DeckStanding::Open => Self::Sealed(poll, forms, trials),
            DeckStanding::Passed => Self::Tested(poll, begun(forms), trials),
            DeckStanding::Waived => Self::Waived(poll, begun(forms), trials),
        }
    }

    /// Nothing is counted: everybody sees the table of the result with a zero in every place.
    ///
    /// # Errors
    /// Before a test deck passed or was waived, a second time, and when something is stored of a form.
    pub fn report_zero(self) -> Result<Transition, Refusal> {
        let (Self::Tested(poll, forms, _) | Self::Waived(poll, forms, _)) = self else {
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
            blindings: None,
            counts: BatchCounts::zero(kind, lines(&progress.form)),
            form: progress.form.id.clone(),
            issued: 0,
            returned: 0,
        };
        let events = vec![ZeroReported { forms: forms.iter().map(zero).collect() }.into()];
        let forms = forms.into_iter().map(|progress| progress.form).collect();
        Ok(Transition::quiet(Self::Zeroed(poll, forms), events))
    }

    /// A member of the board takes the share of this key; a later one takes the place of an earlier one.
    ///
    /// # Errors
    /// Before the forms are sealed, once voting is open, where the close needs none, and for whoever is no member with an
    /// account.
    pub fn take_share(mut self, public_key: ShareKey, by: &Actor) -> Result<Transition, Refusal> {
        let (Self::Sealed(poll, ..) | Self::Tested(poll, ..) | Self::Waived(poll, ..) | Self::Zeroed(poll, _)) =
            &mut self
        else {
            return self.refuse("nhận mảnh khóa");
        };
        if !poll.shares.are_needed() {
            return Err(Refusal::NoShares);
        }
        if by.account.is_none() || !poll.counters.may_count(by.account) {
            return Err(Refusal::NotOnBoard(by.name.clone()));
        }
        let taken = ShareTaken { public_key };
        poll.shares.take(by, &taken);
        Ok(Transition::quiet(self, vec![taken.into()]))
    }

    /// Two people put the vote off, or bring it forward, from the day `before` to `day`. The forms stay as they were
    /// printed.
    ///
    /// # Errors
    /// Before the forms are sealed, when it is the same day, once voting is open, by one person, and without a reason.
    pub fn move_day(self, before: Date, day: Date, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "chuyển ngày bỏ phiếu";
        if !matches!(self, Self::Sealed(..) | Self::Tested(..) | Self::Waived(..) | Self::Zeroed(..)) {
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
        if poll.shares.are_too_few() {
            return Err(Refusal::FewShares);
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

    /// Two tellers agree on a batch whose number is not taken yet; `opening` goes under seal, the log gets the commitments
    /// to it and who read.
    ///
    /// # Errors
    /// Outside the count, when not two people of the board read, when its figures cannot be right, and when the batches would
    /// hold more papers than came back.
    pub fn commit_batch(
        self,
        opening: &SealedCounts,
        binding: Binding,
        read: ReadTwice,
    ) -> Result<Transition, Refusal> {
        let Self::Counting(poll, hall, mut forms) = self else { return self.refuse("chốt tập phiếu") };
        let fault = poll.counters.fault(&read.readers);
        if let Some(fault) = fault.or_else(|| poll.counters.fault_of_earlier(&read.readers, &read.earlier)) {
            return Err(Refusal::of_readers(fault, Refusal::BatchReaders));
        }
        let (form, batch) = (opening.form.clone(), opening.batch);
        if batch == 0 {
            return Err(Refusal::BatchZero(form));
        }
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
        let Binding { commitment, commitments } = binding;
        let committed = BatchCommitted {
            accounts,
            batch,
            commitment,
            commitments,
            decided,
            earlier,
            form,
            papers,
            readers,
            reread,
        };
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

    /// Adds up what was sealed and holds the sums against the commitments; `log` is what the poll's log says of the batches.
    ///
    /// # Errors
    /// When `openings` are not those of the batches that were committed, and when these do not add up to their commitments.
    pub fn add_up(self, openings: &[SealedCounts], log: &CountLog<'_>) -> Result<AddedUp, Refusal> {
        let mut totals = Vec::with_capacity(self.forms.len());
        for progress in &self.forms {
            let FormProgress { form, ballots, batches, .. } = progress;
            let own = || openings.iter().filter(|opening| opening.form == form.id);
            let sealed = || Refusal::Sealed(form.id.clone());
            let whole = u32::try_from(own().count()) == Ok(*batches);
            let shape = (self.poll.created.kind, lines(form));
            let counts = BatchCounts::sum(shape.0, shape.1, own().map(|o| &o.counts)).map_err(|_| sealed())?;
            let (issued, returned) = ballots.filter(|(_, back)| whole && *back == counts.papers).ok_or_else(sealed)?;
            let course = log.forms.iter().find(|course| course.form.id == form.id).ok_or_else(sealed)?;
            let generator = Generator::of(log.origin, &form.id);
            let reasons = log.reasons.iter().copied();
            let blindings = course.adds_up().then(|| generator.blindings(shape, own(), reasons));
            let blindings = blindings.transpose().map_err(|_| sealed())?;
            totals.push(FormTotals { blindings, counts, form: form.id.clone(), issued, returned });
        }
        // What every verifier will compute: a close that one of them refuses is not written.
        SumsCheck::of(log.origin, log.forms, &totals).run()?;
        let reasons = log.reasons.iter().copied().map(str::to_owned).collect();
        Ok(AddedUp { closing: self, origin: log.origin.to_owned(), forms: log.forms.to_vec(), reasons, totals })
    }
}

impl Closing {
    /// Who holds shares of what this close needs.
    pub const fn shares(&self) -> &Shares {
        &self.poll.shares
    }
}

impl AddedUp {
    /// Whether these are the sums of this count: it stands as it did when they were added up, and so does its log. The openings
    /// need not be looked at again, because the commitments of the log bind them.
    pub fn is_of(&self, closing: &Closing, log: &CountLog<'_>) -> bool {
        self.closing == *closing
            && self.origin == log.origin
            && self.forms == log.forms
            && self.reasons.iter().eq(log.reasons)
    }

    /// Closes the count, with the shares of `closers`.
    ///
    /// # Errors
    /// By one person, and when they are closers of another poll.
    pub fn close(self, pair: Pair, closers: Closers) -> Result<Transition, Refusal> {
        let Self { closing: Closing { poll, .. }, totals, .. } = self;
        let proposed_by = pair.proposer(&poll)?;
        let shares = closers.into_told();
        if !poll.shares.are_closed_by(shares.as_deref()) {
            return Err(ShareFault::Missing.into());
        }
        let events = vec![CountingClosed { forms: totals.clone(), proposed_by, shares }.into()];
        Ok(Transition::signed(PollState::Closed(poll, ClosedCount::new(totals)), events, Moment::CountingClosed))
    }
}

fn begun(forms: Vec<SealedForm>) -> Vec<FormProgress> {
    forms.into_iter().map(|form| FormProgress { form, issued: None, ballots: None, batches: 0, papers: 0 }).collect()
}

fn lines(form: &SealedForm) -> usize {
    usize::try_from(form.lines).unwrap_or(usize::MAX)
}
