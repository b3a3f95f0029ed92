//! Polls on their day, for stories about something else.

use app::counting::day::{TypedStep, proposers};
use app::counting::room::TypedRecount;
use app::polls::{CountedBatch, Requester};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::batch::hand_tally::Row;
use domain::count::BatchCounts;
use domain::id::{CouncilId, PollId, ProposalId};
use domain::poll::{LevelCounts, PollKind};
use domain::proposal::{ProposalKind, ProposalState};
use domain::role::Role;

use super::day::read_right;
use super::{Site, somebody_in};
use crate::poll_state::by_two;

/// Ballots of every form that come back.
pub const RETURNED: u32 = 47;
/// Delegates in the hall.
const PRESENT: u32 = 48;

/// A poll that is being counted.
pub struct CountingPoll {
    pub poll: PollId,
    /// Ids of its forms with their lines.
    pub forms: Vec<(String, usize)>,
}

impl Site {
    /// Somebody of one role, without an account of their own.
    pub fn somebody(&self, council: CouncilId, role: Role) -> Caller {
        somebody_in(council, role, self.clock.now())
    }

    /// A step by somebody, as one form.
    pub fn hand<'a>(&self, caller: &'a Caller) -> Requester<'a> {
        Requester::Form(self.ask(caller))
    }

    fn ask<'a>(&self, caller: &'a Caller) -> Ask<'a> {
        Ask { caller, request: self.app.new_request().expect("request") }
    }

    /// Two people take a step: whoever may propose it, and a leader.
    pub async fn two(
        &self,
        council: CouncilId,
        poll: PollId,
        kind: ProposalKind,
        typed: TypedStep,
    ) -> Result<(), AppError> {
        let (one, leader) = (self.somebody(council, proposers(kind)[0]), self.somebody(council, Role::Leader));
        let proposal = self.app.propose_step(self.ask(&one), poll, kind, &typed).await?;
        self.app.confirm(self.ask(&leader), poll, proposal).await
    }

    /// A proposal to do without a test deck, which waits for a leader.
    pub async fn proposes_a_waiver(&self, council: CouncilId, poll: PollId) -> ProposalId {
        let head = self.somebody(council, Role::HeadTeller);
        let typed = TypedStep { reason: "Máy in hỏng".into(), ..TypedStep::default() };
        let proposed = self.app.propose_step(self.ask(&head), poll, ProposalKind::DeckWaived, &typed);
        proposed.await.expect("waiver")
    }

    /// Takes a poll with sealed forms to the opening of the vote: the deck passes, the zero report is made.
    pub async fn opens_the_vote(&self, council: CouncilId, poll: PollId) {
        let head = self.somebody(council, Role::HeadTeller);
        let decks =
            self.app.deck_page(&head, poll).await.expect("decks").decks.into_iter().map(|of| read_right(&of.deck));
        self.app.count_deck(self.hand(&head), poll, decks.collect()).await.expect("deck");
        self.app.report_zero(self.hand(&head), poll).await.expect("zero");
        // The sample's day is in the past, so that two people say why it is opened all the same.
        let reason = "Kỳ họp dời ngày".to_owned();
        let present = TypedStep { present: PRESENT.to_string(), reason, ..TypedStep::default() };
        self.two(council, poll, ProposalKind::VotingOpened, present).await.expect("open");
    }

    /// A poll of the sample council whose ballots are back: [`RETURNED`] of every form.
    pub async fn has_counting_poll(&self, council: CouncilId) -> CountingPoll {
        let poll = self.has_sealed_poll(council).await.poll;
        self.opens_the_vote(council, poll).await;
        self.takes_ballots_back(council, poll).await
    }

    /// Announces what went out, the same of every form.
    pub async fn announces(&self, council: CouncilId, poll: PollId, papers: IssuedPapers) {
        self.announces_as(&self.somebody(council, Role::HeadTeller), poll, papers).await;
    }

    /// The same, by `head`.
    async fn announces_as(&self, head: &Caller, poll: PollId, papers: IssuedPapers) {
        for line in self.app.account_page(head, poll).await.expect("forms").lines {
            let issued = self.app.issue_ballots(self.hand(head), poll, line.progress.form.id, papers);
            issued.await.expect("issued");
        }
    }

    /// Announces what went out, and writes down that [`RETURNED`] ballots of every form came back.
    pub async fn takes_ballots_back(&self, council: CouncilId, poll: PollId) -> CountingPoll {
        self.takes_ballots_back_as(&self.somebody(council, Role::HeadTeller), poll).await
    }

    /// The same, written down by `head`.
    pub async fn takes_ballots_back_as(&self, head: &Caller, poll: PollId) -> CountingPoll {
        self.announces_as(head, poll, IssuedPapers { issued: RETURNED, printed: 60 }).await;
        self.takes_announced_back(head, poll).await
    }

    /// Writes down that all [`RETURNED`] ballots of every form, which are announced as issued, came back.
    pub async fn takes_announced_back(&self, head: &Caller, poll: PollId) -> CountingPoll {
        let lines = self.app.account_page(head, poll).await.expect("forms").lines;
        let mut forms = Vec::new();
        for line in lines {
            let form = line.progress.form;
            let account = BallotAccount::plain(60, RETURNED, RETURNED);
            let back = self.app.record_ballots(self.hand(head), poll, form.id.clone(), account);
            back.await.expect("ballots");
            forms.push((form.id, usize::try_from(form.lines).expect("few")));
        }
        CountingPoll { poll, forms }
    }

    /// Counts a poll to the close: on the first line of every form `first`, on all others everybody marked the highest
    /// level.
    pub async fn closes_the_count(&self, council: CouncilId, counting: &CountingPoll, first: LevelCounts) {
        for (form, lines) in &counting.forms {
            let everybody = LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 };
            let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, *lines) };
            counts.lines.fill(everybody);
            counts.lines[0] = first;
            self.commits(council, counting.poll, CountedBatch { form: form.clone(), batch: 1, counts, read: by_two() })
                .await;
        }
        let closed = self.two(council, counting.poll, ProposalKind::CountingClosed, TypedStep::default());
        closed.await.expect("closed");
    }

    /// Two people count a line again under their own accounts, let by `head`; both find `counts`.
    pub async fn counts_again(
        &self,
        head: &Caller,
        poll: PollId,
        (form, line): (&str, u32),
        counts: LevelCounts,
        readers: [&Caller; 2],
    ) -> Result<(), AppError> {
        let [first, second] = readers.map(|reader| reader.account.id.to_string());
        self.app.open_recount(self.ask(head), poll, (form, line), &TypedRecount { first, second }).await?;
        for reader in readers {
            let figures: Vec<u32> = counts.each().into_iter().map(|(_, figure)| figure).collect();
            let rows = vec![(Row::Line(1), figures)];
            self.app.key_tally(self.ask(reader), poll, (form, line), rows).await?.expect("figures");
        }
        Ok(())
    }

    /// A leader confirms every figure of a recount that waits.
    pub async fn confirms_recount(&self, council: CouncilId, poll: PollId) {
        let leader = self.somebody(council, Role::Leader);
        for proposal in self.app.proposals(&leader, poll).await.expect("proposals").1 {
            if proposal.kind == ProposalKind::LineRecounted && proposal.state == ProposalState::Open {
                self.app.confirm(self.ask(&leader), poll, proposal.id).await.expect("confirmed");
            }
        }
    }

    /// Commits a batch.
    pub async fn commits(&self, council: CouncilId, poll: PollId, batch: CountedBatch) {
        let teller = self.somebody(council, Role::Teller);
        self.app.commit_batch(self.hand(&teller), poll, batch).await.expect("batch");
    }
}
