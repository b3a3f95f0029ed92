//! A poll as its counting room sees it, loaded at once: forms with their lines, returned ballots, committed batches.

use std::sync::Arc;

use super::access::{NO_FORM, NO_POLL};
use super::table::{BatchKey, BatchSetup, Laid, Lying};
use crate::Caller;
use crate::polls::{actor_in, rules_of, trust};
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::poll::{ListedOfficial, SealedForm};
use domain::batch::{Pile, Shape};
use domain::id::{AccountId, LogId, PollId};
use domain::poll::PollKind;
use domain::poll_state::{PollState, Stage};
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::role::Role;
use domain::rules::{Reason, RuleSet};
use domain::test_deck::TestDeck;
use store::batches::{self, BatchRow};
use store::open_batches::{self, OpenBatchRow};
use store::{CouncilTx, polls, preparation};

/// One form.
#[derive(Clone, Debug)]
pub(super) struct CountingForm {
    pub form: SealedForm,
    /// Officials on it, in its order.
    pub lines: Vec<ListedOfficial>,
    /// Papers to be counted: what came back, or the papers of the test deck.
    pub expected: u32,
    /// Papers in committed batches.
    pub committed: u32,
    /// Committed batches, by number.
    pub batches: Vec<BatchRow>,
}

/// The room of one poll.
#[derive(Clone, Debug)]
pub(super) struct CountingRoom {
    pub poll: PollId,
    pub log: LogId,
    pub state: PollState,
    pub rules: Arc<RuleSet>,
    pub forms: Vec<CountingForm>,
    /// What lies open of the papers that are counted now, as the database has it.
    pub open: Vec<OpenBatchRow>,
    /// Recounts with another figure that wait for somebody else: form and line, as their proposals say.
    pub proposed: Vec<String>,
}

impl App {
    /// The room of a poll, with everything on the table of this process that lies open in the database.
    pub(super) async fn room(&self, tx: &mut CouncilTx, poll: PollId) -> Result<CountingRoom, AppError> {
        let room = CountingRoom::load(tx, poll).await?;
        self.table().clear_past(poll, room.stage());
        let laid = room.open.iter().map(|row| room.laid(row)).collect::<Result<_, _>>()?;
        self.table().lay(laid);
        Ok(room)
    }
}

impl CountingRoom {
    pub(super) async fn load(tx: &mut CouncilTx, poll: PollId) -> Result<Self, AppError> {
        let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
        let rules = rules_of(tx, poll).await?;
        let list = polls::officials(tx, poll).await?;
        let rows = batches::list(tx, poll).await?;
        let (kind, pile) = (stored.state.poll().created.kind, stored.state.stage().pile());
        let mut open = open_batches::list(tx, poll).await?;
        open.retain(|row| Some(row.pile) == pile);
        let form = |progress: domain::poll_state::FormProgress| {
            let form = progress.form;
            let expected = match pile {
                Some(Pile::Deck) => TestDeck::sized(&form.id, kind, form.lines, &rules).expected.papers,
                _ => progress.ballots.map_or(0, |(_, returned)| returned),
            };
            CountingForm {
                lines: list.iter().filter(|official| official.block == form.block).cloned().collect(),
                expected,
                committed: u32::try_from(progress.papers).unwrap_or(u32::MAX),
                batches: rows.iter().filter(|row| row.form == form.id).cloned().collect(),
                form,
            }
        };
        let forms = polls::forms(tx, poll).await?.into_iter().map(form).collect();
        let mut proposed = Vec::new();
        if pile == Some(Pile::Recount) {
            let waits = |p: &Proposal| p.kind == ProposalKind::LineRecounted && p.state == ProposalState::Open;
            let all = preparation::proposals(tx, poll).await?;
            proposed.extend(all.into_iter().filter(waits).map(|proposal| proposal.about));
        }
        Ok(Self { poll, log: stored.log, state: stored.state, rules, forms, open, proposed })
    }

