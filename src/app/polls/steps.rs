//! The steps of a poll that one person takes, in their order. The table of events says who may take each; steps for two
//! people are in [`super::acts`].

use super::entries::rewritten;
use super::openings::{BoundBatch, unseal};
use super::{NO_POLL, Requester, Taken, WriteContext, admit, council_log, held, listed, rules_of, take, trust};
use crate::Caller;
use crate::rules::attested;
use crate::service::app::App;
use crate::service::error::AppError;
use crate::service::keys::Keys;
use domain::audit::event::poll::{BallotsHandedOver, DeckForm, FileHash, ListedOfficial, PaperIssued, SealedForm};
use domain::audit::{Actor, Digest, SealedCounts, UtcTime};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::batch::ReadTwice;
use domain::count::BatchCounts;
use domain::counters::accounts_of;
use domain::id::{AccountId, PollId, RequestId};
use domain::poll_state::{PollState, Refusal, Transition};
use domain::preparation::{Part, Plan};
use domain::presence::PresenceChange;
use domain::role::Role;
use domain::roster::Teller;
use domain::signing::Signatures;
use jiff::civil::Date;
use macros::boxed;
use store::sealed::SealedPlace;
use store::{CouncilTx, logs, open_batches, polls, preparation, requests, sealed};

/// Roles whose request may commit a batch: the last of its people to send something.
const BATCH_ROLES: &[Role] = &[Role::Teller, Role::HeadTeller];

/// Who writes down who comes and goes.
pub const USHERS: &[Role] = &[Role::HeadTeller, Role::Clerk];

/// The sender of a request, with an id by which the same request sent again is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The sender.
    pub by: AccountId,
    /// Id of the request.
    pub id: RequestId,
}

