//! What a log tells at the place to which it was read, for the comparison of the tables with it.

use super::{Course, FormCourse, Issued, MOMENTS, Moment};
use crate::audit::Digest;
use crate::audit::event::poll::{FormTotals, ListedOfficial};
use crate::deck_trials::DeckStanding;
use crate::poll_state::Stage;
use crate::presence::Presence;
use crate::shares::Shares;

impl Course {
    /// How far the poll has come.
    pub fn stage(&self) -> Stage {
        let reached = [
            (self.is_cancelled, Stage::Cancelled),
            (self.archived_at.is_some(), Stage::Archived),
            (self.published_at.is_some(), Stage::Published),
            (self.confirmed_at.is_some(), Stage::Confirmed),
            (self.signed_at.is_some(), Stage::Minuted),
            (self.proposed.is_some(), Stage::Proposed),
            (self.results_sha256.is_some(), Stage::Declared),
            (self.closed.is_some(), Stage::Closed),
            (self.opened_at.is_some() && self.all_back(), Stage::Counting),
            (self.opened_at.is_some(), Stage::Voting),
            (self.zero_at.is_some(), Stage::Zeroed),
            (self.forms.is_some(), self.tested()),
            (self.list.is_some(), Stage::Listed),
        ];
        reached.into_iter().find(|(has_come, _)| *has_come).map_or(Stage::Created, |(_, stage)| stage)
    }

    fn tested(&self) -> Stage {
        let forms = self.forms.iter().flatten().map(|course| course.form.id.as_str());
        match self.decks.standing(forms) {
            DeckStanding::Open => Stage::Sealed,
            DeckStanding::Passed => Stage::Tested,
            DeckStanding::Waived => Stage::Waived,
        }
    }

    /// Who holds shares of what the close needs.
    pub const fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The list that was decided; nobody before that.
    pub fn list(&self) -> &[ListedOfficial] {
        self.list.as_ref().map_or(&[], |list| &list.officials)
    }

    /// The sealed forms with what was told of each; none before that.
    pub fn forms(&self) -> &[FormCourse] {
        self.forms.as_deref().unwrap_or_default()
    }

    /// The totals with which counting closed; none before that.
    pub fn totals(&self) -> &[FormTotals] {
        self.closed.as_ref().map_or(&[], |(_, totals)| totals)
    }

    /// Who was in the hall last; `None` before the vote is open.
    pub const fn presence(&self) -> Option<Presence> {
        self.hall
    }

    /// Papers that left the program, in the order of the log.
    pub fn papers(&self) -> &[Issued] {
        &self.papers
    }

    /// Numbers of the entries that brought each moment, in the order of [`Moment::ALL`]; `None` for one that has not come.
    pub fn turning_points(&self) -> [Option<u64>; MOMENTS] {
        let sealed_at = self.forms.as_ref().map(|_| self.sealed_at);
        let closed_at = self.closed.as_ref().map(|(seq, _)| *seq);
        [sealed_at, self.opened_at, closed_at, self.signed_at, self.published_at]
    }

    /// Number of the entry that brought a moment.
    pub fn came_at(&self, moment: Moment) -> Option<u64> {
        Moment::ALL.into_iter().zip(self.turning_points()).find(|(other, _)| *other == moment).and_then(|(_, at)| at)
    }

    /// SHA-256 of the result that was declared.
    pub const fn results_sha256(&self) -> Option<Digest> {
        self.results_sha256
    }
}
