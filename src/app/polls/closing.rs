//! The close of a count. Openings are held against their commitments and added up, and the sums are held against the log, as
//! every verifier will do it: that takes seconds for a thousand batches, so it is done before the transaction that writes (see
//! [`Drawn`]). There the sums are used if the poll and its log, which is read again, are as they were; otherwise the work is
//! done once more.

use super::entries::rewritten;
use super::openings::unseal;
use super::{NO_POLL, held, rules_of};
use crate::service::drawn::Drawn;
use crate::service::error::{AppError, FieldError};
use crate::service::keys::Keys;
use domain::id::PollId;
use domain::poll_state::{AddedUp, CountLog, Pair, PollState, Transition};
use domain::shares::{Closers, ShareFault};
use store::{CouncilTx, logs, polls, sealed};

/// Fields of the two shares, in the form that confirms a close.
pub const SHARE_FIELDS: [&str; 2] = ["first_secret", "second_secret"];

/// What is wrong with a share, at its field.
fn at_field(fault: ShareFault) -> AppError {
    let wrong = |place: usize| fault.place().is_none_or(|at| at == place);
    let fields = SHARE_FIELDS.into_iter().enumerate().filter(|(place, _)| wrong(*place));
    AppError::Fields { fields: fields.map(|(_, field)| FieldError { field, sentence: fault.to_string() }).collect() }
}

/// Adds a count up, or gives the sums that `drawn` has of it, if they are of it still.
///
/// # Errors
/// When a returned paper is in no batch, when the shares are not those of two of the board where it takes them, and when the
/// openings are not what the log binds.
async fn added_up(
    tx: &mut CouncilTx,
    poll: PollId,
    state: PollState,
    keys: &Keys,
    drawn: &Drawn,
) -> Result<(AddedUp, Closers), AppError> {
    let (log, replay) = held::replayed(tx, poll).await?;
    let closing = state.close()?;
    // The poll was read by the kinds that stand beside the entries; whether it takes shares, and whose, is what they say.
    if replay.course().shares() != closing.shares() {
        return Err(rewritten(tx, log).await);
    }
    // Before sums that were kept are used: nothing is opened or closed without the shares that the council asked for.
    let closers = closing.shares().closers(keys.shares()).map_err(at_field)?;
    let (origin, rules) = (logs::origin(tx, log).await?, rules_of(tx, poll).await?);
    let (forms, reasons) = (replay.course().forms(), rules.reason_ids());
    let log = CountLog { origin: &origin, forms, reasons: &reasons };
    if let Some(added) = drawn.sums(&closing, &log) {
        return Ok((added, closers));
    }
    let shares = closing.shares().clone();
    let openings = sealed::openings(tx, closing.may_open(), &unseal(keys, &shares)).await?;
    let added = closing.add_up(&openings, &log)?;
    drawn.keep_sums(added.clone());
    Ok((added, closers))
}

/// Adds the count of a poll up for the transaction that closes it.
///
/// # Errors
/// See [`added_up`].
pub(crate) async fn add_up(tx: &mut CouncilTx, poll: PollId, keys: &Keys, drawn: &Drawn) -> Result<(), AppError> {
    let stored = polls::find(tx, poll).await?.ok_or(NO_POLL)?;
    added_up(tx, poll, stored.state, keys, drawn).await.map(drop)
}

/// Closes the count of a poll.
///
/// # Errors
/// See [`added_up`]; and by one person.
pub(super) async fn close(
    tx: &mut CouncilTx,
    poll: PollId,
    state: PollState,
    (pair, keys): (Pair, &Keys),
    drawn: &Drawn,
) -> Result<Transition, AppError> {
    let (added, closers) = added_up(tx, poll, state, keys, drawn).await?;
    Ok(added.close(pair, closers)?)
}
