//! The mark on an account whose proof somebody else had in hand; `resets` says what becomes of it.

use crate::service::error::AppError;
use domain::account::Account;
use domain::audit::{Actor, CouncilEvent, UtcTime};
use domain::id::AccountId;
use domain::reset::Proofs;
use store::{CouncilTx, logs, resets};

/// Marks an account after an event of the log about its proofs; `before` is the account as it was, `None` for a new one.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn told(
    tx: &mut CouncilTx,
    (id, before): (AccountId, Option<&Account>),
    event: &CouncilEvent,
    (at, actor): (UtcTime, &Actor),
) -> Result<(), AppError> {
    // The entry is not earlier than the one before it, whatever the clock says.
    let log = logs::own(tx).await?;
    let at = tx.appended_at(log).unwrap_or(at);
    let earlier = resets::find(tx, id).await?;
    let mut proofs = Proofs {
        roles: before.map(|account| account.roles.iter().collect()).unwrap_or_default(),
        has_factor: before.is_some_and(|account| account.has_second_factor),
        reset: earlier.clone(),
    };
    proofs.take(event, actor, at);
    if proofs.reset != earlier {
        resets::put(tx, id, proofs.reset.as_ref()).await?;
    }
    Ok(())
}
