//! What every use case of the service stands on.

use super::caller::Caller;
use super::clock::{Chance, Clock};
use super::counting::Counting;
use super::dossiers::Outlines;
use super::error::AppError;
use super::keys::Keys;
use super::passwords::Cost;
use super::reading::Shelves;
use super::set_up::SetUp;
use domain::audit::UtcTime;
use domain::id::{AccountId, RequestId};
use store::{CouncilTx, Store, Work, requests};

/// The service without its pages: use cases are its methods, one file per subject. A clone is another handle.
#[derive(Clone)]
pub struct App {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
    pub(super) keys: Keys,
    pub(super) cost: Cost,
    pub(super) set_up: SetUp,
    pub(super) shelves: Shelves,
    pub(super) outlines: Outlines,
    pub(super) counting: Counting,
}

/// A form that somebody who is signed in sent.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Tells the form apart from the same form sent again.
    pub request: RequestId,
}

impl App {
    /// The service on a database.
    pub fn new(store: Store, clock: Clock, chance: Chance, keys: Keys, cost: Cost) -> Self {
        let (set_up, shelves, outlines) = (SetUp::default(), Shelves::default(), Outlines::default());
        Self { store, clock, chance, keys, cost, set_up, shelves, outlines, counting: Counting::default() }
    }

    /// The id of a form that is about to be shown.
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    pub fn new_request(&self) -> Result<RequestId, AppError> {
        Ok(RequestId::new(self.clock.now(), &self.chance.for_id()?))
    }

    /// Runs `work` in one transaction of the caller's council, once for each form: sent again, it does nothing and says
    /// [`AppError::AlreadyDone`].
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn write_once<T, F>(&self, ask: Ask<'_>, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send + 'static,
    {
        let (request, account, at) = (ask.request, Some(ask.caller.account.id), self.now_text()?);
        let council = ask.caller.council;
        self.store.write(council, move |tx| Box::pin(run_once(tx, request, account, at, work))).await
    }

    /// The moment, as rows and entries write it.
    pub(super) fn now_text(&self) -> Result<UtcTime, AppError> {
        UtcTime::try_from(self.clock.now()).map_err(|e| AppError::internal("đọc đồng hồ", e))
    }
}

pub(super) async fn run_once<T, F>(
    tx: &mut CouncilTx,
    request: RequestId,
    account: Option<AccountId>,
    at: UtcTime,
    work: F,
) -> Result<T, AppError>
where
    F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send,
{
    if requests::claim(tx, request, account, at).await? { work(tx).await } else { Err(AppError::AlreadyDone) }
}
