//! The steps of a poll, in their order. Who may take each is what the table of events says.

use super::{Hand, Taken, council_log};
use crate::app::error::AppError;
use crate::app::service::App;
use crate::domain::audit::event::poll::{FileHash, ListedOfficial, PaperIssued, SealedForm};
use crate::domain::audit::{Digest, Nonce, Opening};
use crate::domain::count::BatchCounts;
use crate::domain::id::PollId;
use crate::domain::poll_state::{PollState, Refusal, Step};
use crate::domain::role::Role;
use crate::domain::roster::Teller;
use crate::store::{CouncilTx, polls, sealed};

/// A pile on which two tellers agree.
#[derive(Clone, PartialEq, Eq)]
pub struct CountedBatch {
    /// Id of the form.
    pub form: String,
    /// Number within the form, from 1.
    pub batch: u32,
    /// What was counted.
    pub counts: BatchCounts,
}

impl std::fmt::Debug for CountedBatch {
    /// Which batch, never its counts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CountedBatch").field("form", &self.form).field("batch", &self.batch).finish_non_exhaustive()
    }
}

impl App {
    /// Decides who is voted on, in ballot order.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn decide_list(
        &self,
        hand: Hand<'_>,
        poll: PollId,
        officials: Vec<ListedOfficial>,
        resolution: String,
    ) -> Result<Taken, AppError> {
        self.pure(hand, &[Role::Leader], poll, |state| state.decide_list(officials, resolution)).await
    }

    /// Appoints the board of tellers, by the decision `resolution`.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn appoint_board(
        &self,
        hand: Hand<'_>,
        poll: PollId,
        tellers: Vec<Teller>,
        resolution: String,
    ) -> Result<Taken, AppError> {
        self.pure(hand, &[Role::Leader], poll, |state| state.appoint_board(tellers, resolution)).await
    }

    /// Releases dossiers to the delegates, and notes where the council's own log stands.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn release_dossiers(
        &self,
        hand: Hand<'_>,
        poll: PollId,
        files: Vec<FileHash>,
    ) -> Result<Taken, AppError> {
        self.step(hand, &[Role::Leader], poll, move |tx, state| {
            Box::pin(async move { Ok(state.release_dossiers(files, council_log(tx).await?)?) })
        })
        .await
    }

    /// Seals the ballot forms; the first head is signed.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn seal_forms(&self, hand: Hand<'_>, poll: PollId, forms: Vec<SealedForm>) -> Result<Taken, AppError> {
        self.step(hand, &[Role::Leader], poll, move |tx, state| {
            Box::pin(async move { Ok(state.seal_forms(forms, council_log(tx).await?)?) })
        })
        .await
    }

    /// Opens the vote; the second head is signed.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn open_voting(&self, hand: Hand<'_>, poll: PollId) -> Result<Taken, AppError> {
        let at = self.now_text()?;
        self.pure(hand, &[Role::Leader], poll, move |state| state.open_voting(at)).await
    }

    /// Records the ballots of one form, out and back.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    pub async fn record_returned(
        &self,
        hand: Hand<'_>,
        poll: PollId,
        form: String,
        issued: u32,
        returned: u32,
    ) -> Result<Taken, AppError> {
        self.pure(hand, &[Role::HeadTeller], poll, move |state| state.record_returned(form, issued, returned)).await
    }

    /// Commits a batch: its counts go under seal, the log gets a commitment that hides them. The same batch sent again is
    /// done already.
    ///
    /// # Errors
    /// When the caller is no teller, the poll refuses it, or the number is taken by a batch with other counts.
    pub async fn commit_batch(&self, hand: Hand<'_>, poll: PollId, counted: CountedBatch) -> Result<Taken, AppError> {
        let CountedBatch { form, batch, counts } = counted;
        let opening = Opening { batch, counts, form, nonce: Nonce::from_bytes(self.chance.block()?) };
        let commitment = opening.commitment().map_err(|e| AppError::internal("cam kết tập phiếu", e))?;
        self.step(hand, &[Role::Teller, Role::HeadTeller], poll, move |tx, state| {
            Box::pin(async move { commit(tx, poll, state, &opening, commitment).await })
        })
        .await
    }

    /// Closes the count: what was sealed is opened and added up, the third head is signed.
    ///
    /// # Errors
    /// When the caller is no head teller, a returned paper is in no batch, or what was sealed is not what was committed.
    pub async fn close_counting(&self, hand: Hand<'_>, poll: PollId) -> Result<Taken, AppError> {
        self.step(hand, &[Role::HeadTeller], poll, |tx, state| {
            Box::pin(async move {
                let closing = state.close()?;
                let openings = sealed::openings(tx, closing.may_open()).await?;
                Ok(closing.total(&openings)?)
            })
        })
        .await
    }

    /// Declares the result: `results` is the exact text of results.json.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn declare_result(&self, hand: Hand<'_>, poll: PollId, results: String) -> Result<Taken, AppError> {
        self.step(hand, &[Role::Leader], poll, move |tx, state| {
            Box::pin(async move {
                let step = state.declare_result(Digest::of(results.as_bytes()))?;
                polls::add_results(tx, poll, results).await?;
                Ok(step)
            })
        })
        .await
    }

    /// Issues the minutes of the count; the fourth head is signed.
    ///
    /// # Errors
    /// When the caller is no clerk, or the poll refuses it.
    pub async fn issue_minutes(&self, hand: Hand<'_>, poll: PollId, paper: PaperIssued) -> Result<Taken, AppError> {
        self.pure(hand, &[Role::Clerk], poll, |state| state.issue_minutes(paper)).await
    }

    /// Issues any other paper.
    ///
    /// # Errors
    /// When the caller is no clerk, or the poll refuses it.
    pub async fn issue_paper(&self, hand: Hand<'_>, poll: PollId, paper: PaperIssued) -> Result<Taken, AppError> {
        self.pure(hand, &[Role::Clerk], poll, |state| state.issue_paper(paper)).await
    }

    /// Publishes: the last head, over the whole log, is signed.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    pub async fn publish(&self, hand: Hand<'_>, poll: PollId) -> Result<Taken, AppError> {
        self.pure(hand, &[Role::Leader], poll, PollState::publish).await
    }

    /// A step that needs nothing but the state.
    async fn pure<F>(&self, hand: Hand<'_>, roles: &[Role], poll: PollId, decide: F) -> Result<Taken, AppError>
    where
        F: FnOnce(PollState) -> Result<Step, Refusal> + Send + 'static,
    {
        self.step(hand, roles, poll, |_, state| Box::pin(async move { Ok(decide(state)?) })).await
    }
}

async fn commit(
    tx: &mut CouncilTx,
    poll: PollId,
    state: PollState,
    opening: &Opening,
    commitment: Digest,
) -> Result<Step, AppError> {
    match sealed::same(tx, poll, opening).await? {
        Some(true) => Ok(Step { state, events: Vec::new(), moment: None }),
        Some(false) => Err(Refusal::BatchDiffers { form: opening.form.clone(), batch: opening.batch }.into()),
        None => {
            let step = state.commit_batch(opening, commitment)?;
            sealed::add(tx, poll, opening, commitment).await?;
            Ok(step)
        }
    }
}