/// A pile on which two tellers agree.
#[derive(Clone, PartialEq, Eq)]
pub struct CountedBatch {
    /// Id of the form.
    pub form: String,
    /// Number within the form, from 1.
    pub batch: u32,
    /// What was counted.
    pub counts: BatchCounts,
    /// The people who read it.
    pub read: ReadTwice,
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
    #[boxed]
    pub async fn decide_list(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        officials: Vec<ListedOfficial>,
        resolution: String,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::Leader], poll, |state| state.decide_list(officials, resolution)).await
    }

    /// Appoints the board of tellers, by the decision `resolution`.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    #[boxed]
    pub async fn appoint_board(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        tellers: Vec<Teller>,
        resolution: String,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::Leader], poll, |state| state.appoint_board(tellers, resolution)).await
    }

    /// Releases dossiers to the delegates, and notes the head of the council's own log.
    ///
    /// # Errors
    /// When the caller is no leader, or the poll refuses it.
    #[boxed]
    pub async fn release_dossiers(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        files: Vec<FileHash>,
    ) -> Result<Taken, AppError> {
        self.step(requester, &[Role::Leader], poll, move |tx, state| {
            Box::pin(async move { Ok(state.release_dossiers(files, council_log(tx).await?)?) })
        })
        .await
    }

    /// Seals the ballot forms; the first head is signed.
    ///
    /// # Errors
    /// When the caller is no leader, the poll refuses it, or, where it is no rehearsal, a parameter of its rules decides of
    /// which the office has said nothing.
    #[boxed]
    pub async fn seal_forms(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        forms: Vec<SealedForm>,
    ) -> Result<Taken, AppError> {
        let at = self.now_text()?;
        self.step(requester, &[Role::Leader], poll, move |tx, state| {
            Box::pin(async move {
                held::check(tx, poll).await?;
                let created = &state.poll().created;
                if !created.rehearsal {
                    let rules = rules_of(tx, poll).await?;
                    let day = votes_on(tx, poll).await?.unwrap_or_else(|| at.day_in_vietnam());
                    attested::gate(tx, poll, &rules, created.kind, day).await?;
                }
                Ok(state.seal_forms(forms, council_log(tx).await?)?)
            })
        })
        .await
    }

    /// Writes down what test decks gave; their piles lie open no longer.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn count_deck(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        decks: Vec<DeckForm>,
    ) -> Result<Taken, AppError> {
        self.step(requester, &[Role::HeadTeller], poll, move |tx, state| {
            Box::pin(async move {
                for deck in &decks {
                    open_batches::clear_deck(tx, poll, &deck.form).await?;
                }
                Ok(state.count_deck(decks)?)
            })
        })
        .await
    }

    /// Makes the zero report.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn report_zero(&self, requester: Requester<'_>, poll: PollId) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::HeadTeller], poll, PollState::report_zero).await
    }

    /// Writes down that delegates came late, left or came back.
    ///
    /// # Errors
    /// When the caller is neither head teller nor clerk, or the poll refuses it.
    #[boxed]
    pub async fn change_presence(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        change: PresenceChange,
        number: u32,
        reason: String,
    ) -> Result<Taken, AppError> {
        self.pure(requester, USHERS, poll, move |state| state.change_presence(change, number, &reason)).await
    }

    /// Announces what went out of one form.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn issue_ballots(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        form: String,
        papers: IssuedPapers,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::HeadTeller], poll, move |state| state.issue_ballots(form, papers)).await
    }

    /// Announces that the same figures went out of several forms, all together or none.
    ///
    /// # Errors
    /// See [`Self::issue_ballots`].
    #[boxed]
    pub async fn issue_same(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        forms: Vec<String>,
        papers: IssuedPapers,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::HeadTeller], poll, move |state| state.issue_same(forms, papers)).await
    }

    /// Writes down that unused papers went under seal before the box was opened.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn seal_unused(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        packets: u32,
        note: String,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::HeadTeller], poll, move |state| state.seal_unused(packets, note)).await
    }

    /// Records where the papers of one form went.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn record_ballots(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        form: String,
        account: BallotAccount,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::HeadTeller], poll, move |state| state.record_ballots(form, account)).await
    }

    /// Commits a batch: its counts go under seal, the log gets a commitment that hides them. The same batch sent again is
    /// done already.
    ///
    /// # Errors
    /// When the caller is no teller, the poll refuses it, or the number is taken by a batch with other counts.
    #[boxed]
    pub async fn commit_batch(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        counted: CountedBatch,
    ) -> Result<Taken, AppError> {
        requester.may(BATCH_ROLES)?;
        let (bound, keys) = (self.bound(requester.council(), poll, counted).await?, self.keys.clone());
        self.step(requester, BATCH_ROLES, poll, move |tx, state| {
            Box::pin(async move { commit(tx, poll, state, bound, &keys).await })
        })
        .await
    }

    /// Commits a batch on which two tellers agree at the counting table, with the ids of all requests for it: the same
    /// request sent again is recognized for good.
    ///
    /// # Errors
    /// As [`Self::commit_batch`]; [`AppError::Anchors`] while the database is not what was anchored, [`AppError::AlreadyDone`]
    /// when one of its requests belongs to a committed batch.
    pub(crate) async fn commit_agreed(
        &self,
        caller: &Caller,
        poll: PollId,
        counted: CountedBatch,
        (opened, sent): (RequestId, Vec<Sent>),
    ) -> Result<(), AppError> {
        self.check_anchors()?;
        let (actor, at, keys) = (caller.may(BATCH_ROLES)?, self.now_text()?, self.keys.clone());
        let own = caller.account.id;
        let bound = self.bound(caller.council, poll, counted).await?;
        let written = self.store.write(caller.council, move |tx| {
            Box::pin(async move {
                let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
                admit(&stored.state.poll().counters, &actor, BATCH_ROLES)?;
                listed::is_free(tx, poll, own).await?;
                // Under shares there are no counts to compare with: the requests tell that it was sent before.
                let is_locked = stored.state.poll().shares.are_needed() && is_in(tx, poll, &bound.opening).await?;
                if is_locked && was_sent(tx, &sent).await? {
                    return Ok(());
                }
                let step = commit(tx, poll, stored.state, bound, &keys).await?;
                if step.events.is_empty() {
                    return Ok(());
                }
                still_open(tx, poll, opened).await?;
                for Sent { by, id } in sent {
                    if !requests::claim(tx, id, Some(by), at).await? {
                        return Err(AppError::AlreadyDone);
                    }
                }
                take(tx, WriteContext { poll, log: stored.log, at }, &actor, step, &keys).await.map(drop)
            })
        });
        written.await
    }

    /// Proposes the minutes of the count.
    ///
    /// # Errors
    /// When the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn propose_minutes(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        paper: PaperIssued,
        copies: u32,
    ) -> Result<Taken, AppError> {
        let by = requester.may(&[Role::HeadTeller])?;
        self.step(requester, &[Role::HeadTeller], poll, move |tx, state| {
            Box::pin(async move {
                held::check(tx, poll).await?;
                counts(tx, poll, &by).await?;
                Ok(state.propose_minutes(paper, copies, by)?)
            })
        })
        .await
    }

    /// Writes down who signed the minutes of hash `sha256`; the fourth head is signed.
    ///
    /// # Errors
    /// When the caller is no leader or proposed them, or the poll refuses it.
    #[boxed]
    pub async fn sign_minutes(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        sha256: Digest,
        signatures: Signatures,
    ) -> Result<Taken, AppError> {
        let by = requester.may(&[Role::Leader])?;
        self.step(requester, &[Role::Leader], poll, move |tx, state| {
            Box::pin(async move {
                held::check(tx, poll).await?;
                counts(tx, poll, &by).await?;
                let board = polls::tellers(tx, poll).await?;
                Ok(state.sign_minutes(&board, sha256, signatures, &by)?)
            })
        })
        .await
    }

    /// Records that the counted ballots are sealed and handed over.
    ///
    /// # Errors
    /// When the caller is neither head teller nor clerk, or the poll refuses it.
    #[boxed]
    pub async fn hand_over(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        handed: BallotsHandedOver,
    ) -> Result<Taken, AppError> {
        self.pure(requester, USHERS, poll, move |state| state.hand_over(handed)).await
    }

    /// Issues any other paper.
    ///
    /// # Errors
    /// When the caller is no clerk, or the poll refuses it.
    #[boxed]
    pub async fn issue_paper(
        &self,
        requester: Requester<'_>,
        poll: PollId,
        paper: PaperIssued,
    ) -> Result<Taken, AppError> {
        self.pure(requester, &[Role::Clerk], poll, |state| state.issue_paper(paper)).await
    }

    /// A step that needs nothing but the state.
    async fn pure<F>(
        &self,
        requester: Requester<'_>,
        roles: &'static [Role],
        poll: PollId,
        decide: F,
    ) -> Result<Taken, AppError>
    where
        F: FnOnce(PollState) -> Result<Transition, Refusal> + Send + 'static,
    {
        self.step(requester, roles, poll, move |tx, state| {
            Box::pin(async move {
                held::check(tx, poll).await?;
                Ok(decide(state)?)
            })
        })
        .await
    }
}

