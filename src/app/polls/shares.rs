//! Shares of what the close of a count needs, where the council chose so: each member of the board with an account takes one,
//! which is shown once. What the service keeps is its public key, in the poll's log.

use zeroize::Zeroizing;

use super::{NO_POLL, Requester, actor_in, held, trust};
use crate::Caller;
use crate::service::app::{App, Ask};
use crate::service::clock::Chance;
use crate::service::error::AppError;
use domain::id::PollId;
use domain::poll_state::Stage;
use domain::role::Role;
use domain::share_lock::Share;
use domain::shares::{ShareFault, Shares};
use macros::boxed;
use store::{CouncilTx, polls};

/// Roles of the members of a board, who take shares.
pub const HOLDERS: &[Role] = &[Role::HeadTeller, Role::Teller];
/// Roles that see who holds one.
pub const SHARE_READERS: &[Role] = &[Role::HeadTeller, Role::Teller, Role::Leader, Role::Clerk];

/// The page of the shares of a poll.
#[derive(Clone, Debug)]
pub struct SharesPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// The close needs two.
    pub are_needed: bool,
    /// Who holds one.
    pub holders: Vec<String>,
    /// The caller is a member of the board and may take one now, in place of an earlier one.
    pub may_take: bool,
    /// The caller holds one.
    pub has_own: bool,
}

impl App {
    /// Who holds shares of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not work on it.
    #[boxed]
    pub async fn shares_page(&self, caller: &Caller, poll: PollId) -> Result<SharesPage, AppError> {
        caller.may(SHARE_READERS)?;
        let state = polls::find(&mut self.store.read(caller.council).await?, poll).await?.ok_or(NO_POLL)?.state;
        let (told, own) = (state.poll(), caller.account.id);
        let is_member = caller.may(HOLDERS).is_ok() && told.counters.may_count(Some(own));
        let is_time = matches!(state.stage(), Stage::Sealed | Stage::Tested | Stage::Waived | Stage::Zeroed);
        Ok(SharesPage {
            sitting: told.created.sitting.clone(),
            stage: state.stage(),
            are_needed: told.shares.are_needed(),
            holders: names(&told.shares),
            may_take: told.shares.are_needed() && is_time && is_member,
            has_own: told.shares.holders().iter().any(|holder| holder.account == own),
        })
    }

    /// Takes the caller's share, in place of an earlier one. It is given out here and nowhere again.
    ///
    /// # Errors
    /// When the caller is no member of the board or was let in by an administrator since it was appointed, and when the poll
    /// refuses it.
    #[boxed]
    pub async fn take_share(&self, ask: Ask<'_>, poll: PollId) -> Result<Zeroizing<String>, AppError> {
        let drawn = Zeroizing::new(Chance::System.block()?);
        let mut bytes = Zeroizing::new([0; 16]);
        bytes.copy_from_slice(drawn.first_chunk::<16>().unwrap_or(&[0; 16]));
        let share = Share::from_bytes(bytes);
        let (caller, key) = (ask.caller.clone(), share.key());
        let taken = self.step(Requester::Form(ask), HOLDERS, poll, move |tx, state| {
            Box::pin(async move {
                held::check(tx, poll).await?;
                let actor = actor_in(&caller, state.poll(), HOLDERS)?;
                let log = polls::find(tx, poll).await?.ok_or(NO_POLL)?.log;
                trust::since_board(tx, log, caller.account.id).await?;
                Ok(state.take_share(key, &actor)?)
            })
        });
        taken.await?;
        Ok(share.grouped())
    }

    /// Whose share somebody typed: whoever wrote theirs down sees before the vote whether it can be read. Nothing is written.
    ///
    /// # Errors
    /// At its field, when it is the share of nobody.
    #[boxed]
    pub async fn try_share(&self, caller: &Caller, poll: PollId, typed: &str) -> Result<String, AppError> {
        caller.may(HOLDERS)?;
        let state = polls::find(&mut self.store.read(caller.council).await?, poll).await?.ok_or(NO_POLL)?.state;
        let wrong = |fault: ShareFault| AppError::field("own_secret", fault);
        let key = Share::parse(typed).ok_or_else(|| wrong(ShareFault::Unreadable(0)))?.key();
        let holder = state.poll().shares.holders().iter().find(|holder| holder.key == key);
        holder.map(|holder| holder.name.clone()).ok_or_else(|| wrong(ShareFault::Unknown(0)))
    }
}

fn names(shares: &Shares) -> Vec<String> {
    shares.holders().iter().map(|holder| holder.name.clone()).collect()
}

/// Who holds a share of what the close of a poll needs; nobody where it needs none.
///
/// # Errors
/// When there is no such poll.
pub(crate) async fn holders(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<String>, AppError> {
    let state = polls::find(tx, poll).await?.ok_or(NO_POLL)?.state;
    Ok(if state.poll().shares.are_needed() { names(&state.poll().shares) } else { Vec::new() })
}