    /// Lets through whoever may count here; what only `roles` of a head teller may do, whoever leads the board.
    pub(super) fn admit(&self, caller: &Caller, roles: &[Role]) -> Result<(), AppError> {
        actor_in(caller, self.state.poll(), roles).map(drop)
    }

    /// Refuses a member of the board whose password somebody else had in hand since the board was appointed. Where the board
    /// names no account, its decision says nothing about one.
    pub(super) async fn is_themselves(&self, tx: &mut CouncilTx, account: AccountId) -> Result<(), AppError> {
        if !self.state.poll().counters.are_bound() {
            return Ok(());
        }
        trust::since_board(tx, self.log, account).await
    }

    /// The same for whoever opens a batch and for both who read it.
    pub(super) async fn are_themselves(
        &self,
        tx: &mut CouncilTx,
        caller: &Caller,
        readers: [AccountId; 2],
    ) -> Result<(), AppError> {
        for person in readers.into_iter().chain([caller.account.id]) {
            self.is_themselves(tx, person).await?;
        }
        Ok(())
    }

    pub(super) const fn stage(&self) -> Stage {
        self.state.stage()
    }

    pub(super) const fn needs_shares(&self) -> bool {
        self.state.poll().shares.are_needed()
    }

    pub(super) const fn kind(&self) -> PollKind {
        self.state.poll().created.kind
    }

    pub(super) fn sitting(&self) -> &str {
        &self.state.poll().created.sitting
    }

    pub(super) const fn pile(&self) -> Option<Pile> {
        self.stage().pile()
    }

    pub(super) fn form(&self, id: &str) -> Result<&CountingForm, AppError> {
        self.forms.iter().find(|form| form.form.id == id).ok_or(NO_FORM)
    }

    /// Whether the last test deck of a form passed.
    pub(super) fn has_passed(&self, form: &str) -> bool {
        self.state.deck_trials().is_some_and(|trials| trials.has_passed(form))
    }

    /// Whether what was keyed of this number is known for good: the batch is in, or the line was counted again.
    pub(super) fn is_in(&self, form: &CountingForm, number: u32) -> bool {
        match &self.state {
            PollState::Closed(_, counted) => {
                let id = &form.form.id;
                counted.is_recounted(id, number) || self.proposed.contains(&format!("{id}/{number}"))
            }
            _ => form.batches.iter().any(|row| row.number == number),
        }
    }

    /// Reasons for which a paper of this form is invalid as a whole, as the rule set words them.
    pub(super) fn reasons(&self, form: &CountingForm) -> Vec<&Reason> {
        self.rules.ballot_reasons(form.lines.len()).collect()
    }

    /// Open batches of the papers that are counted now.
    pub(super) fn lying(&self, app: &App) -> Vec<Lying> {
        self.pile().map_or_else(Vec::new, |pile| app.table().of_poll(self.poll, pile))
    }

    /// An open batch of the database, as the table takes it.
    pub(super) fn laid(&self, row: &OpenBatchRow) -> Result<Laid, AppError> {
        let form = self.form(&row.form)?;
        let is_recount = row.pile == Pile::Recount;
        let lines = if is_recount { 1 } else { form.lines.len() };
        let shape = Shape { number: row.number, kind: self.kind(), lines, papers: row.papers };
        let reasons = self.reasons(form).into_iter().filter(|_| !is_recount).map(|reason| reason.id.clone()).collect();
        let setup = BatchSetup { shape, mode: row.mode, reasons, tellers: row.tellers };
        Ok(Laid { key: self.key(&row.form, row.number), setup, head: row.head, opened: row.opened })
    }

    /// The key of a batch of the papers that are counted now; of ballots when nothing is counted.
    pub(super) fn key(&self, form: &str, number: u32) -> BatchKey {
        let pile = self.pile().unwrap_or(Pile::Ballots);
        BatchKey { poll: self.poll, pile, form: form.to_owned(), number }
    }
}