/// Commits a batch in a transaction that does more: that of a rehearsal whose papers the program makes up.
///
/// # Errors
/// When there is no such poll, or it refuses the batch.
pub(crate) async fn commit_within(
    tx: &mut CouncilTx,
    poll: PollId,
    (at, actor): (UtcTime, &Actor),
    keys: &Keys,
    bound: BoundBatch,
) -> Result<(), AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    let step = commit(tx, poll, stored.state, bound, keys).await?;
    take(tx, WriteContext { poll, log: stored.log, at }, actor, step, keys).await.map(drop)
}

/// Takes a pile away whose counts are committed in this transaction. Another process may have taken it off the table since.
pub(super) async fn still_open(tx: &mut CouncilTx, poll: PollId, opened: RequestId) -> Result<(), AppError> {
    let sentence = "Tập phiếu này đã được bỏ khỏi bàn; số đã nhập không được ghi. Trưởng ban mở lại tập để nhập lại.";
    let lay = open_batches::remove(tx, poll, opened).await?;
    if lay { Ok(()) } else { Err(AppError::Input(sentence.to_owned())) }
}

/// Whether a batch of this form and number is committed.
async fn is_in(tx: &mut CouncilTx, poll: PollId, opening: &SealedCounts) -> Result<bool, AppError> {
    Ok(sealed::is_there(tx, poll, &opening.form, opening.batch).await?)
}

/// Whether one of these requests belongs to a batch that is committed.
async fn was_sent(tx: &mut CouncilTx, sent: &[Sent]) -> Result<bool, AppError> {
    for Sent { id, .. } in sent {
        if requests::is_claimed(tx, *id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The day of the vote as it was planned; `None` for a poll that was not planned here.
async fn votes_on(tx: &mut CouncilTx, poll: PollId) -> Result<Option<Date>, AppError> {
    let Some(part) = preparation::part(tx, poll, &Part::Plan).await? else { return Ok(None) };
    let plan: Plan = serde_json::from_str(&part.content).map_err(|e| AppError::internal("đọc phần chuẩn bị", e))?;
    Ok(Some(plan.council.sitting.votes_on))
}

/// One of the two people of the minutes.
async fn counts(tx: &mut CouncilTx, poll: PollId, by: &Actor) -> Result<(), AppError> {
    match by.account {
        Some(account) => trust::since_begun(tx, poll, account).await,
        None => Ok(()),
    }
}

async fn commit(
    tx: &mut CouncilTx,
    poll: PollId,
    state: PollState,
    BoundBatch { opening, binding, sealed, read, shares }: BoundBatch,
    keys: &Keys,
) -> Result<Transition, AppError> {
    // The state is read by the kinds that stand beside the entries; the batch is sealed by what the entries say.
    if state.poll().shares != shares {
        let log = logs::of_poll(tx, poll).await?.ok_or(NO_POLL)?;
        return Err(rewritten(tx, log).await);
    }
    // What lies under the board's shares opens for nobody before the close, not to be compared either.
    if shares.are_needed() && is_in(tx, poll, &opening).await? {
        return Err(Refusal::BatchLocked { form: opening.form, batch: opening.batch }.into());
    }
    match sealed::same(tx, poll, &opening, &unseal(keys, &shares)).await? {
        Some(true) => Ok(Transition { state, events: Vec::new(), moment: None }),
        Some(false) => Err(Refusal::BatchDiffers { form: opening.form, batch: opening.batch }.into()),
        None => {
            let (mut readers, earlier) = (read.readers.clone(), read.earlier.clone());
            // The log tells accounts of both readers or of none; the row says what the log tells.
            if accounts_of(&readers).is_none() {
                readers.iter_mut().for_each(|reader| reader.account = None);
            }
            let (council, form, batch) = (tx.council(), opening.form.as_str(), opening.batch);
            let place = SealedPlace { council, poll, form, batch, commitment: binding.commitment };
            let step = state.commit_batch(&opening, binding, read)?;
            sealed::add(tx, place, opening.counts.papers, &sealed, &readers, &earlier).await?;
            Ok(step)
        }
    }
}
