//! Papers of the forms: what went out is announced when the ballots are out, what came back when the box is opened.

use super::{FormProgress, PollState, Refusal, Transition, TwoPeople};
use crate::audit::event::poll::{BallotsCorrected, BallotsIssued, BallotsReturned, IssuedCorrected, UnusedSealed};
use crate::ballot_account::{BallotAccount, IssuedPapers};
use crate::presence::Presence;

impl PollState {
    /// The ballots of one form are out. With the last form's every figure stands.
    ///
    /// # Errors
    /// Outside the vote, for an unknown form, once every form's is told, and when the figures contradict each other or the
    /// hall.
    pub fn issue_ballots(self, form: String, papers: IssuedPapers) -> Result<Transition, Refusal> {
        let Self::Voting(poll, hall, mut forms) = self else { return self.refuse("công bố số phiếu phát ra") };
        let is_told = not_issued(&forms).is_none();
        let progress = find(&mut forms, &form)?;
        if is_told {
            return Err(Refusal::IssuedStands(form));
        }
        progress.issued = Some(announced(hall, &form, papers)?);
        let IssuedPapers { issued, printed } = papers;
        Ok(Transition::quiet(Self::Voting(poll, hall, forms), vec![BallotsIssued { form, issued, printed }.into()]))
    }

    /// The same figures went out of several forms, as where every delegate receives one ballot of each.
    ///
    /// # Errors
    /// See [`Self::issue_ballots`]; nothing is announced then.
    pub fn issue_same(self, forms: Vec<String>, papers: IssuedPapers) -> Result<Transition, Refusal> {
        let mut all = Transition::quiet(self, Vec::new());
        for form in forms {
            let next = all.state.issue_ballots(form, papers)?;
            all.events.extend(next.events);
            all.state = next.state;
        }
        Ok(all)
    }

    /// What was announced of a form is wrong, or a delegate who came late took a ballot. What was written down as returned
    /// of it has to be written down again.
    ///
    /// # Errors
    /// Outside the vote, before every form's is told, by one person, without a reason, and when the figures contradict
    /// each other or the hall.
    pub fn correct_issued(self, form: String, papers: IssuedPapers, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "sửa số phiếu phát ra đã công bố";
        let Self::Voting(poll, hall, mut forms) = self else { return self.refuse(doing) };
        if let Some(missing) = not_issued(&forms) {
            return Err(Refusal::NotIssued(missing));
        }
        let progress = find(&mut forms, &form)?;
        progress.issued = Some(announced(hall, &form, papers)?);
        progress.ballots = None;
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        let IssuedPapers { issued, printed } = papers;
        let events = vec![IssuedCorrected { form, issued, printed, proposed_by, reason }.into()];
        Ok(Transition::quiet(Self::Voting(poll, hall, forms), events))
    }

    /// Papers that nobody used, and spoiled ones, lie under seal in `packets` before the box is opened.
    ///
    /// # Errors
    /// Outside the vote, before every form's issued ballots are told, once something came back, and without a packet.
    pub fn seal_unused(self, packets: u32, note: String) -> Result<Transition, Refusal> {
        let Self::Voting(_, _, forms) = &self else { return self.refuse("ghi niêm phong phiếu chưa dùng") };
        if let Some(missing) = not_issued(forms) {
            return Err(Refusal::NotIssued(missing));
        }
        if let Some(back) = forms.iter().find(|progress| progress.ballots.is_some()) {
            return Err(Refusal::BoxIsOpen(back.form.id.clone()));
        }
        if packets == 0 {
            return Err(Refusal::NoPackets);
        }
        Ok(Transition::quiet(self, vec![UnusedSealed { note, packets }.into()]))
    }

    /// Where the papers of one form went. Until the last form's they can be written down again; with it the box is empty,
    /// and counting begins.
    ///
    /// # Errors
    /// Outside the vote, for an unknown form, before every form's issued ballots are told, when another number went out,
    /// and when the figures contradict each other.
    pub fn record_ballots(self, form: String, account: BallotAccount) -> Result<Transition, Refusal> {
        let Self::Voting(poll, hall, mut forms) = self else {
            return self.refuse("ghi số phiếu phát ra, thu về");
        };
        if let Some(missing) = not_issued(&forms) {
            return Err(Refusal::NotIssued(missing));
        }
        let progress = find(&mut forms, &form)?;
        let issued = account.issued;
        if let Some(announced) = progress.issued.filter(|announced| *announced != issued) {
            return Err(Refusal::IssuedDiffers { form, announced, issued });
        }
        progress.ballots = Some(held(hall, &form, account)?);
        let is_last = forms.iter().all(|progress| progress.ballots.is_some());
        let state = if is_last { Self::Counting(poll, hall, forms) } else { Self::Voting(poll, hall, forms) };
        Ok(Transition::quiet(state, vec![account.told(form).into()]))
    }

    /// The papers of a form were written down wrong: two people put the figures right. A clerical error must not call
    /// off a vote.
    ///
    /// # Errors
    /// Before the papers of all forms are written down, after the close, by one person, without a reason, and when the
    /// figures contradict each other or the batches that are in.
    pub fn correct_ballots(self, form: String, account: BallotAccount, two: TwoPeople) -> Result<Transition, Refusal> {
        let doing = "sửa số phiếu phát ra, thu về";
        let Self::Counting(poll, hall, mut forms) = self else { return self.refuse(doing) };
        let progress = find(&mut forms, &form)?;
        let ballots @ (_, returned) = held(hall, &form, account)?;
        if progress.papers > u64::from(returned) {
            return Err(Refusal::PapersOver { form, papers: progress.papers, returned });
        }
        (progress.issued, progress.ballots) = (Some(ballots.0), Some(ballots));
        let (proposed_by, reason) = two.into_parts(&poll, doing)?;
        let ballots: BallotsReturned = account.told(form);
        let events = vec![BallotsCorrected { ballots, proposed_by, reason }.into()];
        Ok(Transition::quiet(Self::Counting(poll, hall, forms), events))
    }
}

/// A form of which it is not told yet what went out.
fn not_issued(forms: &[FormProgress]) -> Option<String> {
    forms.iter().find(|progress| progress.issued.is_none()).map(|progress| progress.form.id.clone())
}

/// Ballots that went out, when nothing contradicts them.
fn announced(hall: Presence, form: &str, papers: IssuedPapers) -> Result<u32, Refusal> {
    match papers.fault(hall.into()) {
        Some(fault) => Err(Refusal::Account { form: form.to_owned(), fault }),
        None => Ok(papers.issued),
    }
}

/// Issued and returned, when nothing in the account blocks.
fn held(hall: Presence, form: &str, account: BallotAccount) -> Result<(u32, u32), Refusal> {
    match account.blocked(hall.into()) {
        Some(fault) => Err(Refusal::Account { form: form.to_owned(), fault }),
        None => Ok((account.issued, account.returned)),
    }
}

pub(super) fn find<'f>(forms: &'f mut [FormProgress], id: &str) -> Result<&'f mut FormProgress, Refusal> {
    let found = forms.iter_mut().find(|progress| progress.form.id == id);
    found.ok_or_else(|| Refusal::UnknownForm(id.to_owned()))
}
