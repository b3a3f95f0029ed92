//! What every use case of the service needs: store, keys, clock, randomness, and the caller's request.

use crate::service::caller::Caller;
use crate::service::clock::{Chance, Clock};
use crate::service::error::AppError;
use crate::service::keys::Keys;
use crate::service::memory::Memory;
use crate::service::passwords::Cost;
use domain::audit::UtcTime;
use domain::id::{AccountId, RequestId};
use store::{CouncilTx, Store, Work, name_of, requests};

/// The service without its pages: use cases are its methods, one file per subject. A clone is another handle.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) keys: Keys,
    pub(crate) cost: Cost,
    pub(crate) memory: Memory,
    /// Sample data: every poll that begins here is a rehearsal.
    pub(crate) is_demo: bool,
}

/// A form that somebody who is signed in sent.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The person who sent it.
    pub caller: &'a Caller,
    /// Id by which the same form sent again is recognized.
    pub request: RequestId,
}

impl App {
    /// The service on a database.
    pub fn new(store: Store, clock: Clock, chance: Chance, keys: Keys, cost: Cost) -> Self {
        Self { store, clock, chance, keys, cost, memory: Memory::default(), is_demo: false }
    }

    /// The same on the database of a demo.
    pub fn of_demo(self) -> Self {
        Self { is_demo: true, ..self }
    }

    /// The id of a form that is about to be shown.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_request(&self) -> Result<RequestId, AppError> {
        Ok(RequestId::new(self.clock.now(), &self.chance.for_id()?))
    }

    /// Runs `work` in one transaction of the caller's council, once for each form: sent again, it does nothing and says
    /// [`AppError::AlreadyDone`].
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(crate) async fn write_once<T, F>(&self, ask: Ask<'_>, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send + 'static,
    {
        let (request, account, at) = (ask.request, Some(ask.caller.account.id), self.now_text()?);
        let council = ask.caller.council;
        let name = name_of::<F>();
        self.store.write_as(name, council, move |tx| Box::pin(run_once(tx, request, account, at, work))).await
    }

    /// The moment, as rows and entries write it.
    pub(crate) fn now_text(&self) -> Result<UtcTime, AppError> {
        UtcTime::try_from(self.clock.now()).map_err(|e| AppError::internal("đọc đồng hồ", e))
    }
}

pub(crate) async fn run_once<T, F>(
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
